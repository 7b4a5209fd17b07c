/* Putting a plant file's text in the place of the one that a slave runs (include/mbplant/image/staging.h). */
#ifndef MBP_CTL_PLANT_PUT_H
#define MBP_CTL_PLANT_PUT_H

#include "ctl.h"
#include "mbplant/image/staging.h"

/* Stages the text, gives the command and prints what became of it; errors and notes of the slave go to stderr, errors
 * under the name `name`. */
enum ctl_exit ctl_plant_command(struct ctl *ctl, const char *name, struct mbp_text text,
                                enum mbp_staging_command command);

#endif
