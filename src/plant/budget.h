/* budget: what a plant takes of the machine, reckoned from its definitions before anything is made of them: a file of a
 * few lines may ask for more than there is. */
#ifndef MBP_PLANT_BUDGET_H
#define MBP_PLANT_BUDGET_H

#include "load.h"

/* Sets the plant's memory_bytes, scan_cost_ns and recording_bytes. What is too much is told, where most of it comes
 * from. Errors: MBP_ERR_FORMAT (told). */
enum mbp_status mbp_check_budget(struct mbp_load *load);

#endif
