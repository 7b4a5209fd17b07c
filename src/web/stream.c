/* Streams of server-sent events (WHATWG HTML, 9.2). A stream asks for what is newer than it told, when its reader takes
 * it: a slow reader gets fewer values, never older ones, and events are read from the journal, which keeps them. */
#include "stream.h"

#include <stdlib.h>
#include <string.h>

#include "lists.h"
#include "mbplant/journal/sparse.h"
#include "mbplant/report.h"

#define WAKE_MS        50u   /* streams are looked after so often at most */
#define VALUES_MS      100u  /* between two rounds of values */
#define CLOCK_MS       1000u /* a sign of life: it also finds readers that are gone */
#define EVENTS_AT_ONCE 16u
#define BACK_MS        2000 /* a browser tries again after that */

enum topic { TOPIC_VALUES, TOPIC_ALARMS, TOPIC_MACHINES, TOPIC_EVENTS, TOPIC_COUNT };
static const char *const topic_words[TOPIC_COUNT] = {"values", "alarms", "machines", "events"};

/* A round over all items of a topic, which may take several parts. */
struct round {
    uint64_t told; /* up to which scan */
    uint64_t upto; /* of the round that is under way; 0 = none is */
    uint32_t at;
};

struct web_stream {
    struct mbp_web *web;
    struct web_stream *newer, *older;
    struct MHD_Connection *connection;
    unsigned topics; /* a bit each */
    enum mbp_lang lang;
    bool suspended, ended, greeted;
    bool replan; /* another plant has taken over */
    bool gap;    /* events are gone that the reader has not had */
    uint32_t gap_from;
    uint32_t next_seq;
    uint64_t clock_ms, values_ms;
    struct round round[TOPIC_EVENTS];
    char *rest;
    size_t rest_at, rest_len;
};

/* ---- frames ------------------------------------------------------------------------------------------------------ */

static void put_clock(const struct web_stream *stream, const char *name, FILE *out)
{
    const struct mbp_web *web = stream->web;
    const struct mbp_sim_figures sim = mbp_scan_sim(web->config.scan);
    fprintf(out,
            "event: %s\ndata: {\"scan\":%llu,\"time_ms\":%llu,\"simulated_ms\":%llu,\"paused\":%s,\"speed\":", name,
            (unsigned long long)web->state->scan, (unsigned long long)web->config.clock.wall_ms(web->config.clock.ctx),
            (unsigned long long)(web->state->sim_ns / MBP_NS_PER_MS), sim.paused ? "true" : "false");
    web_put_number(out, sim.speed);
    fprintf(out, ",\"last_event\":%u,\"active_alarms\":%u,\"unacknowledged\":%u,\"journal_trouble\":%s",
            mbp_journal_last(web->config.journal), web->state->active_alarms, web->state->unacknowledged,
            mbp_journal_in_trouble(web->config.journal) ? "true" : "false");
    fputs(",\"plant\":", out);
    web_put_text(out, web->plant->name);
    fprintf(out, ",\"crc\":\"%08x\"}\n", web->plant->public_crc);
}

/* The first words: from which event on the stream goes, so that even a reader that has had none comes back there. */
static void greet(struct web_stream *stream, FILE *out)
{
    fprintf(out, "retry: %d\nid: %u\n", BACK_MS, stream->next_seq - 1);
    put_clock(stream, stream->replan ? "plant" : "hello", out);
    putc('\n', out);
    stream->greeted = true;
    stream->replan = false;
}

static void put_gap(struct web_stream *stream, FILE *out)
{
    fprintf(out, "id: %u\nevent: gap\ndata: {\"from\":%u,\"to\":%u}\n\n", stream->next_seq - 1, stream->gap_from,
            stream->next_seq - 1);
    stream->gap = false;
}

