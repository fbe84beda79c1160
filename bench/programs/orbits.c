/* Positions of eight planets over the years: Kepler's equation, sines and
 * cosines. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct orbit {
    double axis, eccentricity, inclination, node, perihelion, mean, rate;
};

static const struct orbit planets[] = {
    {0.387, 0.2056, 0.122, 0.843, 1.352, 4.403, 0.07142},
    {0.723, 0.0068, 0.059, 1.338, 2.296, 3.176, 0.02796},
    {1.000, 0.0167, 0.000, 0.000, 1.797, 1.753, 0.01720},
    {1.524, 0.0934, 0.032, 0.865, 5.865, 6.203, 0.00915},
    {5.203, 0.0484, 0.023, 1.754, 0.250, 0.600, 0.00145},
    {9.537, 0.0539, 0.043, 1.984, 1.614, 0.871, 0.00058},
    {19.19, 0.0473, 0.013, 1.291, 2.983, 5.466, 0.00021},
    {30.07, 0.0086, 0.031, 2.300, 0.785, 5.321, 0.00010},
};

static double anomaly(double mean, double e)
{
    double at = mean;

    for (int i = 0; i < 20; i++) {
        double step = (at - e * sin(at) - mean) / (1 - e * cos(at));
        at -= step;
        if (fabs(step) < 1e-12) {
            break;
        }
    }
    return at;
}

static double distance(const struct orbit *o, double day, double sun[3])
{
    double e = anomaly(o->mean + o->rate * day, o->eccentricity);
    double x = o->axis * (cos(e) - o->eccentricity);
    double y = o->axis * sqrt(1 - o->eccentricity * o->eccentricity) * sin(e);
    double w = o->perihelion - o->node;
    double u = x * cos(w) - y * sin(w), v = x * sin(w) + y * cos(w);

    sun[0] = u * cos(o->node) - v * cos(o->inclination) * sin(o->node);
    sun[1] = u * sin(o->node) + v * cos(o->inclination) * cos(o->node);
    sun[2] = v * sin(o->inclination);
    return sqrt(sun[0] * sun[0] + sun[1] * sun[1] + sun[2] * sun[2]);
}

int main(int argc, char **argv)
{
    int days = argc > 1 ? atoi(argv[1]) : 200000;
    double sum = 0, at[3];

    for (int day = 0; day < days; day++) {
        for (unsigned p = 0; p < sizeof planets / sizeof *planets; p++) {
            sum += distance(&planets[p], day, at) + at[2];
        }
    }
    printf("%.9g\n", sum);
    return 0;
}
