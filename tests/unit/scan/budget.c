/* What is reckoned of a plant's memory beside what is asked for when it is built: each allocation is counted. */
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "../fixture.h"
#include "image_priv.h"
#include "mbplant/scan.h"

/* ---- counting ---------------------------------------------------------------------------------------------------- */

static double taken; /* bytes that are held now */
static bool counting;

void *__real_malloc(size_t size);                                                         // NOLINT: the linker's names
void *__real_calloc(size_t count, size_t size);                                           // NOLINT
void *__real_realloc(void *old, size_t size);                                             // NOLINT
void *__real_aligned_alloc(size_t align, size_t size);                                    // NOLINT
void __real_free(void *old);                                                              // NOLINT
void *__real_mmap(void *at, size_t len, int protection, int flags, int fd, off_t offset); // NOLINT
int __real_munmap(void *at, size_t len);                                                  // NOLINT
void *__wrap_malloc(size_t size);                                                         // NOLINT
void *__wrap_calloc(size_t count, size_t size);                                           // NOLINT
void *__wrap_realloc(void *old, size_t size);                                             // NOLINT
void *__wrap_aligned_alloc(size_t align, size_t size);                                    // NOLINT
void __wrap_free(void *old);                                                              // NOLINT
void *__wrap_mmap(void *at, size_t len, int protection, int flags, int fd, off_t offset); // NOLINT
int __wrap_munmap(void *at, size_t len);                                                  // NOLINT

static void *count(void *block, double sign)
{
    if (counting && block != NULL)
        taken += sign * (double)malloc_usable_size(block);
    return block;
}

void *__wrap_malloc(size_t size) // NOLINT
{
    return count(__real_malloc(size), 1);
}

void *__wrap_calloc(size_t number, size_t size) // NOLINT
{
    return count(__real_calloc(number, size), 1);
}

void *__wrap_realloc(void *old, size_t size) // NOLINT
{
    count(old, -1);
    return count(__real_realloc(old, size), 1);
}

void *__wrap_aligned_alloc(size_t align, size_t size) // NOLINT
{
    return count(__real_aligned_alloc(align, size), 1);
}

void __wrap_free(void *old) // NOLINT
{
    count(old, -1);
    __real_free(old);
}

void *__wrap_mmap(void *at, size_t len, int protection, int flags, int fd, off_t offset) // NOLINT
{
    taken += counting ? (double)len : 0;
    return __real_mmap(at, len, protection, flags, fd, offset);
}

int __wrap_munmap(void *at, size_t len) // NOLINT
{
    taken -= counting ? (double)len : 0;
    return __real_munmap(at, len);
}

/* What libmodbus allocates of the units' tables is not seen from here. */
static double tables_of(const struct mbp_image *image)
{
    double bytes = 0;
    for (uint32_t u = 0; u < image->plant->unit_count; u++) {
        const uint32_t *size = image->units[u].size;
        bytes += size[MBP_COILS] + size[MBP_DISCRETE_INPUTS] +
                 2.0 * (size[MBP_HOLDING_REGISTERS] + size[MBP_INPUT_REGISTERS]);
    }
    return bytes;
}

/* ---- plants ------------------------------------------------------------------------------------------------------ */

#define HEAD "mbplant: 1\nunits:\n  - {id: 1, "

