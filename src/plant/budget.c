/* budget: each definition's share, times the repeats around it. The figures are those of the structs and loops of the
 * stages above, which this one cannot see: tests/unit/scan/budget.c holds them against what is really taken. */
#include "budget.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "scalar.h"

/* ---- what one of each takes ---------------------------------------------------------------------------------------
 */

/* Bytes, each with its registers. What the state keeps is there twice where an instructor may take a snapshot. */
#define SENSOR_BYTES       310.0
#define SENSOR_STATE_BYTES 200.0
#define EVENTS_BYTES       96.0 /* of a sensor's alarm that comes and its machine's trip in the same scan */
#define INPUT_BYTES        100.0
#define SAMPLE_BYTES       8.0   /* of a dead time; state */
#define WINDOW_BYTES       110.0 /* of a rate of change; state */
#define WINDOW_PART_BYTES  16.0
#define WINDOW_PARTS       60.0
#define MACHINE_BYTES      400.0
#define ACTUATOR_BYTES     200.0
#define CONTROLLER_BYTES   560.0
#define FORMULA_BYTES      400.0
#define FORMULA_CHAR_BYTES 25.0    /* of its text: its code and what it reads */
#define FORMULA_STATE      40.0    /* likewise of the state */
#define UNIT_BYTES         90000.0 /* mostly the addresses between the standard blocks */
#define ADDRESS_BYTES      2.5     /* of a table that reaches beyond them, up to the last address that is taken */
#define ADDRESSES          65536.0

/* Nanoseconds of a scan, on a machine of the year 2020. */
#define SENSOR_NS        17.0
#define INPUT_NS         8.0
#define NOISE_NS         5.0
#define PART_NS          15.0 /* of a signal beyond base, lag and inputs */
#define WINDOW_NS        15.0
#define DUTY_STATE_BYTES 160.0 /* struct mbp_chatter_state */
#define DUTY_NS          10.0  /* of an alarm that is looked after */
#define MACHINE_NS       70.0
#define ACTUATOR_NS      32.0
#define CONTROLLER_NS    110.0
#define FORMULA_NS       30.0
#define FORMULA_CHAR_NS  5.0

/* Nanoseconds in which nothing is answered while it takes over. */
#define THING_RELOAD_NS  3300.0 /* a sensor, machine, actuator or controller, with its event in the journal */
#define SAMPLE_RELOAD_NS 5.0    /* of a dead time */
#define RECORD_RELOAD_NS 3.5    /* of a file */

/* ---- what is allowed ----------------------------------------------------------------------------------------------
 */

#define MEMORY_BYTES     1000000000u
#define LEAST_BYTES      10000000u
#define MOST_BYTES       1000000000000u
#define REMOTE_SHARE     0.25 /* of it that a plant may take which comes over a network */
#define REMOTE_SCANS     1.0  /* periods that its scan may take */
#define ABSURD_SCANS     100.0
#define REMOTE_RELOAD_NS 5e8

static _Atomic uint64_t memory_bytes = MEMORY_BYTES;

bool mbp_plant_set_memory(const char *size)
{
    uint64_t bytes;
    if (!mbp_scalar_size(size, &bytes) || bytes < LEAST_BYTES || bytes > MOST_BYTES)
        return false;
    atomic_store(&memory_bytes, bytes);
    return true;
}

/* ---- adding up ----------------------------------------------------------------------------------------------------
 */

enum kind { MEMORY, SCAN, RELOAD, KINDS };

enum what {
    SENSORS,
    INPUTS,
    DEAD_TIME,
    WINDOW,
    MACHINES,
    ACTUATORS,
    CONTROLLERS,
    BLOCK,
    FILE_TABLE,
    REGISTER,
    UNIT,
    FORMULA,
    WHATS
};

