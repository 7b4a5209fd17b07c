/* derived: points that a unit's map has under another name, or beside others in one register. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "mbplant/map.h"

/* A state of an alarm is four bits of the sensor's words. */
#define NIBBLE(i)                                                                                                      \
    {                                                                                                                  \
        .reg = {.scale = 1, .words = 1, .type = MBP_UINT16}, .mask = 0xF << 4 * (i), .shift = 4 * (i),                 \
        .table = MBP_INPUT_REGISTERS                                                                                   \
    }
static const struct mbp_user_point nibbles[] = {NIBBLE(0), NIBBLE(1), NIBBLE(2), NIBBLE(3)};

/* The command of an actuator, where masters write it. */
static bool find_command(const struct mbp_plant *plant, const struct mbp_unit *unit, uint32_t actuator,
                         struct mbp_point *out)
{
    for (unsigned b = MBP_MAP_COMMAND_COILS; b <= MBP_MAP_COMMANDS; b++) {
        if (mbp_map[b].per != MBP_PER_ACTUATOR || !mbp_map_item_has(plant, unit, b, actuator))
            continue;
        mbp_map_field_point(plant, unit, b, actuator, 0, out);
        return true;
    }
    for (uint32_t p = unit->first_point; p < unit->first_point + unit->point_count; p++) {
        const struct mbp_user_point *own = &plant->points[p];
        if (own->tag.item != actuator || mbp_map_tag_field(&own->tag)->write != MBP_WRITE_COMMAND)
            continue;
        mbp_map_own_point(plant, own, out);
        return true;
    }
    return false;
}

/* "high.state", "high.since" of a sensor whose alarms stand in their block. */
static bool find_alarm(const struct mbp_plant *plant, const struct mbp_unit *unit, uint32_t sensor, const char *field,
                       struct mbp_point *out)
{
    enum { STATES, STATES_BESIDE, SINCE };
    const struct mbp_map_block *lives = &mbp_map[MBP_MAP_ALARM_LIVES];
    unsigned f = 0;
    while (f < lives->field_count && strcasecmp(lives->fields[f].name, field) != 0)
        f++;
    if (f == lives->field_count || !mbp_map_item_has(plant, unit, MBP_MAP_ALARMS, sensor))
        return false;
    unsigned alarm = f / 2;
    bool beside = alarm >= MBP_LIMIT_COUNT;
    bool since = f % 2 == 1;
    mbp_map_field_point(plant, unit, MBP_MAP_ALARMS, sensor, since ? SINCE : beside ? STATES_BESIDE : STATES, out);
    if (!since)
        out->own = &nibbles[beside ? alarm - MBP_LIMIT_COUNT : alarm];
    out->field = &lives->fields[f];
    out->what = out->field->what;
    snprintf(out->name, sizeof out->name, "%s.%s", plant->sensors[sensor].name, out->field->name);
    return true;
}

/* "condition" of a contact that alarms. */
static bool point_of_contact(const struct mbp_plant *plant, const struct mbp_unit *unit, uint32_t sensor,
                             struct mbp_point *out)
{
    const struct mbp_map_block *block = &mbp_map[MBP_MAP_ALARM_BITS];
    for (unsigned f = 0; f < block->field_count; f++) {
        if (strcmp(block->fields[f].name, MBP_MAP_CONDITION) == 0 &&
            mbp_map_item_has(plant, unit, MBP_MAP_ALARM_BITS, sensor) &&
            mbp_map_field_stands(plant, MBP_MAP_ALARM_BITS, f, sensor)) {
            mbp_map_field_point(plant, unit, MBP_MAP_ALARM_BITS, sensor, f, out);
            snprintf(out->name, sizeof out->name, "%s.condition", plant->sensors[sensor].name);
            return true;
        }
    }
    return false;
}

bool mbp_map_derived_point(const struct mbp_plant *plant, enum mbp_map_per per, uint32_t item, const char *field,
                           struct mbp_point *out)
{
    if (per == MBP_PER_ACTUATOR && strcasecmp(field, "command") == 0)
        return find_command(plant, &plant->units[plant->actuators[item].unit], item, out);
    bool contact = strcasecmp(field, "condition") == 0 || strcasecmp(field, MBP_MAP_CONDITION) == 0;
    if (per == MBP_PER_SENSOR && contact)
        return point_of_contact(plant, &plant->units[plant->sensors[item].unit], item, out);
    return per == MBP_PER_SENSOR && find_alarm(plant, &plant->units[plant->sensors[item].unit], item, field, out);
}
