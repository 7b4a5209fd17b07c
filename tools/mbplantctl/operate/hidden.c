/* alarms --hidden: shelved, suppressed by design, out of service; bypass: interlocks that are held off. Who and why as
 * the journal says. */
#include "operate/hidden.h"
#include "mbplant/report/words.h"

#include <stdlib.h>
#include <string.h>

#include "mbplant/event/suppressed.h"
#include "mbplant/state/hiding.h"
#include "operate/one_alarm.h"
#include "slave/comments.h"
#include "slave/names.h"
#include "verbs/overview.h"

#define ATTEMPTS 3u /* what is hidden meanwhile moves the list that is being read */

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct hidden {
    struct ctl_one_alarm alarm;
    enum mbp_alarm_state state;
    enum mbp_hiding by;
    uint32_t left_s;
    bool told;
    struct mbp_event event; /* that hid it, where told */
};

struct search {
    const struct mbp_telling *by;
    const struct mbp_plant *plant;
    struct hidden *items;
    size_t count, untold;
    uint32_t *of_sensor; /* the first item of each sensor, from 1; 0 = none */
    uint32_t *next;      /* per item: the next one of its sensor, likewise */
    uint32_t *by_name;   /* sensors, sorted by name */
};

/* ---- which there are --------------------------------------------------------------------------------------------- */

static uint32_t left_of(const struct mbp_sensor_view *now, unsigned alarm)
{
    return now->shelved_s[alarm] != 0 ? now->shelved_s[alarm] : now->shelving_s;
}

static int by_priority(const void *a, const void *b, void *ctx)
{
    const struct mbp_plant *plant = ctx;
    const struct hidden *one = a;
    const struct hidden *other = b;
    int of_one = mbp_sensor_alarm(&plant->sensors[one->alarm.sensor], one->alarm.alarm)->priority;
    int of_other = mbp_sensor_alarm(&plant->sensors[other->alarm.sensor], other->alarm.alarm)->priority;
    if (of_one != of_other)
        return of_other - of_one;
    if (one->alarm.sensor != other->alarm.sensor)
        return one->alarm.sensor < other->alarm.sensor ? -1 : 1;
    return (int)one->alarm.alarm - (int)other->alarm.alarm;
}

static enum mbp_hiding hiding_of(unsigned alarm_state)
{
    return alarm_state == MBP_ALARM_SHELVED      ? MBP_HIDING_SHELVED
           : alarm_state == MBP_ALARM_SUPPRESSED ? MBP_HIDING_SUPPRESSED
                                                 : MBP_HIDING_REMOVED;
}

static struct hidden *find_hidden(const struct mbp_plant *plant, const struct mbp_plant_view *view, size_t *count)
{
    struct hidden *items = calloc(MBP_ALARM_COUNT * ((size_t)plant->sensor_count + 1), sizeof *items);
    *count = 0;
    for (uint32_t s = 0; items != NULL && s < plant->sensor_count; s++) {
        const struct mbp_sensor_view *now = &view->sensors[s];
        for (unsigned a = 0; a < MBP_ALARM_COUNT; a++) {
            if (now->alarm_state[a] >= MBP_ALARM_SHELVED && mbp_sensor_has_alarm(&plant->sensors[s], now->limit, a))
                items[(*count)++] = (struct hidden){.alarm = {s, a},
                                                    .state = (enum mbp_alarm_state)now->alarm_state[a],
                                                    .by = hiding_of(now->alarm_state[a]),
                                                    .left_s = left_of(now, a)};
        }
    }
    if (items != NULL)
        qsort_r(items, *count, sizeof *items, by_priority, (void *)(uintptr_t)plant);
    return items;
}

static struct hidden *find_bypassed(const struct mbp_plant *plant, const struct mbp_plant_view *view, size_t *count)
{
    struct hidden *items = calloc(MBP_ALARM_COUNT * ((size_t)plant->sensor_count + 1), sizeof *items);
    *count = 0;
    for (uint32_t s = 0; items != NULL && s < plant->sensor_count; s++) {
        for (unsigned a = 0; a < MBP_ALARM_COUNT; a++) {
            uint32_t left_s = view->sensors[s].bypassed_s[a];
            if (left_s != 0)
                items[(*count)++] = (struct hidden){.alarm = {s, a}, .by = MBP_HIDING_BYPASSED, .left_s = left_s};
        }
    }
    return items;
}

/* ---- whose doing ------------------------------------------------------------------------------------------------- */

