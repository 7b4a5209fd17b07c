/* link: how the connection to the broker goes, for whoever shows it. */
#ifndef MBPLANT_MQTT_LINK_H
#define MBPLANT_MQTT_LINK_H

#include <stdint.h>

enum mbp_link { MBP_LINK_NONE, MBP_LINK_AWAY, MBP_LINK_UP, MBP_LINK_COUNT };

struct mbp_link_figures {
    uint8_t link;                      /* enum mbp_link; NONE = the plant has no broker */
    uint64_t since_ms;                 /* wall time */
    const char *why;                   /* it is away: "Connection refused"; "" = not known. Static storage */
    uint64_t hole_from_ms, hole_to_ms; /* of which time minute means alone are told; 0 = of none */
    uint64_t points, connects, sent, waiting, missed, lost, commands, refused;
};

/* One count a row: what, and what it is of. X(member, words) */
#define MBP_LINK_COUNTS(X)                                                                                             \
    X(points, "points that are published")                                                                             \
    X(connects, "connections to the broker since the start")                                                           \
    X(sent, "messages sent")                                                                                           \
    X(waiting, "values that wait for the broker")                                                                      \
    X(missed, "values in between that were not sent, because too many came at once")                                   \
    X(lost, "values that waited and found no room: of them there are minute means alone")                              \
    X(commands, "commands that came")                                                                                  \
    X(refused, "commands that were refused")

#endif
