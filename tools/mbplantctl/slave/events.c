/* Reading the journal: six events a request, many requests under way. */
#include "slave/events.h"

#include "ctl.h"

#define EVENTS_A_PIECE (CTL_FILE_WORDS_MAX / MBP_EVENT_WORDS)

struct run {
    uint64_t asked, last; /* the next event to ask for, the last one wanted: 64 bits, so that one past UINT32_MAX is */
    uint32_t next;        /* the next one to hand over */
    bool (*got)(void *ctx, const struct mbp_event *event);
    void *ctx;
    bool wrong; /* an event carries another number than its place */
};

static bool next_piece(void *ctx, struct ctl_piece *piece)
{
    struct run *run = ctx;
    if (run->asked > run->last)
        return false;
    uint32_t seq = (uint32_t)run->asked;
    uint32_t place = seq % MBP_EVENTS_PER_FILE;
    uint64_t count = run->last - run->asked + 1;
    if (count > EVENTS_A_PIECE)
        count = EVENTS_A_PIECE;
    if (count > MBP_EVENTS_PER_FILE - place)
        count = MBP_EVENTS_PER_FILE - place;
    *piece = (struct ctl_piece){mbp_event_file(seq), mbp_event_place(seq), (uint16_t)(MBP_EVENT_WORDS * count)};
    run->asked += count;
    return true;
}

static bool got_piece(void *ctx, const struct ctl_piece *piece, const uint16_t *words)
{
    struct run *run = ctx;
    for (unsigned i = 0; i < piece->count / MBP_EVENT_WORDS; i++) {
        struct mbp_event event;
        mbp_event_decode(words + (size_t)i * MBP_EVENT_WORDS, &event);
        run->wrong = event.seq != run->next;
        if (run->wrong || !run->got(run->ctx, &event))
            return false;
        run->next++;
    }
    return true;
}

enum mbp_status ctl_events_read(struct ctl_link *link, uint8_t unit, uint32_t first, uint32_t last,
                                bool (*got)(void *ctx, const struct mbp_event *event), void *ctx, uint32_t *next)
{
    struct run run = {.asked = first, .last = last, .next = first, .got = got, .ctx = ctx};
    struct ctl_piece_reader reader = {next_piece, got_piece, &run};
    enum mbp_status status = ctl_read_pieces(link, unit, &reader);
    if (next != NULL)
        *next = run.next;
    return run.wrong ? MBP_ERR_CORRUPT : status;
}

static bool keep_event(void *ctx, const struct mbp_event *event)
{
    *(struct mbp_event *)ctx = *event;
    return true;
}

enum mbp_status ctl_event_read(struct ctl_link *link, uint8_t unit, uint32_t seq, struct mbp_event *out)
{
    return ctl_events_read(link, unit, seq, seq, keep_event, out, NULL);
}

/* ---- what goes with one ----------------------------------------------------------------------------------------- */

#define FC_READ_FILE_RECORD 20u
#define REFERENCE_TYPE      6u
#define GROUP_LEN           7u

struct beside {
    uint32_t seq;
    const struct ctl_piece *piece;
    uint16_t *words;
    bool asked;
};

static uint8_t *put16(uint8_t *bytes, uint16_t number)
{
    bytes[0] = (uint8_t)(number >> 8);
    bytes[1] = (uint8_t)number;
    return bytes + 2;
}

static uint8_t *put_group(uint8_t *bytes, const struct ctl_piece *piece)
{
    *bytes++ = REFERENCE_TYPE;
    return put16(put16(put16(bytes, piece->file), piece->record), piece->count);
}

/* A word of the event, so that the slave knows which; then what goes with it. */
static size_t ask_beside(void *ctx, uint8_t *pdu)
{
    struct beside *beside = ctx;
    const struct ctl_piece event = {mbp_event_file(beside->seq), mbp_event_place(beside->seq), 1};
    if (beside->asked)
        return 0;
    beside->asked = true;
    pdu[0] = FC_READ_FILE_RECORD;
    pdu[1] = 2 * GROUP_LEN;
    return (size_t)(put_group(put_group(pdu + 2, &event), beside->piece) - pdu);
}

static enum mbp_status take_beside(void *ctx, struct ctl_link *link, const uint8_t *pdu, size_t len, bool *more)
{
    const struct beside *beside = ctx;
    const unsigned count = beside->piece->count;
    (void)more;
    if (len != 8 + 2 * (size_t)count || pdu[6] != 1 + 2 * count || pdu[7] != REFERENCE_TYPE)
        return ctl_link_fail(link, "the reply to Read File Record does not fit the request");
    for (unsigned i = 0; i < count; i++)
        beside->words[i] = (uint16_t)(pdu[8 + 2 * i] << 8 | pdu[9 + 2 * i]);
    return MBP_OK;
}

enum mbp_status ctl_event_read_beside(struct ctl_link *link, uint8_t unit, uint32_t seq, const struct ctl_piece *beside,
                                      uint16_t *words)
{
    struct beside asking = {.seq = seq, .piece = beside, .words = words};
    const struct ctl_dialogue dialogue = {ask_beside, take_beside, &asking};
    return ctl_converse(link, unit, &dialogue);
}

/* ---- holes ------------------------------------------------------------------------------------------------------- */

/* So many that are missing together were not taken out by hand: the slave has no such files. */
#define HOLE_MAX 10000u

enum mbp_status ctl_events_skip_hole(struct ctl_link *link, uint8_t unit, uint32_t last, uint32_t *next)
{
    const uint32_t first = *next;
    struct mbp_event event;
    enum mbp_status status = MBP_EX_ILLEGAL_DATA_ADDRESS;
    while (status == MBP_EX_ILLEGAL_DATA_ADDRESS && *next <= last && *next - first < HOLE_MAX) {
        status = ctl_event_read(link, unit, *next, &event);
        *next += status == MBP_EX_ILLEGAL_DATA_ADDRESS;
    }
    if (status == MBP_EX_ILLEGAL_DATA_ADDRESS && *next > last)
        return MBP_OK;
    return status == MBP_OK && *next == first ? MBP_EX_ILLEGAL_DATA_ADDRESS : status;
}

void ctl_events_say_hole(uint32_t first, uint32_t end)
{
    if (end - first == 1)
        ctl_error("event %u is missing", first);
    else
        ctl_error("events %u to %u are missing", first, end - 1);
}

/* ---- finding a time --------------------------------------------------------------------------------------------- */

#define WALL_WORD  4u /* of an event's record */
#define WALL_WORDS 4u

struct probing {
    const uint32_t *seqs;
    size_t count, asked, got;
    uint64_t *wall_ms;
};

static bool next_time(void *ctx, struct ctl_piece *piece)
{
    struct probing *probing = ctx;
    if (probing->asked == probing->count)
        return false;
    uint32_t seq = probing->seqs[probing->asked++];
    *piece = (struct ctl_piece){mbp_event_file(seq), (uint16_t)(mbp_event_place(seq) + WALL_WORD), WALL_WORDS};
    return true;
}

static bool got_time(void *ctx, const struct ctl_piece *piece, const uint16_t *words)
{
    struct probing *probing = ctx;
    (void)piece;
    probing->wall_ms[probing->got++] = mbp_words_u64(words);
    return true;
}

enum mbp_status ctl_events_times(struct ctl_link *link, uint8_t unit, const uint32_t *seqs, size_t count,
                                 uint64_t *wall_ms)
{
    struct probing probing = {.seqs = seqs, .count = count, .wall_ms = wall_ms};
    struct ctl_piece_reader reader = {next_time, got_time, &probing};
    return ctl_read_pieces(link, unit, &reader);
}
