/* The keys of watch: a table of what each means, and the little dialogue before something is changed. */
#include <string.h>

#include "watch/watch_menu.h"

#define KEYS_MAX 3u /* with the 0 behind them */

static const struct key {
    int keys[KEYS_MAX]; /* 0 = no more */
    enum watch_action action;
    enum watch_needs needs;  /* what must be selected */
    enum watch_mode asks;    /* WATCH_LIST = done at once */
    const char *name, *help; /* NULL = a line of help before tells it */
} table[] = {
    {{WATCH_KEY_UP, 'k'}, WATCH_UP, WATCH_NEEDS_NONE, WATCH_LIST, "arrows j k", "move; PgUp PgDn Home End too"},
    {{WATCH_KEY_DOWN, 'j'}, WATCH_DOWN, WATCH_NEEDS_NONE, WATCH_LIST, NULL, NULL},
    {{WATCH_KEY_PAGE_UP}, WATCH_PAGE_UP, WATCH_NEEDS_NONE, WATCH_LIST, NULL, NULL},
    {{WATCH_KEY_PAGE_DOWN}, WATCH_PAGE_DOWN, WATCH_NEEDS_NONE, WATCH_LIST, NULL, NULL},
    {{WATCH_KEY_HOME, 'g'}, WATCH_FIRST, WATCH_NEEDS_NONE, WATCH_LIST, NULL, NULL},
    {{WATCH_KEY_END, 'G'}, WATCH_LAST, WATCH_NEEDS_NONE, WATCH_LIST, NULL, NULL},
    {{WATCH_KEY_LEFT, '<'},
     WATCH_LEFT,
     WATCH_NEEDS_NONE,
     WATCH_LIST,
     "arrows < >",
     "columns that have no room; the first one stays"},
    {{WATCH_KEY_RIGHT, '>'}, WATCH_RIGHT, WATCH_NEEDS_NONE, WATCH_LIST, NULL, NULL},
    {{'\t'}, WATCH_NEXT_PAGE, WATCH_NEEDS_NONE, WATCH_LIST, "Tab 1 2 3 4", "machines, sensors, alarms, events"},
    {{'1'}, WATCH_PAGE_1, WATCH_NEEDS_NONE, WATCH_LIST, NULL, NULL},
    {{'2'}, WATCH_PAGE_2, WATCH_NEEDS_NONE, WATCH_LIST, NULL, NULL},
    {{'3'}, WATCH_PAGE_3, WATCH_NEEDS_NONE, WATCH_LIST, NULL, NULL},
    {{'4'}, WATCH_PAGE_4, WATCH_NEEDS_NONE, WATCH_LIST, NULL, NULL},
    {{WATCH_KEY_ENTER, WATCH_KEY_MENU},
     WATCH_OPEN_MENU,
     WATCH_NEEDS_NONE,
     WATCH_LIST,
     "Enter F10",
     "menu: all that can be done, in words"},
    {{'w'}, WATCH_LIST_WORK, WATCH_NEEDS_NONE, WATCH_LIST, "w i n", "maintenance work; incidents; write a note"},
    {{'i'}, WATCH_LIST_INCIDENTS, WATCH_NEEDS_NONE, WATCH_LIST, NULL, NULL},
    {{'n'}, WATCH_WRITE_NOTE, WATCH_NEEDS_NONE, WATCH_LIST, NULL, NULL},
    {{WATCH_KEY_ESCAPE},
     WATCH_LET_GO,
     WATCH_NEEDS_NONE,
     WATCH_LIST,
     "Esc",
     "select nothing: events show the newest again"},
    {{'a'},
     WATCH_ACKNOWLEDGE,
     WATCH_NEEDS_ANY,
     WATCH_LIST,
     "a A",
     "acknowledge the alarms of what is selected; all alarms"},
    {{'A'}, WATCH_ACKNOWLEDGE_ALL, WATCH_NEEDS_ALL, WATCH_LIST, NULL, NULL},
    {{'f'},
     WATCH_FORCE,
     WATCH_NEEDS_SENSOR,
     WATCH_ASKS_TEXT,
     "f r",
     "force the selected sensor to a value; release it"},
    {{'r'}, WATCH_RELEASE, WATCH_NEEDS_SENSOR, WATCH_LIST, NULL, NULL},
    {{'S'}, WATCH_SHELVE, WATCH_NEEDS_ANY, WATCH_ASKS_TEXT, "S U", "shelve its alarms for a time; unshelve them"},
    {{'U'}, WATCH_UNSHELVE, WATCH_NEEDS_ANY, WATCH_LIST, NULL, NULL},
    {{'x'}, WATCH_RESET, WATCH_NEEDS_ANY, WATCH_LIST, "x X", "reset its latched alarms; all latched alarms"},
    {{'X'}, WATCH_RESET_ALL, WATCH_NEEDS_ALL, WATCH_LIST, NULL, NULL},
    {{'s'},
     WATCH_EN_SERVICE,
     WATCH_NEEDS_MACHINE,
     WATCH_ASKS_YES,
     "s p m",
     "its machine to en_service, en_panne, maintenance"},
    {{'p'}, WATCH_EN_PANNE, WATCH_NEEDS_MACHINE, WATCH_ASKS_YES, NULL, NULL},
    {{'m'}, WATCH_MAINTENANCE, WATCH_NEEDS_MACHINE, WATCH_ASKS_YES, NULL, NULL},
    {{'?', 'h'}, WATCH_SHOW_HELP, WATCH_NEEDS_NONE, WATCH_LIST, "? h", "this help"},
    {{'q'}, WATCH_QUIT, WATCH_NEEDS_NONE, WATCH_LIST, "q", "quit; Ctrl-C too. Ctrl-L draws the screen anew"},
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
    const struct watch_choice *choice = &view->choices[view->page];
    const struct mbp_sensor *of = NULL;
    *sensor = *machine = NULL;
    if (plant == NULL || choice->is != WATCH_CHOSEN || choice->at >= watch_count(model, view->page))
        return;
    if (view->page == WATCH_MACHINES) {
        *machine = plant->machines[choice->at].name;
    } else if (view->page == WATCH_SENSORS) {
        of = &plant->sensors[mbp_plant_nth_sensor(plant, (uint32_t)choice->at)];
    } else if (view->page == WATCH_ALARMS) {
        of = model->overview->seen.report.alarms[choice->at].sensor;
    } else {
        const struct mbp_event *event = &model->events[model->event_count - 1 - choice->at];
        const struct mbp_telling by = watch_telling(model);
        struct mbp_event_tag named;
        *machine = mbp_event_machine(&by, event, &named) ? named.name : NULL;
        *sensor = mbp_event_item(&by, event, &named) && named.what == MBP_TAG_SENSOR ? named.name : NULL;
    }
    if (of != NULL) {
        *sensor = of->name;
        if (of->machine < plant->machine_count)
            *machine = plant->machines[of->machine].name;
    }
}

