/* The state, copied into every unit's tables (DESIGN.md, "The register map"). */
#include "image_priv.h"

void image_put_u32(uint16_t *words, uint64_t number)
{
    uint32_t low = number > UINT32_MAX ? UINT32_MAX : (uint32_t)number;
    words[0] = (uint16_t)(low >> 16);
    words[1] = (uint16_t)low;
}

uint16_t image_cap_u16(uint64_t number)
{
    return number > UINT16_MAX ? UINT16_MAX : (uint16_t)number;
}

/* A sensor's eight discrete inputs, the first in the lowest bit. What the operator is to see: an alarm that is hidden
 * is none to him, one that is latched still is. */
static uint8_t discrete_of(const struct mbp_state *state, uint32_t s)
{
    unsigned seen = ~(unsigned)state->hidden[s];
    unsigned flags = state->flags[s];
    unsigned bits = (state->active[s] | state->latched[s]) & seen & ((1u << MBP_LIMIT_COUNT) - 1);
    bits |= (state->unack[s] & seen) != 0 ? 0x10u : 0;
    bits |= (flags & MBP_SENSOR_SHELVED) != 0 ? 0x20u : 0;
    bits |= (flags & MBP_SENSOR_FORCED) != 0 ? 0x40u : 0;
    bits |= (flags & MBP_SENSOR_BAD) != 0 ? 0x80u : 0;
    return (uint8_t)bits;
}

/* No master writes them, so they stand as they were shown last. */
static void publish_discrete(struct mbp_image_unit *unit, const struct mbp_state *state)
{
    const struct mbp_unit *u = unit->unit;
    uint8_t *shown = unit->image->index[unit - unit->image->units].bits_shown;
    for (uint32_t i = 0; i < u->sensor_count; i++) {
        uint8_t now = discrete_of(state, u->first_sensor + i);
        if (now == shown[i])
            continue;
        shown[i] = now;
        for (unsigned bit = 0; bit < 8; bit++)
            unit->discrete[8 * (size_t)i + bit] = now >> bit & 1u;
    }
}

static void publish_coil(uint32_t count, const uint8_t *flags, uint8_t flag, uint8_t *coils)
{
    for (uint32_t i = 0; i < count; i++)
        coils[i] = (flags[i] & flag) != 0;
}

static void publish_limits(struct mbp_image_unit *unit, const struct mbp_sensor *sensor, const double *limits)
{
    const struct mbp_register *reg = &sensor->reg;
    if (!image_has_limits(sensor))
        return;
    for (int l = 0; l < MBP_LIMIT_COUNT; l++)
        mbp_codec_encode(reg->type, reg->order, reg->scale, limits[l],
                         unit->holding + reg->limits_addr + l * reg->words);
}

static void publish_sensors(struct mbp_image_unit *unit, const struct mbp_plant *plant, const struct mbp_state *state,
                            bool limits)
{
    const struct mbp_unit *u = unit->unit;
    const uint8_t *flags = state->flags + u->first_sensor;
    image_values_publish(unit, state);
    publish_discrete(unit, state);
    publish_coil(u->sensor_count, flags, MBP_SENSOR_FORCED, unit->coils + u->layout.coil_forced);
    publish_coil(u->sensor_count, flags, MBP_SENSOR_SHELVED, unit->coils + u->layout.coil_shelved);
    for (uint32_t s = u->first_sensor; limits && s < u->first_sensor + u->sensor_count; s++)
        publish_limits(unit, &plant->sensors[s], &state->limit[s * MBP_LIMIT_COUNT]);
}

static void publish_actuators(struct mbp_image_unit *unit, const struct mbp_plant *plant, const struct mbp_state *state)
{
    const struct mbp_unit *u = unit->unit;
    for (uint32_t i = 0; i < u->actuator_count; i++) {
        uint32_t a = u->first_actuator + i;
        const struct mbp_actuator *actuator = &plant->actuators[a];
        const struct mbp_register *reg = &actuator->reg;
        uint16_t *words = unit->input + u->layout.input_actuators + MBP_ACTUATOR_WORDS * (size_t)i;
        if (actuator->on_off)
            unit->coils[reg->addr] = state->command[a] > actuator->range[0];
        else
            mbp_codec_encode(reg->type, reg->order, reg->scale, state->command[a], unit->holding + reg->addr);
        mbp_codec_encode(MBP_FLOAT32, MBP_ABCD, 1.0, state->lagged[plant->sensor_count + a], words);
        mbp_codec_encode(MBP_FLOAT32, MBP_ABCD, 1.0, state->command[a], words + 2);
    }
}

static void publish_controllers(struct mbp_image_unit *unit, const struct mbp_state *state)
{
    const struct mbp_unit *u = unit->unit;
    for (uint32_t i = 0; i < u->controller_count; i++) {
        const struct mbp_controller_state *now = &state->controller[u->first_controller + i];
        uint16_t *settings = unit->holding + u->layout.holding_controllers + MBP_CONTROLLER_SETTING_WORDS * (size_t)i;
        uint16_t *words = unit->input + u->layout.input_controllers + MBP_CONTROLLER_WORDS * (size_t)i;
        const double shown[] = {now->output, now->error, now->setpoint, now->seen};
        unit->coils[u->layout.coil_controllers + i] = now->automatic;
        mbp_codec_encode_run(MBP_FLOAT32, MBP_ABCD, NULL, now->setting, MBP_SETTING_COUNT, settings);
        mbp_codec_encode_run(MBP_FLOAT32, MBP_ABCD, NULL, shown, sizeof shown / sizeof shown[0], words);
    }
}

