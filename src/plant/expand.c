/* expand: each definition becomes as many units, machines and sensors as its `repeat` says, in file order: within a
 * unit the machines' sensors first, then the unit's own. */
#include <string.h>

#include "load.h"
#include "mbplant/plant/interlock.h"

#define FILLED_MAX 512 /* bytes of a label with its counters filled in */

static const struct mbp_unit_def *unit_at(const struct mbp_load *load, uint32_t i)
{
    return (const struct mbp_unit_def *)load->def.units.items + i;
}

static const struct mbp_machine_def *machine_at(const struct mbp_unit_def *unit, uint32_t i)
{
    return (const struct mbp_machine_def *)unit->machines.items + i;
}

static const struct mbp_sensor_def *sensor_at(const struct mbp_def_list *sensors, uint32_t i)
{
    return (const struct mbp_sensor_def *)sensors->items + i;
}

/* ---- how many ------------------------------------------------------------------------------------------------- */

struct totals {
    uint64_t units, machines, sensors, inputs, actuators, controllers, points, stored, aliases;
};

static void count_sensors(const struct mbp_def_list *sensors, uint64_t times, struct totals *totals)
{
    for (uint32_t i = 0; i < sensors->count; i++) {
        const struct mbp_sensor_def *sensor = sensor_at(sensors, i);
        totals->sensors += times * sensor->repeat;
        totals->points += sensor->reg.point == NULL ? 0 : times * sensor->repeat;
        totals->inputs += sensor->signal == NULL ? 0 : times * sensor->repeat * sensor->signal->inputs.count;
    }
}

static const struct mbp_actuator_def *actuator_at(const struct mbp_def_list *actuators, uint32_t i)
{
    return (const struct mbp_actuator_def *)actuators->items + i;
}

static void count_actuators(const struct mbp_def_list *actuators, uint64_t times, struct totals *totals)
{
    for (uint32_t i = 0; i < actuators->count; i++) {
        const struct mbp_actuator_def *actuator = actuator_at(actuators, i);
        totals->actuators += times * actuator->repeat;
        totals->points += actuator->reg.point == NULL ? 0 : times * actuator->repeat;
    }
}

static const struct mbp_controller_def *controller_at(const struct mbp_def_list *controllers, uint32_t i)
{
    return (const struct mbp_controller_def *)controllers->items + i;
}

static void count_controllers(const struct mbp_def_list *controllers, uint64_t times, struct totals *totals)
{
    for (uint32_t i = 0; i < controllers->count; i++) {
        totals->controllers += times * controller_at(controllers, i)->repeat;
    }
}

static void count_points(const struct mbp_def_list *points, struct totals *totals)
{
    for (uint32_t i = 0; i < points->count; i++) {
        const struct mbp_point_def *point = (const struct mbp_point_def *)points->items + i;
        if (mbp_def_has(&point->def, MBP_POINT_SAME_AS)) {
            totals->aliases++;
            continue;
        }
        uint64_t times = mbp_point_times(point);
        totals->points += times * (point->bits.count > 0 ? point->bits.count : 1);
        totals->stored += mbp_point_holds(point) ? times : 0;
    }
}

static struct totals count_unit(const struct mbp_unit_def *unit)
{
    struct totals totals = {.units = 1};
    count_points(&unit->points, &totals);
    totals.stored += unit->parameters.count;
    for (uint32_t i = 0; i < unit->machines.count; i++) {
        const struct mbp_machine_def *machine = machine_at(unit, i);
        totals.machines += machine->repeat;
        count_sensors(&machine->sensors, machine->repeat, &totals);
        count_actuators(&machine->actuators, machine->repeat, &totals);
        count_controllers(&machine->controllers, machine->repeat, &totals);
        count_sensors(&machine->alarms, machine->repeat, &totals);
        totals.sensors += 2ull * machine->repeat * machine->interlocks.count; /* and the alarms of their bypasses */
    }
    count_sensors(&unit->alarms, 1, &totals);
    count_sensors(&unit->sensors, 1, &totals);
    count_actuators(&unit->actuators, 1, &totals);
    count_controllers(&unit->controllers, 1, &totals);
    return totals;
}