static void say_what_to_select(struct watch_view *view, enum watch_needs needs)
{
    char gone[64];
    view->message_paint = MBP_PAINT_CARE;
    if (view->choices[view->page].is == WATCH_GONE)
        snprintf(view->message, sizeof view->message,
                 ctl_tr("nothing done: %s has left this list; arrows choose again"),
                 watch_choice_text(view, gone, sizeof gone));
    else if (view->choices[view->page].is == WATCH_NOTHING_CHOSEN)
        snprintf(view->message, sizeof view->message, "%s", ctl_tr("nothing is selected: arrows choose"));
    else
        snprintf(view->message, sizeof view->message, "%s",
                 needs == WATCH_NEEDS_SENSOR ? ctl_tr("select a sensor first: 2 lists them")
                                             : ctl_tr("select a machine first: 1 lists them"));
}

/* False after saying what is missing. */
static bool take_target(struct watch_view *view, const struct watch_model *model, enum watch_needs needs)
{
    const char *sensor;
    const char *machine;
    find_selected(view, model, &sensor, &machine);
    bool prefers_sensor = (needs == WATCH_NEEDS_ANY || needs == WATCH_NEEDS_ALARM) && sensor != NULL;
    const char *target = needs == WATCH_NEEDS_ALL                        ? "all"
                         : needs == WATCH_NEEDS_SENSOR || prefers_sensor ? sensor
                                                                         : machine;
    if (needs == WATCH_NEEDS_ALARM && view->page == WATCH_ALARMS && target != NULL) {
        watch_choice_text(view, view->target, sizeof view->target);
        watch_choice_words(view, model, view->subject, sizeof view->subject);
        return true;
    }
    if (target == NULL) {
        say_what_to_select(view, needs);
        return false;
    }
    snprintf(view->target, sizeof view->target, "%s", target);
    snprintf(view->subject, sizeof view->subject, "%s", target);
    return true;
}

