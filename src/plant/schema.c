/* schema: one group of the file -> one struct, key by key. */
#include "schema.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>

#include "pattern.h"
#include "scalar.h"

#define KEYS_MAX 31

void mbp_reader_tell(struct mbp_reader *reader, const struct mbp_node *node, const char *format, ...)
{
    char text[MBP_ERROR_LEN];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    mbp_errors_add(reader->errors, node->line, node->column, "%s", text);
}

void mbp_reader_warn(struct mbp_reader *reader, const struct mbp_node *node, const char *format, ...)
{
    char text[MBP_ERROR_LEN];
    va_list args;
    if (reader->warnings == NULL) {
        return;
    }
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    mbp_errors_add(reader->warnings, node->line, node->column, "%s", text);
}

const struct mbp_node *mbp_def_node(const struct mbp_def *def, const char *key)
{
    const struct mbp_node *value = mbp_node_find(def->node, key);
    return value != NULL ? value : def->node;
}

bool mbp_node_is_null(const struct mbp_node *node)
{
    return node->kind == MBP_NODE_SCALAR && node->plain &&
           (node->len == 0 || strcmp(node->text, "~") == 0 || strcmp(node->text, "null") == 0);
}

const char *mbp_node_text(const struct mbp_node *node)
{
    bool whole = node->kind == MBP_NODE_SCALAR && strlen(node->text) == node->len;
    return whole && !mbp_node_is_null(node) ? node->text : NULL;
}

const char *mbp_reader_keep(struct mbp_reader *reader, const char *text, size_t len)
{
    if (len == 0) {
        return "";
    }
    const char *copy = mbp_arena_text(reader->keep, text, len);
    if (copy == NULL) {
        reader->out_of_memory = true;
        return "";
    }
    return copy;
}

const char *mbp_reader_share_text(struct mbp_reader *reader, const char *text, uint32_t len)
{
    if (len == 0) {
        return "";
    }
    const char *copy = mbp_shared_text(&reader->shared, reader->keep, reader->scratch, text, len);
    reader->out_of_memory = reader->out_of_memory || copy == NULL;
    return copy != NULL ? copy : "";
}

const void *mbp_reader_share(struct mbp_reader *reader, const void *bytes, uint32_t len)
{
    const void *copy = mbp_shared_bytes(&reader->shared, reader->keep, reader->scratch, bytes, len);
    reader->out_of_memory = reader->out_of_memory || copy == NULL;
    return copy;
}

void *mbp_reader_array(struct mbp_reader *reader, struct mbp_arena *arena, size_t count, size_t size)
{
    void *items = mbp_arena_array(arena, count, size);
    if (items == NULL) {
        reader->out_of_memory = true;
    }
    return items;
}

/* ---- messages ------------------------------------------------------------------------------------------------- */

/* A register as people call it, with six digits, of which the first is the table's. */
static bool is_reference(const char *text)
{
    uint64_t number;
    bool six = mbp_scalar_unsigned(text, &number) && number >= 100001 && number <= 465536;
    return six && number % 100000 >= 1 && number % 100000 <= 65536;
}

static void tell_wrong(struct mbp_reader *reader, const struct mbp_node *node, const struct mbp_field *field)
{
    char may[320], excerpt[64], is[80];
    const char *near = NULL, *hint = "";
    mbp_field_allowed(field, may, sizeof may);
    if (mbp_node_is_null(node)) {
        snprintf(is, sizeof is, "has no value");
    } else if (node->kind == MBP_NODE_SCALAR) {
        snprintf(is, sizeof is, "is '%s'", mbp_scalar_excerpt(node->text, node->len, excerpt, sizeof excerpt));
        if (field->type == MBP_FIELD_CHOICE) {
            near = mbp_nearest(node->text, field->words->names, field->words->count);
        }
        hint = mbp_scalar_has_comma(node->text) ? "; write a decimal point, not a comma" : "";
        if (strcmp(field->key, "at") == 0 && field->type == MBP_FIELD_COUNT && is_reference(node->text)) {
            hint = "; addresses count from 0: 400001 is at: 0, 400011 is at: 10";
        }
    } else {
        snprintf(is, sizeof is, "is a %s", node->kind == MBP_NODE_LIST ? "list" : "group of keys");
        bool dash = node->kind == MBP_NODE_MAP && node->first != NULL && node->first->text[0] == '-';
        hint = dash ? "; a '-' needs a blank behind it" : "";
    }
    mbp_reader_tell(reader, node, "'%s' %s; allowed is %s%s%s%s%s", field->key, is, may, hint,
                    near != NULL ? "; did you mean '" : "", near != NULL ? near : "", near != NULL ? "'?" : "");
}

