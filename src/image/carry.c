/* What masters have put into the tables and only the tables hold, taken over into a changed plant's. */
#include <string.h>

#include "image_priv.h"

/* A run of words or bits as the file gives it. */
struct given {
    uint32_t at, count;
    const uint16_t *values;
};

/* Copies each word that both files give the same first value and that thus is still the masters' to say. */
static void carry_words(const struct given *was, const struct given *now, const uint16_t *source, uint16_t *target)
{
    for (uint32_t i = 0; i < now->count; i++) {
        uint32_t addr = now->at + i;
        if (addr >= was->at && addr < was->at + was->count && was->values[addr - was->at] == now->values[i])
            target[addr] = source[addr];
    }
}

static void carry_bits(const struct given *was, const struct given *now, const uint8_t *source, uint8_t *target)
{
    for (uint32_t i = 0; i < now->count; i++) {
        uint32_t addr = now->at + i;
        if (addr >= was->at && addr < was->at + was->count && was->values[addr - was->at] == now->values[i])
            target[addr] = source[addr];
    }
}

static struct given given_block(const struct mbp_block *block)
{
    return (struct given){block->at, block->count, block->values};
}

static void carry_blocks(const struct mbp_image_unit *from, struct mbp_image_unit *to)
{
    for (uint32_t b = 0; b < to->unit->block_count[MBP_COILS]; b++) {
        const struct given now = given_block(&to->unit->blocks[MBP_COILS][b]);
        for (uint32_t a = 0; a < from->unit->block_count[MBP_COILS]; a++) {
            const struct given was = given_block(&from->unit->blocks[MBP_COILS][a]);
            carry_bits(&was, &now, from->coils, to->coils);
        }
    }
    for (uint32_t b = 0; b < to->unit->block_count[MBP_HOLDING_REGISTERS]; b++) {
        const struct given now = given_block(&to->unit->blocks[MBP_HOLDING_REGISTERS][b]);
        for (uint32_t a = 0; a < from->unit->block_count[MBP_HOLDING_REGISTERS]; a++) {
            const struct given was = given_block(&from->unit->blocks[MBP_HOLDING_REGISTERS][a]);
            carry_words(&was, &now, from->holding, to->holding);
        }
    }
}

static const struct image_index *index_of(const struct mbp_image_unit *unit)
{
    return &unit->image->index[unit - unit->image->units];
}

static void carry_files(const struct mbp_image_unit *from, struct mbp_image_unit *to)
{
    const struct image_index *old = index_of(from);
    const struct image_index *new = index_of(to);
    for (uint32_t f = 0; f < new->file_count; f++) {
        for (uint32_t g = 0; g < old->file_count; g++) {
            if (old->files[g].number != new->files[f].number)
                continue;
            const struct given was = {0, old->files[g].count, from->unit->files[g].values};
            const struct given now = {0, new->files[f].count, to->unit->files[f].values};
            carry_words(&was, &now, old->files[g].words, new->files[f].words);
        }
    }
}

/* The instructor's coil of each wire fault, by the fault's name, unless the file now begins with another position. */
static void carry_switches(const struct mbp_image_unit *from, struct mbp_image_unit *to)
{
    const struct mbp_server_options *was = &from->image->plant->server;
    const struct mbp_server_options *now = &to->image->plant->server;
    for (uint32_t f = 0; f < now->fault_count; f++) {
        for (uint32_t g = 0; g < was->fault_count; g++) {
            if (strcmp(was->faults[g].name, now->faults[f].name) == 0 &&
                was->faults[g].enabled == now->faults[f].enabled)
                to->coils[f] = from->coils[g];
        }
    }
}

/* Where the old plant shows the text of the same item; NULL: nowhere, or its file began with another one. */
static const struct image_text *old_text(const struct mbp_carry *carry, const struct image_index *old,
                                         const struct image_text *now)
{
    bool stored = now->block == MBP_MAP_STORED;
    uint32_t item = stored ? carry->stored_from[now->item] : carry->sensor_from[now->item];
    for (uint32_t i = 0; i < old->text_count && item != UINT32_MAX; i++) {
        const struct image_text *was = &old->texts[i];
        const char *first = image_first_text(carry->from, was);
        if (was->home && was->block == now->block && was->item == item && was->words == now->words)
            return strcmp(first, image_first_text(carry->to, now)) == 0 ? was : NULL;
    }
    return NULL;
}

