/* The guard of a home member under QEMU (guard.c). */
#ifndef POPCORN_TOOLS_GUARD_H
#define POPCORN_TOOLS_GUARD_H

/* Starts it; it keeps guard_fd, the pipe from home's agent. 0, or -1 if there is
 * no memory or thread for it. */
int guard_start(int guard_fd, int node_page_fd);

#endif
