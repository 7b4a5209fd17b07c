/* value: the value of one key, by its row. */
#include <assert.h>
#include <string.h>

#include "mbplant/base/tr.h"
#include "pattern.h"
#include "scalar.h"
#include "schema.h"

/* ---- members ---------------------------------------------------------------------------------------------------- */

uint64_t mbp_field_get(const struct mbp_field *field, const void *at)
{
    switch (field->size) {
    case 1:
        return *(const uint8_t *)at;
    case 2:
        return *(const uint16_t *)at;
    case 8:
        return *(const uint64_t *)at;
    default:
        return *(const uint32_t *)at;
    }
}

static void field_set(const struct mbp_field *field, void *at, uint64_t value)
{
    switch (field->size) {
    case 1:
        *(uint8_t *)at = (uint8_t)value;
        return;
    case 2:
        *(uint16_t *)at = (uint16_t)value;
        return;
    case 8:
        *(uint64_t *)at = value;
        return;
    default:
        *(uint32_t *)at = (uint32_t)value;
    }
}

/* ---- messages ------------------------------------------------------------------------------------------------- */

/* A register as people call it, with six digits, of which the first is the table's. */
static bool is_reference(const char *text)
{
    uint64_t number;
    bool six = mbp_scalar_unsigned(text, &number) && number >= 100001 && number <= 465536;
    return six && number % 100000 >= 1 && number % 100000 <= 65536;
}

void mbp_tell_wrong(struct mbp_reader *reader, const struct mbp_node *node, const struct mbp_field *field)
{
    char may[320], excerpt[64], is[80];
    const char *near = NULL, *hint = "";
    mbp_field_allowed(field, may, sizeof may);
    if (mbp_node_is_null(node)) {
        snprintf(is, sizeof is, "%s", mbp_tr("has no value"));
    } else if (node->kind == MBP_NODE_SCALAR) {
        snprintf(is, sizeof is, mbp_tr("is '%s'"), mbp_scalar_excerpt(node->text, node->len, excerpt, sizeof excerpt));
        if (field->type == MBP_FIELD_CHOICE) {
            near = mbp_nearest(node->text, field->words->names, field->words->count);
        }
        hint = mbp_scalar_has_comma(node->text) ? mbp_tr("; write a decimal point, not a comma") : "";
        if (strcmp(field->key, "at") == 0 && (field->type == MBP_FIELD_COUNT || field->place) &&
            is_reference(node->text)) {
            hint = mbp_tr("; addresses count from 0: 400001 is at: 0, 400011 is at: 10");
        }
    } else {
        snprintf(is, sizeof is, "%s", mbp_tr(node->kind == MBP_NODE_LIST ? "is a list" : "is a group of keys"));
        bool dash = node->kind == MBP_NODE_MAP && node->first != NULL && node->first->text[0] == '-';
        hint = dash ? mbp_tr("; a '-' needs a blank behind it") : "";
    }
    mbp_reader_tell(reader, node, "'%s' %s; allowed is %s%s%s%s%s", field->key, is, may, hint,
                    near != NULL ? mbp_tr("; did you mean '") : "", near != NULL ? near : "",
                    near != NULL ? mbp_tr("'?") : "");
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

static enum mbp_reading read_endpoint(struct mbp_reader *reader, const struct mbp_node *node, const char **out)
{
    if (node->kind != MBP_NODE_SCALAR || strlen(node->text) != node->len || !mbp_endpoint_is_address(node->text)) {
        return MBP_READING_WRONG;
    }
    *out = mbp_reader_keep(reader, node->text, node->len);
    return MBP_READING_OK;
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
        mbp_reader_miss(reader, schema);
        mbp_reader_tell(reader, item, "an item of '%s' is %s: a group of keys: %s", field->key, mbp_tr(schema->noun),
                        mbp_schema_keys(schema, keys, sizeof keys));
    }
    list->items = items;
    list->count = count;
    return MBP_READING_OK;
}

