/* events: the journal of a slave, read over FC 20 from files 1000.. (mbplant/event.h). */
#ifndef MBP_CTL_EVENTS_H
#define MBP_CTL_EVENTS_H

#include "mbplant/event.h"
#include "slave/transport.h"

/* Hands over events first..last in order; got returns false to stop. *next (if not NULL) becomes the first event that
 * was not handed over, also on failure: where to resume. Errors: those of ctl_read_pieces. */
enum mbp_status ctl_events_read(struct ctl_link *link, uint8_t unit, uint32_t first, uint32_t last,
                                bool (*got)(void *ctx, const struct mbp_event *event), void *ctx, uint32_t *next);

/* The wall times of count events, whose numbers rise. Errors: those of ctl_read_pieces. */
enum mbp_status ctl_events_times(struct ctl_link *link, uint8_t unit, const uint32_t *seqs, size_t count,
                                 uint64_t *wall_ms);

/* As ctl_events_read, of those alone that incidents and work are made of (mbplant/event/logbook.h): a slave lists them,
 * so the others need not be read. Errors: MBP_ERR_MEMORY too. */
enum mbp_status ctl_events_read_history(struct ctl_link *link, uint8_t unit, uint32_t first, uint32_t last,
                                        bool (*got)(void *ctx, const struct mbp_event *event), void *ctx);

/* The events by which something is hidden now (mbplant/state/hiding.h), however old they are. Errors: an exception of a
 * slave that has no such list; MBP_ERR_MEMORY too. */
enum mbp_status ctl_events_read_hiding(struct ctl_link *link, uint8_t unit,
                                       bool (*got)(void *ctx, const struct mbp_event *event), void *ctx);

/* *next is not there: it becomes the first one behind it that is, last + 1 = none is; and saying which are missing, the
 * ones before end. Errors: MBP_EX_ILLEGAL_DATA_ADDRESS: it is there, or too many are not; those of ctl_read_pieces. */
enum mbp_status ctl_events_skip_hole(struct ctl_link *link, uint8_t unit, uint32_t last, uint32_t *next);
void ctl_events_say_hole(uint32_t first, uint32_t end);

/* Words of a file that goes with an event: what was said with it, its check value. Behind a word of the event there is
 * room for CTL_BESIDE_WORDS_MAX. Errors: those of ctl_converse. */
#define CTL_BESIDE_WORDS_MAX 122u
enum mbp_status ctl_event_read_beside(struct ctl_link *link, uint8_t unit, uint32_t seq, const struct ctl_piece *beside,
                                      uint16_t *words);

/* One event. */
enum mbp_status ctl_event_read(struct ctl_link *link, uint8_t unit, uint32_t seq, struct mbp_event *out);

#endif
