/* writer: the thread that turns what was handed over into committed rows, and holds on to it while it cannot. */
#ifndef MBP_JOURNAL_WRITER_H
#define MBP_JOURNAL_WRITER_H

#include <pthread.h>

#include "latest.h"
#include "mbplant/base/bell.h"
#include "store.h"

struct mbp_writer {
    struct mbp_ring *ring;
    struct mbp_store *store;
    struct mbp_latest latest;
    const struct mbp_plant *latest_of; /* the plant that it was made for */
    struct mbp_clock clock;
    struct mbp_bell work; /* the writer sleeps on it */
    struct mbp_bell done; /* mbp_writer_flush sleeps on it */
    _Atomic uint32_t oldest, last, incident;
    _Atomic uint64_t checked, removed; /* last event, and last one that retention removed; their check values below */
    atomic_bool trouble;
    _Atomic uint64_t finished; /* the ring's position up to which all of the above is told */
    atomic_bool stop;
    _Atomic uint64_t backed_off_ms;   /* sum of all back-offs after failed commits */
    unsigned patience_ms;             /* back-offs that stopping and flushing put up with */
    enum mbp_retention_next next;     /* what retention said last */
    uint64_t rest_until_ns;           /* it waits until then */
    const unsigned char *prepared_of; /* the ring's memory, and up to which position it is real: at most one turn */
    uint64_t prepared, prepared_end;
    pthread_t thread;
};

/* Shape: ring, store and clock must outlive it; marks: what the store holds.
 * Errors: MBP_ERR_IO (no thread or eventfd left; errno). Ownership: mbp_writer_stop. */
enum mbp_status mbp_writer_start(struct mbp_writer *writer, struct mbp_ring *ring, struct mbp_store *store,
                                 const struct mbp_clock *clock, const struct mbp_marks *marks, unsigned patience_ms);

/* Commits what was handed over, or gives up after patience_ms of back-offs, and ends the thread. */
void mbp_writer_stop(struct mbp_writer *writer);

/* Call after each mbp_ring_hand_over that had something. Never blocks. */
void mbp_writer_wake(struct mbp_writer *writer);

/* Waits until all that was handed over is committed. MBP_ERR_BUSY: patience_ms of back-offs passed; the writer goes
 * on trying. */
enum mbp_status mbp_writer_flush(struct mbp_writer *writer);

#endif
