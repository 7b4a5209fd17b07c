/* What mbplantd says when it is ready. */
#ifndef MBPLANT_BANNER_H
#define MBPLANT_BANNER_H

#include "daemon.h"

/* Where it listens, who may write, where its data stands, and three commands to try next that work as they are. */
void banner_print(const struct daemon *daemon);

/* What the server did. */
void banner_print_end(const struct mbp_server *server);

#endif
