/* The exercise's making. */
#include "exercise.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char exercise_plant[] =
    "mbplant: 1\n"
    "name: Line\n"
    "scan: 100ms\n"
    "seed: 7\n"
    "instructor: true\n"
    "units:\n"
    "  - id: 1\n"
    "    machines:\n"
    "      - name: FILL1\n"
    "        sensors:\n"
    "          - {name: TT101, kind: temperature, unit: °C, range: [0, 150], max: 85, signal: {base: 65},\n"
    "             register: {type: int16, scale: 0.1}}\n"
    "          - {name: PT101, kind: pressure, unit: bar, range: [0, 10], limits: {low_low: 1, low: 2}, trip: [],\n"
    "             delay: 1s, signal: {base: 5}, register: {type: float32}}\n"
    "        actuators:\n"
    "          - {name: VALVE1, kind: valve, unit: \"%\", range: [0, 100]}\n"
    "      - name: CAP1\n"
    "        maintenance: {takes: 2s}\n"
    "        sensors:\n"
    "          - {name: GS201, signal: {base: 1}, register: {type: bool}, inject: reject}\n"
    "    tables:\n"
    "      holding_registers: [{at: 900, values: [1, 2, 3]}]\n"
    "      coils: [{at: 900, count: 1}]\n"
    "  - id: 2\n"
    "    tables: {coils: [{at: 900, count: 1}]}\n"
    "faults:\n"
    "  - {name: blocked, kind: stuck, sensor: TT101, value: 20, enabled: false}\n";

static void start_plant(struct exercise *exercise)
{
    exercise->time = (struct fixture_time){.mono_ns = 5 * MBP_NS_PER_S, .wall_ms = FIXTURE_WALL_MS};
    exercise->plant = fixture_plant(exercise_plant);
    assert_int_equal(mbp_image_new(exercise->plant, &exercise->image), MBP_OK);
    const struct mbp_scan_config config = {
        exercise->plant, exercise->image, NULL, fixture_clock(&exercise->time), 1.0, 0};
    assert_int_equal(mbp_scan_new(&config, &exercise->scan), MBP_OK);
}

static void stop_plant(struct exercise *exercise)
{
    mbp_play_free(exercise->play);
    mbp_scenario_free(exercise->scenario);
    if (exercise->out != NULL)
        fclose(exercise->out);
    free(exercise->told);
    mbp_scan_free(exercise->scan);
    mbp_image_free(exercise->image);
    mbp_plant_free(exercise->plant);
    memset(exercise, 0, sizeof *exercise);
}

int exercise_setup(void **state)
{
    struct exercise *exercise = calloc(1, sizeof *exercise);
    assert_non_null(exercise);
    start_plant(exercise);
    *state = exercise;
    return 0;
}

int exercise_teardown(void **state)
{
    stop_plant(*state);
    free(*state);
    return 0;
}

void exercise_play(struct exercise *exercise, const char *timeline, bool model)
{
    exercise_play_with(exercise, "", timeline, model);
}

void exercise_play_with(struct exercise *exercise, const char *keys, const char *timeline, bool model)
{
    char *text = NULL;
    stop_plant(exercise);
    start_plant(exercise);
    int len =
        asprintf(&text, "mbplant_scenario: 1\nname: A <\"test\">\nduration: 10s\n%stimeline:\n%s", keys, timeline);
    assert_true(len > 0);
    assert_int_equal(mbp_scenario_parse("test.yaml", (struct mbp_text){text, (size_t)len}, &exercise->scenario),
                     MBP_OK);
    assert_int_equal(mbp_scenario_bind(exercise->scenario, exercise->plant, stderr), MBP_OK);
    free(text);
    exercise->out = open_memstream(&exercise->told, &exercise->told_len);
    assert_non_null(exercise->out);
    const struct mbp_play_config config = {.scenario = exercise->scenario,
                                           .plant = exercise->plant,
                                           .image = exercise->image,
                                           .scan = exercise->scan,
                                           .out = exercise->out,
                                           .model = model};
    assert_int_equal(mbp_play_new(&config, &exercise->play), MBP_OK);
}

void exercise_scan(struct exercise *exercise, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        exercise->time.mono_ns += exercise->plant->scan_ns;
        exercise->time.wall_ms += exercise->plant->scan_ns / MBP_NS_PER_MS;
        mbp_scan_step(exercise->scan);
    }
}

void exercise_coil(struct exercise *exercise, uint16_t addr)
{
    const uint8_t on = 1;
    assert_int_equal(mbp_image_write_bits(mbp_image_unit(exercise->image, 1), addr, 1, &on, (struct mbp_peer){STUDENT}),
                     MBP_OK);
}

enum mbp_verdict exercise_verdict(const struct exercise *exercise, uint32_t i)
{
    return mbp_play_expectation(exercise->play, i).verdict;
}

double exercise_decided_s(const struct exercise *exercise, uint32_t i)
{
    return (double)mbp_play_expectation(exercise->play, i).decided_ns / (double)MBP_NS_PER_S;
}

char *exercise_report(const struct exercise *exercise, enum mbp_play_format format)
{
    char *text = NULL;
    size_t len;
    FILE *out = open_memstream(&text, &len);
    assert_non_null(out);
    mbp_play_report(exercise->play, format, out);
    fclose(out);
    return text;
}

const char *exercise_errors(const struct mbp_plant *plant, const char *name)
{
    static char errors[16384];
    char path[512], *text = NULL;
    size_t len;
    struct mbp_scenario *scenario = NULL;
    FILE *out = open_memstream(&text, &len);
    assert_non_null(out);
    snprintf(path, sizeof path, MBP_TEST_DATA "/scenario/%s", name);
    assert_int_equal(mbp_scenario_load(path, stderr, &scenario), MBP_OK);
    assert_int_equal(mbp_scenario_bind(scenario, plant, out), MBP_ERR_FORMAT);
    fclose(out);
    mbp_scenario_free(scenario);
    size_t used = 0, skip = strlen(path) + 1;
    errors[0] = '\0';
    for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) { // NOLINT(concurrency-mt-unsafe)
        assert_int_equal(strncmp(line, path, strlen(path)), 0);
        used += (size_t)snprintf(errors + used, sizeof errors - used, "%s\n", line + skip);
    }
    free(text);
    return errors;
}
