/* Sensors in blocks that are sensed at once, with what each needs beside its values: the instrument's range and its
 * register's scale. Those of a large plant are mostly alike; blocks that are share it, so that it stays in the nearest
 * cache. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "mbplant/codec.h"
#include "process_priv.h"

#define RECENT 16 /* of so many different blocks before, alike ones are found */

void process_blocks_free(struct mbp_process *process)
{
    for (uint32_t b = 0; b < process->block_count; b++) {
        if (process->blocks[b].owner)
            free(process->blocks[b].low);
    }
    free(process->blocks);
    free(process->grids);
}

/* ---- one block --------------------------------------------------------------------------------------------------- */

struct beside {
    double low[PROCESS_BLOCK], high[PROCESS_BLOCK], scale[PROCESS_BLOCK];
};

static bool is_like(const struct process_block *block, const struct beside *beside, uint32_t count)
{
    size_t size = count * sizeof(double);
    return block->count >= count && memcmp(block->low, beside->low, size) == 0 &&
           memcmp(block->high, beside->high, size) == 0 && memcmp(block->scale, beside->scale, size) == 0;
}

static const struct process_block *find_alike(const struct mbp_process *process, const struct beside *beside,
                                              uint32_t count)
{
    unsigned different = 0;
    for (uint32_t b = process->block_count; b > 0 && different < RECENT; b--) {
        const struct process_block *block = &process->blocks[b - 1];
        if (!block->owner)
            continue;
        if (is_like(block, beside, count))
            return block;
        different++;
    }
    return NULL;
}

static enum mbp_status keep(const struct beside *beside, struct process_block *block)
{
    size_t size = block->count * sizeof(double);
    assert(size > 0);
    double *kept = malloc(3 * size);
    if (kept == NULL)
        return MBP_ERR_MEMORY;
    block->owner = true;
    block->low = kept;
    block->high = memcpy(kept + block->count, beside->high, size);
    block->scale = memcpy(kept + 2 * (size_t)block->count, beside->scale, size);
    memcpy(kept, beside->low, size);
    return MBP_OK;
}

static enum mbp_status add_block(struct mbp_process *process, struct process_block block, const struct beside *beside)
{
    enum mbp_status status = process_room(&process->blocks, process->block_count, sizeof *process->blocks);
    if (status != MBP_OK)
        return status;
    const struct process_block *alike = find_alike(process, beside, block.count);
    if (alike == NULL) {
        status = keep(beside, &block);
    } else {
        block.low = alike->low;
        block.high = alike->high;
        block.scale = alike->scale;
    }
    if (status == MBP_OK)
        process->blocks[process->block_count++] = block;
    return status;
}

/* The last sensor of the block that is made. */
static enum mbp_status add_to_grid(struct mbp_process *process, const struct process_block *block,
                                   const struct mbp_register *reg)
{
    const bool offset = mbp_register_has_offset(reg);
    struct process_grid *last = block->count > 1 ? &process->grids[process->grid_count - 1] : NULL;
    if (last != NULL && last->type == reg->type && last->offset == offset) {
        last->count++;
        return MBP_OK;
    }
    enum mbp_status status = process_room(&process->grids, process->grid_count, sizeof *process->grids);
    if (status != MBP_OK)
        return status;
    process->grids[process->grid_count++] = (struct process_grid){.count = 1, .type = reg->type, .offset = offset};
    return MBP_OK;
}

/* ---- all --------------------------------------------------------------------------------------------------------- */

enum mbp_status process_build_blocks(struct mbp_process *process)
{
    const struct mbp_plant *plant = process->plant;
    enum mbp_status status = MBP_OK;
    for (uint32_t s = 0; status == MBP_OK && s < plant->sensor_count;) {
        struct process_block block = {.first = s};
        struct beside beside;
        if (plant->sensors[s].reg.type == MBP_STRING) { /* no number: its value stays NaN */
            s++;
            continue;
        }
        for (; status == MBP_OK && s < plant->sensor_count && block.count < PROCESS_BLOCK; s++) {
            const struct mbp_sensor *sensor = &plant->sensors[s];
            if (sensor->reg.type == MBP_STRING)
                break;
            beside.low[block.count] = sensor->range[0];
            beside.high[block.count] = sensor->range[1];
            beside.scale[block.count] = sensor->reg.scale;
            block.count++;
            status = add_to_grid(process, &block, &sensor->reg);
        }
        if (status == MBP_OK)
            status = add_block(process, block, &beside);
    }
    return status;
}
