/* watch: the plant live, on a terminal or as a block of text per interval. What a key changes goes through the verbs
 * that do the same. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "events.h"
#include "watch.h"

#define INTERVAL_MS 1000u

static volatile sig_atomic_t stopped;

struct watch {
    struct ctl *ctl;
    struct ctl_overview overview;
    bool has_overview;
    struct mbp_event events[WATCH_EVENTS];
    size_t event_count;
    struct ctl_past past; /* of the events */
    char trouble[256], clock[40];
    struct watch_view view;
    struct watch_screen screen;
};

static void stop(int signal)
{
    (void)signal;
    stopped = 1;
}

/* Without SA_RESTART: what waits for a key or for the slave ends its wait. */
static void catch_signals(void)
{
    struct sigaction action = {.sa_handler = stop};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
}

static uint64_t monotonic_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / MBP_NS_PER_MS;
}

static void tell_time(char *buf, size_t size)
{
    struct mbp_clock clock = mbp_clock_system();
    mbp_time_format(clock.wall_ms(clock.ctx), buf, size);
}

/* ---- what the verbs say ------------------------------------------------------------------------------------------ */

/* Runs something that prints, and keeps the first line of what it said instead. */
static enum ctl_exit run_quietly(struct ctl *ctl, enum ctl_exit (*run)(struct ctl *ctl, void *ctx), void *ctx,
                                 char *said, size_t size)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = stdout;
    FILE *errors = stderr;
    FILE *both = open_memstream(&text, &len);
    if (both == NULL) {
        snprintf(said, size, "out of memory");
        return CTL_FAILED;
    }
    stdout = stderr = both;
    enum ctl_exit code = run(ctl, ctx);
    stdout = out;
    stderr = errors;
    fclose(both);
    const char *line = text != NULL ? text : "";
    static const char prefix[] = "mbplantctl: ";
    if (strncmp(line, prefix, sizeof prefix - 1) == 0)
        line += sizeof prefix - 1;
    snprintf(said, size, "%.*s", (int)strcspn(line, "\n"), line);
    free(text);
    return code;
}

/* ---- the slave --------------------------------------------------------------------------------------------------- */

static void forget(struct watch *watch)
{
    if (watch->has_overview)
        ctl_overview_free(watch->ctl->plant, &watch->overview);
    watch->has_overview = false;
    watch->event_count = 0;
    ctl_past_free(&watch->past);
    ctl_close(watch->ctl);
}

static bool keep_event(void *ctx, const struct mbp_event *event)
{
    struct watch *watch = ctx;
    if (watch->event_count == WATCH_EVENTS) {
        memmove(watch->events, watch->events + 1, (WATCH_EVENTS - 1) * sizeof watch->events[0]);
        watch->event_count--;
    }
    watch->events[watch->event_count++] = *event;
    return true;
}

/* Those that are new since the last look; all that are kept when the journal is another one. */
static enum mbp_status read_events(struct watch *watch, const struct ctl_summary *summary)
{
    struct ctl *ctl = watch->ctl;
    int unit = ctl_summary_unit(ctl->plant);
    uint32_t last = summary->last_event;
    uint32_t have = watch->event_count > 0 ? watch->events[watch->event_count - 1].seq : 0;
    if (unit < 0 || last == 0 || last == have)
        return MBP_OK;
    if (last < have) {
        watch->event_count = 0;
        have = 0;
    }
    uint32_t first = last >= WATCH_EVENTS ? last - WATCH_EVENTS + 1 : 1;
    first = first > have ? first : have + 1;
    first = first > summary->oldest_event ? first : summary->oldest_event;
    /* also of those that are on the screen already */
    uint32_t kept = watch->event_count > 0 ? watch->events[0].seq : first;
    enum mbp_status status = ctl_past_read(ctl, (uint8_t)unit, kept < first ? kept : first, last, &watch->past);
    if (status != MBP_OK)
        return status;
    return ctl_events_read(ctl->link, (uint8_t)unit, first, last, keep_event, watch, NULL);
}

