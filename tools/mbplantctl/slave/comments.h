/* comments: what was said with events, and what is said with what this master writes (mbplant/event/comment.h). */
#ifndef MBP_CTL_COMMENTS_H
#define MBP_CTL_COMMENTS_H

#include "mbplant/event/comment.h"
#include "slave/events.h"

/* The comment of an event, "" = none. Errors: those of ctl_converse. */
enum mbp_status ctl_comment_read(struct ctl_link *link, uint8_t unit, uint32_t seq, char text[MBP_COMMENT_MAX + 1]);

/* As ctl_events_read, each with its comment; *next is what was refused when one was. Errors: MBP_ERR_MEMORY too. */
enum mbp_status ctl_events_read_said(struct ctl_link *link, uint8_t unit, uint32_t first, uint32_t last,
                                     bool (*got)(void *ctx, const struct mbp_event *event, const char *comment),
                                     void *ctx, uint32_t *next);

/* Says it to the slave, before anything is written. A slave that does not take it: MBP_ERR_IO, with the reason. */
enum mbp_status ctl_say_first(struct ctl_link *link, uint8_t unit, const struct ctl_said *said);

#endif
