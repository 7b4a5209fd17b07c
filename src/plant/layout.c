/* layout: where everything stands (DESIGN.md, "The register map"), and that no address is taken twice. */
#include <stdio.h>
#include <string.h>

#include "load.h"
#include "points.h"

#define ADDRESSES           65536u
#define FIRST_MACHINE_INPUT 100u

/* ---- bases ---------------------------------------------------------------------------------------------------- */

/* The default base, or the next thousand after the block before it where that outgrew its room. */
static uint32_t base_after(uint32_t end, uint32_t usual)
{
    uint32_t next = (end + 999) / 1000 * 1000;
    return end <= usual ? usual : next;
}

static void set_bases(struct mbp_unit *unit, uint32_t value_words)
{
    uint32_t machines = unit->machine_count, sensors = unit->sensor_count;
    uint32_t forced = base_after(MBP_COILS_PER_MACHINE * machines, 1000);
    uint32_t floats = base_after(FIRST_MACHINE_INPUT + MBP_MACHINE_WORDS * machines, 1000);
    unit->layout = (struct mbp_layout){
        .coil_forced = (uint16_t)forced,
        .coil_shelved = (uint16_t)base_after(forced + sensors, 2000),
        .discrete_machines = (uint16_t)base_after(MBP_BITS_PER_SENSOR * sensors, 4000),
        .holding_limits = (uint16_t)base_after(value_words, 1000),
        .input_machines = FIRST_MACHINE_INPUT,
        .input_sensors = (uint16_t)floats,
        .input_events = (uint16_t)base_after(floats + MBP_FLOAT_WORDS * sensors, 5000),
    };
}

/* Blocks that stand behind those of every unit, in units that have such things. False (told) when there is no room. */
static bool set_actuators(struct mbp_load *load, struct mbp_unit *unit, uint32_t *holding_end)
{
    struct mbp_layout *layout = &unit->layout;
    uint32_t count = unit->actuator_count;
    uint32_t coils = base_after(layout->coil_shelved + unit->sensor_count, 5000);
    uint32_t holding = base_after(*holding_end, 7000);
    uint32_t input = base_after(layout->input_events + MBP_RECENT_WORDS + MBP_JOURNAL_WORDS, 7000);
    uint32_t next = holding;
    for (uint32_t a = 0; a < count; a++) {
        struct mbp_register *reg = &load->actuators[unit->first_actuator + a].reg;
        const struct mbp_actuator_origin *origin = &load->actuator_origins[unit->first_actuator + a];
        bool on_off = load->actuators[unit->first_actuator + a].on_off;
        bool placed = mbp_def_has(&origin->def->reg.def, MBP_REGISTER_AT);
        uint32_t addr = on_off ? coils + a : placed ? origin->def->reg.at + origin->instance * reg->words : next;
        next += on_off ? 0 : reg->words;
        if (addr + reg->words > ADDRESSES) {
            mbp_reader_tell(&load->reader, mbp_def_node(&origin->def->reg.def, "at"),
                            "no room for the command of %s: it would end at address %u; allowed is up to 65535",
                            load->actuators[unit->first_actuator + a].name, addr + reg->words - 1u);
            return false;
        }
        reg->addr = (uint16_t)addr;
    }
    layout->coil_actuators = (uint16_t)coils;
    layout->holding_actuators = (uint16_t)holding;
    layout->input_actuators = (uint16_t)input;
    *holding_end = next;
    return true;
}

static void set_controllers(struct mbp_unit *unit, uint32_t holding_end)
{
    struct mbp_layout *layout = &unit->layout;
    bool moves = unit->actuator_count > 0;
    uint32_t coils = moves ? layout->coil_actuators + unit->actuator_count : layout->coil_shelved + unit->sensor_count;
    uint32_t input = moves ? layout->input_actuators + MBP_ACTUATOR_WORDS * unit->actuator_count
                           : (uint32_t)layout->input_events + MBP_RECENT_WORDS + MBP_JOURNAL_WORDS;
    layout->coil_controllers = (uint16_t)base_after(coils, 6000);
    layout->holding_controllers = (uint16_t)base_after(holding_end, 8000);
    layout->input_controllers = (uint16_t)base_after(input, 8000);
}

static bool is_placed(const struct mbp_load *load, uint32_t s)
{
    return mbp_def_has(&load->origins[s].def->reg.def, MBP_REGISTER_AT);
}

static bool tell_overflow(struct mbp_load *load, uint32_t s, const char *what, uint32_t end)
{
    mbp_reader_tell(
        &load->reader, mbp_def_node(&load->origins[s].def->reg.def, "at"),
        "no room for %s of %s: it would end at holding register %u; allowed is up to 65535: spread the sensors over "
        "more units, or take shorter types",
        what, load->sensors[s].name, end - 1);
    return false;
}

