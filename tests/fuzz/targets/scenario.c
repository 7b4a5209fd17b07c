/* Fuzzes the scenario file: any text gives a scenario or messages, never anything else. One that fits its plant is
 * played for a while and reported in every form. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mbplant/scenario.h"
#include "target.h"

#define SCANS_PLAYED 40

/* What a scenario that ships with neither plant is for: the names of tests/data/scenario. */
static const char line_yaml[] =
    "mbplant: 1\nname: Line\nscan: 100ms\nseed: 7\nunits:\n  - id: 1\n    machines:\n      - name: FILL1\n"
    "        sensors:\n"
    "          - {name: TT101, kind: temperature, unit: °C, range: [0, 150], max: 85, signal: {base: 65}}\n"
    "          - {name: PT101, kind: pressure, range: [0, 10], limits: {low_low: 1, low: 2}, trip: [], delay: 1s,\n"
    "             register: {type: float32}}\n"
    "        actuators: [{name: VALVE1, range: [0, 100]}]\n"
    "      - name: CAP1\n        maintenance: {takes: 2s}\n"
    "        sensors: [{name: GS201, register: {type: bool}, inject: reject}]\n"
    "    tables: {holding_registers: [{at: 900, values: [1, 2, 3]}], coils: [{at: 900, count: 1}]}\n"
    "  - id: 2\n    tables: {coils: [{at: 900, count: 1}]}\n"
    "faults: [{name: blocked, kind: stuck, sensor: TT101, value: 20, enabled: false}]\n";

static FILE *memory(char **text, size_t *len)
{
    FILE *out = open_memstream(text, len);
    if (out == NULL)
        abort();
    return out;
}

/* Loaded once: it is the scenario that is fuzzed. */
static const struct mbp_plant *plant_of(const char *path)
{
    enum { LINE, BOTTLING, WATER, PLANTS };
    static struct mbp_plant *plants[PLANTS];
    static const char *const files[PLANTS] = {NULL, MBP_CONFIG_DIR "/bottling.yaml", MBP_CONFIG_DIR "/water.yaml"};
    for (unsigned p = 0; p < PLANTS && plants[p] == NULL; p++) {
        enum mbp_status status =
            files[p] != NULL
                ? mbp_plant_load(files[p], stderr, &plants[p])
                : mbp_plant_parse("line.yaml", (struct mbp_text){line_yaml, sizeof line_yaml - 1}, stderr, &plants[p]);
        if (status != MBP_OK)
            abort();
    }
    if (path == NULL)
        return plants[LINE];
    return plants[strstr(path, "bottling") != NULL ? BOTTLING : strstr(path, "water") != NULL ? WATER : LINE];
}

static uint64_t still(void *ctx)
{
    (void)ctx;
    return 1;
}

static void report(const struct mbp_play *play)
{
    for (unsigned format = 0; format < MBP_PLAY_FORMAT_COUNT; format++) {
        char *text = NULL;
        size_t len = 0;
        FILE *out = memory(&text, &len);
        mbp_play_report(play, (enum mbp_play_format)format, out);
        fclose(out);
        if (len == 0 || text[len - 1] != '\n')
            abort();
        free(text);
    }
    for (uint32_t i = 0; i < mbp_play_count(play); i++) {
        if (mbp_play_expectation(play, i).what == NULL)
            abort();
    }
}

static void play(const struct mbp_scenario *scenario, const struct mbp_plant *plant, bool model)
{
    struct mbp_image *image = NULL;
    struct mbp_scan *scan = NULL;
    struct mbp_play *played = NULL;
    char *told = NULL;
    size_t len = 0;
    FILE *out = memory(&told, &len);
    if (mbp_image_new(plant, &image) != MBP_OK)
        abort();
    const struct mbp_scan_config scan_config = {plant, image, NULL, {.mono_ns = still, .wall_ms = still}, 1.0, 0};
    if (mbp_scan_new(&scan_config, &scan) != MBP_OK)
        abort();
    const struct mbp_play_config config = {
        .scenario = scenario, .plant = plant, .image = image, .scan = scan, .out = out, .steps = true, .model = model};
    if (mbp_play_new(&config, &played) != MBP_OK)
        abort();
    for (int i = 0; i < SCANS_PLAYED && !mbp_play_is_over(played); i++)
        mbp_scan_step(scan);
    mbp_play_stop(played);
    report(played);
    mbp_play_free(played);
    mbp_scan_free(scan);
    mbp_image_free(image);
    fclose(out);
    free(told);
}

static void use(const struct mbp_scenario *scenario, const struct mbp_plant *plant, bool model)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = memory(&text, &len);
    mbp_scenario_print_summary(scenario, out);
    fclose(out);
    free(text);
    if (mbp_scenario_name(scenario) == NULL || mbp_scenario_duration_ns(scenario) == 0)
        abort();
    play(scenario, plant, model);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mbp_scenario *scenario = NULL;
    char *messages = NULL;
    size_t len = 0;
    enum mbp_status status = mbp_scenario_parse("fuzz.yaml", (struct mbp_text){(const char *)data, size}, &scenario);
    if (status != MBP_OK) {
        if (scenario != NULL || status != MBP_ERR_MEMORY)
            abort();
        return 0;
    }
    const struct mbp_plant *plant = plant_of(mbp_scenario_plant_path(scenario));
    FILE *errors = memory(&messages, &len);
    status = mbp_scenario_bind(scenario, plant, errors);
    fclose(errors);
    if (status == MBP_OK)
        use(scenario, plant, size % 2 != 0);
    else if (status == MBP_ERR_FORMAT)
        target_check_messages(messages);
    else if (status != MBP_ERR_MEMORY)
        abort();
    free(messages);
    mbp_scenario_free(scenario);
    return 0;
}
