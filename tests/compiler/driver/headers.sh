#!/usr/bin/env bash
# The kernel's headers and BSD's: each compiles by itself if it does natively, what
# they say is what they say natively, and they go with libc's.
#   headers.sh BUILD
. "$(dirname "$0")/checks.sh"

include=$build/lib/popcorn/include
(cd "$include" && find linux asm asm-generic mtd rdma scsi sound video xen misc sys -name '*.h') |
    sort >names
[ "$(wc -l <names)" -gt 800 ] || problem "$(wc -l <names) headers"
# shellcheck disable=SC2016 # the inner shell's
xargs -P2 -n64 bash -c 'for name in "${@:2}"; do
    echo "#include <$name>" >"$$.c"
    "$1" -fsyntax-only "$$.c" 2>/dev/null ||
        ! clang-19 -fsyntax-only "$$.c" 2>/dev/null || echo "$name"
done' headers "$cc" <names >only_natively
[ ! -s only_natively ] || { cp only_natively err; problem "headers that compile natively only"; }

cat >values.c <<'C'
#define _GNU_SOURCE
#include <stdio.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/cdefs.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/tree.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <linux/futex.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <linux/input.h>
#include <linux/netlink.h>
#include <linux/perf_event.h>
#include <linux/random.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <linux/version.h>
#include <linux/videodev2.h>
#include <asm/byteorder.h>
#include <asm/ioctls.h>
#include <asm/types.h>
__BEGIN_DECLS
__END_DECLS
struct node {
    int key;
    TAILQ_ENTRY(node) order;
};
TAILQ_HEAD(list, node);
#define SHOW(x) printf(#x " %#llx\n", (unsigned long long)(x))
int main(void)
{
    struct list list = TAILQ_HEAD_INITIALIZER(list);
    struct node one = {.key = 1}, two = {.key = 2}, *at;
    TAILQ_INSERT_TAIL(&list, &one, order);
    TAILQ_INSERT_HEAD(&list, &two, order);
    TAILQ_FOREACH(at, &list, order) SHOW(at->key);
    SHOW(FS_IOC_GETFLAGS); SHOW(FS_IOC_FIEMAP); SHOW(BLKGETSIZE64);
    SHOW(TUNSETIFF); SHOW(RNDGETENTCNT); SHOW(VIDIOC_QUERYCAP);
    SHOW(TIOCGWINSZ); SHOW(FIONREAD); SHOW(SIOCGIFNAME);
    SHOW(sizeof(struct fiemap)); SHOW(sizeof(struct input_event));
    SHOW(sizeof(struct perf_event_attr)); SHOW(sizeof(struct nlmsghdr));
    SHOW(sizeof(struct rtattr)); SHOW(sizeof(struct v4l2_buffer));
    SHOW(sizeof(struct sockaddr_ll)); SHOW(FUTEX_WAIT_BITSET);
    SHOW(__cpu_to_be32(0x01020304)); SHOW(sizeof(__kernel_long_t));
    SHOW(LINUX_VERSION_CODE);
    return 0;
}
C
good "values" "$cc" -O1 values.c -o values
good "values natively" clang-19 -isystem /usr/include/bsd -DLIBBSD_OVERLAY -w -O1 values.c -o natively
cmp <(./values) <(./natively) || problem "other values than natively"

# How config.guess knows musl, and gnulib by it what is libc's.
printf '#include <stdarg.h>\n#ifndef __DEFINED_va_list\n#error not musl\n#endif\n' >guess.c
good "config.guess takes libc for glibc" "$cc" -fsyntax-only guess.c

# Where to get what musl has not.
for header in argp error fts obstack; do
    echo "#include <$header.h>" >lacks.c
    bad "<$header.h>" "lacks.c:1:10: note: not in musl; argp-standalone" "$cc" -c lacks.c
done

[ "$failed" = 0 ] && echo "headers: ok"
exit "$failed"
