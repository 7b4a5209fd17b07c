/* Retained state: comes back as it was left, by name, and an edited file limit wins over the stored one. */
#include <math.h>
#include <string.h>

#include "journal_fixture.h"

static struct mbp_state *new_state(const struct fixture *f)
{
    struct mbp_state *state = NULL;
    assert_int_equal(mbp_state_new(&f->plant, 1, &state), MBP_OK);
    return state;
}

static struct mbp_retained_machine worn_machine(uint32_t index, uint32_t first_out)
{
    return (struct mbp_retained_machine){.machine = index,
                                         .state = {.since_ms = 1790000000123,
                                                   .in_state_ns = 11,
                                                   .running_ns = UINT64_C(900000000000000007),
                                                   .down_ns = 13,
                                                   .maintenance_ns = 14,
                                                   .since_maintenance_ns = 15,
                                                   .cycle_ns = 16,
                                                   .good = UINT32_MAX,
                                                   .reject = 18,
                                                   .failures = 19,
                                                   .first_out = first_out,
                                                   .alarms = 2,
                                                   .state = MBP_EN_PANNE,
                                                   .trip = true,
                                                   .due = true,
                                                   .refusal_told = true}};
}

static void assert_worn_machine(const struct mbp_machine_state *machine, uint32_t first_out)
{
    const struct mbp_machine_state expected = worn_machine(0, first_out).state;
    assert_int_equal(machine->since_ms, expected.since_ms);
    assert_int_equal(machine->in_state_ns, expected.in_state_ns);
    assert_int_equal(machine->running_ns, expected.running_ns);
    assert_int_equal(machine->down_ns, expected.down_ns);
    assert_int_equal(machine->maintenance_ns, expected.maintenance_ns);
    assert_int_equal(machine->since_maintenance_ns, expected.since_maintenance_ns);
    assert_int_equal(machine->cycle_ns, expected.cycle_ns);
    assert_int_equal(machine->good, expected.good);
    assert_int_equal(machine->reject, expected.reject);
    assert_int_equal(machine->failures, expected.failures);
    assert_int_equal(machine->first_out, expected.first_out);
    assert_int_equal(machine->alarms, expected.alarms);
    assert_int_equal(machine->state, expected.state);
    assert_true(machine->trip);
    assert_true(machine->due);
    assert_true(machine->refusal_told);
}

static void store_machine(struct fixture *f, struct mbp_retained_machine machine)
{
    fixture_open(f);
    assert_int_equal(mbp_journal_push_machine(f->journal, &machine), MBP_OK);
    fixture_close(f);
}

/* A sensor with `high` as its HIGH limit, stored while the file of the fixture's plant said 85. */
static void store_sensor(struct fixture *f, uint32_t index, double high)
{
    struct mbp_retained_sensor sensor = {.sensor = index,
                                         .limit = {NAN, 10, high, NAN},
                                         .file_limit = {NAN, 10, 85, NAN},
                                         .forced_value = 92.5,
                                         .forced = true};
    fixture_open(f);
    assert_int_equal(mbp_journal_push_sensor(f->journal, &sensor), MBP_OK);
    fixture_close(f);
}

static void store_alarms(struct fixture *f, uint32_t index)
{
    struct mbp_retained_alarms alarms = {
        .sensor = index, .shelf_ms = -1, .active = 1 << MBP_HIGH, .unack = 1 << MBP_HIGH | 1 << MBP_LOW};
    fixture_open(f);
    assert_int_equal(mbp_journal_push_alarms(f->journal, &alarms), MBP_OK);
    fixture_close(f);
}

static void store_checkpoint(struct fixture *f)
{
    const uint8_t byte = 0;
    const struct mbp_span span = {&byte, sizeof byte};
    const struct mbp_checkpoint checkpoint = {0, &span, 1};
    fixture_open(f);
    assert_int_equal(mbp_journal_push_checkpoint(f->journal, &checkpoint), MBP_OK);
    fixture_close(f);
}

static void take_checkpoint(struct fixture *f)
{
    struct mbp_stored_checkpoint stored;
    assert_int_equal(mbp_journal_checkpoint(f->journal, &stored), MBP_OK);
    mbp_stored_checkpoint_free(&stored);
}

static double restored_limit(struct fixture *f, uint32_t sensor, enum mbp_limit limit)
{
    struct mbp_state *state = new_state(f);
    fixture_open(f);
    assert_int_equal(mbp_journal_restore(f->journal, false, state, NULL, NULL), MBP_OK);
    double restored = state->limit[sensor * MBP_LIMIT_COUNT + (unsigned)limit];
    mbp_state_free(state);
    fixture_close(f);
    return restored;
}

