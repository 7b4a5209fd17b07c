/* schema_print: values as the loader reads them back, and the keys of a struct by its schema. */
#include <inttypes.h>
#include <string.h>

#include "scalar.h"
#include "schema.h"

/* What ends a line in YAML 1.1, which would be folded to a blank: its bytes, and its escape (YAML 1.2, 5.7). */
static const struct {
    const char *bytes, *escape;
} breaks[] = {
    {"\n", "\\n"}, {"\r", "\\r"}, {"\xC2\x85", "\\N"}, {"\xE2\x80\xA8", "\\L"}, {"\xE2\x80\xA9", "\\P"},
};

/* How many bytes of text were printed as an escape. */
static size_t print_escaped(FILE *out, const char *text)
{
    for (size_t i = 0; i < sizeof breaks / sizeof breaks[0]; i++) {
        const size_t len = strlen(breaks[i].bytes);
        if (strncmp(text, breaks[i].bytes, len) == 0) {
            fputs(breaks[i].escape, out);
            return len;
        }
    }
    if (*text == '"' || *text == '\\')
        fprintf(out, "\\%c", *text);
    else if ((unsigned char)*text < 0x20 || *text == 0x7F)
        fprintf(out, "\\x%02X", (unsigned)(unsigned char)*text);
    else
        return 0;
    return 1;
}

void mbp_print_text(FILE *out, const char *text)
{
    fputc('"', out);
    while (*text != '\0') {
        const size_t escaped = print_escaped(out, text);
        if (escaped == 0)
            fputc(*text, out);
        text += escaped > 0 ? escaped : 1;
    }
    fputc('"', out);
}

/* A name needs no quotes, but one of them has a meaning in YAML. */
void mbp_print_name(FILE *out, const char *name)
{
    if (strcmp(name, "null") == 0) {
        mbp_print_text(out, name);
    } else {
        fputs(name, out);
    }
}

void mbp_print_number(FILE *out, const char *before, double value)
{
    char buf[32];
    fprintf(out, "%s%s", before, mbp_scalar_format(value, buf, sizeof buf));
}

static void print_size(FILE *out, const char *before, uint64_t bytes)
{
    char buf[32];
    fprintf(out, "%s%s", before, mbp_scalar_size_format(bytes, buf, sizeof buf));
}

void mbp_print_duration(FILE *out, const char *before, uint64_t ns)
{
    char buf[32];
    fprintf(out, "%s%s", before, mbp_duration_format(ns, buf, sizeof buf));
}

/* ---- rows ------------------------------------------------------------------------------------------------------- */

static void print_list(FILE *out, const struct mbp_field *field, const void *at, const char *indent);

static void print_words(FILE *out, const struct mbp_field *field, uint64_t bits)
{
    const char *comma = "";
    fputc('[', out);
    for (unsigned i = 0; i < field->words->count; i++) {
        if ((bits >> i & 1u) != 0) {
            fprintf(out, "%s%s", comma, field->words->names[i]);
            comma = ", ";
        }
    }
    fputc(']', out);
}

static void print_values(FILE *out, const struct mbp_values_def *values)
{
    fputc('[', out);
    for (uint32_t i = 0; i < values->count; i++) {
        fprintf(out, "%s%u", i == 0 ? "" : ", ", values->items[i]);
    }
    fputc(']', out);
}

