/* The plant's present state out of its tables: loops over the rows of the map. */
#include "slave/snapshot.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "slave/fetch.h"
#include "slave/value.h"

#define SENSOR_BITS 8u

/* ---- which blocks are read ----------------------------------------------------------------------------------------
 */

/* Where a block's fields that a view shows begin and end, in addresses from the item's first one. False: none does. */
static bool shown_span(unsigned block, const struct mbp_register *reg, uint32_t *first, uint32_t *end)
{
    const struct mbp_map_block *row = &mbp_map[block];
    bool any = false;
    for (unsigned f = 0; f < row->field_count; f++) {
        uint32_t at = mbp_map_field_offset(block, f, reg);
        if (row->fields[f].member.kind == MBP_MEMBER_NONE)
            continue;
        *first = any ? *first : at;
        *end = at + mbp_map_field_count(&row->fields[f], reg);
        any = true;
    }
    return any;
}

static void want_item(const struct mbp_plant *plant, const struct mbp_unit *unit, unsigned block, uint32_t item,
                      struct ctl_fetch *fetch)
{
    uint32_t first;
    uint32_t end;
    if (ctl_block_is_read(unit, block, fetch->shelves) && mbp_map_item_has(plant, unit, block, item) &&
        shown_span(block, mbp_map_register(plant, block, item), &first, &end))
        ctl_fetch_want(fetch, (enum mbp_table)mbp_map[block].table, mbp_map_addr(plant, unit, block, item) + first,
                       end - first);
}

/* What was read of an item in a block, into its view. */
static void take_item(const struct mbp_plant *plant, const struct mbp_unit *unit, unsigned block, uint32_t item,
                      const struct ctl_fetch *fetch, void *view)
{
    const struct mbp_map_block *row = &mbp_map[block];
    if (!ctl_block_is_read(unit, block, fetch->shelves) || !mbp_map_item_has(plant, unit, block, item))
        return;
    const uint16_t *words = &fetch->words[row->table][mbp_map_addr(plant, unit, block, item)];
    if (mbp_table_is_bits(row->table)) {
        uint8_t bits[16] = {0};
        for (unsigned i = 0; i < mbp_map_item_count(plant, block, item) && i < sizeof bits; i++)
            bits[i] = words[i] != 0;
        mbp_map_decode_bits(block, bits, view);
    } else {
        mbp_map_decode_words(block, mbp_map_register(plant, block, item), words, view);
    }
}

/* ---- the user's points --------------------------------------------------------------------------------------------
 */

/* Whether a point tells what no block of the unit does. */
static bool tells_alone(const struct mbp_plant *plant, const struct mbp_unit *unit, const struct mbp_user_point *point)
{
    const struct mbp_map_field *field = mbp_map_tag_field(&point->tag);
    return field->member.kind != MBP_MEMBER_NONE && point->reg.type != MBP_STRING && !point->write_only &&
           !mbp_map_item_has(plant, unit, point->tag.block, point->tag.item);
}

/* Whether it shows the text of a sensor that has no register in the standard map. */
static bool tells_text(const struct mbp_plant *plant, const struct mbp_user_point *point)
{
    return point->reg.type == MBP_STRING && point->tag.block == MBP_MAP_VALUES && !point->write_only &&
           plant->sensors[point->tag.item].reg.nowhere;
}

static bool is_of(const struct mbp_user_point *point, enum mbp_map_per per, uint32_t item)
{
    return mbp_map[point->tag.block].per == per && point->tag.item == item;
}

static void want_points(const struct mbp_plant *plant, const struct mbp_unit *unit, enum mbp_map_per per, uint32_t item,
                        struct ctl_fetch *fetch)
{
    for (uint32_t p = unit->first_point; p < unit->first_point + unit->point_count; p++) {
        const struct mbp_user_point *point = &plant->points[p];
        if (is_of(point, per, item) && (tells_alone(plant, unit, point) || tells_text(plant, point)))
            ctl_fetch_want(fetch, (enum mbp_table)point->table, point->reg.addr, point->reg.words);
    }
}

