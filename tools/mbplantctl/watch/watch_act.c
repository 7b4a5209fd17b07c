/* What the keys of watch change goes through the verbs that do the same, and what those say is shown. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "watch/watch_menu.h"
#include "watch/watch_slave.h"

#define WORDS_MAX 32

/* A command line of mbplantctl, and what it may acknowledge. */
struct deed {
    const char *words[WORDS_MAX + 1];
    int count;
    bool acknowledges;
    const uint8_t *seen;
    char filled[WATCH_FORM_WORDS][WATCH_ANSWER + MBP_NAME_MAX + 16]; /* words with an answer in them */
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

/* The n-th word of a form: "@" is the target, "$1" an answer; "@.$1" has both. */
static void fill(const struct watch_view *view, const char *word, char *buf, size_t size)
{
    size_t len = 0;
    buf[0] = '\0';
    for (; word[0] != '\0' && len + 1 < size; word++) {
        const char *text = word[0] == '@' ? view->target : word[0] == '$' ? view->answers[word[1] - '1'] : NULL;
        if (text != NULL)
            len += (size_t)snprintf(buf + len, size - len, "%s", text);
        else
            len += (size_t)snprintf(buf + len, size - len, "%c", word[0]);
        word += word[0] == '$';
    }
}

static void add_form(struct deed *deed, const struct watch_view *view)
{
    const struct watch_form *form = view->form;
    deed->acknowledges = strcmp(form->words[0], "ack") == 0;
    for (unsigned i = 0; i < WATCH_FORM_WORDS && form->words[i] != NULL; i++) {
        fill(view, form->words[i], deed->filled[i], sizeof deed->filled[i]);
        add(deed, deed->filled[i]);
    }
    for (unsigned f = 0; f < watch_form_fields(form); f++) {
        if (form->fields[f].flag == NULL || view->answers[f][0] == '\0')
            continue;
        add(deed, form->fields[f].flag);
        add(deed, view->answers[f]);
    }
}

static void deed_of(enum watch_action action, const struct watch_view *view, struct deed *out)
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
    *out = (struct deed){.acknowledges = action == WATCH_ACKNOWLEDGE || action == WATCH_ACKNOWLEDGE_ALL};
    if (action == WATCH_DO)
        add_form(out, view);
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        if (verbs[i].action != action)
            continue;
        add(out, verbs[i].verb);
        if (action == WATCH_SHELVE)
            add_shelving(out, view->answer);
        add(out, view->target);
        if (action == WATCH_FORCE)
            add(out, view->answer);
        else if (verbs[i].last[0] != '\0')
            add(out, verbs[i].last);
    }
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

/* As if it had been typed, on the slave that is watched. Nothing is painted: this text is shown by rows. */
static enum ctl_exit run_deed(struct ctl *ctl, void *ctx)
{
    const struct deed *deed = ctx;
    const struct ctl_options *kept = ctl->options;
    static struct ctl_options options; /* too large for a stack */
    const bool colour = ctl->colour;
    char *words[WORDS_MAX + 2] = {(char *)"mbplantctl"};
    for (int i = 0; i < deed->count; i++)
        words[i + 1] = (char *)deed->words[i];
    if (ctl_options_parse(deed->count + 1, words, stderr, &options) != MBP_OK)
        return CTL_USAGE;
    options.target = kept->target;
    options.unit = options.unit >= 0 ? options.unit : kept->unit;
    options.plant_path = kept->plant_path;
    options.lang = ctl_lang_of_format(options.format, kept->lang);
    options.said.who = options.said.who != NULL ? options.said.who : kept->said.who;
    ctl->options = &options;
    ctl->colour = false;
    if (ctl->link != NULL)
        ctl_link_say(ctl->link, &options.said); /* it was opened with what was said of the whole */
    enum ctl_exit code = is_unseen(ctl, deed) ? CTL_FAILED : options.verb->run(ctl);
    ctl->options = kept;
    ctl->colour = colour;
    return code;
}

/* The command line, as it could be typed. */
static int put_words(const struct deed *deed, char *buf, size_t size)
{
    size_t len = (size_t)snprintf(buf, size, "mbplantctl");
    for (int i = 0; i < deed->count && len < size; i++) {
        const char *word = deed->words[i];
        bool plain = word[0] != '\0' && strpbrk(word, " '\"[]{}$*;&|<>()") == NULL;
        len += (size_t)snprintf(buf + len, size - len, plain ? " %s" : " '%s'", word);
    }
    return (int)(len < size ? len : size - 1);
}

/* A file of that name must not be there yet: what somebody keeps is not written over. */
static enum ctl_exit save(const char *path, const char *text, char *said, size_t size)
{
    FILE *file = fopen(path, "wx");
    bool written = file != NULL && fputs(text, file) >= 0;
    if (file != NULL && fclose(file) != 0)
        written = false;
    if (written)
        snprintf(said, size, ctl_tr("%s is written"), path);
    else
        snprintf(said, size, "%s: %s", path, mbp_system_why(errno));
    return written ? CTL_OK : CTL_FAILED;
}