static bool too_many(struct mbp_load *load, const struct mbp_unit_def *unit, uint64_t count, unsigned max,
                     const char *what)
{
    if (count > max) {
        mbp_reader_tell(&load->reader, unit->def.node,
                        "the unit has %llu %s; allowed are %u: spread them over more units", (unsigned long long)count,
                        what, max);
    }
    return count > max;
}

static bool count_all(struct mbp_load *load, struct totals *totals)
{
    bool fits = true;
    for (uint32_t i = 0; i < load->def.units.count; i++) {
        const struct mbp_unit_def *unit = unit_at(load, i);
        struct totals one = count_unit(unit);
        if (too_many(load, unit, one.machines, MBP_MACHINES_PER_UNIT_MAX, "machines") ||
            too_many(load, unit, one.sensors, MBP_SENSORS_PER_UNIT_MAX, "sensors") ||
            too_many(load, unit, one.actuators, MBP_ACTUATORS_PER_UNIT_MAX, "actuators") ||
            too_many(load, unit, one.controllers, MBP_CONTROLLERS_PER_UNIT_MAX, "controllers") ||
            too_many(load, unit, one.points, 4 * MBP_POINTS_PER_UNIT_MAX, "points")) {
            fits = false;
        }
        totals->units += unit->repeat;
        totals->machines += one.machines * unit->repeat;
        totals->sensors += one.sensors * unit->repeat;
        totals->inputs += one.inputs * unit->repeat;
        totals->actuators += one.actuators * unit->repeat;
        totals->controllers += one.controllers * unit->repeat;
        totals->points += one.points * unit->repeat;
        totals->stored += one.stored * unit->repeat;
        totals->aliases += one.aliases * unit->repeat;
    }
    if (totals->units > 256) {
        mbp_reader_tell(&load->reader, mbp_def_node(&load->def.def, "units"),
                        "the plant has %llu units; unit ids allow 256", (unsigned long long)totals->units);
        fits = false;
    }
    return fits;
}

/* ---- text ----------------------------------------------------------------------------------------------------- */

/* Text with its counters filled in; shared by all instances when it has none. Too long a one is cut: mbp_check_names
 * has told of names, and labels are for people. */
static const char *fill(struct mbp_load *load, const char *text, const struct mbp_counters *counters)
{
    char filled[FILLED_MAX];
    if (strchr(text, '{') == NULL) {
        return text;
    }
    size_t len = mbp_pattern_fill(text, counters, filled, sizeof filled);
    return len == SIZE_MAX ? text : mbp_reader_keep(&load->reader, filled, len);
}

/* Names without placeholders still stand in scratch memory. */
static const char *fill_name(struct mbp_load *load, const char *text, const struct mbp_counters *counters)
{
    char filled[FILLED_MAX] = "";
    size_t len = text == NULL ? 0 : mbp_pattern_fill(text, counters, filled, sizeof filled);
    return mbp_reader_keep(&load->reader, filled, len == SIZE_MAX ? 0 : len);
}

/* The name of an interlock, or of the alarm of its bypass, stands behind that of its machine. Too long a one is told.
 */
static const char *interlock_name(struct mbp_load *load, const struct mbp_sensor_def *def, uint32_t machine,
                                  const struct mbp_counters *counters)
{
    const char *own = fill_name(load, def->sensor.name, counters);
    const char *suffix = def->sensor.interlock == MBP_INTERLOCK_BYPASS ? MBP_BYPASS_SUFFIX : "";
    char name[FILLED_MAX];
    int len = snprintf(name, sizeof name, "%s.%s%s", load->machines[machine].name, own, suffix);
    return mbp_reader_keep(&load->reader, name, (size_t)len < sizeof name ? (size_t)len : 0);
}

/* ---- one of each ---------------------------------------------------------------------------------------------- */

static bool counts(const char *text)
{
    return text != NULL && strchr(text, '{') != NULL;
}

static bool texts_count(const struct mbp_alarm_texts *texts)
{
    return counts(texts->message) || counts(texts->cause) || counts(texts->consequence) || counts(texts->action);
}

static void fill_alarm(struct mbp_load *load, struct mbp_alarm *alarm, const struct mbp_counters *counters)
{
    struct mbp_alarm_texts *texts = &alarm->texts;
    const char **const all[] = {&texts->message, &texts->cause, &texts->consequence, &texts->action, &alarm->when};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        *all[i] = *all[i] != NULL ? fill(load, *all[i], counters) : NULL;
}