/* A sensor without `at:` stands where it would stand if no sensor had one, so that moving one moves no other. */
static bool set_values(struct mbp_load *load, const struct mbp_unit *unit, uint32_t *words)
{
    uint32_t next = 0;
    for (uint32_t s = unit->first_sensor; s < unit->first_sensor + unit->sensor_count; s++) {
        struct mbp_register *reg = &load->sensors[s].reg;
        const struct mbp_sensor_origin *origin = &load->origins[s];
        /* The instances of a repeated sensor stand one after another from its `at:`. */
        uint32_t addr = is_placed(load, s) ? origin->def->reg.at + origin->instance * reg->words : next;
        if (addr + reg->words > ADDRESSES) {
            return tell_overflow(load, s, "the value", addr + reg->words);
        }
        reg->addr = (uint16_t)addr;
        next += reg->words;
    }
    *words = next;
    return true;
}

static bool set_limits(struct mbp_load *load, const struct mbp_unit *unit, uint32_t *end)
{
    uint32_t next = unit->layout.holding_limits;
    for (uint32_t s = unit->first_sensor; s < unit->first_sensor + unit->sensor_count; s++) {
        struct mbp_register *reg = &load->sensors[s].reg;
        uint32_t words = mbp_sensor_has_limits(&load->sensors[s]) ? MBP_LIMIT_COUNT * reg->words : 0u;
        if (next + words > ADDRESSES) {
            return tell_overflow(load, s, "the limits", next + words);
        }
        reg->limits_addr = (uint16_t)(words == 0 ? 0 : next);
        next += words;
    }
    *end = next;
    return true;
}

/* ---- claims --------------------------------------------------------------------------------------------------- */

enum claimant {
    FREE,
    VALUE,
    LIMITS,
    SENSOR_COIL,
    SENSOR_BITS,
    SENSOR_FLOAT,
    MACHINE,
    SUMMARY,
    EVENTS,
    JOURNAL,
    BLOCK,
    ACTUATOR,
    CONTROLLER
};

/* Who has each address of one unit: claimant in the upper 8 bits, its index in the lower 24. */
struct claims {
    struct mbp_load *load;
    uint32_t unit;
    uint32_t *owner[MBP_TABLE_COUNT];
};

struct described {
    char text[96];
    const struct mbp_node *node;
};

static struct described describe(const struct claims *claims, enum mbp_table table, uint32_t owner)
{
    const struct mbp_load *load = claims->load;
    uint32_t index = owner & 0xFFFFFFu;
    struct described by = {.node = load->unit_defs[claims->unit]->def.node};
    const char *of = "";
    switch ((enum claimant)(owner >> 24)) {
    case LIMITS:
        of = "the limits of ";
        break;
    case SENSOR_COIL:
        of = "the forced or shelved coil of ";
        break;
    case SENSOR_BITS:
        of = "the alarm bits of ";
        break;
    case SENSOR_FLOAT:
        of = "the float32 copy of ";
        break;
    case MACHINE:
        by.node = load->machine_defs[index]->def.node;
        snprintf(by.text, sizeof by.text, "machine %s", load->machines[index].name);
        return by;
    case SUMMARY:
        snprintf(by.text, sizeof by.text, "the plant's summary");
        return by;
    case EVENTS:
        snprintf(by.text, sizeof by.text, "the recent events");
        return by;
    case JOURNAL:
        snprintf(by.text, sizeof by.text, "the journal's state");
        return by;
    case BLOCK:
        by.node =
            ((const struct mbp_block_def *)load->unit_defs[claims->unit]->tables.blocks[table].items)[index].def.node;
        snprintf(by.text, sizeof by.text, "the block at %u", load->units[claims->unit].blocks[table][index].at);
        return by;
    case ACTUATOR:
        by.node = load->actuator_origins[index].def->def.node;
        snprintf(by.text, sizeof by.text, "actuator %s", load->actuators[index].name);
        return by;
    case CONTROLLER:
        by.node = load->controller_origins[index].def->def.node;
        snprintf(by.text, sizeof by.text, "controller %s", load->controllers[index].name);
        return by;
    case VALUE:
    case FREE:
        break;
    }
    by.node = load->origins[index].def->def.node;
    snprintf(by.text, sizeof by.text, "%s%s", of, load->sensors[index].name);
    return by;
}

static void claim(struct claims *claims, enum mbp_table table, uint32_t addr, uint32_t count, enum claimant who,
                  uint32_t index, const struct mbp_node *blame)
{
    uint32_t mine = (uint32_t)who << 24 | index;
    bool told = false;
    for (uint32_t at = addr; at < addr + count; at++) {
        uint32_t *owner = &claims->owner[table][at];
        if (*owner == 0) {
            *owner = mine;
        } else if (!told) {
            struct described me = describe(claims, table, mine), other = describe(claims, table, *owner);
            mbp_reader_tell(&claims->load->reader, blame != NULL ? blame : me.node,
                            "%s (%s %u..%u) overlaps %s (line %u) at address %u; choose another 'at'", me.text,
                            mbp_table_name(table), addr, addr + count - 1, other.text, other.node->line, at);
            told = true;
        }
    }
}

