/* The part of the neutral kernel ABI (Linux asm-generic) the runtime uses:
 * numbers for isa_syscall() and its structures.  The runtime is compiled
 * without any libc's headers, and these numbers are the same on every ISA.
 * Specification: docs/formats.md, "Neutral kernel ABI".
 */
#ifndef POPCORN_ISA_NEUTRAL_ABI_H
#define POPCORN_ISA_NEUTRAL_ABI_H

#include <stdint.h>

enum {
    NEUTRAL_epoll_pwait = 22,
    NEUTRAL_dup3 = 24,
    NEUTRAL_io_setup = 0,
    NEUTRAL_io_uring_setup = 425,
    NEUTRAL_close_range = 436,
    NEUTRAL_fcntl = 25,
    NEUTRAL_ioctl = 29,
    NEUTRAL_flock = 32,
    NEUTRAL_ftruncate = 46,
    NEUTRAL_fallocate = 47,
    NEUTRAL_openat = 56,
    NEUTRAL_readlinkat = 78,
    NEUTRAL_close = 57,
    NEUTRAL_pipe2 = 59,
    NEUTRAL_lseek = 62,
    NEUTRAL_read = 63,
    NEUTRAL_write = 64,
    NEUTRAL_readv = 65,
    NEUTRAL_writev = 66,
    NEUTRAL_pread64 = 67,
    NEUTRAL_pwrite64 = 68,
    NEUTRAL_sendfile = 71,
    NEUTRAL_pselect6 = 72,
    NEUTRAL_ppoll = 73,
    NEUTRAL_vmsplice = 75,
    NEUTRAL_splice = 76,
    NEUTRAL_tee = 77,
    NEUTRAL_exit = 93,
    NEUTRAL_exit_group = 94,
    NEUTRAL_waitid = 95,
    NEUTRAL_set_tid_address = 96,
    NEUTRAL_futex = 98,
    NEUTRAL_nanosleep = 101,
    NEUTRAL_setitimer = 103,
    NEUTRAL_timer_create = 107,
    NEUTRAL_clock_gettime = 113,
    NEUTRAL_clock_getres = 114,
    NEUTRAL_clock_nanosleep = 115,
    NEUTRAL_sched_yield = 124,
    NEUTRAL_kill = 129,
    NEUTRAL_tgkill = 131,
    NEUTRAL_sigaltstack = 132,
    NEUTRAL_rt_sigsuspend = 133,
    NEUTRAL_rt_sigaction = 134,
    NEUTRAL_rt_sigqueueinfo = 138,
    NEUTRAL_rt_sigprocmask = 135,
    NEUTRAL_rt_sigtimedwait = 137,
    NEUTRAL_rt_sigreturn = 139,
    NEUTRAL_times = 153,
    NEUTRAL_setrlimit = 164,
    NEUTRAL_getrusage = 165,
    NEUTRAL_prctl = 167,
    NEUTRAL_getcpu = 168,
    NEUTRAL_gettimeofday = 169,
    NEUTRAL_getpid = 172,
    NEUTRAL_gettid = 178,
    NEUTRAL_mq_timedsend = 182,
    NEUTRAL_mq_timedreceive = 183,
    NEUTRAL_msgrcv = 188,
    NEUTRAL_msgsnd = 189,
    NEUTRAL_semtimedop = 192,
    NEUTRAL_semop = 193,
    NEUTRAL_shmat = 196,
    NEUTRAL_socketpair = 199,
    NEUTRAL_accept = 202,
    NEUTRAL_connect = 203,
    NEUTRAL_sendto = 206,
    NEUTRAL_recvfrom = 207,
    NEUTRAL_sendmsg = 211,
    NEUTRAL_recvmsg = 212,
    NEUTRAL_brk = 214,
    NEUTRAL_munmap = 215,
    NEUTRAL_mremap = 216,
    NEUTRAL_clone = 220,
    NEUTRAL_execve = 221,
    NEUTRAL_mmap = 222,
    NEUTRAL_mprotect = 226,
    NEUTRAL_msync = 227,
    NEUTRAL_mincore = 232,
    NEUTRAL_madvise = 233,
    NEUTRAL_accept4 = 242,
    NEUTRAL_recvmmsg = 243,
    NEUTRAL_wait4 = 260,
    NEUTRAL_prlimit64 = 261,
    NEUTRAL_sendmmsg = 269,
    NEUTRAL_seccomp = 277,
    NEUTRAL_getrandom = 278,
    NEUTRAL_execveat = 281,
    NEUTRAL_userfaultfd = 282,
    NEUTRAL_preadv2 = 286,
    NEUTRAL_pwritev2 = 287,
    NEUTRAL_rseq = 293,
    NEUTRAL_clone3 = 435,
    NEUTRAL_epoll_pwait2 = 441,
};

