/* One program that comes: the set-up, then this process is its agent here. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "runtime/launch/config.h"
#include "tools/popcornd/popcornd.h"

/* Makes home's configuration this node's. NULL, or why it makes no sense. */
static const char *adapt(struct agent_config *config,
                         const struct service *service, const struct peer *peer,
                         int image_fd)
{
    unsigned home = config->home;

    if (config->node == config->home ||
        strcmp(config->isa[config->node], service->isa) != 0) {
        return "the configuration is not for this node";
    }
    config_for_node(config, config, config->node);
    snprintf(config->qemu, sizeof config->qemu, "%s", service->qemu);
    if (strlen(service->preload) >= sizeof config->preload) {
        return "popcornd is installed under too long a path";
    }
    strcpy(config->preload, service->preload);
    config->image_fd = image_fd;
    config->peer_fd[home] = peer->fd;
    return peer_seal_keys(peer, &config->seal_in[home],
                          &config->seal_out[home]) == 0
               ? NULL
               : "no memory";
}

int session_run(const struct service *service, int fd, const char *peer_name,
                const char *busy)
{
    static struct agent_config config;
    struct peer peer = {.fd = fd};
    struct popcorn_error error = {0};
    const char *refused;
    char bad[64];
    int result, config_fd, image_fd;

    memcpy(peer.key, service->key, sizeof peer.key);
    result = peer_tune(fd);
    if (result == 0) {
        result = peer_greet_server(&peer, service->isa, busy, &error);
    }
    if (result == 0) {
        result = peer_start_server(&peer, &config_fd, &image_fd, &error);
    }
    if (result != 0) {
        say("%s: %s", peer_name,
            error.text[0] != '\0' ? error.text : strerror(-result));
        return 1;
    }
    result = config_read(config_fd, &config, bad);
    close(config_fd);
    refused = result != 0 ? "the configuration is of another build"
                          : adapt(&config, service, &peer, image_fd);
    result = peer_answer_start(&peer, refused);
    if (refused != NULL || result != 0) {
        say("%s: %s", peer_name, refused != NULL ? refused : strerror(-result));
        return 1;
    }
    say("%s: node %u of %s, agent %d", peer_name, config.node, config.program,
        (int)getpid());
    result = agent_exec(&config, service->agent);
    say("%s: cannot start %s: %s", peer_name, service->agent,
        strerror(-result));
    return POPCORN_EXIT_FAILURE;
}
