/* The user's own points, from the state into the tables: each is a field of the map's table, so what shows it is the
 * item's view. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "image_priv.h"
#include "mbplant/state/stored.h"

static int by_item(const void *a, const void *b, void *ctx)
{
    const struct mbp_plant *plant = ctx;
    const struct mbp_user_point *left = &plant->points[*(const uint32_t *)a];
    const struct mbp_user_point *right = &plant->points[*(const uint32_t *)b];
    int per = (int)mbp_map[left->tag.block].per - (int)mbp_map[right->tag.block].per;
    if (per != 0)
        return per;
    if (left->tag.item != right->tag.item)
        return left->tag.item < right->tag.item ? -1 : 1;
    return left < right ? -1 : left > right;
}

enum mbp_status image_points_new(const struct mbp_plant *plant, const struct mbp_unit *unit, struct image_index *index)
{
    index->points = calloc((size_t)unit->point_count + 1, sizeof *index->points);
    if (index->points == NULL)
        return MBP_ERR_MEMORY;
    for (uint32_t p = 0; p < unit->point_count; p++)
        index->points[p] = unit->first_point + p;
    qsort_r(index->points, unit->point_count, sizeof *index->points, by_item, (void *)(uintptr_t)plant);
    return MBP_OK;
}

/* The view of the item that the last point was of. */
union any_view {
    struct mbp_summary_view summary;
    struct mbp_machine_view machine;
    struct mbp_sensor_view sensor;
    struct mbp_actuator_view actuator;
    struct mbp_controller_view controller;
    struct mbp_stored_view stored;
};

static void fill(const struct mbp_plant *plant, const struct mbp_state *state, const struct mbp_summary_view *summary,
                 enum mbp_map_per per, uint32_t item, union any_view *view)
{
    switch (per) {
    case MBP_PER_UNIT:
        view->summary = *summary;
        break;
    case MBP_PER_MACHINE:
        mbp_view_machine(plant, state, item, &view->machine);
        break;
    case MBP_PER_SENSOR:
    case MBP_PER_ALARM:
    case MBP_PER_INTERLOCK:
        mbp_view_sensor(plant, state, item, &view->sensor);
        break;
    case MBP_PER_ACTUATOR:
        mbp_view_actuator(plant, state, item, &view->actuator);
        break;
    case MBP_PER_CONTROLLER:
        mbp_view_controller(plant, state, item, &view->controller);
        break;
    case MBP_PER_STORED:
        mbp_view_stored(plant, state, item, &view->stored);
        break;
    case MBP_PER_FAULT:
    case MBP_PER_AD_HOC:
    case MBP_PER_LATENESS:
    case MBP_PER_FORCED:
    case MBP_PER_PARAMETER:
    case MBP_PER_COUNT:
        break;
    }
}

/* Whether what a point shows is a good value: of a sensor while its instrument is. */
static bool is_good(const struct mbp_user_point *point, const union any_view *view, double number)
{
    bool of_value = mbp_map_tag_field(&point->tag)->write == MBP_WRITE_VALUE || point->tag.block == MBP_MAP_FLOATS;
    if (point->tag.block == MBP_MAP_STORED)
        return !view->stored.bad_quality;
    return !isnan(number) && !(of_value && view->sensor.bad_quality);
}

/* All digits of a stored value, where a point shows it in registers of its own. */
static bool show_digits(struct mbp_image_unit *unit, const struct mbp_state *state, const struct mbp_user_point *point)
{
    if (point->tag.block != MBP_MAP_STORED || point->tag.field != 0)
        return false;
    bool own_words = point->mask == 0 && point->table >= MBP_HOLDING_REGISTERS && (!point->wraps || point->home);
    bool absent = point->has_no_value && mbp_stored_is_bad(unit->image->plant, state, point->tag.item);
    if (!own_words || absent)
        return false;
    uint64_t bits = mbp_stored_bits(unit->image->plant, state, point->tag.item, &point->reg);
    uint16_t *words = point->table == MBP_HOLDING_REGISTERS ? unit->holding : unit->input;
    mbp_codec_put_bits((enum mbp_type)point->reg.type, (enum mbp_order)point->reg.order, bits, words + point->reg.addr);
    return true;
}

static void show(struct mbp_image_unit *unit, const struct mbp_user_point *point, const union any_view *view)
{
    const struct mbp_map_field *field = mbp_map_tag_field(&point->tag);
    if (field->member.kind == MBP_MEMBER_NONE || point->reg.type == MBP_STRING)
        return;
    double number = mbp_map_number(field, view);
    if (field->type == MBP_BOOL && mbp_map[point->tag.block].place != MBP_PLACE_VALUE)
        number = number < 0 || number > 0 ? 1 : 0;
    bool good = is_good(point, view, number);
    switch ((enum mbp_table)point->table) {
    case MBP_COILS:
    case MBP_DISCRETE_INPUTS:
        (point->table == MBP_COILS ? unit->coils : unit->discrete)[point->reg.addr] =
            (uint8_t)(number < 0 || number > 0);
        break;
    case MBP_HOLDING_REGISTERS:
        mbp_map_encode_own(point, number, good, unit->holding + point->reg.addr);
        break;
    case MBP_INPUT_REGISTERS:
        mbp_map_encode_own(point, number, good, unit->input + point->reg.addr);
        break;
    case MBP_TABLE_COUNT:
        break;
    }
}

void image_points_publish(struct mbp_image_unit *unit, const struct mbp_state *state,
                          const struct mbp_summary_view *summary)
{
    const struct mbp_plant *plant = unit->image->plant;
    const uint32_t *order = unit->image->index[unit - unit->image->units].points;
    struct mbp_tag last = {.item = UINT32_MAX};
    union any_view view;
    if (unit->unit->point_count == 0)
        return;
    memset(&view, 0, sizeof view);
    for (uint32_t i = 0; i < unit->unit->point_count; i++) {
        const struct mbp_user_point *point = &plant->points[order[i]];
        enum mbp_map_per per = (enum mbp_map_per)mbp_map[point->tag.block].per;
        if (last.item != point->tag.item || (enum mbp_map_per)mbp_map[last.block].per != per)
            fill(plant, state, summary, per, point->tag.item, &view);
        last = point->tag;
        if (point->reg.type == MBP_STRING || !show_digits(unit, state, point))
            show(unit, point, &view);
    }
}
