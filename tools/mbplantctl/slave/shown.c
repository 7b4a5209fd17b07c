/* What of a view a master can read at all: of a unit without standard blocks nobody sees but what its points show. */
#include "slave/snapshot.h"

#include <math.h>

#include "mbplant/plant/interlock.h"
#include "slave/point.h"

/* What masters write stands in what they only read too, but for these. */
bool ctl_block_is_read(const struct mbp_unit *unit, unsigned block, bool shelves)
{
    if (mbp_map[block].instructor || block == MBP_MAP_FLOATS || (block == MBP_MAP_ALARM_SHELVES && !shelves))
        return false;
    if (block == MBP_MAP_COMMANDS || block == MBP_MAP_COMMAND_COILS)
        return !mbp_map_has(unit, MBP_MAP_ACTUATORS);
    return mbp_map[block].table == MBP_DISCRETE_INPUTS || mbp_map[block].table == MBP_INPUT_REGISTERS ||
           block == MBP_MAP_VALUES || block == MBP_MAP_LIMITS || block == MBP_MAP_SHELVING ||
           block == MBP_MAP_AUTOMATIC || block == MBP_MAP_OWN_SHELVING || mbp_map[block].per == MBP_PER_INTERLOCK;
}

static bool covers(const struct mbp_map_field *field, size_t member)
{
    size_t span = field->form == MBP_FORM_NIBBLES ? field->nibbles : 1;
    return field->member.kind != MBP_MEMBER_NONE && member >= field->member.at && member < field->member.at + span;
}

static bool block_shows(const struct mbp_plant *plant, unsigned block, uint32_t item, size_t member)
{
    bool any = false;
    for (unsigned f = 0; f < mbp_map[block].field_count && !any; f++)
        any = covers(&mbp_map[block].fields[f], member) && mbp_map_field_stands(plant, block, f, item);
    return any;
}

bool ctl_shows(const struct mbp_plant *plant, enum mbp_map_per per, uint32_t item, size_t member)
{
    const struct mbp_unit *unit = ctl_item_unit(plant, per, item);
    bool shown = false;
    for (unsigned b = 0; b < mbp_map_count && !shown; b++)
        shown = mbp_map[b].per == per && ctl_block_is_read(unit, b, true) && mbp_map_item_has(plant, unit, b, item) &&
                block_shows(plant, b, item, member);
    for (uint32_t p = unit->first_point; p < unit->first_point + unit->point_count && !shown; p++) {
        const struct mbp_user_point *point = &plant->points[p];
        shown = mbp_map[point->tag.block].per == per && point->tag.item == item && !point->write_only &&
                covers(mbp_map_tag_field(&point->tag), member);
    }
    return shown;
}

/* ---- alarms and interlocks --------------------------------------------------------------------------------------- */

#define AT(member) offsetof(struct mbp_sensor_view, member)

bool ctl_alarm_is_told(const struct mbp_plant *plant, uint32_t sensor, unsigned alarm)
{
    const enum mbp_map_per per = mbp_sensor_per(plant, sensor);
    if (per == MBP_PER_INTERLOCK)
        return ctl_shows(plant, per, sensor, AT(interlock_state));
    return ctl_shows(plant, per, sensor, AT(alarm_state) + alarm) ||
           ctl_shows(plant, per, sensor, AT(active) + alarm * sizeof(bool));
}

static bool is_told(const struct mbp_plant *plant, enum ctl_untold what, uint32_t sensor, unsigned alarm)
{
    const enum mbp_map_per per = mbp_sensor_per(plant, sensor);
    switch (what) {
    case CTL_UNTOLD_HIDDEN:
        return ctl_shows(plant, per, sensor, AT(alarm_state) + alarm) || ctl_shows(plant, per, sensor, AT(shelved));
    case CTL_UNTOLD_BYPASSES:
        return ctl_shows(plant, per, sensor,
                         AT(bypassed_s) + (per == MBP_PER_SENSOR ? alarm : MBP_CONDITION) * sizeof(uint32_t));
    case CTL_UNTOLD_ALARMS:
    case CTL_UNTOLD_INTERLOCKS:
        break;
    }
    return ctl_alarm_is_told(plant, sensor, alarm);
}

unsigned ctl_untold(const struct mbp_plant *plant, enum ctl_untold what, uint32_t sensor)
{
    const struct mbp_sensor *of = &plant->sensors[sensor];
    const bool alarms = what == CTL_UNTOLD_ALARMS || what == CTL_UNTOLD_HIDDEN;
    const unsigned interlocks = mbp_sensor_interlocks(of);
    unsigned mask = 0;
    for (unsigned a = 0; a < MBP_ALARM_COUNT; a++) {
        bool has = alarms ? of->interlock == MBP_NO_INTERLOCK && mbp_sensor_has_alarm(of, of->limits, a)
                          : (interlocks >> a & 1u) != 0;
        mask |= has && !is_told(plant, what, sensor, a) ? 1u << a : 0;
    }
    return mask;
}

