/* The plant's present state out of its tables (DESIGN.md, "The register map"). */
#include "snapshot.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fetch.h"
#include "mbplant/image.h"
#include "value.h"

/* False for raw tables only: nothing of a mbplant's own stands there. */
static bool has_map(const struct mbp_unit *unit)
{
    return unit->machine_count + unit->sensor_count + unit->actuator_count + unit->controller_count > 0;
}

static bool has_limits(const struct mbp_sensor *sensor)
{
    return sensor->reg.type != MBP_STRING && sensor->reg.type != MBP_BOOL;
}

/* The map's first word says whose it is: another device answers with whatever stands there. */
static bool is_our_map(const uint16_t *summary)
{
    return summary[0] == MBP_MAP_VERSION;
}

static struct ctl_summary parse_summary(const uint16_t *words)
{
    return (struct ctl_summary){
        .last_event = ctl_u32(words + 8),
        .oldest_event = ctl_u32(words + 10),
        .last_incident = ctl_u32(words + 12),
        .scans = ctl_u32(words + 14),
        .scan_us_last = words[16],
        .scan_us_max = words[17],
        .late_scans = ctl_u32(words + 18),
        .sim_ms = (uint64_t)ctl_u32(words + 20) << 32 | ctl_u32(words + 22),
    };
}

static uint32_t journal_block(const struct mbp_unit *unit)
{
    return unit->layout.base[MBP_MAP_EVENTS] + MBP_RECENT_WORDS;
}

static struct ctl_journal_now parse_journal(const uint16_t *words)
{
    return (struct ctl_journal_now){words[0] != 0, words[1], ctl_u32(words + 2), ctl_u32(words + 4)};
}

/* bits: the machine's discrete inputs, 0 or 1 each. */
static struct ctl_machine_now parse_machine(const struct mbp_plant *plant, uint32_t machine, const uint16_t *words,
                                            const uint16_t *bits)
{
    const struct mbp_unit *unit = &plant->units[plant->machines[machine].unit];
    return (struct ctl_machine_now){
        .state = words[0] < MBP_STATE_COUNT ? (enum mbp_state_code)words[0] : MBP_EN_PANNE,
        .first_out = words[1] < unit->sensor_count ? unit->first_sensor + words[1] : UINT32_MAX,
        .alarms = words[2],
        .good = ctl_u32(words + 3),
        .reject = ctl_u32(words + 5),
        .running_s = ctl_u32(words + 7),
        .down_s = ctl_u32(words + 9),
        .maintenance_s = ctl_u32(words + 11),
        .failures = words[13],
        .since_s = ctl_u32(words + 14),
        .running = bits[0] != 0,
        .trip = bits[1] != 0,
        .due = bits[2] != 0,
        .due_s = UINT32_MAX,
        .due_products = UINT32_MAX,
    };
}

static double decode(const struct mbp_register *reg, const uint16_t *words)
{
    return mbp_codec_decode((enum mbp_type)reg->type, (enum mbp_order)reg->order, reg->scale, words);
}

/* A sensor's eight discrete inputs in one byte. */
static uint8_t pack_bits(const uint16_t bits[CTL_SENSOR_BITS])
{
    unsigned packed = 0;
    for (unsigned b = 0; b < CTL_SENSOR_BITS; b++)
        packed |= (unsigned)(bits[b] != 0) << b;
    return (uint8_t)packed;
}

/* What the first eight bits tell of an alarm, where the unit has no room for more. */
enum mbp_alarm_state ctl_alarm_by_bits(uint8_t bits, unsigned alarm)
{
    bool active = alarm < MBP_LIMIT_COUNT && (bits >> alarm & 1u) != 0;
    bool waits = (bits >> CTL_BIT_UNACKNOWLEDGED & 1u) != 0;
    if ((bits >> CTL_BIT_SHELVED & 1u) != 0)
        return MBP_ALARM_SHELVED;
    if (!active)
        return MBP_ALARM_NORMAL;
    return waits ? MBP_ALARM_UNACKNOWLEDGED : MBP_ALARM_ACKNOWLEDGED;
}

static void parse_alarms(const struct mbp_plant *plant, uint32_t index, const struct ctl_fetch *fetch,
                         struct ctl_sensor_now *out)
{
    uint16_t addr = ctl_alarm_block(plant, index);
    const uint16_t *words = &fetch->words[MBP_INPUT_REGISTERS][addr];
    uint16_t shelving = ctl_shelving_register(plant, index);
    for (unsigned a = 0; a < MBP_ALARM_COUNT; a++) {
        unsigned state = words[a / 4] >> 4 * (a % 4) & 0xFu;
        out->alarm[a] = addr == 0                       ? ctl_alarm_by_bits(out->bits, a)
                        : state < MBP_ALARM_STATE_COUNT ? (enum mbp_alarm_state)state
                                                        : MBP_ALARM_NORMAL;
    }
    out->alarm_since_s = addr == 0 ? 0 : ctl_u32(words + 2);
    out->shelf_left = shelving == 0 ? 0 : fetch->words[MBP_HOLDING_REGISTERS][shelving];
}

