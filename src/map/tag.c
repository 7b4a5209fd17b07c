/* tag: what a name stands for, and the name of that. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "mbplant/map.h"

/* Of an actuator, which of the two blocks of commands has it. */
static bool block_has(const struct mbp_plant *plant, unsigned block, uint32_t item)
{
    if (mbp_map[block].place == MBP_PLACE_COMMAND)
        return !plant->actuators[item].on_off;
    return mbp_map[block].place != MBP_PLACE_ON_OFF || plant->actuators[item].on_off;
}

static bool find_field(const struct mbp_plant *plant, enum mbp_map_per per, uint32_t item, const char *suffix,
                       struct mbp_tag *out)
{
    if (per == MBP_PER_ACTUATOR && strcasecmp(suffix, "command") == 0)
        suffix = ""; /* its name alone is its command, as masters write it */
    for (unsigned b = 0; b < mbp_map_count; b++) {
        if (mbp_map[b].per != per || mbp_map[b].instructor || !block_has(plant, b, item))
            continue;
        for (unsigned f = 0; f < mbp_map[b].field_count; f++) {
            const struct mbp_map_field *field = &mbp_map[b].fields[f];
            bool shown = field->member.kind != MBP_MEMBER_NONE || field->write != MBP_WRITE_NONE;
            if (shown && strcasecmp(field->name, suffix) == 0 && mbp_map_field_stands(plant, b, f, item)) {
                *out = (struct mbp_tag){item, (uint8_t)b, (uint8_t)f};
                return true;
            }
        }
    }
    return false;
}

/* Item names may have points in them: the longest one that there is counts. */
bool mbp_map_tag(const struct mbp_plant *plant, uint32_t unit, const char *name, mbp_map_find_item *find,
                 const void *ctx, struct mbp_tag *out)
{
    static const enum mbp_map_per kinds[] = {MBP_PER_MACHINE, MBP_PER_SENSOR,    MBP_PER_ACTUATOR, MBP_PER_CONTROLLER,
                                             MBP_PER_ALARM,   MBP_PER_INTERLOCK, MBP_PER_STORED};
    char item[MBP_NAME_MAX + 1];
    for (size_t len = strlen(name); len > 0; len--) {
        if ((name[len] != '\0' && name[len] != '.') || len > MBP_NAME_MAX)
            continue;
        snprintf(item, sizeof item, "%.*s", (int)len, name);
        for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
            uint32_t found = find(ctx, kinds[k], item);
            const char *suffix = name + len + (name[len] == '.');
            bool contact =
                kinds[k] == MBP_PER_SENSOR && strcasecmp(suffix, "condition") == 0; /* as its alarm is called */
            if (found != UINT32_MAX)
                return find_field(plant, kinds[k], found, contact ? MBP_MAP_CONDITION : suffix, out);
        }
    }
    return find_field(plant, MBP_PER_UNIT, unit, name, out);
}

const char *mbp_map_tag_name(const struct mbp_plant *plant, const struct mbp_tag *tag, char *buf, size_t size)
{
    const char *item = mbp_map_item_name(plant, (enum mbp_map_per)mbp_map[tag->block].per, tag->item);
    const char *field = mbp_map_tag_field(tag)->name;
    snprintf(buf, size, "%s%s%s", item, item[0] != '\0' && field[0] != '\0' ? "." : "", field);
    return buf;
}

bool mbp_map_tag_by_logic(const struct mbp_plant *plant, const struct mbp_tag *tag)
{
    return mbp_map_tag_field(tag)->write == MBP_WRITE_COMMAND && plant->actuators[tag->item].logic != 0;
}

bool mbp_map_tag_writable(const struct mbp_plant *plant, const struct mbp_tag *tag)
{
    enum mbp_write_kind write = (enum mbp_write_kind)mbp_map_tag_field(tag)->write;
    if (write == MBP_WRITE_STORED)
        return !plant->stored[tag->item].computed && !plant->stored[tag->item].parameter; /* which an instructor sets */
    return write != MBP_WRITE_NONE && !mbp_map_tag_by_logic(plant, tag) &&
           !(write == MBP_WRITE_VALUE && plant->sensors[tag->item].inject == MBP_INJECT_REJECT);
}

/* ---- what the file says as a register ---------------------------------------------------------------------------- */

static bool stands_before(const struct mbp_user_point *point, unsigned table, uint16_t addr)
{
    return point->table < table || (point->table == table && point->reg.addr < addr);
}

const struct mbp_user_point *mbp_map_register_point(const struct mbp_plant *plant, enum mbp_map_per per, uint32_t item)
{
    bool sensor = per == MBP_PER_SENSOR;
    const struct mbp_register *reg = sensor ? &plant->sensors[item].reg : &plant->actuators[item].reg;
    const struct mbp_unit *unit = &plant->units[sensor ? plant->sensors[item].unit : plant->actuators[item].unit];
    const struct mbp_user_point *points = plant->points + unit->first_point;
    for (unsigned table = 0; table < MBP_TABLE_COUNT && reg->pointed; table++) {
        uint32_t low = 0;
        for (uint32_t high = unit->point_count; low < high;) {
            uint32_t middle = low + (high - low) / 2;
            if (stands_before(&points[middle], table, reg->addr))
                low = middle + 1;
            else
                high = middle;
        }
        for (; low < unit->point_count && points[low].table == table && points[low].reg.addr == reg->addr; low++) {
            const struct mbp_tag *tag = &points[low].tag;
            if (points[low].of_register && tag->item == item && mbp_map[tag->block].per == per)
                return &points[low];
        }
    }
    return NULL;
}
