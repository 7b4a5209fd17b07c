/* Tables of tags and actors. */
#include "mbplant/names.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_BYTES 16384u

static const char *const whats[MBP_TAG_COUNT] = {"machine", "sensor", "actuator", "controller", "point"};
static const char *const kinds[MBP_ACTOR_KIND_COUNT] = {"plant", "tcp",  "rtu",      "udp",
                                                        "http",  "mqtt", "scenario", "logic"};
static const uint8_t mapped_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

const char *mbp_tag_what_name(enum mbp_tag_what what)
{
    return whats[what];
}

const char *mbp_actor_kind_name(enum mbp_actor_kind kind)
{
    return kinds[kind];
}

const char *mbp_address_text(const uint8_t address[MBP_ACTOR_ADDRESS], char *buf, size_t size)
{
    bool mapped = memcmp(address, mapped_prefix, sizeof mapped_prefix) == 0;
    if (inet_ntop(mapped ? AF_INET : AF_INET6, address + (mapped ? 12 : 0), buf, (socklen_t)size) == NULL)
        buf[0] = '\0';
    return buf;
}

enum mbp_status mbp_address_parse(const char *text, uint8_t address[MBP_ACTOR_ADDRESS])
{
    uint8_t found[MBP_ACTOR_ADDRESS];
    memcpy(found, mapped_prefix, sizeof mapped_prefix);
    if (inet_pton(AF_INET, text, found + 12) != 1 && inet_pton(AF_INET6, text, found) != 1)
        return MBP_ERR_FORMAT;
    memcpy(address, found, sizeof found);
    return MBP_OK;
}

bool mbp_address_is_loopback(const uint8_t address[MBP_ACTOR_ADDRESS])
{
    static const uint8_t loopback[MBP_ACTOR_ADDRESS] = {[15] = 1};
    return memcmp(address, mapped_prefix, sizeof mapped_prefix) == 0 ? address[12] == 127
                                                                     : memcmp(address, loopback, sizeof loopback) == 0;
}

/* ---- texts ------------------------------------------------------------------------------------------------------ */

struct mbp_names_block {
    struct mbp_names_block *next;
    size_t used, size;
    char bytes[];
};

/* A copy that stays until the table is freed; NULL without memory. */
static const char *keep_text(struct mbp_names *names, const char *text)
{
    size_t len = strlen(text) + 1;
    struct mbp_names_block *block = names->blocks;
    if (text[0] == '\0')
        return "";
    if (block == NULL || block->size - block->used < len) {
        size_t size = len > BLOCK_BYTES ? len : BLOCK_BYTES;
        block = malloc(sizeof *block + size);
        if (block == NULL)
            return NULL;
        *block = (struct mbp_names_block){.next = names->blocks, .size = size};
        names->blocks = block;
    }
    char *copy = block->bytes + block->used;
    memcpy(copy, text, len);
    block->used += len;
    return copy;
}

void mbp_names_free(struct mbp_names *names)
{
    while (names->blocks != NULL) {
        struct mbp_names_block *next = names->blocks->next;
        free(names->blocks);
        names->blocks = next;
    }
    free(names->tags);
    free(names->actors);
    *names = (struct mbp_names){0};
}

/* ---- order ------------------------------------------------------------------------------------------------------ */

static uint64_t tag_key(unsigned unit, bool machine, uint16_t id)
{
    return (uint64_t)unit << 17 | (machine ? 0u : 1u << 16) | id;
}

static uint64_t key_of(const struct mbp_event_tag *tag)
{
    return tag_key(tag->unit, tag->what == MBP_TAG_MACHINE, tag->id);
}

static int by_key(const void *a, const void *b)
{
    const struct mbp_event_tag *left = a;
    const struct mbp_event_tag *right = b;
    uint64_t of_left = key_of(left);
    uint64_t of_right = key_of(right);
    if (of_left != of_right)
        return of_left < of_right ? -1 : 1;
    return (left->since > right->since) - (left->since < right->since);
}

