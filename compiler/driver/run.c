/* Runs the tools, and owns the temporary directory.
 *
 * Whatever happens, the directory goes away: on return, on error, and on a
 * signal that ends the driver (the tool that runs is ended with it).
 */
#include "driver.h"

#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char temp_directory[4096];
static volatile sig_atomic_t caught_signal;
static volatile sig_atomic_t running_child;

static int remove_entry(const char *path, const struct stat *st, int type,
                        struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

static void remove_temp(void)
{
    if (temp_directory[0] != '\0') {
        nftw(temp_directory, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
        temp_directory[0] = '\0';
    }
}

static void on_signal(int number)
{
    caught_signal = number;
    if (running_child > 0) {
        kill(running_child, number);
    }
}

static void catch_signals(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = on_signal};

    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        struct sigaction old;
        if (sigaction(numbers[i], NULL, &old) == 0 &&
            old.sa_handler != SIG_IGN) {
            sigaction(numbers[i], &action, NULL);
        }
    }
}

static void die_of_signal(void)
{
    if (caught_signal != 0) {
        remove_temp();
        signal(caught_signal, SIG_DFL);
        raise(caught_signal);
    }
}

static void make_temp(struct driver *d)
{
    const char *where = getenv("TMPDIR");

    if (d->options.save_temps != NULL) {
        d->temp = (char *)d->options.save_temps;
        return;
    }
    if (where == NULL || where[0] == '\0') {
        where = "/tmp";
    }
    d->temp = format("%s/popcorn-XXXXXX", where);
    if (d->options.dry_run) {
        return;
    }
    if (strlen(d->temp) >= sizeof(temp_directory)) {
        fail("TMPDIR is too long");
    }
    catch_signals();
    /* A closed standard error must not end the driver before it has cleaned
     * up. */
    signal(SIGPIPE, SIG_IGN);
    if (mkdtemp(d->temp) == NULL) {
        fail("cannot make a temporary directory in %s: %s; set TMPDIR to a "
             "directory that can be written",
             where, strerror(errno));
    }
    strcpy(temp_directory, d->temp);
    atexit(remove_temp);
}

char *temp_path(struct driver *d, const char *name)
{
    if (d->temp == NULL) {
        make_temp(d);
    }
    return format("%s/%s", d->temp, name);
}

static void print_command(const struct strings *argv)
{
    for (size_t i = 0; i < argv->count; i++) {
        fputs(" \"", stderr);
        for (const char *c = argv->item[i]; *c != '\0'; c++) {
            if (*c == '"' || *c == '\\' || *c == '$') {
                fputc('\\', stderr);
            }
            fputc(*c, stderr);
        }
        fputc('"', stderr);
    }
    fputc('\n', stderr);
}

static _Noreturn void execute(const struct strings *argv)
{
    execv(argv->item[0], argv->item);
    fprintf(stderr, "popcorn-clang: error: cannot run %s: %s\n", argv->item[0],
            strerror(errno));
    _exit(127);
}

int run(struct driver *d, const struct strings *argv)
{
    int status;
    pid_t child;

    if (d->options.verbose || d->options.dry_run) {
        print_command(argv);
    }
    if (d->options.dry_run) {
        return 0;
    }
    fflush(NULL);
    catch_signals();
    child = fork();
    if (child < 0) {
        fail("cannot start %s: %s", argv->item[0], strerror(errno));
    }
    if (child == 0) {
        signal(SIGPIPE, SIG_DFL);
        execute(argv);
    }
    running_child = child;
    while (waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) {
            fail("lost track of %s: %s", argv->item[0], strerror(errno));
        }
    }
    running_child = 0;
    die_of_signal();
    if (WIFSIGNALED(status)) {
        warn("%s was ended by signal %d (%s); please report this with the "
             "command that -v prints",
             argv->item[0], WTERMSIG(status), strsignal(WTERMSIG(status)));
        return 128 + WTERMSIG(status);
    }
    return WEXITSTATUS(status);
}

int run_last(struct driver *d, const struct strings *argv)
{
    if (d->options.verbose || d->options.dry_run) {
        print_command(argv);
    }
    if (d->options.dry_run) {
        return 0;
    }
    fflush(NULL);
    execute(argv);
}