static int by_name(const void *a, const void *b, void *ctx)
{
    const struct mbp_plant *plant = ctx;
    return strcmp(plant->sensors[*(const uint32_t *)a].name, plant->sensors[*(const uint32_t *)b].name);
}

/* UINT32_MAX: it is of a plant before. */
static uint32_t sensor_named(const struct search *search, const char *name)
{
    uint32_t low = 0;
    uint32_t high = search->plant->sensor_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = strcmp(name, search->plant->sensors[search->by_name[middle]].name);
        if (order == 0)
            return search->by_name[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return UINT32_MAX;
}

/* Events come in their order: of several that hide it, by itself and with its sensor, the last one tells. */
static void tell_sensor(struct search *search, uint32_t sensor, const struct mbp_hiding_change *change,
                        const struct mbp_event *event)
{
    const bool machine = change->by == MBP_HIDING_MAINTENANCE;
    for (uint32_t i = search->of_sensor[sensor]; i != 0; i = search->next[i - 1]) {
        struct hidden *item = &search->items[i - 1];
        bool meant = (change->alarms & MBP_HIDING_ALL) != 0 || (change->alarms >> item->alarm.alarm & 1u) != 0;
        if (!meant || (machine ? item->by != MBP_HIDING_REMOVED : item->by != change->by))
            continue;
        search->untold -= item->told ? 0 : 1;
        item->told = true;
        item->event = *event;
    }
}

static bool look(void *ctx, const struct mbp_event *event)
{
    struct search *search = ctx;
    struct mbp_hiding_change change;
    struct mbp_event_tag tag;
    if (!mbp_event_hides(event, &change) || !change.begins)
        return true;
    if (change.by != MBP_HIDING_MAINTENANCE) {
        uint32_t sensor = mbp_event_item(search->by, event, &tag) ? sensor_named(search, tag.name) : UINT32_MAX;
        if (sensor != UINT32_MAX)
            tell_sensor(search, sensor, &change, event);
        return true;
    }
    if (!mbp_event_machine(search->by, event, &tag))
        return true;
    for (uint32_t s = 0; s < search->plant->sensor_count; s++) {
        uint32_t machine = search->plant->sensors[s].machine;
        if (search->of_sensor[s] != 0 && machine != UINT32_MAX &&
            strcmp(search->plant->machines[machine].name, tag.name) == 0)
            tell_sensor(search, s, &change, event);
    }
    return true;
}

/* What the slave lists. One without a journal tells nothing, nor one whose unit has files of its own there. */
static enum mbp_status tell(struct ctl *ctl, struct search *search)
{
    int unit = ctl_map_unit(ctl->plant);
    if (unit < 0 || search->count == 0 || ctl_names_read(ctl, (uint8_t)unit) != MBP_OK)
        return MBP_OK;
    enum mbp_status status = MBP_OK;
    for (unsigned left = ATTEMPTS; left > 0 && search->untold > 0; left--) {
        status = ctl_events_read_hiding(ctl->link, (uint8_t)unit, look, search);
        if (status > 0) /* no such file; or an event went with what it hid */
            status = MBP_OK;
        if (status != MBP_OK)
            break;
    }
    return status;
}

static bool prepare(struct search *search)
{
    const size_t sensors = (size_t)search->plant->sensor_count + 1;
    search->of_sensor = calloc(sensors, sizeof *search->of_sensor);
    search->next = calloc(search->count + 1, sizeof *search->next);
    search->by_name = calloc(sensors, sizeof *search->by_name);
    if (search->of_sensor == NULL || search->next == NULL || search->by_name == NULL)
        return false;
    for (uint32_t s = 0; s < search->plant->sensor_count; s++)
        search->by_name[s] = s;
    qsort_r(search->by_name, search->plant->sensor_count, sizeof *search->by_name, by_name,
            (void *)(uintptr_t)search->plant);
    for (uint32_t i = 0; i < search->count; i++) {
        uint32_t *first = &search->of_sensor[search->items[i].alarm.sensor];
        search->next[i] = *first;
        *first = i + 1;
    }
    search->untold = search->count;
    return true;
}

static void end(struct search *search)
{
    free(search->items);
    free(search->of_sensor);
    free(search->next);
    free(search->by_name);
}

static bool is_hidden(const struct mbp_report_alarm *alarm)
{
    return alarm->bypass || alarm->state >= MBP_ALARM_SHELVED;
}

static struct hidden hidden_of(const struct mbp_plant *plant, const struct mbp_report_alarm *alarm)
{
    return (struct hidden){.alarm = {(uint32_t)(alarm->sensor - plant->sensors), (unsigned)alarm->limit},
                           .by = alarm->bypass ? MBP_HIDING_BYPASSED : hiding_of(alarm->state)};
}

enum mbp_status ctl_hidden_since(struct ctl *ctl, struct mbp_report_alarm *alarms, size_t count)
{
    const struct mbp_telling telling = ctl_telling(ctl);
    struct search search = {.by = &telling, .plant = ctl->plant, .items = calloc(count + 1, sizeof *search.items)};
    enum mbp_status status = MBP_ERR_MEMORY;
    for (size_t i = 0; i < count && search.items != NULL; i++) {
        if (is_hidden(&alarms[i]))
            search.items[search.count++] = hidden_of(ctl->plant, &alarms[i]);
    }
    if (search.items != NULL && prepare(&search))
        status = tell(ctl, &search);
    for (size_t i = 0, at = 0; i < count && status == MBP_OK; i++) {
        if (!is_hidden(&alarms[i]))
            continue;
        const struct hidden *item = &search.items[at++];
        alarms[i].since_ms = item->told ? item->event.wall_ms : alarms[i].since_ms;
    }
    end(&search);
    return status;
}

/* ---- the table --------------------------------------------------------------------------------------------------- */

static const struct mbp_grid_column bypass_columns[] = {
    {"INTERLOCK", "interlock", false}, {"MACHINE", "machine", false}, {"LEFT", "left", false},
    {"SINCE", "since", false},         {"WHO", "who", false},         {"WHY", "why", false},
};
static const struct mbp_grid_column hidden_columns[] = {
    {"ALARM", "alarm", false}, {"PRIORITY", "priority", false}, {"STATE", "state", false}, {"LEFT", "left", false},
    {"SINCE", "since", false}, {"WHO", "who", false},           {"WHY", "why", false},
};

static const char *left_text(enum mbp_lang lang, const struct hidden *item, char *buf, size_t size)
{
    if (item->state != MBP_ALARM_SHELVED || item->left_s == 0)
        snprintf(buf, size, "-");
    else if (item->left_s == MBP_SHELVE_ONCE)
        snprintf(buf, size, "%s", ctl_tr_in(lang, "until it is normal"));
    else if (item->left_s == MBP_SHELVE_FOR_EVER)
        snprintf(buf, size, "%s", ctl_tr_in(lang, "no end"));
    else
        mbp_span_text_in(lang, item->left_s, buf, size);
    return buf;
}

/* What the plant file suppresses it by. */
static const char *design_text(struct ctl *ctl, const struct hidden *item, char *buf, size_t size)
{
    const struct mbp_plant *plant = ctl->plant;
    const enum mbp_lang lang = ctl_lang_written(ctl);
    const struct mbp_sensor *sensor = &plant->sensors[item->alarm.sensor];
    const char *when = mbp_sensor_alarm(sensor, item->alarm.alarm)->when;
    const unsigned by = item->event.detail >> MBP_SUPPRESSED_BY_SHIFT & 0xFu;
    if (by == MBP_BY_CHATTER)
        snprintf(buf, size, "%s", ctl_tr_in(lang, "it comes too often"));
    else if (by == MBP_BY_EXPRESSION)
        snprintf(buf, size, "%s", when != NULL ? when : ctl_tr_in(lang, "an expression"));
    else
        snprintf(buf, size, ctl_tr_in(lang, "state of %s"),
                 sensor->machine != UINT32_MAX ? plant->machines[sensor->machine].name
                                               : ctl_tr_in(lang, "its machine"));
    return buf;
}

/* Since when, who, why. */
static enum mbp_status put_doing(struct ctl *ctl, const struct hidden *item, struct mbp_grid *grid)
{
    const enum mbp_lang lang = ctl_lang_written(ctl);
    char text[MBP_PEER_TEXT];
    char why[MBP_COMMENT_MAX + 1] = "";
    enum mbp_status status = MBP_OK;
    if (item->told && item->by == MBP_HIDING_SUPPRESSED)
        design_text(ctl, item, why, sizeof why);
    else if (item->told && (item->event.flags & MBP_EVENT_COMMENT) != 0)
        status = ctl_comment_read(ctl->link, (uint8_t)ctl_map_unit(ctl->plant), item->event.seq, why);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s",
                  item->told ? ctl_time_text(lang, item->event.wall_ms, text, sizeof text) : "-");
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s",
                  !item->told ? "-"
                  : item->event.actor == MBP_ACTOR_THE_PLANT
                      ? ctl_tr_in(lang, "the plant")
                      : mbp_names_peer(&ctl->names, &item->event, text, sizeof text));
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", why[0] != '\0' ? why : "-");
    return status;
}

