/* image_forced: points that an instructor holds from outside, as masters read them; and his commands for it. */
#ifndef MBPLANT_IMAGE_FORCED_H
#define MBPLANT_IMAGE_FORCED_H

#include "mbplant/image.h"

/* What stands at a declared address, as masters read it: the word, or 0 and 1. */
uint16_t mbp_image_shown(const struct mbp_image_unit *unit, enum mbp_table table, uint16_t addr);

/* The next held address of a span, and the word that masters read there; *at: 0 at first. False: there is no more. */
bool mbp_image_next_held(const struct mbp_image_unit *unit, enum mbp_table table, uint16_t addr, uint32_t count,
                         size_t *at, uint16_t *held_addr, uint16_t *word);

/* One of the records that were written since the last call (mbplant/instructor.h). */
struct mbp_force_asked {
    enum mbp_force_command command;
    uint8_t unit, table, count; /* enum mbp_table */
    uint16_t addr, mask;        /* mask: bits of its one register; 0 = all of it */
    uint16_t words[MBP_SIM_FORCE_VALUES];
    struct mbp_peer peer;
};

/* In their order; valid until the next write to the instructor's unit. Returns how many. */
size_t mbp_image_latch_forces(struct mbp_image *image, const struct mbp_force_asked **commands);

#endif