/* How a point of the plant file calls what shows it: "TT101.high.state". */
static const char *tag_of(const struct mbp_plant *plant, enum ctl_untold what, uint32_t sensor, char *buf, size_t size)
{
    const struct mbp_sensor *of = &plant->sensors[sensor];
    const unsigned mask = ctl_untold(plant, what, sensor);
    const char *field = what == CTL_UNTOLD_BYPASSES ? "bypass" : "state";
    if (of->is_alarm || mask == 0)
        snprintf(buf, size, "%s.%s", of->name, field);
    else
        snprintf(buf, size, "%s.%s.%s", of->name, mbp_limit_name((enum mbp_limit)__builtin_ctz(mask)), field);
    return buf;
}

bool ctl_say_untold(const struct mbp_plant *plant, enum ctl_untold what, uint32_t machine)
{
    static const char *const lines[] = {
        [CTL_UNTOLD_ALARMS] =
            "no address shows the alarms of %u sensor%s; a point does: points: [{at: input 0, tag: %s}]\n",
        [CTL_UNTOLD_HIDDEN] = "no address shows whether alarms of %u sensor%s are hidden; a point does: points: "
                              "[{at: input 0, tag: %s}]\n",
        [CTL_UNTOLD_INTERLOCKS] = "no address shows the state of %u interlock%s; a point does: points: "
                                  "[{at: input 0, tag: %s}]\n",
        [CTL_UNTOLD_BYPASSES] = "no address shows the bypass of %u interlock%s; a point does: points: "
                                "[{at: input 0, tag: %s}]\n"};
    char tag[96];
    unsigned count = 0;
    for (uint32_t s = 0; s < plant->sensor_count; s++) {
        const bool meant = machine == UINT32_MAX || plant->sensors[s].machine == machine;
        const unsigned mask = meant ? ctl_untold(plant, what, s) : 0;
        if (mask != 0 && count == 0)
            tag_of(plant, what, s, tag, sizeof tag);
        if (what == CTL_UNTOLD_ALARMS || what == CTL_UNTOLD_HIDDEN)
            count += mask != 0;
        else
            count += (unsigned)__builtin_popcount(mask);
    }
    if (count > 0)
        ctl_say(lines[what], count, count == 1 ? "" : "s", tag);
    return count > 0;
}

void ctl_no_alarm_shown(const struct mbp_plant *plant, uint32_t sensor)
{
    char tag[96];
    ctl_error("no address shows the alarms of %s; a point does: points: [{at: input 0, tag: %s}]",
              plant->sensors[sensor].name, tag_of(plant, CTL_UNTOLD_ALARMS, sensor, tag, sizeof tag));
}

void ctl_machine_untold(const struct mbp_plant *plant, uint32_t m, struct mbp_machine_view *view)
{
    static const size_t members[MBP_FIGURE_COUNT] = {
        [MBP_FIGURE_ALARMS] = offsetof(struct mbp_machine_view, active_alarms),
        [MBP_FIGURE_GOOD] = offsetof(struct mbp_machine_view, good),
        [MBP_FIGURE_REJECT] = offsetof(struct mbp_machine_view, reject),
        [MBP_FIGURE_RUNNING] = offsetof(struct mbp_machine_view, running_s),
        [MBP_FIGURE_DOWN] = offsetof(struct mbp_machine_view, down_s),
        [MBP_FIGURE_MAINTENANCE] = offsetof(struct mbp_machine_view, maintenance_s),
        [MBP_FIGURE_FAILURES] = offsetof(struct mbp_machine_view, failures),
        [MBP_FIGURE_DUE] = offsetof(struct mbp_machine_view, maintenance_due)};
    view->untold = !CTL_SHOWS(plant, MBP_PER_MACHINE, m, mbp_machine_view, state);
    for (unsigned s = 0; s < MBP_STATE_COUNT; s++) /* where flags alone tell */
        view->untold = view->untold && !view->in_state[s];
    view->untold_figures = 0;
    for (unsigned f = 0; f < MBP_FIGURE_COUNT; f++)
        view->untold_figures |= ctl_shows(plant, MBP_PER_MACHINE, m, members[f]) ? 0 : (uint8_t)(1u << f);
}

void ctl_sensor_untold(const struct mbp_plant *plant, uint32_t s, struct mbp_sensor_view *view)
{
    const enum mbp_map_per per = mbp_sensor_per(plant, s);
    const bool acks = ctl_shows(plant, per, s, AT(unacknowledged));
    view->untold_alarms = (uint8_t)ctl_untold(plant, CTL_UNTOLD_ALARMS, s);
    view->untold_limits = view->untold_acks = 0;
    for (unsigned l = 0; l < MBP_LIMIT_COUNT; l++) {
        const bool is_used = !isnan(view->limit[l]) || isnan(plant->sensors[s].limits[l]);
        if (!is_used && !ctl_shows(plant, per, s, AT(limit) + l * sizeof(double)))
            view->untold_limits |= (uint8_t)(1u << l);
    }
    for (unsigned a = 0; a < MBP_ALARM_COUNT && !acks; a++)
        view->untold_acks |= ctl_shows(plant, per, s, AT(alarm_state) + a) ? 0 : (uint8_t)(1u << a);
}

void ctl_controller_untold(const struct mbp_plant *plant, uint32_t c, struct mbp_controller_view *view)
{
    view->untold = !CTL_SHOWS(plant, MBP_PER_CONTROLLER, c, mbp_controller_view, automatic);
}
