/* mqtt: the keys of `mqtt`: the broker that the plant is published at, and how. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "defs.h"
#include "scalar.h"

#define PORT_PLAIN 1883u
#define PORT_TLS   8883u
#define MB         1000000u

/* ---- the broker -------------------------------------------------------------------------------------------------- */

static bool port_of(const char *text, uint16_t *port)
{
    char *end;
    unsigned long number = strtoul(text, &end, 10);
    if (*text < '0' || *text > '9' || *end != '\0' || number == 0 || number > UINT16_MAX) {
        return false;
    }
    *port = (uint16_t)number;
    return true;
}

unsigned mbp_mqtt_broker_count(const char *brokers)
{
    unsigned count = 1;
    for (const char *at = brokers; (at = strchr(at, ' ')) != NULL; at++) {
        count++;
    }
    return count;
}

const char *mbp_mqtt_broker_of(const char *brokers, unsigned number)
{
    for (number %= mbp_mqtt_broker_count(brokers); number > 0; number--) {
        brokers = strchr(brokers, ' ') + 1;
    }
    return brokers;
}

bool mbp_mqtt_broker_parse(const char *brokers, char host[MBP_MQTT_HOST_MAX], uint16_t *port, bool *tls)
{
    char all[MBP_MQTT_HOST_MAX + 32], *text = all;
    size_t size = strcspn(brokers, " ");
    if (size >= sizeof all) {
        return false;
    }
    memcpy(all, brokers, size);
    all[size] = '\0';
    bool secure = strncmp(text, "mqtts://", 8) == 0;
    if (!secure && strncmp(text, "mqtt://", 7) != 0) {
        return false;
    }
    text += secure ? 8 : 7;
    bool bracket = *text == '[';
    size_t len = bracket ? strcspn(++text, "]") : strcspn(text, ":");
    const char *rest = text + len + (bracket && text[len] == ']');
    if (len == 0 || len >= MBP_MQTT_HOST_MAX || strpbrk(text, "@/?#") != NULL || (bracket && text[len] != ']')) {
        return false;
    }
    *port = secure ? PORT_TLS : PORT_PLAIN;
    if (*rest != '\0' && (*rest != ':' || !port_of(rest + 1, port))) {
        return false;
    }
    memcpy(host, text, len);
    host[len] = '\0';
    *tls = secure;
    return true;
}

/* One, or a list of them, which is kept as their texts with spaces between. */
static enum mbp_reading read_broker(struct mbp_reader *reader, const struct mbp_node *node,
                                    const struct mbp_field *field, void *at)
{
    (void)field;
    char host[MBP_MQTT_HOST_MAX], all[4096];
    uint16_t port;
    bool tls, is_list = node->kind == MBP_NODE_LIST;
    size_t len = 0;
    if (is_list && (node->len == 0 || node->len > MBP_MQTT_BROKERS_MAX)) {
        return MBP_READING_WRONG;
    }
    const struct mbp_node *item = is_list ? node->first : node;
    for (uint32_t left = is_list ? node->len : 1; left > 0; left--, item = item->next) {
        const char *text = mbp_node_text(item);
        if (text == NULL || strchr(text, ' ') != NULL || !mbp_mqtt_broker_parse(text, host, &port, &tls)) {
            return MBP_READING_WRONG;
        }
        int more = snprintf(all + len, sizeof all - len, "%s%s", len > 0 ? " " : "", text);
        len += (size_t)more;
        if (len >= sizeof all) {
            return MBP_READING_WRONG;
        }
    }
    *(const char **)at = mbp_reader_keep(reader, all, len);
    return MBP_READING_OK;
}

static void print_broker(FILE *out, const void *at)
{
    const char *brokers = *(const char *const *)at;
    unsigned count = mbp_mqtt_broker_count(brokers);
    for (unsigned b = 0; b < count; b++) {
        const char *one = mbp_mqtt_broker_of(brokers, b);
        fprintf(out, "%s\"%.*s\"", b > 0 ? ", " : count > 1 ? "[" : "", (int)strcspn(one, " "), one);
    }
    fputs(count > 1 ? "]" : "", out);
}

static void print_text(FILE *out, const void *at)
{
    mbp_print_text(out, *(const char *const *)at);
}

/* ---- sizes and switches ------------------------------------------------------------------------------------------ */

static bool is_off(const struct mbp_node *node)
{
    const char *text = mbp_node_text(node);
    bool on;
    return text != NULL && mbp_scalar_switch(text, &on) && !on;
}

static enum mbp_reading read_buffer(struct mbp_reader *reader, const struct mbp_node *node,
                                    const struct mbp_field *field, void *at)
{
    (void)field;
    if (is_off(node)) {
        *(uint64_t *)at = 0;
        return MBP_READING_OK;
    }
    return mbp_read_value(reader, node, &(const struct mbp_field){.type = MBP_FIELD_SIZE, .low = MB, .high = 1e12}, at);
}

