/* The core without sockets and without a database: a plant is read, runs for a while, and answers a request. */
#include <stdio.h>
#include <string.h>

#include "fixture.h"
#include "mbplant/diagnosis.h"
#include "mbplant/machine.h"
#include "mbplant/modbus.h"
#include "mbplant/process.h"
#include "opened_file.h"

static bool is_loaded(const char *library)
{
    char line[512];
    bool found = false;
    FILE *maps = opened_file("/proc/self/maps", "r");
    while (fgets(line, sizeof line, maps) != NULL)
        found = found || strstr(line, library) != NULL;
    fclose(maps);
    return found;
}

static void test_core_links_neither_libuv_nor_sqlite(void **state)
{
    (void)state;
    assert_true(is_loaded("libyaml"));
    assert_false(is_loaded("libuv"));
    assert_false(is_loaded("libsqlite"));
}

/* 65 degrees as an int16 of tenths: 650 = 0x028A. */
static void test_core_runs_a_plant_and_answers_a_request(void **state)
{
    (void)state;
    const uint8_t request[] = {3, 0, 0, 0, 1};
    const uint8_t wanted[] = {3, 2, 0x02, 0x8A};
    uint8_t response[MBP_PDU_MAX];
    struct mbp_plant *plant = fixture_plant("mbplant: 1\nunits: [{id: 1, machines: [{name: M, sensors: [{name: T, "
                                            "signal: {base: 65}, register: {scale: 0.1}}]}]}]\n");
    struct mbp_events events = fixture_events();
    struct mbp_image *image;
    struct mbp_state *now;
    struct mbp_process *process;
    struct mbp_figures figures = {0};
    assert_int_equal(mbp_image_new(plant, &image), MBP_OK);
    assert_int_equal(mbp_state_new(plant, 0, &now), MBP_OK);
    assert_int_equal(mbp_process_new(plant, &process), MBP_OK);
    mbp_process_find_steady_state(process, now);
    mbp_process_advance(process, now);
    mbp_process_sense(process, now);
    mbp_diagnosis_run(plant, now, &events);
    mbp_machine_operate(plant, now, &events);
    mbp_image_publish(image, now, &figures);
    const struct mbp_pdu_context context = {.unit = mbp_image_unit(image, 1), .permit = &mbp_permits[MBP_ALLOW_ALL]};
    assert_int_equal(mbp_pdu_respond(&context, request, sizeof request, response), sizeof wanted);
    assert_memory_equal(response, wanted, sizeof wanted);
    mbp_process_free(process);
    mbp_state_free(now);
    mbp_image_free(image);
    mbp_events_free(&events);
    mbp_plant_free(plant);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_core_links_neither_libuv_nor_sqlite),
        cmocka_unit_test(test_core_runs_a_plant_and_answers_a_request),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
