/* probe: one question after the other to a device that nobody knows: at a rate, with patience, and never a write. */
#ifndef MBP_CTL_LEARN_PROBE_H
#define MBP_CTL_LEARN_PROBE_H

#include "ctl.h"

#define PROBE_REGISTERS 125u  /* of one request (V1.1b3 6.3) */
#define PROBE_BITS      2000u /* (6.1) */

struct probe {
    struct ctl *ctl;
    uint8_t unit;
    uint64_t pause_ns; /* from one request to the next */
    uint64_t next_ns;
    uint32_t requests;
    uint8_t strange; /* an exception of the device that the specification does not have; 0 = none yet */
    bool answered;   /* something has come */
    bool over;       /* the device is of no use any more, or the user has enough; why says it */
    char why[300];
};

void probe_begin(struct probe *probe, struct ctl *ctl, uint32_t rate);

/* Any of the four tables, at most what one request holds. Returns MBP_OK, the device's exception, or MBP_ERR_IO, after
 * which the probe is over. What fails on the way is asked three times, on a new connection each; a device that is busy
 * (exceptions 05, 06) more often. */
enum mbp_status probe_read(struct probe *probe, enum mbp_table table, uint32_t addr, uint32_t count, uint16_t *words);

/* FC 43/14: objects from the first on, as pairs of id and text in object; returns how many there are, 0 where the
 * device has none or does not know the function. */
struct probe_object {
    uint8_t id, len;
    uint8_t bytes[245];
};
unsigned probe_identity(struct probe *probe, struct probe_object *objects, unsigned max);

/* The user has enough: for a signal handler. */
void probe_interrupt(void);

uint64_t probe_now_ns(void);

#endif
