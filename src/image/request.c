/* The request path: what a master may read and write, whole or not at all. */
#include <assert.h>
#include <endian.h>
#include <string.h>

#include "image_priv.h"

#define ADDRESSES 65536u

static bool touches_declared(const struct mbp_image_unit *unit, enum mbp_table table, uint32_t addr, uint32_t count)
{
    uint32_t end = addr + count < unit->size[table] ? addr + count : unit->size[table];
    for (uint32_t a = addr; a < end; a++) {
        if (unit->access[table][a] != 0)
            return true;
    }
    return false;
}

enum mbp_status mbp_image_may_read(const struct mbp_image_unit *unit, enum mbp_table table, uint32_t addr,
                                   uint32_t count)
{
    if (addr + count > ADDRESSES)
        return MBP_EX_ILLEGAL_DATA_ADDRESS;
    if (unit->gaps != MBP_GAPS_ERROR)
        return unit->gaps == MBP_GAPS_ZERO || touches_declared(unit, table, addr, count) ? MBP_OK
                                                                                         : MBP_EX_ILLEGAL_DATA_ADDRESS;
    if (addr + count > unit->size[table] || memchr(unit->access[table] + addr, 0, count) != NULL)
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
    memset(packed, 0, (count + 7u) / 8u);
    for (uint16_t i = 0; i < n; i++)
        packed[i / 8] |= (uint8_t)(bits[addr + i] << (i % 8));
    for (uint16_t i = n; i < count && unit->gap != 0; i++)
        packed[i / 8] |= (uint8_t)(1u << (i % 8));
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
    if (n > 0)
        put_big_endian(words + addr, n, big_endian);
    for (uint16_t i = n; i < count; i++) {
        big_endian[2 * (size_t)i] = (uint8_t)(unit->gap >> 8);
        big_endian[2 * (size_t)i + 1] = (uint8_t)unit->gap;
    }
}

/* ---- whose address is it ---------------------------------------------------------------------------------------- */

static struct mbp_register field_register(const struct mbp_map_field *field)
{
    return (struct mbp_register){.scale = field->scale != 0 ? field->scale : 1, .type = field->type};
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
                                .own = found.own != NULL,
                                .is_switch =
                                    found.field->type == MBP_BOOL && mbp_map[found.block].place != MBP_PLACE_VALUE,
                                .reg = reg != NULL ? *reg : field_register(found.field)};
    return true;
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

/* ---- writing ---------------------------------------------------------------------------------------------------- */

static uint8_t access_of(const struct mbp_image_unit *unit, enum mbp_table table, uint16_t addr, uint16_t count)
{
    uint8_t bits = 0;
    for (uint32_t i = 0; i < count; i++)
        bits |= unit->access[table][addr + i];
    return bits;
}

/* Returns the span with all words of its points. */
static struct image_span log_span(struct mbp_image_unit *unit, enum mbp_table table, uint16_t addr, uint16_t count,
                                  struct mbp_peer peer)
{
    uint32_t first = addr;
    uint32_t end = (uint32_t)addr + count;
    for (uint32_t a = addr; a < (uint32_t)addr + count; a++) {
        if ((unit->access[table][a] & MBP_ACCESS_LATCHED) == 0)
            continue;
        struct image_point point = image_find_point(unit, table, (uint16_t)a);
        image_log_write(unit, table, point.addr, !image_point_covered(&point, addr, (uint32_t)addr + count), peer);
        a = (uint32_t)point.addr + point.words - 1;
        first = point.addr < first ? point.addr : first;
        end = a + 1 > end ? a + 1 : end;
    }
    return (struct image_span){(uint16_t)first, (uint16_t)(end - first), (uint8_t)(addr - first),
                               (uint8_t)(end - addr - count)};
}

/* Registers that no latch tells the scan of. */
static void note_words(struct mbp_image_unit *unit, uint16_t addr, uint16_t count, const uint16_t *before,
                       struct mbp_peer peer)
{
    const uint16_t *now = unit->holding + addr;
    for (uint16_t i = 0; i < count; i++) {
        if (before[i] != now[i] && (unit->access[MBP_HOLDING_REGISTERS][addr + i] & MBP_ACCESS_LATCHED) == 0)
            image_note_written(unit, MBP_HOLDING_REGISTERS, (uint16_t)(addr + i), before[i], now[i], peer);
    }
}

