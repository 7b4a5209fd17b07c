/* The slave that watch follows. */
#include "watch/watch_slave.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "slave/comments.h"
#include "slave/events.h"
#include "slave/names.h"

uint64_t watch_now_ms(void)
{
    struct mbp_clock clock = mbp_clock_system();
    return clock.mono_ns(clock.ctx) / MBP_NS_PER_MS;
}

/* ---- what the verbs say ------------------------------------------------------------------------------------------ */

/* Copies what was said, each line without the program's name. */
void watch_take_down(const char *text, char *said, size_t size)
{
    static const char prefix[] = "mbplantctl: ";
    size_t len = 0;
    while (text[0] != '\0' && len + 1 < size) {
        if (strncmp(text, prefix, sizeof prefix - 1) == 0)
            text += sizeof prefix - 1;
        size_t line = strcspn(text, "\n");
        size_t room = size - 1 - len;
        size_t taken = line < room ? line : room;
        memcpy(said + len, text, taken);
        len += taken;
        text += line;
        if (text[0] == '\n' && text[1] != '\0' && len + 1 < size)
            said[len++] = '\n';
        text += text[0] == '\n' ? 1 : 0;
    }
    said[len] = '\0';
}

enum ctl_exit watch_capture(struct ctl *ctl, enum ctl_exit (*run)(struct ctl *ctl, void *ctx), void *ctx, char **text)
{
    size_t len = 0;
    FILE *out = stdout;
    FILE *errors = stderr;
    *text = NULL;
    FILE *both = open_memstream(text, &len);
    if (both == NULL)
        return CTL_FAILED;
    stdout = stderr = both;
    enum ctl_exit code = run(ctl, ctx);
    stdout = out;
    stderr = errors;
    fclose(both);
    return code;
}

enum ctl_exit watch_quietly(struct ctl *ctl, enum ctl_exit (*run)(struct ctl *ctl, void *ctx), void *ctx, char *said,
                            size_t size)
{
    char *text = NULL;
    enum ctl_exit code = watch_capture(ctl, run, ctx, &text);
    watch_take_down(text != NULL ? text : ctl_tr("out of memory"), said, size);
    free(text);
    return code;
}

/* ---- events ------------------------------------------------------------------------------------------------------ */

static void forget_events(struct watch_slave *slave)
{
    for (size_t i = 0; i < slave->event_count; i++) {
        free(slave->comments[i]);
        slave->comments[i] = NULL;
    }
    slave->event_count = 0;
}

/* ---- the plant --------------------------------------------------------------------------------------------------- */

void watch_slave_forget(struct watch_slave *slave)
{
    if (slave->has_overview)
        ctl_overview_free(slave->ctl->plant, &slave->overview);
    slave->has_overview = false;
    forget_events(slave);
    ctl_close(slave->ctl);
}

static enum ctl_exit learn(struct ctl *ctl, void *ctx)
{
    (void)ctx;
    return ctl_link(ctl) != NULL && ctl_plant(ctl) != NULL ? CTL_OK : CTL_FAILED;
}

enum ctl_exit watch_slave_find(struct watch_slave *slave)
{
    slave->is_new = true;
    slave->answered_ms = watch_now_ms();
    return learn(slave->ctl, NULL);
}

/* Whether what stands at an index of one stands there in the other, too. */
static bool is_same_plant(const struct mbp_plant *a, const struct mbp_plant *b)
{
    if (a == NULL || b == NULL || a->machine_count != b->machine_count || a->sensor_count != b->sensor_count)
        return false;
    for (uint32_t m = 0; m < a->machine_count; m++) {
        if (strcmp(a->machines[m].name, b->machines[m].name) != 0)
            return false;
    }
    for (uint32_t s = 0; s < a->sensor_count; s++) {
        if (strcmp(a->sensors[s].name, b->sensors[s].name) != 0)
            return false;
    }
    return true;
}

/* Connects anew: whoever answers may have another plant. The old one is kept for the screen until then. */
static bool find_again(struct watch_slave *slave)
{
    struct ctl *ctl = slave->ctl;
    struct ctl again = {.options = ctl->options, .colour = ctl->colour};
    if (watch_quietly(&again, learn, NULL, slave->trouble, sizeof slave->trouble) != CTL_OK) {
        ctl_close(&again);
        return false;
    }
    slave->is_new = slave->is_new || !is_same_plant(ctl->plant, again.plant);
    watch_slave_forget(slave);
    ctl->link = again.link;
    ctl->plant = again.plant;
    return true;
}

/* ---- new events -------------------------------------------------------------------------------------------------- */

