/* plant_mqtt: the broker that a plant is published at, as the plant file has it. */
#ifndef MBPLANT_PLANT_MQTT_H
#define MBPLANT_PLANT_MQTT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum mbp_mqtt_format { MBP_MQTT_JSON, MBP_MQTT_SPARKPLUG, MBP_MQTT_FORMAT_COUNT };

struct mbp_mqtt_options {
    const char *broker; /* "mqtt://127.0.0.1:1883", or several of them with spaces between; NULL = none, and nothing
                           below counts */
    const char *prefix; /* of all topics; of JSON */
    const char *group, *node; /* levels of a topic; of JSON node alone; never NULL where there is a broker */
    const char *client_id;    /* NULL = made of the node */
    const char *points;       /* patterns of names; NULL = those that people usually want */
    const char *username;     /* NULL = none */
    const char *password_file, *ca_file, *cert_file, *key_file; /* from the plant file's folder; NULL = none */
    const char *discovery;    /* where Home Assistant looks for what there is; NULL = it is not told */
    const char *primary_host; /* of Sparkplug: births wait until that one is there; NULL = they do not */
    uint64_t keepalive_ns;
    uint64_t buffer_bytes; /* of values that wait on disk for the broker; 0 = they do not */
    uint32_t replay_rate;  /* values a second; 0 = as fast as it goes */
    uint8_t format;        /* enum mbp_mqtt_format */
    bool commands;         /* they are taken */
};

/* Of several: how many they are, and where the text of one begins, counted round. */
#define MBP_MQTT_BROKERS_MAX 16u
unsigned mbp_mqtt_broker_count(const char *brokers);
const char *mbp_mqtt_broker_of(const char *brokers, unsigned number);

/* Where a broker (the first of several) is: "mqtt://HOST", "mqtts://HOST:PORT" (TLS). Output: host without brackets.
 * False: it is no such text, or it holds a user or a password, which belong elsewhere. */
#define MBP_MQTT_HOST_MAX 256u
bool mbp_mqtt_broker_parse(const char *text, char host[MBP_MQTT_HOST_MAX], uint16_t *port, bool *tls);

#endif
