/* Addresses that are the same as others: what is read there stands in the others, and what is written goes there. */
#include <stdlib.h>
#include <string.h>

#include "image_priv.h"

static const struct mbp_alias *aliases_of(const struct mbp_image_unit *unit)
{
    return unit->image->plant->aliases + unit->unit->first_alias;
}

enum mbp_status image_alias_new(struct mbp_image *image)
{
    bool any = false;
    for (uint32_t u = 0; u < image->plant->unit_count; u++) {
        const struct mbp_image_unit *unit = &image->units[u];
        const struct mbp_alias *aliases = aliases_of(unit);
        for (uint32_t a = 0; a < unit->unit->alias_count; a++) {
            uint8_t *access = unit->access[aliases[a].table] + aliases[a].addr;
            for (uint32_t i = 0; i < aliases[a].count; i++)
                access[i] |= MBP_ACCESS_ALIAS;
            any = true;
        }
    }
    if (any)
        image->runs = calloc(1, sizeof *image->runs);
    return any && image->runs == NULL ? MBP_ERR_MEMORY : MBP_OK;
}

/* ---- what is read -------------------------------------------------------------------------------------------------
 */

static uint16_t word_at(const struct mbp_image_unit *unit, unsigned table, uint32_t addr)
{
    switch (table) {
    case MBP_COILS:
        return unit->coils[addr];
    case MBP_DISCRETE_INPUTS:
        return unit->discrete[addr];
    case MBP_HOLDING_REGISTERS:
        return unit->holding[addr];
    default:
        return unit->input[addr];
    }
}

static void show(struct mbp_image_unit *unit, const struct mbp_alias *alias)
{
    for (uint32_t i = 0; i < alias->count; i++) {
        bool is_bit = mbp_table_is_bits(alias->table) && !mbp_table_is_bits(alias->of_table);
        uint32_t from = alias->of_addr + (is_bit ? i / 16 : i);
        uint16_t word = word_at(unit, alias->of_table, from);
        uint32_t addr = alias->addr + i;
        if (is_bit)
            word = word >> (i % 16) & 1u;
        if (alias->table == MBP_COILS)
            unit->coils[addr] = (uint8_t)word;
        else if (alias->table == MBP_DISCRETE_INPUTS)
            unit->discrete[addr] = (uint8_t)word;
        else if (alias->table == MBP_HOLDING_REGISTERS)
            unit->holding[addr] = word;
        else
            unit->input[addr] = word;
    }
}

void image_alias_show(struct mbp_image_unit *unit)
{
    for (uint32_t a = 0; a < unit->unit->alias_count; a++)
        show(unit, &aliases_of(unit)[a]);
}

void image_alias_written(struct mbp_image_unit *unit, enum mbp_table table, uint16_t addr, uint16_t count)
{
    const struct mbp_alias *aliases = aliases_of(unit);
    for (uint32_t a = 0; a < unit->unit->alias_count; a++) {
        bool same = aliases[a].of_table == table && aliases[a].of_addr < (uint32_t)addr + count;
        if (same && addr < aliases[a].of_addr + mbp_alias_span(&aliases[a]))
            show(unit, &aliases[a]);
    }
}

/* ---- what is written ----------------------------------------------------------------------------------------------
 */

/* The alias that an address belongs to; they stand sorted. */
static const struct mbp_alias *alias_at(const struct mbp_image_unit *unit, unsigned table, uint32_t addr)
{
    const struct mbp_alias *aliases = aliases_of(unit);
    uint32_t low = 0;
    uint32_t high = unit->unit->alias_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const struct mbp_alias *at = &aliases[middle];
        if (at->table < table || (at->table == table && at->addr + at->count <= addr))
            low = middle + 1;
        else
            high = middle;
    }
    return &aliases[low];
}

void image_alias_home(const struct mbp_image_unit *unit, enum mbp_table *table, uint16_t *addr)
{
    if ((unit->access[*table][*addr] & MBP_ACCESS_ALIAS) == 0)
        return;
    const struct mbp_alias *alias = alias_at(unit, *table, *addr);
    const uint32_t at = (uint32_t)*addr - alias->addr;
    const bool is_bit = mbp_table_is_bits(alias->table) && !mbp_table_is_bits(alias->of_table);
    *table = (enum mbp_table)alias->of_table;
    *addr = (uint16_t)(alias->of_addr + (is_bit ? at / 16 : at));
}