/* What alarms are shared, but for those whose texts have counters in them. */
static const struct mbp_alarms *fill_alarms(struct mbp_load *load, const struct mbp_alarms *alarms,
                                            const struct mbp_counters *counters)
{
    bool any = texts_count(&alarms->common.texts) || counts(alarms->common.when);
    for (unsigned a = 0; a < MBP_ALARM_COUNT; a++)
        any = any || texts_count(&alarms->of[a].texts) || counts(alarms->of[a].when);
    struct mbp_alarms *own = any ? mbp_reader_array(&load->reader, load->reader.keep, 1, sizeof *own) : NULL;
    if (own == NULL)
        return alarms;
    *own = *alarms;
    fill_alarm(load, &own->common, counters);
    for (unsigned a = 0; a < MBP_ALARM_COUNT; a++)
        fill_alarm(load, &own->of[a], counters);
    return own;
}

static void add_sensor(struct mbp_load *load, const struct mbp_sensor_def *def, uint32_t machine,
                       struct mbp_counters counters, uint32_t instance)
{
    struct mbp_plant *plant = load->plant;
    uint32_t index = plant->sensor_count++;
    struct mbp_sensor *sensor = &load->sensors[index];
    load->origins[index] = (struct mbp_sensor_origin){def, counters, instance, UINT32_MAX};
    *sensor = def->sensor;
    sensor->name = def->sensor.interlock != MBP_NO_INTERLOCK ? interlock_name(load, def, machine, &counters)
                                                             : fill_name(load, def->sensor.name, &counters);
    sensor->label = fill(load, def->sensor.label, &counters);
    sensor->alarms = fill_alarms(load, mbp_sensor_alarms(sensor), &counters);
    sensor->machine = machine;
    sensor->unit = plant->unit_count;
    sensor->first_input = plant->input_count;
    sensor->input_count = def->signal == NULL ? 0 : def->signal->inputs.count;
    plant->input_count += sensor->input_count;
    sensor->trip = machine == UINT32_MAX ? 0 : sensor->trip;
}

static void add_sensors(struct mbp_load *load, const struct mbp_def_list *sensors, uint32_t machine,
                        uint32_t machine_number, uint32_t unit_number)
{
    for (uint32_t i = 0; i < sensors->count; i++) {
        const struct mbp_sensor_def *def = sensor_at(sensors, i);
        uint32_t before = machine_number == 0 ? 0 : (machine_number - 1) * def->repeat;
        for (uint32_t n = 1; n <= def->repeat; n++) {
            add_sensor(load, def, machine, (struct mbp_counters){n, machine_number, unit_number}, before + n - 1);
        }
    }
}

static void add_actuator(struct mbp_load *load, const struct mbp_actuator_def *def, uint32_t machine,
                         struct mbp_counters counters, uint32_t instance)
{
    struct mbp_plant *plant = load->plant;
    uint32_t index = plant->actuator_count++;
    load->actuator_origins[index] = (struct mbp_actuator_origin){def, instance, UINT32_MAX};
    struct mbp_actuator *actuator = &load->actuators[index];
    *actuator = def->actuator;
    actuator->name = fill_name(load, def->actuator.name, &counters);
    actuator->label = fill(load, def->actuator.label, &counters);
    actuator->machine = machine;
    actuator->unit = plant->unit_count;
}

static void add_actuators(struct mbp_load *load, const struct mbp_def_list *actuators, uint32_t machine,
                          uint32_t machine_number, uint32_t unit_number)
{
    for (uint32_t i = 0; i < actuators->count; i++) {
        const struct mbp_actuator_def *def = actuator_at(actuators, i);
        uint32_t before = machine_number == 0 ? 0 : (machine_number - 1) * def->repeat;
        for (uint32_t n = 1; n <= def->repeat; n++) {
            add_actuator(load, def, machine, (struct mbp_counters){n, machine_number, unit_number}, before + n - 1);
        }
    }
}

