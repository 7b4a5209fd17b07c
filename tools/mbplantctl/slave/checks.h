/* checks: the check values of a slave's journal: that of the last event, and of the one before any other. */
#ifndef MBP_CTL_CHECKS_H
#define MBP_CTL_CHECKS_H

#include <stdint.h>

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

/* The check value before event first, by way of the events that come before it in its file; oldest: of those that are
 * kept. Errors: those of ctl_read_file and ctl_events_read; MBP_EX_ILLEGAL_DATA_ADDRESS: that one is gone. */
enum mbp_status ctl_check_before(struct ctl_link *link, uint8_t unit, uint32_t first, uint32_t oldest, uint32_t *check);

#endif
