/* image_lock_step: scans that a request asks for and that run before its answer. */
#ifndef MBPLANT_IMAGE_LOCK_STEP_H
#define MBPLANT_IMAGE_LOCK_STEP_H

#include "mbplant/image.h"

/* Who runs them: called in the request path, when all that the request writes stands in the tables. */
struct mbp_image_stepper {
    void (*step)(void *ctx, uint32_t scans, uint32_t peer);
    void *ctx;
};
void mbp_image_set_stepper(struct mbp_image *image, struct mbp_image_stepper stepper);

#endif
