/* Requests -> answers: of a stream's, a datagram's or a line's frames; with what a wire fault does to them. */
#include <string.h>

#include "mbplant/event.h"
#include "mbplant/image/touched.h"
#include "mbplant/names.h"
#include "server_priv.h"

#define LOST_SHOWN 16u

/* The instructor's unit shows what the server counted, up to the request that asks. (Inlined, it would take the
 * registers of every other request.) */
__attribute__((cold, noinline)) static void show_counters(const struct mbp_server *server)
{
    const struct mbp_server_counters *c = &server->counters;
    const uint64_t counts[MBP_SERVER_COUNTS] = {
        [MBP_COUNT_ACCEPTED] = c->accepted,
        [MBP_COUNT_OPEN] = c->open - server->closing,
        [MBP_COUNT_EVICTED] = c->evicted,
        [MBP_COUNT_TURNED_AWAY] = c->refused,
        [MBP_COUNT_REQUESTS] = c->requests,
        [MBP_COUNT_EXCEPTIONS] = c->exceptions,
        [MBP_COUNT_WRITES_REFUSED] = c->writes_refused,
        [MBP_COUNT_DISCARDED] = c->discarded,
        [MBP_COUNT_BAD_FRAMES] = c->bad_frames,
        [MBP_COUNT_TIMEOUTS] = c->timeouts,
        [MBP_COUNT_SLOW_CLOSED] = c->slow_closed,
        [MBP_COUNT_FAULTS] = c->faults,
    };
    mbp_image_show_server(server->config.image, counts);
}

static enum mbp_actor_kind kind_of(const struct mbp_wire *wire)
{
    if (wire->framing != MBP_FRAMING_MBAP)
        return MBP_ACTOR_RTU;
    return wire->medium == MBP_MEDIUM_UDP ? MBP_ACTOR_UDP : MBP_ACTOR_TCP;
}

/* Who it is: of those who only read, nobody needs to know. At the end of a line is who says nothing else. */
__attribute__((cold, noinline)) static struct mbp_peer introduce(struct connection *connection)
{
    const struct mbp_server_config *config = &connection->server->config;
    const struct mbp_wire *wire = &connection->listener->wire;
    struct mbp_actor actor = {.kind = (uint8_t)kind_of(wire)};
    memcpy(actor.address, connection->client->address.bytes, sizeof actor.address);
    mbp_access_introduce(config->plant, connection->visit.who, &connection->permit, &actor);
    if (actor.name[0] == '\0')
        snprintf(actor.name, sizeof actor.name, "%.*s", (int)MBP_WHO_MAX, wire->path);
    connection->peer.actor = config->actor_of != NULL ? config->actor_of(config->ctx, &actor) : MBP_ACTOR_OTHERS;
    connection->visit.renamed = false;
    return connection->peer;
}

/* Somebody who reads the plant's file or speaks to the instructor's unit looks at the simulation, as mbplantctl does
 * first of all: neither that nor what he asks on the same connection is a master's. A line has but one connection, for
 * all who are on it. */
__attribute__((noinline)) static void note_request(struct connection *connection, const struct mbp_frame *frame,
                                                   const struct mbp_image_unit *unit)
{
    const uint16_t file = frame->pdu_len >= 5 ? (uint16_t)(frame->pdu[3] << 8 | frame->pdu[4]) : 0;
    bool reads_file = frame->pdu[0] == 20 && file >= MBP_NAMES_INDEX_FILE && file < MBP_JOURNAL_FIRST_FILE;
    bool looks = unit->unit->instructor || (reads_file && !unit->unit->answer.no_files);
    bool alone = connection->listener->wire.medium == MBP_MEDIUM_TCP;
    connection->looks_on = connection->looks_on || (looks && alone);
    if (!looks && !connection->looks_on)
        mbp_image_note_request(unit);
}

