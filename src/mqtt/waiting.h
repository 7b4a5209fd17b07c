/* waiting: values on their way through the store: what is new, what a connection before this one left. */
#ifndef MBP_MQTT_WAITING_H
#define MBP_MQTT_WAITING_H

#include "mqtt_priv.h"
#include "store.h"

struct mqtt_waiting {
    struct mqtt_store *store;
    uint64_t begun;   /* numbers from here on are of this connection */
    uint64_t history; /* the next of those before that is to be sent */
    uint64_t live;    /* the next of the others */
    int barrier;      /* the subscription that the broker answers when it has read all before; 0 = none is under way */
    uint64_t barrier_history, barrier_live;
    uint64_t barrier_ns, allowed_ns; /* when the last began; up to when history has used up its rate */
    bool troubled;
};

/* NULL where the plant file wants none, or it cannot be had: one warning. */
struct mqtt_waiting *mqtt_waiting_new(struct mbp_mqtt *mqtt);
void mqtt_waiting_free(struct mqtt_waiting *waiting);

/* A connection has begun, or is lost. */
void mqtt_waiting_connected(struct mqtt_link *link);
/* A birth begins: what came before it is of the past, unless some of it is sent already. */
void mqtt_waiting_born(struct mqtt_link *link);
void mqtt_waiting_lost(struct mqtt_link *link);

/* Keeps changes, then sends those that can be sent; texts, which are not kept, likewise. may: they may be sent at all.
 */
void mqtt_waiting_take(struct mqtt_link *link, const struct mqtt_change *changes, uint32_t count, bool may);

/* Sends what waits, as much as can be. */
void mqtt_waiting_send(struct mqtt_link *link, uint64_t now_ns);

/* Asks for confirmation once a second. To be called when the format has gathered nothing that is not sent. */
void mqtt_waiting_ask(struct mqtt_link *link, uint64_t now_ns);

/* The broker has answered a subscription. */
void mqtt_waiting_confirmed(struct mqtt_link *link, int mid);

/* Whether there is something to send. */
bool mqtt_waiting_has(const struct mqtt_link *link, uint64_t now_ns);

#endif
