/* Payloads of Sparkplug B, written and read. */
#include "payload.h"
#include "mbplant/base/bits.h"

#include <endian.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ROOM_FIRST 4096u

enum wire { WIRE_VARINT = 0, WIRE_64 = 1, WIRE_BYTES = 2, WIRE_32 = 5 };

/* Fields: of a payload, a metric, a set of properties, a property. */
enum { PAYLOAD_TIME = 1, PAYLOAD_METRICS = 2, PAYLOAD_SEQ = 3 };
enum {
    METRIC_NAME = 1,
    METRIC_ALIAS = 2,
    METRIC_TIME = 3,
    METRIC_DATATYPE = 4,
    METRIC_HISTORICAL = 5,
    METRIC_NULL = 7,
    METRIC_PROPERTIES = 9,
    METRIC_INT = 10,
    METRIC_LONG = 11,
    METRIC_FLOAT = 12,
    METRIC_DOUBLE = 13,
    METRIC_BOOLEAN = 14,
    METRIC_STRING = 15
};
enum { PROPERTIES_KEYS = 1, PROPERTIES_VALUES = 2 };
enum { PROPERTY_TYPE = 1, PROPERTY_INT = 3, PROPERTY_DOUBLE = 6, PROPERTY_STRING = 8 };

/* ---- writing ----------------------------------------------------------------------------------------------------- */

static bool grow(struct mqtt_payload *payload, size_t more)
{
    size_t size = payload->size == 0 ? ROOM_FIRST : 2 * payload->size;
    while (size - payload->len < more)
        size *= 2;
    uint8_t *bytes = payload->failed ? NULL : realloc(payload->bytes, size);
    payload->failed = bytes == NULL;
    if (bytes == NULL)
        return false;
    payload->bytes = bytes;
    payload->size = size;
    return true;
}

static inline bool has_room(struct mqtt_payload *payload, size_t more)
{
    return payload->size - payload->len >= more || grow(payload, more);
}

static size_t varint(uint8_t *at, uint64_t number)
{
    size_t len = 0;
    while (number >= 0x80) {
        at[len++] = (uint8_t)(number | 0x80);
        number >>= 7;
    }
    at[len++] = (uint8_t)number;
    return len;
}

static void put_number(struct mqtt_payload *payload, unsigned field, uint64_t number)
{
    if (!has_room(payload, 12))
        return;
    payload->bytes[payload->len++] = (uint8_t)(field << 3 | WIRE_VARINT);
    payload->len += varint(payload->bytes + payload->len, number);
}

static void put_fixed(struct mqtt_payload *payload, unsigned field, enum wire wire, uint64_t bits)
{
    unsigned bytes = wire == WIRE_64 ? 8 : 4;
    if (!has_room(payload, 1 + bytes))
        return;
    payload->bytes[payload->len++] = (uint8_t)(field << 3 | wire);
    for (unsigned i = 0; i < bytes; i++)
        payload->bytes[payload->len++] = (uint8_t)(bits >> 8 * i);
}

static void put_double(struct mqtt_payload *payload, unsigned field, double number)
{
    put_fixed(payload, field, WIRE_64, mbp_bits_of_double(number));
}

static void put_float(struct mqtt_payload *payload, unsigned field, float number)
{
    put_fixed(payload, field, WIRE_32, mbp_bits_of_float(number));
}

static void put_text(struct mqtt_payload *payload, unsigned field, const char *text)
{
    size_t len = strlen(text);
    if (!has_room(payload, 12 + len))
        return;
    payload->bytes[payload->len++] = (uint8_t)(field << 3 | WIRE_BYTES);
    payload->len += varint(payload->bytes + payload->len, len);
    memcpy(payload->bytes + payload->len, text, len);
    payload->len += len;
}

/* A message inside begins; returns where, for end. Nearly all are shorter than 128 bytes, so their length has one. */
static size_t begin(struct mqtt_payload *payload, unsigned field)
{
    if (!has_room(payload, 2))
        return 0;
    payload->bytes[payload->len] = (uint8_t)(field << 3 | WIRE_BYTES);
    payload->len += 2;
    return payload->len;
}

