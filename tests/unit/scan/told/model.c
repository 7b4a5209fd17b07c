/* The model, and the journal's lists beside it. */
#include "model.h"

#include <stdio.h>
#include <string.h>

uint32_t model_track_of(struct model *model, const struct line *line, uint32_t machine)
{
    const struct mbp_machine *of = &line->plant->machines[machine];
    uint8_t unit = line->plant->units[of->unit].id;
    for (uint32_t t = 0; t < model->track_count; t++) {
        if (model->tracks[t].unit == unit && strcmp(model->tracks[t].name, of->name) == 0)
            return t;
    }
    assert_true(model->track_count < MODEL_TRACKS);
    struct model_track *track = &model->tracks[model->track_count];
    *track = (struct model_track){.unit = unit, .incident = MODEL_NONE, .upkeep = MODEL_NONE, .stay = MODEL_NONE};
    snprintf(track->name, sizeof track->name, "%s", of->name);
    return model->track_count++;
}

/* ---- work -------------------------------------------------------------------------------------------------------- */

static uint32_t add_work(struct model *model, struct model_work work)
{
    assert_true(model->work_count < MODEL_WORK);
    model->work[model->work_count] = work;
    return model->work_count++;
}

void model_open(struct model *model, uint32_t track, enum mbp_work_kind kind, uint32_t number)
{
    add_work(model, (struct model_work){.track = track, .kind = (uint8_t)kind, .number = number});
}

void model_start(struct model *model, uint32_t work)
{
    struct model_work *of = &model->work[work];
    if (of->state != MBP_WORK_OPEN)
        return;
    of->state = MBP_WORK_GOES_ON;
    model->tracks[of->track].goes_on++;
}

void model_end(struct model *model, uint32_t work, bool cancelled)
{
    struct model_work *of = &model->work[work];
    struct model_track *track = &model->tracks[of->track];
    if (of->state == MBP_WORK_IS_DONE || of->state == MBP_WORK_IS_CANCELLED || (cancelled && of->by_state))
        return;
    track->goes_on -= of->state == MBP_WORK_GOES_ON;
    of->state = cancelled ? MBP_WORK_IS_CANCELLED : MBP_WORK_IS_DONE;
    if (track->upkeep == work)
        track->upkeep = MODEL_NONE;
    if (track->stay == work)
        track->stay = MODEL_NONE;
}

/* ---- machines ---------------------------------------------------------------------------------------------------- */

static void begin_maintenance(struct model *model, uint32_t t, uint8_t from)
{
    struct model_track *track = &model->tracks[t];
    bool repair = track->incident != MODEL_NONE || from == MBP_EN_PANNE;
    if (track->goes_on > 0)
        return;
    if (track->upkeep != MODEL_NONE && !repair) {
        track->stay = track->upkeep;
    } else {
        track->stay = add_work(model, (struct model_work){.track = t,
                                                          .kind = repair ? MBP_WORK_CORRECTIVE : MBP_WORK_PREVENTIVE,
                                                          .by_state = true});
    }
    model_start(model, track->stay);
}

static void begin_incident(struct model *model, uint32_t t)
{
    struct model_track *track = &model->tracks[t];
    if (track->incident != MODEL_NONE)
        return;
    assert_true(model->incident_count < MODEL_INCIDENTS);
    track->incident = model->incident_count++;
    model->incidents[track->incident] = (struct model_incident){.track = t, .lasts = true};
}

static void end_incident(struct model *model, struct model_track *track, bool removed)
{
    if (track->incident == MODEL_NONE)
        return;
    model->incidents[track->incident].lasts = false;
    model->incidents[track->incident].removed = removed;
    track->incident = MODEL_NONE;
}

