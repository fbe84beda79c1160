/* Refuses a robust mutex between processes where the kernel keeps no robust
 * lists (QEMU user mode): nobody would be told that its owner's process died. */
#include "pthread_impl.h"
#include "syscall.h"

#define ROBUST 4
#define BETWEEN_PROCESSES 128

int pthread_mutex_init(pthread_mutex_t *restrict mutex,
                       const pthread_mutexattr_t *restrict attributes)
{
    unsigned type = attributes == NULL ? 0 : attributes->__attr;

    if ((type & ROBUST) != 0 && (type & BETWEEN_PROCESSES) != 0) {
        void *head;
        size_t bytes;
        long result = __syscall(SYS_get_robust_list, 0, &head, &bytes);
        if (result != 0) {
            return (int)-result;
        }
    }
    *mutex = (pthread_mutex_t){0};
    mutex->_m_type = (int)type;
    return 0;
}
