/* watch without a terminal: what status prints, once, and then a line for everything that changes. */
#include <stdlib.h>
#include <string.h>

#include "mbplant/report/alarm.h"
#include "slave/wait.h"
#include "watch/watch_slave.h"

struct known_alarm {
    size_t sensor;
    enum mbp_limit limit;
    bool bypass;                          /* not the alarm, but the bypass of its interlock */
    const char *state;                    /* static storage */
    const struct mbp_report_alarm *alarm; /* as long as its report stands */
};

/* What has been told, to compare the next look with. */
struct known {
    enum mbp_state_code *states; /* per machine; MBP_STATE_COUNT where no address told it */
    struct known_alarm *alarms;  /* those listed, by sensor and limit */
    size_t alarm_count;
    uint32_t event; /* the last one */
};

/* What is read off the plant has the time of the look that saw it. */
static const char *now_text(char *buf, size_t size)
{
    struct mbp_clock clock = mbp_clock_system();
    return mbp_time_format(clock.wall_ms(clock.ctx), buf, size);
}

static void begin_line(const char *what)
{
    char now[40];
    ctl_say("%s %-8s ", now_text(now, sizeof now), what);
}

static void forget(struct known *known)
{
    free(known->states);
    free(known->alarms);
    *known = (struct known){.event = known->event};
}

/* By sensor and limit: the report has them by priority, and two of those cannot be gone through side by side. */
static int by_place(const void *a, const void *b)
{
    const struct known_alarm *one = a;
    const struct known_alarm *other = b;
    if (one->sensor != other->sensor)
        return one->sensor < other->sensor ? -1 : 1;
    if (one->limit != other->limit)
        return one->limit < other->limit ? -1 : 1;
    return (int)one->bypass - (int)other->bypass;
}

/* NULL: no memory. */
static struct known_alarm *list_alarms(const struct mbp_report *report, const struct mbp_plant *plant)
{
    struct known_alarm *list = calloc(report->alarm_count + 1, sizeof *list);
    for (size_t a = 0; list != NULL && a < report->alarm_count; a++) {
        const struct mbp_report_alarm *alarm = &report->alarms[a];
        list[a] = (struct known_alarm){(size_t)(alarm->sensor - plant->sensors), alarm->limit, alarm->bypass,
                                       mbp_report_alarm_state(alarm), alarm};
    }
    if (list != NULL)
        qsort(list, report->alarm_count, sizeof *list, by_place);
    return list;
}

static enum mbp_state_code now_of(const struct mbp_report_machine *machine)
{
    return machine->untold ? MBP_STATE_COUNT : machine->state;
}

static enum mbp_status remember(const struct watch_slave *slave, struct known *known)
{
    const struct mbp_report *report = &slave->overview.seen.report;
    const struct mbp_plant *plant = slave->ctl->plant;
    forget(known);
    known->states = calloc(report->machine_count + 1, sizeof *known->states);
    known->alarms = list_alarms(report, plant);
    if (known->states == NULL || known->alarms == NULL)
        return MBP_ERR_MEMORY;
    for (size_t m = 0; m < report->machine_count; m++)
        known->states[m] = now_of(&report->machines[m]);
    known->alarm_count = report->alarm_count;
    if (slave->event_count > 0)
        known->event = slave->events[slave->event_count - 1].seq;
    return MBP_OK;
}

/* ---- what changed ------------------------------------------------------------------------------------------------ */

static void tell_events(const struct watch_slave *slave, const struct known *known)
{
    if (slave->event_count == 0)
        return;
    uint32_t last = slave->events[slave->event_count - 1].seq;
    uint32_t told = last < known->event ? 0 : known->event; /* another journal, which begins anew */
    uint32_t first = slave->events[0].seq;
    const struct mbp_telling by = {slave->ctl->plant, &slave->ctl->names, ctl_spoken()};
    char text[256];
    char time[40];
    if (first > told + 1) {
        begin_line("event");
        ctl_say("%u to %u: too many for one look; mbplantctl journal --since %u shows them\n", told + 1, first - 1,
                told + 1);
    }
    for (size_t i = 0; i < slave->event_count; i++) {
        const struct mbp_event *event = &slave->events[i];
        if (event->seq <= told)
            continue;
        const char *comment = slave->comments[i];
        ctl_say("%s %-8s %u %s%s%s\n", mbp_time_format(event->wall_ms, time, sizeof time), "event", event->seq,
                mbp_report_sentence(&by, event, text, sizeof text), comment != NULL ? " # " : "",
                comment != NULL ? comment : "");
    }
}

static const char *state_word(enum mbp_state_code state)
{
    return state < MBP_STATE_COUNT ? ctl_tr(mbp_state_name(state)) : "-";
}

/* A state that was not known before is no change of it: it stands alone. */
static void tell_machines(const struct mbp_report *report, const struct known *known)
{
    for (size_t m = 0; m < report->machine_count && known->states != NULL; m++) {
        const struct mbp_report_machine *machine = &report->machines[m];
        const enum mbp_state_code before = known->states[m];
        const enum mbp_state_code now = now_of(machine);
        if (now == before)
            continue;
        begin_line("machine");
        if (before < MBP_STATE_COUNT)
            ctl_say("%s %s -> %s", machine->name, state_word(before), state_word(now));
        else
            ctl_say("%s %s", machine->name, state_word(now));
        ctl_say(machine->first_out[0] != '\0' ? ", tripped by %s\n" : "%s\n", machine->first_out);
    }
}

