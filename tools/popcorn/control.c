/* popcorn migrate, ps, nodes: clients of the agents' control sockets. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "tools/popcorn/popcorn.h"

int control_directory(char *path, size_t size_bytes, int make)
{
    const char *runtime = getenv("XDG_RUNTIME_DIR");
    struct stat status;

    if (runtime != NULL && runtime[0] == '/' && strlen(runtime) < 60) {
        snprintf(path, size_bytes, "%s/popcorn", runtime);
    } else {
        snprintf(path, size_bytes, "/tmp/popcorn-%u", (unsigned)getuid());
    }
    if (make && mkdir(path, 0700) != 0 && errno != EEXIST) {
        return -errno;
    }
    if (lstat(path, &status) != 0) {
        return -errno;
    }
    /* /tmp is everybody's: a directory of somebody else's making could hold
     * sockets that answer in our name. */
    if (!S_ISDIR(status.st_mode) || status.st_uid != getuid() ||
        (status.st_mode & 077) != 0) {
        return -EPERM;
    }
    return 0;
}

#define ANSWER_S 3 /* of an agent that is not stopped */

/* Sends a line, reads until the agent closes. limit_s: how long each step may
 * take, 0: any time. 0 or -errno; -EAGAIN: no answer in time. */
static int ask(long pid, const char *line, int limit_s, char *text,
               size_t size_bytes)
{
    struct timeval limit = {.tv_sec = limit_s};
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char directory[80];
    size_t used = 0;
    ssize_t got = 0;
    int fd, result = control_directory(directory, sizeof directory, 0);

    if (result != 0) {
        return result;
    }
    snprintf(address.sun_path, sizeof address.sun_path, "%s/%ld.sock",
             directory, pid);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 ||
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) != 0 ||
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) != 0 ||
        connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
        result = -errno;
        if (result == -ECONNREFUSED) {
            unlink(address.sun_path); /* its agent was killed */
        }
        if (fd >= 0) {
            close(fd);
        }
        return result;
    }
    if (send(fd, line, strlen(line), MSG_NOSIGNAL) < 0) {
        result = -errno;
    }
    while (result == 0 && used < size_bytes - 1) {
        got = recv(fd, text + used, size_bytes - 1 - used, 0);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0 && errno == EAGAIN) {
            result = -EAGAIN;
        }
        if (got <= 0) {
            break;
        }
        used += (size_t)got;
    }
    text[used] = '\0';
    close(fd);
    return result != 0 ? result : used == 0 ? -EPIPE : 0;
}

/* PID or, unless thread is NULL, PID/TID; *thread 0: not named. */
static int parse_pid(const char *text, long *pid, long *thread)
{
    char *end;

    *pid = strtol(text, &end, 10);
    if (thread != NULL) {
        *thread = 0;
    }
    if (*pid <= 0 || end == text) {
        return fail(EXIT_USAGE, "'%s' is not a process id", text);
    }
    if (*end == '\0') {
        return 0;
    }
    if (thread == NULL) {
        return fail(EXIT_USAGE, "'%s' is not a process id", text);
    }
    *thread = *end == '/' ? strtol(end + 1, &end, 10) : 0;
    if (*end != '\0' || *thread <= 0) {
        return fail(EXIT_USAGE, "'%s' is not PID or PID/TID", text);
    }
    return 0;
}

static int no_program(long pid, int result)
{
    if (result == -EAGAIN) {
        return fail(POPCORN_EXIT_FAILURE,
                    "the agent of process %ld does not answer", pid);
    }
    return fail(POPCORN_EXIT_FAILURE,
                "process %ld is not under `popcorn run`, or is another user's "
                "(%s); `popcorn ps` lists those there are",
                pid, strerror(-result));
}

int command_migrate(int argc, char **argv)
{
    char line[96], text[8192], isa[32];
    unsigned long long us;
    unsigned node, moved, in_calls;
    long pid, thread;
    int result;

    if (argc != 3) {
        return fail(EXIT_USAGE, "usage: popcorn migrate PID[/TID] NODE");
    }
    result = parse_pid(argv[1], &pid, &thread);
    if (result != 0) {
        return result;
    }
    if (strlen(argv[2]) > 31 || strchr(argv[2], '\n') != NULL) {
        return fail(EXIT_USAGE, "'%s' is not a node", argv[2]);
    }
    if (thread == 0) {
        snprintf(line, sizeof line, "migrate %s\n", argv[2]);
    } else {
        snprintf(line, sizeof line, "migrate %s %ld\n", argv[2], thread);
    }
    result = ask(pid, line, 0, text, sizeof text);
    if (result == -EPIPE) {
        return fail(1, "the program ended before it moved");
    }
    if (result != 0) {
        return no_program(pid, result);
    }
    if (sscanf(text, "ok %u %31s %llu %u %u", &node, isa, &us, &moved,
               &in_calls) == 5) {
        printf("moved to node %u (%s) in %llu us", node, isa, us);
        if (moved > 1 || in_calls > 0) {
            printf(", %u threads", moved);
        }
        if (in_calls > 0) {
            printf("; %u more when they return from system calls", in_calls);
        }
        printf("\n");
        return 0;
    }
    text[strcspn(text, "\n")] = '\0';
    return fail(1, "not moved: %s", text + (strncmp(text, "no ", 3) ? 0 : 3));
}