/* ---- moving ------------------------------------------------------------------------------------------------------ */

/* From where something is chosen; where nothing is, the first move chooses what stands nearest. */
static void move(struct watch_view *view, const struct watch_model *model, enum watch_action action, size_t page_rows)
{
    const struct watch_choice *choice = &view->choices[view->page];
    size_t step = action == WATCH_PAGE_UP || action == WATCH_PAGE_DOWN ? page_rows : 1;
    size_t at = choice->at;
    if (action == WATCH_FIRST || action == WATCH_LAST)
        at = action == WATCH_FIRST ? 0 : SIZE_MAX;
    else if (choice->is == WATCH_CHOSEN && (action == WATCH_UP || action == WATCH_PAGE_UP))
        at -= step < at ? step : at;
    else if (choice->is == WATCH_CHOSEN)
        at += step;
    watch_choose(view, model, view->page, at);
}

/* An alarm is chosen with the page, for what is on it is seen then. */
static void turn_to(struct watch_view *view, const struct watch_model *model, unsigned page)
{
    view->page = (enum watch_page)page;
    if (view->page == WATCH_ALARMS && view->choices[page].is != WATCH_CHOSEN)
        watch_choose(view, model, WATCH_ALARMS, 0);
}

/* ---- menus ------------------------------------------------------------------------------------------------------- */

static enum watch_action begin_form(struct watch_view *view, const struct watch_model *model,
                                    const struct watch_form *form)
{
    const char *sensor;
    const char *machine;
    find_selected(view, model, &sensor, &machine);
    uint32_t m = machine != NULL ? mbp_plant_find_machine(model->plant, machine) : UINT32_MAX;
    snprintf(view->machine, sizeof view->machine, "%s", machine != NULL ? machine : "");
    view->unit[0] = '\0';
    if (m != UINT32_MAX)
        snprintf(view->unit, sizeof view->unit, "%u", model->plant->units[model->plant->machines[m].unit].id);
    else if (model->plant != NULL)
        snprintf(view->unit, sizeof view->unit, "%u", model->plant->units[0].id);
    bool chosen = form->needs == WATCH_NEEDS_NONE || form->needs == WATCH_NEEDS_PICKED;
    if (!chosen && !take_target(view, model, form->needs)) {
        view->mode = WATCH_LIST;
        return WATCH_NOTHING;
    }
    return watch_form_begin(view, form);
}

