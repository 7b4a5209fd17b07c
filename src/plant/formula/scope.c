/* scope: what the names of expressions stand for: an item of the plant, or one of its members behind a dot. */
#include "scope.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "mbplant/base/tr.h"
#include "mbplant/codec.h"
#include "mbplant/point.h"
#include "names.h"

#define CANDIDATES_MAX 4000u

/* ---- members ---------------------------------------------------------------------------------------------------- */

struct member {
    const char *name;
    uint8_t kind; /* enum mbp_slot_kind */
    uint8_t type; /* enum mbp_expr_type */
    uint8_t sub, times;
};

/* Of a sensor; its value and process value depend on its type. */
static const struct member sensor_members[] = {
    {"low_low", MBP_SLOT_ALARM, MBP_EXPR_BOOL, MBP_LOW_LOW, MBP_ALARM_COUNT},
    {"low", MBP_SLOT_ALARM, MBP_EXPR_BOOL, MBP_LOW, MBP_ALARM_COUNT},
    {"high", MBP_SLOT_ALARM, MBP_EXPR_BOOL, MBP_HIGH, MBP_ALARM_COUNT},
    {"high_high", MBP_SLOT_ALARM, MBP_EXPR_BOOL, MBP_HIGH_HIGH, MBP_ALARM_COUNT},
    {"rate_of_change", MBP_SLOT_ALARM, MBP_EXPR_BOOL, MBP_RATE_OF_CHANGE, MBP_ALARM_COUNT},
    {"low_low.limit", MBP_SLOT_LIMIT, MBP_EXPR_LREAL, MBP_LOW_LOW, MBP_ALARM_COUNT},
    {"low.limit", MBP_SLOT_LIMIT, MBP_EXPR_LREAL, MBP_LOW, MBP_ALARM_COUNT},
    {"high.limit", MBP_SLOT_LIMIT, MBP_EXPR_LREAL, MBP_HIGH, MBP_ALARM_COUNT},
    {"high_high.limit", MBP_SLOT_LIMIT, MBP_EXPR_LREAL, MBP_HIGH_HIGH, MBP_ALARM_COUNT},
    {"low_low.state", MBP_SLOT_ALARM_STATE, MBP_EXPR_UINT, MBP_LOW_LOW, MBP_ALARM_COUNT},
    {"low.state", MBP_SLOT_ALARM_STATE, MBP_EXPR_UINT, MBP_LOW, MBP_ALARM_COUNT},
    {"high.state", MBP_SLOT_ALARM_STATE, MBP_EXPR_UINT, MBP_HIGH, MBP_ALARM_COUNT},
    {"high_high.state", MBP_SLOT_ALARM_STATE, MBP_EXPR_UINT, MBP_HIGH_HIGH, MBP_ALARM_COUNT},
    {"rate_of_change.state", MBP_SLOT_ALARM_STATE, MBP_EXPR_UINT, MBP_RATE_OF_CHANGE, MBP_ALARM_COUNT},
    {"bad_quality.state", MBP_SLOT_ALARM_STATE, MBP_EXPR_UINT, MBP_BAD_QUALITY, MBP_ALARM_COUNT},
    {"condition", MBP_SLOT_ALARM, MBP_EXPR_BOOL, MBP_CONDITION, MBP_ALARM_COUNT},
    {"condition.state", MBP_SLOT_ALARM_STATE, MBP_EXPR_UINT, MBP_CONDITION, MBP_ALARM_COUNT},
    {"low_low.since", MBP_SLOT_SINCE, MBP_EXPR_UDINT, 0, 1},
    {"low.since", MBP_SLOT_SINCE, MBP_EXPR_UDINT, 0, 1},
    {"high.since", MBP_SLOT_SINCE, MBP_EXPR_UDINT, 0, 1},
    {"high_high.since", MBP_SLOT_SINCE, MBP_EXPR_UDINT, 0, 1},
    {"rate_of_change.since", MBP_SLOT_SINCE, MBP_EXPR_UDINT, 0, 1},
    {"bad_quality.since", MBP_SLOT_SINCE, MBP_EXPR_UDINT, 0, 1},
    {"condition.since", MBP_SLOT_SINCE, MBP_EXPR_UDINT, 0, 1},
    {"low_low.raised", MBP_SLOT_RAISED, MBP_EXPR_UDINT, MBP_LOW_LOW, MBP_ALARM_COUNT},
    {"low.raised", MBP_SLOT_RAISED, MBP_EXPR_UDINT, MBP_LOW, MBP_ALARM_COUNT},
    {"high.raised", MBP_SLOT_RAISED, MBP_EXPR_UDINT, MBP_HIGH, MBP_ALARM_COUNT},
    {"high_high.raised", MBP_SLOT_RAISED, MBP_EXPR_UDINT, MBP_HIGH_HIGH, MBP_ALARM_COUNT},
    {"rate_of_change.raised", MBP_SLOT_RAISED, MBP_EXPR_UDINT, MBP_RATE_OF_CHANGE, MBP_ALARM_COUNT},
    {"bad_quality.raised", MBP_SLOT_RAISED, MBP_EXPR_UDINT, MBP_BAD_QUALITY, MBP_ALARM_COUNT},
    {"condition.raised", MBP_SLOT_RAISED, MBP_EXPR_UDINT, MBP_CONDITION, MBP_ALARM_COUNT},
    {"bad_quality", MBP_SLOT_BAD, MBP_EXPR_BOOL, 0, 1},
    {"forced", MBP_SLOT_FORCED, MBP_EXPR_BOOL, 0, 1},
};

