/* twin: a plant with its image and scan, without a journal; several of them run side by side, are written to alike by
 * name, and one is changed on its way. */
#ifndef MBPLANT_TEST_TWIN_H
#define MBPLANT_TEST_TWIN_H

#include "fixture.h"
#include "mbplant/scan.h"

struct twin {
    struct mbp_plant *plant;
    struct mbp_image *image;
    struct mbp_scan *scan;
    struct fixture_time time;
    uint64_t *told; /* per sensor: a sum over the events about it */
};

/* The plant is the twin's from here on. */
void twin_start(struct twin *twin, struct mbp_plant *plant);
void twin_stop(struct twin *twin);

/* Another plant takes over, as on SIGHUP. */
void twin_change(struct twin *twin, struct mbp_plant *to);

void twin_scan(struct twin *twin);

/* What a master writes to a point of some name, or an instructor does to a fault. */
struct action {
    char name[96]; /* "" = nothing */
    uint8_t write; /* enum mbp_write_kind; MBP_WRITE_NONE = a fault is begun or ended */
    double share;  /* 0..1, of the range that the value may have; on from a half up */
};

/* One that chance chooses of what the plant has; the same for the same key and number. */
struct action twin_choose(const struct mbp_plant *plant, uint64_t key, uint64_t number);

/* Nothing where the plant has no such point. */
void twin_act(struct twin *twin, const struct action *action);

#endif
