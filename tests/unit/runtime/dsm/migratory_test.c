/* What the directory learns of one page: migratory while each node in turn reads
 * and writes it, shared by its readers when nobody writes it any more. */
#include "tests/unit/runtime/dsm/one_page.h"

/* Each node in turn reads and writes; returns the demands that took. */
static unsigned take_turns(unsigned turns)
{
    unsigned before = 0, after = 0;

    for (unsigned i = 0; i < NODES; i++) {
        before += grants[i];
    }
    for (unsigned i = 0; i < turns; i++) {
        node_reads(i % NODES);
        node_writes(i % NODES);
    }
    for (unsigned i = 0; i < NODES; i++) {
        after += grants[i];
    }
    return after - before;
}

/* The first `nodes` read in turn until all of them have a copy; returns the
 * rounds that took. */
static unsigned read_until_shared(unsigned nodes)
{
    unsigned rounds = 0, sharing = 0;

    for (; sharing < nodes && rounds < 100; rounds++) {
        sharing = 0;
        for (unsigned node = 0; node < nodes; node++) {
            node_reads(node);
        }
        for (unsigned node = 0; node < nodes; node++) {
            sharing += has[node] == PAGE_AS_SHARED;
        }
    }
    return rounds;
}

static int share(unsigned a, unsigned b)
{
    return has[a] == PAGE_AS_SHARED && has[b] == PAGE_AS_SHARED;
}

int main(void)
{
    unsigned rounds, demands;

    begin();
    take_turns(2);
    node_reads(2);
    expect(has[2] == PAGE_AS_MODIFIED, "a migratory page is given away");
    rounds = read_until_shared(NODES);
    printf("shared by all after %u rounds of reads\n", rounds);
    expect(rounds <= 3, "what is only read is soon shared by its readers");

    node_writes(1); /* it was not the last to read */
    node_reads(2);
    expect(share(1, 2), "that is not forgotten at a write");
    node_writes(1); /* a producer's page */
    node_reads(2);
    expect(share(1, 2), "one that writes and one that reads share");

    demands = take_turns(1000);
    printf("%u demands in 1000 turns of a read and a write\n", demands);
    expect(demands <= 1000 + 20, "a migratory page stays so");
    rounds = read_until_shared(NODES);
    printf("shared by all after %u rounds of reads\n", rounds);
    expect(rounds <= 128 / NODES + 2, "but not for ever");

    take_turns(2 * NODES);
    read_until_shared(NODES - 1);
    node_writes(NODES - 1); /* without a copy */
    node_reads(0);
    expect(share(0, NODES - 1), "nor is it forgotten when another node writes");
    directory_close(&directory);
    return 0;
}
