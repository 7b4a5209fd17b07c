/* work list|open|start|done|cancel */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "mbplant/edit.h"
#include "mbplant/event/comment.h"
#include "mbplant/formula.h"
#include "slave/logbook.h"
#include "slave/names.h"
#include "slave/point.h"
#include "verbs/edit.h"
#include "verbs/logbook/logbook.h"

/* ---- open -------------------------------------------------------------------------------------------------------- */

static bool parse_kind(const char *text, struct mbp_logbook_record *record)
{
    for (unsigned kind = MBP_WORK_CORRECTIVE; text != NULL && kind < MBP_WORK_KINDS; kind++) {
        if (strcasecmp(text, mbp_work_kind_name((enum mbp_work_kind)kind)) == 0) {
            record->kind = (uint16_t)((record->kind & 0xFF00u) | kind);
            return true;
        }
    }
    if (text != NULL)
        ctl_error("work: --kind '%s'; it is corrective or preventive", text);
    return text == NULL;
}

static bool parse_span(const char *text, uint32_t *seconds)
{
    uint64_t ns;
    if (mbp_duration_parse(text, &ns) != MBP_OK || ns / MBP_NS_PER_S > UINT32_MAX || ns < MBP_NS_PER_S)
        return false;
    *seconds = (uint32_t)(ns / MBP_NS_PER_S);
    return true;
}

/* "3d", "200h running", "500 products" */
static bool parse_due(const char *text, struct mbp_logbook_record *record)
{
    char amount[32] = "";
    char word[16] = "";
    unsigned due = MBP_DUE_NEVER;
    if (text == NULL)
        return true;
    int words = sscanf(text, "%31s %15s", amount, word);
    if (words == 1 && parse_span(amount, &record->due))
        due = MBP_DUE_TIME;
    else if (words == 2 && strcasecmp(word, "running") == 0 && parse_span(amount, &record->due))
        due = MBP_DUE_RUNNING;
    else if (words == 2 && strcasecmp(word, "products") == 0 && ctl_number_parse(amount, &record->due))
        due = MBP_DUE_PRODUCTS;
    record->kind = (uint16_t)((record->kind & 0xFFu) | due << 8);
    if (due == MBP_DUE_NEVER)
        ctl_error(
            "work: --due '%s'; it is a time (3d), a time of running ('200h running') or a number ('500 products')",
            text);
    return due != MBP_DUE_NEVER;
}

/* ---- by a condition ---------------------------------------------------------------------------------------------- */

/* An expression is compiled, kept over restarts and looked at in each scan: that is what a machine's `maintenance` in
 * the plant file is for, which opens the work when the condition comes. */
struct condition {
    struct ctl *ctl;
    uint32_t machine;
};

static enum ctl_exit put_condition(void *ctx, struct mbp_text text, char **out, size_t *out_len)
{
    const struct condition *condition = ctx;
    const struct mbp_plant *plant = condition->ctl->plant;
    const struct mbp_machine *machine = &plant->machines[condition->machine];
    const char *when = condition->ctl->options->work_when;
    const char *now = machine->maintenance_when > 0 ? plant->formulas[machine->maintenance_when - 1].text : NULL;
    char why[MBP_EDIT_WHY_LEN];
    if (now != NULL && strcmp(now, when) == 0) {
        ctl_say("%s: its work is due when %s already: nothing to do\n", machine->name, when);
        return CTL_OK;
    }
    if (now != NULL) {
        ctl_error("work: %s has a condition: %s; one for both is set with mbplantctl machine set %s maintenance.when "
                  "'%s OR %s'",
                  machine->name, now, machine->name, now, when);
        return CTL_USAGE;
    }
    if (mbp_edit_set(text, MBP_EDIT_MACHINE, machine->name, "maintenance.when", when, out, out_len, why) == MBP_OK)
        return CTL_OK;
    ctl_error("work: %s", why);
    return CTL_USAGE;
}

