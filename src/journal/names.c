/* A plant's machines and items get their ids; the bytes that masters read. */
#include "names.h"

#include <stdlib.h>
#include <string.h>

#include "mbplant/event/tag.h"

#define FILE_WORDS 10000u
#define IDS        65536u
#define UNITS      256u

/* ---- ids of a plant --------------------------------------------------------------------------------------------- */

static uint32_t first_item(const struct mbp_unit *unit)
{
    return unit->first_sensor + unit->first_actuator + unit->first_controller + unit->first_stored;
}

static void ids_free(struct mbp_plant_ids *ids)
{
    free(ids->machine);
    free(ids->item);
    *ids = (struct mbp_plant_ids){0};
}

static enum mbp_status ids_new(const struct mbp_plant *plant, struct mbp_plant_ids *ids)
{
    size_t items = (size_t)plant->sensor_count + plant->actuator_count + plant->controller_count + plant->stored_count;
    *ids = (struct mbp_plant_ids){.plant = plant,
                                  .machine = calloc((size_t)plant->machine_count + 1, sizeof *ids->machine),
                                  .item = calloc(items + 1, sizeof *ids->item)};
    return ids->machine != NULL && ids->item != NULL ? MBP_OK : MBP_ERR_MEMORY;
}

void mbp_plant_ids_give(const struct mbp_plant_ids *ids, struct mbp_event *event)
{
    const struct mbp_unit *unit = ids->plant != NULL ? mbp_plant_find_unit(ids->plant, event->unit) : NULL;
    if (unit == NULL)
        return;
    if (event->machine < unit->machine_count)
        event->machine = ids->machine[unit->first_machine + event->machine];
    if (event->sensor < mbp_item_count(unit))
        event->sensor = ids->item[first_item(unit) + event->sensor];
}

uint32_t mbp_plant_ids_item(const struct mbp_plant_ids *ids, const struct mbp_plant *plant, uint32_t u, uint16_t id)
{
    const struct mbp_unit *unit = &plant->units[u];
    const uint32_t count = mbp_item_count(unit);
    if (ids->plant != plant)
        return id < count ? id : UINT32_MAX;
    for (uint32_t i = 0; i < count; i++) {
        if (ids->item[first_item(unit) + i] == id)
            return i;
    }
    return UINT32_MAX;
}

uint16_t mbp_plant_ids_of(const struct mbp_plant_ids *ids, const struct mbp_plant *plant, uint32_t u, uint32_t number)
{
    return ids->plant != plant ? (uint16_t)number : ids->item[first_item(&plant->units[u]) + number];
}

/* ---- another plant ---------------------------------------------------------------------------------------------- */

/* Tags that are kept are the first `kept` of fresh, in their order; those of a unit from first[id] on. */
struct work {
    struct mbp_names fresh, *changed;
    struct mbp_plant_ids ids;
    size_t kept;
    uint32_t first[UNITS + 1];
    uint8_t *used;    /* of those kept: the plant has it */
    uint32_t *places; /* where a kept tag is, from 1, by its name; 0 = free */
    size_t place_count;
    uint8_t taken[2][IDS / 8]; /* ids of one unit: of machines, of items */
    uint32_t next_seq;
    bool told_full;
};

static bool is_machine(const struct mbp_event_tag *tag)
{
    return tag->what == MBP_TAG_MACHINE;
}

static size_t place_of(const struct work *work, const struct mbp_event_tag *tag)
{
    uint64_t mixed = (mbp_name_hash(tag->name) + tag->unit * 2u + is_machine(tag)) * UINT64_C(0x9E3779B97F4A7C15);
    return (size_t)(mixed >> 20) & (work->place_count - 1);
}

static bool is_same(const struct mbp_event_tag *a, const struct mbp_event_tag *b)
{
    return a->unit == b->unit && a->what == b->what && strcmp(a->name, b->name) == 0 && strcmp(a->kind, b->kind) == 0 &&
           strcmp(a->measure, b->measure) == 0;
}

/* The kept tag that means the same; NULL = none. */
static struct mbp_event_tag *find_kept(const struct work *work, const struct mbp_event_tag *tag)
{
    for (size_t at = place_of(work, tag); work->places[at] != 0; at = (at + 1) & (work->place_count - 1)) {
        struct mbp_event_tag *kept = &work->fresh.tags[work->places[at] - 1];
        if (is_same(kept, tag))
            return kept;
    }
    return NULL;
}

