/* resolve: names. Each belongs to one machine or sensor of the plant, and inputs find their sensor by it. And what can
 * be judged only once the whole file is read. */
#include <string.h>

#include "faults.h"
#include "load.h"
#include "mbplant/base/tr.h"
#include "mbplant/instructor.h"
#include "mbplant/map.h"
#include "mbplant/plant/interlock.h"

#define CANDIDATES_MAX 4096 /* names that a misspelt reference is compared with */

/* ---- before expansion ----------------------------------------------------------------------------------------- */

struct repeats {
    uint32_t unit, machine, own;
};

/* One definition that gives several things the same name is one mistake, not as many as it gives. */
static bool name_is_right(struct mbp_load *load, const struct mbp_def *def, const char *name,
                          const struct repeats *repeats, bool has_machine)
{
    struct mbp_reader *reader = &load->reader;
    const struct mbp_node *node = mbp_def_node(def, "name");
    char longest[MBP_NAME_MAX + 1];
    const char *suffix = strchr(name, '.');
    bool own = repeats->own > 1 && !mbp_pattern_has(name, 'n');
    bool machine = repeats->machine > 1 && !mbp_pattern_has(name, 'm');
    bool unit = repeats->unit > 1 && !mbp_pattern_has(name, 'u');
    if (own || machine || unit) {
        const char *what = own ? "n" : machine ? "m" : "u";
        mbp_reader_tell(reader, node, "'repeat' makes several of '%s'; put {%s} in the name, it counts the %s from 1",
                        name, what,
                        own       ? "repeats"
                        : machine ? "machines"
                                  : "units");
        return false;
    }
    if (!has_machine && mbp_pattern_has(name, 'm')) {
        mbp_reader_tell(reader, node, "{m} counts machines, and this belongs to none; allowed are {n} and {u}");
        return false;
    }
    struct mbp_counters last = {repeats->own, repeats->machine, repeats->unit};
    if (mbp_pattern_fill(name, &last, longest, sizeof longest) == SIZE_MAX) {
        mbp_reader_tell(reader, node, "the name '%s' grows longer than %d characters; shorten it", name, MBP_NAME_MAX);
        return false;
    }
    while (suffix != NULL && !mbp_map_suffix_is_taken(suffix + 1))
        suffix = strchr(suffix + 1, '.');
    if (suffix != NULL) {
        mbp_reader_tell(reader, node,
                        "a name may not end in '%s': that is how the map calls points of a machine or sensor", suffix);
        return false;
    }
    return true;
}

/* A dead time keeps as many values as it has scans. */
static void check_dead_time(struct mbp_load *load, const struct mbp_def *def, uint64_t dead_time_ns)
{
    uint64_t scan_ns = load->def.scan_ns;
    char longest[32], scan[32];
    if (scan_ns == 0 || dead_time_ns / scan_ns < MBP_DEAD_TIME_SCANS_MAX) {
        return;
    }
    mbp_reader_tell(&load->reader, mbp_def_node(def, "dead_time"),
                    "'dead_time' is more than %u scans; with a scan of %s allowed is less than %s",
                    MBP_DEAD_TIME_SCANS_MAX, mbp_duration_format(scan_ns, scan, sizeof scan),
                    mbp_duration_format(MBP_DEAD_TIME_SCANS_MAX * scan_ns, longest, sizeof longest));
}

static void check_dead_times(struct mbp_load *load, const struct mbp_signal_def *signal)
{
    const struct mbp_input_def *inputs = signal->inputs.items;
    check_dead_time(load, &signal->def, signal->signal.dead_time_ns);
    for (uint32_t i = 0; i < signal->inputs.count; i++) {
        check_dead_time(load, &inputs[i].def, inputs[i].dead_time_ns);
    }
}