static void tell_alarm(const struct mbp_report_alarm *alarm)
{
    char name[MBP_ALARM_SUBJECT_MAX];
    char value[64];
    char limit[64];
    begin_line("alarm");
    ctl_say("%s %s, %s", mbp_report_alarm_name(alarm, name, sizeof name), mbp_report_alarm_state(alarm),
            mbp_report_alarm_value(alarm, value, sizeof value));
    if (alarm->limit < MBP_LIMIT_COUNT && !alarm->bypass)
        ctl_say(" (limit %s)", mbp_limit_text(alarm->sensor, alarm->limit_value, limit, sizeof limit));
    putchar('\n');
}

/* One that is no longer listed; the report that listed it is gone. */
static void tell_normal(const struct mbp_plant *plant, const struct known_alarm *known)
{
    const struct mbp_report_alarm alarm = {
        .sensor = &plant->sensors[known->sensor], .limit = known->limit, .bypass = known->bypass};
    char name[MBP_ALARM_SUBJECT_MAX];
    begin_line("alarm");
    ctl_say("%s normal\n", mbp_report_alarm_name(&alarm, name, sizeof name));
}

/* Both lists are in the order of sensors and limits. */
static enum mbp_status tell_alarms(const struct watch_slave *slave, const struct known *known)
{
    const size_t count = slave->overview.seen.report.alarm_count;
    const struct mbp_plant *plant = slave->ctl->plant;
    struct known_alarm *now = list_alarms(&slave->overview.seen.report, plant);
    size_t k = 0;
    if (now == NULL)
        return MBP_ERR_MEMORY;
    for (size_t a = 0; a < count || k < known->alarm_count;) {
        int order = a == count ? -1 : k == known->alarm_count ? 1 : by_place(&known->alarms[k], &now[a]);
        if (order < 0)
            tell_normal(plant, &known->alarms[k]);
        else if (order > 0 || strcmp(known->alarms[k].state, now[a].state) != 0)
            tell_alarm(now[a].alarm);
        k += order <= 0 ? 1 : 0;
        a += order >= 0 ? 1 : 0;
    }
    free(now);
    return MBP_OK;
}

/* ---- looking ----------------------------------------------------------------------------------------------------- */

/* The whole plant: first, and when it is another one. */
static enum ctl_exit tell_all(struct watch_slave *slave)
{
    char now[40];
    ctl_say("%s\n", now_text(now, sizeof now));
    return ctl_verb_find("status")->run(slave->ctl);
}

static enum ctl_exit tell_changes(struct watch_slave *slave, struct known *known)
{
    enum ctl_exit code = CTL_OK;
    enum mbp_status status = MBP_OK;
    if (slave->is_new) {
        code = tell_all(slave);
    } else {
        tell_events(slave, known);
        tell_machines(&slave->overview.seen.report, known);
        status = tell_alarms(slave, known);
    }
    slave->is_new = false;
    status = status == MBP_OK ? remember(slave, known) : status;
    return status == MBP_OK ? code : ctl_fail(slave->ctl, status, "watch");
}

static void tell_answer(const struct watch_slave *slave, bool was_gone, uint64_t silent_s)
{
    const struct ctl_target *target = &slave->ctl->options->target;
    bool is_gone = slave->trouble[0] != '\0';
    char span[32];
    if (is_gone == was_gone)
        return;
    begin_line("slave");
    if (is_gone)
        ctl_say("%s does not answer, tried again: %s\n", ctl_target_text(target), slave->trouble);
    else
        ctl_say("%s answers again, after %s\n", ctl_target_text(target),
                mbp_span_text_in(ctl_spoken(), silent_s, span, sizeof span));
}

/* One look and what it brought. */
static enum ctl_exit look(struct watch_slave *slave, struct known *known)
{
    bool was_gone = slave->trouble[0] != '\0';
    uint64_t silent_s = watch_silent_s(slave);
    watch_slave_look(slave);
    tell_answer(slave, was_gone, silent_s);
    return slave->trouble[0] != '\0' ? CTL_FAILED : tell_changes(slave, known);
}

/* A slave that told its plant and then nothing is not one to wait for. */
static enum ctl_exit first_look(struct watch_slave *slave, struct known *known)
{
    watch_slave_look(slave);
    if (slave->trouble[0] == '\0')
        return tell_changes(slave, known);
    ctl_error("%s", slave->trouble);
    return CTL_FAILED;
}

/* False: nobody reads on. */
static bool wait_until(uint64_t ms)
{
    uint64_t now = watch_now_ms();
    return ctl_pause(ms > now ? ms - now : 0);
}

enum ctl_exit watch_run_plain(struct watch_slave *slave, uint32_t interval_ms)
{
    struct known known = {0};
    enum ctl_exit code = CTL_OK;
    uint32_t count = slave->ctl->options->count;
    uint64_t next_ms = watch_now_ms();
    setvbuf(stdout, NULL, _IOLBF, 0); /* whoever reads the pipe gets a line when it happens */
    for (uint32_t n = 1; n == 1 || n - 1 != count; n++) {
        if (n > 1 && !wait_until(next_ms))
            break;
        code = n == 1 ? first_look(slave, &known) : look(slave, &known);
        if (n == 1 && slave->trouble[0] != '\0') /* one that goes away while it is shown is waited for */
            break;
        if (fflush(stdout) != 0)
            break;
        next_ms += interval_ms;
        next_ms = next_ms > watch_now_ms() ? next_ms : watch_now_ms();
    }
    forget(&known);
    return code;
}
