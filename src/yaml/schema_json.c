/* schema_json: the keys of a file as a JSON Schema (draft 7), for editors with a YAML language server. It says what
 * rows say; what keys have to do with each other only mbplantd --check tells. */
#include <inttypes.h>
#include <string.h>

#include "scalar.h"
#include "schema.h"

static void put_words(FILE *out, const struct mbp_words *words)
{
    fputs("\"enum\": [", out);
    for (unsigned i = 0; i < words->count; i++) {
        fputs(i == 0 ? "" : ", ", out);
        mbp_print_text(out, words->names[i]);
        if (words->names[i][strspn(words->names[i], "0123456789")] == '\0')
            fprintf(out, ", %s", words->names[i]); /* a file has a number there */
    }
    for (unsigned i = 0; i < words->synonym_count; i++) {
        fputs(", ", out);
        mbp_print_text(out, words->synonyms[i].word);
    }
    fputc(']', out);
}

static void put_bounds(FILE *out, const struct mbp_field *field)
{
    if (field->low > -DBL_MAX) {
        mbp_print_number(out, ", \"minimum\": ", field->low);
    }
    if (field->high < DBL_MAX) {
        mbp_print_number(out, ", \"maximum\": ", field->high);
    }
}

static void put_group(FILE *out, const struct mbp_schema *schema);

/* The schema of types of which a row says no more. */
static const char *const fixed[] = {
    [MBP_FIELD_NAME] = "\"type\": [\"string\", \"boolean\"], \"pattern\": \"^[A-Za-z]([A-Za-z0-9_.-]|[{][nmu][}])*$\"",
    [MBP_FIELD_RANGE] = "\"type\": \"array\", \"items\": {\"type\": \"number\"}, \"minItems\": 2, \"maxItems\": 2",
    [MBP_FIELD_SIZE] = "\"type\": \"string\", \"pattern\": \"^[0-9.]+ *([kMG]B|[KMG]iB)$\"",
    [MBP_FIELD_BOOL] = "\"type\": \"boolean\"",
    [MBP_FIELD_ENDPOINT] = "\"type\": \"string\", \"pattern\": \":[0-9]+$\"",
    [MBP_FIELD_CUSTOM] = NULL,
};

static void put_type(FILE *out, const struct mbp_field *field);

static void put_map(FILE *out, const struct mbp_field *field)
{
    if (field->brief != NULL) {
        fputs("\"anyOf\": [{", out);
        put_type(out, field->brief);
        fputs("}, {", out);
    }
    put_group(out, field->schema);
    fputs(field->brief != NULL ? "}]" : "", out);
}

static void put_list(FILE *out, double most, const struct mbp_field *field)
{
    fprintf(out, "\"type\": \"array\", \"maxItems\": %.0f, \"items\": {", most);
    if (field->type == MBP_FIELD_VALUES) {
        fprintf(out, "\"type\": \"integer\", \"minimum\": 0, \"maximum\": %.0f", field->high);
    } else {
        put_group(out, field->schema);
    }
    fputc('}', out);
}

/* The members of a value's schema. */
static void put_type(FILE *out, const struct mbp_field *field)
{
    if (fixed[field->type] != NULL) {
        fputs(fixed[field->type], out);
        return;
    }
    switch ((int)field->type) {
    case MBP_FIELD_TEXT:
    case MBP_FIELD_ASCII: /* a number or a truth value is a text as well */
        fprintf(out, "\"type\": [\"string\", \"number\", \"boolean\"], \"maxLength\": %.0f", field->high);
        return;
    case MBP_FIELD_COUNT:
    case MBP_FIELD_NUMBER:
        fprintf(out, "\"type\": \"%s\"", field->type == MBP_FIELD_COUNT ? "integer" : "number");
        put_bounds(out, field);
        return;
    case MBP_FIELD_SHARE:
        fputs("\"anyOf\": [{\"type\": \"number\", \"minimum\": 0, \"maximum\": 1}, ", out);
        fputs("{\"type\": \"string\", \"pattern\": \"^[0-9.]+ *%$\"}]", out);
        return;
    case MBP_FIELD_DURATION:
        fputs("\"type\": \"string\", \"pattern\": \"" MBP_DURATION_PATTERN "\"", out);
        return;
    case MBP_FIELD_SEED:
        fprintf(out, "\"type\": \"integer\", \"minimum\": 0, \"maximum\": %" PRIu64, UINT64_MAX);
        return;
    case MBP_FIELD_CHOICE:
        put_words(out, field->words);
        return;
    case MBP_FIELD_CHOICES:
        fputs("\"type\": \"array\", \"items\": {", out);
        put_words(out, field->words);
        fputc('}', out);
        return;
    case MBP_FIELD_VALUES:
        put_list(out, 65536, field);
        return;
    case MBP_FIELD_MAP:
        put_map(out, field);
        return;
    case MBP_FIELD_LIST:
        put_list(out, field->high, field);
        return;
    default:
        fputs(field->json, out);
        return;
    }
}