/* The plant that runs is not the one that was learned: another file was put, or another mbplantd listens. */
static bool is_another_plant(const struct watch *watch, uint32_t seen)
{
    for (size_t i = watch->event_count; i > 0 && seen > 0 && watch->events[i - 1].seq > seen; i--) {
        if (watch->events[i - 1].code == MBP_EV_PLANT_CHANGED || watch->events[i - 1].code == MBP_EV_START)
            return true;
    }
    return false;
}

static enum ctl_exit look(struct ctl *ctl, void *ctx)
{
    struct watch *watch = ctx;
    struct ctl_overview now;
    if (ctl_plant(ctl) == NULL || ctl_link(ctl) == NULL)
        return CTL_FAILED;
    enum ctl_exit code = ctl_overview_take(ctl, false, &now);
    if (code != CTL_OK)
        return code;
    if (watch->has_overview)
        ctl_overview_free(ctl->plant, &watch->overview);
    watch->overview = now;
    watch->has_overview = true;
    uint32_t seen = watch->event_count > 0 ? watch->events[watch->event_count - 1].seq : 0;
    enum mbp_status status = read_events(watch, &now.snapshot.summary);
    if (status != MBP_OK)
        return ctl_fail(ctl, status, "reading the journal");
    if (is_another_plant(watch, seen)) {
        forget(watch);
        return look(ctl, ctx); /* once: the events are read anew, so that none is newer than those seen */
    }
    return CTL_OK;
}

static enum ctl_exit look_for_plant(struct ctl *ctl, void *ctx)
{
    (void)ctx;
    return ctl_link(ctl) != NULL && ctl_plant(ctl) != NULL ? CTL_OK : CTL_FAILED;
}

/* While the slave is gone its last state stays on the screen; the connection is made anew each time. */
static void refresh(struct watch *watch)
{
    struct ctl *ctl = watch->ctl;
    bool was_gone = watch->trouble[0] != '\0';
    char said[sizeof watch->trouble];
    if (was_gone) { /* whoever answers next may have another plant; the old one is kept for the screen until then */
        struct ctl again = {.options = ctl->options, .colour = ctl->colour};
        enum ctl_exit answers = run_quietly(&again, look_for_plant, NULL, said, sizeof said);
        if (answers != CTL_OK) {
            ctl_close(&again);
            snprintf(watch->trouble, sizeof watch->trouble, "%s", said);
            return;
        }
        forget(watch);
        ctl->link = again.link;
        ctl->plant = again.plant;
    }
    bool fine = run_quietly(ctl, look, watch, said, sizeof said) == CTL_OK;
    snprintf(watch->trouble, sizeof watch->trouble, "%s", fine ? "" : said[0] != '\0' ? said : "it does not answer");
    if (!fine) {
        ctl_link_close(ctl->link);
        ctl->link = NULL;
    }
}

/* ---- the screen -------------------------------------------------------------------------------------------------- */

struct deed {
    enum ctl_exit (*run)(struct ctl *ctl);
    const char *second; /* of its arguments; NULL = has one alone */
};

static enum ctl_exit run_verb(struct ctl *ctl, void *ctx)
{
    const struct deed *deed = ctx;
    return deed->run(ctl);
}

static void act(struct watch *watch, enum watch_action action)
{
    static const struct {
        enum watch_action action;
        struct deed deed;
    } deeds[] = {
        {WATCH_ACKNOWLEDGE, {ctl_run_ack, NULL}},
        {WATCH_ACKNOWLEDGE_ALL, {ctl_run_ack, NULL}},
        {WATCH_FORCE, {ctl_run_force, ""}},
        {WATCH_RELEASE, {ctl_run_release, NULL}},
        {WATCH_EN_SERVICE, {ctl_run_machine, "en_service"}},
        {WATCH_EN_PANNE, {ctl_run_machine, "en_panne"}},
        {WATCH_MAINTENANCE, {ctl_run_machine, "maintenance"}},
    };
    struct ctl *ctl = watch->ctl;
    struct watch_view *view = &watch->view;
    if (watch->trouble[0] != '\0')
        return; /* the screen says that there is no slave */
    for (size_t i = 0; i < sizeof deeds / sizeof deeds[0]; i++) {
        if (deeds[i].action != action)
            continue;
        const struct ctl_options *kept = ctl->options;
        struct ctl_options options = *kept;
        struct deed deed = deeds[i].deed;
        options.argc = deed.second != NULL ? 2 : 1;
        options.argv[0] = action == WATCH_ACKNOWLEDGE_ALL ? "all" : view->target;
        options.argv[1] = action == WATCH_FORCE ? view->answer : deed.second;
        ctl->options = &options;
        run_quietly(ctl, run_verb, &deed, view->message, sizeof view->message);
        ctl->options = kept;
        return;
    }
}