static size_t respond(struct connection *connection, const struct mbp_frame *frame, struct mbp_image_unit *unit,
                      struct mbp_pdu_context *context, uint8_t *pdu)
{
    struct mbp_server *server = connection->server;
    if (unit == NULL && server->options->absent_silent && context->instead == 0)
        return 0;
    if (unit == NULL) {
        pdu[0] = frame->pdu[0] | 0x80u;
        pdu[1] = context->instead != 0 ? context->instead : MBP_EX_GATEWAY_TARGET_FAILED;
        return 2;
    }
    if (server->minds_masters)
        note_request(connection, frame, unit);
    if (unit->unit->instructor)
        show_counters(server);
    if (connection->visit.renamed)
        context->peer.actor = MBP_ACTOR_THE_PLANT; /* to be introduced again */
    if (context->peer.actor == MBP_ACTOR_THE_PLANT && mbp_pdu_writes(frame->pdu, frame->pdu_len) &&
        !mbp_pdu_speaks(frame->pdu, frame->pdu_len))
        context->peer = introduce(connection);
    context->unit = unit;
    context->listen_only = connection_listen_only(connection, unit->unit->id);
    context->serial = server->options->serial_functions ? &server->serial[unit->unit->id] : NULL;
    return mbp_pdu_respond(context, frame->pdu, frame->pdu_len, pdu);
}

static void count_exception(struct mbp_server *server, const struct mbp_frame *frame)
{
    server->counters.exceptions++;
    server->counters.writes_refused += mbp_pdu_writes(frame->pdu, frame->pdu_len);
}

/* Whether a listener's wire has a way to a unit of the plant. */
static bool reaches(const struct listener *listener, uint8_t unit_id)
{
    for (unsigned id = 0; listener->some_units && id < 256; id++) {
        if (listener->units.of[id] == unit_id)
            return true;
    }
    return !listener->some_units;
}

/* What is written to unit 0 is written to all (Messaging Guide 4.4.1.2 has no such unit on TCP; a serial line has). */
static void broadcast(struct connection *connection, const struct mbp_frame *frame, struct mbp_pdu_context *context)
{
    struct mbp_server *server = connection->server;
    uint8_t nobody_reads[MBP_PDU_MAX];
    for (uint32_t u = 0; u < server->config.plant->unit_count && mbp_pdu_writes(frame->pdu, frame->pdu_len); u++) {
        struct mbp_image_unit *unit = mbp_image_unit(server->config.image, server->config.plant->units[u].id);
        bool heard = !unit->unit->instructor && reaches(connection->listener, unit->unit->id);
        if (heard && respond(connection, frame, unit, context, nobody_reads) > 0 && (nobody_reads[0] & 0x80u) != 0)
            count_exception(server, frame); /* nobody else is told of it */
    }
}

/* ---- wire faults and who looks ----------------------------------------------------------------------------------- */

/* An answer whole, and the request that it is to. */
struct answered {
    uint8_t *out;
    size_t len;
    const uint8_t *raw; /* the request as it came */
    size_t raw_len;
    enum mbp_framing framing;
};

static void pause_at(struct batch *batch, const struct mbp_fault *fault, size_t at)
{
    batch->pause_at = batch->out_len + at;
    batch->pause_ms = fault->delay_ns / MBP_NS_PER_MS;
}

/* Another character in the check value of a line's frame; TCP's has none. */
static void spoil_check(const struct answered *answered)
{
    if (answered->framing == MBP_FRAMING_RTU)
        answered->out[answered->len - 1] ^= 0xFFu;
    else if (answered->framing == MBP_FRAMING_ASCII)
        answered->out[answered->len - 3] = answered->out[answered->len - 3] == '0' ? '1' : '0';
}