/* What is to be done goes with the change of the plant, as its reason. */
static enum ctl_exit open_by_condition(struct ctl *ctl, uint32_t machine)
{
    const struct ctl_options *options = ctl->options;
    struct condition condition = {ctl, machine};
    if (options->work_due != NULL || options->work_takes != NULL || options->work_kind != NULL) {
        ctl_error(
            "work: --when goes alone: such work is preventive, due by its condition, and takes what the plant file "
            "says (mbplantctl machine set %s maintenance.takes 2h)",
            ctl->plant->machines[machine].name);
        return CTL_USAGE;
    }
    const struct ctl_said saying = {.why = options->argc == 3 ? options->argv[2] : options->said.why,
                                    .who = options->said.who};
    char wrong[MBP_COMMENT_WHY];
    if (saying.why != NULL &&
        mbp_comment_check(saying.why, strlen(saying.why), MBP_COMMENT_MAX, wrong, sizeof wrong) != MBP_OK) {
        ctl_error("the text: %s", wrong);
        return CTL_USAGE;
    }
    if (ctl_link(ctl) == NULL)
        return CTL_FAILED;
    ctl_link_say(ctl->link, &saying);
    return ctl_edit_text(ctl, put_condition, &condition);
}

static enum ctl_exit open_work(struct ctl *ctl)
{
    const struct ctl_options *options = ctl->options;
    struct mbp_logbook_record record = {.command = MBP_LOGBOOK_WORK_OPENED, .kind = MBP_WORK_CORRECTIVE};
    struct mbp_event told;
    uint8_t unit;
    if (options->argc < 2 || options->argc > 3) {
        ctl_error("usage: mbplantctl work open MACHINE ['WHAT IS TO BE DONE']");
        return CTL_USAGE;
    }
    if (!parse_kind(options->work_kind, &record) || !parse_due(options->work_due, &record))
        return CTL_USAGE;
    if (options->work_takes != NULL && !parse_span(options->work_takes, &record.planned_s)) {
        ctl_error("work: --takes '%s'; it is a time like 30min or 2h", options->work_takes);
        return CTL_USAGE;
    }
    if (ctl_plant(ctl) == NULL || !ctl_logbook_about(ctl->plant, options->argv[1], &record, &unit))
        return ctl->plant == NULL ? CTL_FAILED : CTL_USAGE;
    if (record.machine == MBP_NONE16) {
        ctl_error("work: %s belongs to no machine", options->argv[1]);
        return CTL_USAGE;
    }
    if (options->work_when != NULL)
        return open_by_condition(ctl, mbp_plant_find_unit(ctl->plant, unit)->first_machine + record.machine);
    record.item = MBP_NONE16;
    enum ctl_exit code = ctl_logbook_tell(ctl, unit, &record, options->argc == 3 ? options->argv[2] : NULL, &told);
    if (code == CTL_OK && told.code != 0)
        ctl_say("work %u\n", told.seq);
    return code == CTL_OK ? ctl_say_told(ctl, &told) : code;
}

/* ---- start, done, cancel ----------------------------------------------------------------------------------------- */

/* What can be said of work that is there. */
static const struct step {
    const char *word;
    enum mbp_logbook_command command;
    bool why; /* its text must say why */
} steps[] = {
    {"start", MBP_LOGBOOK_WORK_STARTED, false},
    {"done", MBP_LOGBOOK_WORK_DONE, false},
    {"cancel", MBP_LOGBOOK_WORK_CANCELLED, true},
};

/* What stands against it; false after saying so. */
static bool may_go_on(struct ctl *ctl, const struct mbp_work_record *work, const struct step *step)
{
    bool over = mbp_work_is_over(work);
    bool started = work->state == MBP_WORK_GOES_ON && step->command == MBP_LOGBOOK_WORK_STARTED;
    char who[MBP_PEER_TEXT] = "";
    if (!over && !started && step->command == MBP_LOGBOOK_WORK_CANCELLED && work->by_state) {
        ctl_error("work %u is the machine's stay in maintenance: it ends with its return to service", work->opened.seq);
        return false;
    }
    if (!over && !started)
        return true;
    if (work->removed) {
        ctl_error("work %u is over: its machine was removed", work->opened.seq);
        return false;
    }
    mbp_names_peer(&ctl->names, over ? &work->done : &work->started, who, sizeof who);
    ctl_error("work %u is %s already%s%s", work->opened.seq,
              ctl_tr(mbp_work_state_name((enum mbp_work_state)work->state)), who[0] != '\0' ? ctl_tr(", by ") : "",
              who);
    return false;
}

