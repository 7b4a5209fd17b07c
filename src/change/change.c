/* Matching by unit id and name. */
#include <stdlib.h>
#include <string.h>

#include "change_priv.h"
#include "mbplant/point.h"

/* ---- names ------------------------------------------------------------------------------------------------------ */

struct named {
    const char *name;
    uint32_t index;
    uint8_t unit; /* id */
};

static int by_name(const void *a, const void *b)
{
    const struct named *left = a;
    const struct named *right = b;
    int order = (int)left->unit - (int)right->unit;
    return order != 0 ? order : strcmp(left->name, right->name);
}

enum things { MACHINES, SENSORS, ACTUATORS, CONTROLLERS, STORED };

static uint32_t count_of(const struct mbp_plant *plant, enum things things)
{
    switch (things) {
    case MACHINES:
        return plant->machine_count;
    case SENSORS:
        return plant->sensor_count;
    case ACTUATORS:
        return plant->actuator_count;
    case CONTROLLERS:
        return plant->controller_count;
    case STORED:
        break;
    }
    return plant->stored_count;
}

static struct named name_of(const struct mbp_plant *plant, enum things things, uint32_t i)
{
    switch (things) {
    case MACHINES:
        return (struct named){plant->machines[i].name, i, plant->units[plant->machines[i].unit].id};
    case SENSORS:
        return (struct named){plant->sensors[i].name, i, plant->units[plant->sensors[i].unit].id};
    case ACTUATORS:
        return (struct named){plant->actuators[i].name, i, plant->units[plant->actuators[i].unit].id};
    case CONTROLLERS:
        return (struct named){plant->controllers[i].name, i, plant->units[plant->controllers[i].unit].id};
    case STORED:
        break;
    }
    return (struct named){plant->stored[i].name, i, plant->units[plant->stored[i].unit].id};
}

/* Fills in both directions; whatever is not met stays UINT32_MAX. */
static enum mbp_status match(const struct mbp_change *change, enum things things, uint32_t *from_of, uint32_t *to_of)
{
    uint32_t old_count = count_of(change->from, things);
    uint32_t new_count = count_of(change->to, things);
    struct named *old = calloc((size_t)old_count + 1, sizeof *old);
    if (old == NULL)
        return MBP_ERR_MEMORY;
    for (uint32_t i = 0; i < old_count; i++)
        old[i] = name_of(change->from, things, i);
    qsort(old, old_count, sizeof *old, by_name);
    for (uint32_t i = 0; i < new_count; i++) {
        const struct named now = name_of(change->to, things, i);
        const struct named *was = bsearch(&now, old, old_count, sizeof *old, by_name);
        if (was == NULL)
            continue;
        from_of[i] = was->index;
        to_of[was->index] = i;
    }
    free(old);
    return MBP_OK;
}

/* ---- counts ----------------------------------------------------------------------------------------------------- */

static void count_all(struct mbp_change *change)
{
    const uint32_t machines = change->to->machine_count;
    const uint32_t sensors = change->to->sensor_count;
    for (uint32_t m = 0; m < machines; m++) {
        change->added += change->machine_from[m] == UINT32_MAX ? 1 : 0;
        change->changed += change->machine_details[m] != 0 ? 1 : 0;
    }
    for (uint32_t s = 0; s < sensors; s++) {
        change->added += change->sensor_from[s] == UINT32_MAX ? 1 : 0;
        change->changed += change->sensor_details[s] != 0 ? 1 : 0;
    }
    for (uint32_t m = 0; m < change->from->machine_count; m++)
        change->removed += change->machine_to[m] == UINT32_MAX ? 1 : 0;
    for (uint32_t s = 0; s < change->from->sensor_count; s++)
        change->removed += change->sensor_to[s] == UINT32_MAX ? 1 : 0;
}

/* ---- life ------------------------------------------------------------------------------------------------------- */

static uint32_t *numbers(uint32_t count, int every_byte)
{
    uint32_t *made = malloc(((size_t)count + 1) * sizeof *made);
    if (made != NULL)
        memset(made, every_byte, ((size_t)count + 1) * sizeof *made);
    return made;
}

static bool allocate(struct mbp_change *change)
{
    const struct mbp_plant *from = change->from;
    const struct mbp_plant *to = change->to;
    change->sensor_from = numbers(to->sensor_count, 0xFF);
    change->machine_from = numbers(to->machine_count, 0xFF);
    change->sensor_to = numbers(from->sensor_count, 0xFF);
    change->machine_to = numbers(from->machine_count, 0xFF);
    change->actuator_from = numbers(to->actuator_count, 0xFF);
    change->actuator_to = numbers(from->actuator_count, 0xFF);
    change->controller_from = numbers(to->controller_count, 0xFF);
    change->controller_to = numbers(from->controller_count, 0xFF);
    change->stored_from = numbers(to->stored_count, 0xFF);
    change->stored_to = numbers(from->stored_count, 0xFF);
    change->sensor_details = numbers(to->sensor_count, 0);
    change->machine_details = numbers(to->machine_count, 0);
    change->sensor_moved = numbers(to->sensor_count, 0);
    change->machine_moved = numbers(to->machine_count, 0);
    return change->sensor_from != NULL && change->machine_from != NULL && change->sensor_to != NULL &&
           change->machine_to != NULL && change->sensor_details != NULL && change->machine_details != NULL &&
           change->sensor_moved != NULL && change->machine_moved != NULL && change->actuator_from != NULL &&
           change->actuator_to != NULL && change->controller_from != NULL && change->controller_to != NULL &&
           change->stored_from != NULL && change->stored_to != NULL;
}

enum mbp_status mbp_change_find(const struct mbp_plant *from, const struct mbp_plant *to, struct mbp_change **out)
{
    struct mbp_change *change = calloc(1, sizeof *change);
    if (change == NULL)
        return MBP_ERR_MEMORY;
    change->from = from;
    change->to = to;
    enum mbp_status status = allocate(change) ? MBP_OK : MBP_ERR_MEMORY;
    if (status == MBP_OK)
        status = match(change, MACHINES, change->machine_from, change->machine_to);
    if (status == MBP_OK)
        status = match(change, SENSORS, change->sensor_from, change->sensor_to);
    if (status == MBP_OK)
        status = match(change, ACTUATORS, change->actuator_from, change->actuator_to);
    if (status == MBP_OK)
        status = match(change, CONTROLLERS, change->controller_from, change->controller_to);
    if (status == MBP_OK)
        status = match(change, STORED, change->stored_from, change->stored_to);
    if (status == MBP_OK) {
        change_find_keys(change);
        status = change_find_moves(change);
    }
    if (status != MBP_OK) {
        mbp_change_free(change);
        return status;
    }
    count_all(change);
    *out = change;
    return MBP_OK;
}

void mbp_change_free(struct mbp_change *change)
{
    if (change == NULL)
        return;
    uint32_t *const all[] = {change->sensor_from,  change->machine_from,    change->sensor_to,
                             change->machine_to,   change->sensor_details,  change->machine_details,
                             change->sensor_moved, change->machine_moved,   change->actuator_from,
                             change->actuator_to,  change->controller_from, change->controller_to,
                             change->stored_from,  change->stored_to};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        free(all[i]);
    free(change);
}