/* Its help, with what a pattern cannot say. */
static void put_description(FILE *out, const struct mbp_field *field)
{
    char text[512], may[320];
    size_t used = (size_t)snprintf(text, sizeof text, "%s", field->help);
    if (field->unit != NULL) {
        used += (size_t)snprintf(text + used, sizeof text - used, " (in %s)", field->unit);
    }
    if (field->type == MBP_FIELD_DURATION || field->type == MBP_FIELD_SIZE) {
        mbp_field_allowed(field, may, sizeof may);
        snprintf(text + used, sizeof text - used, ": %s", may);
    }
    fputs("\"description\": ", out);
    mbp_print_text(out, text);
}

static bool is_bare(const struct mbp_field *field)
{
    bool number = field->json != NULL && strstr(field->json, "\"type\": \"number\"") != NULL;
    return number || field->type == MBP_FIELD_COUNT || field->type == MBP_FIELD_SEED ||
           field->type == MBP_FIELD_NUMBER || field->type == MBP_FIELD_SHARE || field->type == MBP_FIELD_BOOL;
}

static void put_key(FILE *out, const struct mbp_field *field)
{
    mbp_print_text(out, field->key);
    fputs(": {", out);
    put_description(out, field);
    if (field->usual != NULL) {
        fputs(", \"default\": ", out);
        if (is_bare(field)) {
            fputs(field->usual, out);
        } else {
            mbp_print_text(out, field->usual);
        }
    }
    fputs(", ", out);
    put_type(out, field);
    fputc('}', out);
}

/* Other words for a key: taken, and no editor proposes them. */
static void put_synonyms(FILE *out, const struct mbp_schema *schema)
{
    const char *before = ", \"patternProperties\": {\n";
    for (unsigned f = 0; schema->words != NULL && f < schema->words->count; f++) {
        const char *bar = "\"^(";
        fputs(before, out);
        for (unsigned i = 0; i < schema->words->synonym_count; i++) {
            if (schema->words->synonyms[i].value != (int)f)
                continue;
            fprintf(out, "%s%s", bar, schema->words->synonyms[i].word);
            bar = "|";
        }
        fputs(")$\": {", out);
        put_type(out, &schema->fields[f]);
        fputc('}', out);
        before = ",\n";
    }
    fputs(schema->words != NULL ? "}" : "", out);
}

static void put_group(FILE *out, const struct mbp_schema *schema)
{
    const char *comma = "";
    fputs("\"type\": \"object\", \"additionalProperties\": false, \"required\": [", out);
    for (unsigned i = 0; i < schema->field_count; i++) {
        if (schema->fields[i].required) {
            fputs(comma, out);
            mbp_print_text(out, schema->fields[i].key);
            comma = ", ";
        }
    }
    fputs("], \"properties\": {", out);
    comma = "\n";
    for (unsigned i = 0; i < schema->field_count; i++) {
        if (schema->fields[i].key != NULL) {
            fputs(comma, out);
            put_key(out, &schema->fields[i]);
            comma = ",\n";
        }
    }
    fputc('}', out);
    put_synonyms(out, schema);
}

void mbp_schema_json(FILE *out, const struct mbp_schema *schema, const char *title)
{
    fputs("{\"$schema\": \"http://json-schema.org/draft-07/schema#\", \"title\": ", out);
    mbp_print_text(out, title);
    fputs(", ", out);
    put_group(out, schema);
    fputs("}\n", out);
}
