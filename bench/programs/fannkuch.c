/* Permutations and flips: small arrays, unpredictable branches. */
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    int n = argc > 1 ? atoi(argv[1]) : 11, sum = 0, most = 0, sign = 1;
    int p[16], q[16], s[16];
    for (int i = 0; i < n; i++) {
        p[i] = q[i] = s[i] = i;
    }
    for (;;) {
        int first = p[0];
        if (first) {
            for (int i = 1; i < n; i++) {
                q[i] = p[i];
            }
            int flips = 1;
            for (;;) {
                int next = q[first];
                if (!next) {
                    sum += sign * flips;
                    most = flips > most ? flips : most;
                    break;
                }
                q[first] = first;
                for (int i = 1, j = first - 1; i < j; i++, j--) {
                    int t = q[i];
                    q[i] = q[j];
                    q[j] = t;
                }
                first = next;
                flips++;
            }
        }
        if (sign == 1) {
            int t = p[0];
            p[0] = p[1];
            p[1] = t;
            sign = -1;
            continue;
        }
        int t = p[1];
        p[1] = p[2];
        p[2] = t;
        sign = 1;
        for (int i = 2; i < n; i++) {
            if (s[i] != 0) {
                s[i]--;
                break;
            }
            if (i == n - 1) {
                printf("%d %d\n", sum, most);
                return 0;
            }
            s[i] = i;
            t = p[0];
            for (int j = 0; j <= i; j++) {
                p[j] = p[j + 1];
            }
            p[i + 1] = t;
        }
    }
}
