/* image_logbook: what masters wrote for the journal to tell: notes, causes of incidents, work. */
#ifndef MBPLANT_IMAGE_LOGBOOK_H
#define MBPLANT_IMAGE_LOGBOOK_H

#include "mbplant/event/logbook.h"
#include "mbplant/image.h"

#define MBP_LOGBOOK_WAITING 32u /* records between two scans; of one more the master is told that the slave is busy */

struct mbp_logbook_entry {
    uint8_t unit; /* id */
    struct mbp_logbook_record record;
    struct mbp_peer peer;
};

/* Who says whether a peer may tell one more now; one who may not is told that the slave is busy. may NULL = everybody.
 */
struct mbp_logbook_gate {
    bool (*may)(void *ctx, uint32_t peer);
    void *ctx;
};
void mbp_image_logbook_guard(struct mbp_image *image, struct mbp_logbook_gate gate);

/* Whether somebody wrote one since the last call of the other, which hands them over in their order; valid until the
 * next. */
bool mbp_image_logbook_waits(const struct mbp_image *image);
size_t mbp_image_latch_logbook(struct mbp_image *image, const struct mbp_logbook_entry **entries);

#endif
