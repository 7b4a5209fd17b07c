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

/* enum mqtt_datatype. */
uint8_t sparkplug_datatype(const struct mqtt_metric *metric);

#endif
