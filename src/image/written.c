/* Points that no stage of the scan takes in (raw ones, texts, files) and that masters changed since the last latch:
 * who, what it was and what it is. */
#include <stdlib.h>
#include <string.h>

#include "image_priv.h"

enum mbp_status image_written_new(struct mbp_image *image)
{
    for (uint32_t u = 0; u < image->plant->unit_count; u++) {
        struct image_index *index = &image->index[u];
        const struct mbp_image_unit *unit = &image->units[u];
        index->written_bit = calloc((size_t)unit->size[MBP_COILS] + 1, sizeof *index->written_bit);
        index->written_word = calloc((size_t)unit->size[MBP_HOLDING_REGISTERS] + 1, sizeof *index->written_word);
        if (index->written_bit == NULL || index->written_word == NULL)
            return MBP_ERR_MEMORY;
    }
    return MBP_OK;
}

/* Where it is kept which entry an address has: its number from 1; 0 = none. */
static uint16_t *place_of(struct mbp_image *image, const struct written_entry *entry)
{
    struct image_index *index = &image->index[entry->unit];
    return entry->of.table == MBP_COILS ? &index->written_bit[entry->of.addr] : &index->written_word[entry->of.addr];
}

static struct written_entry *append(struct mbp_image *image, const struct written_entry *entry)
{
    if (image->written_count == MBP_WRITTEN_MAX) {
        image->written_lost.more++;
        image->written_lost.peer = entry->of.peer;
        image->written_lost.unit = entry->of.unit;
        return NULL;
    }
    image->written[image->written_count] = *entry;
    return &image->written[image->written_count++];
}

void image_note_written(struct mbp_image_unit *unit, enum mbp_table table, uint16_t addr, uint16_t before, uint16_t now,
                        struct mbp_peer peer)
{
    struct mbp_image *image = unit->image;
    const struct written_entry entry = {(uint32_t)(unit - image->units),
                                        {unit->unit->id, (uint8_t)table, addr, now, before, peer.ipv4, 0}};
    if (before == now || unit->unit->instructor)
        return;
    uint16_t *place = place_of(image, &entry);
    struct written_entry *last = *place != 0 ? &image->written[*place - 1] : NULL;
    if (last != NULL && last->of.peer == peer.ipv4) {
        last->of.value = now;
        last->of.more++;
    } else if (append(image, &entry) != NULL) {
        *place = (uint16_t)image->written_count;
    }
}

void image_note_file(struct mbp_image_unit *unit, uint16_t file, const uint16_t *before, const uint16_t *now,
                     uint16_t count, struct mbp_peer peer)
{
    struct mbp_image *image = unit->image;
    struct written_entry entry = {(uint32_t)(unit - image->units),
                                  {unit->unit->id, MBP_WRITTEN_FILE, file, 0, 0, peer.ipv4, 0}};
    uint32_t changed = 0;
    for (uint16_t i = 0; i < count; i++) {
        if (before[i] == now[i])
            continue;
        if (changed++ == 0) {
            entry.of.value = now[i];
            entry.of.before = before[i];
        }
    }
    if (changed == 0)
        return;
    entry.of.more = changed - 1;
    append(image, &entry);
}

size_t mbp_image_latch_written(struct mbp_image *image, const struct mbp_written **written, struct mbp_written *lost)
{
    size_t count = image->written_count;
    for (size_t i = 0; i < count; i++) {
        if (image->written[i].of.table != MBP_WRITTEN_FILE)
            *place_of(image, &image->written[i]) = 0;
        image->written_handed[i] = image->written[i].of;
    }
    *lost = image->written_lost;
    image->written_lost = (struct mbp_written){0};
    image->written_count = 0;
    *written = image->written_handed;
    return count;
}
