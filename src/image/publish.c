/* The state, copied into every unit's tables: block by block as the map's rows say, from views. What every scan does to
 * every sensor are loops over the state's arrays instead. */
#include <stdlib.h>
#include <string.h>

#include "image_priv.h"
#include "mbplant/view.h"

void image_put_u32(uint16_t *words, uint64_t number)
{
    mbp_words_put_u32(words, number > UINT32_MAX ? UINT32_MAX : (uint32_t)number);
}

/* ---- an item's blocks ---------------------------------------------------------------------------------------------
 */

/* An item of a block, into the tables from its first address. */
static void put(struct mbp_image_unit *unit, unsigned block, uint16_t addr, const struct mbp_register *reg,
                const void *view)
{
    switch ((enum mbp_table)mbp_map[block].table) {
    case MBP_COILS:
        mbp_map_encode_bits(block, view, unit->coils + addr);
        break;
    case MBP_DISCRETE_INPUTS:
        mbp_map_encode_bits(block, view, unit->discrete + addr);
        break;
    case MBP_HOLDING_REGISTERS:
        mbp_map_encode_words(block, reg, view, unit->holding + addr);
        break;
    case MBP_INPUT_REGISTERS:
        mbp_map_encode_words(block, reg, view, unit->input + addr);
        break;
    case MBP_TABLE_COUNT:
        break;
    }
}

static void show(struct mbp_image_unit *unit, unsigned block, uint32_t item, const void *view)
{
    const struct mbp_plant *plant = unit->image->plant;
    if (mbp_map_item_has(plant, unit->unit, block, item))
        put(unit, block, mbp_map_addr(plant, unit->unit, block, item), mbp_map_register(plant, block, item), view);
}

static uint16_t addr_of(const struct image_block *block, uint32_t item)
{
    return (uint16_t)(block->base + (item - block->first) * block->stride);
}

static void show_block(struct mbp_image_unit *unit, const struct image_block *block, uint32_t item, const void *view)
{
    if (block->strides)
        put(unit, block->block, addr_of(block, item), NULL, view);
    else
        show(unit, block->block, item, view);
}

static const struct image_blocks *blocks_of(const struct mbp_image_unit *unit, enum mbp_map_per per)
{
    return &unit->image->index[unit - unit->image->units].blocks[per];
}

/* Where masters write, the state stands again after each scan, whatever they asked for. */
static void show_written(struct mbp_image_unit *unit, enum mbp_map_per per, uint32_t item, const void *view)
{
    const struct image_blocks *blocks = blocks_of(unit, per);
    for (unsigned i = 0; i < blocks->written_count; i++)
        show_block(unit, &blocks->written[i], item, view);
}

/* The fields of some pieces of the view. */
static void show_fields(struct mbp_image_unit *unit, const struct image_blocks *blocks, unsigned piece, unsigned end,
                        uint32_t item, const void *view)
{
    const struct image_field *field = blocks->fields + blocks->begins[piece];
    for (; field < blocks->fields + blocks->begins[end]; field++)
        mbp_map_encode_field(field->field, view,
                             unit->input + field->base + (size_t)(item - field->first) * field->stride);
}

static void show_bits_read(struct mbp_image_unit *unit, const struct image_blocks *blocks, uint32_t item,
                           const void *view)
{
    for (unsigned i = 0; i < blocks->read_count; i++)
        show_block(unit, &blocks->read[i], item, view);
}

/* Where no master writes, an item's words stand as its view was shown before: what has not changed is left alone. */
static void show_changes(struct mbp_image_unit *unit, enum mbp_map_per per, uint32_t item, const void *view,
                         uint64_t differ)
{
    const struct image_blocks *blocks = blocks_of(unit, per);
    show_bits_read(unit, blocks, item, view);
    for (; differ != 0; differ &= differ - 1) {
        const unsigned piece = (unsigned)__builtin_ctzll(differ);
        show_fields(unit, blocks, piece, piece + 1, item, view);
    }
}

