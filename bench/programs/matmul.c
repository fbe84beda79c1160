/* Matrix product: a vectorised inner loop. */
#include <stdio.h>
#include <stdlib.h>

enum { N = 512 };
static float a[N][N], b[N][N], c[N][N];

int main(int argc, char **argv)
{
    int rounds = argc > 1 ? atoi(argv[1]) : 60;
    for (int i = 0; i < N; i++) {
        for (int j = 0; j < N; j++) {
            a[i][j] = (i + j) % 7;
            b[i][j] = (i * j) % 5;
        }
    }
    for (int r = 0; r < rounds; r++) {
        for (int i = 0; i < N; i++) {
            for (int k = 0; k < N; k++) {
                float x = a[i][k];
                for (int j = 0; j < N; j++) {
                    c[i][j] += x * b[k][j];
                }
            }
        }
    }
    double sum = 0;
    for (int i = 0; i < N; i++) {
        sum += c[i][i] * (i % 3);
    }
    printf("%.6g\n", sum);
    return 0;
}
