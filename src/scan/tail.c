/* The room in the journal's file: twice what is coalesced, of which the note says which one counts; so the snapshot;
 * then the image's. */
#include "tail.h"
#include "mbplant/image/keep.h"

#include <stdlib.h>
#include <string.h>

#include "checkpoint.h"

_Static_assert(sizeof(struct scan_note) <= MBP_JOURNAL_NOTE_MAX, "it fits a note");

_Static_assert(sizeof(struct scan_untold) % 8 == 0, "what follows is aligned");

#define UNTOLD_AT       (SCAN_PLACES * sizeof(struct scan_pending)) /* in a half */
#define COALESCED_BYTES (UNTOLD_AT + sizeof(struct scan_untold))

/* ---- out -------------------------------------------------------------------------------------------------------- */

static size_t whole(size_t bytes)
{
    return (bytes + 7) / 8 * 8;
}

/* How long a half is, for this plant. */
static void measure(struct mbp_scan *scan)
{
    bool small = scan_checkpoint_is_small(scan->state, scan->config.plant->scan_ns);
    scan->tail.state_bytes = small ? mbp_state_bytes(scan->state) : 0;
    scan->tail.half_bytes = COALESCED_BYTES + whole(scan->tail.state_bytes);
    scan->tail.snapshot_bytes = scan->config.plant->instructor ? whole(mbp_state_bytes(scan->state)) : 0;
}

static size_t snapshot_at(const struct mbp_scan *scan, uint64_t half)
{
    return 2 * scan->tail.half_bytes + (half & 1u) * scan->tail.snapshot_bytes;
}

/* Before the image's. */
static size_t our_bytes(const struct mbp_scan *scan)
{
    return 2 * (scan->tail.half_bytes + scan->tail.snapshot_bytes);
}

static void take_room(struct mbp_scan *scan)
{
    measure(scan);
    size_t ours = our_bytes(scan);
    uint8_t *room = mbp_journal_tail_room(scan->config.journal, ours + mbp_image_tail_bytes(scan->config.image));
    scan->tail.room = room;
    scan->tail.latched = 0;
    scan->tail.seen = 0;
    scan->tail.snapshot_sum = 0;
    memset(scan->tail.state, 0, sizeof scan->tail.state);
    mbp_image_keep_tail(scan->config.image, room != NULL ? room + ours : NULL);
}

static void begin(struct mbp_scan *scan)
{
    if (scan->config.journal == NULL || scan->config.checkpoint_every_ns == 0)
        return;
    mbp_journal_keep_tail(scan->config.journal);
    take_room(scan);
    if (scan->sim.snapshot)
        scan_tail_snapshot(scan);
}

bool scan_tail_leave(struct mbp_scan *scan)
{
    bool there = scan->tail.room != NULL;
    scan->tail.room = NULL;
    return there;
}

void scan_tail_change(struct mbp_scan *scan)
{
    take_room(scan);
    scan_tail_note(scan);
    mbp_journal_hand_over(scan->config.journal);
}

void scan_tail_latched(struct mbp_scan *scan)
{
    scan->tail.latched = mbp_image_tail_position(scan->config.image);
}

void scan_tail_seen(struct mbp_scan *scan)
{
    scan->tail.seen = mbp_image_tail_position(scan->config.image);
}

static void note_coalesced(const struct mbp_scan *scan, uint8_t *half, struct scan_note *note)
{
    if (!scan_writes_are_coalesced(scan))
        return;
    note->pending = scan_writes_coalesced(scan, (struct scan_pending *)(void *)half);
    note->pending_sum = mbp_checksum(note->pending, half, note->pending * sizeof(struct scan_pending));
}

static uint64_t never_zero(uint64_t sum)
{
    return sum != 0 ? sum : 1;
}

/* Of what is there, for this is reckoned with each scan of a master in lock-step. */
static uint64_t sum_of_untold(const struct scan_untold *untold)
{
    uint64_t refused = mbp_checksum(sizeof *untold, untold->refused, untold->refused_count * sizeof untold->refused[0]);
    return never_zero(mbp_checksum(refused, untold->command, untold->command_count * sizeof untold->command[0]));
}

static void note_untold(const struct mbp_scan *scan, uint8_t *half, struct scan_note *note)
{
    struct scan_untold *untold = (struct scan_untold *)(void *)(half + UNTOLD_AT);
    untold->refused_count = scan_refusals_coalesced(scan, untold->refused);
    untold->command_count = scan->commands.count;
    if (untold->refused_count + untold->command_count == 0)
        return;
    memcpy(untold->command, scan->commands.waiting, untold->command_count * sizeof untold->command[0]);
    note->untold_sum = sum_of_untold(untold);
}

static void note_state(struct mbp_scan *scan, uint8_t *half, struct scan_note *note)
{
    struct mbp_state_mirror *mirror = &scan->tail.state[scan->tail.half];
    if (scan->tail.state_bytes == 0)
        return;
    mirror->bytes = half + COALESCED_BYTES;
    note->state_sum = mbp_state_mirror(scan->state, mirror);
}

void scan_tail_snapshot(struct mbp_scan *scan)
{
    struct scan_tail *tail = &scan->tail;
    if (tail->room == NULL || tail->snapshot_bytes == 0)
        return;
    tail->snapshot_half ^= 1u;
    struct mbp_state_mirror mirror = {.bytes = tail->room + snapshot_at(scan, tail->snapshot_half)};
    tail->snapshot_sum = mbp_state_mirror(scan->snapshot, &mirror);
}

