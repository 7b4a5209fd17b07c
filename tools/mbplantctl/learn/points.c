/* points: what is known of a device, point by point, until it is written. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "learn/learn.h"
#include "mbplant/point.h"

#define ADDRESSES 65536u
#define SCALE_MIN 1e-12
#define SCALE_MAX 1e12

struct learn_point learn_point_of(enum mbp_table table, uint16_t addr, enum mbp_type type)
{
    unsigned words = mbp_type_words(type);
    return (struct learn_point){.table = table,
                                .addr = addr,
                                .words = (uint16_t)(words > 0 ? words : 1),
                                .type = type,
                                .scale = 1,
                                .bit = -1,
                                .readable = true,
                                .writable = table == MBP_COILS || table == MBP_HOLDING_REGISTERS};
}

void learn_skip(struct learn_device *device, const char *place, const char *why, ...)
{
    char text[256];
    va_list args;
    va_start(args, why);
    vsnprintf(text, sizeof text, ctl_tr(why), args);
    va_end(args);
    mbp_text_print(stderr, ctl_tr("%s: skipped: %s\n"), place, text);
    device->named++;
    device->skipped++;
}

static bool has_room(struct learn_device *device)
{
    if (device->count < device->room)
        return true;
    size_t room = device->room == 0 ? 256 : 2 * device->room;
    struct learn_point *bigger = realloc(device->points, room * sizeof *bigger);
    device->out_of_memory = device->out_of_memory || bigger == NULL;
    if (bigger == NULL)
        return false;
    device->points = bigger;
    device->room = room;
    return true;
}

bool learn_add(struct learn_device *device, const struct learn_point *point, const char *place)
{
    char number[32];
    uint32_t end = (uint32_t)point->addr + point->words;
    bool plain = mbp_table_is_bits(point->table) || point->type == MBP_STRING;
    unsigned own = point->type == MBP_STRING ? point->words : mbp_type_words(point->type);
    uint32_t times = point->words / (own > 0 ? own : 1u);
    if (end > ADDRESSES)
        learn_skip(device, place, "%s %u with %u registers ends beyond 65535", mbp_table_word(point->table),
                   point->addr, point->words);
    else if (!plain && !(fabs(point->scale) >= SCALE_MIN && fabs(point->scale) <= SCALE_MAX))
        learn_skip(device, place, "a scale of %s; it is 1e-12 to 1e12", mbp_number_shortest(point->scale, number));
    else if (!plain && !isfinite(point->offset))
        learn_skip(device, place, "its offset is no number");
    else if (device->expanded + times > MBP_POINTS_PER_UNIT_MAX)
        learn_skip(device, place, "a unit has 65536 points at most");
    else if (has_room(device)) {
        device->points[device->count++] = *point;
        device->expanded += times;
        device->named++;
        return true;
    }
    return false;
}

void learn_free(struct learn_device *device)
{
    free(device->points);
    device->points = NULL;
    device->count = 0;
}

/* ---- words ------------------------------------------------------------------------------------------------------- */

void learn_name(const char *text, char name[MBP_NAME_MAX + 1])
{
    size_t len = 0;
    bool gap = false;
    for (const char *at = text; *at != '\0' && len < MBP_NAME_MAX; at++) {
        if (!isalnum((unsigned char)*at)) {
            gap = len > 0;
            continue;
        }
        if (len == 0 && isdigit((unsigned char)*at))
            name[len++] = 'R';
        if (gap && len < MBP_NAME_MAX)
            name[len++] = '_';
        gap = false;
        if (len < MBP_NAME_MAX)
            name[len++] = *at;
    }
    while (len > 0 && name[len - 1] == '_')
        len--;
    name[len] = '\0';
}

void learn_note(struct learn_point *point, const char *text)
{
    size_t used = strlen(point->comment);
    bool comma = used > 0;
    bool space = false;
    size_t start = used;
    while (isspace((unsigned char)*text))
        text++;
    for (size_t len = 0; *text != '\0'; text += len) {
        uint32_t code = 0;
        len = mbp_utf8_next(text, &code);
        bool shown = len > 0 && !mbp_utf8_is_control(code) && code != 0x2028 && code != 0x2029 && code != 0xFEFF;
        len = len > 0 ? len : 1;
        if (!shown || code == ' ') {
            space = true;
            continue;
        }
        size_t needed = len + (space && used > start ? 1 : 0) + (comma ? 2 : 0);
        if (used + needed >= sizeof point->comment)
            break;
        used += (size_t)snprintf(point->comment + used, sizeof point->comment - used, "%s%s", comma ? ", " : "",
                                 space && used > start ? " " : "");
        memcpy(point->comment + used, text, len);
        used += len;
        comma = false;
        space = false;
    }
    point->comment[used] = '\0';
}

/* ---- each name once ---------------------------------------------------------------------------------------------- */

struct names {
    uint32_t *slots; /* index of a point and one more */
    size_t mask;
};

