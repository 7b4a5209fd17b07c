/* verify: whether events are as they were stored, by their check values (mbplant/event.h). */
#ifndef MBP_CTL_VERIFY_H
#define MBP_CTL_VERIFY_H

#include "ctl.h"
#include "dump/dump.h"

/* Tells each event, or group of them, that was changed, then how many there are. CTL_FAILED when one was, or when not
 * all could be looked at. */
enum ctl_exit ctl_verify_slave(struct ctl *ctl, uint8_t unit);
enum ctl_exit ctl_verify_dump(const char *path, struct ctl_dump *dump);

#endif