static void publish_machine(struct mbp_image_unit *unit, const struct mbp_machine_state *machine, uint32_t i)
{
    const struct mbp_unit *u = unit->unit;
    uint8_t *coils = unit->coils + 8 * (size_t)i;
    for (int state = 0; state < MBP_STATE_COUNT; state++)
        coils[state] = machine->state == state;
    coils[3] = 0; /* acknowledge clears itself */
    uint8_t *bits = unit->discrete + u->layout.discrete_machines + 8 * (size_t)i;
    bits[0] = machine->state == MBP_EN_SERVICE;
    bits[1] = machine->trip;
    bits[2] = machine->due;
    uint16_t *words = unit->input + u->layout.input_machines + MBP_MACHINE_WORDS * (size_t)i;
    words[0] = machine->state;
    words[1] = machine->first_out == UINT32_MAX ? MBP_NONE16 : (uint16_t)(machine->first_out - u->first_sensor);
    words[2] = image_cap_u16(machine->alarms);
    image_put_u32(words + 3, machine->good);
    image_put_u32(words + 5, machine->reject);
    image_put_u32(words + 7, machine->running_ns / MBP_NS_PER_S);
    image_put_u32(words + 9, machine->down_ns / MBP_NS_PER_S);
    image_put_u32(words + 11, machine->maintenance_ns / MBP_NS_PER_S);
    words[13] = image_cap_u16(machine->failures);
    image_put_u32(words + 14, machine->since_ms / 1000);
}

static void publish_summary(struct mbp_image_unit *unit, const struct mbp_state *state,
                            const struct mbp_figures *figures)
{
    const struct mbp_unit *u = unit->unit;
    uint32_t by_state[MBP_STATE_COUNT] = {0};
    uint32_t active = 0;
    uint32_t unacknowledged = 0;
    for (uint32_t i = 0; i < u->machine_count; i++)
        by_state[state->machine[u->first_machine + i].state]++;
    for (uint32_t i = 0; i < u->sensor_count; i++) {
        uint32_t s = u->first_sensor + i;
        if ((state->active[s] | state->latched[s] | state->unack[s]) == 0)
            continue;
        unsigned seen = ~(unsigned)state->hidden[s];
        active += (uint32_t)__builtin_popcount((state->active[s] | state->latched[s]) & seen);
        unacknowledged += (uint32_t)__builtin_popcount(state->unack[s] & seen);
    }
    uint16_t *words = unit->input;
    words[0] = MBP_MAP_VERSION;
    words[1] = image_cap_u16(u->machine_count);
    for (int s = 0; s < MBP_STATE_COUNT; s++)
        words[2 + s] = image_cap_u16(by_state[s]);
    words[5] = image_cap_u16(u->sensor_count);
    words[6] = image_cap_u16(active);
    words[7] = image_cap_u16(unacknowledged);
    image_put_u32(words + 8, figures->last_event);
    image_put_u32(words + 10, figures->oldest_event);
    image_put_u32(words + 12, figures->last_incident);
    image_put_u32(words + 14, (uint32_t)state->scan);
    words[16] = image_cap_u16(figures->scan_us_last);
    words[17] = image_cap_u16(figures->scan_us_max);
    image_put_u32(words + 18, figures->late_scans);
    uint64_t sim_ms = state->sim_ns / MBP_NS_PER_MS;
    image_put_u32(words + 20, sim_ms >> 32);
    image_put_u32(words + 22, (uint32_t)sim_ms);
}

static void publish_events(struct mbp_image_unit *unit, const struct mbp_figures *figures)
{
    uint16_t *words = unit->input + unit->unit->layout.input_events;
    for (size_t i = 0; i < figures->recent_count; i++)
        mbp_event_encode(&figures->recent[i], words + i * MBP_EVENT_WORDS);
    words += MBP_RECENT_WORDS;
    words[0] = figures->journal_trouble;
    words[1] = figures->journal_used_permille;
    image_put_u32(words + 2, figures->events_lost);
    image_put_u32(words + 4, figures->newest_event);
}

void mbp_image_publish(struct mbp_image *image, const struct mbp_state *state, const struct mbp_figures *figures)
{
    bool limits = image->limits_version != state->limits_version;
    bool alarms = image->alarms_version != state->alarms_version;
    uint64_t quarter = state->sim_ns / (MBP_NS_PER_S / 4);
    /* What is left on a shelf changes by itself; a quarter of a second is near enough. */
    bool shelving = alarms || (quarter != image->shelving_quarter && state->next_shelf_end_ns != MBP_SHELF_NO_END);
    image->limits_version = state->limits_version;
    image->alarms_version = state->alarms_version;
    image->shelving_quarter = quarter;
    for (uint32_t u = 0; u < image->plant->unit_count; u++) {
        struct mbp_image_unit *unit = &image->units[u];
        if (unit->unit->machine_count + unit->unit->sensor_count + unit->unit->actuator_count +
                unit->unit->controller_count ==
            0)
            continue; /* raw tables only: nothing of ours stands there */
        publish_sensors(unit, image->plant, state, limits);
        publish_actuators(unit, image->plant, state);
        publish_controllers(unit, state);
        for (uint32_t i = 0; i < unit->unit->machine_count; i++)
            publish_machine(unit, &state->machine[unit->unit->first_machine + i], i);
        image_publish_upkeep(unit, state);
        if (alarms)
            image_publish_alarms(unit, state);
        if (shelving)
            image_publish_shelving(unit, state);
        publish_summary(unit, state, figures);
        publish_events(unit, figures);
    }
}

void mbp_image_refresh(struct mbp_image *image, const struct mbp_state *state, const struct mbp_figures *figures)
{
    image_keep_waiting(image);
    mbp_image_publish(image, state, figures);
    image_put_waiting(image);
}
