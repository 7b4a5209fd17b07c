/* The format sparkplug: an edge node of Eclipse Sparkplug B 3.0.0. The node is the plant, devices are its machines. Of
 * a scan's changes one message a device goes out. */
#include "sparkplug.h"

#include <stdlib.h>
#include <string.h>

#include "bdseq.h"
#include "mqtt_priv.h"

#define REBIRTH_NS MBP_NS_PER_S /* births that are asked for come so often at most */

static struct sparkplug *of(const struct mqtt_link *link)
{
    return link->own;
}

/* ---- messages ---------------------------------------------------------------------------------------------------- */

/* A level behind the first at characters, and what divides it from the next; most: how long the topic may be with it.
 * Returns how long it is. */
static size_t put_level(char *topic, size_t at, size_t most, const char *text)
{
    size_t len = strnlen(text, most - at - 1);
    memcpy(topic + at, text, len); // NOLINT(bugprone-not-null-terminated-result): more of the topic follows
    topic[at + len] = '/';
    return at + len + 1;
}

/* Once a message, so it is put together by hand. */
const char *sparkplug_topic(const struct mqtt_link *link, const char *type, const char *device,
                            char buf[MQTT_TOPIC_MAX])
{
    const struct mbp_mqtt_options *options = &link->mqtt->options;
    const size_t most = MQTT_TOPIC_MAX - 5; /* for each level at least what divides it */
    size_t len = put_level(buf, 0, most, "spBv1.0");
    len = put_level(buf, len, most + 1, options->group);
    len = put_level(buf, len, most + 2, type);
    len = put_level(buf, len, most + 3, options->node);
    if (device != NULL)
        len = put_level(buf, len, most + 4, device);
    buf[len - 1] = '\0';
    return buf;
}

/* With the number that goes on from message to message, or without one. */
static void send_message(struct mqtt_link *link, const char *type, const char *device, bool numbered, int qos)
{
    struct sparkplug *own = of(link);
    char topic[MQTT_TOPIC_MAX];
    if (numbered)
        mqtt_payload_seq(&own->payload, own->seq);
    if (own->payload.failed)
        return;
    mqtt_publish(link, sparkplug_topic(link, type, device, topic), own->payload.bytes, own->payload.len, qos, false,
                 NULL);
    if (numbered)
        own->seq++;
}

/* The same words as the Will's. */
void sparkplug_send_death(struct mqtt_link *link)
{
    struct sparkplug *own = of(link);
    own->born_ms = mqtt_wall_ms();
    mqtt_payload_begin(&own->payload, own->born_ms);
    sparkplug_put_own(own, "bdSeq", MQTT_INT64, own->bdseq);
    send_message(link, "NDEATH", NULL, false, 1);
}

/* ---- a session --------------------------------------------------------------------------------------------------- */

static void will(struct mqtt_link *link)
{
    char topic[MQTT_TOPIC_MAX];
    if (link->own == NULL) {
        struct sparkplug *own = calloc(1, sizeof *own);
        if (own == NULL)
            return;
        own->next_bdseq = mqtt_bdseq_read(link->mqtt->folder);
        link->own = own;
    }
    struct sparkplug *own = of(link);
    own->bdseq = own->next_bdseq;
    own->born_ms = mqtt_wall_ms();
    mqtt_payload_begin(&own->payload, own->born_ms);
    sparkplug_put_own(own, "bdSeq", MQTT_INT64, own->bdseq);
    mqtt_library.will_set(link->mosq, sparkplug_topic(link, "NDEATH", NULL, topic), (int)own->payload.len,
                          own->payload.bytes, 1, false);
}

/* CONNECT is about to go out with this session's number: no other one gets it, even after a power cut. */
static void connecting(struct mqtt_link *link)
{
    struct sparkplug *own = of(link);
    if (own == NULL)
        return;
    own->next_bdseq = (uint8_t)(own->bdseq + 1);
    bool kept = mqtt_bdseq_write(link->mqtt->folder, own->next_bdseq) == MBP_OK;
    if (!kept && !own->told)
        mbp_log(MBP_LOG_WARNING,
                "mqtt: %s/%s cannot be written: a session after a restart may have the number of this one",
                link->mqtt->folder, MQTT_BDSEQ_FILE);
    own->told = !kept;
}

static void begin_birth(struct mqtt_link *link)
{
    of(link)->begun = false;
    link->born = false;
    link->at = 0;
}

static void connected(struct mqtt_link *link)
{
    const struct mbp_mqtt_options *options = &link->mqtt->options;
    struct sparkplug *own = of(link);
    char topic[MQTT_TOPIC_MAX];
    if (own == NULL) {
        link->broken = true;
        return;
    }
    own->rebirth = own->pending = false;
    own->host_known = false;
    link->held = options->primary_host != NULL;
    begin_birth(link);
    sparkplug_topic(link, "NCMD", NULL, link->barrier_topic);
    mqtt_subscribe(link, link->barrier_topic);
    mqtt_subscribe(link, sparkplug_topic(link, "DCMD", "+", topic));
    if (options->primary_host != NULL) {
        snprintf(topic, sizeof topic, "spBv1.0/STATE/%s", options->primary_host);
        mqtt_subscribe(link, topic);
    }
}

