/* What the files of control/ share. */
#ifndef MBPLANT_CONTROL_PRIV_H
#define MBPLANT_CONTROL_PRIV_H

#include "mbplant/control.h"

struct mbp_control {
    const struct mbp_plant *plant;
    uint32_t *order; /* every controller, each behind its outer one */
};

/* The proportional and derivative part of the output, with the settings that hold and the error and rate of the last
 * scan. */
double control_proportional(const struct mbp_controller *controller, const struct mbp_controller_state *now);

/* Gives a setting another value; a new gain finds the output where the old one left it. */
void control_keep_output(const struct mbp_controller *controller, struct mbp_controller_state *now,
                         enum mbp_setting setting, double value);

#endif
