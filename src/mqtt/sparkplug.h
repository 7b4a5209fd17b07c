/* sparkplug: what the format has of its own, and how it names points. */
#ifndef MBP_MQTT_SPARKPLUG_H
#define MBP_MQTT_SPARKPLUG_H

#include "mqtt_priv.h"
#include "payload.h"

#define SPARKPLUG_COMMAND_MAX 65536u /* bytes of a command */

struct sparkplug {
    struct mqtt_payload payload;
    uint8_t bdseq, next_bdseq; /* of this session, and the next */
    uint8_t seq;               /* of the next message */
    bool told;                 /* that bdSeq cannot be kept */
    bool begun;                /* NBIRTH is out */
    bool rebirth;              /* somebody asks for births */
    uint64_t birth_ns;         /* when the last were out */
    uint64_t born_ms;
    /* values that are gathered: of which device, of which scan */
    bool pending;
    const char *device;
    uint64_t time_ms;
    /* the primary host */
    bool host_known;
    int64_t host_ms;
};

/* "TT101/high" of "TT101.high", "state" of "FILL1.state" where FILL1 is the device. Returns buf; 160 bytes suffice. */
const char *sparkplug_name(const struct mqtt_metric *metric, char *buf, size_t size);

/* Makes the payload of a birth of a device (NULL = the node) whose points begin at `from`, without its number and what
 * belongs to the session. Returns where the next one's begin. */
uint32_t sparkplug_put_birth(struct mqtt_link *link, uint32_t from, const char *device);

/* Sets the metric's type there, and how its words come to it. */
void sparkplug_set_type(struct mqtt_metric *metric);

/* enum mqtt_plain; its type is set. */
uint8_t sparkplug_plain(const struct mqtt_metric *metric);

void sparkplug_put_birth_metric(struct mqtt_link *link, uint32_t metric);
void sparkplug_put_own(struct sparkplug *own, const char *name, uint8_t datatype, int64_t whole);

/* Changes of one time, into the message that is being gathered; at most MQTT_VALUES_AT_ONCE. */
void sparkplug_put_values(struct mqtt_link *link, const struct mqtt_change *changes, uint32_t count, bool historical);

/* ---- messages: sparkplug.c --------------------------------------------------------------------------------------- */

/* Returns buf. device: NULL = none; "" = what all devices' topics begin with. */
const char *sparkplug_topic(const struct mqtt_link *link, const char *type, const char *device,
                            char buf[MQTT_TOPIC_MAX]);

/* What is gathered goes out. */
void sparkplug_send_data(struct mqtt_link *link);

/* The same words as the Will's. */
void sparkplug_send_death(struct mqtt_link *link);

/* ---- what comes: sparkplug_command.c ----------------------------------------------------------------------------- */

#define SPARKPLUG_REBIRTH "Node Control/Rebirth"

/* Whether a point is of a device; NULL = of the node. */
bool sparkplug_is_of(const struct mqtt_metric *metric, const char *device);

void sparkplug_message(struct mqtt_link *link, const struct mosquitto_message *message);

#endif