/* What a wire fault does to the bytes of an answer, of which the batch ends before. Returns the new length. */
__attribute__((cold, noinline)) static size_t suffer(const struct mbp_fault *fault, uint64_t seed,
                                                     const struct answered *answered, struct batch *batch)
{
    uint8_t *out = answered->out;
    size_t len = answered->len;
    size_t some = fault->amount < len ? fault->amount : len;
    switch ((int)fault->kind) {
    case MBP_FAULT_DELAY:
        pause_at(batch, fault, 0);
        return len;
    case MBP_FAULT_DROP:
        return 0;
    case MBP_FAULT_WRONG_TRANSACTION:
        out[1] = (uint8_t)(out[1] + (answered->framing == MBP_FRAMING_MBAP));
        return len;
    case MBP_FAULT_TRUNCATE:
        return some;
    case MBP_FAULT_SPLIT:
        pause_at(batch, fault, some);
        return len;
    case MBP_FAULT_CLOSE:
        batch->close = true;
        return 0;
    case MBP_FAULT_JUNK:
        return faults_put_junk(out, len, fault->amount, seed);
    case MBP_FAULT_DUPLICATE:
        memcpy(out + len, out, len);
        return 2 * len;
    case MBP_FAULT_CRC:
        spoil_check(answered);
        return len;
    case MBP_FAULT_CUT:
        batch->close = true;
        return some;
    case MBP_FAULT_ECHO:
        return faults_put_before(out, len, answered->raw, answered->raw_len);
    default: /* the PDU was made so, or the unit */
        return len;
    }
}

/* The unit that an id on the wire is. */
static struct mbp_image_unit *unit_on(const struct connection *connection, uint8_t id)
{
    const struct listener *listener = connection->listener;
    struct mbp_image *image = connection->server->config.image;
    if (!listener->some_units)
        return mbp_image_unit(image, id);
    uint16_t own = listener->units.of[id];
    return own != MBP_NONE16 ? mbp_image_unit(image, (uint8_t)own) : NULL;
}

/* The fault that the answer will meet, or NULL. It is drawn before the request is executed, for an exception stands
 * instead of that. A unit that is not there answers too, and suffers as others do; who listens only gets no answer. */
__attribute__((cold, noinline)) static const struct mbp_fault *draw_fault(struct connection *connection,
                                                                          const struct mbp_frame *frame,
                                                                          const struct mbp_image_unit *unit,
                                                                          struct mbp_pdu_context *context)
{
    const struct mbp_server *server = connection->server;
    context->instead = 0;
    uint8_t unit_id = unit != NULL ? unit->unit->id : frame->unit;
    if (server->faults == NULL || *connection_listen_only(connection, unit_id))
        return NULL;
    const struct mbp_fault *fault = faults_draw(server->config.plant, server->faults, server->fault_enabled, unit_id,
                                                frame, connection_age_ns(connection));
    if (fault != NULL && fault->kind == MBP_FAULT_EXCEPTION)
        context->instead = (uint8_t)fault->amount;
    return fault;
}

/* After the request: an instructor may have switched faults, and somebody may look. */
__attribute__((cold, noinline)) static void show(const struct connection *connection, const struct mbp_frame *frame,
                                                 const struct mbp_image_unit *unit, const uint8_t *pdu, size_t pdu_len,
                                                 const struct mbp_fault *fault)
{
    const struct mbp_server *server = connection->server;
    if (server->faults != NULL && server->fault_enabled != NULL && unit != NULL && unit->unit->instructor)
        faults_switched(server->config.plant, server->faults, server->fault_enabled);
    if (server->config.observe == NULL)
        return;
    const struct mbp_exchange exchange = {
        .address = connection->client->address.bytes,
        .peer_port = connection->port,
        .line = mbp_wire_is_line(&connection->listener->wire) ? connection->listener->wire.path : NULL,
        .transaction = frame->transaction,
        .unit = unit != NULL && connection->listener->some_units ? unit->unit->id : frame->unit,
        .request = frame->pdu,
        .request_len = frame->pdu_len,
        .response = pdu,
        .response_len = pdu_len,
        .fault = fault,
    };
    server->config.observe(server->config.ctx, &exchange);
}

