/* The floating-point environment, on two native functions that get and set it
 * in neutral form: rounding mode << 16 | exception flags (isa/native.h). */
#include <fenv.h>
#include "popcorn_native.h"

#define MODE_SHIFT 16

static uint32_t environment(int mode, int flags)
{
	return (uint32_t)mode << MODE_SHIFT | (uint32_t)flags;
}

static int mode_of(uint32_t env)
{
	return env >> MODE_SHIFT;
}

static int flags_of(uint32_t env)
{
	return env & FE_ALL_EXCEPT;
}

int feclearexcept(int mask)
{
	uint32_t env = isa_get_fpenv();
	if (flags_of(env) & mask)
		isa_set_fpenv(environment(mode_of(env),
			flags_of(env) & ~mask));
	return 0;
}

int feraiseexcept(int mask)
{
	uint32_t env = isa_get_fpenv();
	isa_set_fpenv(environment(mode_of(env),
		(flags_of(env) | mask) & FE_ALL_EXCEPT));
	return 0;
}

int fetestexcept(int mask)
{
	return flags_of(isa_get_fpenv()) & mask;
}

int fegetround(void)
{
	return mode_of(isa_get_fpenv());
}

/* fesetround() checks its argument, then calls this. */
__attribute__((__visibility__("hidden"))) int __fesetround(int mode)
{
	isa_set_fpenv(environment(mode, flags_of(isa_get_fpenv())));
	return 0;
}

int fegetenv(fenv_t *env)
{
	*env = (fenv_t){ .__mode_and_flags = isa_get_fpenv() };
	return 0;
}

int fesetenv(const fenv_t *env)
{
	isa_set_fpenv(env == FE_DFL_ENV ? environment(FE_TONEAREST, 0)
		: env->__mode_and_flags);
	return 0;
}