/* ---- values --------------------------------------------------------------------------------------------------- */

static enum mbp_reading verdict(bool right)
{
    return right ? MBP_READING_OK : MBP_READING_WRONG;
}

enum mbp_reading mbp_read_text(struct mbp_reader *reader, const struct mbp_node *node, const struct mbp_field *field,
                               const char **out)
{
    bool ascii = true;
    for (size_t i = 0; node->kind == MBP_NODE_SCALAR && i < node->len; i++) {
        ascii = ascii && (unsigned char)node->text[i] < 0x80;
    }
    if (node->kind != MBP_NODE_SCALAR || mbp_node_is_null(node) || node->len > field->high ||
        !mbp_scalar_printable(node->text, node->len) || (field->type == MBP_FIELD_ASCII && !ascii)) {
        return MBP_READING_WRONG;
    }
    *out = mbp_reader_share_text(reader, node->text, node->len);
    return MBP_READING_OK;
}

/* Placeholders count towards the length only once they are filled in. */
static enum mbp_reading read_name(const struct mbp_node *node, const char **out)
{
    if (node->kind != MBP_NODE_SCALAR || strlen(node->text) != node->len || !mbp_pattern_is_name(node->text) ||
        mbp_node_is_null(node)) {
        return MBP_READING_WRONG;
    }
    struct mbp_counters shortest = {1, 1, 1};
    char name[MBP_NAME_MAX + 1];
    if (mbp_pattern_fill(node->text, &shortest, name, sizeof name) == SIZE_MAX) {
        return MBP_READING_WRONG;
    }
    *out = node->text;
    return MBP_READING_OK;
}

enum mbp_reading mbp_read_endpoint(struct mbp_reader *reader, const struct mbp_node *node, const char **out)
{
    if (node->kind != MBP_NODE_SCALAR || strlen(node->text) != node->len || !mbp_endpoint_is_address(node->text)) {
        return MBP_READING_WRONG;
    }
    *out = mbp_reader_keep(reader, node->text, node->len);
    return MBP_READING_OK;
}

static void miss_names(struct mbp_reader *reader, const struct mbp_schema *schema)
{
    reader->nameless = reader->nameless || schema->named;
    reader->unsure = reader->unsure || schema->named;
}

static enum mbp_reading read_list(struct mbp_reader *reader, const struct mbp_node *node, const struct mbp_field *field,
                                  struct mbp_def_list *list)
{
    const struct mbp_schema *schema = field->schema;
    if (node->kind != MBP_NODE_LIST || node->len > field->high) {
        return MBP_READING_WRONG;
    }
    unsigned char *items = mbp_reader_array(reader, reader->scratch, node->len, schema->size);
    if (items == NULL) {
        return MBP_READING_TOLD;
    }
    uint32_t count = 0;
    for (const struct mbp_node *item = node->first; item != NULL; item = item->next) {
        if (mbp_errors_hopeless(reader->errors)) {
            break;
        }
        if (mbp_read_map(reader, item, schema, items + count * schema->size)) {
            count++;
            continue;
        }
        char keys[256];
        miss_names(reader, schema);
        mbp_reader_tell(reader, item, "an item of '%s' is %s: a group of keys: %s", field->key, schema->noun,
                        mbp_schema_keys(schema, keys, sizeof keys));
    }
    list->items = items;
    list->count = count;
    return MBP_READING_OK;
}

