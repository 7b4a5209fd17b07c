/* Work that is begun, done or called off: once, and whoever comes second is told who was first. */
#include "mbplant/analysis/history.h"
#include "mbplant/map/deeds.h"
#include "people/logbook.h"

#define LOOK_BACK 2000u /* newest events of incidents and work that are looked through */

/* What became of work, as far as the events tell that were looked at. */
struct story {
    struct mbp_work_record work;
    bool whole; /* there are none older */
};

static enum mbp_status take(const struct web_call *call, uint32_t seq, struct mbp_historian *historian)
{
    struct mbp_event event;
    if (mbp_journal_read(call->web->config.journal, seq, 1, &event) != 1)
        return MBP_OK; /* it is gone, or cannot be had just now: it is not known then */
    return mbp_historian_take(historian, &event);
}

/* Its first event and the newest ones: of the rest nothing is known here. */
static enum mbp_status take_newest(const struct web_call *call, const struct mbp_event *opened,
                                   struct mbp_historian *historian, bool *whole)
{
    uint32_t seqs[LOOK_BACK];
    const size_t count = mbp_journal_newest_history(call->web->config.journal, LOOK_BACK, seqs, whole);
    enum mbp_status status = count == 0 || opened->seq < seqs[0] ? mbp_historian_take(historian, opened) : MBP_OK;
    for (size_t i = 0; i < count && status == MBP_OK; i++)
        status = take(call, seqs[i], historian);
    return status;
}

/* Errors: MBP_ERR_MISSING, its first event began no work. */
static enum mbp_status look(const struct web_call *call, const struct mbp_event *opened, struct story *out)
{
    struct mbp_historian *historian = NULL;
    struct mbp_history *history = NULL;
    enum mbp_status status =
        mbp_historian_new(call->web->plant, mbp_journal_names(call->web->config.journal), &historian);
    if (status != MBP_OK)
        return status;
    status = take_newest(call, opened, historian, &out->whole);
    if (status != MBP_OK) {
        mbp_historian_free(historian);
        return status;
    }
    status = mbp_historian_finish(historian, NULL, &history);
    const struct mbp_work_record *work = status == MBP_OK ? mbp_history_work(history, opened->seq) : NULL;
    if (work != NULL)
        out->work = *work;
    mbp_history_free(history);
    return status != MBP_OK || work != NULL ? status : MBP_ERR_MISSING;
}

/* What somebody said of it is certain. What follows from the machine's state is so where nothing older is left that the
 * state may have been about. */
static bool is_certain(const struct story *story, const struct mbp_event *event)
{
    return event->code != MBP_EV_MACHINE_STATE || story->whole;
}

/* "done already, by anna at 127.0.0.1" */
static void say_first(struct web_call *call, const struct mbp_work_record *work, const struct mbp_event *first)
{
    char who[MBP_PEER_TEXT];
    const char *state = web_tr(call, mbp_work_state_name((enum mbp_work_state)work->state));
    mbp_names_peer(mbp_journal_names(call->web->config.journal), first, who, sizeof who);
    if (work->removed)
        web_problem(call, 409, "work %u is over: its machine was removed", work->opened.seq);
    else if (who[0] != '\0')
        web_problem(call, 409, "work %u is %s already, by %s", work->opened.seq, state, who);
    else
        web_problem(call, 409, "work %u is %s already", work->opened.seq, state);
}

/* What is called off has a reason, and has not happened. */
static bool may_go_on(struct web_call *call, const struct mbp_event *opened, unsigned command)
{
    struct story story = {.whole = false};
    const struct mbp_work_record *work = &story.work;
    const bool cancelled = command == MBP_LOGBOOK_WORK_CANCELLED;
    enum mbp_status status = look(call, opened, &story);
    if (cancelled && !call->said_args[WEB_SAID_WHY].given) {
        web_problem(call, 400, "say why: 'text' or 'why'");
    } else if (status == MBP_ERR_MISSING && is_certain(&story, opened)) {
        web_problem(call, 404, "there is no %s %u", web_tr(call, "work"), opened->seq);
    } else if (status == MBP_OK && mbp_work_is_over(work) && is_certain(&story, &work->done)) {
        say_first(call, work, &work->done);
    } else if (cancelled && opened->code == MBP_EV_MACHINE_STATE) {
        web_problem(call, 409, "work %u is the machine's stay in maintenance: it ends with its return to service",
                    opened->seq);
    } else if (status == MBP_OK && command == MBP_LOGBOOK_WORK_STARTED && work->state == MBP_WORK_GOES_ON &&
               is_certain(&story, &work->started)) {
        say_first(call, work, &work->started);
    } else {
        return true;
    }
    return false;
}

void web_command_work_goes_on(struct web_call *call)
{
    struct mbp_logbook_record record = {
        .command = (uint16_t)call->route->sub, .machine = MBP_NONE16, .item = MBP_NONE16};
    struct mbp_event opened;
    record.number = web_number_of(call, call->name);
    if (record.number == 0 || !web_find_told(call, record.number, false, &opened) ||
        !web_take_said(call, web_arg(call, 0), "text") || !may_go_on(call, &opened, record.command))
        return;
    call->before = record.number;
    if (web_tell(call, web_machine_of(call, &opened, &record), &record))
        web_await(call, web_is_told);
}

/* Two may have asked at once: whose came first has it. */
void web_answer_work_goes_on(struct web_call *call)
{
    struct mbp_event opened;
    struct story story = {.whole = false};
    const struct mbp_work_record *work = &story.work;
    bool known = mbp_journal_read(call->web->config.journal, call->before, 1, &opened) == 1 &&
                 look(call, &opened, &story) == MBP_OK;
    const struct mbp_event *first = &work->done;
    if (known && call->route->sub == MBP_LOGBOOK_WORK_STARTED &&
        !(mbp_work_is_over(work) && work->done.seq < call->index))
        first = &work->started;
    if (known && first->seq != 0 && first->seq < call->index && is_certain(&story, first))
        say_first(call, work, first);
    else
        web_answer_told(call);
}
