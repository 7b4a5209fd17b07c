/* What masters wrote since the last scan. The log holds one entry per write of a point; at the latch the last entry of
 * each point counts, in the order of those last writes, with the value that stands in the tables now. */
#include <math.h>
#include <string.h>

#include "image_priv.h"

static double limit_in_register(const struct mbp_image_unit *unit, const struct mbp_sensor *sensor, unsigned limit)
{
    const struct mbp_register *reg = &sensor->reg;
    const uint16_t *words = unit->holding + reg->limits_addr + (size_t)limit * reg->words;
    return mbp_register_unused(reg, words) ? (double)NAN : mbp_register_decode(reg, words);
}

void mbp_image_limits(const struct mbp_image *image, uint32_t sensor, double limits[MBP_LIMIT_COUNT])
{
    const struct mbp_sensor *of = &image->plant->sensors[sensor];
    const struct mbp_image_unit *unit = &image->units[of->unit];
    if (!mbp_map_item_has(image->plant, unit->unit, MBP_MAP_LIMITS, sensor)) {
        for (unsigned l = 0; l < MBP_LIMIT_COUNT; l++)
            limits[l] =
                image->published != NULL ? image->published->limit[sensor * MBP_LIMIT_COUNT + l] : of->limits[l];
        return;
    }
    const uint8_t *access = unit->access[MBP_HOLDING_REGISTERS] + of->reg.limits_addr;
    for (unsigned l = 0; l < MBP_LIMIT_COUNT; l++) {
        bool waits = (access[(size_t)l * of->reg.words] & MBP_ACCESS_PARTIAL) != 0;
        limits[l] = waits ? (double)NAN : limit_in_register(unit, of, l);
    }
}

/* ---- the log ---------------------------------------------------------------------------------------------------- */

static uint8_t *access_byte(struct mbp_image *image, const struct write_entry *entry)
{
    return &image->units[entry->unit].access[entry->table][entry->addr];
}

/* Drops all but the last entry of each point and clears the marks, from the end so that the last is met first. */
static void drop_stale(struct mbp_image *image)
{
    for (size_t i = image->log_count; i-- > 0;) {
        uint8_t *access = access_byte(image, &image->log[i]);
        image->log[i].stale = (*access & MBP_ACCESS_DIRTY) == 0;
        *access &= (uint8_t)~MBP_ACCESS_DIRTY;
    }
    size_t kept = 0;
    size_t command = 0;
    for (size_t i = 0; i < image->log_count; i++) {
        image_alarm_commands_place(image, &command, i, kept);
        if (!image->log[i].stale)
            image->log[kept++] = image->log[i];
    }
    image_alarm_commands_place(image, &command, SIZE_MAX, kept);
    image->log_count = kept;
}

void image_log_tidy(struct mbp_image *image)
{
    drop_stale(image);
    for (size_t i = 0; i < image->log_count; i++)
        *access_byte(image, &image->log[i]) |= MBP_ACCESS_DIRTY;
}

bool image_log_room(struct mbp_image *image, size_t points)
{
    if (image->log_count + points <= image->log_capacity)
        return true;
    image_log_tidy(image);
    return image->log_count + points <= image->log_capacity;
}

static void set_partial(struct mbp_image *image, uint8_t *access, bool partial)
{
    bool was = (*access & MBP_ACCESS_PARTIAL) != 0;
    *access = (uint8_t)((*access & ~MBP_ACCESS_PARTIAL) | (partial ? MBP_ACCESS_PARTIAL : 0));
    if (partial != was)
        image->partial_count = partial ? image->partial_count + 1 : image->partial_count - 1;
}

void image_log_write(struct mbp_image_unit *unit, enum mbp_table table, uint16_t addr, bool partial,
                     struct mbp_peer peer)
{
    struct mbp_image *image = unit->image;
    struct write_entry entry = {(uint32_t)(unit - image->units), addr, (uint8_t)table, false, peer};
    image->log[image->log_count++] = entry;
    *access_byte(image, &entry) |= MBP_ACCESS_DIRTY;
    set_partial(image, access_byte(image, &entry), partial);
}