static void parse_sensor(const struct mbp_plant *plant, uint32_t index, const struct ctl_fetch *fetch,
                         struct ctl_sensor_now *out)
{
    const struct mbp_sensor *sensor = &plant->sensors[index];
    const struct mbp_register *reg = &sensor->reg;
    const uint16_t *holding = fetch->words[MBP_HOLDING_REGISTERS];
    out->value = reg->type == MBP_STRING ? (double)NAN : decode(reg, &holding[reg->addr]);
    if (reg->type == MBP_STRING) {
        char text[2 * MBP_STRING_WORDS_MAX + 1];
        out->text = strdup(ctl_string_text(&holding[reg->addr], reg->words, text, sizeof text));
    }
    for (unsigned l = 0; l < MBP_LIMIT_COUNT; l++) {
        const uint16_t *words = &holding[reg->limits_addr + l * reg->words];
        bool used =
            has_limits(sensor) && !mbp_codec_unused((enum mbp_type)reg->type, (enum mbp_order)reg->order, words);
        out->limit[l] = used ? decode(reg, words) : (double)NAN;
    }
    out->bits = pack_bits(&fetch->words[MBP_DISCRETE_INPUTS][ctl_sensor_discrete(plant, index)]);
    parse_alarms(plant, index, fetch, out);
}

static uint16_t actuator_block(const struct mbp_unit *unit, uint32_t a)
{
    return (uint16_t)(unit->layout.base[MBP_MAP_ACTUATORS] + MBP_ACTUATOR_WORDS * (a - unit->first_actuator));
}

static struct ctl_actuator_now parse_actuator(const uint16_t *words)
{
    return (struct ctl_actuator_now){.position = mbp_codec_decode(MBP_FLOAT32, MBP_ABCD, 1, words),
                                     .command = mbp_codec_decode(MBP_FLOAT32, MBP_ABCD, 1, words + 2)};
}

static uint16_t controller_block(const struct mbp_unit *unit, uint32_t c)
{
    return (uint16_t)(unit->layout.base[MBP_MAP_CONTROLLERS] + MBP_CONTROLLER_WORDS * (c - unit->first_controller));
}

static uint16_t controller_coil(const struct mbp_unit *unit, uint32_t c)
{
    return (uint16_t)(unit->layout.base[MBP_MAP_AUTOMATIC] + (c - unit->first_controller));
}

static struct ctl_controller_now parse_controller(const uint16_t *words, uint16_t coil)
{
    return (struct ctl_controller_now){
        .output = mbp_codec_decode(MBP_FLOAT32, MBP_ABCD, 1, words),
        .error = mbp_codec_decode(MBP_FLOAT32, MBP_ABCD, 1, words + 2),
        .setpoint = mbp_codec_decode(MBP_FLOAT32, MBP_ABCD, 1, words + 4),
        .measurement = mbp_codec_decode(MBP_FLOAT32, MBP_ABCD, 1, words + 6),
        .automatic = coil != 0,
    };
}

static void want_unit(const struct mbp_plant *plant, const struct mbp_unit *unit, struct ctl_fetch *fetch)
{
    ctl_fetch_want(fetch, MBP_INPUT_REGISTERS, 0, MBP_SUMMARY_WORDS);
    ctl_fetch_want(fetch, MBP_INPUT_REGISTERS, journal_block(unit), MBP_JOURNAL_WORDS);
    for (uint32_t m = unit->first_machine; m < unit->first_machine + unit->machine_count; m++) {
        ctl_fetch_want(fetch, MBP_INPUT_REGISTERS, ctl_machine_block(plant, m), MBP_MACHINE_WORDS);
        ctl_fetch_want(fetch, MBP_DISCRETE_INPUTS, ctl_machine_discrete(plant, m), 3);
        if (ctl_upkeep_block(plant, m) != 0)
            ctl_fetch_want(fetch, MBP_INPUT_REGISTERS, ctl_upkeep_block(plant, m), MBP_UPKEEP_WORDS);
    }
    for (uint32_t s = unit->first_sensor; s < unit->first_sensor + unit->sensor_count; s++) {
        const struct mbp_sensor *sensor = &plant->sensors[s];
        ctl_fetch_want(fetch, MBP_HOLDING_REGISTERS, sensor->reg.addr, sensor->reg.words);
        ctl_fetch_want(fetch, MBP_DISCRETE_INPUTS, ctl_sensor_discrete(plant, s), CTL_SENSOR_BITS);
        if (ctl_alarm_block(plant, s) != 0)
            ctl_fetch_want(fetch, MBP_INPUT_REGISTERS, ctl_alarm_block(plant, s), MBP_ALARM_WORDS);
        if (ctl_shelving_register(plant, s) != 0)
            ctl_fetch_want(fetch, MBP_HOLDING_REGISTERS, ctl_shelving_register(plant, s), 1);
        if (has_limits(sensor))
            ctl_fetch_want(fetch, MBP_HOLDING_REGISTERS, sensor->reg.limits_addr, MBP_LIMIT_COUNT * sensor->reg.words);
    }
    for (uint32_t a = unit->first_actuator; a < unit->first_actuator + unit->actuator_count; a++)
        ctl_fetch_want(fetch, MBP_INPUT_REGISTERS, actuator_block(unit, a), MBP_ACTUATOR_WORDS);
    for (uint32_t c = unit->first_controller; c < unit->first_controller + unit->controller_count; c++) {
        ctl_fetch_want(fetch, MBP_INPUT_REGISTERS, controller_block(unit, c), MBP_CONTROLLER_WORDS);
        ctl_fetch_want(fetch, MBP_COILS, controller_coil(unit, c), 1);
    }
}

