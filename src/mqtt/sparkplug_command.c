/* What comes to a Sparkplug node: commands to it and its devices, and the state of the primary host. */
#include <math.h>
#include <string.h>

#include "mbplant/json.h"
#include "sparkplug.h"

static struct sparkplug *of(const struct mqtt_link *link)
{
    return link->own;
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

bool sparkplug_is_of(const struct mqtt_metric *metric, const char *device)
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
    return sparkplug_is_of(&roster->metrics[m], command->device) ? m : NOTHING;
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
        if (sparkplug_is_of(metric, command->device) && is_named(in, sparkplug_name(metric, name, sizeof name)))
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
    uint8_t type = metric->datatype;
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
    bool flag = metric->datatype == MQTT_BOOLEAN;
    if (in->null && metric->row.point.field->write == MBP_WRITE_LIMIT) {
        out->number = (double)NAN;
        return true;
    }
    struct mqtt_metric_in number = *in;
    number.datatype = datatype_of(metric, in);
    if ((in->kind == MQTT_VALUE_FLAG) != flag || !mqtt_metric_number(&number, &out->number))
        return false;
    out->is_whole = in->kind == MQTT_VALUE_LONG && mbp_register_is_wide(&metric->reg);
    out->whole = mbp_codec_whole_of(number.datatype == MQTT_INT64 ? MBP_INT64 : MBP_UINT64, in->whole);
    return true;
}

static void take_command(void *ctx, const struct mqtt_metric_in *in)
{
    static struct mqtt_command out; /* of this thread alone */
    const struct command *command = ctx;
    struct mqtt_link *link = command->link;
    if (command->device == NULL && is_named(in, SPARKPLUG_REBIRTH)) {
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
            sparkplug_send_data(link);
            sparkplug_send_death(link);
            mqtt_library.disconnect(link->mosq); /* a new session waits until it is back */
            link->broken = link->leaving = true;
            atomic_store(&link->mqtt->why, "the primary host is offline");
        } else if (mbp_mqtt_broker_count(link->mqtt->options.broker) > 1) {
            mqtt_library.disconnect(link->mosq); /* it may be at another one */
            link->broken = link->leaving = true;
            atomic_store(&link->mqtt->why, "the primary host is not at this broker");
        }
    }
    json_decref(root);
}

void sparkplug_message(struct mqtt_link *link, const struct mosquitto_message *message)
{
    char topic[MQTT_TOPIC_MAX];
    struct command command = {link, NULL};
    if (strncmp(message->topic, "spBv1.0/STATE/", 14) == 0) {
        take_state(link, message);
        return;
    }
    sparkplug_topic(link, "NCMD", NULL, topic);
    if (strcmp(message->topic, topic) != 0) {
        sparkplug_topic(link, "DCMD", "", topic);
        size_t len = strlen(topic);
        command.device = strncmp(message->topic, topic, len) == 0 ? message->topic + len : NULL;
        if (command.device == NULL)
            return;
    }
    if (message->retain || message->payloadlen <= 0 || (size_t)message->payloadlen > SPARKPLUG_COMMAND_MAX ||
        !mqtt_payload_read(message->payload, (size_t)message->payloadlen, take_command, &command))
        mqtt_refuse(link);
}
