/* Every input to an alarm in every state that it can be in, given as it comes in a plant: by what the sensor shows, by
 * a master, by the machine's state. Expected is what a few sentences say, not the table of the code. */
#include "bench.h"

#include <stdlib.h>
#include <string.h>

static const char yaml[] =
    "mbplant: 1\n"
    "name: Life\n"
    "scan: 100ms\n"
    "units:\n"
    "  - id: 5\n"
    "    machines:\n"
    "      - name: M1\n"
    "        sensors:\n"
    "          - {name: P, range: [0, 150], limits: {high: 85}, suppress: [en_panne], re_alarm: 1h, register: {type: "
    "float32}}\n"
    "          - {name: L, range: [0, 150], limits: {high: 85}, suppress: [en_panne], latch: true, re_alarm: 1h,\n"
    "             register: {type: float32}}\n";
enum { PLAIN, LATCHING };

#define HIGH (1u << MBP_HIGH)

/* Where an alarm stands: the state that it keeps, and what hides it. */
struct place {
    enum mbp_alarm_state kept;
    bool shelved, removed;
    enum mbp_state_code machine;
};

static enum mbp_alarm_state seen(const struct place *at)
{
    if (at->removed || at->machine == MBP_MAINTENANCE)
        return MBP_ALARM_OUT_OF_SERVICE;
    if (at->machine == MBP_EN_PANNE)
        return MBP_ALARM_SUPPRESSED;
    return at->shelved ? MBP_ALARM_SHELVED : at->kept;
}

static bool holds(enum mbp_alarm_state kept)
{
    return kept == MBP_ALARM_UNACKNOWLEDGED || kept == MBP_ALARM_ACKNOWLEDGED;
}

static bool waits(enum mbp_alarm_state kept)
{
    return kept == MBP_ALARM_UNACKNOWLEDGED || kept == MBP_ALARM_RETURNED || kept == MBP_ALARM_LATCHED_UNACKNOWLEDGED;
}

static bool is_latched(enum mbp_alarm_state kept)
{
    return kept == MBP_ALARM_LATCHED_UNACKNOWLEDGED || kept == MBP_ALARM_LATCHED_ACKNOWLEDGED;
}

/* Puts the sensor's alarm there as if it had always been. */
static void put(struct bench *bench, uint32_t s, const struct place *at)
{
    struct mbp_state *state = bench->state;
    state->active[s] = holds(at->kept) ? HIGH : 0;
    state->beyond[s] = state->active[s];
    state->unack[s] = waits(at->kept) ? HIGH : 0;
    state->latched[s] = is_latched(at->kept) ? HIGH : 0;
    state->value[s] = holds(at->kept) ? 90 : 50;
    state->flags[s] = at->shelved ? MBP_SENSOR_SHELVED : 0;
    state->alarm_flags[s] = at->removed ? MBP_ALARMS_REMOVED : 0;
    memset(state->suppressed, at->machine == MBP_EN_PANNE ? MBP_ALARMS_ALL : 0, bench->plant->sensor_count);
    state->machine[0].state = (uint8_t)at->machine;
    state->dressed[0] = MBP_STATE_COUNT;
    mbp_diagnosis_update(bench->plant, state);
    bench_forget(bench);
}

/* Gives the input and changes *at to where the alarm must stand then. Returns the event that must be told about the
 * alarm, 0 = none. */