static struct watch_model model_of(struct watch *watch)
{
    const struct ctl_target *target = &watch->ctl->options->target;
    tell_time(watch->clock, sizeof watch->clock);
    return (struct watch_model){
        .plant = watch->has_overview ? watch->ctl->plant : NULL,
        .overview = watch->has_overview ? &watch->overview : NULL,
        .events = watch->events,
        .event_count = watch->event_count,
        .past = &watch->past,
        .host = target->host,
        .port = target->port,
        .clock = watch->clock,
        .trouble = watch->trouble,
    };
}

static void draw(struct watch *watch)
{
    struct watch_model model = model_of(watch);
    unsigned width;
    unsigned height;
    watch_terminal_size(&width, &height);
    watch_view_settle(&watch->view, &model);
    watch_layout(&model, &watch->view, width, height, &watch->screen);
    watch_terminal_draw(&watch->screen);
}

/* Takes keys until it is time to look at the slave again; false = the user has had enough. */
static bool serve_keys(struct watch *watch, uint64_t until_ms)
{
    for (uint64_t now = monotonic_ms(); !stopped && now < until_ms; now = monotonic_ms()) {
        int key = watch_terminal_key((int)(until_ms - now));
        struct watch_model model = model_of(watch);
        unsigned rows = watch_list_height(watch->view.page, watch->screen.height);
        enum watch_action action = key > 0 ? watch_press(&watch->view, &model, key, rows) : WATCH_NOTHING;
        if (key < 0 || action == WATCH_QUIT)
            return false;
        if (action != WATCH_NOTHING) {
            act(watch, action);
            return true; /* shows at once what came of it */
        }
        draw(watch);
    }
    return !stopped;
}

static enum ctl_exit run_screen(struct ctl *ctl, uint32_t interval_ms)
{
    struct watch *watch = calloc(1, sizeof *watch);
    if (watch == NULL)
        return ctl_fail(ctl, MBP_ERR_MEMORY, "watch");
    watch->ctl = ctl;
    catch_signals();
    if (watch_terminal_open(ctl->colour) != MBP_OK) {
        free(watch);
        return CTL_FAILED;
    }
    bool goes_on = true;
    for (uint32_t n = 1; goes_on && !stopped; n++) {
        uint64_t began_ms = monotonic_ms();
        refresh(watch);
        draw(watch);
        if (n == ctl->options->count)
            break;
        goes_on = serve_keys(watch, began_ms + interval_ms);
    }
    watch_terminal_close();
    forget(watch);
    free(watch);
    return CTL_OK;
}

/* ---- without a terminal ------------------------------------------------------------------------------------------ */

/* What status prints, once per interval. */
static enum ctl_exit run_plain(struct ctl *ctl, uint32_t interval_ms)
{
    struct timespec pause = {interval_ms / 1000, (long)(interval_ms % 1000) * (long)MBP_NS_PER_MS};
    enum ctl_exit code = CTL_OK;
    for (uint32_t n = 1;; n++) {
        char now[40];
        tell_time(now, sizeof now);
        printf("%s%s\n", n > 1 ? "\n" : "", now);
        code = ctl_plant(ctl) != NULL ? ctl_run_status(ctl) : CTL_FAILED;
        ctl_close(ctl); /* learned anew: the plant may change, and the slave may have gone */
        if (fflush(stdout) != 0)
            return CTL_FAILED;
        if (n == ctl->options->count)
            return code;
        nanosleep(&pause, NULL);
    }
}

enum ctl_exit ctl_run_watch(struct ctl *ctl)
{
    uint32_t interval_ms = ctl->options->interval_ms > 0 ? ctl->options->interval_ms : INTERVAL_MS;
    bool has_terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
    return has_terminal ? run_screen(ctl, interval_ms) : run_plain(ctl, interval_ms);
}
