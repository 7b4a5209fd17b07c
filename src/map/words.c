/* words: a view's members as they stand in registers and bits, and back. */
#include <math.h>
#include <string.h>

#include "mbplant/map.h"
#include "mbplant/view.h"

/* ---- members ------------------------------------------------------------------------------------------------------
 */

static uint64_t load_whole(const struct mbp_member *member, const void *view)
{
    const char *at = (const char *)view + member->at;
    bool b;
    uint8_t u8;
    uint16_t u16;
    uint32_t u32;
    uint64_t u64;
    switch ((enum mbp_member_kind)member->kind) {
    case MBP_MEMBER_BOOL:
        memcpy(&b, at, sizeof b);
        return b;
    case MBP_MEMBER_U8:
        memcpy(&u8, at, sizeof u8);
        return u8;
    case MBP_MEMBER_U16:
        memcpy(&u16, at, sizeof u16);
        return u16;
    case MBP_MEMBER_U32:
        memcpy(&u32, at, sizeof u32);
        return u32;
    case MBP_MEMBER_U64:
        memcpy(&u64, at, sizeof u64);
        return u64;
    case MBP_MEMBER_NONE:
    case MBP_MEMBER_DOUBLE:
        break;
    }
    return 0;
}

static uint32_t load_u32(const struct mbp_member *member, const void *view)
{
    uint32_t number;
    memcpy(&number, (const char *)view + member->at, sizeof number);
    return number;
}

static bool load_bool(const struct mbp_member *member, const void *view)
{
    bool on;
    memcpy(&on, (const char *)view + member->at, sizeof on);
    return on;
}

static void store_whole(const struct mbp_member *member, uint64_t number, void *view)
{
    char *at = (char *)view + member->at;
    bool b = number != 0;
    uint8_t u8 = (uint8_t)number;
    uint16_t u16 = (uint16_t)number;
    uint32_t u32 = (uint32_t)number;
    switch ((enum mbp_member_kind)member->kind) {
    case MBP_MEMBER_BOOL:
        memcpy(at, &b, sizeof b);
        break;
    case MBP_MEMBER_U8:
        memcpy(at, &u8, sizeof u8);
        break;
    case MBP_MEMBER_U16:
        memcpy(at, &u16, sizeof u16);
        break;
    case MBP_MEMBER_U32:
        memcpy(at, &u32, sizeof u32);
        break;
    case MBP_MEMBER_U64:
        memcpy(at, &number, sizeof number);
        break;
    case MBP_MEMBER_NONE:
    case MBP_MEMBER_DOUBLE:
        break;
    }
}

static double load_double(const struct mbp_member *member, const void *view)
{
    double number;
    memcpy(&number, (const char *)view + member->at, sizeof number);
    return number;
}

static void store_double(const struct mbp_member *member, double number, void *view)
{
    memcpy((char *)view + member->at, &number, sizeof number);
}

/* ---- whole numbers ------------------------------------------------------------------------------------------------
 */

static uint64_t largest(enum mbp_type type)
{
    return type == MBP_UINT16 ? UINT16_MAX : type == MBP_UINT32 ? UINT32_MAX : UINT64_MAX;
}

static void put_whole(enum mbp_type type, uint64_t number, uint16_t *words)
{
    if (type == MBP_UINT16)
        words[0] = (uint16_t)number;
    else if (type == MBP_UINT32)
        mbp_words_put_u32(words, (uint32_t)number);
    else
        mbp_words_put_u64(words, number);
}

static uint64_t whole_of(enum mbp_type type, const uint16_t *words)
{
    return type == MBP_UINT16 ? words[0] : type == MBP_UINT32 ? mbp_words_u32(words) : mbp_words_u64(words);
}

/* The largest number of a type is "none" where a field may be of nothing: another one stops before it. */
static uint64_t shown(const struct mbp_map_field *field, uint64_t number)
{
    uint64_t most = largest((enum mbp_type)field->type);
    if (field->form == MBP_FORM_INDEX && number == MBP_VIEW_NONE)
        return most;
    most -= field->form == MBP_FORM_INDEX ? 1 : 0;
    return number < most ? number : most;
}

static uint16_t packed(const struct mbp_map_field *field, const void *view)
{
    const uint8_t *members = (const uint8_t *)view + field->member.at;
    if (field->nibbles == 4) /* as most have */
        return (uint16_t)((members[0] & 0xFu) | (members[1] & 0xFu) << 4 | (members[2] & 0xFu) << 8 |
                          (members[3] & 0xFu) << 12);
    unsigned word = 0;
    for (unsigned i = 0; i < field->nibbles; i++)
        word |= (members[i] & 0xFu) << 4 * i;
    return (uint16_t)word;
}