static void change_state(struct model *model, uint32_t t, uint8_t to)
{
    struct model_track *track = &model->tracks[t];
    uint8_t from = track->state;
    track->state = to;
    if (from == to)
        return;
    if (to == MBP_MAINTENANCE)
        begin_maintenance(model, t, from);
    if (to == MBP_EN_PANNE)
        begin_incident(model, t);
    if (to != MBP_EN_SERVICE)
        return;
    end_incident(model, track, false);
    if (track->stay != MODEL_NONE)
        model_end(model, track->stay, false);
    if (from == MBP_MAINTENANCE && track->upkeep != MODEL_NONE && model->work[track->upkeep].state == MBP_WORK_OPEN)
        model_end(model, track->upkeep, false); /* wear begins anew */
}

static void come(struct model_track *track, const struct mbp_machine_state *now)
{
    track->there = true;
    track->state = now->state;
    track->due = now->due;
}

static void go(struct model *model, uint32_t t)
{
    struct model_track *track = &model->tracks[t];
    end_incident(model, track, true);
    for (uint32_t w = 0; w < model->work_count; w++) {
        struct model_work *work = &model->work[w];
        bool open = work->state == MBP_WORK_OPEN || work->state == MBP_WORK_GOES_ON;
        if (work->track != t || !open)
            continue;
        model_end(model, w, false);
        work->removed = true;
    }
    track->there = false;
}

/* ---- what happens ------------------------------------------------------------------------------------------------ */

void model_begin(struct model *model, const struct line *line)
{
    *model = (struct model){.track_count = 0};
    for (uint32_t m = 0; m < line->plant->machine_count; m++)
        come(&model->tracks[model_track_of(model, line, m)], &mbp_scan_state(line->scan)->machine[m]);
}

void model_change(struct model *model, const struct line *line)
{
    bool present[MODEL_TRACKS] = {false};
    uint32_t of[MODEL_TRACKS];
    for (uint32_t m = 0; m < line->plant->machine_count; m++) {
        of[m] = model_track_of(model, line, m);
        present[of[m]] = true;
    }
    for (uint32_t t = 0; t < model->track_count; t++) {
        if (model->tracks[t].there && !present[t])
            go(model, t);
    }
    for (uint32_t m = 0; m < line->plant->machine_count; m++) {
        const struct mbp_machine_state *now = &mbp_scan_state(line->scan)->machine[m];
        if (model->tracks[of[m]].there)
            change_state(model, of[m], now->state);
        come(&model->tracks[of[m]], now);
    }
}

void model_scan(struct model *model, const struct line *line)
{
    for (uint32_t i = 0; i < model->incident_count; i++) {
        struct model_incident *incident = &model->incidents[i];
        incident->down += incident->lasts;
        incident->maintained += incident->lasts && model->tracks[incident->track].state == MBP_MAINTENANCE;
    }
    for (uint32_t w = 0; w < model->work_count; w++)
        model->work[w].real += model->work[w].state == MBP_WORK_GOES_ON;
    for (uint32_t m = 0; m < line->plant->machine_count; m++) {
        const struct mbp_machine_state *now = &mbp_scan_state(line->scan)->machine[m];
        uint32_t t = model_track_of(model, line, m);
        struct model_track *track = &model->tracks[t];
        change_state(model, t, now->state);
        if (now->due && !track->due && track->upkeep == MODEL_NONE)
            track->upkeep = add_work(model, (struct model_work){.track = t, .kind = MBP_WORK_PREVENTIVE});
        track->due = now->due;
    }
}

/* ---- beside the journal ------------------------------------------------------------------------------------------ */

static bool is_of(const struct model *model, uint32_t t, const struct mbp_history_machine *machine)
{
    return model->tracks[t].unit == machine->unit && strcmp(model->tracks[t].name, machine->name) == 0;
}

/* The incident of that number; else the first of its machine that has none yet, and now has it for good: of two that
 * came in one scan the order is the plant's. */
static struct model_incident *find_incident(struct model *model, const struct mbp_incident *told)
{
    struct model_incident *found = NULL;
    for (uint32_t i = 0; i < model->incident_count; i++) {
        struct model_incident *incident = &model->incidents[i];
        if (incident->number == told->begin.seq)
            return incident;
        if (found == NULL && incident->number == 0 && is_of(model, incident->track, &told->machine))
            found = incident;
    }
    if (found == NULL)
        fail_msg("nobody knows of incident %u of '%s'", told->begin.seq, told->machine.name);
    else
        found->number = told->begin.seq;
    return found;
}

