/* The bench's making. */
#include "bench.h"

#include <stdlib.h>

static const char yaml[] =
    "mbplant: 1\n"
    "name: Bench\n"
    "scan: 100ms\n"
    "units:\n"
    "  - id: 5\n"
    "    machines:\n"
    "      - name: M1\n"
    "        sensors:\n"
    "          - {name: T1, kind: temperature, range: [0, 150], deadband: 2, trip: [high_high],\n"
    "             limits: {low_low: 5, low: 10, high: 85, high_high: 95}, register: {type: float32}}\n"
    "          - {name: D1, kind: level, range: [0, 10], max: 8, delay: 2s, register: {type: float32}}\n"
    "          - {name: P1, kind: pressure, range: [0, 10], min: 1, max: 9, register: {type: float32}}\n"
    "      - name: M2\n"
    "        sensors: [{name: Q1, kind: flow, range: [0, 10], max: 8, register: {type: float32}}]\n"
    "    sensors: [{name: U1, kind: flow, range: [0, 10], limits: {high: 8}, register: {type: float32}}]\n";

int bench_setup_of(void **state, const char *text, double value)
{
    struct bench *bench = calloc(1, sizeof *bench);
    assert_non_null(bench);
    bench->plant = fixture_plant(text);
    bench->events = fixture_events();
    assert_int_equal(mbp_state_new(bench->plant, FIXTURE_WALL_MS, &bench->state), MBP_OK);
    for (uint32_t s = 0; s < bench->plant->sensor_count; s++)
        bench->state->value[s] = value;
    *state = bench;
    return 0;
}

int bench_setup(void **state)
{
    bench_setup_of(state, yaml, 5);
    struct bench *bench = *state;
    bench_show(bench, T1, 50);
    assert_int_equal(bench->events.count, 0);
    return 0;
}

int bench_teardown(void **state)
{
    struct bench *bench = *state;
    mbp_events_free(&bench->events);
    mbp_state_free(bench->state);
    mbp_plant_free(bench->plant);
    free(bench);
    return 0;
}

void bench_show(struct bench *bench, uint32_t sensor, double value)
{
    bench_forget(bench);
    bench->state->value[sensor] = value;
    mbp_diagnosis_run(bench->plant, bench->state, &bench->events);
}

void bench_forget(struct bench *bench)
{
    bench->events.count = 0;
}

double *bench_limit(struct bench *bench, uint32_t sensor, enum mbp_limit limit)
{
    return &bench->state->limit[MBP_LIMIT_COUNT * sensor + limit];
}
