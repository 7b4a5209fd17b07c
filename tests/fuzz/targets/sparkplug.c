/* Fuzzes the reader of Sparkplug payloads: any bytes end well and lead to nothing outside of them; what it finds good
 * and is written again is read as the same. */
#include <stdlib.h>
#include <string.h>

#include "payload.h"
#include "target.h"

static void require(int condition)
{
    if (!condition)
        abort();
}

struct seen {
    const uint8_t *bytes;
    size_t len;
    unsigned count;
    struct mqtt_payload again;
};

static void inside(const struct seen *seen, const char *text, size_t len)
{
    const uint8_t *at = (const uint8_t *)text;
    require(at >= seen->bytes && at <= seen->bytes + seen->len && len <= (size_t)(seen->bytes + seen->len - at));
}

static void take(void *ctx, const struct mqtt_metric_in *metric)
{
    struct seen *seen = ctx;
    double number = 0;
    seen->count++;
    if (metric->name != NULL)
        inside(seen, metric->name, metric->name_len);
    if (metric->text != NULL)
        inside(seen, metric->text, metric->text_len);
    if (!mqtt_metric_number(metric, &number))
        return;
    require(number - number == 0); /* finite */
    const struct mqtt_metric_out out = {.alias = seen->count, .datatype = MQTT_DOUBLE, .number = number};
    mqtt_payload_metric(&seen->again, &out);
}

static void compare(void *ctx, const struct mqtt_metric_in *metric)
{
    double number = 0;
    unsigned *left = ctx;
    require(metric->alias != 0 && metric->datatype == 0 && mqtt_metric_number(metric, &number));
    --*left;
}

static void count_one(void *ctx, const struct mqtt_metric_in *metric)
{
    (void)metric;
    ++*(unsigned *)ctx;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    uint8_t *exact = malloc(len + (len == 0)); /* reading behind them is found */
    if (exact == NULL)
        abort();
    memcpy(exact, bytes, len);
    struct seen seen = {.bytes = exact, .len = len};
    mqtt_payload_begin(&seen.again, 1);
    bool good = mqtt_payload_read(exact, len, take, &seen);
    require(good || seen.count == 0);
    require(seen.count <= MQTT_METRICS_MAX);
    unsigned again = 0;
    mqtt_payload_seq(&seen.again, 255);
    require(mqtt_payload_read(seen.again.bytes, seen.again.len, count_one, &again) && again <= seen.count);
    unsigned left = again;
    require(mqtt_payload_read(seen.again.bytes, seen.again.len, compare, &left) && left == 0);
    free(seen.again.bytes);
    free(exact);
    return 0;
}
