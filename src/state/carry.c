/* A changed plant takes over: what is the same by name goes on from where it is. */
#include <assert.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "mbplant/codec.h"
#include "mbplant/state/forced.h"
#include "mbplant/state/seed.h"
#include "state_priv.h"

/* ---- arrays ----------------------------------------------------------------------------------------------------- */

/* Items of one array, each from its place in the old plant; the first ones stand at `skip_from` and `skip_to`. */
static void carry_items(const struct state_array *array, const uint32_t *places, uint32_t count,
                        const struct mbp_state *from, uint32_t skip_from, struct mbp_state *to, uint32_t skip_to)
{
    size_t len = array->times * array->size;
    const char *source = state_array_at(from, array) + skip_from * len;
    char *target = state_array_at(to, array) + skip_to * len;
    for (uint32_t i = 0; i < count; i++) {
        if (places[i] != UINT32_MAX)
            memcpy(target + i * len, source + places[i] * len, len);
    }
}

static void carry_array(const struct state_array *array, const uint32_t *places, uint32_t count,
                        const struct mbp_state *from, struct mbp_state *to)
{
    carry_items(array, places, count, from, 0, to, 0);
}

/* ---- parts of signals ------------------------------------------------------------------------------------------- */

static bool same_part(const struct signal_part *a, const struct signal_part *b)
{
    return a->kind == b->kind && a->count == b->count &&
           (a->from == NULL ? b->from == NULL : b->from != NULL && strcmp(a->from, b->from) == 0);
}

/* The next part of the old signal that is such a one, from where `walk` stands to the end. */
static bool find_part(const struct mbp_plant *plant, uint32_t sensor, const struct signal_part *wanted,
                      struct part_walk *walk)
{
    while (state_next_part(plant, sensor, walk)) {
        if (same_part(wanted, &walk->part))
            return true;
    }
    return false;
}

/* A part goes on where the old signal has one of the same shape; any other stays as it was settled. Inputs may have
 * come, gone or changed places, but mostly stand in the old order. */
static void carry_parts(const struct mbp_carry *carry, uint32_t new_sensor, uint32_t old_sensor, const double *source,
                        double *target)
{
    struct part_walk now = {0};
    struct part_walk was = {0};
    while (state_next_part(carry->to, new_sensor, &now)) {
        struct part_walk found = was;
        if (!find_part(carry->from, old_sensor, &now.part, &found)) {
            found = (struct part_walk){0};
            if (!find_part(carry->from, old_sensor, &now.part, &found))
                continue;
        }
        memcpy(target + now.part.first, source + found.part.first, now.part.count * sizeof *target);
        was = found;
    }
}

/* Where each sensor's parts begin follows from those before it, so both plants are walked in file order; new sensors
 * mostly stand in the order of the old ones. */
static void carry_all_parts(const struct mbp_carry *carry, const struct mbp_state *from, struct mbp_state *to)
{
    size_t at = 0;
    size_t old_at = 0;
    uint32_t old = 0;
    for (uint32_t s = 0; s < carry->to->sensor_count; s++) {
        uint32_t place = carry->sensor_from[s];
        if (place != UINT32_MAX) {
            if (place < old)
                old = 0, old_at = 0;
            for (; old < place; old++)
                old_at += mbp_signal_parts(carry->from, old);
            carry_parts(carry, s, place, from->part + old_at, to->part + at);
        }
        at += mbp_signal_parts(carry->to, s);
    }
}

/* ---- what the new file says otherwise --------------------------------------------------------------------------- */