static unsigned give(struct bench *bench, uint32_t s, enum mbp_alarm_input input, struct place *at)
{
    const struct mbp_plant *plant = bench->plant;
    struct mbp_state *state = bench->state;
    const bool visible = seen(at) < MBP_ALARM_SHELVED;
    switch (input) {
    case MBP_ALARM_RAISE:
        bench_show(bench, s, 90);
        if (!visible || holds(at->kept))
            return 0;
        at->kept = MBP_ALARM_UNACKNOWLEDGED;
        return MBP_EV_ALARM_RAISED;
    case MBP_ALARM_CLEAR:
    case MBP_ALARM_CLEAR_LATCH:
        state->beyond[s] |= HIGH;
        bench_show(bench, s, 50);
        if (!holds(at->kept))
            return 0;
        if (input == MBP_ALARM_CLEAR)
            at->kept = waits(at->kept) ? MBP_ALARM_RETURNED : MBP_ALARM_NORMAL;
        else
            at->kept = waits(at->kept) ? MBP_ALARM_LATCHED_UNACKNOWLEDGED : MBP_ALARM_LATCHED_ACKNOWLEDGED;
        return MBP_EV_ALARM_CLEARED;
    case MBP_ALARM_ACKNOWLEDGE:
        mbp_diagnosis_acknowledge_sensor(plant, state, s, BENCH_PEER, &bench->events);
        if (!visible || !waits(at->kept))
            return 0;
        at->kept = holds(at->kept)        ? MBP_ALARM_ACKNOWLEDGED
                   : is_latched(at->kept) ? MBP_ALARM_LATCHED_ACKNOWLEDGED
                                          : MBP_ALARM_NORMAL;
        return MBP_EV_ALARM_ACKNOWLEDGED;
    case MBP_ALARM_RESET:
        mbp_diagnosis_reset_sensor(plant, state, s, BENCH_PEER, &bench->events);
        if (!visible || !is_latched(at->kept))
            return 0;
        at->kept = waits(at->kept) ? MBP_ALARM_RETURNED : MBP_ALARM_NORMAL;
        return MBP_EV_ALARM_RESET;
    case MBP_ALARM_AGAIN:
        state->alarm_times[s].acked_ms[MBP_HIGH] = (uint32_t)(state->sim_ns / MBP_NS_PER_MS) - 3600000u;
        bench_show(bench, s, state->value[s]);
        state->alarm_times[s].acked_ms[MBP_HIGH] = (uint32_t)(state->sim_ns / MBP_NS_PER_MS);
        if (!visible || at->kept != MBP_ALARM_ACKNOWLEDGED)
            return 0;
        at->kept = MBP_ALARM_UNACKNOWLEDGED;
        return MBP_EV_ALARM_AGAIN;
    case MBP_ALARM_SHELVE:
    case MBP_ALARM_UNSHELVE:
        at->shelved = input == MBP_ALARM_SHELVE;
        mbp_diagnosis_shelve(plant, state, s, at->shelved, BENCH_PEER, &bench->events);
        return 0;
    case MBP_ALARM_REMOVE:
    case MBP_ALARM_RETURN:
        at->removed = input == MBP_ALARM_REMOVE;
        mbp_diagnosis_remove(plant, state, s, at->removed, BENCH_PEER, &bench->events);
        return 0;
    case MBP_ALARM_SUPPRESS:
        at->machine = MBP_EN_PANNE;
        break;
    case MBP_ALARM_UNSUPPRESS:
        at->machine = MBP_EN_SERVICE;
        break;
    case MBP_ALARM_INPUT_COUNT:
        break;
    }
    state->machine[0].state = (uint8_t)at->machine;
    bench_show(bench, s, state->value[s]);
    return 0;
}

static unsigned told_of_the_alarm(const struct bench *bench, uint32_t s)
{
    unsigned told = 0;
    for (size_t i = 0; i < bench->events.count; i++) {
        const struct mbp_event *event = &bench->events.items[i];
        bool of_alarm =
            event->sensor == s && ((event->code >= MBP_EV_ALARM_RAISED && event->code <= MBP_EV_ALARM_ACKNOWLEDGED) ||
                                   event->code == MBP_EV_ALARM_RESET || event->code == MBP_EV_ALARM_AGAIN);
        if (!of_alarm)
            continue;
        assert_int_equal(told, 0);
        assert_int_equal(event->detail, MBP_HIGH);
        told = event->code;
    }
    return told;
}

static void check(struct bench *bench, uint32_t s, struct place at, enum mbp_alarm_input input)
{
    const struct place from = at;
    put(bench, s, &at);
    assert_int_equal(mbp_alarm_state(bench->state, s, MBP_HIGH), seen(&at));
    unsigned expected = give(bench, s, input, &at);
    enum mbp_alarm_state is = mbp_alarm_state(bench->state, s, MBP_HIGH);
    enum mbp_alarm_state kept = mbp_alarm_state_kept(bench->state, s, MBP_HIGH);
    unsigned told = told_of_the_alarm(bench, s);
    if (is != seen(&at) || kept != at.kept || told != expected)
        fail_msg("kept %c, shelved %d, removed %d, machine %s, input %d: is %c keeping %c and tells %u; should be %c "
                 "keeping %c and tell %u",
                 'A' + (int)from.kept, from.shelved, from.removed, mbp_state_name(from.machine), (int)input,
                 'A' + (int)is, 'A' + (int)kept, told, 'A' + (int)seen(&at), 'A' + (int)at.kept, expected);
    assert_int_equal((bench->state->hidden[s] & HIGH) != 0, seen(&at) >= MBP_ALARM_SHELVED);
}

