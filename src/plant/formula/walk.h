/* walk: along what things of a plant need of each other, each thing once; where they need themselves it is told. */
#ifndef MBPLANT_WALK_H
#define MBPLANT_WALK_H

#include "defs.h"

struct mbp_walk {
    /* The next that s needs, by walk->next[s]; UINT32_MAX: there is none any more. */
    uint32_t (*need)(struct mbp_walk *walk, uint32_t s);
    /* The path comes to back again. False: the walk ends; where that is mended, the next circle will be told. */
    bool (*circle)(struct mbp_walk *walk, uint32_t back);
    void (*done)(struct mbp_walk *walk, uint32_t s); /* and with it all that it needs; NULL = nothing to do */
    struct mbp_load *load;
    uint8_t *visit;
    uint32_t *next; /* per thing: which of its needs is the next */
    uint32_t *path; /* from the first to the present one */
    uint32_t depth;
};

/* Its memory, of the load: for count things, of which at most longest need each other. False: there is none. */
bool mbp_walk_make(struct mbp_walk *walk, size_t count, size_t longest);

/* From root, unless it was there before. */
void mbp_walk_from(struct mbp_walk *walk, uint32_t root);

#endif
