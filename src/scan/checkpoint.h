/* checkpoint: the plant as it is between two scans, for another run of mbplantd. */
#ifndef MBPLANT_SCAN_CHECKPOINT_H
#define MBPLANT_SCAN_CHECKPOINT_H

#include "scan_priv.h"

/* Room for checkpoints while the plant runs. Output: NULL where its state is too large for that.
 * Errors: MBP_ERR_MEMORY. Ownership: scan_checkpoint_free, when the journal has no more use for it. */
enum mbp_status scan_checkpoint_new(struct mbp_image *image, const struct mbp_state *state,
                                    struct scan_checkpoint **out);
void scan_checkpoint_free(struct scan_checkpoint *checkpoint);

/* Whether a copy with each scan costs little, too. */
bool scan_checkpoint_is_small(const struct mbp_state *state, uint64_t scan_ns);

/* Takes one when it is due, or wanted, and the one before is stored. A plant that has none while it runs must not go on
 * from an old one after it was cut off: then what is wanted is that there is none. */
void scan_checkpoint_take(struct mbp_scan *scan);

/* Another plant's room takes the place of this one's; *to is NULL then. One is wanted at once. */
void scan_checkpoint_change(struct mbp_scan *scan, struct scan_checkpoint **to);

/* The last one: from the state itself, which must stay as it is until the journal is closed. */
void scan_checkpoint_take_last(struct mbp_scan *scan);

/* Goes on from a stored one of this very plant; state_only: what masters wrote and what the time is are known from
 * elsewhere. Errors: MBP_ERR_NEWER (another version's), MBP_ERR_CORRUPT, after
 * which the state is of no use; MBP_ERR_MEMORY. */
enum mbp_status scan_checkpoint_resume(struct mbp_scan *scan, const struct mbp_stored_checkpoint *stored,
                                       bool state_only);

/* A speed that an instructor gave goes on, unless the command line says otherwise now. */
void scan_take_time(struct mbp_scan *scan, bool paused, uint64_t steps, double speed, double speed_given);

#endif