static size_t slot_of(const struct names *names, const struct learn_point *points, const char *name)
{
    char upper[MBP_NAME_MAX + 1];
    size_t len = 0;
    for (; name[len] != '\0'; len++)
        upper[len] = (char)toupper((unsigned char)name[len]);
    size_t at = mbp_hash(upper, len) & names->mask;
    while (names->slots[at] != 0 && strcasecmp(points[names->slots[at] - 1].name, name) != 0)
        at = (at + 1) & names->mask;
    return at;
}

/* TT1, TT1_2, TT1_3 .. */
static void make_unique(const struct names *names, struct learn_point *points, size_t p)
{
    struct learn_point *point = &points[p];
    char name[MBP_NAME_MAX + 1];
    snprintf(name, sizeof name, "%s", point->name);
    for (unsigned n = 2; names->slots[slot_of(names, points, name)] != 0; n++) {
        char tail[16];
        int tail_len = snprintf(tail, sizeof tail, "_%u", n);
        snprintf(name, sizeof name, "%.*s%s", MBP_NAME_MAX - tail_len, point->name, tail);
    }
    memcpy(point->name, name, sizeof name);
    names->slots[slot_of(names, points, name)] = (uint32_t)p + 1;
}

static void name_all(struct learn_device *device)
{
    struct names names = {.mask = 1024};
    while (names.mask < 2 * device->count)
        names.mask *= 2;
    names.slots = calloc(names.mask, sizeof *names.slots);
    names.mask--;
    device->out_of_memory = device->out_of_memory || names.slots == NULL;
    for (size_t p = 0; p < device->count && names.slots != NULL; p++) {
        if (device->points[p].name[0] != '\0')
            make_unique(&names, device->points, p);
    }
    free(names.slots);
}

/* ---- one point a register ---------------------------------------------------------------------------------------- */

static int by_place(const void *a, const void *b)
{
    const struct learn_point *left = a;
    const struct learn_point *right = b;
    if (left->table != right->table)
        return left->table < right->table ? -1 : 1;
    if (left->addr != right->addr)
        return left->addr < right->addr ? -1 : 1;
    if ((left->bit < 0) != (right->bit < 0))
        return left->bit < 0 ? -1 : 1;
    if (left->bit != right->bit)
        return left->bit < right->bit ? -1 : 1;
    return (left->words < right->words) - (left->words > right->words);
}

static void tell_shared(struct learn_point *owner, const struct learn_point *other)
{
    char text[96];
    const char *type = other->type == MBP_STRING ? "string" : mbp_type_name(other->type);
    bool same_place = other->addr == owner->addr && other->bit == owner->bit;
    if (same_place && other->type == owner->type && strcasecmp(other->name, owner->name) == 0)
        return;
    snprintf(text, sizeof text, "also %s%s%s", type, other->name[0] != '\0' ? " " : "", other->name);
    size_t len = strlen(text);
    if (!same_place)
        snprintf(text + len, sizeof text - len, " at %u", other->addr);
    learn_note(owner, text);
}

/* What both say of what masters may do holds: more is allowed. */
static void share(struct learn_point *owner, const struct learn_point *other)
{
    tell_shared(owner, other);
    owner->readable = owner->readable || other->readable;
    owner->writable = owner->writable || other->writable;
    owner->also_input = owner->also_input || other->also_input;
}

/* What of a point stands behind the registers that are taken: as plain registers. */
static struct learn_point rest_of(const struct learn_point *point, uint32_t taken)
{
    struct learn_point rest = learn_point_of(point->table, (uint16_t)taken, MBP_UINT16);
    rest.words = (uint16_t)(point->addr + point->words - taken);
    rest.readable = point->readable;
    rest.writable = point->writable;
    rest.also_input = point->also_input;
    snprintf(rest.comment, sizeof rest.comment, ctl_tr("the rest of %s"),
             point->name[0] != '\0' ? point->name : ctl_tr("what is before"));
    return rest;
}

static void share_registers(struct learn_device *device)
{
    struct learn_point *owner = NULL;
    uint32_t taken = 0; /* in the owner's table: the first address that is free */
    size_t kept = 0;
    for (size_t p = 0; p < device->count; p++) {
        struct learn_point *point = &device->points[p];
        bool same_table = owner != NULL && owner->table == point->table;
        uint32_t end = (uint32_t)point->addr + point->words;
        bool other_bit = same_table && owner->bit >= 0 && point->bit > owner->bit && owner->addr == point->addr;
        if (!same_table || point->addr >= taken || other_bit) {
            owner = &device->points[kept++];
            *owner = *point;
            taken = end;
            continue;
        }
        device->shared++;
        share(owner, point);
        if (end > taken) {
            struct learn_point rest = rest_of(point, taken);
            owner = &device->points[kept++];
            *owner = rest;
            taken = end;
        }
    }
    device->count = kept;
}

void learn_settle(struct learn_device *device)
{
    if (device->count > 0)
        qsort(device->points, device->count, sizeof *device->points, by_place);
    share_registers(device);
    name_all(device);
}
