/* The plant and what it has once as they are written. */
#ifndef MBP_PLANT_DEFS_PLANT_H
#define MBP_PLANT_DEFS_PLANT_H

#include "defs/common.h"

struct mbp_access_def {
    struct mbp_def def;
    struct mbp_access_rule rule; /* what keys fill themselves */
    struct mbp_values_def units;
    const char *as; /* NULL = none */
};

struct mbp_operator_def {
    struct mbp_def def;
    struct mbp_operator operator_;
};

struct mbp_server_def {
    struct mbp_def def;
    struct mbp_server_options options; /* likewise */
    struct mbp_def_list access, faults;
};

enum { MBP_HTTP_LISTEN, MBP_HTTP_TOKEN_FILE }; /* its keys */

struct mbp_http_def {
    struct mbp_def def;
    const char *listen; /* NULL = off */
    const char *token_file;
};

/* Its keys. */
enum {
    MBP_MQTT_BROKER,
    MBP_MQTT_FORMAT,
    MBP_MQTT_PREFIX,
    MBP_MQTT_GROUP,
    MBP_MQTT_NODE,
    MBP_MQTT_CLIENT_ID,
    MBP_MQTT_POINTS,
    MBP_MQTT_COMMANDS,
    MBP_MQTT_DISCOVERY,
    MBP_MQTT_PRIMARY_HOST,
    MBP_MQTT_KEEPALIVE,
    MBP_MQTT_BUFFER,
    MBP_MQTT_REPLAY_RATE,
    MBP_MQTT_USERNAME,
    MBP_MQTT_PASSWORD_FILE,
    MBP_MQTT_CA_FILE,
    MBP_MQTT_CERT_FILE,
    MBP_MQTT_KEY_FILE
};

struct mbp_mqtt_def {
    struct mbp_def def;
    struct mbp_mqtt_options options;
};

struct mbp_journal_def {
    struct mbp_def def;
    struct mbp_journal_options options;
};

struct mbp_samples_def {
    struct mbp_def def;
    uint64_t max_bytes; /* 0 = off */
};

struct mbp_longest_def {
    struct mbp_def def;
    uint64_t of[MBP_PRIORITY_COUNT];
};

struct mbp_policy_def {
    struct mbp_def def;
    struct mbp_longest_def longest;
    struct mbp_alarm_policy policy;
};

struct mbp_identity_def {
    struct mbp_def def;
    struct mbp_identity identity;
};

struct mbp_plant_def {
    struct mbp_def def;
    const char *name;
    uint64_t scan_ns, seed;
    int64_t start_ns;
    struct mbp_def_list curves; /* of struct mbp_curve_def */
    struct mbp_server_def server;
    bool instructor;
    struct mbp_http_def http;
    struct mbp_mqtt_def mqtt;
    struct mbp_journal_def journal;
    struct mbp_samples_def samples;
    struct mbp_policy_def policy;
    struct mbp_def_list operators; /* of struct mbp_operator_def */
    struct mbp_identity_def identity;
    struct mbp_def_list units;
    struct mbp_def_list faults; /* of struct mbp_plant_fault_def */
};

#endif