/* Of an alarm of no sensor. */
static const struct member alarm_members[] = {
    {"", MBP_SLOT_ALARM, MBP_EXPR_BOOL, MBP_CONDITION, MBP_ALARM_COUNT},
    {"state", MBP_SLOT_ALARM_STATE, MBP_EXPR_UINT, MBP_CONDITION, MBP_ALARM_COUNT},
    {"condition", MBP_SLOT_SHOWN_ON, MBP_EXPR_BOOL, 0, 1},
    {"since", MBP_SLOT_SINCE, MBP_EXPR_UDINT, 0, 1},
    {"raised", MBP_SLOT_RAISED, MBP_EXPR_UDINT, MBP_CONDITION, MBP_ALARM_COUNT},
    {"bad_quality", MBP_SLOT_BAD, MBP_EXPR_BOOL, 0, 1},
};

/* Of an interlock; by its own name what it acts on. */
static const struct member interlock_members[] = {
    {"", MBP_SLOT_SHOWN_ON, MBP_EXPR_BOOL, 0, 1},
    {"acting", MBP_SLOT_OF_INTERLOCK, MBP_EXPR_BOOL, MBP_OF_INTERLOCK_ACTING, MBP_OF_INTERLOCK_COUNT},
    {"first_out", MBP_SLOT_OF_INTERLOCK, MBP_EXPR_BOOL, MBP_OF_INTERLOCK_FIRST_OUT, MBP_OF_INTERLOCK_COUNT},
    {"state", MBP_SLOT_OF_INTERLOCK, MBP_EXPR_UINT, MBP_OF_INTERLOCK_STATE, MBP_OF_INTERLOCK_COUNT},
    {"bad_quality", MBP_SLOT_BAD, MBP_EXPR_BOOL, 0, 1},
};

