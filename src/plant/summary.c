/* summary: one screen about a plant: what is in it, which addresses it takes, and what looks like a mistake although it
 * is allowed. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mbplant/codec.h"
#include "mbplant/map.h"
#include "scalar.h"

#define ADDRESSES      65536u
#define UNITS_IN_FULL  3u /* with their addresses; of the others a line each */
#define UNITS_SHOWN    10u
#define RANGES_SHOWN   8u
#define GAP_HIDDEN     8u /* addresses between a machine's coils and the next one's are no gap to a reader */
#define WARNINGS_SHOWN 8u
#define SCAN_SHARE     0.5 /* of the period that scans may take; requests need some of it too */
#define NOISE_PEAK     4.9 /* standard deviations; mbp_rng_normal never exceeds it */

static const char *plural(uint32_t count)
{
    return count == 1 ? "" : "s";
}

/* ---- addresses ------------------------------------------------------------------------------------------------ */

static int mark(const struct mbp_point *point, void *ctx)
{
    unsigned char *used = ctx;
    for (uint32_t i = 0; i < point->count; i++) {
        used[point->addr + i] |= (unsigned char)(1u << point->table);
    }
    return 0;
}

static void print_ranges(FILE *out, const unsigned char *used, enum mbp_table table)
{
    uint32_t shown = 0, more = 0, at = 0;
    while (at < ADDRESSES) {
        if ((used[at] >> table & 1u) == 0) {
            at++;
            continue;
        }
        uint32_t first = at, last = at;
        for (; at < ADDRESSES && at - last <= GAP_HIDDEN; at++) {
            last = (used[at] >> table & 1u) != 0 ? at : last;
        }
        if (shown == 0) {
            fprintf(out, "    %-18s", mbp_table_name(table));
        }
        if (shown == RANGES_SHOWN) {
            more++;
            continue;
        }
        shown++;
        fprintf(out, first == last ? " %u" : " %u..%u", first, last);
    }
    if (more > 0) {
        fprintf(out, " and %u more", more);
    }
    fputs(shown > 0 ? "\n" : "", out);
}

/* Blocks that are not where they usually are: what the file places stands there, or another block that grew. */
static void print_moved(FILE *out, const struct mbp_plant *plant, const struct mbp_unit *unit)
{
    for (unsigned b = 0; b < mbp_map_count; b++) {
        const struct mbp_map_block *block = &mbp_map[b];
        uint32_t first;
        uint32_t asked = unit->layout.asked[b];
        bool said = asked != MBP_AS_DEFAULT || unit->layout.none;
        bool wanted = mbp_unit_has_map(unit) && !said && !block->instructor &&
                      mbp_map_items(plant, unit, (enum mbp_map_per)block->per, &first) > 0;
        if (!wanted || unit->layout.base[b] == block->usual || block->place == MBP_PLACE_VALUE)
            continue;
        if (mbp_map_has(unit, b))
            fprintf(out, "    %s begin at %u, for %u is taken\n", block->what, unit->layout.base[b], block->usual);
        else if (block->place == MBP_PLACE_STRIDE || block->place == MBP_PLACE_LIMITS)
            fprintf(out, "    no room for %s: no master can read them; spread the sensors over more units\n",
                    block->what);
    }
}

static void print_unit(FILE *out, const struct mbp_plant *plant, uint32_t u, bool in_full)
{
    const struct mbp_unit *unit = &plant->units[u];
    fprintf(out, "  unit %u \"%s\": %u machine%s, %u sensor%s", unit->id, unit->name, unit->machine_count,
            plural(unit->machine_count), mbp_unit_sensors(unit), plural(mbp_unit_sensors(unit)));
    if (unit->actuator_count > 0) {
        fprintf(out, ", %u actuator%s", unit->actuator_count, plural(unit->actuator_count));
    }
    if (unit->controller_count > 0) {
        fprintf(out, ", %u controller%s", unit->controller_count, plural(unit->controller_count));
    }
    uint32_t alarms = unit->alarm_count - 2 * unit->interlock_count;
    if (alarms > 0) {
        fprintf(out, ", %u alarm%s of no sensor", alarms, plural(alarms));
    }
    if (unit->interlock_count > 0) {
        fprintf(out, ", %u interlock%s", unit->interlock_count, plural(unit->interlock_count));
    }
    fputc('\n', out);
    unsigned char *used = in_full ? calloc(ADDRESSES, 1) : NULL;
    if (used == NULL) {
        return;
    }
    mbp_map_points(plant, u, mark, used);
    for (unsigned table = 0; table < MBP_TABLE_COUNT; table++) {
        print_ranges(out, used, (enum mbp_table)table);
    }
    free(used);
    print_moved(out, plant, unit);
    if (unit->file_count + unit->fifo_count > 0) {
        fprintf(out, "    %u file%s, %u FIFO queue%s\n", unit->file_count, plural(unit->file_count), unit->fifo_count,
                plural(unit->fifo_count));
    }
}

