/* refusal: a slave's exception to a write, in words that say what to do. Pure. */
#ifndef MBP_CTL_REFUSAL_H
#define MBP_CTL_REFUSAL_H

#include "slave/point.h"

/* Why this point refused these words: "outside its range 0..150 °C". Returns buf. 256 bytes suffice. */
const char *ctl_refusal_reason(const struct mbp_plant *plant, const struct ctl_point *point, const uint16_t *words,
                               enum mbp_status exception, char *buf, size_t size);

/* The same for a request that is known by its addresses only. Static storage. */
const char *ctl_exception_reason(enum mbp_status exception, bool writing);

#endif
