/* Looks at a program from outside, as a shell does.
 *
 *   observe status FILE COMMAND...      runs it and writes "exited N" or
 *                                       "signal N" to FILE
 *   observe signals FILE STEP... -- COMMAND...
 *   observe terminal FILE STEP... -- COMMAND...
 *
 * signals: standard output is a pipe of ours.  terminal: the command is a
 * foreground job of a session of its own, on a new terminal of 24x80; when it
 * stops, "<stopped N>" is written to the terminal, and 200 ms later "<continued>",
 * as it is continued.  Steps, in order, each within 60 s:
 *
 *   expect:TEXT   until the output since the last match has TEXT, and the rest of
 *                 its line: a key that raises a signal makes the terminal throw
 *                 away what nobody has read yet
 *   send:TEXT     to the terminal; ^X is a control character
 *   kill:N        a signal to the command; group:N to its process group
 *   wait:MS       does nothing
 *   stopped       until the command is stopped (signals only)
 *   size:RxC      of the terminal
 *   end           until the command has ended, status to FILE
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { STEP_MS = 60000, OUTPUT_MAX = 1 << 20 };

static char output[OUTPUT_MAX + 1];
static size_t output_length, matched;
static int output_fd;
static pid_t command_pid;
static const char *status_path;

static _Noreturn void fail(const char *step)
{
    fprintf(stderr, "observe: step %s failed; output so far:\n%s\n", step,
            output);
    if (command_pid > 0) {
        kill(command_pid, SIGCONT);
        kill(command_pid, SIGKILL);
    }
    exit(1);
}

static void write_status(int status)
{
    FILE *file = fopen(status_path, "w");

    if (file == NULL) {
        fail(status_path);
    }
    fprintf(file, WIFSIGNALED(status) ? "signal %d\n" : "exited %d\n",
            WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    fclose(file);
}

static long now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Reads what is there within `ms`; 0 at the end of the output. */
static int read_output(int ms)
{
    struct pollfd wait = {output_fd, POLLIN, 0};
    ssize_t got;

    if (poll(&wait, 1, ms) <= 0) {
        return 1;
    }
    got = read(output_fd, output + output_length, OUTPUT_MAX - output_length);
    if (got <= 0) {
        return 0;
    }
    output_length += (size_t)got;
    output[output_length] = '\0';
    return 1;
}

static void expect(const char *step, const char *text)
{
    long end = now_ms() + STEP_MS;
    char *found;

    while ((found = strstr(output + matched, text)) == NULL ||
           (found = strchr(found, '\n')) == NULL) {
        if (now_ms() > end || !read_output(50)) {
            fail(step);
        }
    }
    matched = (size_t)(found - output) + 1;
}

static void send_text(const char *text)
{
    for (; *text != '\0'; text++) {
        char byte = *text;
        if (byte == '^' && text[1] != '\0') {
            byte = *++text & 31;
        } else if (byte == '~') {
            byte = '\n';
        }
        if (write(output_fd, &byte, 1) != 1) {
            fail("send");
        }
    }
}

static void wait_end(const char *step)
{
    long end = now_ms() + STEP_MS;
    int status;

    while (waitpid(command_pid, &status, WNOHANG) == 0) {
        read_output(20);
        if (now_ms() > end) {
            fail(step);
        }
    }
    command_pid = 0;
    while (read_output(0) && output_length < OUTPUT_MAX) {
        struct pollfd wait = {output_fd, POLLIN, 0};
        if (poll(&wait, 1, 0) <= 0) {
            break;
        }
    }
    write_status(status);
}

static void wait_stopped(const char *step)
{
    long end = now_ms() + STEP_MS;
    int status;

    while (waitpid(command_pid, &status, WNOHANG | WUNTRACED) == 0) {
        read_output(20);
        if (now_ms() > end) {
            fail(step);
        }
    }
    if (!WIFSTOPPED(status)) {
        fail(step);
    }
}

