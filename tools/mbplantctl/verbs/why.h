/* why: what the journal says about a value that does not count. */
#ifndef MBP_CTL_WHY_H
#define MBP_CTL_WHY_H

#include "ctl.h"

/* A line about the fault that the expression of a sensor or point has now, as far as the journal tells; or that nothing
 * can tell.
 */
void ctl_say_why_bad(struct ctl *ctl, const char *name);

/* A line for each expression of the plant that has one. */
void ctl_say_all_bad(struct ctl *ctl);

#endif
