/* store: values that the broker has not confirmed, in a file of bounded size (mqtt.buffer in the data's folder; minute
 * means of what found no room there in mqtt.minutes).
 * Records are numbered; number n stands at place n modulo the file's capacity, with a check over both, so that after a
 * kill all that was written is found again. It is not forced to the disk: a power cut may take the last seconds. */
#ifndef MBP_MQTT_STORE_H
#define MBP_MQTT_STORE_H

#include "mbplant/base.h"

#define MQTT_STORE_FILE    "mqtt.buffer"
#define MQTT_STORE_MINUTES "mqtt.minutes"
#define MQTT_STORE_BATCH   512u
#define MQTT_STORE_RECORD  32u /* bytes of one in the file */
#define MQTT_STORE_HEAD    64u /* of the file's begin */

struct mqtt_record {
    uint64_t time_ms, bits, hash; /* of the point's name */
    uint32_t metric;              /* where it was last: a hint */
    uint8_t type;                 /* enum mbp_type */
    bool bad;
};

struct mqtt_store;

/* A text has a record that tells its length in `bits`, and behind it others with the text itself. */
#define MQTT_STORE_TEXT_PART 0xFEu /* the type of these */
#define MQTT_STORE_PART      23u   /* bytes of text in one */
void mqtt_record_put_part(struct mqtt_record *record, const char *text, size_t len);
void mqtt_record_part(const struct mqtt_record *record, char text[MQTT_STORE_PART]);

/* Opens it, or makes it. A file of another size becomes one of this: what does not fit of the oldest is given up; a
 * copy is made and takes its place, so that a power cut leaves one of the two. Where it cannot be made, the file stays
 * as it is, with its own size. Errors: MBP_ERR_IO (errno), MBP_ERR_MEMORY, MBP_ERR_CORRUPT (it is no such file: it
 * stays as it is). Ownership: mqtt_store_close. */
enum mbp_status mqtt_store_open(const char *folder, const char *file, uint64_t max_bytes, struct mqtt_store **out);
void mqtt_store_close(struct mqtt_store *store);

/* The first number that is not confirmed, and the one that comes next. */
uint64_t mqtt_store_first(const struct mqtt_store *store);
uint64_t mqtt_store_next(const struct mqtt_store *store);

/* How many it holds. */
uint64_t mqtt_store_capacity(const struct mqtt_store *store);

/* Adds count records (at most MQTT_STORE_BATCH); the oldest go where there is no room. Returns how many went.
 * Errors (into *status): MBP_ERR_IO; what could not be written is not there. */
uint64_t mqtt_store_add(struct mqtt_store *store, const struct mqtt_record *records, uint32_t count,
                        enum mbp_status *status);

/* Up to max records from number on; damaged ones have time_ms 0. Returns how many. */
uint32_t mqtt_store_read(const struct mqtt_store *store, uint64_t number, uint32_t max, struct mqtt_record *out);

/* All before number are confirmed. */
void mqtt_store_confirm(struct mqtt_store *store, uint64_t number);

#endif