static void check_sensors(struct mbp_load *load, struct mbp_def_list *sensors, struct repeats repeats, bool has_machine)
{
    struct mbp_sensor_def *defs = sensors->items;
    for (uint32_t i = 0; i < sensors->count; i++) {
        struct mbp_sensor_def *sensor = &defs[i];
        const char *noun = mbp_tr(sensor->sensor.is_alarm ? "alarm" : "sensor");
        repeats.own = sensor->repeat;
        if (mbp_def_has(&sensor->def, MBP_SENSOR_NAME) &&
            !name_is_right(load, &sensor->def, sensor->sensor.name, &repeats, has_machine)) {
            sensor->def.present &= ~MBP_BIT(MBP_SENSOR_NAME);
            load->reader.nameless = true;
        }
        if (sensor->signal != NULL) {
            check_dead_times(load, sensor->signal);
        }
        if (!has_machine && mbp_def_has(&sensor->def, MBP_SENSOR_TRIP) && sensor->sensor.trip != 0) {
            mbp_reader_tell(&load->reader, mbp_def_node(&sensor->def, "trip"),
                            "'trip' needs a machine to trip, and this %s belongs to none; remove it", noun);
        }
        const struct mbp_node *where = mbp_suppressing_node(sensor);
        if (!has_machine && where != NULL) {
            mbp_reader_tell(&load->reader, where,
                            "'suppress' names states of a machine, and this %s belongs to none; remove it", noun);
        }
    }
}

/* The name is its machine's, a point and its own; that of the alarm of its bypass has a suffix behind that. */
static bool interlock_name_is_right(struct mbp_load *load, const struct mbp_machine_def *machine,
                                    const struct mbp_interlock_def *interlock, struct mbp_counters last)
{
    char prefix[MBP_NAME_MAX + 1], own[MBP_NAME_MAX + 1];
    const struct mbp_node *node = mbp_def_node(&interlock->def, "name");
    if (mbp_pattern_fill(machine->machine.name, &last, prefix, sizeof prefix) == SIZE_MAX)
        return true; /* told of the machine */
    size_t room = MBP_NAME_MAX - 1 - (sizeof MBP_BYPASS_SUFFIX - 1);
    size_t taken = strlen(prefix);
    if (mbp_pattern_fill(interlock->name, &last, own, sizeof own) == SIZE_MAX || taken + strlen(own) > room) {
        mbp_reader_tell(&load->reader, node,
                        "the name '%s' is too long behind that of its machine: %s and it may have %zu characters "
                        "together, for %s.%s%s is a name too; shorten it",
                        interlock->name, prefix, room, prefix, interlock->name, MBP_BYPASS_SUFFIX);
        return false;
    }
    if (mbp_map_suffix_is_taken(interlock->name)) {
        mbp_reader_tell(&load->reader, node,
                        "an interlock may not be called '%s': that is how the map calls a point of its machine",
                        interlock->name);
        return false;
    }
    return true;
}

static void check_interlocks(struct mbp_load *load, struct mbp_machine_def *machine, uint32_t units)
{
    struct mbp_interlock_def *defs = machine->interlocks.items;
    for (uint32_t i = 0; i < machine->interlocks.count; i++) {
        const struct mbp_counters last = {machine->repeat, machine->repeat, units};
        bool named = mbp_def_has(&defs[i].itself.def, MBP_SENSOR_NAME) && machine->machine.name != NULL;
        if (named && interlock_name_is_right(load, machine, &defs[i], last))
            continue;
        defs[i].itself.def.present = defs[i].bypassed.def.present = 0;
        load->reader.nameless = true;
    }
}

static void check_actuators(struct mbp_load *load, struct mbp_def_list *actuators, struct repeats repeats,
                            bool has_machine)
{
    struct mbp_actuator_def *defs = actuators->items;
    for (uint32_t i = 0; i < actuators->count; i++) {
        struct mbp_actuator_def *actuator = &defs[i];
        repeats.own = actuator->repeat;
        if (mbp_def_has(&actuator->def, MBP_ACTUATOR_NAME) &&
            !name_is_right(load, &actuator->def, actuator->actuator.name, &repeats, has_machine)) {
            actuator->def.present &= ~MBP_BIT(MBP_ACTUATOR_NAME);
            load->reader.nameless = true;
        }
        if (!has_machine && mbp_def_has(&actuator->def, MBP_ACTUATOR_FAIL)) {
            mbp_reader_tell(&load->reader, mbp_def_node(&actuator->def, "fail"),
                            "'fail' says where it goes when its machine is not en_service, and this actuator belongs "
                            "to none; remove it");
        }
    }
}

