/* What is an instructor's alone, and how it is done: by the registers of unit 247. */
#include "instruct.h"

/* Students are not to see what is wrong: the plant file's faults are the instructor's. */
bool web_instructs(struct web_call *call)
{
    if (!call->web->plant->instructor)
        web_problem(call, 409, "the plant has no instructor: it says instructor: true in the plant file");
    else if (!web_may_instruct(call))
        web_problem(call, 403, "the access rules do not let this host see the instructor's unit");
    else
        return true;
    return false;
}

bool web_instruct(struct web_call *call, enum mbp_table table, uint16_t addr, uint16_t count, const uint16_t *words)
{
    const struct mbp_unit *unit = mbp_plant_find_unit(call->web->plant, MBP_INSTRUCTOR_UNIT);
    return web_write_words(call, unit, table, addr, count, words, NULL);
}
