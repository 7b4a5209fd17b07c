/* Finding what is to be edited in a plant file, and editing it. */
#include "mbplant/edit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "edit_priv.h"
#include "mbplant/base/tr.h"
#include "pattern.h"

#define VALUE_MAX 4096

/* ---- things ----------------------------------------------------------------------------------------------------- */

/* A machine or sensor of the file. */
struct thing {
    const struct mbp_node *item;   /* its map */
    const struct mbp_node *list;   /* where it stands */
    const struct mbp_node *holder; /* the map that has the list: a machine's or a unit's */
    const struct mbp_node *repeat; /* the `repeat` that makes several of it, its own or one above; NULL = none */
};

struct search {
    enum mbp_edit_thing thing;
    const char *name;
    struct thing found;   /* item NULL = none of that name */
    struct thing pattern; /* one whose placeholders can make the name */
    const char *nearest;  /* name of those that are there; NULL = none is near */
};

static const struct mbp_node *repeat_of(const struct mbp_node *map, const struct mbp_node *above)
{
    const struct mbp_node *repeat = mbp_node_find(map, "repeat");
    bool many = repeat != NULL && repeat->kind == MBP_NODE_SCALAR && strcmp(repeat->text, "1") != 0;
    return many ? repeat : above;
}

/* Whether numbers in the places of {n}, {m} and {u} make the name. */
static bool can_make(const char *pattern, const char *name)
{
    while (*pattern != '\0') {
        if (pattern[0] == '{' && pattern[1] != '\0' && pattern[2] == '}') {
            size_t digits = strspn(name, "0123456789");
            if (digits == 0) {
                return false;
            }
            for (size_t taken = 1; taken <= digits; taken++) {
                if (can_make(pattern + 3, name + taken)) {
                    return true;
                }
            }
            return false;
        }
        if (*pattern++ != *name++) {
            return false;
        }
    }
    return *name == '\0';
}

static void look_at(struct search *search, const struct mbp_node *item, const struct mbp_node *list,
                    const struct mbp_node *holder, const struct mbp_node *repeat)
{
    const struct mbp_node *name = mbp_node_find(item, "name");
    if (name == NULL || name->kind != MBP_NODE_SCALAR) {
        return;
    }
    const struct thing thing = {item, list, holder, repeat_of(item, repeat)};
    const char *both[] = {search->nearest, name->text};
    if (search->nearest == NULL) {
        search->nearest = mbp_nearest(search->name, &both[1], 1);
    } else {
        search->nearest = mbp_nearest(search->name, both, 2);
    }
    if (search->found.item == NULL && strcmp(name->text, search->name) == 0) {
        search->found = thing;
    } else if (search->pattern.item == NULL && strchr(name->text, '{') != NULL && can_make(name->text, search->name)) {
        search->pattern = thing;
    }
}

static const struct mbp_node *list_of(const struct mbp_node *map, const char *key)
{
    const struct mbp_node *list = mbp_node_find(map, key);
    return list != NULL && list->kind == MBP_NODE_LIST ? list : NULL;
}

static void look_through(struct search *search, const struct mbp_node *holder, const char *key,
                         const struct mbp_node *repeat)
{
    const struct mbp_node *list = list_of(holder, key);
    for (const struct mbp_node *item = list != NULL ? list->first : NULL; item != NULL; item = item->next) {
        look_at(search, item, list, holder, repeat);
    }
}

static const char *list_key(enum mbp_edit_thing thing)
{
    return thing == MBP_EDIT_MACHINE ? "machines" : thing == MBP_EDIT_SENSOR ? "sensors" : "alarms";
}

static void look_through_unit(struct search *search, const struct mbp_node *unit)
{
    const struct mbp_node *repeat = repeat_of(unit, NULL);
    if (search->thing == MBP_EDIT_MACHINE) {
        look_through(search, unit, "machines", repeat);
        return;
    }
    const struct mbp_node *machines = list_of(unit, "machines");
    for (const struct mbp_node *machine = machines != NULL ? machines->first : NULL; machine != NULL;
         machine = machine->next) {
        look_through(search, machine, list_key(search->thing), repeat_of(machine, repeat));
    }
    look_through(search, unit, list_key(search->thing), repeat);
}

static struct search look_for(const struct edit *edit, enum mbp_edit_thing thing, const char *name)
{
    struct search search = {.thing = thing, .name = name};
    const struct mbp_node *units = list_of(edit->root, "units");
    for (const struct mbp_node *unit = units != NULL ? units->first : NULL; unit != NULL; unit = unit->next) {
        look_through_unit(&search, unit);
    }
    return search;
}

static const char *noun(enum mbp_edit_thing thing)
{
    return mbp_tr(thing == MBP_EDIT_MACHINE ? "machine" : thing == MBP_EDIT_SENSOR ? "sensor" : "alarm");
}

