/* The request path: what a master may read and write, whole or not at all. */
#include <assert.h>
#include <endian.h>
#include <string.h>

#include "image_priv.h"

static bool is_declared(const struct mbp_image_unit *unit, enum mbp_table table, uint32_t addr)
{
    return (unit->access[table][addr] & MBP_ACCESS_DECLARED) != 0;
}

static bool all_declared(const struct mbp_image_unit *unit, enum mbp_table table, uint32_t addr, uint32_t count)
{
    if (!unit->write_only)
        return memchr(unit->access[table] + addr, 0, count) == NULL;
    uint32_t a = addr;
    while (a < addr + count && is_declared(unit, table, a))
        a++;
    return a == addr + count;
}

static bool touches_declared(const struct mbp_image_unit *unit, enum mbp_table table, uint32_t addr, uint32_t count)
{
    uint32_t end = addr + count < unit->size[table] ? addr + count : unit->size[table];
    for (uint32_t a = addr; a < end; a++) {
        if (is_declared(unit, table, a))
            return true;
    }
    return false;
}

enum mbp_status mbp_image_may_read(const struct mbp_image_unit *unit, enum mbp_table table, uint32_t addr,
                                   uint32_t count)
{
    if (addr + count > MBP_ADDRESSES)
        return MBP_EX_ILLEGAL_DATA_ADDRESS;
    if (unit->gaps != MBP_GAPS_ERROR)
        return unit->gaps == MBP_GAPS_ZERO || touches_declared(unit, table, addr, count) ? MBP_OK
                                                                                         : MBP_EX_ILLEGAL_DATA_ADDRESS;
    if (addr + count > unit->size[table] || !all_declared(unit, table, addr, count))
        return MBP_EX_ILLEGAL_DATA_ADDRESS;
    return MBP_OK;
}

enum mbp_status mbp_image_may_write(const struct mbp_image_unit *unit, enum mbp_table table, uint32_t addr,
                                    uint32_t count)
{
    if (addr + count > unit->size[table])
        return MBP_EX_ILLEGAL_DATA_ADDRESS;
    for (uint32_t i = addr; i < addr + count; i++) {
        if ((unit->access[table][i] & MBP_ACCESS_WRITABLE) == 0)
            return MBP_EX_ILLEGAL_DATA_ADDRESS;
    }
    return MBP_OK;
}

/* How many of count addresses from addr lie inside the table; the rest are gaps that are filled. */
static uint16_t inside(const struct mbp_image_unit *unit, enum mbp_table table, uint16_t addr, uint16_t count)
{
    uint32_t size = unit->size[table];
    return addr >= size ? 0 : addr + (uint32_t)count > size ? (uint16_t)(size - addr) : count;
}

void mbp_image_read_bits(const struct mbp_image_unit *unit, enum mbp_table table, uint16_t addr, uint16_t count,
                         uint8_t *packed)
{
    const uint8_t *bits = table == MBP_COILS ? unit->coils : unit->discrete; /* NULL when it has no point */
    uint16_t n = inside(unit, table, addr, count);
    if (unit->watched)
        image_note_read(unit, table, addr, n);
    memset(packed, 0, (count + 7u) / 8u);
    for (uint16_t i = 0; i < n; i++)
        packed[i / 8] |= (uint8_t)(bits[addr + i] << (i % 8));
    for (uint16_t i = n; i < count && unit->gap != 0; i++)
        packed[i / 8] |= (uint8_t)(1u << (i % 8));
    for (uint16_t i = 0; i < n && unit->write_only; i++) {
        if (!is_declared(unit, table, (uint32_t)addr + i))
            packed[i / 8] = (uint8_t)((packed[i / 8] & ~(1u << (i % 8))) | (unit->gap != 0 ? 1u << (i % 8) : 0));
    }
    if (unit->held)
        image_forced_bits(unit, table, addr, n, packed);
}

/* Swaps the bytes of the words in a number of any width. */
#define SWAPPED(number, high) (((number) & (high)) >> 8 | ((number) & (high) >> 8) << 8)

typedef uint16_t eight_words __attribute__((vector_size(16)));

/* Without a loop over single words: a read of ten registers, the usual size, is too short to win back what a compiler
 * spends on vectorising one. */
