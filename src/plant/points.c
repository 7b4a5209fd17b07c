/* points: every point of a unit's map, one after another; actuators and controllers stand in points_output.c. */
#include "points_tour.h"

#include <stdio.h>
#include <string.h>

static const struct mbp_item machine_coils[] = {
    {"en_service", "ask for this state", "", 0, 1, MBP_BOOL, 1},
    {"en_panne", "ask for this state", "", 1, 1, MBP_BOOL, 1},
    {"maintenance", "ask for this state", "", 2, 1, MBP_BOOL, 1},
    {"acknowledge", "acknowledge its alarms", "", 3, 1, MBP_BOOL, 1},
    {"reset", "reset its latched alarms", "", 4, 1, MBP_BOOL, 1},
    {"shelve", "all its sensors are shelved", "", 5, 1, MBP_BOOL, 1},
};
static const struct mbp_item sensor_coils[] = {
    {"forced", "value is forced; 0 releases", "", 0, 1, MBP_BOOL, 1},
    {"shelved", "alarms are shelved", "", 0, 1, MBP_BOOL, 1},
    {"acknowledge", "acknowledge its alarms", "", 0, 1, MBP_BOOL, 1},
    {"reset", "reset its latched alarms", "", 0, 1, MBP_BOOL, 1},
    {"out_of_service", "alarms are out of service, by hand", "", 0, 1, MBP_BOOL, 1},
};
enum { COIL_FORCED, COIL_SHELVED, COIL_ACKNOWLEDGE, COIL_RESET, COIL_SERVICE };
static const struct mbp_item alarm_bits[] = {
    {"rate_of_change_alarm", "alarm", "", 0, 1, MBP_BOOL, 1},
    {"bad_quality_alarm", "alarm", "", 1, 1, MBP_BOOL, 1},
    {"latched", "an alarm waits to be reset", "", 2, 1, MBP_BOOL, 1},
    {"suppressed", "an alarm is suppressed by design", "", 3, 1, MBP_BOOL, 1},
    {"is_out_of_service", "alarms are out of service", "", 4, 1, MBP_BOOL, 1},
};
static const struct mbp_item alarm_words[] = {
    {"alarm_states", "low_low, low, high, high_high, 4 bits each", "", 0, 1, MBP_UINT16, 1},
    {"alarm_states_beside", "rate_of_change, bad_quality, 4 bits each", "", 1, 1, MBP_UINT16, 1},
    {"alarm_since", "Unix time of their last change", "s", 2, 2, MBP_UINT32, 1},
};
static const struct mbp_item shelving_item = {
    "shelving", "left; 0 none, 65534 once, 65535 no end", "s", 0, 1, MBP_UINT16, 1};
