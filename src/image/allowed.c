/* What a master may write: whether the points may be written now, and may have these values. */
#include <math.h>

#include "image_priv.h"
#include "mbplant/plant/interlock.h"

/* ---- points ------------------------------------------------------------------------------------------------------ */

/* As its coil stands, so that a master may switch a controller and set its output in one go. */
static bool is_automatic(const struct mbp_image *image, uint32_t c)
{
    const struct mbp_image_unit *unit = &image->units[image->plant->controllers[c].unit];
    if (!mbp_map_has(unit->unit, MBP_MAP_AUTOMATIC))
        return image->plant->controllers[c].automatic; /* nothing can switch it */
    return unit->coils[mbp_map_addr(image->plant, unit->unit, MBP_MAP_AUTOMATIC, c)] != 0;
}

/* Logic sets its targets in every scan; who is in automatic sets its output by itself, and an inner controller takes
 * its setpoint from its outer one. */
bool image_point_open(const struct mbp_image_unit *unit, const struct image_point *point)
{
    if (point->kind == MBP_WRITE_COMMAND) {
        const struct mbp_image *image = unit->image;
        if (image->plant->actuators[point->index].logic != 0)
            return false;
        uint32_t u = image->plant->actuators[point->index].unit;
        uint32_t controller = image->index[u].moved_by[point->index - image->units[u].unit->first_actuator];
        return controller == UINT32_MAX || !is_automatic(unit->image, controller);
    }
    if (point->kind != MBP_WRITE_SETTING)
        return true;
    bool has_outer = unit->image->plant->controllers[point->index].outer != UINT32_MAX;
    bool taken = point->sub == MBP_SET_MANUAL || (point->sub == MBP_SET_SETPOINT && has_outer);
    return !(taken && is_automatic(unit->image, point->index));
}

static bool is_partial(const struct mbp_image_unit *unit, uint32_t addr)
{
    return (unit->access[MBP_HOLDING_REGISTERS][addr] & MBP_ACCESS_PARTIAL) != 0;
}

static double number_of(const struct mbp_image_unit *unit, const struct image_point *point)
{
    return image_number(unit, point, point->table == MBP_COILS ? NULL : unit->holding + point->addr);
}

/* Beside what is judged, words that wait for others are no number yet. */
static bool setting_valid(const struct mbp_image_unit *unit, const struct image_point *point)
{
    const struct mbp_image *image = unit->image;
    const struct mbp_controller *controller = &image->plant->controllers[point->index];
    const struct mbp_image_unit *home = &image->units[controller->unit];
    bool has_block = mbp_map_has(home->unit, MBP_MAP_SETTINGS);
    uint32_t first = has_block ? mbp_map_addr(image->plant, home->unit, MBP_MAP_SETTINGS, point->index) : 0;
    double setting[MBP_SETTING_COUNT];
    for (unsigned i = 0; i < MBP_SETTING_COUNT; i++) {
        uint32_t addr = first + 2 * i;
        const struct image_wanted wanted = {MBP_PER_CONTROLLER, MBP_WRITE_SETTING, point->index, (uint8_t)i};
        struct image_asked asked;
        if (!has_block && image_find_asked(image, &wanted, &asked))
            setting[i] = image_asked_number(&asked);
        else if (!has_block)
            setting[i] = image->published != NULL ? image->published->controller[point->index].setting[i]
                                                  : controller->setting[i];
        else
            setting[i] =
                is_partial(home, addr) ? (double)NAN : mbp_codec_decode(MBP_FLOAT32, MBP_ABCD, 1, home->holding + addr);
    }
    setting[point->sub] = number_of(unit, point);
    return mbp_setting_allowed(controller, (enum mbp_setting)point->sub, setting);
}

/* Those that stand in no block, but at points: what the same request, or one before it, makes of them. */
static void take_other_limits(const struct mbp_image *image, uint32_t sensor, double limits[MBP_LIMIT_COUNT])
{
    for (unsigned l = 0; l < MBP_LIMIT_COUNT; l++) {
        const struct image_wanted wanted = {MBP_PER_SENSOR, MBP_WRITE_LIMIT, sensor, (uint8_t)l};
        struct image_asked asked;
        if (image_find_asked(image, &wanted, &asked))
            limits[l] = image_asked_number(&asked);
    }
}

static bool limit_valid(const struct mbp_image_unit *unit, const struct image_point *point)
{
    const struct mbp_sensor *sensor = &unit->image->plant->sensors[point->index];
    double limits[MBP_LIMIT_COUNT];
    mbp_image_limits(unit->image, point->index, limits);
    if (!mbp_map_item_has(unit->image->plant, &unit->image->plant->units[sensor->unit], MBP_MAP_LIMITS, point->index))
        take_other_limits(unit->image, point->index, limits);
    limits[point->sub] = number_of(unit, point);
    return mbp_limits_in_order(sensor, limits);
}

