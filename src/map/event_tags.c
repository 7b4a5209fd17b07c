/* Tags of a plant's machines and items, and how many digits a value is worth. */
#include "mbplant/event/tag.h"

#include <math.h>

#include "mbplant/map.h"

#define DECIMALS_MAX      6u
#define FLOAT_STEPS       2000.0 /* steps of a floating sensor's range that are worth showing */
#define RANGE_MEANINGFUL  1e9    /* a wider range is the type's own, which says nothing about the sensor */
#define DECIMALS_NO_RANGE 3u
#define DECIMALS_ON_OFF   1u /* between off and on */

/* ---- digits ----------------------------------------------------------------------------------------------------- */

unsigned mbp_scale_decimals(double scale)
{
    unsigned decimals = 0;
    double scaled = scale;
    while (decimals < DECIMALS_MAX && fabs(scaled - round(scaled)) > fabs(scaled) * 1e-9) {
        scaled *= 10;
        decimals++;
    }
    return decimals;
}

static unsigned register_decimals(const struct mbp_register *reg, const double range[2])
{
    if (reg->type != MBP_FLOAT32 && reg->type != MBP_FLOAT64)
        return mbp_scale_decimals(reg->scale);
    double span = range[1] - range[0];
    if (!(span > 0) || span >= RANGE_MEANINGFUL)
        return DECIMALS_NO_RANGE;
    double step = span / FLOAT_STEPS * (1 + 1e-9);
    unsigned decimals = 0;
    for (double shown = 1; decimals < DECIMALS_MAX && shown > step; shown /= 10)
        decimals++;
    return decimals;
}

unsigned mbp_sensor_decimals(const struct mbp_sensor *sensor)
{
    return sensor->reg.type == MBP_BOOL ? 0 : register_decimals(&sensor->reg, sensor->range);
}

unsigned mbp_actuator_decimals(const struct mbp_actuator *actuator)
{
    return actuator->on_off ? DECIMALS_ON_OFF : register_decimals(&actuator->reg, actuator->range);
}

/* ---- items ------------------------------------------------------------------------------------------------------ */

static uint16_t number16(uint32_t number)
{
    return number < MBP_NONE16 ? (uint16_t)number : MBP_NONE16;
}

uint16_t mbp_item_of_sensor(const struct mbp_plant *plant, uint32_t sensor)
{
    return number16(sensor - plant->units[plant->sensors[sensor].unit].first_sensor);
}

uint16_t mbp_item_of_actuator(const struct mbp_plant *plant, uint32_t actuator)
{
    const struct mbp_unit *unit = &plant->units[plant->actuators[actuator].unit];
    return number16(unit->sensor_count + actuator - unit->first_actuator);
}

uint16_t mbp_item_of_controller(const struct mbp_plant *plant, uint32_t controller)
{
    const struct mbp_unit *unit = &plant->units[plant->controllers[controller].unit];
    return number16(unit->sensor_count + unit->actuator_count + controller - unit->first_controller);
}

uint16_t mbp_item_of_stored(const struct mbp_plant *plant, uint32_t stored)
{
    const struct mbp_unit *unit = &plant->units[plant->stored[stored].unit];
    uint32_t before = unit->sensor_count + unit->actuator_count + unit->controller_count;
    return plant->stored[stored].named ? number16(before + stored - unit->first_stored) : MBP_NONE16;
}

uint16_t mbp_number_of_machine(const struct mbp_plant *plant, uint32_t machine)
{
    return machine == UINT32_MAX ? MBP_NONE16
                                 : number16(machine - plant->units[plant->machines[machine].unit].first_machine);
}

void mbp_item_of_block(const struct mbp_plant *plant, unsigned block, uint32_t index, uint16_t *machine, uint16_t *item)
{
    uint32_t of = UINT32_MAX;
    *item = MBP_NONE16;
    switch ((enum mbp_map_per)mbp_map[block].per) {
    case MBP_PER_MACHINE:
        of = index;
        break;
    case MBP_PER_SENSOR:
    case MBP_PER_ALARM:
    case MBP_PER_INTERLOCK:
        of = plant->sensors[index].machine;
        *item = mbp_item_of_sensor(plant, index);
        break;
    case MBP_PER_ACTUATOR:
        of = plant->actuators[index].machine;
        *item = mbp_item_of_actuator(plant, index);
        break;
    case MBP_PER_CONTROLLER:
        of = plant->controllers[index].machine;
        *item = mbp_item_of_controller(plant, index);
        break;
    case MBP_PER_STORED:
        *item = mbp_item_of_stored(plant, index);
        break;
    case MBP_PER_UNIT:
    case MBP_PER_FAULT:
    case MBP_PER_AD_HOC:
    case MBP_PER_LATENESS:
    case MBP_PER_FORCED:
    case MBP_PER_PARAMETER:
    case MBP_PER_COUNT:
        break;
    }
    *machine = mbp_number_of_machine(plant, of);
}

