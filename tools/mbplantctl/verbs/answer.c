/* Whom a word means, who of them waits, and the coils that answer. */
#include "verbs/answer.h"

#include "operate/already.h"
#include "operate/one_alarm.h"
#include "slave/effect.h"
#include "slave/point.h"
#include "verbs/write.h"

static bool waits(const struct ctl_answer *answer, const struct mbp_sensor_view *now)
{
    bool any = false;
    for (unsigned a = 0; a < MBP_ALARM_COUNT; a++)
        any = any || answer->concerns((enum mbp_alarm_state)now->alarm_state[a]);
    return any;
}

/* Whether addresses tell how a sensor's alarms are; where none does, who asks for it knows better. */
static bool is_told(const struct mbp_plant *plant, uint32_t sensor)
{
    const struct mbp_sensor *of = &plant->sensors[sensor];
    bool told = true;
    for (unsigned a = 0; a < MBP_ALARM_COUNT && told; a++)
        told = !mbp_sensor_has_alarm(of, of->limits, a) || ctl_shows(plant, mbp_sensor_per(plant, sensor), sensor,
                                                                     offsetof(struct mbp_sensor_view, alarm_state) + a);
    return told;
}

static bool are_told(const struct mbp_plant *plant, uint32_t first, uint32_t count)
{
    uint32_t s = first;
    while (s < first + count && is_told(plant, s))
        s++;
    return s == first + count;
}

static unsigned count_waiting(const struct ctl_answer *answer, const struct mbp_plant_view *snapshot, uint32_t first,
                              uint32_t count)
{
    unsigned waiting = 0;
    for (uint32_t s = first; s < first + count; s++)
        waiting += waits(answer, &snapshot->sensors[s]) ? 1 : 0;
    return waiting;
}

/* Of its sensors, its alarms of none, and those of bypasses. */
static unsigned count_of_machine(const struct ctl_answer *answer, const struct mbp_plant_view *snapshot,
                                 const struct mbp_machine *of)
{
    return count_waiting(answer, snapshot, of->first_sensor, of->sensor_count) +
           count_waiting(answer, snapshot, of->first_alarm, of->alarm_count) +
           count_waiting(answer, snapshot, of->first_bypass, of->interlock_count);
}

/* missing: where several are meant, takes those that no coil is for. */
static enum ctl_exit answer_sensor(struct ctl *ctl, const struct ctl_answer *answer,
                                   const struct mbp_plant_view *snapshot, uint32_t sensor, struct ctl_missing *missing)
{
    const char *name = ctl->plant->sensors[sensor].name;
    const char *field = "";
    int32_t coil = ctl_sensor_addr(ctl->plant, sensor, answer->of_sensor, &field);
    if (!waits(answer, &snapshot->sensors[sensor]) && missing != NULL && is_told(ctl->plant, sensor))
        return CTL_OK;
    if (coil < 0 && missing != NULL) {
        *missing = missing->count == 0 ? (struct ctl_missing){name, field, 0} : *missing;
        missing->count++;
        return CTL_OK;
    }
    if (coil < 0) {
        ctl_no_place(name, field, MBP_COILS);
        return CTL_FAILED;
    }
    enum ctl_exit code = ctl_set_coil(ctl, ctl_sensor_unit(ctl->plant, sensor), (uint16_t)coil, true, name);
    if (code == CTL_OK)
        ctl_say(ctl->plant->sensors[sensor].is_alarm ? "%s: %s\n" : "%s: alarms of 1 sensor %s\n", name,
                ctl_tr(answer->done));
    return code;
}

static enum ctl_exit answer_each(struct ctl *ctl, const struct ctl_answer *answer,
                                 const struct mbp_plant_view *snapshot, uint32_t first, uint32_t count,
                                 struct ctl_missing *missing)
{
    enum ctl_exit code = CTL_OK;
    for (uint32_t s = first; s < first + count && code == CTL_OK; s++)
        code = answer_sensor(ctl, answer, snapshot, s, missing);
    return code;
}

