/* A million random steps against a model that knows nothing of masks, tables or blocks: values, masters and machines do
 * what they like, the plant restarts at any moment, and after every step each alarm is where the model says, and the
 * events are those that it says. Beside that a few promises are watched on the events alone. */
#include "bench.h"

#include <stdlib.h>
#include <string.h>

#include "mbplant/codec.h"

#define STEPS 1000000u

static const char yaml[] =
    "mbplant: 1\n"
    "name: Random\n"
    "scan: 100ms\n"
    "units:\n"
    "  - id: 5\n"
    "    machines:\n"
    "      - name: M1\n"
    "        sensors:\n"
    "          - {name: A, range: [0, 100], limits: {low_low: 10.1, low: 20.3, high: 70.1, high_high: 90.6}, deadband: "
    "0.3,\n"
    "             trip: [low_low, high_high], register: {type: int16, scale: 0.1}}\n"
    "          - name: B\n"
    "            range: [0, 100]\n"
    "            limits:\n"
    "              low: {at: 30.3, delay: 200ms, suppress: [en_panne, maintenance]}\n"
    "              high: {at: 85.3, deadband: 0.7, delay: 100ms, off_delay: 300ms, latch: true}\n"
    "            bad_quality: {delay: 300ms, latch: true}\n"
    "            trip: [high, bad_quality]\n"
    "            register: {type: float32}\n"
    "      - name: M2\n"
    "        sensors:\n"
    "          - {name: C, range: [0, 100], limits: {high: 60.2}, latch: true, off_delay: 100ms,\n"
    "             suppress: [en_panne], rate_of_change: {max: 1.3, per: 500ms, deadband: 0.4},\n"
    "             register: {type: float32, order: CDAB}}\n"
    "    sensors: [{name: D, range: [0, 100], limits: {low: 25.7, high: 74.9}, deadband: 0.2,\n"
    "               register: {type: int32, scale: 0.1}}]\n";
enum { A, B, C, D, SENSORS };
#define MACHINES 2

/* ---- the model --------------------------------------------------------------------------------------------------- */

/* What the file above says, once more, in tenths: whole numbers, of which two are equal or are not. Scans: how many in
 * a row it takes. */
struct rule {
    int sensor, alarm;
    bool high;
    int at, deadband; /* at: of the rate its max */
    unsigned on_scans, off_scans;
    bool latch, trips, not_in_panne, not_in_maintenance;
};
static const struct rule rules[] = {
    {A, MBP_LOW_LOW, false, 101, 3, 1, 1, false, true, false, false},
    {A, MBP_LOW, false, 203, 3, 1, 1, false, false, false, false},
    {A, MBP_HIGH, true, 701, 3, 1, 1, false, false, false, false},
    {A, MBP_HIGH_HIGH, true, 906, 3, 1, 1, false, true, false, false},
    {B, MBP_LOW, false, 303, 0, 3, 1, false, false, true, true},
    {B, MBP_HIGH, true, 853, 7, 2, 4, true, true, false, false},
    {B, MBP_BAD_QUALITY, true, 0, 0, 4, 1, true, true, false, false},
    {C, MBP_RATE_OF_CHANGE, true, 13, 4, 1, 2, true, false, true, false},
    {C, MBP_HIGH, true, 602, 0, 1, 2, true, false, true, false},
    {D, MBP_LOW, false, 257, 2, 1, 1, false, false, false, false},
    {D, MBP_HIGH, true, 749, 2, 1, 1, false, false, false, false},
};
#define RULES  (sizeof rules / sizeof rules[0])
#define WINDOW 5 /* scans of the rate's window */

/* An alarm as people speak of it. */
struct alarm {
    bool holds; /* its condition */
    unsigned in_a_row;
    enum { QUIET, RINGING, STUCK } shows;
    bool waits;
};
struct sensor {
    int value;
    bool bad, shelved, once, once_seen, removed;
    uint64_t shelf_end; /* scan; 0 = none */
};
struct model {
    struct alarm alarm[RULES];
    struct sensor sensor[SENSORS];
    unsigned machine[MACHINES]; /* the state that suppression goes by */
    int past[WINDOW];           /* of C, the newest first */
    unsigned past_count;
    bool past_lost; /* by a restart, while the alarm stood */
    uint64_t scan;
    struct mbp_event told[64]; /* code, sensor and detail */
    size_t told_count;
};