/* ---- warnings ------------------------------------------------------------------------------------------------- */

struct warnings {
    FILE *out;
    uint32_t count;
};

static bool may_warn(struct warnings *warnings)
{
    return warnings->count++ < WARNINGS_SHOWN;
}

static bool is_low(unsigned limit)
{
    return limit == MBP_LOW_LOW || limit == MBP_LOW;
}

static void warn_unreachable(struct warnings *warnings, const struct mbp_sensor *sensor)
{
    for (unsigned limit = 0; limit < MBP_LIMIT_COUNT; limit++) {
        double value = sensor->limits[limit];
        bool at_end = is_low(limit) ? value <= sensor->range[0] : value >= sensor->range[1];
        char end[32];
        if (at_end && may_warn(warnings)) {
            fprintf(warnings->out, "  warning: %s can never pass its limit %s, which is the end of its range, %s\n",
                    sensor->name, mbp_limit_name((enum mbp_limit)limit), mbp_scalar_format(value, end, sizeof end));
        }
    }
}

/* The limit counts as it is written; who reads it should know. */
static void warn_between(struct warnings *warnings, const struct mbp_sensor *sensor)
{
    const struct mbp_register *reg = &sensor->reg;
    for (unsigned limit = 0; limit < MBP_LIMIT_COUNT; limit++) {
        double value = sensor->limits[limit];
        double shown = mbp_register_quantise(reg, value);
        bool between = fabs(mbp_grid_limit(reg, value) - shown) > 0; /* false for NaN */
        char written[32], read[32];
        if (between && may_warn(warnings)) {
            fprintf(warnings->out,
                    "  warning: limit %s of %s, %s, is between two steps of its register, in which masters read %s\n",
                    mbp_limit_name((enum mbp_limit)limit), sensor->name,
                    mbp_scalar_format(value, written, sizeof written), mbp_scalar_format(shown, read, sizeof read));
        }
    }
}

static void warn_trip(struct warnings *warnings, const struct mbp_plant *plant, const struct mbp_sensor *sensor,
                      unsigned state)
{
    const struct mbp_signal *signal = sensor->signal;
    double swing = fabs(signal->wave_amplitude) + NOISE_PEAK * signal->noise;
    double low = signal->base[state] - swing, high = signal->base[state] + swing;
    for (unsigned limit = 0; limit < MBP_LIMIT_COUNT; limit++) {
        double value = sensor->limits[limit];
        bool suppressed = (mbp_sensor_alarm(sensor, limit)->suppress >> state & 1u) != 0;
        bool trips = (sensor->trip >> limit & 1u) != 0 && !suppressed && (is_low(limit) ? low < value : high > value);
        char number[32];
        if (trips && may_warn(warnings)) {
            fprintf(warnings->out, "  warning: in %s %s passes its limit %s (%s) by itself, so %s %s\n",
                    mbp_state_name((enum mbp_state_code)state), sensor->name, mbp_limit_name((enum mbp_limit)limit),
                    mbp_scalar_format(value, number, sizeof number), plant->machines[sensor->machine].name,
                    state == MBP_EN_SERVICE ? "trips" : "cannot return to en_service");
        }
    }
}

static void warn_base(struct warnings *warnings, const struct mbp_plant *plant, const struct mbp_sensor *sensor)
{
    const struct mbp_signal *signal = sensor->signal;
    /* What comes from elsewhere cannot be judged by the base. */
    bool alone = sensor->input_count == 0 && sensor->formula == 0 && signal->replay == NULL &&
                 !(fabs(signal->integrate_gain) > 0);
    for (unsigned state = 0; alone && state < MBP_STATE_COUNT; state++) {
        bool same = state > 0 && !(fabs(signal->base[state] - signal->base[MBP_EN_SERVICE]) > 0);
        bool outside = signal->base[state] < sensor->range[0] || signal->base[state] > sensor->range[1];
        char number[32];
        if (!same && outside && may_warn(warnings)) {
            fprintf(warnings->out, "  warning: the base of %s in %s, %s, is outside its range: quality is bad\n",
                    sensor->name, mbp_state_name((enum mbp_state_code)state),
                    mbp_scalar_format(signal->base[state], number, sizeof number));
        }
        if (!same && sensor->trip != 0) {
            warn_trip(warnings, plant, sensor, state);
        }
    }
}

