/* The `popcorn` command: what its files share. docs/man/popcorn.1 */
#ifndef POPCORN_TOOLS_POPCORN_H
#define POPCORN_TOOLS_POPCORN_H

#include <stddef.h>

#include "linker/pack/pack.h"
#include "runtime/launch/config.h"
#include "tools/common/common.h"

/* Everything `popcorn run` was asked for. */
struct run_options {
    const char *nodes;      /* NULL: default */
    const char *start;      /* NULL: first */
    const char *argv0;      /* the program's; NULL: its name here */
    const char *place;      /* NULL: POPCORN_PLACE */
    const char *key;        /* of nodes on other machines; NULL: default */
    const char *trace;      /* NULL: none */
    const char *stats_path; /* NULL: standard error */
    uint64_t bounce, bounce_limit, bounce_each;
    unsigned stats, progress_every, spin_us, poison;
    char **arguments; /* the program and its arguments */
};

int command_run(int argc, char **argv);
int command_migrate(int argc, char **argv);
int command_ps(int argc, char **argv);
int command_nodes(int argc, char **argv);

/* Directory of control sockets: made, owned by this user and closed to others.
 * 0 or -errno; `path` has it in either case. */
int control_directory(char *path, size_t size_bytes, int make);

/* remote.c: nodes on other machines (runtime/peer/peer.h). */
/* "[ISA@]HOST[:PORT]" rather than an ISA of this machine? */
int remote_is(const char *text);
/* Connects to the popcornd there and adds the node. 0, or an exit code after
 * one message. */
int remote_add(struct agent_config *config, const struct popcorn_pack *pack,
               const char *text, const char *key_path);
/* Has the agent started there. 0, or -errno and `error`. */
int remote_start(const struct agent_config *config, unsigned node,
                 const struct popcorn_pack *pack, struct popcorn_error *error);

/* launch.c: starts the agents, then becomes the home member. Returns only on
 * failure: the exit code, after one message. */
int launch(struct agent_config *config, const struct popcorn_pack *pack,
           const char *path, char **arguments);

#endif