static int machine_of(int sensor)
{
    return sensor <= B ? M1 : sensor == C ? M2 : -1;
}

static unsigned state_of_machine(const struct model *model, int sensor)
{
    return machine_of(sensor) < 0 ? MBP_EN_SERVICE : model->machine[machine_of(sensor)];
}

static bool suppressed(const struct model *model, const struct rule *rule)
{
    unsigned machine = state_of_machine(model, rule->sensor);
    return (rule->not_in_panne && machine == MBP_EN_PANNE) || (rule->not_in_maintenance && machine == MBP_MAINTENANCE);
}

static bool out_of_service(const struct model *model, int sensor)
{
    return model->sensor[sensor].removed || state_of_machine(model, sensor) == MBP_MAINTENANCE;
}

static bool visible(const struct model *model, const struct rule *rule)
{
    return !out_of_service(model, rule->sensor) && !suppressed(model, rule) && !model->sensor[rule->sensor].shelved;
}

static void tell(struct model *model, unsigned code, int sensor, unsigned detail)
{
    assert_true(model->told_count < sizeof model->told / sizeof model->told[0]);
    model->told[model->told_count++] =
        (struct mbp_event){.code = (uint16_t)code, .sensor = (uint16_t)sensor, .detail = detail};
}

static enum mbp_alarm_state model_state(const struct model *model, const struct rule *rule, const struct alarm *alarm)
{
    static const enum mbp_alarm_state shown[3][2] = {
        {MBP_ALARM_NORMAL, MBP_ALARM_RETURNED},
        {MBP_ALARM_ACKNOWLEDGED, MBP_ALARM_UNACKNOWLEDGED},
        {MBP_ALARM_LATCHED_ACKNOWLEDGED, MBP_ALARM_LATCHED_UNACKNOWLEDGED},
    };
    if (out_of_service(model, rule->sensor))
        return MBP_ALARM_OUT_OF_SERVICE;
    if (suppressed(model, rule))
        return MBP_ALARM_SUPPRESSED;
    if (model->sensor[rule->sensor].shelved)
        return MBP_ALARM_SHELVED;
    return shown[alarm->shows][alarm->waits];
}

static void measure(const struct model *model, const struct rule *rule, bool *over, bool *back)
{
    const struct sensor *sensor = &model->sensor[rule->sensor];
    int value = sensor->value;
    if (rule->alarm == MBP_BAD_QUALITY) {
        *over = sensor->bad;
        *back = !sensor->bad;
        return;
    }
    if (rule->alarm == MBP_RATE_OF_CHANGE) {
        int low = value;
        int high = value;
        for (unsigned i = 0; i < model->past_count; i++) {
            low = model->past[i] < low ? model->past[i] : low;
            high = model->past[i] > high ? model->past[i] : high;
        }
        value = high - low;
    }
    bool too_soon = rule->alarm == MBP_RATE_OF_CHANGE && model->past_lost && model->past_count < WINDOW;
    *over = rule->high ? value > rule->at : value < rule->at;
    *back = !too_soon && (rule->high ? value <= rule->at - rule->deadband : value >= rule->at + rule->deadband);
}

static void scan_alarm(struct model *model, const struct rule *rule, struct alarm *alarm)
{
    bool over, back;
    measure(model, rule, &over, &back);
    bool moves = alarm->holds ? back : over;
    alarm->in_a_row = moves ? alarm->in_a_row + 1 : 0;
    if (alarm->in_a_row == (alarm->holds ? rule->off_scans : rule->on_scans)) {
        alarm->holds = !alarm->holds;
        alarm->in_a_row = 0;
    }
    if (!alarm->holds && alarm->shows == RINGING) {
        alarm->shows = rule->latch ? STUCK : QUIET;
        tell(model, MBP_EV_ALARM_CLEARED, rule->sensor, (unsigned)rule->alarm);
    }
    if (alarm->holds && alarm->shows != RINGING && visible(model, rule)) {
        alarm->shows = RINGING;
        alarm->waits = true;
        tell(model, MBP_EV_ALARM_RAISED, rule->sensor, (unsigned)rule->alarm);
    }
}