static const struct mbp_item upkeep_words[] = {
    {"refused_state", "asked last and refused, 65535 none", "", 0, 1, MBP_UINT16, 1},
    {"refused_reason", "0 none 4 trip active 7 trip latched", "", 1, 1, MBP_UINT16, 1},
    {"refused_sensor", "that stands against it, 65535 none", "", 2, 1, MBP_UINT16, 1},
    {"running_since_maintenance", "time en_service", "s", 3, 2, MBP_UINT32, 1},
    {"cycles_since_maintenance", "products", "", 5, 2, MBP_UINT32, 1},
    {"time_until_due", "4294967295 never", "s", 7, 2, MBP_UINT32, 1},
    {"cycles_until_due", "4294967295 never", "", 9, 2, MBP_UINT32, 1},
    {"repair_time", "from failures to returns, summed up", "s", 11, 2, MBP_UINT32, 1},
    {"repairs", "returns to service after a failure", "", 13, 1, MBP_UINT16, 1},
    {"maintenances", "ended", "", 14, 1, MBP_UINT16, 1},
    {"maintenance_left", "of the planned time, 65535 none", "s", 15, 1, MBP_UINT16, 1},
};
static const struct mbp_item sensor_bits[] = {
    {"low_low_alarm", "alarm", "", 0, 1, MBP_BOOL, 1},
    {"low_alarm", "alarm", "", 1, 1, MBP_BOOL, 1},
    {"high_alarm", "alarm", "", 2, 1, MBP_BOOL, 1},
    {"high_high_alarm", "alarm", "", 3, 1, MBP_BOOL, 1},
    {"unacknowledged", "an alarm waits", "", 4, 1, MBP_BOOL, 1},
    {"is_shelved", "alarms are shelved", "", 5, 1, MBP_BOOL, 1},
    {"is_forced", "value is forced", "", 6, 1, MBP_BOOL, 1},
    {"bad_quality", "out of its range", "", 7, 1, MBP_BOOL, 1},
};
static const struct mbp_item machine_bits[] = {
    {"running", "is in service", "", 0, 1, MBP_BOOL, 1},
    {"trip_active", "an alarm trips it", "", 1, 1, MBP_BOOL, 1},
    {"maintenance_due", "maintenance is due", "", 2, 1, MBP_BOOL, 1},
};
static const struct mbp_item summary[] = {
    {"map version", "of this register map", "", 0, 1, MBP_UINT16, 1},
    {"machines in all", "count", "", 1, 1, MBP_UINT16, 1},
    {"machines en_service", "count", "", 2, 1, MBP_UINT16, 1},
    {"machines en_panne", "count", "", 3, 1, MBP_UINT16, 1},
    {"machines in maintenance", "count", "", 4, 1, MBP_UINT16, 1},
    {"sensors in all", "count", "", 5, 1, MBP_UINT16, 1},
    {"active alarms", "count", "", 6, 1, MBP_UINT16, 1},
    {"unacknowledged alarms", "count", "", 7, 1, MBP_UINT16, 1},
    {"last durable event", "number", "", 8, 2, MBP_UINT32, 1},
    {"oldest event", "number", "", 10, 2, MBP_UINT32, 1},
    {"last incident", "its event's number", "", 12, 2, MBP_UINT32, 1},
    {"scan count", "scans done", "", 14, 2, MBP_UINT32, 1},
    {"scan time last", "of the last scan", "us", 16, 1, MBP_UINT16, 1},
    {"scan time max", "of all scans", "us", 17, 1, MBP_UINT16, 1},
    {"late scans", "count", "", 18, 2, MBP_UINT32, 1},
    {"simulated time", "since the start", "ms", 20, 4, MBP_UINT64, 1},
};
static const struct mbp_item journal_words[] = {
    /* behind the recent events */
    {"journal trouble", "1 = cannot write, events wait in memory", "", 0, 1, MBP_UINT16, 1},
    {"journal memory used", "by events that wait", "%", 1, 1, MBP_UINT16, 0.1},
    {"events lost", "since the start, for want of that memory", "", 2, 2, MBP_UINT32, 1},
    {"newest event", "its number, also before it is stored", "", 4, 2, MBP_UINT32, 1},
};
static const struct mbp_item machine_words[] = {
    {"state", "0 en_service 1 en_panne 2 maintenance", "", 0, 1, MBP_UINT16, 1},
    {"first_out", "sensor that tripped it, 65535 none", "", 1, 1, MBP_UINT16, 1},
    {"alarms", "active alarms", "", 2, 1, MBP_UINT16, 1},
    {"good", "good products", "", 3, 2, MBP_UINT32, 1},
    {"reject", "rejected products", "", 5, 2, MBP_UINT32, 1},
    {"running_time", "time en_service", "s", 7, 2, MBP_UINT32, 1},
    {"down_time", "time en_panne", "s", 9, 2, MBP_UINT32, 1},
    {"maintenance_time", "time in maintenance", "s", 11, 2, MBP_UINT32, 1},
    {"failures", "times en_panne", "", 13, 1, MBP_UINT16, 1},
    {"since", "Unix time of its state's begin", "s", 14, 2, MBP_UINT32, 1},
};
static const struct mbp_item sensor_float = {"float32", "value as float32", "", 0, MBP_FLOAT_WORDS, MBP_FLOAT32, 1};

bool mbp_items_have_suffix(const struct mbp_item *items, size_t count, const char *suffix)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(items[i].suffix, suffix) == 0) {
            return true;
        }
    }
    return false;
}

