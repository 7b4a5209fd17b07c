/* packed: the state in bytes that stand for themselves, for a file: of which plant it is, and whether it is whole. */
#ifndef MBPLANT_SCAN_PACKED_H
#define MBPLANT_SCAN_PACKED_H

#include "mbplant/scan.h"

/* What stands before the state. */
struct mbp_packed {
    char magic[8];
    uint64_t version, layout;      /* of these bytes; of the state's (mbp_state_layout) */
    uint64_t plant_sum, plant_len; /* of the plant file's text */
    uint64_t scan, sim_ns, wall_ms, seed;
    uint64_t state_len, state_sum;
    char plant[64]; /* its name, as far as it has room */
    uint64_t sum;   /* of all before */
};

/* Output: bytes. Errors: MBP_ERR_MEMORY. Ownership: free. */
enum mbp_status mbp_scan_pack(const struct mbp_scan *scan, char **bytes, size_t *len);

/* Reads what stands before the state; where bytes are all there are (whole), looks whether they are undamaged. Errors:
 * MBP_ERR_FORMAT (something else), MBP_ERR_NEWER (of another version of mbplantd), MBP_ERR_CORRUPT (damaged, or not
 * all). */
enum mbp_status mbp_packed_read(const char *bytes, size_t len, bool whole, struct mbp_packed *out);

/* Whether it is of this plant. */
bool mbp_packed_is_of(const struct mbp_packed *packed, const struct mbp_plant *plant);

/* As mbp_scan_restore, to the state that such bytes hold. Nothing is changed on errors: those of mbp_packed_read,
 * MBP_ERR_RANGE (of another plant), MBP_ERR_BUSY (restored a moment ago: again later), MBP_ERR_MEMORY. */
enum mbp_status mbp_scan_unpack(struct mbp_scan *scan, const char *bytes, size_t len, uint32_t peer);

/* Records that a snapshot with a name was taken or removed. */
void mbp_scan_tell_snapshot(struct mbp_scan *scan, bool taken, uint32_t peer);

#endif