static void parse_unit(const struct mbp_plant *plant, const struct mbp_unit *unit, const struct ctl_fetch *fetch,
                       struct ctl_snapshot *out)
{
    const uint16_t *input = fetch->words[MBP_INPUT_REGISTERS];
    for (uint32_t m = unit->first_machine; m < unit->first_machine + unit->machine_count; m++) {
        uint16_t upkeep = ctl_upkeep_block(plant, m);
        out->machines[m] = parse_machine(plant, m, &input[ctl_machine_block(plant, m)],
                                         &fetch->words[MBP_DISCRETE_INPUTS][ctl_machine_discrete(plant, m)]);
        if (upkeep != 0) {
            out->machines[m].due_s = ctl_u32(&input[upkeep + 7]);
            out->machines[m].due_products = ctl_u32(&input[upkeep + 9]);
        }
    }
    for (uint32_t s = unit->first_sensor; s < unit->first_sensor + unit->sensor_count; s++)
        parse_sensor(plant, s, fetch, &out->sensors[s]);
    for (uint32_t a = unit->first_actuator; a < unit->first_actuator + unit->actuator_count; a++)
        out->actuators[a] = parse_actuator(&fetch->words[MBP_INPUT_REGISTERS][actuator_block(unit, a)]);
    for (uint32_t c = unit->first_controller; c < unit->first_controller + unit->controller_count; c++)
        out->controllers[c] = parse_controller(&fetch->words[MBP_INPUT_REGISTERS][controller_block(unit, c)],
                                               fetch->words[MBP_COILS][controller_coil(unit, c)]);
}

static enum mbp_status read_units(struct ctl_link *link, const struct mbp_plant *plant, struct ctl_fetch *fetch,
                                  struct ctl_snapshot *snapshot)
{
    bool has_summary = false;
    for (uint32_t u = 0; u < plant->unit_count; u++) {
        const struct mbp_unit *unit = &plant->units[u];
        if (!has_map(unit))
            continue;
        ctl_fetch_clear(fetch);
        want_unit(plant, unit, fetch);
        enum mbp_status status = ctl_fetch_run(fetch, link, unit->id);
        if (status == MBP_OK && !is_our_map(fetch->words[MBP_INPUT_REGISTERS]))
            status = MBP_ERR_NEWER;
        if (status != MBP_OK)
            return status;
        parse_unit(plant, unit, fetch, snapshot);
        if (!has_summary) {
            snapshot->summary = parse_summary(fetch->words[MBP_INPUT_REGISTERS]);
            snapshot->journal = parse_journal(&fetch->words[MBP_INPUT_REGISTERS][journal_block(unit)]);
        }
        has_summary = true;
    }
    return MBP_OK;
}

enum ctl_exit ctl_snapshot_take(struct ctl *ctl, struct ctl_snapshot *out)
{
    const struct mbp_plant *plant = ctl_plant(ctl);
    struct ctl_link *link = plant != NULL ? ctl_link(ctl) : NULL;
    if (link == NULL)
        return CTL_FAILED;
    struct ctl_snapshot snapshot = {
        .sensors = calloc(plant->sensor_count + 1u, sizeof *snapshot.sensors),
        .machines = calloc(plant->machine_count + 1u, sizeof *snapshot.machines),
        .actuators = calloc(plant->actuator_count + 1u, sizeof *snapshot.actuators),
        .controllers = calloc(plant->controller_count + 1u, sizeof *snapshot.controllers),
    };
    struct ctl_fetch *fetch = ctl_fetch_new();
    enum mbp_status status = MBP_ERR_MEMORY;
    if (snapshot.sensors != NULL && snapshot.machines != NULL && snapshot.actuators != NULL &&
        snapshot.controllers != NULL && fetch != NULL)
        status = read_units(link, plant, fetch, &snapshot);
    free(fetch);
    if (status == MBP_OK) {
        *out = snapshot;
        return CTL_OK;
    }
    ctl_snapshot_free(plant, &snapshot);
    if (status == MBP_EX_ILLEGAL_DATA_ADDRESS && ctl->options->plant_path != NULL) {
        ctl_error("reading the plant: the slave lacks addresses that %s has: it runs another plant, or is no mbplant",
                  ctl->options->plant_path);
        return CTL_FAILED;
    }
    return ctl_fail(ctl, status, "reading the plant");
}

