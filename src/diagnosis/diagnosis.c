/* One scan's diagnosis: what changed by itself, then the sensors block by block, then the machines' sums. */
#include "mbplant/diagnosis.h"

#include <math.h>

#include "condition.h"
#include "mbplant/plant/interlock.h"

/* ---- suppression ------------------------------------------------------------------------------------------------- */

static uint8_t suppressed_in(const struct mbp_sensor *sensor, uint8_t machine_state)
{
    const struct mbp_alarms *alarms = mbp_sensor_alarms(sensor);
    uint8_t mask = 0;
    for (unsigned a = 0; a < MBP_ALARM_COUNT; a++)
        mask |= (uint8_t)((alarms->of[a].suppress >> machine_state & 1u) << a);
    return mask;
}

/* The machine's own events tell it. */
static void serve_sensor(const struct life *life, uint32_t s, uint8_t machine_state)
{
    bool out = (life->state->alarm_flags[s] & MBP_ALARMS_MAINTENANCE) != 0;
    /* A bypass is to be seen as long as it stands, and is mostly set while somebody works there. */
    bool of_bypass = life->plant->sensors[s].interlock == MBP_INTERLOCK_BYPASS;
    bool in_maintenance = machine_state == MBP_MAINTENANCE && !of_bypass;
    if (out != in_maintenance)
        life_hide(life, s, MBP_ALARMS_ALL, in_maintenance ? MBP_ALARM_REMOVE : MBP_ALARM_RETURN,
                  MBP_ALARMS_MAINTENANCE);
}

static void dress_sensor(const struct life *life, uint32_t s, uint8_t machine_state)
{
    struct mbp_state *state = life->state;
    uint8_t before = state->suppressed[s];
    uint8_t now = suppressed_in(&life->plant->sensors[s], machine_state) | design_suppresses(state, s);
    uint8_t gone = (uint8_t)(before & ~now);
    uint8_t come = (uint8_t)(now & ~before);
    if (gone != 0) {
        life_hide(life, s, gone, MBP_ALARM_UNSUPPRESS, 0);
        life_emit(life, s, MBP_EV_ALARM_UNSUPPRESSED, NAN, gone);
    }
    if (come != 0) {
        life_hide(life, s, come, MBP_ALARM_SUPPRESS, 0);
        life_emit(life, s, MBP_EV_ALARM_SUPPRESSED, NAN, come);
    }
    serve_sensor(life, s, machine_state);
}

static void dress_machine(const struct life *life, uint32_t m, uint8_t machine_state)
{
    const struct mbp_machine *machine = &life->plant->machines[m];
    for (uint32_t i = 0; i < mbp_machine_watches(machine); i++)
        dress_sensor(life, mbp_machine_watch(machine, i), machine_state);
    life->state->dressed[m] = machine_state;
}

/* Suppression by design and by maintenance follows the machines' states, when they change. */
static void follow_machines(const struct life *life)
{
    for (uint32_t m = 0; m < life->plant->machine_count; m++) {
        uint8_t now = life->state->machine[m].state;
        if (life->state->dressed[m] != now)
            dress_machine(life, m, now);
    }
}

/* ---- shelves ----------------------------------------------------------------------------------------------------- */

static void end_shelves(const struct life *life)
{
    struct mbp_state *state = life->state;
    if (state->sim_ns < state->next_shelf_end_ns)
        return;
    uint64_t next = MBP_SHELF_NO_END;
    for (uint32_t s = 0; s < life->plant->sensor_count; s++) {
        uint64_t end = state->shelf_end_ns[s];
        if (end != 0 && end <= state->sim_ns)
            life_unshelve(life, s, MBP_UNSHELVED_BY_TIME);
        else if (end != 0 && end < next)
            next = end;
        if ((state->alone[s].timed | state->alone[s].bypassed) == 0)
            continue;
        alone_end_shelves(life, s);
        end = alone_next_end_ns(state, s);
        next = end < next ? end : next;
    }
    state->next_shelf_end_ns = next;
}

