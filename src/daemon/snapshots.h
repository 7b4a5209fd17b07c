/* Snapshots that have names: files in the folder `snapshots` of the data directory, taken, restored and removed as the
 * instructor's unit is asked to (mbplant/image/named.h). */
#ifndef MBPLANT_DAEMON_SNAPSHOTS_H
#define MBPLANT_DAEMON_SNAPSHOTS_H

#include "daemon.h"

/* Around the loop. A plant without an instructor has none. */
void snapshots_open(struct daemon *daemon);
void snapshots_close(struct daemon *daemon);

/* With the loop ended. False: one is still being written or read, and the disk does not answer. */
bool snapshots_end(struct daemon *daemon);

#endif
