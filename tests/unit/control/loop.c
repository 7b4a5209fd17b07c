/* The loop's making. */
#include "loop.h"

#include <math.h>
#include <stdlib.h>

static const char yaml[] =
    "mbplant: 1\nscan: 100ms\nunits:\n  - id: 1\n    machines:\n      - name: M1\n"
    "        sensors:\n"
    "          - {name: LT, range: [0, 100]}\n"
    "          - {name: TT, range: [0, 200]}\n"
    "          - {name: PT, range: [0, 10]}\n"
    "          - {name: FT, range: [0, 40]}\n"
    "          - {name: FT2, range: [0, 40]}\n"
    "        actuators:\n"
    "          - {name: FV, initial: 40, fail: {en_panne: closed}}\n"
    "          - {name: HV, initial: 20}\n"
    "          - {name: PV, initial: 30, fail: {en_panne: closed}}\n"
    "        controllers:\n"
    "          - {name: LIC, input: LT, output: FV, setpoint: 50, gain: 2, integral: 10s}\n"
    "          - {name: TIC, input: TT, output: HV, setpoint: 100, gain: 1, action: direct}\n"
    "          - {name: PIC, input: PT, setpoint: 5, gain: 4, integral: 20s}\n"
    "          - {name: FIC, input: FT, output: PV, cascade: PIC, setpoint: 20, gain: 1, integral: 5s,\n"
    "             feedforward: [{from: FT2, gain: 0.5}]}\n";

int loop_setup(void **state)
{
    struct loop *loop = calloc(1, sizeof *loop);
    assert_non_null(loop);
    loop->plant = fixture_plant(yaml);
    loop->events = fixture_events();
    assert_int_equal(mbp_control_new(loop->plant, &loop->control), MBP_OK);
    assert_int_equal(mbp_state_new(loop->plant, FIXTURE_WALL_MS, &loop->state), MBP_OK);
    static const double values[] = {50, 100, 5, 20, 10};
    for (int s = 0; s < 5; s++)
        loop->state->value[s] = values[s];
    loop_scan(loop, 1);
    *state = loop;
    return 0;
}

int loop_teardown(void **state)
{
    struct loop *loop = *state;
    mbp_events_free(&loop->events);
    mbp_state_free(loop->state);
    mbp_control_free(loop->control);
    mbp_plant_free(loop->plant);
    free(loop);
    return 0;
}

void loop_scan(struct loop *loop, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        mbp_control_run(loop->control, loop->state);
}

void loop_set(struct loop *loop, uint32_t controller, enum mbp_setting setting, double value)
{
    loop->events.count = 0;
    mbp_control_set(loop->plant, loop->state, controller, setting, value, LOOP_PEER, &loop->events);
}

void loop_switch(struct loop *loop, uint32_t controller, bool automatic)
{
    loop->events.count = 0;
    mbp_control_switch(loop->plant, loop->state, controller, automatic, LOOP_PEER, &loop->events);
}

void loop_assert_near(double actual, double expected)
{
    if (!(fabs(actual - expected) < 1e-9))
        fail_msg("%.15g is not near %.15g", actual, expected);
}
