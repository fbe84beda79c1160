/* dl_iterate_phdr: one object, the program, the same on every node and in every
 * thread but for its thread-local variables; what callers look for is in it. */
#define _GNU_SOURCE
#include <link.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

struct seen {
    const ElfW(Phdr) * segments, copy[8];
    int count, objects;
    void *tls;
};

static int zero, initialised = 7;
static const int constant[] = {1, 2, 3};
static _Thread_local int local = 5;
static struct seen first;

static int note(struct dl_phdr_info *info, size_t size, void *data)
{
    struct seen *seen = data;

    CHECK(size >= sizeof *info && info->dlpi_addr == 0);
    CHECK(strcmp(info->dlpi_name, "/proc/self/exe") == 0);
    CHECK(info->dlpi_phnum <= 8 && info->dlpi_tls_modid == 1);
    seen->objects++;
    seen->segments = info->dlpi_phdr;
    seen->count = info->dlpi_phnum;
    seen->tls = info->dlpi_tls_data;
    memcpy((void *)seen->copy, info->dlpi_phdr,
           info->dlpi_phnum * sizeof *seen->copy);
    return 42;
}

/* The flags of the only segment of that type the address is in; 0: none. */
static unsigned flags_of(const struct seen *seen, const void *address)
{
    uintptr_t at = (uintptr_t)address;
    unsigned flags = 0;

    for (int i = 0; i < seen->count; i++) {
        const ElfW(Phdr) *segment = &seen->copy[i];

        if (segment->p_type == PT_LOAD && at >= segment->p_vaddr &&
            at - segment->p_vaddr < segment->p_memsz) {
            CHECK(flags == 0 && segment->p_filesz <= segment->p_memsz);
            flags = segment->p_flags;
        }
    }
    return flags;
}

static void look(void)
{
    struct seen seen = {0};
    const ElfW(Phdr) *tls = NULL;

    CHECK(dl_iterate_phdr(note, &seen) == 42 && seen.objects == 1);
    CHECK(seen.segments == first.segments && seen.count == first.count);
    CHECK(memcmp(seen.copy, first.copy, sizeof seen.copy) == 0);
    CHECK(flags_of(&seen, (void *)look) == (PF_R | PF_X));
    CHECK(flags_of(&seen, (void *)qsort) == (PF_R | PF_X));
    CHECK(flags_of(&seen, constant) == PF_R);
    CHECK(flags_of(&seen, &initialised) == (PF_R | PF_W));
    CHECK(flags_of(&seen, &zero) == (PF_R | PF_W));
    CHECK(flags_of(&seen, &seen) == 0);
    for (int i = 0; i < seen.count; i++) {
        CHECK(seen.copy[i].p_type != PT_GNU_EH_FRAME);
        if (seen.copy[i].p_type == PT_TLS) {
            tls = &seen.copy[i];
        }
    }
    CHECK(tls != NULL && tls->p_filesz <= tls->p_memsz);
    CHECK((uintptr_t)&local - (uintptr_t)seen.tls < tls->p_memsz);
    /* The image of the variable is what it starts with. */
    CHECK(
        memcmp((char *)tls->p_vaddr + ((uintptr_t)&local - (uintptr_t)seen.tls),
               &(int){5}, sizeof local) == 0);
    CHECK(initialised == 7 && zero == 0 && constant[2] == 3);
}

static void *look_often(void *unused)
{
    local++;
    for (int i = 0; i < 50; i++) {
        look();
    }
    return unused;
}

int main(void)
{
    pthread_t thread[2];

    dl_iterate_phdr(note, &first);
    for (int i = 0; i < 2; i++) {
        CHECK(pthread_create(&thread[i], NULL, look_often, NULL) == 0);
    }
    look_often(NULL);
    for (int i = 0; i < 2; i++) {
        pthread_join(thread[i], NULL);
    }
    return finish("objects");
}
