/* Payloads of Sparkplug B: the bytes that the wire format of protobuf asks for, and what is read of them. */
#include "payload.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"

static const struct mqtt_metric_out plain = {.low = NAN, .high = NAN};

static void assert_bytes(struct mqtt_payload *payload, const char *expected, size_t len)
{
    assert_false(payload->failed);
    assert_int_equal(payload->len, len);
    assert_memory_equal(payload->bytes, expected, len);
    free(payload->bytes);
}

static void test_metric_has_the_bytes_of_the_wire_format(void **state)
{
    (void)state;
    struct mqtt_payload payload = {0};
    struct mqtt_metric_out metric = plain;
    metric.name = "ab";
    metric.alias = 300;
    metric.time_ms = 1;
    metric.datatype = MQTT_INT32;
    metric.say_datatype = true;
    metric.whole = -1;
    mqtt_payload_begin(&payload, 2);
    mqtt_payload_metric(&payload, &metric);
    mqtt_payload_seq(&payload, 255);
    static const char expected[] = "\x08\x02" /* timestamp */
                                   "\x12\x11" /* a metric of 17 bytes */
                                   "\x0a\x02"
                                   "ab"                       /* name */
                                   "\x10\xac\x02"             /* alias */
                                   "\x18\x01"                 /* its time */
                                   "\x20\x03"                 /* type */
                                   "\x50\xff\xff\xff\xff\x0f" /* 32 bits of -1 */
                                   "\x18\xff\x01";            /* seq */
    assert_bytes(&payload, expected, sizeof expected - 1);
}

static void test_long_message_inside_has_a_longer_length(void **state)
{
    (void)state;
    struct mqtt_payload payload = {0};
    struct mqtt_metric_out metric = plain;
    char text[201];
    memset(text, 'x', 200);
    text[200] = '\0';
    metric.datatype = MQTT_STRING;
    metric.text = text;
    mqtt_payload_begin(&payload, 0);
    mqtt_payload_metric(&payload, &metric);
    static const char head[] = "\x08\x00\x12\xcd\x01\x18\x00\x7a\xc8\x01xx";
    assert_int_equal(payload.len, 10 + 200);
    assert_memory_equal(payload.bytes, head, sizeof head - 1);
    free(payload.bytes);
}

struct seen {
    unsigned count;
    struct mqtt_metric_in metric;
};

static void take(void *ctx, const struct mqtt_metric_in *metric)
{
    struct seen *seen = ctx;
    seen->count++;
    seen->metric = *metric;
}

static void test_numbers_of_all_types_come_back(void **state)
{
    (void)state;
    static const struct {
        uint8_t type;
        double number;
    } cases[] = {{MQTT_INT8, -128},
                 {MQTT_INT16, -32768},
                 {MQTT_INT32, -2147483648.0},
                 {MQTT_INT64, -9007199254740992.0},
                 {MQTT_UINT16, 65535},
                 {MQTT_UINT32, 4294967295.0},
                 {MQTT_UINT64, 9007199254740992.0},
                 {MQTT_FLOAT, 0.5},
                 {MQTT_DOUBLE, 1e300},
                 {MQTT_BOOLEAN, 1}};
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        struct mqtt_payload payload = {0};
        struct mqtt_metric_out metric = plain;
        struct seen seen = {0};
        double number = 0;
        metric.alias = 1;
        metric.datatype = cases[c].type;
        metric.say_datatype = true;
        metric.number = cases[c].number;
        metric.whole = cases[c].number < 1e17 ? (int64_t)cases[c].number : 0;
        mqtt_payload_begin(&payload, 1);
        mqtt_payload_metric(&payload, &metric);
        assert_true(mqtt_payload_read(payload.bytes, payload.len, take, &seen));
        assert_int_equal(seen.count, 1);
        assert_true(mqtt_metric_number(&seen.metric, &number));
        fixture_assert_number(number, cases[c].number);
        free(payload.bytes);
    }
}

static void test_what_is_no_payload_calls_nobody(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t len;
    } cases[] = {{"", 0},
                 {"\x12\x05\x10\x01", 4},     /* a length beyond the end */
                 {"\x12\x02\x10\x01\x12", 5}, /* a second one that is cut off, behind a good one */
                 {"\x13\x14", 2},             /* a group */
                 {"\x12\x02\x53\x54", 4},     /* one inside */
                 {"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 12}, /* a number without end */
                 {"\x12\x03\x65\x01\x02", 5}};                             /* a float of two bytes */
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        struct seen seen = {0};
        assert_false(mqtt_payload_read((const uint8_t *)cases[c].bytes, cases[c].len, take, &seen));
        assert_int_equal(seen.count, 0);
    }
}