bool mbp_point_suffix_is_taken(const char *suffix)
{
    for (unsigned limit = 0; limit < MBP_LIMIT_COUNT; limit++) {
        if (strcmp(mbp_limit_name((enum mbp_limit)limit), suffix) == 0) {
            return true;
        }
    }
    return mbp_items_have_suffix(machine_coils, COUNT_OF(machine_coils), suffix) ||
           mbp_items_have_suffix(sensor_coils, COUNT_OF(sensor_coils), suffix) ||
           mbp_items_have_suffix(sensor_bits, COUNT_OF(sensor_bits), suffix) ||
           mbp_items_have_suffix(machine_bits, COUNT_OF(machine_bits), suffix) ||
           mbp_items_have_suffix(alarm_bits, COUNT_OF(alarm_bits), suffix) ||
           mbp_items_have_suffix(alarm_words, COUNT_OF(alarm_words), suffix) ||
           mbp_items_have_suffix(&shelving_item, 1, suffix) ||
           mbp_items_have_suffix(upkeep_words, COUNT_OF(upkeep_words), suffix) ||
           mbp_items_have_suffix(machine_words, COUNT_OF(machine_words), suffix) ||
           mbp_items_have_suffix(&sensor_float, 1, suffix) || mbp_output_suffix_is_taken(suffix);
}

/* ---- visiting -------------------------------------------------------------------------------------------------- */

static struct mbp_point point_of(const struct mbp_item *item, enum mbp_table table, uint32_t base, const char *name)
{
    struct mbp_point point = {.what = item->what,
                              .unit_text = item->unit_text,
                              .scale = item->scale,
                              .count = item->count,
                              .sensor = NOTHING,
                              .machine = NOTHING,
                              .actuator = NOTHING,
                              .controller = NOTHING,
                              .addr = (uint16_t)(base + item->offset),
                              .table = (uint8_t)table,
                              .type = item->type,
                              .order = MBP_ABCD,
                              .writable = table == MBP_COILS || table == MBP_HOLDING_REGISTERS};
    snprintf(point.name, sizeof point.name, "%s%s%s", name, name[0] != '\0' ? "." : "", item->suffix);
    return point;
}

/* All items of each machine of the unit, stride apart. */
static int visit_machines(const struct mbp_tour *tour, enum mbp_table table, uint32_t base, uint32_t stride,
                          const struct mbp_item *items, size_t count)
{
    int stop = 0;
    for (uint32_t m = 0; m < tour->unit->machine_count && stop == 0; m++) {
        uint32_t machine = tour->unit->first_machine + m;
        for (size_t i = 0; i < count && stop == 0; i++) {
            struct mbp_point point = point_of(&items[i], table, base + stride * m, tour->plant->machines[machine].name);
            point.machine = machine;
            stop = tour->visit(&point, tour->ctx);
        }
    }
    return stop;
}

/* The same of each sensor. A float32 copy is in the sensor's own engineering unit. */
static int visit_sensors(const struct mbp_tour *tour, enum mbp_table table, uint32_t base, uint32_t stride,
                         const struct mbp_item *items, size_t count)
{
    int stop = 0;
    for (uint32_t s = 0; s < tour->unit->sensor_count && stop == 0; s++) {
        const struct mbp_sensor *sensor = &tour->plant->sensors[tour->unit->first_sensor + s];
        for (size_t i = 0; i < count && stop == 0; i++) {
            struct mbp_point point = point_of(&items[i], table, base + stride * s, sensor->name);
            point.sensor = tour->unit->first_sensor + s;
            point.machine = sensor->machine;
            point.unit_text = items[i].type == MBP_FLOAT32 ? sensor->unit_text : "";
            stop = tour->visit(&point, tour->ctx);
        }
    }
    return stop;
}

/* The same where the unit has such a block. */
static int visit_where(const struct mbp_tour *tour, enum mbp_table table, uint32_t base, uint32_t stride,
                       const struct mbp_item *items, size_t count)
{
    return base == 0 ? 0 : visit_sensors(tour, table, base, stride, items, count);
}

static struct mbp_point register_point(const struct mbp_tour *tour, uint32_t s)
{
    const struct mbp_sensor *sensor = &tour->plant->sensors[s];
    struct mbp_point point = {.what = "value",
                              .unit_text = sensor->unit_text,
                              .scale = sensor->reg.scale,
                              .count = sensor->reg.words,
                              .sensor = s,
                              .machine = sensor->machine,
                              .actuator = NOTHING,
                              .controller = NOTHING,
                              .addr = sensor->reg.addr,
                              .table = MBP_HOLDING_REGISTERS,
                              .type = sensor->reg.type,
                              .order = sensor->reg.order,
                              .writable = sensor->inject != MBP_INJECT_REJECT};
    snprintf(point.name, sizeof point.name, "%s", sensor->name);
    return point;
}

