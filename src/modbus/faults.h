/* Wire faults: which one, if any, befalls the answer to a request (the plant file's `server: faults`). */
#ifndef MBPLANT_FAULTS_H
#define MBPLANT_FAULTS_H

#include "mbplant/modbus.h"

/* What has been used up of each fault, by its index in the plant file. */
struct fault_state {
    uint64_t draws; /* requests it could have befallen */
    uint32_t uses;
};

/* The first enabled fault that fits the request, is drawn by its probability and not used up; NULL = none. `enabled`
 * (NULL = as the plant file says) holds a byte per fault; unit_id is the id of the unit that answers. Seeded: the same
 * requests in the same order fare the same. */
const struct mbp_fault *faults_draw(const struct mbp_plant *plant, struct fault_state *states, const uint8_t *enabled,
                                    uint8_t unit_id, const struct mbp_frame *frame);

#endif
