/* Kinship is closed over both plants; then every array of the state is compared item by item. */
#include "kin.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "index.h"
#include "mbplant/formula.h"
#include "mbplant/map.h"
#include "mbplant/plant/interlock.h"
#include "state_priv.h"

static size_t alike;

size_t kin_alike(void)
{
    return alike;
}

/* ---- items ------------------------------------------------------------------------------------------------------ */

static uint32_t of_sensor(const struct mbp_plant *plant, uint32_t s)
{
    return plant->machine_count + s;
}

static uint32_t of_source(const struct mbp_plant *plant, uint32_t from)
{
    return plant->machine_count + from; /* actuators are counted behind the sensors here too */
}

static uint32_t of_actuator(const struct mbp_plant *plant, uint32_t a)
{
    return plant->machine_count + plant->sensor_count + a;
}

static uint32_t of_controller(const struct mbp_plant *plant, uint32_t c)
{
    return plant->machine_count + plant->sensor_count + plant->actuator_count + c;
}

static uint32_t of_stored(const struct mbp_plant *plant, uint32_t s)
{
    return of_controller(plant, plant->controller_count) + s;
}

/* ---- closing ---------------------------------------------------------------------------------------------------- */

static bool mark(bool *marks, uint32_t item, bool because)
{
    if (!because || marks[item])
        return false;
    marks[item] = true;
    return true;
}

static bool machine_touched(const bool *marks, uint32_t machine)
{
    return machine != UINT32_MAX && marks[machine];
}

static bool spread_sensors(const struct mbp_plant *plant, bool *marks)
{
    bool more = false;
    for (uint32_t s = 0; s < plant->sensor_count; s++) {
        const struct mbp_sensor *sensor = &plant->sensors[s];
        bool touched = machine_touched(marks, sensor->machine);
        for (uint32_t i = 0; i < sensor->input_count; i++) {
            const struct mbp_input *input = &plant->inputs[sensor->first_input + i];
            touched = touched || marks[of_source(plant, input->from)] ||
                      (input->times != MBP_TIMES_NONE && marks[of_actuator(plant, input->times)]);
        }
        more = mark(marks, of_sensor(plant, s), touched) || more;
        if (sensor->machine != UINT32_MAX && mbp_sensor_interlocks(sensor) != 0)
            more = mark(marks, sensor->machine, marks[of_sensor(plant, s)]) || more;
        if (mbp_is_interlock(sensor)) { /* and the alarm of its bypass */
            uint32_t bypass = mbp_bypass_of_interlock(plant, s);
            more = mark(marks, of_sensor(plant, bypass), marks[of_sensor(plant, s)]) || more;
            more = mark(marks, of_sensor(plant, s), marks[of_sensor(plant, bypass)]) || more;
        }
    }
    return more;
}

static bool spread_outputs(const struct mbp_plant *plant, bool *marks)
{
    bool more = false;
    for (uint32_t a = 0; a < plant->actuator_count; a++)
        more = mark(marks, of_actuator(plant, a), machine_touched(marks, plant->actuators[a].machine)) || more;
    for (uint32_t c = 0; c < plant->controller_count; c++) {
        const struct mbp_controller *controller = &plant->controllers[c];
        uint32_t item = of_controller(plant, c);
        bool touched = marks[of_sensor(plant, controller->input)];
        for (uint32_t i = 0; i < controller->feed_count; i++)
            touched = touched || marks[of_source(plant, controller->feeds[i].from)];
        touched = touched || (controller->outer != UINT32_MAX && marks[of_controller(plant, controller->outer)]);
        touched = touched || (controller->inner != UINT32_MAX && marks[of_controller(plant, controller->inner)]);
        touched = touched || (controller->output != UINT32_MAX && marks[of_actuator(plant, controller->output)]);
        more = mark(marks, item, touched) || more;
        if (controller->output != UINT32_MAX)
            more = mark(marks, of_actuator(plant, controller->output), marks[item]) || more;
    }
    return more;
}

