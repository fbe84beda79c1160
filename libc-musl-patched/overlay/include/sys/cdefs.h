/* What programs written for glibc or a BSD take from here. Not __unused and its like:
 * musl's headers name fields so. */
#ifndef _SYS_CDEFS_H
#define _SYS_CDEFS_H

#ifdef __cplusplus
#define __BEGIN_DECLS extern "C" {
#define __END_DECLS }
#define __THROW noexcept(true)
#else
#define __BEGIN_DECLS
#define __END_DECLS
#define __THROW __attribute__((__nothrow__))
#endif
#define __P(arguments) arguments
#define __PMT(arguments) arguments
#define __CONCAT(a, b) a##b
#define __STRING(a) #a
#define __ptr_t void *
#ifndef __dead2
#define __dead2 __attribute__((__noreturn__))
#endif
#ifndef __containerof
#define __containerof(pointer, type, field) \
    ((type *)((char *)(pointer) - __builtin_offsetof(type, field)))
#endif

#endif
