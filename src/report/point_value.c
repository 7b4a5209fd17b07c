/* What stands in a point's words, as JSON. */
#include <math.h>

#include "mbplant/json.h"
#include "mbplant/report.h"

static void put_text(const struct mbp_point *point, const uint16_t *words, uint32_t count, FILE *out)
{
    char text[2 * MBP_REPORT_POINT_WORDS + 1];
    mbp_codec_text((enum mbp_order)point->order, words, count, text);
    putc('"', out);
    mbp_json_put_text(out, mbp_text_as_utf8(text));
    putc('"', out);
}

void mbp_report_point_value(const struct mbp_point *point, uint16_t *words, uint32_t count, FILE *out)
{
    char text[32];
    const struct mbp_register reg = mbp_point_register(point);
    if (point->own != NULL && point->own->mask != 0)
        words[0] = (uint16_t)((words[0] & point->own->mask) >> point->own->shift);
    bool unused = point->field != NULL && point->field->write == MBP_WRITE_LIMIT && mbp_register_unused(&reg, words);
    if (mbp_table_is_bits(point->table) || point->type == MBP_BOOL) {
        fputs(words[0] != 0 ? "true" : "false", out);
    } else if (point->type == MBP_STRING) {
        put_text(point, words, count, out);
    } else if (point->type == MBP_FLOAT32) {
        float number = (float)mbp_register_decode(&reg, words);
        fputs(isfinite(number) ? mbp_float_text(number, text, sizeof text) : "null", out);
    } else if (point->type == MBP_FLOAT64 && mbp_register_is_plain(&reg)) {
        double number = mbp_register_decode(&reg, words);
        fputs(isfinite(number) ? mbp_number_shortest(number, text) : "null", out);
    } else if (mbp_register_is_wide(&reg)) {
        uint64_t bits = mbp_codec_bits((enum mbp_type)point->type, (enum mbp_order)point->order, words);
        struct mbp_whole whole = mbp_codec_whole_of((enum mbp_type)point->type, bits);
        fputs(mbp_whole_text(&whole, text), out);
    } else {
        mbp_json_put_number(out, unused ? (double)NAN : mbp_register_decode(&reg, words));
    }
}
