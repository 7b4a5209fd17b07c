/* The walk: state -> words in the tables -> view is the view of the state, for every field that the map shows. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "mbplant/image.h"
#include "mbplant/map.h"
#include "mbplant/view.h"

static const char plant_text[] =
    "mbplant: 1\n"
    "units:\n"
    " - id: 1\n"
    "   machines:\n"
    "    - name: 'M{n}'\n"
    "      repeat: 3\n"
    "      cycle: {time: 1s}\n"
    "      maintenance: {every: 100h, takes: 30min, cycles: 500}\n"
    "      sensors:\n"
    "       - {name: 'A{m}', range: [0, 150], limits: {low_low: 1, low: 10, high: 85, high_high: 95},\n"
    "          register: {type: int16, scale: 0.1}, rate_of_change: {max: 5, per: 1s}, bad_quality: true}\n"
    "       - {name: 'F{m}', range: [0, 10], limits: {high: 9}, register: {type: float32, order: CDAB}}\n"
    "      actuators:\n"
    "       - {name: 'V{m}', kind: valve}\n"
    "       - {name: 'P{m}', kind: pump, on_off: true}\n"
    "      controllers:\n"
    "       - {name: 'C{m}', input: 'F{m}', output: 'V{m}', setpoint: 5, gain: 1}\n"
    "   sensors: [{name: B, register: {type: bool}}, {name: D, register: {type: float64}}]\n"
    " - id: 2\n"
    "   sensors: [{name: X, limits: {low: 3}}]\n"
    "   tables: {coils: [{at: 1000, count: 5}], input_registers: [{at: 1000, count: 2}, {at: 10000, count: 1}]}\n"
    " - id: 3\n"
    "   sensors: [{name: 'N{n}', repeat: 150, limits: {low: 3}}]\n"; /* more than are looked at together */

struct walk {
    struct mbp_plant *plant;
    struct mbp_image *image;
    struct mbp_state *state;
    uint64_t seed;
};

static uint32_t below(struct walk *walk, uint32_t n)
{
    walk->seed = walk->seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(walk->seed >> 33) % n;
}

static void shake_sensor(struct walk *walk, uint32_t s)
{
    struct mbp_state *state = walk->state;
    const struct mbp_sensor *sensor = &walk->plant->sensors[s];
    state->value[s] = sensor->reg.type == MBP_BOOL ? below(walk, 2) : below(walk, 20);
    state->flags[s] = (uint8_t)(below(walk, 2) * MBP_SENSOR_FORCED | below(walk, 2) * MBP_SENSOR_SHELVED |
                                below(walk, 2) * MBP_SENSOR_BAD);
    state->active[s] = (uint8_t)below(walk, 64);
    state->latched[s] = (uint8_t)below(walk, 64);
    state->unack[s] = (uint8_t)below(walk, 64);
    state->hidden[s] = (uint8_t)below(walk, 64);
    state->suppressed[s] = (uint8_t)(below(walk, 2) * below(walk, 64));
    state->alarm_flags[s] = (uint8_t)below(walk, 8);
    state->alarm_since_s[s] = below(walk, 2000000000);
    state->shelf_end_ns[s] = below(walk, 3) == 0 ? MBP_SHELF_NO_END : below(walk, 100000) * MBP_NS_PER_S;
    if (mbp_sensor_has_limits(sensor))
        state->limit[s * MBP_LIMIT_COUNT + below(walk, MBP_LIMIT_COUNT)] = below(walk, 4) == 0 ? NAN : below(walk, 9);
}