/* Where a written point stands, and how many bytes it is long. */
static void *place_of(const struct mbp_image *image, const struct write_entry *entry, size_t *size)
{
    const struct mbp_image_unit *unit = &image->units[entry->unit];
    struct image_point point = image_find_point(unit, entry->table, entry->addr);
    *size = entry->table == MBP_COILS ? 1u : point.words * sizeof unit->holding[0];
    return entry->table == MBP_COILS ? (void *)(unit->coils + point.addr) : (void *)(unit->holding + point.addr);
}

/* In the place where the next latch will put the value: four words are as long as it is. */
void image_keep_waiting(struct mbp_image *image)
{
    for (size_t i = 0; i < image->log_count; i++) {
        size_t size;
        const void *place = place_of(image, &image->log[i], &size);
        memcpy(&image->writes[i].value, place, size);
    }
}

void image_put_waiting(struct mbp_image *image)
{
    for (size_t i = 0; i < image->log_count; i++) {
        size_t size;
        const struct write_entry *entry = &image->log[i];
        void *place = place_of(image, entry, &size);
        memcpy(place, &image->writes[i].value, size);
        image_alias_written(&image->units[entry->unit], (enum mbp_table)entry->table, entry->addr,
                            (uint16_t)(entry->table == MBP_COILS ? 1 : size / sizeof(uint16_t)));
    }
}

/* What stands in the words of a point, or in the bits of its register that it takes. */
static void take_words(const struct image_point *point, const uint16_t *words, uint16_t out[4])
{
    memcpy(out, words, (point->words < 4 ? point->words : 4u) * sizeof *out);
    if (point->own != NULL && point->own->mask != 0)
        out[0] = (uint16_t)((words[0] & point->own->mask) >> point->own->shift);
}

uint64_t image_bits(const struct mbp_image_unit *unit, const struct image_point *point)
{
    uint16_t words[4];
    if (point->table == MBP_COILS)
        return unit->coils[point->addr] != 0;
    take_words(point, unit->holding + point->addr, words);
    return mbp_codec_bits((enum mbp_type)point->reg.type, (enum mbp_order)point->reg.order, words);
}

double image_number(const struct mbp_image_unit *unit, const struct image_point *point, const uint16_t *stands)
{
    const struct mbp_register *reg = &point->reg;
    uint16_t words[4];
    if (mbp_table_is_bits(point->table))
        return unit->coils[point->addr] != 0 ? 1.0 : 0.0;
    take_words(point, stands, words);
    if (point->kind == MBP_WRITE_LIMIT && mbp_register_unused(reg, words))
        return NAN;
    double number = mbp_register_decode(reg, words);
    return !point->is_switch ? number : number < 0 || number > 0 ? 1.0 : 0.0;
}

static double written_value(const struct mbp_image_unit *unit, const struct image_point *point)
{
    return image_number(unit, point, point->table == MBP_COILS ? NULL : unit->holding + point->addr);
}

static bool clears_itself(enum mbp_write_kind kind)
{
    return kind == MBP_WRITE_ACKNOWLEDGE || kind == MBP_WRITE_RESET || kind == MBP_WRITE_ACKNOWLEDGE_SENSOR ||
           kind == MBP_WRITE_RESET_SENSOR;
}

/* A sensor that is released shows the process again, also where some words of a value have waited for the others. */
static size_t forget_value(struct mbp_image *image, uint32_t sensor, size_t waiting)
{
    size_t kept = 0;
    for (size_t i = 0; i < waiting; i++) {
        const struct write_entry *entry = &image->log[i];
        struct image_point point = image_find_point(&image->units[entry->unit], entry->table, entry->addr);
        if (point.kind == MBP_WRITE_VALUE && point.index == sensor)
            set_partial(image, access_byte(image, entry), false);
        else
            image->log[kept++] = *entry;
    }
    return kept;
}

/* What a point that was written in part has come to. */
enum part { PART_WHOLE, PART_WAITS, PART_OVER };

