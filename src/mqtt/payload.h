/* payload: what Sparkplug B messages carry, as bytes: protobuf by hand (three kinds of fields suffice), with the
 * numbers that Eclipse Sparkplug 3.0.0, 6.4, gives fields and types. */
#ifndef MBP_MQTT_PAYLOAD_H
#define MBP_MQTT_PAYLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Types of metrics. */
enum mqtt_datatype {
    MQTT_INT8 = 1,
    MQTT_INT16,
    MQTT_INT32,
    MQTT_INT64,
    MQTT_UINT8,
    MQTT_UINT16,
    MQTT_UINT32,
    MQTT_UINT64,
    MQTT_FLOAT,
    MQTT_DOUBLE,
    MQTT_BOOLEAN,
    MQTT_STRING,
    MQTT_DATETIME /* ms since 1970 */
};

#define MQTT_QUALITY_BAD  0
#define MQTT_QUALITY_GOOD 192

/* ---- writing ----------------------------------------------------------------------------------------------------- */

/* Zero-initialise. A payload that memory did not suffice for is `failed`. */
struct mqtt_payload {
    uint8_t *bytes; /* free */
    size_t len, size;
    bool failed;
    /* its time, as a metric has it */
    uint8_t time_len;
    uint64_t time_ms, time_bytes;
};

/* One metric. Of a number, `number` counts where its type is a float or double, else `whole`. */
struct mqtt_metric_out {
    const char *name; /* NULL = it has an alias */
    uint64_t alias;   /* 0 = none */
    uint64_t time_ms;
    uint8_t datatype;  /* enum mqtt_datatype */
    bool say_datatype; /* in births */
    bool historical, null;
    bool say_quality;
    uint8_t quality;
    int64_t whole;
    double number;
    const char *text;
    /* of births; NULL and NaN = it is not told */
    const char *unit_text;
    double low, high;
};

void mqtt_payload_begin(struct mqtt_payload *payload, uint64_t time_ms); /* makes it empty */
void mqtt_payload_metric(struct mqtt_payload *payload, const struct mqtt_metric_out *metric);

/* A number by its alias, as data has it: nearly all that is ever sent. bits: an integer or 0 and 1 as 64 bits, a float
 * or double as its own. tell: of MQTT_TELL_. The type is no string. */
#define MQTT_TELL_HISTORICAL 1u
#define MQTT_TELL_GOOD       2u
#define MQTT_TELL_BAD        4u
void mqtt_payload_number(struct mqtt_payload *payload, uint64_t alias, uint64_t time_ms, enum mqtt_datatype datatype,
                         uint64_t bits, unsigned tell);

/* The same for good floats of one time, with nothing else to say of them. */
struct mqtt_float {
    uint64_t alias;
    uint32_t bits;
};
void mqtt_payload_floats(struct mqtt_payload *payload, uint64_t time_ms, const struct mqtt_float *floats,
                         uint32_t count);

void mqtt_payload_seq(struct mqtt_payload *payload, uint8_t seq); /* last */

/* ---- reading ----------------------------------------------------------------------------------------------------- */

#define MQTT_METRICS_MAX 256u /* of a payload that is read */

enum mqtt_value_kind {
    MQTT_VALUE_NONE,
    MQTT_VALUE_INT,
    MQTT_VALUE_LONG,
    MQTT_VALUE_REAL,
    MQTT_VALUE_FLAG,
    MQTT_VALUE_TEXT
};

/* A metric as it came; name and text point into the bytes and have no end of their own. */
struct mqtt_metric_in {
    const char *name; /* NULL = none */
    size_t name_len;
    uint64_t alias; /* 0 = none */
    uint64_t datatype;
    bool null;
    uint8_t kind; /* enum mqtt_value_kind */
    uint64_t whole;
    double number;
    const char *text;
    size_t text_len;
};

/* Calls take for each metric of a payload. False: it is no payload, or has more of them than MQTT_METRICS_MAX; nothing
 * was called then. Any bytes may be read. */
bool mqtt_payload_read(const uint8_t *bytes, size_t len, void (*take)(void *ctx, const struct mqtt_metric_in *metric),
                       void *ctx);

/* The number that a metric says, by its datatype where it tells one; false: it says none. */
bool mqtt_metric_number(const struct mqtt_metric_in *metric, double *out);

#endif
