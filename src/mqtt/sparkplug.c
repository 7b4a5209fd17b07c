/* The format sparkplug: an edge node of Eclipse Sparkplug B 3.0.0. The node is the plant, devices are its machines. Of
 * a scan's changes one message a device goes out. */
#include "sparkplug.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bdseq.h"
#include "mbplant/json.h"
#include "mqtt_priv.h"

#define REBIRTH_NS MBP_NS_PER_S /* births that are asked for come so often at most */

static const char rebirth_name[] = "Node Control/Rebirth";

static struct sparkplug *of(const struct mqtt_link *link)
{
    return link->own;
}

/* ---- names ------------------------------------------------------------------------------------------------------- */

static const char *topic_of(const struct mqtt_link *link, const char *type, const char *device,
                            char buf[MQTT_TOPIC_MAX])
{
    const struct mbp_mqtt_options *options = &link->mqtt->options;
    snprintf(buf, MQTT_TOPIC_MAX, "spBv1.0/%s/%s/%s%s%s", options->group, type, options->node,
             device != NULL ? "/" : "", device != NULL ? device : "");
    return buf;
}

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

/* ---- metrics ----------------------------------------------------------------------------------------------------- */

static bool is_scaled(const struct mbp_point *point)
{
    return point->scale < 1 || point->scale > 1 || point->offset < 0 || point->offset > 0;
}

uint8_t sparkplug_datatype(const struct mqtt_metric *metric)
{
    static const uint8_t types[MBP_TYPE_COUNT] = {
        [MBP_INT16] = MQTT_INT16,   [MBP_UINT16] = MQTT_UINT16, [MBP_UINT8] = MQTT_UINT8,
        [MBP_INT32] = MQTT_INT32,   [MBP_UINT32] = MQTT_UINT32, [MBP_INT64] = MQTT_INT64,
        [MBP_UINT64] = MQTT_UINT64, [MBP_FLOAT32] = MQTT_FLOAT, [MBP_FLOAT64] = MQTT_DOUBLE};
    const struct mbp_point *point = &metric->row.point;
    if (metric->is_text || metric->is_state)
        return MQTT_STRING;
    if (mbp_table_is_bits(point->table) || point->type == MBP_BOOL)
        return MQTT_BOOLEAN;
    uint8_t type = types[point->type];
    return type == 0 || (is_scaled(point) && type != MQTT_FLOAT) ? MQTT_DOUBLE : type;
}

/* What a point shows, as a metric without a name. text: MQTT_TEXT_MAX + 1 bytes. */
static struct mqtt_metric_out metric_of(struct mqtt_link *link, const struct mqtt_change *change, char *text)
{
    const struct mqtt_metric *metric = &link->roster->metrics[change->metric];
    const struct mbp_point *point = &metric->row.point;
    uint16_t words[4];
    mqtt_words(change, words);
    struct mqtt_metric_out out = {.alias = link->roster->alias_base + change->metric + 1,
                                  .time_ms = change->time_ms,
                                  .datatype = sparkplug_datatype(metric),
                                  .quality = change->bad ? MQTT_QUALITY_BAD : MQTT_QUALITY_GOOD,
                                  .low = (double)NAN,
                                  .high = (double)NAN};
    bool bit = mbp_table_is_bits(point->table) || point->type == MBP_BOOL;
    bool unused = point->field->write == MBP_WRITE_LIMIT && !bit && mbp_register_unused(&metric->reg, words);
    if (metric->is_text) {
        out.text = mqtt_shown_text(link->roster, change->metric, text);
    } else if (metric->is_state) {
        out.text = words[0] < MBP_STATE_COUNT ? mbp_state_name((enum mbp_state_code)words[0]) : "";
    } else if (bit) {
        out.whole = words[0] != 0;
    } else if (out.datatype == MQTT_FLOAT || out.datatype == MQTT_DOUBLE) {
        out.number = mbp_register_decode(&metric->reg, words);
        unused = unused || !isfinite(out.number);
    } else {
        uint64_t bits = mbp_codec_bits((enum mbp_type)point->type, (enum mbp_order)point->order, words);
        out.whole = point->type == MBP_INT16 ? (int16_t)bits : point->type == MBP_INT32 ? (int32_t)bits : (int64_t)bits;
    }
    out.null = unused || change->time_ms == 0;
    return out;
}

static void put_birth_metric(struct mqtt_link *link, uint32_t m)
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

static void put_own_metric(struct sparkplug *own, const char *name, uint8_t datatype, int64_t whole)
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

/* ---- messages ---------------------------------------------------------------------------------------------------- */

/* With the number that goes on from message to message, or without one. */
static void send_message(struct mqtt_link *link, const char *type, const char *device, bool numbered, int qos)
{
    struct sparkplug *own = of(link);
    char topic[MQTT_TOPIC_MAX];
    if (numbered)
        mqtt_payload_seq(&own->payload, own->seq);
    if (own->payload.failed)
        return;
    mqtt_publish(link, topic_of(link, type, device, topic), own->payload.bytes, own->payload.len, qos, false, NULL);
    if (numbered)
        own->seq++;
}

