/* filtered ERRNO CALL... -- COMMAND...: runs the command where these system calls
 * fail with ERRNO, as in a container whose seccomp filter does not know them. */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct {
    const char *name;
    unsigned number;
} calls[] = {{"pidfd_open", SYS_pidfd_open},
             {"pidfd_send_signal", SYS_pidfd_send_signal},
             {"epoll_pwait2", SYS_epoll_pwait2},
             {"close_range", SYS_close_range},
             {"kill", SYS_kill}};
static const struct {
    const char *name;
    unsigned number;
} errors[] = {{"EPERM", EPERM}, {"ENOSYS", ENOSYS}};

enum { CALLS = sizeof calls / sizeof *calls };

static int install(const unsigned *numbers, unsigned count, unsigned error)
{
    struct sock_filter code[2 * CALLS + 2] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr))};
    struct sock_fprog program = {.filter = code};
    unsigned used = 1;

    for (unsigned i = 0; i < count; i++) {
        code[used++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
                                                    numbers[i], 0, 1);
        code[used++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K,
                                                    SECCOMP_RET_ERRNO | error);
    }
    code[used++] =
        (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    program.len = (unsigned short)used;
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0
               ? -1
               : prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

int main(int argc, char **argv)
{
    unsigned numbers[CALLS], count = 0, error = 0;
    int i = 2;

    for (size_t e = 0; argc > 1 && e < 2; e++) {
        error = strcmp(argv[1], errors[e].name) == 0 ? errors[e].number : error;
    }
    for (; i < argc && strcmp(argv[i], "--") != 0; i++) {
        for (unsigned c = 0; c < CALLS; c++) {
            if (strcmp(argv[i], calls[c].name) == 0 && count < CALLS) {
                numbers[count++] = calls[c].number;
            }
        }
    }
    if (error == 0 || i + 1 >= argc || (int)count != i - 2) {
        fprintf(stderr, "usage: filtered EPERM|ENOSYS CALL... -- COMMAND...\n");
        return 99;
    }
    if (install(numbers, count, error) != 0) {
        perror("seccomp");
        return 99;
    }
    execvp(argv[i + 1], argv + i + 1);
    perror(argv[i + 1]);
    return 99;
}
