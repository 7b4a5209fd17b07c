/* Fuzzes what a plant file names as `replay:`, a recording as CSV: it is refused with one line, or each value that it
 * gives is a number. Input: the file's bytes; its first byte says which column is asked for. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mbplant/process.h"
#include "target.h"

#define SCANS 50

static const char *const kinds[] = {"r.csv", "{file: r.csv, column: T1}", "{file: r.csv, loop: false}",
                                    "{file: r.csv, column: \"a b\", loop: false}"};

static char folder[] = "/tmp/mbplant-fuzz-XXXXXX";
static struct mbp_plant *plants[sizeof kinds / sizeof kinds[0]];

static char *path_of(const char *name)
{
    static char path[sizeof folder + 32];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void remove_folder(void)
{
    unlink(path_of("r.csv"));
    rmdir(folder);
}

static void prepare(void)
{
    if (plants[0] != NULL)
        return;
    mbp_log_set_level(MBP_LOG_ERROR);
    if (mkdtemp(folder) == NULL)
        abort();
    atexit(remove_folder);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        char yaml[256];
        int len = snprintf(yaml, sizeof yaml,
                           "mbplant: 1\nname: Line\nscan: 100ms\nunits:\n  - id: 1\n    sensors:\n"
                           "      - {name: A, range: [-100, 100], signal: {replay: %s}}\n",
                           kinds[i]);
        if (mbp_plant_parse(path_of("plant.yaml"), (struct mbp_text){yaml, (size_t)len}, stderr, &plants[i]) != MBP_OK)
            abort();
    }
}

static void write_file(const uint8_t *data, size_t size)
{
    FILE *out = fopen(path_of("r.csv"), "wb");
    if (out == NULL || fwrite(data, 1, size, out) != size || fclose(out) != 0)
        abort();
}

static void run(const struct mbp_plant *plant)
{
    struct mbp_process *process = NULL;
    struct mbp_state *state = NULL;
    if (mbp_process_new(plant, &process) != MBP_OK || mbp_state_new(plant, 1, &state) != MBP_OK)
        abort();
    mbp_process_find_steady_state(process, state);
    for (int i = 0; i < SCANS; i++) {
        state->tick++;
        state->sim_ns += plant->scan_ns * (i % 7 == 0 ? UINT64_C(1) << i : 1);
        mbp_process_advance(process, state);
        mbp_process_sense(process, state);
        if (!isfinite(state->value[0]))
            abort();
    }
    mbp_state_free(state);
    mbp_process_free(process);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mbp_buffer errors = {0};
    if (size == 0)
        return 0;
    prepare();
    const struct mbp_plant *plant = plants[data[0] % (sizeof kinds / sizeof kinds[0])];
    write_file(data + 1, size - 1);
    if (!mbp_buffer_open(&errors))
        abort();
    enum mbp_status status = mbp_process_check(plant, NULL, errors.out);
    char *text = mbp_buffer_close(&errors);
    if (text == NULL)
        abort();
    const char *end = strchr(text, '\n');
    if (status == MBP_OK)
        run(plant);
    else if (end == NULL || end[1] != '\0')
        abort();
    free(text);
    return 0;
}
