/* Points that are held from outside. The tables keep what is so, and masters read over it what is held: a write goes
 * beneath, and whatever is let go shows what it is by now. */
#include "mbplant/image/forced.h"

#include <string.h>

#include "image_priv.h"
#include "mbplant/state/forced.h"

/* ---- what masters read ------------------------------------------------------------------------------------------- */

static void add(struct mbp_image *image, uint32_t unit, uint8_t table, uint32_t addr, uint16_t word, uint16_t mask)
{
    if (image->held_count < IMAGE_HELD_MAX && addr < MBP_ADDRESSES)
        image->held[image->held_count++] = (struct image_held){(uint16_t)addr, word, mask, table, (uint8_t)unit};
}

/* Where else that address stands. */
static void add_aliases(struct mbp_image *image, uint32_t u, unsigned table, uint32_t addr, uint16_t word,
                        uint16_t mask)
{
    const struct mbp_unit *unit = image->units[u].unit;
    for (uint32_t a = unit->first_alias; a < unit->first_alias + unit->alias_count; a++) {
        const struct mbp_alias *alias = &image->plant->aliases[a];
        if (alias->of_table != table || addr < alias->of_addr || addr >= alias->of_addr + mbp_alias_span(alias))
            continue;
        uint32_t at = addr - alias->of_addr;
        if (mbp_table_is_bits(alias->table) == mbp_table_is_bits(table)) {
            add(image, u, alias->table, alias->addr + at, word, mask);
            continue;
        }
        for (uint32_t bit = 0; bit < 16 && 16 * at + bit < alias->count; bit++) {
            if ((mask >> bit & 1u) != 0)
                add(image, u, alias->table, alias->addr + 16 * at + bit, word >> bit & 1u, UINT16_MAX);
        }
    }
}

void image_forced_show(struct mbp_image *image, const struct mbp_state *state)
{
    if (state->forced_count == 0 && image->held_count == 0)
        return;
    image->held_count = 0;
    for (uint32_t u = 0; u < image->plant->unit_count; u++)
        image->units[u].held = false;
    for (unsigned i = 0; i < MBP_SIM_FORCED_MAX; i++) {
        const struct mbp_forced *one = &state->forced[i];
        const struct mbp_image_unit *unit = image->by_id[one->unit];
        if (one->count == 0 || unit == NULL)
            continue;
        uint32_t u = (uint32_t)(unit - image->units);
        image->units[u].held = true;
        const uint16_t mask = one->mask != 0 ? one->mask : UINT16_MAX;
        bool over = one->stored == UINT32_MAX && one->actuator == UINT32_MAX; /* else the tables have it */
        for (unsigned w = 0; w < one->count && over; w++) {
            add(image, u, one->table, one->addr + w, one->words[w], mask);
            add_aliases(image, u, one->table, one->addr + w, one->words[w], mask);
        }
    }
}

/* Calls for each held address of a span. */
static const struct image_held *next_held(const struct mbp_image_unit *unit, enum mbp_table table, uint16_t addr,
                                          uint32_t count, size_t *at)
{
    const struct mbp_image *image = unit->image;
    for (; *at < image->held_count; ++*at) {
        const struct image_held *held = &image->held[*at];
        if (held->unit == unit - image->units && held->table == table && held->addr >= addr &&
            held->addr < addr + count)
            return &image->held[(*at)++];
    }
    return NULL;
}

/* What stands there with what is held of it. */
static uint16_t with_held(const struct image_held *held, uint16_t word)
{
    return (uint16_t)((word & ~held->mask) | (held->word & held->mask));
}

void image_forced_bits(const struct mbp_image_unit *unit, enum mbp_table table, uint16_t addr, uint16_t count,
                       uint8_t *packed)
{
    const struct image_held *held;
    for (size_t at = 0; (held = next_held(unit, table, addr, count, &at)) != NULL;) {
        unsigned bit = (unsigned)held->addr - addr;
        packed[bit / 8] = (uint8_t)((packed[bit / 8] & ~(1u << bit % 8)) | (unsigned)(held->word != 0) << bit % 8);
    }
}

void image_forced_words(const struct mbp_image_unit *unit, enum mbp_table table, uint16_t addr, uint16_t count,
                        uint8_t *big_endian)
{
    const struct image_held *held;
    for (size_t at = 0; (held = next_held(unit, table, addr, count, &at)) != NULL;) {
        uint8_t *bytes = big_endian + 2 * (size_t)(held->addr - addr);
        uint16_t word = with_held(held, (uint16_t)(bytes[0] << 8 | bytes[1]));
        bytes[0] = (uint8_t)(word >> 8);
        bytes[1] = (uint8_t)word;
    }
}

bool mbp_image_next_held(const struct mbp_image_unit *unit, enum mbp_table table, uint16_t addr, uint32_t count,
                         size_t *at, uint16_t *held_addr, uint16_t *word)
{
    const struct image_held *held = next_held(unit, table, addr, count, at);
    if (held == NULL)
        return false;
    *held_addr = held->addr;
    *word = mbp_image_shown(unit, table, held->addr);
    return true;
}

uint16_t mbp_image_shown(const struct mbp_image_unit *unit, enum mbp_table table, uint16_t addr)
{
    const struct image_held *held;
    uint16_t word = mbp_table_is_bits(table) ? (table == MBP_COILS ? unit->coils : unit->discrete)[addr]
                                             : (table == MBP_HOLDING_REGISTERS ? unit->holding : unit->input)[addr];
    for (size_t at = 0; unit->held && (held = next_held(unit, table, addr, 1, &at)) != NULL;)
        word = with_held(held, word);
    return word;
}