static void put_big_endian(const uint16_t *words, size_t count, uint8_t *bytes)
{
    const uint16_t *end = words + count;
    eight_words eight;
    uint64_t four;
    uint32_t two;
    uint16_t one;
    for (; end - words >= 8; words += 8, bytes += sizeof eight) {
        memcpy(&eight, words, sizeof eight);
        eight = eight << 8 | eight >> 8;
        memcpy(bytes, &eight, sizeof eight);
    }
    if ((count & 4) != 0) {
        memcpy(&four, words, sizeof four);
        four = SWAPPED(four, 0xFF00FF00FF00FF00u);
        memcpy(bytes, &four, sizeof four);
        words += 4;
        bytes += sizeof four;
    }
    if ((count & 2) != 0) {
        memcpy(&two, words, sizeof two);
        two = SWAPPED(two, 0xFF00FF00u);
        memcpy(bytes, &two, sizeof two);
        words += 2;
        bytes += sizeof two;
    }
    if ((count & 1) != 0) {
        one = htobe16(*words);
        memcpy(bytes, &one, sizeof one);
    }
}

void mbp_image_read_words(const struct mbp_image_unit *unit, enum mbp_table table, uint16_t addr, uint16_t count,
                          uint8_t *big_endian)
{
    const uint16_t *words = table == MBP_HOLDING_REGISTERS ? unit->holding : unit->input;
    uint16_t n = inside(unit, table, addr, count);
    if (unit->watched)
        image_note_read(unit, table, addr, n);
    if (n > 0)
        put_big_endian(words + addr, n, big_endian);
    for (uint16_t i = unit->write_only ? 0 : n; i < count; i++) {
        if (i < n && is_declared(unit, table, (uint32_t)addr + i))
            continue;
        big_endian[2 * (size_t)i] = (uint8_t)(unit->gap >> 8);
        big_endian[2 * (size_t)i + 1] = (uint8_t)unit->gap;
    }
    if (unit->held)
        image_forced_words(unit, table, addr, n, big_endian);
}

/* ---- whose address is it ---------------------------------------------------------------------------------------- */

static struct mbp_register field_register(const struct mbp_map_field *field)
{
    return (struct mbp_register){.scale = field->scale != 0 ? field->scale : 1, .type = field->type};
}

/* A value is a number, whatever its type; what else is a bit is on or off, whatever stands in its words. */
static bool is_switch(unsigned block, const struct mbp_map_field *field)
{
    return field->type == MBP_BOOL && mbp_map[block].place != MBP_PLACE_VALUE;
}

bool image_point_at(const struct mbp_image_unit *unit, enum mbp_table table, uint16_t addr, struct image_point *out)
{
    const struct image_index *index = &unit->image->index[unit - unit->image->units];
    struct mbp_map_found found;
    if (!mbp_map_find(index->map, table, addr, &found))
        return false;
    const struct mbp_register *reg =
        found.own != NULL ? &found.own->reg : mbp_map_register(unit->image->plant, found.block, found.item);
    *out = (struct image_point){.kind = (enum mbp_write_kind)found.field->write,
                                .index = found.item,
                                .sub = found.field->sub,
                                .table = (uint8_t)table,
                                .addr = found.addr,
                                .words = found.count,
                                .own = found.own,
                                .is_switch = is_switch(found.block, found.field),
                                .reg = reg != NULL ? *reg : field_register(found.field)};
    return true;
}

unsigned image_siblings(const struct mbp_image_unit *unit, const struct image_point *point,
                        const struct mbp_user_point **first)
{
    const struct mbp_user_point *points = unit->image->plant->points + unit->unit->first_point;
    const struct mbp_user_point *end = points + unit->unit->point_count;
    const struct mbp_user_point *last = point->own;
    *first = last;
    if (last == NULL || last->mask == 0)
        return 1;
    while (*first > points && (*first)[-1].table == last->table && (*first)[-1].reg.addr == last->reg.addr)
        --*first;
    while (last + 1 < end && last[1].table == point->own->table && last[1].reg.addr == point->own->reg.addr)
        last++;
    return (unsigned)(last - *first) + 1;
}

struct image_point image_sibling(const struct image_point *point, const struct mbp_user_point *own)
{
    struct image_point sibling = *point;
    if (own == NULL)
        return sibling;
    const struct mbp_map_field *field = mbp_map_tag_field(&own->tag);
    sibling.kind = (enum mbp_write_kind)field->write;
    sibling.index = own->tag.item;
    sibling.sub = field->sub;
    sibling.own = own;
    sibling.is_switch = is_switch(own->tag.block, field);
    sibling.reg = own->reg;
    return sibling;
}

/* addr is latched, so it belongs to a field. */
struct image_point image_find_point(const struct mbp_image_unit *unit, enum mbp_table table, uint16_t addr)
{
    struct image_point point = {0};
    bool is_there = image_point_at(unit, table, addr, &point);
    assert(is_there);
    (void)is_there;
    return point;
}