static enum mbp_reading read_plain(const struct mbp_node *node, const struct mbp_field *field, void *at)
{
    const char *text = mbp_node_text(node);
    uint64_t whole;
    double number;
    int choice;
    if (text == NULL) {
        return MBP_READING_WRONG;
    }
    switch (field->type) {
    case MBP_FIELD_COUNT:
        if (!mbp_scalar_unsigned(text, &whole) || (double)whole < field->low || (double)whole > field->high) {
            return MBP_READING_WRONG;
        }
        *(uint32_t *)at = (uint32_t)whole;
        return MBP_READING_OK;
    case MBP_FIELD_SEED:
        return verdict(mbp_scalar_unsigned(text, at));
    case MBP_FIELD_NUMBER:
        if (!mbp_scalar_number(text, &number) || number < field->low || number > field->high) {
            return MBP_READING_WRONG;
        }
        *(double *)at = number;
        return MBP_READING_OK;
    case MBP_FIELD_SHARE:
        if (!mbp_scalar_share(text, &number) || number < 0 || number > 1) {
            return MBP_READING_WRONG;
        }
        *(double *)at = number;
        return MBP_READING_OK;
    case MBP_FIELD_DURATION:
        if (mbp_duration_parse(text, &whole) != MBP_OK || (double)whole < field->low || (double)whole > field->high) {
            return MBP_READING_WRONG;
        }
        *(uint64_t *)at = whole;
        return MBP_READING_OK;
    case MBP_FIELD_BOOL:
        return verdict(mbp_scalar_bool(text, at));
    case MBP_FIELD_CHOICE:
        choice = mbp_words_find(field->words, text);
        if (choice < 0) {
            return MBP_READING_WRONG;
        }
        *(int *)at = choice;
        return MBP_READING_OK;
    case MBP_FIELD_TEXT:
    case MBP_FIELD_ASCII:
    case MBP_FIELD_NAME:
    case MBP_FIELD_ENDPOINT:
    case MBP_FIELD_MAP:
    case MBP_FIELD_LIST:
    case MBP_FIELD_CUSTOM:
        break;
    }
    assert(!"a field type that has a reader of its own");
    return MBP_READING_WRONG;
}

static enum mbp_reading read_value(struct mbp_reader *reader, const struct mbp_node *node,
                                   const struct mbp_field *field, void *at)
{
    switch (field->type) {
    case MBP_FIELD_TEXT:
    case MBP_FIELD_ASCII:
        return mbp_read_text(reader, node, field, at);
    case MBP_FIELD_NAME:
        return read_name(node, at);
    case MBP_FIELD_ENDPOINT:
        return mbp_read_endpoint(reader, node, at);
    case MBP_FIELD_MAP:
        return verdict(mbp_read_map(reader, node, field->schema, at));
    case MBP_FIELD_LIST:
        return read_list(reader, node, field, at);
    case MBP_FIELD_CUSTOM:
        return field->read(reader, node, field, at);
    case MBP_FIELD_COUNT:
    case MBP_FIELD_SEED:
    case MBP_FIELD_NUMBER:
    case MBP_FIELD_SHARE:
    case MBP_FIELD_DURATION:
    case MBP_FIELD_BOOL:
    case MBP_FIELD_CHOICE:
        break;
    }
    return read_plain(node, field, at);
}

/* ---- groups --------------------------------------------------------------------------------------------------- */

static int find_field(const struct mbp_schema *schema, const char *key)
{
    for (unsigned i = 0; i < schema->field_count; i++) {
        if (strcmp(schema->fields[i].key, key) == 0) {
            return (int)i;
        }
    }
    return -1;
}

/* The key before a key of the same group, when its value is a scalar; NULL = there is none. */
static const struct mbp_node *key_before(const struct mbp_node *map, const struct mbp_node *key)
{
    const struct mbp_node *before = NULL;
    for (const struct mbp_node *at = map->first; at != key; at = at->next->next) {
        before = at;
    }
    return before != NULL && before->next->kind == MBP_NODE_SCALAR ? before : NULL;
}

/* What looks like a key but is the rest of something else: of a number with a comma, of a key without its colon.
 * Returns the field that it is about, or -1 (nothing told). */
static int tell_no_key(struct mbp_reader *reader, const struct mbp_node *key, const struct mbp_schema *schema,
                       const struct mbp_node *map)
{
    const struct mbp_node *before = key_before(map, key);
    char text[64];
    if (!mbp_node_is_null(key->next) || key->next->len != 0 || strlen(key->text) != key->len || key->len > 40) {
        return -1;
    }
    int field = before != NULL ? find_field(schema, before->text) : -1;
    if (field >= 0 && before->next->len < 20) {
        snprintf(text, sizeof text, "%s,%s", before->next->text, key->text);
        if (mbp_scalar_has_comma(text)) {
            mbp_reader_tell(reader, before->next, "'%s' is two things; write a decimal point, not a comma: %s.%s", text,
                            before->next->text, key->text);
            return field;
        }
    }
    snprintf(text, sizeof text, "%.*s", (int)strcspn(key->text, " :"), key->text);
    field = strcmp(text, key->text) != 0 ? find_field(schema, text) : -1;
    if (field >= 0) {
        mbp_reader_tell(reader, key, "'%s': there is no ': ' between the key and its value; write %s: VALUE",
                        mbp_scalar_excerpt(key->text, key->len, text, sizeof text), schema->fields[field].key);
    }
    return field;
}

