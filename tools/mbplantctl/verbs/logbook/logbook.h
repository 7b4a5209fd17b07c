/* logbook: what verbs about incidents and work share. */
#ifndef MBP_CTL_VERBS_LOGBOOK_H
#define MBP_CTL_VERBS_LOGBOOK_H

#include "ctl.h"
#include "mbplant/event/logbook.h"
#include "mbplant/report/made.h"

/* A number of an incident or of work. */
bool ctl_number_parse(const char *text, uint32_t *out);

/* All of the slave's. Errors are told. Ownership: mbp_made_report_free. */
enum ctl_exit ctl_history_make(struct ctl *ctl, struct mbp_made_report *out);

/* A list, of one machine or of all (NULL). */
enum ctl_exit ctl_history_print(struct ctl *ctl, enum mbp_report_what what, const char *machine);

/* A note on an incident, or its cause. */
enum ctl_exit ctl_incident_tell(struct ctl *ctl, const char *number, enum mbp_logbook_command command,
                                const char *text);

/* A note on no machine (note.c). */
enum ctl_exit ctl_note_plain(struct ctl *ctl, const char *text);

#endif
