/* Access rules. */
#include "access.h"

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

static bool is_loopback_v6(const struct access_address *address)
{
    static const uint8_t loopback[16] = {[15] = 1};
    return memcmp(address->bytes, loopback, sizeof loopback) == 0;
}

bool access_is_loopback(const struct access_address *address)
{
    return is_mapped(address) ? address->bytes[12] == 127 : is_loopback_v6(address);
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

static bool in_network(const struct access_address *address, const struct mbp_access_rule *rule)
{
    unsigned whole = rule->prefix_bits / 8u;
    unsigned rest = rule->prefix_bits % 8u;
    if (memcmp(address->bytes, rule->network, whole) != 0)
        return false;
    return rest == 0 || ((address->bytes[whole] ^ rule->network[whole]) >> (8 - rest)) == 0;
}

static enum mbp_allow allow_on(const struct mbp_plant *plant, const struct access_address *address,
                               const struct mbp_unit *unit)
{
    for (uint32_t i = 0; i < plant->server.access_count; i++) {
        const struct mbp_access_rule *rule = &plant->server.access[i];
        if (!mbp_access_names(rule, unit->id) || !in_network(address, rule))
            continue;
        return unit->instructor && rule->allow == MBP_ALLOW_OPERATE ? MBP_ALLOW_READ : (enum mbp_allow)rule->allow;
    }
    return MBP_ALLOW_READ;
}

static struct access_right right_by_rules(const struct mbp_plant *plant, const struct access_address *address)
{
    struct access_right right = {.allow = allow_on(plant, address, &plant->units[0])};
    for (uint32_t i = 0; i < plant->server.access_count && !right.admitted; i++) {
        right.admitted = in_network(address, &plant->server.access[i]);
        right.keep = right.admitted && plant->server.access[i].keep;
    }
    for (uint32_t u = 0; right.admitted && u < plant->unit_count; u++) {
        const struct mbp_unit *unit = &plant->units[u];
        enum mbp_allow allow = allow_on(plant, address, unit);
        right.by_unit |= allow != right.allow;
        right.units[unit->id / 4] |= (uint8_t)(allow << unit->id % 4 * 2);
    }
    right.admitted &= right.by_unit || right.allow != MBP_ALLOW_NONE;
    return right;
}

struct access_right access_right_of(const struct mbp_plant *plant, const struct access_address *address,
                                    bool open_to_network)
{
    if (plant->server.access_count > 0)
        return right_by_rules(plant, address);
    bool may_write = !open_to_network || access_is_loopback(address);
    return (struct access_right){.admitted = true, .allow = may_write ? MBP_ALLOW_ALL : MBP_ALLOW_READ};
}

/* ---- other ways in ----------------------------------------------------------------------------------------------- */

struct mbp_server_right mbp_server_right_of(const struct mbp_plant *plant, const struct sockaddr *peer,
                                            bool open_to_network)
{
    const struct access_address address = access_address_of(peer);
    struct mbp_server_right right = {.admitted = access_right_of(plant, &address, open_to_network).admitted};
    memcpy(right.address, address.bytes, sizeof right.address);
    return right;
}

enum mbp_allow mbp_server_allow_of(const struct mbp_plant *plant, const struct sockaddr *peer, bool open_to_network,
                                   uint8_t unit)
{
    const struct access_address address = access_address_of(peer);
    const struct access_right right = access_right_of(plant, &address, open_to_network);
    return right.admitted ? access_allow_on(&right, unit) : MBP_ALLOW_NONE;
}
