/* touched: what masters read, for the expressions that ask (TAG.read). */
#ifndef MBPLANT_IMAGE_TOUCHED_H
#define MBPLANT_IMAGE_TOUCHED_H

#include "mbplant/image.h"

/* Marks the tags that masters read since the last call (MBP_TOUCHED_READ, mbplant/formula.h), of those whose reads
 * expressions look at. */
void mbp_image_latch_reads(struct mbp_image *image, uint8_t *touched);

#endif
