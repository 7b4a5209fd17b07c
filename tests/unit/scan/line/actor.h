/* actor: a master and an instructor who do anything, by chance that can be repeated, to one line or to two alike. */
#ifndef MBPLANT_TEST_ACTOR_H
#define MBPLANT_TEST_ACTOR_H

#include "line.h"

struct actor {
    struct line *lines[2];
    unsigned count; /* of lines; they have the same plant */
    uint64_t seed, draws;
    uint32_t refused; /* of its writes */
    bool records;     /* it may use command records; what it commands waits for a scan, whatever comes between */
    bool commanded;   /* and it did */
};

uint32_t actor_draw(struct actor *actor, uint32_t below);

/* Writes some point, file record or fault of units 1, 2 and 247 (tests/data/restart/everything.yaml). */
void actor_act(struct actor *actor);

struct mbp_image_unit *actor_unit(struct line *line, uint8_t id);

#endif