static enum mbp_status put_hidden(struct ctl *ctl, const struct hidden *item, struct mbp_grid *grid)
{
    const struct mbp_plant *plant = ctl->plant;
    const struct mbp_sensor *sensor = &plant->sensors[item->alarm.sensor];
    const enum mbp_lang lang = ctl_lang_written(ctl);
    char text[MBP_NAME_MAX + 32];
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", ctl_one_alarm_name(plant, &item->alarm, text, sizeof text));
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s",
                  mbp_message_priority(lang, (enum mbp_priority)mbp_sensor_alarm(sensor, item->alarm.alarm)->priority));
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", ctl_tr_in(lang, mbp_alarm_state_name(item->state)));
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", left_text(lang, item, text, sizeof text));
    return put_doing(ctl, item, grid);
}

static enum mbp_status put_bypass(struct ctl *ctl, const struct hidden *item, struct mbp_grid *grid)
{
    const struct mbp_plant *plant = ctl->plant;
    const uint32_t machine = plant->sensors[item->alarm.sensor].machine;
    char text[MBP_NAME_MAX + 32];
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", ctl_one_alarm_name(plant, &item->alarm, text, sizeof text));
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", machine != UINT32_MAX ? plant->machines[machine].name : "");
    mbp_grid_cell(grid, MBP_PAINT_CARE, "%s", mbp_span_text_in(ctl_lang_written(ctl), item->left_s, text, sizeof text));
    return put_doing(ctl, item, grid);
}