static void end(struct mqtt_payload *payload, size_t at)
{
    uint8_t len[10];
    if (payload->failed || !has_room(payload, sizeof len))
        return;
    size_t size = payload->len - at, more = varint(len, size) - 1;
    memmove(payload->bytes + at + more, payload->bytes + at, more > 0 ? size : 0);
    memcpy(payload->bytes + at - 1, len, more + 1);
    payload->len += more;
}

void mqtt_payload_begin(struct mqtt_payload *payload, uint64_t time_ms)
{
    payload->len = 0;
    payload->failed = false;
    put_number(payload, PAYLOAD_TIME, time_ms);
    uint8_t bytes[16] = {METRIC_TIME << 3 | WIRE_VARINT};
    size_t len = 1 + varint(bytes + 1, time_ms);
    payload->time_ms = len <= 8 ? time_ms : UINT64_MAX; /* that no message has */
    payload->time_len = (uint8_t)len;
    memcpy(&payload->time_bytes, bytes, sizeof payload->time_bytes);
    payload->time_bytes = le64toh(payload->time_bytes);
}

void mqtt_payload_seq(struct mqtt_payload *payload, uint8_t seq)
{
    put_number(payload, PAYLOAD_SEQ, seq);
}

/* Integers of up to 32 bits stand in an int, as their 32 bits; longer ones in a long. */
static void put_value(struct mqtt_payload *payload, const struct mqtt_metric_out *metric)
{
    switch ((enum mqtt_datatype)metric->datatype) {
    case MQTT_FLOAT:
        put_float(payload, METRIC_FLOAT, (float)metric->number);
        break;
    case MQTT_DOUBLE:
        put_double(payload, METRIC_DOUBLE, metric->number);
        break;
    case MQTT_BOOLEAN:
        put_number(payload, METRIC_BOOLEAN, metric->whole != 0);
        break;
    case MQTT_STRING:
        put_text(payload, METRIC_STRING, metric->text != NULL ? metric->text : "");
        break;
    case MQTT_INT64:
    case MQTT_UINT64:
    case MQTT_DATETIME:
        put_number(payload, METRIC_LONG, (uint64_t)metric->whole);
        break;
    case MQTT_INT8:
    case MQTT_INT16:
    case MQTT_INT32:
    case MQTT_UINT8:
    case MQTT_UINT16:
    case MQTT_UINT32:
        put_number(payload, METRIC_INT, (uint32_t)metric->whole);
        break;
    }
}

/* Keys first, then as many values. */
static void put_properties(struct mqtt_payload *payload, const struct mqtt_metric_out *metric)
{
    bool unit = metric->unit_text != NULL && metric->unit_text[0] != '\0';
    bool range = isfinite(metric->low) && isfinite(metric->high);
    if (!unit && !range && !metric->say_quality)
        return;
    size_t set = begin(payload, METRIC_PROPERTIES), at;
    if (metric->say_quality)
        put_text(payload, PROPERTIES_KEYS, "Quality");
    if (unit)
        put_text(payload, PROPERTIES_KEYS, "engUnit");
    if (range) {
        put_text(payload, PROPERTIES_KEYS, "engLow");
        put_text(payload, PROPERTIES_KEYS, "engHigh");
    }
    if (metric->say_quality) {
        at = begin(payload, PROPERTIES_VALUES);
        put_number(payload, PROPERTY_TYPE, MQTT_INT32);
        put_number(payload, PROPERTY_INT, metric->quality);
        end(payload, at);
    }
    if (unit) {
        at = begin(payload, PROPERTIES_VALUES);
        put_number(payload, PROPERTY_TYPE, MQTT_STRING);
        put_text(payload, PROPERTY_STRING, metric->unit_text);
        end(payload, at);
    }
    for (int e = 0; range && e < 2; e++) {
        at = begin(payload, PROPERTIES_VALUES);
        put_number(payload, PROPERTY_TYPE, MQTT_DOUBLE);
        put_double(payload, PROPERTY_DOUBLE, e == 0 ? metric->low : metric->high);
        end(payload, at);
    }
    end(payload, set);
}

