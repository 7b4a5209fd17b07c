/* index: linear probing, never more than half full. */
#include "index.h"

#include "mbplant/plant/interlock.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "mbplant/point.h"

const char *mbp_index_name(const struct mbp_plant *plant, uint32_t item)
{
    uint32_t at = item;
    if (at < plant->machine_count) {
        return plant->machines[at].name;
    }
    at -= plant->machine_count;
    if (at < plant->sensor_count) {
        return plant->sensors[at].name;
    }
    at -= plant->sensor_count;
    if (at < plant->actuator_count) {
        return plant->actuators[at].name;
    }
    at -= plant->actuator_count;
    return at < plant->controller_count ? plant->controllers[at].name
                                        : plant->stored[at - plant->controller_count].name;
}

uint32_t mbp_index_count(const struct mbp_plant *plant)
{
    return plant->machine_count + plant->sensor_count + plant->actuator_count + plant->controller_count +
           plant->stored_count;
}

enum mbp_status mbp_index_init(struct mbp_index *index, const struct mbp_plant *plant, struct mbp_arena *arena)
{
    uint32_t size = 16;
    while (size < 2 * mbp_index_count(plant)) {
        size *= 2;
    }
    uint32_t *slots = mbp_arena_array(arena, size, sizeof *slots);
    if (slots == NULL) {
        return MBP_ERR_MEMORY;
    }
    *index = (struct mbp_index){slots, size - 1};
    return MBP_OK;
}

/* Names that differ in case alone are one name. */
static uint64_t hash_of(const char *name)
{
    uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a */
    for (; *name != '\0'; name++)
        hash = (hash ^ (uint64_t)tolower((unsigned char)*name)) * 0x100000001b3u;
    return hash;
}

/* The slot of the name, or the free one where it would stand. */
static uint32_t *slot_of(const struct mbp_index *index, const struct mbp_plant *plant, const char *name)
{
    uint64_t hash = hash_of(name);
    uint32_t at = (uint32_t)(hash ^ (hash >> 32)) & index->mask;
    while (index->slots[at] != 0 && strcasecmp(mbp_index_name(plant, index->slots[at] - 1), name) != 0) {
        at = (at + 1) & index->mask;
    }
    return &index->slots[at];
}

uint32_t mbp_index_find(const struct mbp_index *index, const struct mbp_plant *plant, const char *name)
{
    uint32_t taken = *slot_of(index, plant, name);
    return taken == 0 ? UINT32_MAX : taken - 1;
}

uint32_t mbp_index_add(struct mbp_index *index, const struct mbp_plant *plant, uint32_t item)
{
    uint32_t *slot = slot_of(index, plant, mbp_index_name(plant, item));
    if (*slot != 0) {
        return *slot - 1;
    }
    *slot = item + 1;
    return UINT32_MAX;
}

const struct mbp_unit *mbp_plant_find_unit(const struct mbp_plant *plant, uint16_t id)
{
    for (uint32_t u = 0; u < plant->unit_count; u++) {
        if (plant->units[u].id == id) {
            return &plant->units[u];
        }
    }
    return NULL;
}

uint32_t mbp_index_as(const struct mbp_plant *plant, uint32_t item, enum mbp_item_kind kind)
{
    const struct {
        uint64_t first, count;
    } places[] = {
        [MBP_ITEM_MACHINE] = {0, plant->machine_count},
        [MBP_ITEM_SENSOR] = {plant->machine_count, plant->sensor_count},
        [MBP_ITEM_ACTUATOR] = {(uint64_t)plant->machine_count + plant->sensor_count, plant->actuator_count},
        [MBP_ITEM_CONTROLLER] = {(uint64_t)plant->machine_count + plant->sensor_count + plant->actuator_count,
                                 plant->controller_count},
        [MBP_ITEM_STORED] = {(uint64_t)mbp_index_count(plant) - plant->stored_count, plant->stored_count},
        [MBP_ITEM_ALARM] = {plant->machine_count, plant->sensor_count},
        [MBP_ITEM_INTERLOCK] = {plant->machine_count, plant->sensor_count},
        [MBP_ITEM_WATCHED] = {plant->machine_count, plant->sensor_count},
        [MBP_ITEM_SOURCE] = {plant->machine_count, (uint64_t)plant->sensor_count + plant->actuator_count},
    };
    bool is_one = item >= places[kind].first && item - places[kind].first < places[kind].count;
    uint32_t s = item - plant->machine_count;
    bool is_alarm = item >= plant->machine_count && s < plant->sensor_count && plant->sensors[s].is_alarm;
    bool is_interlock = is_alarm && mbp_is_interlock(&plant->sensors[s]);
    bool wants_alarm = kind == MBP_ITEM_ALARM || kind == MBP_ITEM_INTERLOCK;
    if (kind != MBP_ITEM_WATCHED && (is_alarm != wants_alarm || is_interlock != (kind == MBP_ITEM_INTERLOCK)))
        return UINT32_MAX;
    return is_one ? (uint32_t)(item - places[kind].first) : UINT32_MAX;
}

static uint32_t find_as(const struct mbp_plant *plant, const char *name, enum mbp_item_kind kind)
{
    const struct mbp_plant_memory *memory = plant->memory;
    return mbp_index_as(plant, mbp_index_find(&memory->index, plant, name), kind);
}

uint32_t mbp_plant_find_machine(const struct mbp_plant *plant, const char *name)
{
    return find_as(plant, name, MBP_ITEM_MACHINE);
}

uint32_t mbp_plant_find_sensor(const struct mbp_plant *plant, const char *name)
{
    return find_as(plant, name, MBP_ITEM_WATCHED);
}

uint32_t mbp_plant_find_actuator(const struct mbp_plant *plant, const char *name)
{
    return find_as(plant, name, MBP_ITEM_ACTUATOR);
}

uint32_t mbp_plant_find_stored(const struct mbp_plant *plant, const char *name)
{
    return find_as(plant, name, MBP_ITEM_STORED);
}

uint32_t mbp_plant_find_controller(const struct mbp_plant *plant, const char *name)
{
    return find_as(plant, name, MBP_ITEM_CONTROLLER);
}
