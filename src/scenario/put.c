/* put: what is written where, so that the plant takes it as a master's write. */
#include <string.h>

#include "scenario_priv.h"

/* What a value must lie in so that the write is not refused; NULL = the type's own range will do. */
static const double *allowed_range(const struct mbp_plant *plant, const struct mbp_point *point)
{
    if (point->actuator != UINT32_MAX)
        return plant->actuators[point->actuator].range;
    bool in_range = strcmp(point->what, "value") == 0 || strcmp(point->what, "limit") == 0;
    return point->sensor != UINT32_MAX && in_range ? plant->sensors[point->sensor].range : NULL;
}

/* A raw block's `min` and `max`. */
static void narrow_to_block(const struct mbp_plant *plant, const struct mbp_point *point, uint8_t id, double range[2])
{
    for (uint32_t u = 0; u < plant->unit_count; u++) {
        const struct mbp_unit *unit = &plant->units[u];
        for (uint32_t b = 0; unit->id == id && b < unit->block_count[point->table]; b++) {
            const struct mbp_block *block = &unit->blocks[point->table][b];
            if (point->addr < block->at || point->addr >= block->at + block->count)
                continue;
            range[0] = block->has_min ? block->min : range[0];
            range[1] = block->has_max ? block->max : range[1];
        }
    }
}

bool put_fits(struct mbp_scenario *scenario, const struct mbp_node *node, const struct mbp_point *point, uint8_t unit,
              double value)
{
    const struct mbp_register reg = mbp_point_register(point);
    const double *allowed = allowed_range(scenario->plant, point);
    double range[2] = {0, 1};
    if (point->type == MBP_STRING) {
        mbp_reader_tell(&scenario->reader, node, "%s shows a text; a scenario writes numbers", point->name);
        return false;
    }
    bool bits = point->type == MBP_BOOL;
    if (!bits && allowed != NULL) {
        memcpy(range, allowed, sizeof range);
    } else if (!bits) {
        mbp_register_range(&reg, &range[0], &range[1]);
        narrow_to_block(scenario->plant, point, unit, range);
    }
    if (bits ? value == 0.0 || value == 1.0 : mbp_grid_within(&reg, range, value)) // NOLINT
        return true;
    if (bits)
        mbp_reader_tell(&scenario->reader, node, "%s takes 0 and 1, not %g", point->name, value);
    else
        mbp_reader_tell(&scenario->reader, node, "%s takes %g..%g%s%s, not %g", point->name, range[0], range[1],
                        point->unit_text[0] != '\0' ? " " : "", point->unit_text, value);
    return false;
}

bool put_add(struct mbp_scenario *scenario, struct puts *puts, const struct mbp_point *point, uint8_t unit,
             double value)
{
    struct put *items = mbp_reader_array(&scenario->reader, &scenario->arena, puts->count + 1u, sizeof *items);
    if (items == NULL)
        return false;
    if (puts->count > 0)
        memcpy(items, puts->items, puts->count * sizeof *items);
    struct put *put = &items[puts->count];
    *put = (struct put){.unit = unit,
                        .table = point->table,
                        .addr = point->addr,
                        .count = (uint16_t)point->count,
                        .type = (uint8_t)point->type,
                        .order = (uint8_t)point->order,
                        .reg = mbp_point_register(point)};
    if (point->own != NULL) {
        put->mask = point->own->mask;
        put->shift = point->own->shift;
    }
    if (point->table == MBP_COILS || point->type == MBP_BOOL)
        put->words[0] = value > 0 ? 1 : 0;
    else
        mbp_register_encode(&put->reg, value, put->words);
    if (put->mask != 0)
        put->words[0] = (uint16_t)((uint32_t)put->words[0] << put->shift & put->mask);
    puts->items = items;
    puts->count++;
    return true;
}

bool put_value(struct mbp_scenario *scenario, const struct write_def *def, struct puts *puts)
{
    struct mbp_point point;
    uint8_t unit;
    if (!mbp_def_has(&def->def, WRITE_POINT) || !mbp_def_has(&def->def, WRITE_VALUE) ||
        !find_point(scenario, def, &point, &unit) ||
        !put_fits(scenario, mbp_def_node(&def->def, "value"), &point, unit, def->value))
        return false;
    return put_add(scenario, puts, &point, unit, def->value);
}

/* A coil that the map calls NAME.suffix; false when it has none. */
bool put_coil(struct mbp_scenario *scenario, const char *name, const char *suffix, bool on, struct puts *puts)
{
    char whole[2 * MBP_NAME_MAX];
    struct mbp_point point;
    uint8_t unit;
    snprintf(whole, sizeof whole, "%s.%s", name, suffix);
    return look_up_point(scenario->plant, whole, &point, &unit) && put_add(scenario, puts, &point, unit, on ? 1 : 0);
}

/* A sensor's own coil where the map has one, else its machine's, as an operator would. */
bool put_acknowledge(struct mbp_scenario *scenario, const struct mbp_node *node, const struct target *target,
                     struct puts *puts)
{
    const struct mbp_plant *plant = scenario->plant;
    if (target->kind == TARGET_ALL) {
        for (uint32_t m = 0; m < plant->machine_count; m++)
            put_coil(scenario, plant->machines[m].name, "acknowledge", true, puts);
        for (uint32_t s = 0; s < plant->sensor_count; s++)
            if (plant->sensors[s].machine == UINT32_MAX)
                put_coil(scenario, plant->sensors[s].name, "acknowledge", true, puts);
    } else {
        uint32_t machine = target->index;
        bool put = false;
        if (target->kind == TARGET_SENSOR) {
            machine = plant->sensors[target->index].machine;
            put = put_coil(scenario, plant->sensors[target->index].name, "acknowledge", true, puts);
        }
        if (!put && machine != UINT32_MAX)
            put_coil(scenario, plant->machines[machine].name, "acknowledge", true, puts);
    }
    if (puts->count > 0)
        return true;
    mbp_reader_tell(&scenario->reader, node, "the map of %s has no coil that acknowledges this", plant->name);
    return false;
}
