/* force SENSOR VALUE and release SENSOR: the injection and its end; of other points force_point.c. */
#include <string.h>

#include "slave/address.h"
#include "slave/effect.h"
#include "slave/snapshot.h"
#include "slave/value.h"
#include "verbs/force_point.h"
#include "verbs/write.h"

/* What the plant has and no address shows: told. An alarm of no sensor has no value at any. */
static bool is_of_nowhere(const struct mbp_plant *plant, const struct ctl_options *options)
{
    const char *name = ctl_spelling(plant, options->argv[0]);
    const uint32_t sensor = mbp_plant_find_sensor(plant, name);
    struct ctl_point point;
    if ((sensor != UINT32_MAX && plant->sensors[sensor].is_alarm) ||
        mbp_plant_find_machine(plant, name) != UINT32_MAX || ctl_point_find(plant, -1, name, &point) ||
        !ctl_is_known(plant, name))
        return false;
    ctl_unknown_name(plant, CTL_ANY_POINT, name);
    return true;
}

/* The sensor of the first argument as a point; false after saying why not. */
static bool find_sensor(struct ctl *ctl, uint32_t *index, struct ctl_point *point, enum ctl_exit *code)
{
    const struct mbp_plant *plant = ctl_plant(ctl);
    *code = CTL_FAILED;
    if (plant == NULL)
        return false;
    *code = CTL_USAGE;
    if (is_of_nowhere(plant, ctl->options))
        return false;
    *index = ctl_sensor_find(plant, ctl->options->argv[0]);
    if (*index != UINT32_MAX && plant->sensors[*index].is_alarm) {
        ctl_error("%s is an alarm, which its expression raises: force what that reads", plant->sensors[*index].name);
        return false;
    }
    return *index != UINT32_MAX && ctl_point_find(plant, -1, plant->sensors[*index].name, point);
}

/* A point that is no sensor, or one whose value stands where no master writes: false when it is neither. */
static bool is_for_instructor(const struct mbp_plant *plant, const char *name, const struct ctl_options *options,
                              struct ctl_point *point)
{
    bool sensor = mbp_plant_find_sensor(plant, name) != UINT32_MAX;
    return ctl_point_find(plant, options->unit, name, point) && (!sensor || !point->map.writable) &&
           (!sensor || point->sensor->inject != MBP_INJECT_REJECT || point->map.own != NULL);
}

CTL_VERB(force)
{
    uint32_t index = 0;
    struct ctl_point point;
    enum ctl_exit code;
    if (ctl_address_is_raw(ctl->options->argv[0]))
        return ctl_force_address(ctl);
    const struct mbp_plant *plant = ctl_plant(ctl);
    if (plant == NULL)
        return CTL_FAILED;
    if (is_for_instructor(plant, ctl_spelling(plant, ctl->options->argv[0]), ctl->options, &point))
        return ctl_force_point(ctl, &point, ctl->options->argv[1]);
    if (!find_sensor(ctl, &index, &point, &code))
        return code;
    uint16_t words[CTL_POINT_WORDS_MAX] = {0};
    code = ctl_write_point(ctl, &point, ctl->options->argv[1], words);
    if (code == CTL_OK)
        code = ctl_await_effect(ctl, point.map.name);
    if (code != CTL_OK)
        return code;
    char place[48];
    char coil[64] = "";
    char value[300];
    ctl_address_text((enum mbp_table)point.map.table, point.map.addr, point.map.count, place, sizeof place);
    int32_t forced = ctl_addr(ctl->plant, MBP_MAP_FORCED, index);
    if (forced >= 0)
        ctl_address_text(MBP_COILS, (uint16_t)forced, 1, coil, sizeof coil);
    if (forced >= 0)
        snprintf(coil + strlen(coil), sizeof coil - strlen(coil), ctl_tr(", write 0"));
    else
        snprintf(coil, sizeof coil,
                 ctl->plant->instructor ? ctl_tr("by unit 247") : ctl_tr("its unit has no coil for that"));
    ctl_say("%s = %s  (%s)\n", point.map.name, ctl_point_text(&point, words, value, sizeof value), place);
    if (point.sensor->inject == MBP_INJECT_ONCE)
        ctl_say("shown for one scan, then the process again (inject: once in the plant file)\n");
    else
        ctl_say("held until released: mbplantctl release %s  (%s)\n", point.map.name, coil);
    return ctl_say_pending(ctl, point.map.name);
}

static enum ctl_exit tell_released(struct ctl *ctl, uint32_t index, const struct ctl_point *point, bool was_forced)
{
    const char *name = point->map.name;
    uint16_t words[CTL_POINT_WORDS_MAX];
    struct mbp_sensor_view flags;
    enum mbp_status status = ctl_sensor_flags_read(ctl, index, &flags);
    if (status == MBP_OK)
        status = ctl_read(ctl->link, point->unit, MBP_HOLDING_REGISTERS, point->map.addr, point->map.count, words);
    if (status != MBP_OK)
        return ctl_fail(ctl, status, name);
    if (flags.forced) {
        ctl_error("%s is forced all the same: another master wrote it at the same time", name);
        return CTL_FAILED;
    }
    char value[300];
    ctl_say("%s = %s  (%s)\n", name, ctl_point_text(point, words, value, sizeof value),
            was_forced ? ctl_tr("released: the process again") : ctl_tr("was not forced"));
    return CTL_OK;
}

