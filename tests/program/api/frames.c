/* A move below several frames, whose locals point at each other, with a callback
 * that writes a local of main's to a file. */
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "check.h"
#include "migrate.h"

struct frame {
    struct frame *caller;
    int depth, values[16];
};

static char name[] = "/tmp/popcorn-linux-XXXXXX";

static void arrived(void *argument)
{
    const char *text = argument;
    int file = open(name, O_WRONLY | O_APPEND);

    CHECK(file >= 0);
    CHECK(write(file, text, strlen(text)) == (ssize_t)strlen(text));
    close(file);
}

__attribute__((noinline)) static int descend(struct frame *caller, char *text)
{
    struct frame self = {.caller = caller, .depth = caller->depth + 1};
    int sum = 0, depth = self.depth;

    for (int i = 0; i < 16; i++) {
        self.values[i] = i * self.depth;
    }
    if (self.depth < 12) {
        sum = descend(&self, text);
    } else {
        migrate(0, arrived, text);
        migrate(1, NULL, NULL);
    }
    for (struct frame *f = &self; f->caller != NULL; f = f->caller) {
        CHECK(f->depth == depth--);
        for (int i = 0; i < 16; i++) {
            CHECK(f->values[i] == i * f->depth);
            sum += f->values[i];
        }
    }
    return sum;
}

int main(void)
{
    struct frame outermost = {0};
    char text[80], read_back[200] = "", wanted[200];
    time_t now = time(NULL);
    int file = mkstemp(name), moved, sum;

    strftime(text, sizeof text, "%Y%m%d_%H%M%S\n", localtime(&now));
    moved = migrate(1, arrived, text) == 0;
    sum = descend(&outermost, text);
    migrate(0, NULL, NULL);
    CHECK(popcorn_current_nid() == 0);
    CHECK(sum == 120 * (12 * 13 * 14 / 6)); /* 0 to 15, by 1 + (1 + 2) + ... */
    snprintf(wanted, sizeof wanted, "%s%s", moved ? text : "",
             moved ? text : "");
    CHECK(read(file, read_back, sizeof read_back - 1) >= 0);
    CHECK(strcmp(read_back, wanted) == 0);
    unlink(name);
    puts("back");
    return 0;
}