void mbp_image_observe(struct mbp_image *image, const struct mbp_image_observer *observer)
{
    image->observer = observer != NULL ? *observer : (struct mbp_image_observer){0};
}

static void tell_observer(const struct mbp_image_unit *unit, enum mbp_table table, uint16_t addr, uint16_t count)
{
    const struct mbp_image_observer *observer = &unit->image->observer;
    if (observer->written != NULL)
        observer->written(observer->ctx, unit, table, addr, count);
}

static void note_instructor(struct mbp_image_unit *unit, struct mbp_peer peer)
{
    if (!unit->unit->instructor)
        return;
    unit->image->instructor_writes++;
    unit->image->instructor_peer = peer;
}

/* The first address of a span that cannot be written; the span's first when all can. */
static uint16_t first_closed(const struct mbp_image_unit *unit, enum mbp_table table, uint16_t addr, uint16_t count)
{
    for (uint32_t a = addr; a < (uint32_t)addr + count; a++) {
        if (a >= unit->size[table] || (unit->access[table][a] & MBP_ACCESS_WRITABLE) == 0)
            return a < ADDRESSES ? (uint16_t)a : addr;
    }
    return addr;
}

enum mbp_status mbp_image_write_bits(struct mbp_image_unit *unit, uint16_t addr, uint16_t count, const uint8_t *packed,
                                     struct mbp_peer peer)
{
    enum mbp_status status = image_may_write(unit, MBP_COILS, addr, count, packed);
    uint8_t access = status == MBP_OK ? access_of(unit, MBP_COILS, addr, count) : 0;
    bool latched = (access & MBP_ACCESS_LATCHED) != 0;
    if (status == MBP_OK && latched && !image_log_room(unit->image, count))
        status = MBP_EX_SERVER_DEVICE_BUSY;
    if (status == MBP_OK && unit->unit->instructor && !image_instructor_allows_bits(unit, addr, count, packed))
        status = MBP_EX_SERVER_DEVICE_FAILURE;
    uint16_t at = addr;
    bool open = status != MBP_OK || image_coils_open(unit, addr, count, &at);
    if (!open)
        status = MBP_EX_SERVER_DEVICE_FAILURE;
    if (status != MBP_OK) {
        at = open ? first_closed(unit, MBP_COILS, addr, count) : at;
        mbp_image_refuse(unit, MBP_COILS, at, packed[(at - addr) / 8] >> ((at - addr) % 8) & 1u, status, peer);
        return status;
    }
    for (uint32_t i = 0; i < count; i++) {
        uint8_t now = packed[i / 8] >> (i % 8) & 1u;
        if ((unit->access[MBP_COILS][addr + i] & MBP_ACCESS_LATCHED) == 0)
            image_note_written(unit, MBP_COILS, (uint16_t)(addr + i), unit->coils[addr + i], now, peer);
        unit->coils[addr + i] = now;
    }
    if (latched)
        log_span(unit, MBP_COILS, addr, count, peer);
    note_instructor(unit, peer);
    image_tail_note(unit, MBP_COILS, (struct image_span){addr, count, 0, 0}, peer);
    tell_observer(unit, MBP_COILS, addr, count);
    return MBP_OK;
}

