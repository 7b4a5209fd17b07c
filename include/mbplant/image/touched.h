/* touched: what masters ask, for the expressions that look at that (TAG.read, MASTER.asked). */
#ifndef MBPLANT_IMAGE_TOUCHED_H
#define MBPLANT_IMAGE_TOUCHED_H

#include "mbplant/image.h"

/* Whether an expression looks if masters ask. */
bool mbp_image_minds_masters(const struct mbp_image *image);

/* A master has sent the unit a request, of whatever kind. */
void mbp_image_note_request(const struct mbp_image_unit *unit);

/* Marks the tags that masters read since the last call (MBP_TOUCHED_READ, mbplant/formula.h), of those whose reads
 * expressions look at. */
void mbp_image_latch_reads(struct mbp_image *image, uint8_t *touched);

#endif