/* Those with an `at:` come second, as sensors do. */
static void claim_command(struct claims *claims, uint32_t a, bool placed)
{
    const struct mbp_actuator *actuator = &claims->load->actuators[a];
    const struct mbp_def *def = &claims->load->actuator_origins[a].def->reg.def;
    if (mbp_def_has(def, MBP_REGISTER_AT) == placed) {
        claim(claims, actuator->on_off ? MBP_COILS : MBP_HOLDING_REGISTERS, actuator->reg.addr, actuator->reg.words,
              ACTUATOR, a, placed ? mbp_def_node(def, "at") : NULL);
    }
}

static void claim_map(struct claims *claims, const struct mbp_unit *unit)
{
    const struct mbp_load *load = claims->load;
    const struct mbp_layout *layout = &unit->layout;
    for (uint32_t m = 0; m < unit->machine_count; m++) {
        uint32_t i = unit->first_machine + m;
        claim(claims, MBP_COILS, MBP_COILS_PER_MACHINE * m, layout->machine_coils, MACHINE, i, NULL);
        claim(claims, MBP_DISCRETE_INPUTS, layout->discrete_machines + MBP_BITS_PER_MACHINE * m,
              MBP_BITS_USED_PER_MACHINE, MACHINE, i, NULL);
        claim(claims, MBP_INPUT_REGISTERS, layout->input_machines + MBP_MACHINE_WORDS * m, MBP_MACHINE_WORDS, MACHINE,
              i, NULL);
    }
    for (uint32_t s = 0; s < unit->sensor_count; s++) {
        uint32_t i = unit->first_sensor + s;
        const struct mbp_register *reg = &load->sensors[i].reg;
        claim(claims, MBP_COILS, layout->coil_forced + s, 1, SENSOR_COIL, i, NULL);
        claim(claims, MBP_COILS, layout->coil_shelved + s, 1, SENSOR_COIL, i, NULL);
        claim(claims, MBP_DISCRETE_INPUTS, MBP_BITS_PER_SENSOR * s, MBP_BITS_PER_SENSOR, SENSOR_BITS, i, NULL);
        claim(claims, MBP_INPUT_REGISTERS, layout->input_sensors + MBP_FLOAT_WORDS * s, MBP_FLOAT_WORDS, SENSOR_FLOAT,
              i, NULL);
        if (!is_placed(load, i)) {
            claim(claims, MBP_HOLDING_REGISTERS, reg->addr, reg->words, VALUE, i, NULL);
        }
        if (mbp_sensor_has_limits(&load->sensors[i])) {
            claim(claims, MBP_HOLDING_REGISTERS, reg->limits_addr, MBP_LIMIT_COUNT * reg->words, LIMITS, i, NULL);
        }
    }
    for (uint32_t a = 0; a < unit->actuator_count; a++) {
        uint32_t i = unit->first_actuator + a;
        claim(claims, MBP_INPUT_REGISTERS, layout->input_actuators + MBP_ACTUATOR_WORDS * a, MBP_ACTUATOR_WORDS,
              ACTUATOR, i, NULL);
        claim_command(claims, i, false);
    }
    for (uint32_t c = 0; c < unit->controller_count; c++) {
        uint32_t i = unit->first_controller + c;
        claim(claims, MBP_COILS, layout->coil_controllers + c, 1, CONTROLLER, i, NULL);
        claim(claims, MBP_HOLDING_REGISTERS, layout->holding_controllers + MBP_CONTROLLER_SETTING_WORDS * c,
              MBP_FLOAT_WORDS * MBP_SETTING_COUNT, CONTROLLER, i, NULL);
        claim(claims, MBP_INPUT_REGISTERS, layout->input_controllers + MBP_CONTROLLER_WORDS * c, MBP_CONTROLLER_WORDS,
              CONTROLLER, i, NULL);
    }
    claim(claims, MBP_INPUT_REGISTERS, 0, MBP_SUMMARY_WORDS, SUMMARY, 0, NULL);
    claim(claims, MBP_INPUT_REGISTERS, layout->input_events, MBP_RECENT_WORDS, EVENTS, 0, NULL);
    claim(claims, MBP_INPUT_REGISTERS, layout->input_events + MBP_RECENT_WORDS, MBP_JOURNAL_WORDS, JOURNAL, 0, NULL);
}

