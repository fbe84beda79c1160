/* --trace: Chrome/Perfetto trace events, in the JSON array format.
 *
 * Events gather in a buffer; each write puts them and the closing bracket into
 * the file at once, over the old closing bracket.  So the file is valid JSON
 * whenever the agent is not inside that write, however the program ends. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/agent/agent.h"

enum { BUFFER_BYTES = 1 << 16, EVENT_BYTES = 512 };

static const char tail[] = "\n]\n";

static void flush(struct agent *agent)
{
    struct trace *trace = &agent->trace;
    size_t size_bytes;
    ssize_t written;

    if (trace->fd < 0 || trace->used == 0) {
        return;
    }
    memcpy(trace->buffer + trace->used, tail, sizeof tail - 1);
    size_bytes = trace->used + sizeof tail - 1;
    written = pwrite(trace->fd, trace->buffer, size_bytes, trace->offset);
    if (written < 0 && errno == ESPIPE) {
        written = write(trace->fd, trace->buffer, trace->used);
        size_bytes = trace->used;
    }
    if (written != (ssize_t)size_bytes) {
        agent_say(agent,
                  "cannot write the trace %s: %s. The program goes on, the "
                  "trace ends here",
                  trace->path,
                  written < 0 ? strerror(errno) : "no space left on device");
        /* Back to what is valid. */
        if (trace->offset == 0 || ftruncate(trace->fd, trace->offset) != 0 ||
            pwrite(trace->fd, tail, sizeof tail - 1, trace->offset) < 0) {
            errno = 0;
        }
        close(trace->fd);
        trace->fd = -1;
        return;
    }
    trace->offset += (int64_t)trace->used;
    trace->used = 0;
}

static void add(struct agent *agent, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void add(struct agent *agent, const char *format, ...)
{
    struct trace *trace = &agent->trace;
    va_list arguments;
    int length;

    if (trace->fd < 0) {
        return;
    }
    if (trace->used + EVENT_BYTES + sizeof tail > BUFFER_BYTES) {
        flush(agent);
    }
    trace->used += (size_t)sprintf(trace->buffer + trace->used, "%s",
                                   trace->any ? ",\n" : "[\n");
    trace->any = 1;
    va_start(arguments, format);
    length = vsnprintf(trace->buffer + trace->used, EVENT_BYTES - 4, format,
                       arguments);
    va_end(arguments);
    trace->used +=
        (size_t)(length < EVENT_BYTES - 4 ? length : EVENT_BYTES - 5);
}

static double since_start_us(const struct trace *trace, uint64_t ns)
{
    return ns < trace->start_ns ? 0 : (double)(ns - trace->start_ns) / 1000;
}

static void name_tracks(struct agent *agent)
{
    static const char *const names[] = {"", "thread", "moves", "pages",
                                        "delegated calls"};

    for (unsigned node = 0; node < agent->config.node_count; node++) {
        add(agent,
            "{\"ph\":\"M\",\"name\":\"process_name\",\"pid\":%u,\"tid\":0,"
            "\"args\":{\"name\":\"node %u (%s)%s\"}}",
            node, node, agent->config.isa[node],
            node == agent->home ? ", home" : "");
        for (unsigned track = TRACE_THREAD; track <= TRACE_CALLS; track++) {
            add(agent,
                "{\"ph\":\"M\",\"name\":\"thread_name\",\"pid\":%u,\"tid\":%u,"
                "\"args\":{\"name\":\"%s\"}}",
                node, track, names[track]);
        }
    }
}

int trace_open(struct agent *agent)
{
    struct trace *trace = &agent->trace;

    trace->fd = agent->config.trace_fd;
    trace->path = agent->config.trace_path;
    trace->start_ns = agent_now_ns();
    if (trace->fd < 0) {
        return 0;
    }
    trace->buffer = malloc(BUFFER_BYTES);
    if (trace->buffer == NULL) {
        return -ENOMEM;
    }
    name_tracks(agent);
    flush(agent);
    return 0;
}

void trace_span(struct agent *agent, unsigned node, unsigned track,
                const char *name, uint64_t from_ns, uint64_t to_ns,
                const char *arguments)
{
    const struct trace *trace = &agent->trace;

    add(agent,
        "{\"ph\":\"X\",\"name\":\"%s\",\"pid\":%u,\"tid\":%u,\"ts\":%.3f,"
        "\"dur\":%.3f,\"args\":{%s}}",
        name, node, track, since_start_us(trace, from_ns),
        to_ns > from_ns ? (double)(to_ns - from_ns) / 1000 : 0,
        arguments == NULL ? "" : arguments);
}

void trace_instant(struct agent *agent, unsigned node, unsigned track,
                   const char *name, const char *arguments)
{
    add(agent,
        "{\"ph\":\"i\",\"s\":\"t\",\"name\":\"%s\",\"pid\":%u,\"tid\":%u,"
        "\"ts\":%.3f,\"args\":{%s}}",
        name, node, track, since_start_us(&agent->trace, agent_now_ns()),
        arguments == NULL ? "" : arguments);
}

/* The first thread's is one of the four; the others' come after them. */
unsigned trace_thread_track(unsigned thread)
{
    return thread == 0 ? TRACE_THREAD : TRACE_CALLS + thread;
}

void trace_name_thread(struct agent *agent, unsigned thread)
{
    for (unsigned node = 0; thread != 0 && node < agent->config.node_count;
         node++) {
        add(agent,
            "{\"ph\":\"M\",\"name\":\"thread_name\",\"pid\":%u,\"tid\":%u,"
            "\"args\":{\"name\":\"thread %u\"}}",
            node, trace_thread_track(thread), thread);
    }
}

void trace_close(struct agent *agent)
{
    flush(agent);
    if (agent->trace.fd >= 0) {
        close(agent->trace.fd);
        agent->trace.fd = -1;
    }
}