enum {
    NEUTRAL_PROT_NONE = 0,
    NEUTRAL_PROT_READ = 1,
    NEUTRAL_PROT_WRITE = 2,
    NEUTRAL_PROT_READ_WRITE = NEUTRAL_PROT_READ | NEUTRAL_PROT_WRITE,
    NEUTRAL_PROT_EXEC = 4,
    NEUTRAL_MAP_SHARED = 1,
    NEUTRAL_MAP_PRIVATE = 2,
    NEUTRAL_MAP_TYPE = 15,
    NEUTRAL_MAP_FIXED = 0x10,
    NEUTRAL_MAP_ANONYMOUS = 0x20,
    NEUTRAL_MAP_NORESERVE = 0x4000,
    NEUTRAL_MAP_FIXED_NOREPLACE = 0x100000,
    NEUTRAL_MREMAP_MAYMOVE = 1,
    NEUTRAL_MREMAP_FIXED = 2,
    NEUTRAL_MADV_WILLNEED = 3,
    NEUTRAL_MADV_DONTNEED = 4,
    NEUTRAL_MADV_FREE = 8,
    NEUTRAL_MADV_REMOVE = 9,
    NEUTRAL_MADV_WIPEONFORK = 18,
    NEUTRAL_MADV_POPULATE_WRITE = 23,
    NEUTRAL_MADV_RELEASE = 0x5052, /* include/popcorn.h */
    NEUTRAL_FALLOC_KEEP_SIZE = 1,
    NEUTRAL_FALLOC_PUNCH_HOLE = 2,
    NEUTRAL_SEEK_DATA = 3,
    NEUTRAL_SEEK_HOLE = 4,
    NEUTRAL_AT_FDCWD = -100,
    NEUTRAL_O_RDWR = 2,
    NEUTRAL_O_NONBLOCK = 04000,
    NEUTRAL_O_CLOEXEC = 02000000,
    NEUTRAL_F_GETFL = 3,
    NEUTRAL_F_SETFL = 4,
    NEUTRAL_F_DUPFD_CLOEXEC = 1030,
    NEUTRAL_AF_UNIX = 1,
    NEUTRAL_SOCK_STREAM = 1,
    NEUTRAL_FUTEX_WAIT = 0,
    NEUTRAL_FUTEX_WAKE_OP = 5,
    NEUTRAL_FUTEX_LOCK_PI = 6,
    NEUTRAL_FUTEX_UNLOCK_PI = 7,
    NEUTRAL_FUTEX_TRYLOCK_PI = 8,
    NEUTRAL_FUTEX_WAIT_BITSET = 9,
    NEUTRAL_FUTEX_WAIT_REQUEUE_PI = 11,
    NEUTRAL_FUTEX_CMP_REQUEUE_PI = 12,
    NEUTRAL_FUTEX_LOCK_PI2 = 13,
    NEUTRAL_FUTEX_COMMAND = 127,
    NEUTRAL_FUTEX_WAIT_PRIVATE = 128,
    NEUTRAL_FUTEX_WAKE = 1,
    NEUTRAL_FUTEX_WAKE_PRIVATE = 129,
    NEUTRAL_CLONE_VM = 0x100,
    NEUTRAL_CLONE_FS = 0x200,
    NEUTRAL_CLONE_FILES = 0x400,
    NEUTRAL_CLONE_SIGHAND = 0x800,
    NEUTRAL_CLONE_VFORK = 0x4000,
    NEUTRAL_CLONE_THREAD = 0x10000,
    NEUTRAL_CLONE_SYSVSEM = 0x40000,
    NEUTRAL_CLONE_SETTLS = 0x80000,
    NEUTRAL_CLONE_CHILD_CLEARTID = 0x200000,
    NEUTRAL_SIGILL = 4,
    NEUTRAL_SIGTRAP = 5,
    NEUTRAL_SIGBUS = 7,
    NEUTRAL_SIGFPE = 8,
    NEUTRAL_SIGSEGV = 11,
    NEUTRAL_SIG_BLOCK = 0,
    NEUTRAL_SIG_UNBLOCK = 1,
    NEUTRAL_SIG_SETMASK = 2,
    NEUTRAL_SIGNAL_COUNT = 65, /* 1 to 64 */
    NEUTRAL_CLOCK_REALTIME = 0,
    NEUTRAL_CLOCK_MONOTONIC = 1,
    NEUTRAL_CLOCK_PROCESS_CPUTIME = 2,
    NEUTRAL_CLOCK_THREAD_CPUTIME = 3,
    NEUTRAL_CLOCK_REALTIME_COARSE = 5,
    NEUTRAL_CLOCK_MONOTONIC_COARSE = 6,
    NEUTRAL_CLOCK_BOOTTIME = 7,
    NEUTRAL_TIMER_ABSTIME = 1,
    NEUTRAL_ITIMER_REAL = 0,
    NEUTRAL_RUSAGE_SELF = 0,
    NEUTRAL_RUSAGE_THREAD = 1,
    NEUTRAL_RLIMIT_CPU = 0,
    NEUTRAL_RLIMIT_STACK = 3,
    NEUTRAL_MSG_PEEK = 2,
    NEUTRAL_MSG_DONTWAIT = 0x40,
    NEUTRAL_MSG_NOSIGNAL = 0x4000,
    NEUTRAL_RWF_APPEND = 0x10,
    NEUTRAL_POLLIN = 1,
    NEUTRAL_PR_SET_SECCOMP = 22,
    NEUTRAL_SECCOMP_MODE_FILTER = 2,
    NEUTRAL_SECCOMP_SET_MODE_FILTER = 1,
};

