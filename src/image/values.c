/* Sensors' values into their registers, in runs of sensors whose registers follow each other and are alike: what every
 * scan does to all of them. */
#include <stdlib.h>

#include "image_priv.h"

static bool goes_on(const struct value_run *run, const struct mbp_register *reg, uint32_t s)
{
    return !run->single && !mbp_register_has_offset(reg) && run->first + run->count == s && run->type == reg->type &&
           run->order == reg->order && run->addr + run->count * reg->words == reg->addr;
}

enum mbp_status image_values_new(const struct mbp_plant *plant, const struct mbp_unit *unit, struct image_index *index)
{
    index->runs = calloc((size_t)unit->sensor_count + 1, sizeof *index->runs);
    index->scale = calloc((size_t)unit->sensor_count + 1, sizeof *index->scale);
    index->bits_shown = calloc((size_t)unit->sensor_count + 1, 1);
    index->alarms_shown = calloc((size_t)unit->sensor_count + 1, sizeof *index->alarms_shown);
    index->alone_shown = calloc((size_t)unit->sensor_count + 1, sizeof *index->alone_shown);
    index->machine_shown = calloc((size_t)unit->machine_count + 1, sizeof *index->machine_shown);
    if (index->runs == NULL || index->scale == NULL || index->bits_shown == NULL || index->alarms_shown == NULL ||
        index->alone_shown == NULL || index->machine_shown == NULL)
        return MBP_ERR_MEMORY;
    for (uint32_t i = 0; i < unit->sensor_count; i++) {
        uint32_t s = unit->first_sensor + i;
        const struct mbp_register *reg = &plant->sensors[s].reg;
        index->scale[i] = reg->scale;
        if (reg->type == MBP_STRING || reg->nowhere)
            continue; /* a text stands where it was put at the start, or where a master put another */
        if (index->run_count > 0 && goes_on(&index->runs[index->run_count - 1], reg, s))
            index->runs[index->run_count - 1].count++;
        else
            index->runs[index->run_count++] =
                (struct value_run){s, 1, reg->addr, reg->type, reg->order, mbp_register_has_offset(reg)};
    }
    struct value_run *fitting = realloc(index->runs, ((size_t)index->run_count + 1) * sizeof *fitting);
    if (fitting != NULL)
        index->runs = fitting;
    return MBP_OK;
}

void image_values_publish(struct mbp_image_unit *unit, const struct mbp_state *state)
{
    const struct mbp_unit *u = unit->unit;
    const struct image_index *index = &unit->image->index[unit - unit->image->units];
    for (uint32_t r = 0; r < index->run_count; r++) {
        const struct value_run *run = &index->runs[r];
        if (run->single)
            mbp_register_update(&unit->image->plant->sensors[run->first].reg, state->value[run->first],
                                unit->holding + run->addr);
        else
            mbp_codec_encode_run((enum mbp_type)run->type, (enum mbp_order)run->order,
                                 index->scale + (run->first - u->first_sensor), state->value + run->first, run->count,
                                 unit->holding + run->addr);
    }
    if (mbp_map_has(u, MBP_MAP_FLOATS))
        mbp_codec_encode_run(MBP_FLOAT32, MBP_ABCD, NULL, state->value + u->first_sensor, mbp_unit_sensors(u),
                             unit->input + u->layout.base[MBP_MAP_FLOATS]);
}
