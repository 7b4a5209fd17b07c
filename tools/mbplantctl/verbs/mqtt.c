/* mqtt test: why no data comes from the broker: what the slave says of it, and what is found from here. */
#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ctl.h"
#include "mbplant/mqtt/link.h"
#include "slave/snapshot.h"

#if MBP_WITH_MQTT
#include <mosquitto.h>

#include "mbplant/json.h"

#define PATIENCE_MS 5000
#define STATE_TOPIC "spBv1.0/STATE/"

/* What a host asks a Sparkplug node for that says nothing, for all of it stands still: its births anew (Eclipse
 * Sparkplug 3.0.0, 6.4.22). */
static const char rebirth[] = "\x12\x1a\x0a\x14"
                              "Node Control/Rebirth\x20\x0b\x70\x01";

struct trial {
    int code; /* of CONNACK; -1 = none came */
    bool connected;
    unsigned messages;
    char first[200];                 /* topic of the first */
    bool host_known, host_is_online; /* the primary host */
};

static void on_connect(struct mosquitto *mosq, void *ctx, int code)
{
    (void)mosq;
    ((struct trial *)ctx)->code = code;
}

/* A host's state is {"online": true, "timestamp": ..}; that it has gone is left out or false. */
static void take_state(struct trial *trial, const struct mosquitto_message *message)
{
    json_t *root = NULL;
    if (message->payloadlen <= 0 ||
        mbp_json_read((struct mbp_text){message->payload, (size_t)message->payloadlen}, 0, &root) != MBP_OK)
        return;
    trial->host_known = true;
    trial->host_is_online = json_is_true(json_object_get(root, "online"));
    json_decref(root);
}

/* That the plant is offline is no data, and neither is what others say to it. */
static bool is_data(const struct mosquitto_message *message)
{
    const char *last = strrchr(message->topic, '/');
    bool offline = message->payloadlen == 7 && memcmp(message->payload, "offline", 7) == 0;
    return message->payloadlen > 0 && !offline && strstr(message->topic, "/NDEATH/") == NULL &&
           strstr(message->topic, "/NCMD/") == NULL && strstr(message->topic, "/DCMD/") == NULL &&
           (last == NULL || strcmp(last, "/set") != 0);
}

static void on_message(struct mosquitto *mosq, void *ctx, const struct mosquitto_message *message)
{
    (void)mosq;
    struct trial *trial = ctx;
    if (strncmp(message->topic, STATE_TOPIC, strlen(STATE_TOPIC)) == 0)
        take_state(trial, message);
    else if (is_data(message) && trial->messages++ == 0)
        snprintf(trial->first, sizeof trial->first, "%s", message->topic);
}

static long now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Runs it until done says so, or patience ends. Returns the library's code. */
static int run_until(struct mosquitto *mosq, const struct trial *trial, bool (*done)(const struct trial *), long ms)
{
    long end = now_ms() + ms;
    int rc = MOSQ_ERR_SUCCESS;
    while (rc == MOSQ_ERR_SUCCESS && !done(trial) && now_ms() < end)
        rc = mosquitto_loop(mosq, 100, 1);
    return rc;
}

static bool has_answer(const struct trial *trial)
{
    return trial->code >= 0;
}

static bool has_message(const struct trial *trial)
{
    return trial->messages > 0;
}

static bool knows_host(const struct trial *trial)
{
    return trial->host_known;
}

static const char *reason(int rc)
{
    return rc == MOSQ_ERR_ERRNO ? mbp_system_why(errno) : ctl_tr(mosquitto_strerror(rc));
}

/* A node with a primary host says nothing while that is not there. */
static bool has_its_host(struct mosquitto *mosq, struct trial *trial, const struct mbp_mqtt_options *options)
{
    char topic[300];
    if (options->format == MBP_MQTT_JSON || options->primary_host == NULL)
        return true;
    snprintf(topic, sizeof topic, STATE_TOPIC "%s", options->primary_host);
    mosquitto_subscribe(mosq, NULL, topic, 0);
    run_until(mosq, trial, knows_host, PATIENCE_MS / 2);
    if (trial->host_is_online)
        return true;
    ctl_say("the plant waits for its primary host %s: %s has %s\n", options->primary_host, topic,
            trial->host_known ? "that it is offline" : "nothing retained");
    return false;
}

/* Whether others are heard there: the plant may go by another prefix, group or name than this plant file. */
static void say_what_else_comes(struct mosquitto *mosq, struct trial *trial)
{
    mosquitto_subscribe(mosq, NULL, "#", 0);
    run_until(mosq, trial, has_message, PATIENCE_MS / 2);
    if (trial->messages > 0)
        ctl_say("others are heard there, as %s: compare 'prefix', 'group' and 'node' with the plant file that mbplantd "
                "was started with\n",
                trial->first);
    else
        ctl_say("nothing else is heard there either: mbplantd may be at another broker\n");
}

static enum ctl_exit listen_to(struct mosquitto *mosq, struct trial *trial, const struct mbp_mqtt_options *options)
{
    char topic[300], command[300];
    bool json = options->format == MBP_MQTT_JSON;
    if (!has_its_host(mosq, trial, options))
        return CTL_FAILED;
    if (json)
        snprintf(topic, sizeof topic, "%s/%s/#", options->prefix, options->node);
    else
        snprintf(topic, sizeof topic, "spBv1.0/%s/+/%s/#", options->group, options->node);
    mosquitto_subscribe(mosq, NULL, topic, 0);
    run_until(mosq, trial, has_message, json ? PATIENCE_MS : PATIENCE_MS / 2);
    if (trial->messages == 0 && !json) {
        snprintf(command, sizeof command, "spBv1.0/%s/NCMD/%s", options->group, options->node);
        mosquitto_publish(mosq, NULL, command, (int)sizeof rebirth - 1, rebirth, 1, false);
        run_until(mosq, trial, has_message, PATIENCE_MS / 2);
    }
    if (trial->messages > 0) {
        ctl_say("data comes: %s\n", trial->first);
        return CTL_OK;
    }
    ctl_say("no data came within %d s on %s\n", PATIENCE_MS / 1000, topic);
    say_what_else_comes(mosq, trial);
    return CTL_FAILED;
}

