/* write: a value into a named point, as `write` and `force` do it. */
#ifndef MBP_CTL_WRITE_H
#define MBP_CTL_WRITE_H

#include "ctl.h"
#include "slave/point.h"

/* Checks the value against the point's type, writes it, and reads back what stands there then. Errors are told. */
enum ctl_exit ctl_write_point(struct ctl *ctl, const struct ctl_point *point, const char *text,
                              uint16_t words[CTL_POINT_WORDS_MAX]);

/* Writes one coil; errors are told, naming what was asked. */
enum ctl_exit ctl_set_coil(struct ctl *ctl, uint8_t unit, uint16_t addr, bool on, const char *doing);

#endif
