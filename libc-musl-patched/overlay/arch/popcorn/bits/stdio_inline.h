#ifndef _BITS_STDIO_INLINE_H
#define _BITS_STDIO_INLINE_H

/* One character, inlined where a program is optimised: all but what an empty or full
 * buffer, or a stream that other threads may use (lock >= 0), takes. */
#ifdef __OPTIMIZE__
#ifdef __cplusplus
extern "C" {
#endif

struct __popcorn_stream {
	unsigned __flags;
	unsigned char *__rpos, *__rend;
	int (*__close)(FILE *);
	unsigned char *__wend, *__wpos;
	void *__between[11];
	int __mode;
	volatile int __lock;
	int __lbf;
};

int __uflow(FILE *);
int __overflow(FILE *, int);
int _IO_getc(FILE *);
int _IO_putc(int, FILE *);

#define __POPCORN_INLINE extern __inline __attribute__((__gnu_inline__))

static __inline int __popcorn_getc(FILE *__f)
{
	struct __popcorn_stream *__s = (struct __popcorn_stream *)__f;
	return __s->__rpos != __s->__rend ? *__s->__rpos++ : __uflow(__f);
}

static __inline int __popcorn_putc(int __c, FILE *__f)
{
	struct __popcorn_stream *__s = (struct __popcorn_stream *)__f;
	return (unsigned char)__c != __s->__lbf && __s->__wpos != __s->__wend
	       ? (*__s->__wpos++ = (unsigned char)__c)
	       : __overflow(__f, (unsigned char)__c);
}

static __inline int __popcorn_is_ours(FILE *__f)
{
	return ((struct __popcorn_stream *)__f)->__lock < 0;
}

__POPCORN_INLINE int getc(FILE *__f)
{
	return __popcorn_is_ours(__f) ? __popcorn_getc(__f) : _IO_getc(__f);
}

__POPCORN_INLINE int fgetc(FILE *__f)
{
	return __popcorn_is_ours(__f) ? __popcorn_getc(__f) : _IO_getc(__f);
}

__POPCORN_INLINE int getchar(void)
{
	return __popcorn_is_ours(stdin) ? __popcorn_getc(stdin) : _IO_getc(stdin);
}

__POPCORN_INLINE int putc(int __c, FILE *__f)
{
	return __popcorn_is_ours(__f) ? __popcorn_putc(__c, __f)
	                              : _IO_putc(__c, __f);
}

__POPCORN_INLINE int fputc(int __c, FILE *__f)
{
	return __popcorn_is_ours(__f) ? __popcorn_putc(__c, __f)
	                              : _IO_putc(__c, __f);
}

__POPCORN_INLINE int putchar(int __c)
{
	return __popcorn_is_ours(stdout) ? __popcorn_putc(__c, stdout)
	                                 : _IO_putc(__c, stdout);
}

#if defined(_POSIX_SOURCE) || defined(_POSIX_C_SOURCE) || \
    defined(_XOPEN_SOURCE) || defined(_GNU_SOURCE) || defined(_BSD_SOURCE)
__POPCORN_INLINE int getc_unlocked(FILE *__f)
{
	return __popcorn_getc(__f);
}

__POPCORN_INLINE int putc_unlocked(int __c, FILE *__f)
{
	return __popcorn_putc(__c, __f);
}

__POPCORN_INLINE int getchar_unlocked(void)
{
	return __popcorn_getc(stdin);
}

__POPCORN_INLINE int putchar_unlocked(int __c)
{
	return __popcorn_putc(__c, stdout);
}
#endif

#ifdef __cplusplus
}
#endif
#endif

#endif
