/* What is selected on the screen of watch, kept by what it is. A row's number would not do: an alarm that comes in just
 * before a key is pressed would put another one under the cursor. */
#include <string.h>

#include "mbplant/report/words.h"
#include "watch/watch.h"

static const struct mbp_event *event_at(const struct watch_model *model, size_t at)
{
    return &model->events[model->event_count - 1 - at];
}

static bool is_chosen(const struct watch_choice *choice, const struct watch_model *model, enum watch_page page,
                      size_t at)
{
    if (page == WATCH_MACHINES)
        return strcmp(model->plant->machines[at].name, choice->name) == 0;
    if (page == WATCH_SENSORS)
        return strcmp(model->plant->sensors[mbp_plant_nth_sensor(model->plant, (uint32_t)at)].name, choice->name) == 0;
    if (page == WATCH_ALARMS) {
        const struct mbp_report_alarm *alarm = &model->overview->seen.report.alarms[at];
        return alarm->limit == choice->limit && alarm->bypass == choice->bypass &&
               strcmp(alarm->sensor->name, choice->name) == 0;
    }
    return event_at(model, at)->seq == choice->seq && event_at(model, at)->wall_ms == choice->wall_ms;
}

/* Where it stands now; false = nowhere. Tried where it was first: most of the time nothing has moved. */
static bool find(struct watch_choice *choice, const struct watch_model *model, enum watch_page page, size_t count)
{
    if (choice->at < count && is_chosen(choice, model, page, choice->at))
        return true;
    for (size_t at = 0; at < count; at++) {
        if (is_chosen(choice, model, page, at)) {
            choice->at = at;
            return true;
        }
    }
    return false;
}

void watch_choose(struct watch_view *view, const struct watch_model *model, enum watch_page page, size_t at)
{
    struct watch_choice *choice = &view->choices[page];
    size_t count = watch_count(model, page);
    *choice = (struct watch_choice){.is = WATCH_NOTHING_CHOSEN};
    if (count == 0)
        return;
    choice->is = WATCH_CHOSEN;
    choice->at = at < count ? at : count - 1;
    const char *name = "";
    if (page == WATCH_MACHINES) {
        name = model->plant->machines[choice->at].name;
    } else if (page == WATCH_SENSORS) {
        name = model->plant->sensors[mbp_plant_nth_sensor(model->plant, (uint32_t)choice->at)].name;
    } else if (page == WATCH_ALARMS) {
        name = model->overview->seen.report.alarms[choice->at].sensor->name;
        choice->limit = model->overview->seen.report.alarms[choice->at].limit;
        choice->bypass = model->overview->seen.report.alarms[choice->at].bypass;
    } else {
        choice->seq = event_at(model, choice->at)->seq;
        choice->wall_ms = event_at(model, choice->at)->wall_ms;
    }
    snprintf(choice->name, sizeof choice->name, "%s", name);
}

void watch_view_follow(struct watch_view *view, const struct watch_model *model)
{
    if (model->plant == NULL || model->overview == NULL)
        return; /* nothing is known: what was chosen may well be there again */
    for (unsigned p = 0; p < WATCH_PAGES; p++) {
        enum watch_page page = (enum watch_page)p;
        struct watch_choice *choice = &view->choices[p];
        if (choice->is == WATCH_NOTHING_CHOSEN && (page == WATCH_MACHINES || page == WATCH_SENSORS))
            watch_choose(view, model, page, 0);
        else if (choice->is == WATCH_CHOSEN && !find(choice, model, page, watch_count(model, page)))
            choice->is = WATCH_GONE;
    }
}

const char *watch_choice_text(const struct watch_view *view, char *buf, size_t size)
{
    const struct watch_choice *choice = &view->choices[view->page];
    if (view->page == WATCH_JOURNAL)
        snprintf(buf, size, ctl_tr("event %u"), choice->seq);
    else if (view->page == WATCH_ALARMS)
        snprintf(buf, size, "%s.%s", choice->name, mbp_limit_name(choice->limit));
    else
        snprintf(buf, size, "%s", choice->name);
    return buf;
}

const char *watch_choice_words(const struct watch_view *view, const struct watch_model *model, char *buf, size_t size)
{
    const struct watch_choice *choice = &view->choices[view->page];
    char text[256];
    watch_choice_text(view, buf, size);
    if (view->page == WATCH_ALARMS)
        snprintf(buf, size, "%s %s", choice->name, mbp_message_limit(ctl_spoken(), choice->limit));
    if (view->page != WATCH_JOURNAL || choice->is != WATCH_CHOSEN || choice->at >= watch_count(model, WATCH_JOURNAL))
        return buf;
    const struct mbp_telling by = watch_telling(model);
    snprintf(buf, size, "%s", mbp_report_sentence(&by, event_at(model, choice->at), text, sizeof text));
    return buf;
}

/* ---- what has been seen ------------------------------------------------------------------------------------------ */

void watch_note_waiting(const struct mbp_report *report, const struct mbp_plant *plant, uint8_t *waiting)
{
    memset(waiting, 0, plant->sensor_count);
    for (size_t a = 0; a < report->alarm_count; a++) {
        const struct mbp_report_alarm *alarm = &report->alarms[a];
        if (alarm->unacknowledged)
            waiting[alarm->sensor - plant->sensors] |= (uint8_t)(1u << alarm->limit);
    }
}

const struct mbp_report_alarm *watch_find_unseen(const struct mbp_report *report, const struct mbp_plant *plant,
                                                 const uint8_t *waiting, const char *target)
{
    for (size_t a = 0; a < report->alarm_count; a++) {
        const struct mbp_report_alarm *alarm = &report->alarms[a];
        bool seen = (waiting[alarm->sensor - plant->sensors] >> alarm->limit & 1u) != 0;
        char name[2 * MBP_NAME_MAX];
        snprintf(name, sizeof name, "%s.%s", alarm->sensor->name, mbp_limit_name(alarm->limit));
        bool meant = strcmp(target, "all") == 0 || strcmp(target, name) == 0 ||
                     strcmp(target, alarm->sensor->name) == 0 || strcmp(target, alarm->machine) == 0;
        if (alarm->unacknowledged && !seen && meant)
            return alarm;
    }
    return NULL;
}
