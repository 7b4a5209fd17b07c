/* The twins' making. */
#include "twin.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mbplant/fault.h"
#include "mbplant/image.h"
#include "mbplant/map.h"

#define PEER ((struct mbp_peer){10u})

/* ---- life ------------------------------------------------------------------------------------------------------- */

/* What was written tells an address, which may be another one; which of several sensors holds a machine back, or
 * tripped it in this scan, is for the file's order to say. */
static bool is_of_sensor(const struct mbp_event *event)
{
    return event->sensor != MBP_NONE16 && event->code != MBP_EV_POINT_WRITTEN && event->code != MBP_EV_MACHINE_STATE &&
           event->code != MBP_EV_MACHINE_REFUSED && event->code != MBP_EV_WRITE_REFUSED;
}

static void listen_to(void *ctx, const struct mbp_event *events, size_t count)
{
    struct twin *twin = ctx;
    for (size_t i = 0; i < count; i++) {
        const struct mbp_event *event = &events[i];
        const struct mbp_unit *unit = mbp_plant_find_unit(twin->plant, event->unit);
        if (unit == NULL || !is_of_sensor(event) || event->sensor >= unit->sensor_count)
            continue;
        uint32_t words[4] = {event->scan, event->code, 0, 0};
        memcpy(&words[2], &event->value, sizeof words[2]);
        memcpy(&words[3], &event->limit, sizeof words[3]);
        uint64_t *told = &twin->told[unit->first_sensor + event->sensor];
        *told = *told * 31 + mbp_hash(words, sizeof words);
    }
}

void twin_start(struct twin *twin, struct mbp_plant *plant)
{
    *twin = (struct twin){.plant = plant, .time = {.mono_ns = 5 * MBP_NS_PER_S, .wall_ms = FIXTURE_WALL_MS}};
    assert_int_equal(mbp_image_new(plant, &twin->image), MBP_OK);
    const struct mbp_scan_config config = {plant, twin->image, NULL, fixture_clock(&twin->time), 1.0, 0};
    assert_int_equal(mbp_scan_new(&config, &twin->scan), MBP_OK);
    twin->told = calloc((size_t)plant->sensor_count + 1, sizeof *twin->told);
    assert_non_null(twin->told);
    mbp_scan_observe(twin->scan, &(struct mbp_scan_observer){.after = listen_to, .ctx = twin});
}

void twin_stop(struct twin *twin)
{
    mbp_scan_free(twin->scan);
    mbp_image_free(twin->image);
    mbp_plant_free(twin->plant);
    free(twin->told);
}

void twin_change(struct twin *twin, struct mbp_plant *to)
{
    struct mbp_image *image;
    struct mbp_change *change;
    struct mbp_next_scan *next;
    uint64_t *told = calloc((size_t)to->sensor_count + 1, sizeof *told);
    assert_non_null(told);
    assert_int_equal(mbp_change_find(twin->plant, to, &change), MBP_OK);
    assert_int_equal(mbp_image_new(to, &image), MBP_OK);
    assert_int_equal(mbp_next_scan_new(to, image, change, &next), MBP_OK);
    assert_int_equal(mbp_scan_change(twin->scan, next, PEER.actor), MBP_OK);
    for (uint32_t s = 0; s < to->sensor_count; s++)
        told[s] = change->sensor_from[s] != UINT32_MAX ? twin->told[change->sensor_from[s]] : 0;
    mbp_change_free(change);
    mbp_image_free(twin->image);
    mbp_plant_free(twin->plant);
    free(twin->told);
    twin->plant = to;
    twin->image = image;
    twin->told = told;
}

void twin_scan(struct twin *twin)
{
    twin->time.mono_ns += twin->plant->scan_ns;
    twin->time.wall_ms += twin->plant->scan_ns / MBP_NS_PER_MS;
    mbp_scan_step(twin->scan);
}

/* ---- points ----------------------------------------------------------------------------------------------------- */

/* The nth point of a kind, or the one of a name. */
struct search {
    uint8_t write;
    uint32_t left; /* before the one that is meant, when there is no name */
    const char *name;
    struct mbp_point found;
    uint32_t unit, count;
};

static int look_at(const struct mbp_point *point, void *ctx)
{
    struct search *search = ctx;
    if (point->field == NULL || !point->writable || point->field->write != search->write)
        return 0;
    search->count++;
    if (search->name != NULL ? strcmp(search->name, point->name) != 0 : search->left-- != 0)
        return 0;
    search->found = *point;
    return 1;
}

