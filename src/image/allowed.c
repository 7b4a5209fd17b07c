/* What a master may write: whether the points may be written now, and may have these values. */
#include <math.h>

#include "image_priv.h"

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
        const struct image_index *index = &unit->image->index[unit - unit->image->units];
        if (unit->image->plant->actuators[point->index].logic != 0)
            return false;
        uint32_t controller = index->moved_by[point->index - unit->unit->first_actuator];
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

/* Beside what is judged, words that wait for others are no number yet. */
static bool setting_valid(const struct mbp_image_unit *unit, const struct image_point *point)
{
    const struct mbp_controller *controller = &unit->image->plant->controllers[point->index];
    uint16_t first = (uint16_t)(point->addr - 2u * point->sub);
    double setting[MBP_SETTING_COUNT];
    for (unsigned i = 0; i < MBP_SETTING_COUNT; i++) {
        size_t addr = first + 2 * (size_t)i;
        bool waits = i != point->sub && is_partial(unit, (uint32_t)addr);
        setting[i] = waits ? (double)NAN : mbp_codec_decode(MBP_FLOAT32, MBP_ABCD, 1, unit->holding + addr);
    }
    return mbp_setting_allowed(controller, (enum mbp_setting)point->sub, setting);
}

static bool limit_valid(const struct mbp_image_unit *unit, const struct image_point *point)
{
    const struct mbp_sensor *sensor = &unit->image->plant->sensors[point->index];
    double limits[MBP_LIMIT_COUNT];
    mbp_image_limits(unit->image, point->index, limits);
    limits[point->sub] = image_limit(unit, sensor, point->sub);
    return mbp_limits_in_order(sensor, limits);
}

bool image_point_valid(const struct mbp_image_unit *unit, const struct image_point *point)
{
    const struct mbp_plant *plant = unit->image->plant;
    const struct mbp_register *reg;
    switch (point->kind) {
    case MBP_WRITE_SETTING:
        return setting_valid(unit, point);
    case MBP_WRITE_LIMIT:
        return limit_valid(unit, point);
    case MBP_WRITE_VALUE:
        return mbp_grid_within(&plant->sensors[point->index].reg, plant->sensors[point->index].range,
                               image_value(unit, &plant->sensors[point->index]));
    case MBP_WRITE_COMMAND:
        reg = &plant->actuators[point->index].reg;
        return mbp_grid_within(reg, plant->actuators[point->index].range,
                               mbp_codec_decode(reg->type, reg->order, reg->scale, unit->holding + reg->addr));
    case MBP_WRITE_SHELVING: /* every number of seconds is one */
    case MBP_WRITE_MODE:
    case MBP_WRITE_STATE:
    case MBP_WRITE_ACKNOWLEDGE:
    case MBP_WRITE_RESET:
    case MBP_WRITE_SHELVE_ALL:
    case MBP_WRITE_ACKNOWLEDGE_SENSOR:
    case MBP_WRITE_RESET_SENSOR:
    case MBP_WRITE_SERVICE:
    case MBP_WRITE_FORCED:
    case MBP_WRITE_SHELVED:
    case MBP_WRITE_NONE:
    case MBP_WRITE_SIMULATION:
        break;
    }
    return true;
}

static bool raw_allowed(const struct mbp_image_unit *unit, uint16_t addr)
{
    uint16_t value = unit->holding[addr];
    for (uint32_t b = 0; b < unit->unit->block_count[MBP_HOLDING_REGISTERS]; b++) {
        const struct mbp_block *block = &unit->unit->blocks[MBP_HOLDING_REGISTERS][b];
        if (addr >= block->at && addr < block->at + block->count)
            return (!block->has_min || value >= block->min) && (!block->has_max || value <= block->max);
    }
    return true;
}

bool image_point_covered(const struct image_point *point, uint32_t addr, uint32_t end)
{
    return point->addr >= addr && (uint32_t)point->addr + point->words <= end;
}

enum mbp_status image_span_allowed(const struct mbp_image_unit *unit, uint16_t addr, uint16_t count, uint16_t *at)
{
    uint32_t end = (uint32_t)addr + count;
    size_t partial = 0;
    for (uint32_t a = addr; a < end; a++) {
        uint8_t access = unit->access[MBP_HOLDING_REGISTERS][a];
        *at = (uint16_t)a;
        if ((access & MBP_ACCESS_CHECKED) != 0 && !raw_allowed(unit, (uint16_t)a))
            return MBP_EX_SERVER_DEVICE_FAILURE;
        if ((access & MBP_ACCESS_LATCHED) == 0)
            continue;
        struct image_point point = image_find_point(unit, MBP_HOLDING_REGISTERS, (uint16_t)a);
        if (!image_point_open(unit, &point))
            return MBP_EX_SERVER_DEVICE_FAILURE;
        if (!image_point_covered(&point, addr, end))
            partial += is_partial(unit, point.addr) ? 0 : 1;
        else if (!image_point_valid(unit, &point))
            return MBP_EX_SERVER_DEVICE_FAILURE;
        a = (uint32_t)point.addr + point.words - 1;
    }
    *at = addr;
    return unit->image->partial_count + partial > MBP_PARTIAL_MAX ? MBP_EX_SERVER_DEVICE_BUSY : MBP_OK;
}

/* Of coils only those of on/off actuators are ever closed: where logic sets them. */
bool image_coils_open(const struct mbp_image_unit *unit, uint16_t addr, uint16_t count, uint16_t *at)
{
    for (uint32_t a = addr; unit->unit->logic_count > 0 && a < (uint32_t)addr + count; a++) {
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
