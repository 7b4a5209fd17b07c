/* The bypass of an alarm that trips, as an alarm: it has no row of its own, so its entry is made here. */
#include <string.h>
#include <strings.h>

#include "lists.h"
#include "mbplant/plant/interlock.h"
#include "mbplant/report/alarm.h"

/* What it says otherwise than the alarm itself; "": that is worked out. */
static const struct {
    const char *key, *json;
} otherwise[] = {
    {"name", ""},       {"alarm", ""},           {"diagnosis", ""},           {"message", "\"\""},
    {"cause", "\"\""},  {"consequence", "\"\""}, {"action", "\"\""},          {"priority", ""},
    {"state", ""},      {"active", ""},          {"unacknowledged", "false"}, {"trips", "false"},
    {"value", "null"},  {"unit", "\"\""},        {"limit", "null"},           {"since", "null"},
    {"raised", "null"}, {"shelved_s", "null"},
};

static void put_worked_out(const char *key, const struct mbp_report_alarm *alarm, FILE *out)
{
    enum mbp_alarm_state state = alarm->active ? MBP_ALARM_ACKNOWLEDGED : MBP_ALARM_NORMAL;
    char name[MBP_ALARM_SUBJECT_MAX];
    if (strcmp(key, "name") == 0)
        web_put_text(out, mbp_report_alarm_name(alarm, name, sizeof name));
    else if (strcmp(key, "alarm") == 0)
        web_put_text(out, mbp_limit_name(mbp_report_alarm_kind(alarm)));
    else if (strcmp(key, "diagnosis") == 0)
        web_put_text(out, mbp_report_alarm_diagnosis(MBP_LANG_EN, alarm));
    else if (strcmp(key, "priority") == 0)
        web_put_text(out, mbp_priority_name(mbp_report_alarm_priority(alarm)));
    else if (strcmp(key, "active") == 0)
        fputs(alarm->active ? "true" : "false", out);
    else
        web_put_text(out, mbp_alarm_state_name(state));
}

static void put_field(const struct web_field *field, const struct web_item *item)
{
    const struct mbp_web *web = item->web;
    const struct mbp_report_alarm alarm = {
        .sensor = &web->plant->sensors[item->index],
        .limit = (enum mbp_limit)item->sub,
        .bypass = true,
        .active = (mbp_bypassed_alarms(web->plant, web->state, item->index) >> item->sub & 1u) != 0};
    for (size_t i = 0; i < COUNT_OF(otherwise); i++) {
        if (strcmp(otherwise[i].key, field->key) != 0)
            continue;
        if (otherwise[i].json[0] == '\0')
            put_worked_out(field->key, &alarm, item->out);
        else
            fputs(otherwise[i].json, item->out);
        return;
    }
    field->put(item);
}

void web_put_bypass(const struct mbp_web *web, uint32_t sensor, unsigned alarm, FILE *out)
{
    struct mbp_sensor_view view;
    mbp_view_sensor(web->plant, web->state, sensor, &view);
    const struct web_item item = {.web = web, .view = &view, .index = sensor, .sub = alarm, .out = out};
    for (unsigned f = 0; f < web_alarm_noun.field_count; f++) {
        fprintf(out, "%c\"%s\":", f == 0 ? '{' : ',', web_alarm_noun.fields[f].key);
        put_field(&web_alarm_noun.fields[f], &item);
    }
    putc('}', out);
}

/* "TT101.high_high", or the name of an alarm of no sensor. */
static uint32_t find_alarm(const struct mbp_plant *plant, const char *name, unsigned *alarm)
{
    uint32_t sensor = web_find_sensor(plant, name);
    *alarm = MBP_CONDITION;
    if (sensor == NOTHING)
        return web_find_alarm(plant, name, alarm);
    return plant->sensors[sensor].is_alarm ? sensor : NOTHING;
}

uint32_t web_bypass_named(const struct mbp_web *web, const char *name, unsigned *alarm)
{
    char of[WEB_NAME_MAX];
    const size_t suffix = strlen(MBP_BYPASS_SUFFIX);
    size_t len = strlen(name);
    if (len <= suffix || len >= sizeof of || strcasecmp(name + len - suffix, MBP_BYPASS_SUFFIX) != 0 ||
        web_find_sensor(web->plant, name) != NOTHING)
        return NOTHING;
    snprintf(of, sizeof of, "%.*s", (int)(len - suffix), name);
    uint32_t sensor = find_alarm(web->plant, of, alarm);
    if (sensor == NOTHING || web->plant->sensors[sensor].interlock != MBP_NO_INTERLOCK ||
        (mbp_sensor_interlocks(&web->plant->sensors[sensor]) >> *alarm & 1u) == 0)
        return NOTHING;
    return sensor;
}