static void take_points(const struct mbp_plant *plant, const struct mbp_unit *unit, enum mbp_map_per per, uint32_t item,
                        const struct ctl_fetch *fetch, void *view)
{
    for (uint32_t p = unit->first_point; p < unit->first_point + unit->point_count; p++) {
        const struct mbp_user_point *point = &plant->points[p];
        if (!is_of(point, per, item) || !tells_alone(plant, unit, point))
            continue;
        const struct mbp_map_field *field = mbp_map_tag_field(&point->tag);
        const uint16_t *words = &fetch->words[point->table][point->reg.addr];
        uint16_t part = point->mask != 0 ? (uint16_t)((words[0] & point->mask) >> point->shift) : 0;
        words = point->mask != 0 ? &part : words;
        bool unused = field->write == MBP_WRITE_LIMIT && mbp_register_unused(&point->reg, words);
        mbp_map_set_number(field, unused ? (double)NAN : mbp_register_decode(&point->reg, words), view);
    }
}

/* ---- views --------------------------------------------------------------------------------------------------------
 */

static void want_per(const struct mbp_plant *plant, const struct mbp_unit *unit, enum mbp_map_per per, uint32_t item,
                     struct ctl_fetch *fetch)
{
    for (unsigned b = 0; b < mbp_map_count; b++) {
        if (mbp_map[b].per == per)
            want_item(plant, unit, b, item, fetch);
    }
    want_points(plant, unit, per, item, fetch);
}

static void take_per(const struct mbp_plant *plant, const struct mbp_unit *unit, enum mbp_map_per per, uint32_t item,
                     const struct ctl_fetch *fetch, void *view)
{
    for (unsigned b = 0; b < mbp_map_count; b++) {
        if (mbp_map[b].per == per)
            take_item(plant, unit, b, item, fetch, view);
    }
    take_points(plant, unit, per, item, fetch, view);
}

/* A machine of a unit that has no room for its blocks; and a state that there is none of is a failure to be looked at.
 */
static void take_machine(const struct mbp_plant *plant, const struct mbp_unit *unit, uint32_t m,
                         const struct ctl_fetch *fetch, struct mbp_machine_view *out)
{
    *out = (struct mbp_machine_view){.first_out_sensor = MBP_VIEW_NONE,
                                     .refused_state = MBP_VIEW_NONE,
                                     .refused_sensor = MBP_VIEW_NONE,
                                     .until_due_s = MBP_VIEW_NONE,
                                     .until_due_cycles = MBP_VIEW_NONE,
                                     .maintenance_left_s = MBP_VIEW_NONE};
    take_per(plant, unit, MBP_PER_MACHINE, m, fetch, out);
    ctl_machine_untold(plant, m, out);
    const bool by_flag = !CTL_SHOWS(plant, MBP_PER_MACHINE, m, mbp_machine_view, state);
    for (unsigned s = MBP_STATE_COUNT; s-- > 0 && by_flag;)
        out->state = out->in_state[s] ? (uint8_t)s : out->state;
    if (out->state >= MBP_STATE_COUNT)
        out->state = MBP_EN_PANNE;
}

static void take_sensor(const struct mbp_plant *plant, const struct mbp_unit *unit, uint32_t s,
                        const struct ctl_fetch *fetch, struct mbp_sensor_view *out)
{
    const bool is_alarm = plant->sensors[s].is_alarm;
    const enum mbp_map_per per = mbp_sensor_per(plant, s);
    *out = (struct mbp_sensor_view){.value = NAN, .limit = {NAN, NAN, NAN, NAN}};
    take_per(plant, unit, mbp_sensor_per(plant, s), s, fetch, out);
    ctl_sensor_untold(plant, s, out);
    if (is_alarm)
        out->value = out->condition ? 1 : 0;
    for (unsigned a = 0; a < MBP_ALARM_COUNT; a++) {
        const bool has_states = ctl_shows(plant, per, s, offsetof(struct mbp_sensor_view, alarm_state) + a);
        bool is_none = per == MBP_PER_INTERLOCK;
        if (is_none || (has_states && out->alarm_state[a] >= MBP_ALARM_STATE_COUNT))
            out->alarm_state[a] = MBP_ALARM_NORMAL;
        else if (!has_states)
            out->alarm_state[a] = (uint8_t)ctl_alarm_by_flags(out, a);
    }
}