/* The run that goes on to this address, or a new one. NULL: there is room for no more. */
static struct image_run *run_for(struct image_runs *runs, unsigned table, uint32_t addr)
{
    struct image_run *last = runs->count > 0 ? &runs->items[runs->count - 1] : NULL;
    uint32_t most = table == MBP_COILS ? MBP_IMAGE_WRITE_BITS_MAX : MBP_IMAGE_WRITE_MAX;
    if (last != NULL && last->table == table && last->addr + last->count == addr && last->count < most) {
        last->count++;
        return last;
    }
    if (runs->count == IMAGE_RUNS_MAX)
        return NULL;
    runs->items[runs->count] = (struct image_run){runs->bytes + runs->used, (uint16_t)addr, 1, (uint8_t)table};
    return &runs->items[runs->count++];
}

static bool add_word(struct image_runs *runs, uint32_t addr, uint16_t word)
{
    struct image_run *run = run_for(runs, MBP_HOLDING_REGISTERS, addr);
    if (run == NULL)
        return false;
    runs->bytes[runs->used++] = (uint8_t)(word >> 8);
    runs->bytes[runs->used++] = (uint8_t)word;
    return true;
}

static bool add_bit(struct image_runs *runs, uint32_t addr, bool on)
{
    struct image_run *run = run_for(runs, MBP_COILS, addr);
    if (run == NULL)
        return false;
    uint32_t bit = run->count - 1u;
    if (bit % 8 == 0)
        runs->bytes[runs->used++] = 0;
    runs->bytes[runs->used - 1] |= (uint8_t)(on ? 1u << (bit % 8) : 0);
    return true;
}

/* A coil that is a bit of a register: the register with that bit; it may have got another of its bits before. */
static bool add_register_bit(const struct mbp_image_unit *unit, struct image_runs *runs, uint32_t addr, unsigned bit,
                             bool on)
{
    struct image_run *last = runs->count > 0 ? &runs->items[runs->count - 1] : NULL;
    bool again = last != NULL && last->table == MBP_HOLDING_REGISTERS && last->addr + last->count == addr + 1;
    uint8_t *bytes = runs->bytes + runs->used - 2;
    uint16_t word = again ? (uint16_t)(bytes[0] << 8 | bytes[1]) : unit->holding[addr];
    word = (uint16_t)((word & ~(1u << bit)) | (on ? 1u << bit : 0u));
    if (!again)
        return add_word(runs, addr, word);
    bytes[0] = (uint8_t)(word >> 8);
    bytes[1] = (uint8_t)word;
    return true;
}

static bool add(const struct mbp_image_unit *unit, struct image_runs *runs, const struct image_run *run, uint32_t i)
{
    uint32_t addr = run->addr + i;
    bool bits = run->table == MBP_COILS;
    uint16_t word =
        bits ? run->bytes[i / 8] >> (i % 8) & 1u : (uint16_t)(run->bytes[2 * i] << 8 | run->bytes[2 * i + 1]);
    bool known = addr < unit->size[run->table];
    bool aliased = known && (unit->access[run->table][addr] & MBP_ACCESS_ALIAS) != 0;
    const struct mbp_alias *alias = aliased ? alias_at(unit, run->table, addr) : NULL;
    if (alias == NULL || !alias->writable)
        return bits ? add_bit(runs, addr, word != 0) : add_word(runs, addr, word);
    uint32_t behind = addr - alias->addr;
    if (!bits)
        return add_word(runs, alias->of_addr + behind, word);
    if (alias->of_table == MBP_COILS)
        return add_bit(runs, alias->of_addr + behind, word != 0);
    return add_register_bit(unit, runs, alias->of_addr + behind / 16, behind % 16, word != 0);
}

struct image_runs *image_alias_runs(struct mbp_image_unit *unit, const struct image_run *run, size_t *count)
{
    struct image_runs *runs = unit->image->runs;
    bool any = false;
    for (uint32_t a = run->addr; a < (uint32_t)run->addr + run->count && a < unit->size[run->table]; a++)
        any = any || (unit->access[run->table][a] & MBP_ACCESS_ALIAS) != 0;
    runs->count = 0;
    runs->used = 0;
    for (uint32_t i = 0; any && i < run->count; i++)
        if (!add(unit, runs, run, i))
            return NULL; /* cut to pieces by so many aliases: it is refused as it stands */
    *count = runs->count;
    return any ? runs : NULL;
}
