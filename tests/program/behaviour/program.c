/* What a program can see of how it was started, and what its parent can see of
 * how it ends.  Built by popcorn-clang and by the native compiler; run.sh
 * compares.  TEST_AWAY in the environment: the popcorn build goes to node 1
 * first, and stays there. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#ifdef __popcorn__
#include <popcorn.h>
#endif

extern char **environ;
static volatile unsigned sink;

/* Some migration points. */
static unsigned __attribute__((noinline)) work(unsigned count)
{
    unsigned sum = 0;

    for (unsigned i = 0; i < count; i++) {
        sum += i ^ sink;
    }
    sink = sum;
    return sum;
}

static void go_away(void)
{
#ifdef __popcorn__
    if (getenv("TEST_AWAY") != NULL && popcorn_node_count() > 1 &&
        popcorn_migrate(1) != 0 && errno != EBUSY) { /* there already */
        fprintf(stderr, "cannot go to node 1: %s\n", strerror(errno));
        exit(99);
    }
#endif
}

/* 1 if the run is one in which the thread has moved, or need not. */
static int has_moved(void)
{
#ifdef __popcorn__
    return getenv("TEST_MOVES") == NULL || popcorn_move_count() != 0;
#else
    return 1;
#endif
}

static void say(const char *text)
{
    size_t length = strlen(text);

    while (length != 0) {
        ssize_t written = write(1, text, length);
        if (written < 0 && errno != EINTR) {
            _exit(98);
        }
        if (written > 0) {
            text += written;
            length -= (size_t)written;
        }
    }
}

/* --- streams --- */

static int copy(int argc, char **argv)
{
    size_t piece = argc > 0 ? strtoul(argv[0], NULL, 10) : 4096;
    char *buffer = malloc(piece);
    ssize_t got;

    while ((got = read(0, buffer, piece)) > 0) {
        for (ssize_t done = 0; done < got;) {
            ssize_t written = write(1, buffer + done, (size_t)(got - done));
            if (written < 0) {
                fprintf(stderr, "write: %s\n", strerror(errno));
                return 3;
            }
            done += written;
        }
    }
    free(buffer);
    return got == 0 ? 0 : 2;
}

/* stdio, line by line, with the last line unfinished. */
static int lines(int argc, char **argv)
{
    char line[256];
    unsigned count = 0;

    (void)argc, (void)argv;
    while (fgets(line, sizeof line, stdin) != NULL) {
        printf("%u:%s", ++count, line);
        if (count % 7 == 0) {
            fprintf(stderr, "[%u]", count);
        }
    }
    printf("end %d %d", feof(stdin) != 0, ferror(stdin) != 0);
    return 0;
}

/* Writes lines until it is told not to. */
static int produce(int argc, char **argv)
{
    long count = argc > 0 ? atol(argv[0]) : 1000000;

    if (argc > 1 && strcmp(argv[1], "ignore") == 0) {
        signal(SIGPIPE, SIG_IGN);
    }
    for (long i = 0; i < count; i++) {
        if (printf("line %ld of a long output\n", i) < 0 ||
            (i % 64 == 0 && fflush(stdout) != 0)) {
            fprintf(stderr, "stopped: %s\n", strerror(errno));
            return 4;
        }
    }
    return 0;
}

/* --- how it was started --- */

static int environment(int argc, char **argv)
{
    for (int i = 0; i < argc; i++) {
        printf("argument %d: %s\n", i, argv[i]);
    }
    for (char **entry = environ; *entry != NULL; entry++) {
        /* bash's own note of the command it ran */
        if (strncmp(*entry, "_=", 2) != 0) {
            printf("environment: %s\n", *entry);
        }
    }
    return 0;
}

static int place(int argc, char **argv)
{
    char path[4096];
    struct stat status;
    sigset_t set;
    mode_t mask = umask(0);

    (void)argc, (void)argv;
    umask(mask);
    printf("cwd %s umask %03o\n", getcwd(path, sizeof path), mask);
    printf("leader %d session %d parent %d\n", getpgrp() == getpid(),
           getsid(0) == getpid(), getppid() == atoi(getenv("TEST_PARENT")));
    for (int fd = 0; fd < 100; fd++) {
        if (fcntl(fd, F_GETFD) >= 0 && fstat(fd, &status) == 0) {
            printf("descriptor %d: flags %d mode %#o type %o\n", fd,
                   fcntl(fd, F_GETFD),
                   /* the others' numbers depend on the libc */
                   fcntl(fd, F_GETFL) & (O_ACCMODE | O_APPEND | O_NONBLOCK),
                   status.st_mode & S_IFMT);
        }
    }
    sigprocmask(SIG_BLOCK, NULL, &set);
    for (int number = 1; number < 32; number++) {
        struct sigaction action;
        if (sigismember(&set, number) == 1) {
            printf("blocked %d\n", number);
        }
        if (sigaction(number, NULL, &action) == 0 &&
            action.sa_handler != SIG_DFL) {
            printf("ignored %d %d\n", number, action.sa_handler == SIG_IGN);
        }
    }
    return 0;
}

