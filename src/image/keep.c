/* What masters have put into the tables and only the tables hold, as bytes and back; and what waits for the next scan.
 */
#include <string.h>

#include "image_priv.h"
#include "mbplant/image/keep.h"

/* ---- what stays ------------------------------------------------------------------------------------------------- */

/* Called for each piece of the tables, always in the same order. */
struct tour {
    void (*visit)(struct tour *tour, void *place, size_t len);
    uint8_t *bytes; /* where the next piece goes to or comes from */
    size_t len;
};

static void tour_blocks(struct tour *tour, const struct mbp_image_unit *unit)
{
    for (uint32_t b = 0; b < unit->unit->block_count[MBP_COILS]; b++) {
        const struct mbp_block *block = &unit->unit->blocks[MBP_COILS][b];
        tour->visit(tour, unit->coils + block->at, block->count);
    }
    for (uint32_t b = 0; b < unit->unit->block_count[MBP_HOLDING_REGISTERS]; b++) {
        const struct mbp_block *block = &unit->unit->blocks[MBP_HOLDING_REGISTERS][b];
        tour->visit(tour, unit->holding + block->at, block->count * sizeof *unit->holding);
    }
}

/* Numbers of 64 bits, of which a state does not hold all digits. */
static void tour_registers(struct tour *tour, const struct mbp_image_unit *unit)
{
    const struct mbp_sensor *sensors = unit->image->plant->sensors + unit->unit->first_sensor;
    const struct mbp_actuator *actuators = unit->image->plant->actuators + unit->unit->first_actuator;
    for (uint32_t s = 0; s < unit->unit->sensor_count; s++) {
        const struct mbp_register *reg = &sensors[s].reg;
        size_t size = reg->words * sizeof *unit->holding;
        if (!mbp_type_is_wide((enum mbp_type)reg->type))
            continue;
        if (!reg->nowhere)
            tour->visit(tour, unit->holding + reg->addr, size);
        if (mbp_sensor_has_limits(&sensors[s]) && mbp_map_has(unit->unit, MBP_MAP_LIMITS))
            tour->visit(tour, unit->holding + reg->limits_addr, MBP_LIMIT_COUNT * size);
    }
    for (uint32_t a = 0; a < unit->unit->actuator_count; a++) {
        const struct mbp_register *reg = &actuators[a].reg;
        if (!actuators[a].on_off && !reg->nowhere && mbp_type_is_wide((enum mbp_type)reg->type))
            tour->visit(tour, unit->holding + reg->addr, reg->words * sizeof *unit->holding);
    }
}

static void tour_texts(struct tour *tour, const struct mbp_image_unit *unit, const struct image_index *index)
{
    for (uint32_t i = 0; i < index->text_count; i++) {
        const struct image_text *text = &index->texts[i];
        uint16_t *words = (text->table == MBP_HOLDING_REGISTERS ? unit->holding : unit->input) + text->addr;
        if (text->home)
            tour->visit(tour, words, text->words * sizeof *words);
    }
}

/* Comments, raw blocks, files, texts, 64-bit integers, the command records of alarms; the instructor's switches of wire
 * faults, and what he has half written. */
static void tour_all(struct tour *tour, struct mbp_image *image)
{
    tour->visit(tour, &image->comments, sizeof image->comments);
    for (uint32_t u = 0; u < image->plant->unit_count; u++) {
        const struct mbp_image_unit *unit = &image->units[u];
        const struct image_index *index = &image->index[u];
        if (unit->unit->instructor) {
            tour->visit(tour, unit->coils, image->plant->server.fault_count);
            tour->visit(tour, unit->holding + MBP_SIM_HR_FAULT, MBP_SIM_FAULT_WORDS * sizeof *unit->holding);
            tour->visit(tour, unit->holding + MBP_SIM_HR_SPEED, 2 * sizeof *unit->holding);
            tour->visit(tour, &image->instructor_speed, sizeof image->instructor_speed);
            continue;
        }
        tour_blocks(tour, unit);
        for (uint32_t f = 0; f < index->file_count; f++)
            tour->visit(tour, index->files[f].words, index->files[f].count * sizeof *index->files[f].words);
        tour_registers(tour, unit);
        if (unit->record < MBP_ADDRESSES)
            tour->visit(tour, unit->holding + unit->record, MBP_RECORD_WORDS * sizeof *unit->holding);
        if (unit->answer < MBP_ADDRESSES)
            tour->visit(tour, unit->input + unit->answer, MBP_ANSWER_WORDS * sizeof *unit->input);
        tour_texts(tour, unit, index);
    }
}