static void unpack(const struct mbp_map_field *field, uint16_t word, void *view)
{
    uint8_t *members = (uint8_t *)view + field->member.at;
    for (unsigned i = 0; i < field->nibbles; i++)
        members[i] = word >> 4 * i & 0xFu;
}

/* ---- fields -------------------------------------------------------------------------------------------------------
 */

double mbp_map_number(const struct mbp_map_field *field, const void *view)
{
    if (field->form == MBP_FORM_NIBBLES)
        return packed(field, view);
    if (field->member.kind == MBP_MEMBER_DOUBLE)
        return load_double(&field->member, view);
    return (double)load_whole(&field->member, view);
}

void mbp_map_set_number(const struct mbp_map_field *field, double number, void *view)
{
    if (field->form == MBP_FORM_NIBBLES)
        unpack(field, (uint16_t)number, view);
    else if (field->member.kind == MBP_MEMBER_DOUBLE)
        store_double(&field->member, number, view);
    else if (number >= 0 && number < 0x1p64)
        store_whole(&field->member, (uint64_t)number, view);
}

void mbp_map_encode_own(const struct mbp_user_point *own, double number, bool good, uint16_t *words)
{
    const struct mbp_register *reg = &own->reg;
    uint16_t part = 0;
    if (!good && own->has_no_value)
        mbp_codec_put_bits((enum mbp_type)reg->type, (enum mbp_order)reg->order, own->no_value,
                           own->mask != 0 ? &part : words);
    else if (own->wraps)
        mbp_register_wrap(reg, number, own->mask != 0 ? &part : words);
    else if (own->mask != 0)
        mbp_register_encode(reg, number, &part);
    else
        mbp_register_update(reg, number, words);
    if (own->mask != 0)
        words[0] = (uint16_t)((words[0] & ~own->mask) | ((uint32_t)part << own->shift & own->mask));
}

static void encode(const struct mbp_map_field *field, const struct mbp_register *reg, const void *view, uint16_t *words)
{
    if (field->form == MBP_FORM_NIBBLES) {
        words[0] = packed(field, view);
    } else if (field->member.kind != MBP_MEMBER_DOUBLE) {
        put_whole((enum mbp_type)field->type, shown(field, load_whole(&field->member, view)), words);
    } else if (reg != NULL) {
        mbp_register_update(reg, load_double(&field->member, view), words);
    } else {
        mbp_codec_encode((enum mbp_type)field->type, MBP_ABCD, field->scale != 0 ? field->scale : 1,
                         load_double(&field->member, view), words);
    }
}

static void decode(const struct mbp_map_field *field, const struct mbp_register *reg, const uint16_t *words, void *view)
{
    const struct mbp_register own = {.scale = field->scale != 0 ? field->scale : 1, .type = field->type};
    const struct mbp_register *as = reg != NULL ? reg : &own;
    enum mbp_type type = (enum mbp_type)as->type;
    if (field->form == MBP_FORM_NIBBLES) {
        unpack(field, words[0], view);
    } else if (field->member.kind != MBP_MEMBER_DOUBLE) {
        uint64_t number = whole_of(type, words);
        bool none = field->form == MBP_FORM_INDEX && number == largest(type);
        store_whole(&field->member, none ? MBP_VIEW_NONE : number, view);
    } else {
        bool unused = field->write == MBP_WRITE_LIMIT && mbp_register_unused(as, words);
        store_double(&field->member, unused ? (double)NAN : mbp_register_decode(as, words), view);
    }
}

/* A text has no number to show. */
static bool shows(const struct mbp_map_field *field, const struct mbp_register *reg)
{
    return field->member.kind != MBP_MEMBER_NONE && (reg == NULL || reg->type != MBP_STRING);
}

/* A view's bytes in pieces; those of a view longer than that share bits: then more is written, which is as right. No
 * member lies in two pieces, for each stands at a multiple of its size. */
#define PIECE sizeof(uint64_t)

uint64_t mbp_map_differences(const void *view, const void *before, size_t size)
{
    const char *a = view;
    const char *b = before;
    uint64_t differ = 0;
    uint64_t now = 0;
    uint64_t then = 0;
    for (unsigned piece = 0; size >= PIECE; piece++, a += PIECE, b += PIECE, size -= PIECE) {
        memcpy(&now, a, PIECE);
        memcpy(&then, b, PIECE);
        if (now != then)
            differ |= UINT64_C(1) << piece % MBP_MAP_PIECES;
    }
    if (size > 0 && memcmp(a, b, size) != 0)
        differ |= UINT64_C(1) << (size_t)(a - (const char *)view) / PIECE % MBP_MAP_PIECES;
    return differ;
}

uint64_t mbp_map_field_pieces(const struct mbp_map_field *field)
{
    const unsigned last = field->form == MBP_FORM_NIBBLES ? field->nibbles - 1u : 0; /* bytes of their own */
    if (field->member.kind == MBP_MEMBER_NONE)
        return 0;
    return UINT64_C(1) << field->member.at / PIECE % MBP_MAP_PIECES |
           UINT64_C(1) << (field->member.at + last) / PIECE % MBP_MAP_PIECES;
}