static bool keep_event(void *ctx, const struct mbp_event *event)
{
    struct watch_slave *slave = ctx;
    if (slave->event_count == WATCH_EVENTS) {
        free(slave->comments[0]);
        memmove(slave->events, slave->events + 1, (WATCH_EVENTS - 1) * sizeof slave->events[0]);
        memmove(slave->comments, slave->comments + 1, (WATCH_EVENTS - 1) * sizeof slave->comments[0]);
        slave->event_count--;
    }
    slave->comments[slave->event_count] = NULL;
    slave->events[slave->event_count++] = *event;
    return true;
}

static uint32_t newest(const struct watch_slave *slave)
{
    return slave->event_count > 0 ? slave->events[slave->event_count - 1].seq : 0;
}

/* What was said with those that are new. Of one that the journal gives no longer nothing is said. */
static enum mbp_status read_comments(struct watch_slave *slave, uint8_t unit, uint32_t have)
{
    char text[MBP_COMMENT_MAX + 1];
    for (size_t i = slave->event_count; i > 0 && slave->events[i - 1].seq > have; i--) {
        if ((slave->events[i - 1].flags & MBP_EVENT_COMMENT) == 0)
            continue;
        enum mbp_status status = ctl_comment_read(slave->ctl->link, unit, slave->events[i - 1].seq, text);
        if (status < 0)
            return status;
        if (status == MBP_OK && text[0] != '\0')
            slave->comments[i - 1] = strdup(text);
    }
    return MBP_OK;
}

/* Those that are new since the last look; all that are kept when the journal is another one. */
static enum mbp_status read_events(struct watch_slave *slave, const struct mbp_summary_view *summary)
{
    struct ctl *ctl = slave->ctl;
    int unit = ctl_summary_unit(ctl->plant);
    uint32_t last = summary->last_event;
    uint32_t have = newest(slave);
    if (unit < 0 || last == 0 || last == have)
        return MBP_OK;
    if (last < have) {
        forget_events(slave);
        have = 0;
    }
    uint32_t first = last >= WATCH_EVENTS ? last - WATCH_EVENTS + 1 : 1;
    first = first > have ? first : have + 1;
    first = first > summary->oldest_event ? first : summary->oldest_event;
    enum mbp_status status = ctl_names_read(ctl, (uint8_t)unit);
    if (status != MBP_OK)
        return status;
    status = ctl_events_read(ctl->link, (uint8_t)unit, first, last, keep_event, slave, NULL);
    return status == MBP_OK ? read_comments(slave, (uint8_t)unit, have) : status;
}

/* The plant that runs is not the one that was learned: another file was put, or another mbplantd listens. */
static bool is_another_plant(const struct watch_slave *slave, uint32_t seen)
{
    for (size_t i = slave->event_count; i > 0 && slave->events[i - 1].seq > seen; i--) {
        if (slave->events[i - 1].code == MBP_EV_PLANT_CHANGED || slave->events[i - 1].code == MBP_EV_START)
            return true;
    }
    return false;
}

/* ---- looking ----------------------------------------------------------------------------------------------------- */

static enum ctl_exit look(struct ctl *ctl, void *ctx)
{
    struct watch_slave *slave = ctx;
    struct ctl_overview now;
    uint32_t seen = newest(slave);
    bool first = !slave->has_overview; /* the plant was learned just before: what is told of it is no news */
    enum ctl_exit code = ctl_overview_take(ctl, &now);
    if (code != CTL_OK)
        return code;
    if (slave->has_overview)
        ctl_overview_free(ctl->plant, &slave->overview);
    slave->overview = now;
    slave->has_overview = true;
    enum mbp_status status = read_events(slave, &now.snapshot.summary);
    if (status != MBP_OK)
        return ctl_fail(ctl, status, "reading the journal");
    if (first || !is_another_plant(slave, seen))
        return CTL_OK;
    if (!find_again(slave))
        return CTL_FAILED;
    return look(ctl, ctx); /* once: all events are read anew, so that none is newer than those seen */
}

void watch_slave_look(struct watch_slave *slave)
{
    struct ctl *ctl = slave->ctl;
    char said[sizeof slave->trouble];
    if (slave->trouble[0] != '\0' && !find_again(slave))
        return;
    bool fine = watch_quietly(ctl, look, slave, said, sizeof said) == CTL_OK;
    snprintf(slave->trouble, sizeof slave->trouble, "%s",
             fine              ? ""
             : said[0] != '\0' ? said
                               : ctl_tr("it does not answer"));
    if (fine) {
        slave->answered_ms = watch_now_ms();
        return;
    }
    ctl_link_close(ctl->link);
    ctl->link = NULL;
}

uint64_t watch_silent_s(const struct watch_slave *slave)
{
    return slave->trouble[0] == '\0' ? 0 : (watch_now_ms() - slave->answered_ms) / 1000;
}