static void end_one_shot(struct model *model, int s)
{
    struct sensor *sensor = &model->sensor[s];
    bool holds = false;
    for (size_t r = 0; r < RULES; r++)
        holds = holds || (rules[r].sensor == s && model->alarm[r].holds);
    if (!sensor->shelved || !sensor->once)
        return;
    if (holds) {
        sensor->once_seen = true;
    } else if (sensor->once_seen) {
        sensor->shelved = sensor->once = sensor->once_seen = false;
        tell(model, MBP_EV_ALARM_UNSHELVED, s, MBP_UNSHELVED_BY_RETURN);
    }
}

static unsigned suppression(const struct model *model, int s)
{
    unsigned mask = 0;
    for (size_t r = 0; r < RULES; r++)
        mask |= rules[r].sensor == s && suppressed(model, &rules[r]) ? 1u << rules[r].alarm : 0;
    /* A limit that the file does not have, a master may set: it has the sensor's own keys. */
    if (s == C && model->machine[M2] == MBP_EN_PANNE)
        mask = MBP_ALARMS_ALL;
    return mask;
}

static void model_scan(struct model *model, const unsigned machine[MACHINES])
{
    model->scan++;
    for (int m = 0; m < MACHINES; m++) {
        for (int s = 0; s < SENSORS; s++) {
            if (machine_of(s) != m)
                continue;
            unsigned before = suppression(model, s);
            unsigned is = model->machine[m];
            model->machine[m] = machine[m];
            unsigned after = suppression(model, s);
            model->machine[m] = is;
            if ((before & ~after) != 0)
                tell(model, MBP_EV_ALARM_UNSUPPRESSED, s, before & ~after);
            if ((after & ~before) != 0)
                tell(model, MBP_EV_ALARM_SUPPRESSED, s, after & ~before);
        }
        model->machine[m] = machine[m];
    }
    for (int s = 0; s < SENSORS; s++) {
        if (model->sensor[s].shelf_end != 0 && model->scan >= model->sensor[s].shelf_end) {
            model->sensor[s].shelved = false;
            model->sensor[s].shelf_end = 0;
            tell(model, MBP_EV_ALARM_UNSHELVED, s, MBP_UNSHELVED_BY_TIME);
        }
    }
    for (size_t r = 0; r < RULES; r++) {
        if (rules[r].alarm == MBP_RATE_OF_CHANGE)
            scan_alarm(model, &rules[r], &model->alarm[r]);
    }
    memmove(model->past + 1, model->past, (WINDOW - 1) * sizeof model->past[0]);
    model->past[0] = model->sensor[C].value;
    model->past_count += model->past_count < WINDOW ? 1 : 0;
    for (int s = 0; s < SENSORS; s++) {
        for (size_t r = 0; r < RULES; r++) {
            if (rules[r].sensor == s && rules[r].alarm != MBP_RATE_OF_CHANGE)
                scan_alarm(model, &rules[r], &model->alarm[r]);
        }
        end_one_shot(model, s);
    }
}

/* ---- both -------------------------------------------------------------------------------------------------------- */

struct play {
    struct bench *bench;
    struct model model;
    uint64_t draws;
    unsigned machine[MACHINES];
    uint32_t raised[SENSORS], cleared[SENSORS]; /* masks: of each alarm the last of the two that was told */
    uint64_t seen[8];                           /* how often each kind of step happened */
};

static unsigned pick(struct play *play, unsigned below)
{
    return (unsigned)(mbp_rng_bits(20260101, 7, play->draws++) % below);
}

static void act_on_alarms(struct play *play, uint32_t first, uint32_t count, bool acknowledge)
{
    struct model *model = &play->model;
    for (uint32_t s = first; s < first + count; s++) {
        for (unsigned a = 0; a < MBP_ALARM_COUNT; a++) {
            for (size_t r = 0; r < RULES; r++) {
                struct alarm *alarm = &model->alarm[r];
                if (rules[r].sensor != (int)s || rules[r].alarm != (int)a || !visible(model, &rules[r]))
                    continue;
                if (acknowledge && alarm->waits) {
                    alarm->waits = false;
                    tell(model, MBP_EV_ALARM_ACKNOWLEDGED, (int)s, a);
                }
                if (!acknowledge && alarm->shows == STUCK) {
                    alarm->shows = QUIET;
                    tell(model, MBP_EV_ALARM_RESET, (int)s, a);
                }
            }
        }
    }
}

