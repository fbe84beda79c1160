/* Local time: the C library maps the zone's file. */
#include <stdlib.h>
#include <time.h>

#include "language.h"

static void show(const char *zone, time_t when)
{
    char text[80];
    struct tm broken;

    setenv("TZ", zone, 1);
    tzset();
    point();
    localtime_r(&when, &broken);
    point();
    strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S %z %Z, day %j", &broken);
    printf("%s: %s, %d\n", zone, text, mktime(&broken) == when);
}

int main(void)
{
    static const char *const zones[] = {"UTC0", "Europe/Berlin", "Asia/Tokyo",
                                        "America/New_York"};

    for (unsigned i = 0; i < sizeof zones / sizeof zones[0]; i++) {
        show(zones[i], 1700000000);
        show(zones[i], 1720000000);
    }
    return 0;
}