static void shake_machine(struct walk *walk, uint32_t m)
{
    struct mbp_state *state = walk->state;
    struct mbp_machine_state *machine = &state->machine[m];
    machine->state = (uint8_t)below(walk, MBP_STATE_COUNT);
    machine->since_ms = UINT64_C(1700000000000) + 1000 * (uint64_t)below(walk, 100000);
    machine->running_ns = below(walk, 100000) * MBP_NS_PER_S;
    machine->down_ns = below(walk, 100000) * MBP_NS_PER_S;
    machine->maintenance_ns = below(walk, 100000) * MBP_NS_PER_S;
    machine->since_maintenance_ns = below(walk, 400000) * MBP_NS_PER_S;
    machine->in_state_ns = below(walk, 3000) * MBP_NS_PER_S;
    machine->good = below(walk, 1000000);
    machine->reject = below(walk, 1000000);
    machine->failures = below(walk, 1000);
    machine->first_out = below(walk, 2) == 0 ? UINT32_MAX : walk->plant->machines[m].first_sensor + below(walk, 2);
    machine->alarms = below(walk, 12);
    machine->trip = below(walk, 2) != 0;
    machine->due = below(walk, 2) != 0;
    state->upkeep[m] = (struct mbp_upkeep){.repair_ns = below(walk, 100000) * MBP_NS_PER_S,
                                           .repairs = below(walk, 100),
                                           .maintenances = below(walk, 100),
                                           .cycles_since_maintenance = below(walk, 1000),
                                           .refused_sensor = below(walk, 2) == 0 ? UINT32_MAX : 0,
                                           .refused_state = (uint8_t)below(walk, MBP_STATE_COUNT + 1),
                                           .refused_cause = (uint8_t)below(walk, 9)};
}

static void shake(struct walk *walk)
{
    struct mbp_state *state = walk->state;
    const bool all = below(walk, 2) == 0;
    for (uint32_t s = 0; s < walk->plant->sensor_count; s++) {
        if (all || below(walk, 60) == 0)
            shake_sensor(walk, s);
    }
    for (uint32_t m = 0; m < walk->plant->machine_count; m++)
        shake_machine(walk, m);
    for (uint32_t a = 0; a < walk->plant->actuator_count; a++) {
        const struct mbp_actuator *actuator = &walk->plant->actuators[a];
        state->command[a] = actuator->on_off ? actuator->range[below(walk, 2)] : below(walk, 100);
        state->lagged[walk->plant->sensor_count + a] = below(walk, 100);
    }
    for (uint32_t c = 0; c < walk->plant->controller_count; c++) {
        struct mbp_controller_state *controller = &state->controller[c];
        for (unsigned i = 0; i < MBP_SETTING_COUNT; i++)
            controller->setting[i] = below(walk, 100) * 0.25;
        controller->output = below(walk, 100) * 0.5;
        controller->error = -(double)below(walk, 100) * 0.5;
        controller->setpoint = below(walk, 10);
        controller->seen = below(walk, 10);
        controller->automatic = below(walk, 2) != 0;
    }
    state->scan += 1 + below(walk, 100000);
    state->sim_ns += below(walk, 100000) * MBP_NS_PER_MS;
    state->limits_version++;
    state->alarms_version++;
}

union view {
    struct mbp_summary_view summary;
    struct mbp_machine_view machine;
    struct mbp_sensor_view sensor;
    struct mbp_actuator_view actuator;
    struct mbp_controller_view controller;
    struct mbp_stored_view stored;
    unsigned char bytes[512];
};

static void fill(const struct walk *walk, const struct mbp_unit *unit, enum mbp_map_per per, uint32_t item,
                 union view *out)
{
    switch (per) {
    case MBP_PER_UNIT:
        mbp_view_summary(walk->plant, unit, walk->state, &out->summary);
        break;
    case MBP_PER_MACHINE:
        mbp_view_machine(walk->plant, walk->state, item, &out->machine);
        break;
    case MBP_PER_SENSOR:
    case MBP_PER_ALARM:
    case MBP_PER_INTERLOCK:
        mbp_view_sensor(walk->plant, walk->state, item, &out->sensor);
        break;
    case MBP_PER_ACTUATOR:
        mbp_view_actuator(walk->plant, walk->state, item, &out->actuator);
        break;
    case MBP_PER_CONTROLLER:
        mbp_view_controller(walk->plant, walk->state, item, &out->controller);
        break;
    case MBP_PER_STORED:
        mbp_view_stored(walk->plant, walk->state, item, &out->stored);
        break;
    case MBP_PER_FAULT:
    case MBP_PER_AD_HOC:
    case MBP_PER_LATENESS:
    case MBP_PER_FORCED:
    case MBP_PER_PARAMETER:
    case MBP_PER_COUNT:
        fail();
    }
}

