/* Which bytes of the scan's tables hold the points, and which points stand in each block. */
#include <stdlib.h>
#include <string.h>

#include "mqtt_priv.h"
#include "watch.h"

#define SLOTS_MIN 1024u
#define SLOTS_MAX 65536u
#define A_BLOCK   32u /* slots for scans that the thread has not come to yet */

/* A point, or the part of it in one block. */
struct place {
    uint32_t key; /* unit id, table, block: as they follow each other */
    uint32_t metric;
};

static int by_place(const void *a, const void *b)
{
    const struct place *left = a, *right = b;
    if (left->key != right->key)
        return left->key < right->key ? -1 : 1;
    return left->metric < right->metric ? -1 : left->metric > right->metric;
}

static uint32_t words_of(const struct mqtt_metric *metric)
{
    const struct mbp_point *point = &metric->row.point;
    uint32_t most = metric->is_text ? MBP_STRING_WORDS_MAX : 4;
    if (mbp_table_is_bits(point->table) || point->count == 0)
        return 1;
    return point->count < most ? point->count : most;
}

static uint32_t first_block(const struct mbp_point *point)
{
    return point->addr * watch_element_of(point->table) / WATCH_BLOCK;
}

static uint32_t last_block(const struct mqtt_metric *metric)
{
    const struct mbp_point *point = &metric->row.point;
    return (point->addr + words_of(metric) - 1) * watch_element_of(point->table) / WATCH_BLOCK;
}

/* Where all points stand, in order. NULL = no memory. */
static struct place *places_of(const struct mqtt_metric *metrics, uint32_t metric_count, uint32_t *count)
{
    uint32_t all = 0, p = 0;
    for (uint32_t m = 0; m < metric_count; m++)
        all += last_block(&metrics[m]) - first_block(&metrics[m].row.point) + 1;
    struct place *places = calloc(all + 1u, sizeof *places);
    for (uint32_t m = 0; places != NULL && m < metric_count; m++) {
        uint32_t table = (uint32_t)metrics[m].row.unit_id << 2 | metrics[m].row.point.table;
        for (uint32_t b = first_block(&metrics[m].row.point); b <= last_block(&metrics[m]); b++)
            places[p++] = (struct place){table << 16 | b, m};
    }
    if (places != NULL)
        qsort(places, all, sizeof *places, by_place);
    *count = all;
    return places;
}

static struct mqtt_row row_of(const struct mqtt_metric *metric, uint32_t block)
{
    const struct mbp_point *point = &metric->row.point;
    struct mqtt_row row = {.sensor = point->sensor,
                           .count = (uint8_t)words_of(metric),
                           .kind = metric->is_text                   ? ROW_TEXT
                                   : mbp_table_is_bits(point->table) ? ROW_BIT
                                                                     : ROW_WORDS,
                           .has_rule = metric->has_rule};
    row.at = block * WATCH_BLOCK + point->addr * watch_element_of(point->table) % WATCH_BLOCK;
    if (point->own != NULL && point->own->mask != 0) {
        row.mask = point->own->mask;
        row.shift = point->own->shift;
        row.kind = row.kind == ROW_WORDS ? ROW_PART : row.kind;
    }
    return row;
}

static bool is_of_block(const struct mbp_point *point, unsigned block)
{
    const struct mbp_map_block *row = &mbp_map[block];
    return point->table == row->table && point->own == NULL && point->field >= row->fields &&
           point->field < row->fields + row->field_count;
}

/* Whether only limits of sensors stand in a block, or only their bits, at their usual places; p: its first place. */
static enum watch_when when_of(const struct mqtt_metric *metrics, const struct place *places, uint32_t p,
                               uint32_t count)
{
    const uint32_t key = places[p].key;
    bool limits = true, bits = true;
    for (; p < count && places[p].key == key; p++) {
        const struct mbp_point *point = &metrics[places[p].metric].row.point;
        limits =
            limits && point->field->write == MBP_WRITE_LIMIT && point->own == NULL && !mbp_table_is_bits(point->table);
        bits = bits && is_of_block(point, MBP_MAP_SENSOR_BITS);
    }
    return limits ? LOOK_LIMITS : bits ? LOOK_BITS : LOOK_ALWAYS;
}

static void make_runs(struct mqtt_watch *watch, const struct mqtt_metric *metrics, const struct place *places,
                      uint32_t count)
{
    for (uint32_t p = 0; p < count; p++) {
        uint32_t key = places[p].key, before = p > 0 ? places[p - 1].key : 0;
        const struct mqtt_metric *metric = &metrics[places[p].metric];
        struct watch_run *run = &watch->runs[watch->run_count - (watch->run_count > 0)];
        watch->of_block[p] = places[p].metric;
        if (p == 0 || key != before) {
            enum watch_when when = when_of(metrics, places, p, count);
            if (p == 0 || key != before + 1 || key >> 16 != before >> 16 || run->when != when) {
                run = &watch->runs[watch->run_count++];
                *run = (struct watch_run){.block = watch->block_count,
                                          .from = (key & 0xFFFFu) * WATCH_BLOCK,
                                          .when = (uint8_t)when,
                                          .unit_id = (uint8_t)(key >> 18),
                                          .table = (uint8_t)(key >> 16 & 3u)};
            }
            run->bytes += WATCH_BLOCK;
            watch->of_block_at[watch->block_count++] = p;
        }
        if (first_block(&metric->row.point) == (key & 0xFFFFu))
            watch->rows[places[p].metric] = row_of(metric, watch->block_count - 1);
    }
    watch->flags_block = watch->block_count;
    watch->of_block_at[watch->block_count] = count;
}

