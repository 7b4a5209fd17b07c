/* Work that is begun, done or called off: once, and whoever comes second is told who was first. */
#include "logbook.h"
#include "mbplant/analysis/history.h"
#include "mbplant/map/deeds.h"

#define AT_ONCE 64u

static enum mbp_status take_from(const struct web_call *call, uint32_t first, struct mbp_historian *historian)
{
    const uint32_t end = mbp_journal_last(call->web->config.journal) + 1;
    struct mbp_event events[AT_ONCE];
    enum mbp_status status = MBP_OK;
    for (uint32_t from = first; from < end && status == MBP_OK; from += AT_ONCE) {
        size_t count =
            mbp_journal_read(call->web->config.journal, from, end - from < AT_ONCE ? end - from : AT_ONCE, events);
        for (size_t i = 0; i < count && status == MBP_OK; i++)
            status = mbp_history_wants(events[i].code) ? mbp_historian_take(historian, &events[i]) : MBP_OK;
    }
    return status;
}

/* Where what is looked at begins: the newest events are. */
static uint32_t look_from(const struct web_call *call)
{
    const uint32_t end = mbp_journal_last(call->web->config.journal) + 1;
    return end > MBP_DEED_LOOK_BACK ? end - MBP_DEED_LOOK_BACK : 1;
}

/* What became of it, by its first event and the newest ones: of the rest nothing is known here. Errors:
 * MBP_ERR_MISSING, its first event began no work. */
static enum mbp_status look(const struct web_call *call, const struct mbp_event *opened, struct mbp_work_record *out)
{
    const uint32_t from = look_from(call);
    struct mbp_historian *historian = NULL;
    struct mbp_history *history = NULL;
    enum mbp_status status =
        mbp_historian_new(call->web->plant, mbp_journal_names(call->web->config.journal), &historian);
    if (status != MBP_OK)
        return status;
    if (opened->seq < from)
        status = mbp_historian_take(historian, opened);
    if (status == MBP_OK)
        status = take_from(call, from, historian);
    if (status != MBP_OK) {
        mbp_historian_free(historian);
        return status;
    }
    status = mbp_historian_finish(historian, NULL, &history);
    const struct mbp_work_record *work = status == MBP_OK ? mbp_history_work(history, opened->seq) : NULL;
    if (work != NULL)
        *out = *work;
    mbp_history_free(history);
    return status != MBP_OK || work != NULL ? status : MBP_ERR_MISSING;
}

/* What somebody said of it is certain. What follows from the machine's state is so where nothing older is left that the
 * state may have been about. */
static bool is_certain(const struct web_call *call, const struct mbp_event *event)
{
    return event->code != MBP_EV_MACHINE_STATE || look_from(call) <= mbp_journal_oldest(call->web->config.journal);
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
    struct mbp_work_record work;
    const bool cancelled = command == MBP_LOGBOOK_WORK_CANCELLED;
    enum mbp_status status = look(call, opened, &work);
    if (cancelled && !call->said_args[WEB_SAID_WHY].given) {
        web_problem(call, 400, "say why: 'text' or 'why'");
    } else if (status == MBP_ERR_MISSING && is_certain(call, opened)) {
        web_problem(call, 404, "there is no %s %u", web_tr(call, "work"), opened->seq);
    } else if (status == MBP_OK && mbp_work_is_over(&work) && is_certain(call, &work.done)) {
        say_first(call, &work, &work.done);
    } else if (cancelled && opened->code == MBP_EV_MACHINE_STATE) {
        web_problem(call, 409, "work %u is the machine's stay in maintenance: it ends with its return to service",
                    opened->seq);
    } else if (status == MBP_OK && command == MBP_LOGBOOK_WORK_STARTED && work.state == MBP_WORK_GOES_ON &&
               is_certain(call, &work.started)) {
        say_first(call, &work, &work.started);
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
    struct mbp_work_record work;
    bool known = mbp_journal_read(call->web->config.journal, call->before, 1, &opened) == 1 &&
                 look(call, &opened, &work) == MBP_OK;
    const struct mbp_event *first = &work.done;
    if (known && call->route->sub == MBP_LOGBOOK_WORK_STARTED &&
        !(mbp_work_is_over(&work) && work.done.seq < call->index))
        first = &work.started;
    if (known && first->seq != 0 && first->seq < call->index && is_certain(call, first))
        say_first(call, &work, first);
    else
        web_answer_told(call);
}
