/* image_rights: which right (mbplant/plant/operators.h) what a master writes needs. */
#ifndef MBPLANT_IMAGE_RIGHTS_H
#define MBPLANT_IMAGE_RIGHTS_H

#include "mbplant/image.h"
#include "mbplant/map/rights.h"

/* What a request writes: of FC 21 a file, of FC 8 a sub-function. */
struct mbp_image_deed {
    const uint8_t *bytes; /* of coils packed bits, of registers words, high byte first; NULL of others */
    uint16_t addr, count;
    uint16_t only; /* the one operator that a command record may name, from 1; 0 = each */
    uint8_t table; /* enum mbp_table, MBP_FILES, MBP_DIAGNOSTICS */
};

/* The first right that it needs and that is among the missing ones (bits); MBP_RIGHT_COUNT = none is. A command record
 * that names an operator by his number needs his rights, and is answered when they are missing, or when it may not name
 * him. Output: the address that needs it. */
enum mbp_right mbp_image_lacks(struct mbp_image_unit *unit, const struct mbp_image_deed *deed, uint32_t missing,
                               uint16_t *at);

/* Notes for the journal that it was refused at an address, as mbp_image_refuse does. */
void mbp_image_refuse_deed(struct mbp_image_unit *unit, const struct mbp_image_deed *deed, uint16_t at,
                           enum mbp_status why, struct mbp_peer peer);

#endif
