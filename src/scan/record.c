/* record: the scan's events, and the retained state of every machine and sensor that an event touched, to the journal
 * in one piece: what a client was told is exact after a power cut. What changes without an event, as counters do, is in
 * checkpoints; a plant without them has its counters retained once a second. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "checkpoint.h"
#include "mbplant/fault.h"
#include "tail.h"

#define COUNTERS_EVERY_NS MBP_NS_PER_S
#define CLOCK_STEP_MS     1000 /* no clock discipline slews by so much from one scan to the next */
#define SHELVES_AT_ONCE   256u

/* It has a row from now on, or is to have one when there is room. */
static void note_row(struct mbp_scan *scan, uint32_t item)
{
    if (scan->retained_in[item] == 0)
        scan->retained_in[item] = SCAN_HAS_ROW;
    scan->stats.recorded++;
}

static bool retain_machine(struct mbp_scan *scan, uint32_t machine)
{
    note_row(scan, scan->config.plant->sensor_count + machine);
    struct mbp_retained_machine retained = mbp_retain_machine(scan->state, machine);
    struct mbp_retained_upkeep upkeep = mbp_retain_upkeep(scan->state, machine);
    return mbp_journal_push_machine(scan->config.journal, &retained) == MBP_OK &&
           mbp_journal_push_upkeep(scan->config.journal, &upkeep) == MBP_OK;
}

static bool retain_alarms(struct mbp_scan *scan, uint32_t sensor)
{
    note_row(scan, sensor);
    struct mbp_retained_alarms alarms = mbp_retain_alarms(scan->state, sensor);
    return mbp_journal_push_alarms(scan->config.journal, &alarms) == MBP_OK;
}

static bool retain_sensor(struct mbp_scan *scan, uint32_t sensor)
{
    note_row(scan, sensor);
    struct mbp_retained_sensor retained = mbp_retain_sensor(scan->config.plant, scan->state, sensor);
    return mbp_journal_push_sensor(scan->config.journal, &retained) == MBP_OK;
}

static bool retain_machines(struct mbp_scan *scan)
{
    for (uint32_t m = 0; m < scan->config.plant->machine_count; m++) {
        if (!retain_machine(scan, m))
            return false;
    }
    return true;
}

/* Commands and settings that are not yet retained as they are. */
static bool retain_commands(struct mbp_scan *scan)
{
    const struct mbp_plant *plant = scan->config.plant;
    size_t count = mbp_setting_count(plant);
    for (uint32_t i = 0; i < count; i++) {
        uint64_t now = mbp_setting_now(plant, scan->state, i);
        struct mbp_retained_setting retained = {i, now, mbp_setting_in_file(plant, i)};
        if (now == scan->command_told[i] && now != SCAN_UNTOLD)
            continue;
        if (mbp_journal_push_setting(scan->config.journal, &retained) != MBP_OK)
            return false;
        scan->command_told[i] = now;
        scan->stats.recorded++;
    }
    return true;
}

/* What is left of timed shelves, of so many at once: all of them in turn. */
static bool retain_shelves(struct mbp_scan *scan, uint32_t most)
{
    const struct mbp_state *state = scan->state;
    bool ok = true;
    if (state->next_shelf_end_ns == MBP_SHELF_NO_END)
        return true;
    for (uint32_t looked = 0; looked < state->sensor_count && most > 0; looked++) {
        uint32_t s = scan->shelf_from < state->sensor_count ? scan->shelf_from : 0;
        scan->shelf_from = s + 1;
        bool timed = state->shelf_end_ns[s] != 0 && state->shelf_end_ns[s] != MBP_SHELF_NO_END;
        if (!timed && (state->alone[s].timed | state->alone[s].bypassed) == 0)
            continue;
        ok = retain_alarms(scan, s) && ok;
        most--;
    }
    return ok;
}

/* Faults that began or ended since the journal was told; with `aged` those too that time alone changes. */
static void retain_faults(struct mbp_scan *scan, bool aged)
{
    const struct mbp_plant *plant = scan->config.plant;
    const struct mbp_state *state = scan->state;
    if (!aged && !scan->faults_unknown && scan->faults_told == state->fault_changes)
        return;
    bool ok = true;
    for (uint32_t f = 0; f < mbp_fault_total(plant); f++) {
        bool known = !scan->faults_unknown && state->fault[f].changed <= scan->faults_told;
        if (known && !(aged && mbp_fault_ages(plant, state, f)))
            continue;
        struct mbp_retained_fault retained = mbp_fault_retain(state, f);
        ok = mbp_journal_push_fault(scan->config.journal, &retained) == MBP_OK && ok;
        scan->stats.recorded++;
    }
    if (!ok)
        return; /* without room: with the next scan */
    scan->faults_told = state->fault_changes;
    scan->faults_unknown = false;
}

/* After a loss for want of room, or where rows say what was: every sensor that has a row, then every machine, as far as
 * there is room, going on with the next scan. */
