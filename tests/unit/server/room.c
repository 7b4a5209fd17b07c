/* Room for descriptors: made before it is needed. */
#include <stdio.h>
#include <string.h>

#include "fixture.h"
#include "mbplant/server.h"
#include "opened_file.h"

/* How many descriptors the kernel's table of this program has room for. */
static unsigned descriptor_room(void)
{
    char line[256];
    unsigned room = 0;
    FILE *status = opened_file("/proc/self/status", "r");
    while (fgets(line, sizeof line, status) != NULL) {
        if (strncmp(line, "FDSize:", 7) == 0)
            assert_int_equal(sscanf(line, "FDSize: %u", &room), 1);
    }
    fclose(status);
    return room;
}

static void test_room_is_made_for_all_connections_of_the_plant(void **state)
{
    (void)state;
    struct mbp_plant *plant = fixture_plant("mbplant: 1\nserver: {max_connections: 700}\n"
                                            "units: [{id: 1, tables: {coils: [{at: 0, count: 1}]}}]\n");
    assert_true(descriptor_room() < 700);
    mbp_server_make_room(plant);
    assert_true(descriptor_room() >= 700);
    mbp_plant_free(plant);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_room_is_made_for_all_connections_of_the_plant),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