static void check_points(struct mbp_load *load, struct mbp_def_list *points, uint32_t units)
{
    struct mbp_point_def *defs = points->items;
    for (uint32_t i = 0; i < points->count; i++) {
        struct repeats repeats = {units, 1, mbp_point_times(&defs[i])};
        if (mbp_def_has(&defs[i].def, MBP_POINT_NAME) &&
            !name_is_right(load, &defs[i].def, defs[i].name, &repeats, false)) {
            defs[i].def.present &= ~MBP_BIT(MBP_POINT_NAME);
            load->reader.nameless = true;
        }
    }
}

static void check_controllers(struct mbp_load *load, struct mbp_def_list *controllers, struct repeats repeats,
                              bool has_machine)
{
    struct mbp_controller_def *defs = controllers->items;
    for (uint32_t i = 0; i < controllers->count; i++) {
        struct mbp_controller_def *controller = &defs[i];
        repeats.own = controller->repeat;
        if (mbp_def_has(&controller->def, MBP_CONTROLLER_NAME) &&
            !name_is_right(load, &controller->def, controller->controller.name, &repeats, has_machine)) {
            controller->def.present &= ~MBP_BIT(MBP_CONTROLLER_NAME);
            load->reader.nameless = true;
        }
    }
}

void mbp_check_names(struct mbp_load *load)
{
    struct mbp_unit_def *units = load->def.units.items;
    for (uint32_t u = 0; u < load->def.units.count; u++) {
        struct mbp_machine_def *machines = units[u].machines.items;
        for (uint32_t m = 0; m < units[u].machines.count; m++) {
            struct mbp_machine_def *machine = &machines[m];
            /* For a machine its own counter is the machines' counter, so {n} and {m} are the same. */
            struct repeats own = {units[u].repeat, 1, machine->repeat};
            if (machine->machine.name != NULL && mbp_pattern_has(machine->machine.name, 'm')) {
                own = (struct repeats){units[u].repeat, machine->repeat, 1};
            }
            if (machine->machine.name != NULL &&
                !name_is_right(load, &machine->def, machine->machine.name, &own, true)) {
                machine->machine.name = NULL;
                load->reader.nameless = true;
            }
            check_sensors(load, &machine->sensors, (struct repeats){units[u].repeat, machine->repeat, 1}, true);
            check_sensors(load, &machine->alarms, (struct repeats){units[u].repeat, machine->repeat, 1}, true);
            check_interlocks(load, machine, units[u].repeat);
            check_actuators(load, &machine->actuators, (struct repeats){units[u].repeat, machine->repeat, 1}, true);
            check_controllers(load, &machine->controllers, (struct repeats){units[u].repeat, machine->repeat, 1}, true);
        }
        check_sensors(load, &units[u].sensors, (struct repeats){units[u].repeat, 1, 1}, false);
        check_sensors(load, &units[u].alarms, (struct repeats){units[u].repeat, 1, 1}, false);
        check_actuators(load, &units[u].actuators, (struct repeats){units[u].repeat, 1, 1}, false);
        check_controllers(load, &units[u].controllers, (struct repeats){units[u].repeat, 1, 1}, false);
        check_points(load, &units[u].points, units[u].repeat);
    }
}

/* ---- unique names --------------------------------------------------------------------------------------------- */

/* What has a name: machines, sensors, actuators, controllers (index.h). */
static const struct mbp_def *def_of(const struct mbp_load *load, uint32_t item)
{
    const struct mbp_plant *plant = load->plant;
    if (item < plant->machine_count) {
        return &load->machine_origins[item].def->def;
    }
    item -= plant->machine_count;
    if (item < plant->sensor_count) {
        return &load->origins[item].def->def;
    }
    item -= plant->sensor_count;
    if (item < plant->actuator_count) {
        return &load->actuator_origins[item].def->def;
    }
    item -= plant->actuator_count;
    return item < plant->controller_count ? &load->controller_origins[item].def->def
                                          : &load->stored_defs[item - plant->controller_count]->def;
}