/* A one-shot shelf ends when what it was for has returned to normal. */
static void end_one_shot(const struct life *life, uint32_t s)
{
    struct mbp_state *state = life->state;
    if ((state->alarm_flags[s] & MBP_ALARMS_ONE_SHOT) == 0)
        return;
    bool shot = (state->alarm_flags[s] & MBP_ALARMS_SHOT) != 0;
    if (state->beyond[s] != 0 && !shot) {
        state->alarm_flags[s] |= MBP_ALARMS_SHOT;
        life_changed_untold(state, s);
    } else if (state->beyond[s] == 0 && shot) {
        life_unshelve(life, s, MBP_UNSHELVED_BY_RETURN);
    }
}

/* ---- sums -------------------------------------------------------------------------------------------------------- */

static void forget_counts(const struct mbp_plant *plant, struct mbp_state *state)
{
    state->active_alarms = 0;
    state->unacknowledged = 0;
    for (uint32_t m = 0; m < plant->machine_count; m++)
        state->machine[m].alarms = 0;
}

static void begin_sums(const struct mbp_plant *plant, struct mbp_state *state)
{
    forget_counts(plant, state);
    for (uint32_t m = 0; m < plant->machine_count; m++) {
        state->machine[m].trip = state->machine[m].barred = false;
        /* First-out is told until the machine works again; before the sums, for the next trip may come at once. */
        if (state->machine[m].state == MBP_EN_SERVICE)
            state->machine[m].first_out = UINT32_MAX;
    }
}

/* Adds what the operator sees of a sensor's alarms. */
static void count_alarms(const struct mbp_plant *plant, struct mbp_state *state, uint32_t s)
{
    const unsigned seen = ~(unsigned)state->hidden[s];
    const uint32_t active = mbp_bits_set((uint8_t)((state->active[s] | state->latched[s]) & seen));
    state->active_alarms += active;
    state->unacknowledged += mbp_bits_set((uint8_t)(state->unack[s] & seen));
    if (plant->sensors[s].machine != UINT32_MAX)
        state->machine[plant->sensors[s].machine].alarms += active;
}

/* A bypass is an alarm while it stands; one of `interlocks` has a row that is counted as the others are. Each ends by
 * itself, so there is none when nothing is to end. */
static void count_bypasses(const struct mbp_plant *plant, struct mbp_state *state)
{
    if (state->next_shelf_end_ns == MBP_SHELF_NO_END)
        return;
    for (uint32_t s = 0; s < plant->sensor_count; s++) {
        const uint32_t bypassed = mbp_bits_set(mbp_bypassed_alarms(plant, state, s));
        state->active_alarms += bypassed;
        if (bypassed != 0 && plant->sensors[s].machine != UINT32_MAX)
            state->machine[plant->sensors[s].machine].alarms += bypassed;
    }
}

/* The same, and its trip, for its machine. */
static void sum_sensor(const struct mbp_plant *plant, struct mbp_state *state, uint32_t s)
{
    count_alarms(plant, state, s);
    if (plant->sensors[s].machine == UINT32_MAX)
        return;
    struct mbp_machine_state *machine = &state->machine[plant->sensors[s].machine];
    if (mbp_state_barring(plant, state, s) == 0)
        return;
    machine->barred = true;
    if (mbp_state_tripping(plant, state, s) == 0)
        return;
    machine->trip = true;
    /* One that stands already is tripped by nothing, whatever comes then: incidents begin with what stopped it. */
    if (machine->first_out == UINT32_MAX && machine->state == MBP_EN_SERVICE)
        machine->first_out = s;
}

/* ---- the run ----------------------------------------------------------------------------------------------------- */