static void print_buffer(FILE *out, const void *at)
{
    char text[32];
    uint64_t bytes = *(const uint64_t *)at;
    fputs(bytes == 0 ? "off" : mbp_scalar_size_format(bytes, text, sizeof text), out);
}

static enum mbp_reading read_discovery(struct mbp_reader *reader, const struct mbp_node *node,
                                       const struct mbp_field *field, void *at)
{
    const char *text = mbp_node_text(node);
    if (is_off(node)) {
        *(const char **)at = NULL;
        return MBP_READING_OK;
    }
    return text == NULL || *text == '\0' || strpbrk(text, "+#") != NULL ? MBP_READING_WRONG
                                                                        : mbp_read_text(reader, node, field, at);
}

static void print_discovery(FILE *out, const void *at)
{
    if (*(const char *const *)at == NULL) {
        fputs("off", out);
    } else {
        print_text(out, at);
    }
}

/* ---- keys -------------------------------------------------------------------------------------------------------- */

static const char *const format_names[] = {"json", "sparkplug"};
static const struct mbp_words format_words = {"a format", format_names, MBP_COUNT_OF(format_names), NULL, 0};

#define ONE_BROKER "\"type\": \"string\", \"pattern\": \"^mqtts?://[^@/ ?#]+$\""
#define OFF_JSON   "{\"enum\": [\"off\", false]}"
#define OF(member) MBP_AT(struct mbp_mqtt_def, options.member)
static const struct mbp_field mqtt_fields[] = {
    [MBP_MQTT_BROKER] =
        MBP_ROW(CUSTOM, OF(broker), "broker", "where it is; a list of several is tried in turn", .required = true,
                .read = read_broker, .print = print_broker,
                .allowed = "mqtt://HOST or mqtts://HOST (TLS), :PORT behind it if it is not 1883 or "
                           "8883, or a list of up to 16 of them; user and password have keys of their own",
                .json = "\"anyOf\": [{" ONE_BROKER
                        "}, {\"type\": \"array\", \"minItems\": 1, \"maxItems\": 16, \"items\": {" ONE_BROKER "}}]"),
    [MBP_MQTT_FORMAT] = MBP_ROW(CHOICE, OF(format), "format", "json: a topic a point; sparkplug: Sparkplug B 3.0",
                                .usual = "json", .words = &format_words),
    [MBP_MQTT_PREFIX] =
        MBP_ROW(TEXT, OF(prefix), "prefix", "what all topics begin with; of json", .usual = "plants", .high = 200),
    [MBP_MQTT_GROUP] =
        MBP_ROW(TEXT, OF(group), "group", "the group that the node is of; of sparkplug", .usual = "plants", .high = 80),
    [MBP_MQTT_NODE] =
        MBP_ROW(TEXT, OF(node), "node", "what the plant is called there; its name if not given", .high = 80),
    [MBP_MQTT_CLIENT_ID] = MBP_ROW(TEXT, OF(client_id), "client_id",
                                   "what mbplantd calls itself; mbplant- and the node if not given", .high = 120),
    [MBP_MQTT_POINTS] = MBP_ROW(TEXT, OF(points), "points",
                                "which points, as patterns of names with commas between; those that people usually "
                                "want if not given",
                                .high = 4000),
    [MBP_MQTT_COMMANDS] = MBP_ROW(BOOL, OF(commands), "commands",
                                  "what comes from the broker is written as a master would", .usual = "true"),
    [MBP_MQTT_DISCOVERY] =
        MBP_ROW(CUSTOM, OF(discovery), "discovery", "where Home Assistant looks for devices; of json", .usual = "off",
                .read = read_discovery, .print = print_discovery, .high = 200,
                .allowed = "off, or a topic such as homeassistant",
                .json = "\"anyOf\": [" OFF_JSON ", {\"type\": \"string\", \"pattern\": \"^[^+#]+$\"}]"),
    [MBP_MQTT_PRIMARY_HOST] = MBP_ROW(TEXT, OF(primary_host), "primary_host",
                                      "births wait until that host is online; of sparkplug", .high = 80),
    [MBP_MQTT_KEEPALIVE] = MBP_ROW(DURATION, OF(keepalive_ns), "keepalive", "a broker that is silent so long is gone",
                                   .usual = "30s", .low = 5 * MBP_S, .high = 3600 * MBP_S),
    [MBP_MQTT_BUFFER] = MBP_ROW(
        CUSTOM, OF(buffer_bytes), "buffer", "how much waits on disk while the broker is away", .usual = "off",
        .read = read_buffer, .print = print_buffer, .allowed = "off, or a size from 1MB on",
        .json = "\"anyOf\": [" OFF_JSON ", {\"type\": \"string\", \"pattern\": \"^[0-9.]+ *([kMG]B|[KMG]iB)$\"}]"),
    [MBP_MQTT_REPLAY_RATE] =
        MBP_ROW(COUNT, OF(replay_rate), "replay_rate", "values a second that come of what has waited; 0 = all at once",
                .usual = "1000", .high = 10000000),
    [MBP_MQTT_USERNAME] = MBP_ROW(TEXT, OF(username), "username", "at the broker", .high = 200),
    [MBP_MQTT_PASSWORD_FILE] =
        MBP_ROW(TEXT, OF(password_file), "password_file", "a file with the password in its first line", .high = 4000),
    [MBP_MQTT_CA_FILE] = MBP_ROW(TEXT, OF(ca_file), "ca_file",
                                 "who vouches for the broker; the system's own authorities if not given", .high = 4000),
    [MBP_MQTT_CERT_FILE] = MBP_ROW(TEXT, OF(cert_file), "cert_file", "mbplantd's own certificate", .high = 4000),
    [MBP_MQTT_KEY_FILE] = MBP_ROW(TEXT, OF(key_file), "key_file", "the key of that", .high = 4000),
};
#undef OF