static const char *noun_of(const struct mbp_load *load, uint32_t item)
{
    const struct mbp_plant *plant = load->plant;
    uint32_t behind = item - plant->machine_count - plant->sensor_count;
    if (item < plant->machine_count) {
        return "machine";
    }
    if (item - plant->machine_count < plant->sensor_count && plant->sensors[item - plant->machine_count].is_alarm)
        return mbp_is_interlock(&plant->sensors[item - plant->machine_count]) ? "interlock" : "alarm";
    return item - plant->machine_count < plant->sensor_count                                   ? "sensor"
           : behind < plant->actuator_count                                                    ? "actuator"
           : behind - plant->actuator_count < plant->controller_count                          ? "controller"
           : plant->stored[behind - plant->actuator_count - plant->controller_count].parameter ? "parameter"
                                                                                               : "point";
}

static bool has_name(const struct mbp_load *load, uint32_t item)
{
    uint32_t machines = load->plant->machine_count, sensors = load->plant->sensor_count;
    if (item < machines) {
        return load->machine_origins[item].def->machine.name != NULL;
    }
    item -= machines;
    uint32_t actuators = sensors + load->plant->actuator_count;
    unsigned field = item < sensors                                     ? (unsigned)MBP_SENSOR_NAME
                     : item < actuators                                 ? (unsigned)MBP_ACTUATOR_NAME
                     : item - actuators < load->plant->controller_count ? (unsigned)MBP_CONTROLLER_NAME
                                                                        : (unsigned)MBP_POINT_NAME;
    return mbp_def_has(def_of(load, machines + item), field);
}

static void check_unique_names(struct mbp_load *load, struct mbp_index *index)
{
    const struct mbp_plant *plant = load->plant;
    uint32_t items = mbp_index_count(plant);
    bool *shared = mbp_reader_array(&load->reader, load->reader.scratch, items, sizeof *shared);
    if (shared == NULL) {
        return;
    }
    load->shared_name = shared;
    for (uint32_t item = 0; item < items && !mbp_errors_hopeless(load->reader.errors); item++) {
        uint32_t first = has_name(load, item) ? mbp_index_add(index, plant, item) : UINT32_MAX;
        if (first == UINT32_MAX) {
            continue;
        }
        shared[first] = true;
        mbp_reader_tell(
            &load->reader, mbp_def_node(def_of(load, item), "name"),
            "the name '%s' is taken by the %s in line %u; names are unique in the plant%s", mbp_index_name(plant, item),
            mbp_tr(noun_of(load, first)), mbp_def_node(def_of(load, first), "name")->line,
            strcmp(mbp_index_name(plant, item), mbp_index_name(plant, first)) == 0 ? ""
                                                                                   : mbp_tr(", whatever their case"));
    }
}

static void check_unique_ids(struct mbp_load *load)
{
    const struct mbp_def *taken[256] = {NULL};
    for (uint32_t u = 0; u < load->plant->unit_count; u++) {
        const struct mbp_def *def = &load->unit_defs[u]->def;
        uint8_t id = load->units[u].id;
        if (mbp_node_find(def->node, "id") == NULL || load->unit_defs[u]->id > 255) {
            continue; /* missing or wrong, told already */
        }
        if (taken[id] != NULL) {
            mbp_reader_tell(&load->reader, mbp_def_node(def, "id"),
                            "the unit id %u is taken by the unit in line %u; each unit has its own", id,
                            mbp_def_node(taken[id], "id")->line);
        } else {
            taken[id] = def;
        }
    }
    if (load->def.server.options.broadcast && taken[0] != NULL) {
        mbp_reader_tell(&load->reader, mbp_def_node(&load->def.server.def, "broadcast"),
                        "with 'broadcast: true' unit 0 is all units; give the unit in line %u another id",
                        mbp_def_node(taken[0], "id")->line);
    }
}