static const struct member controller_members[] = {
    {"", MBP_SLOT_OUTPUT, MBP_EXPR_LREAL, 0, 1},
    {"output", MBP_SLOT_OUTPUT, MBP_EXPR_LREAL, 0, 1},
    {"automatic", MBP_SLOT_AUTOMATIC, MBP_EXPR_BOOL, 0, 1},
    {"setpoint", MBP_SLOT_SETTING, MBP_EXPR_LREAL, MBP_SET_SETPOINT, MBP_SETTING_COUNT},
    {"gain", MBP_SLOT_SETTING, MBP_EXPR_LREAL, MBP_SET_GAIN, MBP_SETTING_COUNT},
    {"integral", MBP_SLOT_SETTING, MBP_EXPR_LREAL, MBP_SET_INTEGRAL, MBP_SETTING_COUNT},
    {"derivative", MBP_SLOT_SETTING, MBP_EXPR_LREAL, MBP_SET_DERIVATIVE, MBP_SETTING_COUNT},
    {"output_low", MBP_SLOT_SETTING, MBP_EXPR_LREAL, MBP_SET_LOW, MBP_SETTING_COUNT},
    {"output_high", MBP_SLOT_SETTING, MBP_EXPR_LREAL, MBP_SET_HIGH, MBP_SETTING_COUNT},
    {"manual", MBP_SLOT_SETTING, MBP_EXPR_LREAL, MBP_SET_MANUAL, MBP_SETTING_COUNT},
    {"error", MBP_SLOT_OF_CONTROLLER, MBP_EXPR_LREAL, MBP_OF_CONTROLLER_ERROR, MBP_OF_CONTROLLER_COUNT},
    {"active_setpoint", MBP_SLOT_OF_CONTROLLER, MBP_EXPR_LREAL, MBP_OF_CONTROLLER_ACTIVE_SETPOINT,
     MBP_OF_CONTROLLER_COUNT},
    {"measurement", MBP_SLOT_OF_CONTROLLER, MBP_EXPR_LREAL, MBP_OF_CONTROLLER_MEASUREMENT, MBP_OF_CONTROLLER_COUNT},
};

/* What is said of an actuator's position: by feedback contacts, and against where it is to be. */
static const struct member actuator_members[] = {
    {"opened", MBP_SLOT_OF_ACTUATOR, MBP_EXPR_BOOL, MBP_OF_ACTUATOR_OPENED, MBP_OF_ACTUATOR_COUNT},
    {"closed", MBP_SLOT_OF_ACTUATOR, MBP_EXPR_BOOL, MBP_OF_ACTUATOR_CLOSED, MBP_OF_ACTUATOR_COUNT},
    {"running", MBP_SLOT_OF_ACTUATOR, MBP_EXPR_BOOL, MBP_OF_ACTUATOR_RUNNING, MBP_OF_ACTUATOR_COUNT},
    {"mismatch", MBP_SLOT_OF_ACTUATOR, MBP_EXPR_BOOL, MBP_OF_ACTUATOR_MISMATCH, MBP_OF_ACTUATOR_COUNT},
    {"deviation", MBP_SLOT_OF_ACTUATOR, MBP_EXPR_LREAL, MBP_OF_ACTUATOR_DEVIATION, MBP_OF_ACTUATOR_COUNT},
};

