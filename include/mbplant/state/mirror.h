/* mirror: the bytes of a state once more, in memory that outlives the process, brought up to date scan by scan.
 *
 * What has not changed since is not copied; arrays that change when somebody acts (limits, shelves) are not even looked
 * at. Each span of mbp_state_spans has a checksum, so that bytes which were cut off in between are known as such. */
#ifndef MBPLANT_STATE_MIRROR_H
#define MBPLANT_STATE_MIRROR_H

#include "mbplant/state.h"

/* One place for the bytes. Zeroed but for `bytes` it is to be filled, as it has to be for another plant. */
struct mbp_state_mirror {
    uint8_t *bytes;                           /* mbp_state_bytes of the state; the caller's */
    uint64_t sum[MBP_STATE_SPANS];            /* of each span */
    uint32_t limits_version, shelves_version; /* of the state, when it was copied last */
    bool filled;
};

/* Makes the bytes those of the state. Returns the checksum of all, as mbp_state_mirrored gives it; never 0. */
uint64_t mbp_state_mirror(const struct mbp_state *state, struct mbp_state_mirror *mirror);

/* The checksum of bytes that an earlier run left: mbp_state_bytes of a state of the same plant; never 0. */
uint64_t mbp_state_mirrored(const struct mbp_state *state, const uint8_t *bytes);

#endif
