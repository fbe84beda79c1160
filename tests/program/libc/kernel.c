/* The neutral kernel ABI: every call whose numbers, flags or structures differ
 * between kernels, and a sample of those that do not. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/sysmacros.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

static char folder[] = "/tmp/popcorn-kernel-XXXXXX";

static void test_open_flags(void)
{
    int file = open("file", O_RDWR | O_CREAT | O_EXCL, 0640);

    CHECK(file >= 0);
    CHECK(write(file, "0123456789", 10) == 10);
    CHECK(symlink("file", "link") == 0);
    CHECK(open("link", O_RDONLY | O_NOFOLLOW) == -1 && errno == ELOOP);
    CHECK(open("file", O_RDONLY | O_DIRECTORY) == -1 && errno == ENOTDIR);
    int here = open(".", O_RDONLY | O_DIRECTORY);
    CHECK(here >= 0);
    CHECK((fcntl(here, F_GETFL) & O_DIRECTORY) != 0);
    close(here);
    CHECK(fcntl(file, F_SETFL, O_APPEND | O_NONBLOCK) == 0);
    int flags = fcntl(file, F_GETFL);
    CHECK((flags & (O_APPEND | O_NONBLOCK | O_ACCMODE)) ==
          (O_APPEND | O_NONBLOCK | O_RDWR));
    CHECK((flags & (O_DIRECTORY | O_NOFOLLOW | O_DIRECT)) == 0);
    int pipes[2];
    CHECK(pipe2(pipes, O_DIRECT | O_CLOEXEC) == 0);
    CHECK((fcntl(pipes[1], F_GETFL) & O_DIRECT) != 0);
    CHECK(fcntl(pipes[0], F_GETFD) == FD_CLOEXEC);
    close(pipes[0]), close(pipes[1]);
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 5};
    CHECK(fcntl(file, F_SETLK, &lock) == 0);
    CHECK(syscall(SYS_openat2, AT_FDCWD, "link",
                  &(uint64_t[3]){O_NOFOLLOW, 0, 0}, (size_t)24) == -1 &&
          (errno == ELOOP || errno == ENOSYS || errno == EPERM));
    close(file);
}

static void test_stat(void)
{
    struct stat info, again;
    struct statvfs system;

    CHECK(stat("file", &info) == 0);
    CHECK(info.st_size == 10 && S_ISREG(info.st_mode));
    CHECK((info.st_mode & 0777) == 0640 && info.st_nlink == 1);
    CHECK(info.st_uid == getuid() && info.st_blksize > 0);
    CHECK(lstat("link", &again) == 0 && S_ISLNK(again.st_mode));
    int file = open("file", O_RDONLY);
    CHECK(fstat(file, &again) == 0 && again.st_ino == info.st_ino);
    CHECK(again.st_mtim.tv_sec == info.st_mtim.tv_sec);
    CHECK(fstatat(AT_FDCWD, "file", &again, 0) == 0 &&
          again.st_dev == info.st_dev);
    CHECK(syscall(SYS_fstat, file, &again) == 0 && again.st_size == 10);
    CHECK(syscall(SYS_newfstatat, AT_FDCWD, "file", &again, 0) == 0);
    CHECK(again.st_ino == info.st_ino && again.st_nlink == 1);
    CHECK(syscall(SYS_fstat, file, NULL) == -1 && errno == EFAULT);
    CHECK(stat("nothing", &info) == -1 && errno == ENOENT);
    CHECK(stat("/dev/null", &info) == 0 && S_ISCHR(info.st_mode) &&
          info.st_rdev == makedev(1, 3));
    struct timespec times[2] = {{.tv_sec = 1000}, {.tv_sec = 2000}};
    CHECK(utimensat(AT_FDCWD, "file", times, 0) == 0);
    CHECK(stat("file", &info) == 0 && info.st_mtim.tv_sec == 2000 &&
          info.st_atim.tv_sec == 1000);
    struct statx all = {.stx_mask = 0};
    CHECK(statx(AT_FDCWD, "file", 0, STATX_BASIC_STATS | STATX_BTIME, &all) ==
          0);
    CHECK((all.stx_mask & STATX_BASIC_STATS) == STATX_BASIC_STATS);
    CHECK(all.stx_size == 10 && all.stx_ino == info.st_ino);
    CHECK(all.stx_mode == info.st_mode && all.stx_nlink == info.st_nlink);
    CHECK(all.stx_uid == info.st_uid && all.stx_gid == info.st_gid);
    CHECK(all.stx_mtime.tv_sec == 2000 && all.stx_atime.tv_sec == 1000);
    CHECK(all.stx_ctime.tv_nsec == (uint32_t)info.st_ctim.tv_nsec);
    CHECK(makedev(all.stx_dev_major, all.stx_dev_minor) == info.st_dev);
    CHECK(statx(AT_FDCWD, "link", AT_SYMLINK_NOFOLLOW, STATX_TYPE, &all) == 0 &&
          S_ISLNK(all.stx_mode));
    CHECK(statx(file, "", AT_EMPTY_PATH, STATX_SIZE, &all) == 0 &&
          all.stx_size == 10);
    CHECK(statx(AT_FDCWD, "nothing", 0, STATX_ALL, &all) == -1 &&
          errno == ENOENT);
    CHECK(statvfs(".", &system) == 0 && system.f_bsize > 0);
    close(file);
}

static void test_files(void)
{
    char text[16] = "";
    int file = open("file", O_RDWR), names = 0;

    CHECK(pread(file, text, 3, 4) == 3);
    CHECK_TEXT(text, "456");
    CHECK(pwrite(file, "xy", 2, 0) == 2);
    struct iovec pieces[2] = {{text, 2}, {text + 8, 2}};
    CHECK(readv(file, pieces, 2) == 4 && text[0] == 'x' && text[9] == '3');
    CHECK(lseek(file, 0, SEEK_END) == 10);
    CHECK(ftruncate(file, 5) == 0 && lseek(file, 0, SEEK_END) == 5);
    char *map = mmap(NULL, 5, PROT_READ, MAP_PRIVATE, file, 0);
    CHECK(map != MAP_FAILED && memcmp(map, "xy234", 5) == 0);
    munmap(map, 5);
    CHECK(mkdir("sub", 0755) == 0 && rename("file", "sub/file") == 0);
    CHECK(access("sub/file", R_OK) == 0 && access("file", F_OK) == -1);
    CHECK(link("sub/file", "hard") == 0 && unlink("hard") == 0);
    CHECK(readlink("link", text, sizeof text) == 4);
    DIR *directory = opendir(".");
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        names++;
    }
    closedir(directory);
    CHECK(names == 4); /* . .. sub link */
    CHECK(read(-1, text, 1) == -1 && errno == EBADF);
    CHECK(write(file, (void *)1, 1) == -1 && errno == EFAULT);
    close(file);
}