static void test_restore_machine_comes_back_as_it_was_left(void **ctx)
{
    struct fixture *f = *ctx;
    store_machine(f, worn_machine(FILL1, PT101));
    struct mbp_state *state = new_state(f);
    fixture_open(f);
    assert_int_equal(mbp_journal_restore(f->journal, false, state, NULL, NULL), MBP_OK);
    assert_worn_machine(&state->machine[FILL1], PT101);
    /* The one without a row stays as the file says. */
    assert_int_equal(state->machine[CAP1].state, MBP_EN_SERVICE);
    assert_int_equal(state->machine[CAP1].since_ms, 1);
    mbp_state_free(state);
}

static void test_restore_sensor_comes_back_but_for_its_quality(void **ctx)
{
    struct fixture *f = *ctx;
    store_sensor(f, LT301, 70);
    store_alarms(f, LT301);
    store_alarms(f, PT101);
    struct mbp_state *state = new_state(f);
    state->flags[LT301] = MBP_SENSOR_BAD;
    state->flags[TT101] = MBP_SENSOR_BAD;
    fixture_open(f);
    assert_int_equal(mbp_journal_restore(f->journal, false, state, NULL, NULL), MBP_OK);
    assert_true(state->forced_value[LT301] == 92.5);
    assert_int_equal(state->active[LT301], 1 << MBP_HIGH);
    assert_int_equal(state->unack[LT301], 1 << MBP_HIGH | 1 << MBP_LOW);
    assert_int_equal(state->flags[LT301], MBP_SENSOR_FORCED | MBP_SENSOR_SHELVED);
    assert_int_equal(state->flags[PT101], MBP_SENSOR_SHELVED);
    assert_int_equal(state->flags[TT101], MBP_SENSOR_BAD); /* it has no row */
    mbp_state_free(state);
}

/* A checkpoint has the limits of all; what came after it is taken alone. */
static void test_restore_alarms_that_are_newer_than_the_checkpoint_without_the_limits_before_it(void **ctx)
{
    struct fixture *f = *ctx;
    struct mbp_state *state = new_state(f);
    store_sensor(f, LT301, 70);
    store_checkpoint(f);
    fixture_open(f);
    take_checkpoint(f);
    assert_false(mbp_journal_has_newer(f->journal));
    fixture_close(f);
    store_alarms(f, LT301);
    state->limit[LT301 * MBP_LIMIT_COUNT + MBP_HIGH] = 60;
    fixture_open(f);
    take_checkpoint(f);
    assert_int_equal(mbp_journal_push_checkpoint(f->journal, NULL), MBP_OK); /* as a recovered tail may have it */
    mbp_journal_hand_over(f->journal);
    assert_int_equal(mbp_journal_flush(f->journal), MBP_OK);
    assert_true(mbp_journal_has_newer(f->journal));
    assert_int_equal(mbp_journal_restore(f->journal, true, state, NULL, NULL), MBP_OK);
    assert_true(state->limit[LT301 * MBP_LIMIT_COUNT + MBP_HIGH] == 60);
    assert_int_equal(state->active[LT301], 1 << MBP_HIGH);
    assert_int_equal(state->flags[LT301], MBP_SENSOR_SHELVED);
    mbp_state_free(state);
}

/* A force of one scan is in a checkpoint at most; the alarm that it raises must not keep it. */
static void test_retake_alarms_leaves_a_force_of_one_scan_to_end(void **ctx)
{
    struct fixture *f = *ctx;
    struct mbp_state *state = new_state(f);
    state->flags[LT301] = MBP_SENSOR_FORCED | MBP_SENSOR_ONCE;
    assert_false(mbp_retain_sensor(&f->plant, state, LT301).forced);
    const struct mbp_retained_alarms alarms = mbp_retain_alarms(state, LT301);
    mbp_retake_alarms(state, &alarms);
    assert_int_equal(state->flags[LT301], MBP_SENSOR_FORCED | MBP_SENSOR_ONCE);
    const struct mbp_retained_sensor sensor = mbp_retain_sensor(&f->plant, state, LT301);
    mbp_retake_sensor(&f->plant, state, &sensor);
    assert_int_equal(state->flags[LT301], 0);
    mbp_state_free(state);
}