/* Tells who looks of bytes that are no request. */
static void lose(struct connection *connection, const uint8_t *bytes, size_t len, const char *why)
{
    struct mbp_server *server = connection->server;
    const struct mbp_exchange exchange = {
        .address = connection->client->address.bytes,
        .peer_port = connection->port,
        .line = mbp_wire_is_line(&connection->listener->wire) ? connection->listener->wire.path : NULL,
        .request = bytes,
        .request_len = len < LOST_SHOWN ? len : LOST_SHOWN,
        .lost = why,
    };
    if (server->config.observe != NULL)
        server->config.observe(server->config.ctx, &exchange);
}

/* ---- one request ------------------------------------------------------------------------------------------------- */

/* The request's own header but for the length: its protocol id is 0, and a length fits a byte. */
static size_t put_header(uint8_t *out, const struct mbp_frame *frame, size_t pdu_len)
{
    memcpy(out, frame->pdu - MBP_MBAP_LEN, MBP_MBAP_LEN);
    out[4] = 0;
    out[5] = (uint8_t)(pdu_len + 1);
    return MBP_MBAP_LEN + pdu_len;
}

/* Makes a frame of the PDU that stands where it belongs in it. */
static size_t seal(enum mbp_framing framing, const struct mbp_frame *frame, uint8_t *out, size_t pdu_len)
{
    if (framing == MBP_FRAMING_MBAP)
        return put_header(out, frame, pdu_len);
    out[0] = frame->unit;
    return framing == MBP_FRAMING_RTU ? mbp_rtu_seal(out, pdu_len) : mbp_ascii_seal(out, pdu_len);
}

/* The same of a PDU that a wire fault happens to, with all that this does. */
__attribute__((cold, noinline)) static size_t finish(const struct connection *connection, const struct mbp_frame *frame,
                                                     const struct mbp_fault *fault, struct batch *batch, size_t pdu_len)
{
    struct mbp_server *server = connection->server;
    enum mbp_framing framing = (enum mbp_framing)connection->framing;
    uint8_t *out = server->output + batch->out_len;
    size_t head = framing == MBP_FRAMING_MBAP ? MBP_MBAP_LEN : 1;
    const uint8_t *raw = framing == MBP_FRAMING_MBAP ? frame->pdu - MBP_MBAP_LEN : batch->raw;
    struct mbp_frame spoilt = *frame;
    server->counters.faults++;
    spoilt.unit = (uint8_t)(frame->unit + (fault->kind == MBP_FAULT_WRONG_UNIT));
    pdu_len = faults_spoil_pdu(fault, out + head, pdu_len);
    size_t len = seal(framing, &spoilt, out, pdu_len);
    if (framing == MBP_FRAMING_MBAP)
        out[MBP_MBAP_LEN - 1] = spoilt.unit;
    const struct answered answered = {.out = out, .len = len, .raw = raw, .raw_len = frame->len, .framing = framing};
    return suffer(fault, server->config.plant->seed + server->counters.faults, &answered, batch);
}

/* The request is not even heard. */
__attribute__((cold, noinline)) static void stay_silent(struct connection *connection, const struct mbp_frame *frame,
                                                        const struct mbp_image_unit *unit,
                                                        const struct mbp_fault *fault)
{
    connection->server->counters.faults++;
    show(connection, frame, unit, frame->pdu, 0, fault);
}

