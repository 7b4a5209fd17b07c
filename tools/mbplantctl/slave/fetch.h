/* fetch: many points of a unit with few requests: first say what is wanted, then read it, then look at it. */
#ifndef MBP_CTL_FETCH_H
#define MBP_CTL_FETCH_H

#include "slave/transport.h"

#define CTL_ADDRESSES 65536u

struct ctl_fetch {
    bool wanted[MBP_TABLE_COUNT][CTL_ADDRESSES];
    uint16_t words[MBP_TABLE_COUNT][CTL_ADDRESSES]; /* bits as 0 or 1 */
    bool shelves; /* those of single alarms are wanted too, which few ask for and every sensor has words of */
};

/* Ownership: free(). NULL = out of memory. Also used to begin anew for another unit: ctl_fetch_clear. */
struct ctl_fetch *ctl_fetch_new(void);
void ctl_fetch_clear(struct ctl_fetch *fetch);

void ctl_fetch_want(struct ctl_fetch *fetch, enum mbp_table table, uint32_t addr, uint32_t count);

/* Reads all that is wanted, each stretch without a gap in as few requests as it takes: a gap may be an address that the
 * slave does not have. Errors: those of ctl_read. */
enum mbp_status ctl_fetch_run(struct ctl_fetch *fetch, struct ctl_link *link, uint8_t unit);

#endif
