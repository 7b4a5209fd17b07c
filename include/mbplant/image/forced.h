/* image_forced: points that an instructor holds from outside, as masters read them; and his wishes for it. */
#ifndef MBPLANT_IMAGE_FORCED_H
#define MBPLANT_IMAGE_FORCED_H

#include "mbplant/image.h"

/* What stands at a declared address, as masters read it: the word, or 0 and 1. */
uint16_t mbp_image_shown(const struct mbp_image_unit *unit, enum mbp_table table, uint16_t addr);

/* One of the records that were written since the last call (mbplant/instructor.h). */
struct mbp_force_wish {
    enum mbp_force_command command;
    uint8_t unit, table, count; /* enum mbp_table */
    uint16_t addr;
    uint16_t words[MBP_SIM_FORCE_VALUES];
    struct mbp_peer peer;
};

/* In their order; valid until the next write to the instructor's unit. Returns how many. */
size_t mbp_image_latch_forces(struct mbp_image *image, const struct mbp_force_wish **wishes);

#endif
