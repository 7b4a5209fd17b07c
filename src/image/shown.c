/* An item's blocks, as a scan shows them from its view: which ones of a unit, and of those the fields that changed. */
#include <stdlib.h>
#include <string.h>

#include "image_priv.h"

/* An item of a block, into the tables from its first address. */
static void put(struct mbp_image_unit *unit, unsigned block, uint16_t addr, const struct mbp_register *reg,
                const void *view)
{
    switch ((enum mbp_table)mbp_map[block].table) {
    case MBP_COILS:
        mbp_map_encode_bits(block, view, unit->coils + addr);
        break;
    case MBP_DISCRETE_INPUTS:
        mbp_map_encode_bits(block, view, unit->discrete + addr);
        break;
    case MBP_HOLDING_REGISTERS:
        mbp_map_encode_words(block, reg, view, unit->holding + addr);
        break;
    case MBP_INPUT_REGISTERS:
        mbp_map_encode_words(block, reg, view, unit->input + addr);
        break;
    case MBP_TABLE_COUNT:
        break;
    }
}

static void show(struct mbp_image_unit *unit, unsigned block, uint32_t item, const void *view)
{
    const struct mbp_plant *plant = unit->image->plant;
    if (mbp_map_item_has(plant, unit->unit, block, item))
        put(unit, block, mbp_map_addr(plant, unit->unit, block, item), mbp_map_register(plant, block, item), view);
}

static uint16_t addr_of(const struct image_block *block, uint32_t item)
{
    return (uint16_t)(block->base + (item - block->first) * block->stride);
}

static void show_block(struct mbp_image_unit *unit, const struct image_block *block, uint32_t item, const void *view)
{
    if (block->strides)
        put(unit, block->block, addr_of(block, item), NULL, view);
    else
        show(unit, block->block, item, view);
}

static const struct image_blocks *blocks_of(const struct mbp_image_unit *unit, enum mbp_map_per per)
{
    return &unit->image->index[unit - unit->image->units].blocks[per];
}

void image_show_written(struct mbp_image_unit *unit, enum mbp_map_per per, uint32_t item, const void *view)
{
    const struct image_blocks *blocks = blocks_of(unit, per);
    for (unsigned i = 0; i < blocks->written_count; i++)
        show_block(unit, &blocks->written[i], item, view);
}

static void show_fields(struct mbp_image_unit *unit, const struct image_field *field, const struct image_field *end,
                        uint32_t item, const void *view)
{
    for (; field < end; field++) {
        uint16_t *words = unit->input + field->base + (size_t)(item - field->first) * field->stride;
        if (field->more > 0)
            mbp_map_encode_run(field->field, 1u + field->more, view, words);
        else
            mbp_map_encode_field(field->field, view, words);
    }
}

void image_show_changes(struct mbp_image_unit *unit, enum mbp_map_per per, uint32_t item, const void *view,
                        uint64_t differ)
{
    const struct image_blocks *blocks = blocks_of(unit, per);
    for (unsigned i = 0; i < blocks->read_count && (blocks->read_pieces & differ) != 0; i++)
        show_block(unit, &blocks->read[i], item, view);
    for (; differ != 0; differ &= differ - 1) {
        const unsigned piece = (unsigned)__builtin_ctzll(differ);
        show_fields(unit, blocks->fields + blocks->begins[piece], blocks->fields + blocks->begins[piece + 1], item,
                    view);
    }
}

/* All that masters do not write. Bits are copied from an item whose bits are the same. */
static void show_read(struct mbp_image_unit *unit, const struct image_blocks *blocks, uint32_t item, uint32_t same,
                      const void *view)
{
    for (unsigned i = 0; i < blocks->read_count; i++) {
        const struct image_block *block = &blocks->read[i];
        if (same != item && block->joint > 0)
            memcpy(unit->discrete + addr_of(block, item), unit->discrete + addr_of(block, same), block->joint);
        else
            show_block(unit, block, item, view);
    }
    show_fields(unit, blocks->fields + blocks->begins[MBP_MAP_PIECES], blocks->fields + blocks->end, item, view);
}

void image_show_read(struct mbp_image_unit *unit, enum mbp_map_per per, uint32_t item, const void *view)
{
    show_read(unit, blocks_of(unit, per), item, item, view);
}

void image_show_after(struct mbp_image_unit *unit, enum mbp_map_per per, uint32_t item, uint32_t same, const void *view)
{
    image_show_written(unit, per, item, view);
    show_read(unit, blocks_of(unit, per), item, same, view);
}

void image_show_all(struct mbp_image_unit *unit, enum mbp_map_per per, uint32_t item, const void *view)
{
    image_show_after(unit, per, item, item, view);
}

/* ---- which blocks -------------------------------------------------------------------------------------------------
 */

/* Nothing of anybody else's stands between them then. */
static uint8_t joint_bits(const struct mbp_map_block *row)
{
    if (row->table != MBP_DISCRETE_INPUTS)
        return 0;
    for (unsigned f = 0; f < row->field_count; f++) {
        if (row->fields[f].offset != f || row->fields[f].member.kind != MBP_MEMBER_BOOL)
            return 0;
    }
    return (uint8_t)row->field_count;
}

