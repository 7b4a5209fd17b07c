/* The keys of watch: a table of what each means, and the little dialogue before something is changed. */
#include <string.h>

#include "watch.h"

#define KEYS_MAX 3u

enum needs { NEEDS_NONE, NEEDS_ANY, NEEDS_SENSOR, NEEDS_MACHINE };

static const struct key {
    int keys[KEYS_MAX]; /* 0 = no more */
    enum watch_action action;
    enum needs needs;        /* what must be selected */
    enum watch_mode asks;    /* WATCH_LIST = done at once */
    const char *name, *help; /* NULL = a line of help before tells it */
} table[] = {
    {{WATCH_KEY_UP, 'k'}, WATCH_UP, NEEDS_NONE, WATCH_LIST, "arrows j k", "move; PgUp PgDn Home End too"},
    {{WATCH_KEY_DOWN, 'j'}, WATCH_DOWN, NEEDS_NONE, WATCH_LIST, NULL, NULL},
    {{WATCH_KEY_PAGE_UP}, WATCH_PAGE_UP, NEEDS_NONE, WATCH_LIST, NULL, NULL},
    {{WATCH_KEY_PAGE_DOWN}, WATCH_PAGE_DOWN, NEEDS_NONE, WATCH_LIST, NULL, NULL},
    {{WATCH_KEY_HOME, 'g'}, WATCH_FIRST, NEEDS_NONE, WATCH_LIST, NULL, NULL},
    {{WATCH_KEY_END, 'G'}, WATCH_LAST, NEEDS_NONE, WATCH_LIST, NULL, NULL},
    {{'\t'}, WATCH_NEXT_PAGE, NEEDS_NONE, WATCH_LIST, "Tab 1 2 3 4", "machines, sensors, alarms, events"},
    {{'1'}, WATCH_PAGE_1, NEEDS_NONE, WATCH_LIST, NULL, NULL},
    {{'2'}, WATCH_PAGE_2, NEEDS_NONE, WATCH_LIST, NULL, NULL},
    {{'3'}, WATCH_PAGE_3, NEEDS_NONE, WATCH_LIST, NULL, NULL},
    {{'4'}, WATCH_PAGE_4, NEEDS_NONE, WATCH_LIST, NULL, NULL},
    {{'a'}, WATCH_ACKNOWLEDGE, NEEDS_ANY, WATCH_LIST, "a", "acknowledge the alarms of what is selected"},
    {{'A'}, WATCH_ACKNOWLEDGE_ALL, NEEDS_NONE, WATCH_LIST, "A", "acknowledge all alarms"},
    {{'f'}, WATCH_FORCE, NEEDS_SENSOR, WATCH_ASKS_VALUE, "f", "force the selected sensor: asks for the value"},
    {{'r'}, WATCH_RELEASE, NEEDS_SENSOR, WATCH_LIST, "r", "release it"},
    {{'s'}, WATCH_EN_SERVICE, NEEDS_MACHINE, WATCH_ASKS_YES, "s", "ask the selected machine for en_service"},
    {{'p'}, WATCH_EN_PANNE, NEEDS_MACHINE, WATCH_ASKS_YES, "p", "ask it for en_panne"},
    {{'m'}, WATCH_MAINTENANCE, NEEDS_MACHINE, WATCH_ASKS_YES, "m", "ask it for maintenance"},
    {{'?', 'h'}, WATCH_SHOW_HELP, NEEDS_NONE, WATCH_LIST, "?", "this help"},
    {{'q'}, WATCH_QUIT, NEEDS_NONE, WATCH_LIST, "q", "quit; Ctrl-C too. Ctrl-L draws the screen anew"},
};

#define TABLE (sizeof table / sizeof table[0])

static const struct key *find(int key)
{
    for (size_t i = 0; i < TABLE && key != 0; i++) {
        for (size_t k = 0; k < KEYS_MAX && table[i].keys[k] != 0; k++) {
            if (table[i].keys[k] == key)
                return &table[i];
        }
    }
    return NULL;
}

enum watch_action watch_key_action(int key)
{
    const struct key *found = find(key);
    return found != NULL ? found->action : WATCH_NOTHING;
}

bool watch_key_help(size_t index, const char **keys, const char **help)
{
    for (size_t i = 0; i < TABLE; i++) {
        if (table[i].name == NULL || index-- > 0)
            continue;
        *keys = table[i].name;
        *help = table[i].help;
        return true;
    }
    return false;
}

/* ---- whom it concerns -------------------------------------------------------------------------------------------- */

