/* HTTP, as an output of the daemon. */
#ifndef MBPLANT_WEB_OUTPUT_H
#define MBPLANT_WEB_OUTPUT_H

#include "daemon.h"

/* Listens where option or plant file say, if they do not say off. An address that nobody named and that is taken is no
 * error. False after one line on stderr. */
bool web_output_start(struct daemon *daemon);

/* Another plant has taken over. */
void web_output_follow(struct daemon *daemon);
/* Whether it still looks at a plant that was followed by another. */
bool web_output_uses(const struct daemon *daemon, const struct mbp_plant *plant);
void web_output_stop(struct daemon *daemon);

/* One line of the banner, where there is something to say. */
void web_output_banner(const struct daemon *daemon);

#endif
