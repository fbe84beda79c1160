/* musl's, with the size of buffers that <stdio.h> has here (headers.cmake). */
#include <stddef.h>
#include "src/internal/stdio_impl.h"

#undef BUFSIZ
#define BUFSIZ POPCORN_BUFSIZ

/* What stdio_inline.h knows of a stream. */
_Static_assert(offsetof(struct _IO_FILE, rpos) == 8 &&
               offsetof(struct _IO_FILE, rend) == 16 &&
               offsetof(struct _IO_FILE, wend) == 32 &&
               offsetof(struct _IO_FILE, wpos) == 40 &&
               offsetof(struct _IO_FILE, lock) == 140 &&
               offsetof(struct _IO_FILE, lbf) == 144,
               "struct __popcorn_stream");