static void measure(struct tour *tour, void *place, size_t len)
{
    (void)place;
    tour->len += len;
}

static void copy_out(struct tour *tour, void *place, size_t len)
{
    if (len > 0) /* a table without a point has no memory */
        memcpy(tour->bytes, place, len);
    tour->bytes += len;
}

static void copy_in(struct tour *tour, void *place, size_t len)
{
    if (len > 0)
        memcpy(place, tour->bytes, len);
    tour->bytes += len;
}

size_t mbp_image_kept_bytes(struct mbp_image *image)
{
    struct tour tour = {.visit = measure};
    tour_all(&tour, image);
    return tour.len;
}

void mbp_image_keep(struct mbp_image *image, void *bytes)
{
    struct tour tour = {.visit = copy_out, .bytes = bytes};
    tour_all(&tour, image);
}

void mbp_image_take(struct mbp_image *image, const void *bytes)
{
    struct tour tour = {.visit = copy_in, .bytes = (uint8_t *)(uintptr_t)bytes};
    tour_all(&tour, image);
    for (uint32_t u = 0; u < image->plant->unit_count; u++) {
        image_texts_show(&image->units[u]);
        if (image->plant->units[u].stored_count > 0)
            image_texts_forget(&image->units[u]);
        image_alias_show(&image->units[u]);
    }
}

/* ---- what waits ------------------------------------------------------------------------------------------------- */

_Static_assert(sizeof(struct mbp_waiting) == 16, "no padding: its bytes are kept");

static enum mbp_table table_of(unsigned kind)
{
    return kind == MBP_WAITING_BIT ? MBP_COILS : MBP_HOLDING_REGISTERS;
}

static uint16_t words_of(const struct mbp_image_unit *unit, uint16_t addr)
{
    return image_find_point(unit, MBP_HOLDING_REGISTERS, addr).words;
}

static struct mbp_waiting waiting_of(const struct mbp_image *image, const struct write_entry *entry)
{
    const struct mbp_image_unit *unit = &image->units[entry->unit];
    bool part = (unit->access[entry->table][entry->addr] & MBP_ACCESS_PARTIAL) != 0;
    struct mbp_waiting waiting = {.peer = entry->peer.actor, .addr = entry->addr, .unit = unit->unit->id};
    if (entry->table == MBP_COILS) {
        waiting.kind = MBP_WAITING_BIT;
        waiting.words[0] = unit->coils[entry->addr];
    } else {
        waiting.kind = part ? MBP_WAITING_PART : MBP_WAITING_WORDS;
        memcpy(waiting.words, unit->holding + entry->addr, words_of(unit, entry->addr) * sizeof waiting.words[0]);
    }
    return waiting;
}

size_t mbp_image_waiting(struct mbp_image *image, struct mbp_waiting *out, size_t max)
{
    image_log_tidy(image);
    for (size_t i = 0; i < image->log_count && i < max; i++)
        out[i] = waiting_of(image, &image->log[i]);
    return image->log_count;
}

static bool is_latched_point(const struct mbp_image *image, const struct mbp_waiting *waiting)
{
    const struct mbp_image_unit *unit = image->by_id[waiting->unit];
    enum mbp_table table = table_of(waiting->kind);
    if (unit == NULL || unit->unit->id != waiting->unit || waiting->kind > MBP_WAITING_PART ||
        waiting->addr >= unit->size[table] || (unit->access[table][waiting->addr] & MBP_ACCESS_LATCHED) == 0)
        return false;
    return image_find_point(unit, table, waiting->addr).addr == waiting->addr;
}

void mbp_image_wait(struct mbp_image *image, const struct mbp_waiting *waiting, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct mbp_waiting *one = &waiting[i];
        if (!is_latched_point(image, one) || !image_log_room(image, 1))
            continue;
        struct mbp_image_unit *unit = image->by_id[one->unit];
        if (one->kind == MBP_WAITING_BIT)
            unit->coils[one->addr] = one->words[0] != 0;
        else
            memcpy(unit->holding + one->addr, one->words, words_of(unit, one->addr) * sizeof one->words[0]);
        image_log_write(unit, table_of(one->kind), one->addr, one->kind == MBP_WAITING_PART,
                        (struct mbp_peer){one->peer});
    }
}