static const struct member machine_members[] = {
    {"en_service", MBP_SLOT_STATE, MBP_EXPR_BOOL, MBP_EN_SERVICE, MBP_STATE_COUNT},
    {"en_panne", MBP_SLOT_STATE, MBP_EXPR_BOOL, MBP_EN_PANNE, MBP_STATE_COUNT},
    {"maintenance", MBP_SLOT_STATE, MBP_EXPR_BOOL, MBP_MAINTENANCE, MBP_STATE_COUNT},
    {"good", MBP_SLOT_GOOD, MBP_EXPR_UDINT, 0, 1},
    {"reject", MBP_SLOT_REJECT, MBP_EXPR_UDINT, 0, 1},
    {"running", MBP_SLOT_STATE, MBP_EXPR_BOOL, MBP_EN_SERVICE, MBP_STATE_COUNT},
    {"state", MBP_SLOT_OF_MACHINE, MBP_EXPR_UINT, MBP_OF_MACHINE_STATE, MBP_OF_MACHINE_COUNT},
    {"alarms", MBP_SLOT_OF_MACHINE, MBP_EXPR_UDINT, MBP_OF_MACHINE_ALARMS, MBP_OF_MACHINE_COUNT},
    {"running_time", MBP_SLOT_OF_MACHINE, MBP_EXPR_UDINT, MBP_OF_MACHINE_RUNNING_TIME, MBP_OF_MACHINE_COUNT},
    {"down_time", MBP_SLOT_OF_MACHINE, MBP_EXPR_UDINT, MBP_OF_MACHINE_DOWN_TIME, MBP_OF_MACHINE_COUNT},
    {"maintenance_time", MBP_SLOT_OF_MACHINE, MBP_EXPR_UDINT, MBP_OF_MACHINE_MAINTENANCE_TIME, MBP_OF_MACHINE_COUNT},
    {"running_since_maintenance", MBP_SLOT_OF_MACHINE, MBP_EXPR_UDINT, MBP_OF_MACHINE_SINCE_MAINTENANCE,
     MBP_OF_MACHINE_COUNT},
    {"since", MBP_SLOT_OF_MACHINE, MBP_EXPR_UDINT, MBP_OF_MACHINE_SINCE, MBP_OF_MACHINE_COUNT},
    {"failures", MBP_SLOT_OF_MACHINE, MBP_EXPR_UDINT, MBP_OF_MACHINE_FAILURES, MBP_OF_MACHINE_COUNT},
    {"repairs", MBP_SLOT_OF_MACHINE, MBP_EXPR_UDINT, MBP_OF_MACHINE_REPAIRS, MBP_OF_MACHINE_COUNT},
    {"maintenances", MBP_SLOT_OF_MACHINE, MBP_EXPR_UDINT, MBP_OF_MACHINE_MAINTENANCES, MBP_OF_MACHINE_COUNT},
    {"trip_active", MBP_SLOT_OF_MACHINE, MBP_EXPR_BOOL, MBP_OF_MACHINE_TRIP, MBP_OF_MACHINE_COUNT},
    {"maintenance_due", MBP_SLOT_OF_MACHINE, MBP_EXPR_BOOL, MBP_OF_MACHINE_DUE, MBP_OF_MACHINE_COUNT},
};

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* Puts a member of an item into *out; otherwise why says which there are. */
static bool take_member(const struct member *members, size_t count, const char *name, uint32_t index,
                        struct mbp_expr_name *out)
{
    for (size_t i = 0; i < count; i++) {
        const struct member *member = &members[i];
        if (strcasecmp(member->name, name) == 0) {
            *out =
                (struct mbp_expr_name){(enum mbp_expr_type)member->type,
                                       mbp_slot((enum mbp_slot_kind)member->kind, index * member->times + member->sub)};
            return true;
        }
    }
    return false;
}

/* ---- items ------------------------------------------------------------------------------------------------------ */

static uint32_t find_item(const struct mbp_plant *plant, const char *name)
{
    const struct mbp_plant_memory *memory = plant->memory;
    uint32_t item = mbp_index_find(&memory->index, plant, name);
    for (uint32_t i = 0; item == UINT32_MAX && i < mbp_index_count(plant); i++)
        if (strcasecmp(mbp_index_name(plant, i), name) == 0)
            item = i;
    return item;
}

/* The item whose name is the longest start of a name, and its member: "" or what stands behind the dot. */
static uint32_t split(const struct mbp_plant *plant, const char *name, const char **member)
{
    char start[MBP_EXPR_NAME_MAX + 1];
    size_t len = strlen(name);
    memcpy(start, name, len + 1);
    uint32_t item = find_item(plant, start);
    *member = name + len;
    while (item == UINT32_MAX) {
        char *dot = strrchr(start, '.');
        if (dot == NULL)
            return UINT32_MAX;
        *dot = '\0';
        *member = name + (dot - start) + 1;
        item = find_item(plant, start);
    }
    return item;
}

/* What masters did with a tag since the scan before. */
static bool find_touched(uint32_t tag, const char *member, struct mbp_expr_name *out)
{
    bool read = strcasecmp(member, "read") == 0;
    if (!read && strcasecmp(member, "written") != 0)
        return false;
    *out = (struct mbp_expr_name){MBP_EXPR_BOOL, mbp_slot(MBP_SLOT_TOUCHED, 2 * tag + read)};
    return true;
}