/* What there is of it, and what to do about it. */
static const struct {
    const char *noun, *advice;
} words[WHATS] = {
    [SENSORS] = {"sensors", "have fewer of them"},
    [INPUTS] = {"inputs", "have fewer of them"},
    [DEAD_TIME] = {"values of dead times", "shorten them, or lengthen 'scan'"},
    [WINDOW] = {"windows of rates of change", "have fewer of them"},
    [MACHINES] = {"machines", "have fewer of them"},
    [ACTUATORS] = {"actuators", "have fewer of them"},
    [CONTROLLERS] = {"controllers", "have fewer of them"},
    [BLOCK] = {"addresses up to the ends of blocks", "place them lower, or have fewer units like this"},
    [REGISTER] = {"addresses up to registers with an 'at'", "place them lower, or have fewer units like this"},
    [FILE_TABLE] = {"records of files", "have fewer of them"},
    [FORMULA] = {"expressions", "have fewer or shorter ones"},
    [UNIT] = {"units", "have fewer of them"},
};

/* What all of one sort take, and where most of that comes from. */
struct share {
    double amount, count;
    double most;
    const struct mbp_node *node;
};

struct budget {
    double sum[KINDS];
    struct share shares[KINDS][WHATS];
    double copies; /* of the state */
    double scan_ns;
};

static void add(struct budget *budget, enum kind kind, const struct mbp_node *node, enum what what, double count,
                double each)
{
    struct share *share = &budget->shares[kind][what];
    budget->sum[kind] += count * each;
    share->amount += count * each;
    share->count += count;
    if (count * each > share->most) {
        share->most = count * each;
        share->node = node;
    }
}

/* What takes most of it. */
static enum what worst(const struct budget *budget, enum kind kind)
{
    enum what worst = SENSORS;
    for (int what = 0; what < WHATS; what++) {
        if (budget->shares[kind][what].amount > budget->shares[kind][worst].amount)
            worst = (enum what)what;
    }
    return worst;
}

/* ---- definitions --------------------------------------------------------------------------------------------------
 */

static double samples(const struct budget *budget, uint64_t dead_time_ns)
{
    return budget->scan_ns > 0 ? ceil((double)dead_time_ns / budget->scan_ns) : 0;
}

static void add_dead_time(struct budget *budget, const struct mbp_def *def, uint64_t dead_time_ns, double times)
{
    const struct mbp_node *node = mbp_def_node(def, "dead_time");
    double count = times * samples(budget, dead_time_ns);
    add(budget, MEMORY, node, DEAD_TIME, count, SAMPLE_BYTES * budget->copies);
    add(budget, RELOAD, node, DEAD_TIME, count, SAMPLE_RELOAD_NS);
}

static void add_formula(struct budget *budget, const struct mbp_formula_def *formula, double times)
{
    double len = formula->text != NULL ? (double)strlen(formula->text) : 0;
    double bytes = FORMULA_BYTES + len * FORMULA_CHAR_BYTES + FORMULA_STATE * budget->copies;
    add(budget, MEMORY, formula->node, FORMULA, times, bytes);
    add(budget, SCAN, formula->node, FORMULA, times, FORMULA_NS + len * FORMULA_CHAR_NS);
}

static void add_signal(struct budget *budget, const struct mbp_signal_def *signal, double times)
{
    const struct mbp_input_def *inputs = signal->inputs.items;
    const struct mbp_node *node = mbp_def_node(&signal->def, "inputs");
    bool waves = mbp_def_has(&signal->def, MBP_SIGNAL_WAVE) && signal->wave.shape != MBP_WAVE_NONE;
    double parts = (waves ? 1 : 0) + (fabs(signal->integrate.gain) > 0 ? 1 : 0) + (signal->wander.sigma > 0 ? 2 : 0) +
                   (signal->signal.dead_time_ns > 0 ? 1 : 0);
    add_dead_time(budget, &signal->def, signal->signal.dead_time_ns, times);
    add(budget, SCAN, signal->def.node, SENSORS, times, parts * PART_NS + (signal->signal.noise > 0 ? NOISE_NS : 0));
    add(budget, MEMORY, node, INPUTS, times * signal->inputs.count, INPUT_BYTES);
    add(budget, SCAN, node, INPUTS, times * signal->inputs.count, INPUT_NS);
    if (mbp_def_has(&signal->def, MBP_SIGNAL_EXPR))
        add_formula(budget, &signal->expr, times);
    for (uint32_t i = 0; i < signal->inputs.count; i++)
        add_dead_time(budget, &inputs[i].def, inputs[i].dead_time_ns, times);
}