/* The same words as the Will's. */
static void send_death(struct mqtt_link *link)
{
    struct sparkplug *own = of(link);
    own->born_ms = mqtt_wall_ms();
    mqtt_payload_begin(&own->payload, own->born_ms);
    put_own_metric(own, "bdSeq", MQTT_INT64, own->bdseq);
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
    put_own_metric(own, "bdSeq", MQTT_INT64, own->bdseq);
    mosquitto_will_set(link->mosq, topic_of(link, "NDEATH", NULL, topic), (int)own->payload.len, own->payload.bytes, 1,
                       false);
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
    topic_of(link, "NCMD", NULL, link->barrier_topic);
    mqtt_subscribe(link, link->barrier_topic);
    mqtt_subscribe(link, topic_of(link, "DCMD", "+", topic));
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
        put_birth_metric(link, m);
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
            put_own_metric(own, "bdSeq", MQTT_INT64, own->bdseq);
            put_own_metric(own, rebirth_name, MQTT_BOOLEAN, 0);
            put_own_metric(own, "Values Lost", MQTT_UINT64, (int64_t)atomic_load(&link->mqtt->lost));
        }
        link->at = put_metrics(link, link->at, device);
        send_message(link, own->begun ? "DBIRTH" : "NBIRTH", device, true, 0);
        own->begun = true;
    }
    return false;
}

/* ---- values ------------------------------------------------------------------------------------------------------ */

static void send_data(struct mqtt_link *link)
{
    struct sparkplug *own = of(link);
    if (!own->pending)
        return;
    own->pending = false;
    send_message(link, own->device != NULL ? "DDATA" : "NDATA", own->device, true, 0);
}

static void value(struct mqtt_link *link, const struct mqtt_change *change, bool historical)
{
    struct sparkplug *own = of(link);
    const struct mqtt_metric *metric = &link->roster->metrics[change->metric];
    const struct mqtt_change *before = &link->roster->now[change->metric];
    char text[MQTT_TEXT_MAX + 1];
    if (own->pending && (own->device != metric->device || own->time_ms != change->time_ms))
        send_data(link);
    if (!own->pending) {
        mqtt_payload_begin(&own->payload, change->time_ms);
        own->pending = true;
        own->device = metric->device;
        own->time_ms = change->time_ms;
    }
    struct mqtt_metric_out out = metric_of(link, change, text);
    out.historical = historical;
    out.say_quality = change->bad || before->bad || historical;
    mqtt_payload_metric(&own->payload, &out);
}

static void flush(struct mqtt_link *link)
{
    struct sparkplug *own = of(link);
    send_data(link);
    if (own->rebirth && mqtt_mono_ns() - own->birth_ns >= REBIRTH_NS) {
        own->rebirth = false;
        begin_birth(link);
    }
}

/* ---- commands ---------------------------------------------------------------------------------------------------- */

struct command {
    struct mqtt_link *link;
    const char *device; /* as the topic has it; NULL = the node */
};

static bool is_named(const struct mqtt_metric_in *in, const char *name)
{
    return in->name != NULL && strlen(name) == in->name_len && memcmp(in->name, name, in->name_len) == 0;
}

static bool is_of(const struct mqtt_metric *metric, const char *device)
{
    return device == NULL ? metric->device == NULL : metric->device != NULL && strcmp(metric->device, device) == 0;
}

/* An alias names nothing before its birth is out: it may be one that an earlier process gave to something else. */
static uint32_t metric_of_alias(const struct command *command, uint64_t alias)
{
    const struct mqtt_roster *roster = command->link->roster;
    if (alias <= roster->alias_base || alias - roster->alias_base > command->link->at)
        return NOTHING;
    uint32_t m = (uint32_t)(alias - roster->alias_base - 1);
    return is_of(&roster->metrics[m], command->device) ? m : NOTHING;
}

/* By its alias, else by its name. */
static uint32_t metric_meant(const struct command *command, const struct mqtt_metric_in *in)
{
    const struct mqtt_roster *roster = command->link->roster;
    char name[160];
    if (in->name == NULL || in->name_len == 0)
        return metric_of_alias(command, in->alias);
    for (uint32_t m = 0; m < roster->count; m++) {
        const struct mqtt_metric *metric = &roster->metrics[m];
        if (is_of(metric, command->device) && is_named(in, sparkplug_name(metric, name, sizeof name)))
            return m;
    }
    return NOTHING;
}

/* What type a number is of: its own word, else the birth's. A long one stays as long as it is: to be refused where it
 * does not fit. */