/* So many bytes count; eight are written, for which there is room. */
static inline uint8_t *put_eight(uint8_t *at, unsigned bytes, uint64_t number)
{
    number = htole64(number);
    memcpy(at, &number, sizeof number);
    return at + bytes;
}

/* The set of properties that holds a quality alone, ready. */
#define QUALITY_KEY(len) METRIC_PROPERTIES << 3 | WIRE_BYTES, len, 0x0A, 7, 'Q', 'u', 'a', 'l', 'i', 't', 'y'
static const uint8_t quality_good[] = {QUALITY_KEY(16), 0x12, 5, 0x08, MQTT_INT32, 0x18, 0xC0, 0x01};
static const uint8_t quality_bad[] = {QUALITY_KEY(15), 0x12, 4, 0x08, MQTT_INT32, 0x18, 0x00};

void mqtt_payload_number(struct mqtt_payload *payload, uint64_t alias, uint64_t time_ms, enum mqtt_datatype datatype,
                         uint64_t bits, unsigned tell)
{
    if (!has_room(payload, 96)) /* at most 65 are needed */
        return;
    uint8_t *begun = payload->bytes + payload->len, *at = begun + 2;
    *at++ = METRIC_ALIAS << 3 | WIRE_VARINT;
    at += varint(at, alias);
    if (time_ms == payload->time_ms) { /* the message's own, and mostly it is */
        at = put_eight(at, payload->time_len, payload->time_bytes);
    } else {
        *at++ = METRIC_TIME << 3 | WIRE_VARINT;
        at += varint(at, time_ms);
    }
    if ((tell & MQTT_TELL_HISTORICAL) != 0) {
        *at++ = METRIC_HISTORICAL << 3 | WIRE_VARINT;
        *at++ = 1;
    }
    if ((tell & MQTT_TELL_BAD) != 0)
        at = (uint8_t *)memcpy(at, quality_bad, sizeof quality_bad) + sizeof quality_bad;
    else if ((tell & MQTT_TELL_GOOD) != 0)
        at = (uint8_t *)memcpy(at, quality_good, sizeof quality_good) + sizeof quality_good;
    if (datatype == MQTT_FLOAT) {
        at = put_eight(at, 5, bits << 8 | METRIC_FLOAT << 3 | WIRE_32);
    } else if (datatype == MQTT_DOUBLE) {
        *at++ = METRIC_DOUBLE << 3 | WIRE_64;
        at = put_eight(at, 8, bits);
    } else {
        bool flag = datatype == MQTT_BOOLEAN, wide = datatype == MQTT_INT64 || datatype == MQTT_UINT64;
        *at++ = (uint8_t)((flag ? METRIC_BOOLEAN : wide ? METRIC_LONG : METRIC_INT) << 3 | WIRE_VARINT);
        at += varint(at, wide ? bits : (uint32_t)bits);
    }
    begun[0] = PAYLOAD_METRICS << 3 | WIRE_BYTES;
    begun[1] = (uint8_t)(at - begun - 2); /* at most 63 */
    payload->len += (size_t)(at - begun);
}

/* A float of this century is 12 len, 10 alias, 18 time, 65 float; of one to the next only the alias and the float are
 * other. So it is two words and the float, for which there is room. Returns how many of floats have an alias of so many
 * bytes, 1 to 3. */
