/* force_point: points of any table held at a number by the instructor's unit: what force and release do where no master
 * writes, and what is held. */
#ifndef MBP_CTL_FORCE_POINT_H
#define MBP_CTL_FORCE_POINT_H

#include "ctl.h"
#include "mbplant/instructor.h"
#include "slave/point.h"

/* force ADDRESS VALUE.. and release ADDRESS. */
enum ctl_exit ctl_force_address(struct ctl *ctl);
enum ctl_exit ctl_release_address(struct ctl *ctl);

/* The same of a point of the plant. */
enum ctl_exit ctl_force_point(struct ctl *ctl, const struct ctl_point *point, const char *text);
enum ctl_exit ctl_release_point(struct ctl *ctl, const struct ctl_point *point);

/* The records of what is held beside sensors; none without an instructor, or for who may not read his unit. */
struct ctl_forced {
    uint16_t count;
    uint16_t records[MBP_SIM_FORCED_MAX * MBP_SIM_FORCE_WORDS];
};
enum mbp_status ctl_forced_read(const struct ctl *ctl, struct ctl_forced *out);

/* Lines of what is held; nothing when nothing is. */
enum mbp_status ctl_print_forced(const struct ctl *ctl);

/* Lines of what was held and is let go. */
void ctl_say_let_go(const struct ctl *ctl, const struct ctl_forced *forced);

/* Asks the instructor's unit to let a point go, whether it is held or not, or all that is held beside sensors. Says
 * nothing, and waits for nothing. */
enum ctl_exit ctl_ask_release(struct ctl *ctl, const struct ctl_point *point);
enum ctl_exit ctl_ask_release_all(struct ctl *ctl);

#endif
