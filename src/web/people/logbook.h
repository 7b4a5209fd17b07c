/* What people tell the journal over HTTP: notes, causes of incidents, work. */
#ifndef MBP_WEB_LOGBOOK_H
#define MBP_WEB_LOGBOOK_H

#include "mbplant/event/logbook.h"
#include "web_priv.h"

void web_command_note(struct web_call *call);
void web_command_incident(struct web_call *call);
void web_command_work(struct web_call *call);
void web_answer_work(struct web_call *call);
void web_answer_told(struct web_call *call);

/* people/work.c; route.sub: enum mbp_logbook_command */
void web_command_work_goes_on(struct web_call *call);
void web_answer_work_goes_on(struct web_call *call);

/* ---- how it is told ---------------------------------------------------------------------------------------------- */

/* A number of an incident or of work; 0 after a problem. */
uint32_t web_number_of(struct web_call *call, const char *text);

/* What the journal has at that number, which begins an incident, or is work. False: a problem is answered. */
bool web_find_told(struct web_call *call, uint32_t number, bool incident, struct mbp_event *event);

/* The machine that an event is about goes into the record, and its unit is where that is told; the first unit when the
 * plant has it no more. */
const struct mbp_unit *web_machine_of(const struct web_call *call, const struct mbp_event *event,
                                      struct mbp_logbook_record *record);

/* The text goes as what is said with it. False: a problem is answered. */
bool web_take_said(struct web_call *call, const struct web_arg *text, const char *key);

/* call->index is the event's number then, and web_is_told whether that is stored. False: a problem is answered. */
bool web_tell(struct web_call *call, const struct mbp_unit *unit, const struct mbp_logbook_record *record);
bool web_is_told(const struct web_call *call);

/* Words of arguments. */
const char *web_work_kind_word(unsigned i);

extern const struct web_noun web_incident_noun, web_whole_incident_noun, web_work_noun;

#endif