static void put_events(struct web_stream *stream, FILE *out)
{
    struct mbp_event events[EVENTS_AT_ONCE];
    struct mbp_journal *journal = stream->web->config.journal;
    if (mbp_journal_last(journal) < stream->next_seq)
        return;
    size_t count = mbp_journal_read_sparse(journal, stream->next_seq, EVENTS_AT_ONCE, events);
    for (size_t i = 0; i < count; i++) {
        if (events[i].seq > stream->next_seq) { /* retention was quicker than the reader, or a hand took them out */
            stream->gap_from = stream->next_seq;
            stream->next_seq = events[i].seq;
            put_gap(stream, out);
        }
        fprintf(out, "id: %u\nevent: event\ndata: ", events[i].seq);
        web_put_event(stream->web, &events[i], stream->lang, out);
        putc('\n', out);
        stream->next_seq = events[i].seq + 1u;
    }
}

/* ---- rounds ------------------------------------------------------------------------------------------------------ */

static void put_value(const struct mbp_web *web, uint32_t i, FILE *out)
{
    const struct mbp_plant *plant = web->plant;
    bool sensor = i < plant->sensor_count;
    uint8_t flags = sensor ? web->state->flags[i] : 0;
    web_put_text(out, sensor ? plant->sensors[i].name : plant->actuators[i - plant->sensor_count].name);
    fputs(":{\"value\":", out);
    if (sensor)
        web_put_sensor_value(web, i, web->state->value[i], out);
    else
        web_put_number(out, web->state->lagged[i]);
    fprintf(out, ",\"quality\":\"%s\",\"forced\":%s}", (flags & MBP_SENSOR_BAD) != 0 ? "bad" : "good",
            (flags & MBP_SENSOR_FORCED) != 0 ? "true" : "false");
}

static void put_alarms(const struct mbp_web *web, uint32_t s, FILE *out)
{
    bool any = false;
    web_put_text(out, web->plant->sensors[s].name);
    fputs(":[", out);
    web_put_alarms(web, s, MBP_ALARM_COUNT, &any, out);
    putc(']', out);
}

static void put_machine(const struct mbp_web *web, uint32_t m, FILE *out)
{
    web_put_text(out, web->plant->machines[m].name);
    putc(':', out);
    web_put_machine(web, m, out);
}

static uint64_t changed_at(const struct web_stream *stream, enum topic topic, uint32_t i)
{
    const struct web_watch *watch = stream->web->watch;
    if (topic == TOPIC_ALARMS)
        return watch->alarm_at[i];
    if (topic == TOPIC_MACHINES)
        return watch->machine_at[i];
    uint32_t sensors = watch->plant->sensor_count;
    return i < sensors ? watch->value_at[i] : watch->actuator_at[i - sensors];
}

static uint32_t items_of(const struct mbp_plant *plant, enum topic topic)
{
    return topic == TOPIC_MACHINES ? plant->machine_count
           : topic == TOPIC_ALARMS ? plant->sensor_count
                                   : plant->sensor_count + plant->actuator_count;
}

/* What changed of a topic, until the part is full. False: it is, and the round goes on with the next one. */
static bool go_round(struct web_stream *stream, enum topic topic, FILE *out)
{
    static void (*const put[TOPIC_EVENTS])(const struct mbp_web *web, uint32_t i, FILE *out) = {
        [TOPIC_VALUES] = put_value, [TOPIC_ALARMS] = put_alarms, [TOPIC_MACHINES] = put_machine};
    struct mbp_web *web = stream->web;
    struct round *round = &stream->round[topic];
    uint32_t count = items_of(web->plant, topic);
    bool any = false;
    if (round->upto == 0)
        *round = (struct round){.told = round->told, .upto = web->watch->looked};
    for (; round->at < count && ftello(out) < (off_t)WEB_PART; round->at++) {
        if (changed_at(stream, topic, round->at) <= round->told)
            continue;
        if (!any)
            fprintf(out, "event: %s\ndata: {\"scan\":%llu,\"time_ms\":%llu,\"%s\":{", topic_words[topic],
                    (unsigned long long)web->state->scan, (unsigned long long)web->state->wall_ms, topic_words[topic]);
        fputs(any ? "," : "", out);
        any = true;
        put[topic](web, round->at, out);
    }
    fputs(any ? "}}\n\n" : "", out);
    if (round->at < count)
        return false;
    *round = (struct round){.told = round->upto};
    return true;
}

/* ---- parts ------------------------------------------------------------------------------------------------------- */

