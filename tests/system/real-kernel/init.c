/* The first process of the AArch64 kernel the tests boot: loads the network
 * driver, sets the addresses of QEMU's user network and runs popcornd.
 *
 * On port 7071 it lists the processes there are, so that a test can see that
 * a program leaves none behind. */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <net/route.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void check(int failed, const char *what)
{
    if (failed) {
        printf("init: %s: %s\n", what, strerror(errno));
    }
}

static void mount_all(void)
{
    static const char *const places[][2] = {{"proc", "/proc"},
                                            {"sysfs", "/sys"},
                                            {"devtmpfs", "/dev"},
                                            {"tmpfs", "/tmp"},
                                            {"tmpfs", "/run"}};

    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        mkdir(places[i][1], 0755);
        mount(places[i][0], places[i][1], places[i][0], 0, NULL);
    }
}

static void load(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    check(fd < 0 || syscall(SYS_finit_module, fd, "", 0) != 0, path);
    close(fd);
}

static void address(struct sockaddr *to, const char *text)
{
    struct sockaddr_in *in = (struct sockaddr_in *)to;

    memset(in, 0, sizeof *in);
    in->sin_family = AF_INET;
    inet_pton(AF_INET, text, &in->sin_addr);
}

static void bring_up(int fd, const char *name, const char *text)
{
    struct ifreq request = {0};

    snprintf(request.ifr_name, sizeof request.ifr_name, "%s", name);
    address(&request.ifr_addr, text);
    check(ioctl(fd, SIOCSIFADDR, &request) != 0, "SIOCSIFADDR");
    address(&request.ifr_addr, "255.255.255.0");
    check(ioctl(fd, SIOCSIFNETMASK, &request) != 0, "SIOCSIFNETMASK");
    request.ifr_flags = IFF_UP | IFF_RUNNING;
    check(ioctl(fd, SIOCSIFFLAGS, &request) != 0, "SIOCSIFFLAGS");
}

static void set_network(void)
{
    struct rtentry route = {.rt_flags = RTF_UP | RTF_GATEWAY};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    bring_up(fd, "lo", "127.0.0.1");
    bring_up(fd, "eth0", "10.0.2.15");
    address(&route.rt_dst, "0.0.0.0");
    address(&route.rt_genmask, "0.0.0.0");
    address(&route.rt_gateway, "10.0.2.2");
    check(ioctl(fd, SIOCADDRT, &route) != 0, "SIOCADDRT");
    close(fd);
}

/* A line for each process that is not the kernel's. */
static void list_processes(int to)
{
    DIR *processes = opendir("/proc");
    struct dirent *entry;
    char path[300], line[300];

    while (processes != NULL && (entry = readdir(processes)) != NULL) {
        ssize_t length;
        if (entry->d_name[0] < '1' || entry->d_name[0] > '9') {
            continue;
        }
        snprintf(path, sizeof path, "/proc/%s/exe", entry->d_name);
        length = readlink(path, line, sizeof line - 2);
        if (length > 0) {
            line[length] = '\n';
            if (write(to, line, (size_t)length + 1) < 0) {
                break;
            }
        }
    }
    if (processes != NULL) {
        closedir(processes);
    }
}

static void serve_list(void)
{
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(7071)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    check(bind(fd, (struct sockaddr *)&here, sizeof here) != 0 ||
              listen(fd, 4) != 0,
          "port 7071");
    for (;;) {
        int client = accept(fd, NULL, NULL);
        if (client >= 0) {
            list_processes(client);
            close(client);
        }
    }
}

static void run_service(void)
{
    char *arguments[] = {"popcornd", "--listen", "0.0.0.0:7070",
                         "--key",    "/key",     NULL};

    setenv("PATH", "/bin", 1);
    execv("/bin/popcornd", arguments);
    check(1, "/bin/popcornd");
    _exit(1);
}

int main(void)
{
    pid_t service, ended;
    int console;

    mount_all();
    console = open("/dev/console", O_RDWR);
    dup2(console, 0);
    dup2(console, 1);
    dup2(console, 2);
    setvbuf(stdout, NULL, _IOLBF, 0);
    load("/modules/failover.ko");
    load("/modules/net_failover.ko");
    load("/modules/virtio_net.ko");
    set_network();
    if (fork() == 0) {
        serve_list();
    }
    service = fork();
    if (service == 0) {
        run_service();
    }
    /* Everybody's last parent: collects all, and ends with the service. */
    do {
        ended = wait(NULL);
    } while (ended != service && (ended > 0 || errno == EINTR));
    printf("init: popcornd has ended\n");
    sync();
    reboot(RB_POWER_OFF);
    return 1;
}