static void show_read(struct mbp_image_unit *unit, enum mbp_map_per per, uint32_t item, const void *view)
{
    const struct image_blocks *blocks = blocks_of(unit, per);
    show_bits_read(unit, blocks, item, view);
    show_fields(unit, blocks, 0, MBP_MAP_PIECES, item, view);
}

static void show_all(struct mbp_image_unit *unit, enum mbp_map_per per, uint32_t item, const void *view)
{
    show_written(unit, per, item, view);
    show_read(unit, per, item, view);
}

/* ---- which blocks -------------------------------------------------------------------------------------------------
 */

static struct image_block block_of(const struct mbp_plant *plant, const struct mbp_unit *unit, unsigned b)
{
    const struct mbp_map_block *row = &mbp_map[b];
    struct image_block block = {.block = (uint8_t)b, .strides = row->place == MBP_PLACE_STRIDE};
    if (block.strides) {
        block.base = (uint16_t)unit->layout.base[b];
        block.stride = row->stride;
        mbp_map_items(plant, unit, (enum mbp_map_per)row->per, &block.first);
    }
    return block;
}

static bool is_of_fields(const struct image_block *block)
{
    return block->strides && mbp_map[block->block].table == MBP_INPUT_REGISTERS;
}

static void add_fields(struct image_blocks *blocks, const struct image_block *of, unsigned piece, unsigned *count)
{
    const struct mbp_map_block *row = &mbp_map[of->block];
    for (unsigned f = 0; f < row->field_count; f++) {
        const struct mbp_map_field *field = &row->fields[f];
        if ((mbp_map_field_pieces(field) >> piece & 1u) != 0)
            blocks->fields[(*count)++] =
                (struct image_field){field, of->first, (uint16_t)(of->base + field->offset), of->stride};
    }
}

/* Input registers that stand one stride apart become fields, by the pieces that they show; one may show two pieces. */
static enum mbp_status find_fields(struct image_blocks *blocks)
{
    size_t most = 1;
    unsigned count = 0;
    unsigned kept = 0;
    for (unsigned i = 0; i < blocks->read_count; i++)
        most += is_of_fields(&blocks->read[i]) ? 2u * mbp_map[blocks->read[i].block].field_count : 0;
    blocks->fields = calloc(most, sizeof *blocks->fields);
    if (blocks->fields == NULL)
        return MBP_ERR_MEMORY;
    for (unsigned piece = 0; piece < MBP_MAP_PIECES; piece++) {
        blocks->begins[piece] = (uint16_t)count;
        for (unsigned i = 0; i < blocks->read_count; i++) {
            if (is_of_fields(&blocks->read[i]))
                add_fields(blocks, &blocks->read[i], piece, &count);
        }
    }
    blocks->begins[MBP_MAP_PIECES] = (uint16_t)count;
    for (unsigned i = 0; i < blocks->read_count; i++) {
        if (!is_of_fields(&blocks->read[i]))
            blocks->read[kept++] = blocks->read[i];
    }
    blocks->read_count = (uint8_t)kept;
    return MBP_OK;
}

enum mbp_status image_choose_blocks(const struct mbp_plant *plant, const struct mbp_unit *unit,
                                    struct image_index *index)
{
    enum mbp_status status = MBP_OK;
    for (unsigned b = 0; b < mbp_map_count; b++) {
        const struct mbp_map_block *row = &mbp_map[b];
        struct image_blocks *blocks = &index->blocks[row->per];
        /* Of sensors a scan shows those that its own loops do not. */
        enum mbp_map_refresh now = row->per == MBP_PER_SENSOR ? MBP_REFRESH_ALARMS : MBP_REFRESH_SCAN;
        if (row->instructor || row->refresh != now || !mbp_map_has(unit, b))
            continue;
        if (row->table == MBP_COILS || row->table == MBP_HOLDING_REGISTERS)
            blocks->written[blocks->written_count++] = block_of(plant, unit, b);
        else
            blocks->read[blocks->read_count++] = block_of(plant, unit, b);
    }
    for (unsigned per = 0; per < MBP_PER_COUNT && status == MBP_OK; per++)
        status = find_fields(&index->blocks[per]);
    return status;
}

