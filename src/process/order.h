/* order: which signal is advanced after which, so that each sees what its sources are in the same scan. */
#ifndef MBPLANT_PROCESS_ORDER_H
#define MBPLANT_PROCESS_ORDER_H

#include "mbplant/plant.h"

struct process_order {
    uint32_t *sensors; /* those with inputs, each after the sensors that it depends on */
    uint32_t count;
    uint32_t *group; /* per sensor: the number of the group whose members feed each other; 0 = it has no inputs */
    uint32_t group_count;
    bool *cut; /* per input of the plant: it closes a loop, so it sees its source as it was one scan before */
};

/* Errors: MBP_ERR_MEMORY. Ownership: process_order_free. */
enum mbp_status process_order_find(const struct mbp_plant *plant, struct process_order *out);
void process_order_free(struct process_order *order);

#endif
