/* What is the instructor's: the simulation, its faults, the parameters of its expressions. */
#ifndef MBP_WEB_INSTRUCT_H
#define MBP_WEB_INSTRUCT_H

#include "commands.h"
#include "web_priv.h"

/* Whether the plant has an instructor and this host may see what is his; false: a problem is answered. */
bool web_instructs(struct web_call *call);
/* Whether the access rules let this host see the instructor's unit. */
bool web_may_instruct(const struct web_call *call);

/* Writes to the instructor's unit, as a master would. False: a problem is answered. */
bool web_instruct(struct web_call *call, enum mbp_table table, uint16_t addr, uint16_t count, const uint16_t *words);

/* Work on a machine, due when an expression is TRUE: it goes into the plant file. What is said with the call is told
 * with that change, whose event is the answer. */
void web_open_by_condition(struct web_call *call, uint32_t machine, const char *when);
void web_answer_condition(struct web_call *call);

void web_serve_sim(struct web_call *call);
void web_command_sim(struct web_call *call);
void web_answer_sim(struct web_call *call);
void web_serve_faults(struct web_call *call);
void web_command_fault(struct web_call *call);
void web_answer_fault(struct web_call *call);
void web_serve_parameters(struct web_call *call);
void web_command_parameter(struct web_call *call);

#endif