/* A master's text, in the order that the registers now have. */
static void carry_texts(const struct mbp_carry *carry, const struct mbp_image_unit *from, struct mbp_image_unit *to)
{
    const struct image_index *new = index_of(to);
    for (uint32_t i = 0; i < new->text_count; i++) {
        const struct image_text *now = &new->texts[i];
        const struct image_text *was = now->home ? old_text(carry, index_of(from), now) : NULL;
        char text[2 * MBP_STRING_WORDS_MAX + 1];
        if (was == NULL)
            continue;
        mbp_codec_text((enum mbp_order)was->order,
                       (was->table == MBP_HOLDING_REGISTERS ? from->holding : from->input) + was->addr, was->words,
                       text);
        mbp_codec_put_text((enum mbp_order)now->order, text, sizeof text, now->words,
                           (now->table == MBP_HOLDING_REGISTERS ? to->holding : to->input) + now->addr);
    }
    image_texts_show(to);
}

/* Where a state's number and a 64-bit integer meet, only the register has all digits. */
static void carry_digits(const struct mbp_register *was, const struct mbp_register *now, const uint16_t *source,
                         uint16_t *target)
{
    if (!was->nowhere && !now->nowhere && mbp_type_is_wide((enum mbp_type)now->type) && was->type == now->type &&
        was->scale >= now->scale && was->scale <= now->scale)
        mbp_codec_put_bits((enum mbp_type)now->type, (enum mbp_order)now->order,
                           mbp_codec_bits((enum mbp_type)was->type, (enum mbp_order)was->order, source), target);
}

static void carry_numbers(const struct mbp_image *from, struct mbp_image *to, const uint32_t *sensor_from,
                          const uint32_t *actuator_from)
{
    for (uint32_t s = 0; s < to->plant->sensor_count; s++) {
        if (sensor_from[s] == UINT32_MAX)
            continue;
        const struct mbp_sensor *now = &to->plant->sensors[s];
        const struct mbp_sensor *was = &from->plant->sensors[sensor_from[s]];
        const uint16_t *source = from->units[was->unit].holding;
        uint16_t *target = to->units[now->unit].holding;
        carry_digits(&was->reg, &now->reg, source + was->reg.addr, target + now->reg.addr);
        bool limits = mbp_map_item_has(from->plant, from->units[was->unit].unit, MBP_MAP_LIMITS, sensor_from[s]) &&
                      mbp_map_item_has(to->plant, to->units[now->unit].unit, MBP_MAP_LIMITS, s);
        for (unsigned l = 0; l < MBP_LIMIT_COUNT && limits; l++)
            carry_digits(&was->reg, &now->reg, source + was->reg.limits_addr + (size_t)l * was->reg.words,
                         target + now->reg.limits_addr + (size_t)l * now->reg.words);
    }
    for (uint32_t a = 0; a < to->plant->actuator_count; a++) {
        const struct mbp_actuator *now = &to->plant->actuators[a];
        if (actuator_from[a] == UINT32_MAX || now->on_off || from->plant->actuators[actuator_from[a]].on_off)
            continue;
        const struct mbp_actuator *was = &from->plant->actuators[actuator_from[a]];
        carry_digits(&was->reg, &now->reg, from->units[was->unit].holding + was->reg.addr,
                     to->units[now->unit].holding + now->reg.addr);
    }
}

/* What is half written of a command, and what became of the last one. */
static void carry_record(const struct mbp_image_unit *was, struct mbp_image_unit *now)
{
    if (was->record < MBP_ADDRESSES && now->record < MBP_ADDRESSES)
        memcpy(now->holding + now->record, was->holding + was->record, MBP_RECORD_WORDS * sizeof *now->holding);
    if (was->answer < MBP_ADDRESSES && now->answer < MBP_ADDRESSES)
        memcpy(now->input + now->answer, was->input + was->answer, MBP_ANSWER_WORDS * sizeof *now->input);
}

void mbp_image_carry(const struct mbp_carry *carry, struct mbp_image *from, struct mbp_image *to)
{
    to->comments = from->comments;
    if (from->source.read != NULL)
        to->source = from->source;
    for (uint32_t u = 0; u < to->plant->unit_count; u++) {
        struct mbp_image_unit *now = &to->units[u];
        const struct mbp_image_unit *was = from->by_id[now->unit->id];
        if (was == NULL)
            continue;
        if (now->unit->instructor && was->unit->instructor) {
            carry_switches(was, now);
            continue;
        }
        carry_blocks(was, now);
        carry_files(was, now);
        carry_texts(carry, was, now);
        carry_record(was, now);
    }
    carry_numbers(from, to, carry->sensor_from, carry->actuator_from);
    image_staging_carry(from, to);
    image_named_carry(from, to);
    image_tail_carry(from, to);
}