static void check_level(struct mbp_reader *reader, const struct mbp_mqtt_def *mqtt, const char *key, const char *text,
                        const char *wrong)
{
    if (text != NULL && (*text == '\0' || strpbrk(text, wrong) != NULL)) {
        mbp_reader_tell(reader, mbp_def_node(&mqtt->def, key),
                        "'%s' cannot be \"%s\": in a topic it must not be empty "
                        "or hold one of %s",
                        key, text, wrong);
    }
}

static void check_mqtt(struct mbp_reader *reader, void *def)
{
    struct mbp_mqtt_def *mqtt = def;
    const struct mbp_mqtt_options *options = &mqtt->options;
    char host[MBP_MQTT_HOST_MAX];
    uint16_t port;
    bool tls = false;
    check_level(reader, mqtt, "prefix", options->prefix, "+#");
    check_level(reader, mqtt, "group", options->group, "+/#");
    check_level(reader, mqtt, "node", options->node, "+/#");
    check_level(reader, mqtt, "primary_host", options->primary_host, "+/#");
    if (options->broker == NULL) {
        return;
    }
    for (unsigned b = 0; b < mbp_mqtt_broker_count(options->broker) && !tls; b++) {
        mbp_mqtt_broker_parse(mbp_mqtt_broker_of(options->broker, b), host, &port, &tls);
    }
    if (!tls && (options->ca_file != NULL || options->cert_file != NULL || options->key_file != NULL)) {
        mbp_reader_tell(reader, mbp_def_node(&mqtt->def, "broker"),
                        "'ca_file', 'cert_file' and 'key_file' are of TLS: write mqtts:// for it");
    }
    if ((options->cert_file == NULL) != (options->key_file == NULL)) {
        mbp_reader_tell(reader, mqtt->def.node, "'cert_file' and 'key_file' go together: give both");
    }
    if (options->password_file != NULL && options->username == NULL) {
        mbp_reader_tell(reader, mbp_def_node(&mqtt->def, "password_file"),
                        "a password without a user: give 'username' too");
    }
}

const struct mbp_schema mbp_mqtt_schema = MBP_SCHEMA("mqtt", mqtt_fields, struct mbp_mqtt_def, .check = check_mqtt);

void mbp_mqtt_check_node(struct mbp_reader *reader, struct mbp_plant_def *plant)
{
    struct mbp_mqtt_options *options = &plant->mqtt.options;
    if (options->broker == NULL || options->node != NULL) {
        return;
    }
    options->node = plant->name;
    if (plant->name != NULL && (*plant->name == '\0' || strpbrk(plant->name, "+/#") != NULL)) {
        mbp_reader_tell(reader, mbp_def_node(&plant->def, "name"),
                        "the plant's name is a level of its MQTT topics, where + / # cannot be: give 'node' in 'mqtt'");
    }
}

/* ---- from the plant ---------------------------------------------------------------------------------------------- */

void mbp_mqtt_view(const struct mbp_mqtt_options *options, struct mbp_mqtt_def *def)
{
    const struct {
        unsigned key;
        const char *text;
    } texts[] = {
        {MBP_MQTT_CLIENT_ID, options->client_id},         {MBP_MQTT_POINTS, options->points},
        {MBP_MQTT_PRIMARY_HOST, options->primary_host},   {MBP_MQTT_USERNAME, options->username},
        {MBP_MQTT_PASSWORD_FILE, options->password_file}, {MBP_MQTT_CA_FILE, options->ca_file},
        {MBP_MQTT_CERT_FILE, options->cert_file},         {MBP_MQTT_KEY_FILE, options->key_file},
    };
    *def = (struct mbp_mqtt_def){.def.present = MBP_BIT(MBP_COUNT_OF(mqtt_fields)) - 1, .options = *options};
    for (size_t i = 0; i < MBP_COUNT_OF(texts); i++) {
        if (texts[i].text == NULL) {
            def->def.present &= ~MBP_BIT(texts[i].key);
        }
    }
}