/* The points of each sensor's flags, behind those of the tables. */
static int by_sensor(const void *a, const void *b)
{
    const struct place *left = a, *right = b;
    return left->key < right->key ? -1 : left->key > right->key;
}

static void add_flags(struct mqtt_watch *watch, struct place *places, uint32_t count)
{
    uint32_t many = 0, p = 0;
    for (uint32_t m = 0; m < watch->count; m++) {
        if (watch->rows[m].sensor < watch->sensor_count)
            places[many++] = (struct place){watch->rows[m].sensor / WATCH_BLOCK, m};
    }
    qsort(places, many, sizeof *places, by_sensor);
    for (uint32_t b = 0; b * WATCH_BLOCK < watch->sensor_count; b++) {
        watch->of_block_at[watch->block_count++] = count + p;
        for (; p < many && places[p].key == b; p++)
            watch->of_block[count + p] = places[p].metric;
    }
    watch->of_block_at[watch->block_count] = count + many;
}

/* The points of each block as bits: most follow each other, so that a word or two have them all. */
static void make_marks(struct mqtt_watch *watch)
{
    uint32_t count = 0;
    for (uint32_t b = 0; b < watch->block_count; b++) {
        watch->marks_at[b] = count;
        for (uint32_t i = watch->of_block_at[b]; i < watch->of_block_at[b + 1]; i++) {
            uint32_t metric = watch->of_block[i];
            if (count == watch->marks_at[b] || watch->marks[count - 1].word != metric / 64)
                watch->marks[count++].word = metric / 64;
            watch->marks[count - 1].bits |= UINT64_C(1) << metric % 64;
        }
    }
    watch->marks_at[watch->block_count] = count;
}

static uint32_t slots_of(const struct mqtt_watch *watch)
{
    uint32_t size = SLOTS_MIN;
    while (size < watch->block_count + 1 || (size < SLOTS_MAX && size < watch->block_count * A_BLOCK))
        size *= 2;
    return size;
}

static enum mbp_status make(struct mqtt_watch *watch, const struct mqtt_metric *metrics)
{
    uint32_t count = 0;
    struct place *places = places_of(metrics, watch->count, &count);
    size_t blocks = (size_t)count + watch->sensor_count / WATCH_BLOCK + 2, words = watch->count / 64u + 1u;
    watch->rows = calloc(watch->count + 1u, sizeof *watch->rows);
    watch->runs = calloc(count + 1u, sizeof *watch->runs);
    watch->of_block_at = calloc(blocks, sizeof *watch->of_block_at);
    watch->of_block = calloc((size_t)count + watch->count + 1, sizeof *watch->of_block);
    watch->marks_at = calloc(blocks, sizeof *watch->marks_at);
    watch->marks = calloc((size_t)count + watch->count + 1, sizeof *watch->marks);
    watch->due = calloc(words, sizeof *watch->due);
    watch->turn = calloc(words, sizeof *watch->turn);
    bool good = places != NULL && watch->rows != NULL && watch->runs != NULL && watch->of_block_at != NULL &&
                watch->of_block != NULL && watch->marks_at != NULL && watch->marks != NULL && watch->due != NULL &&
                watch->turn != NULL;
    if (good) {
        make_runs(watch, metrics, places, count);
        add_flags(watch, places, count); /* each point stands in one block at least */
        make_marks(watch);
        watch->slot_count = slots_of(watch);
        watch->copy = calloc(watch->block_count + 1u, WATCH_BLOCK);
        watch->now = calloc(watch->block_count + 1u, WATCH_BLOCK);
        watch->slots = calloc(watch->slot_count, sizeof *watch->slots);
    }
    free(places);
    return good && watch->copy != NULL && watch->now != NULL && watch->slots != NULL ? MBP_OK : MBP_ERR_MEMORY;
}

enum mbp_status mqtt_watch_new(const struct mbp_plant *plant, const struct mqtt_metric *metrics, uint32_t count,
                               struct mqtt_watch **out)
{
    struct mqtt_watch *watch = calloc(1, sizeof *watch);
    if (watch == NULL)
        return MBP_ERR_MEMORY;
    watch->count = count;
    watch->sensor_count = plant->sensor_count;
    enum mbp_status status = make(watch, metrics);
    if (status == MBP_OK)
        *out = watch;
    else
        mqtt_watch_free(watch);
    return status;
}

void mqtt_watch_free(struct mqtt_watch *watch)
{
    if (watch == NULL)
        return;
    free(watch->rows);
    free(watch->runs);
    free(watch->of_block_at);
    free(watch->of_block);
    free(watch->marks_at);
    free(watch->marks);
    free(watch->copy);
    free(watch->slots);
    free(watch->now);
    free(watch->due);
    free(watch->turn);
    free(watch);
}