#define FLOAT_TIME_LEN 7u
#define FLOAT_LEN      15u /* and the alias */
static inline uint32_t put_floats(struct mqtt_payload *payload, const struct mqtt_float *floats, uint32_t count,
                                  const unsigned alias_len)
{
    const unsigned time_at = 24 + 8 * alias_len;
    const uint64_t least = alias_len == 1 ? 0 : UINT64_C(1) << 7 * (alias_len - 1), end = UINT64_C(1) << 7 * alias_len;
    const uint64_t more = alias_len == 1 ? 0 : alias_len == 2 ? 0x80 : 0x8080;
    const uint64_t first = (PAYLOAD_METRICS << 3 | WIRE_BYTES) | (FLOAT_LEN - 2 + alias_len) << 8 |
                           (METRIC_ALIAS << 3 | WIRE_VARINT) << 16 | more << 24 | payload->time_bytes << time_at;
    const uint64_t second = payload->time_bytes >> (64 - time_at) | (uint64_t)(METRIC_FLOAT << 3 | WIRE_32)
                                                                        << 8 * (2 + alias_len);
    uint8_t *at = payload->bytes + payload->len;
    uint32_t f = 0;
    for (; f < count && floats[f].alias - least < end - least; f++) {
        uint64_t alias = floats[f].alias;
        const uint32_t bits = htole32(floats[f].bits);
        if (alias_len > 1) /* seven bits a byte */
            alias += alias & ~UINT64_C(0x7F);
        if (alias_len > 2)
            alias += alias & ~UINT64_C(0x7FFF);
        put_eight(at, 8, first + (alias << 24));
        put_eight(at + 8, 8, second);
        memcpy(at + 11 + alias_len, &bits, sizeof bits);
        at += FLOAT_LEN + alias_len;
    }
    payload->len = (size_t)(at - payload->bytes);
    return f;
}

void mqtt_payload_floats(struct mqtt_payload *payload, uint64_t time_ms, const struct mqtt_float *floats,
                         uint32_t count)
{
    const bool usual = time_ms == payload->time_ms && payload->time_len == FLOAT_TIME_LEN;
    for (uint32_t f = 0; f < count;) {
        if (usual && has_room(payload, (size_t)(count - f) * (FLOAT_LEN + 3))) {
            f += put_floats(payload, floats + f, count - f, 1);
            f += put_floats(payload, floats + f, count - f, 2);
            f += put_floats(payload, floats + f, count - f, 3);
        }
        if (f < count) {
            mqtt_payload_number(payload, floats[f].alias, time_ms, MQTT_FLOAT, floats[f].bits, 0);
            f++;
        }
    }
}

