/* watch_slave: the slave as watch follows it: looked at again and again, found again when it was gone. */
#ifndef MBP_CTL_WATCH_SLAVE_H
#define MBP_CTL_WATCH_SLAVE_H

#include "watch/watch.h"

struct watch_slave {
    struct ctl *ctl;
    struct ctl_overview overview; /* of the last look that succeeded */
    bool has_overview;
    struct mbp_event events[WATCH_EVENTS]; /* oldest first */
    char *comments[WATCH_EVENTS];          /* what was said with each; NULL = nothing */
    size_t event_count;
    char trouble[512];    /* why the last look failed; "" = it did not */
    uint64_t answered_ms; /* monotonic: when it answered last */
    char *reading;        /* what a form read last: watch_view.reading */
    bool is_new;          /* another plant has been learned; whoever compares with before clears it */
};

/* Milliseconds of a clock that nobody sets. */
uint64_t watch_now_ms(void);

/* Runs something that prints: what it wrote, out and errors. NULL: no memory. Ownership: free(*text). */
enum ctl_exit watch_capture(struct ctl *ctl, enum ctl_exit (*run)(struct ctl *ctl, void *ctx), void *ctx, char **text);

/* Copies what was said, each line without the program's name, and without the last line's end. */
void watch_take_down(const char *text, char *said, size_t size);

/* Runs something that prints, and takes down what it said instead, without "mbplantctl: " and the last line's end. */
enum ctl_exit watch_quietly(struct ctl *ctl, enum ctl_exit (*run)(struct ctl *ctl, void *ctx), void *ctx, char *said,
                            size_t size);

/* Connects and learns the plant. Errors are told on stderr. */
enum ctl_exit watch_slave_find(struct watch_slave *slave);

/* Reads the plant and the events since the last look. While the slave is gone its last state stays, and each look tries
 * to find it again. */
void watch_slave_look(struct watch_slave *slave);

void watch_slave_forget(struct watch_slave *slave);

/* Seconds since it answered last; 0 while it does. */
uint64_t watch_silent_s(const struct watch_slave *slave);

/* ---- what a key changes (watch_act.c) ---------------------------------------------------------------------------- */

/* Does what was asked of view->target by the verb that does it, and leaves the verb's answer in view->message. seen are
 * the alarms that waited when the screen was drawn (watch_note_waiting): others are not acknowledged. */
void watch_act(struct watch_slave *slave, enum watch_action action, const uint8_t *seen, struct watch_view *view);

/* ---- without a terminal (watch_plain.c) -------------------------------------------------------------------------- */

enum ctl_exit watch_run_plain(struct watch_slave *slave, uint32_t interval_ms);

#endif