/* By its coil; where its unit has none, by those of its sensors. */
static enum ctl_exit answer_machine(struct ctl *ctl, const struct ctl_answer *answer,
                                    const struct mbp_plant_view *snapshot, uint32_t machine,
                                    struct ctl_missing *missing)
{
    const struct mbp_machine *of = &ctl->plant->machines[machine];
    unsigned waiting = count_of_machine(answer, snapshot, of);
    bool told = are_told(ctl->plant, of->first_sensor, of->sensor_count) &&
                are_told(ctl->plant, of->first_alarm, of->alarm_count);
    if (waiting == 0 && told)
        return CTL_OK;
    int32_t coil = ctl_addr_of(ctl->plant, MBP_MAP_MACHINE_COILS, machine, answer->of_machine, 0);
    if (coil < 0) {
        enum ctl_exit code = answer_each(ctl, answer, snapshot, of->first_sensor, of->sensor_count, missing);
        return code != CTL_OK ? code : answer_each(ctl, answer, snapshot, of->first_alarm, of->alarm_count, missing);
    }
    enum ctl_exit code = ctl_set_coil(ctl, ctl_machine_unit(ctl->plant, machine), (uint16_t)coil, true, of->name);
    if (code == CTL_OK && !told)
        ctl_say("%s: alarms %s\n", of->name, ctl_tr(answer->done));
    else if (code == CTL_OK)
        ctl_say("%s: alarms of %u sensor%s %s\n", of->name, waiting, waiting == 1 ? "" : "s", ctl_tr(answer->done));
    return code;
}

/* All machines, and the sensors that belong to none. */
static enum ctl_exit answer_all(struct ctl *ctl, const struct ctl_answer *answer, const struct mbp_plant_view *snapshot,
                                struct ctl_missing *missing)
{
    enum ctl_exit code = CTL_OK;
    for (uint32_t m = 0; m < ctl->plant->machine_count && code == CTL_OK; m++)
        code = answer_machine(ctl, answer, snapshot, m, missing);
    for (uint32_t s = 0; s < ctl->plant->sensor_count && code == CTL_OK; s++) {
        if (ctl->plant->sensors[s].machine == UINT32_MAX)
            code = answer_sensor(ctl, answer, snapshot, s, missing);
    }
    return code;
}

enum ctl_exit ctl_answer_run(struct ctl *ctl, const struct ctl_answer *answer)
{
    const struct mbp_plant *plant = ctl_plant(ctl);
    uint32_t first;
    uint32_t count;
    uint32_t machine;
    if (plant == NULL)
        return CTL_FAILED;
    const char *name = ctl_spelling(plant, ctl->options->argv[0]);
    struct ctl_one_alarm alarm;
    if (ctl_one_alarm_find(plant, name, &alarm))
        return ctl_one_alarm_do(ctl, &alarm, answer->deed, 0, ctl_tr(answer->done));
    bool is_all = ctl_is_all(name);
    if (!ctl_sensors_find(plant, name, &first, &count, &machine))
        return CTL_USAGE;
    struct mbp_plant_view snapshot;
    struct ctl_missing missing = {0};
    enum ctl_exit code = ctl_snapshot_take(ctl, &snapshot);
    if (code != CTL_OK)
        return code;
    bool any = count_waiting(answer, &snapshot, first, count) > 0;
    if (machine != UINT32_MAX)
        any = any || count_of_machine(answer, &snapshot, &plant->machines[machine]) > 0;
    any = any || !are_told(plant, first, count);
    if (!any)
        ctl_say("no alarm of %s %s\n", is_all ? ctl_tr("a machine or sensor") : name, ctl_tr(answer->nothing));
    if (!any && count == 1 && machine == UINT32_MAX)
        ctl_say_who_did(ctl, first, MBP_ALARM_COUNT, answer->deed);
    if (!any)
        code = CTL_OK;
    else if (is_all)
        code = answer_all(ctl, answer, &snapshot, &missing);
    else if (machine != UINT32_MAX)
        code = answer_machine(ctl, answer, &snapshot, machine, &missing);
    else
        code = answer_sensor(ctl, answer, &snapshot, first, NULL);
    mbp_plant_view_free(plant, &snapshot);
    if (code == CTL_OK && any)
        code = ctl_await_effect(ctl, name);
    if (code == CTL_OK)
        code = ctl_no_places(&missing);
    return code == CTL_OK ? ctl_say_pending(ctl, name) : code;
}