/* The item that a slot is of; UINT32_MAX: an input of the signal, which is known already. */
static uint32_t of_slot(const struct mbp_plant *plant, uint32_t slot)
{
    uint32_t index = mbp_slot_index(slot);
    enum mbp_slot_kind kind = mbp_slot_kind(slot);
    if (kind <= MBP_SLOT_INPUT_ON)
        return UINT32_MAX;
    if (kind >= MBP_SLOT_LIMIT && kind <= MBP_SLOT_ALARM_STATE)
        return of_sensor(plant, index / MBP_ALARM_COUNT);
    if (kind <= MBP_SLOT_FORCED)
        return of_sensor(plant, index);
    if (kind <= MBP_SLOT_COMMAND_ON)
        return of_actuator(plant, index);
    if (kind == MBP_SLOT_SETTING)
        return of_controller(plant, index / MBP_SETTING_COUNT);
    if (kind <= MBP_SLOT_AUTOMATIC)
        return of_controller(plant, index);
    if (kind == MBP_SLOT_STORED || kind == MBP_SLOT_UNKNOWN)
        return of_stored(plant, index);
    if (kind == MBP_SLOT_OF_ACTUATOR)
        return of_actuator(plant, index / MBP_OF_ACTUATOR_COUNT);
    if (kind == MBP_SLOT_TOUCHED || kind == MBP_SLOT_LOST)
        return UINT32_MAX; /* no master reads or writes there */
    return kind == MBP_SLOT_STATE ? index / MBP_STATE_COUNT : index;
}

/* The item that a formula is about; UINT32_MAX: a condition, which is about none. */
static uint32_t of_formula(const struct mbp_plant *plant, const struct mbp_formula *formula)
{
    switch ((enum mbp_formula_use)formula->use) {
    case MBP_FORMULA_SIGNAL:
    case MBP_FORMULA_ALARM:
    case MBP_FORMULA_SUPPRESS:
        return of_sensor(plant, formula->owner);
    case MBP_FORMULA_LOGIC:
        return of_slot(plant, formula->target);
    case MBP_FORMULA_POINT:
        return of_stored(plant, formula->owner);
    case MBP_FORMULA_UPKEEP:
        return formula->owner; /* a machine: the first items */
    case MBP_FORMULA_ACCEPT:
    case MBP_FORMULA_USE_COUNT:
        break;
    }
    return UINT32_MAX;
}

static bool reads_touched(const struct mbp_plant *plant, const struct mbp_formula *formula, const bool *marks)
{
    const uint32_t *slots;
    size_t count = mbp_expr_reads(formula->code, &slots);
    bool touched = false;
    for (size_t i = 0; i < count; i++) {
        uint32_t item = of_slot(plant, slots[i]);
        touched = touched || (item != UINT32_MAX && marks[item]);
    }
    return touched;
}

/* What a condition on writes reads decides what becomes of the thing that is written. */
static bool spread_conditions(const struct mbp_plant *plant, bool *marks)
{
    bool more = false;
    for (uint32_t p = 0; p < plant->point_count; p++) {
        const struct mbp_user_point *point = &plant->points[p];
        uint32_t item = point->tag.item;
        enum mbp_map_per per = (enum mbp_map_per)mbp_map[point->tag.block].per;
        if (point->accept == 0 || !reads_touched(plant, &plant->formulas[point->accept - 1], marks))
            continue;
        item = per == MBP_PER_SENSOR       ? of_sensor(plant, item)
               : per == MBP_PER_ACTUATOR   ? of_actuator(plant, item)
               : per == MBP_PER_CONTROLLER ? of_controller(plant, item)
               : per == MBP_PER_STORED     ? of_stored(plant, item)
                                           : item;
        more = mark(marks, item, true) || more;
    }
    return more;
}

/* What an expression is about depends on what it reads, and a machine's products on its pace. */
static bool spread_formulas(const struct mbp_plant *plant, bool *marks)
{
    bool more = false;
    for (uint32_t f = 0; f < plant->formula_count; f++) {
        const struct mbp_formula *formula = &plant->formulas[f];
        uint32_t about = of_formula(plant, formula);
        more = (about != UINT32_MAX && mark(marks, about, reads_touched(plant, formula, marks))) || more;
    }
    for (uint32_t m = 0; m < plant->machine_count; m++) {
        uint32_t pace = plant->machines[m].pace;
        more = mark(marks, m, pace != UINT32_MAX && marks[of_sensor(plant, pace)]) || more;
    }
    return more;
}