void mqtt_payload_metric(struct mqtt_payload *payload, const struct mqtt_metric_out *metric)
{
    size_t at = begin(payload, PAYLOAD_METRICS);
    if (metric->name != NULL)
        put_text(payload, METRIC_NAME, metric->name);
    if (metric->alias != 0)
        put_number(payload, METRIC_ALIAS, metric->alias);
    put_number(payload, METRIC_TIME, metric->time_ms);
    if (metric->say_datatype)
        put_number(payload, METRIC_DATATYPE, metric->datatype);
    if (metric->historical)
        put_number(payload, METRIC_HISTORICAL, 1);
    if (metric->null)
        put_number(payload, METRIC_NULL, 1);
    put_properties(payload, metric);
    if (!metric->null)
        put_value(payload, metric);
    end(payload, at);
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

struct cursor {
    const uint8_t *at, *end;
};

/* One field: its number, and what it holds. */
struct field {
    uint64_t number;
    unsigned wire;
    uint64_t bits;
    const uint8_t *bytes;
    size_t len;
};

static bool take_varint(struct cursor *cursor, uint64_t *out)
{
    *out = 0;
    for (unsigned shift = 0; shift < 64 && cursor->at < cursor->end; shift += 7) {
        uint8_t byte = *cursor->at++;
        *out |= (uint64_t)(byte & 0x7Fu) << shift;
        if ((byte & 0x80u) == 0)
            return true;
    }
    return false;
}

static bool take_fixed(struct cursor *cursor, unsigned bytes, uint64_t *out)
{
    if ((size_t)(cursor->end - cursor->at) < bytes)
        return false;
    *out = 0;
    for (unsigned i = 0; i < bytes; i++)
        *out |= (uint64_t)*cursor->at++ << 8 * i;
    return true;
}

/* False: the bytes are none. */
static bool take_field(struct cursor *cursor, struct field *field)
{
    uint64_t tag, len;
    if (!take_varint(cursor, &tag))
        return false;
    *field = (struct field){.number = tag >> 3, .wire = (unsigned)(tag & 7u)};
    switch (field->wire) {
    case WIRE_VARINT:
        return take_varint(cursor, &field->bits);
    case WIRE_64:
        return take_fixed(cursor, 8, &field->bits);
    case WIRE_32:
        return take_fixed(cursor, 4, &field->bits);
    case WIRE_BYTES:
        if (!take_varint(cursor, &len) || len > (uint64_t)(cursor->end - cursor->at))
            return false;
        field->bytes = cursor->at;
        field->len = (size_t)len;
        cursor->at += len;
        return true;
    default:
        return false;
    }
}

/* A field with another kind of content than it has by its number is no field of ours. */
static void take_into(const struct field *field, struct mqtt_metric_in *metric)
{
    bool number = field->wire == WIRE_VARINT, bytes = field->wire == WIRE_BYTES;
    if (field->number == METRIC_NAME && bytes) {
        metric->name = (const char *)field->bytes;
        metric->name_len = field->len;
    } else if (field->number == METRIC_ALIAS && number) {
        metric->alias = field->bits;
    } else if (field->number == METRIC_DATATYPE && number) {
        metric->datatype = field->bits;
    } else if (field->number == METRIC_NULL && number) {
        metric->null = field->bits != 0;
    } else if ((field->number == METRIC_INT || field->number == METRIC_LONG || field->number == METRIC_BOOLEAN) &&
               number) {
        metric->kind = field->number == METRIC_INT    ? MQTT_VALUE_INT
                       : field->number == METRIC_LONG ? MQTT_VALUE_LONG
                                                      : MQTT_VALUE_FLAG;
        metric->whole = field->bits;
    } else if (field->number == METRIC_FLOAT && field->wire == WIRE_32) {
        metric->kind = MQTT_VALUE_REAL;
        metric->number = (double)mbp_float_of_bits((uint32_t)field->bits);
    } else if (field->number == METRIC_DOUBLE && field->wire == WIRE_64) {
        metric->kind = MQTT_VALUE_REAL;
        metric->number = mbp_double_of_bits(field->bits);
    } else if (field->number == METRIC_STRING && bytes) {
        metric->kind = MQTT_VALUE_TEXT;
        metric->text = (const char *)field->bytes;
        metric->text_len = field->len;
    }
}

static bool read_metric(const struct field *from, struct mqtt_metric_in *metric)
{
    struct cursor cursor = {from->bytes, from->bytes + from->len};
    struct field field;
    *metric = (struct mqtt_metric_in){0};
    while (cursor.at < cursor.end) {
        if (!take_field(&cursor, &field))
            return false;
        take_into(&field, metric);
    }
    return true;
}

/* With take NULL it looks whether all is good. */
static bool read_all(const uint8_t *bytes, size_t len, void (*take)(void *, const struct mqtt_metric_in *), void *ctx)
{
    struct cursor cursor = {bytes, bytes + len};
    struct mqtt_metric_in metric;
    struct field field;
    unsigned count = 0;
    while (cursor.at < cursor.end) {
        if (!take_field(&cursor, &field))
            return false;
        if (field.number != PAYLOAD_METRICS || field.wire != WIRE_BYTES)
            continue;
        if (++count > MQTT_METRICS_MAX || !read_metric(&field, &metric))
            return false;
        if (take != NULL)
            take(ctx, &metric);
    }
    return true;
}

bool mqtt_payload_read(const uint8_t *bytes, size_t len, void (*take)(void *ctx, const struct mqtt_metric_in *metric),
                       void *ctx)
{
    return len > 0 && read_all(bytes, len, NULL, NULL) && read_all(bytes, len, take, ctx);
}

bool mqtt_metric_number(const struct mqtt_metric_in *metric, double *out)
{
    if (metric->null || metric->kind == MQTT_VALUE_NONE || metric->kind == MQTT_VALUE_TEXT)
        return false;
    if (metric->kind == MQTT_VALUE_REAL)
        *out = metric->number;
    else if (metric->datatype >= MQTT_INT8 && metric->datatype <= MQTT_INT32)
        *out = (double)(int32_t)(uint32_t)metric->whole;
    else if (metric->datatype == MQTT_INT64)
        *out = (double)(int64_t)metric->whole;
    else
        *out = (double)metric->whole;
    return isfinite(*out);
}
