/* layout_alarms: where the blocks stand that sensors' alarms and machines' upkeep have beside the first ones. They came
 * later, so they give way: each goes to its usual place, or the next thousand that nothing else is in, and is left out
 * where a table has no room for it. */
#include "load.h"
#include "points.h"

#define ADDRESSES 65536u
#define STEP      1000u

/* The blocks found so far, beside those that the layout and the file have. */
struct taken {
    const struct mbp_load *load;
    const struct mbp_unit *unit;
    struct span {
        uint8_t table;
        uint32_t first, end;
    } spans[24];
    size_t count;
};

static void take(struct taken *taken, enum mbp_table table, uint32_t first, uint32_t count)
{
    taken->spans[taken->count++] = (struct span){(uint8_t)table, first, first + count};
}

static uint32_t limits_end(const struct mbp_load *load, const struct mbp_unit *unit)
{
    uint32_t end = unit->layout.holding_limits;
    for (uint32_t s = unit->first_sensor; s < unit->first_sensor + unit->sensor_count; s++) {
        const struct mbp_register *reg = &load->sensors[s].reg;
        uint32_t own_end = reg->limits_addr + (uint32_t)MBP_LIMIT_COUNT * reg->words;
        end = mbp_sensor_has_limits(&load->sensors[s]) && own_end > end ? own_end : end;
    }
    return end;
}

/* What the layout has placed by itself; values and commands are looked at one by one. */
static void take_default_blocks(struct taken *taken)
{
    const struct mbp_unit *unit = taken->unit;
    const struct mbp_layout *at = &unit->layout;
    uint32_t sensors = unit->sensor_count, machines = unit->machine_count;
    take(taken, MBP_COILS, 0, MBP_COILS_PER_MACHINE * machines);
    take(taken, MBP_COILS, at->coil_forced, sensors);
    take(taken, MBP_COILS, at->coil_shelved, sensors);
    take(taken, MBP_DISCRETE_INPUTS, 0, MBP_BITS_PER_SENSOR * sensors);
    take(taken, MBP_DISCRETE_INPUTS, at->discrete_machines, MBP_BITS_PER_MACHINE * machines);
    take(taken, MBP_HOLDING_REGISTERS, at->holding_limits, limits_end(taken->load, unit) - at->holding_limits);
    take(taken, MBP_INPUT_REGISTERS, 0, at->input_machines + MBP_MACHINE_WORDS * machines);
    take(taken, MBP_INPUT_REGISTERS, at->input_sensors, MBP_FLOAT_WORDS * sensors);
    take(taken, MBP_INPUT_REGISTERS, at->input_events, MBP_RECENT_WORDS + MBP_JOURNAL_WORDS);
    if (unit->actuator_count > 0) {
        take(taken, MBP_INPUT_REGISTERS, at->input_actuators, MBP_ACTUATOR_WORDS * unit->actuator_count);
    }
    if (unit->controller_count > 0) {
        take(taken, MBP_COILS, at->coil_controllers, unit->controller_count);
        take(taken, MBP_HOLDING_REGISTERS, at->holding_controllers,
             MBP_CONTROLLER_SETTING_WORDS * unit->controller_count);
        take(taken, MBP_INPUT_REGISTERS, at->input_controllers, MBP_CONTROLLER_WORDS * unit->controller_count);
    }
}

static bool overlaps(uint32_t first, uint32_t end, uint32_t other, uint32_t count)
{
    return first < other + count && other < end;
}

static bool is_free(const struct taken *taken, enum mbp_table table, uint32_t first, uint32_t end)
{
    const struct mbp_unit *unit = taken->unit;
    for (size_t i = 0; i < taken->count; i++) {
        const struct span *span = &taken->spans[i];
        if (span->table == table && overlaps(first, end, span->first, span->end - span->first)) {
            return false;
        }
    }
    for (uint32_t b = 0; b < unit->block_count[table]; b++) {
        if (overlaps(first, end, unit->blocks[table][b].at, unit->blocks[table][b].count)) {
            return false;
        }
    }
    for (uint32_t a = unit->first_actuator; a < unit->first_actuator + unit->actuator_count; a++) {
        const struct mbp_actuator *actuator = &taken->load->actuators[a];
        enum mbp_table of = actuator->on_off ? MBP_COILS : MBP_HOLDING_REGISTERS;
        if (of == table && overlaps(first, end, actuator->reg.addr, actuator->reg.words)) {
            return false;
        }
    }
    for (uint32_t s = unit->first_sensor; s < unit->first_sensor + unit->sensor_count; s++) {
        const struct mbp_register *reg = &taken->load->sensors[s].reg;
        if (table == MBP_HOLDING_REGISTERS && overlaps(first, end, reg->addr, reg->words)) {
            return false;
        }
    }
    return true;
}

/* The base of a block; 0 when it has nothing in it or finds no room. */
static uint16_t find_base(struct taken *taken, enum mbp_table table, uint32_t usual, uint32_t count)
{
    if (count == 0) {
        return 0;
    }
    for (uint32_t base = usual; base + count <= ADDRESSES; base += STEP) {
        if (is_free(taken, table, base, base + count)) {
            take(taken, table, base, count);
            return (uint16_t)base;
        }
    }
    return 0;
}

/* Reset and shelve came later than a machine's first four coils. */
static uint16_t machine_coils(const struct mbp_unit *unit)
{
    for (uint32_t b = 0; b < unit->block_count[MBP_COILS]; b++) {
        const struct mbp_block *block = &unit->blocks[MBP_COILS][b];
        for (uint32_t m = 0; m < unit->machine_count; m++) {
            if (overlaps(block->at, block->at + block->count, MBP_COILS_PER_MACHINE * m + 4, 2)) {
                return 4;
            }
        }
    }
    return 6;
}

void mbp_layout_alarms(const struct mbp_load *load, struct mbp_unit *unit)
{
    struct taken taken = {.load = load, .unit = unit};
    struct mbp_layout *at = &unit->layout;
    uint32_t sensors = unit->sensor_count, machines = unit->machine_count;
    at->machine_coils = machine_coils(unit);
    take_default_blocks(&taken);
    at->coil_acknowledge = find_base(&taken, MBP_COILS, 3000, sensors);
    at->coil_reset = find_base(&taken, MBP_COILS, 4000, sensors);
    at->coil_service = find_base(&taken, MBP_COILS, 7000, sensors);
    at->discrete_alarms = find_base(&taken, MBP_DISCRETE_INPUTS, 6000, MBP_BITS_PER_SENSOR * sensors);
    at->holding_shelving = find_base(&taken, MBP_HOLDING_REGISTERS, 5000, sensors);
    at->input_upkeep = find_base(&taken, MBP_INPUT_REGISTERS, 9000, MBP_UPKEEP_WORDS * machines);
    at->input_alarms = find_base(&taken, MBP_INPUT_REGISTERS, 10000, MBP_ALARM_WORDS * sensors);
}