/* ---- the instructor's record ------------------------------------------------------------------------------------- */

/* How masters count tables. */
static const int8_t table_of[] = {MBP_COILS, MBP_DISCRETE_INPUTS, -1, MBP_INPUT_REGISTERS, MBP_HOLDING_REGISTERS};
static const uint16_t number_of[MBP_TABLE_COUNT] = {
    [MBP_COILS] = 0, [MBP_DISCRETE_INPUTS] = 1, [MBP_INPUT_REGISTERS] = 3, [MBP_HOLDING_REGISTERS] = 4};

static bool is_of_bits(enum mbp_force_command command)
{
    return command == MBP_FORCE_HOLD_BITS || command == MBP_FORCE_RELEASE_BITS;
}

static struct mbp_force_asked asked_of(const uint16_t *words, struct mbp_peer peer)
{
    uint16_t table = words[MBP_SIM_FORCE_TABLE];
    uint16_t count = words[MBP_SIM_FORCE_COUNT];
    struct mbp_force_asked asked = {
        .command = (enum mbp_force_command)words[MBP_SIM_FORCE_WORDS],
        .unit = (uint8_t)words[MBP_SIM_FORCE_UNIT],
        .table = (uint8_t)(table < sizeof table_of && table_of[table] >= 0 ? table_of[table] : MBP_TABLE_COUNT),
        .count = (uint8_t)(count == 0                      ? 1
                           : count <= MBP_SIM_FORCE_VALUES ? count
                                                           : 0),
        .addr = words[MBP_SIM_FORCE_ADDRESS],
        .peer = peer};
    memcpy(asked.words, words + MBP_SIM_FORCE_VALUE, sizeof asked.words);
    if (is_of_bits(asked.command))
        asked.mask = words[MBP_SIM_FORCE_MASK];
    return asked;
}

/* The bits that a record names are some of one register. */
static bool mask_fits(const struct mbp_force_asked *asked)
{
    return !is_of_bits(asked->command) || (asked->mask != 0 && asked->count == 1 && !mbp_table_is_bits(asked->table));
}

/* Places that will be taken when what waits is done; too many rather than too few. */
static size_t places_taken(const struct mbp_image_unit *unit)
{
    return unit->input[MBP_SIM_IR_FORCED_POINTS] + unit->image->force_count;
}

bool image_force_allowed(const struct mbp_image_unit *unit)
{
    const uint16_t *words = unit->holding + MBP_SIM_HR_FORCE;
    const struct mbp_force_asked asked = asked_of(words, (struct mbp_peer){0});
    if (asked.command == MBP_FORCE_NONE)
        return true;
    if (asked.command >= MBP_FORCE_COUNT || unit->image->force_count >= IMAGE_FORCES_MAX)
        return false;
    if (asked.command == MBP_FORCE_RELEASE_ALL)
        return true;
    const struct mbp_image_unit *of = words[MBP_SIM_FORCE_UNIT] <= UINT8_MAX ? unit->image->by_id[asked.unit] : NULL;
    if (of == NULL || of->unit->instructor || asked.table >= MBP_TABLE_COUNT || asked.count == 0 ||
        (mbp_table_is_bits(asked.table) && asked.count > 1) || !mask_fits(&asked) ||
        asked.addr + (uint32_t)asked.count > of->size[asked.table])
        return false;
    for (uint32_t a = asked.addr; a < asked.addr + (uint32_t)asked.count; a++) {
        if (of->access[asked.table][a] == 0)
            return false;
    }
    bool releases = asked.command == MBP_FORCE_RELEASE || asked.command == MBP_FORCE_RELEASE_BITS;
    return releases || places_taken(unit) < MBP_SIM_FORCED_MAX;
}

void image_force_written(struct mbp_image_unit *unit, struct mbp_peer peer)
{
    uint16_t *words = unit->holding + MBP_SIM_HR_FORCE;
    if (!unit->unit->instructor || words[MBP_SIM_FORCE_WORDS] == MBP_FORCE_NONE)
        return;
    if (unit->image->force_count < IMAGE_FORCES_MAX)
        unit->image->forces[unit->image->force_count++] = asked_of(words, peer);
    words[MBP_SIM_FORCE_WORDS] = MBP_FORCE_NONE;
}

size_t mbp_image_latch_forces(struct mbp_image *image, const struct mbp_force_asked **commands)
{
    size_t count = image->force_count;
    *commands = image->forces;
    image->force_count = 0;
    return count;
}

void image_publish_forced(struct mbp_image_unit *unit, const struct mbp_state *state)
{
    uint16_t *words = unit->input + MBP_SIM_IR_FORCED;
    unit->input[MBP_SIM_IR_FORCED_POINTS] = (uint16_t)state->forced_count;
    for (unsigned i = 0; i < MBP_SIM_FORCED_MAX; i++, words += MBP_SIM_FORCE_WORDS) {
        const struct mbp_forced *one = &state->forced[i];
        memset(words, 0, MBP_SIM_FORCE_WORDS * sizeof *words);
        if (one->count == 0)
            continue;
        words[MBP_SIM_FORCE_UNIT] = one->unit;
        words[MBP_SIM_FORCE_TABLE] = number_of[one->table];
        words[MBP_SIM_FORCE_ADDRESS] = one->addr;
        words[MBP_SIM_FORCE_COUNT] = one->count;
        memcpy(words + MBP_SIM_FORCE_VALUE, one->words, one->count * sizeof *one->words);
        if (one->mask != 0)
            words[MBP_SIM_FORCE_MASK] = one->mask;
    }
}