/* No such thing: perhaps a slip of the pen, or the name of another kind of thing. */
static enum mbp_status refuse_name(struct edit *edit, const struct search *search)
{
    enum mbp_edit_thing other = search->thing == MBP_EDIT_MACHINE ? MBP_EDIT_SENSOR : MBP_EDIT_MACHINE;
    if (look_for(edit, other, search->name).found.item != NULL) {
        return edit_refuse(edit, MBP_ERR_MISSING, "the plant file has no %s %s: that is a %s", noun(search->thing),
                           search->name, noun(other));
    }
    const char *question = search->nearest != NULL ? mbp_tr("; did you mean ") : "";
    return edit_refuse(edit, MBP_ERR_MISSING, "the plant file has no %s %s%s%s%s", noun(search->thing), search->name,
                       question, search->nearest != NULL ? search->nearest : "",
                       search->nearest != NULL ? mbp_tr("?") : "");
}

/* The one thing of that name, which no repeat has anything to do with. */
static enum mbp_status find(struct edit *edit, enum mbp_edit_thing thing, const char *name, struct thing *out)
{
    struct search search = look_for(edit, thing, name);
    const struct thing *made = search.found.item != NULL ? &search.found : &search.pattern;
    if (made->item == NULL) {
        return refuse_name(edit, &search);
    }
    if (made->repeat != NULL) {
        return edit_refuse(
            edit, MBP_ERR_RANGE,
            "%s is one of several that the 'repeat' in line %u of the plant file makes, from what stands in "
            "line %u: it cannot be edited alone; edit the file (mbplantctl plant get, then plant put)",
            name, made->repeat->line, made->item->line);
    }
    if (made == &search.pattern) {
        return refuse_name(edit, &search);
    }
    *out = search.found;
    return MBP_OK;
}

/* ---- values ----------------------------------------------------------------------------------------------------- */

static bool is_group(const char *value)
{
    return value[0] == '{' || value[0] == '[' || value[0] == '"' || value[0] == '\'';
}

/* Whether a text means itself without quotes, in a group in brackets too. */
static bool is_safe(const char *value)
{
    size_t len = strlen(value);
    bool negative = value[0] == '-' && value[1] != '\0' && strchr(".0123456789", value[1]) != NULL;
    if (!negative && strchr("-?:,[]{}#&*!|>'\"%@` ", value[0]) != NULL) {
        return false;
    }
    if (strpbrk(value, ",[]{}") != NULL || strstr(value, ": ") != NULL || strstr(value, " #") != NULL) {
        return false;
    }
    return value[len - 1] != ':' && value[len - 1] != ' ';
}

/* The value as it stands in the file; one line. */
static enum mbp_status write_value(struct edit *edit, const char *value, char *buf)
{
    size_t used = 0;
    for (const unsigned char *at = (const unsigned char *)value; *at != '\0'; at++) {
        if (*at < 0x20 || *at == 0x7F) {
            return edit_refuse(edit, MBP_ERR_FORMAT, "a value is one line of text");
        }
    }
    if (strlen(value) > VALUE_MAX / 2 - 3) {
        return edit_refuse(edit, MBP_ERR_FORMAT, "a value is at most %d bytes long", VALUE_MAX / 2 - 3);
    }
    if (is_group(value) || is_safe(value)) {
        snprintf(buf, VALUE_MAX, "%s", value);
        return MBP_OK;
    }
    buf[used++] = '"';
    for (const char *at = value; *at != '\0'; at++) {
        if (*at == '"' || *at == '\\') {
            buf[used++] = '\\';
        }
        buf[used++] = *at;
    }
    buf[used++] = '"';
    buf[used] = '\0';
    return MBP_OK;
}

/* ---- keys ------------------------------------------------------------------------------------------------------- */

static const struct mbp_node *find_key(const struct mbp_node *map, const char *key, size_t len)
{
    for (const struct mbp_node *node = map->first; node != NULL; node = node->next->next) {
        if (node->len == len && memcmp(node->text, key, len) == 0) {
            return node;
        }
    }
    return NULL;
}

static bool is_null(const struct mbp_node *node)
{
    return node->kind == MBP_NODE_SCALAR && node->plain && node->len == 0;
}

/* Between a key's colon and the end of its value. */
static enum mbp_status replace(struct edit *edit, const struct mbp_node *key, const char *value)
{
    const struct mbp_node *old = key->next;
    char text[VALUE_MAX + 2];
    bool in_place = !is_null(old) && (old->kind == MBP_NODE_SCALAR || old->flow);
    if (in_place && old->line == key->line) {
        return edit_splice(edit, edit_begin(edit, old), edit_end(edit, old), value);
    }
    size_t colon = edit_end(edit, key);
    while (edit->text.bytes[colon] != ':') {
        colon++;
    }
    snprintf(text, sizeof text, " %s", value);
    return edit_splice(edit, colon + 1, is_null(old) ? colon + 1 : edit_end(edit, old), text);
}