static uint32_t counterpart(const struct mbp_change *change, uint32_t item)
{
    const struct mbp_plant *to = change->to;
    const struct mbp_plant *from = change->from;
    uint32_t was;
    if (item < to->machine_count)
        return change->machine_from[item];
    item -= to->machine_count;
    if (item < to->sensor_count)
        return (was = change->sensor_from[item]) == UINT32_MAX ? was : of_sensor(from, was);
    item -= to->sensor_count;
    if (item < to->actuator_count)
        return (was = change->actuator_from[item]) == UINT32_MAX ? was : of_actuator(from, was);
    item -= to->actuator_count;
    if (item < to->controller_count)
        return (was = change->controller_from[item]) == UINT32_MAX ? was : of_controller(from, was);
    was = change->stored_from[item - to->controller_count];
    return was == UINT32_MAX ? was : of_stored(from, was);
}

/* What is in one plant alone is touched; what is touched in one is so in the other. */
static bool spread_over(const struct kin *kin, bool *met)
{
    bool more = false;
    memset(met, 0, mbp_index_count(kin->change->from));
    for (uint32_t item = 0; item < mbp_index_count(kin->change->to); item++) {
        uint32_t was = counterpart(kin->change, item);
        if (was == UINT32_MAX) {
            more = mark(kin->to, item, true) || more;
            continue;
        }
        met[was] = true;
        more = mark(kin->to, item, kin->from[was]) || more;
        more = mark(kin->from, was, kin->to[item]) || more;
    }
    for (uint32_t was = 0; was < mbp_index_count(kin->change->from); was++)
        more = mark(kin->from, was, !met[was]) || more;
    return more;
}

static bool *new_marks(const struct mbp_plant *plant)
{
    bool *marks = calloc(mbp_index_count(plant) + 1, sizeof *marks);
    if (marks == NULL)
        abort();
    return marks;
}

static void mark_named(const struct mbp_plant *plant, bool *marks, const char *const *names)
{
    for (uint32_t item = 0; item < mbp_index_count(plant); item++) {
        for (size_t i = 0; names[i] != NULL; i++) {
            if (strcmp(mbp_index_name(plant, item), names[i]) == 0)
                marks[item] = true;
        }
    }
}

void kin_find(struct kin *kin, const struct mbp_change *change, const char *const *touched)
{
    bool *met = new_marks(change->from);
    *kin = (struct kin){change, new_marks(change->from), new_marks(change->to), false};
    mark_named(change->from, kin->from, touched);
    mark_named(change->to, kin->to, touched);
    bool more = true;
    while (more) {
        more = spread_over(kin, met);
        more = spread_sensors(change->from, kin->from) || more;
        more = spread_outputs(change->from, kin->from) || more;
        more = spread_formulas(change->from, kin->from) || more;
        more = spread_conditions(change->from, kin->from) || more;
        more = spread_sensors(change->to, kin->to) || more;
        more = spread_outputs(change->to, kin->to) || more;
        more = spread_formulas(change->to, kin->to) || more;
        more = spread_conditions(change->to, kin->to) || more;
    }
    free(met);
}

void kin_free(struct kin *kin)
{
    free(kin->from);
    free(kin->to);
}

/* ---- comparing -------------------------------------------------------------------------------------------------- */

struct pair {
    const struct kin *kin;
    const struct mbp_state *from, *to;
    const char *what, *name;
    bool derived; /* also what is worked out anew, with the next scan at the latest */
};

static void same_bytes(const struct pair *pair, const char *of, const void *a, const void *b, size_t len)
{
    if (len > 0 && memcmp(a, b, len) != 0)
        fail_msg("%s: the %s of %s is another", pair->what, of, pair->name);
}

static void same_number(const struct pair *pair, const char *of, double a, double b)
{
    if (!(a >= b && a <= b) && !(isnan(a) && isnan(b)))
        fail_msg("%s: the %s of %s is %.17g and would be %.17g", pair->what, of, pair->name, b, a);
}

static void same_items(const struct pair *pair, enum state_index by, uint32_t was, uint32_t now)
{
    for (size_t i = 0; i < state_array_count; i++) {
        const struct state_array *array = &state_arrays[i];
        size_t len = array->times * array->size;
        char of[32];
        snprintf(of, sizeof of, "array %zu", i);
        bool settled = array->reload == STATE_CARRIED && array->at != offsetof(struct mbp_state, alarm_flags);
        if (array->by == by && (pair->derived || settled))
            same_bytes(pair, of, state_array_at(pair->from, array) + was * len,
                       state_array_at(pair->to, array) + now * len, len);
    }
}

