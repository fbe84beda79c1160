/* The neutral kernel's struct sigaction.  Which code a handler returns to is
 * the ISA's business: neutral code passes none (its address would differ per
 * ISA), and isa_syscall supplies one where the kernel needs it. */
#include <features.h>

struct k_sigaction {
	void (*handler)(int);
	unsigned long flags;
	void (*restorer)(void);
	unsigned mask[2];
};

#undef SA_RESTORER
#define SA_RESTORER 0
#define __restore ((void (*)(void))0)
#define __restore_rt ((void (*)(void))0)