static char *take_text(const struct mbp_plant *plant, const struct mbp_unit *unit, uint32_t s,
                       const struct ctl_fetch *fetch)
{
    const struct mbp_register *reg = &plant->sensors[s].reg;
    enum mbp_table table = MBP_HOLDING_REGISTERS;
    char text[2 * MBP_STRING_WORDS_MAX + 1];
    if (reg->type != MBP_STRING)
        return NULL;
    for (uint32_t p = unit->first_point; p < unit->first_point + unit->point_count && reg->nowhere; p++) {
        const struct mbp_user_point *point = &plant->points[p];
        if (!is_of(point, MBP_PER_SENSOR, s) || !tells_text(plant, point))
            continue;
        reg = &point->reg;
        table = (enum mbp_table)point->table;
    }
    if (reg->nowhere)
        return NULL;
    return strdup(
        ctl_string_text((enum mbp_order)reg->order, &fetch->words[table][reg->addr], reg->words, text, sizeof text));
}

/* ---- flags --------------------------------------------------------------------------------------------------------
 */

bool ctl_limit_passed(const struct mbp_sensor_view *view)
{
    bool any = false;
    for (unsigned l = 0; l < MBP_LIMIT_COUNT; l++)
        any = any || view->active[l];
    return any;
}

uint8_t ctl_sensor_bits(const struct mbp_sensor_view *view)
{
    uint8_t bits[SENSOR_BITS] = {0};
    unsigned packed = 0;
    mbp_map_encode_bits(MBP_MAP_SENSOR_BITS, view, bits);
    for (unsigned b = 0; b < SENSOR_BITS; b++)
        packed |= (unsigned)bits[b] << b;
    return (uint8_t)packed;
}

void ctl_sensor_set_bits(struct mbp_sensor_view *view, uint8_t bits)
{
    uint8_t each[SENSOR_BITS];
    for (unsigned b = 0; b < SENSOR_BITS; b++)
        each[b] = bits >> b & 1u;
    mbp_map_decode_bits(MBP_MAP_SENSOR_BITS, each, view);
}

enum mbp_alarm_state ctl_alarm_by_flags(const struct mbp_sensor_view *view, unsigned alarm)
{
    if (view->shelved)
        return MBP_ALARM_SHELVED;
    if ((alarm >= MBP_LIMIT_COUNT && alarm != MBP_CONDITION) || !view->active[alarm])
        return MBP_ALARM_NORMAL;
    return view->unacknowledged ? MBP_ALARM_UNACKNOWLEDGED : MBP_ALARM_ACKNOWLEDGED;
}

const char *ctl_flags_text(const struct mbp_sensor_view *view, char *buf, size_t size)
{
    static const char *const names[SENSOR_BITS] = {"low_low",        "low",     "high",   "high_high",
                                                   "unacknowledged", "shelved", "forced", "bad quality"};
    uint8_t bits = ctl_sensor_bits(view);
    size_t len = 0;
    buf[0] = '\0';
    for (unsigned b = 0; b < SENSOR_BITS; b++) {
        if ((bits >> b & 1u) == 0)
            continue;
        int wrote = snprintf(buf + len, size - len, "%s%s", len == 0 ? "" : ", ", ctl_tr(names[b]));
        len += wrote > 0 && (size_t)wrote < size - len ? (size_t)wrote : 0;
    }
    return buf;
}