/* "a.b.c" of which a is missing: "a: {b: {c: value}}". */
static enum mbp_status append_key(struct edit *edit, const struct mbp_node *map, const char *path, const char *value)
{
    char entry[VALUE_MAX + 512];
    size_t used = 0;
    unsigned groups = 0;
    if (strlen(path) > 200) {
        return edit_refuse(edit, MBP_ERR_FORMAT, "'%.40s...' is no key", path);
    }
    for (const char *at = path;;) {
        size_t len = strcspn(at, ".");
        used += (size_t)snprintf(entry + used, sizeof entry - used, "%.*s: ", (int)len, at);
        if (at[len] == '\0') {
            break;
        }
        entry[used++] = '{';
        groups++;
        at += len + 1;
    }
    used += (size_t)snprintf(entry + used, sizeof entry - used, "%s", value);
    for (; groups > 0 && used < sizeof entry - 1; groups--) {
        entry[used++] = '}';
    }
    entry[used] = '\0';
    return edit_append(edit, map, entry);
}

static enum mbp_status remove_key(struct edit *edit, const struct mbp_node *map, const struct mbp_node *key)
{
    return edit_take_out(edit, map, key, key->next);
}

static enum mbp_status set_key(struct edit *edit, const struct mbp_node *map, const char *path, const char *value)
{
    char text[VALUE_MAX];
    bool removes = value[0] == '\0';
    enum mbp_status status = removes ? MBP_OK : write_value(edit, value, text);
    for (const char *at = path; status == MBP_OK;) {
        size_t len = strcspn(at, ".");
        if (len == 0 || strcspn(at, " {}[],:#&*!|>'\"%@`\t") < len) {
            return edit_refuse(edit, MBP_ERR_FORMAT, "'%s' is no key", path);
        }
        const struct mbp_node *key = find_key(map, at, len);
        if (key == NULL) {
            return removes ? edit_refuse(edit, MBP_ERR_MISSING, "it has no key '%s'", path)
                           : append_key(edit, map, at, text);
        }
        if (at[len] == '\0') {
            return removes ? remove_key(edit, map, key) : replace(edit, key, text);
        }
        if (is_null(key->next) && !removes) {
            char group[VALUE_MAX];
            int needs = snprintf(group, sizeof group, "{%s: %s}", at + len + 1, text);
            if (strchr(at + len + 1, '.') == NULL && needs > 0 && (size_t)needs < sizeof group) {
                return replace(edit, key, group);
            }
        }
        if (key->next->kind != MBP_NODE_MAP) {
            return edit_refuse(edit, MBP_ERR_FORMAT,
                               "'%.*s' (line %u of the plant file) is no group with keys in it: set it as a whole",
                               (int)(at + len - path), path, key->line);
        }
        map = key->next;
        at += len + 1;
    }
    return status;
}

/* ---- adding ----------------------------------------------------------------------------------------------------- */

/* A unit by its id in digits; NULL = none. */
static const struct mbp_node *find_unit(const struct edit *edit, const char *id)
{
    const struct mbp_node *units = list_of(edit->root, "units");
    for (const struct mbp_node *unit = units != NULL ? units->first : NULL; unit != NULL; unit = unit->next) {
        const struct mbp_node *of = mbp_node_find(unit, "id");
        if (of != NULL && of->kind == MBP_NODE_SCALAR && strcmp(of->text, id) == 0) {
            return unit;
        }
    }
    return NULL;
}

static enum mbp_status find_holder(struct edit *edit, const char *where, const struct mbp_node **holder)
{
    struct thing machine = {0};
    if (strspn(where, "0123456789") != strlen(where)) {
        enum mbp_status status = find(edit, MBP_EDIT_MACHINE, where, &machine);
        *holder = status == MBP_OK ? machine.item : NULL;
        return status;
    }
    *holder = find_unit(edit, where);
    if (*holder == NULL) {
        return edit_refuse(edit, MBP_ERR_MISSING, "the plant file has no unit of id %s", where);
    }
    const struct mbp_node *repeat = repeat_of(*holder, NULL);
    return repeat == NULL
               ? MBP_OK
               : edit_refuse(edit, MBP_ERR_RANGE,
                             "unit %s is one of several that the 'repeat' in line %u of the plant file makes: "
                             "edit the file (mbplantctl plant get, then plant put)",
                             where, repeat->line);
}

/* A list in block form whose items are so too gets one like them. */
static bool items_are_block(const struct mbp_node *list)
{
    const struct mbp_node *last = list->first;
    while (last != NULL && last->next != NULL) {
        last = last->next;
    }
    return last != NULL && last->kind == MBP_NODE_MAP && !last->flow;
}