static double text_bytes(const char *text)
{
    return text != NULL && strchr(text, '{') != NULL ? (double)strlen(text) + 4 : 0;
}

/* Of a sensor whose alarms have counters in their texts: settings of its own. */
static double alarm_bytes(const struct mbp_sensor_def *sensor)
{
    const struct mbp_alarms *alarms = mbp_sensor_alarms(&sensor->sensor);
    double bytes = 0;
    for (unsigned a = 0; a <= MBP_ALARM_COUNT; a++) {
        const struct mbp_alarm_texts *texts = a < MBP_ALARM_COUNT ? &alarms->of[a].texts : &alarms->common.texts;
        bytes += text_bytes((a < MBP_ALARM_COUNT ? &alarms->of[a] : &alarms->common)->when);
        bytes += text_bytes(texts->message) + text_bytes(texts->cause) + text_bytes(texts->consequence) +
                 text_bytes(texts->action);
    }
    return bytes > 0 ? bytes + sizeof *alarms : 0;
}

static void add_suppression(struct budget *budget, const struct mbp_suppress_def *suppress, double times)
{
    if (suppress->when.text != NULL)
        add_formula(budget, &suppress->when, times);
}

/* What its alarms have to be looked after for. */
static void add_duties(struct budget *budget, const struct mbp_sensor_def *sensor, double times)
{
    const struct mbp_alarms *alarms = mbp_sensor_alarms(&sensor->sensor);
    double count = 0;
    for (unsigned a = 0; a < MBP_ALARM_COUNT; a++)
        count += mbp_alarm_has_duty(&alarms->of[a]) ? 1 : 0;
    if (count <= 0)
        return;
    add(budget, MEMORY, sensor->def.node, SENSORS, times * count,
        sizeof(struct mbp_alarm_duty) + DUTY_STATE_BYTES * budget->copies);
    add(budget, SCAN, sensor->def.node, SENSORS, times * count, DUTY_NS);
    add_suppression(budget, &sensor->suppress, times);
    add_suppression(budget, &sensor->rate_of_change.suppress, times);
    add_suppression(budget, &sensor->bad_quality.suppress, times);
    for (unsigned l = 0; l < MBP_LIMIT_COUNT; l++)
        add_suppression(budget, &sensor->limits.of[l].suppress, times);
}

static void add_sensors(struct budget *budget, const struct mbp_def_list *sensors, double times)
{
    for (uint32_t i = 0; i < sensors->count; i++) {
        const struct mbp_sensor_def *sensor = (const struct mbp_sensor_def *)sensors->items + i;
        const struct mbp_node *window = mbp_def_node(&sensor->def, "rate_of_change");
        double count = times * sensor->repeat;
        double bytes = SENSOR_BYTES + EVENTS_BYTES + text_bytes(sensor->sensor.label) + alarm_bytes(sensor) +
                       SENSOR_STATE_BYTES * budget->copies;
        add(budget, MEMORY, sensor->def.node, SENSORS, count, bytes);
        add(budget, SCAN, sensor->def.node, SENSORS, count, SENSOR_NS);
        add(budget, RELOAD, sensor->def.node, SENSORS, count, THING_RELOAD_NS);
        if (sensor->when.text != NULL)
            add_formula(budget, &sensor->when, count);
        if (sensor->signal != NULL && sensor->signal->def.node != NULL) /* else it is no group, told */
            add_signal(budget, sensor->signal, count);
        add_duties(budget, sensor, count);
        if (mbp_def_has(&sensor->def, MBP_SENSOR_RATE_OF_CHANGE)) {
            double scans = samples(budget, sensor->rate_of_change.per_ns);
            double parts = fmin(fmax(scans, 1), WINDOW_PARTS);
            add(budget, MEMORY, window, WINDOW, count, (WINDOW_BYTES + WINDOW_PART_BYTES * parts) * budget->copies);
            add(budget, SCAN, window, WINDOW, count, WINDOW_NS);
        }
    }
}