/* ---- holes ------------------------------------------------------------------------------------------------------- */

static bool has_write_only(const struct mbp_plant *plant, const struct mbp_unit *unit)
{
    for (uint32_t p = unit->first_point; p < unit->first_point + unit->point_count; p++) {
        if (plant->points[p].write_only)
            return true;
    }
    return false;
}

/* What is no point inside a block reads 0. Where each item leaves some at its end, all are read with it: a block of
 * thousands of items is else as many requests. A user's point may stand there, which cannot be read if it is only
 * written. */
static void want_holes(const struct mbp_plant *plant, const struct mbp_unit *unit, enum mbp_map_per per, uint32_t first,
                       uint32_t count, struct ctl_fetch *fetch)
{
    if (count < 2 || has_write_only(plant, unit))
        return;
    for (unsigned b = 0; b < mbp_map_count; b++) {
        const struct mbp_map_block *row = &mbp_map[b];
        bool reads = row->table == MBP_DISCRETE_INPUTS || row->table == MBP_INPUT_REGISTERS;
        if (row->per != per || !reads || !ctl_block_is_read(unit, b, fetch->shelves))
            continue;
        for (uint32_t item = first; item + 1 < first + count; item++) {
            if (!mbp_map_item_has(plant, unit, b, item) || !mbp_map_item_has(plant, unit, b, item + 1))
                continue;
            uint32_t addr = mbp_map_addr(plant, unit, b, item);
            if (mbp_map_addr(plant, unit, b, item + 1) == addr + row->stride)
                ctl_fetch_want(fetch, (enum mbp_table)row->table, addr, row->stride);
        }
    }
}

/* ---- the whole plant ----------------------------------------------------------------------------------------------
 */

/* A kind of items, and where a snapshot keeps their views. */
static void want_unit(const struct mbp_plant *plant, const struct mbp_unit *unit, struct ctl_fetch *fetch)
{
    static const enum mbp_map_per kinds[] = {MBP_PER_UNIT,       MBP_PER_MACHINE, MBP_PER_SENSOR,   MBP_PER_ACTUATOR,
                                             MBP_PER_CONTROLLER, MBP_PER_ALARM,   MBP_PER_INTERLOCK};
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        uint32_t first;
        uint32_t count = mbp_map_items(plant, unit, kinds[k], &first);
        for (uint32_t item = first; item < first + count; item++)
            want_per(plant, unit, kinds[k], item, fetch);
        want_holes(plant, unit, kinds[k], first, count, fetch);
    }
}

/* The command of an on/off actuator, where only its bit tells. */
static void take_switch(const struct mbp_plant *plant, const struct mbp_unit *unit, uint32_t a,
                        struct mbp_actuator_view *view)
{
    const struct mbp_actuator *actuator = &plant->actuators[a];
    if (actuator->on_off && !mbp_map_has(unit, MBP_MAP_ACTUATORS) && ctl_addr(plant, MBP_MAP_COMMAND_COILS, a) >= 0)
        view->command = actuator->range[view->on ? 1 : 0];
}

static void take_unit(const struct mbp_plant *plant, const struct mbp_unit *unit, const struct ctl_fetch *fetch,
                      struct mbp_plant_view *out)
{
    for (uint32_t m = unit->first_machine; m < unit->first_machine + unit->machine_count; m++)
        take_machine(plant, unit, m, fetch, &out->machines[m]);
    for (uint32_t s = unit->first_sensor; s < unit->first_sensor + unit->sensor_count; s++) {
        take_sensor(plant, unit, s, fetch, &out->sensors[s]);
        out->texts[s] = take_text(plant, unit, s, fetch);
    }
    for (uint32_t a = unit->first_actuator; a < unit->first_actuator + unit->actuator_count; a++) {
        out->actuators[a] = (struct mbp_actuator_view){.command = NAN, .position = NAN};
        take_per(plant, unit, MBP_PER_ACTUATOR, a, fetch, &out->actuators[a]);
        take_switch(plant, unit, a, &out->actuators[a]);
    }
    for (uint32_t c = unit->first_controller; c < unit->first_controller + unit->controller_count; c++) {
        out->controllers[c] = (struct mbp_controller_view){.active_setpoint = NAN, .measurement = NAN, .output = NAN};
        take_per(plant, unit, MBP_PER_CONTROLLER, c, fetch, &out->controllers[c]);
        ctl_controller_untold(plant, c, &out->controllers[c]);
    }
}

