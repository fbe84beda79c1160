/* What --stats prints: moves, what they carried, what they cost. */
#include <stdlib.h>
#include <string.h>

#include "runtime/agent/agent.h"
#include "runtime/message/printable.h"

enum { MAX_SAMPLES = 1 << 22 };

void stats_sample(struct agent *agent, enum sample_kind kind, uint64_t ns)
{
    struct samples *samples = &agent->stats.samples[kind];

    if (!agent->config.stats || samples->count >= MAX_SAMPLES) {
        return;
    }
    if (samples->count == samples->capacity) {
        uint64_t capacity =
            samples->capacity == 0 ? 1024 : 2 * samples->capacity;
        uint64_t *larger = realloc(samples->ns, capacity * sizeof *larger);
        if (larger == NULL) {
            return;
        }
        samples->ns = larger;
        samples->capacity = capacity;
    }
    samples->ns[samples->count++] = ns;
}

void stats_point_wanted(struct agent *agent, unsigned thread)
{
    struct seat_link *link = seat_link(agent, thread);

    if (agent->page->flags & POPCORN_FLAG_STATS) {
        link->polled_ns = clock_home_ns(agent);
    }
}

void stats_point_reached(struct agent *agent,
                         const struct popcorn_message *depart)
{
    struct seat_link *link = seat_link(agent, depart->thread);
    uint64_t since_ns = link->polled_ns, depart_ns = depart->move.when_ns;
    struct popcorn_message message = {.type = POPCORN_STATS,
                                      .source_node = (uint16_t)agent->node,
                                      .target_node = (uint16_t)agent->home,
                                      .thread = depart->thread};

    link->polled_ns = 0;
    if (since_ns == 0 || depart_ns < since_ns ||
        depart->move.reason != POPCORN_DEPART_REQUEST) {
        return; /* it left for another reason */
    }
    message.stats.point_wait_ns = depart_ns - since_ns;
    if (agent->node == agent->home) {
        stats_sample(agent, SAMPLE_POINT, message.stats.point_wait_ns);
    } else {
        agent_send_node(agent, agent->home, &message, NULL, 0);
    }
}

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return x < y ? -1 : x > y;
}

static double quantile_us(const struct samples *samples, double fraction)
{
    uint64_t index = (uint64_t)(fraction * (double)(samples->count - 1) + 0.5);

    return (double)samples->ns[index] / 1000;
}

static void print_samples(FILE *file, const char *name,
                          const struct samples *samples)
{
    if (samples->count != 0) {
        qsort(samples->ns, samples->count, sizeof *samples->ns, by_value);
        fprintf(file,
                "  %-16s median %.1f us, p99 %.1f us, max %.1f us, of %llu\n",
                name, quantile_us(samples, 0.5), quantile_us(samples, 0.99),
                quantile_us(samples, 1), (unsigned long long)samples->count);
    }
}

static double per_move(uint64_t total, const struct move_stats *stats)
{
    return stats->moves == 0 ? 0 : (double)total / (double)stats->moves;
}

#define LL(x) ((unsigned long long)(x))

/* Below this a page is not worth a line. */
#define CONTENDED_LEAST 16

static void print_contended(FILE *file, const struct dsm *dsm)
{
    struct dsm_contended worst[5];
    unsigned count = dsm_contended(dsm, worst, 5);

    for (unsigned i = 0; i < count && worst[i].taken >= CONTENDED_LEAST; i++) {
        fprintf(file, "  contended page   0x%llx, taken %llu times\n",
                LL(worst[i].address), LL(worst[i].taken));
    }
}

void stats_print(const struct agent *agent)
{
    const struct move_stats *moves = &agent->stats;
    struct dsm_stats pages;
    char *text = NULL, program[512];
    size_t size_bytes = 0;
    FILE *memory = open_memstream(&text, &size_bytes);

    if (memory == NULL) {
        return;
    }
    pages = dsm_stats(agent->dsm);
    text_printable(program, sizeof program, agent->config.program,
                   sizeof agent->config.program);
    fprintf(memory, "popcorn: statistics of %s\n", program);
    fprintf(memory, "  moves            %llu (%llu refused)\n",
            LL(moves->moves), LL(moves->refused));
    print_samples(memory, "time per move", &moves->samples[SAMPLE_MOVE]);
    print_samples(memory, "  capture", &moves->samples[SAMPLE_CAPTURE]);
    print_samples(memory, "  rebuild", &moves->samples[SAMPLE_REBUILD]);
    print_samples(memory, "from request", &moves->samples[SAMPLE_REQUEST]);
    print_samples(memory, "  from poll word", &moves->samples[SAMPLE_POINT]);
    fprintf(memory, "  frames moved     %llu (%.1f a move)\n",
            LL(moves->frames), per_move(moves->frames, moves));
    fprintf(memory, "  state bytes      %llu (%.1f a move)\n", LL(moves->bytes),
            per_move(moves->bytes, moves));
    fprintf(memory, "  page faults      %llu read, %llu write, %llu upgrades\n",
            LL(pages.read_faults), LL(pages.write_faults), LL(pages.upgrades));
    fprintf(memory,
            "  pages granted    %llu with data, %llu zero, %llu of them "
            "ahead\n",
            LL(pages.data_pages), LL(pages.zero_pages), LL(pages.ahead_pages));
    fprintf(memory, "  pages pushed     %llu with a move, %llu invalidated\n",
            LL(pages.pushed_pages), LL(pages.invalidated_pages));
    fprintf(memory, "  pages given      %llu at a read, %llu on trial\n",
            LL(pages.given_pages), LL(pages.trial_pages));
    fprintf(memory, "  home zero pages  %llu\n", LL(pages.local_zero_pages));
    fprintf(memory, "  directory        %llu KiB\n",
            LL(pages.directory_bytes) / 1024);
    fprintf(memory, "  delegated calls  %llu\n", LL(moves->calls));
    print_contended(memory, agent->dsm);
    fclose(memory);
    agent_put_out(agent->config.stats_fd < 0 ? 2 : agent->config.stats_fd, text,
                  size_bytes);
    free(text);
}