/* Each is itself and the alarm of its bypass. */
static void add_interlocks(struct budget *budget, const struct mbp_def_list *interlocks, double times)
{
    for (uint32_t i = 0; i < interlocks->count; i++) {
        struct mbp_interlock_def *interlock = (struct mbp_interlock_def *)interlocks->items + i;
        add_sensors(budget, &(const struct mbp_def_list){&interlock->itself, 1}, times);
        add_sensors(budget, &(const struct mbp_def_list){&interlock->bypassed, 1}, times);
    }
}

static void add_actuators(struct budget *budget, const struct mbp_def_list *actuators, double times)
{
    for (uint32_t i = 0; i < actuators->count; i++) {
        const struct mbp_actuator_def *actuator = (const struct mbp_actuator_def *)actuators->items + i;
        double count = times * actuator->repeat;
        add(budget, MEMORY, actuator->def.node, ACTUATORS, count,
            ACTUATOR_BYTES + text_bytes(actuator->actuator.label));
        add(budget, SCAN, actuator->def.node, ACTUATORS, count, ACTUATOR_NS);
        add(budget, RELOAD, actuator->def.node, ACTUATORS, count, THING_RELOAD_NS);
    }
}

static void add_controllers(struct budget *budget, const struct mbp_def_list *controllers, double times)
{
    for (uint32_t i = 0; i < controllers->count; i++) {
        const struct mbp_controller_def *controller = (const struct mbp_controller_def *)controllers->items + i;
        double count = times * controller->repeat;
        double feeds = controller->feedforward.count;
        add(budget, MEMORY, controller->def.node, CONTROLLERS, count,
            CONTROLLER_BYTES + text_bytes(controller->controller.label) + feeds * sizeof(struct mbp_feed));
        add(budget, SCAN, controller->def.node, CONTROLLERS, count, CONTROLLER_NS + feeds * INPUT_NS);
        add(budget, RELOAD, controller->def.node, CONTROLLERS, count, THING_RELOAD_NS);
    }
}

/* Behind the last register of a unit that has an `at` of its own, and which one that is. */
struct reach {
    double end;
    const struct mbp_node *node;
};

static void reach_to(struct reach *reach, const struct mbp_register_def *reg, double repeat)
{
    double end = (double)reg->at.addr + repeat * reg->reg.words;
    if (mbp_def_has(&reg->def, MBP_REGISTER_AT) && end > reach->end)
        *reach = (struct reach){end, reg->def.node};
}

static void reach_of(struct reach *reach, const struct mbp_def_list *sensors, const struct mbp_def_list *actuators,
                     double times)
{
    for (uint32_t i = 0; i < sensors->count; i++) {
        const struct mbp_sensor_def *sensor = (const struct mbp_sensor_def *)sensors->items + i;
        reach_to(reach, &sensor->reg, times * sensor->repeat);
    }
    for (uint32_t i = 0; i < actuators->count; i++) {
        const struct mbp_actuator_def *actuator = (const struct mbp_actuator_def *)actuators->items + i;
        reach_to(reach, &actuator->reg, times * actuator->repeat);
    }
}

/* Each unit of a repeat has tables of its own, which masters write to. A table reaches as far as the last thing in it.
 */
