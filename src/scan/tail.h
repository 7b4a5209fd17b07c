/* tail: what of the scan and its image outlives SIGKILL beside the journal's records (mbp_journal_keep_tail): confirmed
 * writes, what is coalesced of them, of refusals and of the instructor's commands, what he did with the time, and his
 * snapshot. */
#ifndef MBPLANT_SCAN_TAIL_H
#define MBPLANT_SCAN_TAIL_H

#include "scan_priv.h"

/* Writes of a point that are not told yet, with what they made of it. */
struct scan_pending {
    struct mbp_event event;
    uint32_t coalesced, none;
    double value;
};

/* Refusals and commands that are not told yet. */
struct scan_untold {
    struct mbp_refusal refused[SCAN_SEATS + 1];
    struct scan_command command[SCAN_COMMANDS_MAX];
    uint64_t refused_count, command_count;
};

/* As it is with each hand-over. */
struct scan_note {
    uint64_t latched, seen; /* of the image's writes: taken in by the scan; by the instructor's side */
    uint64_t scan, paused, steps;
    double speed, speed_given;
    uint64_t half; /* of the room */
    uint64_t pending, pending_sum;
    uint64_t untold_sum;                  /* 0 = there is nothing */
    uint64_t state_sum;                   /* 0 = there is no state */
    uint64_t snapshot_half, snapshot_sum; /* likewise */
};

/* ---- in: what an earlier run left ---- */

/* Whether there is anything, of this plant: then it is later than the checkpoint. */
bool scan_tail_find(struct mbp_scan *scan, struct scan_past *past);

/* The state as it was with the last hand-over, to the bit. Errors: MBP_ERR_MISSING (it is too large to be kept so
 * often, or damaged): checkpoint and rows are to be taken; MBP_ERR_CORRUPT: likewise, and the state is of no more use.
 */
enum mbp_status scan_tail_take_state(struct mbp_scan *scan, const struct scan_past *past);

/* Into the state, behind all rows; the events are told with the start. False: there was nothing to change. */
bool scan_tail_take_pending(struct mbp_scan *scan, const struct scan_past *past);

/* ---- out ---- */

/* The state is ready: the image is as it was, what no scan had taken in is written again, and from now on all of that
 * is kept of this run. */
void scan_tail_begin(struct mbp_scan *scan, const struct scan_past *past);

/* Once more what no scan had taken in and stands in tables, where the image was published since: what the instructor
 * wrote is no longer there, and all of that may come twice. */
void scan_tail_write(struct mbp_scan *scan, const struct scan_past *past);

/* Another plant takes over. What is kept of the one before stays in force until the new one's checkpoint is stored: a
 * run that is cut off in between finds the two that belong together. Nothing may be written until scan_tail_change.
 * False: nothing is kept. */
bool scan_tail_leave(struct mbp_scan *scan);

/* From now on it is the present plant's image that is kept. */
void scan_tail_change(struct mbp_scan *scan);

/* All that masters wrote so far is taken in. */
void scan_tail_latched(struct mbp_scan *scan);
void scan_tail_seen(struct mbp_scan *scan);

/* One was taken: it comes in force with the next hand-over. */
void scan_tail_snapshot(struct mbp_scan *scan);

/* Before a hand-over, and after it. */
void scan_tail_note(struct mbp_scan *scan);
void scan_tail_tidy(struct mbp_scan *scan);

#endif
