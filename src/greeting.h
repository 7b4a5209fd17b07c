/* What mbplantd says when it is ready. */
#ifndef MBPLANT_GREETING_H
#define MBPLANT_GREETING_H

#include "mbplant/modbus.h"

/* Where it listens, who may write, where its data stands, and three commands to try next that work as they are. */
void greeting_print(const struct mbp_plant *plant, const struct mbp_server *server, const char *listen,
                    const char *data_dir);

/* What the server did. */
void greeting_print_end(const struct mbp_server *server);

#endif
