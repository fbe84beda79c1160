#ifndef _BITS_STDLIB_INLINE_H
#define _BITS_STDLIB_INLINE_H

/* Inlined where a program is optimised, and the comparison with it. */
#ifdef __OPTIMIZE__
#ifdef __cplusplus
extern "C" {
#endif

extern __inline __attribute__((__gnu_inline__)) void *
bsearch(const void *__key, const void *__base, size_t __count, size_t __width,
        int (*__compare)(const void *, const void *))
{
	const char *__at = (const char *)__base;

	while (__count > 0) {
		const char *__middle = __at + __width * (__count / 2);
		int __order = __compare(__key, __middle);
		if (__order == 0)
			return (void *)__middle;
		if (__order > 0) {
			__at = __middle + __width;
			__count--;
		}
		__count /= 2;
	}
	return 0;
}

#ifdef __cplusplus
}
#endif
#endif

#endif