static void add_controller(struct mbp_load *load, const struct mbp_controller_def *def, uint32_t machine,
                           struct mbp_counters counters)
{
    struct mbp_plant *plant = load->plant;
    uint32_t index = plant->controller_count++;
    load->controller_origins[index] = (struct mbp_controller_origin){def, counters};
    struct mbp_controller *controller = &load->controllers[index];
    *controller = def->controller;
    controller->name = fill_name(load, def->controller.name, &counters);
    controller->label = fill(load, def->controller.label, &counters);
    controller->machine = machine;
    controller->unit = plant->unit_count;
}

static void add_controllers(struct mbp_load *load, const struct mbp_def_list *controllers, uint32_t machine,
                            uint32_t machine_number, uint32_t unit_number)
{
    for (uint32_t i = 0; i < controllers->count; i++) {
        const struct mbp_controller_def *def = controller_at(controllers, i);
        for (uint32_t n = 1; n <= def->repeat; n++) {
            add_controller(load, def, machine, (struct mbp_counters){n, machine_number, unit_number});
        }
    }
}

static void add_machine(struct mbp_load *load, const struct mbp_machine_def *def, uint32_t number, uint32_t unit_number)
{
    struct mbp_plant *plant = load->plant;
    struct mbp_counters counters = {number, number, unit_number};
    uint32_t index = plant->machine_count++;
    struct mbp_machine *machine = &load->machines[index];
    load->machine_origins[index] = (struct mbp_machine_origin){def, counters};
    *machine = def->machine;
    machine->name = fill_name(load, def->machine.name, &counters);
    machine->label = fill(load, def->machine.label, &counters);
    machine->unit = plant->unit_count;
    machine->cycle_ns = def->cycle.time_ns;
    machine->reject = def->cycle.reject;
    machine->pace = UINT32_MAX;
    machine->maintenance_every_ns = def->maintenance.every_ns;
    machine->maintenance_takes_ns = def->maintenance.takes_ns;
    machine->maintenance_cycles = def->maintenance.cycles;
    machine->first_sensor = plant->sensor_count;
    add_sensors(load, &def->sensors, index, number, unit_number);
    machine->sensor_count = plant->sensor_count - machine->first_sensor;
    machine->first_actuator = plant->actuator_count;
    add_actuators(load, &def->actuators, index, number, unit_number);
    machine->actuator_count = plant->actuator_count - machine->first_actuator;
    machine->first_controller = plant->controller_count;
    add_controllers(load, &def->controllers, index, number, unit_number);
    machine->controller_count = plant->controller_count - machine->first_controller;
}

/* The interlocks of a unit, or the alarms of their bypasses. */
static void add_interlocks(struct mbp_load *load, const struct mbp_unit_def *def, uint32_t number,
                           const struct mbp_unit *unit, enum mbp_interlocking which)
{
    struct mbp_plant *plant = load->plant;
    uint32_t m = unit->first_machine;
    for (uint32_t i = 0; i < def->machines.count; i++) {
        const struct mbp_machine_def *machine = machine_at(def, i);
        const struct mbp_interlock_def *interlocks = machine->interlocks.items;
        for (uint32_t n = 1; n <= machine->repeat; n++, m++) {
            struct mbp_machine *of = &load->machines[m];
            of->interlock_count = machine->interlocks.count;
            *(which == MBP_INTERLOCK ? &of->first_interlock : &of->first_bypass) = plant->sensor_count;
            for (uint32_t k = 0; k < machine->interlocks.count; k++)
                add_sensor(load, which == MBP_INTERLOCK ? &interlocks[k].itself : &interlocks[k].bypassed, m,
                           (struct mbp_counters){n, n, number}, n - 1);
        }
    }
}