static void step_shelve(struct play *play, uint32_t s)
{
    struct bench *bench = play->bench;
    struct sensor *sensor = &play->model.sensor[s];
    unsigned how = pick(play, 4);
    unsigned scans = 1 + pick(play, 30);
    bool was_once = sensor->shelved && sensor->once;
    switch (how) {
    case 0:
        mbp_diagnosis_shelve(bench->plant, bench->state, s, true, BENCH_PEER, &bench->events);
        if (!sensor->shelved)
            tell(&play->model, MBP_EV_ALARM_SHELVED, (int)s, MBP_SHELVED_UNTIL_UNSHELVED);
        sensor->shelved = true;
        break;
    case 1:
        mbp_diagnosis_shelve_for(bench->plant, bench->state, s, scans * bench->plant->scan_ns, BENCH_PEER,
                                 &bench->events);
        tell(&play->model, MBP_EV_ALARM_SHELVED, (int)s, MBP_SHELVED_TIMED);
        sensor->shelved = true;
        sensor->once = sensor->once_seen = false;
        sensor->shelf_end = play->model.scan + scans;
        break;
    case 2:
        mbp_diagnosis_shelve_once(bench->plant, bench->state, s, BENCH_PEER, &bench->events);
        if (was_once)
            break;
        tell(&play->model, MBP_EV_ALARM_SHELVED, (int)s, MBP_SHELVED_ONE_SHOT);
        sensor->shelved = sensor->once = true;
        sensor->once_seen = false;
        for (size_t r = 0; r < RULES; r++)
            sensor->once_seen = sensor->once_seen || (rules[r].sensor == (int)s && play->model.alarm[r].holds);
        sensor->shelf_end = 0;
        break;
    default:
        mbp_diagnosis_shelve(bench->plant, bench->state, s, false, BENCH_PEER, &bench->events);
        if (sensor->shelved)
            tell(&play->model, MBP_EV_ALARM_UNSHELVED, (int)s, MBP_UNSHELVED_BY_COMMAND);
        sensor->shelved = sensor->once = sensor->once_seen = false;
        sensor->shelf_end = 0;
    }
}

/* A new state that knows what the journal keeps, and no more. */
static void step_restart(struct play *play)
{
    struct bench *bench = play->bench;
    struct mbp_state *old = bench->state;
    struct mbp_state *state = NULL;
    assert_int_equal(mbp_state_new(bench->plant, FIXTURE_WALL_MS, &state), MBP_OK);
    for (uint32_t s = 0; s < SENSORS; s++) {
        state->value[s] = old->value[s];
        state->flags[s] = old->flags[s];
        state->active[s] = old->active[s];
        state->unack[s] = old->unack[s];
        state->beyond[s] = old->beyond[s];
        state->latched[s] = old->latched[s];
        state->suppressed[s] = old->suppressed[s];
        state->alarm_flags[s] = old->alarm_flags[s] & (uint8_t)~MBP_ALARMS_MAINTENANCE;
        bool timed = old->shelf_end_ns[s] != 0 && old->shelf_end_ns[s] != MBP_SHELF_NO_END;
        state->shelf_end_ns[s] = timed ? state->sim_ns + (old->shelf_end_ns[s] - old->sim_ns) : old->shelf_end_ns[s];
    }
    for (uint32_t m = 0; m < MACHINES; m++)
        state->machine[m].state = old->machine[m].state;
    mbp_state_free(old);
    bench->state = state;
    mbp_diagnosis_update(bench->plant, state);
    for (size_t r = 0; r < RULES; r++)
        play->model.alarm[r].in_a_row = 0; /* what was on its way begins anew */
    play->model.past_count = 0;
    for (size_t r = 0; r < RULES; r++) {
        if (rules[r].alarm == MBP_RATE_OF_CHANGE)
            play->model.past_lost = play->model.alarm[r].holds;
    }
    for (int m = 0; m < MACHINES; m++)
        play->model.machine[m] = play->machine[m];
}

/* As sense does. */
static void show(struct bench *bench, uint32_t s, int tenths)
{
    const struct mbp_register *reg = &bench->plant->sensors[s].reg;
    bench->state->value[s] = mbp_codec_quantise((enum mbp_type)reg->type, reg->scale, tenths / 10.0);
}

static void step_value(struct play *play, uint32_t s)
{
    struct sensor *sensor = &play->model.sensor[s];
    static const int reach[] = {600, 30, 30, 3}; /* from alarm to alarm, and step by step over a limit and back */
    int most = reach[pick(play, 4)];
    sensor->value += (int)pick(play, (unsigned)(2 * most + 1)) - most;
    sensor->value = sensor->value < 0 ? 0 : sensor->value > 1000 ? 1000 : sensor->value;
    show(play->bench, s, sensor->value);
    if (s == B && pick(play, 6) == 0) {
        sensor->bad = !sensor->bad;
        play->bench->state->flags[B] ^= MBP_SENSOR_BAD;
    }
}

