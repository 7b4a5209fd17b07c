/* print: the plant as a file in which nothing is left to a default. Comments name the addresses that follow from the
 * map; everything else is a key that loads to the same plant. */
#include "print.h"

#include <inttypes.h>

#include "mbplant/map.h"

#define ZEROS_MIN 8 /* a block of at least so many zeros is printed as `count` */

/* ---- tables --------------------------------------------------------------------------------------------------- */

static void print_values(FILE *out, const uint16_t *values, uint32_t count, bool may_be_count)
{
    bool zeros = may_be_count && count >= ZEROS_MIN;
    for (uint32_t i = 0; i < count && zeros; i++) {
        zeros = values[i] == 0;
    }
    if (zeros) {
        fprintf(out, "count: %u", count);
        return;
    }
    fputs("values: [", out);
    for (uint32_t i = 0; i < count; i++) {
        fprintf(out, "%s%u", i == 0 ? "" : ", ", values[i]);
    }
    fputc(']', out);
}

static void print_block(FILE *out, const struct mbp_block *block)
{
    fprintf(out, "        - {at: %u, access: %s, ", block->at, block->writable ? "read_write" : "read");
    if (block->has_min) {
        fprintf(out, "min: %u, ", block->min);
    }
    if (block->has_max) {
        fprintf(out, "max: %u, ", block->max);
    }
    print_values(out, block->values, block->count, true);
    fputs("}\n", out);
}

static void print_tables(FILE *out, const struct mbp_unit *unit)
{
    uint32_t things = unit->file_count + unit->fifo_count;
    for (unsigned table = 0; table < MBP_TABLE_COUNT; table++) {
        things += unit->block_count[table];
    }
    if (things > 0) {
        fputs("    tables:\n", out);
    }
    for (unsigned table = 0; table < MBP_TABLE_COUNT; table++) {
        if (unit->block_count[table] > 0) {
            fprintf(out, "      %s:\n", mbp_table_name((enum mbp_table)table));
        }
        for (uint32_t b = 0; b < unit->block_count[table]; b++) {
            print_block(out, &unit->blocks[table][b]);
        }
    }
    fputs(unit->file_count > 0 ? "      files:\n" : "", out);
    for (uint32_t f = 0; f < unit->file_count; f++) {
        fprintf(out, "        - {number: %u, ", unit->files[f].number);
        print_values(out, unit->files[f].values, unit->files[f].count, true);
        fputs("}\n", out);
    }
    fputs(unit->fifo_count > 0 ? "      fifos:\n" : "", out);
    for (uint32_t f = 0; f < unit->fifo_count; f++) {
        fprintf(out, "        - {at: %u, ", unit->fifos[f].at);
        print_values(out, unit->fifos[f].values, unit->fifos[f].count, false);
        fputs("}\n", out);
    }
}

/* ---- plant ---------------------------------------------------------------------------------------------------- */

static void print_unit(FILE *out, const struct mbp_plant *plant, const struct mbp_unit *unit)
{
    fprintf(out, "  - id: %u\n    name: ", unit->id);
    mbp_print_text(out, unit->name);
    fprintf(out, "\n    gaps: %s\n", unit->gaps_zero ? "zero" : "error");
    fputs(unit->machine_count > 0 ? "    machines:\n" : "", out);
    uint32_t own_sensors = unit->first_sensor;
    uint32_t own_actuators = unit->first_actuator;
    uint32_t own_controllers = unit->first_controller;
    for (uint32_t m = 0; m < unit->machine_count; m++) {
        const struct mbp_machine *machine = &plant->machines[unit->first_machine + m];
        mbp_print_machine(out, plant, unit, unit->first_machine + m);
        mbp_print_sensors(out, plant, unit, machine->first_sensor, machine->sensor_count, "        ");
        mbp_print_actuators(out, plant, unit, machine->first_actuator, machine->actuator_count, "        ");
        mbp_print_controllers(out, plant, unit, machine->first_controller, machine->controller_count, "        ");
        own_sensors += machine->sensor_count;
        own_actuators += machine->actuator_count;
        own_controllers += machine->controller_count;
    }
    mbp_print_sensors(out, plant, unit, own_sensors, unit->first_sensor + unit->sensor_count - own_sensors, "    ");
    mbp_print_actuators(out, plant, unit, own_actuators, unit->first_actuator + unit->actuator_count - own_actuators,
                        "    ");
    mbp_print_controllers(out, plant, unit, own_controllers,
                          unit->first_controller + unit->controller_count - own_controllers, "    ");
    print_tables(out, unit);
}

static void print_identity(FILE *out, const struct mbp_identity *identity)
{
    static const char *const keys[] = {"vendor", "product", "revision", "url", "product_name", "model", "application"};
    fputs("identity:\n", out);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (identity->object[i] != NULL) {
            fprintf(out, "  %s: ", keys[i]);
            mbp_print_text(out, identity->object[i]);
            fputc('\n', out);
        }
    }
}

static void print_journal(FILE *out, const struct mbp_journal_options *journal)
{
    if (journal->keep_ns != 0) {
        mbp_print_duration(out, "journal: {keep: ", journal->keep_ns);
    } else {
        fputs("journal: {keep: forever", out);
    }
    mbp_print_size(out, ", max_size: ", journal->max_bytes);
    fputs("}\n", out);
}

void mbp_plant_print_config(const struct mbp_plant *plant, FILE *out)
{
    fputs("mbplant: 1\nname: ", out);
    mbp_print_text(out, plant->name);
    mbp_print_duration(out, "\nscan: ", plant->scan_ns);
    fprintf(out, "\nseed: %" PRIu64 "\n", plant->seed);
    mbp_print_server(out, &plant->server);
    fputs("http:\n  listen: ", out);
    if (plant->http_listen != NULL) {
        mbp_print_text(out, plant->http_listen);
    } else {
        fputs("off", out);
    }
    fputc('\n', out);
    print_journal(out, &plant->journal);
    fprintf(out, "instructor: %s\n", plant->instructor ? "true" : "false");
    print_identity(out, &plant->identity);
    fputs("units:\n", out);
    for (uint32_t u = 0; u < plant->unit_count; u++) {
        if (!plant->units[u].instructor) { /* `instructor: true` makes it again */
            print_unit(out, plant, &plant->units[u]);
        }
    }
    mbp_print_faults(out, plant);
}
