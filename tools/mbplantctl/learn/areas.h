/* areas: which addresses of a device there are, and what stands there. */
#ifndef MBP_CTL_LEARN_AREAS_H
#define MBP_CTL_LEARN_AREAS_H

#include "learn/probe.h"

#define AREAS_ADDRESSES 65536u

enum area_state { AREA_UNKNOWN, AREA_THERE, AREA_ABSENT };

/* One table as it is found. */
struct areas {
    enum mbp_table table;
    uint32_t first, last; /* where it is looked for */
    uint8_t state[AREAS_ADDRESSES];
    uint16_t words[AREAS_ADDRESSES]; /* of those that are there: as read last */
    uint32_t found;
    bool refused; /* the device does not have the function */
    bool thorough;
    void (*progress)(void *ctx, const struct areas *areas, uint32_t addr);
    void *ctx;
};

/* Looks for all that there is. Where the probe is over, what was found until then stays. */
void areas_find(struct areas *areas, struct probe *probe);

/* What stands in the gaps of a device that refuses a gap alone but shows a number for it among others; -1 = it is none.
 * Its gaps are not there any more then. */
int areas_find_gap(struct areas *areas, struct probe *probe);

/* Reads all again that is there. Returns false when the probe is over. */
bool areas_read_again(struct areas *areas, struct probe *probe);

#endif