void image_show_instructor(struct mbp_image_unit *unit, const struct mbp_sim_view *view)
{
    for (unsigned b = 0; b < mbp_map_count; b++) {
        const struct mbp_map_block *row = &mbp_map[b];
        if (row->instructor && row->per == MBP_PER_UNIT && row->refresh == MBP_REFRESH_SCAN)
            show(unit, b, 0, view);
    }
}

/* ---- sensors ------------------------------------------------------------------------------------------------------
 */

/* How many sensors a block shows: all of the unit but its alarms of none, or none. A block without a place has no
 * address to begin at. */
static uint32_t shown_sensors(const struct mbp_unit *unit, unsigned block)
{
    return mbp_map_has(unit, block) ? mbp_unit_sensors(unit) : 0;
}

#define BITS_BLOCK 64u /* sensors whose bits are compared at once: mostly none has changed */

static void show_bits(uint8_t now, uint8_t *bits)
{
    for (unsigned bit = 0; bit < 8; bit++)
        bits[bit] = now >> bit & 1u;
}

/* No master writes them, so they stand as they were shown last. */
static void publish_bits(struct mbp_image_unit *unit, const struct mbp_state *state)
{
    const struct mbp_unit *u = unit->unit;
    uint8_t *shown = unit->image->index[unit - unit->image->units].bits_shown;
    uint32_t count = shown_sensors(u, MBP_MAP_SENSOR_BITS);
    if (count == 0)
        return;
    uint8_t *bits = unit->discrete + u->layout.base[MBP_MAP_SENSOR_BITS];
    for (uint32_t first = 0; first < count; first += BITS_BLOCK) {
        const uint32_t many = count - first < BITS_BLOCK ? count - first : BITS_BLOCK;
        uint8_t now[BITS_BLOCK];
        mbp_view_sensor_bits(state, u->first_sensor + first, many, now);
        if (memcmp(now, shown + first, many) == 0)
            continue;
        for (uint32_t i = 0; i < many; i++) {
            if (now[i] != shown[first + i])
                show_bits(now[i], bits + 8 * (size_t)(first + i));
        }
        unit->bits_version++;
        memcpy(shown + first, now, many);
    }
}

static void publish_coil(struct mbp_image_unit *unit, unsigned block, const uint8_t *flags, uint8_t flag)
{
    const struct mbp_unit *u = unit->unit;
    uint32_t count = shown_sensors(u, block);
    if (count == 0)
        return;
    uint8_t *coils = unit->coils + u->layout.base[block];
    flags += u->first_sensor;
    for (uint32_t i = 0; i < count; i++)
        coils[i] = (flags[i] & flag) != 0;
}

static void publish_limits(struct mbp_image_unit *unit, const struct mbp_state *state)
{
    const struct mbp_unit *u = unit->unit;
    for (uint32_t s = u->first_sensor; s < u->first_sensor + u->sensor_count; s++) {
        const struct mbp_register *reg = &unit->image->plant->sensors[s].reg;
        if (!mbp_map_item_has(unit->image->plant, u, MBP_MAP_LIMITS, s))
            continue;
        for (unsigned l = 0; l < MBP_LIMIT_COUNT; l++)
            mbp_register_update(reg, state->limit[s * MBP_LIMIT_COUNT + l],
                                unit->holding + reg->limits_addr + l * reg->words);
    }
}