static enum ctl_exit release_one(struct ctl *ctl)
{
    uint32_t index = 0;
    struct ctl_point point;
    enum ctl_exit code;
    if (!find_sensor(ctl, &index, &point, &code))
        return code;
    if (ctl_link(ctl) == NULL)
        return CTL_FAILED;
    const char *name = point.map.name;
    struct mbp_sensor_view flags;
    enum mbp_status status = ctl_sensor_flags_read(ctl, index, &flags);
    if (status != MBP_OK)
        return ctl_fail(ctl, status, name);
    int32_t coil = ctl_addr(ctl->plant, MBP_MAP_FORCED, index);
    if (coil < 0 && ctl->plant->instructor)
        return ctl_release_point(ctl, &point);
    if (coil < 0) {
        ctl_no_place(name, "forced", MBP_COILS);
        return CTL_FAILED;
    }
    /* written even when the bit is off: a value that was written a moment ago is forced with the coming scan only */
    code = ctl_set_coil(ctl, point.unit, (uint16_t)coil, false, name);
    if (code != CTL_OK)
        return code;
    code = ctl_await_effect(ctl, name);
    if (code == CTL_OK && (ctl->pending || ctl->options->no_wait)) {
        ctl_say("%s: its release is asked for\n", name);
        return ctl_say_pending(ctl, name);
    }
    return code == CTL_OK ? tell_released(ctl, index, &point, flags.forced) : code;
}

/* ---- several ---------------------------------------------------------------------------------------------------- */

/* What became of them. */
struct released {
    uint32_t released;
    uint32_t unseen; /* let go by the instructor, whether they were forced or not */
    struct ctl_missing missing;
};

/* One without a coil for it: by the instructor; without him it stays as it is, where masters force it at all. */
static enum ctl_exit let_go_without_coil(struct ctl *ctl, uint32_t s, struct released *out)
{
    const struct mbp_sensor *sensor = &ctl->plant->sensors[s];
    struct ctl_point point;
    if (!ctl_point_find(ctl->plant, -1, sensor->name, &point))
        return CTL_OK;
    if (ctl->plant->instructor) {
        out->unseen++;
        return ctl_ask_release(ctl, &point);
    }
    if (point.map.writable && sensor->inject == MBP_INJECT_HOLD && out->missing.count++ == 0)
        out->missing = (struct ctl_missing){sensor->name, "forced", 1};
    return CTL_OK;
}

/* Those that are forced, and those of which no address shows whether they are. */
static enum ctl_exit let_go(struct ctl *ctl, uint32_t first, uint32_t count, struct released *out)
{
    const struct mbp_plant *plant = ctl->plant;
    struct mbp_plant_view snapshot;
    enum ctl_exit code = ctl_snapshot_take(ctl, &snapshot);
    if (code != CTL_OK)
        return code;
    for (uint32_t s = first; s < first + count && code == CTL_OK; s++) {
        if (plant->sensors[s].is_alarm)
            continue; /* its expression gives it: nobody forces that */
        int32_t coil = ctl_addr(plant, MBP_MAP_FORCED, s);
        bool shown = CTL_SHOWS(plant, MBP_PER_SENSOR, s, mbp_sensor_view, forced);
        if (coil < 0 && (!shown || snapshot.sensors[s].forced))
            code = let_go_without_coil(ctl, s, out);
        if (coil < 0 || (shown && !snapshot.sensors[s].forced))
            continue;
        code = ctl_set_coil(ctl, ctl_sensor_unit(plant, s), (uint16_t)coil, false, plant->sensors[s].name);
        out->released++;
    }
    mbp_plant_view_free(plant, &snapshot);
    return code;
}

static enum ctl_exit release_several(struct ctl *ctl, const char *name, uint32_t first, uint32_t count)
{
    struct released done = {0};
    struct ctl_forced forced = {0};
    bool points = ctl_is_all(ctl->options->argv[0]) && ctl->plant->instructor;
    enum mbp_status status = MBP_OK;
    enum ctl_exit code = let_go(ctl, first, count, &done);
    if (code == CTL_OK && points) /* those that the line below counts: what is forced meanwhile goes too */
        status = ctl_forced_read(ctl, &forced);
    if (status != MBP_OK)
        return ctl_fail(ctl, status, name);
    if (code == CTL_OK && points)
        code = ctl_ask_release_all(ctl);
    if (code == CTL_OK && (points || done.released + done.unseen > 0))
        code = ctl_await_effect(ctl, name); /* once, for all of them */
    if (code != CTL_OK)
        return code;
    const char *sensors = done.released == 1 ? "" : "s";
    if (forced.count > 0)
        ctl_say("%s: %u sensor%s and %u point%s released\n", name, done.released, sensors, (unsigned)forced.count,
                forced.count == 1 ? "" : "s");
    else
        ctl_say("%s: %u sensor%s released\n", name, done.released, sensors);
    ctl_say_let_go(ctl, &forced);
    if (done.unseen > 0)
        ctl_say("  and %u of which no address shows whether it was forced\n", done.unseen);
    code = ctl_no_places(&done.missing);
    ctl_say_pending(ctl, name);
    return code;
}

CTL_VERB(release)
{
    if (ctl_address_is_raw(ctl->options->argv[0]))
        return ctl_release_address(ctl);
    const struct mbp_plant *plant = ctl_plant(ctl);
    const char *asked = plant != NULL ? ctl_spelling(plant, ctl->options->argv[0]) : "";
    struct ctl_point point;
    uint32_t first = 0;
    uint32_t count = 0;
    uint32_t machine;
    if (plant != NULL && (ctl_is_all(asked) || mbp_plant_find_machine(plant, asked) != UINT32_MAX) &&
        ctl_sensors_find(plant, asked, &first, &count, &machine))
        return release_several(ctl, ctl_is_all(asked) ? plant->name : asked, first, count);
    if (plant != NULL && is_for_instructor(plant, asked, ctl->options, &point))
        return ctl_release_point(ctl, &point);
    return release_one(ctl);
}
