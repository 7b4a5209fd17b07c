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

#define PATIENCE_MS 5000

struct trial {
    int code; /* of CONNACK; -1 = none came */
    unsigned messages;
    char first[200]; /* topic of the first */
};

static void on_connect(struct mosquitto *mosq, void *ctx, int code)
{
    (void)mosq;
    ((struct trial *)ctx)->code = code;
}

static void on_message(struct mosquitto *mosq, void *ctx, const struct mosquitto_message *message)
{
    (void)mosq;
    struct trial *trial = ctx;
    if (trial->messages++ == 0)
        snprintf(trial->first, sizeof trial->first, "%s", message->topic);
}

static long now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Runs it until done says so, or patience ends. Returns the library's code. */
static int run_until(struct mosquitto *mosq, const struct trial *trial, bool (*done)(const struct trial *))
{
    long end = now_ms() + PATIENCE_MS;
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

static const char *reason(int rc)
{
    return rc == MOSQ_ERR_ERRNO ? strerror(errno) : mosquitto_strerror(rc);
}

static enum ctl_exit listen_to(struct mosquitto *mosq, struct trial *trial, const struct mbp_mqtt_options *options)
{
    char topic[300];
    if (options->format == MBP_MQTT_JSON)
        snprintf(topic, sizeof topic, "%s/%s/#", options->prefix, options->node);
    else
        snprintf(topic, sizeof topic, "spBv1.0/%s/+/%s/#", options->group, options->node);
    mosquitto_subscribe(mosq, NULL, topic, 0);
    run_until(mosq, trial, has_message);
    if (trial->messages > 0) {
        ctl_say("data comes: %s\n", trial->first);
        return CTL_OK;
    }
    ctl_say("no data came within %d s on %s\n", PATIENCE_MS / 1000, topic);
    return CTL_FAILED;
}

static enum ctl_exit try_from_here(const struct mbp_mqtt_options *options)
{
    char host[MBP_MQTT_HOST_MAX], id[48];
    uint16_t port = 0;
    bool tls = false;
    struct trial trial = {.code = -1};
    enum ctl_exit code = CTL_FAILED;
    mbp_mqtt_broker_parse(options->broker, host, &port, &tls);
    if (tls || options->username != NULL) {
        ctl_say("it wants %s, which mbplantctl has not: not tried from here\n", tls ? "TLS" : "a user");
        return CTL_OK;
    }
    mosquitto_lib_init();
    snprintf(id, sizeof id, "mbplantctl-%ld", (long)getpid());
    struct mosquitto *mosq = mosquitto_new(id, true, &trial);
    if (mosq == NULL)
        return CTL_FAILED;
    mosquitto_connect_callback_set(mosq, on_connect);
    mosquitto_message_callback_set(mosq, on_message);
    int rc = mosquitto_connect(mosq, host, port, 30);
    if (rc == MOSQ_ERR_SUCCESS)
        rc = run_until(mosq, &trial, has_answer);
    if (trial.code == 0) {
        ctl_say("from here the broker answers\n");
        code = listen_to(mosq, &trial, options);
    } else if (trial.code > 0) {
        ctl_say("from here the broker refuses: %s\n", mosquitto_connack_string(trial.code));
    } else {
        ctl_say("from here there is no broker at %s port %u: %s\n", host, port,
                rc == MOSQ_ERR_SUCCESS ? "it does not answer" : reason(rc));
    }
    mosquitto_destroy(mosq);
    mosquitto_lib_cleanup();
    return code;
}
#else
static enum ctl_exit try_from_here(const struct mbp_mqtt_options *options)
{
    (void)options;
    ctl_say("this mbplantctl was built without MQTT: not tried from here\n");
    return CTL_OK;
}
#endif

static bool say_what_the_slave_says(struct ctl *ctl)
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
            words[summary.mqtt < MBP_LINK_COUNT ? summary.mqtt : MBP_LINK_NONE], summary.mqtt_waiting,
            summary.mqtt_lost, summary.mqtt_refused);
    return true;
}

enum ctl_exit ctl_run_mqtt(struct ctl *ctl)
{
    if (strcmp(ctl->options->argv[0], "test") != 0) {
        fputs("mbplantctl: mqtt takes one word: test\n", stderr);
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
    return say_what_the_slave_says(ctl) ? try_from_here(options) : CTL_FAILED;
}