static void scan_both(struct play *play)
{
    struct bench *bench = play->bench;
    bench->state->sim_ns += bench->plant->scan_ns;
    mbp_diagnosis_run(bench->plant, bench->state, &bench->events);
    model_scan(&play->model, play->machine);
}

/* ---- comparing --------------------------------------------------------------------------------------------------- */

static void compare_events(const struct play *play, unsigned step)
{
    const struct mbp_events *events = &play->bench->events;
    const struct model *model = &play->model;
    for (size_t i = 0; i < events->count || i < model->told_count; i++) {
        static const struct mbp_event none;
        const struct mbp_event *is = i < events->count ? &events->items[i] : &none;
        const struct mbp_event *expected = i < model->told_count ? &model->told[i] : &none;
        if (is->code != expected->code || is->sensor != expected->sensor || is->detail != expected->detail)
            fail_msg("step %u, event %zu: %s of sensor %u, detail %u; should be %s of sensor %u, detail %u", step, i,
                     mbp_event_code_name(is->code), is->sensor, is->detail, mbp_event_code_name(expected->code),
                     expected->sensor, expected->detail);
    }
}

static void compare_states(const struct play *play, unsigned step)
{
    const struct mbp_state *state = play->bench->state;
    for (size_t r = 0; r < RULES; r++) {
        uint32_t s = (uint32_t)rules[r].sensor;
        enum mbp_alarm_state is = mbp_alarm_state(state, s, (unsigned)rules[r].alarm);
        enum mbp_alarm_state expected = model_state(&play->model, &rules[r], &play->model.alarm[r]);
        if (is != expected)
            fail_msg("step %u: sensor %u alarm %s is %s; should be %s", step, s,
                     mbp_limit_name((enum mbp_limit)rules[r].alarm), mbp_alarm_state_name(is),
                     mbp_alarm_state_name(expected));
    }
}

static void compare_sums(const struct play *play)
{
    const struct model *model = &play->model;
    const struct mbp_state *state = play->bench->state;
    uint32_t active = 0;
    uint32_t unacknowledged = 0;
    bool trip[MACHINES] = {false};
    for (size_t r = 0; r < RULES; r++) {
        const struct alarm *alarm = &model->alarm[r];
        int m = machine_of(rules[r].sensor);
        active += visible(model, &rules[r]) && alarm->shows != QUIET;
        unacknowledged += visible(model, &rules[r]) && alarm->waits;
        if (m >= 0 && rules[r].trips)
            trip[m] = trip[m] || alarm->holds || alarm->shows == STUCK;
    }
    assert_int_equal(state->active_alarms, active);
    assert_int_equal(state->unacknowledged, unacknowledged);
    for (int m = 0; m < MACHINES; m++)
        assert_int_equal(state->machine[m].trip, trip[m]);
}

/* The promises, on what is told alone: raised and cleared take turns, and who waits for an acknowledgement does so
 * until one is told. */
static void watch_promises(struct play *play, const uint8_t waited[SENSORS])
{
    const struct mbp_events *events = &play->bench->events;
    uint8_t acknowledged[SENSORS] = {0};
    for (size_t i = 0; i < events->count; i++) {
        const struct mbp_event *event = &events->items[i];
        if (event->code == MBP_EV_ALARM_RAISED) {
            assert_int_equal(play->raised[event->sensor] >> event->detail & 1u, 0);
            play->raised[event->sensor] |= 1u << event->detail;
        } else if (event->code == MBP_EV_ALARM_CLEARED) {
            assert_int_equal(play->raised[event->sensor] >> event->detail & 1u, 1);
            play->raised[event->sensor] &= ~(1u << event->detail);
        } else if (event->code == MBP_EV_ALARM_ACKNOWLEDGED) {
            acknowledged[event->sensor] |= (uint8_t)(1u << event->detail);
        }
    }
    for (uint32_t s = 0; s < SENSORS; s++)
        assert_int_equal(waited[s] & ~play->bench->state->unack[s] & ~acknowledged[s], 0);
}