uint32_t mbp_item_count(const struct mbp_unit *unit)
{
    return unit->sensor_count + unit->actuator_count + unit->controller_count + unit->named_count;
}

/* ---- tags ------------------------------------------------------------------------------------------------------- */

static struct mbp_event_tag tag_of(enum mbp_tag_what what, const char *name, const char *label)
{
    return (struct mbp_event_tag){.what = (uint8_t)what,
                                  .gone = MBP_TAG_STAYS,
                                  .name = name,
                                  .kind = "",
                                  .measure = "",
                                  .label = label != NULL ? label : ""};
}

struct mbp_event_tag mbp_tag_of_sensor(const struct mbp_sensor *sensor)
{
    struct mbp_event_tag tag = tag_of(MBP_TAG_SENSOR, sensor->name, sensor->label);
    tag.kind = sensor->interlock == MBP_INTERLOCK ? MBP_TAG_INTERLOCK : mbp_kind_name((enum mbp_kind)sensor->kind);
    tag.measure = sensor->unit_text != NULL ? sensor->unit_text : "";
    tag.decimals = sensor->reg.type == MBP_BOOL ? MBP_TAG_ON_OFF : (uint8_t)mbp_sensor_decimals(sensor);
    return tag;
}

static struct mbp_event_tag tag_of_actuator(const struct mbp_actuator *actuator)
{
    struct mbp_event_tag tag = tag_of(MBP_TAG_ACTUATOR, actuator->name, actuator->label);
    tag.measure = actuator->unit_text != NULL ? actuator->unit_text : "";
    tag.decimals = (uint8_t)mbp_actuator_decimals(actuator);
    return tag;
}

static struct mbp_event_tag tag_of_controller(const struct mbp_controller *controller)
{
    struct mbp_event_tag tag = tag_of(MBP_TAG_CONTROLLER, controller->name, controller->label);
    tag.decimals = DECIMALS_NO_RANGE; /* of its settings, each in a unit of its own */
    return tag;
}

static struct mbp_event_tag tag_of_stored(const struct mbp_stored *stored)
{
    struct mbp_event_tag tag = tag_of(MBP_TAG_POINT, stored->name, NULL);
    bool whole = stored->reg.type != MBP_FLOAT32 && stored->reg.type != MBP_FLOAT64;
    unsigned of_scale = mbp_scale_decimals(stored->reg.scale);
    unsigned of_offset = mbp_scale_decimals(stored->reg.offset);
    tag.decimals = (uint8_t)(!whole ? DECIMALS_NO_RANGE : of_scale > of_offset ? of_scale : of_offset);
    if (stored->reg.type == MBP_BOOL)
        tag.decimals = MBP_TAG_ON_OFF;
    return tag;
}

static void finish(const struct mbp_unit *unit, uint32_t number, struct mbp_event_tag *tag)
{
    tag->unit = unit->id;
    tag->id = number16(number);
}

bool mbp_tag_of_machine(const struct mbp_plant *plant, const struct mbp_unit *unit, uint32_t number,
                        struct mbp_event_tag *out)
{
    if (number >= unit->machine_count)
        return false;
    const struct mbp_machine *machine = &plant->machines[unit->first_machine + number];
    *out = tag_of(MBP_TAG_MACHINE, machine->name, machine->label);
    finish(unit, number, out);
    return true;
}

bool mbp_tag_of_item(const struct mbp_plant *plant, const struct mbp_unit *unit, uint32_t number,
                     struct mbp_event_tag *out)
{
    uint32_t actuator = number - unit->sensor_count;
    if (number >= mbp_item_count(unit))
        return false;
    if (number < unit->sensor_count)
        *out = mbp_tag_of_sensor(&plant->sensors[unit->first_sensor + number]);
    else if (actuator < unit->actuator_count)
        *out = tag_of_actuator(&plant->actuators[unit->first_actuator + actuator]);
    else if (actuator - unit->actuator_count < unit->controller_count)
        *out = tag_of_controller(&plant->controllers[unit->first_controller + actuator - unit->actuator_count]);
    else
        *out = tag_of_stored(
            &plant->stored[unit->first_stored + actuator - unit->actuator_count - unit->controller_count]);
    finish(unit, number, out);
    return true;
}