/* What is listed: which there are, and how they are shown. */
struct listing {
    struct hidden *(*find)(const struct mbp_plant *plant, const struct mbp_plant_view *view, size_t *count);
    enum mbp_status (*put)(struct ctl *ctl, const struct hidden *item, struct mbp_grid *grid);
    const struct mbp_grid_column *columns;
    size_t column_count;
    const char *none, *what;
    enum ctl_untold untold; /* what else there may be */
};

static enum mbp_status put_all(struct ctl *ctl, const struct listing *listing, const struct search *search)
{
    struct mbp_grid *grid = NULL;
    enum mbp_status status = ctl_grid_new(listing->columns, listing->column_count, &grid);
    for (size_t i = 0; i < search->count && status == MBP_OK; i++)
        status = listing->put(ctl, &search->items[i], grid);
    if (status == MBP_OK)
        status = mbp_grid_write(grid, ctl->options->format, ctl->colour, stdout);
    mbp_grid_free(grid);
    return status;
}

static enum ctl_exit run(struct ctl *ctl, const struct listing *listing)
{
    struct mbp_plant_view view;
    struct search search = {0};
    enum mbp_status status = MBP_ERR_MEMORY;
    ctl->shelves = true;
    enum ctl_exit code = ctl_snapshot_take(ctl, &view);
    if (code != CTL_OK)
        return code;
    const struct mbp_telling telling = ctl_telling(ctl);
    search.by = &telling;
    search.plant = ctl->plant;
    search.items = listing->find(ctl->plant, &view, &search.count);
    if (search.items != NULL && prepare(&search))
        status = tell(ctl, &search);
    if (status == MBP_OK && search.count == 0 && ctl->options->format == MBP_FORMAT_TEXT)
        ctl_say("%s\n", ctl_tr(listing->none));
    else if (status == MBP_OK)
        status = put_all(ctl, listing, &search);
    if (status == MBP_OK && ctl->options->format == MBP_FORMAT_TEXT)
        ctl_say_untold(ctl->plant, listing->untold, UINT32_MAX);
    end(&search);
    mbp_plant_view_free(ctl->plant, &view);
    return status == MBP_OK ? CTL_OK : ctl_fail(ctl, status, listing->what);
}

enum ctl_exit ctl_hidden_run(struct ctl *ctl)
{
    static const struct listing listing = {find_hidden,           put_hidden,           hidden_columns,
                                           COUNT(hidden_columns), "no alarm is hidden", "hidden alarms",
                                           CTL_UNTOLD_HIDDEN};
    return run(ctl, &listing);
}

enum ctl_exit ctl_bypasses_run(struct ctl *ctl)
{
    static const struct listing listing = {
        find_bypassed, put_bypass,         bypass_columns, COUNT(bypass_columns), "no interlock is bypassed",
        "bypass",      CTL_UNTOLD_BYPASSES};
    return run(ctl, &listing);
}
