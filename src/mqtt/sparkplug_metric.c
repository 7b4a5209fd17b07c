/* Points as metrics of Sparkplug: how they are named, which types they have, what they show. */
#include <math.h>
#include <string.h>

#include "mbplant/base/bits.h"
#include "sparkplug.h"

static struct sparkplug *of(const struct mqtt_link *link)
{
    return link->own;
}

/* ---- names and types --------------------------------------------------------------------------------------------- */

const char *sparkplug_name(const struct mqtt_metric *metric, char *buf, size_t size)
{
    const char *owner = metric->row.owner, *rest = metric->name;
    size_t len = strlen(owner);
    bool owned = len > 0 && strncmp(rest, owner, len) == 0 && rest[len] == '.';
    bool whole = owned && metric->device != NULL && strcmp(owner, metric->device) == 0;
    size_t at = 0;
    if (owned)
        rest += len + 1;
    if (owned && !whole)
        at = (size_t)snprintf(buf, size, "%s/", owner);
    snprintf(buf + at, size - at, "%s", rest);
    for (char *dot = buf + at; owned && *dot != '\0'; dot++) {
        if (*dot == '.')
            *dot = '/';
    }
    return buf;
}

static bool is_scaled(const struct mbp_point *point)
{
    return point->scale < 1 || point->scale > 1 || point->offset < 0 || point->offset > 0;
}

void sparkplug_set_type(struct mqtt_metric *metric)
{
    static const uint8_t types[MBP_TYPE_COUNT] = {
        [MBP_INT16] = MQTT_INT16,   [MBP_UINT16] = MQTT_UINT16, [MBP_UINT8] = MQTT_UINT8,
        [MBP_INT32] = MQTT_INT32,   [MBP_UINT32] = MQTT_UINT32, [MBP_INT64] = MQTT_INT64,
        [MBP_UINT64] = MQTT_UINT64, [MBP_FLOAT32] = MQTT_FLOAT, [MBP_FLOAT64] = MQTT_DOUBLE};
    const struct mbp_point *point = &metric->row.point;
    metric->datatype = MQTT_STRING;
    if (metric->is_text || metric->is_state)
        return;
    uint8_t type = metric->is_bit ? MQTT_BOOLEAN : types[point->type];
    metric->is_direct = metric->is_bit || (type != 0 && !is_scaled(point));
    metric->datatype = type == 0 || (!metric->is_direct && type != MQTT_FLOAT) ? MQTT_DOUBLE : type;
}

uint8_t sparkplug_plain(const struct mqtt_metric *metric)
{
    bool plain = metric->is_direct && metric->datatype == MQTT_FLOAT;
    return (uint8_t)(plain ? MQTT_PLAIN_FLOAT + metric->row.point.order : MQTT_NOT_PLAIN);
}

/* What a point shows, as a metric without a name. text: MQTT_TEXT_MAX + 1 bytes. */
static struct mqtt_metric_out metric_of(struct mqtt_link *link, const struct mqtt_change *change, char *text)
{
    const struct mqtt_metric *metric = &link->roster->metrics[change->metric];
    uint16_t words[4];
    mqtt_words(change, words);
    struct mqtt_metric_out out = {.alias = link->roster->alias_base + change->metric + 1,
                                  .time_ms = change->time_ms,
                                  .datatype = metric->datatype,
                                  .quality = change->bad ? MQTT_QUALITY_BAD : MQTT_QUALITY_GOOD,
                                  .low = (double)NAN,
                                  .high = (double)NAN};
    bool unused = metric->is_limit && !metric->is_bit && mbp_register_unused(&metric->reg, words);
    if (metric->is_text) {
        out.text = mqtt_shown_text(link->roster, change->metric, text);
    } else if (metric->is_state) {
        out.text = words[0] < MBP_STATE_COUNT ? mbp_state_name((enum mbp_state_code)words[0]) : "";
    } else if (metric->is_bit) {
        out.whole = words[0] != 0;
    } else if (out.datatype == MQTT_FLOAT || out.datatype == MQTT_DOUBLE) {
        out.number = mbp_register_decode(&metric->reg, words);
        unused = unused || !isfinite(out.number);
    } else {
        const struct mbp_point *point = &metric->row.point;
        uint64_t bits = mbp_codec_bits((enum mbp_type)point->type, (enum mbp_order)point->order, words);
        out.whole = point->type == MBP_INT16 ? (int16_t)bits : point->type == MBP_INT32 ? (int32_t)bits : (int64_t)bits;
    }
    out.null = unused || change->time_ms == 0;
    return out;
}

void sparkplug_put_birth_metric(struct mqtt_link *link, uint32_t m)
{
    const struct mqtt_metric *metric = &link->roster->metrics[m];
    struct mqtt_change change = link->roster->now[m];
    char name[160], text[MQTT_TEXT_MAX + 1];
    change.metric = m;
    struct mqtt_metric_out out = metric_of(link, &change, text);
    out.name = sparkplug_name(metric, name, sizeof name);
    out.time_ms = change.time_ms != 0 ? change.time_ms : of(link)->born_ms;
    out.say_datatype = out.say_quality = true;
    if (out.datatype != MQTT_STRING && out.datatype != MQTT_BOOLEAN) {
        out.unit_text = metric->row.point.unit_text;
        out.low = metric->row.range[0];
        out.high = metric->row.range[1];
    }
    mqtt_payload_metric(&of(link)->payload, &out);
}