static struct image_block block_of(const struct mbp_plant *plant, const struct mbp_unit *unit, unsigned b)
{
    const struct mbp_map_block *row = &mbp_map[b];
    struct image_block block = {.block = (uint8_t)b, .strides = row->place == MBP_PLACE_STRIDE};
    if (block.strides) {
        block.base = (uint16_t)unit->layout.base[b];
        block.stride = row->stride;
        block.joint = joint_bits(row);
        mbp_map_items(plant, unit, (enum mbp_map_per)row->per, &block.first);
    }
    return block;
}

static bool is_of_fields(const struct image_block *block)
{
    return block->strides && mbp_map[block->block].table == MBP_INPUT_REGISTERS;
}

/* Those that show one of the pieces. The last one takes in those that follow it. */
static void add_fields(struct image_blocks *blocks, const struct image_block *of, uint64_t pieces, unsigned *count)
{
    const struct mbp_map_block *row = &mbp_map[of->block];
    struct image_field *last = NULL;
    for (unsigned f = 0; f < row->field_count; f++) {
        const struct mbp_map_field *field = &row->fields[f];
        if ((mbp_map_field_pieces(field) & pieces) == 0)
            continue;
        if (last != NULL && mbp_map_follows(field, last->field, 1u + last->more)) {
            last->more++;
            continue;
        }
        last = &blocks->fields[(*count)++];
        *last = (struct image_field){field, of->first, (uint16_t)(of->base + field->offset), of->stride, 0};
    }
}

static void add_all_fields(struct image_blocks *blocks, uint64_t pieces, unsigned *count)
{
    for (unsigned i = 0; i < blocks->read_count; i++) {
        if (is_of_fields(&blocks->read[i]))
            add_fields(blocks, &blocks->read[i], pieces, count);
    }
}

/* Input registers that stand one stride apart become fields: by the pieces that they show, of which there may be two,
 * and once more all of them. */
static enum mbp_status find_fields(struct image_blocks *blocks)
{
    size_t most = 1;
    unsigned count = 0;
    unsigned kept = 0;
    for (unsigned i = 0; i < blocks->read_count; i++)
        most += is_of_fields(&blocks->read[i]) ? 3u * mbp_map[blocks->read[i].block].field_count : 0;
    blocks->fields = calloc(most, sizeof *blocks->fields);
    if (blocks->fields == NULL)
        return MBP_ERR_MEMORY;
    for (unsigned piece = 0; piece < MBP_MAP_PIECES; piece++) {
        blocks->begins[piece] = (uint16_t)count;
        add_all_fields(blocks, UINT64_C(1) << piece, &count);
    }
    blocks->begins[MBP_MAP_PIECES] = (uint16_t)count;
    add_all_fields(blocks, UINT64_MAX, &count);
    blocks->end = (uint16_t)count;
    for (unsigned i = 0; i < blocks->read_count; i++) {
        const struct image_block block = blocks->read[i];
        const struct mbp_map_block *row = &mbp_map[block.block];
        if (is_of_fields(&block))
            continue;
        blocks->read[kept++] = block;
        for (unsigned f = 0; f < row->field_count; f++)
            blocks->read_pieces |= mbp_map_field_pieces(&row->fields[f]);
    }
    blocks->read_count = (uint8_t)kept;
    return MBP_OK;
}

enum mbp_status image_choose_blocks(const struct mbp_plant *plant, const struct mbp_unit *unit,
                                    struct image_index *index)
{
    enum mbp_status status = MBP_OK;
    for (unsigned b = 0; b < mbp_map_count; b++) {
        const struct mbp_map_block *row = &mbp_map[b];
        struct image_blocks *blocks = &index->blocks[row->per];
        /* Of sensors a scan shows those that its own loops do not. */
        enum mbp_map_refresh now = row->per == MBP_PER_SENSOR ? MBP_REFRESH_ALARMS : MBP_REFRESH_SCAN;
        if (row->instructor || row->refresh != now || !mbp_map_has(unit, b))
            continue;
        if (row->table == MBP_COILS || row->table == MBP_HOLDING_REGISTERS)
            blocks->written[blocks->written_count++] = block_of(plant, unit, b);
        else
            blocks->read[blocks->read_count++] = block_of(plant, unit, b);
    }
    for (unsigned per = 0; per < MBP_PER_COUNT && status == MBP_OK; per++)
        status = find_fields(&index->blocks[per]);
    return status;
}

void image_show_instructor(struct mbp_image_unit *unit, const struct mbp_sim_view *view)
{
    for (unsigned b = 0; b < mbp_map_count; b++) {
        const struct mbp_map_block *row = &mbp_map[b];
        if (row->instructor && row->per == MBP_PER_UNIT && row->refresh == MBP_REFRESH_SCAN)
            show(unit, b, 0, view);
    }
}
