/* Texts: no state holds them. Each has a home in the tables, and other places that show it. */
#include <stdlib.h>
#include <string.h>

#include "image_priv.h"

static int by_item(const void *a, const void *b)
{
    const struct image_text *left = a;
    const struct image_text *right = b;
    if (left->block != right->block)
        return (int)left->block - (int)right->block;
    if (left->item != right->item)
        return left->item < right->item ? -1 : 1;
    if (left->home != right->home)
        return left->home ? -1 : 1;
    if (left->table != right->table)
        return (int)right->table - (int)left->table; /* registers that masters write before those they read */
    return (int)left->addr - (int)right->addr;
}

static void add(struct image_index *index, const struct mbp_register *reg, struct image_text text)
{
    text.addr = reg->addr;
    text.words = reg->words;
    text.order = reg->order;
    index->texts[index->text_count++] = text;
}

enum mbp_status image_texts_new(const struct mbp_plant *plant, const struct mbp_unit *unit, struct image_index *index)
{
    size_t count = 0;
    for (uint32_t s = unit->first_sensor; s < unit->first_sensor + unit->sensor_count; s++)
        count += plant->sensors[s].reg.type == MBP_STRING;
    for (uint32_t p = unit->first_point; p < unit->first_point + unit->point_count; p++)
        count += plant->points[p].reg.type == MBP_STRING;
    index->texts = calloc(count + 1, sizeof *index->texts);
    if (index->texts == NULL)
        return MBP_ERR_MEMORY;
    for (uint32_t s = unit->first_sensor; s < unit->first_sensor + unit->sensor_count; s++) {
        const struct mbp_register *reg = &plant->sensors[s].reg;
        if (reg->type == MBP_STRING && !reg->nowhere)
            add(index, reg,
                (struct image_text){.item = s, .block = MBP_MAP_VALUES, .table = MBP_HOLDING_REGISTERS, .home = true});
    }
    for (uint32_t p = unit->first_point; p < unit->first_point + unit->point_count; p++) {
        const struct mbp_user_point *point = &plant->points[p];
        if (point->reg.type == MBP_STRING)
            add(index, &point->reg,
                (struct image_text){
                    .item = point->tag.item, .block = point->tag.block, .table = point->table, .home = point->home});
    }
    qsort(index->texts, index->text_count, sizeof *index->texts, by_item);
    for (uint32_t i = 0; i < index->text_count; i++) {
        const struct image_text *before = i > 0 ? &index->texts[i - 1] : NULL;
        struct image_text *text = &index->texts[i];
        text->home = before == NULL || before->block != text->block || before->item != text->item;
    }
    return MBP_OK;
}

static uint16_t *words_of(struct mbp_image_unit *unit, const struct image_text *text)
{
    return (text->table == MBP_HOLDING_REGISTERS ? unit->holding : unit->input) + text->addr;
}

static void put(struct mbp_image_unit *unit, const struct image_text *text, const char *bytes)
{
    mbp_codec_put_text((enum mbp_order)text->order, bytes, SIZE_MAX, text->words, words_of(unit, text));
}

static struct image_index *index_of(const struct mbp_image_unit *unit)
{
    return &unit->image->index[unit - unit->image->units];
}

const char *image_first_text(const struct mbp_plant *plant, const struct image_text *text)
{
    const char *bytes =
        text->block == MBP_MAP_STORED ? plant->stored[text->item].text : plant->sensors[text->item].signal->text;
    return bytes != NULL ? bytes : "";
}

void image_texts_load(struct mbp_image_unit *unit)
{
    const struct image_index *index = index_of(unit);
    for (uint32_t i = 0; i < index->text_count; i++)
        put(unit, &index->texts[i], image_first_text(unit->image->plant, &index->texts[i]));
}

/* All places of the item that stands at `from`, as that place shows it. */
static void show_as(struct mbp_image_unit *unit, uint32_t from)
{
    const struct image_index *index = index_of(unit);
    const struct image_text *source = &index->texts[from];
    char bytes[2 * MBP_STRING_WORDS_MAX + 1];
    uint32_t first = from;
    mbp_codec_text((enum mbp_order)source->order, words_of(unit, source), source->words, bytes);
    while (!index->texts[first].home)
        first--;
    for (uint32_t i = first; i < index->text_count && (i == first || !index->texts[i].home); i++) {
        if (i != from)
            put(unit, &index->texts[i], bytes);
    }
}

void image_texts_show(struct mbp_image_unit *unit)
{
    const struct image_index *index = index_of(unit);
    for (uint32_t i = 0; i < index->text_count; i++) {
        if (index->texts[i].home)
            show_as(unit, i);
    }
}

void image_texts_written(struct mbp_image_unit *unit, enum mbp_table table, uint16_t addr, uint16_t count)
{
    const struct image_index *index = index_of(unit);
    for (uint32_t i = 0; i < index->text_count; i++) {
        const struct image_text *text = &index->texts[i];
        if (text->table == table && text->addr < (uint32_t)addr + count && addr < (uint32_t)text->addr + text->words)
            show_as(unit, i);
    }
}

void image_texts_forget(struct mbp_image_unit *unit)
{
    const struct mbp_plant *plant = unit->image->plant;
    const struct image_index *index = index_of(unit);
    for (uint32_t i = 0; i < index->text_count; i++) {
        const struct image_text *text = &index->texts[i];
        if (text->block == MBP_MAP_STORED && !plant->stored[text->item].retain)
            put(unit, text, image_first_text(plant, text));
    }
}