static enum watch_action press_in_menu(struct watch_view *view, const struct watch_model *model, int key)
{
    unsigned lines = watch_menu_lines(view->menu);
    bool main = view->menu >= WATCH_MENUS_ALL;
    view->message[0] = '\0';
    if (key == WATCH_KEY_UP || key == 'k') {
        view->line = (view->line + lines - 1) % lines;
    } else if (key == WATCH_KEY_DOWN || key == 'j' || key == '\t') {
        view->line = (view->line + 1) % lines;
    } else if (key == WATCH_KEY_HOME || key == WATCH_KEY_END) {
        view->line = key == WATCH_KEY_HOME ? 0 : lines - 1;
    } else if (key == WATCH_KEY_ESCAPE || key == WATCH_KEY_LEFT || key == 'q') {
        view->mode = main || view->menu >= WATCH_MENUS ? WATCH_LIST : WATCH_IN_MENU;
        view->line = main ? 0 : view->menu;
        view->menu = WATCH_MENUS_ALL;
    } else if (key >= '1' && key <= '9' && (unsigned)(key - '1') < lines) {
        view->line = (unsigned)(key - '1');
        return press_in_menu(view, model, WATCH_KEY_ENTER);
    } else if ((key == WATCH_KEY_ENTER || key == WATCH_KEY_RIGHT) && main) {
        view->menu = (unsigned)view->line;
        view->line = 0;
    } else if (key == WATCH_KEY_ENTER || key == WATCH_KEY_RIGHT) {
        return begin_form(view, model, &watch_menus[view->menu].forms[view->line]);
    }
    return WATCH_NOTHING;
}

/* Keys that lead into a menu at once. */
static enum watch_action open_by_key(struct watch_view *view, const struct watch_model *model, enum watch_action action)
{
    if (action == WATCH_LIST_WORK)
        return begin_form(view, model, watch_form_find(WATCH_MENU_WORK, "work", "list"));
    if (action == WATCH_LIST_INCIDENTS)
        return begin_form(view, model, watch_form_find(WATCH_MENU_INCIDENT, "incidents", ""));
    if (action == WATCH_WRITE_NOTE)
        return begin_form(view, model, watch_form_find(WATCH_MENU_JOURNAL, "note", "$1"));
    watch_menu_open(view);
    return WATCH_NOTHING;
}

/* ---- pressing ---------------------------------------------------------------------------------------------------- */

static enum watch_action press_in_list(struct watch_view *view, const struct watch_model *model, int key,
                                       unsigned page_rows)
{
    const struct key *found = find(key);
    if (found == NULL)
        return WATCH_NOTHING;
    view->message[0] = '\0';
    if (found->action >= WATCH_OPEN_MENU && found->action < WATCH_DO)
        return open_by_key(view, model, found->action);
    if (found->action <= WATCH_LAST)
        move(view, model, found->action, page_rows);
    else if (found->action <= WATCH_RIGHT)
        view->across[view->page] =
            watch_across_next(&view->sides, view->across[view->page], found->action == WATCH_LEFT);
    else if (found->action == WATCH_NEXT_PAGE)
        turn_to(view, model, (view->page + 1u) % WATCH_PAGES);
    else if (found->action <= WATCH_PAGE_4)
        turn_to(view, model, (unsigned)(found->action - WATCH_PAGE_1));
    else if (found->action == WATCH_LET_GO)
        view->choices[view->page] = (struct watch_choice){.is = WATCH_NOTHING_CHOSEN};
    else if (found->action == WATCH_SHOW_HELP)
        view->mode = WATCH_HELP;
    else if (found->needs != WATCH_NEEDS_NONE && !take_target(view, model, found->needs))
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

static enum watch_action press_in_text(struct watch_view *view, int key)
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
    watch_view_follow(view, model); /* the lists may have moved since they were drawn */
    switch (view->mode) {
    case WATCH_LIST:
        return press_in_list(view, model, key, page_rows);
    case WATCH_ASKS_TEXT:
        return press_in_text(view, key);
    case WATCH_ASKS_YES:
        view->mode = WATCH_LIST;
        return key == 'y' || key == 'Y' || key == 'o' || key == 'O' ? view->asked : WATCH_NOTHING; /* yes, oui */
    case WATCH_ASKS_MOVES:
        return watch_press_at_moves(view, key, page_rows);
    case WATCH_HELP:
        view->mode = WATCH_LIST;
        return key == 'q' ? WATCH_QUIT : WATCH_NOTHING;
    case WATCH_IN_MENU:
        return press_in_menu(view, model, key);
    case WATCH_IN_FORM:
        return watch_press_in_form(view, key);
    case WATCH_READS:
        watch_press_in_reading(view, key, page_rows);
        return WATCH_NOTHING;
    }
    return WATCH_NOTHING;
}
