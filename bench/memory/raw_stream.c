/* The raw cost under a sequential read of remote memory: MIB MiB from one
 * process to another in messages of CHUNK bytes. Prints MB/s over a socket pair
 * and over TCP on loopback; `fresh`: received into memory never used before, as
 * pages that come from another node are.
 *
 *   popcorn-raw-stream MIB CHUNK */
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../sockets.h"
#include "../timing.h"

static char *shared_memory(size_t size_bytes)
{
    char *memory = mmap(NULL, size_bytes, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (memory == MAP_FAILED) {
        die("mmap");
    }
    return memory;
}

static void measure(const char *name, int pair[2], const char *source,
                    size_t size_bytes, size_t chunk, int fresh)
{
    char *target = shared_memory(fresh ? size_bytes : chunk);
    pid_t child = fork();
    size_t done = 0;
    long start;

    if (child < 0) {
        die("fork");
    }
    if (child == 0) {
        close(pair[0]);
        for (size_t at = 0; at < size_bytes; at += chunk) {
            send_all(pair[1], source + at,
                     chunk < size_bytes - at ? chunk : size_bytes - at);
        }
        _exit(0);
    }
    close(pair[1]);
    if (!fresh) {
        memset(target, 1, chunk);
    }
    start = now_ns();
    while (done < size_bytes) {
        size_t wanted = chunk < size_bytes - done ? chunk : size_bytes - done;
        if (!receive(pair[0], fresh ? target + done : target, wanted, 0)) {
            die("recv");
        }
        done += wanted;
    }
    printf("%s %.0f\n", name,
           (double)size_bytes * 1e3 / (double)(now_ns() - start));
    fflush(stdout);
    close(pair[0]);
    munmap(target, fresh ? size_bytes : chunk);
    waitpid(child, NULL, 0);
}

int main(int argc, char **argv)
{
    size_t size_bytes = (size_t)(argc > 1 ? atol(argv[1]) : 256) << 20;
    size_t chunk = (size_t)(argc > 2 ? atol(argv[2]) : 64 * 4096);
    char *source = shared_memory(size_bytes);
    int pair[2];

    memset(source, 1, size_bytes);
    unix_pair(pair);
    measure("raw-socketpair", pair, source, size_bytes, chunk, 0);
    unix_pair(pair);
    measure("raw-socketpair-fresh", pair, source, size_bytes, chunk, 1);
    tcp_pair(pair);
    measure("raw-tcp", pair, source, size_bytes, chunk, 0);
    tcp_pair(pair);
    measure("raw-tcp-fresh", pair, source, size_bytes, chunk, 1);
    return 0;
}
