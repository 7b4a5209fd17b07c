/* What the keys of watch change goes through the verbs that do the same, and what those say is shown. */
#include <string.h>

#include "watch/watch_slave.h"

#define WORDS_MAX 6

/* A command line of mbplantctl, and what it may acknowledge. */
struct deed {
    const char *words[WORDS_MAX + 1];
    int count;
    bool acknowledges;
    const uint8_t *seen;
};

static void add(struct deed *deed, const char *word)
{
    if (deed->count < WORDS_MAX)
        deed->words[deed->count++] = word;
}

/* "10min" for a time, "once" until it has returned, "ever" until unshelve. */
static void add_shelving(struct deed *deed, const char *answer)
{
    if (strcmp(answer, "once") == 0) {
        add(deed, "--once");
    } else if (strcmp(answer, "ever") != 0) {
        add(deed, "--for");
        add(deed, answer);
    }
}

static struct deed deed_of(enum watch_action action, const struct watch_view *view)
{
    static const struct {
        enum watch_action action;
        const char *verb, *last; /* "" = nothing behind the target */
    } verbs[] = {
        {WATCH_ACKNOWLEDGE, "ack", ""},
        {WATCH_ACKNOWLEDGE_ALL, "ack", ""},
        {WATCH_FORCE, "force", ""},
        {WATCH_RELEASE, "release", ""},
        {WATCH_SHELVE, "shelve", ""},
        {WATCH_UNSHELVE, "unshelve", ""},
        {WATCH_RESET, "reset", ""},
        {WATCH_RESET_ALL, "reset", ""},
        {WATCH_EN_SERVICE, "machine", "en_service"},
        {WATCH_EN_PANNE, "machine", "en_panne"},
        {WATCH_MAINTENANCE, "machine", "maintenance"},
    };
    struct deed deed = {.acknowledges = action == WATCH_ACKNOWLEDGE || action == WATCH_ACKNOWLEDGE_ALL};
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        if (verbs[i].action != action)
            continue;
        add(&deed, verbs[i].verb);
        if (action == WATCH_SHELVE)
            add_shelving(&deed, view->answer);
        add(&deed, view->target);
        if (action == WATCH_FORCE)
            add(&deed, view->answer);
        else if (verbs[i].last[0] != '\0')
            add(&deed, verbs[i].last);
    }
    return deed;
}

/* Nothing is acknowledged that the user cannot have read: what came in since the screen was drawn is shown first. */
static bool is_unseen(struct ctl *ctl, const struct deed *deed)
{
    struct ctl_overview now;
    if (!deed->acknowledges || deed->seen == NULL || ctl_overview_take(ctl, &now) != CTL_OK)
        return false; /* a slave that does not answer says so when it is asked to acknowledge */
    const struct mbp_report_alarm *unseen =
        watch_find_unseen(&now.seen.report, ctl->plant, deed->seen, ctl->options->argv[0]);
    if (unseen != NULL)
        ctl_error("nothing acknowledged: %s.%s has just come in; read it, then press again", unseen->sensor->name,
                  mbp_limit_name(unseen->limit));
    ctl_overview_free(ctl->plant, &now);
    return unseen != NULL;
}

/* As if it had been typed, on the slave that is watched. */
static enum ctl_exit run_deed(struct ctl *ctl, void *ctx)
{
    const struct deed *deed = ctx;
    const struct ctl_options *kept = ctl->options;
    static struct ctl_options options; /* too large for a stack */
    char *words[WORDS_MAX + 2] = {(char *)"mbplantctl"};
    for (int i = 0; i < deed->count; i++)
        words[i + 1] = (char *)deed->words[i];
    if (ctl_options_parse(deed->count + 1, words, stderr, &options) != MBP_OK)
        return CTL_USAGE;
    options.target = kept->target;
    options.unit = kept->unit;
    options.plant_path = kept->plant_path;
    ctl->options = &options;
    enum ctl_exit code = is_unseen(ctl, deed) ? CTL_FAILED : options.verb->run(ctl);
    ctl->options = kept;
    return code;
}

void watch_act(struct watch_slave *slave, enum watch_action action, const uint8_t *seen, struct watch_view *view)
{
    char said[sizeof view->message / 2];
    struct deed deed = deed_of(action, view);
    deed.seen = seen;
    int len = snprintf(view->message, sizeof view->message, "mbplantctl");
    for (int i = 0; i < deed.count; i++)
        len += snprintf(view->message + len, sizeof view->message - (size_t)len, " %s", deed.words[i]);
    if (slave->trouble[0] != '\0' || slave->is_new) {
        snprintf(view->message + len, sizeof view->message - (size_t)len, "\nnot done: %s",
                 slave->is_new ? "another plant answers now" : "the slave does not answer");
        view->message_paint = MBP_PAINT_BAD;
        return;
    }
    enum ctl_exit code = watch_quietly(slave->ctl, run_deed, &deed, said, sizeof said);
    snprintf(view->message + len, sizeof view->message - (size_t)len, "\n%s", said);
    view->message_paint = code == CTL_OK ? MBP_PAINT_GOOD : MBP_PAINT_BAD;
}