static void test_restore_limit_of_a_master_stays_while_the_file_is_the_same(void **ctx)
{
    struct fixture *f = *ctx;
    store_sensor(f, TT101, 70);
    assert_true(restored_limit(f, TT101, MBP_HIGH) == 70);
    assert_true(restored_limit(f, TT101, MBP_LOW) == 10);
    assert_true(isnan(restored_limit(f, TT101, MBP_HIGH_HIGH)));
}

static void test_restore_limit_edited_in_the_file_wins(void **ctx)
{
    struct fixture *f = *ctx;
    store_sensor(f, TT101, 70);
    f->limits[TT101][MBP_HIGH] = 80;
    assert_true(restored_limit(f, TT101, MBP_HIGH) == 80);
    /* Limits are compared one by one: this one was not edited. */
    assert_true(restored_limit(f, TT101, MBP_LOW) == 10);
}

static void test_restore_limit_removed_from_or_new_in_the_file_wins(void **ctx)
{
    struct fixture *f = *ctx;
    store_sensor(f, TT101, 70);
    f->limits[TT101][MBP_HIGH] = NAN;
    f->limits[TT101][MBP_HIGH_HIGH] = 95;
    assert_true(isnan(restored_limit(f, TT101, MBP_HIGH)));
    assert_true(restored_limit(f, TT101, MBP_HIGH_HIGH) == 95);
}

static void test_restore_limits_out_of_order_after_an_edit_are_the_files(void **ctx)
{
    struct fixture *f = *ctx;
    store_sensor(f, TT101, 70);
    f->limits[TT101][MBP_LOW] = 72;
    assert_true(restored_limit(f, TT101, MBP_LOW) == 72);
    assert_true(restored_limit(f, TT101, MBP_HIGH) == 85); /* not the master's 70, which would stand below low */
}

static void test_restore_limits_outside_an_edited_range_are_the_files(void **ctx)
{
    struct fixture *f = *ctx;
    store_sensor(f, TT101, 120);
    f->range[TT101][1] = 100;
    assert_true(restored_limit(f, TT101, MBP_HIGH) == 85);
}

static void test_restore_forced_value_of_a_sensor_that_is_no_longer_held_is_released(void **ctx)
{
    struct fixture *f = *ctx;
    store_sensor(f, TT101, 70);
    store_alarms(f, TT101);
    f->sensors[TT101].inject = MBP_INJECT_REJECT;
    struct mbp_state *state = new_state(f);
    fixture_open(f);
    assert_int_equal(mbp_journal_restore(f->journal, false, state, NULL, NULL), MBP_OK);
    assert_int_equal(state->flags[TT101], MBP_SENSOR_SHELVED);
    mbp_state_free(state);
}

static void test_restore_limit_removed_by_a_master_stays_removed(void **ctx)
{
    struct fixture *f = *ctx;
    store_sensor(f, TT101, NAN);
    assert_true(isnan(restored_limit(f, TT101, MBP_HIGH)));
}

static void test_restore_reordered_file_follows_the_names(void **ctx)
{
    struct fixture *f = *ctx;
    store_machine(f, worn_machine(FILL1, PT101));
    store_sensor(f, PT101, 70);
    /* FILL1 and CAP1 change places, and so do their sensors. */
    f->machines[0].name = "CAP1";
    f->machines[1].name = "FILL1";
    f->sensors[PT101].name = "ST201";
    f->sensors[ST201].name = "PT101";
    struct mbp_state *state = new_state(f);
    fixture_open(f);
    assert_int_equal(mbp_journal_restore(f->journal, false, state, NULL, NULL), MBP_OK);
    assert_worn_machine(&state->machine[1], ST201);
    assert_int_equal(state->machine[0].good, 0);
    assert_true(state->limit[ST201 * MBP_LIMIT_COUNT + MBP_HIGH] == 70);
    assert_true(state->limit[PT101 * MBP_LIMIT_COUNT + MBP_HIGH] == 85);
    mbp_state_free(state);
}

static void test_restore_first_out_that_the_machine_lost_is_none(void **ctx)
{
    struct fixture *f = *ctx;
    store_machine(f, worn_machine(FILL1, PT101));
    f->sensors[PT101].name = "PT102";
    struct mbp_state *state = new_state(f);
    fixture_open(f);
    assert_int_equal(mbp_journal_restore(f->journal, false, state, NULL, NULL), MBP_OK);
    assert_worn_machine(&state->machine[FILL1], UINT32_MAX);
    mbp_state_free(state);
}

