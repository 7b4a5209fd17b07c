/* interlocks: what stops machines, or does not let them start, and what it is now. */
#include "mbplant/plant/interlock.h"
#include "mbplant/report/overview.h"
#include "operate/one_alarm.h"
#include "slave/point.h"
#include "slave/snapshot.h"
#include "verbs/overview.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct mbp_grid_column columns[] = {
    {"INTERLOCK", "interlock", false},    {"MACHINE", "machine", false},
    {"ACTION", "action", false},          {"STATE", "state", false},
    {"FIRST OUT", "first_out", false},    {"BYPASS LEFT", "bypass_left", false},
    {"LONGEST", "longest_bypass", false}, {"MESSAGE", "message", false},
};

static enum mbp_paint paint_of(enum mbp_interlock_state state)
{
    return state == MBP_INTERLOCK_ACTING  ? MBP_PAINT_BAD
           : state == MBP_INTERLOCK_READY ? MBP_PAINT_NONE
                                          : MBP_PAINT_CARE;
}

static void put_span(struct mbp_grid *grid, enum mbp_paint paint, enum mbp_lang lang, uint64_t seconds)
{
    char text[32];
    if (seconds != 0)
        mbp_grid_cell(grid, paint, "%s", mbp_span_text_in(lang, seconds, text, sizeof text));
    else
        mbp_grid_none(grid);
}

static void put_interlock(const struct ctl *ctl, const struct mbp_plant_view *view, uint32_t s, unsigned a,
                          struct mbp_grid *grid)
{
    const enum mbp_lang lang = ctl_lang_written(ctl);
    const struct mbp_plant *plant = ctl->plant;
    const struct mbp_sensor *sensor = &plant->sensors[s];
    const struct mbp_sensor_view *now = &view->sensors[s];
    const struct ctl_one_alarm alarm = {s, a};
    const bool told = ctl_alarm_is_told(plant, s, a);
    const enum mbp_interlock_state state =
        told ? mbp_overview_interlock(sensor, now, a) : MBP_INTERLOCK_READY; /* not said */
    const bool trips = (sensor->trip >> a & 1u) != 0;
    const bool first = mbp_view_first_out(plant, sensor->machine, &view->machines[sensor->machine]) == s;
    char text[MBP_NAME_MAX + 32];
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", ctl_one_alarm_name(plant, &alarm, text, sizeof text));
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", plant->machines[sensor->machine].name);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s",
                  ctl_tr_in(lang, mbp_interlock_action_name(trips ? MBP_INTERLOCK_TRIP : MBP_INTERLOCK_PERMISSIVE)));
    if (told)
        mbp_grid_cell(grid, paint_of(state), "%s", ctl_tr_in(lang, mbp_interlock_state_name(state)));
    else
        mbp_grid_none(grid);
    mbp_grid_cell(grid, MBP_PAINT_BAD, "%s",
                  first && trips && state == MBP_INTERLOCK_ACTING ? ctl_tr_in(lang, "first out") : "");
    put_span(grid, MBP_PAINT_CARE, lang, now->bypassed_s[a]);
    put_span(grid, MBP_PAINT_NONE, lang, mbp_longest_bypass_ns(plant, s) / MBP_NS_PER_S);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", sensor->label);
}

/* Of a machine, or UINT32_MAX: of all. */
static size_t put_all(const struct ctl *ctl, const struct mbp_plant_view *view, uint32_t machine, struct mbp_grid *grid)
{
    const struct mbp_plant *plant = ctl->plant;
    size_t count = 0;
    for (uint32_t m = 0; m < plant->machine_count; m++) {
        const struct mbp_machine *of = &plant->machines[m];
        for (uint32_t i = 0; i < mbp_machine_guards(of) && (machine == UINT32_MAX || machine == m); i++) {
            const uint32_t s = mbp_machine_guard(of, i);
            for (unsigned left = mbp_sensor_interlocks(&plant->sensors[s]); left != 0; left &= left - 1, count++)
                put_interlock(ctl, view, s, (unsigned)__builtin_ctz(left), grid);
        }
    }
    return count;
}

CTL_VERB(interlocks)
{
    const struct mbp_plant *plant = ctl_plant(ctl);
    struct mbp_plant_view view;
    struct mbp_grid *grid = NULL;
    uint32_t machine = UINT32_MAX;
    if (plant == NULL)
        return CTL_FAILED;
    if (ctl->options->argc > 0) {
        machine = mbp_plant_find_machine(plant, ctl_spelling(plant, ctl->options->argv[0]));
        if (machine == UINT32_MAX) {
            ctl_unknown_name(plant, CTL_MACHINE, ctl->options->argv[0]);
            return CTL_USAGE;
        }
    }
    ctl->shelves = true;
    enum ctl_exit code = ctl_snapshot_take(ctl, &view);
    if (code != CTL_OK)
        return code;
    enum mbp_status status = ctl_grid_new(columns, COUNT(columns), &grid);
    size_t count = status == MBP_OK ? put_all(ctl, &view, machine, grid) : 0;
    if (status == MBP_OK && count == 0 && ctl->options->format == MBP_FORMAT_TEXT)
        ctl_say("no interlocks\n");
    else if (status == MBP_OK)
        status = mbp_grid_write(grid, ctl->options->format, ctl->colour, stdout);
    if (status == MBP_OK && ctl->options->format == MBP_FORMAT_TEXT)
        ctl_say_untold(plant, CTL_UNTOLD_INTERLOCKS, machine);
    mbp_grid_free(grid);
    mbp_plant_view_free(plant, &view);
    return status == MBP_OK ? CTL_OK : ctl_fail(ctl, status, "interlocks");
}
