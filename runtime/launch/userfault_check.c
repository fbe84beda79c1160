/* Can memory be shared between nodes on this machine? (config.h) */
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "isa/isa.h"
#include "runtime/base/layout.h"
#include "runtime/launch/config.h"

static int open_userfault(void)
{
    int device, fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC);

    if (fd < 0 && errno == EPERM) {
        device = open("/dev/userfaultfd", O_RDWR | O_CLOEXEC);
        if (device >= 0) {
            fd = ioctl(device, USERFAULTFD_IOC_NEW, O_CLOEXEC);
            close(device);
        }
        errno = EPERM;
    }
    return fd;
}

static const char *kernel_too_old(void)
{
    static char text[128];
    struct utsname machine;
    const struct isa *isa =
        uname(&machine) == 0 ? popcorn_isa_by_name(machine.machine) : NULL;

    snprintf(text, sizeof text,
             "this kernel's userfaultfd lacks write-protect for shared memory: "
             "that needs Linux %s",
             isa != NULL ? isa->userfault_kernel : "for another machine");
    return text;
}

const char *userfault_problem(void)
{
    struct uffdio_api api = {.api = UFFD_API,
                             .features = POPCORN_UFFD_FEATURES};
    int result, fd;

    if (sysconf(_SC_PAGESIZE) != POPCORN_PAGE_SIZE) {
        return "this kernel's pages are not of 4 KiB, as the pages of shared "
               "memory are; boot a kernel with 4 KiB pages";
    }
    fd = open_userfault();
    if (fd >= 0) {
        result = ioctl(fd, UFFDIO_API, &api);
        close(fd);
        return result == 0 ? NULL : kernel_too_old();
    }
    if (errno == ENOSYS) {
        return "this kernel has no userfaultfd (CONFIG_USERFAULTFD)";
    }
    if (errno == EPERM) {
        return "no permission for userfaultfd. As root: sysctl "
               "vm.unprivileged_userfaultfd=1, or give this user access to "
               "/dev/userfaultfd";
    }
    return strerror(errno);
}
