/* How many connections each address has, and which connection must go for a new one. */
#ifndef MBPLANT_CLIENTS_H
#define MBPLANT_CLIENTS_H

#include "address.h"
#include "turned_away.h"

struct connection;
struct mbp_server;

#define CLIENT_PLACES 1024u

/* An address that has connections. */
struct client {
    struct client *next; /* of the same place */
    struct access_address address;
    uint32_t count; /* of its connections */
};

/* By a hash of the address. Zero-initialise. */
struct clients {
    struct client *place[CLIENT_PLACES];
};

/* The address's entry, which counts one connection more; NULL without memory. */
struct client *clients_enter(struct clients *clients, const struct access_address *address);

/* Counts one connection less; an entry without any is gone. */
void clients_leave(struct clients *clients, struct client *client);

/* So long a half request keeps its connection from being closed for another of its address. A client needs far less to
 * send the rest. */
#define HALF_REQUEST_MS 250u

struct clients_verdict {
    bool admitted;
    struct connection *victim; /* to be closed for the newcomer, or NULL */
    enum turned_away_why why;  /* with a victim, or not admitted */
};

/* Whether a newcomer, whose connection is counted already, may stay beside `staying` others, and who must go for it.
 * - Over the cap of its address: the one of them that was unused for longest, without a request under way.
 * - The table is full: one of the address that has most; there one without a request under way if there is one, and of
 *   those the one that was unused for longest (Messaging Guide 4.2.1.2). A whole request is cut off only where its
 *   address has more connections than the newcomer's. */
struct clients_verdict clients_judge(const struct mbp_server *server, const struct client *newcomer, uint64_t staying,
                                     uint64_t now_ms);

#endif
