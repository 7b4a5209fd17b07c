/* gateway: slaves that do not speak Modbus TCP, for a master that speaks nothing else. A thread takes each request from
 * a socket, sends it over the slave's wire, and puts the reply into the socket: one request at a time, as a line has
 * it. */
#ifndef MBP_CTL_GATEWAY_H
#define MBP_CTL_GATEWAY_H

#include "mbplant/base/wire.h"

struct ctl_gateway;

/* Connects to the wire, or opens the line. Output: *socket, which speaks Modbus TCP and is the caller's to close; a
 * reply that does not come within timeout_ms does not come at all. On failure error (of size bytes) says why. Errors:
 * MBP_ERR_IO, MBP_ERR_MEMORY. Ownership: ctl_gateway_close. */
enum mbp_status ctl_gateway_open(const struct mbp_wire *wire, uint32_t timeout_ms, char *error, size_t size,
                                 int *socket, struct ctl_gateway **out);

/* To be called when the socket was closed or shut down; NULL is allowed. */
void ctl_gateway_close(struct ctl_gateway *gateway);

#endif