static size_t member_size(enum mbp_member_kind kind)
{
    static const size_t sizes[] = {[MBP_MEMBER_BOOL] = sizeof(bool),
                                   [MBP_MEMBER_U8] = 1,
                                   [MBP_MEMBER_U16] = 2,
                                   [MBP_MEMBER_U32] = 4,
                                   [MBP_MEMBER_U64] = 8,
                                   [MBP_MEMBER_DOUBLE] = 8};
    return sizes[kind];
}

static double number_at(const void *bytes)
{
    double number;
    memcpy(&number, bytes, sizeof number);
    return number;
}

/* What the tables show of an item in a block, as a view, has the members of the state's own view. */
static unsigned assert_item_is_shown(const struct walk *walk, struct mbp_image_unit *unit, unsigned b, uint32_t item)
{
    const struct mbp_map_block *block = &mbp_map[b];
    uint16_t addr = mbp_map_addr(walk->plant, unit->unit, b, item);
    union view of_state = {.bytes = {0}};
    union view of_words = {.bytes = {0}};
    unsigned seen = 0;
    fill(walk, unit->unit, (enum mbp_map_per)block->per, item, &of_state);
    if (block->table == MBP_COILS || block->table == MBP_DISCRETE_INPUTS)
        mbp_map_decode_bits(b, (block->table == MBP_COILS ? unit->coils : unit->discrete) + addr, &of_words);
    else
        mbp_map_decode_words(b, mbp_map_register(walk->plant, b, item),
                             (block->table == MBP_HOLDING_REGISTERS ? unit->holding : unit->input) + addr, &of_words);
    for (unsigned f = 0; f < block->field_count; f++) {
        const struct mbp_member *member = &block->fields[f].member;
        size_t size =
            block->fields[f].nibbles != 0 ? block->fields[f].nibbles : member_size((enum mbp_member_kind)member->kind);
        if (member->kind == MBP_MEMBER_DOUBLE)
            fixture_assert_number(number_at(of_words.bytes + member->at), number_at(of_state.bytes + member->at));
        else if (member->kind != MBP_MEMBER_NONE)
            assert_memory_equal(of_words.bytes + member->at, of_state.bytes + member->at, size);
        seen += member->kind != MBP_MEMBER_NONE;
    }
    return seen;
}

static unsigned assert_all_is_shown(const struct walk *walk)
{
    unsigned seen = 0;
    for (uint32_t u = 0; u < walk->plant->unit_count; u++) {
        struct mbp_image_unit *unit = mbp_image_unit(walk->image, walk->plant->units[u].id);
        for (unsigned b = 0; b < mbp_map_count; b++) {
            uint32_t first;
            uint32_t count = mbp_map_items(walk->plant, unit->unit, (enum mbp_map_per)mbp_map[b].per, &first);
            for (uint32_t item = first; item < first + count && !mbp_map[b].instructor; item++) {
                if (mbp_map_item_has(walk->plant, unit->unit, b, item))
                    seen += assert_item_is_shown(walk, unit, b, item);
            }
        }
    }
    return seen;
}

static void test_tables_show_every_member_of_every_view(void **state)
{
    (void)state;
    struct walk walk = {.plant = fixture_plant(plant_text), .seed = 7};
    const struct mbp_figures figures = {.recent_count = 0};
    assert_int_equal(mbp_image_new(walk.plant, &walk.image), MBP_OK);
    assert_int_equal(mbp_state_new(walk.plant, UINT64_C(1700000000000), &walk.state), MBP_OK);
    for (unsigned turn = 0; turn < 300; turn++) {
        shake(&walk);
        mbp_image_publish(walk.image, walk.state, &figures);
        assert_true(assert_all_is_shown(&walk) > 300);
    }
    mbp_state_free(walk.state);
    mbp_image_free(walk.image);
    mbp_plant_free(walk.plant);
}