static enum mbp_status keep_tags(struct work *work, const struct mbp_names *names, uint32_t oldest)
{
    enum mbp_status status = MBP_OK;
    for (size_t i = 0; i < names->tag_count && status == MBP_OK; i++) {
        if (names->tags[i].gone >= oldest)
            status = mbp_names_append_tag(&work->fresh, &names->tags[i]);
    }
    work->kept = work->fresh.tag_count;
    for (work->place_count = 16; work->place_count < 2 * work->kept;)
        work->place_count *= 2;
    work->places = calloc(work->place_count, sizeof *work->places);
    work->used = calloc(work->kept + 1, 1);
    if (work->places == NULL || work->used == NULL)
        return MBP_ERR_MEMORY;
    for (size_t i = 0; i < work->kept; i++) {
        size_t at = place_of(work, &work->fresh.tags[i]);
        while (work->places[at] != 0)
            at = (at + 1) & (work->place_count - 1);
        work->places[at] = (uint32_t)i + 1;
        work->first[work->fresh.tags[i].unit + 1]++;
    }
    for (unsigned u = 0; u < UNITS; u++)
        work->first[u + 1] += work->first[u];
    return status;
}

static void take_id(struct work *work, bool machine, uint16_t id)
{
    work->taken[machine][id / 8] |= (uint8_t)(1u << id % 8);
}

static bool is_taken(const struct work *work, bool machine, uint16_t id)
{
    return (work->taken[machine][id / 8] >> id % 8 & 1u) != 0;
}

/* Its number in the unit when nobody has that, else the lowest that nobody has. */
static uint16_t choose_id(struct work *work, bool machine, uint16_t number)
{
    uint16_t id = number;
    for (uint32_t next = 0; id != MBP_NONE16 && is_taken(work, machine, id); next++)
        id = (uint16_t)next;
    if (id != MBP_NONE16)
        take_id(work, machine, id);
    else if (!work->told_full)
        mbp_log(MBP_LOG_WARNING, "journal: a unit has no id left for a new name: its events are told without one");
    work->told_full = work->told_full || id == MBP_NONE16;
    return id;
}

/* An item of the plant: its tag, kept or new. */
static enum mbp_status take_tag(struct work *work, struct mbp_event_tag *tag, uint16_t *id)
{
    struct mbp_event_tag *kept = find_kept(work, tag);
    size_t at = kept != NULL ? (size_t)(kept - work->fresh.tags) : 0;
    if (kept != NULL) {
        work->used[at] = 1;
        *id = kept->id;
        if (kept->gone == MBP_TAG_STAYS && kept->decimals == tag->decimals && strcmp(kept->label, tag->label) == 0)
            return MBP_OK;
        tag->id = kept->id;
        tag->since = kept->since;
    } else {
        *id = tag->id = choose_id(work, is_machine(tag), tag->id);
        tag->since = work->next_seq;
        if (*id == MBP_NONE16)
            return MBP_OK;
    }
    enum mbp_status status = mbp_names_append_tag(&work->fresh, tag);
    if (status == MBP_OK && kept != NULL)
        work->fresh.tags[at] = work->fresh.tags[--work->fresh.tag_count];
    return status == MBP_OK ? mbp_names_append_tag(work->changed, tag) : status;
}

static enum mbp_status take_unit(struct work *work, const struct mbp_plant *plant, const struct mbp_unit *unit)
{
    enum mbp_status status = MBP_OK;
    struct mbp_event_tag tag;
    memset(work->taken, 0, sizeof work->taken);
    for (uint32_t i = work->first[unit->id]; i < work->first[unit->id + 1u]; i++)
        take_id(work, is_machine(&work->fresh.tags[i]), work->fresh.tags[i].id);
    for (uint32_t m = 0; status == MBP_OK && mbp_tag_of_machine(plant, unit, m, &tag); m++)
        status = take_tag(work, &tag, &work->ids.machine[unit->first_machine + m]);
    for (uint32_t i = 0; status == MBP_OK && mbp_tag_of_item(plant, unit, i, &tag); i++)
        status = take_tag(work, &tag, &work->ids.item[first_item(unit) + i]);
    return status;
}

