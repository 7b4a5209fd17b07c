/* schema_same: two structs of one schema, key by key. */
#include <math.h>
#include <string.h>

#include "schema.h"

static bool same_number(double a, double b)
{
    return isnan(a) || isnan(b) ? isnan(a) && isnan(b) : !(a < b) && !(a > b);
}

static bool same_values(const struct mbp_values_def *a, const struct mbp_values_def *b)
{
    return a->count == b->count && (a->count == 0 || memcmp(a->items, b->items, a->count * sizeof *a->items) == 0);
}

static bool same_list(const struct mbp_field *field, const struct mbp_def_list *a, const struct mbp_def_list *b)
{
    bool same = a->count == b->count;
    for (uint32_t i = 0; same && i < a->count; i++) {
        size_t at = i * field->schema->size;
        same = mbp_schema_differs(field->schema, (const unsigned char *)a->items + at,
                                  (const unsigned char *)b->items + at, 1) == 0;
    }
    return same;
}

static bool same_value(const struct mbp_field *field, const void *a, const void *b)
{
    const double *numbers = a, *others = b;
    switch (field->type) {
    case MBP_FIELD_TEXT:
    case MBP_FIELD_ASCII:
    case MBP_FIELD_NAME:
    case MBP_FIELD_ENDPOINT:
        return mbp_text_same(*(const char *const *)a, *(const char *const *)b);
    case MBP_FIELD_COUNT:
    case MBP_FIELD_CHOICE:
    case MBP_FIELD_CHOICES:
        return mbp_field_get(field, a) == mbp_field_get(field, b);
    case MBP_FIELD_NUMBER:
    case MBP_FIELD_SHARE:
        return same_number(*numbers, *others);
    case MBP_FIELD_RANGE:
        return same_number(numbers[0], others[0]) && same_number(numbers[1], others[1]);
    case MBP_FIELD_SEED:
    case MBP_FIELD_DURATION:
    case MBP_FIELD_SIZE:
        return *(const uint64_t *)a == *(const uint64_t *)b;
    case MBP_FIELD_BOOL:
        return *(const bool *)a == *(const bool *)b;
    case MBP_FIELD_VALUES:
        return same_values(a, b);
    case MBP_FIELD_LIST:
        return same_list(field, a, b);
    case MBP_FIELD_CUSTOM:
        return field->same(a, b);
    case MBP_FIELD_MAP:
        break;
    }
    const struct mbp_def *group = a;
    bool brief = field->brief != NULL && group->present == 0 && ((const struct mbp_def *)b)->present == 0;
    return brief ? same_value(field->brief, mbp_field_at(field->brief, a), mbp_field_at(field->brief, b))
                 : mbp_schema_differs(field->schema, a, b, 1) == 0;
}

uint32_t mbp_schema_differs(const struct mbp_schema *schema, const void *a, const void *b, uint32_t other)
{
    uint32_t found = 0;
    for (unsigned i = 0; i < schema->field_count; i++) {
        const struct mbp_field *field = &schema->fields[i];
        bool has = mbp_def_has(a, i), had = mbp_def_has(b, i);
        bool same = has == had && (!has || same_value(field, mbp_field_at(field, a), mbp_field_at(field, b)));
        if (!same && !field->place) {
            found |= field->change != 0 ? field->change : other;
        }
    }
    return found;
}
