/* latest: of the records of retained state in a transaction only the last one of each machine and sensor matters; a
 * writer that has fallen behind catches up by leaving out the others. */
#ifndef MBP_JOURNAL_LATEST_H
#define MBP_JOURNAL_LATEST_H

#include "ring.h"

#define MBP_LATEST_KINDS 4u

struct mbp_latest {
    uint32_t *at[MBP_LATEST_KINDS]; /* by index: where the last record of the kind stands in the ring */
    size_t count[MBP_LATEST_KINDS]; /* a plant's machines or sensors; 0 where there was no memory */
};

/* For the indices of this plant. Without memory nothing is left out, which costs time alone. Ownership:
 * mbp_latest_free. */
void mbp_latest_new(struct mbp_latest *latest, const struct mbp_plant *plant);
void mbp_latest_free(struct mbp_latest *latest);

/* The record stands at this position; in rising order. */
void mbp_latest_note(struct mbp_latest *latest, const struct mbp_record *record, uint64_t position);

/* Whether a record that was noted is followed by another one of the same. */
bool mbp_latest_is_outdated(const struct mbp_latest *latest, const struct mbp_record *record, uint64_t position);

#endif
