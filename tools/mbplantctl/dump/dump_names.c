/* Tags and actors as lines of a dump. */
#include "dump/dump_names.h"

#include <string.h>

/* ---- out -------------------------------------------------------------------------------------------------------- */

/* The tag of the same unit, id and since. */
static const struct mbp_event_tag *find_same(const struct mbp_names *told, const struct mbp_event_tag *tag)
{
    const struct mbp_event about = {.seq = tag->since, .unit = tag->unit, .machine = tag->id, .sensor = tag->id};
    const struct mbp_event_tag *found =
        tag->what == MBP_TAG_MACHINE ? mbp_names_machine(told, &about) : mbp_names_item(told, &about);
    return found != NULL && found->since == tag->since ? found : NULL;
}

static bool is_told(const struct mbp_names *told, const struct mbp_event_tag *tag)
{
    const struct mbp_event_tag *other = find_same(told, tag);
    return other != NULL && other->what == tag->what && other->decimals == tag->decimals && other->gone == tag->gone &&
           strcmp(other->name, tag->name) == 0 && strcmp(other->kind, tag->kind) == 0 &&
           strcmp(other->measure, tag->measure) == 0 && strcmp(other->label, tag->label) == 0;
}

static json_t *json_of_tag(const struct mbp_event_tag *tag)
{
    return json_pack("{s:i, s:i, s:s, s:s, s:s, s:s, s:s, s:i, s:I, s:o}", "tag", (int)tag->id, "unit", (int)tag->unit,
                     "what", mbp_tag_what_name((enum mbp_tag_what)tag->what), "name", tag->name, "kind", tag->kind,
                     "measure", tag->measure, "label", tag->label, "decimals", (int)tag->decimals, "since",
                     (json_int_t)tag->since, "gone",
                     tag->gone == MBP_TAG_STAYS ? json_null() : json_integer((json_int_t)tag->gone));
}

static bool is_actor_told(const struct mbp_names *told, const struct mbp_actor *actor)
{
    const struct mbp_event whose = {.seq = actor->since, .actor = actor->id};
    const struct mbp_actor *other = mbp_names_actor(told, &whose);
    return other != NULL && other->since == actor->since;
}

static json_t *json_of_actor(const struct mbp_actor *actor)
{
    char address[48];
    return json_pack("{s:i, s:s, s:s, s:s, s:s, s:I}", "actor", (int)actor->id, "kind",
                     mbp_actor_kind_name((enum mbp_actor_kind)actor->kind), "address",
                     mbp_address_text(actor->address, address, sizeof address), "role", actor->role, "name",
                     actor->name, "since", (json_int_t)actor->since);
}

enum mbp_status ctl_names_to_json(const struct mbp_names *names, struct mbp_names *told,
                                  void (*put)(void *ctx, json_t *line), void *ctx)
{
    enum mbp_status status = MBP_OK;
    for (size_t i = 0; i < names->tag_count && status == MBP_OK; i++) {
        if (is_told(told, &names->tags[i]))
            continue;
        put(ctx, json_of_tag(&names->tags[i]));
        status = mbp_names_put_tag(told, &names->tags[i]);
    }
    for (size_t i = 0; i < names->actor_count && status == MBP_OK; i++) {
        if (is_actor_told(told, &names->actors[i]))
            continue;
        put(ctx, json_of_actor(&names->actors[i]));
        status = mbp_names_put_actor(told, &names->actors[i]);
    }
    return status;
}

/* ---- in --------------------------------------------------------------------------------------------------------- */

bool ctl_is_name(const json_t *line)
{
    return json_is_integer(json_object_get(line, "tag")) ||
           (json_is_integer(json_object_get(line, "actor")) && json_is_string(json_object_get(line, "address")));
}

static const char *text_of(const json_t *line, const char *key)
{
    const char *text = json_string_value(json_object_get(line, key));
    return text != NULL ? text : "";
}

/* A number of 0..max; of null or nothing `otherwise`. */
static bool number_of(const json_t *line, const char *key, json_int_t max, uint32_t otherwise, uint32_t *out)
{
    const json_t *value = json_object_get(line, key);
    *out = otherwise;
    if (value == NULL || json_is_null(value))
        return true;
    *out = (uint32_t)json_integer_value(value);
    return json_is_integer(value) && json_integer_value(value) >= 0 && json_integer_value(value) <= max;
}

static enum mbp_status tag_of_json(const json_t *line, struct mbp_names *names)
{
    uint32_t id, unit, decimals;
    struct mbp_event_tag tag = {.name = text_of(line, "name"),
                                .kind = text_of(line, "kind"),
                                .measure = text_of(line, "measure"),
                                .label = text_of(line, "label")};
    bool good = number_of(line, "tag", MBP_NONE16 - 1, 0, &id) && number_of(line, "unit", UINT8_MAX, 0, &unit) &&
                number_of(line, "decimals", UINT8_MAX, 0, &decimals) &&
                number_of(line, "since", UINT32_MAX, 0, &tag.since) &&
                number_of(line, "gone", UINT32_MAX, MBP_TAG_STAYS, &tag.gone) && tag.name[0] != '\0';
    unsigned what = 0;
    while (what < MBP_TAG_COUNT && strcmp(mbp_tag_what_name((enum mbp_tag_what)what), text_of(line, "what")) != 0)
        what++;
    if (!good || what == MBP_TAG_COUNT)
        return MBP_ERR_FORMAT;
    tag.what = (uint8_t)what;
    tag.id = (uint16_t)id;
    tag.unit = (uint8_t)unit;
    tag.decimals = (uint8_t)decimals;
    return mbp_names_put_tag(names, &tag);
}

static enum mbp_status actor_of_json(const json_t *line, struct mbp_names *names)
{
    struct mbp_actor actor = {0};
    uint32_t id;
    unsigned kind = 0;
    while (kind < MBP_ACTOR_KIND_COUNT &&
           strcmp(mbp_actor_kind_name((enum mbp_actor_kind)kind), text_of(line, "kind")) != 0)
        kind++;
    if (!number_of(line, "actor", MBP_ACTORS_MAX, 0, &id) || id == 0 || kind == MBP_ACTOR_KIND_COUNT ||
        !number_of(line, "since", UINT32_MAX, 0, &actor.since) ||
        mbp_address_parse(text_of(line, "address"), actor.address) != MBP_OK)
        return MBP_ERR_FORMAT;
    actor.id = (uint16_t)id;
    actor.kind = (uint8_t)kind;
    snprintf(actor.role, sizeof actor.role, "%s", text_of(line, "role"));
    snprintf(actor.name, sizeof actor.name, "%s", text_of(line, "name"));
    return mbp_names_put_actor(names, &actor);
}

enum mbp_status ctl_name_of_json(const json_t *line, struct mbp_names *names)
{
    return json_object_get(line, "tag") != NULL ? tag_of_json(line, names) : actor_of_json(line, names);
}