enum mbp_status mbp_image_write_words(struct mbp_image_unit *unit, uint16_t addr, uint16_t count,
                                      const uint8_t *big_endian, struct mbp_peer peer)
{
    uint16_t before[MBP_IMAGE_WRITE_MAX];
    uint16_t at = addr;
    enum mbp_status status = image_may_write(unit, MBP_HOLDING_REGISTERS, addr, count, NULL);
    if (status != MBP_OK) {
        at = first_closed(unit, MBP_HOLDING_REGISTERS, addr, count);
        goto out;
    }
    uint8_t access = access_of(unit, MBP_HOLDING_REGISTERS, addr, count);
    if ((access & MBP_ACCESS_LATCHED) != 0 && !image_log_room(unit->image, count)) {
        status = MBP_EX_SERVER_DEVICE_BUSY;
        goto out;
    }
    status = image_staging_may_command(unit, addr, count, big_endian);
    if (status != MBP_OK)
        goto out;
    memcpy(before, unit->holding + addr, count * sizeof before[0]);
    for (uint32_t i = 0; i < count; i++)
        unit->holding[addr + i] = (uint16_t)(big_endian[2 * i] << 8 | big_endian[2 * i + 1]);
    bool checked = (access & (MBP_ACCESS_LATCHED | MBP_ACCESS_CHECKED)) != 0;
    if (checked)
        status = image_span_allowed(unit, addr, count, &at);
    if (status == MBP_OK && unit->unit->instructor && !image_instructor_allows_words(unit, addr, count))
        status = MBP_EX_SERVER_DEVICE_FAILURE;
    if (status != MBP_OK) {
        memcpy(unit->holding + addr, before, count * sizeof before[0]);
        goto out;
    }
    struct image_span span = {addr, count, 0, 0};
    if ((access & MBP_ACCESS_LATCHED) != 0)
        span = log_span(unit, MBP_HOLDING_REGISTERS, addr, count, peer);
    note_words(unit, addr, count, before, peer);
    note_instructor(unit, peer);
    image_tail_note(unit, MBP_HOLDING_REGISTERS, span, peer);
    image_staging_command(unit, addr, count, peer);
    tell_observer(unit, MBP_HOLDING_REGISTERS, addr, count);
out:
    if (status != MBP_OK)
        image_refuse_words(unit, addr, count, big_endian, at,
                           status == MBP_ERR_BUSY ? MBP_EX_SERVER_DEVICE_FAILURE : status, peer);
    return status == MBP_ERR_BUSY ? MBP_OK : status;
}

/* ---- once more -------------------------------------------------------------------------------------------------- */

/* Words of the points at its ends that the request did not write stood in the tables then. */
static void put_words_again(struct mbp_image_unit *unit, struct image_span span, const uint16_t *words,
                            struct mbp_peer peer)
{
    uint16_t before[MBP_IMAGE_WRITE_MAX];
    uint16_t addr = (uint16_t)(span.addr + span.before);
    uint16_t count = (uint16_t)(span.count - span.before - span.behind);
    memcpy(before, unit->holding + addr, count * sizeof before[0]);
    memcpy(unit->holding + span.addr, words, span.count * sizeof *words);
    if ((access_of(unit, MBP_HOLDING_REGISTERS, addr, count) & MBP_ACCESS_LATCHED) != 0)
        log_span(unit, MBP_HOLDING_REGISTERS, addr, count, peer);
    note_words(unit, addr, count, before, peer);
}

static void put_bits_again(struct mbp_image_unit *unit, struct image_span span, const uint16_t *packed,
                           struct mbp_peer peer)
{
    for (uint32_t i = 0; i < span.count; i++) {
        uint8_t now = packed[i / 16] >> (i % 16) & 1u;
        uint32_t addr = span.addr + i;
        if ((unit->access[MBP_COILS][addr] & MBP_ACCESS_LATCHED) == 0)
            image_note_written(unit, MBP_COILS, (uint16_t)addr, unit->coils[addr], now, peer);
        unit->coils[addr] = now;
    }
    log_span(unit, MBP_COILS, span.addr, span.count, peer);
}

/* A plant command is not carried out again: whoever asked for it was not told that it was. */
static bool is_plant_command(const struct mbp_image_unit *unit, enum mbp_table table, struct image_span span)
{
    return unit->unit->instructor && table == MBP_HOLDING_REGISTERS && span.addr + span.count > MBP_STAGING_HR_COMMAND;
}

bool image_write_again(struct mbp_image_unit *unit, enum mbp_table table, struct image_span span, const uint16_t *words,
                       struct mbp_peer peer)
{
    uint32_t asked = (uint32_t)span.count - span.before - span.behind;
    if ((table != MBP_COILS && table != MBP_HOLDING_REGISTERS) || span.before + span.behind >= span.count ||
        (table == MBP_HOLDING_REGISTERS && asked > MBP_IMAGE_WRITE_MAX) ||
        mbp_image_may_write(unit, table, span.addr, span.count) != MBP_OK || is_plant_command(unit, table, span) ||
        !image_log_room(unit->image, span.count))
        return false;
    if (table == MBP_COILS)
        put_bits_again(unit, span, words, peer);
    else
        put_words_again(unit, span, words, peer);
    note_instructor(unit, peer);
    image_tail_note(unit, table, span, peer);
    return true;
}