static enum mbp_status add(struct edit *edit, enum mbp_edit_thing thing, const struct mbp_node *holder,
                           const char *name)
{
    const char *key = list_key(thing);
    const struct mbp_node *list = list_of(holder, key);
    char entry[MBP_EDIT_WHY_LEN];
    if (list != NULL && list->first != NULL) {
        bool block = !list->flow && items_are_block(list);
        snprintf(entry, sizeof entry, block ? "name: %s" : "{name: %s}", name);
        return edit_append(edit, list, entry);
    }
    snprintf(entry, sizeof entry, "[{name: %s}]", name);
    const struct mbp_node *at = find_key(holder, key, strlen(key));
    return at != NULL ? replace(edit, at, entry) : append_key(edit, holder, key, entry);
}

/* ---- the three -------------------------------------------------------------------------------------------------- */

static enum mbp_status edit_open(struct edit *edit, struct mbp_text text, char *why)
{
    *edit = (struct edit){.text = text, .why = why, .errors = calloc(1, sizeof *edit->errors)};
    why[0] = '\0';
    if (edit->errors == NULL) {
        return edit_refuse(edit, MBP_ERR_MEMORY, "not enough memory");
    }
    enum mbp_status status = mbp_tree_parse(text, &edit->arena, edit->errors, &edit->root);
    if (status == MBP_OK && edit->root->kind == MBP_NODE_MAP) {
        return MBP_OK;
    }
    if (status == MBP_ERR_MEMORY) {
        return edit_refuse(edit, status, "not enough memory");
    }
    const struct mbp_error *first = &edit->errors->shown[0];
    return edit->errors->count > 0 ? edit_refuse(edit, MBP_ERR_FORMAT, "line %u, column %u: %.300s", first->line,
                                                 first->column, first->text)
                                   : edit_refuse(edit, MBP_ERR_FORMAT, "it is no plant file");
}

static enum mbp_status edit_close(struct edit *edit, enum mbp_status status, char **out, size_t *out_len)
{
    if (status == MBP_OK) {
        *out = edit->out;
        *out_len = edit->out_len;
    }
    mbp_arena_free(&edit->arena);
    free(edit->errors);
    return status;
}

enum mbp_status mbp_edit_set(struct mbp_text text, enum mbp_edit_thing thing, const char *name, const char *key,
                             const char *value, char **out, size_t *out_len, char *why)
{
    struct edit edit;
    struct thing found = {0};
    enum mbp_status status = edit_open(&edit, text, why);
    if (status == MBP_OK) {
        status = find(&edit, thing, name, &found);
    }
    if (status == MBP_OK && found.item != NULL) {
        status = set_key(&edit, found.item, key, value);
    }
    return edit_close(&edit, status, out, out_len);
}

enum mbp_status mbp_edit_remove(struct mbp_text text, enum mbp_edit_thing thing, const char *name, char **out,
                                size_t *out_len, char *why)
{
    struct edit edit;
    struct thing found = {0};
    enum mbp_status status = edit_open(&edit, text, why);
    if (status == MBP_OK) {
        status = find(&edit, thing, name, &found);
    }
    if (status == MBP_OK && found.list != NULL && found.list->len > 1) {
        status = edit_take_out(&edit, found.list, found.item, found.item);
    } else if (status == MBP_OK && found.holder != NULL) { /* a list without items is none */
        const char *key = thing == MBP_EDIT_MACHINE ? "machines" : "sensors";
        status = remove_key(&edit, found.holder, find_key(found.holder, key, strlen(key)));
    }
    return edit_close(&edit, status, out, out_len);
}

enum mbp_status mbp_edit_add(struct mbp_text text, enum mbp_edit_thing thing, const char *where, const char *name,
                             char **out, size_t *out_len, char *why)
{
    struct edit edit;
    const struct mbp_node *holder = NULL;
    enum mbp_status status = edit_open(&edit, text, why);
    if (status == MBP_OK && (!mbp_pattern_is_name(name) || strchr(name, '{') != NULL)) {
        status =
            edit_refuse(&edit, MBP_ERR_FORMAT, "'%.64s' is no name: a letter first, then letters, digits, _ . -", name);
    }
    if (status == MBP_OK && look_for(&edit, thing, name).found.item != NULL) {
        status = edit_refuse(&edit, MBP_ERR_RANGE, "the plant file has a %s %s already", noun(thing), name);
    }
    if (status == MBP_OK) {
        status = find_holder(&edit, where, &holder);
    }
    if (status == MBP_OK && holder != NULL) {
        status = add(&edit, thing, holder, name);
    }
    return edit_close(&edit, status, out, out_len);
}