static void test_restore_same_name_in_another_unit_is_another_sensor(void **ctx)
{
    struct fixture *f = *ctx;
    store_sensor(f, LT301, 70);
    f->sensors[LT301].unit = 0;
    assert_true(restored_limit(f, LT301, MBP_HIGH) == 85);
}

static void test_restore_name_gone_and_back_again_has_its_state(void **ctx)
{
    struct fixture *f = *ctx;
    store_sensor(f, TT101, 70);
    f->sensors[TT101].name = "TT999";
    assert_true(restored_limit(f, TT101, MBP_HIGH) == 85);
    f->sensors[TT101].name = "TT101";
    assert_true(restored_limit(f, TT101, MBP_HIGH) == 70);
}

static void test_push_twice_the_later_state_is_kept(void **ctx)
{
    struct fixture *f = *ctx;
    struct mbp_retained_machine machine = worn_machine(CAP1, UINT32_MAX);
    store_machine(f, machine);
    machine.state.good = 4;
    machine.state.first_out = ST201;
    store_machine(f, machine);
    struct mbp_state *state = new_state(f);
    fixture_open(f);
    assert_int_equal(mbp_journal_restore(f->journal, false, state, NULL, NULL), MBP_OK);
    assert_int_equal(state->machine[CAP1].good, 4);
    assert_int_equal(state->machine[CAP1].first_out, ST201);
    mbp_state_free(state);
}

static void test_restore_impossible_row_is_corrupt_and_changes_nothing(void **ctx)
{
    struct fixture *f = *ctx;
    static const char *const damages[] = {
        "UPDATE retained_machine SET state = 3",
        "UPDATE retained_machine SET good = -1",
        "UPDATE retained_machine SET failures = 4294967296",
        "UPDATE retained_machine SET due = 2",
        "UPDATE retained_alarms SET active = 256",
        "UPDATE retained_alarms SET active = 128", /* there is no such alarm */
        "UPDATE retained_alarms SET unack = 128",
        "UPDATE retained_sensor SET forced = 2",
    };
    for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
        store_machine(f, worn_machine(FILL1, TT101));
        store_sensor(f, TT101, 70);
        store_alarms(f, TT101);
        fixture_sql(f->db, damages[i]);
        struct mbp_state *state = new_state(f);
        struct mbp_state *untouched = new_state(f);
        fixture_open(f);
        assert_int_equal(mbp_journal_restore(f->journal, false, state, NULL, NULL), MBP_ERR_CORRUPT);
        assert_memory_equal(state->memory, untouched->memory, state->memory_len);
        mbp_state_free(state);
        mbp_state_free(untouched);
        fixture_close(f);
    }
}

/* ---- faults ------------------------------------------------------------------------------------------------------ */

static struct mbp_retained_fault taken[MBP_AD_HOC_FAULTS + 2];
static size_t taken_count;

static void take_fault(void *ctx, const struct mbp_retained_fault *fault)
{
    (void)ctx;
    taken[taken_count++] = *fault;
}

static enum mbp_status take_faults(struct fixture *f)
{
    taken_count = 0;
    fixture_open(f);
    enum mbp_status status = mbp_journal_faults(f->journal, false, take_fault, NULL);
    fixture_close(f);
    return status;
}

static void store_fault(struct fixture *f, const struct mbp_retained_fault *fault)
{
    fixture_open(f);
    assert_int_equal(mbp_journal_push_fault(f->journal, fault), MBP_OK);
    mbp_journal_hand_over(f->journal);
    fixture_close(f);
}

static const struct mbp_plant_fault plant_faults[] = {{.name = "DRIFT", .mttf_ns = 60, .mttr_ns = 6}};
static const struct mbp_retained_fault drift = {.fault = 0,
                                                .active = true,
                                                .effect = {.subject = ST201,
                                                           .kind = MBP_EFFECT_DRIFT,
                                                           .upscale = true,
                                                           .amount = -1.5,
                                                           .over_ns = 2,
                                                           .after_ns = 3,
                                                           .duration_ns = 4},
                                                .elapsed_ns = 5,
                                                .left_ns = UINT64_MAX,
                                                .draws = 7,
                                                .held = NAN};

