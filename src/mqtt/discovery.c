/* Home Assistant's discovery: a retained message for each point tells what it is, under
 * DISCOVERY/COMPONENT/NODE/POINT/config; machines are devices, alarms are problems.
 * Source: home-assistant.io, integrations "MQTT", "binary_sensor.mqtt", "button.mqtt", "number.mqtt", "sensor.mqtt",
 * "switch.mqtt". */
#include <ctype.h>
#include <math.h>
#include <string.h>

#include "mbplant/json.h"
#include "mqtt_priv.h"

#define STEP_LEAST 0.001 /* Home Assistant drops a number whose step is smaller */

/* ---- what a point is there --------------------------------------------------------------------------------------- */

static bool is_bit(const struct mbp_point *point)
{
    return mbp_table_is_bits(point->table) || point->type == MBP_BOOL;
}

static const char *component_of(const struct mqtt_link *link, const struct mqtt_metric *metric)
{
    const struct mbp_point *point = &metric->row.point;
    bool writable = point->writable && link->mqtt->options.commands;
    if (is_bit(point) && writable)
        return point->field->form == MBP_FORM_TRIGGER ? "button" : "switch";
    if (is_bit(point))
        return "binary_sensor";
    /* A sensor's value can be written, to force it: that is no knob. */
    return writable && !metric->is_text && point->field->write != MBP_WRITE_VALUE ? "number" : "sensor";
}

/* Letters, digits and _ are what an id may have. */
static const char *as_id(const char *text, char *buf, size_t size)
{
    snprintf(buf, size, "%s", text);
    for (char *at = buf; *at != '\0'; at++) {
        if (!isalnum((unsigned char)*at) && *at != '-')
            *at = '_';
    }
    return buf;
}

const char *mqtt_discovery_topic(const struct mqtt_link *link, const struct mqtt_metric *metric,
                                 char buf[MQTT_TOPIC_MAX])
{
    char node[96];
    snprintf(buf, MQTT_TOPIC_MAX, "%s/%s/mbplant_%s/%s/config", link->mqtt->options.discovery,
             component_of(link, metric), as_id(link->mqtt->options.node, node, sizeof node), metric->row.id);
    return buf;
}

/* ---- the message ------------------------------------------------------------------------------------------------- */

static void put(FILE *out, const char *key, const char *format, const char *text)
{
    char all[600];
    snprintf(all, sizeof all, format, text);
    fprintf(out, ",\"%s\":\"", key);
    mbp_json_put_text(out, all);
    putc('"', out);
}

static void put_device(const struct mqtt_link *link, const struct mqtt_metric *metric, const char *node, FILE *out)
{
    char id[160];
    bool machine = metric->device != NULL;
    snprintf(id, sizeof id, "mbplant_%s%s%s", node, machine ? "_" : "", machine ? metric->device : "");
    fputs(",\"device\":{\"manufacturer\":\"mbplant\",\"sw_version\":\"" MBP_VERSION "\"", out);
    put(out, "name", "%s", machine ? metric->device : link->mqtt->options.node);
    put(out, "identifiers", "%s", id);
    if (machine) {
        snprintf(id, sizeof id, "mbplant_%s", node);
        put(out, "via_device", "%s", id);
    }
    putc('}', out);
}

static void put_range(const struct mqtt_metric *metric, FILE *out)
{
    double low = metric->row.range[0], high = metric->row.range[1];
    if (!isfinite(low) || !isfinite(high) || low >= high)
        mbp_register_range(&metric->reg, &low, &high);
    fputs(",\"mode\":\"box\",\"min\":", out);
    mbp_json_put_number(out, fmax(low, -1e12));
    fputs(",\"max\":", out);
    mbp_json_put_number(out, fmin(high, 1e12));
    fputs(",\"step\":", out);
    mbp_json_put_number(out, fmax(pow(10, -(double)metric->row.decimals), STEP_LEAST));
}

static void put_number_keys(const struct mqtt_metric *metric, const char *component, FILE *out)
{
    const char *unit = metric->row.point.unit_text, *class = mbp_export_device_class(&metric->row);
    bool number = !metric->is_text && !metric->is_state;
    if (number && unit != NULL && unit[0] != '\0')
        put(out, "unit_of_measurement", "%s", unit);
    if (number && class != NULL)
        put(out, "device_class", "%s", class);
    if (strcmp(component, "number") == 0)
        put_range(metric, out);
    else if (number)
        put(out, "state_class", "%s", metric->row.role == MBP_EXPORT_COUNT ? "total_increasing" : "measurement");
}

static void put_keys(const struct mqtt_link *link, const struct mqtt_metric *metric, FILE *out)
{
    const char *component = component_of(link, metric);
    char topic[MQTT_TOPIC_MAX];
    snprintf(topic, sizeof topic, "%s/%s", link->base, metric->name);
    bool commands = component[0] == 'n' || component[1] == 'w' || component[1] == 'u'; /* number, switch, button */
    if (strcmp(component, "button") != 0)
        put(out, "state_topic", "%s", topic);
    if (commands)
        put(out, "command_topic", "%s/set", topic);
    if (strcmp(component, "button") == 0) {
        put(out, "payload_press", "%s", "true");
    } else if (is_bit(&metric->row.point)) {
        put(out, "value_template", "%s", "{{ 'true' if value_json.value else 'false' }}");
        put(out, "payload_on", "%s", "true");
        put(out, "payload_off", "%s", "false");
        if (metric->row.role == MBP_EXPORT_ALARM && !commands)
            put(out, "device_class", "%s", "problem");
    } else {
        put(out, "value_template", "%s", "{{ value_json.value }}");
        put_number_keys(metric, component, out);
    }
    /* What only shows something may not be there to set it up. */
    if (metric->row.role == MBP_EXPORT_LIMIT)
        put(out, "entity_category", "%s", commands ? "config" : "diagnostic");
}

void mqtt_discover(struct mqtt_link *link, const struct mqtt_metric *metric)
{
    char node[96], topic[MQTT_TOPIC_MAX], title[256];
    FILE *out = mqtt_scratch(link);
    as_id(link->mqtt->options.node, node, sizeof node);
    fprintf(out, "{\"unique_id\":\"mbplant_%s_%s\"", node, metric->row.id);
    put(out, "name", "%s", mbp_export_title(&metric->row, title, sizeof title));
    put(out, "availability_topic", "%s/status", link->base);
    put_keys(link, metric, out);
    put_device(link, metric, node, out);
    putc('}', out);
    struct mbp_text text = mqtt_scratch_text(link);
    mqtt_publish(link, mqtt_discovery_topic(link, metric, topic), text.bytes, text.len, 0, true, NULL);
}