/* Metrics of one device stand one behind the other. */
static uint32_t put_metrics(struct mqtt_link *link, uint32_t from, const char *device)
{
    uint32_t m = from;
    for (; m < link->roster->count && link->roster->metrics[m].device == device; m++)
        sparkplug_put_birth_metric(link, m);
    return m;
}

uint32_t sparkplug_put_birth(struct mqtt_link *link, uint32_t from, const char *device)
{
    mqtt_payload_begin(&of(link)->payload, of(link)->born_ms);
    return put_metrics(link, from, device);
}

static bool birth(struct mqtt_link *link)
{
    struct sparkplug *own = of(link);
    const struct mqtt_roster *roster = link->roster;
    while (mqtt_link_may_send(link)) {
        if (own->begun && link->at == roster->count) {
            own->birth_ns = mqtt_mono_ns();
            return true;
        }
        const char *device = own->begun ? roster->metrics[link->at].device : NULL;
        own->born_ms = mqtt_wall_ms();
        mqtt_payload_begin(&own->payload, own->born_ms);
        if (!own->begun) {
            own->seq = 0;
            sparkplug_put_own(own, "bdSeq", MQTT_INT64, own->bdseq);
            sparkplug_put_own(own, SPARKPLUG_REBIRTH, MQTT_BOOLEAN, 0);
            sparkplug_put_own(own, "Values Lost", MQTT_UINT64, (int64_t)atomic_load(&link->mqtt->lost));
            sparkplug_put_own(own, "Hole/From", MQTT_DATETIME, (int64_t)link->hole.from_ms);
            sparkplug_put_own(own, "Hole/To", MQTT_DATETIME, (int64_t)link->hole.to_ms);
        }
        link->at = put_metrics(link, link->at, device);
        send_message(link, own->begun ? "DBIRTH" : "NBIRTH", device, true, 0);
        own->begun = true;
    }
    return false;
}

/* ---- values ------------------------------------------------------------------------------------------------------ */

void sparkplug_send_data(struct mqtt_link *link)
{
    struct sparkplug *own = of(link);
    if (!own->pending)
        return;
    own->pending = false;
    send_message(link, own->device != NULL ? "DDATA" : "NDATA", own->device, true, 0);
}

static void values(struct mqtt_link *link, const struct mqtt_change *changes, uint32_t count, bool historical)
{
    struct sparkplug *own = of(link);
    const char *device = link->roster->metrics[changes[0].metric].device;
    if (own->pending && (own->device != device || own->time_ms != changes[0].time_ms))
        sparkplug_send_data(link);
    if (!own->pending) {
        mqtt_payload_begin(&own->payload, changes[0].time_ms);
        own->pending = true;
        own->device = device;
        own->time_ms = changes[0].time_ms;
    }
    sparkplug_put_values(link, changes, count, historical);
}

static void flush(struct mqtt_link *link)
{
    struct sparkplug *own = of(link);
    sparkplug_send_data(link);
    if (own->rebirth && mqtt_mono_ns() - own->birth_ns >= REBIRTH_NS) {
        own->rebirth = false;
        begin_birth(link);
    }
}

/* ---- another plant, and the end ---------------------------------------------------------------------------------- */

static bool has_device(const struct mqtt_roster *roster, const char *device)
{
    for (uint32_t m = 0; m < roster->count; m++) {
        if (sparkplug_is_of(&roster->metrics[m], device))
            return true;
    }
    return false;
}

/* What is gone dies, then all is born anew. */
static void follow(struct mqtt_link *link, const struct mqtt_roster *before)
{
    struct sparkplug *own = of(link);
    const char *last = NULL;
    for (uint32_t m = 0; own->begun && !link->held && m < before->count; m++) {
        const char *device = before->metrics[m].device;
        if (device == last)
            continue;
        last = device;
        if (device == NULL || has_device(link->roster, device))
            continue;
        mqtt_payload_begin(&own->payload, mqtt_wall_ms());
        send_message(link, "DDEATH", device, true, 0);
    }
    own->pending = false;
    begin_birth(link);
}

static void goodbye(struct mqtt_link *link)
{
    if (of(link)->begun)
        sparkplug_send_data(link);
    sparkplug_send_death(link);
}

static void release(struct mqtt_link *link)
{
    if (link->own != NULL)
        free(of(link)->payload.bytes);
}

const struct mqtt_format mqtt_sparkplug_format = {.will = will,
                                                  .connecting = connecting,
                                                  .connected = connected,
                                                  .birth = birth,
                                                  .values = values,
                                                  .at_once = MQTT_VALUES_AT_ONCE,
                                                  .flush = flush,
                                                  .message = sparkplug_message,
                                                  .follow = follow,
                                                  .goodbye = goodbye,
                                                  .release = release};
