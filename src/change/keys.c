/* Which keys of a machine or sensor differ: by the tables of keys, so that a key that comes with a later version is
 * noticed without a word here. */
#include <string.h>

#include "change_priv.h"

static bool same_machine(const struct mbp_change *change, uint32_t was, uint32_t now)
{
    uint32_t before = change->from->sensors[was].machine;
    uint32_t after = change->to->sensors[now].machine;
    if (before == UINT32_MAX || after == UINT32_MAX)
        return before == after;
    return strcmp(change->from->machines[before].name, change->to->machines[after].name) == 0;
}

void change_find_keys(struct mbp_change *change)
{
    for (uint32_t m = 0; m < change->to->machine_count; m++) {
        uint32_t was = change->machine_from[m];
        if (was != UINT32_MAX)
            change->machine_details[m] |= mbp_plant_machine_differs(change->from, was, change->to, m);
    }
    for (uint32_t s = 0; s < change->to->sensor_count; s++) {
        uint32_t was = change->sensor_from[s];
        if (was == UINT32_MAX)
            continue;
        change->sensor_details[s] |= mbp_plant_sensor_differs(change->from, was, change->to, s);
        change->sensor_details[s] |= same_machine(change, was, s) ? 0 : MBP_CHANGED_MACHINE;
    }
}