/* In one of many sensors, wherever it stands. */
static void test_summary_counts_the_alarms_that_are_seen(void **state)
{
    (void)state;
    struct walk walk = {.plant = fixture_plant(plant_text)};
    assert_int_equal(mbp_state_new(walk.plant, 0, &walk.state), MBP_OK);
    const struct mbp_unit *unit = &walk.plant->units[2];
    for (uint32_t s = unit->first_sensor; s < unit->first_sensor + unit->sensor_count; s++) {
        struct mbp_summary_view summary;
        walk.state->active[s] = 0x03;
        walk.state->latched[s] = 0x04;
        walk.state->unack[s] = 0x0F;
        walk.state->hidden[s] = 0x01;
        mbp_view_summary(walk.plant, unit, walk.state, &summary);
        assert_int_equal(summary.active_alarms, 2);
        assert_int_equal(summary.unacknowledged_alarms, 3);
        walk.state->active[s] = walk.state->latched[s] = walk.state->unack[s] = 0;
    }
    mbp_state_free(walk.state);
    mbp_plant_free(walk.plant);
}

/* Sensors that differ in few places, or in none. */
static void shake_alike(struct walk *walk, uint32_t s)
{
    struct mbp_state *state = walk->state;
    uint8_t *const masks[] = {&state->active[s],       &state->unack[s],          &state->latched[s],
                              &state->suppressed[s],   &state->hidden[s],         &state->alarm_flags[s],
                              &state->flags[s],        &state->beyond[s],         &state->alone[s].shelved,
                              &state->alone[s].once,   &state->alone[s].bypassed, &state->alone[s].removed,
                              &state->alone[s].excused};
    for (size_t i = 0; i < sizeof masks / sizeof masks[0]; i++)
        *masks[i] = 0;
    for (uint32_t changes = below(walk, 3); changes > 0; changes--)
        *masks[below(walk, sizeof masks / sizeof masks[0])] = (uint8_t)(1u << below(walk, 7));
    state->alarm_since_s[s] = below(walk, 1000);
    state->shelf_end_ns[s] = below(walk, 1000) * MBP_NS_PER_S;
    for (uint32_t a = 0; a < MBP_ALARM_COUNT; a++) {
        state->raised_s[s * MBP_ALARM_COUNT + a] = below(walk, 1000);
        state->alarm_times[s].end_ms[a] = below(walk, 1000);
        state->alarm_times[s].bypass_ms[a] = below(walk, 1000);
    }
}

static void test_alarms_after_those_of_another_sensor_are_those_by_themselves(void **state)
{
    (void)state;
    struct walk walk = {.seed = 5};
    walk.plant = fixture_plant(plant_text);
    assert_int_equal(mbp_state_new(walk.plant, FIXTURE_WALL_MS, &walk.state), MBP_OK);
    unsigned alike = 0;
    for (unsigned round = 0; round < 200; round++) {
        struct mbp_sensor_view after;
        for (uint32_t s = 0; s < walk.plant->sensor_count; s++) {
            struct mbp_sensor_view alone;
            shake_alike(&walk, s);
            mbp_view_sensor_alarms_after(walk.state, s, s == 0 ? MBP_VIEW_NONE : s - 1, &after);
            mbp_view_sensor_alarms(walk.state, s, &alone);
#define SAME(type, name, from) assert_true(after.name == alone.name);
            MBP_SENSOR_SHOWN(SAME)
#undef SAME
            assert_memory_equal(after.active, alone.active, sizeof alone.active);
            assert_memory_equal(after.alarm_state, alone.alarm_state, sizeof alone.alarm_state);
            assert_memory_equal(after.raised_s, alone.raised_s, sizeof alone.raised_s);
            assert_memory_equal(after.shelved_s, alone.shelved_s, sizeof alone.shelved_s);
            assert_memory_equal(after.bypassed_s, alone.bypassed_s, sizeof alone.bypassed_s);
            alike += s > 0 && walk.state->active[s] == walk.state->active[s - 1] ? 1 : 0;
        }
    }
    assert_true(alike > 1000);
    mbp_state_free(walk.state);
    mbp_plant_free(walk.plant);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tables_show_every_member_of_every_view),
        cmocka_unit_test(test_alarms_after_those_of_another_sensor_are_those_by_themselves),
        cmocka_unit_test(test_summary_counts_the_alarms_that_are_seen)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
