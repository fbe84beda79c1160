/* The shared key's file (peer.h). */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/peer/peer.h"

static int say(struct popcorn_error *error, int code, const char *path,
               const char *what)
{
    error->code = code;
    snprintf(error->text, sizeof error->text, "key file %.120s: %s", path,
             what);
    return code;
}

int peer_key_path(char *path, size_t size_bytes)
{
    const char *config = getenv("XDG_CONFIG_HOME");
    const char *home = getenv("HOME");

    if (config != NULL && config[0] == '/') {
        snprintf(path, size_bytes, "%s/popcorn/key", config);
    } else if (home != NULL && home[0] == '/') {
        snprintf(path, size_bytes, "%s/.config/popcorn/key", home);
    } else {
        return -ENOENT;
    }
    return 0;
}

static int parse(const char *text, uint8_t key[PEER_KEY_BYTES])
{
    unsigned byte;

    if (strspn(text, "0123456789abcdef") != 2 * PEER_KEY_BYTES) {
        return -EINVAL;
    }
    for (int i = 0; i < PEER_KEY_BYTES; i++) {
        sscanf(text + 2 * i, "%2x", &byte);
        key[i] = (uint8_t)byte;
    }
    text += 2 * PEER_KEY_BYTES;
    return text[strspn(text, "\n")] == '\0' ? 0 : -EINVAL;
}

int peer_key_read(const char *path, uint8_t key[PEER_KEY_BYTES],
                  struct popcorn_error *error)
{
    char text[128] = "";
    struct stat status;
    ssize_t got;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

    if (fd < 0) {
        return say(error, -errno, path,
                   errno == ENOENT
                       ? "there is none. Make it with `popcornd --make-key` "
                         "and copy it to each machine"
                       : strerror(errno));
    }
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) ||
        status.st_uid != geteuid() || (status.st_mode & 077) != 0) {
        close(fd);
        return say(error, -EPERM, path,
                   "others can read or change it. It must be a file of this "
                   "user's with mode 0600");
    }
    got = read(fd, text, sizeof text - 1);
    close(fd);
    if (got < 0 || parse(text, key) != 0) {
        return say(error, -EINVAL, path,
                   "not a key: 64 hexadecimal digits are wanted");
    }
    return 0;
}

/* Makes the directories a path is in. */
static void make_directories(const char *path)
{
    char part[4096];

    snprintf(part, sizeof part, "%s", path);
    for (char *slash = strchr(part + 1, '/'); slash != NULL;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(part, 0700);
        *slash = '/';
    }
}

int peer_key_make(const char *path, struct popcorn_error *error)
{
    uint8_t key[PEER_KEY_BYTES];
    char text[2 * PEER_KEY_BYTES + 2];
    int fd;

    if (getrandom(key, sizeof key, 0) != sizeof key) {
        return say(error, -EIO, path, "no random numbers");
    }
    for (int i = 0; i < PEER_KEY_BYTES; i++) {
        snprintf(text + 2 * i, 3, "%02x", key[i]);
    }
    strcpy(text + 2 * PEER_KEY_BYTES, "\n");
    make_directories(path);
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
        return say(error, -errno, path,
                   errno == EEXIST ? "it exists already, and is kept"
                                   : strerror(errno));
    }
    if (write(fd, text, sizeof text - 1) != (ssize_t)sizeof text - 1 ||
        fsync(fd) != 0) {
        int code = say(error, -EIO, path, "it cannot be written");
        close(fd);
        unlink(path);
        return code;
    }
    close(fd);
    return 0;
}