static enum mbp_status read_units(struct ctl_link *link, const struct mbp_plant *plant, struct ctl_fetch *fetch,
                                  struct mbp_plant_view *snapshot)
{
    bool has_summary = false;
    bool is_first = true;
    for (uint32_t u = 0; u < plant->unit_count; u++) {
        const struct mbp_unit *unit = &plant->units[u];
        struct mbp_summary_view summary = {0};
        if (!mbp_unit_has_map(unit))
            continue;
        ctl_fetch_clear(fetch);
        want_unit(plant, unit, fetch);
        enum mbp_status status = ctl_fetch_run(fetch, link, unit->id);
        if (status != MBP_OK)
            return status;
        take_per(plant, unit, MBP_PER_UNIT, 0, fetch, &summary);
        /* The map's own version says whose it is: another device answers with whatever stands there. */
        if (mbp_map_has(unit, MBP_MAP_SUMMARY) && summary.map_version != MBP_MAP_VERSION)
            return MBP_ERR_NEWER;
        take_unit(plant, unit, fetch, snapshot);
        const bool has = mbp_map_has(unit, MBP_MAP_SUMMARY);
        if (is_first || (has && !has_summary))
            snapshot->summary = summary;
        is_first = false;
        has_summary = has_summary || has;
    }
    return MBP_OK;
}

enum ctl_exit ctl_snapshot_take(struct ctl *ctl, struct mbp_plant_view *out)
{
    const struct mbp_plant *plant = ctl_plant(ctl);
    struct ctl_link *link = plant != NULL ? ctl_link(ctl) : NULL;
    if (link == NULL)
        return CTL_FAILED;
    struct mbp_plant_view snapshot = {.sensors = NULL};
    struct ctl_fetch *fetch = ctl_fetch_new();
    enum mbp_status status = fetch == NULL ? MBP_ERR_MEMORY : mbp_plant_view_new(plant, &snapshot);
    if (fetch != NULL)
        fetch->shelves = ctl->shelves;
    if (status == MBP_OK)
        status = read_units(link, plant, fetch, &snapshot);
    free(fetch);
    if (status == MBP_OK) {
        *out = snapshot;
        return CTL_OK;
    }
    mbp_plant_view_free(plant, &snapshot);
    if (status == MBP_EX_ILLEGAL_DATA_ADDRESS && ctl->options->plant_path != NULL) {
        ctl_error("reading the plant: the slave lacks addresses that %s has: it runs another plant, or is no mbplant",
                  ctl->options->plant_path);
        return CTL_FAILED;
    }
    return ctl_fail(ctl, status, "reading the plant");
}

/* ---- parts of it --------------------------------------------------------------------------------------------------
 */

/* One item of a block of a unit, into its view. Errors: those of ctl_read; MBP_ERR_MISSING where the unit has none. */
static enum mbp_status read_item(struct ctl *ctl, const struct mbp_unit *unit, unsigned block, uint32_t item,
                                 void *view)
{
    const struct mbp_map_block *row = &mbp_map[block];
    uint16_t words[MBP_RECENT_WORDS + 64] = {0}; /* from the item's first address on */
    uint32_t first;
    uint32_t end;
    if (!mbp_map_item_has(ctl->plant, unit, block, item) || !shown_span(block, NULL, &first, &end) ||
        end > sizeof words / sizeof words[0])
        return MBP_ERR_MISSING;
    enum mbp_status status = ctl_read(ctl->link, unit->id, (enum mbp_table)row->table,
                                      (uint16_t)(mbp_map_addr(ctl->plant, unit, block, item) + first),
                                      (uint16_t)(end - first), words + first);
    if (status != MBP_OK)
        return status;
    if (row->table == MBP_DISCRETE_INPUTS) {
        uint8_t bits[64];
        for (size_t i = 0; i < sizeof bits; i++)
            bits[i] = words[i] != 0;
        mbp_map_decode_bits(block, bits, view);
    } else {
        mbp_map_decode_words(block, NULL, words, view);
    }
    return MBP_OK;
}

