/* The plant file over HTTP: read it, have another one checked, put it in the running one's place. */
#ifndef MBP_WEB_PLANT_FILE_H
#define MBP_WEB_PLANT_FILE_H

#include "mbplant/image/staging.h"
#include "web_priv.h"

/* What was said of a text that was checked or put. */
extern const struct web_noun web_verdict_noun;

void web_serve_plant_text(struct web_call *call);
void web_command_plant(struct web_call *call); /* sub: enum mbp_staging_command */
void web_answer_plant(struct web_call *call);

/* True: a text is too long for a wire, which is answered. */
bool web_refuses_long(struct web_call *call, struct mbp_text text);

/* Has a text checked or put, as its answer says then; what is wrong with it before that is a problem. */
void web_stage_plant(struct web_call *call, struct mbp_text text, enum mbp_staging_command command);

/* Of a text that was to be put: whether it was. False: what is wrong with it is answered. */
bool web_plant_is_put(struct web_call *call);

/* One edit of the running file: a machine or a sensor added, changed, removed. */
void web_command_edit(struct web_call *call);
const char *web_edit_word(unsigned i);
const char *web_thing_word(unsigned i);

#endif