static void test_epoll(void)
{
    int set = epoll_create1(EPOLL_CLOEXEC), counters[3];
    struct epoll_event events[8], event;

    for (int i = 0; i < 3; i++) {
        counters[i] = eventfd(0, EFD_NONBLOCK);
        event.events = EPOLLIN;
        event.data.u64 = 0x1122334455667700ull + i;
        CHECK(epoll_ctl(set, EPOLL_CTL_ADD, counters[i], &event) == 0);
    }
    CHECK(epoll_wait(set, events, 8, 0) == 0);
    for (int i = 0; i < 3; i++) {
        CHECK(eventfd_write(counters[i], 1) == 0);
    }
    CHECK(epoll_wait(set, events, 8, 1000) == 3);
    unsigned seen = 0;
    for (int i = 0; i < 3; i++) {
        CHECK(events[i].events == EPOLLIN);
        CHECK(events[i].data.u64 >> 8 == 0x11223344556677ull);
        seen |= 1u << (events[i].data.u64 & 255);
    }
    CHECK(seen == 7);
    CHECK(epoll_ctl(set, EPOLL_CTL_DEL, counters[0], NULL) == 0);
    CHECK(epoll_pwait(set, events, 1, 1000, NULL) == 1);
    for (int i = 0; i < 3; i++) {
        close(counters[i]);
    }
    close(set);
}

static void test_waiting(void)
{
    int pipes[2];
    fd_set set;
    struct timeval soon = {.tv_usec = 1000};
    uint64_t ticks;
    struct itimerspec when = {.it_value = {.tv_nsec = 1000000}};

    CHECK(pipe(pipes) == 0);
    struct pollfd poll_in = {.fd = pipes[0], .events = POLLIN};
    CHECK(poll(&poll_in, 1, 1) == 0);
    FD_ZERO(&set);
    FD_SET(pipes[0], &set);
    CHECK(select(pipes[0] + 1, &set, NULL, NULL, &soon) == 0);
    CHECK(write(pipes[1], "x", 1) == 1);
    CHECK(poll(&poll_in, 1, 1000) == 1 && poll_in.revents == POLLIN);
    FD_SET(pipes[0], &set);
    CHECK(select(pipes[0] + 1, &set, NULL, NULL, NULL) == 1);
    int timer = timerfd_create(CLOCK_MONOTONIC, 0);
    CHECK(timerfd_settime(timer, 0, &when, NULL) == 0);
    CHECK(read(timer, &ticks, sizeof ticks) == sizeof ticks && ticks == 1);
    close(timer), close(pipes[0]), close(pipes[1]);
}

