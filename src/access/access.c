/* Who may do what: access rules and operators. */
#include "mbplant/access.h"

#include <stdio.h>
#include <string.h>

const struct mbp_permit mbp_permits[MBP_ALLOW_COUNT] = {
    [MBP_ALLOW_READ] = {.admitted = true, .allow = MBP_ALLOW_READ},
    [MBP_ALLOW_OPERATE] = {.admitted = true, .allow = MBP_ALLOW_OPERATE},
    [MBP_ALLOW_ALL] = {.unlimited = true, .admitted = true, .allow = MBP_ALLOW_ALL},
    [MBP_ALLOW_NONE] = {.allow = MBP_ALLOW_NONE},
};

/* ---- rules ------------------------------------------------------------------------------------------------------- */

static bool in_network(const uint8_t address[MBP_ACTOR_ADDRESS], const struct mbp_access_rule *rule)
{
    unsigned whole = rule->prefix_bits / 8u;
    unsigned rest = rule->prefix_bits % 8u;
    if (memcmp(address, rule->network, whole) != 0)
        return false;
    return rest == 0 || ((address[whole] ^ rule->network[whole]) >> (8 - rest)) == 0;
}

static enum mbp_allow allow_on(const struct mbp_plant *plant, const uint8_t address[MBP_ACTOR_ADDRESS],
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

static struct mbp_permit by_rules(const struct mbp_plant *plant, const uint8_t address[MBP_ACTOR_ADDRESS])
{
    struct mbp_permit permit = {.allow = allow_on(plant, address, &plant->units[0])};
    for (uint32_t i = 0; i < plant->server.access_count && !permit.admitted; i++) {
        const struct mbp_access_rule *rule = &plant->server.access[i];
        permit.admitted = in_network(address, rule);
        permit.keep = permit.admitted && rule->keep;
        permit.as = permit.admitted ? rule->as : 0;
    }
    for (uint32_t u = 0; permit.admitted && u < plant->unit_count; u++) {
        const struct mbp_unit *unit = &plant->units[u];
        enum mbp_allow allow = allow_on(plant, address, unit);
        permit.by_unit |= allow != permit.allow;
        permit.units[unit->id / 4] |= (uint8_t)(allow << unit->id % 4 * 2);
    }
    permit.admitted &= permit.by_unit || permit.allow != MBP_ALLOW_NONE;
    return permit;
}

struct mbp_permit mbp_permit_of(const struct mbp_plant *plant, const uint8_t address[MBP_ACTOR_ADDRESS],
                                bool open_to_network)
{
    bool may_write = !open_to_network || mbp_address_is_loopback(address);
    struct mbp_permit permit = {.admitted = true, .allow = may_write ? MBP_ALLOW_ALL : MBP_ALLOW_READ};
    if (plant->server.access_count > 0)
        permit = by_rules(plant, address);
    permit.by_role = plant->operators.count > 0;
    permit.missing = mbp_operator_missing(&plant->operators, NULL);
    permit.unlimited = permit.admitted && !permit.by_unit && permit.allow == MBP_ALLOW_ALL && !permit.by_role;
    return permit;
}

/* ---- operators --------------------------------------------------------------------------------------------------- */

const struct mbp_operator *mbp_access_introduce(const struct mbp_plant *plant, const char *who,
                                                struct mbp_permit *permit, struct mbp_actor *actor)
{
    const struct mbp_operators *operators = &plant->operators;
    const struct mbp_operator *found = NULL;
    if (who[0] != '\0')
        found = mbp_operator_find(operators, who);
    else if (permit->as != 0 && permit->as <= operators->count)
        found = &operators->items[permit->as - 1];
    permit->missing = mbp_operator_missing(operators, found);
    snprintf(actor->name, sizeof actor->name, "%s", found != NULL ? found->name : who);
    snprintf(actor->role, sizeof actor->role, "%s", found != NULL ? mbp_role_name((enum mbp_role)found->role) : "");
    return found;
}

bool mbp_access_prove(const struct mbp_plant *plant, const char *who, struct mbp_permit *permit,
                      struct mbp_actor *actor)
{
    const struct mbp_operator *found = mbp_access_introduce(plant, who, permit, actor);
    permit->only = found != NULL ? (uint16_t)(found - plant->operators.items + 1) : UINT16_MAX;
    return found != NULL;
}

/* ---- the check --------------------------------------------------------------------------------------------------- */

static bool by_function(const struct mbp_permit *permit, const struct mbp_access_ask *ask)
{
    switch (mbp_permit_allow(permit, ask->unit->unit->id)) {
    case MBP_ALLOW_ALL:
        return true;
    case MBP_ALLOW_OPERATE:
        return !ask->writes || ask->operates;
    case MBP_ALLOW_READ:
        return !ask->writes;
    case MBP_ALLOW_NONE:
    case MBP_ALLOW_COUNT:
        break;
    }
    return false;
}

enum mbp_status mbp_access_check(const struct mbp_permit *permit, const struct mbp_access_ask *ask, uint16_t *at)
{
    if (permit->unlimited)
        return MBP_OK;
    if (!by_function(permit, ask))
        return MBP_EX_ILLEGAL_FUNCTION;
    if (!ask->writes || ask->deed == NULL || !permit->by_role ||
        mbp_image_lacks(ask->unit, ask->deed, permit->missing, at) == MBP_RIGHT_COUNT)
        return MBP_OK;
    return MBP_EX_ILLEGAL_FUNCTION;
}
