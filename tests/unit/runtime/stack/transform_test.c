/* Capture and rebuild on any host, for any ISA's tables.
 *
 *   transform_test BLOB BLOB... [--log LOG] [--pts FILE]
 *
 * The blobs are one program's frame maps for each ISA. States come from a log
 * of real ones (mover.c) and from a generator that draws call sites and values
 * at random. Each state is rebuilt with the first ISA's tables, captured,
 * rebuilt with the next ISA's, ...; the bytes must stay the same. Bad input
 * must be refused without a write.
 */
#include <errno.h>
#include <time.h>

#include "tests/lib/frame_maps.h"

#define MAX_ISAS 8
#define STACK_BYTES (1u << 22)
#define STATE_BYTES (1u << 22)

static struct frame_maps maps[MAX_ISAS];
static unsigned isa_count;
static uint8_t *stack_bytes, *again;
static uint64_t random_state = 1;

static uint64_t draw(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

static struct stack_view view_of(uint64_t size_bytes)
{
    return (struct stack_view){STACK_BASE, stack_bytes, size_bytes};
}

static void round_trip(const struct frame_maps *m, const uint8_t *state,
                       size_t size_bytes, uint32_t frames, unsigned flags)
{
    struct popcorn_error error = {0};
    struct popcorn_context context;
    struct stack_view view = view_of(STACK_BYTES);
    uint64_t failing_pc = 0;
    uint32_t frames_again;
    int64_t size_again;

    CHECK(stack_rebuild_flags(m, state, size_bytes, frames, &view, OUTERMOST_PC,
                              flags, NULL, &context, &error) == 0,
          "%s: rebuild: %s", m->isa->name, error.text);
    CHECK(context.sp % m->isa->stack_align == 0, "%s: stack not aligned",
          m->isa->name);
    size_again = stack_capture(m, &context, &view, OUTERMOST_PC, again,
                               STATE_BYTES, &frames_again, &failing_pc, &error);
    CHECK(size_again == (int64_t)size_bytes && frames_again == frames,
          "%s: captured %lld bytes, %u frames of %zu, %u: %s", m->isa->name,
          (long long)size_again, frames_again, size_bytes, frames, error.text);
    CHECK(memcmp(state, again, size_bytes) == 0,
          "%s: captured state differs from the one rebuilt", m->isa->name);
}

static void every_isa(const uint8_t *state, size_t size_bytes, uint32_t frames)
{
    for (unsigned i = 0; i < isa_count; i++) {
        memset(stack_bytes, 0x11 * (int)i, 4096);
        round_trip(&maps[i], state, size_bytes, frames,
                   i % 2 ? STACK_POISON : 0);
    }
}

static void replay_log(const char *path)
{
    size_t size_bytes, at = 0, states = 0;
    uint8_t *log = read_whole(path, &size_bytes);

    while (at < size_bytes) {
        uint32_t head[2];
        CHECK(size_bytes - at >= sizeof head, "%s is truncated", path);
        memcpy(head, log + at, sizeof head);
        at += sizeof head;
        CHECK(size_bytes - at >= head[0], "%s is truncated", path);
        every_isa(log + at, head[0], head[1]);
        at += head[0];
        states++;
    }
    CHECK(states > 0, "%s holds no state", path);
    printf("%zu real states, %u ISAs: same bytes\n", states, isa_count);
    free(log);
}

static int read_damaged(const uint8_t *pts, size_t size_bytes)
{
    struct pts_header header;
    struct popcorn_error error = {0};
    /* Of exactly this size: the sanitizer sees one byte too far. */
    uint8_t *bytes = malloc(size_bytes + (size_bytes == 0));
    int result;

    memcpy(bytes, pts, size_bytes);
    result = pts_read_header(bytes, size_bytes, &header, &error);
    CHECK(result == 0 || (error.code == result && error.text[0] != '\0'),
          "refused without a reason");
    free(bytes);
    return result;
}

/* Every value of every byte but the right one, and every length. */
static void damage_pts(uint8_t *pts, size_t size_bytes)
{
    for (size_t at = 0; at < size_bytes; at++) {
        uint8_t right = pts[at];
        for (unsigned change = 1; change < 256; change++) {
            pts[at] = right ^ (uint8_t)change;
            CHECK(read_damaged(pts, size_bytes) == -EBADMSG,
                  "byte %zu may be 0x%02x", at, pts[at]);
        }
        pts[at] = right;
        CHECK(read_damaged(pts, at) == -EBADMSG, "%zu bytes are enough", at);
    }
    CHECK(read_damaged(pts, size_bytes) == 0, "the test itself");
}

static void replay_pts(const char *path)
{
    struct pts_header header;
    struct popcorn_error error = {0};
    size_t size_bytes;
    uint8_t *pts = read_whole(path, &size_bytes);

    CHECK(pts_read_header(pts, size_bytes, &header, &error) == 0, "%s: %s",
          path, error.text);
    damage_pts(pts, size_bytes);
    every_isa(pts + sizeof header, size_bytes - sizeof header,
              header.frame_count);
    printf("%s: same bytes\n", path);
    free(pts);
}

#define MAX_VALUES 4096

/* One ISA's say in a frame's values: a constant is given, two values in one
 * place are one value. false: the site cannot be that of a frame which called
 * another (a value is in a register calls do not keep). */
static bool constrain(const struct frame_maps *m, const struct frame_site *site,
                      bool innermost, uint64_t *value, unsigned *count,
                      bool *changed)
{
    static struct frame_location place[MAX_VALUES];
    struct location_cursor cursor;

    CHECK(frame_locations_begin(m, site->locations, &cursor) == 0 &&
              cursor.left < MAX_VALUES,
          "corrupt location list");
    *count = cursor.left;
    for (unsigned k = 0; k < *count; k++) {
        uint64_t wanted = value[k];
        memset(&place[k], 0, sizeof place[k]);
        CHECK(frame_locations_next(&cursor, &place[k]) == 0,
              "corrupt location list");
        if (place[k].kind == LOCATION_REGISTER && !innermost &&
            (m->saved_slots >> place[k].slot & 1) == 0) {
            return false;
        }
        if (place[k].kind == LOCATION_CONSTANT) {
            wanted = place[k].constant;
        }
        for (unsigned j = 0; j < k; j++) {
            if (memcmp(&place[j], &place[k], sizeof place[k]) == 0) {
                wanted = value[j];
            }
        }
        *changed |= wanted != value[k];
        value[k] = wanted;
    }
    return true;
}

/* Values for a frame at the site; false if it cannot be used. */
static bool draw_values(uint32_t call_site, bool innermost, uint64_t *value,
                        unsigned *count)
{
    bool changed = true;

    for (unsigned k = 0; k < MAX_VALUES; k++) {
        value[k] = draw();
    }
    for (unsigned round = 0; changed; round++) {
        changed = false;
        if (round > 8) {
            return false; /* two places of one value are two constants */
        }
        for (unsigned i = 0; i < isa_count; i++) {
            struct frame_site site;
            if (frame_maps_find_id(&maps[i], call_site, &site) != 0 ||
                !constrain(&maps[i], &site, innermost, value, count,
                           &changed)) {
                return false;
            }
        }
    }
    return true;
}

static size_t random_state_of(uint8_t *state, uint32_t wanted, uint32_t *frames)
{
    static uint64_t value[MAX_VALUES];
    size_t size_bytes = 0;

    *frames = 0;
    for (uint32_t tries = 0; *frames < wanted && tries < wanted * 64; tries++) {
        uint32_t id = (uint32_t)(draw() % maps[0].id_count) + 1;
        unsigned values = 0;
        if (!draw_values(id, *frames + 1 == wanted, value, &values)) {
            continue;
        }
        struct pts_frame frame = {id, (uint16_t)values, 0};
        memcpy(state + size_bytes, &frame, sizeof frame);
        memcpy(state + size_bytes + sizeof frame, value, values * 8u);
        size_bytes += sizeof frame + values * 8u;
        ++*frames;
    }
    CHECK(*frames > 0, "no usable call site");
    return size_bytes;
}

static void random_states(void)
{
    uint8_t *state = malloc(STATE_BYTES);

    for (unsigned i = 0; i < 2000; i++) {
        uint32_t frames;
        size_t size_bytes =
            random_state_of(state, 1 + (uint32_t)(draw() % 40), &frames);
        every_isa(state, size_bytes, frames);
    }
    printf("2000 random states, %u ISAs: same bytes\n", isa_count);
    free(state);
}

/* Rebuild refuses with `code`, and has written nothing. */
static void refuses(const char *what, int code, const uint8_t *state,
                    size_t size_bytes, uint32_t frames, uint64_t stack_size)
{
    for (unsigned i = 0; i < isa_count; i++) {
        struct popcorn_error error = {0};
        struct popcorn_context context;
        struct stack_view view = view_of(stack_size);
        memset(stack_bytes, 0x5a, STACK_BYTES);
        int result = stack_rebuild(&maps[i], state, size_bytes, frames, &view,
                                   OUTERMOST_PC, &context, &error);
        CHECK(result == code && error.code == code && error.text[0] != '\0',
              "%s, %s: result %d, not %d (%s)", maps[i].isa->name, what, result,
              code, error.text);
        for (size_t k = 0; k < STACK_BYTES; k++) {
            CHECK(stack_bytes[k] == 0x5a, "%s, %s: the stack was written",
                  maps[i].isa->name, what);
        }
    }
}

static void bad_states(void)
{
    uint8_t *state = malloc(STATE_BYTES);
    uint32_t frames, id;
    uint16_t values;
    size_t size_bytes = random_state_of(state, 20, &frames);

    refuses("truncated", -EBADMSG, state, size_bytes - 8, frames, STACK_BYTES);
    refuses("no frames", -EBADMSG, state, 0, 0, STACK_BYTES);
    refuses("bytes left over", -EBADMSG, state, size_bytes, frames - 1,
            STACK_BYTES);
    refuses("frames missing", -EBADMSG, state, size_bytes, frames + 1,
            STACK_BYTES);
    refuses("small stack", -ENOSPC, state, size_bytes, frames, 64);
    memcpy(&id, state, 4);
    memcpy(state, &maps[0].id_count, 4);
    state[3] = 0x7f;
    refuses("unknown call site", -ENOENT, state, size_bytes, frames,
            STACK_BYTES);
    memcpy(state, &id, 4);
    memcpy(&values, state + 4, 2);
    values++;
    memcpy(state + 4, &values, 2);
    refuses("one value more", -EBADMSG, state, size_bytes, frames, STACK_BYTES);
    values--;
    memcpy(state + 4, &values, 2);
    state[6] = 1;
    refuses("reserved bits", -EBADMSG, state, size_bytes, frames, STACK_BYTES);
    state[6] = 0;
    every_isa(state, size_bytes, frames);
    printf("bad states: refused, nothing written\n");
    free(state);
}

static void bad_stacks(void)
{
    uint8_t *state = malloc(STATE_BYTES);
    uint32_t frames, count;
    size_t size_bytes = random_state_of(state, 20, &frames);

    for (unsigned i = 0; i < isa_count; i++) {
        struct popcorn_error error = {0};
        struct popcorn_context context;
        struct stack_view view = view_of(STACK_BYTES);
        uint64_t failing_pc = 0;
        CHECK(stack_rebuild(&maps[i], state, size_bytes, frames, &view,
                            OUTERMOST_PC, &context, &error) == 0,
              "%s", error.text);
        CHECK(stack_capture(&maps[i], &context, &view, OUTERMOST_PC, again,
                            size_bytes - 8, &count, &failing_pc,
                            &error) == -ENOSPC,
              "small buffer accepted");
        error.code = 0;
        CHECK(stack_capture(&maps[i], &context, &view, OUTERMOST_PC + 1, again,
                            STATE_BYTES, &count, &failing_pc,
                            &error) == -EBUSY &&
                  failing_pc == OUTERMOST_PC,
              "%s: native frame accepted", maps[i].isa->name);
        error.code = 0;
        view.bytes += 4096;
        view.base += 4096;
        view.size_bytes = context.sp - view.base + 16;
        CHECK(stack_capture(&maps[i], &context, &view, OUTERMOST_PC, again,
                            STATE_BYTES, &count, &failing_pc,
                            &error) == -EFAULT,
              "%s: read outside the stack", maps[i].isa->name);
    }
    printf("bad stacks: refused\n");
    free(state);
}

static double now_us(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static void measure(void)
{
    uint8_t *state = malloc(STATE_BYTES);
    uint32_t frames, count;
    size_t size_bytes = random_state_of(state, 200, &frames);
    struct stack_view view = view_of(STACK_BYTES);

    for (unsigned i = 0; i < isa_count; i++) {
        struct popcorn_context context;
        uint64_t pc;
        double start = now_us(), middle;
        for (unsigned k = 0; k < 500; k++) {
            stack_rebuild(&maps[i], state, size_bytes, frames, &view,
                          OUTERMOST_PC, &context, NULL);
        }
        middle = now_us();
        for (unsigned k = 0; k < 500; k++) {
            stack_capture(&maps[i], &context, &view, OUTERMOST_PC, again,
                          STATE_BYTES, &count, &pc, NULL);
        }
        printf("%s: rebuild %.3f us a frame, capture %.3f us (%u frames, "
               "%.1f values each)\n",
               maps[i].isa->name, (middle - start) / 500 / frames,
               (now_us() - middle) / 500 / frames, frames,
               (double)(size_bytes - 8 * frames) / 8 / frames);
    }
    free(state);
}

int main(int argc, char **argv)
{
    const char *log = NULL, *pts = NULL;

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--log") == 0 && i + 1 < argc) {
            log = argv[++i];
        } else if (strcmp(argv[i], "--pts") == 0 && i + 1 < argc) {
            pts = argv[++i];
        } else {
            CHECK(isa_count < MAX_ISAS, "too many frame maps");
            open_blob(argv[i], &maps[isa_count++]);
        }
    }
    CHECK(isa_count > 0, "usage: transform_test BLOB... [--log LOG] "
                         "[--pts FILE]");
    stack_bytes = calloc(STACK_BYTES, 1);
    again = malloc(STATE_BYTES);
    if (log != NULL) {
        replay_log(log);
    }
    if (pts != NULL) {
        replay_pts(pts);
    }
    random_states();
    bad_states();
    bad_stacks();
    measure();
    free(stack_bytes);
    free(again);
    return 0;
}
