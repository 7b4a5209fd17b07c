/* print_items: what has a name, with every key. Comments name the addresses that the map gives it beside its value's.
 */
#include "print.h"

#include <string.h>

#include "mbplant/plant/interlock.h"

static void print_head(FILE *out, const struct mbp_plant *plant, const struct mbp_unit *unit, enum mbp_map_per per,
                       uint32_t item, const char *name, const char *indent)
{
    char inner[32];
    snprintf(inner, sizeof inner, "%s    ", indent);
    fprintf(out, "%s  - name: ", indent);
    mbp_print_name(out, name);
    fputc('\n', out);
    mbp_print_places(out, plant, unit, per, item, inner);
}

void mbp_print_machine(FILE *out, const struct mbp_plant *plant, const struct mbp_unit *unit, uint32_t m)
{
    struct mbp_machine_def def;
    print_head(out, plant, unit, MBP_PER_MACHINE, m, plant->machines[m].name, "    ");
    mbp_machine_view(plant, m, &def);
    mbp_schema_print(out, &mbp_machine_schema, &def, "        ");
}

void mbp_print_sensors(FILE *out, const struct mbp_plant *plant, const struct mbp_unit *unit, uint32_t first,
                       uint32_t count, const char *indent)
{
    char inner[32];
    snprintf(inner, sizeof inner, "%s    ", indent);
    if (count > 0) {
        fprintf(out, "%ssensors:\n", indent);
    }
    for (uint32_t s = first; s < first + count; s++) {
        struct mbp_sensor_view view;
        print_head(out, plant, unit, MBP_PER_SENSOR, s, plant->sensors[s].name, indent);
        mbp_sensor_view(plant, s, &view);
        mbp_schema_print(out, &mbp_sensor_schema, &view.def, inner);
    }
}

void mbp_print_alarms(FILE *out, const struct mbp_plant *plant, const struct mbp_unit *unit, uint32_t first,
                      uint32_t count, const char *indent)
{
    char inner[32];
    snprintf(inner, sizeof inner, "%s    ", indent);
    if (count > 0) {
        fprintf(out, "%salarms:\n", indent);
    }
    for (uint32_t s = first; s < first + count; s++) {
        struct mbp_sensor_def def;
        print_head(out, plant, unit, MBP_PER_ALARM, s, plant->sensors[s].name, indent);
        mbp_own_alarm_view(plant, s, &def);
        mbp_schema_print(out, &mbp_own_alarm_schema, &def, inner);
    }
}

void mbp_print_interlocks(FILE *out, const struct mbp_plant *plant, const struct mbp_unit *unit,
                          const struct mbp_machine *machine)
{
    if (machine->interlock_count > 0)
        fputs("        interlocks:\n", out);
    for (uint32_t s = machine->first_interlock; s < machine->first_interlock + machine->interlock_count; s++) {
        struct mbp_interlock_def def;
        print_head(out, plant, unit, MBP_PER_INTERLOCK, s, plant->sensors[s].name + strlen(machine->name) + 1,
                   "        ");
        mbp_interlock_view(plant, s, &def);
        mbp_schema_print(out, &mbp_interlock_schema, &def, "            ");
    }
}

void mbp_print_actuators(FILE *out, const struct mbp_plant *plant, const struct mbp_unit *unit, uint32_t first,
                         uint32_t count, const char *indent)
{
    char inner[32];
    snprintf(inner, sizeof inner, "%s    ", indent);
    if (count > 0) {
        fprintf(out, "%sactuators:\n", indent);
    }
    for (uint32_t a = first; a < first + count; a++) {
        struct mbp_actuator_def def;
        print_head(out, plant, unit, MBP_PER_ACTUATOR, a, plant->actuators[a].name, indent);
        mbp_actuator_view(plant, a, &def);
        mbp_schema_print(out, &mbp_actuator_schema, &def, inner);
    }
}

void mbp_print_controllers(FILE *out, const struct mbp_plant *plant, const struct mbp_unit *unit, uint32_t first,
                           uint32_t count, const char *indent)
{
    char inner[32];
    snprintf(inner, sizeof inner, "%s    ", indent);
    if (count > 0) {
        fprintf(out, "%scontrollers:\n", indent);
    }
    for (uint32_t c = first; c < first + count; c++) {
        struct mbp_controller_view view;
        print_head(out, plant, unit, MBP_PER_CONTROLLER, c, plant->controllers[c].name, indent);
        mbp_controller_view(plant, c, &view);
        mbp_schema_print(out, &mbp_controller_schema, &view.def, inner);
    }
}

uint32_t mbp_plant_machine_differs(const struct mbp_plant *was, uint32_t was_machine, const struct mbp_plant *now,
                                   uint32_t machine)
{
    struct mbp_machine_def before, after;
    mbp_machine_view(was, was_machine, &before);
    mbp_machine_view(now, machine, &after);
    return mbp_schema_differs(&mbp_machine_schema, &before, &after, MBP_CHANGED_OTHER);
}

uint32_t mbp_plant_sensor_differs(const struct mbp_plant *was, uint32_t was_sensor, const struct mbp_plant *now,
                                  uint32_t sensor)
{
    struct mbp_sensor_view before, after;
    bool was_alarm = was->sensors[was_sensor].is_alarm;
    if (was_alarm != now->sensors[sensor].is_alarm)
        return MBP_CHANGED_OTHER;
    if (was->sensors[was_sensor].interlock != now->sensors[sensor].interlock)
        return MBP_CHANGED_OTHER;
    if (was->sensors[was_sensor].interlock == MBP_INTERLOCK_BYPASS) /* its label says what its interlock's says */
        return was->sensors[was_sensor].priority != now->sensors[sensor].priority ? MBP_CHANGED_ALARMS : 0;
    if (mbp_is_interlock(&now->sensors[sensor])) {
        struct mbp_interlock_def old, new;
        mbp_interlock_view(was, was_sensor, &old);
        mbp_interlock_view(now, sensor, &new);
        return mbp_schema_differs(&mbp_interlock_schema, &old, &new, MBP_CHANGED_OTHER);
    }
    if (was_alarm) {
        mbp_own_alarm_view(was, was_sensor, &before.def);
        mbp_own_alarm_view(now, sensor, &after.def);
        return mbp_schema_differs(&mbp_own_alarm_schema, &before.def, &after.def, MBP_CHANGED_OTHER);
    }
    mbp_sensor_view(was, was_sensor, &before);
    mbp_sensor_view(now, sensor, &after);
    return mbp_schema_differs(&mbp_sensor_schema, &before.def, &after.def, MBP_CHANGED_OTHER);
}
