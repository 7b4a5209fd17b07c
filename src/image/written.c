/* Points that no stage of the scan takes in (raw ones, texts, files) and that masters changed since the last latch:
 * who, what it was and what it is. */
#include <string.h>

#include "image_priv.h"
#include "mbplant/event/tag.h"

_Static_assert((WRITTEN_PLACES & (WRITTEN_PLACES - 1)) == 0, "places are found by a mask");

void image_find_owner(const struct mbp_image_unit *unit, unsigned table, uint16_t addr, uint16_t *machine,
                      uint16_t *item)
{
    const struct image_index *index = &unit->image->index[unit - unit->image->units];
    struct mbp_map_found found;
    *machine = *item = MBP_NONE16;
    if (table < MBP_TABLE_COUNT && mbp_map_find(index->map, (enum mbp_table)table, addr, &found))
        mbp_item_of_block(unit->image->plant, found.block, found.item, machine, item);
}

static bool same_point(const struct written_entry *a, const struct written_entry *b)
{
    return a->unit == b->unit && a->of.table == b->of.table && a->of.addr == b->of.addr;
}

/* Where it is kept which entry a point has: its number from 1; 0 = none. Linear probing: a table by address would be
 * larger than all that is ever written. */
static uint16_t *place_of(struct mbp_image *image, const struct written_entry *entry)
{
    uint32_t key = (entry->unit * MBP_TABLE_COUNT + entry->of.table) << 16 | entry->of.addr;
    uint32_t at = (key * UINT32_C(0x9E3779B1)) >> 16;
    for (;; at++) {
        uint16_t *place = &image->written_places[at & (WRITTEN_PLACES - 1)];
        if (*place == 0 || same_point(&image->written[*place - 1], entry))
            return place;
    }
}

static struct written_entry *append(struct mbp_image *image, const struct written_entry *entry)
{
    if (image->written_count == MBP_WRITTEN_MAX) {
        image->written_lost.more++;
        image->written_lost.peer = entry->of.peer;
        image->written_lost.unit = entry->of.unit;
        image->written_lost.machine = image->written_lost.item = MBP_NONE16;
        return NULL;
    }
    struct mbp_written *of = &image->written[image->written_count].of;
    image->written[image->written_count] = *entry;
    image_find_owner(&image->units[entry->unit], of->table, of->addr, &of->machine, &of->item);
    return &image->written[image->written_count++];
}

static void note(struct mbp_image *image, const struct written_entry *entry)
{
    uint16_t *place = place_of(image, entry);
    if (*place != 0 && image->written[*place - 1].of.peer == entry->of.peer) {
        struct mbp_written *last = &image->written[*place - 1].of;
        last->value = entry->of.value;
        last->more++;
    } else if (append(image, entry) != NULL) {
        *place = (uint16_t)image->written_count;
    }
}

void image_note_again(struct mbp_image *image, const struct written_entry *entry)
{
    note(image, entry);
}

void image_note_written(struct mbp_image_unit *unit, enum mbp_table table, uint16_t addr, uint16_t before, uint16_t now,
                        struct mbp_peer peer)
{
    struct mbp_image *image = unit->image;
    const struct written_entry entry = {
        (uint32_t)(unit - image->units),
        {unit->unit->id, (uint8_t)table, addr, now, before, peer.actor, 0, MBP_NONE16, MBP_NONE16}};
    if (before != now && !unit->unit->instructor)
        note(image, &entry);
}

void mbp_image_note_diagnostics(struct mbp_image_unit *unit, uint16_t sub_function, uint16_t data, uint16_t before,
                                struct mbp_peer peer)
{
    struct mbp_image *image = unit->image;
    const struct written_entry entry = {
        (uint32_t)(unit - image->units),
        {unit->unit->id, MBP_DIAGNOSTICS, sub_function, data, before, peer.actor, 0, MBP_NONE16, MBP_NONE16}};
    note(image, &entry);
}

void image_note_file(struct mbp_image_unit *unit, uint16_t file, const uint16_t *before, const uint16_t *now,
                     uint16_t count, struct mbp_peer peer)
{
    struct mbp_image *image = unit->image;
    struct written_entry entry = {
        (uint32_t)(unit - image->units),
        {unit->unit->id, MBP_WRITTEN_FILE, file, 0, 0, peer.actor, 0, MBP_NONE16, MBP_NONE16}};
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
    for (size_t i = 0; i < count; i++)
        image->written_handed[i] = image->written[i].of;
    if (count > 0)
        memset(image->written_places, 0, sizeof image->written_places);
    *lost = image->written_lost;
    image->written_lost = (struct mbp_written){0};
    image->written_count = 0;
    *written = image->written_handed;
    return count;
}
