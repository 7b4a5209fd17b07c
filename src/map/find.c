/* find: which field is at an address, for who writes there. */
#include <stdlib.h>

#include "mbplant/map.h"

/* The blocks whose items stand at addresses of their own, sorted by them. */
static const uint8_t sorted_blocks[] = {MBP_MAP_VALUES, MBP_MAP_LIMITS, MBP_MAP_COMMANDS};
#define SORTED (sizeof sorted_blocks / sizeof sorted_blocks[0])

struct mbp_map_index {
    const struct mbp_plant *plant;
    const struct mbp_unit *unit;
    struct sorted {
        uint32_t *items; /* plant-wide */
        uint32_t count;
    } sorted[SORTED];
};

struct order {
    const struct mbp_map_index *index;
    unsigned block;
};

static int by_addr(const void *a, const void *b, void *ctx)
{
    const struct order *order = ctx;
    const struct mbp_map_index *index = order->index;
    return (int)mbp_map_addr(index->plant, index->unit, order->block, *(const uint32_t *)a) -
           (int)mbp_map_addr(index->plant, index->unit, order->block, *(const uint32_t *)b);
}

static enum mbp_status sort_block(struct mbp_map_index *index, unsigned i)
{
    struct sorted *sorted = &index->sorted[i];
    unsigned block = sorted_blocks[i];
    uint32_t first;
    uint32_t count = mbp_map_items(index->plant, index->unit, (enum mbp_map_per)mbp_map[block].per, &first);
    sorted->items = calloc((size_t)count + 1, sizeof *sorted->items);
    if (sorted->items == NULL)
        return MBP_ERR_MEMORY;
    for (uint32_t item = first; item < first + count; item++) {
        if (mbp_map_item_has(index->plant, index->unit, block, item))
            sorted->items[sorted->count++] = item;
    }
    struct order order = {index, block};
    qsort_r(sorted->items, sorted->count, sizeof *sorted->items, by_addr, &order);
    return MBP_OK;
}

enum mbp_status mbp_map_index_new(const struct mbp_plant *plant, const struct mbp_unit *unit,
                                  struct mbp_map_index **out)
{
    struct mbp_map_index *index = calloc(1, sizeof *index);
    enum mbp_status status = index == NULL ? MBP_ERR_MEMORY : MBP_OK;
    if (index != NULL) {
        index->plant = plant;
        index->unit = unit;
    }
    for (unsigned i = 0; i < SORTED && status == MBP_OK; i++)
        status = sort_block(index, i);
    if (status == MBP_OK)
        *out = index;
    else
        mbp_map_index_free(index);
    return status;
}

void mbp_map_index_free(struct mbp_map_index *index)
{
    for (unsigned i = 0; index != NULL && i < SORTED; i++)
        free(index->sorted[i].items);
    free(index);
}

/* The last item that begins at or before addr; UINT32_MAX when none does. */
static uint32_t last_before(const struct mbp_map_index *index, unsigned i, uint16_t addr)
{
    const struct sorted *sorted = &index->sorted[i];
    uint32_t low = 0;
    uint32_t high = sorted->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (mbp_map_addr(index->plant, index->unit, sorted_blocks[i], sorted->items[middle]) <= addr)
            low = middle + 1;
        else
            high = middle;
    }
    return low == 0 ? UINT32_MAX : sorted->items[low - 1];
}

/* The item of a block whose span covers addr; UINT32_MAX when none does. */
static uint32_t item_at(const struct mbp_map_index *index, unsigned block, uint16_t addr)
{
    for (unsigned i = 0; i < SORTED; i++) {
        if (sorted_blocks[i] == block)
            return last_before(index, i, addr);
    }
    const struct mbp_map_block *row = &mbp_map[block];
    uint32_t first;
    uint32_t count = mbp_map_items(index->plant, index->unit, (enum mbp_map_per)row->per, &first);
    uint32_t base = row->instructor ? row->usual : index->unit->layout.base[block];
    return addr < base || addr - base >= row->stride * count ? UINT32_MAX : first + (addr - base) / row->stride;
}

static bool find_in(const struct mbp_map_index *index, unsigned block, uint16_t addr, struct mbp_map_found *out)
{
    const struct mbp_map_block *row = &mbp_map[block];
    uint32_t item = item_at(index, block, addr);
    if (item == UINT32_MAX || !mbp_map_item_has(index->plant, index->unit, block, item))
        return false;
    const struct mbp_register *reg = mbp_map_register(index->plant, block, item);
    uint16_t start = mbp_map_addr(index->plant, index->unit, block, item);
    for (unsigned f = 0; f < row->field_count; f++) {
        uint32_t from = start + (uint32_t)mbp_map_field_offset(block, f, reg);
        uint16_t count = mbp_map_field_count(&row->fields[f], reg);
        if (addr >= from && addr < from + count && mbp_map_field_stands(index->plant, block, f, item)) {
            *out = (struct mbp_map_found){.field = &row->fields[f],
                                          .item = item,
                                          .addr = (uint16_t)from,
                                          .count = count,
                                          .block = (uint8_t)block};
            return true;
        }
    }
    return false;
}

/* The user's points stand sorted by table and address. */
static bool find_own(const struct mbp_map_index *index, enum mbp_table table, uint16_t addr, struct mbp_map_found *out)
{
    const struct mbp_user_point *points = index->plant->points + index->unit->first_point;
    uint32_t low = 0;
    uint32_t high = index->unit->point_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const struct mbp_user_point *at = &points[middle];
        if (at->table < table || (at->table == table && (uint32_t)at->reg.addr + at->reg.words <= addr))
            low = middle + 1;
        else
            high = middle;
    }
    const struct mbp_user_point *own = &points[low];
    if (low == index->unit->point_count || own->table != table || own->reg.addr > addr)
        return false;
    *out = (struct mbp_map_found){.field = mbp_map_tag_field(&own->tag),
                                  .own = own,
                                  .item = own->tag.item,
                                  .addr = own->reg.addr,
                                  .count = own->reg.words,
                                  .block = own->tag.block};
    return true;
}

bool mbp_map_find(const struct mbp_map_index *index, enum mbp_table table, uint16_t addr, struct mbp_map_found *out)
{
    if (index->unit->point_count > 0 && find_own(index, table, addr, out))
        return true;
    for (unsigned b = 0; b < mbp_map_count; b++) {
        if (mbp_map[b].table == table && mbp_map_has(index->unit, b) && find_in(index, b, addr, out))
            return true;
    }
    return false;
}
