/* What an agent says goes out in a thread of its own.
 *
 * A write to a file waits for the file's position, and a member that has the
 * same file for its output may hold that in a write() from a page which this
 * agent is to bring: the loop itself must not wait for it. */
#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "runtime/agent/agent.h"
#include "runtime/message/printable.h"

struct line {
    struct line *next;
    size_t size_bytes;
    char text[];
};

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct line *first, **end = &first;
static unsigned unwritten; /* lines; also the one being written */
static int started;

static void write_out(int fd, const char *text, size_t size_bytes)
{
    while (size_bytes != 0) {
        ssize_t done = write(fd, text, size_bytes);

        if (done < 0 && errno == EINTR) {
            continue;
        }
        if (done < 0) {
            if (fd != 2) {
                dprintf(2, "popcorn: the statistics cannot be written: %s\n",
                        strerror(errno));
            }
            return;
        }
        text += done;
        size_bytes -= (size_t)done;
    }
}

static void *speak(void *unused)
{
    pthread_mutex_lock(&mutex);
    for (;;) {
        struct line *line = first;

        if (line == NULL) {
            pthread_cond_wait(&changed, &mutex);
            continue;
        }
        first = line->next;
        end = first == NULL ? &first : end;
        pthread_mutex_unlock(&mutex);
        write_out(2, line->text, line->size_bytes);
        free(line);
        pthread_mutex_lock(&mutex);
        unwritten--;
        pthread_cond_broadcast(&changed);
    }
    return unused;
}

static int start_thread(void)
{
    pthread_t thread;

    if (!started && pthread_create(&thread, NULL, speak, NULL) == 0) {
        started = 1;
    }
    return started;
}

void agent_put_out(int fd, const char *text, size_t size_bytes)
{
    struct line *line = fd == 2 ? malloc(sizeof *line + size_bytes) : NULL;

    if (line == NULL || !start_thread()) {
        free(line);
        write_out(fd, text, size_bytes);
        return;
    }
    line->next = NULL;
    line->size_bytes = size_bytes;
    memcpy(line->text, text, size_bytes);
    pthread_mutex_lock(&mutex);
    *end = line;
    end = &line->next;
    unwritten++;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&mutex);
}

/* A line is one write, so that lines of several processes do not mix. */
void agent_say(const struct agent *agent, const char *format, ...)
{
    char text[640], line[4 * sizeof text];
    va_list arguments;
    size_t used;

    (void)agent;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    used = (size_t)snprintf(line, sizeof line, "popcorn: ");
    used +=
        text_printable(line + used, sizeof line - used - 1, text, sizeof text);
    line[used++] = '\n';
    agent_put_out(2, line, used);
}

void agent_have_said(unsigned timeout_ms)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += timeout_ms / 1000;
    until.tv_nsec += timeout_ms % 1000 * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_mutex_lock(&mutex);
    while (unwritten != 0 &&
           pthread_cond_clockwait(&changed, &mutex, CLOCK_MONOTONIC, &until) !=
               ETIMEDOUT) {
    }
    pthread_mutex_unlock(&mutex);
}
