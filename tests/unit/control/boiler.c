/* What config/boiler.yaml and config/water.yaml say of their controllers: good as they are, and swinging when tuned as
 * the comments there say. */
#include <math.h>
#include <string.h>

#include "fixture.h"
#include "mbplant/control.h"
#include "mbplant/process.h"

/* How far a sensor's process value goes up and down, once the change of the gain has had its time. */
static double swing_of(const char *file, const char *controller, double gain, const char *sensor, unsigned minutes)
{
    struct mbp_plant *plant = NULL;
    struct mbp_process *process = NULL;
    struct mbp_control *control = NULL;
    struct mbp_state *state = NULL;
    double low = INFINITY, high = -INFINITY;
    assert_int_equal(mbp_plant_load(file, stderr, &plant), MBP_OK);
    assert_int_equal(mbp_process_new(plant, &process), MBP_OK);
    assert_int_equal(mbp_control_new(plant, &control), MBP_OK);
    assert_int_equal(mbp_state_new(plant, FIXTURE_WALL_MS, &state), MBP_OK);
    mbp_process_find_steady_state(process, state);
    mbp_process_sense(process, state);
    state->controller[mbp_plant_find_controller(plant, controller)].setting[MBP_SET_GAIN] = gain;
    uint32_t s = mbp_plant_find_sensor(plant, sensor);
    uint64_t scans = minutes * 60 * MBP_NS_PER_S / plant->scan_ns;
    for (uint64_t i = 0; i < scans; i++) {
        state->scan++;
        state->tick++;
        state->sim_ns += plant->scan_ns;
        mbp_control_run(control, state);
        mbp_process_advance(process, state);
        mbp_process_sense(process, state);
        if (i > scans / 2) {
            low = fmin(low, state->lagged[s]);
            high = fmax(high, state->lagged[s]);
        }
    }
    mbp_state_free(state);
    mbp_control_free(control);
    mbp_process_free(process);
    mbp_plant_free(plant);
    return high - low;
}

static void test_boiler_feedwater_swings_with_a_gain_of_10_and_not_as_it_is(void **state)
{
    (void)state;
    assert_true(swing_of(MBP_CONFIG_DIR "/boiler.yaml", "LIC101", 0.3, "FT101", 20) < 1.5);
    assert_true(swing_of(MBP_CONFIG_DIR "/boiler.yaml", "LIC101", 10, "FT101", 20) > 8);
}

static void test_waterworks_chlorine_swings_with_a_gain_of_300_and_not_as_it_is(void **state)
{
    (void)state;
    assert_true(swing_of(MBP_CONFIG_DIR "/water.yaml", "AIC301", 15, "AT301", 60) < 0.05);
    assert_true(swing_of(MBP_CONFIG_DIR "/water.yaml", "AIC301", 300, "AT301", 60) > 0.1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_boiler_feedwater_swings_with_a_gain_of_10_and_not_as_it_is),
        cmocka_unit_test(test_waterworks_chlorine_swings_with_a_gain_of_300_and_not_as_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
