/* Addresses in one form. */
#include "address.h"

#include <stddef.h>
#include <string.h>

#include "mbplant/names.h"
#include "mbplant/server.h"

static const uint8_t mapped_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

struct access_address access_address_of(const struct sockaddr *address)
{
    struct access_address out = {{0}};
    if (address->sa_family == AF_INET) {
        memcpy(out.bytes, mapped_prefix, sizeof mapped_prefix);
        memcpy(out.bytes + 12, &((const struct sockaddr_in *)(const void *)address)->sin_addr, 4);
    } else if (address->sa_family == AF_INET6) {
        memcpy(out.bytes, &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr, 16);
    }
    return out;
}

uint16_t access_port_of(const struct sockaddr *address)
{
    uint16_t port; /* stands at the same place in both families' addresses */
    memcpy(&port, (const uint8_t *)address + offsetof(struct sockaddr_in, sin_port), sizeof port);
    return ntohs(port);
}

struct access_address access_loopback(void)
{
    const struct sockaddr_in loopback = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    return access_address_of((const struct sockaddr *)&loopback);
}

bool access_same(const struct access_address *a, const struct access_address *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

static bool is_mapped(const struct access_address *address)
{
    return memcmp(address->bytes, mapped_prefix, sizeof mapped_prefix) == 0;
}

bool access_is_any(const struct access_address *address)
{
    static const uint8_t any[16] = {0};
    size_t first = is_mapped(address) ? sizeof mapped_prefix : 0;
    return memcmp(address->bytes + first, any, sizeof any - first) == 0;
}

const char *access_text(const struct access_address *address, char text[INET6_ADDRSTRLEN])
{
    return mbp_address_text(address->bytes, text, INET6_ADDRSTRLEN);
}

/* ---- other ways in ----------------------------------------------------------------------------------------------- */

void mbp_server_address_of(const struct sockaddr *peer, uint8_t address[16])
{
    const struct access_address of = access_address_of(peer);
    memcpy(address, of.bytes, sizeof of.bytes);
}