/* How many tags stand before this key and event, one of the same among them. */
static size_t tags_up_to(const struct mbp_names *names, uint64_t key, uint32_t since)
{
    size_t low = 0;
    size_t high = names->tag_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct mbp_event_tag *tag = &names->tags[middle];
        uint64_t other = key_of(tag);
        if (other < key || (other == key && tag->since <= since))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static size_t actors_up_to(const struct mbp_names *names, uint16_t id, uint32_t since)
{
    size_t low = 0;
    size_t high = names->actor_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct mbp_actor *actor = &names->actors[middle];
        if (actor->id < id || (actor->id == id && actor->since <= since))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void mbp_names_sort(struct mbp_names *names)
{
    if (names->tag_count > 1)
        qsort(names->tags, names->tag_count, sizeof *names->tags, by_key);
}

/* ---- putting ---------------------------------------------------------------------------------------------------- */

static void *make_room(void *items, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return items;
    size_t more = *room * 2 + 64;
    void *grown = reallocarray(items, more, size);
    if (grown != NULL)
        *room = more;
    return grown;
}

enum mbp_status mbp_names_append_tag(struct mbp_names *names, const struct mbp_event_tag *tag)
{
    struct mbp_event_tag copy = *tag;
    struct mbp_event_tag *tags = make_room(names->tags, names->tag_count, &names->tag_room, sizeof *tags);
    if (tags == NULL)
        return MBP_ERR_MEMORY;
    names->tags = tags;
    copy.name = keep_text(names, tag->name);
    copy.kind = keep_text(names, tag->kind);
    copy.measure = keep_text(names, tag->measure);
    copy.label = keep_text(names, tag->label);
    if (copy.name == NULL || copy.kind == NULL || copy.measure == NULL || copy.label == NULL)
        return MBP_ERR_MEMORY;
    tags[names->tag_count++] = copy;
    return MBP_OK;
}

enum mbp_status mbp_names_put_tag(struct mbp_names *names, const struct mbp_event_tag *tag)
{
    size_t at = tags_up_to(names, key_of(tag), tag->since);
    enum mbp_status status = mbp_names_append_tag(names, tag);
    if (status != MBP_OK)
        return status;
    struct mbp_event_tag copy = names->tags[names->tag_count - 1];
    if (at > 0 && by_key(&names->tags[at - 1], tag) == 0) {
        names->tags[at - 1] = copy;
        names->tag_count--;
        return MBP_OK;
    }
    memmove(names->tags + at + 1, names->tags + at, (names->tag_count - 1 - at) * sizeof copy);
    names->tags[at] = copy;
    return MBP_OK;
}

enum mbp_status mbp_names_put_actor(struct mbp_names *names, const struct mbp_actor *actor)
{
    size_t at = actors_up_to(names, actor->id, actor->since);
    if (at > 0 && names->actors[at - 1].id == actor->id && names->actors[at - 1].since == actor->since) {
        names->actors[at - 1] = *actor;
        return MBP_OK;
    }
    struct mbp_actor *actors = make_room(names->actors, names->actor_count, &names->actor_room, sizeof *actors);
    if (actors == NULL)
        return MBP_ERR_MEMORY;
    names->actors = actors;
    memmove(actors + at + 1, actors + at, (names->actor_count - at) * sizeof *actors);
    actors[at] = *actor;
    names->actor_count++;
    return MBP_OK;
}

/* ---- finding ---------------------------------------------------------------------------------------------------- */

/* An id that was given again stands there several times: the one of that event's time, else the oldest. */
static const struct mbp_event_tag *find_tag(const struct mbp_names *names, const struct mbp_event *event, bool machine,
                                            uint16_t id)
{
    if (id == MBP_NONE16)
        return NULL;
    uint64_t key = tag_key(event->unit, machine, id);
    size_t at = tags_up_to(names, key, event->seq);
    if (at > 0 && key_of(&names->tags[at - 1]) == key)
        return &names->tags[at - 1];
    return at < names->tag_count && key_of(&names->tags[at]) == key ? &names->tags[at] : NULL;
}

const struct mbp_event_tag *mbp_names_machine(const struct mbp_names *names, const struct mbp_event *event)
{
    return find_tag(names, event, true, event->machine);
}

const struct mbp_event_tag *mbp_names_item(const struct mbp_names *names, const struct mbp_event *event)
{
    return find_tag(names, event, false, event->sensor);
}

const struct mbp_actor *mbp_names_actor(const struct mbp_names *names, const struct mbp_event *event)
{
    static const struct mbp_actor logic = {.id = MBP_ACTOR_THE_LOGIC, .kind = MBP_ACTOR_LOGIC};
    static const struct mbp_actor scenario = {.id = MBP_ACTOR_THE_SCENARIO, .kind = MBP_ACTOR_SCENARIO};
    size_t at = actors_up_to(names, event->actor, event->seq);
    if (event->actor == MBP_ACTOR_THE_PLANT)
        return NULL;
    if (event->actor == MBP_ACTOR_THE_LOGIC || event->actor == MBP_ACTOR_THE_SCENARIO)
        return event->actor == MBP_ACTOR_THE_LOGIC ? &logic : &scenario;
    if (at > 0 && names->actors[at - 1].id == event->actor)
        return &names->actors[at - 1];
    return at < names->actor_count && names->actors[at].id == event->actor ? &names->actors[at] : NULL;
}

const char *mbp_names_peer(const struct mbp_names *names, const struct mbp_event *event, char *buf, size_t size)
{
    static const uint8_t none[MBP_ACTOR_ADDRESS] = {0};
    char address[48];
    const struct mbp_actor *actor = mbp_names_actor(names, event);
    if (event->actor == MBP_ACTOR_THE_PLANT)
        snprintf(buf, size, "%s", "");
    else if (event->actor == MBP_ACTOR_OTHERS)
        snprintf(buf, size, "others");
    else if (actor == NULL)
        snprintf(buf, size, "actor %u", event->actor);
    else if (memcmp(actor->address, none, sizeof none) == 0 && actor->name[0] != '\0')
        snprintf(buf, size, "%s", actor->name);
    else if (actor->name[0] != '\0') /* what he says, and what is known of him */
        snprintf(buf, size, "%s at %s", actor->name, mbp_address_text(actor->address, address, sizeof address));
    else if (memcmp(actor->address, none, sizeof none) != 0)
        mbp_address_text(actor->address, buf, size);
    else
        snprintf(buf, size, "%s", kinds[actor->kind]);
    return buf;
}
