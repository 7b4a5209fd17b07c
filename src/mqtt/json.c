/* The format json: PREFIX/NODE/POINT has the point's value, retained; PREFIX/NODE/POINT/set takes one;
 * PREFIX/NODE/status is online or offline; PREFIX/NODE/hole tells of which time there are minute means alone;
 * PREFIX/NODE/events has the journal's lines, PREFIX/NODE/refused what was refused of commands. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "mbplant/json.h"
#include "mbplant/report.h"
#include "told.h"

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
    mqtt_library.will_set(link->mosq, topic, (int)strlen("offline"), "offline", 1, true);
}

static void connected(struct mqtt_link *link)
{
    char topic[MQTT_TOPIC_MAX];
    if (link->own == NULL)
        link->own = calloc(1, sizeof(struct mqtt_told));
    link->broken = link->own == NULL; /* no memory */
    topic_of(link, "sync", link->barrier_topic);
    if (link->mqtt->options.commands)
        mqtt_subscribe(link, topic_of(link, "+/set", topic));
}

static void mqtt_put_value(struct mqtt_roster *roster, const struct mqtt_change *change, FILE *out)
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

/* Who keeps values is told where only minute means come. */
static void tell_hole(struct mqtt_link *link)
{
    char topic[MQTT_TOPIC_MAX];
    FILE *out = mqtt_scratch(link);
    fprintf(out, "{\"from\":%" PRIu64 ",\"to\":%" PRIu64 ",\"values\":%" PRIu64 "}", link->hole.from_ms,
            link->hole.to_ms, link->hole.values);
    struct mbp_text text = mqtt_scratch_text(link);
    mqtt_publish(link, topic_of(link, "hole", topic), text.bytes, text.len, 1, true, NULL);
}

static void values(struct mqtt_link *link, const struct mqtt_change *changes, uint32_t count, bool historical)
{
    for (uint32_t c = 0; c < count; c++)
        value(link, &changes[c], historical);
}

static bool birth(struct mqtt_link *link)
{
    char topic[MQTT_TOPIC_MAX];
    struct mqtt_roster *roster = link->roster;
    struct mqtt_told *told = link->own;
    if (link->at == 0)
        mqtt_told_begin(told);
    for (; link->at < roster->count; link->at++) {
        if (!mqtt_link_may_send(link))
            return false;
        if (link->mqtt->options.discovery != NULL)
            mqtt_discover(link, &roster->metrics[link->at]);
        if (roster->now[link->at].time_ms != 0)
            value(link, &roster->now[link->at], false);
    }
    if (!mqtt_told_clear(link, told))
        return false;
    if (link->hole.values > 0)
        tell_hole(link);
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

/* What PREFIX/NODE/POINT/set names. Returns how long that is. */
static size_t named(const struct mqtt_link *link, const char *topic, const char **name)
{
    const size_t base = strlen(link->base), len = strlen(topic), tail = strlen("/set");
    *name = topic;
    if (len <= base + 1 + tail || strncmp(topic, link->base, base) != 0 || topic[base] != '/')
        return 0;
    *name = topic + base + 1;
    return len - base - 1 - tail;
}

static uint32_t point_of(const struct mqtt_link *link, const char *name, size_t len)
{
    char text[256];
    if (len == 0 || len >= sizeof text)
        return NOTHING;
    snprintf(text, sizeof text, "%.*s", (int)len, name);
    return mqtt_roster_find(link->roster, text);
}

/* NULL = it is handed over. A retained command would be carried out again at each connection. */
static const char *take_command(struct mqtt_link *link, uint32_t metric, const struct mosquitto_message *message)
{
    static struct mqtt_command command; /* of this thread alone */
    command = (struct mqtt_command){.roster = link->roster, .metric = metric, .peer = link->peer};
    if (metric == NOTHING)
        return "no such point is published";
    if (message->retain)
        return "a retained command is not carried out";
    if (message->payloadlen > (int)MQTT_PAYLOAD_MAX)
        return "it is too long";
    if (message->payloadlen < 0 ||
        !mqtt_command_read(&link->roster->metrics[metric], message->payload, (size_t)message->payloadlen, &command))
        return "this is no value for it";
    return mqtt_command_hand_over(link->mqtt, &command) ? NULL : "too many commands wait";
}

static void message(struct mqtt_link *link, const struct mosquitto_message *message)
{
    const char *name;
    const size_t len = named(link, message->topic, &name);
    const char *why = take_command(link, point_of(link, name, len), message);
    if (why != NULL)
        mqtt_refuse_because(link, name, len, why);
    else
        atomic_fetch_add(&link->mqtt->command_count, 1);
}

static void goodbye(struct mqtt_link *link)
{
    char topic[MQTT_TOPIC_MAX];
    mqtt_publish(link, topic_of(link, "status", topic), "offline", strlen("offline"), 1, true, NULL);
}

static void release(struct mqtt_link *link)
{
    if (link->own != NULL)
        mqtt_told_free(link->own);
}

const struct mqtt_format mqtt_json_format = {.will = will,
                                             .connected = connected,
                                             .birth = birth,
                                             .values = values,
                                             .at_once = 1,
                                             .mail = mail,
                                             .message = message,
                                             .goodbye = goodbye,
                                             .release = release};
