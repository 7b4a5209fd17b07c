/* effect: what a master writes takes effect with the plant's next scan. Verbs that command return when it has. */
#ifndef MBP_CTL_EFFECT_H
#define MBP_CTL_EFFECT_H

#include "ctl.h"

/* To be called when the slave has taken a write: waits until a scan that began after it is over, so that whoever reads
 * next sees what came of it. Not with --no-wait, and not while the plant is paused: ctl->pending is true then. Errors
 * are told, naming what was asked: no answer any more, or no scan in three of its periods and --timeout. */
enum ctl_exit ctl_await_effect(struct ctl *ctl, const char *name);

/* Whether a unit shows how many scans there were: without one nothing above waits. */
bool ctl_shows_scans(const struct mbp_plant *plant);

/* Behind what the verb says: that it waits for a scan, where the plant is paused. Returns CTL_OK. */
enum ctl_exit ctl_say_pending(const struct ctl *ctl, const char *name);

/* How the plant's time goes. Where there is no instructor, as real time does; nothing is told then. */
struct ctl_pace {
    bool paused;  /* and no step is under way: what is written waits */
    double speed; /* MBP_SPEED_MIN..MBP_SPEED_MAX; 1 where the slave says anything else */
};
struct ctl_pace ctl_pace_of(struct ctl *ctl);

#endif
