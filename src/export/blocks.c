/* blocks: rows that one request reads. */
#include "export_priv.h"

/* Whether every address between two rows is one that reads: a point's or a hole that reads 0. */
static bool is_bridged(const struct mbp_export *export, const struct export_block *block, uint32_t from, uint32_t to)
{
    const struct mbp_unit *unit = &export->plant->units[block->unit];
    for (uint32_t at = from; at < to; at++) {
        struct mbp_map_found found;
        enum mbp_table table = (enum mbp_table)block->table;
        bool there = unit->gaps != MBP_GAPS_ERROR || mbp_map_spans(export->plant, unit, table, (uint16_t)at) ||
                     (mbp_map_find(export->indexes[block->unit], table, (uint16_t)at, &found) &&
                      (found.own == NULL || !found.own->write_only));
        if (!there)
            return false;
    }
    return true;
}

struct export_block export_block_at(const struct mbp_export *export, size_t row, uint32_t max_registers,
                                    uint32_t max_bits)
{
    const struct mbp_export_row *first = &export->rows[row];
    const struct mbp_unit *unit = &export->plant->units[first->unit];
    struct export_block block = {row, 1, first->unit, first->point.table, first->point.addr, first->point.count};
    uint32_t max = export_is_bits(&first->point) ? max_bits : max_registers;
    if (!export_is_bits(&first->point) && unit->answer.max_read != 0 && unit->answer.max_read < max)
        max = unit->answer.max_read;
    for (size_t next = row + 1; next < export->row_count; next++) {
        const struct mbp_export_row *with = &export->rows[next];
        uint32_t end = (uint32_t)with->point.addr + with->point.count;
        uint32_t own_end = block.addr + block.count;
        if (with->unit != block.unit || with->point.table != block.table || end - block.addr > max ||
            (with->point.own != NULL && with->point.own->write_only) ||
            !is_bridged(export, &block, own_end, with->point.addr))
            break;
        block.count = end > own_end ? end - block.addr : block.count;
        block.row_count++;
    }
    return block;
}