static void one_step(struct play *play, unsigned step)
{
    struct bench *bench = play->bench;
    const struct mbp_plant *plant = bench->plant;
    uint32_t s = pick(play, SENSORS);
    uint32_t m = pick(play, MACHINES);
    const struct mbp_machine *machine = &plant->machines[m];
    unsigned kind = pick(play, 100);
    uint8_t waited[SENSORS];
    memcpy(waited, bench->state->unack, sizeof waited);
    bench_forget(bench);
    play->model.told_count = 0;
    bool again = false;
    if (kind < 3) {
        mbp_diagnosis_acknowledge_sensor(plant, bench->state, s, BENCH_PEER, &bench->events);
        act_on_alarms(play, s, 1, true);
        again = true;
    } else if (kind < 4) {
        mbp_diagnosis_acknowledge(plant, bench->state, m, BENCH_PEER, &bench->events);
        act_on_alarms(play, machine->first_sensor, machine->sensor_count, true);
    } else if (kind < 6) {
        mbp_diagnosis_reset_sensor(plant, bench->state, s, BENCH_PEER, &bench->events);
        act_on_alarms(play, s, 1, false);
    } else if (kind < 7) {
        mbp_diagnosis_reset(plant, bench->state, m, BENCH_PEER, &bench->events);
        act_on_alarms(play, machine->first_sensor, machine->sensor_count, false);
    } else if (kind < 11) {
        step_shelve(play, s);
    } else if (kind < 13) {
        bool on = pick(play, 3) == 0;
        mbp_diagnosis_remove(plant, bench->state, s, on, BENCH_PEER, &bench->events);
        if (on != play->model.sensor[s].removed)
            tell(&play->model, on ? MBP_EV_ALARM_OUT_OF_SERVICE : MBP_EV_ALARM_IN_SERVICE, (int)s, 0);
        play->model.sensor[s].removed = on;
    } else if (kind < 15) {
        play->machine[m] = pick(play, 2) == 0 ? MBP_EN_SERVICE : pick(play, MBP_STATE_COUNT);
        bench->state->machine[m].state = (uint8_t)play->machine[m];
    } else if (kind < 16) {
        scan_both(play);
        size_t raised = fixture_count(&bench->events, MBP_EV_ALARM_RAISED);
        size_t unshelved = fixture_count(&bench->events, MBP_EV_ALARM_UNSHELVED);
        step_restart(play);
        scan_both(play);
        /* The values are as they were: a restart emits no new activation. A shelf's time may just have been over. */
        if (fixture_count(&bench->events, MBP_EV_ALARM_UNSHELVED) == unshelved)
            assert_int_equal(fixture_count(&bench->events, MBP_EV_ALARM_RAISED), raised);
    } else {
        step_value(play, s);
        scan_both(play);
    }
    play->seen[kind < 4 ? 0 : kind < 7 ? 1 : kind < 11 ? 2 : kind < 13 ? 3 : kind < 15 ? 4 : kind < 16 ? 5 : 6]++;
    compare_events(play, step);
    watch_promises(play, waited);
    if (again) { /* acknowledging is idempotent */
        bench_forget(bench);
        mbp_diagnosis_acknowledge_sensor(plant, bench->state, s, BENCH_PEER, &bench->events);
        assert_int_equal(bench->events.count, 0);
    }
    /* The masks follow the machine's state with the next scan. */
    if (play->machine[M1] == play->model.machine[M1] && play->machine[M2] == play->model.machine[M2])
        compare_states(play, step);
    if (kind >= 15)
        compare_sums(play);
}

static void test_a_million_random_steps_go_as_the_model_says(void **state)
{
    struct play *play = calloc(1, sizeof *play);
    assert_non_null(play);
    play->bench = *state;
    for (uint32_t s = 0; s < SENSORS; s++)
        play->model.sensor[s].value = 500;
    for (unsigned step = 0; step < STEPS; step++)
        one_step(play, step);
    for (unsigned kind = 0; kind < 7; kind++)
        assert_true(play->seen[kind] > 1000); /* no kind of step was left out */
    free(play);
}

static int setup(void **state)
{
    bench_setup_of(state, yaml, 0);
    struct bench *bench = *state;
    for (uint32_t s = 0; s < SENSORS; s++)
        show(bench, s, 500);
    mbp_diagnosis_update(bench->plant, bench->state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_million_random_steps_go_as_the_model_says, setup, bench_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