/* Two may have asked at once: whose came first has it. */
static enum ctl_exit check(struct ctl *ctl, const struct mbp_event *told, uint32_t number, const struct step *step)
{
    struct mbp_made_report made;
    char who[MBP_PEER_TEXT] = "";
    enum ctl_exit code = told->code != 0 ? ctl_history_make(ctl, &made) : CTL_OK;
    if (code != CTL_OK || told->code == 0)
        return code;
    const struct mbp_work_record *work = mbp_history_work(made.history, number);
    const struct mbp_event *first = work == NULL                                ? told
                                    : step->command == MBP_LOGBOOK_WORK_STARTED ? &work->started
                                                                                : &work->done;
    if (first->seq != told->seq) {
        mbp_names_peer(&ctl->names, first, who, sizeof who);
        ctl_error("work %u was %s meanwhile%s%s", number,
                  first == &work->started ? ctl_tr("started")
                                          : ctl_tr(mbp_work_state_name((enum mbp_work_state)work->state)),
                  who[0] != '\0' ? ctl_tr(", by ") : "", who);
        code = CTL_FAILED;
    }
    mbp_made_report_free(&made);
    return code;
}

/* The work that the command line names, and where it is told; CTL_USAGE after saying what stands against it. */
static enum ctl_exit find_work(struct ctl *ctl, const struct step *step, struct mbp_logbook_record *record,
                               uint8_t *unit)
{
    struct mbp_made_report made;
    if (ctl_plant(ctl) == NULL)
        return CTL_FAILED;
    enum ctl_exit code = ctl_history_make(ctl, &made);
    if (code != CTL_OK)
        return code;
    *unit = ctl_logbook_unit(ctl);
    const struct mbp_work_record *work = mbp_history_work(made.history, record->number);
    if (work == NULL)
        ctl_error("there is no work %u; mbplantctl work list --all lists it", record->number);
    bool good = work != NULL && may_go_on(ctl, work, step);
    if (good && work->machine.index != UINT32_MAX) {
        *unit = ctl->plant->units[ctl->plant->machines[work->machine.index].unit].id;
        record->machine = mbp_number_of_machine(ctl->plant, work->machine.index);
    }
    mbp_made_report_free(&made);
    return good ? CTL_OK : CTL_USAGE;
}

static enum ctl_exit go_on(struct ctl *ctl, const struct step *step)
{
    const struct ctl_options *options = ctl->options;
    struct mbp_logbook_record record = {.command = (uint16_t)step->command, .machine = MBP_NONE16, .item = MBP_NONE16};
    struct mbp_event told;
    uint8_t unit;
    const char *text = options->argc == 3 ? options->argv[2] : options->said.why;
    if (options->argc < 2 || options->argc > 3 || !ctl_number_parse(options->argv[1], &record.number) ||
        (step->why && text == NULL)) {
        ctl_error("usage: mbplantctl work %s N %s; mbplantctl work list has the numbers", step->word,
                  step->why ? "'WHY'" : "['TEXT']");
        return CTL_USAGE;
    }
    enum ctl_exit code = find_work(ctl, step, &record, &unit);
    if (code == CTL_OK)
        code = ctl_logbook_tell(ctl, unit, &record, options->argc == 3 ? text : NULL, &told);
    if (code == CTL_OK)
        code = check(ctl, &told, record.number, step);
    return code == CTL_OK ? ctl_say_told(ctl, &told) : code;
}

/* ---- the verb ---------------------------------------------------------------------------------------------------- */

CTL_VERB(work)
{
    static const char *const words[] = {"list", "open", "start", "done", "cancel"};
    const struct ctl_options *options = ctl->options;
    const char *word = options->argc > 0 ? options->argv[0] : "list";
    if (strcasecmp(word, "list") == 0 && options->argc <= 2)
        return ctl_history_print(ctl, MBP_WANT_WORK, options->argc == 2 ? options->argv[1] : NULL);
    if (strcasecmp(word, "open") == 0)
        return open_work(ctl);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        if (strcasecmp(word, steps[i].word) == 0)
            return go_on(ctl, &steps[i]);
    }
    const char *nearest = mbp_nearest(word, words, sizeof words / sizeof words[0]);
    ctl_error("work: '%s'; it is list, open, start, done or cancel%s%s%s", word,
              nearest != NULL ? ctl_tr("; did you mean ") : "", nearest != NULL ? nearest : "",
              nearest != NULL ? ctl_tr("?") : "");
    return CTL_USAGE;
}
