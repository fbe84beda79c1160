/* popcornd: what its files share. docs/man/popcornd.8 */
#ifndef POPCORN_TOOLS_POPCORND_H
#define POPCORN_TOOLS_POPCORND_H

#include <sys/types.h>

#include "runtime/peer/peer.h"
#include "tools/common/common.h"

#define POPCORND_MAX 256 /* programs at a time, at most */

/* What this node offers. */
struct service {
    const char *isa;
    char agent[4096];   /* popcorn-agent */
    char qemu[512];     /* empty: this machine runs the ISA itself */
    char preload[4096]; /* libpopcorn-uffd.so, for qemu */
    uint8_t key[PEER_KEY_BYTES];
    unsigned max;
    int listen_fd;
    char address[80]; /* listened on */
};

/* service.c */
/* Listens on "ADDR:PORT" (numeric; port 0: any). 0, or -errno. */
int service_listen(struct service *service, const char *address);
/* Serves until SIGTERM or SIGINT; then ends what it started. Exit status. */
int service_run(struct service *service);

/* session.c: in a child of the service, which becomes the agent. `busy`: NULL
 * or why nothing may be started. Returns an exit status if it did not. */
int session_run(const struct service *service, int fd, const char *peer_name,
                const char *busy);

#endif