/* All that an alarm block of a sensor goes by: where it is as it was, the block stands. */
static struct image_alarms alarms_of(const struct mbp_state *state, uint32_t s)
{
    return (struct image_alarms){.active = state->active[s],
                                 .unack = state->unack[s],
                                 .latched = state->latched[s],
                                 .suppressed = state->suppressed[s],
                                 .hidden = state->hidden[s],
                                 .alarm_flags = state->alarm_flags[s],
                                 .flags = state->flags[s] & MBP_SENSOR_SHELVED,
                                 .shown = 1,
                                 .since_s = state->alarm_since_s[s]};
}

static void publish_alarms(struct mbp_image_unit *unit, const struct mbp_state *state)
{
    const struct mbp_unit *u = unit->unit;
    struct image_alarms *shown = unit->image->index[unit - unit->image->units].alarms_shown;
    for (uint32_t i = 0; i < mbp_unit_sensors(u); i++) {
        struct image_alarms now = alarms_of(state, u->first_sensor + i);
        struct mbp_sensor_view view;
        if (memcmp(&now, &shown[i], sizeof now) == 0)
            continue;
        shown[i] = now;
        mbp_view_sensor(unit->image->plant, state, u->first_sensor + i, &view);
        show_all(unit, MBP_PER_SENSOR, u->first_sensor + i, &view);
    }
}

/* Alarms of no sensor are few, and so are interlocks. */
static void publish_own_alarms(struct mbp_image_unit *unit, const struct mbp_state *state)
{
    const struct mbp_unit *u = unit->unit;
    for (uint32_t i = 0; i < u->alarm_count; i++) {
        uint32_t s = mbp_unit_first_alarm(u) + i;
        struct mbp_sensor_view view;
        mbp_view_sensor(unit->image->plant, state, s, &view);
        show_all(unit, mbp_sensor_per(unit->image->plant, s), s, &view);
    }
}

/* When a sensor's shelving register is to show a second less. */
static uint64_t next_second(const struct mbp_state *state, uint32_t s, uint16_t left_s)
{
    uint64_t end_ns = state->shelf_end_ns[s];
    bool counts = left_s > 0 && left_s < MBP_SHELVE_ONCE && end_ns != 0 && end_ns != MBP_SHELF_NO_END;
    return counts ? end_ns - (left_s - 1u) * MBP_NS_PER_S : UINT64_MAX;
}

/* When a word that shows what is left until a time of the state is to show a second less. */
static void show_less_at(const struct mbp_state *state, uint32_t end_ms, uint32_t left_s, uint64_t *next_ns)
{
    uint64_t now_ms = state->sim_ns / MBP_NS_PER_MS;
    uint64_t end = now_ms + (uint32_t)(end_ms - (uint32_t)now_ms);
    uint64_t next = (end - (left_s - 1) * UINT64_C(1000)) * MBP_NS_PER_MS;
    *next_ns = next < *next_ns ? next : *next_ns;
}

/* Shelves and bypasses of single alarms, likewise; each sensor has a word of each. */
static void publish_alone(struct mbp_image_unit *unit, const struct mbp_state *state)
{
    uint64_t *next_ns = &unit->image->shelving_next_ns;
    const struct mbp_unit *u = unit->unit;
    uint32_t count = shown_sensors(u, MBP_MAP_ALARM_SHELVES);
    if (count == 0)
        return;
    const uint32_t stride = mbp_map[MBP_MAP_ALARM_SHELVES].stride;
    uint16_t *words = unit->input + u->layout.base[MBP_MAP_ALARM_SHELVES];
    uint8_t *shown = unit->image->index[unit - unit->image->units].alone_shown;
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t s = u->first_sensor + i;
        const struct mbp_alarms_alone *alone = &state->alone[s];
        for (unsigned left = alone->shelved | alone->bypassed | shown[i]; left != 0; left &= left - 1) {
            unsigned a = (unsigned)__builtin_ctz(left);
            uint32_t shelved_s = mbp_view_shelved_s(state, s, a);
            uint32_t bypassed_s = mbp_view_bypassed_s(state, s, a);
            words[i * stride + a] = (uint16_t)shelved_s;
            words[i * stride + 8 + a] = (uint16_t)bypassed_s;
            if ((alone->timed >> a & 1u) != 0)
                show_less_at(state, alone->end_ms[a], shelved_s, next_ns);
            if (bypassed_s != 0)
                show_less_at(state, alone->bypass_ms[a], bypassed_s, next_ns);
        }
        shown[i] = alone->shelved | alone->bypassed;
    }
}

