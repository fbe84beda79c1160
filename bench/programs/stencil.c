/* Jacobi steps on a grid: a five-point stencil of doubles, vectorised. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { N = 500 };
static double grid[2][N][N];

static void step(double (*to)[N], double (*from)[N])
{
    for (int i = 1; i < N - 1; i++) {
        for (int j = 1; j < N - 1; j++) {
            to[i][j] = 0.25 * (from[i - 1][j] + from[i + 1][j] +
                               from[i][j - 1] + from[i][j + 1]);
        }
    }
}

int main(int argc, char **argv)
{
    int steps = argc > 1 ? atoi(argv[1]) : 5000;
    double sum = 0;

    for (int i = 0; i < N; i++) {
        grid[0][i][0] = grid[1][i][0] = sin(i * 0.01);
        grid[0][0][i] = grid[1][0][i] = cos(i * 0.02);
    }
    for (int s = 0; s < steps; s++) {
        step(grid[(s + 1) % 2], grid[s % 2]);
    }
    for (int i = 0; i < N; i++) {
        sum += grid[steps % 2][i][i];
    }
    printf("%.9g\n", sum);
    return 0;
}