static void add_tables(struct budget *budget, const struct mbp_unit_def *unit, const struct reach *reach)
{
    for (unsigned table = 0; table < MBP_TABLE_COUNT; table++) {
        const struct mbp_block_def *blocks = unit->tables.blocks[table].items, *last = NULL;
        for (uint32_t i = 0; i < unit->tables.blocks[table].count; i++) {
            if (last == NULL || blocks[i].at + blocks[i].count > last->at + last->count)
                last = &blocks[i];
        }
        if (last != NULL)
            add(budget, MEMORY, last->def.node, BLOCK, (double)unit->repeat * (last->at + last->count), ADDRESS_BYTES);
    }
    const struct mbp_file_def *files = unit->tables.files.items;
    for (uint32_t i = 0; i < unit->tables.files.count; i++) {
        double count = (double)files[i].values.count * unit->repeat;
        add(budget, MEMORY, files[i].def.node, FILE_TABLE, count, sizeof(uint16_t));
        add(budget, RELOAD, files[i].def.node, FILE_TABLE, count, RECORD_RELOAD_NS);
    }
    add(budget, MEMORY, unit->def.node, UNIT, unit->repeat, UNIT_BYTES);
    if (reach->node != NULL)
        add(budget, MEMORY, reach->node, REGISTER, unit->repeat * fmin(reach->end, ADDRESSES), ADDRESS_BYTES);
}

static void add_unit(struct budget *budget, const struct mbp_unit_def *unit)
{
    const struct mbp_machine_def *machines = unit->machines.items;
    struct reach reach = {0};
    for (uint32_t i = 0; i < unit->machines.count; i++) {
        double count = (double)unit->repeat * machines[i].repeat;
        add(budget, MEMORY, machines[i].def.node, MACHINES, count,
            MACHINE_BYTES + text_bytes(machines[i].machine.label));
        add(budget, SCAN, machines[i].def.node, MACHINES, count, MACHINE_NS);
        add(budget, RELOAD, machines[i].def.node, MACHINES, count, THING_RELOAD_NS);
        add_sensors(budget, &machines[i].sensors, count);
        add_sensors(budget, &machines[i].alarms, count);
        add_interlocks(budget, &machines[i].interlocks, count);
        add_actuators(budget, &machines[i].actuators, count);
        add_controllers(budget, &machines[i].controllers, count);
        reach_of(&reach, &machines[i].sensors, &machines[i].actuators, machines[i].repeat);
    }
    add_sensors(budget, &unit->sensors, unit->repeat);
    add_sensors(budget, &unit->alarms, unit->repeat);
    add_actuators(budget, &unit->actuators, unit->repeat);
    add_controllers(budget, &unit->controllers, unit->repeat);
    for (uint32_t i = 0; i < unit->points.count; i++) {
        const struct mbp_point_def *point = (const struct mbp_point_def *)unit->points.items + i;
        double times = (double)unit->repeat * mbp_point_times(point);
        if (mbp_def_has(&point->def, MBP_POINT_EXPR))
            add_formula(budget, &point->expr, times);
        if (mbp_def_has(&point->def, MBP_POINT_ACCEPT))
            add_formula(budget, &point->accept, times);
    }
    for (uint32_t i = 0; i < unit->logic.count; i++)
        add_formula(budget, (const struct mbp_formula_def *)unit->logic.items + i, unit->repeat);
    reach_of(&reach, &unit->sensors, &unit->actuators, 1);
    add_tables(budget, unit, &reach);
}

/* ---- what is too much ---------------------------------------------------------------------------------------------
 */

static const char *bytes_text(double bytes, char *buf, size_t size)
{
    static const char *const units[] = {"bytes", "kB", "MB", "GB", "TB"};
    unsigned unit = 0;
    for (; bytes >= 1000 && unit + 1 < sizeof units / sizeof units[0]; unit++)
        bytes /= 1000;
    snprintf(buf, size, bytes < 10 && unit > 0 ? "%.1f %s" : "%.0f %s", bytes, units[unit]);
    return buf;
}