static bool same_number(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

static bool has_limits(const struct mbp_sensor *sensor)
{
    return sensor->reg.type != MBP_BOOL && sensor->reg.type != MBP_STRING;
}

/* Who edits a limit in the file means it, whatever a master wrote before; else the master's stays, unless the two
 * cannot stand together. */
static void mend_limits(const struct mbp_sensor *was, const struct mbp_sensor *now, double *limits)
{
    for (int l = 0; l < MBP_LIMIT_COUNT; l++) {
        if (!same_number(was->limits[l], now->limits[l]))
            limits[l] = now->limits[l];
    }
    if (!has_limits(now) || !mbp_limits_in_order(now, limits))
        memcpy(limits, now->limits, MBP_LIMIT_COUNT * sizeof *limits);
}

/* What it shows until it is sensed again, which in a pause is long, is a value that it can show now. */
static double as_shown(const struct mbp_sensor *now, double value)
{
    return mbp_register_quantise(&now->reg, state_in_range(now, value));
}

static void mend_sensor(const struct mbp_carry *carry, struct mbp_state *to, uint32_t s)
{
    const struct mbp_sensor *was = &carry->from->sensors[carry->sensor_from[s]];
    const struct mbp_sensor *now = &carry->to->sensors[s];
    mend_limits(was, now, &to->limit[s * MBP_LIMIT_COUNT]);
    if (now->reg.type == MBP_STRING) {
        to->flags[s] &= MBP_SENSOR_SHELVED; /* a text is never forced */
        to->forced_value[s] = NAN;
    } else {
        if (now->formula == 0)
            to->flags[s] &= (uint8_t)~MBP_SENSOR_NONE;
        to->value[s] = as_shown(now, to->value[s]);
    }
    if ((to->flags[s] & MBP_SENSOR_FORCED) != 0)
        to->forced_value[s] = state_in_range(now, to->forced_value[s]);
    if (carry->from->scan_ns == carry->to->scan_ns)
        return;
    double scale = (double)carry->from->scan_ns / (double)carry->to->scan_ns;
    for (uint32_t i = s * MBP_ALARM_COUNT; i < (s + 1) * MBP_ALARM_COUNT; i++)
        to->alarm_scans[i] = (uint32_t)fmin(ceil(to->alarm_scans[i] * scale), UINT32_MAX);
}

/* Like a limit: the file's new word for where it begins is meant; a command beyond the new range comes to its end. */
static void mend_actuator(const struct mbp_carry *carry, struct mbp_state *to, uint32_t a)
{
    const struct mbp_actuator *was = &carry->from->actuators[carry->actuator_from[a]];
    const struct mbp_actuator *now = &carry->to->actuators[a];
    double *command = &to->command[a];
    double *position = &to->lagged[carry->to->sensor_count + a];
    if (!same_number(was->initial, now->initial))
        *command = now->initial;
    *command = fmin(fmax(*command, now->range[0]), now->range[1]);
    if (now->on_off)
        *command = now->range[*command > now->range[0] ? 1 : 0];
    *position = fmin(fmax(*position, now->range[0]), now->range[1]);
}

/* A sensor of the machine that had the number `was` in the old plant; another machine's, or none at all, is none. */
static uint32_t renumbered(const struct mbp_carry *carry, uint32_t m, uint32_t was)
{
    const struct mbp_machine *machine = &carry->to->machines[m];
    for (uint32_t i = 0; was != UINT32_MAX && i < mbp_machine_guards(machine); i++) {
        uint32_t s = mbp_machine_guard(machine, i);
        if (carry->sensor_from[s] == was)
            return s;
    }
    return UINT32_MAX;
}

static void mend_machine(const struct mbp_carry *carry, struct mbp_state *to, uint32_t m)
{
    to->machine[m].first_out = renumbered(carry, m, to->machine[m].first_out);
    to->upkeep[m].refused_sensor = renumbered(carry, m, to->upkeep[m].refused_sensor);
}

/* ---- all -------------------------------------------------------------------------------------------------------- */

/* The old plant's duty of the alarm; UINT32_MAX = none. Duties stand by sensor. */
static uint32_t old_duty(const struct mbp_plant *plant, uint32_t sensor, uint8_t alarm)
{
    uint32_t low = 0;
    uint32_t high = plant->duty_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const struct mbp_alarm_duty *duty = &plant->duties[middle];
        if (duty->sensor == sensor && duty->alarm == alarm)
            return middle;
        if (duty->sensor < sensor || (duty->sensor == sensor && duty->alarm < alarm))
            low = middle + 1;
        else
            high = middle;
    }
    return UINT32_MAX;
}