/* What the plant no longer has; its removal is still to be told. */
static enum mbp_status leave_tags(struct work *work)
{
    enum mbp_status status = MBP_OK;
    uint32_t count = 0;
    for (size_t i = 0; i < work->kept; i++)
        count += work->used[i] == 0 && work->fresh.tags[i].gone == MBP_TAG_STAYS;
    for (size_t i = 0; i < work->kept && status == MBP_OK; i++) {
        struct mbp_event_tag *tag = &work->fresh.tags[i];
        if (work->used[i] != 0 || tag->gone != MBP_TAG_STAYS)
            continue;
        tag->gone = work->next_seq + count;
        status = mbp_names_append_tag(work->changed, tag);
    }
    return status;
}

static void adopt(struct mbp_known_names *known, struct work *work)
{
    ids_free(&known->before);
    known->before = known->now;
    known->now = work->ids;
    work->ids = (struct mbp_plant_ids){0};
    work->fresh.actors = known->names.actors;
    work->fresh.actor_count = known->names.actor_count;
    work->fresh.actor_room = known->names.actor_room;
    known->names.actors = NULL;
    mbp_names_free(&known->names);
    known->names = work->fresh;
    work->fresh = (struct mbp_names){0};
    mbp_names_sort(&known->names);
}

enum mbp_status mbp_known_names_follow(struct mbp_known_names *known, const struct mbp_plant *plant, uint32_t next_seq,
                                       uint32_t oldest, struct mbp_names *changed)
{
    struct work *work = calloc(1, sizeof *work);
    *changed = (struct mbp_names){0};
    if (work == NULL)
        return MBP_ERR_MEMORY;
    work->changed = changed;
    work->next_seq = next_seq;
    enum mbp_status status = ids_new(plant, &work->ids);
    if (status == MBP_OK)
        status = keep_tags(work, &known->names, oldest);
    for (uint32_t u = 0; u < plant->unit_count && status == MBP_OK; u++)
        status = take_unit(work, plant, &plant->units[u]);
    if (status == MBP_OK)
        status = leave_tags(work);
    if (status == MBP_OK) {
        adopt(known, work);
        mbp_known_names_print(known);
    } else {
        mbp_names_free(changed);
    }
    ids_free(&work->ids);
    mbp_names_free(&work->fresh);
    free(work->used);
    free(work->places);
    free(work);
    return status;
}

void mbp_known_names_free(struct mbp_known_names *known)
{
    free(mbp_buffer_close(&known->tags));
    free(mbp_buffer_close(&known->actors));
    mbp_names_free(&known->names);
    ids_free(&known->now);
    ids_free(&known->before);
}

/* ---- actors ----------------------------------------------------------------------------------------------------- */

#define NAMES_OF_AN_ADDRESS 64u /* whoever says more of them is nobody by name: he would take the ids of all others */

static bool is_same_actor(const struct mbp_actor *a, const struct mbp_actor *b)
{
    return a->kind == b->kind && memcmp(a->address, b->address, sizeof a->address) == 0 &&
           strcmp(a->role, b->role) == 0 && strcmp(a->name, b->name) == 0;
}

/* Behind those that are there: the bytes of a table of actors only grow while the program runs. */
static void print_actor(struct mbp_known_names *known, const struct mbp_actor *actor)
{
    struct mbp_names_index *index = &known->index;
    if (known->actors.out == NULL)
        return;
    size_t len = mbp_names_write_actor(actor, known->actors.out);
    if (fflush(known->actors.out) != 0 || known->actors.len != index->actor_bytes + len)
        return; /* without memory masters do not learn of it */
    index->actor_crc = mbp_crc32(index->actor_crc, known->actors.bytes + index->actor_bytes, len);
    index->actor_bytes += (uint32_t)len;
    index->actor_count++;
}

const struct mbp_actor *mbp_known_names_actor(struct mbp_known_names *known, const struct mbp_actor *wanted,
                                              uint32_t next_seq, bool *is_new)
{
    struct mbp_names *names = &known->names;
    struct mbp_actor actor = *wanted;
    uint16_t id = 1;
    unsigned of_address = 0;
    *is_new = false;
    for (size_t i = 0; i < names->actor_count; i++) {
        if (is_same_actor(&names->actors[i], wanted))
            return &names->actors[i];
        if (names->actors[i].id == id)
            id++;
        of_address += memcmp(names->actors[i].address, wanted->address, sizeof wanted->address) == 0;
    }
    if (wanted->name[0] != '\0' && of_address >= NAMES_OF_AN_ADDRESS) {
        actor.name[0] = '\0';
        return mbp_known_names_actor(known, &actor, next_seq, is_new);
    }
    actor.id = id;
    actor.since = next_seq;
    if (id > MBP_ACTORS_MAX || mbp_names_put_actor(names, &actor) != MBP_OK)
        return NULL;
    *is_new = true;
    print_actor(known, &actor);
    for (size_t i = 0; i < names->actor_count; i++) {
        if (names->actors[i].id == id)
            return &names->actors[i];
    }
    return NULL;
}