static void retain_again(struct mbp_scan *scan)
{
    uint32_t sensors = scan->config.plant->sensor_count;
    uint32_t end = sensors + scan->config.plant->machine_count;
    for (; scan->retain_from < end; scan->retain_from++) {
        uint32_t i = scan->retain_from;
        if (scan->retained_in[i] == 0)
            continue;
        if (!(i < sensors ? retain_sensor(scan, i) && retain_alarms(scan, i) : retain_machine(scan, i - sensors)))
            return;
    }
    scan->retain_from = UINT32_MAX;
}

static uint8_t retains(const struct mbp_event *event)
{
    const struct mbp_event_type *type = mbp_event_type(event->code);
    return type != NULL ? type->retains : 0;
}

uint32_t *scan_retained_new(const struct mbp_plant *plant)
{
    return calloc((size_t)plant->sensor_count + plant->machine_count + 1, sizeof(uint32_t));
}

static uint32_t count_items(const struct mbp_scan *scan)
{
    return scan->config.plant->sensor_count + scan->config.plant->machine_count;
}

void scan_retain_all(struct mbp_scan *scan)
{
    for (uint32_t i = 0; i < count_items(scan); i++)
        scan->retained_in[i] = scan->retained_in[i] != 0 ? scan->retained_in[i] : SCAN_HAS_ROW;
    scan->retain_from = 0;
}

/* The first, and the first after the last number: what has a row goes on having one. */
static void begin_round(struct mbp_scan *scan)
{
    if (++scan->round > SCAN_HAS_ROW)
        return;
    for (uint32_t i = 0; i < count_items(scan); i++)
        scan->retained_in[i] = scan->retained_in[i] != 0 ? SCAN_HAS_ROW : 0;
    scan->round = SCAN_HAS_ROW + 1;
}

/* Alarms that several events of a scan are about are retained with the first of them: they are the same with each. */
static bool retain_alarms_once(struct mbp_scan *scan, uint32_t sensor)
{
    uint32_t *last = &scan->retained_in[sensor];
    if (*last == scan->round)
        return true;
    if (!retain_alarms(scan, sensor))
        return false;
    *last = scan->round;
    return true;
}

static bool retain_machine_once(struct mbp_scan *scan, uint32_t machine)
{
    uint32_t *last = &scan->retained_in[scan->config.plant->sensor_count + machine];
    if (*last == scan->round)
        return true;
    if (!retain_machine(scan, machine))
        return false;
    *last = scan->round;
    return true;
}

/* What changed without an event: one-shot shelves whose time has begun, and chatter. */
static bool retain_untold(struct mbp_scan *scan)
{
    struct mbp_state *state = scan->state;
    bool ok = true;
    if (scan->changes_told == state->untold)
        return true;
    for (uint32_t s = 0; s < state->sensor_count; s++) {
        if ((state->alarm_flags[s] & MBP_ALARMS_UNTOLD) == 0)
            continue;
        ok = retain_alarms(scan, s) && ok;
        state->alarm_flags[s] &= (uint8_t)~MBP_ALARMS_UNTOLD;
    }
    scan->changes_told = state->untold;
    return ok;
}

/* What the event is about, by the unit's own numbering. */
static bool retain_touched(struct mbp_scan *scan, const struct mbp_event *event, uint8_t which)
{
    const struct mbp_unit *unit = mbp_plant_find_unit(scan->config.plant, event->unit);
    bool ok = true;
    if (unit == NULL)
        return true;
    if ((which & MBP_RETAINS_SENSOR) != 0 && event->sensor != MBP_NONE16)
        ok = retain_sensor(scan, unit->first_sensor + event->sensor);
    if ((which & MBP_RETAINS_ALARMS) != 0 && event->sensor != MBP_NONE16)
        ok = retain_alarms_once(scan, unit->first_sensor + event->sensor) && ok;
    if ((which & MBP_RETAINS_MACHINE) != 0 && event->machine != MBP_NONE16)
        ok = retain_machine_once(scan, unit->first_machine + event->machine) && ok;
    return ok;
}

static void emit_trouble(struct mbp_scan *scan)
{
    bool trouble = mbp_journal_in_trouble(scan->config.journal);
    if (trouble != scan->trouble_told)
        scan_emit(scan, MBP_EV_JOURNAL_TROUBLE, NAN, NAN, trouble ? 1 : 0, 0);
    scan->trouble_told = trouble;
    if (scan->events.lost > 0 && scan->events.count < scan->events.capacity) {
        scan_emit(scan, MBP_EV_JOURNAL_TROUBLE, (double)scan->events.lost, NAN, 2, 0);
        scan->events.lost = 0;
    }
}