bool image_point_valid(const struct mbp_image_unit *unit, const struct image_point *point)
{
    const struct mbp_plant *plant = unit->image->plant;
    const struct mbp_register *reg = &point->reg;
    const bool unused = point->kind == MBP_WRITE_LIMIT && point->table == MBP_HOLDING_REGISTERS &&
                        mbp_register_unused(reg, unit->holding + point->addr);
    if (point->table == MBP_HOLDING_REGISTERS && !unused &&
        !mbp_codec_has_digits((enum mbp_type)reg->type, (enum mbp_order)reg->order, unit->holding + point->addr))
        return false;
    switch ((unsigned)point->kind) {
    case MBP_WRITE_SETTING:
        return setting_valid(unit, point);
    case MBP_WRITE_LIMIT:
        return limit_valid(unit, point);
    case MBP_WRITE_VALUE:
        return mbp_grid_within(&plant->sensors[point->index].reg, plant->sensors[point->index].range,
                               number_of(unit, point));
    case MBP_WRITE_COMMAND:
        return plant->actuators[point->index].on_off ||
               mbp_grid_within(&plant->actuators[point->index].reg, plant->actuators[point->index].range,
                               number_of(unit, point));
    case MBP_WRITE_BYPASS:
        return number_of(unit, point) * (double)MBP_NS_PER_S <= (double)mbp_longest_bypass_ns(plant, point->index);
    default: /* all that its type can hold */
        break;
    }
    return true;
}

/* The ends of what a point may have; those of a limit or a setting may be nearer, by its neighbours, and then it is
 * refused. NULL = none. */
static const double *range_of(const struct mbp_plant *plant, const struct image_point *point)
{
    bool ends = point->sub == MBP_SET_LOW || point->sub == MBP_SET_HIGH || point->sub == MBP_SET_MANUAL;
    if (point->kind == MBP_WRITE_VALUE || point->kind == MBP_WRITE_LIMIT)
        return plant->sensors[point->index].range;
    if (point->kind == MBP_WRITE_COMMAND)
        return plant->actuators[point->index].range;
    if (point->kind == MBP_WRITE_SETTING && point->sub == MBP_SET_SETPOINT)
        return plant->controllers[point->index].setpoint_range;
    return point->kind == MBP_WRITE_SETTING && ends ? plant->controllers[point->index].output_range : NULL;
}

/* Holds what stands in a point within these ends. */
static void clamp_point(const struct mbp_image_unit *unit, const struct image_point *point)
{
    const double *range = range_of(unit->image->plant, point);
    double number = number_of(unit, point);
    uint16_t *words = unit->holding + point->addr;
    uint16_t mask = point->own != NULL ? point->own->mask : 0;
    uint16_t part = 0;
    if (range == NULL || isnan(number))
        return;
    number = fmin(fmax(number, range[0]), range[1]);
    mbp_register_encode(&point->reg, number, mask != 0 ? &part : words);
    if (mask != 0)
        words[0] = (uint16_t)((words[0] & ~mask) | ((uint32_t)part << point->own->shift & mask));
}

static bool raw_allowed(const struct mbp_image_unit *unit, uint16_t addr)
{
    uint16_t value = unit->holding[addr];
    bool clamp = unit->unit->answer.refuse == MBP_REFUSE_CLAMP;
    for (uint32_t b = 0; b < unit->unit->block_count[MBP_HOLDING_REGISTERS]; b++) {
        const struct mbp_block *block = &unit->unit->blocks[MBP_HOLDING_REGISTERS][b];
        if (addr < block->at || addr >= block->at + block->count)
            continue;
        if (clamp && block->has_min && value < block->min)
            value = unit->holding[addr] = block->min;
        if (clamp && block->has_max && value > block->max)
            value = unit->holding[addr] = block->max;
        return (!block->has_min || value >= block->min) && (!block->has_max || value <= block->max);
    }
    return true;
}

bool image_point_covered(const struct image_point *point, uint32_t addr, uint32_t end)
{
    return point->addr >= addr && (uint32_t)point->addr + point->words <= end;
}

