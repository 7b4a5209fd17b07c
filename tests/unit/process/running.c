/* The running plant's making. */
#include "running.h"

#include <stdio.h>
#include <string.h>

void running_begin(struct running *running, const char *scan, const char *const *sensors, size_t count)
{
    char yaml[8192];
    size_t used = (size_t)snprintf(yaml, sizeof yaml,
                                   "mbplant: 1\nname: Running\nscan: %s\nseed: 42\nunits:\n  - id: 1\n"
                                   "    machines:\n      - name: M1\n        sensors:\n",
                                   scan);
    for (size_t i = 0; i < count; i++)
        used += (size_t)snprintf(yaml + used, sizeof yaml - used, "          - %s\n", sensors[i]);
    assert_true(used < sizeof yaml);
    running_begin_yaml(running, yaml);
}

void running_begin_yaml(struct running *running, const char *yaml)
{
    running->plant = fixture_plant(yaml);
    running->events = fixture_events();
    assert_int_equal(mbp_process_new(running->plant, &running->process), MBP_OK);
    assert_int_equal(mbp_state_new(running->plant, FIXTURE_WALL_MS, &running->state), MBP_OK);
    mbp_process_find_steady_state(running->process, running->state);
    mbp_process_sense(running->process, running->state);
}

void running_end(struct running *running)
{
    mbp_events_free(&running->events);
    mbp_state_free(running->state);
    mbp_process_free(running->process);
    mbp_plant_free(running->plant);
}

void running_scan(struct running *running)
{
    running->state->scan++;
    running->state->tick++;
    running->state->sim_ns += running->plant->scan_ns;
    mbp_process_advance(running->process, running->state);
    mbp_process_sense(running->process, running->state);
}