static enum part part_of(struct mbp_image *image, const struct write_entry *entry, const struct image_point *point)
{
    const struct mbp_image_unit *unit = &image->units[entry->unit];
    uint8_t *access = access_byte(image, entry);
    if ((*access & MBP_ACCESS_PARTIAL) == 0)
        return PART_WHOLE;
    bool open = image_point_open(unit, point);
    if (open && !image_point_valid(unit, point))
        return PART_WAITS;
    set_partial(image, access, false);
    return open ? PART_WHOLE : PART_OVER;
}

static struct mbp_write write_of(const struct mbp_image_unit *unit, const struct image_point *point,
                                 struct mbp_peer peer)
{
    return (struct mbp_write){.kind = point->kind,
                              .index = point->index,
                              .sub = point->sub,
                              .value = written_value(unit, point),
                              .bits = point->kind == MBP_WRITE_STORED ? image_bits(unit, point) : 0,
                              .own = point->own,
                              .peer = peer};
}

static void clear(const struct mbp_image_unit *unit, const struct image_point *point)
{
    uint16_t mask = point->own != NULL ? point->own->mask : 0;
    if (!clears_itself(point->kind))
        return;
    if (point->table == MBP_COILS)
        unit->coils[point->addr] = 0;
    else if (mask != 0)
        unit->holding[point->addr] &= (uint16_t)~mask;
    else
        memset(unit->holding + point->addr, 0, point->words * sizeof *unit->holding);
}

/* The log keeps the points that wait for the rest of their words: they stand in the tables until they are a value. */
size_t mbp_image_latch(struct mbp_image *image, const struct mbp_write **writes)
{
    image_comments_latched(image);
    drop_stale(image);
    size_t given = 0;
    size_t waiting = 0;
    size_t command = 0;
    for (size_t i = 0; i < image->log_count; i++) {
        const struct write_entry entry = image->log[i];
        const struct mbp_image_unit *unit = &image->units[entry.unit];
        struct image_point point = image_find_point(unit, entry.table, entry.addr);
        image_alarm_commands_place(image, &command, i, given);
        enum part part = part_of(image, &entry, &point);
        if (part == PART_WAITS)
            image->log[waiting++] = entry;
        if (part != PART_WHOLE)
            continue;
        const struct mbp_user_point *own;
        unsigned siblings = image_siblings(unit, &point, &own);
        uint16_t taken = 0;
        for (unsigned s = 0; s < siblings; s++) {
            taken |= own != NULL ? own[s].mask : 0;
            const struct image_point one = image_sibling(&point, own != NULL ? own + s : NULL);
            if (one.own != NULL && !one.own->writable)
                continue;
            const struct mbp_write write = write_of(unit, &one, entry.peer);
            image->writes[given++] = write;
            clear(unit, &one);
            if (one.kind == MBP_WRITE_FORCED && write.value == 0.0) // NOLINT(clang-diagnostic-float-equal): a coil's
                waiting = forget_value(image, one.index, waiting);
        }
        if (taken != 0) /* bits that are nobody's hold nothing */
            unit->holding[point.addr] &= taken;
    }
    image_alarm_commands_place(image, &command, SIZE_MAX, given);
    for (size_t i = 0; i < waiting; i++)
        *access_byte(image, &image->log[i]) |= MBP_ACCESS_DIRTY;
    image->log_count = waiting;
    *writes = image->writes;
    return given;
}

void mbp_image_forget(struct mbp_image *image)
{
    size_t kept = 0;
    size_t command = 0;
    for (size_t i = 0; i < image->log_count; i++) {
        const struct write_entry entry = image->log[i];
        struct image_point point = image_find_point(&image->units[entry.unit], entry.table, entry.addr);
        image_alarm_commands_place(image, &command, i, kept);
        if (point.kind != MBP_WRITE_STORED || image->plant->stored[point.index].retain) {
            image->log[kept++] = entry;
            continue;
        }
        uint8_t *access = access_byte(image, &entry);
        set_partial(image, access, false);
        *access &= (uint8_t)~MBP_ACCESS_DIRTY;
    }
    image_alarm_commands_place(image, &command, SIZE_MAX, kept);
    image->log_count = kept;
    for (uint32_t u = 0; u < image->plant->unit_count; u++)
        image_texts_forget(&image->units[u]); /* that writes which came again have put there */
}
