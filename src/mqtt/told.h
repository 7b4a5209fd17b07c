/* told: which retained topics the broker has of us, in a file (mqtt.topics): what the plant lost since, while the
 * broker was there or away, or mbplantd was not there, is taken back with the next birth. */
#ifndef MBP_MQTT_TOLD_H
#define MBP_MQTT_TOLD_H

#include "mqtt_priv.h"

#define MQTT_TOLD_FILE "mqtt.topics"

/* The format's own: zero-initialise. */
struct mqtt_told {
    char *last; /* the topics of the last birth, a line each; NULL = the file has them */
    size_t last_len;
    char *now; /* those of this one, while what is missing is cleared */
    size_t now_len;
    char *lines;    /* the last ones, taken apart */
    char **missing; /* of them those that are no more */
    uint32_t count, at;
};

/* A birth begins. */
void mqtt_told_begin(struct mqtt_told *told);

/* After its last message: clears what the last birth told and the plant has no more, as much as can be sent; then the
 * file names what there is. Returns whether all is done: to be asked again until then. */
bool mqtt_told_clear(struct mqtt_link *link, struct mqtt_told *told);

void mqtt_told_free(struct mqtt_told *told); /* what it points to */

#endif