static int visit_values(const struct mbp_tour *tour)
{
    int stop = 0;
    for (uint32_t s = 0; s < tour->unit->sensor_count && stop == 0; s++) {
        struct mbp_point point = register_point(tour, tour->unit->first_sensor + s);
        stop = tour->visit(&point, tour->ctx);
    }
    return stop;
}

static int visit_limits(const struct mbp_tour *tour)
{
    int stop = 0;
    for (uint32_t s = tour->unit->first_sensor; s < tour->unit->first_sensor + tour->unit->sensor_count; s++) {
        const struct mbp_sensor *sensor = &tour->plant->sensors[s];
        unsigned limits = mbp_sensor_has_limits(sensor) ? MBP_LIMIT_COUNT : 0;
        for (unsigned limit = 0; limit < limits && stop == 0; limit++) {
            struct mbp_point point = register_point(tour, s);
            point.what = "limit";
            point.addr = (uint16_t)(sensor->reg.limits_addr + limit * sensor->reg.words);
            point.writable = true;
            snprintf(point.name, sizeof point.name, "%s.%s", sensor->name, mbp_limit_name((enum mbp_limit)limit));
            stop = tour->visit(&point, tour->ctx);
        }
    }
    return stop;
}

static int visit_blocks(const struct mbp_tour *tour, enum mbp_table table)
{
    int stop = 0;
    bool bits = table == MBP_COILS || table == MBP_DISCRETE_INPUTS;
    for (uint32_t b = 0; b < tour->unit->block_count[table] && stop == 0; b++) {
        const struct mbp_block *block = &tour->unit->blocks[table][b];
        struct mbp_point point = {.what = "raw",
                                  .unit_text = "",
                                  .scale = 1,
                                  .count = block->count,
                                  .sensor = NOTHING,
                                  .machine = NOTHING,
                                  .actuator = NOTHING,
                                  .controller = NOTHING,
                                  .addr = block->at,
                                  .table = (uint8_t)table,
                                  .type = bits ? MBP_BOOL : MBP_UINT16,
                                  .order = MBP_ABCD,
                                  .writable = block->writable};
        snprintf(point.name, sizeof point.name, "%s %u", mbp_table_name(table), block->at);
        stop = tour->visit(&point, tour->ctx);
    }
    return stop;
}

/* Items whose names are whole names. */
static int visit_items(const struct mbp_tour *tour, uint32_t base, const struct mbp_item *items, size_t count)
{
    int stop = 0;
    for (size_t i = 0; i < count && stop == 0; i++) {
        struct mbp_point point = point_of(&items[i], MBP_INPUT_REGISTERS, base, "");
        stop = tour->visit(&point, tour->ctx);
    }
    return stop;
}

static int visit_recent(const struct mbp_tour *tour)
{
    struct mbp_point point = {.name = "recent events",
                              .what = "20 registers each, newest first",
                              .unit_text = "",
                              .scale = 1,
                              .count = MBP_RECENT_WORDS,
                              .sensor = NOTHING,
                              .machine = NOTHING,
                              .actuator = NOTHING,
                              .controller = NOTHING,
                              .addr = tour->unit->layout.input_events,
                              .table = MBP_INPUT_REGISTERS,
                              .type = MBP_UINT16,
                              .order = MBP_ABCD};
    return tour->visit(&point, tour->ctx);
}