/* --- how it ends --- */

static int end(int argc, char **argv)
{
    int status = argc > 0 ? atoi(argv[0]) : 0;

    if (argc > 1) {
        printf("unfinished");
        atexit(go_away);
    }
    return status;
}

static int end_by(int argc, char **argv)
{
    (void)argc;
    say("before\n");
    if (strcmp(argv[0], "abort") == 0) {
        abort();
    } else if (strcmp(argv[0], "write") == 0) {
        *(volatile int *volatile)8 = (int)work(3);
    } else if (strcmp(argv[0], "jump") == 0) {
        ((void (*volatile)(void))16)();
    } else if (strcmp(argv[0], "trap") == 0) {
        __builtin_trap();
    } else {
        raise(atoi(argv[0]));
    }
    say("after\n");
    return 0;
}

static void on_fault(int number)
{
    say(number == SIGSEGV ? "fault handler\n" : "?\n");
    _exit(21);
}

static int fault_handler(int argc, char **argv)
{
    (void)argc, (void)argv;
    signal(SIGSEGV, on_fault);
    say("before\n");
    *(volatile int *volatile)8 = (int)work(3);
    return 0;
}

/* --- signals from outside --- */

static volatile sig_atomic_t last_signal, signal_count;

static void on_signal(int number)
{
    last_signal = number;
    signal_count++;
}

static void install(int number, int flags)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = flags};

    sigaction(number, &action, NULL);
}

/* Computes or sleeps until a signal ends it. */
static int victim(int argc, char **argv)
{
    say("ready\n");
    for (;;) {
        if (argc > 0 && strcmp(argv[0], "sleep") == 0) {
            pause();
        } else {
            work(1000);
        }
    }
}

/* Names each signal; SIGTERM ends it. */
static int catcher(int argc, char **argv)
{
    static const int numbers[] = {SIGINT,  SIGHUP,  SIGUSR1, SIGUSR2, SIGTERM,
                                  SIGTSTP, SIGCONT, SIGQUIT, SIGWINCH};
    int restart = argc > 1 && strcmp(argv[1], "restart") == 0;
    sigset_t all, none;

    sigfillset(&all);
    sigemptyset(&none);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        install(numbers[i], restart ? SA_RESTART : 0);
    }
    say("ready\n");
    for (;;) {
        char text[80];
        int number;

        if (argc > 0 && strcmp(argv[0], "sleep") == 0) {
            sigprocmask(SIG_BLOCK, &all, NULL);
            if (last_signal == 0) {
                sigsuspend(&none);
            }
            sigprocmask(SIG_SETMASK, &none, NULL);
        } else {
            work(200);
        }
        number = last_signal;
        if (number == 0) {
            continue;
        }
        last_signal = 0;
        snprintf(text, sizeof text, "caught %s\n", strsignal(number));
        say(text);
        if (number == SIGTERM) {
            return 42;
        }
    }
}

/* --- terminal --- */

static int terminal(int argc, char **argv)
{
    char text[200];
    struct winsize size = {0};
    struct termios settings;
    struct pollfd wait = {0, POLLIN, 0};
    sigset_t handled, none;

    install(SIGWINCH, 0);
    sigemptyset(&none);
    sigemptyset(&handled);
    sigaddset(&handled, SIGWINCH);
    if (argc > 0 && strcmp(argv[0], "handlers") == 0) {
        install(SIGINT, 0);
        install(SIGTSTP, 0);
        sigaddset(&handled, SIGINT);
        sigaddset(&handled, SIGTSTP);
    }
    sigprocmask(SIG_BLOCK, &handled, NULL); /* they come while it waits */
    ioctl(0, TIOCGWINSZ, &size);
    snprintf(text, sizeof text, "tty %d%d%d echo %d size %dx%d front %d\n",
             isatty(0), isatty(1), isatty(2),
             tcgetattr(0, &settings) == 0 && (settings.c_lflag & ECHO) != 0,
             size.ws_row, size.ws_col, tcgetpgrp(0) == getpgrp());
    say(text);
    for (;;) {
        ssize_t got = ppoll(&wait, 1, NULL, &none);

        if (got > 0) {
            got = read(0, text, 100);
        }
        work(20);
        if (got < 0 && errno == EINTR) {
            ioctl(0, TIOCGWINSZ, &size);
            snprintf(text, sizeof text, "signal %d size %dx%d\n",
                     (int)last_signal, size.ws_row, size.ws_col);
            say(text);
        } else if (got == 0) {
            say("end of input\n");
            return 5;
        } else if (got < 0) {
            return 6;
        } else if (strncmp(text, "raw", 3) == 0) {
            tcgetattr(0, &settings);
            settings.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
            tcsetattr(0, TCSANOW, &settings);
            say("now raw\n");
            got = read(0, text, 1);
            settings.c_lflag |= ICANON | ECHO;
            tcsetattr(0, TCSANOW, &settings);
            if (got == 1) {
                printf("key %c\n", text[0]);
                fflush(stdout);
            }
        } else {
            printf("got %.*s", (int)got, text);
            fflush(stdout);
        }
    }
}

