/* mqtt: the plant at a broker (mbplant/plant/mqtt.h): what changes goes there, commands come from there and are writes
 * as a Modbus master's: the same access rules (the broker's address is the peer's), ranges, refusals and journal.
 *
 * The scan's thread compares words and puts what changed into a ring; a thread of its own has the connection
 * (libmosquitto). The scan never waits: what finds no room in the ring is looked at again by the next scan, so that a
 * value in between may be missed, which is counted, but never the last one.
 * Sources: MQTT 3.1.1 (OASIS), Eclipse Sparkplug 3.0.0, Home Assistant's MQTT discovery. */
#ifndef MBPLANT_MQTT_H
#define MBPLANT_MQTT_H

#include <stdio.h>

#include "mbplant/journal.h"
#include "mbplant/mqtt/link.h"
#include "mbplant/scan.h"

#define MBP_MQTT_POINTS_MAX 100000u /* of a plant */

struct mbp_mqtt;
struct mqtt_roster; /* what of one plant is published */

struct mbp_mqtt_config {
    struct uv_loop_s *loop;
    const struct mbp_plant *plant; /* it names a broker */
    struct mbp_image *image;
    struct mbp_scan *scan;
    struct mbp_journal *journal;
    uint32_t next_event;               /* the first that is to be told */
    const char *folder;                /* of the data, for what waits on disk; copied */
    void (*before_request)(void *ctx); /* before each batch of commands: a due scan may run */
    void *ctx;
};

/* Begins; that there is no broker is no error, it is looked for until there is one. One line to errors on failure:
 * MBP_ERR_MEMORY, MBP_ERR_IO (no thread or descriptor), MBP_ERR_RANGE (too many points, or none). Ownership:
 * mbp_mqtt_stop, run the loop until it is idle, mbp_mqtt_close. */
enum mbp_status mbp_mqtt_open(const struct mbp_mqtt_config *config, FILE *errors, struct mbp_mqtt **out);

/* No commands any more. From the loop, as the next three. */
void mbp_mqtt_stop(struct mbp_mqtt *mqtt);

/* A scan has run; events have become durable. Nothing is allocated by the first, and neither waits. */
void mbp_mqtt_scanned(struct mbp_mqtt *mqtt);
void mbp_mqtt_durable(struct mbp_mqtt *mqtt);

/* Says goodbye, if it can be said within two seconds, and ends. */
void mbp_mqtt_close(struct mbp_mqtt *mqtt);

/* For a plant that may follow: made in another thread, then taken over between two scans (NULL afterwards) or dropped.
 * The broker, and how the plant is called there, stay as they were. Errors: MBP_ERR_MEMORY, MBP_ERR_RANGE. */
enum mbp_status mbp_mqtt_prepare(const struct mbp_plant *plant, struct mqtt_roster **out);
void mbp_mqtt_drop(struct mqtt_roster *next);
void mbp_mqtt_follow(struct mbp_mqtt *mqtt, struct mqtt_roster *next, const struct mbp_plant *plant,
                     struct mbp_image *image);

/* --check: how much is published; nothing where the plant names no broker. Errors: MBP_ERR_MEMORY, MBP_ERR_RANGE (told
 * to out). */
enum mbp_status mbp_mqtt_print_summary(const struct mbp_plant *plant, FILE *out);

#endif