/* Appends the answer to one request, with its header and whatever happens to it, to the batch. */
__attribute__((always_inline)) static inline void answer(struct connection *connection, const struct mbp_frame *frame,
                                                         struct batch *batch)
{
    struct mbp_server *server = connection->server;
    struct mbp_image_unit *unit = mbp_image_unit(server->config.image, frame->unit);
    uint8_t *out = server->output + batch->out_len;
    const struct mbp_fault *fault = NULL;
    server->counters.requests++;
    if (server->special) {
        unit = unit_on(connection, frame->unit);
        fault = draw_fault(connection, frame, unit, &batch->context);
        if (fault != NULL && fault->kind == MBP_FAULT_NO_ANSWER) {
            stay_silent(connection, frame, unit, fault);
            return;
        }
    }
    size_t pdu_len = 0;
    if (frame->unit == 0 && server->options->broadcast)
        broadcast(connection, frame, &batch->context);
    else
        pdu_len = respond(connection, frame, unit, &batch->context, out + MBP_MBAP_LEN);
    if (server->special)
        show(connection, frame, unit, out + MBP_MBAP_LEN, pdu_len, fault);
    if (pdu_len == 0)
        return;
    if ((out[MBP_MBAP_LEN] & 0x80u) != 0)
        count_exception(server, frame);
    if (fault != NULL)
        batch->out_len += finish(connection, frame, fault, batch, pdu_len);
    else
        batch->out_len += put_header(out, frame, pdu_len);
}

/* ---- a TCP stream ------------------------------------------------------------------------------------------------ */

/* Whether a request's turn to read records is over before it began. */
static bool must_wait(struct mbp_server *server, struct batch *batch, const struct mbp_frame *frame)
{
    unsigned reads = mbp_pdu_file_reads(frame->pdu, frame->pdu_len);
    if (server->file_reads >= FILE_READS_OF_ALL ||
        (batch->file_reads > 0 && batch->file_reads + reads > FILE_READS_OF_ONE))
        return true;
    batch->file_reads += reads;
    server->file_reads += reads;
    return false;
}

static struct batch begin(struct connection *connection)
{
    return (struct batch){.context = {.identity = &connection->server->config.plant->identity,
                                      .listen_only = &connection->listen_only,
                                      .peer = connection->peer,
                                      .permit = &connection->permit,
                                      .visit = &connection->visit}};
}

struct batch answer_batch(struct connection *connection, const uint8_t *bytes, size_t len)
{
    struct mbp_server *server = connection->server;
    struct batch batch = begin(connection);
    for (unsigned answered = 0; answered < MBP_IN_FLIGHT_MAX;) {
        struct mbp_frame frame = mbp_mbap_parse(bytes + batch.taken, len - batch.taken);
        if (frame.kind == MBP_FRAME_MORE)
            return batch;
        if (frame.kind == MBP_FRAME_CLOSE) {
            server->counters.bad_frames++;
            lose(connection, bytes + batch.taken, len - batch.taken,
                 "bytes 5 and 6 are no length of a frame (2..254): connection closed");
            batch.close = true;
            return batch;
        }
        if (frame.kind == MBP_FRAME_REQUEST && frame.pdu[0] == 20 && must_wait(server, &batch, &frame))
            break;
        batch.taken += frame.len;
        if (frame.kind == MBP_FRAME_DISCARD) {
            server->counters.discarded++;
            lose(connection, bytes + batch.taken - frame.len, frame.len, "protocol id is not 0: frame discarded");
            continue;
        }
        answer(connection, &frame, &batch);
        answered++;
        if (batch.close || batch.pause_ms != 0)
            break;
    }
    batch.more = true;
    return batch;
}

__attribute__((noinline)) struct batch answer_datagram(struct connection *connection, const struct mbp_frame *frame)
{
    struct batch batch = begin(connection);
    if (frame->pdu[0] != 20 || !must_wait(connection->server, &batch, frame))
        answer(connection, frame, &batch);
    return batch;
}

/* ---- a serial line, or its frames over TCP ----------------------------------------------------------------------- */

static struct mbp_frame line_frame(const struct connection *connection, const uint8_t *bytes, size_t len,
                                   uint8_t adu[MBP_ADU_MAX])
{
    if (connection->framing == MBP_FRAMING_RTU)
        return mbp_rtu_parse(bytes, len, connection->quiet);
    return mbp_ascii_parse(bytes, len, connection->quiet, adu);
}

