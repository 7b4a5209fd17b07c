/* Records for the journal, from the request to the scan. */
#include "mbplant/image/logbook.h"

#include <string.h>

#include "image_priv.h"
#include "mbplant/event/tag.h"

bool image_logbook_takes(const struct mbp_image_unit *unit, uint16_t file)
{
    return file == MBP_LOGBOOK_FILE && mbp_image_has_comments(unit);
}

enum mbp_status image_logbook_may_write(const struct mbp_image_unit *unit, uint16_t record, uint16_t count)
{
    if (record != 0 || count > MBP_LOGBOOK_WORDS)
        return MBP_EX_ILLEGAL_DATA_ADDRESS;
    return unit->image->logbook_count < MBP_LOGBOOK_WAITING ? MBP_OK : MBP_EX_SERVER_DEVICE_BUSY;
}

enum mbp_status image_logbook_write(struct mbp_image_unit *unit, const uint16_t *words, uint16_t count,
                                    struct mbp_peer peer)
{
    struct mbp_image *image = unit->image;
    struct mbp_logbook_entry entry = {.unit = unit->unit->id, .peer = peer};
    mbp_logbook_decode(words, count, &entry.record);
    if (!mbp_logbook_is_good(&entry.record, unit->unit->machine_count, mbp_item_count(unit->unit)))
        return MBP_EX_SERVER_DEVICE_FAILURE;
    if (image->logbook_count == MBP_LOGBOOK_WAITING)
        return MBP_EX_SERVER_DEVICE_BUSY;
    if (image->logbook_gate.may != NULL && !image->logbook_gate.may(image->logbook_gate.ctx, peer.actor))
        return MBP_EX_SERVER_DEVICE_BUSY;
    image->logbook[image->logbook_count++] = entry;
    return MBP_OK;
}

void mbp_image_logbook_guard(struct mbp_image *image, struct mbp_logbook_gate gate)
{
    image->logbook_gate = gate;
}

bool mbp_image_logbook_waits(const struct mbp_image *image)
{
    return image->logbook_count > 0;
}

size_t mbp_image_latch_logbook(struct mbp_image *image, const struct mbp_logbook_entry **entries)
{
    size_t count = image->logbook_count;
    memcpy(image->logbook_handed, image->logbook, count * sizeof image->logbook[0]);
    *entries = image->logbook_handed;
    image->logbook_count = 0;
    return count;
}
