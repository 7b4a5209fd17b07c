/* What masters have asked for and no scan has taken in: by the request that is being judged, or since the last scan. */
#include <string.h>

#include "image_priv.h"

/* Where the request that is being judged writes some of these addresses: what it writes later has the larger number.
 * 0 = it does not. */
static size_t place_in_request(const struct mbp_image_unit *unit, const struct image_point *point)
{
    size_t place = 0;
    const struct image_request *request = &unit->image->request;
    for (size_t r = 0; request->unit == unit && r < request->count; r++) {
        const struct image_run *run = &request->runs[r];
        if (run->table == point->table && run->addr < (uint32_t)point->addr + point->words &&
            point->addr < (uint32_t)run->addr + run->count)
            place = (r + 1) * MBP_ADDRESSES + point->addr;
    }
    return place;
}

/* Whether it was written since the last scan, all of it. */
static bool waits_whole(const struct mbp_image_unit *unit, const struct image_point *point)
{
    uint8_t access = unit->access[point->table][point->addr];
    return (access & (MBP_ACCESS_DIRTY | MBP_ACCESS_PARTIAL)) == MBP_ACCESS_DIRTY;
}

/* Takes the point at a place over, where it is asked for. The request that is being judged comes after all others, and
 * of what it writes the last counts. */
static void take(const struct mbp_image_unit *unit, enum mbp_table table, uint32_t addr,
                 const struct mbp_user_point *own, struct image_asked *asked)
{
    struct image_point point;
    bool writable = table == MBP_COILS || table == MBP_HOLDING_REGISTERS;
    if (!writable || !image_point_at(unit, table, (uint16_t)addr, &point))
        return;
    size_t place = place_in_request(unit, &point);
    if (place < asked->place || (place == 0 && !waits_whole(unit, &point)))
        return;
    asked->place = place;
    asked->unit = unit;
    asked->point = own != NULL ? image_sibling(&point, own) : point;
}

static void take_standard(const struct mbp_image_unit *unit, const struct image_wanted *wanted,
                          struct image_asked *asked)
{
    const struct mbp_plant *plant = unit->image->plant;
    uint32_t first = 0;
    uint32_t count = mbp_map_items(plant, unit->unit, wanted->per, &first);
    for (unsigned b = 0; b < mbp_map_count && wanted->item - first < count; b++) {
        const struct mbp_map_block *row = &mbp_map[b];
        if ((enum mbp_map_per)row->per != wanted->per || row->instructor ||
            !mbp_map_item_has(plant, unit->unit, b, wanted->item))
            continue;
        for (unsigned f = 0; f < row->field_count; f++) {
            if (row->fields[f].write != wanted->kind || row->fields[f].sub != wanted->sub)
                continue;
            uint32_t addr = mbp_map_addr(plant, unit->unit, b, wanted->item);
            take(unit, (enum mbp_table)row->table,
                 addr + mbp_map_field_offset(b, f, mbp_map_register(plant, b, wanted->item)), NULL, asked);
        }
    }
}

/* Where the points of an item begin among those of a unit, which stand by item. */
static uint32_t first_of(const struct mbp_image_unit *unit, const struct image_wanted *wanted)
{
    const struct mbp_plant *plant = unit->image->plant;
    const uint32_t *order = unit->image->index[unit - unit->image->units].points;
    uint32_t low = 0;
    for (uint32_t high = unit->unit->point_count; low < high;) {
        uint32_t middle = low + (high - low) / 2;
        const struct mbp_tag *tag = &plant->points[order[middle]].tag;
        enum mbp_map_per per = (enum mbp_map_per)mbp_map[tag->block].per;
        if (per < wanted->per || (per == wanted->per && tag->item < wanted->item))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void take_own(const struct mbp_image_unit *unit, const struct image_wanted *wanted, struct image_asked *asked)
{
    const struct mbp_plant *plant = unit->image->plant;
    const uint32_t *order = unit->image->index[unit - unit->image->units].points;
    for (uint32_t p = first_of(unit, wanted); p < unit->unit->point_count; p++) {
        const struct mbp_user_point *own = &plant->points[order[p]];
        const struct mbp_map_field *field = mbp_map_tag_field(&own->tag);
        if (own->tag.item != wanted->item || (enum mbp_map_per)mbp_map[own->tag.block].per != wanted->per)
            return;
        if (own->writable && field->write == wanted->kind && field->sub == wanted->sub)
            take(unit, (enum mbp_table)own->table, own->reg.addr, own, asked);
    }
}

bool image_find_asked(const struct mbp_image *image, const struct image_wanted *wanted, struct image_asked *asked)
{
    *asked = (struct image_asked){.unit = NULL};
    for (uint32_t u = 0; u < image->plant->unit_count; u++) {
        if (image->plant->units[u].instructor)
            continue;
        take_standard(&image->units[u], wanted, asked);
        take_own(&image->units[u], wanted, asked);
    }
    return asked->unit != NULL;
}

double image_asked_number(const struct image_asked *asked)
{
    const struct image_point *point = &asked->point;
    return image_number(asked->unit, point, point->table == MBP_COILS ? NULL : asked->unit->holding + point->addr);
}
