/* tag: machines, sensors, actuators and controllers of a plant as tags, which is how events name them, and values with
 * as many digits as they are worth. */
#ifndef MBPLANT_EVENT_TAG_H
#define MBPLANT_EVENT_TAG_H

#include "mbplant/names.h"
#include "mbplant/plant.h"

/* The kind of an interlock's tag, which is a sensor's. */
#define MBP_TAG_INTERLOCK "interlock"

/* Digits after the point that a sensor's register can tell apart: of its scale for the integer types (0.1 -> 1), a
 * two-thousandth of the instrument's range for the floating ones. 0..6. */
unsigned mbp_sensor_decimals(const struct mbp_sensor *sensor);

/* The same of an actuator's command. */
unsigned mbp_actuator_decimals(const struct mbp_actuator *actuator);

/* Digits after the point of a scale: the least that show it exactly. 0..6. */
unsigned mbp_scale_decimals(double scale);

/* In a plant, items of a unit are counted: sensors in file order, behind them actuators, then controllers, then
 * stored values with a name. Until an event is recorded, its machine and sensor are such numbers. */
uint16_t mbp_item_of_sensor(const struct mbp_plant *plant, uint32_t sensor);
uint16_t mbp_item_of_actuator(const struct mbp_plant *plant, uint32_t actuator);
uint16_t mbp_item_of_controller(const struct mbp_plant *plant, uint32_t controller);
uint16_t mbp_item_of_stored(const struct mbp_plant *plant, uint32_t stored); /* MBP_NONE16: it has no name */

/* The number of a machine in its unit; MBP_NONE16 of UINT32_MAX. */
uint16_t mbp_number_of_machine(const struct mbp_plant *plant, uint32_t machine);

/* Whose an item of a block of the map is, and its machine; MBP_NONE16 = none. */
void mbp_item_of_block(const struct mbp_plant *plant, unsigned block, uint32_t index, uint16_t *machine,
                       uint16_t *item);

/* How many items a unit has. */
uint32_t mbp_item_count(const struct mbp_unit *unit);

/* Their tags, with the number in the unit as id; since 0, and they stay. False: the unit has no such one. */
bool mbp_tag_of_machine(const struct mbp_plant *plant, const struct mbp_unit *unit, uint32_t number,
                        struct mbp_event_tag *out);
bool mbp_tag_of_item(const struct mbp_plant *plant, const struct mbp_unit *unit, uint32_t number,
                     struct mbp_event_tag *out);
struct mbp_event_tag mbp_tag_of_sensor(const struct mbp_sensor *sensor);

#endif
