/* "HOST:PORT", "HOST", "[v6]:PORT", "[v6]" (peer.h). */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "runtime/peer/peer.h"

int peer_split(const char *text, char *host, size_t host_bytes, char *port,
               size_t port_bytes)
{
    const char *end = text[0] == '[' ? strchr(text, ']') : strrchr(text, ':');
    const char *after;

    if (text[0] == '[') {
        if (end == NULL || (end[1] != ':' && end[1] != '\0')) {
            return -EINVAL;
        }
        text++;
        after = end + 1;
    } else {
        if (end != NULL && memchr(text, ':', (size_t)(end - text)) != NULL) {
            return -EINVAL; /* an IPv6 address without its brackets */
        }
        end = end == NULL ? text + strlen(text) : end;
        after = end;
    }
    if (end == text || (size_t)(end - text) >= host_bytes) {
        return -EINVAL;
    }
    snprintf(host, host_bytes, "%.*s", (int)(end - text), text);
    if (*after == '\0') {
        after = ":" PEER_DEFAULT_PORT;
    }
    if (after[1] == '\0' || strlen(after + 1) >= port_bytes ||
        strspn(after + 1, "0123456789") != strlen(after + 1)) {
        return -EINVAL;
    }
    strcpy(port, after + 1);
    return 0;
}
