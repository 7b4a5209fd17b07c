/* allowed: what a key may hold, in words, for messages. */
#include <stdio.h>

#include "mbplant/base/tr.h"
#include "scalar.h"
#include "schema.h"

const char *mbp_schema_keys(const struct mbp_schema *schema, char *buf, size_t size)
{
    size_t used = 0;
    buf[0] = '\0';
    for (unsigned i = 0; i < schema->field_count && used < size; i++) {
        if (schema->fields[i].key != NULL) {
            used += (size_t)snprintf(buf + used, size - used, "%s%s", used == 0 ? "" : ", ", schema->fields[i].key);
        }
    }
    return buf;
}

static void number_allowed(const struct mbp_field *field, char *buf, size_t size)
{
    char low[32], high[32];
    mbp_scalar_format(field->low, low, sizeof low);
    mbp_scalar_format(field->high, high, sizeof high);
    if (field->high < DBL_MAX) {
        snprintf(buf, size, mbp_tr("a number %s..%s"), low, high);
    } else if (field->low > -DBL_MAX) {
        snprintf(buf, size, mbp_tr("a number, at least %s"), low);
    } else {
        snprintf(buf, size, "%s", mbp_tr("a number"));
    }
}

/* Types of which a row says no more. */
static const char *const fixed[] = {
    [MBP_FIELD_SEED] = "a whole number 0..18446744073709551615",
    [MBP_FIELD_SHARE] = "a share 0..1 or a percentage such as 1.5%",
    [MBP_FIELD_RANGE] = "two numbers, the lower first: [0, 150]",
    [MBP_FIELD_BOOL] = "true or false",
    [MBP_FIELD_ENDPOINT] = "ADDRESS:PORT such as 127.0.0.1:5020 or \"[::1]:5020\" in quotes",
    [MBP_FIELD_CUSTOM] = NULL,
};

static void span_allowed(const struct mbp_field *field, char *buf, size_t size)
{
    char low[64], high[64];
    if (field->type == MBP_FIELD_DURATION) {
        mbp_duration_format((uint64_t)field->low, low, sizeof low);
        mbp_duration_format((uint64_t)field->high, high, sizeof high);
        snprintf(buf, size, mbp_tr("a duration %s..%s, a number with its unit (us ms s min h d)"), low, high);
    } else {
        mbp_scalar_size_format((uint64_t)field->low, low, sizeof low);
        mbp_scalar_size_format((uint64_t)field->high, high, sizeof high);
        snprintf(buf, size, mbp_tr("a size %s..%s such as 500MB"), low, high);
    }
}

static void map_allowed(const struct mbp_field *field, char *buf, size_t size)
{
    char list[256], brief[128] = "";
    if (field->brief != NULL) {
        mbp_field_allowed(field->brief, brief, sizeof brief);
    }
    snprintf(buf, size, mbp_tr("%s%sa group of keys: %s"), brief, brief[0] != '\0' ? mbp_tr(", or ") : "",
             mbp_schema_keys(field->schema, list, sizeof list));
}

void mbp_field_allowed(const struct mbp_field *field, char *buf, size_t size)
{
    char list[256];
    const char *always = field->allowed != NULL ? field->allowed : fixed[field->type];
    if (always != NULL) {
        snprintf(buf, size, "%s", mbp_tr(always));
        return;
    }
    switch ((int)field->type) {
    case MBP_FIELD_TEXT:
        snprintf(buf, size, mbp_tr("a text of one line, at most %.0f bytes"), field->high);
        break;
    case MBP_FIELD_ASCII:
        snprintf(buf, size, mbp_tr("a text of printable ASCII, at most %.0f characters"), field->high);
        break;
    case MBP_FIELD_NAME:
        snprintf(buf, size, mbp_tr("a name of at most %d letters, digits, '_', '-', '.', a letter first"),
                 MBP_NAME_MAX);
        break;
    case MBP_FIELD_COUNT:
        snprintf(buf, size, mbp_tr("a whole number %.0f..%.0f"), field->low, field->high);
        break;
    case MBP_FIELD_NUMBER:
        number_allowed(field, buf, size);
        break;
    case MBP_FIELD_DURATION:
    case MBP_FIELD_SIZE:
        span_allowed(field, buf, size);
        break;
    case MBP_FIELD_CHOICE:
        snprintf(buf, size, mbp_tr("one of %s"), mbp_words_list(field->words, list, sizeof list));
        break;
    case MBP_FIELD_CHOICES:
        snprintf(buf, size, mbp_tr("a list of %s"), mbp_words_list(field->words, list, sizeof list));
        break;
    case MBP_FIELD_VALUES:
        snprintf(buf, size, mbp_tr("a list of whole numbers 0..%.0f"), field->high);
        break;
    case MBP_FIELD_MAP:
        map_allowed(field, buf, size);
        break;
    case MBP_FIELD_LIST:
        snprintf(buf, size, mbp_tr("a list of at most %.0f, each %s"), field->high, mbp_tr(field->schema->noun));
        break;
    default:
        break;
    }
}