static struct model_work *find_work(struct model *model, const struct mbp_work_record *told)
{
    struct model_work *found = NULL;
    for (uint32_t w = 0; w < model->work_count; w++) {
        struct model_work *work = &model->work[w];
        if (work->number == told->opened.seq)
            return work;
        if (found == NULL && work->number == 0 && is_of(model, work->track, &told->machine))
            found = work;
    }
    if (found == NULL)
        fail_msg("nobody knows of work %u on '%s'", told->opened.seq, told->machine.name);
    else
        found->number = told->opened.seq;
    return found;
}

static void assert_machine(const struct model *model, uint32_t t, const struct mbp_history_machine *machine)
{
    assert_int_equal(machine->unit, model->tracks[t].unit);
    assert_string_equal(machine->name, model->tracks[t].name);
    assert_int_equal(machine->index != UINT32_MAX, model->tracks[t].there);
}

static void assert_incident(struct model *model, const struct mbp_incident *told, uint64_t scan_ms)
{
    const struct model_incident *incident = find_incident(model, told);
    assert_machine(model, incident->track, &told->machine);
    assert_int_equal(told->end.seq == 0, incident->lasts);
    assert_int_equal(told->removed, incident->removed);
    assert_int_equal(told->down_ms, incident->down * scan_ms);
    assert_int_equal(told->repair_ms, incident->removed ? 0 : told->down_ms);
    assert_int_equal(told->maintenance_ms, incident->maintained * scan_ms);
    assert_int_equal(told->notes, incident->notes);
    assert_int_equal(told->cause.seq, incident->cause);
}

static void assert_work(struct model *model, const struct mbp_work_record *told, uint64_t scan_ms)
{
    const struct model_work *work = find_work(model, told);
    assert_machine(model, work->track, &told->machine);
    assert_int_equal(told->kind, work->kind);
    assert_int_equal(told->state, work->state);
    assert_int_equal(told->by_state, work->by_state);
    assert_int_equal(told->removed, work->removed);
    assert_int_equal(told->done.seq != 0, mbp_work_is_over(told));
    assert_int_equal(told->real_ms, work->real * scan_ms);
}

static struct mbp_history *read_history(struct line *line)
{
    struct mbp_analysis_machine_now machines[MODEL_TRACKS] = {{.good = 0}};
    struct mbp_historian *historian = NULL;
    struct mbp_history *history = NULL;
    line_read(line);
    const struct mbp_analysis_now now = {.scan = (uint32_t)mbp_scan_state(line->scan)->scan, .machines = machines};
    assert_int_equal(mbp_historian_new(line->plant, mbp_journal_names(line->journal), &historian), MBP_OK);
    for (size_t i = 0; i < line->event_count; i++) {
        if (mbp_history_wants(line->events[i].code))
            assert_int_equal(mbp_historian_take(historian, &line->events[i]), MBP_OK);
    }
    assert_int_equal(mbp_historian_finish(historian, &now, &history), MBP_OK);
    return history;
}

void model_assert_told(struct model *model, struct line *line, const char *when)
{
    struct mbp_history *history = read_history(line);
    uint64_t scan_ms = line->plant->scan_ns / MBP_NS_PER_MS;
    if (history->incident_count != model->incident_count || history->work_count != model->work_count)
        fail_msg("%s: %zu incidents and %zu works are told; there were %u and %u", when, history->incident_count,
                 history->work_count, model->incident_count, model->work_count);
    for (uint32_t i = 0; i < model->incident_count; i++)
        assert_incident(model, &history->incidents[i], scan_ms);
    for (uint32_t w = 0; w < model->work_count; w++)
        assert_work(model, &history->work[w], scan_ms);
    mbp_history_free(history);
}
