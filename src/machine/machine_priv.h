/* What the files of machine/ share: the transition and its effects. */
#ifndef MBPLANT_MACHINE_PRIV_H
#define MBPLANT_MACHINE_PRIV_H

#include "mbplant/machine.h"

/* What can happen to a machine. The first three are a master asking for that state. */
enum machine_input { ASK_EN_SERVICE, ASK_EN_PANNE, ASK_MAINTENANCE, TRIP, MAINTENANCE_OVER, MACHINE_INPUT_COUNT };

/* Takes the way that the table gives for the input, with its events; MBP_ERR_BUSY when there is none or its condition
 * does not hold, which is journaled (once for a planned end of maintenance, each time for a master). */
enum mbp_status machine_take(const struct mbp_plant *plant, struct mbp_state *state, uint32_t machine,
                             enum machine_input input, uint32_t peer, struct mbp_events *events);

#endif
