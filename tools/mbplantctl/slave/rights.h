/* rights: why a slave with operators refused a write: who may do that, in words. */
#ifndef MBP_CTL_RIGHTS_H
#define MBP_CTL_RIGHTS_H

#include "ctl.h"

/* Which right the last write takes that whoever asks has not: returns buf (256 bytes suffice), or NULL where the
 * exception has another reason. */
const char *ctl_no_right(struct ctl *ctl, enum mbp_status exception, char *buf, size_t size);

/* The same where the right that it takes is known. */
const char *ctl_lacks(struct ctl *ctl, enum mbp_right right, char *buf, size_t size);

/* Why the last write was refused. Returns buf. */
const char *ctl_why_not_written(struct ctl *ctl, enum mbp_status exception, char *buf, size_t size);

#endif
