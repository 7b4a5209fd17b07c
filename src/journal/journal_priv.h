/* What the files of the journal's public face share. */
#ifndef MBP_JOURNAL_PRIV_H
#define MBP_JOURNAL_PRIV_H

#include <limits.h>

#include "history/history.h"
#include "names.h"
#include "reader.h"
#include "tail.h"
#include "writer.h"

struct mbp_journal {
    const struct mbp_plant *plant;
    int lock_fd;
    uint64_t next_seq;          /* 64 bits, to see the end of the record's 32 */
    uint32_t plants_left;       /* changes of plant that the writer has come through */
    uint32_t checkpoints;       /* on their way to the disk */
    int64_t behind;             /* where the checkpoint that was read stood; MBP_BEFORE_ALL = none was */
    uint32_t lost;              /* events refused for lack of room and not told of yet */
    uint32_t lost_in_all;       /* ... since the opening */
    struct mbp_text said;       /* goes with the next event */
    struct mbp_event last_lost; /* gives the loss its time and scan */
    struct mbp_ring ring;
    struct mbp_store store;
    struct mbp_writer writer;
    struct mbp_reader reader;
    struct mbp_history_index history; /* of what the reader has */
    struct mbp_known_names names;
    struct mbp_mark_file mark;
    struct mbp_tail tail;
    char path[PATH_MAX - 16]; /* of the database; leaves room for SQLite's endings */
};

/* What the writer has stored goes to the reader's memory, and its slots are free again. */
void journal_take_back(struct mbp_journal *journal);

/* Whether so many slots can be filled now. */
bool journal_has_room(struct mbp_journal *journal, uint64_t slots);

/* Events are of this plant from here on; oldest: of the events that need names. The caller knows that there is room for
 * a record. Errors: MBP_ERR_MEMORY. */
enum mbp_status journal_follow(struct mbp_journal *journal, const struct mbp_plant *plant, uint32_t oldest);

/* What a record of names brought along. */
void journal_free_tags(struct mbp_names *tags);

/* All is stored. */
void journal_remove_tail(const struct mbp_journal *journal);

#endif
