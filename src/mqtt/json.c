/* The format json: PREFIX/NODE/POINT has the point's value, retained; PREFIX/NODE/POINT/set takes one;
 * PREFIX/NODE/status is online or offline; PREFIX/NODE/events has the journal's lines, PREFIX/NODE/refused what was
 * refused of commands. */
#include <inttypes.h>
#include <string.h>

#include "mbplant/json.h"
#include "mbplant/report.h"
#include "mqtt_priv.h"

static const char *topic_of(const struct mqtt_link *link, const char *name, char buf[MQTT_TOPIC_MAX])
{
    size_t base = strlen(link->base), len = strnlen(name, MQTT_TOPIC_MAX - sizeof link->base - 2);
    memcpy(buf, link->base, base);
    buf[base] = '/';
    memcpy(buf + base + 1, name, len);
    buf[base + 1 + len] = '\0';
    return buf;
}

static void will(struct mqtt_link *link)
{
    char topic[MQTT_TOPIC_MAX];
    const struct mbp_mqtt_options *options = &link->mqtt->options;
    snprintf(link->base, sizeof link->base, "%s/%s", options->prefix, options->node);
    topic_of(link, "status", topic);
    mosquitto_will_set(link->mosq, topic, (int)strlen("offline"), "offline", 1, true);
}

static void connected(struct mqtt_link *link)
{
    char topic[MQTT_TOPIC_MAX];
    topic_of(link, "sync", link->barrier_topic);
    if (link->mqtt->options.commands)
        mqtt_subscribe(link, topic_of(link, "+/set", topic));
}

void mqtt_put_value(struct mqtt_roster *roster, const struct mqtt_change *change, FILE *out)
{
    const struct mqtt_metric *metric = &roster->metrics[change->metric];
    uint16_t words[4];
    if (metric->is_text) {
        char text[MQTT_TEXT_MAX + 1];
        putc('"', out);
        mbp_json_put_text(out, mqtt_shown_text(roster, change->metric, text));
        putc('"', out);
        return;
    }
    struct mbp_point point = metric->row.point;
    point.own = NULL; /* what was to be cut out is */
    mqtt_words(change, words);
    if (metric->is_state && words[0] < MBP_STATE_COUNT)
        fprintf(out, "\"%s\"", mbp_state_name((enum mbp_state_code)words[0]));
    else
        mbp_report_point_value(&point, words, point.count < 4 ? point.count : 4, out);
}

static void value(struct mqtt_link *link, const struct mqtt_change *change, bool historical)
{
    const struct mqtt_metric *metric = &link->roster->metrics[change->metric];
    char topic[MQTT_TOPIC_MAX];
    FILE *out = mqtt_scratch(link);
    fputs("{\"value\":", out);
    mqtt_put_value(link->roster, change, out);
    if (metric->row.point.unit_text != NULL && metric->row.point.unit_text[0] != '\0') {
        fputs(",\"unit\":\"", out);
        mbp_json_put_text(out, metric->row.point.unit_text);
        putc('"', out);
    }
    fprintf(out, ",\"quality\":\"%s\",\"ts\":%" PRIu64 "%s}", change->bad ? "bad" : "good", change->time_ms,
            historical ? ",\"historical\":true" : "");
    struct mbp_text text = mqtt_scratch_text(link);
    mqtt_publish(link, topic_of(link, metric->name, topic), text.bytes, text.len, 0, !historical, NULL);
}

static bool birth(struct mqtt_link *link)
{
    char topic[MQTT_TOPIC_MAX];
    struct mqtt_roster *roster = link->roster;
    for (; link->at < roster->count; link->at++) {
        if (!mqtt_link_may_send(link))
            return false;
        if (link->mqtt->options.discovery != NULL)
            mqtt_discover(link, &roster->metrics[link->at]);
        if (roster->now[link->at].time_ms != 0)
            value(link, &roster->now[link->at], false);
    }
    mqtt_publish(link, topic_of(link, "status", topic), "online", strlen("online"), 1, true, NULL);
    return true;
}

static void mail(struct mqtt_link *link, const struct mqtt_mail *mail)
{
    char topic[MQTT_TOPIC_MAX];
    bool event = mail->kind == MQTT_MAIL_EVENT;
    int mid = 0;
    mqtt_publish(link, topic_of(link, event ? "events" : "refused", topic), mail->text, mail->len, event ? 1 : 0, false,
                 &mid);
    if (event && !link->broken) {
        link->flying[link->flying_count].mid = mid;
        link->flying[link->flying_count++].seq = mail->seq;
    }
}

/* The point that PREFIX/NODE/POINT/set names. */
static uint32_t point_of(const struct mqtt_link *link, const char *topic)
{
    char name[256];
    size_t base = strlen(link->base), len = strlen(topic);
    const size_t tail = strlen("/set");
    if (len <= base + 1 + tail || strncmp(topic, link->base, base) != 0 || topic[base] != '/' ||
        len - base - 1 - tail >= sizeof name)
        return NOTHING;
    snprintf(name, sizeof name, "%.*s", (int)(len - base - 1 - tail), topic + base + 1);
    return mqtt_roster_find(link->roster, name);
}

/* A retained command would be carried out again at each connection. */
static void message(struct mqtt_link *link, const struct mosquitto_message *message)
{
    static struct mqtt_command command; /* of this thread alone */
    uint32_t metric = point_of(link, message->topic);
    command = (struct mqtt_command){.roster = link->roster, .metric = metric, .peer = link->peer};
    if (metric == NOTHING || message->retain || message->payloadlen < 0 ||
        !mqtt_command_read(&link->roster->metrics[metric], message->payload, (size_t)message->payloadlen, &command)) {
        mqtt_refuse(link);
        return;
    }
    if (mqtt_command_hand_over(link->mqtt, &command))
        atomic_fetch_add(&link->mqtt->command_count, 1);
    else
        mqtt_refuse(link);
}

/* What is no more is no last value either. */
static void follow(struct mqtt_link *link, const struct mqtt_roster *before)
{
    char topic[MQTT_TOPIC_MAX];
    for (uint32_t m = 0; m < before->count; m++) {
        const struct mqtt_metric *metric = &before->metrics[m];
        if (mqtt_roster_find(link->roster, metric->name) != NOTHING)
            continue;
        mqtt_publish(link, topic_of(link, metric->name, topic), NULL, 0, 0, true, NULL);
        if (link->mqtt->options.discovery != NULL)
            mqtt_discover_gone(link, metric);
    }
}

static void goodbye(struct mqtt_link *link)
{
    char topic[MQTT_TOPIC_MAX];
    mqtt_publish(link, topic_of(link, "status", topic), "offline", strlen("offline"), 1, true, NULL);
}

const struct mqtt_format mqtt_json_format = {.will = will,
                                             .connected = connected,
                                             .birth = birth,
                                             .value = value,
                                             .mail = mail,
                                             .message = message,
                                             .follow = follow,
                                             .goodbye = goodbye};
