/* A page pushed ahead of a move to a node that ends: it comes back to home if
 * nobody can have written it since, else its loss is reported. */
#include "tests/unit/runtime/dsm/one_page.h"

enum { SOURCE = 1, TARGET = 2, OTHER = 3, THREAD = 7 };

static void push(void)
{
    struct message_view push = {
        .header = {.type = POPCORN_PAGE_INVALIDATED,
                   .thread = THREAD,
                   .arg = {space.shared_start, PAGE_HAD_ZERO, 1, TARGET}}};
    char reason[160];

    node_writes(SOURCE);
    has[SOURCE] = 0;
    expect(directory_answer(&directory, SOURCE, &push, reason, sizeof reason) ==
               0,
           "the owner pushes the page");
    deliver_all();
    expect(has[TARGET] == PAGE_AS_MODIFIED, "the target has it");
}

static uint64_t target_ends(void)
{
    uint64_t pages = directory_node_down(&directory, TARGET);

    has[TARGET] = 0;
    deliver_all();
    return pages;
}

static void nothing(void) {}

static void other_takes_it(void)
{
    node_writes(OTHER);
}

static void it_was_elsewhere(void)
{
    node_writes(OTHER);
    node_writes(TARGET);
}

static void it_was_read(void)
{
    node_reads(OTHER);
    node_writes(TARGET);
}

static void it_went_by_a_push(void)
{
    struct message_view push = {
        .header = {.type = POPCORN_PAGE_INVALIDATED,
                   .arg = {space.shared_start, PAGE_HAD_ZERO, 1, OTHER}}};
    char reason[160];

    has[TARGET] = 0;
    expect(directory_answer(&directory, TARGET, &push, reason, sizeof reason) ==
               0,
           "the target pushes it on");
    deliver_all();
}

static void a_thread_comes(void)
{
    directory_thread_comes(&directory, THREAD + 1, TARGET);
}

static void it_comes_itself(void)
{
    directory_thread_comes(&directory, THREAD, TARGET);
}

static void it_has_come(void)
{
    directory_move_done(&directory, THREAD);
}

static void another_has_come(void)
{
    directory_move_done(&directory, THREAD + 1);
}

static const struct {
    const char *name;
    void (*meanwhile)(void);
    int keeps;
    uint64_t lost;
    int home_has_it;
} cases[] = {
    {"nothing has happened", nothing, 1, 0, 1},
    {"threads are at the target", nothing, 0, 1, 0},
    {"another node took it", other_takes_it, 1, 0, 0},
    {"it was elsewhere", it_was_elsewhere, 1, 1, 0},
    {"it was read elsewhere", it_was_read, 1, 1, 0},
    {"it was pushed elsewhere", it_went_by_a_push, 1, 0, 0},
    {"another thread comes to the target", a_thread_comes, 1, 1, 0},
    {"the thread itself is on its way", it_comes_itself, 1, 0, 1},
    {"the thread runs at the target", it_has_come, 1, 1, 0},
    {"another move is done", another_has_come, 1, 0, 1},
};

int main(void)
{
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        keeps = cases[i].keeps;
        begin();
        push();
        cases[i].meanwhile();
        expect(target_ends() == cases[i].lost, cases[i].name);
        expect((has[0] == PAGE_AS_MODIFIED) == cases[i].home_has_it,
               cases[i].name);
        directory_close(&directory);
    }
    return 0;
}