static void print_lines(struct warnings *warnings, const char *lines)
{
    for (; lines != NULL && *lines != '\0'; lines = strchr(lines, '\n') + 1) {
        if (may_warn(warnings)) {
            fprintf(warnings->out, "  warning: %.*s\n", (int)strcspn(lines, "\n"), lines);
        }
    }
}

static void print_warnings(FILE *out, const struct mbp_plant *plant)
{
    struct warnings warnings = {.out = out};
    print_lines(&warnings, plant->warnings);
    if (plant->text.len > MBP_PLANT_WIRE_TEXT_MAX && may_warn(&warnings)) {
        fprintf(out,
                "  warning: the file is larger than %u bytes, so masters cannot read it over Modbus; use mbplantctl "
                "--plant\n",
                MBP_PLANT_WIRE_TEXT_MAX);
    }
    if (plant->fault_count > 0 && plant->public_text.len == plant->text.len && may_warn(&warnings)) {
        fputs("  warning: masters can read the faults in the plant file; write `faults:` at the beginning of a line\n",
              out);
    }
    if (plant->scan_cost_ns > SCAN_SHARE * (double)plant->scan_ns && may_warn(&warnings)) {
        fprintf(out,
                "  warning: a scan takes about %.1f ms, and one is due every %.1f ms: have fewer things, or lengthen "
                "'scan'\n",
                plant->scan_cost_ns / 1e6, (double)plant->scan_ns / 1e6);
    }
    for (uint32_t s = 0; s < plant->sensor_count; s++) {
        if (mbp_sensor_has_limits(&plant->sensors[s])) {
            warn_unreachable(&warnings, &plant->sensors[s]);
            warn_between(&warnings, &plant->sensors[s]);
            warn_base(&warnings, plant, &plant->sensors[s]);
        }
    }
    if (warnings.count > WARNINGS_SHOWN) {
        fprintf(out, "  and %u more warnings\n", warnings.count - WARNINGS_SHOWN);
    }
}

/* ---- all ------------------------------------------------------------------------------------------------------ */

void mbp_plant_print_summary(const struct mbp_plant *plant, FILE *out)
{
    char scan[32];
    fprintf(out, "%s: %u unit%s, %u machine%s, %u sensor%s; scan %s, seed %" PRIu64 "\n", plant->name,
            plant->unit_count, plural(plant->unit_count), plant->machine_count, plural(plant->machine_count),
            plant->sensor_count - plant->alarm_count, plural(plant->sensor_count - plant->alarm_count),
            mbp_duration_format(plant->scan_ns, scan, sizeof scan), plant->seed);
    fputs("  Modbus ", out);
    for (uint32_t i = 0; i < plant->server.listen.count; i++)
        fprintf(out, "%s%s", i > 0 ? ", " : "", plant->server.listen.items[i].at);
    fprintf(out, ", HTTP %s\n", plant->http_listen != NULL ? plant->http_listen : "off");
    if (plant->mqtt.broker != NULL) {
        fprintf(out, "  MQTT %s, %s, as %s\n", plant->mqtt.broker,
                plant->mqtt.format == MBP_MQTT_JSON ? "json" : "sparkplug", plant->mqtt.node);
    }
    char keep[32], size[32];
    fprintf(out, "  journal: events are kept for %s, %s of them at most\n",
            plant->journal.keep_ns == 0 ? "ever" : mbp_duration_format(plant->journal.keep_ns, keep, sizeof keep),
            mbp_scalar_size_format(plant->journal.max_bytes, size, sizeof size));
    bool few = plant->unit_count <= UNITS_IN_FULL;
    for (uint32_t u = 0; u < plant->unit_count && u < UNITS_SHOWN; u++) {
        print_unit(out, plant, u, few);
    }
    if (plant->unit_count > UNITS_SHOWN) {
        fprintf(out, "  and %u more units\n", plant->unit_count - UNITS_SHOWN);
    }
    if (plant->fault_count + plant->server.fault_count > 0 || plant->instructor) {
        fprintf(out, "  %u fault%s, %u wire fault%s; %s\n", plant->fault_count, plural(plant->fault_count),
                plant->server.fault_count, plural(plant->server.fault_count),
                plant->instructor ? "unit 247 is the instructor's" : "no instructor");
    }
    print_warnings(out, plant);
}
