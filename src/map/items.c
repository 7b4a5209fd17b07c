/* items: of what a block has how many items, and where each stands. */
#include <assert.h>

#include "mbplant/map.h"

bool mbp_unit_has_map(const struct mbp_unit *unit)
{
    bool any = unit->machine_count + unit->sensor_count + unit->actuator_count + unit->controller_count > 0;
    for (unsigned b = 0; b < mbp_map_count && !any; b++)
        any = unit->layout.asked[b] != MBP_AS_DEFAULT && unit->layout.asked[b] <= MBP_NO_BASE;
    return any;
}

bool mbp_sensor_has_limits(const struct mbp_sensor *sensor)
{
    return sensor->reg.type != MBP_BOOL && sensor->reg.type != MBP_STRING;
}

uint32_t mbp_map_items(const struct mbp_plant *plant, const struct mbp_unit *unit, enum mbp_map_per per,
                       uint32_t *first)
{
    *first = 0;
    switch (per) {
    case MBP_PER_UNIT:
        return 1;
    case MBP_PER_MACHINE:
        *first = unit->first_machine;
        return unit->machine_count;
    case MBP_PER_SENSOR:
        *first = unit->first_sensor;
        return mbp_unit_sensors(unit);
    case MBP_PER_ACTUATOR:
        *first = unit->first_actuator;
        return unit->actuator_count;
    case MBP_PER_CONTROLLER:
        *first = unit->first_controller;
        return unit->controller_count;
    case MBP_PER_ALARM:
        *first = mbp_unit_first_alarm(unit);
        return unit->alarm_count - unit->interlock_count;
    case MBP_PER_INTERLOCK:
        *first = mbp_unit_first_interlock(unit);
        return unit->interlock_count;
    case MBP_PER_STORED:
        *first = unit->first_stored;
        return unit->stored_count;
    case MBP_PER_FAULT:
        return plant->fault_count;
    case MBP_PER_AD_HOC:
        return MBP_AD_HOC_FAULTS;
    case MBP_PER_LATENESS:
        return MBP_LATENESS_CLASSES;
    case MBP_PER_FORCED:
        return MBP_SIM_FORCED_MAX;
    case MBP_PER_PARAMETER:
        return plant->parameter_count;
    case MBP_PER_COUNT:
        break;
    }
    return 0;
}

const char *mbp_map_item_name(const struct mbp_plant *plant, enum mbp_map_per per, uint32_t item)
{
    switch (per) {
    case MBP_PER_MACHINE:
        return plant->machines[item].name;
    case MBP_PER_SENSOR:
    case MBP_PER_ALARM:
    case MBP_PER_INTERLOCK:
        return plant->sensors[item].name;
    case MBP_PER_ACTUATOR:
        return plant->actuators[item].name;
    case MBP_PER_CONTROLLER:
        return plant->controllers[item].name;
    case MBP_PER_STORED:
        return plant->stored[item].name;
    case MBP_PER_FAULT:
    case MBP_PER_AD_HOC:
    case MBP_PER_LATENESS:
    case MBP_PER_FORCED:
    case MBP_PER_PARAMETER:
    case MBP_PER_UNIT:
    case MBP_PER_COUNT:
        break;
    }
    return "";
}

bool mbp_map_has(const struct mbp_unit *unit, unsigned block)
{
    return mbp_map[block].instructor ? unit->instructor : unit->layout.base[block] != MBP_NO_BASE;
}

bool mbp_map_item_has(const struct mbp_plant *plant, const struct mbp_unit *unit, unsigned block, uint32_t item)
{
    if (!mbp_map_has(unit, block))
        return false;
    switch ((enum mbp_map_place)mbp_map[block].place) {
    case MBP_PLACE_LIMITS:
        return mbp_sensor_has_limits(&plant->sensors[item]);
    case MBP_PLACE_COMMAND:
        return !plant->actuators[item].on_off && !plant->actuators[item].reg.nowhere;
    case MBP_PLACE_ON_OFF:
        return plant->actuators[item].on_off && !plant->actuators[item].reg.nowhere;
    case MBP_PLACE_VALUE:
        return !plant->sensors[item].reg.nowhere;
    case MBP_PLACE_POINT:
        return false;
    case MBP_PLACE_STRIDE:
        break;
    }
    return true;
}

