/* The menus of watch: what can be done, by what it is done to. */
#include "watch/watch_menu.h"

#include <string.h>

/* clang-format off */
static const struct watch_form of_machine[] = {
    {"Back to service (en_service)", WATCH_NEEDS_MACHINE, {"machine", "@", "en_service"},
     .question = "ask it for en_service?"},
    {"Maintenance", WATCH_NEEDS_MACHINE, {"machine", "@", "maintenance"},
     .fields = {{"Why", "--why", NULL, NULL, false}}, .question = "it stops for maintenance: sure?"},
    {"Out of service: it has a fault (en_panne)", WATCH_NEEDS_MACHINE, {"machine", "@", "en_panne"},
     .fields = {{"Why", "--why", NULL, NULL, false}}, .question = "it stops, out of service: sure?"},
    {"Show it: counters, maintenance, why it was refused", WATCH_NEEDS_MACHINE, {"machine", "@"},
     .then = WATCH_THEN_READ},
    {"Its incidents and work", WATCH_NEEDS_MACHINE, {"machine", "@", "history"}, .then = WATCH_THEN_READ},
    {"Add a machine", WATCH_NEEDS_NONE, {"machine", "add", "$1"},
     .fields = {{"Name", NULL, NULL, NULL, true},
                {"Modbus unit", "--unit", NULL, NULL, false},
                {"What people call it", "--label", NULL, NULL, false},
                {"One product takes (9s)", "--cycle.time", NULL, NULL, false},
                {"Rejected (1%)", "--cycle.reject", NULL, NULL, false},
                {"Maintenance every (200h)", "--maintenance.every", NULL, NULL, false},
                {"Maintenance takes (30min)", "--maintenance.takes", NULL, NULL, false}}},
    {"Change it: one key of the plant file", WATCH_NEEDS_MACHINE, {"machine", "set", "@", "$1", "$2"},
     .fields = {{"Key (label, cycle.time ..)", NULL, "label", NULL, true}, {"Value (empty: none)", NULL, NULL, NULL, false}}},
    {"Remove it", WATCH_NEEDS_MACHINE, {"machine", "remove", "@"},
     .question = "it is removed with its sensors: sure?"},
    {NULL},
};

static const struct watch_form of_sensor[] = {
    {"Force it to a value", WATCH_NEEDS_SENSOR, {"force", "@", "$1"},
     .fields = {{"Value", NULL, NULL, NULL, true}, {"Why", "--why", NULL, NULL, false}}},
    {"Release it", WATCH_NEEDS_SENSOR, {"release", "@"}, .then = WATCH_THEN_SAY},
    {"Change a limit", WATCH_NEEDS_SENSOR, {"write", "@.$1", "$2"},
     .fields = {{"Limit", NULL, "high", "low_low|low|high|high_high", true},
                {"Value (off: not used)", NULL, NULL, NULL, true},
                {"Why", "--why", NULL, NULL, false}}},
    {"Show it: value, alarms, limits", WATCH_NEEDS_SENSOR, {"read", "@"}, .then = WATCH_THEN_READ},
    {"Add a sensor", WATCH_NEEDS_NONE, {"sensor", "add", "$1", "$2"},
     .fields = {{"Machine", NULL, NULL, NULL, true},
                {"Name", NULL, NULL, NULL, true},
                {"Kind", "--kind", "temperature",
                 "temperature|pressure|level|flow|speed|vibration|current|voltage|humidity|power|position|generic", false},
                {"Unit of measure", "--unit", NULL, NULL, false},
                {"Range ([0, 150])", "--range", NULL, NULL, false},
                {"Alarm below (min)", "--min", NULL, NULL, false},
                {"Alarm above (max)", "--max", NULL, NULL, false},
                {"Value that it shows at first", "--signal.base", NULL, NULL, false}}},
    {"Change it: one key of the plant file", WATCH_NEEDS_SENSOR, {"sensor", "set", "@", "$1", "$2"},
     .fields = {{"Key (max, signal.noise ..)", NULL, "max", NULL, true}, {"Value (empty: none)", NULL, NULL, NULL, false}}},
    {"Remove it", WATCH_NEEDS_SENSOR, {"sensor", "remove", "@"}, .question = "it is removed: sure?"},
    {NULL},
};

static const struct watch_form of_alarm[] = {
    {"Acknowledge", WATCH_NEEDS_ALARM, {"ack", "@"}, .then = WATCH_THEN_SAY},
    {"Reset, if it is latched", WATCH_NEEDS_ALARM, {"reset", "@"}, .then = WATCH_THEN_SAY},
    {"Shelve for a time", WATCH_NEEDS_ALARM, {"shelve", "@"},
     .fields = {{"For how long (10min, 2h)", "--for", "10min", NULL, true}, {"Why", "--why", NULL, NULL, false}}},
    {"Unshelve", WATCH_NEEDS_ALARM, {"unshelve", "@"}, .then = WATCH_THEN_SAY},
    {"Out of service, until it is put back", WATCH_NEEDS_ALARM, {"out-of-service", "@"},
     .fields = {{"Why", "--why", NULL, NULL, false}}},
    {"Back into service", WATCH_NEEDS_ALARM, {"in-service", "@"}, .then = WATCH_THEN_SAY},
    {"Hold off the interlock that it trips by", WATCH_NEEDS_ALARM, {"bypass", "@"},
     .fields = {{"For how long (10min)", "--for", "10min", NULL, true}, {"Why", "--why", NULL, NULL, true}},
     .question = "the machine is not protected by it meanwhile: sure?"},
    {"Arm that interlock again", WATCH_NEEDS_ALARM, {"unbypass", "@"}, .then = WATCH_THEN_SAY},
    {"Interlocks that are held off", WATCH_NEEDS_NONE, {"bypass"}, .then = WATCH_THEN_READ},
    {"Alarms that are hidden", WATCH_NEEDS_NONE, {"alarms", "--hidden"}, .then = WATCH_THEN_READ},
    {"Acknowledge all", WATCH_NEEDS_ALL, {"ack", "all"}, .then = WATCH_THEN_SAY},
    {NULL},
};

