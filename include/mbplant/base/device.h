/* The device of a serial line, and the pty that stands for one. */
#ifndef MBPLANT_BASE_DEVICE_H
#define MBPLANT_BASE_DEVICE_H

#include "mbplant/base/wire.h"

/* Opens a serial line with the wire's speed and form of characters, not blocking. -1: errno says why; EINVAL: there is
 * no such speed. */
int device_open(const struct mbp_wire *wire);

/* Makes a pty and the link wire->path to its other end, in the place of a link that was there. Output: *other, the
 * other end, which must stay open: else whoever closes it last would end the pty. -1: errno says why; EEXIST: something
 * that is no link stands there. */
int device_make_pty(const struct mbp_wire *wire, int *other);

/* Removes the link, if it is still that to the pty's other end. */
void device_remove_link(const struct mbp_wire *wire, int pty);

#endif