static const char *time_text(double ns, char *buf, size_t size)
{
    static const char *const units[] = {"ns", "us", "ms", "s"};
    unsigned unit = 0;
    for (; ns >= 1000 && unit + 1 < sizeof units / sizeof units[0]; unit++)
        ns /= 1000;
    snprintf(buf, size, ns < 10 && unit > 0 ? "%.1f %s" : "%.0f %s", ns, units[unit]);
    return buf;
}

static void tell(struct mbp_load *load, const struct budget *budget, enum kind kind, const char *what,
                 const char *(*amount)(double, char *, size_t))
{
    enum what most = worst(budget, kind);
    const struct share *share = &budget->shares[kind][most];
    char part[32];
    mbp_reader_tell(&load->reader, share->node, "%s; %s of it for %.0f %s, most of them here: %s", what,
                    amount(share->amount, part, sizeof part), share->count, words[most].noun, words[most].advice);
}

static void tell_memory(struct mbp_load *load, const struct budget *budget, double allowed)
{
    char sum[32], limit[32], what[192];
    snprintf(what, sizeof what, "the plant would take about %s of memory, and may take %s%s",
             bytes_text(budget->sum[MEMORY], sum, sizeof sum), bytes_text(allowed, limit, sizeof limit),
             load->plant->remote ? " where it comes over the network" : " (mbplantd --memory allows more)");
    tell(load, budget, MEMORY, what, bytes_text);
}

static void tell_scan(struct mbp_load *load, const struct budget *budget)
{
    char sum[32], period[32], what[192];
    snprintf(what, sizeof what, "a scan would take about %s, and one is due every %s: lengthen 'scan'",
             time_text(budget->sum[SCAN], sum, sizeof sum), time_text(budget->scan_ns, period, sizeof period));
    tell(load, budget, SCAN, what, time_text);
}

static void tell_reload(struct mbp_load *load, const struct budget *budget)
{
    char sum[32], limit[32], what[256];
    snprintf(what, sizeof what,
             "nothing would be answered for about %s while this plant takes over, and %s are allowed where it comes "
             "over the network: start mbplantd with the file instead",
             time_text(budget->sum[RELOAD], sum, sizeof sum), time_text(REMOTE_RELOAD_NS, limit, sizeof limit));
    tell(load, budget, RELOAD, what, time_text);
}

enum mbp_status mbp_check_budget(struct mbp_load *load)
{
    struct mbp_plant *plant = load->plant;
    const struct mbp_unit_def *units = load->def.units.items;
    struct budget budget = {.copies = load->def.instructor ? 2 : 1, .scan_ns = (double)load->def.scan_ns};
    double allowed = (double)atomic_load(&memory_bytes) * (plant->remote ? REMOTE_SHARE : 1);
    uint32_t before = load->reader.errors->count;
    for (uint32_t u = 0; u < load->def.units.count; u++)
        add_unit(&budget, &units[u]);
    plant->memory_bytes = budget.sum[MEMORY];
    plant->scan_cost_ns = budget.sum[SCAN];
    plant->recording_bytes = budget.sum[MEMORY] < allowed ? (uint64_t)(allowed - budget.sum[MEMORY]) : 0;
    if (budget.sum[MEMORY] > allowed)
        tell_memory(load, &budget, allowed);
    else if (budget.sum[SCAN] > budget.scan_ns * (plant->remote ? REMOTE_SCANS : ABSURD_SCANS))
        tell_scan(load, &budget);
    else if (plant->remote && budget.sum[RELOAD] > REMOTE_RELOAD_NS)
        tell_reload(load, &budget);
    return load->reader.errors->count == before ? MBP_OK : MBP_ERR_FORMAT;
}