static void test_every_input_in_every_state_does_what_the_standard_says(void **state)
{
    struct bench *bench = *state;
    unsigned cells = 0;
    for (unsigned kept = 0; kept < MBP_ALARM_SHELVED; kept++) {
        for (unsigned hiding = 0; hiding < 4 * MBP_STATE_COUNT; hiding++) {
            const struct place at = {(enum mbp_alarm_state)kept, (hiding & 1u) != 0, (hiding & 2u) != 0,
                                     (enum mbp_state_code)(hiding / 4)};
            for (unsigned input = 0; input < MBP_ALARM_INPUT_COUNT; input++) {
                bool latching = input == MBP_ALARM_CLEAR_LATCH || is_latched(at.kept);
                check(bench, latching && input != MBP_ALARM_CLEAR ? LATCHING : PLAIN, at, (enum mbp_alarm_input)input);
                cells++;
            }
        }
    }
    assert_int_equal(cells, 6 * 12 * 12);
}

static void test_alarm_shown_again_is_raised_when_its_condition_has_come_meanwhile(void **state)
{
    struct bench *bench = *state;
    for (unsigned how = 0; how < 4; how++) {
        struct place at = {MBP_ALARM_NORMAL, how == 0, how == 1, how == 2 ? MBP_EN_PANNE : MBP_EN_SERVICE};
        at.machine = how == 3 ? MBP_MAINTENANCE : at.machine;
        put(bench, PLAIN, &at);
        bench_show(bench, PLAIN, 90);
        assert_int_equal(bench->events.count, 0);
        assert_int_equal(bench->state->active_alarms, 0);
        if (how == 0)
            mbp_diagnosis_shelve(bench->plant, bench->state, PLAIN, false, BENCH_PEER, &bench->events);
        else if (how == 1)
            mbp_diagnosis_remove(bench->plant, bench->state, PLAIN, false, BENCH_PEER, &bench->events);
        bench->state->machine[0].state = MBP_EN_SERVICE;
        bench_show(bench, PLAIN, 90);
        fixture_only(&bench->events, MBP_EV_ALARM_RAISED);
        assert_int_equal(bench->state->active_alarms, 1);
    }
}

static void test_alarm_unacknowledged_when_maintenance_begins_waits_again_when_it_ends(void **state)
{
    struct bench *bench = *state;
    put(bench, PLAIN, &(struct place){MBP_ALARM_UNACKNOWLEDGED, false, false, MBP_EN_PANNE});
    bench->state->machine[0].state = MBP_MAINTENANCE;
    bench_show(bench, PLAIN, 50);
    fixture_only(&bench->events, MBP_EV_ALARM_CLEARED); /* the journal has an end for each alarm */
    assert_int_equal(bench->state->unacknowledged, 0);
    mbp_diagnosis_acknowledge(bench->plant, bench->state, 0, BENCH_PEER, &bench->events);
    bench->state->machine[0].state = MBP_EN_SERVICE;
    bench_show(bench, PLAIN, 50);
    assert_int_equal(bench->state->unacknowledged, 1);
    assert_int_equal(mbp_alarm_state(bench->state, PLAIN, MBP_HIGH), MBP_ALARM_RETURNED);
}

static int setup(void **state)
{
    bench_setup_of(state, yaml, 0);
    struct bench *bench = *state;
    bench->state->value[PLAIN] = bench->state->value[LATCHING] = 50;
    return 0;
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_every_input_in_every_state_does_what_the_standard_says),
        TEST(test_alarm_shown_again_is_raised_when_its_condition_has_come_meanwhile),
        TEST(test_alarm_unacknowledged_when_maintenance_begins_waits_again_when_it_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