static void test_fault_comes_back_as_it_was(void **ctx)
{
    struct fixture *f = *ctx;
    f->plant.faults = plant_faults;
    f->plant.fault_count = 1;
    assert_int_equal(take_faults(f), MBP_OK);
    assert_int_equal(taken_count, 0);
    struct mbp_retained_fault ad_hoc = drift;
    ad_hoc.fault = 1 + 15; /* the last place */
    ad_hoc.left_ns = 99;
    ad_hoc.active = false;
    store_fault(f, &drift);
    store_fault(f, &ad_hoc);
    assert_int_equal(take_faults(f), MBP_OK);
    assert_int_equal(taken_count, 2);
    assert_int_equal(taken[0].fault, 0);
    assert_true(taken[0].active);
    assert_int_equal(taken[0].effect.subject, ST201);
    assert_int_equal(taken[0].effect.kind, MBP_EFFECT_DRIFT);
    assert_true(taken[0].effect.upscale);
    assert_true(taken[0].effect.amount == -1.5);
    assert_int_equal(taken[0].effect.over_ns, 2);
    assert_int_equal(taken[0].effect.after_ns, 3);
    assert_int_equal(taken[0].effect.duration_ns, 4);
    assert_int_equal(taken[0].elapsed_ns, 5);
    assert_true(taken[0].left_ns == UINT64_MAX);
    assert_int_equal(taken[0].draws, 7);
    assert_true(isnan(taken[0].held));
    assert_int_equal(taken[1].fault, 16);
    assert_false(taken[1].active);
    assert_int_equal(taken[1].left_ns, 99);
}

static void test_fault_with_other_times_in_the_file_or_without_its_sensor_has_none(void **ctx)
{
    static const struct mbp_plant_fault rarer[] = {{.name = "DRIFT", .mttf_ns = 61, .mttr_ns = 6}};
    struct fixture *f = *ctx;
    f->plant.faults = plant_faults;
    f->plant.fault_count = 1;
    store_fault(f, &drift);
    f->plant.faults = rarer;
    assert_int_equal(take_faults(f), MBP_OK);
    assert_int_equal(taken[0].effect.subject, UINT32_MAX);
    f->plant.faults = plant_faults;
    f->sensors[ST201].name = "ST209";
    assert_int_equal(take_faults(f), MBP_OK);
    assert_int_equal(taken[0].effect.subject, UINT32_MAX);
}

static void test_fault_row_that_we_never_write_is_damage(void **ctx)
{
    struct fixture *f = *ctx;
    static const char *const damages[] = {
        "UPDATE retained_fault SET active = 2", "UPDATE retained_fault SET kind = 'none'",
        "UPDATE retained_fault SET left_ns = -2", "UPDATE retained_fault SET over_ns = -1",
        "UPDATE retained_fault SET elapsed_ns = -1"};
    f->plant.faults = plant_faults;
    f->plant.fault_count = 1;
    for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
        store_fault(f, &drift);
        fixture_sql(f->db, damages[i]);
        assert_int_equal(take_faults(f), MBP_ERR_CORRUPT);
    }
}

/* ---- what the plant does not have -------------------------------------------------------------------------------- */

#define HEAD "mbplant: 1\nunits:\n  - id: 2\n    sensors:\n      - {name: A, range: [0, 9]}\n"
#define REST                                                                                                           \
    "      - {name: B, range: [0, 9]}\n    alarms: [{name: OWN, when: A > 5}]\n"                                       \
    "    machines: [{name: M, sensors: [{name: C}], interlocks: [{name: LOW, when: A < 2}]}]\n"                        \
    "    actuators: [{name: V}]\n    controllers: [{name: R, input: A, output: V, setpoint: 5, gain: 1}]\n"            \
    "    parameters: {K: 1}\n"                                                                                         \
    "    points: [{at: holding 700, name: P, value: 1, access: read_write}, {at: holding 701, value: 1, access: "      \
    "read_write}]\n  - {id: 3, points: [{at: holding 701, value: 1, access: read_write}]}\n"

static void retain_everything(struct fixture *f)
{
    struct mbp_state *state = new_state(f);
    for (uint32_t s = 0; s < f->plant.sensor_count; s++) {
        const struct mbp_retained_sensor sensor = mbp_retain_sensor(&f->plant, state, s);
        const struct mbp_retained_alarms alarms = mbp_retain_alarms(state, s);
        assert_int_equal(mbp_journal_push_sensor(f->journal, &sensor), MBP_OK);
        assert_int_equal(mbp_journal_push_alarms(f->journal, &alarms), MBP_OK);
    }
    for (uint32_t m = 0; m < f->plant.machine_count; m++) {
        const struct mbp_retained_machine machine = mbp_retain_machine(state, m);
        const struct mbp_retained_upkeep upkeep = mbp_retain_upkeep(state, m);
        assert_int_equal(mbp_journal_push_machine(f->journal, &machine), MBP_OK);
        assert_int_equal(mbp_journal_push_upkeep(f->journal, &upkeep), MBP_OK);
    }
    for (uint32_t i = 0; i < mbp_setting_count(&f->plant); i++) {
        const struct mbp_retained_setting setting = {i, mbp_setting_now(&f->plant, state, i),
                                                     mbp_setting_in_file(&f->plant, i)};
        assert_int_equal(mbp_journal_push_setting(f->journal, &setting), MBP_OK);
    }
    mbp_state_free(state);
}