/* Behind the unit's sensors, so that these keep their addresses whatever alarms there are. */
static void add_alarms(struct mbp_load *load, const struct mbp_unit_def *def, uint32_t number, struct mbp_unit *unit)
{
    struct mbp_plant *plant = load->plant;
    uint32_t before = plant->sensor_count;
    uint32_t m = unit->first_machine;
    for (uint32_t i = 0; i < def->machines.count; i++) {
        const struct mbp_machine_def *machine = machine_at(def, i);
        for (uint32_t n = 1; n <= machine->repeat; n++, m++) {
            load->machines[m].first_alarm = plant->sensor_count;
            add_sensors(load, &machine->alarms, m, n, number);
            load->machines[m].alarm_count = plant->sensor_count - load->machines[m].first_alarm;
        }
    }
    add_sensors(load, &def->alarms, UINT32_MAX, 0, number);
    add_interlocks(load, def, number, unit, MBP_INTERLOCK_BYPASS);
    uint32_t interlocks = plant->sensor_count;
    add_interlocks(load, def, number, unit, MBP_INTERLOCK);
    unit->interlock_count = plant->sensor_count - interlocks;
    unit->alarm_count = plant->sensor_count - before;
    plant->alarm_count += unit->alarm_count;
}

static void add_unit(struct mbp_load *load, const struct mbp_unit_def *def, uint32_t number)
{
    struct mbp_plant *plant = load->plant;
    struct mbp_unit *unit = &load->units[plant->unit_count];
    load->unit_defs[plant->unit_count] = def;
    unit->id = (uint8_t)(def->id + number - 1);
    char usual[sizeof "Unit 255"];
    int len = snprintf(usual, sizeof usual, "Unit %u", unit->id);
    unit->name = def->name != NULL ? fill(load, def->name, &(struct mbp_counters){number, 0, number})
                                   : mbp_reader_keep(&load->reader, usual, (size_t)len);
    unit->gaps = def->gaps.kind;
    unit->gap = def->gaps.number;
    unit->answer = def->answer.answer;
    unit->answer.no_files = !def->files;
    unit->objects = def->identity.items;
    unit->object_count = def->identity.count;
    unit->layout = def->blocks;
    unit->first_machine = plant->machine_count;
    unit->first_sensor = plant->sensor_count;
    unit->first_actuator = plant->actuator_count;
    unit->first_controller = plant->controller_count;
    for (uint32_t i = 0; i < def->machines.count; i++) {
        const struct mbp_machine_def *machine = machine_at(def, i);
        for (uint32_t m = 1; m <= machine->repeat; m++) {
            add_machine(load, machine, m, number);
        }
    }
    add_sensors(load, &def->sensors, UINT32_MAX, 0, number);
    add_alarms(load, def, number, unit);
    add_actuators(load, &def->actuators, UINT32_MAX, 0, number);
    add_controllers(load, &def->controllers, UINT32_MAX, 0, number);
    unit->machine_count = plant->machine_count - unit->first_machine;
    unit->sensor_count = plant->sensor_count - unit->first_sensor;
    unit->actuator_count = plant->actuator_count - unit->first_actuator;
    unit->controller_count = plant->controller_count - unit->first_controller;
    mbp_expand_points(load, def, number, unit);
    plant->unit_count++;
}

/* ---- the instructor's unit ------------------------------------------------------------------------------------ */

/* Unit 247: coil i switches fault i on the wire. It follows the units of the file, so that the first of those stays the
 * one that answers to ids 0 and 255. */