void sparkplug_put_own(struct sparkplug *own, const char *name, uint8_t datatype, int64_t whole)
{
    const struct mqtt_metric_out out = {.name = name,
                                        .time_ms = own->born_ms,
                                        .datatype = datatype,
                                        .say_datatype = true,
                                        .whole = whole,
                                        .low = (double)NAN,
                                        .high = (double)NAN};
    mqtt_payload_metric(&own->payload, &out);
}

/* ---- data -------------------------------------------------------------------------------------------------------- */

static bool is_finite(uint8_t datatype, uint64_t bits)
{
    const uint64_t exponent = datatype == MQTT_FLOAT ? UINT64_C(0x7F800000) : UINT64_C(0x7FF) << 52;
    return (datatype != MQTT_FLOAT && datatype != MQTT_DOUBLE) || (bits & exponent) != exponent;
}

/* A number as it goes out. False: it is no number, or none just now. */
static bool number_of(const struct mqtt_metric *metric, const struct mqtt_change *change, uint64_t *bits)
{
    uint16_t words[4];
    mqtt_words(change, words);
    if (metric->datatype == MQTT_STRING ||
        (metric->is_limit && !metric->is_bit && mbp_register_unused(&metric->reg, words)))
        return false;
    if (metric->is_bit) {
        *bits = words[0] != 0;
    } else if (metric->is_direct) {
        *bits = mbp_codec_bits(metric->reg.type, metric->reg.order, words);
        if (metric->datatype == MQTT_INT16)
            *bits = (uint64_t)(int64_t)(int16_t)*bits;
    } else {
        double number = mbp_register_decode(&metric->reg, words);
        *bits = metric->datatype == MQTT_FLOAT ? mbp_bits_of_float((float)number) : mbp_bits_of_double(number);
    }
    return is_finite(metric->datatype, *bits);
}

/* A text, or that there is no number. */
static __attribute__((noinline)) void put_other(struct mqtt_link *link, const struct mqtt_change *change,
                                                bool historical, bool quality)
{
    char text[MQTT_TEXT_MAX + 1];
    struct mqtt_metric_out out = metric_of(link, change, text);
    out.historical = historical;
    out.say_quality = quality;
    mqtt_payload_metric(&of(link)->payload, &out);
}

static void put_value(struct mqtt_link *link, const struct mqtt_change *change, bool historical)
{
    struct sparkplug *own = of(link);
    const struct mqtt_metric *metric = &link->roster->metrics[change->metric];
    const struct mqtt_change *before = &link->roster->now[change->metric];
    uint64_t bits = 0;
    bool quality = change->bad || before->bad || historical;
    if (number_of(metric, change, &bits)) {
        unsigned tell = !quality ? 0 : change->bad ? MQTT_TELL_BAD : MQTT_TELL_GOOD;
        mqtt_payload_number(&own->payload, link->roster->alias_base + change->metric + 1, change->time_ms,
                            (enum mqtt_datatype)metric->datatype, bits, tell | (historical ? MQTT_TELL_HISTORICAL : 0));
        return;
    }
    put_other(link, change, historical, quality);
}

/* A float's bits from its two words. */
static inline uint32_t float_bits(uint8_t plain, uint64_t words)
{
    const unsigned order = plain - (unsigned)MQTT_PLAIN_FLOAT;
    uint32_t bits = (uint32_t)words;
    if (order == MBP_ABCD || order == MBP_BADC)
        bits = bits << 16 | bits >> 16;
    if (order == MBP_BADC || order == MBP_DCBA)
        bits = (bits & 0x00FF00FFu) << 8 | (bits >> 8 & 0x00FF00FFu);
    return bits;
}

/* Whether a change is a float, as it stands, and nothing else is to be said of it. */
static inline bool is_plain(const struct mqtt_roster *roster, const struct mqtt_change *change, uint32_t *bits)
{
    const uint8_t plain = roster->plain[change->metric];
    if (plain == MQTT_NOT_PLAIN || change->bad || roster->now[change->metric].bad)
        return false;
    *bits = float_bits(plain, change->bits);
    return is_finite(MQTT_FLOAT, *bits);
}

/* Nearly all that most plants send is floats: they go out by many. */
void sparkplug_put_values(struct mqtt_link *link, const struct mqtt_change *changes, uint32_t count, bool historical)
{
    struct mqtt_payload *payload = &of(link)->payload;
    struct mqtt_float floats[MQTT_VALUES_AT_ONCE];
    const uint64_t base = link->roster->alias_base + 1;
    uint32_t many = 0;
    for (uint32_t c = 0; c < count; c++) {
        uint32_t bits;
        if (!historical && is_plain(link->roster, &changes[c], &bits)) {
            floats[many++] = (struct mqtt_float){base + changes[c].metric, bits};
            continue;
        }
        mqtt_payload_floats(payload, changes[c].time_ms, floats, many);
        many = 0;
        put_value(link, &changes[c], historical);
    }
    if (many > 0)
        mqtt_payload_floats(payload, changes[0].time_ms, floats, many);
}