static void count_row(void *ctx, uint32_t item)
{
    (void)item;
    ++*(size_t *)ctx;
}

static size_t count_rows(struct fixture *f)
{
    struct mbp_state *state = new_state(f);
    size_t rows = 0;
    assert_int_equal(mbp_journal_restore(f->journal, false, state, count_row, &rows), MBP_OK);
    mbp_state_free(state);
    return rows;
}

/* A run with a plant of its own, which is to forget; how many rows there are then. */
static size_t run_and_forget(struct fixture *f, const char *yaml, bool retains)
{
    struct mbp_plant *plant = NULL;
    struct mbp_plant built_by_hand = f->plant;
    const struct mbp_text text = {yaml, strlen(yaml)};
    assert_int_equal(mbp_plant_parse("a.yaml", text, stderr, &plant), MBP_OK);
    f->plant = *plant;
    fixture_open(f);
    if (retains)
        retain_everything(f);
    assert_int_equal(mbp_journal_push_forget(f->journal), MBP_OK);
    mbp_journal_hand_over(f->journal);
    assert_int_equal(mbp_journal_flush(f->journal), MBP_OK);
    size_t rows = count_rows(f);
    fixture_close(f);
    f->plant = built_by_hand;
    mbp_plant_free(plant);
    return rows;
}

static void test_forget_leaves_the_rows_of_all_that_the_plant_has(void **ctx)
{
    struct fixture *f = *ctx;
    const size_t of_sensors = 2 * (4 + 2); /* an alarm, an interlock and that of its bypass are such, too */
    const size_t of_settings = 1 + MBP_SETTINGS_RETAINED + 4 + 1;
    assert_int_equal(run_and_forget(f, HEAD REST, true), of_sensors + 2 + of_settings);
    assert_int_equal(run_and_forget(f, HEAD, false), 2 + 1); /* a sensor, the seed */
    assert_int_equal(run_and_forget(f, HEAD REST, false), 2 + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_restore_machine_comes_back_as_it_was_left),
        FIXTURE_TEST(test_restore_sensor_comes_back_but_for_its_quality),
        FIXTURE_TEST(test_restore_alarms_that_are_newer_than_the_checkpoint_without_the_limits_before_it),
        FIXTURE_TEST(test_retake_alarms_leaves_a_force_of_one_scan_to_end),
        FIXTURE_TEST(test_restore_limit_of_a_master_stays_while_the_file_is_the_same),
        FIXTURE_TEST(test_restore_limit_edited_in_the_file_wins),
        FIXTURE_TEST(test_restore_limit_removed_from_or_new_in_the_file_wins),
        FIXTURE_TEST(test_restore_limits_out_of_order_after_an_edit_are_the_files),
        FIXTURE_TEST(test_restore_limits_outside_an_edited_range_are_the_files),
        FIXTURE_TEST(test_restore_forced_value_of_a_sensor_that_is_no_longer_held_is_released),
        FIXTURE_TEST(test_restore_limit_removed_by_a_master_stays_removed),
        FIXTURE_TEST(test_restore_reordered_file_follows_the_names),
        FIXTURE_TEST(test_restore_first_out_that_the_machine_lost_is_none),
        FIXTURE_TEST(test_restore_same_name_in_another_unit_is_another_sensor),
        FIXTURE_TEST(test_restore_name_gone_and_back_again_has_its_state),
        FIXTURE_TEST(test_push_twice_the_later_state_is_kept),
        FIXTURE_TEST(test_restore_impossible_row_is_corrupt_and_changes_nothing),
        FIXTURE_TEST(test_fault_comes_back_as_it_was),
        FIXTURE_TEST(test_fault_with_other_times_in_the_file_or_without_its_sensor_has_none),
        FIXTURE_TEST(test_fault_row_that_we_never_write_is_damage),
        FIXTURE_TEST(test_forget_leaves_the_rows_of_all_that_the_plant_has),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
