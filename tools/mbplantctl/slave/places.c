/* Where the map has what belongs to a machine, sensor or whatever else a block is of. */
#include "ctl.h"
#include "slave/point.h"

static const struct mbp_unit *machine_unit(const struct mbp_plant *plant, uint32_t machine)
{
    return &plant->units[plant->machines[machine].unit];
}

static const struct mbp_unit *sensor_unit(const struct mbp_plant *plant, uint32_t sensor)
{
    return &plant->units[plant->sensors[sensor].unit];
}

const struct mbp_unit *ctl_item_unit(const struct mbp_plant *plant, enum mbp_map_per per, uint32_t item)
{
    uint32_t unit = 0;
    switch (per) {
    case MBP_PER_MACHINE:
        unit = plant->machines[item].unit;
        break;
    case MBP_PER_SENSOR:
    case MBP_PER_ALARM:
    case MBP_PER_INTERLOCK:
        unit = plant->sensors[item].unit;
        break;
    case MBP_PER_ACTUATOR:
        unit = plant->actuators[item].unit;
        break;
    case MBP_PER_CONTROLLER:
        unit = plant->controllers[item].unit;
        break;
    case MBP_PER_STORED:
        unit = plant->stored[item].unit;
        break;
    case MBP_PER_UNIT:
        unit = item;
        break;
    case MBP_PER_FAULT:
    case MBP_PER_AD_HOC:
    case MBP_PER_LATENESS:
    case MBP_PER_FORCED:
    case MBP_PER_PARAMETER:
    case MBP_PER_COUNT:
        break;
    }
    return &plant->units[unit];
}

/* Where the user put a field of a block himself, in the block's table. */
static int32_t own_addr(const struct mbp_plant *plant, const struct mbp_unit *unit, unsigned block, uint32_t item,
                        unsigned field)
{
    for (uint32_t p = unit->first_point; p < unit->first_point + unit->point_count; p++) {
        const struct mbp_user_point *point = &plant->points[p];
        if (point->tag.block == block && point->tag.item == item && point->tag.field == field &&
            point->table == mbp_map[block].table)
            return point->reg.addr;
    }
    return -1;
}

/* Which of its block in its unit: a block of a unit's own has one alone, whichever unit it is. */
static uint32_t item_in_block(unsigned block, uint32_t item)
{
    return mbp_map[block].per == MBP_PER_UNIT ? 0 : item;
}

int32_t ctl_addr(const struct mbp_plant *plant, unsigned block, uint32_t item)
{
    const struct mbp_unit *unit = ctl_item_unit(plant, (enum mbp_map_per)mbp_map[block].per, item);
    return mbp_map_item_has(plant, unit, block, item) ? mbp_map_addr(plant, unit, block, item_in_block(block, item))
                                                      : own_addr(plant, unit, block, item, 0);
}

int32_t ctl_addr_of(const struct mbp_plant *plant, unsigned block, uint32_t item, enum mbp_write_kind write,
                    unsigned sub)
{
    const struct mbp_unit *unit = ctl_item_unit(plant, (enum mbp_map_per)mbp_map[block].per, item);
    bool has = mbp_map_item_has(plant, unit, block, item);
    for (unsigned f = 0; f < mbp_map[block].field_count; f++) {
        const struct mbp_map_field *field = &mbp_map[block].fields[f];
        if (field->write == write && field->sub == sub && !has)
            return own_addr(plant, unit, block, item, f);
        if (field->write == write && field->sub == sub)
            return mbp_map_addr(plant, unit, block, item_in_block(block, item)) +
                   mbp_map_field_offset(block, f, mbp_map_register(plant, block, item));
    }
    return -1;
}

int32_t ctl_sensor_addr(const struct mbp_plant *plant, uint32_t sensor, enum mbp_write_kind write, const char **field)
{
    enum mbp_map_per per = mbp_sensor_per(plant, sensor);
    for (unsigned b = 0; b < mbp_map_count; b++) {
        for (unsigned f = 0; f < mbp_map[b].field_count; f++) {
            if (mbp_map[b].per == per && mbp_map[b].fields[f].write == write) {
                *field = mbp_map[b].fields[f].name;
                return ctl_addr_of(plant, b, sensor, write, 0);
            }
        }
    }
    return -1;
}

void ctl_no_place(const char *name, const char *field, enum mbp_table table)
{
    ctl_error("%s.%s stands at no address of its unit; a point of the plant file gives it one: "
              "points: [{at: %s 0, tag: %s.%s}]",
              name, field, mbp_table_word(table), name, field);
}

enum ctl_exit ctl_no_places(const struct ctl_missing *missing)
{
    if (missing->count == 0)
        return CTL_OK;
    ctl_no_place(missing->name, missing->field, MBP_COILS);
    if (missing->count > 1)
        ctl_error("the same of %u more sensor%s", missing->count - 1, missing->count == 2 ? "" : "s");
    return CTL_FAILED;
}

uint8_t ctl_machine_unit(const struct mbp_plant *plant, uint32_t machine)
{
    return machine_unit(plant, machine)->id;
}

uint8_t ctl_sensor_unit(const struct mbp_plant *plant, uint32_t sensor)
{
    return sensor_unit(plant, sensor)->id;
}
