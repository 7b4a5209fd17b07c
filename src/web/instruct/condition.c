/* Work that is due by a condition, as `mbplantctl work open --when` opens it: an expression is compiled, kept over
 * restarts and looked at in each scan, which is what a machine's `maintenance` in the plant file is for. */
#include <stdlib.h>
#include <string.h>

#include "instruct/instruct.h"
#include "machine/already.h"
#include "mbplant/edit.h"
#include "mbplant/formula.h"
#include "plant_file.h"

#define AT_ONCE 64u

void web_open_by_condition(struct web_call *call, uint32_t machine, const char *when)
{
    const struct mbp_plant *plant = call->web->plant;
    const struct mbp_machine *of = &plant->machines[machine];
    const char *now = of->maintenance_when > 0 ? plant->formulas[of->maintenance_when - 1].text : NULL;
    char why[MBP_EDIT_WHY_LEN];
    char *made = NULL;
    size_t len = 0;
    if (!web_instructs(call))
        return;
    if (now != NULL && strcmp(now, when) == 0) {
        web_problem(call, 409, "%s: its work is due when %s already", of->name, when);
        return;
    }
    if (now != NULL) {
        web_problem(call, 409, "%s has a condition: %.160s; one for both is maintenance.when of the plant file",
                    of->name, now);
        return;
    }
    enum mbp_status status =
        mbp_edit_set(plant->text, MBP_EDIT_MACHINE, of->name, "maintenance.when", when, &made, &len, why);
    if (status != MBP_OK) {
        web_problem(call, status == MBP_ERR_MEMORY ? 503 : 422, "%s", why);
        return;
    }
    web_already_begin(call);
    web_stage_plant(call, (struct mbp_text){made, len}, MBP_STAGING_PUT);
    free(made);
}

/* The event of this change, which is stored. False: there is none. */
static bool find_change(const struct web_call *call, struct mbp_event *change)
{
    struct mbp_journal *journal = call->web->config.journal;
    struct mbp_event events[AT_ONCE];
    for (uint32_t from = call->before + 1; from <= call->until; from += AT_ONCE) {
        size_t count = mbp_journal_read(journal, from, AT_ONCE, events);
        for (size_t i = 0; i < count; i++) {
            if (events[i].code == MBP_EV_PLANT_CHANGED && events[i].actor == call->actor) {
                *change = events[i];
                return true;
            }
        }
    }
    return false;
}

void web_answer_condition(struct web_call *call)
{
    struct mbp_event change;
    if (!web_plant_is_put(call) || !web_already_is_known(call))
        return;
    if (!find_change(call, &change)) {
        web_problem(call, 503, "the journal cannot store it just now; it will when it can");
        return;
    }
    web_put_event(call->web, &change, MBP_LANG_EN, call->out);
    call->status = 200;
}
