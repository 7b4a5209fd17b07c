/* store: values that the broker has not confirmed, in a file of bounded size (mqtt.buffer in the data's folder).
 * Records are numbered; number n stands at place n modulo the file's capacity, with a check over both, so that after a
 * kill all that was written is found again. It is not forced to the disk: a power cut may take the last seconds. */
#ifndef MBP_MQTT_STORE_H
#define MBP_MQTT_STORE_H

#include "mbplant/base.h"

#define MQTT_STORE_FILE  "mqtt.buffer"
#define MQTT_STORE_BATCH 512u

struct mqtt_record {
    uint64_t time_ms, bits, hash; /* of the point's name */
    uint32_t metric;              /* where it was last: a hint */
    uint8_t type;                 /* enum mbp_type */
    bool bad;
};

struct mqtt_store;

/* Opens it, or makes it; a file of another size keeps what fits. Errors: MBP_ERR_IO (errno), MBP_ERR_MEMORY,
 * MBP_ERR_CORRUPT (it is no such file: it stays as it is). Ownership: mqtt_store_close. */
enum mbp_status mqtt_store_open(const char *folder, uint64_t max_bytes, struct mqtt_store **out);
void mqtt_store_close(struct mqtt_store *store);

/* The first number that is not confirmed, and the one that comes next. */
uint64_t mqtt_store_first(const struct mqtt_store *store);
uint64_t mqtt_store_next(const struct mqtt_store *store);

/* Adds count records (at most MQTT_STORE_BATCH); the oldest go where there is no room. Returns how many went.
 * Errors (into *status): MBP_ERR_IO; what could not be written is not there. */
uint64_t mqtt_store_add(struct mqtt_store *store, const struct mqtt_record *records, uint32_t count,
                        enum mbp_status *status);

/* Up to max records from number on; damaged ones have time_ms 0. Returns how many. */
uint32_t mqtt_store_read(const struct mqtt_store *store, uint64_t number, uint32_t max, struct mqtt_record *out);

/* All before number are confirmed. */
void mqtt_store_confirm(struct mqtt_store *store, uint64_t number);

#endif