static void carry_duties(const struct mbp_carry *carry, const struct mbp_state *from, struct mbp_state *to)
{
    for (uint32_t d = 0; d < carry->to->duty_count; d++) {
        const struct mbp_alarm_duty *duty = &carry->to->duties[d];
        uint32_t sensor = carry->sensor_from[duty->sensor];
        uint32_t old = sensor != UINT32_MAX ? old_duty(carry->from, sensor, duty->alarm) : UINT32_MAX;
        if (old != UINT32_MAX)
            to->chatter[d] = from->chatter[old];
    }
}

/* One array, item by item from where each stood before. */
static void carry_whole(const struct mbp_carry *carry, const struct state_array *array, const struct mbp_state *from,
                        struct mbp_state *to)
{
    switch ((enum state_index)array->by) {
    case STATE_BY_SENSOR:
        carry_array(array, carry->sensor_from, carry->to->sensor_count, from, to);
        break;
    case STATE_BY_MACHINE:
        carry_array(array, carry->machine_from, carry->to->machine_count, from, to);
        break;
    case STATE_BY_ACTUATOR:
        carry_array(array, carry->actuator_from, carry->to->actuator_count, from, to);
        break;
    case STATE_BY_CONTROLLER:
        carry_array(array, carry->controller_from, carry->to->controller_count, from, to);
        break;
    case STATE_BY_SOURCE:
        carry_array(array, carry->sensor_from, carry->to->sensor_count, from, to);
        carry_items(array, carry->actuator_from, carry->to->actuator_count, from, carry->from->sensor_count, to,
                    carry->to->sensor_count);
        break;
    case STATE_BY_PART:
        carry_all_parts(carry, from, to);
        break;
    case STATE_BY_RATE:
        state_carry_rates(carry, from, to);
        break;
    case STATE_BY_RATE_VALUE:
        break; /* with their rates */
    case STATE_BY_FORMULA:
        state_carry_formulas(carry, from, to);
        break;
    case STATE_BY_CELL:
        break; /* with their formulas */
    case STATE_BY_STORED:
        state_carry_stored(carry, from, to);
        break;
    case STATE_BY_WATCHDOG:
        state_carry_watchdogs(carry, from, to);
        break;
    case STATE_BY_DUTY:
        carry_duties(carry, from, to);
        break;
    case STATE_BY_FAULT:
    case STATE_BY_TOUCHED:
    case STATE_BY_FORCED:
    case STATE_BY_MACHINE_AND_ONE:
        assert(false && "only derived so far");
        break;
    }
}

void mbp_state_carry(const struct mbp_carry *carry, const struct mbp_state *from, struct mbp_state *to)
{
    /* The single figures stand between `scan` and the first array. */
    const size_t figures = offsetof(struct mbp_state, scan);
    memcpy((char *)to + figures, (const char *)from + figures, offsetof(struct mbp_state, lagged) - figures);
    to->limits_version++;
    mbp_state_take_seed(carry->to, to);
    to->fault_active_count = 0; /* mbp_fault_carry carries them */
    to->faults_planned = false;
    to->alarms_version++;
    to->shelves_version++;
    for (size_t i = 0; i < state_array_count; i++) {
        const struct state_array *array = &state_arrays[i];
        if (array->reload != STATE_DERIVED)
            carry_whole(carry, array, from, to);
    }
    mbp_forced_carry(carry, from, to);
    for (uint32_t s = 0; s < carry->to->sensor_count; s++) {
        if (carry->sensor_from[s] != UINT32_MAX)
            mend_sensor(carry, to, s);
    }
    for (uint32_t a = 0; a < carry->to->actuator_count; a++) {
        if (carry->actuator_from[a] != UINT32_MAX)
            mend_actuator(carry, to, a);
    }
    for (uint32_t m = 0; m < carry->to->machine_count; m++) {
        if (carry->machine_from[m] != UINT32_MAX)
            mend_machine(carry, to, m);
    }
}