/* A misspelt key counts as given wrongly under its nearest name, so that nobody is told that it is missing as well. */
static void tell_unknown_key(struct mbp_reader *reader, const struct mbp_node *key, const struct mbp_schema *schema,
                             struct mbp_def *def)
{
    const char *names[KEYS_MAX] = {NULL};
    char list[256], excerpt[64];
    int about = tell_no_key(reader, key, schema, def->node);
    if (about >= 0) {
        def->wrong |= MBP_BIT((unsigned)about);
        return;
    }
    for (unsigned i = 0; i < schema->field_count; i++) {
        names[i] = schema->fields[i].key;
    }
    mbp_scalar_excerpt(key->text, key->len, excerpt, sizeof excerpt);
    const char *near = mbp_nearest(key->text, names, schema->field_count);
    if (near != NULL) {
        mbp_reader_tell(reader, key, "'%s' is not a key of %s; did you mean '%s'?", excerpt, schema->noun, near);
        for (unsigned i = 0; i < schema->field_count; i++) {
            def->wrong |= names[i] == near ? MBP_BIT(i) : 0;
        }
    } else {
        mbp_reader_tell(reader, key, "'%s' is not a key of %s; its keys are %s", excerpt, schema->noun,
                        mbp_schema_keys(schema, list, sizeof list));
    }
}

static void read_key(struct mbp_reader *reader, const struct mbp_node *key, const struct mbp_schema *schema,
                     void *target)
{
    struct mbp_def *def = target;
    int found = strlen(key->text) == key->len ? find_field(schema, key->text) : -1;
    if (found < 0) {
        tell_unknown_key(reader, key, schema, def);
        return;
    }
    const struct mbp_field *field = &schema->fields[found];
    uint32_t bit = MBP_BIT((unsigned)found);
    const struct mbp_node *first = mbp_node_find(def->node, field->key);
    if (first != key->next) {
        mbp_reader_tell(reader, key, "'%s' is given twice in %s; the first is in line %u: keep one", field->key,
                        schema->noun, first->line);
        def->wrong |= bit;
        return;
    }
    enum mbp_reading reading = read_value(reader, key->next, field, (unsigned char *)target + field->at);
    if (reading == MBP_READING_OK) {
        def->present |= bit;
        return;
    }
    def->wrong |= bit;
    if (reading == MBP_READING_WRONG) {
        tell_wrong(reader, key->next, field);
    }
}

bool mbp_read_map(struct mbp_reader *reader, const struct mbp_node *node, const struct mbp_schema *schema, void *target)
{
    struct mbp_def *def = target;
    assert(schema->field_count <= KEYS_MAX);
    if (node->kind != MBP_NODE_MAP) {
        return false;
    }
    if (schema->defaults != NULL) {
        schema->defaults(target);
    }
    def->node = node;
    for (const struct mbp_node *key = node->first; key != NULL; key = key->next->next) {
        if (mbp_errors_hopeless(reader->errors)) {
            return true;
        }
        read_key(reader, key, schema, target);
    }
    for (unsigned i = 0; i < schema->field_count; i++) {
        if ((def->wrong & MBP_BIT(i)) != 0 && schema->fields[i].type == MBP_FIELD_LIST) {
            miss_names(reader, schema->fields[i].schema); /* whatever it holds */
        }
        if (schema->fields[i].required && ((def->present | def->wrong) & MBP_BIT(i)) == 0) {
            char may[320];
            mbp_field_allowed(&schema->fields[i], may, sizeof may);
            mbp_reader_tell(reader, node, "%s needs '%s': %s", schema->noun, schema->fields[i].key, may);
            def->wrong |= MBP_BIT(i);
        }
    }
    if (schema->check != NULL) {
        schema->check(reader, target);
    }
    return true;
}
