/* access: who may do what. One check for every way in: Modbus over any wire, HTTP, the broker. Two things decide: the
 * plant file's access rules, by address, unit and function; and its operators, by what is written. */
#ifndef MBPLANT_ACCESS_H
#define MBPLANT_ACCESS_H

#include "mbplant/image/rights.h"
#include "mbplant/names.h"

/* What somebody may do: looked up once, when he comes, when he says who he is, and when the plant changes. */
struct mbp_permit {
    bool unlimited;       /* he may do everything on all units: nothing else has to be looked at */
    bool admitted;        /* by the rules */
    bool keep;            /* his connections are never closed for a new one */
    bool by_role;         /* the plant has operators */
    bool by_unit;         /* units tells for each what is allowed, else allow for all */
    enum mbp_allow allow; /* on the first unit */
    uint16_t as;          /* the operator that the rules take him for when he says no name, from 1; 0 = nobody */
    uint16_t only;        /* a token proves who he is, from 1: he does nothing for another; 0 = nothing proves it */
    uint8_t units[64];    /* two bits each, enum mbp_allow */
    uint32_t missing;     /* rights that he has not, MBP_RIGHT_BIT each; 0 without by_role */
};

/* The same on all units, of a plant without operators; of the plant's own house, which may do all. */
extern const struct mbp_permit mbp_permits[MBP_ALLOW_COUNT];

/* The first rule that fits the address (IPv6; IPv4 as ::ffff:a.b.c.d) admits it; none fits: not admitted, nor who may
 * do nothing on any unit. On each unit the first rule counts that fits and names the unit; named by none it may be
 * read. `operate` is no more than `read` on the instructor's unit. Without any rule everybody is admitted, and writes
 * from beyond this machine are refused when the listener is open to the network. */
struct mbp_permit mbp_permit_of(const struct mbp_plant *plant, const uint8_t address[MBP_ACTOR_ADDRESS],
                                bool open_to_network);

static inline enum mbp_allow mbp_permit_allow(const struct mbp_permit *permit, unsigned unit)
{
    return !permit->admitted ? MBP_ALLOW_NONE
           : permit->by_unit ? (enum mbp_allow)(permit->units[unit / 4] >> unit % 4 * 2 & 3)
                             : permit->allow;
}

/* Who he says he is, "" = nothing: gives the actor his name and role, and the permit his rights. The operator that he
 * is; NULL: the plant has none of that name, or no operators at all, and the name is what he says. */
const struct mbp_operator *mbp_access_introduce(const struct mbp_plant *plant, const char *who,
                                                struct mbp_permit *permit, struct mbp_actor *actor);

/* The same of one whose name a token proves. False: he is no operator any more, and may do nothing. */
bool mbp_access_prove(const struct mbp_plant *plant, const char *who, struct mbp_permit *permit,
                      struct mbp_actor *actor);

/* What is asked. */
struct mbp_access_ask {
    struct mbp_image_unit *unit;
    bool writes;                       /* else the rest does not matter */
    bool operates;                     /* what `allow: operate` allows: a write of coils, a comment, a note */
    const struct mbp_image_deed *deed; /* what it writes; NULL = nothing that an operator's role is about */
};

/* Whether it may be: MBP_OK, or MBP_EX_ILLEGAL_FUNCTION ("not an allowable action for the server"). Output: where it
 * may not. */
enum mbp_status mbp_access_check(const struct mbp_permit *permit, const struct mbp_access_ask *ask, uint16_t *at);

#endif
