/* waiting: values on their way through the store: what is new, what a connection before this one left. */
#ifndef MBP_MQTT_WAITING_H
#define MBP_MQTT_WAITING_H

#include "means.h"
#include "mqtt_priv.h"
#include "store.h"

/* How far the sending is. */
struct waiting_at {
    uint64_t mean;    /* the next minute mean */
    uint64_t history; /* the next value of before this connection */
    uint64_t live;    /* the next of the others */
};

struct mqtt_waiting {
    struct mqtt_store *store;
    struct mqtt_means means;
    uint64_t begun; /* numbers from here on are of this connection */
    struct waiting_at at;
    int barrier; /* the subscription that the broker answers when it has read all before; 0 = none is under way */
    struct waiting_at asked;         /* up to where it asks */
    uint64_t barrier_ns, allowed_ns; /* when the last began; up to when history has used up its rate */
    bool troubled;
};

/* NULL where the plant file wants none, or it cannot be had: one warning. */
struct mqtt_waiting *mqtt_waiting_new(struct mbp_mqtt *mqtt);
void mqtt_waiting_free(struct mqtt_waiting *waiting);

/* A connection has begun, or is lost. */
void mqtt_waiting_connected(struct mqtt_link *link);
/* A birth begins: what came before it is of the past. */
void mqtt_waiting_born(struct mqtt_link *link);
void mqtt_waiting_lost(struct mqtt_link *link);
/* Another plant follows: link->roster is still the one before. */
void mqtt_waiting_follow(struct mqtt_link *link);

/* Keeps changes, at most WAITING_BATCH, then sends those that can be sent. Only the last may be of a text: it is what
 * that shows now. may: they may be sent at all. */
#define WAITING_BATCH (MQTT_STORE_BATCH - 1u - (MQTT_TEXT_MAX + MQTT_STORE_PART - 1u) / MQTT_STORE_PART)
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
