/* What people tell the journal over HTTP: notes, causes of incidents, work. */
#ifndef MBP_WEB_LOGBOOK_H
#define MBP_WEB_LOGBOOK_H

#include "web_priv.h"

void web_command_note(struct web_call *call);
void web_command_incident(struct web_call *call);
void web_command_work(struct web_call *call);
void web_answer_work(struct web_call *call);
void web_command_work_goes_on(struct web_call *call); /* route.sub: enum mbp_logbook_command */
void web_answer_told(struct web_call *call);

/* Words of arguments. */
const char *web_work_kind_word(unsigned i);

extern const struct web_noun web_incident_noun, web_whole_incident_noun, web_work_noun;

#endif
