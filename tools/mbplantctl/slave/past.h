/* past: the plants by which a journal's events count machines and sensors, as the slave keeps them in files 700..
 * (mbplant/event.h) or a dump tells them. */
#ifndef MBP_CTL_PAST_H
#define MBP_CTL_PAST_H

#include "ctl.h"

struct ctl_past_entry {
    uint32_t since; /* the event from which on it was in force */
    uint32_t length, crc, at;
    const struct mbp_plant *plant; /* NULL = not known, or not looked for */
};

struct ctl_past {
    struct ctl_past_entry *entries; /* by rising number */
    size_t count;
    struct mbp_plant **owned;
    size_t owned_count;
};

/* Learns the plants of events first..last from a slave; again, when there may be newer ones: what is known already is
 * not read again. A slave that does not tell them leaves it empty. Errors: those of ctl_read_file, MBP_ERR_MEMORY.
 * Ownership: ctl_past_free; ctl->plant must outlive it. */
enum mbp_status ctl_past_read(struct ctl *ctl, uint8_t unit, uint32_t first, uint32_t last, struct ctl_past *past);

/* Of a dump: the plant is in force from an event on. Errors: MBP_ERR_MEMORY. */
enum mbp_status ctl_past_add(struct ctl_past *past, uint32_t since, const struct mbp_plant *plant);

/* It frees the plant too. Errors: MBP_ERR_MEMORY; the plant is freed then. */
enum mbp_status ctl_past_own(struct ctl_past *past, struct mbp_plant *plant);

/* The plant by which an event counts; now where nothing tells another one. */
const struct mbp_plant *ctl_past_at(const struct ctl_past *past, uint32_t seq, const struct mbp_plant *now);

void ctl_past_free(struct ctl_past *past);

#endif
