/* The calls that the thread is in: not in musl; as in glibc. */
#ifndef	_EXECINFO_H
#define	_EXECINFO_H

#ifdef __cplusplus
extern "C" {
#endif

/* Return addresses, innermost first, at most so many: those of the image of the node
 * that the program was started on, wherever the thread is.  In a signal handler: the
 * calls since the handler began.  Takes no memory and no lock. */
int backtrace(void **, int);

/* "program(function+0xoffset) [0xaddress]" for each, without function and offset if
 * the program's file has no symbols (strip).  One block, to be freed; null: no memory. */
char **backtrace_symbols(void *const *, int);

/* The same as lines to a file.  Takes no memory and no lock. */
void backtrace_symbols_fd(void *const *, int, int);

#ifdef __cplusplus
}
#endif

#endif
