/* retention: which events are no longer kept, removed a few at a time (mbplant/journal.h, "Retention"). */
#ifndef MBP_JOURNAL_RETENTION_H
#define MBP_JOURNAL_RETENTION_H

#include <sqlite3.h>

#include "history/hiding.h"
#include "mbplant/journal.h"

struct mbp_retention {
    sqlite3_stmt *walk, *remove, *remove_comments, *pages, *shrink, *look, *removed;
    struct mbp_hiding_writer *hiding; /* what is kept of events that go: to be set before a step */
    uint64_t keep_ms;                 /* 0 = whatever their age */
    uint64_t max_bytes;               /* 0 = whatever its size */
    uint64_t page_bytes;
    uint64_t beside_bytes; /* of the database, that are no events' */
    uint64_t newest_ms;    /* wall time of the newest event */
    uint64_t seen_ns;      /* monotonic: credit is given up to here */
    double credit;         /* events that age may remove */
    bool shrinks;          /* the database was made so that its file can */
};

/* Prepares for the open database. Returns SQLite's code. Ownership: mbp_retention_close. */
int mbp_retention_open(struct mbp_retention *retention, sqlite3 *db, const struct mbp_journal_options *options);
void mbp_retention_close(struct mbp_retention *retention);

/* What is to be kept from now on. */
void mbp_retention_rule(struct mbp_retention *retention, const struct mbp_journal_options *options);

/* The event is being stored; in order. */
void mbp_retention_note(struct mbp_retention *retention, const struct mbp_event *event);

/* When there is more to do after a step. */
enum mbp_retention_next { MBP_RETENTION_DONE, MBP_RETENTION_LATER, MBP_RETENTION_SOON };

/* The last event that was removed, and its check value. */
struct mbp_retention_removed {
    uint32_t seq, check;
};

/* Inside a transaction that stores `added` events: removes at most about as many and a few hundred more. oldest and
 * last are the numbers stored; *oldest becomes the first one left, *gone the one before it where any was removed.
 * Returns SQLite's code. */
int mbp_retention_step(struct mbp_retention *retention, uint64_t now_ns, uint32_t added, uint32_t *oldest,
                       uint32_t last, struct mbp_retention_removed *gone, enum mbp_retention_next *next);

#endif