/* Of those that are on a shelf, or were. */
static void publish_shelving(struct mbp_image_unit *unit, const struct mbp_state *state)
{
    uint64_t *next_ns = &unit->image->shelving_next_ns;
    const struct mbp_unit *u = unit->unit;
    uint32_t count = shown_sensors(u, MBP_MAP_SHELVING);
    publish_alone(unit, state);
    if (count == 0)
        return;
    uint16_t *words = unit->holding + u->layout.base[MBP_MAP_SHELVING];
    for (uint32_t i = 0; i < count; i++) {
        words[i] = (uint16_t)mbp_view_shelving_s(state, u->first_sensor + i);
        uint64_t next = next_second(state, u->first_sensor + i, words[i]);
        *next_ns = next < *next_ns ? next : *next_ns;
    }
}

/* ---- all ----------------------------------------------------------------------------------------------------------
 */

static void publish_machines(struct mbp_image_unit *unit, const struct mbp_state *state, bool first)
{
    const struct mbp_unit *u = unit->unit;
    struct mbp_machine_view *shown = unit->image->index[unit - unit->image->units].machine_shown;
    for (uint32_t i = 0; i < u->machine_count; i++) {
        struct mbp_machine_view view;
        mbp_view_machine(unit->image->plant, state, u->first_machine + i, &view);
        show_written(unit, MBP_PER_MACHINE, u->first_machine + i, &view);
        /* Mostly it has not changed. Bytes between its members are zero in both. */
        if (!first && memcmp(&view, &shown[i], sizeof view) == 0) // NOLINT(bugprone-suspicious-memory-comparison)
            continue;
        if (first)
            show_read(unit, MBP_PER_MACHINE, u->first_machine + i, &view);
        else
            show_changes(unit, MBP_PER_MACHINE, u->first_machine + i, &view,
                         mbp_map_differences(&view, &shown[i], sizeof view));
        shown[i] = view;
    }
}

static void publish_actuators(struct mbp_image_unit *unit, const struct mbp_state *state)
{
    const struct mbp_unit *u = unit->unit;
    for (uint32_t a = u->first_actuator; a < u->first_actuator + u->actuator_count; a++) {
        struct mbp_actuator_view view;
        mbp_view_actuator(unit->image->plant, state, a, &view);
        show_all(unit, MBP_PER_ACTUATOR, a, &view);
    }
}

static void publish_controllers(struct mbp_image_unit *unit, const struct mbp_state *state)
{
    const struct mbp_unit *u = unit->unit;
    for (uint32_t c = u->first_controller; c < u->first_controller + u->controller_count; c++) {
        struct mbp_controller_view view;
        mbp_view_controller(unit->image->plant, state, c, &view);
        show_all(unit, MBP_PER_CONTROLLER, c, &view);
    }
}

static uint32_t as_u32(uint64_t count)
{
    return count < UINT32_MAX ? (uint32_t)count : UINT32_MAX;
}

static struct mbp_summary_view summary_of(const struct mbp_image_unit *unit, const struct mbp_state *state,
                                          const struct mbp_figures *figures)
{
    struct mbp_summary_view view;
    mbp_view_summary(unit->image->plant, unit->unit, state, &view);
    view.last_event = figures->last_event;
    view.oldest_event = figures->oldest_event;
    view.last_incident = figures->last_incident;
    view.scan_last_us = figures->scan_us_last;
    view.scan_longest_us = figures->scan_us_max;
    view.late_scans = figures->late_scans;
    view.journal_trouble = figures->journal_trouble;
    view.journal_memory_percent = figures->journal_used_permille / 10.0;
    view.events_lost = figures->events_lost;
    view.newest_event = figures->newest_event;
    view.http_port = figures->http_port;
    view.mqtt = figures->link.link;
    view.mqtt_waiting = as_u32(figures->link.waiting);
    view.mqtt_lost = as_u32(figures->link.lost);
    view.mqtt_refused = as_u32(figures->link.refused);
    return view;
}

