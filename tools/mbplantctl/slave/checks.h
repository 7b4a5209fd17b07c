/* checks: the check values of a slave's journal: that of the last event, and of the one before any other. */
#ifndef MBP_CTL_CHECKS_H
#define MBP_CTL_CHECKS_H

#include <stdint.h>

#include "mbplant/event.h"
#include "slave/transport.h"

/* 0 = there is none. */
struct ctl_seal {
    uint32_t last, check;            /* event, and its check value */
    uint32_t removed, removed_check; /* the last one that retention removed */
};

/* Errors: those of ctl_read_file. */
enum mbp_status ctl_seal_read(struct ctl_link *link, uint8_t unit, struct ctl_seal *out);

/* The check value before the first event of the journal's nth file, from 0 on. Errors: MBP_EX_ILLEGAL_DATA_ADDRESS: the
 * event before is not there; those of ctl_read_file. */
enum mbp_status ctl_check_of_file(struct ctl_link *link, uint8_t unit, uint32_t nth, uint32_t *check);

/* That of an event. Errors: MBP_EX_ILLEGAL_DATA_ADDRESS: it is not there; those of ctl_converse. */
enum mbp_status ctl_check_of_event(struct ctl_link *link, uint8_t unit, uint32_t seq, uint32_t *check);

/* The check value before event first; oldest: of those that are kept. Errors: as above. */
enum mbp_status ctl_check_before(struct ctl_link *link, uint8_t unit, uint32_t first, uint32_t oldest, uint32_t *check);

struct ctl_event_said {
    struct mbp_event event;
    char *comment;  /* "" = none */
    uint32_t check; /* as the slave keeps it */
};

/* What follows from before, without a request. */
void ctl_checks_compute(uint32_t before, struct ctl_event_said *events, size_t count);

/* The check values of consecutive events, which have all else; before: of the one before them, NULL = nobody knows.
 * wrong: the first whose check value does not follow from the one before, count = there is none. Two requests while
 * that is so. Errors: those of ctl_check_of_event; the check values are then of no use. */
enum mbp_status ctl_checks_find(struct ctl_link *link, uint8_t unit, const uint32_t *before,
                                struct ctl_event_said *events, size_t count, size_t *wrong);

#endif