static void run_step(const char *step)
{
    const char *value = strchr(step, ':');
    int rows, columns;

    value = value == NULL ? "" : value + 1;
    if (strncmp(step, "expect:", 7) == 0) {
        expect(step, value);
    } else if (strncmp(step, "send:", 5) == 0) {
        send_text(value);
    } else if (strncmp(step, "kill:", 5) == 0) {
        kill(command_pid, atoi(value));
    } else if (strncmp(step, "group:", 6) == 0) {
        kill(-command_pid, atoi(value));
    } else if (strncmp(step, "wait:", 5) == 0) {
        usleep((useconds_t)atoi(value) * 1000);
    } else if (strcmp(step, "stopped") == 0) {
        wait_stopped(step);
    } else if (sscanf(step, "size:%dx%d", &rows, &columns) == 2) {
        struct winsize size = {.ws_row = (unsigned short)rows,
                               .ws_col = (unsigned short)columns};
        ioctl(output_fd, TIOCSWINSZ, &size);
    } else if (strcmp(step, "end") == 0) {
        wait_end(step);
    } else {
        fail(step);
    }
}

/* Without the echo of keys that raise a signal ("^C"): the terminal raises it first,
 * so what the program does about it may come before. */
static void print_output(void)
{
    for (const char *at = output; *at != '\0'; at++) {
        if (at[0] == '^' && at[1] != '\0') {
            at++;
        } else {
            putchar(*at);
        }
    }
}

/* The shell of the terminal: one foreground job. */
static _Noreturn void job_control(char **command)
{
    int status;
    pid_t job;

    signal(SIGTTOU, SIG_IGN);
    signal(SIGINT, SIG_IGN);
    signal(SIGTSTP, SIG_IGN);
    signal(SIGQUIT, SIG_IGN);
    job = fork();
    if (job == 0) {
        setpgid(0, 0);
        tcsetpgrp(0, getpid());
        signal(SIGTTOU, SIG_DFL);
        signal(SIGINT, SIG_DFL);
        signal(SIGTSTP, SIG_DFL);
        signal(SIGQUIT, SIG_DFL);
        execvp(command[0], command);
        _exit(127);
    }
    setpgid(job, job);
    tcsetpgrp(0, job);
    while (waitpid(job, &status, WUNTRACED) == job && WIFSTOPPED(status)) {
        tcsetpgrp(0, getpgrp());
        dprintf(1, "<stopped %d>\n", WSTOPSIG(status));
        usleep(200000);
        tcsetpgrp(0, job);
        dprintf(1, "<continued>\n");
        kill(-job, SIGCONT);
    }
    tcsetpgrp(0, getpgrp());
    dprintf(1, WIFSIGNALED(status) ? "<signal %d>\n" : "<exited %d>\n",
            WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    _exit(0);
}

static void start(int terminal, char **command)
{
    struct winsize size = {.ws_row = 24, .ws_col = 80};
    int ends[2];

    if (terminal) {
        command_pid = forkpty(&output_fd, NULL, NULL, &size);
        if (command_pid == 0) {
            job_control(command);
        }
        return;
    }
    if (pipe2(ends, O_CLOEXEC) != 0) {
        fail("pipe");
    }
    command_pid = fork();
    if (command_pid == 0) {
        setpgid(0, 0);
        dup2(ends[1], 1);
        execvp(command[0], command);
        _exit(127);
    }
    setpgid(command_pid, command_pid);
    close(ends[1]);
    output_fd = ends[0];
}

int main(int argc, char **argv)
{
    char **command = argv + 3;
    int status;

    if (argc < 4) {
        fprintf(stderr, "observe: too few arguments\n");
        return 2;
    }
    status_path = argv[2];
    if (strcmp(argv[1], "status") == 0) {
        command_pid = fork();
        if (command_pid == 0) {
            execvp(command[0], command);
            _exit(127);
        }
        if (waitpid(command_pid, &status, 0) != command_pid) {
            return 1;
        }
        write_status(status);
        return 0;
    }
    while (*command != NULL && strcmp(*command, "--") != 0) {
        command++;
    }
    if (*command == NULL) {
        fail("--");
    }
    start(strcmp(argv[1], "terminal") == 0, command + 1);
    for (char **step = argv + 3; step != command; step++) {
        run_step(*step);
    }
    if (command_pid != 0) {
        fail("end (missing)");
    }
    print_output();
    return 0;
}