static const struct watch_form of_all_work[] = {
    {"What is to be done, and goes on", WATCH_NEEDS_NONE, {"work", "list"}, .then = WATCH_THEN_PICK_WORK},
    {"All of it, with what was done", WATCH_NEEDS_NONE, {"work", "list", "--all"}, .then = WATCH_THEN_PICK_WORK},
    {"Open work on the machine", WATCH_NEEDS_MACHINE, {"work", "open", "@", "$1"},
     .fields = {{"What is to be done", NULL, NULL, NULL, true},
                {"Kind", "--kind", "corrective", "corrective|preventive", false},
                {"Due (3d, 200h running, 500 products)", "--due", NULL, NULL, false},
                {"Takes (2h)", "--takes", NULL, NULL, false}}},
    {NULL},
};

static const struct watch_form of_incidents[] = {
    {"List: show one, add a note, say the cause", WATCH_NEEDS_NONE, {"incidents"}, .then = WATCH_THEN_PICK_INCIDENT},
    {NULL},
};

static const struct watch_form of_journal[] = {
    {"Write a note", WATCH_NEEDS_NONE, {"note", "$1"}, .fields = {{"Note", NULL, NULL, NULL, true}}},
    {"Write a note on what is selected", WATCH_NEEDS_ANY, {"note", "@", "$1"}, .fields = {{"Note", NULL, NULL, NULL, true}}},
    {"Read the report", WATCH_NEEDS_NONE, {"report"},
     .fields = {{"From (yesterday, 8h, 2026-11-28)", "--since", NULL, NULL, false}}, .then = WATCH_THEN_READ},
    {"Save the report", WATCH_NEEDS_NONE, {"report"},
     .fields = {{"Format", "--format", "html", "html|text|markdown|csv|json", true},
                {"From (yesterday, 8h, 2026-11-28)", "--since", NULL, NULL, false},
                {"File, a new one", NULL, "report.html", NULL, true}},
     .then = WATCH_THEN_SAVE},
    {"Read the journal", WATCH_NEEDS_NONE, {"journal", "--last", "$1"},
     .fields = {{"How many events", NULL, "200", NULL, true}}, .then = WATCH_THEN_READ},
    {"Save the journal, whole", WATCH_NEEDS_NONE, {"journal", "--save", "$1"},
     .fields = {{"File", NULL, "journal.dump", NULL, true}}},
    {NULL},
};

static const struct watch_form of_one_work[] = {
    {"Start it", WATCH_NEEDS_PICKED, {"work", "start", "@"}, .fields = {{"Note", "--why", NULL, NULL, false}}},
    {"It is done", WATCH_NEEDS_PICKED, {"work", "done", "@"}, .fields = {{"What came out", "--why", NULL, NULL, false}}},
    {"Cancel it", WATCH_NEEDS_PICKED, {"work", "cancel", "@", "$1"}, .fields = {{"Why", NULL, NULL, NULL, true}}},
    {NULL},
};

static const struct watch_form of_one_incident[] = {
    {"Show it whole", WATCH_NEEDS_PICKED, {"incidents", "@"}, .then = WATCH_THEN_READ},
    {"Add a note", WATCH_NEEDS_PICKED, {"note", "incident", "@", "$1"}, .fields = {{"Note", NULL, NULL, NULL, true}}},
    {"Say the cause", WATCH_NEEDS_PICKED, {"incidents", "@", "cause", "$1"}, .fields = {{"Cause", NULL, NULL, NULL, true}}},
    {NULL},
};
/* clang-format on */

const struct watch_menu watch_menus[WATCH_MENUS_ALL] = {
    [WATCH_MENU_MACHINE] = {"Machines", of_machine},
    [WATCH_MENU_SENSOR] = {"Sensors and limits", of_sensor},
    [WATCH_MENU_ALARM] = {"Alarms and interlocks", of_alarm},
    [WATCH_MENU_WORK] = {"Maintenance work", of_all_work},
    [WATCH_MENU_INCIDENT] = {"Incidents", of_incidents},
    [WATCH_MENU_JOURNAL] = {"Notes, journal, report", of_journal},
    [WATCH_MENU_OF_WORK] = {"Work", of_one_work},
    [WATCH_MENU_OF_INCIDENT] = {"Incident", of_one_incident},
};

const struct watch_form *watch_form_find(enum watch_menu_name menu, const char *verb, const char *word)
{
    for (const struct watch_form *form = watch_menus[menu].forms; form->title != NULL; form++) {
        const char *second = form->words[1] != NULL ? form->words[1] : "";
        if (strcmp(form->words[0], verb) == 0 && strcmp(second, word) == 0)
            return form;
    }
    return NULL;
}

unsigned watch_menu_lines(unsigned menu)
{
    unsigned count = 0;
    if (menu >= WATCH_MENUS_ALL)
        return WATCH_MENUS;
    while (watch_menus[menu].forms[count].title != NULL)
        count++;
    return count;
}

unsigned watch_form_fields(const struct watch_form *form)
{
    unsigned count = 0;
    while (count < WATCH_FIELDS && form->fields[count].label != NULL)
        count++;
    return count;
}