static void test_semaphores(void)
{
    union {
        int val;
        struct semid_ds *buf;
    } argument;
    struct semid_ds info;
    int id = semget(IPC_PRIVATE, 3, 0600);

    if (id < 0) { /* no System V IPC in this kernel or sandbox */
        CHECK(errno == ENOSYS || errno == EPERM || errno == ENOSPC);
        return;
    }
    argument.val = 5;
    CHECK(semctl(id, 1, SETVAL, argument) == 0);
    CHECK(semctl(id, 1, GETVAL) == 5);
    argument.buf = &info;
    CHECK(semctl(id, 0, IPC_STAT, argument) == 0);
    CHECK(info.sem_nsems == 3 && (info.sem_perm.mode & 0777) == 0600);
    info.sem_perm.mode = 0640;
    CHECK(semctl(id, 0, IPC_SET, argument) == 0);
    CHECK(semctl(id, 0, IPC_STAT, argument) == 0);
    CHECK((info.sem_perm.mode & 0777) == 0640 && info.sem_ctime > 0);
    CHECK(semctl(id, 0, IPC_RMID) == 0);
}

static void test_sockets(void)
{
    int pair[2];
    char text[8] = "", control[CMSG_SPACE(sizeof(int))] = "";
    struct iovec piece = {text, sizeof text};
    struct msghdr message = {.msg_iov = &piece,
                             .msg_iovlen = 1,
                             .msg_control = control,
                             .msg_controllen = sizeof control};

    CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &pair[0], sizeof(int));
    CHECK(sendmsg(pair[0], &message, 0) == 8);
    memset(control, 0, sizeof control);
    CHECK(recvmsg(pair[1], &message, 0) == 8);
    header = CMSG_FIRSTHDR(&message);
    CHECK(header != NULL && header->cmsg_type == SCM_RIGHTS);
    int passed;
    memcpy(&passed, CMSG_DATA(header), sizeof passed);
    CHECK(write(passed, "again", 5) == 5 && read(pair[1], text, 5) == 5);
    int type = 0;
    socklen_t length = sizeof type;
    CHECK(getsockopt(pair[0], SOL_SOCKET, SO_TYPE, &type, &length) == 0);
    CHECK(type == SOCK_STREAM);
    close(passed), close(pair[0]), close(pair[1]);
}

static void test_refused(void)
{
    /* Numbers and filters would be the ISA's the thread runs on. */
    CHECK(prctl(PR_SET_SECCOMP, 2, NULL) == -1 && errno == EINVAL);
    CHECK(syscall(SYS_seccomp, 1, 0, NULL) == -1 && errno == EINVAL);
    CHECK(syscall(435, NULL, 0) == -1 && errno == ENOSYS);       /* clone3 */
    CHECK(syscall(293, NULL, 0, 0, 0) == -1 && errno == ENOSYS); /* rseq */
    CHECK(syscall(244) == -1 && errno == ENOSYS); /* no such number */
    CHECK(syscall(5000) == -1 && errno == ENOSYS);
}

static void test_process_information(void)
{
    struct utsname name;
    struct rusage usage;
    struct rlimit limit;
    struct timespec now, later;
    struct sysinfo system;

    CHECK(uname(&name) == 0 && strcmp(name.sysname, "Linux") == 0);
    CHECK(getrusage(RUSAGE_SELF, &usage) == 0 && usage.ru_maxrss > 0);
    CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur > 0);
    CHECK(sysinfo(&system) == 0 && system.totalram > 0);
    CHECK(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
    CHECK(clock_gettime(CLOCK_MONOTONIC, &later) == 0);
    CHECK(later.tv_sec > now.tv_sec ||
          (later.tv_sec == now.tv_sec && later.tv_nsec >= now.tv_nsec));
    CHECK(time(NULL) > 1600000000 && getpid() > 0 && getuid() == geteuid());
    CHECK(sysconf(_SC_PAGESIZE) >= 4096 && sysconf(_SC_NPROCESSORS_ONLN) > 0);
    CHECK(prctl(PR_SET_NAME, "popcorn-test") == 0);
    char current[16] = "";
    CHECK(prctl(PR_GET_NAME, current) == 0);
    CHECK_TEXT(current, "popcorn-test");
}

static void test_memory(void)
{
    size_t size = 1 << 20;
    char *map = mmap(NULL, size, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    CHECK(map != MAP_FAILED);
    map[0] = 'a', map[size - 1] = 'z';
    char *moved = mremap(map, size, 4 * size, MREMAP_MAYMOVE);
    CHECK(moved != MAP_FAILED && moved[0] == 'a' && moved[size - 1] == 'z');
    CHECK(madvise(moved, 4096, MADV_DONTNEED) == 0 && moved[0] == 0);
    CHECK(mprotect(moved, 4096, PROT_READ) == 0);
    CHECK(munmap(moved, 4 * size) == 0);
    CHECK(mmap(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
              MAP_FAILED &&
          errno == EINVAL);
}

int main(void)
{
    CHECK(mkdtemp(folder) != NULL && chdir(folder) == 0);
    test_open_flags();
    test_stat();
    test_files();
    test_epoll();
    test_waiting();
    test_semaphores();
    test_sockets();
    test_refused();
    test_process_information();
    test_memory();
    CHECK(unlink("sub/file") == 0 && rmdir("sub") == 0 && unlink("link") == 0);
    CHECK(chdir("/") == 0 && rmdir(folder) == 0);
    return finish("kernel");
}
