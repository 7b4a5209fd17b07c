/* A new state: one block of memory, as the plant file says. */
#include "fixture.h"

#include <math.h>
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#endif

#include "mbplant/state.h"

static const char yaml[] =
    "mbplant: 1\n"
    "name: State\n"
    "units:\n"
    "  - id: 1\n"
    "    machines:\n"
    "      - {name: A, state: maintenance,\n"
    "         sensors: [{name: S1, kind: level, range: [0, 10], limits: {low: 1, high_high: 9}}]}\n"
    "      - {name: B, sensors: [{name: S2, kind: level}, {name: S3, kind: level}]}\n";

static void test_state_of_a_plant_starts_as_its_file_says(void **unused)
{
    (void)unused;
    struct mbp_plant *plant = fixture_plant(yaml);
    struct mbp_state *state;
    assert_int_equal(mbp_state_new(plant, FIXTURE_WALL_MS, &state), MBP_OK);
    assert_int_equal(state->sensor_count, 3);
    assert_int_equal(state->machine_count, 2);
    assert_int_equal(state->scan, 0);
    assert_int_equal(state->wall_ms, FIXTURE_WALL_MS);
    assert_int_equal(state->machine[0].state, MBP_MAINTENANCE);
    assert_int_equal(state->machine[1].state, MBP_EN_SERVICE);
    for (uint32_t m = 0; m < 2; m++) {
        assert_int_equal(state->machine[m].since_ms, FIXTURE_WALL_MS);
        assert_int_equal(state->machine[m].first_out, UINT32_MAX);
        assert_int_equal(state->machine[m].good, 0);
    }
    static const double limits[4] = {NAN, 1, NAN, 9};
    for (int l = 0; l < MBP_LIMIT_COUNT; l++)
        fixture_assert_number(state->limit[l], limits[l]);
    for (uint32_t s = 0; s < 3; s++) {
        assert_int_equal(state->active[s] | state->unack[s] | state->flags[s], 0);
        assert_true(isnan(state->forced_value[s]));
    }
    mbp_state_free(state);
    mbp_plant_free(plant);
}

static void test_state_arrays_lie_apart_in_one_block(void **unused)
{
    (void)unused;
    struct mbp_plant *plant = fixture_plant(yaml);
    struct mbp_state *state;
    assert_int_equal(mbp_state_new(plant, 0, &state), MBP_OK);
    const char *begin = state->memory;
    const char *end = begin + state->memory_len;
    const struct {
        const void *at;
        size_t len;
    } arrays[] = {
        {state->lagged, 3 * sizeof(double)},
        {state->value, 3 * sizeof(double)},
        {state->forced_value, 3 * sizeof(double)},
        {state->limit, 12 * sizeof(double)},
        {state->alarm_scans, 18 * sizeof(uint32_t)},
        {state->normal_low, 3 * sizeof(double)},
        {state->normal_high, 3 * sizeof(double)},
        {state->beyond, 3},
        {state->latched, 3},
        {state->hidden, 3},
        {state->shelf_end_ns, 3 * sizeof(uint64_t)},
        {state->active, 3},
        {state->unack, 3},
        {state->flags, 3},
        {state->machine, 2 * sizeof(struct mbp_machine_state)},
    };
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++) {
        const char *at = arrays[i].at;
        assert_int_equal((uintptr_t)at % 64, 0);
        assert_true(at >= begin && at + arrays[i].len <= end);
        for (size_t k = 0; k < i; k++) {
            const char *other = arrays[k].at;
            assert_true(at >= other + arrays[k].len || other >= at + arrays[i].len);
        }
    }
    mbp_state_free(state);
    mbp_plant_free(plant);
}

static void test_state_array_ends_at_a_fence_in_a_copy_too(void **unused)
{
    (void)unused;
#if defined(__SANITIZE_ADDRESS__)
    struct mbp_plant *plant = fixture_plant(yaml);
    struct mbp_state *states[2];
    assert_int_equal(mbp_state_new(plant, 0, &states[0]), MBP_OK);
    assert_int_equal(mbp_state_clone(states[0], &states[1]), MBP_OK);
    mbp_state_copy(states[0], states[1]);
    for (int i = 0; i < 2; i++) {
        assert_true(__asan_address_is_poisoned(states[i]->value + 3));
        assert_true(__asan_address_is_poisoned(states[i]->flags + 3));
        assert_true(__asan_address_is_poisoned(states[i]->machine + 2));
        assert_null(__asan_region_is_poisoned(states[i]->limit, 12 * sizeof(double)));
        mbp_state_free(states[i]);
    }
    mbp_plant_free(plant);
#else
    skip();
#endif
}

static void test_state_of_a_plant_of_raw_tables_is_empty(void **unused)
{
    (void)unused;
    struct mbp_plant *plant =
        fixture_plant("mbplant: 1\nname: Raw\nunits: [{id: 1, tables: {coils: [{at: 0, count: 1}]}}]\n");
    struct mbp_state *state;
    assert_int_equal(mbp_state_new(plant, 0, &state), MBP_OK);
    assert_int_equal(state->sensor_count, 0);
    assert_int_equal(state->machine_count, 0);
    mbp_state_free(state);
    mbp_state_free(NULL);
    mbp_plant_free(plant);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_state_of_a_plant_starts_as_its_file_says),
        cmocka_unit_test(test_state_arrays_lie_apart_in_one_block),
        cmocka_unit_test(test_state_array_ends_at_a_fence_in_a_copy_too),
        cmocka_unit_test(test_state_of_a_plant_of_raw_tables_is_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