static void run_sensor(const struct life *life, uint32_t s)
{
    struct mbp_state *state = life->state;
    if (condition_calm(state, s, 1))
        return;
    condition_judge(life, s);
    end_one_shot(life, s);
    alone_end_one_shots(life, s);
    if ((state->beyond[s] | state->active[s] | state->unack[s] | state->latched[s]) != 0)
        sum_sensor(life->plant, state, s);
}

void mbp_diagnosis_run(const struct mbp_plant *plant, struct mbp_state *state, struct mbp_events *events)
{
    const struct life life = {plant, state, events, 0};
    begin_sums(plant, state);
    follow_machines(&life);
    design_run(&life);
    end_shelves(&life);
    count_bypasses(plant, state);
    condition_judge_rates(&life);
    for (uint32_t first = 0; first < plant->sensor_count; first += CONDITION_BLOCK) {
        uint32_t left = plant->sensor_count - first;
        uint32_t count = left < CONDITION_BLOCK ? left : CONDITION_BLOCK;
        if (condition_calm(state, first, count))
            continue;
        for (uint32_t s = first; s < first + count; s++)
            run_sensor(&life, s);
    }
}

/* Maintenance, silently, in the state that it was followed to; a newer one, and suppression that is otherwise now, are
 * for the next run to tell. */
static void serve_machine(const struct life *life, uint32_t m)
{
    const struct mbp_machine *machine = &life->plant->machines[m];
    uint8_t followed = life->state->dressed[m];
    uint8_t machine_state = followed == MBP_STATE_COUNT ? life->state->machine[m].state : followed;
    for (uint32_t i = 0; i < mbp_machine_watches(machine); i++)
        serve_sensor(life, mbp_machine_watch(machine, i), machine_state);
    life->state->dressed[m] = MBP_STATE_COUNT;
}

void mbp_diagnosis_update(const struct mbp_plant *plant, struct mbp_state *state)
{
    const struct life life = {plant, state, NULL, 0};
    state->next_shelf_end_ns = 0; /* the first run looks for the next end */
    design_update(plant, state);
    for (uint32_t s = 0; s < plant->sensor_count; s++) {
        mbp_state_limits_changed(plant, state, s);
        state->alarm_flags[s] &= (uint8_t)~MBP_ALARMS_MAINTENANCE; /* it may have moved to another machine */
        state->beyond[s] |= state->active[s];
        if ((state->flags[s] & MBP_SENSOR_SHELVED) == 0)
            state->shelf_end_ns[s] = 0;
        else if (state->shelf_end_ns[s] == 0)
            state->shelf_end_ns[s] = MBP_SHELF_NO_END;
        alone_update_bypasses(plant, state, s); /* one without its interlock is for the first run to tell */
        state->alone[s].timed &= state->alone[s].shelved;
        state->alone[s].once &= state->alone[s].shelved;
        state->alone[s].shot &= state->alone[s].once;
        if (state->alone[s].once != 0)
            state->alarm_flags[s] |= MBP_ALARMS_ONE_ALONE;
        else
            state->alarm_flags[s] &= (uint8_t)~MBP_ALARMS_ONE_ALONE;
        state->hidden[s] = 0;
        for (unsigned a = 0; a < MBP_ALARM_COUNT; a++)
            state->hidden[s] |= (uint8_t)((mbp_alarm_state(state, s, a) >= MBP_ALARM_SHELVED ? 1u : 0u) << a);
    }
    for (uint32_t r = 0; r < state->rate_count; r++) {
        struct mbp_rate *rate = &state->rate[r];
        if (rate->filled == 0) /* a restart, or a window of another length */
            rate->resumed = (state->beyond[rate->sensor] >> MBP_RATE_OF_CHANGE & 1u) != 0;
    }
    for (uint32_t m = 0; m < plant->machine_count; m++)
        serve_machine(&life, m);
    /* What is shown before the next run counts these sensors, not those of a file before. */
    forget_counts(plant, state);
    for (uint32_t s = 0; s < plant->sensor_count; s++)
        count_alarms(plant, state, s);
    count_bypasses(plant, state);
    life_shelves_changed(state);
}