/* What is read stays until something else is. */
static void show_text(struct watch_slave *slave, char *text, struct watch_view *view, enum watch_mode mode)
{
    free(slave->reading);
    slave->reading = text;
    view->reading = text;
    view->line = 0;
    view->across[WATCH_PAGES] = 0;
    view->mode = mode;
}

static void keep_reading(struct watch_slave *slave, char *text, struct watch_view *view)
{
    view->then = (int)view->form->then;
    show_text(slave, text, view, WATCH_READS);
    for (size_t line = 0; view->then != WATCH_THEN_READ && line < 3; line++) {
        char number[16];
        if (watch_reading_number(view, line, number, sizeof number)[0] != '\0') {
            view->line = line;
            break;
        }
    }
}

/* ---- what moves -------------------------------------------------------------------------------------------------- */

/* Who has read which points move has agreed to these alone: others may have come about meanwhile. */
struct moving {
    const char *agreed;
    char *asked; /* NULL = nothing */
};

static bool may_move(void *ctx, const char *moves)
{
    struct moving *moving = ctx;
    if (strcmp(moves, moving->agreed) == 0)
        return true;
    free(moving->asked);
    moving->asked = strdup(moves);
    return false;
}

/* As far as it is long; more of them is not agreed to, but asked about again. */
static void ask_about(struct watch_slave *slave, struct watch_view *view, char *moves)
{
    snprintf(view->moves, sizeof view->moves, "%s", moves);
    view->then = WATCH_THEN_READ;
    show_text(slave, moves, view, WATCH_ASKS_MOVES);
}

/* ---- forms ------------------------------------------------------------------------------------------------------- */

static enum ctl_exit do_form(struct watch_slave *slave, struct deed *deed, char *said, size_t size,
                             struct watch_view *view)
{
    char *text = NULL;
    enum watch_then then = view->form->then;
    struct moving moving = {.agreed = view->moves};
    struct ctl *ctl = slave->ctl;
    ctl->scrolls = then != WATCH_THEN_SAVE;
    ctl->may_move = may_move;
    ctl->may_move_ctx = &moving;
    enum ctl_exit code = watch_capture(ctl, run_deed, deed, &text);
    ctl->scrolls = false;
    ctl->may_move = NULL;
    ctl->moves_told = false;
    view->moves[0] = '\0';
    if (moving.asked != NULL) {
        free(text);
        snprintf(view->heading, sizeof view->heading, "%s", ctl_tr("POINTS THAT WOULD STAND ELSEWHERE"));
        ask_about(slave, view, moving.asked);
        return CTL_OK;
    }
    watch_take_down(text != NULL ? text : "", said, size);
    if (code == CTL_OK && then == WATCH_THEN_SAVE && text != NULL)
        code = save(view->answers[watch_form_fields(view->form) - 1], text, said, size);
    if (code != CTL_OK || then == WATCH_THEN_SAY || then == WATCH_THEN_SAVE || text == NULL) {
        free(text);
        return code;
    }
    put_words(deed, view->heading, sizeof view->heading);
    keep_reading(slave, text, view);
    view->message[0] = '\0';
    return code;
}

void watch_act(struct watch_slave *slave, enum watch_action action, const uint8_t *seen, struct watch_view *view)
{
    static struct deed deed; /* too large for a stack */
    char said[sizeof view->message / 2];
    deed_of(action, view, &deed);
    deed.seen = seen;
    int len = put_words(&deed, view->message, sizeof view->message / 2);
    if (slave->trouble[0] != '\0' || slave->is_new) {
        snprintf(view->message + len, sizeof view->message - (size_t)len, "\n%s",
                 slave->is_new ? ctl_tr("not done: another plant answers now")
                               : ctl_tr("not done: the slave does not answer"));
        view->message_paint = MBP_PAINT_BAD;
        return;
    }
    enum ctl_exit code = action == WATCH_DO ? do_form(slave, &deed, said, sizeof said, view)
                                            : watch_quietly(slave->ctl, run_deed, &deed, said, sizeof said);
    if (view->mode == WATCH_ASKS_MOVES)
        view->message[0] = '\0';
    else if (view->mode != WATCH_READS)
        snprintf(view->message + len, sizeof view->message - (size_t)len, "\n%s", said);
    view->message_paint = code == CTL_OK ? MBP_PAINT_GOOD : MBP_PAINT_BAD;
    if (action == WATCH_DO && code != CTL_OK && watch_form_fields(view->form) > 0)
        view->mode = WATCH_IN_FORM; /* what was typed can be put right */
}
