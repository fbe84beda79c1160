/* Processes: fork, exec, popen, system, spawn, clone; what a child inherits. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <wordexp.h>

#include "check.h"

extern char **environ;
static int at_exit_ran;

static int status_of(pid_t child)
{
    int status = -1;

    CHECK(waitpid(child, &status, 0) == child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static void test_fork(void)
{
    int variable = 1, pipes[2];
    char *heap = malloc(10);

    strcpy(heap, "parent");
    CHECK(pipe(pipes) == 0);
    pid_t child = fork();
    if (child == 0) {
        variable = 2;
        strcpy(heap, "child");
        if (getppid() <= 0 || write(pipes[1], heap, 6) != 6) {
            _exit(1);
        }
        _exit(variable + 10);
    }
    CHECK(status_of(child) == 12);
    char text[6];
    CHECK(read(pipes[0], text, 6) == 6);
    CHECK_TEXT(text, "child");
    CHECK(variable == 1);
    CHECK_TEXT(heap, "parent");
    free(heap);
    close(pipes[0]);
    close(pipes[1]);
    child = vfork();
    if (child == 0) {
        _exit(9);
    }
    CHECK(status_of(child) == 9);
}

static int clone_child(void *argument)
{
    return *(int *)argument + 1;
}

static void test_clone(void)
{
    static char stack[65536] __attribute__((aligned(16)));
    int value = 5;

    CHECK(status_of(
              clone(clone_child, stack + sizeof stack, SIGCHLD, &value)) == 6);
    CHECK(status_of(clone(clone_child, stack + sizeof stack,
                          CLONE_VM | CLONE_VFORK | SIGCHLD, &value)) == 6);
    CHECK(clone(clone_child, stack + sizeof stack, CLONE_VM | SIGCHLD,
                &value) == -1 &&
          errno == EINVAL);
}

static void test_exec(void)
{
    pid_t child = fork();

    if (child == 0) {
        execl("/bin/sh", "sh", "-c", "exit 23", (char *)NULL);
        _exit(1);
    }
    CHECK(status_of(child) == 23);
    child = fork();
    if (child == 0) {
        char *arguments[] = {"sh", "-c", "test \"$X\" = y", NULL};
        char *environment[] = {"X=y", NULL};
        execvpe("sh", arguments, environment);
        _exit(1);
    }
    CHECK(status_of(child) == 0);
    CHECK(execl("/nonexistent", "x", (char *)NULL) == -1 && errno == ENOENT);
}

static void test_shell(void)
{
    char line[64];
    FILE *stream = popen("echo from the shell; exit 3", "r");
    wordexp_t words;

    CHECK(stream != NULL && fgets(line, sizeof line, stream) != NULL);
    CHECK_TEXT(line, "from the shell\n");
    int status = pclose(stream);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 3);
    stream = popen("cat >/dev/null", "w");
    CHECK(fprintf(stream, "data") == 4);
    CHECK(pclose(stream) == 0);
    status = system("exit 5");
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 5);
    CHECK(wordexp("a 'b c' $((1+2))", &words, 0) == 0);
    CHECK(words.we_wordc == 3);
    CHECK_TEXT(words.we_wordv[2], "3");
    wordfree(&words);
}

static void test_spawn(void)
{
    pid_t child;
    posix_spawn_file_actions_t actions;
    char *arguments[] = {"sh", "-c", "cat; exit 4", NULL}, text[8] = "";
    int in[2], out[2];

    CHECK(pipe(in) == 0 && pipe(out) == 0);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], 0);
    posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    posix_spawn_file_actions_addclose(&actions, in[1]);
    CHECK(posix_spawnp(&child, "sh", &actions, NULL, arguments, environ) == 0);
    CHECK(write(in[1], "through", 7) == 7);
    close(in[1]);
    CHECK(status_of(child) == 4);
    CHECK(read(out[0], text, 7) == 7);
    CHECK_TEXT(text, "through");
    CHECK(posix_spawn(&child, "/nonexistent", NULL, NULL, arguments, environ) ==
          ENOENT);
    posix_spawn_file_actions_destroy(&actions);
    close(in[0]), close(out[0]), close(out[1]);
}

static void test_shared_memory(void)
{
    int *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
                       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    CHECK(shared != MAP_FAILED);
    pid_t child = fork();
    if (child == 0) {
        *shared = 77;
        _exit(0);
    }
    CHECK(status_of(child) == 0 && *shared == 77);
    munmap(shared, 4096);
}

static void at_exit(void)
{
    at_exit_ran = 1;
    _exit(31);
}

static void test_exit(void)
{
    pid_t child = fork();

    if (child == 0) {
        atexit(at_exit);
        exit(1);
    }
    CHECK(status_of(child) == 31 && !at_exit_ran);
    child = fork();
    if (child == 0) {
        raise(SIGKILL);
    }
    CHECK(status_of(child) == -SIGKILL);
}

static int constructed;

__attribute__((constructor)) static void construct(void)
{
    constructed = 1;
}

int main(void)
{
    CHECK(constructed);
    CHECK(setenv("POPCORN_TEST", "value", 1) == 0);
    CHECK_TEXT(getenv("POPCORN_TEST"), "value");
    test_fork();
    test_clone();
    test_exec();
    test_shell();
    test_spawn();
    test_shared_memory();
    test_exit();
    return finish("process");
}