static size_t first_part(const struct mbp_plant *plant, uint32_t sensor)
{
    size_t first = 0;
    for (uint32_t s = 0; s < sensor; s++)
        first += mbp_signal_parts(plant, s);
    return first;
}

static const struct mbp_rate *rate_of(const struct mbp_state *state, uint32_t sensor)
{
    for (uint32_t r = 0; r < state->rate_count; r++) {
        if (state->rate[r].sensor == sensor)
            return &state->rate[r];
    }
    return NULL;
}

static void same_rates(const struct pair *pair, const struct mbp_rate *was, const struct mbp_rate *now)
{
    if (was == NULL || now == NULL) {
        assert_true(was == now);
        return;
    }
    if (was->count != now->count || was->every != now->every || was->at != now->at || was->filled != now->filled ||
        was->scans != now->scans || was->resumed != now->resumed)
        fail_msg("%s: the rate window of %s is another", pair->what, pair->name);
    same_bytes(pair, "rate values", pair->from->rate_value + was->first, pair->to->rate_value + now->first,
               now->count * sizeof(double));
}

static const struct mbp_chatter_state *chatter_of(const struct mbp_plant *plant, const struct mbp_state *state,
                                                  uint32_t sensor, unsigned alarm)
{
    for (uint32_t d = 0; d < plant->duty_count; d++) {
        if (plant->duties[d].sensor == sensor && plant->duties[d].alarm == alarm)
            return &state->chatter[d];
    }
    return NULL;
}

/* What is known of how often each of its alarms came. */
static void same_duties(const struct pair *pair, uint32_t was, uint32_t now)
{
    const struct mbp_change *change = pair->kin->change;
    for (unsigned a = 0; a < MBP_ALARM_COUNT; a++) {
        const struct mbp_chatter_state *before = chatter_of(change->from, pair->from, was, a);
        const struct mbp_chatter_state *after = chatter_of(change->to, pair->to, now, a);
        assert_int_equal(before == NULL, after == NULL);
        if (before == NULL || after == NULL)
            continue;
        same_number(pair, "alarm's last coming", (double)before->last_ns, (double)after->last_ns);
        same_number(pair, "alarm's comings", before->filled, after->filled);
        same_number(pair, "suppressed comings", before->held, after->held);
        same_number(pair, "condition before", before->was, after->was);
        same_bytes(pair, "times when its alarm came", before->came_ns, after->came_ns, sizeof before->came_ns);
    }
}

static void same_sensor(const struct pair *pair, uint32_t was, uint32_t now)
{
    const struct mbp_change *change = pair->kin->change;
    size_t parts = mbp_signal_parts(change->to, now);
    same_number(pair, "process value", pair->from->lagged[was], pair->to->lagged[now]);
    same_number(pair, "value", pair->from->value[was], pair->to->value[now]);
    same_items(pair, STATE_BY_SENSOR, was, now);
    same_number(pair, "alarm flags", pair->from->alarm_flags[was] & ~MBP_ALARMS_MAINTENANCE,
                pair->to->alarm_flags[now] & ~MBP_ALARMS_MAINTENANCE);
    assert_int_equal(mbp_signal_parts(change->from, was), parts);
    same_bytes(pair, "signal's parts", pair->from->part + first_part(change->from, was),
               pair->to->part + first_part(change->to, now), parts * sizeof(double));
    same_rates(pair, rate_of(pair->from, was), rate_of(pair->to, now));
    same_duties(pair, was, now);
}

static void same_controller(const struct pair *pair, uint32_t was, uint32_t now)
{
    const struct mbp_controller_state *a = &pair->from->controller[was];
    const struct mbp_controller_state *b = &pair->to->controller[now];
    for (unsigned i = 0; i < MBP_SETTING_COUNT; i++)
        same_number(pair, mbp_map[MBP_MAP_SETTINGS].fields[i].name, a->setting[i], b->setting[i]);
    same_number(pair, "integral", a->integral, b->integral);
    same_number(pair, "measurement", a->seen, b->seen);
    same_number(pair, "rate", a->rate, b->rate);
    same_number(pair, "setpoint", a->setpoint, b->setpoint);
    same_number(pair, "error", a->error, b->error);
    same_number(pair, "output", a->output, b->output);
    same_number(pair, "mode", a->automatic, b->automatic);
}