/* A wire that leads to a unit that is not there would lead nowhere. */
static void check_listen_units(struct mbp_load *load, const bool known[256])
{
    const struct mbp_listens *listens = &load->def.server.options.listen;
    for (uint32_t i = 0; i < listens->count; i++) {
        const struct mbp_wire_units *units = listens->items[i].units;
        for (unsigned id = 0; units != NULL && id < MBP_COUNT_OF(units->of); id++) {
            if (units->of[id] != MBP_NONE16 && !known[units->of[id]]) {
                mbp_reader_tell(&load->reader, mbp_def_node(&load->def.server.def, "listen"),
                                "there is no unit %u in the plant, which 'listen' has a way to", units->of[id]);
            }
        }
    }
}

/* A rule about a unit that is not there would let nobody in, or everybody. */
static void check_access_units(struct mbp_load *load)
{
    const struct mbp_def_list *rules = &load->def.server.access;
    bool known[256] = {false};
    for (uint32_t u = 0; u < load->plant->unit_count; u++) {
        known[load->units[u].id] = true;
    }
    check_listen_units(load, known);
    for (uint32_t r = 0; r < rules->count; r++) {
        const struct mbp_access_def *access = (const struct mbp_access_def *)rules->items + r;
        for (uint32_t i = 0; access->rule.some_units && i < access->units.count; i++) {
            unsigned id = access->units.items[i];
            if (known[id]) {
                continue;
            }
            bool instructor = id == MBP_INSTRUCTOR_UNIT;
            mbp_reader_tell(&load->reader, mbp_def_node(&access->def, "units"), "there is no unit %u in the plant%s",
                            id, instructor ? mbp_tr("; 'instructor: true' makes it") : "");
        }
    }
}

/* ---- references ----------------------------------------------------------------------------------------------- */

bool mbp_is_doubtful(const struct mbp_load *load, uint32_t item)
{
    return mbp_errors_hopeless(load->reader.errors) || (item != UINT32_MAX && load->shared_name[item]);
}

static void tell_unknown_sensor(struct mbp_load *load, const struct mbp_sensor *sensor,
                                const struct mbp_input_def *input, const char *name)
{
    const char *candidates[CANDIDATES_MAX];
    const struct mbp_plant *plant = load->plant;
    /* In a plant of many sensors the one that was meant is likely of the same unit. */
    bool few = plant->sensor_count <= CANDIDATES_MAX;
    uint32_t first = few ? 0 : plant->units[sensor->unit].first_sensor;
    uint32_t count = few ? plant->sensor_count : plant->units[sensor->unit].sensor_count;
    for (uint32_t i = 0; i < count; i++) {
        candidates[i] = plant->sensors[first + i].name;
    }
    for (uint32_t a = 0; a < plant->actuator_count && count < CANDIDATES_MAX; a++) {
        candidates[count++] = plant->actuators[a].name;
    }
    /* What is not shown need not be good. */
    bool shown = load->reader.errors->count < MBP_ERRORS_SHOWN;
    const char *near = shown ? mbp_nearest(name, candidates, count) : NULL;
    mbp_reader_tell(&load->reader, mbp_def_node(&input->def, "from"), "there is no sensor '%s' in the plant%s%s%s",
                    name, near != NULL ? mbp_tr("; did you mean '") : mbp_tr("; 'from' names a sensor or an actuator"),
                    near != NULL ? near : "", near != NULL ? mbp_tr("'?") : "");
}

/* The actuator whose position multiplies an input. */
static uint32_t find_times(struct mbp_load *load, const struct mbp_index *index, uint32_t s,
                           const struct mbp_input_def *def)
{
    const struct mbp_plant *plant = load->plant;
    char name[MBP_NAME_MAX + 1];
    if (def->times == NULL) {
        return MBP_TIMES_NONE;
    }
    if (mbp_pattern_fill(def->times, &load->origins[s].counters, name, sizeof name) == SIZE_MAX) {
        name[0] = '\0';
    }
    uint32_t item = mbp_index_find(index, plant, name);
    uint32_t actuator = mbp_index_as(plant, item, MBP_ITEM_ACTUATOR);
    if (actuator != UINT32_MAX) {
        return actuator;
    }
    if (!mbp_is_doubtful(load, item)) {
        mbp_reader_tell(
            &load->reader, mbp_def_node(&def->def, "times"),
            "there is no actuator '%s' in the plant; 'times' names one, whose position multiplies the input", name);
    }
    return MBP_TIMES_NONE;
}

