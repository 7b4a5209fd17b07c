/* Changing the plant while it runs. */
#ifndef MBPLANT_TAKEOVER_H
#define MBPLANT_TAKEOVER_H

#include "daemon.h"

/* When the scan is made: a plant file that was edited while mbplantd was stopped has taken over already. Errors:
 * MBP_ERR_MEMORY. */
enum mbp_status takeover_begin(struct daemon *daemon);

/* Around the loop; then, with the journal closed, what it may still have used is freed. */
void takeover_open(struct daemon *daemon);
void takeover_close(struct daemon *daemon);
/* The plant that took over from one; NULL = from this one none did. ctx: the daemon. */
const struct mbp_plant *takeover_successor(void *ctx, const struct mbp_plant *plant);
void takeover_free_former(struct daemon *daemon);

/* With the loop ended. False: a change was under way that does not come to an end, and still looks at the plant. */
bool takeover_end(struct daemon *daemon);

/* SIGHUP: reads the plant file again. What is wrong with it goes to stderr and the running plant goes on. */
void takeover_reload(struct daemon *daemon);

#endif
