/* A level controller that gives a flow controller its setpoint, through trips and narrow valves, with the process. */
#include <math.h>

#include "line.h"

static const char cascade[] =
    "mbplant: 1\nname: Cascade\nscan: 100ms\nunits:\n  - id: 1\n    machines:\n      - name: M1\n"
    "        actuators: [{name: FV, kind: valve, travel: 10s, initial: 50, fail: closed}]\n"
    "        controllers:\n"
    "          - {name: LIC, input: LT, setpoint: 50, gain: 0.5, integral: 60s}\n"
    "          - {name: FIC, input: FT, output: FV, cascade: LIC, setpoint: 10, gain: 2, integral: 5s}\n"
    "        sensors:\n"
    "          - {name: LT, range: [0, 100], register: {type: float32}, signal: {base: -10, inputs: [{from: FT}],\n"
    "             integrate: {gain: 0.02, initial: 50}}}\n"
    "          - {name: FT, range: [0, 100], register: {type: float32}, signal: {base: 0,\n"
    "             inputs: [{from: FV, gain: 0.2}], lag: 2s}}\n";
enum { LT, FT };
enum { LIC, FIC };

static void begin(struct line *line)
{
    line_stop(line);
    line_start(line, cascade);
    line_scan(line, 100);
    assert_true(fabs(mbp_scan_state(line->scan)->value[LT] - 50) < 0.5);
}

/* The highest value of the level while so many scans go by. */
static double highest(struct line *line, unsigned scans)
{
    double most = 0;
    for (unsigned i = 0; i < scans; i++) {
        line_scan(line, 1);
        most = fmax(most, mbp_scan_state(line->scan)->value[LT]);
    }
    return most;
}

static void test_cascade_through_a_trip_neither_winds_up_nor_bumps(void **state)
{
    struct line *line = *state;
    begin(line);
    double setpoint = mbp_scan_state(line->scan)->controller[FIC].setpoint;
    line_write_coil(line, MBP_EN_PANNE, true);
    line_scan(line, 1200);
    const struct mbp_state *now = mbp_scan_state(line->scan);
    assert_true(now->value[LT] < 30); /* it ran out */
    assert_true(fabs(now->controller[FIC].setpoint - setpoint) < 0.1);
    double stood = now->controller[FIC].setpoint;
    line_write_coil(line, MBP_EN_SERVICE, true);
    line_scan(line, 2);
    assert_true(fabs(now->controller[FIC].setpoint - stood) < 0.1);
    assert_true(highest(line, 8000) < 60);
    assert_true(fabs(now->value[LT] - 50) < 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LINE_TEST(test_cascade_through_a_trip_neither_winds_up_nor_bumps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