/* How many alarms its sensors have is not the machine's own. */
static void same_machine(const struct pair *pair, uint32_t was, uint32_t now)
{
    struct mbp_machine_state a = pair->from->machine[was];
    struct mbp_machine_state b = pair->to->machine[now];
    const struct mbp_change *change = pair->kin->change;
    uint32_t first_out = b.first_out == UINT32_MAX ? UINT32_MAX : change->sensor_from[b.first_out];
    if (!pair->kin->reordered)
        same_number(pair, "first out", a.first_out, first_out);
    b.first_out = a.first_out;
    b.alarms = a.alarms;
    same_bytes(pair, "state", &a, &b, sizeof a);
    struct mbp_upkeep up_a = pair->from->upkeep[was];
    struct mbp_upkeep up_b = pair->to->upkeep[now];
    same_number(pair, "repairs", up_a.repairs, up_b.repairs);
    same_number(pair, "repair time", (double)up_a.repair_ns, (double)up_b.repair_ns);
    same_number(pair, "cycles", up_a.cycles_since_maintenance, up_b.cycles_since_maintenance);
    same_number(pair, "refused state", up_a.refused_state, up_b.refused_state);
    same_number(pair, "refused cause", up_a.refused_cause, up_b.refused_cause);
}

static void same_fault(const struct pair *pair, const struct mbp_fault_state *a, const struct mbp_fault_state *b)
{
    same_number(pair, "activity", a->active, b->active);
    same_number(pair, "begin", (double)(a->active ? a->begin_ns : 0), (double)(b->active ? b->begin_ns : 0));
    same_number(pair, "end", (double)a->end_ns, (double)b->end_ns);
    same_number(pair, "next", (double)a->next_ns, (double)b->next_ns);
    same_number(pair, "draws", (double)a->draws, (double)b->draws);
    same_number(pair, "held value", a->held, b->held);
}

static void compare_faults(struct pair *pair)
{
    const struct mbp_change *change = pair->kin->change;
    for (uint32_t f = 0; f < change->to->fault_count; f++) {
        for (uint32_t g = 0; g < change->from->fault_count; g++) {
            pair->name = change->to->faults[f].name;
            uint32_t subject = change->to->faults[f].effect.subject;
            if (strcmp(pair->name, change->from->faults[g].name) == 0 && !pair->kin->to[of_source(change->to, subject)])
                same_fault(pair, &pair->from->fault[g], &pair->to->fault[f]);
        }
    }
}

static void compare_item(struct pair *pair, const struct twin *from, const struct twin *to, uint32_t item, uint32_t was)
{
    const struct mbp_plant *plant = pair->kin->change->to;
    const struct mbp_plant *old = pair->kin->change->from;
    if (item < plant->machine_count) {
        same_machine(pair, was, item);
    } else if (item < of_actuator(plant, 0)) {
        uint32_t s = item - of_sensor(plant, 0);
        same_sensor(pair, was - of_sensor(old, 0), s);
        same_number(pair, "events", (double)from->told[was - of_sensor(old, 0)], (double)to->told[s]);
    } else if (item < of_controller(plant, 0)) {
        uint32_t a = item - of_actuator(plant, 0);
        uint32_t b = was - of_actuator(old, 0);
        same_number(pair, "command", pair->from->command[b], pair->to->command[a]);
        same_number(pair, "position", pair->from->lagged[old->sensor_count + b],
                    pair->to->lagged[plant->sensor_count + a]);
    } else if (item >= of_stored(plant, 0)) {
        if (plant->stored[item - of_stored(plant, 0)].computed)
            return; /* of whatever it reads */
        same_bytes(pair, "stored value", &pair->from->stored[was - of_stored(old, 0)],
                   &pair->to->stored[item - of_stored(plant, 0)], sizeof(uint64_t));
    } else {
        same_controller(pair, was - of_controller(old, 0), item - of_controller(plant, 0));
    }
}

void kin_compare(const struct kin *kin, const struct twin *from, const struct twin *to, bool derived, const char *what)
{
    struct pair pair = {kin, mbp_scan_state(from->scan), mbp_scan_state(to->scan), what, "", derived};
    alike = 0;
    for (uint32_t item = 0; item < mbp_index_count(kin->change->to); item++) {
        if (kin->to[item])
            continue;
        pair.name = mbp_index_name(kin->change->to, item);
        compare_item(&pair, from, to, item, counterpart(kin->change, item));
        alike++;
    }
    compare_faults(&pair);
}