/* [low, high] */
static enum mbp_reading read_range(const struct mbp_node *node, double *range)
{
    double low, high;
    if (node->kind != MBP_NODE_LIST || node->len != 2) {
        return MBP_READING_WRONG;
    }
    const char *first = mbp_node_text(node->first), *second = mbp_node_text(node->first->next);
    if (first == NULL || second == NULL || !mbp_scalar_number(first, &low) || !mbp_scalar_number(second, &high)) {
        return MBP_READING_WRONG;
    }
    range[0] = low;
    range[1] = high;
    return MBP_READING_OK;
}

static enum mbp_reading read_choices(struct mbp_reader *reader, const struct mbp_node *node,
                                     const struct mbp_field *field, void *at)
{
    uint64_t bits = 0;
    char may[320];
    if (node->kind != MBP_NODE_LIST) {
        return MBP_READING_WRONG;
    }
    for (const struct mbp_node *item = node->first; item != NULL; item = item->next) {
        const char *text = mbp_node_text(item);
        int word = text == NULL ? -1 : mbp_words_find(field->words, text);
        if (word < 0) {
            const char *near = text == NULL ? NULL : mbp_nearest(text, field->words->names, field->words->count);
            mbp_field_allowed(field, may, sizeof may);
            mbp_reader_tell(reader, item, "'%s' names %s that does not exist; allowed is %s%s%s%s", field->key,
                            mbp_tr(field->words->what), may, near != NULL ? mbp_tr("; did you mean '") : "",
                            near != NULL ? near : "", near != NULL ? mbp_tr("'?") : "");
            return MBP_READING_TOLD;
        }
        bits |= UINT64_C(1) << word;
    }
    field_set(field, at, bits);
    return MBP_READING_OK;
}

/* A list of numbers 0..field->high. */
/* A list of numbers 0..field->high. */
static enum mbp_reading read_values(struct mbp_reader *reader, const struct mbp_node *node,
                                    const struct mbp_field *field, struct mbp_values_def *values)
{
    if (node->kind != MBP_NODE_LIST || node->len > 65536) {
        return MBP_READING_WRONG;
    }
    uint16_t *items = mbp_reader_array(reader, reader->keep, node->len, sizeof *items);
    if (items == NULL) {
        return MBP_READING_TOLD;
    }
    bool right = true;
    uint32_t count = 0;
    for (const struct mbp_node *item = node->first; item != NULL && !mbp_errors_hopeless(reader->errors);
         item = item->next) {
        const char *text = mbp_node_text(item);
        uint64_t value;
        if (text == NULL || !mbp_scalar_unsigned(text, &value) || (double)value > field->high) {
            char excerpt[64] = "a group";
            if (item->kind == MBP_NODE_SCALAR) {
                mbp_scalar_excerpt(item->text, item->len, excerpt, sizeof excerpt);
            }
            mbp_reader_tell(reader, item, "value %u is '%s'; allowed is a whole number 0..%.0f", count + 1, excerpt,
                            field->high);
            right = false;
            value = 0;
        }
        items[count++] = (uint16_t)value;
    }
    *values = (struct mbp_values_def){items, count};
    return right ? MBP_READING_OK : MBP_READING_TOLD;
}

/* In its brief form a group is one word; its struct has no keys then, and its node is that word. What is wrong in a
 * group that has such a form is told, and there is no value. */
static enum mbp_reading read_group(struct mbp_reader *reader, const struct mbp_node *node,
                                   const struct mbp_field *field, void *at)
{
    const struct mbp_schema *schema = field->schema;
    struct mbp_def *def = at;
    if (field->apart) {
        def = mbp_reader_array(reader, reader->scratch, 1, schema->size);
        if (def == NULL) {
            return MBP_READING_TOLD;
        }
        *(void **)at = def;
    }
    if (field->brief == NULL) {
        return verdict(mbp_read_map(reader, node, schema, def));
    }
    if (node->kind == MBP_NODE_MAP) {
        mbp_read_map(reader, node, schema, def);
        return def->wrong == 0 ? MBP_READING_OK : MBP_READING_TOLD;
    }
    const void *usual = mbp_schema_usual(reader, schema);
    if (usual == NULL) {
        return MBP_READING_TOLD;
    }
    memcpy(def, usual, schema->size);
    def->node = node;
    return mbp_read_value(reader, node, field->brief, (unsigned char *)def + field->brief->at);
}