static const char *value_of(char *text, const char *key, char *value,
                            size_t size_bytes)
{
    size_t length = strlen(key);

    value[0] = '\0';
    while (*text != '\0') {
        size_t line = strcspn(text, "\n");
        if (line > length && strncmp(text, key, length) == 0 &&
            text[length] == ' ') {
            snprintf(value, size_bytes, "%.*s", (int)(line - length - 1),
                     text + length + 1);
            break;
        }
        text += line + (text[line] == '\n');
    }
    return value;
}

/* Each thread, if there are several. */
static void print_threads(long pid, const char *text)
{
    unsigned count = 0;

    for (const char *line = text; (line = strstr(line, "\nthread ")) != NULL;
         line++) {
        count++;
    }
    for (const char *line = text;
         count > 1 && (line = strstr(line, "\nthread ")) != NULL; line++) {
        char id[64];
        unsigned long long moves;
        int tid, where = 0;
        if (sscanf(line, "\nthread %d %llu %n", &tid, &moves, &where) == 2) {
            snprintf(id, sizeof id, "%ld/%d", pid, tid);
            printf("%17s  %-16.*s %8llu\n", id,
                   (int)strcspn(line + where, "\n"), line + where, moves);
        }
    }
}

int command_ps(int argc, char **argv)
{
    static char text[1 << 18];
    char directory[80], node[64], moves[32], program[512];
    struct dirent *entry;
    DIR *files;
    int result;

    if (argc != 1) {
        return fail(EXIT_USAGE, "popcorn ps takes no arguments, not '%s'",
                    argv[1]);
    }
    printf("%17s  %-16s %8s  %s\n", "PID", "NODE", "MOVES", "PROGRAM");
    result = control_directory(directory, sizeof directory, 0);
    files = result == 0 ? opendir(directory) : NULL;
    while (files != NULL && (entry = readdir(files)) != NULL) {
        char *end;
        long pid = strtol(entry->d_name, &end, 10);
        if (pid <= 0 || strcmp(end, ".sock") != 0) {
            continue;
        }
        result = ask(pid, "status\n", ANSWER_S, text, sizeof text);
        if (result != 0) {
            if (result == -EAGAIN) {
                printf("%17ld  does not answer\n", pid);
            }
            continue;
        }
        printf("%17ld  %-16s %8s  %s\n", pid,
               value_of(text, "node", node, sizeof node),
               value_of(text, "moves", moves, sizeof moves),
               value_of(text, "program", program, sizeof program));
        print_threads(pid, text);
    }
    if (files != NULL) {
        closedir(files);
    }
    return 0;
}

int command_nodes(int argc, char **argv)
{
    char text[8192];
    long pid;
    int result;

    if (argc != 2) {
        return fail(EXIT_USAGE, "usage: popcorn nodes PID");
    }
    result = parse_pid(argv[1], &pid, NULL);
    if (result != 0) {
        return result;
    }
    result = ask(pid, "nodes\n", ANSWER_S, text, sizeof text);
    if (result != 0) {
        return no_program(pid, result);
    }
    printf("%4s  %-12s %-5s %-5s %-7s %-10s %s\n", "NODE", "ISA", "STATE",
           "HOME", "THREAD", "PAGES", "ADDRESS");
    for (char *line = text; *line != '\0';) {
        char isa[16], state[8], home[8], thread[8], address[64];
        unsigned long long pages;
        unsigned node;
        if (sscanf(line, "%u %15s %7s %7s %7s %llu %63s", &node, isa, state,
                   home, thread, &pages, address) == 7) {
            printf("%4u  %-12s %-5s %-5s %-7s %-10llu %s\n", node, isa, state,
                   home, thread, pages, address);
        }
        line += strcspn(line, "\n");
        line += *line == '\n';
    }
    return 0;
}