static void test_too_many_metrics_are_refused_whole(void **state)
{
    (void)state;
    static const uint8_t one[] = {0x12, 0x02, 0x10, 0x01};
    uint8_t bytes[sizeof one * (MQTT_METRICS_MAX + 1)];
    struct seen seen = {0};
    for (size_t m = 0; m <= MQTT_METRICS_MAX; m++)
        memcpy(bytes + sizeof one * m, one, sizeof one);
    assert_true(mqtt_payload_read(bytes, sizeof bytes - sizeof one, take, &seen));
    assert_int_equal(seen.count, MQTT_METRICS_MAX);
    seen.count = 0;
    assert_false(mqtt_payload_read(bytes, sizeof bytes, take, &seen));
    assert_int_equal(seen.count, 0);
}

/* The short way of data says the same bytes as the long one. */
static void test_number_is_written_as_the_metric_is(void **state)
{
    (void)state;
    const double numbers[] = {0, -7, 50.25, 200};
    const uint8_t types[] = {MQTT_INT16, MQTT_INT32, MQTT_UINT32, MQTT_INT64, MQTT_FLOAT, MQTT_DOUBLE, MQTT_BOOLEAN};
    struct mqtt_payload one = {0}, other = {0};
    for (size_t c = 0; c < sizeof numbers / sizeof numbers[0] * sizeof types * 8; c++) {
        uint8_t type = types[c / 8 % sizeof types];
        unsigned tell = c & 7u;
        double number = numbers[c / 8 / sizeof types];
        float real = (float)number;
        uint64_t bits = (uint64_t)(int64_t)number, time_ms = c % 2 == 0 ? 1796004480168 : 5;
        struct mqtt_metric_out metric = {.alias = 1 + c * 999,
                                         .time_ms = time_ms,
                                         .datatype = type,
                                         .number = number,
                                         .whole = (int64_t)number,
                                         .low = (double)NAN,
                                         .high = (double)NAN};
        metric.historical = (tell & MQTT_TELL_HISTORICAL) != 0;
        metric.say_quality = (tell & ~MQTT_TELL_HISTORICAL) != 0;
        metric.quality = (tell & MQTT_TELL_BAD) != 0 ? MQTT_QUALITY_BAD : MQTT_QUALITY_GOOD;
        if (type == MQTT_FLOAT) {
            bits = 0;
            memcpy(&bits, &real, sizeof real);
        } else if (type == MQTT_DOUBLE) {
            memcpy(&bits, &number, sizeof number);
        } else if (type == MQTT_BOOLEAN) {
            bits = number < 0 || number > 0;
        }
        mqtt_payload_begin(&one, 1796004480168);
        mqtt_payload_begin(&other, 1796004480168);
        mqtt_payload_metric(&one, &metric);
        mqtt_payload_number(&other, metric.alias, time_ms, (enum mqtt_datatype)type, bits, tell);
        assert_int_equal(one.len, other.len);
        assert_memory_equal(one.bytes, other.bytes, one.len);
    }
    free(one.bytes);
    free(other.bytes);
}

/* Many floats at once say the same bytes as one by one: aliases of all lengths, times of now, the past and far away. */
static void test_floats_are_written_as_each_of_them_is(void **state)
{
    (void)state;
    static const uint64_t times[] = {
        0, 5, 1796004480168, UINT64_C(1) << 35, (UINT64_C(1) << 42) - 1, UINT64_C(1) << 42, UINT64_MAX - 1};
    static const uint64_t firsts[] = {1, 0x7D, 0x3FFD, 0x1FFFFD, UINT32_MAX - 2u, UINT64_MAX - 6};
    struct mqtt_payload one = {0}, other = {0};
    struct mqtt_float floats[6];
    for (size_t c = 0; c < sizeof times / sizeof times[0] * sizeof firsts / sizeof firsts[0] * 2; c++) {
        uint64_t of_message = times[c / 2 % 7], time_ms = c % 2 == 0 ? of_message : 77;
        mqtt_payload_begin(&one, of_message);
        mqtt_payload_begin(&other, of_message);
        for (uint32_t f = 0; f < 6; f++) {
            float number = (float)c - 40 + (float)f / 8;
            floats[f].alias = firsts[c / 14] + f;
            memcpy(&floats[f].bits, &number, sizeof number);
            struct mqtt_metric_out metric = plain;
            metric.name = NULL;
            metric.alias = floats[f].alias;
            metric.time_ms = time_ms;
            metric.datatype = MQTT_FLOAT;
            metric.say_datatype = false;
            metric.number = (double)number;
            mqtt_payload_metric(&one, &metric);
        }
        mqtt_payload_floats(&other, time_ms, floats, 6);
        assert_int_equal(one.len, other.len);
        assert_memory_equal(one.bytes, other.bytes, one.len);
    }
    free(one.bytes);
    free(other.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_metric_has_the_bytes_of_the_wire_format),
        cmocka_unit_test(test_long_message_inside_has_a_longer_length),
        cmocka_unit_test(test_numbers_of_all_types_come_back),
        cmocka_unit_test(test_what_is_no_payload_calls_nobody),
        cmocka_unit_test(test_too_many_metrics_are_refused_whole),
        cmocka_unit_test(test_number_is_written_as_the_metric_is),
        cmocka_unit_test(test_floats_are_written_as_each_of_them_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
