/* Changing the plant while it runs. */
#ifndef MBPLANT_RELOAD_H
#define MBPLANT_RELOAD_H

#include "daemon.h"

/* When the scan is made: a plant file that was edited while mbplantd was stopped has taken over already. Errors:
 * MBP_ERR_MEMORY. */
enum mbp_status reload_begin(struct daemon *daemon);

/* Around the loop; then, with the journal closed, what it may still have used is freed. */
void reload_open(struct daemon *daemon);
void reload_close(struct daemon *daemon);
void reload_free_former(struct daemon *daemon);

/* With the loop ended. False: a change was under way that does not come to an end, and still looks at the plant. */
bool reload_end(struct daemon *daemon);

/* SIGHUP: reads the plant file again. What is wrong with it goes to stderr and the running plant goes on. */
void reload_ask(struct daemon *daemon);

/* As a plant file writes it, to compare. Ownership: free. NULL without memory. */
char *daemon_listen_text(const struct mbp_listens *listens);

#endif