/* What a signal reads of the process is an input of it. */
static bool take_input(struct mbp_scope *scope, uint32_t from, bool on, struct mbp_expr_name *out)
{
    uint32_t i = 0;
    while (i < scope->input_count && scope->inputs[i] != from)
        i++;
    if (i == MBP_EXPR_NODES_MAX)
        return false;
    if (i == scope->input_count)
        scope->inputs[scope->input_count++] = from;
    *out = (struct mbp_expr_name){on ? MBP_EXPR_BOOL : MBP_EXPR_LREAL,
                                  mbp_slot(on ? MBP_SLOT_INPUT_ON : MBP_SLOT_INPUT, i)};
    return true;
}

static bool find_sensor(struct mbp_scope *scope, uint32_t s, const char *member, struct mbp_expr_name *out,
                        const char **why)
{
    const struct mbp_sensor *sensor = &scope->plant->sensors[s];
    bool on = sensor->reg.type == MBP_BOOL;
    bool plain = member[0] == '\0';
    bool process = strcasecmp(member, "process") == 0;
    bool shown = strcasecmp(member, "shown") == 0;
    if (sensor->reg.type == MBP_STRING && (plain || process || shown)) {
        *why = mbp_tr("it is a text, and has no value in an expression");
        return false;
    }
    if (scope->is_signal && (plain || process))
        return take_input(scope, s, on, out);
    if (plain || shown || process) {
        enum mbp_slot_kind kind =
            process ? (on ? MBP_SLOT_PROCESS_ON : MBP_SLOT_PROCESS) : (on ? MBP_SLOT_SHOWN_ON : MBP_SLOT_SHOWN);
        *out = (struct mbp_expr_name){on ? MBP_EXPR_BOOL : MBP_EXPR_LREAL, mbp_slot(kind, s)};
        return true;
    }
    if (find_touched(s, member, out))
        return true;
    *why = mbp_tr("a sensor has .process, .shown, .bad_quality, .forced, .written, .read, and of each alarm .high, "
                  ".high.limit, .high.state, .high.since, .high.raised");
    return take_member(sensor_members, COUNT_OF(sensor_members), member, s, out);
}

/* Whether no master has written it for too long. */
static bool find_lost(uint32_t watchdog, const char *member, struct mbp_expr_name *out)
{
    if (watchdog == 0 || strcasecmp(member, "lost") != 0)
        return false;
    *out = (struct mbp_expr_name){MBP_EXPR_BOOL, mbp_slot(MBP_SLOT_LOST, watchdog - 1)};
    return true;
}

static bool find_actuator(struct mbp_scope *scope, uint32_t a, const char *member, struct mbp_expr_name *out,
                          const char **why)
{
    bool on = scope->plant->actuators[a].on_off;
    bool position = member[0] == '\0' || strcasecmp(member, "position") == 0;
    if (scope->is_signal && position)
        return take_input(scope, scope->plant->sensor_count + a, on, out);
    if (find_touched(scope->plant->sensor_count + a, member, out) ||
        find_lost(scope->plant->actuators[a].watchdog, member, out))
        return true;
    if (take_member(actuator_members, COUNT_OF(actuator_members), member, a, out))
        return true;
    if (!position && strcasecmp(member, "command") != 0) {
        *why = mbp_tr("an actuator has .position, .command, .deviation, .mismatch, .opened, .closed, .running, "
                      ".written and .read, "
                      "with a watchdog .lost");
        return false;
    }
    enum mbp_slot_kind kind =
        position ? (on ? MBP_SLOT_POSITION_ON : MBP_SLOT_POSITION) : (on ? MBP_SLOT_COMMAND_ON : MBP_SLOT_COMMAND);
    *out = (struct mbp_expr_name){on ? MBP_EXPR_BOOL : MBP_EXPR_LREAL, mbp_slot(kind, a)};
    return true;
}