/* A whole number, whatever it counts, within its row's bounds. */
static enum mbp_reading read_whole(const struct mbp_field *field, void *at, bool readable, uint64_t whole)
{
    if (!readable || (double)whole < field->low || (double)whole > field->high) {
        return MBP_READING_WRONG;
    }
    if (field->type == MBP_FIELD_COUNT) {
        field_set(field, at, whole);
    } else {
        *(uint64_t *)at = whole;
    }
    return MBP_READING_OK;
}

static enum mbp_reading read_real(double low, double high, void *at, bool readable, double number)
{
    if (!readable || number < low || number > high) {
        return MBP_READING_WRONG;
    }
    *(double *)at = number;
    return MBP_READING_OK;
}

static enum mbp_reading read_choice(const char *text, const struct mbp_field *field, void *at)
{
    int choice = mbp_words_find(field->words, text);
    if (choice < 0) {
        return MBP_READING_WRONG;
    }
    field_set(field, at, (uint64_t)choice);
    return MBP_READING_OK;
}

static enum mbp_reading read_plain(const struct mbp_node *node, const struct mbp_field *field, void *at)
{
    const char *text = mbp_node_text(node);
    uint64_t whole = 0;
    double number = 0;
    bool readable;
    if (text == NULL) {
        return MBP_READING_WRONG;
    }
    switch ((int)field->type) {
    case MBP_FIELD_COUNT:
        readable = mbp_scalar_unsigned(text, &whole);
        return read_whole(field, at, readable, whole);
    case MBP_FIELD_SEED:
        return verdict(mbp_scalar_unsigned(text, at));
    case MBP_FIELD_NUMBER:
        readable = mbp_scalar_number(text, &number);
        return read_real(field->low, field->high, at, readable, number);
    case MBP_FIELD_SHARE:
        readable = mbp_scalar_share(text, &number);
        return read_real(0, 1, at, readable, number);
    case MBP_FIELD_DURATION:
        readable = mbp_duration_parse(text, &whole) == MBP_OK;
        return read_whole(field, at, readable, whole);
    case MBP_FIELD_SIZE:
        readable = mbp_scalar_size(text, &whole);
        return read_whole(field, at, readable, whole);
    case MBP_FIELD_BOOL:
        return verdict(mbp_scalar_bool(text, at));
    case MBP_FIELD_CHOICE:
        return read_choice(text, field, at);
    default:
        assert(!"a field type that has a reader of its own");
        return MBP_READING_WRONG;
    }
}

enum mbp_reading mbp_read_value(struct mbp_reader *reader, const struct mbp_node *node, const struct mbp_field *field,
                                void *at)
{
    switch (field->type) {
    case MBP_FIELD_TEXT:
    case MBP_FIELD_ASCII:
        return mbp_read_text(reader, node, field, at);
    case MBP_FIELD_NAME:
        return read_name(node, at);
    case MBP_FIELD_RANGE:
        return read_range(node, at);
    case MBP_FIELD_CHOICES:
        return read_choices(reader, node, field, at);
    case MBP_FIELD_VALUES:
        return read_values(reader, node, field, at);
    case MBP_FIELD_ENDPOINT:
        return read_endpoint(reader, node, at);
    case MBP_FIELD_MAP:
        return read_group(reader, node, field, at);
    case MBP_FIELD_LIST:
        return read_list(reader, node, field, at);
    case MBP_FIELD_CUSTOM:
        return field->read(reader, node, field, at);
    case MBP_FIELD_COUNT:
    case MBP_FIELD_SEED:
    case MBP_FIELD_NUMBER:
    case MBP_FIELD_SHARE:
    case MBP_FIELD_DURATION:
    case MBP_FIELD_SIZE:
    case MBP_FIELD_BOOL:
    case MBP_FIELD_CHOICE:
        break;
    }
    return read_plain(node, field, at);
}