static void add_instructor(struct mbp_load *load)
{
    struct mbp_reader *reader = &load->reader;
    uint32_t count = load->plant->server.fault_count;
    struct mbp_unit_def *def = mbp_reader_array(reader, reader->scratch, 1, sizeof *def);
    struct mbp_block_def *block = mbp_reader_array(reader, reader->scratch, 1, sizeof *block);
    uint16_t *enabled = mbp_reader_array(reader, reader->keep, count + 1, sizeof *enabled);
    if (def == NULL || block == NULL || enabled == NULL) {
        return;
    }
    for (uint32_t u = 0; u < load->plant->unit_count; u++) {
        if (load->units[u].id == MBP_INSTRUCTOR_UNIT) {
            mbp_reader_tell(reader, load->unit_defs[u]->def.node,
                            "with 'instructor: true' unit id 247 is the instructor's; give this unit another id");
            return;
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        enabled[i] = load->plant->server.faults[i].enabled;
    }
    const struct mbp_def at_root = {.node = load->def.def.node};
    *block = (struct mbp_block_def){
        .def = at_root, .count = count, .values = {enabled, count}, .access = MBP_ACCESS_READ_WRITE};
    *def = (struct mbp_unit_def){
        .def = at_root, .name = "Instructor", .id = MBP_INSTRUCTOR_UNIT, .repeat = 1, .files = true};
    def->tables.blocks[MBP_COILS] = (struct mbp_def_list){block, count != 0 ? 1 : 0};
    struct mbp_unit *unit = &load->units[load->plant->unit_count];
    mbp_take_blocks(&load->reader, &def->tables.blocks[MBP_COILS], MBP_COILS, unit);
    add_unit(load, def, 1);
    unit->instructor = true;
}

/* ---- all ------------------------------------------------------------------------------------------------------ */

static bool allocate(struct mbp_load *load, const struct totals *totals)
{
    struct mbp_reader *reader = &load->reader;
    uint64_t units = totals->units + 1; /* the instructor's too */
    load->units = mbp_reader_array(reader, reader->keep, units, sizeof *load->units);
    load->machines = mbp_reader_array(reader, reader->keep, totals->machines, sizeof *load->machines);
    load->sensors = mbp_reader_array(reader, reader->keep, totals->sensors, sizeof *load->sensors);
    load->inputs = mbp_reader_array(reader, reader->keep, totals->inputs, sizeof *load->inputs);
    load->actuators = mbp_reader_array(reader, reader->keep, totals->actuators, sizeof *load->actuators);
    load->controllers = mbp_reader_array(reader, reader->keep, totals->controllers, sizeof *load->controllers);
    load->controller_origins =
        mbp_reader_array(reader, reader->scratch, totals->controllers, sizeof *load->controller_origins);
    load->actuator_origins =
        mbp_reader_array(reader, reader->scratch, totals->actuators, sizeof *load->actuator_origins);
    load->unit_defs = mbp_reader_array(reader, reader->scratch, units, sizeof(struct mbp_unit_def *));
    load->machine_origins = mbp_reader_array(reader, reader->scratch, totals->machines, sizeof *load->machine_origins);
    load->origins = mbp_reader_array(reader, reader->scratch, totals->sensors, sizeof *load->origins);
    load->points = mbp_reader_array(reader, reader->keep, totals->points, sizeof *load->points);
    load->point_origins = mbp_reader_array(reader, reader->scratch, totals->points, sizeof *load->point_origins);
    load->stored = mbp_reader_array(reader, reader->keep, totals->stored, sizeof *load->stored);
    load->stored_defs = mbp_reader_array(reader, reader->scratch, totals->stored, sizeof(struct mbp_point_def *));
    load->aliases = mbp_reader_array(reader, reader->keep, totals->aliases, sizeof *load->aliases);
    load->alias_defs = mbp_reader_array(reader, reader->scratch, totals->aliases, sizeof(struct mbp_point_def *));
    load->plant->points = load->points;
    load->plant->stored = load->stored;
    load->plant->aliases = load->aliases;
    load->plant->units = load->units;
    load->plant->machines = load->machines;
    load->plant->sensors = load->sensors;
    load->plant->inputs = load->inputs;
    load->plant->actuators = load->actuators;
    load->plant->controllers = load->controllers;
    return !reader->out_of_memory;
}

enum mbp_status mbp_expand(struct mbp_load *load)
{
    struct totals totals = {0};
    if (!count_all(load, &totals)) {
        return MBP_ERR_FORMAT;
    }
    if (!allocate(load, &totals)) {
        return MBP_ERR_MEMORY;
    }
    for (uint32_t i = 0; i < load->def.units.count; i++) {
        const struct mbp_unit_def *def = unit_at(load, i);
        struct mbp_unit *first = &load->units[load->plant->unit_count];
        for (unsigned table = 0; table < MBP_TABLE_COUNT; table++) {
            mbp_take_blocks(&load->reader, &def->tables.blocks[table], (enum mbp_table)table, first);
        }
        mbp_take_files(&load->reader, &def->tables, first);
        for (uint32_t number = 1; number <= def->repeat; number++) {
            struct mbp_unit *unit = &load->units[load->plant->unit_count];
            *unit = *first; /* the tables are the same for all */
            add_unit(load, def, number);
        }
    }
    if (load->def.instructor) {
        load->plant->server = load->def.server.options;
        add_instructor(load);
    }
    mbp_list_parameters(load);
    return load->reader.out_of_memory ? MBP_ERR_MEMORY : MBP_OK;
}
