/* plant_operators: people by name, each with a role; what a role may do stands in one table (src/model/roles.c). */
#ifndef MBPLANT_PLANT_OPERATORS_H
#define MBPLANT_PLANT_OPERATORS_H

#include <stdbool.h>
#include <stdint.h>

/* What somebody may do beside looking: bits of masks. */
enum mbp_right {
    MBP_RIGHT_ACKNOWLEDGE, /* and reset */
    MBP_RIGHT_SHELVE,
    MBP_RIGHT_SERVICE, /* alarms out of service, and back */
    MBP_RIGHT_BYPASS,
    MBP_RIGHT_STATES,
    MBP_RIGHT_COMMANDS, /* of actuators, setpoints, modes, values without a meaning of ours */
    MBP_RIGHT_FORCE,
    MBP_RIGHT_LIMITS,
    MBP_RIGHT_TUNE, /* settings of controllers; counters of a unit (FC 8) */
    MBP_RIGHT_LOGBOOK,
    MBP_RIGHT_PLANT,
    MBP_RIGHT_SIMULATION,
    MBP_RIGHT_COUNT /* none of them is needed */
};
#define MBP_RIGHT_BIT(right) (UINT32_C(1) << (right))
#define MBP_RIGHTS_ALL       (MBP_RIGHT_BIT(MBP_RIGHT_COUNT) - 1)

enum mbp_role {
    MBP_ROLE_OBSERVER,
    MBP_ROLE_OPERATOR,
    MBP_ROLE_MAINTENANCE,
    MBP_ROLE_ENGINEER,
    MBP_ROLE_INSTRUCTOR,
    MBP_ROLE_COUNT
};

struct mbp_right_row {
    const char *word;          /* of programs: "acknowledge" */
    const char *name, *french; /* what somebody does with it, after "may": "acknowledge and reset alarms" */
};

extern const struct mbp_right_row mbp_rights[MBP_RIGHT_COUNT];
extern const uint32_t mbp_role_rights[MBP_ROLE_COUNT]; /* masks */

/* "observer", "operator", ... Static storage. */
const char *mbp_role_name(enum mbp_role role);

/* "maintenance, engineer or instructor": the roles that have a right. Returns buf; 96 bytes suffice. */
const char *mbp_right_roles(enum mbp_right right, bool french, char *buf, unsigned size);

#define MBP_OPERATORS_MAX     256u
#define MBP_OPERATOR_NAME_MAX 31u /* bytes, as an actor's */

struct mbp_operator {
    const char *name; /* unique without regard to case */
    uint8_t role;     /* enum mbp_role */
};

/* None: whoever the access rules let in may do what they say. */
struct mbp_operators {
    const struct mbp_operator *items;
    uint32_t count;
};

/* The one of a name, in any case; NULL = none. */
const struct mbp_operator *mbp_operator_find(const struct mbp_operators *operators, const char *name);

/* The name that is nearest to one that nobody has; NULL = none is near. */
const char *mbp_operator_nearest(const struct mbp_operators *operators, const char *name);

/* The rights that somebody has not: none where there are no operators; all of one who is not among them (NULL). */
uint32_t mbp_operator_missing(const struct mbp_operators *operators, const struct mbp_operator *who);

#endif
