/* The state, copied into every unit's tables: block by block as the map's rows say, from views. What every scan does to
 * every sensor are loops over the state's arrays instead. */
#include <string.h>

#include "image_priv.h"
#include "mbplant/view.h"

void image_put_u32(uint16_t *words, uint64_t number)
{
    mbp_words_put_u32(words, number > UINT32_MAX ? UINT32_MAX : (uint32_t)number);
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
    const uint32_t lives = state->active[s] | (uint32_t)state->unack[s] << 8 | (uint32_t)state->latched[s] << 16 |
                           (uint32_t)state->suppressed[s] << 24;
    const bool shelved = (state->flags[s] & MBP_SENSOR_SHELVED) != 0;
    uint32_t beside =
        state->hidden[s] | (uint32_t)(state->alarm_flags[s] & 0x3Fu) << 8 | (uint32_t)shelved << 14 | UINT32_C(1) << 15;
    if (state->hidden[s] != 0) /* else none of its alarms is hidden alone, and most need no look */
        beside |= (uint32_t)state->alone[s].shelved << 16 | (uint32_t)state->alone[s].removed << 24;
    return (struct image_alarms){lives, beside, state->alarm_since_s[s]};
}

_Static_assert((MBP_ALARMS_ONE_ALONE << 1) - 1u == 0x3Fu, "all of MBP_ALARMS_...");

static void publish_alarms(struct mbp_image_unit *unit, const struct mbp_state *state)
{
    const struct mbp_unit *u = unit->unit;
    struct image_alarms *shown = unit->image->index[unit - unit->image->units].alarms_shown;
    struct mbp_sensor_view view;
    uint32_t before = MBP_VIEW_NONE;
    for (uint32_t i = 0; i < mbp_unit_sensors(u); i++) {
        const uint32_t s = u->first_sensor + i;
        struct image_alarms now = alarms_of(state, s);
        if (now.lives == shown[i].lives && now.beside == shown[i].beside && now.since_s == shown[i].since_s)
            continue;
        shown[i] = now;
        const bool alike = mbp_view_sensor_alarms_after(state, s, before, &view);
        image_show_after(unit, MBP_PER_SENSOR, s, alike ? before : s, &view);
        before = s;
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
        image_show_all(unit, mbp_sensor_per(unit->image->plant, s), s, &view);
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
                show_less_at(state, state->alarm_times[s].end_ms[a], shelved_s, next_ns);
            if (bypassed_s != 0)
                show_less_at(state, state->alarm_times[s].bypass_ms[a], bypassed_s, next_ns);
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
        image_show_written(unit, MBP_PER_MACHINE, u->first_machine + i, &view);
        /* Mostly it has not changed. Bytes between its members are zero in both. */
        if (!first && memcmp(&view, &shown[i], sizeof view) == 0) // NOLINT(bugprone-suspicious-memory-comparison)
            continue;
        if (first)
            image_show_read(unit, MBP_PER_MACHINE, u->first_machine + i, &view);
        else
            image_show_changes(unit, MBP_PER_MACHINE, u->first_machine + i, &view,
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
        image_show_all(unit, MBP_PER_ACTUATOR, a, &view);
    }
}

static void publish_controllers(struct mbp_image_unit *unit, const struct mbp_state *state)
{
    const struct mbp_unit *u = unit->unit;
    for (uint32_t c = u->first_controller; c < u->first_controller + u->controller_count; c++) {
        struct mbp_controller_view view;
        mbp_view_controller(unit->image->plant, state, c, &view);
        image_show_all(unit, MBP_PER_CONTROLLER, c, &view);
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
    image_show_written(unit, MBP_PER_UNIT, 0, view);
    if (first)
        image_show_read(unit, MBP_PER_UNIT, 0, view);
    else
        image_show_changes(unit, MBP_PER_UNIT, 0, view, mbp_map_differences(view, shown, sizeof *view));
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
    bool shelving = image->shelves_version != state->shelves_version || state->sim_ns >= image->shelving_next_ns ||
                    state->sim_ns < image->shelving_ns;
    image->limits_version = state->limits_version;
    image->alarms_version = state->alarms_version;
    image->shelves_version = state->shelves_version;
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
        publish_coil(unit, MBP_MAP_SERVICE, state->alarm_flags, MBP_ALARMS_REMOVED);
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