bool mbp_map_field_stands(const struct mbp_plant *plant, unsigned block, unsigned field, uint32_t item)
{
    const struct mbp_map_field *row = &mbp_map[block].fields[field];
    if (row->write != MBP_WRITE_SETTING || mbp_map[block].per != MBP_PER_CONTROLLER)
        return true;
    return mbp_controller_has_setting(&plant->controllers[item], row->sub);
}

static uint32_t number_in_unit(const struct mbp_plant *plant, const struct mbp_unit *unit, enum mbp_map_per per,
                               uint32_t item)
{
    uint32_t first;
    mbp_map_items(plant, unit, per, &first);
    return item - first;
}

uint16_t mbp_map_addr(const struct mbp_plant *plant, const struct mbp_unit *unit, unsigned block, uint32_t item)
{
    const struct mbp_map_block *row = &mbp_map[block];
    uint32_t base = row->instructor ? row->usual : unit->layout.base[block];
    assert(mbp_map_has(unit, block));
    switch ((enum mbp_map_place)row->place) {
    case MBP_PLACE_VALUE:
        return plant->sensors[item].reg.addr;
    case MBP_PLACE_LIMITS:
        return plant->sensors[item].reg.limits_addr;
    case MBP_PLACE_COMMAND:
        return plant->actuators[item].reg.addr;
    case MBP_PLACE_STRIDE:
    case MBP_PLACE_ON_OFF:
    case MBP_PLACE_POINT:
        break;
    }
    return (uint16_t)(base + row->stride * number_in_unit(plant, unit, (enum mbp_map_per)row->per, item));
}

uint32_t mbp_map_span(const struct mbp_plant *plant, const struct mbp_unit *unit, unsigned block, uint32_t *first)
{
    const struct mbp_map_block *row = &mbp_map[block];
    uint32_t item;
    if (!mbp_map_has(unit, block) || (row->place != MBP_PLACE_STRIDE && row->place != MBP_PLACE_ON_OFF))
        return 0;
    *first = row->instructor ? row->usual : unit->layout.base[block];
    return row->stride * mbp_map_items(plant, unit, (enum mbp_map_per)row->per, &item);
}

bool mbp_map_spans(const struct mbp_plant *plant, const struct mbp_unit *unit, enum mbp_table table, uint16_t addr)
{
    for (unsigned b = 0; b < mbp_map_count; b++) {
        uint32_t first = 0;
        uint32_t count = mbp_map_span(plant, unit, b, &first);
        if (mbp_map[b].table == table && addr >= first && addr < first + count)
            return true;
    }
    return false;
}

uint16_t mbp_map_item_count(const struct mbp_plant *plant, unsigned block, uint32_t item)
{
    switch ((enum mbp_map_place)mbp_map[block].place) {
    case MBP_PLACE_VALUE:
        return plant->sensors[item].reg.words;
    case MBP_PLACE_LIMITS:
        return (uint16_t)(MBP_LIMIT_COUNT * plant->sensors[item].reg.words);
    case MBP_PLACE_COMMAND:
        return plant->actuators[item].reg.words;
    case MBP_PLACE_STRIDE:
    case MBP_PLACE_ON_OFF:
    case MBP_PLACE_POINT:
        break;
    }
    return mbp_map[block].stride;
}

const struct mbp_register *mbp_map_register(const struct mbp_plant *plant, unsigned block, uint32_t item)
{
    switch ((enum mbp_map_place)mbp_map[block].place) {
    case MBP_PLACE_VALUE:
    case MBP_PLACE_LIMITS:
        return &plant->sensors[item].reg;
    case MBP_PLACE_COMMAND:
        return &plant->actuators[item].reg;
    case MBP_PLACE_POINT:
        return block == MBP_MAP_STORED ? &plant->stored[item].reg : NULL;
    case MBP_PLACE_STRIDE:
    case MBP_PLACE_ON_OFF:
        break;
    }
    return NULL;
}

uint16_t mbp_map_field_offset(unsigned block, unsigned field, const struct mbp_register *reg)
{
    return reg == NULL ? mbp_map[block].fields[field].offset : (uint16_t)(field * reg->words);
}

uint16_t mbp_map_field_count(const struct mbp_map_field *field, const struct mbp_register *reg)
{
    if (reg != NULL)
        return reg->words;
    return field->count != 0 ? field->count : (uint16_t)mbp_type_words((enum mbp_type)field->type);
}