/* A number has its type's own kind, one with a scale or an offset is in engineering units. */
static enum mbp_expr_type type_of_stored(const struct mbp_register *reg)
{
    static const uint8_t types[MBP_TYPE_COUNT] = {
        [MBP_INT16] = MBP_EXPR_INT,     [MBP_UINT16] = MBP_EXPR_UINT,   [MBP_INT32] = MBP_EXPR_DINT,
        [MBP_UINT32] = MBP_EXPR_UDINT,  [MBP_INT64] = MBP_EXPR_LINT,    [MBP_UINT64] = MBP_EXPR_ULINT,
        [MBP_FLOAT32] = MBP_EXPR_REAL,  [MBP_FLOAT64] = MBP_EXPR_LREAL, [MBP_BOOL] = MBP_EXPR_BOOL,
        [MBP_INT8] = MBP_EXPR_SINT,     [MBP_UINT8] = MBP_EXPR_USINT,   [MBP_INT24] = MBP_EXPR_DINT,
        [MBP_UINT24] = MBP_EXPR_UDINT,  [MBP_INT48] = MBP_EXPR_LINT,    [MBP_UINT48] = MBP_EXPR_ULINT,
        [MBP_BCD16] = MBP_EXPR_UINT,    [MBP_BCD32] = MBP_EXPR_UDINT,   [MBP_MOD10K1] = MBP_EXPR_UINT,
        [MBP_MOD10K2] = MBP_EXPR_UDINT, [MBP_MOD10K3] = MBP_EXPR_ULINT, [MBP_MOD10K4] = MBP_EXPR_ULINT};
    return mbp_register_is_plain(reg) ? (enum mbp_expr_type)types[reg->type] : MBP_EXPR_LREAL;
}

static bool find_stored(const struct mbp_scope *scope, uint32_t s, const char *member, struct mbp_expr_name *out,
                        const char **why)
{
    const struct mbp_stored *stored = &scope->plant->stored[s];
    *why =
        mbp_tr(stored->reg.type == MBP_STRING ? "it is a text, and has no value in an expression"
                                              : "a point has .written, .read and .bad_quality, with a watchdog .lost");
    if (find_touched(mbp_touched_stored(scope->plant, s), member, out) || find_lost(stored->watchdog, member, out))
        return true;
    if (strcasecmp(member, "bad_quality") == 0) {
        *out = (struct mbp_expr_name){MBP_EXPR_BOOL, mbp_slot(MBP_SLOT_UNKNOWN, s)};
        return true;
    }
    if (stored->reg.type == MBP_STRING || member[0] != '\0')
        return false;
    *out = (struct mbp_expr_name){type_of_stored(&stored->reg), mbp_slot(MBP_SLOT_STORED, s)};
    return true;
}

/* MASTER.asked: in the scan behind a request for the unit that the expression is of. */
static bool find_master(const struct mbp_scope *scope, const char *name, struct mbp_expr_name *out, const char **why)
{
    if (strncasecmp(name, "MASTER.", 7) != 0)
        return false;
    *why = mbp_tr("of masters there is MASTER.asked, where an expression is of a unit");
    if (strcasecmp(name + 7, "asked") != 0 || scope->unit == UINT32_MAX)
        return false;
    return find_touched(mbp_touched_unit(scope->plant, scope->unit), "read", out);
}

static bool find(const void *ctx, const char *name, struct mbp_expr_name *out, const char **why)
{
    struct mbp_scope *scope = (struct mbp_scope *)(uintptr_t)ctx;
    const struct mbp_plant *plant = scope->plant;
    const char *member;
    uint32_t item = split(plant, name, &member);
    uint32_t index = mbp_index_as(plant, item, MBP_ITEM_SENSOR);
    if (index != UINT32_MAX)
        return find_sensor(scope, index, member, out, why);
    index = mbp_index_as(plant, item, MBP_ITEM_ACTUATOR);
    if (index != UINT32_MAX)
        return find_actuator(scope, index, member, out, why);
    index = mbp_index_as(plant, item, MBP_ITEM_CONTROLLER);
    if (index != UINT32_MAX) {
        *why = mbp_tr("a controller has .output, .automatic, .setpoint, .gain, .integral, .derivative, .output_low, "
                      ".output_high, .manual, .error, .active_setpoint, .measurement");
        return take_member(controller_members, COUNT_OF(controller_members), member, index, out);
    }
    index = mbp_index_as(plant, item, MBP_ITEM_ALARM);
    if (index != UINT32_MAX) {
        *why = mbp_tr("an alarm has .state, .condition, .since, .raised, .bad_quality and .read");
        if (strcasecmp(member, "read") == 0)
            return find_touched(index, member, out);
        return take_member(alarm_members, COUNT_OF(alarm_members), member, index, out);
    }
    index = mbp_index_as(plant, item, MBP_ITEM_INTERLOCK);
    if (index != UINT32_MAX) {
        *why = mbp_tr("an interlock has .acting, .first_out, .state, .bypassed and .bad_quality");
        return take_member(interlock_members, COUNT_OF(interlock_members), member, index, out);
    }
    index = mbp_index_as(plant, item, MBP_ITEM_STORED);
    if (index != UINT32_MAX)
        return find_stored(scope, index, member, out, why);
    index = mbp_index_as(plant, item, MBP_ITEM_MACHINE);
    if (index == UINT32_MAX)
        return find_master(scope, name, out, why);
    *why = mbp_tr("a machine has .en_service, .en_panne, .maintenance, .good, .reject, .state, .alarms, .running_time, "
                  ".down_time, "
                  ".maintenance_time, .failures, .since, .trip_active, .maintenance_due");
    return take_member(machine_members, COUNT_OF(machine_members), member, index, out);
}