static const struct {
    const char *what, *yaml;
} plants[] = {
    {"sensors", HEAD "repeat: 4, sensors: [{name: \"S{u}.{n}\", repeat: 4000}]}\n"},
    {"sensors with an instructor",
     "instructor: true\n" HEAD "repeat: 4, sensors: [{name: \"S{u}.{n}\", repeat: 4000}]}\n"},
    {"inputs",
     HEAD "sensors: [{name: \"S{n}\", repeat: 4000, signal: {inputs: [{from: A}, {from: A}, {from: A}, {from: "
          "A}, {from: A}, {from: A}, {from: A}, {from: A}]}}, {name: A}]}\n"},
    {"taps", HEAD "repeat: 4, sensors: [{name: \"S{u}.{n}\", repeat: 4000, signal: {lag: 9s, noise: 1, inputs: [{from: "
                  "A, gain: 2}]}}]}\n  - {id: 99, sensors: [{name: A}]}\n"},
    {"dead times", HEAD "sensors: [{name: \"S{n}\", repeat: 4000, signal: {dead_time: 10s}}]}\n"},
    {"windows", HEAD "sensors: [{name: \"S{n}\", repeat: 4000, rate_of_change: {max: 5, per: 60s}}]}\n"},
    {"machines", HEAD "repeat: 4, machines: [{name: \"M{u}.{n}\", repeat: 1000, cycle: {time: 1s}}]}\n"},
    {"actuators", HEAD "repeat: 4, actuators: [{name: \"A{u}.{n}\", repeat: 1000, travel: 9s}]}\n"},
    {"controllers", HEAD "repeat: 4, sensors: [{name: \"S{u}\", range: [0, 9]}], actuators: [{name: \"A{u}.{n}\", "
                         "repeat: 500}], controllers: [{name: \"C{u}.{n}\", repeat: 500, input: \"S{u}\", output: "
                         "\"A{u}.{n}\", setpoint: 5, gain: 1}]}\n"},
    {"blocks", HEAD "repeat: 20, tables: {coils: [{at: 0, count: 65536}], discrete_inputs: [{at: 0, count: 65536}], "
                    "holding_registers: [{at: 0, count: 65536}], input_registers: [{at: 0, count: 65536}]}}\n"},
    {"blocks that stand high", HEAD "repeat: 20, tables: {holding_registers: [{at: 65535, count: 1}]}}\n"},
    {"registers that stand high", HEAD "repeat: 20, sensors: [{name: \"S{u}\", register: {at: 65000}}]}\n"},
    {"files", HEAD "repeat: 100, tables: {files: [{number: 1, count: 10000}, {number: 2, count: 10000}, {number: 3, "
                   "count: 10000}, {number: 4, count: 10000}, {number: 5, count: 10000}]}}\n"},
    {"units", HEAD "repeat: 100, sensors: [{name: \"S{u}\"}]}\n"},
};

#define STAGED_BYTES 4e6   /* room for the plant file to come */
#define SLACK_BYTES  1.2e6 /* a chunk of the plant's arena, which may be nearly empty */

/* What the lists of writes and of a scan's events would take if everything came at once is left out: until it does,
 * that is address space. */
static double measured(const struct mbp_plant *plant)
{
    struct mbp_image *image = NULL;
    struct mbp_scan *scan = NULL;
    struct fixture_time time = {0};
    assert_int_equal(mbp_image_new(plant, &image), MBP_OK);
    const struct mbp_scan_config config = {.plant = plant, .image = image, .clock = fixture_clock(&time), .speed = 1};
    assert_int_equal(mbp_scan_new(&config, &scan), MBP_OK);
    double events = (double)(34.0 * plant->sensor_count + 11.0 * plant->machine_count) * sizeof(struct mbp_event);
    double writes = (double)image->log_capacity * (double)(sizeof *image->log + sizeof *image->writes);
    double staged = plant->instructor ? STAGED_BYTES : 0;
    double bytes = taken + tables_of(image) - events - writes - staged;
    mbp_scan_free(scan);
    mbp_image_free(image);
    return bytes;
}

static void test_memory_that_is_reckoned_is_what_a_plant_takes(void **state)
{
    (void)state;
    unsigned wrong = 0;
    counting = true;
    for (size_t i = 0; i < sizeof plants / sizeof plants[0]; i++) {
        taken = 0;
        struct mbp_plant *plant = fixture_plant(plants[i].yaml);
        double real = measured(plant);
        print_message("%s: %.1f MB reckoned, %.1f MB taken\n", plants[i].what, plant->memory_bytes / 1e6, real / 1e6);
        wrong += plant->memory_bytes < 0.9 * real - SLACK_BYTES || plant->memory_bytes > 1.7 * real ? 1 : 0;
        mbp_plant_free(plant);
    }
    counting = false;
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_memory_that_is_reckoned_is_what_a_plant_takes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