static bool wants(const struct web_stream *stream, enum topic topic)
{
    return (stream->topics >> topic & 1u) != 0;
}

static struct mbp_text write_part(struct web_stream *stream)
{
    struct mbp_web *web = stream->web;
    uint64_t now = uv_now(web->config.loop);
    FILE *out = web_scratch(web);
    if (!stream->greeted || stream->replan)
        greet(stream, out);
    if (stream->gap)
        put_gap(stream, out);
    if (wants(stream, TOPIC_EVENTS))
        put_events(stream, out);
    bool room = !wants(stream, TOPIC_ALARMS) || go_round(stream, TOPIC_ALARMS, out);
    room = room && (!wants(stream, TOPIC_MACHINES) || go_round(stream, TOPIC_MACHINES, out));
    bool due = stream->round[TOPIC_VALUES].upto != 0 || now - stream->values_ms >= VALUES_MS || stream->values_ms == 0;
    if (room && due && wants(stream, TOPIC_VALUES)) {
        go_round(stream, TOPIC_VALUES, out);
        stream->values_ms = now;
    }
    if (now - stream->clock_ms >= CLOCK_MS) {
        put_clock(stream, "clock", out);
        putc('\n', out);
        stream->clock_ms = now;
    }
    return web_scratch_text(web);
}

static ssize_t read_part(void *ctx, uint64_t pos, char *buf, size_t max)
{
    (void)pos;
    struct web_stream *stream = ctx;
    if (stream->ended || stream->web->watch == NULL)
        return MHD_CONTENT_READER_END_OF_STREAM;
    if (stream->rest_at == stream->rest_len) {
        struct mbp_text part = write_part(stream);
        if (part.len == 0) {
            stream->suspended = true;
            mhd.suspend_connection(stream->connection);
            return 0;
        }
        char *rest = realloc(stream->rest, part.len);
        if (rest == NULL)
            return MHD_CONTENT_READER_END_WITH_ERROR;
        memcpy(rest, part.bytes, part.len);
        stream->rest = rest;
        stream->rest_len = part.len;
        stream->rest_at = 0;
    }
    size_t len = stream->rest_len - stream->rest_at < max ? stream->rest_len - stream->rest_at : max;
    memcpy(buf, stream->rest + stream->rest_at, len);
    stream->rest_at += len;
    return (ssize_t)len;
}

static void forget(void *ctx)
{
    struct web_stream *stream = ctx;
    struct mbp_web *web = stream->web;
    if (stream->older != NULL)
        stream->older->newer = stream->newer;
    else
        web->streams = stream->newer;
    if (stream->newer != NULL)
        stream->newer->older = stream->older;
    web->stream_count--;
    free(stream->rest);
    free(stream);
    if (web->stream_count == 0) {
        web_watch_free(web->watch);
        web->watch = NULL;
    }
}

/* ---- all of them ------------------------------------------------------------------------------------------------- */

static bool resume_all(struct mbp_web *web)
{
    bool any = false;
    for (struct web_stream *stream = web->streams; stream != NULL; stream = stream->newer) {
        if (!stream->suspended)
            continue;
        stream->suspended = false;
        mhd.resume_connection(stream->connection);
        any = true;
    }
    return any;
}

/* A plant of very many sensors is looked at less often. */
static uint64_t wake_every_ms(const struct mbp_web *web)
{
    uint64_t by_size = web->plant->sensor_count / 1000u;
    return by_size > WAKE_MS ? by_size : WAKE_MS;
}

bool web_streams_wake(struct mbp_web *web, bool tick)
{
    uint64_t now = uv_now(web->config.loop);
    if (web->streams == NULL || (!tick && now - web->woken_ms < wake_every_ms(web)))
        return false;
    web->woken_ms = now;
    if (web->watch != NULL)
        web_watch_look(web->watch, web, web->state->scan);
    return resume_all(web);
}

void web_streams_replan(struct mbp_web *web)
{
    for (struct web_stream *stream = web->streams; stream != NULL; stream = stream->newer) {
        stream->replan = true;
        memset(stream->round, 0, sizeof stream->round);
        stream->values_ms = 0;
    }
    if (web->watch != NULL)
        web_watch_look(web->watch, web, web->state->scan);
    resume_all(web);
}

