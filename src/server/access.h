/* Who may connect and what they may do (the plant file's `server: access`). */
#ifndef MBPLANT_ACCESS_H
#define MBPLANT_ACCESS_H

#include <netinet/in.h>
#include <sys/socket.h>

#include "mbplant/modbus.h"

/* An address in one form for all comparisons. */
struct access_address {
    uint8_t bytes[16]; /* IPv6; IPv4 as ::ffff:a.b.c.d */
};

struct access_right {
    bool admitted;
    bool keep;
    bool by_unit;         /* units tells for each what is allowed, else allow for all */
    enum mbp_allow allow; /* on the first unit */
    uint8_t units[64];    /* two bits each, enum mbp_allow */
};

struct access_address access_address_of(const struct sockaddr *address);
uint16_t access_port_of(const struct sockaddr *address);
bool access_same(const struct access_address *a, const struct access_address *b);
bool access_is_loopback(const struct access_address *address);
struct access_address access_loopback(void);              /* 127.0.0.1 */
bool access_is_any(const struct access_address *address); /* 0.0.0.0 or :: */

/* "192.168.1.5" or "fd00::1"; returns text. */
const char *access_text(const struct access_address *address, char text[INET6_ADDRSTRLEN]);

/* The first rule that fits the address admits it; none fits: not admitted, nor who may do nothing on any unit. On each
 * unit the first rule counts that fits
 * and names the unit; named by none it may be read. `operate` is no more than `read` on the instructor's unit. Without
 * any rule everybody is admitted, and writes from beyond this machine are refused when the server listens beyond
 * loopback. */
struct access_right access_right_of(const struct mbp_plant *plant, const struct access_address *address,
                                    bool open_to_network);

static inline enum mbp_allow access_allow_on(const struct access_right *right, unsigned unit)
{
    return right->by_unit ? (enum mbp_allow)(right->units[unit / 4] >> unit % 4 * 2 & 3) : right->allow;
}

#endif