static int visit_map(const struct mbp_tour *tour, enum mbp_table table)
{
    const struct mbp_layout *at = &tour->unit->layout;
    int stop = 0;
    switch (table) {
    case MBP_COILS:
        stop = visit_machines(tour, table, 0, MBP_COILS_PER_MACHINE, machine_coils, at->machine_coils);
        stop = THEN(stop, visit_sensors(tour, table, at->coil_forced, 1, &sensor_coils[COIL_FORCED], 1));
        stop = THEN(stop, visit_sensors(tour, table, at->coil_shelved, 1, &sensor_coils[COIL_SHELVED], 1));
        stop = THEN(stop, visit_where(tour, table, at->coil_acknowledge, 1, &sensor_coils[COIL_ACKNOWLEDGE], 1));
        stop = THEN(stop, visit_where(tour, table, at->coil_reset, 1, &sensor_coils[COIL_RESET], 1));
        stop = THEN(stop, visit_where(tour, table, at->coil_service, 1, &sensor_coils[COIL_SERVICE], 1));
        return THEN(stop, mbp_output_points(tour, table));
    case MBP_DISCRETE_INPUTS:
        stop = visit_sensors(tour, table, 0, MBP_BITS_PER_SENSOR, sensor_bits, COUNT_OF(sensor_bits));
        stop = THEN(stop, visit_machines(tour, table, at->discrete_machines, MBP_BITS_PER_MACHINE, machine_bits,
                                         COUNT_OF(machine_bits)));
        return THEN(
            stop, visit_where(tour, table, at->discrete_alarms, MBP_BITS_PER_SENSOR, alarm_bits, COUNT_OF(alarm_bits)));
    case MBP_HOLDING_REGISTERS:
        stop = visit_values(tour);
        stop = THEN(stop, visit_limits(tour));
        stop = THEN(stop, visit_where(tour, table, at->holding_shelving, 1, &shelving_item, 1));
        return THEN(stop, mbp_output_points(tour, table));
    case MBP_INPUT_REGISTERS:
        stop = visit_items(tour, 0, summary, COUNT_OF(summary));
        stop = THEN(stop, visit_machines(tour, table, at->input_machines, MBP_MACHINE_WORDS, machine_words,
                                         COUNT_OF(machine_words)));
        stop = THEN(stop, visit_sensors(tour, table, at->input_sensors, MBP_FLOAT_WORDS, &sensor_float, 1));
        stop = THEN(stop, visit_recent(tour));
        stop =
            THEN(stop, visit_items(tour, at->input_events + MBP_RECENT_WORDS, journal_words, COUNT_OF(journal_words)));
        stop = THEN(stop, mbp_output_points(tour, table));
        if (at->input_upkeep != 0) {
            stop = THEN(stop, visit_machines(tour, table, at->input_upkeep, MBP_UPKEEP_WORDS, upkeep_words,
                                             COUNT_OF(upkeep_words)));
        }
        return THEN(stop,
                    visit_where(tour, table, at->input_alarms, MBP_ALARM_WORDS, alarm_words, COUNT_OF(alarm_words)));
    case MBP_TABLE_COUNT:
        break;
    }
    return stop;
}

int mbp_plant_points(const struct mbp_plant *plant, uint32_t unit,
                     int (*visit)(const struct mbp_point *point, void *ctx), void *ctx)
{
    struct mbp_tour tour = {plant, &plant->units[unit], visit, ctx};
    bool has_map = mbp_unit_has_map(tour.unit);
    int stop = 0;
    for (unsigned table = 0; table < MBP_TABLE_COUNT && stop == 0; table++) {
        stop = has_map ? visit_map(&tour, (enum mbp_table)table) : 0;
        stop = THEN(stop, visit_blocks(&tour, (enum mbp_table)table));
        if (tour.unit->instructor) {
            stop = THEN(stop, mbp_instructor_points(plant, (enum mbp_table)table, visit, ctx));
            stop = THEN(stop, mbp_staging_points((enum mbp_table)table, visit, ctx));
        }
    }
    return stop;
}

/* ---- one ------------------------------------------------------------------------------------------------------- */

struct wanted {
    enum mbp_table table;
    uint16_t addr;
    struct mbp_point found;
};

static int take_if_covers(const struct mbp_point *point, void *ctx)
{
    struct wanted *wanted = ctx;
    bool covers =
        point->table == wanted->table && wanted->addr >= point->addr && wanted->addr - point->addr < (int)point->count;
    if (covers) {
        wanted->found = *point;
    }
    return covers;
}

bool mbp_plant_point_at(const struct mbp_plant *plant, uint32_t unit, enum mbp_table table, uint16_t addr,
                        struct mbp_point *out)
{
    struct wanted wanted = {.table = table, .addr = addr};
    if (mbp_plant_points(plant, unit, take_if_covers, &wanted) == 0) {
        return false;
    }
    *out = wanted.found;
    return true;
}