/* The sensor and the machine that are selected; NULL = none. A sensor brings its machine along. */
static void find_selected(const struct watch_view *view, const struct watch_model *model, const char **sensor,
                          const char **machine)
{
    const struct mbp_plant *plant = model->plant;
    size_t at = view->selected[view->page];
    const struct mbp_sensor *of = NULL;
    *sensor = *machine = NULL;
    if (at >= watch_count(model, view->page))
        return;
    if (view->page == WATCH_MACHINES) {
        *machine = plant->machines[at].name;
    } else if (view->page == WATCH_SENSORS) {
        of = &plant->sensors[at];
    } else if (view->page == WATCH_ALARMS) {
        of = model->overview->report.alarms[at].sensor;
    } else {
        const struct mbp_event *event = &model->events[model->event_count - 1 - at];
        plant = watch_plant_of(model, event);
        const struct mbp_machine *named = mbp_event_machine(plant, event);
        of = mbp_event_sensor(plant, event);
        *machine = named != NULL ? named->name : NULL;
    }
    if (of != NULL) {
        *sensor = of->name;
        if (of->machine < plant->machine_count)
            *machine = plant->machines[of->machine].name;
    }
}

/* False after saying what is missing. */
static bool take_target(struct watch_view *view, const struct watch_model *model, enum needs needs)
{
    const char *sensor;
    const char *machine;
    find_selected(view, model, &sensor, &machine);
    const char *target = needs == NEEDS_SENSOR || (needs == NEEDS_ANY && sensor != NULL) ? sensor : machine;
    if (target == NULL) {
        snprintf(view->message, sizeof view->message, "%s",
                 needs == NEEDS_SENSOR    ? "select a sensor first: 2 lists them"
                 : needs == NEEDS_MACHINE ? "select a machine first: 1 lists them"
                                          : "nothing is selected");
        return false;
    }
    snprintf(view->target, sizeof view->target, "%s", target);
    return true;
}

/* ---- moving ------------------------------------------------------------------------------------------------------ */

void watch_view_settle(struct watch_view *view, const struct watch_model *model)
{
    for (unsigned p = 0; p < WATCH_PAGES; p++) {
        size_t count = watch_count(model, (enum watch_page)p);
        if (view->selected[p] >= count)
            view->selected[p] = count > 0 ? count - 1 : 0;
    }
}

static void move(struct watch_view *view, const struct watch_model *model, enum watch_action action, size_t page_rows)
{
    size_t *at = &view->selected[view->page];
    size_t step = action == WATCH_PAGE_UP || action == WATCH_PAGE_DOWN ? page_rows : 1;
    if (action == WATCH_UP || action == WATCH_PAGE_UP)
        *at -= step < *at ? step : *at;
    else if (action == WATCH_DOWN || action == WATCH_PAGE_DOWN)
        *at += step;
    else
        *at = action == WATCH_FIRST ? 0 : SIZE_MAX;
    watch_view_settle(view, model);
}

/* ---- pressing ---------------------------------------------------------------------------------------------------- */

static enum watch_action press_in_list(struct watch_view *view, const struct watch_model *model, int key,
                                       unsigned page_rows)
{
    const struct key *found = find(key);
    if (found == NULL)
        return WATCH_NOTHING;
    view->message[0] = '\0';
    if (found->action <= WATCH_LAST)
        move(view, model, found->action, page_rows);
    else if (found->action == WATCH_NEXT_PAGE)
        view->page = (enum watch_page)((view->page + 1u) % WATCH_PAGES);
    else if (found->action <= WATCH_PAGE_4)
        view->page = (enum watch_page)(found->action - WATCH_PAGE_1);
    else if (found->action == WATCH_SHOW_HELP)
        view->mode = WATCH_HELP;
    else if (found->needs != NEEDS_NONE && !take_target(view, model, found->needs))
        return WATCH_NOTHING;
    else if (found->asks == WATCH_LIST)
        return found->action;
    view->asked = found->action;
    if (found->asks != WATCH_LIST) {
        view->mode = found->asks;
        view->answer[0] = '\0';
    }
    return WATCH_NOTHING;
}

static enum watch_action press_in_value(struct watch_view *view, int key)
{
    size_t len = strlen(view->answer);
    if (key == WATCH_KEY_ESCAPE) {
        view->mode = WATCH_LIST;
    } else if (key == WATCH_KEY_ENTER) {
        view->mode = WATCH_LIST;
        return len > 0 ? view->asked : WATCH_NOTHING;
    } else if (key == WATCH_KEY_BACKSPACE) {
        view->answer[len > 0 ? len - 1 : 0] = '\0';
    } else if (key >= ' ' && key <= '~' && len + 1 < sizeof view->answer) {
        view->answer[len] = (char)key;
        view->answer[len + 1] = '\0';
    }
    return WATCH_NOTHING;
}

enum watch_action watch_press(struct watch_view *view, const struct watch_model *model, int key, unsigned page_rows)
{
    switch (view->mode) {
    case WATCH_LIST:
        return press_in_list(view, model, key, page_rows);
    case WATCH_ASKS_VALUE:
        return press_in_value(view, key);
    case WATCH_ASKS_YES:
        view->mode = WATCH_LIST;
        return key == 'y' || key == 'Y' ? view->asked : WATCH_NOTHING;
    case WATCH_HELP:
        view->mode = WATCH_LIST;
        return key == 'q' ? WATCH_QUIT : WATCH_NOTHING;
    }
    return WATCH_NOTHING;
}