/* What a unit says to a value that it does not accept. */
enum mbp_status image_value_refused(const struct mbp_image_unit *unit)
{
    switch ((enum mbp_refuse)unit->unit->answer.refuse) {
    case MBP_REFUSE_VALUE:
        return MBP_EX_ILLEGAL_DATA_VALUE;
    case MBP_REFUSE_IGNORE:
        return MBP_ERR_BUSY; /* of no exception: the request is confirmed, and not carried out */
    case MBP_REFUSE_FAILURE:
    case MBP_REFUSE_CLAMP:
    case MBP_REFUSE_COUNT:
        break;
    }
    return MBP_EX_SERVER_DEVICE_FAILURE;
}

static bool is_acceptable(const struct mbp_image_unit *unit, const struct image_point *point)
{
    if (!image_point_valid(unit, point) && unit->unit->answer.refuse == MBP_REFUSE_CLAMP)
        clamp_point(unit, point);
    return image_point_valid(unit, point);
}

/* The same of all points of its register, each by its own bits. */
static enum mbp_status parts_allowed(const struct mbp_image_unit *unit, const struct image_point *point, bool whole)
{
    const struct mbp_user_point *own;
    unsigned siblings = image_siblings(unit, point, &own);
    for (unsigned s = 0; s < siblings; s++) {
        const struct image_point one = image_sibling(point, own != NULL ? own + s : NULL);
        if (one.own != NULL && !one.own->writable)
            continue;
        if (!image_point_open(unit, &one))
            return MBP_EX_SERVER_DEVICE_FAILURE;
        if (whole && !is_acceptable(unit, &one))
            return image_value_refused(unit);
    }
    return MBP_OK;
}

enum mbp_status image_span_allowed(const struct mbp_image_unit *unit, uint16_t addr, uint16_t count, uint16_t *at)
{
    uint32_t end = (uint32_t)addr + count;
    size_t partial = 0;
    for (uint32_t a = addr; a < end; a++) {
        uint8_t access = unit->access[MBP_HOLDING_REGISTERS][a];
        *at = (uint16_t)a;
        if ((access & MBP_ACCESS_CHECKED) != 0 && !raw_allowed(unit, (uint16_t)a))
            return image_value_refused(unit);
        if ((access & MBP_ACCESS_LATCHED) == 0)
            continue;
        struct image_point point = image_find_point(unit, MBP_HOLDING_REGISTERS, (uint16_t)a);
        enum mbp_status status = parts_allowed(unit, &point, image_point_covered(&point, addr, end));
        if (status != MBP_OK)
            return status;
        if (!image_point_covered(&point, addr, end))
            partial += is_partial(unit, point.addr) ? 0 : 1;
        a = (uint32_t)point.addr + point.words - 1;
    }
    *at = addr;
    return unit->image->partial_count + partial > MBP_PARTIAL_MAX ? MBP_EX_SERVER_DEVICE_BUSY : MBP_OK;
}

/* Of coils only those of on/off actuators are ever closed: where logic sets them, or a controller. */
bool image_coils_open(const struct mbp_image_unit *unit, uint16_t addr, uint16_t count, uint16_t *at)
{
    for (uint32_t a = addr; unit->unit->logic_count + unit->unit->controller_count > 0 && a < (uint32_t)addr + count;
         a++) {
        if ((unit->access[MBP_COILS][a] & MBP_ACCESS_LATCHED) == 0)
            continue;
        struct image_point point = image_find_point(unit, MBP_COILS, (uint16_t)a);
        *at = (uint16_t)a;
        if (point.kind == MBP_WRITE_COMMAND && !image_point_open(unit, &point))
            return false;
    }
    return true;
}

/* ---- forcing ----------------------------------------------------------------------------------------------------- */

void mbp_image_allow_forcing(struct mbp_image *image, bool allowed)
{
    image->forcing_refused = !allowed;
}

/* packed: the bits to be written to coils. */
static bool forces(const struct mbp_image_unit *unit, enum mbp_table table, uint16_t addr, uint16_t count,
                   const uint8_t *packed)
{
    for (uint32_t i = 0; i < count; i++) {
        if ((unit->access[table][addr + i] & MBP_ACCESS_LATCHED) == 0)
            continue;
        enum mbp_write_kind kind = image_find_point(unit, table, (uint16_t)(addr + i)).kind;
        if (kind == MBP_WRITE_VALUE || (kind == MBP_WRITE_FORCED && (packed[i / 8] >> (i % 8) & 1u) != 0))
            return true;
    }
    return false;
}

enum mbp_status image_may_write(const struct mbp_image_unit *unit, enum mbp_table table, uint16_t addr, uint16_t count,
                                const uint8_t *packed)
{
    enum mbp_status status = mbp_image_may_write(unit, table, addr, count);
    if (status == MBP_OK && unit->image->forcing_refused && forces(unit, table, addr, count, packed))
        status = MBP_EX_ILLEGAL_DATA_ADDRESS;
    return status;
}
