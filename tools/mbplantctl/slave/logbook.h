/* logbook: what people tell a slave's journal (mbplant/event/logbook.h): written, and found there again. */
#ifndef MBP_CTL_SLAVE_LOGBOOK_H
#define MBP_CTL_SLAVE_LOGBOOK_H

#include "ctl.h"
#include "mbplant/event/logbook.h"

/* What a record is about: a machine, a sensor or another item of the plant, in any case, and of which unit. False after
 * saying that there is none. */
bool ctl_logbook_about(const struct mbp_plant *plant, const char *name, struct mbp_logbook_record *record,
                       uint8_t *unit);

/* The unit that takes what is about no machine and no item. */
uint8_t ctl_logbook_unit(const struct ctl *ctl);

/* Tells it, with a text (NULL = that of --why, if any), and waits until the journal shows it: that event, whose number
 * is 0 with --no-wait. Errors are told. */
enum ctl_exit ctl_logbook_tell(struct ctl *ctl, uint8_t unit, const struct mbp_logbook_record *record, const char *text,
                               struct mbp_event *told);

/* Says what an event tells, where there is one (verbs/logbook/note.c). */
enum ctl_exit ctl_say_told(struct ctl *ctl, const struct mbp_event *told);

#endif
