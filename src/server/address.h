/* Addresses of peers, in one form for all comparisons. */
#ifndef MBPLANT_SERVER_ADDRESS_H
#define MBPLANT_SERVER_ADDRESS_H

#include <netinet/in.h>
#include <sys/socket.h>

#include "mbplant/access.h"

/* An address in one form for all comparisons. */
struct access_address {
    uint8_t bytes[16]; /* IPv6; IPv4 as ::ffff:a.b.c.d */
};

struct access_address access_address_of(const struct sockaddr *address);
uint16_t access_port_of(const struct sockaddr *address);
bool access_same(const struct access_address *a, const struct access_address *b);
struct access_address access_loopback(void);              /* 127.0.0.1 */
bool access_is_any(const struct access_address *address); /* 0.0.0.0 or :: */

/* "192.168.1.5" or "fd00::1"; returns text. */
const char *access_text(const struct access_address *address, char text[INET6_ADDRSTRLEN]);

#endif