enum mbp_status ctl_machine_read(struct ctl *ctl, uint32_t machine, struct mbp_machine_view *out)
{
    const struct mbp_plant *plant = ctl->plant;
    const struct mbp_unit *unit = &plant->units[plant->machines[machine].unit];
    struct ctl_fetch *fetch = ctl_fetch_new();
    if (fetch == NULL)
        return MBP_ERR_MEMORY;
    want_per(plant, unit, MBP_PER_MACHINE, machine, fetch);
    enum mbp_status status = ctl_fetch_run(fetch, ctl->link, unit->id);
    if (status == MBP_OK)
        take_machine(plant, unit, machine, fetch, out);
    free(fetch);
    return status;
}

enum mbp_status ctl_sensor_flags_read(struct ctl *ctl, uint32_t sensor, struct mbp_sensor_view *out)
{
    const struct mbp_unit *unit = &ctl->plant->units[ctl->plant->sensors[sensor].unit];
    struct mbp_sensor_view view = {.value = 0};
    struct ctl_fetch *fetch = mbp_map_has(unit, MBP_MAP_SENSOR_BITS) ? NULL : ctl_fetch_new();
    enum mbp_status status = MBP_OK;
    if (fetch == NULL) {
        status = read_item(ctl, unit, MBP_MAP_SENSOR_BITS, sensor, &view);
    } else { /* what points of the user's own say, if any do */
        want_points(ctl->plant, unit, MBP_PER_SENSOR, sensor, fetch);
        status = ctl_fetch_run(fetch, ctl->link, unit->id);
        take_points(ctl->plant, unit, MBP_PER_SENSOR, sensor, fetch, &view);
    }
    free(fetch);
    if (status == MBP_OK)
        *out = view;
    return status;
}

int ctl_map_unit(const struct mbp_plant *plant)
{
    for (uint32_t u = 0; u < plant->unit_count; u++) {
        if (mbp_map_has(&plant->units[u], MBP_MAP_SUMMARY))
            return plant->units[u].id;
    }
    return -1;
}

int ctl_summary_unit(const struct mbp_plant *plant)
{
    int unit = ctl_map_unit(plant);
    if (unit >= 0)
        return unit;
    ctl_error("no unit of %s shows the plant's summary, so nothing tells how long its journal is; give a unit with "
              "machines or sensors `blocks: {default: none, summary: 30000}`",
              plant->name);
    return -1;
}

enum mbp_status ctl_summary_read(struct ctl *ctl, uint8_t unit, struct mbp_summary_view *out)
{
    const struct mbp_unit *of = mbp_plant_find_unit(ctl->plant, unit);
    struct mbp_summary_view view = {0};
    enum mbp_status status = of == NULL ? MBP_ERR_MISSING : read_item(ctl, of, MBP_MAP_SUMMARY, 0, &view);
    if (status == MBP_OK)
        *out = view;
    return status == MBP_OK && view.map_version != MBP_MAP_VERSION ? MBP_ERR_NEWER : status;
}

enum mbp_status ctl_journal_state_read(struct ctl *ctl, uint8_t unit, struct mbp_summary_view *summary)
{
    const struct mbp_unit *of = mbp_plant_find_unit(ctl->plant, unit);
    return of == NULL ? MBP_ERR_MISSING : read_item(ctl, of, MBP_MAP_EVENTS, 0, summary);
}
