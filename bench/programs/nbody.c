/* Planets under gravity: scalar floating point, no calls in the inner loop. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct body {
    double x[3], v[3], mass;
};

static struct body bodies[5] = {
    {{0, 0, 0}, {0, 0, 0}, 39.47841760435743},
    {{4.84, -1.16, -0.10}, {0.606, 2.81, -0.02}, 0.03769},
    {{8.34, 4.12, -0.40}, {-1.01, 1.82, 0.008}, 0.01128},
    {{12.89, -15.11, -0.22}, {1.08, 0.868, -0.01}, 0.00172},
    {{15.37, -25.9, 0.179}, {0.979, 0.594, -0.034}, 0.00203},
};

static void advance(double dt)
{
    for (int i = 0; i < 5; i++) {
        for (int j = i + 1; j < 5; j++) {
            double d[3], square = 0;
            for (int k = 0; k < 3; k++) {
                d[k] = bodies[i].x[k] - bodies[j].x[k];
                square += d[k] * d[k];
            }
            double magnitude = dt / (square * sqrt(square));
            for (int k = 0; k < 3; k++) {
                bodies[i].v[k] -= d[k] * bodies[j].mass * magnitude;
                bodies[j].v[k] += d[k] * bodies[i].mass * magnitude;
            }
        }
    }
    for (int i = 0; i < 5; i++) {
        for (int k = 0; k < 3; k++) {
            bodies[i].x[k] += dt * bodies[i].v[k];
        }
    }
}

int main(int argc, char **argv)
{
    int steps = argc > 1 ? atoi(argv[1]) : 20000000;
    for (int i = 0; i < steps; i++) {
        advance(0.001);
    }
    printf("%.9f %.9f\n", bodies[1].x[0], bodies[4].v[1]);
    return 0;
}
