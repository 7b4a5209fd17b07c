/* print: the plant as a file in which nothing is left to a default. Comments name the addresses that follow from the
 * map; everything else is a key that loads to the same plant. */
#include "print.h"

static uint32_t raw_blocks(const struct mbp_unit *unit)
{
    uint32_t count = 0;
    for (unsigned table = 0; table < MBP_TABLE_COUNT; table++) {
        count += unit->block_count[table];
    }
    return count;
}

static void print_unit(FILE *out, const struct mbp_plant *plant, const struct mbp_unit *unit)
{
    struct mbp_arena arena = {0};
    struct mbp_unit_def def;
    mbp_unit_view(unit, &arena, &def);
    fprintf(out, "  - id: %u\n", unit->id);
    mbp_schema_print(out, &mbp_unit_schema, &def, "    ");
    mbp_print_answer(out, unit);
    mbp_print_parameters(out, plant, unit);
    fputs(unit->machine_count > 0 ? "    machines:\n" : "", out);
    uint32_t own_sensors = unit->first_sensor;
    uint32_t own_alarms = mbp_unit_first_alarm(unit);
    uint32_t own_actuators = unit->first_actuator;
    uint32_t own_controllers = unit->first_controller;
    for (uint32_t m = 0; m < unit->machine_count; m++) {
        const struct mbp_machine *machine = &plant->machines[unit->first_machine + m];
        mbp_print_machine(out, plant, unit, unit->first_machine + m);
        mbp_print_sensors(out, plant, unit, machine->first_sensor, machine->sensor_count, "        ");
        mbp_print_actuators(out, plant, unit, machine->first_actuator, machine->actuator_count, "        ");
        mbp_print_controllers(out, plant, unit, machine->first_controller, machine->controller_count, "        ");
        mbp_print_alarms(out, plant, unit, machine->first_alarm, machine->alarm_count, "        ");
        mbp_print_interlocks(out, plant, unit, machine);
        own_sensors += machine->sensor_count;
        own_alarms += machine->alarm_count;
        own_actuators += machine->actuator_count;
        own_controllers += machine->controller_count;
    }
    mbp_print_sensors(out, plant, unit, own_sensors, mbp_unit_first_alarm(unit) - own_sensors, "    ");
    mbp_print_actuators(out, plant, unit, own_actuators, unit->first_actuator + unit->actuator_count - own_actuators,
                        "    ");
    mbp_print_controllers(out, plant, unit, own_controllers,
                          unit->first_controller + unit->controller_count - own_controllers, "    ");
    uint32_t bypasses = mbp_unit_first_interlock(unit) - unit->interlock_count;
    mbp_print_alarms(out, plant, unit, own_alarms, bypasses - own_alarms, "    ");
    if (unit->file_count + unit->fifo_count + raw_blocks(unit) > 0) {
        fputs("    tables:\n", out);
        mbp_schema_print(out, &mbp_tables_schema, &def.tables, "      ");
    }
    mbp_print_points(out, plant, unit);
    if (unit->logic_count > 0) {
        mbp_unit_view_logic(plant, unit, &arena, &def);
        mbp_schema_print(out, &mbp_unit_schema, &def, "    ");
    }
    mbp_arena_free(&arena);
}

void mbp_plant_print_config(const struct mbp_plant *plant, FILE *out)
{
    struct mbp_arena arena = {0};
    struct mbp_plant_def def;
    mbp_plant_view(plant, &arena, &def);
    mbp_schema_print(out, &mbp_plant_schema, &def, "");
    if (!plant->http_named) { /* written out it would be what somebody said, and no default that yields */
        fprintf(out, "# http: {listen: %s}\n", plant->http_listen);
    }
    fputs("units:\n", out);
    for (uint32_t u = 0; u < plant->unit_count; u++) {
        if (!plant->units[u].instructor) { /* `instructor: true` makes it again */
            print_unit(out, plant, &plant->units[u]);
        }
    }
    mbp_plant_view_faults(&def);
    mbp_schema_print(out, &mbp_plant_schema, &def, "");
    mbp_arena_free(&arena);
}