void ctl_snapshot_free(const struct mbp_plant *plant, struct ctl_snapshot *snapshot)
{
    for (uint32_t s = 0; snapshot->sensors != NULL && s < plant->sensor_count; s++)
        free(snapshot->sensors[s].text);
    free(snapshot->sensors);
    free(snapshot->machines);
    free(snapshot->actuators);
    free(snapshot->controllers);
}

enum mbp_status ctl_machine_read(struct ctl_link *link, const struct mbp_plant *plant, uint32_t machine,
                                 struct ctl_machine_now *out)
{
    uint8_t unit = ctl_machine_unit(plant, machine);
    uint16_t words[MBP_MACHINE_WORDS];
    uint16_t bits[3];
    enum mbp_status status =
        ctl_read(link, unit, MBP_INPUT_REGISTERS, ctl_machine_block(plant, machine), MBP_MACHINE_WORDS, words);
    if (status == MBP_OK)
        status = ctl_read(link, unit, MBP_DISCRETE_INPUTS, ctl_machine_discrete(plant, machine), 3, bits);
    if (status == MBP_OK)
        *out = parse_machine(plant, machine, words, bits);
    return status;
}

enum mbp_status ctl_sensor_bits_read(struct ctl_link *link, const struct mbp_plant *plant, uint32_t sensor,
                                     uint8_t *out)
{
    uint16_t bits[CTL_SENSOR_BITS];
    enum mbp_status status = ctl_read(link, ctl_sensor_unit(plant, sensor), MBP_DISCRETE_INPUTS,
                                      ctl_sensor_discrete(plant, sensor), CTL_SENSOR_BITS, bits);
    if (status == MBP_OK)
        *out = pack_bits(bits);
    return status;
}

int ctl_map_unit(const struct mbp_plant *plant)
{
    for (uint32_t u = 0; u < plant->unit_count; u++) {
        if (has_map(&plant->units[u]))
            return plant->units[u].id;
    }
    return -1;
}

int ctl_summary_unit(const struct mbp_plant *plant)
{
    int unit = ctl_map_unit(plant);
    if (unit >= 0)
        return unit;
    ctl_error("%s has no unit with machines or sensors, so nothing tells how long its journal is", plant->name);
    return -1;
}

enum mbp_status ctl_summary_read(struct ctl_link *link, uint8_t unit, struct ctl_summary *out)
{
    uint16_t words[MBP_SUMMARY_WORDS];
    enum mbp_status status = ctl_read(link, unit, MBP_INPUT_REGISTERS, 0, MBP_SUMMARY_WORDS, words);
    if (status == MBP_OK)
        *out = parse_summary(words);
    return status == MBP_OK && !is_our_map(words) ? MBP_ERR_NEWER : status;
}

enum mbp_status ctl_journal_now_read(struct ctl_link *link, const struct mbp_plant *plant, uint8_t unit,
                                     struct ctl_journal_now *out)
{
    uint16_t words[MBP_JOURNAL_WORDS];
    const struct mbp_unit *of = mbp_plant_find_unit(plant, unit);
    if (of == NULL)
        return MBP_ERR_MISSING;
    enum mbp_status status =
        ctl_read(link, unit, MBP_INPUT_REGISTERS, (uint16_t)journal_block(of), MBP_JOURNAL_WORDS, words);
    if (status == MBP_OK)
        *out = parse_journal(words);
    return status;
}

const char *ctl_bits_text(uint8_t bits, char *buf, size_t size)
{
    static const char *const names[CTL_SENSOR_BITS] = {"low_low",        "low",     "high",   "high_high",
                                                       "unacknowledged", "shelved", "forced", "bad quality"};
    size_t len = 0;
    buf[0] = '\0';
    for (unsigned b = 0; b < CTL_SENSOR_BITS; b++) {
        if ((bits >> b & 1u) == 0)
            continue;
        int wrote = snprintf(buf + len, size - len, "%s%s", len == 0 ? "" : ", ", names[b]);
        len += wrote > 0 && (size_t)wrote < size - len ? (size_t)wrote : 0;
    }
    return buf;
}