static bool find(const struct mbp_plant *plant, struct search *search)
{
    search->count = 0;
    for (search->unit = 0; search->unit < plant->unit_count; search->unit++) {
        if (!plant->units[search->unit].instructor && mbp_map_points(plant, search->unit, look_at, search) != 0)
            return true;
    }
    return false;
}

/* ---- writing ---------------------------------------------------------------------------------------------------- */

static void write_bit(struct mbp_image_unit *unit, uint16_t addr, bool on)
{
    const uint8_t packed = on;
    if (mbp_image_may_write(unit, MBP_COILS, addr, 1) == MBP_OK)
        mbp_image_write_bits(unit, addr, 1, &packed, PEER);
}

static void write_number(struct mbp_image_unit *unit, const struct mbp_point *point, double value)
{
    uint16_t words[4];
    uint8_t bytes[8];
    uint16_t count = (uint16_t)mbp_type_words((enum mbp_type)point->type);
    mbp_codec_encode((enum mbp_type)point->type, (enum mbp_order)point->order, point->scale, value, words);
    for (unsigned i = 0; i < count; i++) {
        bytes[2 * i] = (uint8_t)(words[i] >> 8);
        bytes[2 * i + 1] = (uint8_t)words[i];
    }
    if (mbp_image_may_write(unit, MBP_HOLDING_REGISTERS, point->addr, count) == MBP_OK)
        mbp_image_write_words(unit, point->addr, count, bytes, PEER);
}

/* What a number of the point may be; a few seconds, or a gain of a few, where that is no range of the plant's. */
static const double *range_of(const struct mbp_plant *plant, const struct mbp_point *point)
{
    static const double few[2] = {0, 5};
    if (point->controller != UINT32_MAX) {
        const struct mbp_controller *controller = &plant->controllers[point->controller];
        return point->field->sub == MBP_SET_SETPOINT     ? controller->setpoint_range
               : point->field->sub <= MBP_SET_DERIVATIVE ? few
                                                         : controller->output_range;
    }
    if (point->actuator != UINT32_MAX)
        return plant->actuators[point->actuator].range;
    const bool is_time = point->field->write == MBP_WRITE_SHELVING || point->field->write == MBP_WRITE_BYPASS;
    return is_time || point->sensor == UINT32_MAX ? few : plant->sensors[point->sensor].range;
}

void twin_act(struct twin *twin, const struct action *action)
{
    struct search search = {.write = action->write, .name = action->name};
    uint32_t fault = mbp_fault_find(twin->plant, action->name);
    if (action->write == MBP_WRITE_NONE && fault != UINT32_MAX)
        mbp_scan_fault_set(twin->scan, fault, action->share >= 0.5);
    if (action->write == MBP_WRITE_NONE || !find(twin->plant, &search))
        return;
    struct mbp_image_unit *unit = mbp_image_unit(twin->image, twin->plant->units[search.unit].id);
    bool asks = action->write == MBP_WRITE_STATE || search.found.field->form == MBP_FORM_TRIGGER;
    if (search.found.table == MBP_COILS) {
        write_bit(unit, search.found.addr, asks || action->share >= 0.5);
    } else if (search.found.type < MBP_BOOL) {
        const double *range = range_of(twin->plant, &search.found);
        double low = fmax(range[0], -1000); /* it may be as wide as the type */
        write_number(unit, &search.found, low + action->share * (fmin(range[1], 1000) - low));
    }
}

/* ---- chance ----------------------------------------------------------------------------------------------------- */

struct action twin_choose(const struct mbp_plant *plant, uint64_t key, uint64_t number)
{
    uint64_t bits = mbp_rng_draw(key, 2 * number);
    struct action action = {
        .write = (uint8_t)(bits % MBP_WRITE_RECORD), /* its tags are numbers here, which a change moves */
        .share = mbp_rng_uniform(mbp_rng_draw(key, 2 * number + 1))};
    struct search search = {.write = action.write, .left = UINT32_MAX};
    bits >>= 16;
    if (action.write == MBP_WRITE_NONE) {
        if (plant->fault_count > 0)
            snprintf(action.name, sizeof action.name, "%s", plant->faults[bits % plant->fault_count].name);
        return action;
    }
    find(plant, &search); /* counts them */
    search.left = search.count > 0 ? (uint32_t)(bits % search.count) : 0;
    if (find(plant, &search))
        snprintf(action.name, sizeof action.name, "%s", search.found.name);
    return action;
}
