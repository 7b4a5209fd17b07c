/* machine: one machine shown, and asked for a state. */
#ifndef MBP_CTL_MACHINE_H
#define MBP_CTL_MACHINE_H

#include "ctl.h"

/* Prints a machine's block: state, since when, counters. */
enum ctl_exit ctl_machine_show(struct ctl *ctl, uint32_t machine);

#endif
