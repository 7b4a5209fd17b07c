/* Who asks, and what he may do. */
#ifndef MBP_WEB_PEOPLE_WHO_H
#define MBP_WEB_PEOPLE_WHO_H

#include "mbplant/access.h"
#include "web_priv.h"

/* Gives who says that name (NULL = none) the rights of the operator that he is, by his token or else his name, and
 * introduces him as actor. False: the token is another's. */
bool web_who_is(const struct web_call *call, const char *says, struct mbp_permit *permit, struct mbp_actor *actor,
                const char **name);

extern const struct web_noun web_who_noun;
void web_serve_who(struct web_call *call);

#endif
