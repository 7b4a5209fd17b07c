/* Nouns as JSON: a loop over their fields. */
#include <math.h>
#include <string.h>

#include "mbplant/json.h"
#include "web_priv.h"

void web_put_text(FILE *out, const char *text)
{
    if (text == NULL) {
        fputs("null", out);
        return;
    }
    putc('"', out);
    mbp_json_put_text(out, text);
    putc('"', out);
}

void web_put_number(FILE *out, double number)
{
    mbp_json_put_number(out, number);
}

void web_put_time(FILE *out, uint64_t wall_ms)
{
    char text[32];
    web_put_text(out, wall_ms != 0 ? mbp_time_format(wall_ms, text, sizeof text) : NULL);
}

static double member_number(const struct mbp_member *member, const unsigned char *at)
{
    switch ((enum mbp_member_kind)member->kind) {
    case MBP_MEMBER_U8:
        return *at;
    case MBP_MEMBER_U16: {
        uint16_t number;
        memcpy(&number, at, sizeof number);
        return number;
    }
    case MBP_MEMBER_U32: {
        uint32_t number;
        memcpy(&number, at, sizeof number);
        return number;
    }
    case MBP_MEMBER_U64: {
        uint64_t number;
        memcpy(&number, at, sizeof number);
        return (double)number;
    }
    case MBP_MEMBER_DOUBLE: {
        double number;
        memcpy(&number, at, sizeof number);
        return number;
    }
    case MBP_MEMBER_BOOL:
    case MBP_MEMBER_NONE:
        break;
    }
    return (double)NAN;
}

/* A figure that says MBP_VIEW_NONE is of nothing. */
static void put_member(const struct web_field *field, const struct web_item *item)
{
    const unsigned char *at = (const unsigned char *)item->view + field->member.at;
    if (field->member.kind == MBP_MEMBER_BOOL) {
        fputs(*(const bool *)at ? "true" : "false", item->out);
        return;
    }
    double number = member_number(&field->member, at);
    if (field->nullable && field->member.kind == MBP_MEMBER_U32 && number >= (double)MBP_VIEW_NONE)
        number = (double)NAN;
    if (field->kind == WEB_TIME)
        web_put_time(item->out, (uint64_t)number * 1000u);
    else
        web_put_number(item->out, number);
}

void web_put_noun(const struct web_noun *noun, const struct web_item *item)
{
    for (unsigned f = 0; f < noun->field_count; f++) {
        const struct web_field *field = &noun->fields[f];
        fputs(f == 0 ? "{\"" : ",\"", item->out);
        fputs(field->key, item->out);
        fputs("\":", item->out);
        if (field->put != NULL)
            field->put(item);
        else
            put_member(field, item);
    }
    putc('}', item->out);
}
