/* The plant file over HTTP: read it, have another one checked, put it in the running one's place. */
#ifndef MBP_WEB_PLANT_FILE_H
#define MBP_WEB_PLANT_FILE_H

#include "web_priv.h"

/* What was said of a text that was checked or put. */
extern const struct web_noun web_verdict_noun;

void web_serve_plant_text(struct web_call *call);
void web_command_plant(struct web_call *call); /* sub: enum mbp_staging_command */
void web_settled_plant(struct web_call *call);

#endif