static uint64_t datatype_of(const struct mqtt_metric *metric, const struct mqtt_metric_in *in)
{
    if (in->datatype != 0)
        return in->datatype;
    uint8_t type = sparkplug_datatype(metric);
    bool is_signed = type >= MQTT_INT8 && type <= MQTT_INT64;
    return is_signed && in->kind == MQTT_VALUE_LONG ? MQTT_INT64 : type;
}

/* Whether the value is one for the point. */
static bool take_value(const struct mqtt_metric *metric, const struct mqtt_metric_in *in, struct mqtt_command *out)
{
    char why[MBP_COMMENT_WHY];
    out->is_text = metric->is_text;
    if (metric->is_text) {
        if (in->kind != MQTT_VALUE_TEXT || in->text_len > MQTT_TEXT_MAX || in->text_len == 0)
            return false;
        memcpy(out->text, in->text, in->text_len);
        return mbp_comment_check(out->text, in->text_len, MQTT_TEXT_MAX, why, sizeof why) == MBP_OK;
    }
    bool flag = sparkplug_datatype(metric) == MQTT_BOOLEAN;
    if (in->null && metric->row.point.field->write == MBP_WRITE_LIMIT) {
        out->number = (double)NAN;
        return true;
    }
    struct mqtt_metric_in number = *in;
    number.datatype = datatype_of(metric, in);
    return (in->kind == MQTT_VALUE_FLAG) == flag && mqtt_metric_number(&number, &out->number);
}

static void take_command(void *ctx, const struct mqtt_metric_in *in)
{
    static struct mqtt_command out; /* of this thread alone */
    const struct command *command = ctx;
    struct mqtt_link *link = command->link;
    if (command->device == NULL && is_named(in, rebirth_name)) {
        of(link)->rebirth = of(link)->rebirth || (in->kind == MQTT_VALUE_FLAG && in->whole != 0);
        return;
    }
    uint32_t m = metric_meant(command, in);
    out = (struct mqtt_command){.roster = link->roster, .metric = m, .peer = link->peer};
    if (m == NOTHING || !link->mqtt->options.commands || !take_value(&link->roster->metrics[m], in, &out) ||
        !mqtt_command_hand_over(link->mqtt, &out))
        mqtt_refuse(link);
    else
        atomic_fetch_add(&link->mqtt->command_count, 1);
}

/* ---- the primary host -------------------------------------------------------------------------------------------- */

/* {"online": true, "timestamp": ..}; what is older than what is known counts not. */
static void take_state(struct mqtt_link *link, const struct mosquitto_message *message)
{
    struct sparkplug *own = of(link);
    json_t *root = NULL;
    if (message->payloadlen <= 0 || message->payloadlen > 4096 ||
        mbp_json_read((struct mbp_text){message->payload, (size_t)message->payloadlen}, 0, &root) != MBP_OK)
        return;
    const json_t *online = json_object_get(root, "online"), *time = json_object_get(root, "timestamp");
    json_int_t stamp = json_is_integer(time) ? json_integer_value(time) : -1;
    if (json_is_boolean(online) && stamp >= 0 && (!own->host_known || stamp >= own->host_ms)) {
        own->host_known = true;
        own->host_ms = stamp;
        if (json_is_true(online)) {
            link->held = false;
        } else if (!link->held) {
            send_data(link);
            send_death(link);
            mosquitto_disconnect(link->mosq); /* a new session waits until it is back */
            link->broken = true;
            atomic_store(&link->mqtt->why, "the primary host is offline");
        }
    }
    json_decref(root);
}

static void message(struct mqtt_link *link, const struct mosquitto_message *message)
{
    char topic[MQTT_TOPIC_MAX];
    struct command command = {link, NULL};
    if (strncmp(message->topic, "spBv1.0/STATE/", 14) == 0) {
        take_state(link, message);
        return;
    }
    topic_of(link, "NCMD", NULL, topic);
    if (strcmp(message->topic, topic) != 0) {
        topic_of(link, "DCMD", "", topic);
        size_t len = strlen(topic);
        command.device = strncmp(message->topic, topic, len) == 0 ? message->topic + len : NULL;
        if (command.device == NULL)
            return;
    }
    if (message->retain || message->payloadlen <= 0 || (size_t)message->payloadlen > SPARKPLUG_COMMAND_MAX ||
        !mqtt_payload_read(message->payload, (size_t)message->payloadlen, take_command, &command))
        mqtt_refuse(link);
}

/* ---- another plant, and the end ---------------------------------------------------------------------------------- */

static bool has_device(const struct mqtt_roster *roster, const char *device)
{
    for (uint32_t m = 0; m < roster->count; m++) {
        if (is_of(&roster->metrics[m], device))
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
        send_data(link);
    send_death(link);
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
                                                  .value = value,
                                                  .flush = flush,
                                                  .message = message,
                                                  .follow = follow,
                                                  .goodbye = goodbye,
                                                  .release = release};