/* Whoever reads the journal must know why its times jump. */
void scan_emit_clock(struct mbp_scan *scan, uint64_t mono_ns)
{
    int64_t wall_ms = (int64_t)scan->state->wall_ms;
    int64_t step_ms = wall_ms - (int64_t)(mono_ns / MBP_NS_PER_MS) - scan->wall_ahead_ms;
    if (scan->clock_known && (step_ms >= CLOCK_STEP_MS || step_ms <= -CLOCK_STEP_MS))
        scan_emit(scan, MBP_EV_CLOCK_STEPPED, (double)step_ms / 1000, NAN, 0, 0);
    scan->wall_ahead_ms += step_ms;
    scan->clock_known = true;
}

/* From a number to its text, which goes with the event. */
static void say_comment(const struct mbp_scan *scan, struct mbp_event *event)
{
    struct mbp_text text = {"", 0};
    if (event->flags != 0)
        text = mbp_image_comment_text(scan->config.image, mbp_event_comment(event));
    event->flags = text.len > 0 ? MBP_EVENT_COMMENT : 0;
    mbp_journal_say(scan->config.journal, text);
}

/* Between them there is room for an event and all that it touches. */
#define RECORD_AT_ONCE 2048u

static void make_room(struct mbp_scan *scan)
{
    if (!mbp_journal_has_room(scan->config.journal, 4 * (size_t)RECORD_AT_ONCE)) {
        mbp_journal_hand_over(scan->config.journal);
        mbp_journal_flush(scan->config.journal); /* a disk that refuses: what has no room is counted as lost */
    }
}

enum record_how {
    RECORD_COUNTERS = 1, /* all machines' counters too */
    RECORD_WAITING = 2,  /* waits for room where a scan never may */
    RECORD_EVENTS_ONLY = 4,
    RECORD_SHELVES = 8 /* with the counters what is left of every shelf, not of some at a time */
};

static void record(struct mbp_scan *scan, unsigned how)
{
    struct mbp_journal *journal = scan->config.journal;
    if (journal == NULL)
        return;
    emit_trouble(scan);
    begin_round(scan);
    if (scan->forgets)
        scan->forgets = mbp_journal_push_forget(journal) != MBP_OK;
    bool ok = true;
    bool written = (how & RECORD_COUNTERS) != 0 || scan_writes_are_coalesced(scan);
    for (size_t i = 0; i < scan->events.count; i++) {
        struct mbp_event *event = &scan->events.items[i];
        if ((how & RECORD_WAITING) != 0 && i % RECORD_AT_ONCE == 0)
            make_room(scan);
        scan->stats.recorded++;
        const uint8_t which = retains(event);
        say_comment(scan, event);
        if ((how & RECORD_EVENTS_ONLY) != 0) /* a loss is counted and told by the journal itself */
            mbp_journal_push_gone(journal, event);
        else
            mbp_journal_push_event(journal, event);
        if ((how & RECORD_EVENTS_ONLY) == 0)
            ok = retain_touched(scan, event, which) && ok;
        written = written || (which & MBP_RETAINS_SETTINGS) != 0;
    }
    if ((how & RECORD_COUNTERS) != 0) {
        scan->counters_told_ns = scan->state->sim_ns;
        ok = retain_machines(scan) && ok;
        ok = retain_shelves(scan, (how & RECORD_SHELVES) != 0 ? UINT32_MAX : SHELVES_AT_ONCE) && ok;
    }
    if ((written || scan->commands_missed) && (how & RECORD_EVENTS_ONLY) == 0)
        scan->commands_missed = !retain_commands(scan);
    if ((how & RECORD_EVENTS_ONLY) == 0) {
        retain_faults(scan, (how & RECORD_COUNTERS) != 0);
        ok = retain_untold(scan) && ok;
    }
    if (!ok)
        scan->retain_from = 0;
    else if (scan->retain_from != UINT32_MAX && (how & RECORD_EVENTS_ONLY) == 0)
        retain_again(scan);
    if ((how & RECORD_EVENTS_ONLY) == 0)
        scan_checkpoint_take(scan);
    if (scan->keeps_back)
        return;
    scan_tail_note(scan);
    mbp_journal_hand_over(journal);
    scan_tail_tidy(scan);
}

/* Checkpoints have the counters too. */
void scan_record(struct mbp_scan *scan)
{
    bool due = scan->checkpoint == NULL && scan->state->sim_ns - scan->counters_told_ns >= COUNTERS_EVERY_NS;
    record(scan, due ? RECORD_COUNTERS : 0);
}

void scan_record_many(struct mbp_scan *scan)
{
    record(scan, RECORD_WAITING);
}

void scan_record_gone(struct mbp_scan *scan)
{
    record(scan, RECORD_WAITING | RECORD_EVENTS_ONLY);
}

void scan_record_last(struct mbp_scan *scan)
{
    if (scan->config.journal == NULL)
        return;
    record(scan, RECORD_COUNTERS | RECORD_SHELVES);
    while (scan->retain_from != UINT32_MAX && mbp_journal_flush(scan->config.journal) == MBP_OK) {
        retain_again(scan);
        mbp_journal_hand_over(scan->config.journal);
    }
}
