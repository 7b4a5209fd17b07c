/* --verbose: every event on stdout as it becomes durable, in the lines of `mbplantctl journal`. */
#include "daemon.h"
#include "mbplant/report.h"

/* Nothing has to be remembered: it is there or not. */
static bool is_there = true;

static enum mbp_status begin(struct daemon *daemon, void **own)
{
    *own = daemon->options.verbose ? &is_there : NULL;
    return MBP_OK;
}

static void durable(const struct daemon *daemon, void *own, const struct mbp_event *events, size_t count)
{
    (void)own;
    const struct mbp_telling by = {daemon->plant, mbp_journal_names(daemon->journal), MBP_LANG_EN};
    for (size_t i = 0; i < count; i++) {
        char comment[MBP_COMMENT_MAX + 1];
        const struct mbp_event_beside beside = {.comment = mbp_journal_comment(daemon->journal, &events[i], comment)};
        mbp_report_event(&by, &events[i], &beside, MBP_FORMAT_TEXT, stdout);
    }
    fflush(stdout);
}

const struct output event_printer_output = {.begin = begin, .durable = durable};