static bool is_plain_u32(const struct mbp_map_field *field)
{
    return field->member.kind == MBP_MEMBER_U32 && field->type == MBP_UINT32 && field->form == MBP_FORM_NUMBER;
}

bool mbp_map_follows(const struct mbp_map_field *field, const struct mbp_map_field *first, unsigned count)
{
    return is_plain_u32(field) && is_plain_u32(first) &&
           field->member.at == first->member.at + count * sizeof(uint32_t) &&
           field->offset == first->offset + count * 2;
}

void mbp_map_encode_run(const struct mbp_map_field *first, unsigned count, const void *view, uint16_t *words)
{
    const char *members = (const char *)view + first->member.at;
    for (unsigned i = 0; i < count; i++) {
        uint32_t number = 0;
        memcpy(&number, members + i * sizeof number, sizeof number);
        mbp_words_put_u32(words + (size_t)2 * i, number);
    }
}

void mbp_map_encode_field(const struct mbp_map_field *field, const void *view, uint16_t *words)
{
    if (is_plain_u32(field))
        mbp_words_put_u32(words, load_u32(&field->member, view)); /* as most are */
    else if (field->form == MBP_FORM_NIBBLES)
        words[0] = packed(field, view); /* as alarms' states are, with each of their events */
    else
        encode(field, NULL, view, words);
}

/* Where the fields have types and places of their own: what scans show of each item that has changed. */
static void encode_own_types(unsigned block, const void *view, uint16_t *words)
{
    const struct mbp_map_field *end = mbp_map[block].fields + mbp_map[block].field_count;
    for (const struct mbp_map_field *field = mbp_map[block].fields; field < end; field++) {
        if (field->member.kind != MBP_MEMBER_NONE)
            mbp_map_encode_field(field, view, words + field->offset);
    }
}

void mbp_map_encode_words(unsigned block, const struct mbp_register *reg, const void *view, uint16_t *words)
{
    if (reg == NULL) {
        encode_own_types(block, view, words);
        return;
    }
    for (unsigned f = 0; f < mbp_map[block].field_count; f++) {
        const struct mbp_map_field *field = &mbp_map[block].fields[f];
        if (shows(field, reg))
            encode(field, reg, view, words + mbp_map_field_offset(block, f, reg));
    }
}

void mbp_map_decode_words(unsigned block, const struct mbp_register *reg, const uint16_t *words, void *view)
{
    for (unsigned f = 0; f < mbp_map[block].field_count; f++) {
        const struct mbp_map_field *field = &mbp_map[block].fields[f];
        if (shows(field, reg))
            decode(field, reg, words + mbp_map_field_offset(block, f, reg), view);
        else if (field->member.kind == MBP_MEMBER_DOUBLE)
            store_double(&field->member, NAN, view);
    }
}

static void read_back(unsigned block, void *view)
{
    uint16_t words[4] = {0};
    for (unsigned f = 0; f < mbp_map[block].field_count; f++) {
        const struct mbp_map_field *field = &mbp_map[block].fields[f];
        if (field->member.kind != MBP_MEMBER_DOUBLE)
            continue;
        encode(field, NULL, view, words);
        decode(field, NULL, words, view);
    }
}

void mbp_map_as_read(const struct mbp_plant *plant, const struct mbp_unit *unit, enum mbp_map_per per, uint32_t item,
                     void *view)
{
    for (unsigned b = 0; b < mbp_map_count; b++) {
        if (mbp_map[b].per == per && mbp_map_item_has(plant, unit, b, item) && mbp_map_register(plant, b, item) == NULL)
            read_back(b, view);
    }
}

void mbp_map_encode_bits(unsigned block, const void *view, uint8_t *bits)
{
    const struct mbp_map_field *end = mbp_map[block].fields + mbp_map[block].field_count;
    for (const struct mbp_map_field *field = mbp_map[block].fields; field < end; field++) {
        if (field->member.kind == MBP_MEMBER_BOOL) /* as most are */
            bits[field->offset] = load_bool(&field->member, view);
        else if (field->member.kind != MBP_MEMBER_NONE || field->form == MBP_FORM_TRIGGER)
            bits[field->offset] = load_whole(&field->member, view) != 0;
    }
}

void mbp_map_decode_bits(unsigned block, const uint8_t *bits, void *view)
{
    for (unsigned f = 0; f < mbp_map[block].field_count; f++) {
        const struct mbp_map_field *field = &mbp_map[block].fields[f];
        if (field->member.kind != MBP_MEMBER_NONE)
            store_whole(&field->member, bits[field->offset], view);
    }
}