void scan_tail_note(struct mbp_scan *scan)
{
    if (scan->tail.room == NULL)
        return;
    scan->tail.half ^= 1u;
    uint8_t *half = scan->tail.room + scan->tail.half * scan->tail.half_bytes;
    struct scan_note note = {.latched = scan->tail.latched,
                             .seen = scan->tail.seen,
                             .scan = scan->state->scan,
                             .paused = scan->sim.paused,
                             .steps = scan->sim.steps,
                             .speed = scan->sim.speed,
                             .speed_given = scan->config.speed,
                             .half = scan->tail.half,
                             .snapshot_half = scan->tail.snapshot_half,
                             .snapshot_sum = scan->tail.snapshot_sum};
    note_coalesced(scan, half, &note);
    note_untold(scan, half, &note);
    note_state(scan, half, &note);
    mbp_journal_note(scan->config.journal, &note, sizeof note);
}

void scan_tail_tidy(struct mbp_scan *scan)
{
    if (scan->tail.room != NULL)
        mbp_image_tidy_tail(scan->config.image);
}

/* ---- in --------------------------------------------------------------------------------------------------------- */

static struct scan_note note_of(const struct scan_past *past)
{
    struct scan_note note;
    memcpy(&note, past->left.note, sizeof note);
    return note;
}

static const uint8_t *image_room(const struct mbp_scan *scan, const struct scan_past *past)
{
    return past->left.room + our_bytes(scan);
}

bool scan_tail_find(struct mbp_scan *scan, struct scan_past *past)
{
    if (past->left.bytes == NULL || past->left.room_bytes == 0)
        return false; /* nothing was cut off, or before there was anything */
    measure(scan);
    size_t ours = our_bytes(scan);
    past->tail_taken =
        past->left.room_bytes >= ours &&
        mbp_image_tail_is_whole(scan->config.image, image_room(scan, past), past->left.room_bytes - ours);
    if (!past->tail_taken)
        mbp_log(MBP_LOG_WARNING, "journal.tail: what was confirmed since the last checkpoint is of another plant file, "
                                 "or damaged, and is left out");
    return past->tail_taken;
}

static const uint8_t *half_of(const struct mbp_scan *scan, const struct scan_past *past, const struct scan_note *note)
{
    return past->left.room + (note->half & 1u) * scan->tail.half_bytes;
}

enum mbp_status scan_tail_take_state(struct mbp_scan *scan, const struct scan_past *past)
{
    if (!past->tail_taken)
        return MBP_ERR_MISSING;
    struct scan_note note = note_of(past);
    const uint8_t *bytes = half_of(scan, past, &note) + COALESCED_BYTES;
    if (note.state_sum == 0 || scan->tail.state_bytes == 0 || note.state_sum != mbp_state_mirrored(scan->state, bytes))
        return MBP_ERR_MISSING;
    enum mbp_status status = mbp_state_take(scan->config.plant, scan->state, bytes, scan->tail.state_bytes);
    scan->faults_told = scan->state->fault_changes;
    return status;
}

static void take_untold(struct mbp_scan *scan, const uint8_t *half, const struct scan_note *note)
{
    struct scan_untold untold;
    memcpy(&untold, half + UNTOLD_AT, sizeof untold);
    if (note->untold_sum == 0 || untold.refused_count > SCAN_SEATS + 1 || untold.command_count > SCAN_COMMANDS_MAX ||
        note->untold_sum != sum_of_untold(&untold))
        return;
    for (size_t i = 0; i < untold.refused_count; i++)
        scan_refuse_again(scan, &untold.refused[i]);
    memcpy(scan->commands.waiting, untold.command, untold.command_count * sizeof untold.command[0]);
    scan->commands.count = untold.command_count;
}

static void take_snapshot(struct mbp_scan *scan, const struct scan_past *past)
{
    if (!past->tail_taken)
        return;
    struct scan_note note = note_of(past);
    const uint8_t *bytes = past->left.room + snapshot_at(scan, note.snapshot_half);
    if (note.snapshot_sum != 0 && scan->tail.snapshot_bytes != 0 &&
        note.snapshot_sum == mbp_state_mirrored(scan->state, bytes))
        scan_take_snapshot(scan, bytes, mbp_state_bytes(scan->state));
}

bool scan_tail_take_pending(struct mbp_scan *scan, const struct scan_past *past)
{
    if (!past->tail_taken)
        return false;
    struct scan_note note = note_of(past);
    if (scan->state->scan < note.scan)
        scan->state->scan = note.scan;
    const uint8_t *half = half_of(scan, past, &note);
    if (scan->config.plant->instructor)
        scan_take_time(scan, note.paused != 0, note.steps, note.speed, note.speed_given);
    take_untold(scan, half, &note);
    if (note.pending == 0 || note.pending > SCAN_PLACES ||
        note.pending_sum != mbp_checksum(note.pending, half, note.pending * sizeof(struct scan_pending)))
        return false;
    for (uint64_t i = 0; i < note.pending; i++) {
        struct scan_pending pending;
        memcpy(&pending, half + i * sizeof pending, sizeof pending);
        scan_coalesce_again(scan, &pending);
    }
    return true;
}

void scan_tail_write(struct mbp_scan *scan, const struct scan_past *past)
{
    struct scan_note note = note_of(past);
    if (past->tail_taken)
        mbp_image_write_tail(scan->config.image, image_room(scan, past), note.latched, note.seen, true);
}

void scan_tail_begin(struct mbp_scan *scan, const struct scan_past *past)
{
    take_snapshot(scan, past);
    if (past->tail_taken) {
        struct scan_note note = note_of(past);
        scan_publish(scan);
        mbp_image_take_tail(scan->config.image, image_room(scan, past), note.latched, note.seen);
        scan_publish(scan);
        begin(scan);
        mbp_image_write_tail(scan->config.image, image_room(scan, past), note.latched, note.seen, false);
    } else {
        begin(scan);
    }
}