static void publish_summary(struct mbp_image_unit *unit, const struct mbp_summary_view *view, bool first)
{
    struct mbp_summary_view *shown = &unit->image->index[unit - unit->image->units].summary_shown;
    show_written(unit, MBP_PER_UNIT, 0, view);
    if (first)
        show_read(unit, MBP_PER_UNIT, 0, view);
    else
        show_changes(unit, MBP_PER_UNIT, 0, view, mbp_map_differences(view, shown, sizeof *view));
    *shown = *view;
}

/* No master writes them, so they stand until there is a newer one. */
static void publish_events(struct mbp_image_unit *unit, const struct mbp_figures *figures)
{
    struct image_index *index = &unit->image->index[unit - unit->image->units];
    bool stand = figures->last_event == index->last_event && figures->recent_count == index->recent_count;
    if (stand || !mbp_map_has(unit->unit, MBP_MAP_EVENTS))
        return;
    index->last_event = figures->last_event;
    index->recent_count = figures->recent_count;
    uint16_t *words = unit->input + unit->unit->layout.base[MBP_MAP_EVENTS];
    for (size_t i = 0; i < figures->recent_count; i++)
        mbp_event_encode(&figures->recent[i], words + i * MBP_EVENT_WORDS);
}

void mbp_image_publish(struct mbp_image *image, const struct mbp_state *state, const struct mbp_figures *figures)
{
    bool limits = image->limits_version != state->limits_version;
    bool first = image->published == NULL;
    image->published = state;
    bool alarms = image->alarms_version != state->alarms_version;
    /* What is left on a shelf changes by itself; a restored snapshot takes time back. */
    bool shelving = alarms || state->sim_ns >= image->shelving_next_ns || state->sim_ns < image->shelving_ns;
    image->limits_version = state->limits_version;
    image->alarms_version = state->alarms_version;
    if (shelving) {
        image->shelving_ns = state->sim_ns;
        image->shelving_next_ns = UINT64_MAX;
    }
    for (uint32_t u = 0; u < image->plant->unit_count; u++) {
        struct mbp_image_unit *unit = &image->units[u];
        if (!mbp_unit_has_map(unit->unit) && unit->unit->point_count == 0) {
            image_alias_show(unit);
            continue; /* raw tables only: nothing of ours stands there */
        }
        const struct mbp_summary_view summary = summary_of(unit, state, figures);
        image_values_publish(unit, state);
        publish_bits(unit, state);
        publish_coil(unit, MBP_MAP_FORCED, state->flags, MBP_SENSOR_FORCED);
        publish_coil(unit, MBP_MAP_SHELVED, state->flags, MBP_SENSOR_SHELVED);
        if (limits)
            publish_limits(unit, state);
        if (alarms)
            publish_alarms(unit, state);
        if (shelving)
            publish_shelving(unit, state);
        publish_own_alarms(unit, state);
        publish_actuators(unit, state);
        publish_controllers(unit, state);
        publish_machines(unit, state, first);
        publish_summary(unit, &summary, first);
        publish_events(unit, figures);
        image_points_publish(unit, state, &summary);
        image_alias_show(unit);
    }
    image_forced_show(image, state);
}

void mbp_image_refresh(struct mbp_image *image, const struct mbp_state *state, const struct mbp_figures *figures)
{
    image_keep_waiting(image);
    mbp_image_publish(image, state, figures);
    image_put_waiting(image);
}
