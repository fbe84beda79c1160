/* Memory shared between parent and child stays shared, and pins the parent. */
#include <errno.h>
#include <popcorn.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "say.h"

int main(void)
{
    int *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
                       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int status;
    pid_t child;

    CHECK(shared != MAP_FAILED);
    shared[0] = 1;
    child = fork();
    if (child == 0) {
        CHECK(shared[0] == 1);
        shared[1] = 2;
        CHECK(popcorn_migrate(1) != 0);
        _exit(0);
    }
    CHECK(waitpid(child, &status, 0) == child && status == 0);
    CHECK(shared[1] == 2);
    if (popcorn_node_count() > 1) {
        CHECK(popcorn_migrate(1) == ECANCELED);
        CHECK(popcorn_last_decline() == POPCORN_DECLINED_SHARED_FILE);
    }
    say("shared done\n");
    return 0;
}
