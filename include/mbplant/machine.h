/* machine: en_service, en_panne, maintenance and the ways between them (the mission's table), production, counters. */
#ifndef MBPLANT_MACHINE_H
#define MBPLANT_MACHINE_H

#include "mbplant/event.h"
#include "mbplant/state.h"

/* A master asks for a state. Emits MACHINE_STATE (and MAINTENANCE_STARTED / ENDED), or MACHINE_REFUSED with the
 * reason; asking for the present state does nothing. Returns MBP_OK or MBP_ERR_BUSY (refused). */
enum mbp_status mbp_machine_request(const struct mbp_plant *plant, struct mbp_state *state, uint32_t machine,
                                    enum mbp_state_code to, uint32_t peer, struct mbp_events *events);

/* operate: trips, planned ends of maintenance, running time, production, maintenance due, for one scan of scan_ns. A
 * machine with a pace makes what the process value of that sensor says, in products an hour; below 0 is none. */
void mbp_machine_operate(const struct mbp_plant *plant, struct mbp_state *state, struct mbp_events *events);

#endif