static void resolve_inputs(struct mbp_load *load, const struct mbp_index *index, uint32_t s)
{
    const struct mbp_plant *plant = load->plant;
    const struct mbp_sensor *sensor = &plant->sensors[s];
    const struct mbp_signal_def *signal = load->origins[s].def->signal;
    for (uint32_t i = 0; i < sensor->input_count; i++) {
        const struct mbp_input_def *def = (const struct mbp_input_def *)signal->inputs.items + i;
        struct mbp_input *input = &load->inputs[sensor->first_input + i];
        char name[MBP_NAME_MAX + 1];
        *input = (struct mbp_input){.from = UINT32_MAX,
                                    .times = MBP_TIMES_NONE,
                                    .function = (unsigned)def->function & 1u,
                                    .gain = def->gain,
                                    .lag_ns = def->lag_ns,
                                    .dead_time_ns = def->dead_time_ns};
        if (def->from == NULL || load->reader.nameless) {
            continue;
        }
        input->times = find_times(load, index, s, def) & MBP_TIMES_NONE;
        if (mbp_pattern_fill(def->from, &load->origins[s].counters, name, sizeof name) == SIZE_MAX) {
            name[0] = '\0';
        }
        uint32_t item = mbp_index_find(index, plant, name);
        input->from = mbp_index_as(plant, item, MBP_ITEM_SOURCE);
        if (mbp_index_as(plant, item, MBP_ITEM_ALARM) != UINT32_MAX) {
            mbp_reader_tell(&load->reader, mbp_def_node(&def->def, "from"),
                            "'%s' is an alarm; an input takes in a sensor or an actuator", name);
        } else if (input->from == UINT32_MAX && !mbp_is_doubtful(load, item)) {
            tell_unknown_sensor(load, sensor, def, name);
        }
    }
}

/* ---- machines ------------------------------------------------------------------------------------------------- */

/* The sensor that says how fast a machine makes its products. */
static void resolve_pace(struct mbp_load *load, const struct mbp_index *index, uint32_t m)
{
    const struct mbp_machine_origin *origin = &load->machine_origins[m];
    const char *pace = origin->def->cycle.pace;
    char name[MBP_NAME_MAX + 1];
    if (pace == NULL || load->reader.nameless) {
        return;
    }
    if (mbp_pattern_fill(pace, &origin->counters, name, sizeof name) == SIZE_MAX) {
        name[0] = '\0';
    }
    uint32_t item = mbp_index_find(index, load->plant, name);
    uint32_t sensor = mbp_index_as(load->plant, item, MBP_ITEM_SENSOR);
    load->machines[m].pace = sensor;
    if (sensor == UINT32_MAX && !mbp_is_doubtful(load, item)) {
        mbp_reader_tell(&load->reader, mbp_def_node(&origin->def->cycle.def, "pace"),
                        "there is no sensor '%s' in the plant; 'pace' names one, whose value is products an hour",
                        name);
    }
}

enum mbp_status mbp_resolve(struct mbp_load *load)
{
    struct mbp_plant_memory *memory = load->plant->memory;
    enum mbp_status status = mbp_index_init(&memory->index, load->plant, load->reader.keep);
    if (status != MBP_OK) {
        return status;
    }
    check_unique_ids(load);
    check_access_units(load);
    check_unique_names(load, &memory->index);
    for (uint32_t s = 0; s < load->plant->sensor_count; s++) {
        resolve_inputs(load, &memory->index, s);
    }
    for (uint32_t m = 0; m < load->plant->machine_count; m++) {
        resolve_pace(load, &memory->index, m);
    }
    mbp_resolve_controllers(load, &memory->index);
    mbp_resolve_points(load, &memory->index);
    mbp_resolve_watchdogs(load);
    mbp_resolve_faults(load, &memory->index);
    return MBP_OK;
}