void web_streams_end(struct mbp_web *web)
{
    for (struct web_stream *stream = web->streams; stream != NULL; stream = stream->newer)
        stream->ended = true;
    resume_all(web);
}

/* ---- beginning --------------------------------------------------------------------------------------------------- */

/* "values,alarms" as bits; 0 after a problem. */
static unsigned take_topics(struct web_call *call, const struct web_arg *arg)
{
    unsigned topics = 0;
    if (!arg->given)
        return (1u << TOPIC_COUNT) - 1;
    for (const char *at = arg->text; at != NULL; at = strchr(at, ',') != NULL ? strchr(at, ',') + 1 : NULL) {
        size_t len = strcspn(at, ",");
        unsigned t = 0;
        while (t < TOPIC_COUNT && (strlen(topic_words[t]) != len || strncmp(topic_words[t], at, len) != 0))
            t++;
        if (t == TOPIC_COUNT) {
            web_problem(call, 400, "'topics' are values, alarms, machines and events, with commas between");
            return 0;
        }
        topics |= 1u << t;
    }
    return topics;
}

/* From which event on; what retention has removed is a gap. Of a number that this journal does not have yet nothing is
 * known: it goes on with what comes next. */
static bool take_place(struct web_call *call, struct web_stream *stream)
{
    struct mbp_journal *journal = call->web->config.journal;
    const char *header = web_header(call, "Last-Event-ID");
    const struct web_arg *arg = web_arg(call, 1);
    uint32_t last = mbp_journal_last(journal);
    char *end = NULL;
    unsigned long long had = header != NULL ? strtoull(header, &end, 10) : 0;
    stream->next_seq = last + 1;
    if (header != NULL && (header[0] < '0' || header[0] > '9' || *end != '\0' || had > UINT32_MAX)) {
        web_problem(call, 400, "Last-Event-ID must be the number of an event");
        return false;
    }
    if (header == NULL && !arg->given)
        return true;
    had = header != NULL ? had : (unsigned long long)arg->number;
    uint32_t oldest = mbp_journal_oldest(journal);
    if (had > last) {
        stream->next_seq = last + 1;
    } else if (had + 1 < oldest) {
        stream->gap = true;
        stream->gap_from = (uint32_t)had + 1;
        stream->next_seq = oldest;
    } else {
        stream->next_seq = (uint32_t)had + 1;
    }
    return true;
}

static bool begin(struct web_call *call, struct web_stream *stream)
{
    struct mbp_web *web = call->web;
    stream->web = web;
    stream->connection = call->connection;
    stream->clock_ms = uv_now(web->config.loop);
    stream->lang = web_lang_of(web_arg(call, 2));
    stream->topics = take_topics(call, web_arg(call, 0));
    if (stream->topics == 0 || !take_place(call, stream))
        return false;
    if (web->watch == NULL && web_watch_new(web->plant, &web->watch) != MBP_OK) {
        web_problem(call, 503, "not enough memory for a stream");
        return false;
    }
    web_watch_look(web->watch, web, web->state->scan);
    call->response = mhd.create_response_from_callback(MHD_SIZE_UNKNOWN, 2 * WEB_PART, read_part, stream, forget);
    if (call->response == NULL)
        web_problem(call, 503, "not enough memory for a stream");
    return call->response != NULL;
}

void web_stream_open(struct web_call *call)
{
    struct mbp_web *web = call->web;
    if (web->stream_count >= WEB_STREAMS_MAX) {
        web_problem(call, 503, "%u streams are open, and there are no more", WEB_STREAMS_MAX);
        return;
    }
    struct web_stream *stream = calloc(1, sizeof *stream);
    if (stream == NULL) {
        web_problem(call, 503, "not enough memory for a stream");
        return;
    }
    if (!begin(call, stream)) {
        free(stream);
        return;
    }
    stream->newer = web->streams;
    if (web->streams != NULL)
        web->streams->older = stream;
    web->streams = stream;
    web->stream_count++;
    web->streams_opened++;
    mhd.add_response_header(call->response, "X-Accel-Buffering", "no");
}
