/* watch: the plant live, on a terminal or as lines of text. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "watch/watch_slave.h"

#define INTERVAL_MS 1000u

static volatile sig_atomic_t stopped;

struct watch {
    struct watch_slave slave;
    uint8_t *seen; /* the alarms that waited when the screen was drawn: watch_note_waiting() */
    struct watch_view view;
    struct watch_screen screen;
};

static void stop(int signal)
{
    (void)signal;
    stopped = 1;
    ctl_link_interrupt(); /* a slave that hangs must not keep the user waiting */
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

static struct watch_model model_of(struct watch *watch)
{
    const struct watch_slave *slave = &watch->slave;
    const struct ctl_target *target = &slave->ctl->options->target;
    struct mbp_clock clock = mbp_clock_system();
    return (struct watch_model){
        .plant = slave->has_overview ? slave->ctl->plant : NULL,
        .overview = slave->has_overview ? &slave->overview : NULL,
        .events = slave->events,
        .event_count = slave->event_count,
        .comments = slave->comments,
        .names = &slave->ctl->names,
        .host = target->host,
        .port = target->port,
        .now_ms = clock.wall_ms(clock.ctx),
        .trouble = slave->trouble,
        .silent_s = watch_silent_s(slave),
    };
}

/* ---- the screen -------------------------------------------------------------------------------------------------- */

/* What is drawn has been seen. */
static void note_seen(struct watch *watch, const struct watch_model *model)
{
    if (watch->slave.is_new) {
        free(watch->seen);
        watch->seen = NULL;
        watch->slave.is_new = false;
    }
    if (model->plant != NULL && watch->seen == NULL)
        watch->seen = calloc(model->plant->sensor_count + 1u, sizeof *watch->seen);
    if (model->plant != NULL && watch->seen != NULL)
        watch_note_waiting(&model->overview->seen.report, model->plant, watch->seen);
}

static void draw(struct watch *watch)
{
    struct watch_model model = model_of(watch);
    unsigned width;
    unsigned height;
    watch_terminal_size(&width, &height);
    watch_view_follow(&watch->view, &model);
    watch_layout(&model, &watch->view, width, height, &watch->screen);
    watch->view.sides = watch->screen.sides;
    watch_terminal_draw(&watch->screen);
    note_seen(watch, &model);
}

enum outcome { NO_KEY, MOVED, ACTED, ENOUGH };

static enum outcome serve_key(struct watch *watch, int timeout_ms)
{
    int key = watch_terminal_key(timeout_ms);
    struct watch_model model = model_of(watch);
    unsigned rows = watch_list_height(watch->view.page, watch->screen.height);
    if (key < 0)
        return ENOUGH;
    if (key == 0)
        return NO_KEY;
    enum watch_action action = watch_press(&watch->view, &model, key, rows);
    if (action == WATCH_QUIT)
        return ENOUGH;
    if (action == WATCH_NOTHING)
        return MOVED;
    watch_act(&watch->slave, action, watch->seen, &watch->view);
    return ACTED;
}

/* Takes keys until it is time to look at the slave again, or there is something to look for. */
static enum outcome serve_keys(struct watch *watch, uint64_t until_ms)
{
    enum outcome outcome = NO_KEY;
    for (uint64_t now = watch_now_ms(); !stopped && now < until_ms; now = watch_now_ms()) {
        outcome = serve_key(watch, (int)(until_ms - now));
        if (outcome == ENOUGH || outcome == ACTED)
            return outcome;
        draw(watch);
    }
    return outcome;
}

/* Looks; then serves the keys that were pressed meanwhile, on the screen as it was seen then. */
static enum outcome look(struct watch *watch)
{
    struct watch_slave *slave = &watch->slave;
    uint64_t silent_s = watch_silent_s(slave);
    bool was_gone = slave->trouble[0] != '\0';
    enum outcome outcome = MOVED;
    watch_slave_look(slave);
    if (!was_gone && slave->trouble[0] != '\0' && watch->view.message_paint == MBP_PAINT_GOOD)
        watch->view.message[0] = '\0'; /* why it is gone stands there now, and not that it came back before */
    if (was_gone && slave->trouble[0] == '\0') {
        char span[32];
        snprintf(watch->view.message, sizeof watch->view.message, ctl_tr("the slave answers again, after %s"),
                 mbp_span_text_in(ctl_spoken(), silent_s, span, sizeof span));
        watch->view.message_paint = MBP_PAINT_GOOD;
    }
    while (outcome == MOVED)
        outcome = serve_key(watch, 0);
    return outcome;
}

/* What came of an action is shown at once, and once more when the plant has had its next scan. */
static uint64_t wait_ms(const struct watch *watch, enum outcome before, uint32_t interval_ms)
{
    const struct mbp_plant *plant = watch->slave.ctl->plant;
    uint64_t scans_ms = plant != NULL ? 2 * plant->scan_ns / MBP_NS_PER_MS + 1 : 0;
    return before == ACTED && scans_ms < interval_ms ? scans_ms : interval_ms;
}

static void live(struct watch *watch, uint32_t count, uint32_t interval_ms)
{
    enum outcome outcome = NO_KEY;
    for (uint32_t n = 1; !stopped; n++) {
        uint64_t until_ms = watch_now_ms() + wait_ms(watch, outcome, interval_ms);
        outcome = look(watch);
        if (outcome == NO_KEY)
            draw(watch);
        if (outcome == NO_KEY && n != count)
            outcome = serve_keys(watch, until_ms);
        if (outcome == ENOUGH || n == count)
            return;
    }
}

static enum ctl_exit run_screen(struct watch *watch, uint32_t interval_ms)
{
    struct ctl *ctl = watch->slave.ctl;
    catch_signals();
    if (watch_terminal_open(ctl->colour) != MBP_OK)
        return CTL_FAILED;
    watch->view.page = ctl->plant->machine_count > 0 ? WATCH_MACHINES : WATCH_SENSORS;
    live(watch, ctl->options->count, interval_ms);
    watch_terminal_close();
    return CTL_OK;
}

/* One that can be drawn on and typed at. */
static bool has_terminal(void)
{
    const char *name = getenv("TERM");
    return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && name != NULL && name[0] != '\0' &&
           strcmp(name, "dumb") != 0;
}

CTL_VERB(watch)
{
    uint32_t interval_ms = ctl->options->interval_ms > 0 ? ctl->options->interval_ms : INTERVAL_MS;
    struct watch *watch = calloc(1, sizeof *watch);
    if (watch == NULL)
        return ctl_fail(ctl, MBP_ERR_MEMORY, "watch");
    watch->slave.ctl = ctl;
    /* A slave that is not there to begin with is an error, as for every verb; one that goes later is waited for. */
    enum ctl_exit code = watch_slave_find(&watch->slave);
    if (code == CTL_OK)
        code = has_terminal() ? run_screen(watch, interval_ms) : watch_run_plain(&watch->slave, interval_ms);
    watch_slave_forget(&watch->slave);
    free(watch->slave.reading);
    free(watch->seen);
    free(watch);
    return code;
}
