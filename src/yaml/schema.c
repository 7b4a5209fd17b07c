/* schema: one group of the file -> one struct, key by key. */
#include "schema.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>

#include "mbplant/base/tr.h"
#include "scalar.h"

#define KEYS_MAX 63

void mbp_reader_tell(struct mbp_reader *reader, const struct mbp_node *node, const char *format, ...)
{
    char text[MBP_ERROR_LEN];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, mbp_tr(format), args);
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
    vsnprintf(text, sizeof text, mbp_tr(format), args);
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

void mbp_reader_miss(struct mbp_reader *reader, const struct mbp_schema *schema)
{
    reader->nameless = reader->nameless || schema->named;
    reader->unsure = reader->unsure || schema->named;
}

/* ---- groups --------------------------------------------------------------------------------------------------- */

static int find_field(const struct mbp_schema *schema, const char *key)
{
    for (unsigned i = 0; i < schema->field_count; i++) {
        if (schema->fields[i].key != NULL && strcmp(schema->fields[i].key, key) == 0) {
            return (int)i;
        }
    }
    return schema->words != NULL ? mbp_words_find(schema->words, key) : -1;
}

/* The value of the first key of a group that is this field, by whatever word. */
static const struct mbp_node *first_given(const struct mbp_node *map, const struct mbp_schema *schema, int field)
{
    const struct mbp_node *key = map->first;
    if (schema->words == NULL) {
        return mbp_node_find(map, schema->fields[field].key);
    }
    while (key != NULL && find_field(schema, key->text) != field) {
        key = key->next->next;
    }
    return key != NULL ? key->next : NULL;
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
    unsigned count = 0;
    char list[256], excerpt[64];
    int about = tell_no_key(reader, key, schema, def->node);
    if (about >= 0) {
        def->wrong |= MBP_BIT((unsigned)about);
        return;
    }
    for (unsigned i = 0; i < schema->field_count; i++) {
        if (schema->fields[i].key != NULL) {
            names[count++] = schema->fields[i].key;
        }
    }
    mbp_scalar_excerpt(key->text, key->len, excerpt, sizeof excerpt);
    const char *near = mbp_nearest(key->text, names, count);
    if (near != NULL) {
        mbp_reader_tell(reader, key, "'%s' is not a key of %s; did you mean '%s'?", excerpt, mbp_tr(schema->noun),
                        near);
        int meant = find_field(schema, near);
        assert(meant >= 0);
        def->wrong |= MBP_BIT((unsigned)meant);
    } else {
        mbp_reader_tell(reader, key, "'%s' is not a key of %s; its keys are %s", excerpt, mbp_tr(schema->noun),
                        mbp_schema_keys(schema, list, sizeof list));
    }
}

/* A switch that is on twice is on: files are put together of parts. */
static bool says_the_same(const struct mbp_field *field, const struct mbp_node *first, const struct mbp_node *again)
{
    bool scalars = first->kind == MBP_NODE_SCALAR && again->kind == MBP_NODE_SCALAR;
    return field->type == MBP_FIELD_BOOL && scalars && strcmp(first->text, again->text) == 0;
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
    uint64_t bit = MBP_BIT((unsigned)found);
    const struct mbp_node *first = first_given(def->node, schema, found);
    if (first != key->next && says_the_same(field, first, key->next))
        return;
    if (first != key->next) {
        mbp_reader_tell(reader, key, "'%s' is given twice in %s; the first is in line %u: keep one", field->key,
                        mbp_tr(schema->noun), first->line);
        def->wrong |= bit;
        return;
    }
    enum mbp_reading reading = mbp_read_value(reader, key->next, field, (unsigned char *)target + field->at);
    if (reading == MBP_READING_OK) {
        def->present |= bit;
        return;
    }
    def->wrong |= bit;
    if (reading == MBP_READING_WRONG) {
        mbp_tell_wrong(reader, key->next, field);
    }
}

/* Each default goes through the reader of its key, once a schema. */
static void fill_usual(struct mbp_reader *reader, const struct mbp_schema *schema, void *def)
{
    for (unsigned i = 0; i < schema->field_count; i++) {
        const struct mbp_field *field = &schema->fields[i];
        void *at = (unsigned char *)def + field->at;
        const void *inner = NULL;
        if (field->usual != NULL) {
            const struct mbp_node node = {.text = field->usual,
                                          .len = (uint32_t)strlen(field->usual),
                                          .kind = MBP_NODE_SCALAR,
                                          .plain = field->usual[0] != '\0'};
            enum mbp_reading reading = mbp_read_value(reader, &node, field, at);
            assert(reading == MBP_READING_OK || reader->out_of_memory);
            (void)reading;
        } else if (field->type == MBP_FIELD_MAP && !field->apart) {
            inner = mbp_schema_usual(reader, field->schema);
        }
        if (inner != NULL) {
            memcpy(at, inner, field->schema->size);
        }
    }
    if (schema->defaults != NULL) {
        schema->defaults(def);
    }
}

const void *mbp_schema_usual(struct mbp_reader *reader, const struct mbp_schema *schema)
{
    for (unsigned i = 0; i < reader->usual_count; i++) {
        if (reader->usual[i].schema == schema) {
            return reader->usual[i].def;
        }
    }
    void *def = mbp_reader_array(reader, reader->scratch, 1, schema->size);
    if (def == NULL) {
        return NULL;
    }
    fill_usual(reader, schema, def);
    assert(reader->usual_count < MBP_SCHEMAS_MAX);
    reader->usual[reader->usual_count].schema = schema;
    reader->usual[reader->usual_count++].def = def;
    return def;
}

bool mbp_read_map(struct mbp_reader *reader, const struct mbp_node *node, const struct mbp_schema *schema, void *target)
{
    struct mbp_def *def = target;
    assert(schema->field_count <= KEYS_MAX);
    if (node->kind != MBP_NODE_MAP) {
        return false;
    }
    const void *usual = mbp_schema_usual(reader, schema);
    if (usual == NULL) {
        return true;
    }
    memcpy(target, usual, schema->size);
    if (schema->enter != NULL) {
        schema->enter(reader, node);
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
            mbp_reader_miss(reader, schema->fields[i].schema); /* whatever it holds */
        }
        if (schema->fields[i].required && ((def->present | def->wrong) & MBP_BIT(i)) == 0) {
            char may[320];
            mbp_field_allowed(&schema->fields[i], may, sizeof may);
            mbp_reader_tell(reader, node, "%s needs '%s': %s", mbp_tr(schema->noun), schema->fields[i].key, may);
            def->wrong |= MBP_BIT(i);
        }
    }
    if (schema->check != NULL) {
        schema->check(reader, target);
    }
    return true;
}