/* What can be found of a broker without what mbplantctl has not: its certificates and the password. */
static enum ctl_exit say_how_far(const struct mbp_mqtt_options *options, const struct trial *trial, bool tls, bool up)
{
    if (tls)
        ctl_say("from here something listens there; TLS is not tried\n");
    else if (trial->code > 0)
        ctl_say("from here the broker answers, and wants the password of %s, which mbplantctl has not\n",
                options->username);
    if (!up && tls)
        ctl_say("so look at 'ca_file', which must be of who signed the broker's certificate, and at 'cert_file' and "
                "'key_file'\n");
    else if (!up)
        ctl_say("so look at 'username' and 'password_file'\n");
    return up ? CTL_OK : CTL_FAILED;
}

/* up: mbplantd says that it is connected. */
static enum ctl_exit try_broker(const struct mbp_mqtt_options *options, const char *broker, bool up)
{
    char host[MBP_MQTT_HOST_MAX], id[48];
    uint16_t port = 0;
    bool tls = false;
    struct trial trial = {.code = -1};
    enum ctl_exit code = CTL_FAILED;
    mbp_mqtt_broker_parse(broker, host, &port, &tls);
    snprintf(id, sizeof id, "mbplantctl-%ld", (long)getpid());
    struct mosquitto *mosq = mosquitto_new(id, true, &trial);
    if (mosq == NULL)
        return CTL_FAILED;
    mosquitto_connect_callback_set(mosq, on_connect);
    mosquitto_message_callback_set(mosq, on_message);
    int rc = mosquitto_connect(mosq, host, port, 30);
    trial.connected = rc == MOSQ_ERR_SUCCESS;
    if (trial.connected && !tls)
        rc = run_until(mosq, &trial, has_answer, PATIENCE_MS);
    if (trial.code == 0) {
        ctl_say("from here the broker at %s port %u answers\n", host, port);
        code = listen_to(mosq, &trial, options);
    } else if (trial.connected && (tls || (trial.code > 0 && options->username != NULL))) {
        code = say_how_far(options, &trial, tls, up);
    } else if (trial.code > 0) {
        ctl_say("from here the broker refuses: %s\n", mosquitto_connack_string(trial.code));
    } else {
        ctl_say("from here there is no broker at %s port %u: %s\n", host, port,
                rc == MOSQ_ERR_SUCCESS ? ctl_tr("it does not answer") : reason(rc));
    }
    mosquitto_destroy(mosq);
    return code;
}

/* One of several is enough. */
static enum ctl_exit try_from_here(const struct mbp_mqtt_options *options, bool up)
{
    enum ctl_exit code = CTL_FAILED;
    mosquitto_lib_init();
    for (unsigned b = 0; b < mbp_mqtt_broker_count(options->broker) && code != CTL_OK; b++)
        code = try_broker(options, mbp_mqtt_broker_of(options->broker, b), up);
    mosquitto_lib_cleanup();
    return code;
}
#else
static enum ctl_exit try_from_here(const struct mbp_mqtt_options *options, bool up)
{
    (void)options;
    ctl_say("this mbplantctl was built without MQTT: not tried from here\n");
    return up ? CTL_OK : CTL_FAILED;
}
#endif

static bool say_what_the_slave_says(struct ctl *ctl, bool *up)
{
    static const char *const words[MBP_LINK_COUNT] = {"it has no broker: mbplantd goes by the plant file of its start",
                                                      "the broker is away", "connected to the broker"};
    struct mbp_summary_view summary = {0};
    int unit = ctl_link(ctl) != NULL ? ctl_summary_unit(ctl->plant) : -1;
    if (unit < 0)
        return false;
    enum mbp_status status = ctl_journal_state_read(ctl, (uint8_t)unit, &summary);
    if (status != MBP_OK) {
        ctl_fail(ctl, status, "reading how it goes with the broker");
        return false;
    }
    ctl_say("mbplantd says: %s; %u values wait, %u were given up, %u commands refused\n",
            ctl_tr(words[summary.mqtt < MBP_LINK_COUNT ? summary.mqtt : MBP_LINK_NONE]), summary.mqtt_waiting,
            summary.mqtt_lost, summary.mqtt_refused);
    *up = summary.mqtt == MBP_LINK_UP;
    if (summary.mqtt == MBP_LINK_AWAY)
        ctl_say("its reason is in what its HTTP says of the status, as mqtt_why\n");
    return true;
}

CTL_VERB(mqtt)
{
    if (strcmp(ctl->options->argv[0], "test") != 0) {
        ctl_error("mqtt takes one word: test");
        return CTL_USAGE;
    }
    if (ctl_plant(ctl) == NULL)
        return CTL_FAILED;
    const struct mbp_mqtt_options *options = &ctl->plant->mqtt;
    if (options->broker == NULL) {
        ctl_say("the plant file names no broker: write mqtt: {broker: \"mqtt://HOST\"} into it\n");
        return CTL_FAILED;
    }
    ctl_say("the broker is %s, the plant is %s there\n", options->broker, options->node);
    bool up = false;
    return say_what_the_slave_says(ctl, &up) ? try_from_here(options, up) : CTL_FAILED;
}
