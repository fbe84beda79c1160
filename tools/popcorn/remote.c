/* Nodes on other machines: the popcornd there starts their agents. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/peer/peer.h"
#include "tools/popcorn/popcorn.h"

static struct peer peers[POPCORN_MAX_NODES];

int remote_is(const char *text)
{
    return strpbrk(text, "@:") != NULL;
}

static int read_key(struct peer *peer, const char *key_path)
{
    struct popcorn_error error = {0};
    char path[4096];

    if (key_path == NULL && peer_key_path(path, sizeof path) != 0) {
        return fail(POPCORN_EXIT_FAILURE,
                    "no HOME, so no key file: name one with --key");
    }
    if (peer_key_read(key_path == NULL ? path : key_path, peer->key, &error) !=
        0) {
        return fail(POPCORN_EXIT_FAILURE, "%s", error.text);
    }
    return 0;
}

/* ISA of a node that has greeted us: the one asked for, and the program's. */
static int check_isa(const struct peer *peer, const char *text,
                     const char *wanted, const struct popcorn_pack *pack)
{
    const char *isa = peer->server.isa;

    if (wanted[0] != '\0' && strcmp(wanted, isa) != 0) {
        return fail(POPCORN_EXIT_FAILURE,
                    "--nodes: %s: the popcornd there runs %s", text, isa);
    }
    if (popcorn_pack_find(pack, isa) == NULL) {
        return fail(POPCORN_EXIT_FAILURE,
                    "--nodes: %s is a node for %s, which the "
                    "program has no image for",
                    text, isa);
    }
    return 0;
}

int remote_add(struct agent_config *config, const struct popcorn_pack *pack,
               const char *text, const char *key_path)
{
    const char *at = strchr(text, '@');
    const char *address = at == NULL ? text : at + 1;
    struct popcorn_error error = {0};
    unsigned node = config->node_count;
    struct peer *peer;
    char wanted[16] = "";
    int result;

    if (node == POPCORN_MAX_NODES) {
        return fail(EXIT_USAGE, "--nodes: at most %d nodes", POPCORN_MAX_NODES);
    }
    if ((at != NULL && (size_t)(at - text) >= sizeof wanted) ||
        strlen(address) >= sizeof config->address[0]) {
        return fail(EXIT_USAGE, "--nodes: '%s' is not [ISA@]HOST[:PORT]", text);
    }
    if (at != NULL) {
        snprintf(wanted, sizeof wanted, "%.*s", (int)(at - text), text);
    }
    peer = &peers[node];
    result = read_key(peer, key_path);
    if (result != 0) {
        return result;
    }
    peer->fd = peer_connect(address, &error);
    if (peer->fd < 0) {
        return fail(POPCORN_EXIT_FAILURE, "node %u (%s): %s", node, text,
                    error.text);
    }
    if (peer_greet_client(peer, &error) != 0) {
        close(peer->fd);
        return fail(POPCORN_EXIT_FAILURE, "node %u (%s): %s", node, text,
                    error.text);
    }
    result = check_isa(peer, text, wanted, pack);
    if (result != 0) {
        close(peer->fd);
        return result;
    }
    strcpy(config->isa[node], peer->server.isa);
    strcpy(config->address[node], address);
    config->peer_fd[node] = peer->fd;
    config->node_count++;
    if (peer_seal_keys(peer, &config->seal_out[node], &config->seal_in[node]) !=
        0) {
        return fail(POPCORN_EXIT_FAILURE, "node %u (%s): no memory", node,
                    text);
    }
    return 0;
}

int remote_start(const struct agent_config *config, unsigned node,
                 const struct popcorn_pack *pack, struct popcorn_error *error)
{
    const struct popcorn_pack_image *image =
        popcorn_pack_find(pack, config->isa[node]);
    struct agent_config *copy = malloc(sizeof *copy);
    struct popcorn_error why = {0};
    int result = -ENOMEM, config_fd;

    if (copy == NULL) {
        return -ENOMEM;
    }
    config_for_node(copy, config, node);
    config_fd = config_write(copy);
    free(copy);
    if (config_fd >= 0) {
        result = peer_start_client(&peers[node], config_fd, image->bytes,
                                   image->size_bytes, &why);
        close(config_fd);
    }
    if (result != 0) {
        snprintf(error->text, sizeof error->text, "node %u (%s at %s): %.160s",
                 node, config->isa[node], config->address[node],
                 why.text[0] != '\0' ? why.text : strerror(-result));
    }
    return result == 0 ? 0 : -ECONNABORTED; /* not the program's own fault */
}
