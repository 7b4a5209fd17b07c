/* Connections that were turned away, or closed for a new one, are logged with the peer: a line at once, and no further
 * one of its kind for a while. */
#ifndef MBPLANT_TURNED_AWAY_H
#define MBPLANT_TURNED_AWAY_H

#include "address.h"

#define TURNED_AWAY_EVERY_MS 10000u

enum turned_away_why {
    TURNED_AWAY_BY_RULE,
    TURNED_AWAY_CLIENT_FULL,
    TURNED_AWAY_TABLE_FULL,
    TURNED_AWAY_NO_ROOM, /* no descriptor or memory */
    EVICTED_OF_CLIENT,
    EVICTED_OF_ALL,
    TURNED_AWAY_WHYS
};

/* Per kind of line. Zero-initialise. */
struct turned_away {
    struct {
        uint64_t next_ms; /* before that there is no further line */
        uint64_t untold;  /* since the last one */
    } of[TURNED_AWAY_WHYS];
};

struct mbp_server;

/* Whether a line is due at now_ms; then *untold is how many had none since the last one. Else it is counted. */
bool turned_away_is_due(struct turned_away *turned_away, enum turned_away_why why, uint64_t now_ms, uint64_t *untold);

/* `who` was turned away or closed; newcomer: for whom it was closed, NULL = it was turned away itself. */
void turned_away_tell(struct mbp_server *server, enum turned_away_why why, const struct access_address *who,
                      const struct access_address *newcomer);

#endif