/* --- other processes and threads --- */

static int children(int argc, char **argv)
{
    char line[200];
    char *arguments[] = {(char *)"sh", (char *)"-c",
                         (char *)"echo spawned; exit 9", NULL};
    int status, ends[2];
    pid_t child;
    FILE *stream;

    (void)argc, (void)argv;
    for (int round = 0; round < 3; round++) {
        work(5);
        printf("unflushed %d\n", round);
        fflush(stdout);
        printf("system %d\n", system("echo from system; exit 7") >> 8);
        fflush(stdout);
        stream = popen("echo from popen; cat /dev/null", "r");
        while (fgets(line, sizeof line, stream) != NULL) {
            printf("popen: %s", line);
        }
        printf("pclose %d\n", pclose(stream));
        stream = popen("cat", "w");
        fprintf(stream, "to popen\n");
        fflush(stdout);
        printf("pclose %d\n", pclose(stream));
        fflush(stdout);
        if (posix_spawnp(&child, "sh", NULL, NULL, arguments, environ) != 0 ||
            waitpid(child, &status, 0) != child) {
            return 1;
        }
        printf("spawn %d\n", WEXITSTATUS(status));
        if (pipe(ends) != 0 || (child = fork()) < 0) {
            return 1;
        }
        if (child == 0) {
            /* a child of a child, and a result from its own memory */
            unsigned sum = work(10000);
            pid_t inner = fork();
            if (inner == 0) {
                _exit(3);
            }
            waitpid(inner, &status, 0);
            snprintf(line, sizeof line, "child %u %d\n", sum,
                     WEXITSTATUS(status));
            write(ends[1], line, strlen(line));
            raise(SIGTERM);
            _exit(1);
        }
        close(ends[1]);
        memset(line, 0, sizeof line);
        read(ends[0], line, sizeof line - 1);
        close(ends[0]);
        waitpid(child, &status, 0);
        printf("%ssignal %d\n", line, WTERMSIG(status));
        sink = 0;
    }
    return 0;
}

static int replace(int argc, char **argv)
{
    (void)argc;
    work(5);
    execvp(argv[0], argv);
    return 1;
}

static void *thread(void *argument)
{
    return (void *)((long)argument * 2 + (work(100) == 1));
}

static int threads(int argc, char **argv)
{
    pthread_t id[4];
    void *value;
    long sum = 0;

    (void)argc, (void)argv;
    for (int round = 0; round < 5; round++) {
        for (long i = 0; i < 4; i++) {
            if (pthread_create(&id[i], NULL, thread, (void *)i) != 0) {
                return 1;
            }
        }
        for (int i = 0; i < 4; i++) {
            pthread_join(id[i], &value);
            sum += (long)value / 2;
        }
    }
    printf("sum %ld\n", sum);
    return 0;
}

#ifdef __popcorn__
static volatile int stop, idle_node;

static void *idle(void *argument)
{
    while (!stop) {
        usleep(1000);
        idle_node = popcorn_current_nid();
    }
    return argument;
}

/* Two threads: one moves by itself, both when somebody asks. */
static int together(int argc, char **argv)
{
    pthread_t id;
    char line[100];

    (void)argc, (void)argv;
    if (pthread_create(&id, NULL, idle, NULL) != 0) {
        return 1;
    }
    if (popcorn_migrate(1) != 0 || popcorn_current_nid() != 1) {
        return 2;
    }
    say("ready\n");
    while (read(0, line, 1) == 1) {
        work(100000); /* the request of `popcorn migrate` */
    }
    stop = 1;
    if (popcorn_current_nid() != 2 || idle_node != 2) {
        return 3;
    }
    pthread_join(id, NULL);
    say("moved\n");
    return 0;
}
#endif

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(int argc, char **argv);
    } modes[] = {{"copy", copy},         {"lines", lines},
                 {"produce", produce},   {"environment", environment},
                 {"place", place},       {"end", end},
                 {"end-by", end_by},     {"fault-handler", fault_handler},
                 {"victim", victim},     {"catcher", catcher},
                 {"terminal", terminal}, {"children", children},
                 {"replace", replace},
#ifdef __popcorn__
                 {"together", together},
#endif
                 {"threads", threads}};

    go_away();
    work(20);
    if (!has_moved()) {
        fprintf(stderr, "the thread has not moved\n");
        return 97;
    }
    for (size_t i = 0; argc > 1 && i < sizeof modes / sizeof *modes; i++) {
        if (strcmp(argv[1], modes[i].name) == 0) {
            return modes[i].run(argc - 2, argv + 2);
        }
    }
    fprintf(stderr, "program: unknown mode\n");
    return 96;
}
