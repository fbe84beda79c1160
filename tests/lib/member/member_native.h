/* System calls of the freestanding test member, per ISA; and its entry. */
#ifndef POPCORN_TESTS_MEMBER_NATIVE_H
#define POPCORN_TESTS_MEMBER_NATIVE_H

#if defined(__x86_64__)
enum {
    NR_read = 0,
    NR_write = 1,
    NR_mmap = 9,
    NR_ioctl = 16,
    NR_sched_yield = 24,
    NR_sendmsg = 46,
    NR_exit = 60,
    NR_userfaultfd = 323,
    NR_clock_gettime = 228,
    NR_getpid = 39,
    NR_kill = 62
};

static inline long call6(long n, long a, long b, long c, long d, long e, long f)
{
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    long result;

    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8),
                       "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

__asm__(".globl _start\n_start:\n mov %rsp, %rdi\n and $-16, %rsp\n"
        " call member_main\n");
#else
enum {
    NR_read = 63,
    NR_write = 64,
    NR_mmap = 222,
    NR_ioctl = 29,
    NR_sched_yield = 124,
    NR_sendmsg = 211,
    NR_exit = 94,
    NR_userfaultfd = 282,
    NR_clock_gettime = 113,
    NR_getpid = 172,
    NR_kill = 129
};

static inline long call6(long n, long a, long b, long c, long d, long e, long f)
{
    register long x8 __asm__("x8") = n;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    register long x4 __asm__("x4") = e;
    register long x5 __asm__("x5") = f;

    __asm__ volatile("svc 0"
                     : "+r"(x0)
                     : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
                     : "memory");
    return x0;
}

__asm__(".globl _start\n_start:\n mov x0, sp\n bl member_main\n");
#endif

#endif