/* ---- as files --------------------------------------------------------------------------------------------------- */

/* Whoever knows the plant alone would take it for this id. */
static bool is_plain(const struct mbp_plant_ids *ids, const struct mbp_event_tag *tag)
{
    const struct mbp_unit *unit = ids->plant != NULL ? mbp_plant_find_unit(ids->plant, tag->unit) : NULL;
    if (unit == NULL || tag->gone != MBP_TAG_STAYS)
        return false;
    if (is_machine(tag))
        return tag->id < unit->machine_count && ids->machine[unit->first_machine + tag->id] == tag->id;
    return tag->id < mbp_item_count(unit) && ids->item[first_item(unit) + tag->id] == tag->id;
}

static void print_tags(struct mbp_known_names *known, bool plain)
{
    struct mbp_names_index *index = &known->index;
    for (size_t i = 0; i < known->names.tag_count; i++) {
        const struct mbp_event_tag *tag = &known->names.tags[i];
        size_t most = 64 + strlen(tag->name) + strlen(tag->kind) + strlen(tag->measure) + strlen(tag->label);
        if (is_plain(&known->now, tag) != plain)
            continue;
        if (index->tag_bytes + most > MBP_NAMES_TAG_BYTES) {
            index->left_out = true;
            continue;
        }
        index->tag_bytes += (uint32_t)mbp_names_write_tag(tag, known->tags.out);
        index->tag_count++;
    }
}

void mbp_known_names_print(struct mbp_known_names *known)
{
    free(mbp_buffer_close(&known->tags));
    free(mbp_buffer_close(&known->actors));
    known->index = (struct mbp_names_index){.left_out = true};
    if (!mbp_buffer_open(&known->tags) || !mbp_buffer_open(&known->actors))
        return;
    known->index.left_out = false;
    print_tags(known, false);
    print_tags(known, true);
    for (size_t i = 0; i < known->names.actor_count; i++)
        print_actor(known, &known->names.actors[i]);
    if (fflush(known->tags.out) == 0 && known->tags.len == known->index.tag_bytes)
        known->index.tag_crc = mbp_crc32(0, known->tags.bytes, known->tags.len);
    else
        known->index = (struct mbp_names_index){.left_out = true};
}

/* Two bytes a word from byte `at` on; what is behind the end is 0. */
static enum mbp_status read_bytes(const char *bytes, size_t len, size_t at, uint16_t count, uint16_t *words)
{
    if (at + 2 * (size_t)count > len + len % 2)
        return MBP_EX_ILLEGAL_DATA_ADDRESS;
    for (uint16_t i = 0; i < count; i++, at += 2)
        words[i] = (uint16_t)((uint8_t)bytes[at] << 8 | (at + 1 < len ? (uint8_t)bytes[at + 1] : 0));
    return MBP_OK;
}

enum mbp_status mbp_known_names_read_file(const struct mbp_known_names *known, uint16_t file, uint16_t record,
                                          uint16_t count, uint16_t *words)
{
    const struct mbp_names_index *index = &known->index;
    if (count == 0 || record + (uint32_t)count > FILE_WORDS)
        return MBP_EX_ILLEGAL_DATA_ADDRESS;
    if (file == MBP_NAMES_INDEX_FILE) {
        uint16_t all[MBP_NAMES_INDEX_WORDS];
        if (record + (uint32_t)count > MBP_NAMES_INDEX_WORDS)
            return MBP_EX_ILLEGAL_DATA_ADDRESS;
        mbp_names_index_encode(index, all);
        memcpy(words, all + record, count * sizeof *words);
        return MBP_OK;
    }
    if (file >= MBP_NAMES_ACTOR_FILE)
        return read_bytes(known->actors.bytes, index->actor_bytes,
                          2 * ((file - MBP_NAMES_ACTOR_FILE) * (size_t)FILE_WORDS + record), count, words);
    return read_bytes(known->tags.bytes, index->tag_bytes,
                      2 * ((file - MBP_NAMES_TAG_FILE) * (size_t)FILE_WORDS + record), count, words);
}
