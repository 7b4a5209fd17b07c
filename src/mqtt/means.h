/* means: what is left of values that the buffer had no room for: one a minute and point, in a store of its own; and of
 * which time they are. */
#ifndef MBP_MQTT_MEANS_H
#define MBP_MQTT_MEANS_H

#include "mqtt_priv.h"
#include "store.h"

struct mqtt_means {
    struct mqtt_store *store; /* NULL = it cannot be had */
    struct mean *of;          /* each point's minute that runs */
    uint32_t count;
    const struct mqtt_roster *roster; /* whose points they are */
};

/* A value is given up. Errors are of no use to anybody here: it is lost then. */
void mqtt_means_add(struct mqtt_means *means, const struct mqtt_roster *roster, uint32_t metric,
                    const struct mqtt_record *record);

/* Minutes that run end now. */
void mqtt_means_flush(struct mqtt_means *means);

void mqtt_means_free(struct mqtt_means *means);

#endif