enum {
    NEUTRAL_EPERM = 1,
    NEUTRAL_ENOENT = 2,
    NEUTRAL_E2BIG = 7,
    NEUTRAL_EINTR = 4,
    NEUTRAL_EBADF = 9,
    NEUTRAL_EAGAIN = 11,
    NEUTRAL_ENOMEM = 12,
    NEUTRAL_EACCES = 13,
    NEUTRAL_EFAULT = 14,
    NEUTRAL_EBUSY = 16,
    NEUTRAL_EEXIST = 17,
    NEUTRAL_EINVAL = 22,
    NEUTRAL_ENOSPC = 28,
    NEUTRAL_EPIPE = 32,
    NEUTRAL_ENOSYS = 38,
    NEUTRAL_EBADMSG = 74,
    NEUTRAL_ENOTSUP = 95,
    NEUTRAL_EALREADY = 114,
};

#define NEUTRAL_NS_PER_S 1000000000

/* <linux/userfaultfd.h>, and /dev/userfaultfd's one call. */
#define NEUTRAL_USERFAULTFD_IOC_NEW 0xAA00
#define NEUTRAL_UFFDIO_API 0xC018AA3FL

struct neutral_timespec {
    int64_t seconds;
    int64_t nanoseconds;
};

struct neutral_pollfd {
    int32_t descriptor;
    int16_t events;
    int16_t returned;
};

struct neutral_iovec {
    void *base;
    uint64_t bytes;
};

#define NEUTRAL_SS_ONSTACK 1
#define NEUTRAL_SS_DISABLE 2

struct neutral_signal_stack { /* stack_t */
    uint64_t low;
    int32_t flags;
    uint64_t size_bytes;
};

struct neutral_sigaction {
    uint64_t handler;
    uint64_t flags;
    uint64_t restorer;
    uint64_t mask;
};

/* Of siginfo_t: its 32-bit word of the code, positive if the kernel raised the
 * signal, and the 64-bit word of a fault's address. */
#define NEUTRAL_SI_CODE 2
#define NEUTRAL_SI_ADDRESS 2
#define NEUTRAL_SI_TKILL -6 /* for this thread alone */
#define NEUTRAL_SEGV_MAPERR 1
#define NEUTRAL_SEGV_ACCERR 2

#define NEUTRAL_SIG_DFL 0
#define NEUTRAL_SIG_IGN 1
#define NEUTRAL_SA_SIGINFO 4u
#define NEUTRAL_SA_RESTORER 0x04000000u /* x86-64's libc has one */
#define NEUTRAL_SA_RESTART 0x10000000u
#define NEUTRAL_SA_ONSTACK 0x08000000u
#define NEUTRAL_SA_NODEFER 0x40000000u
#define NEUTRAL_SA_RESETHAND 0x80000000u

#endif