static void print_value(FILE *out, const struct mbp_field *field, const void *at)
{
    const double *numbers = at;
    switch (field->type) {
    case MBP_FIELD_TEXT:
    case MBP_FIELD_ASCII:
    case MBP_FIELD_ENDPOINT:
        mbp_print_text(out, *(const char *const *)at);
        return;
    case MBP_FIELD_NAME:
        mbp_print_name(out, *(const char *const *)at);
        return;
    case MBP_FIELD_COUNT:
        fprintf(out, "%" PRIu64, mbp_field_get(field, at));
        return;
    case MBP_FIELD_SEED:
        fprintf(out, "%" PRIu64, *(const uint64_t *)at);
        return;
    case MBP_FIELD_NUMBER:
    case MBP_FIELD_SHARE:
        mbp_print_number(out, "", *numbers);
        return;
    case MBP_FIELD_RANGE:
        mbp_print_number(out, "[", numbers[0]);
        mbp_print_number(out, ", ", numbers[1]);
        fputc(']', out);
        return;
    case MBP_FIELD_DURATION:
        mbp_print_duration(out, "", *(const uint64_t *)at);
        return;
    case MBP_FIELD_SIZE:
        print_size(out, "", *(const uint64_t *)at);
        return;
    case MBP_FIELD_BOOL:
        fputs(*(const bool *)at ? "true" : "false", out);
        return;
    case MBP_FIELD_CHOICE:
        fputs(field->words->names[mbp_field_get(field, at)], out);
        return;
    case MBP_FIELD_CHOICES:
        print_words(out, field, mbp_field_get(field, at));
        return;
    case MBP_FIELD_VALUES:
        print_values(out, at);
        return;
    case MBP_FIELD_CUSTOM:
        field->print(out, at);
        return;
    case MBP_FIELD_MAP:
    case MBP_FIELD_LIST:
        return;
    }
}

/* The same in brackets, without a line's end. */
static void schema_print_flow(FILE *out, const struct mbp_schema *schema, const void *def)
{
    const char *comma = "{";
    for (unsigned i = 0; i < schema->field_count; i++) {
        const struct mbp_field *field = &schema->fields[i];
        if (!mbp_def_has(def, i)) {
            continue;
        }
        fprintf(out, "%s%s: ", comma, field->key);
        comma = ", ";
        const void *at = mbp_field_at(field, def);
        const struct mbp_def *group = at;
        if (field->type != MBP_FIELD_MAP) {
            print_value(out, field, at);
        } else if (group->present == 0 && field->brief != NULL) {
            print_value(out, field->brief, mbp_field_at(field->brief, group));
        } else {
            schema_print_flow(out, field->schema, group);
        }
    }
    fputs(comma[0] == '{' ? "{}" : "}", out);
}

static void print_row(FILE *out, const struct mbp_field *field, const void *at, const char *indent)
{
    const struct mbp_def *group = at;
    if (field->type == MBP_FIELD_LIST) {
        print_list(out, field, at, indent);
        return;
    }
    if (field->type != MBP_FIELD_MAP) {
        fprintf(out, "%s%s: ", indent, field->key);
        print_value(out, field, at);
    } else if (group->present == 0 && field->brief != NULL) {
        fprintf(out, "%s%s: ", indent, field->key);
        print_value(out, field->brief, mbp_field_at(field->brief, group));
    } else if (field->schema->flow) {
        fprintf(out, "%s%s: ", indent, field->key);
        schema_print_flow(out, field->schema, group);
    } else {
        char inner[32];
        snprintf(inner, sizeof inner, "%s  ", indent);
        fprintf(out, "%s%s:\n", indent, field->key);
        mbp_schema_print(out, field->schema, group, inner);
        return;
    }
    fputc('\n', out);
}

/* Items stand in brackets, each on a line; a list without any is left out. */
static void print_list(FILE *out, const struct mbp_field *field, const void *at, const char *indent)
{
    const struct mbp_def_list *list = at;
    if (list->count > 0) {
        fprintf(out, "%s%s:\n", indent, field->key);
    }
    for (uint32_t i = 0; i < list->count; i++) {
        fprintf(out, "%s  - ", indent);
        schema_print_flow(out, field->schema, (const unsigned char *)list->items + i * field->schema->size);
        fputc('\n', out);
    }
}

void mbp_schema_print(FILE *out, const struct mbp_schema *schema, const void *def, const char *indent)
{
    for (unsigned i = 0; i < schema->field_count; i++) {
        if (mbp_def_has(def, i)) {
            print_row(out, &schema->fields[i], mbp_field_at(&schema->fields[i], def), indent);
        }
    }
}