bool answer_stands(const struct connection *connection, const uint8_t *bytes, size_t len)
{
    uint8_t adu[MBP_ADU_MAX];
    if (connection->framing == MBP_FRAMING_MBAP)
        return mbp_mbap_parse(bytes, len).kind != MBP_FRAME_MORE;
    return line_frame(connection, bytes, len, adu).kind != MBP_FRAME_MORE;
}

/* Every unit hears a damaged frame (V1.1b3 6.8, sub-function 12), which may be discarded in several pieces. */
static void discard(struct connection *connection, const uint8_t *bytes, size_t len)
{
    struct mbp_server *server = connection->server;
    if (connection->noise)
        return;
    connection->noise = true;
    server->counters.bad_frames++;
    for (uint32_t u = 0; u < server->config.plant->unit_count; u++)
        server->serial[server->config.plant->units[u].id].comm_errors++;
    lose(connection, bytes, len,
         connection->framing == MBP_FRAMING_RTU ? "no frame with a right CRC: discarded"
                                                : "no frame with a right LRC: discarded");
}

/* Appends the answer to one request; a unit that is not there stays silent, for on a line it may be another device. */
static void answer_frame(struct connection *connection, const struct mbp_frame *frame, struct batch *batch)
{
    struct mbp_server *server = connection->server;
    struct mbp_image_unit *unit = unit_on(connection, frame->unit);
    uint8_t *out = server->output + batch->out_len;
    bool other = unit != NULL && !connection->listener->some_units && unit->unit->id != frame->unit;
    if ((frame->pdu[0] & 0x80u) != 0)
        return; /* an exception: another device's answer, or our own that the line gives back */
    server->counters.requests++;
    batch->context.instead = 0;
    if (frame->unit == 0) {
        broadcast(connection, frame, &batch->context);
        show(connection, frame, unit, out, 0, NULL);
        return;
    }
    if (unit == NULL || other)
        return;
    const struct mbp_fault *fault = server->special ? draw_fault(connection, frame, unit, &batch->context) : NULL;
    if (fault != NULL && fault->kind == MBP_FAULT_NO_ANSWER) {
        stay_silent(connection, frame, unit, fault);
        return;
    }
    size_t pdu_len = respond(connection, frame, unit, &batch->context, out + 1);
    if (server->special)
        show(connection, frame, unit, out + 1, pdu_len, fault);
    if (pdu_len == 0)
        return;
    if ((out[1] & 0x80u) != 0)
        count_exception(server, frame);
    if (fault != NULL)
        batch->out_len += finish(connection, frame, fault, batch, pdu_len);
    else
        batch->out_len += seal((enum mbp_framing)connection->framing, frame, out, pdu_len);
}

__attribute__((noinline)) struct batch answer_line(struct connection *connection, const uint8_t *bytes, size_t len)
{
    struct batch batch = begin(connection);
    uint8_t adu[MBP_ADU_MAX];
    for (unsigned answered = 0; answered < MBP_IN_FLIGHT_MAX;) {
        const uint8_t *raw = bytes + batch.taken;
        struct mbp_frame frame = line_frame(connection, raw, len - batch.taken, adu);
        if (frame.kind == MBP_FRAME_MORE)
            return batch;
        if (frame.kind == MBP_FRAME_REQUEST && frame.pdu[0] == 20 && must_wait(connection->server, &batch, &frame))
            break;
        batch.taken += frame.len;
        batch.raw = raw;
        answered++;
        if (frame.kind == MBP_FRAME_DISCARD) {
            discard(connection, raw, frame.len);
            connection->noise = batch.taken < len;
        } else {
            connection->noise = false;
            answer_frame(connection, &frame, &batch);
        }
        if (batch.close || batch.pause_ms != 0)
            break;
    }
    batch.more = true;
    return batch;
}
