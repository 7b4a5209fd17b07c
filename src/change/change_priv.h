/* What the files of change/ share. */
#ifndef MBP_CHANGE_PRIV_H
#define MBP_CHANGE_PRIV_H

#include "mbplant/change.h"

/* Adds to the details of each machine and sensor that both plants have which of its keys differ. */
void change_find_keys(struct mbp_change *change);

/* The same for addresses, and how many points moved. Errors: MBP_ERR_MEMORY. */
enum mbp_status change_find_moves(struct mbp_change *change);

#endif