/* Default places never collide with each other, so what an `at:` put somewhere comes second and takes the blame. */
static void claim_unit(struct claims *claims)
{
    const struct mbp_load *load = claims->load;
    const struct mbp_unit *unit = &load->units[claims->unit];
    if (mbp_unit_has_map(unit)) {
        claim_map(claims, unit);
    }
    for (uint32_t s = unit->first_sensor; s < unit->first_sensor + unit->sensor_count; s++) {
        if (is_placed(load, s)) {
            const struct mbp_register *reg = &load->sensors[s].reg;
            claim(claims, MBP_HOLDING_REGISTERS, reg->addr, reg->words, VALUE, s,
                  mbp_def_node(&load->origins[s].def->reg.def, "at"));
        }
    }
    for (uint32_t a = unit->first_actuator; a < unit->first_actuator + unit->actuator_count; a++) {
        claim_command(claims, a, true);
    }
    for (unsigned table = 0; table < MBP_TABLE_COUNT; table++) {
        const struct mbp_block_def *defs = load->unit_defs[claims->unit]->tables.blocks[table].items;
        for (uint32_t b = 0; b < unit->block_count[table]; b++) {
            claim(claims, (enum mbp_table)table, unit->blocks[table][b].at, unit->blocks[table][b].count, BLOCK, b,
                  mbp_def_node(&defs[b].def, "at"));
        }
    }
}

/* ---- all ------------------------------------------------------------------------------------------------------ */

static bool place_controllers(struct mbp_load *load, struct mbp_unit *unit, uint32_t words)
{
    if (base_after(words, 8000) + MBP_CONTROLLER_SETTING_WORDS * unit->controller_count > ADDRESSES) {
        mbp_reader_tell(
            &load->reader, load->unit_defs[unit - load->units]->def.node,
            "no room for the settings of %u controllers behind holding register %u; spread the sensors over "
            "more units",
            unit->controller_count, words - 1);
        return false;
    }
    set_controllers(unit, words);
    return true;
}

static bool place_unit(struct mbp_load *load, struct mbp_unit *unit)
{
    uint32_t words;
    if (!mbp_unit_has_map(unit)) {
        return true;
    }
    if (!set_values(load, unit, &words)) {
        return false;
    }
    set_bases(unit, words);
    if (!set_limits(load, unit, &words) || (unit->actuator_count > 0 && !set_actuators(load, unit, &words))) {
        return false;
    }
    if (unit->controller_count > 0 && !place_controllers(load, unit, words)) {
        return false;
    }
    mbp_layout_alarms(load, unit);
    return true;
}

/* Whether the file itself places anything in the unit; the default map alone cannot collide. */
static bool places_anything(const struct mbp_load *load, const struct mbp_unit *unit)
{
    uint32_t placed = 0;
    for (unsigned table = 0; table < MBP_TABLE_COUNT; table++) {
        placed += unit->block_count[table];
    }
    for (uint32_t s = unit->first_sensor; s < unit->first_sensor + unit->sensor_count && placed == 0; s++) {
        placed += is_placed(load, s);
    }
    for (uint32_t a = unit->first_actuator; a < unit->first_actuator + unit->actuator_count && placed == 0; a++) {
        placed += mbp_def_has(&load->actuator_origins[a].def->reg.def, MBP_REGISTER_AT);
    }
    return placed > 0;
}

/* Finds the overlaps of a unit. Errors: MBP_ERR_MEMORY. */
static enum mbp_status check_overlaps(struct mbp_load *load, uint32_t u, uint32_t **owners)
{
    struct claims claims = {.load = load, .unit = u};
    size_t count = (size_t)MBP_TABLE_COUNT * ADDRESSES;
    if (*owners == NULL) {
        *owners = mbp_reader_array(&load->reader, load->reader.scratch, count, sizeof **owners);
    } else {
        memset(*owners, 0, count * sizeof **owners);
    }
    if (*owners == NULL) {
        return MBP_ERR_MEMORY;
    }
    for (unsigned table = 0; table < MBP_TABLE_COUNT; table++) {
        claims.owner[table] = *owners + (size_t)table * ADDRESSES;
    }
    claim_unit(&claims);
    return MBP_OK;
}

enum mbp_status mbp_layout(struct mbp_load *load)
{
    uint32_t *owners = NULL; /* of one unit's addresses, for one unit after another */
    enum mbp_status status = MBP_OK;
    for (uint32_t u = 0; u < load->plant->unit_count && status == MBP_OK; u++) {
        /* The repeats of a unit have one map: its mistakes are told once. */
        bool first = u == 0 || load->unit_defs[u] != load->unit_defs[u - 1];
        if (!load->unit_defs[u]->unsure && place_unit(load, &load->units[u]) && first &&
            places_anything(load, &load->units[u])) {
            status = check_overlaps(load, u, &owners);
        }
    }
    return status;
}