static bool find_target(const void *ctx, const char *name, struct mbp_expr_name *out, const char **why)
{
    const struct mbp_scope *scope = ctx;
    const struct mbp_plant *plant = scope->plant;
    const char *member;
    uint32_t item = split(plant, name, &member);
    uint32_t actuator = mbp_index_as(plant, item, MBP_ITEM_ACTUATOR);
    uint32_t machine = mbp_index_as(plant, item, MBP_ITEM_MACHINE);
    if (actuator != UINT32_MAX && (member[0] == '\0' || strcasecmp(member, "command") == 0)) {
        bool on = plant->actuators[actuator].on_off;
        *out = (struct mbp_expr_name){on ? MBP_EXPR_BOOL : MBP_EXPR_LREAL,
                                      mbp_slot(on ? MBP_SLOT_COMMAND_ON : MBP_SLOT_COMMAND, actuator)};
        return true;
    }
    uint32_t stored = mbp_index_as(plant, item, MBP_ITEM_STORED);
    if (stored != UINT32_MAX && member[0] == '\0' && !plant->stored[stored].computed &&
        !plant->stored[stored].parameter)
        return find_stored(scope, stored, member, out, why);
    if (machine != UINT32_MAX && take_member(machine_members, MBP_STATE_COUNT, member, machine, out))
        return true;
    if (item != UINT32_MAX)
        *why = mbp_tr(machine != UINT32_MAX ? "of a machine .en_service, .en_panne and .maintenance are asked for"
                      : actuator != UINT32_MAX
                          ? "of an actuator its command is set"
                          : "it cannot be set: a target is an actuator, a point with a value, or a machine's state "
                            "such as M1.en_service");
    return false;
}

static bool find_curve(const void *ctx, const char *name, uint32_t *index)
{
    const struct mbp_plant *plant = ((const struct mbp_scope *)ctx)->plant;
    for (uint32_t i = 0; i < plant->curve_count; i++) {
        if (strcasecmp(plant->curve_names[i], name) == 0) {
            *index = i;
            return true;
        }
    }
    return false;
}

static const char *nearest(const void *ctx, const char *name)
{
    const struct mbp_plant *plant = ((const struct mbp_scope *)ctx)->plant;
    const char *candidates[CANDIDATES_MAX];
    size_t count = 0;
    for (uint32_t item = 0; item < mbp_index_count(plant) && count < CANDIDATES_MAX; item++)
        candidates[count++] = mbp_index_name(plant, item);
    return mbp_nearest(name, candidates, count);
}

struct mbp_expr_scope mbp_scope_names(const struct mbp_scope *scope)
{
    return (struct mbp_expr_scope){find, find_target, find_curve, nearest, scope};
}

struct mbp_expr_scope mbp_plant_scope(const struct mbp_plant *plant)
{
    const struct mbp_plant_memory *memory = plant->memory;
    return mbp_scope_names(&memory->scope);
}
