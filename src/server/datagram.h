/* Modbus over UDP: a frame a datagram. Its peers are remembered as long as there is room, for what they may do and what
 * they say of themselves; who comes back after that begins anew. */
#ifndef MBPLANT_DATAGRAM_H
#define MBPLANT_DATAGRAM_H

#include "server_priv.h"

/* Serves what comes to the listener's socket. Errors: MBP_ERR_MEMORY, MBP_ERR_IO. */
enum mbp_status datagrams_open(struct listener *listener);
void datagrams_close(struct listener *listener);

/* Peers are asked anew what they may do. */
void datagrams_change(struct listener *listener);

#endif
