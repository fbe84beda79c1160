/* Entry point of run.c on each ISA, without libc: exit(test_main()). */
int test_main(void);

#if defined(__x86_64__)
__asm__(".globl _start\n_start:\n"
        "xor %ebp, %ebp\nand $-16, %rsp\n"
        /* arch_prctl(ARCH_SET_FS): compiler-rt looks for a canary there. */
        "mov $158, %eax\nmov $0x1002, %edi\nmov $thread_block, %esi\n"
        "syscall\ncall test_main\n"
        "mov %eax, %edi\nmov $60, %eax\nsyscall\n");
#elif defined(__aarch64__)
__asm__(".globl _start\n_start:\n"
        "mov x29, #0\nbl test_main\nmov x8, #93\nsvc #0\n");
#else
#error "no start code for this ISA"
#endif

char thread_block[64];
void __stack_chk_fail(void)
{
    __builtin_trap();
}

/* What code generators call by themselves. */
void *memcpy(void *to, const void *from, unsigned long size)
{
    char *d = to;
    const char *s = from;

    while (size-- > 0) {
        *d++ = *s++;
    }
    return to;
}
void *memset(void *to, int value, unsigned long size)
{
    char *d = to;

    while (size-- > 0) {
        *d++ = (char)value;
    }
    return to;
}
