/* What events are about, in the plant of now: by unit id and name, and from when to when there was such a thing. */
#include <stdlib.h>
#include <string.h>

#include "analysis_priv.h"

/* ---- tags to the plant's own ------------------------------------------------------------------------------------- */

static uint32_t find_in_plant(const struct mbp_plant *plant, const struct mbp_event_tag *tag)
{
    uint32_t found = UINT32_MAX;
    uint32_t unit = 0;
    if (tag->what == MBP_TAG_MACHINE) {
        found = mbp_plant_find_machine(plant, tag->name);
        unit = found != UINT32_MAX ? plant->machines[found].unit : 0;
    } else if (tag->what == MBP_TAG_SENSOR) {
        found = mbp_plant_find_sensor(plant, tag->name);
        unit = found != UINT32_MAX ? plant->sensors[found].unit : 0;
    }
    return found != UINT32_MAX && plant->units[unit].id == tag->unit ? found : UINT32_MAX;
}

/* A name may have had several ids: it is there since the first. */
static void note_since(uint32_t *since, uint32_t tag_since)
{
    if (*since > tag_since)
        *since = tag_since;
}

static void use_names(struct mbp_analyser *analyser, const struct mbp_names *names)
{
    struct subjects *subjects = &analyser->subjects;
    const struct mbp_plant *plant = analyser->plant;
    memset(subjects->machine_since, 0xFF, plant->machine_count * sizeof *subjects->machine_since);
    memset(subjects->sensor_since, 0xFF, plant->sensor_count * sizeof *subjects->sensor_since);
    for (size_t t = 0; t < names->tag_count; t++) {
        const struct mbp_event_tag *tag = &names->tags[t];
        uint32_t found = subjects->of_tag[t] = find_in_plant(plant, tag);
        if (found != UINT32_MAX && tag->what == MBP_TAG_MACHINE)
            note_since(&subjects->machine_since[found], tag->since);
        else if (found != UINT32_MAX)
            note_since(&subjects->sensor_since[found], tag->since);
    }
    for (uint32_t m = 0; m < plant->machine_count; m++) /* of what no tag tells nobody knows since when */
        subjects->machine_since[m] *= subjects->machine_since[m] != UINT32_MAX;
    for (uint32_t s = 0; s < plant->sensor_count; s++)
        subjects->sensor_since[s] *= subjects->sensor_since[s] != UINT32_MAX;
}

enum mbp_status subjects_new(struct mbp_analyser *analyser, const struct mbp_names *names)
{
    struct subjects *subjects = &analyser->subjects;
    bool named = names != NULL && names->tag_count > 0;
    *subjects = (struct subjects){
        .names = named ? names : NULL,
        .of_tag = calloc(named ? names->tag_count : 1, sizeof *subjects->of_tag),
        .machine_since = calloc(analyser->plant->machine_count + (size_t)1, sizeof *subjects->machine_since),
        .sensor_since = calloc(analyser->plant->sensor_count + (size_t)1, sizeof *subjects->sensor_since),
        .next_since = UINT32_MAX,
    };
    if (subjects->of_tag == NULL || subjects->machine_since == NULL || subjects->sensor_since == NULL)
        return MBP_ERR_MEMORY;
    if (named)
        use_names(analyser, names);
    return MBP_OK;
}

void subjects_free(struct mbp_analyser *analyser)
{
    free(analyser->subjects.of_tag);
    free(analyser->subjects.machine_since);
    free(analyser->subjects.sensor_since);
}

static uint32_t of_tag(const struct subjects *subjects, const struct mbp_event_tag *tag, enum mbp_tag_what what)
{
    return tag != NULL && tag->what == what ? subjects->of_tag[tag - subjects->names->tags] : UINT32_MAX;
}

void subjects_find(const struct mbp_analyser *analyser, const struct mbp_event *event, uint32_t *machine,
                   uint32_t *sensor)
{
    const struct subjects *subjects = &analyser->subjects;
    const struct mbp_event_tag *of_machine = NULL;
    const struct mbp_event_tag *of_item = NULL;
    *machine = *sensor = UINT32_MAX;
    if (subjects->names != NULL) {
        of_machine = mbp_names_machine(subjects->names, event);
        of_item = mbp_names_item(subjects->names, event);
        *machine = of_tag(subjects, of_machine, MBP_TAG_MACHINE);
        *sensor = of_tag(subjects, of_item, MBP_TAG_SENSOR);
        if (!subjects->names->left_out)
            return;
    }
    const struct mbp_unit *unit = mbp_plant_find_unit(analyser->plant, event->unit);
    if (unit != NULL && of_machine == NULL && event->machine < unit->machine_count)
        *machine = unit->first_machine + event->machine;
    if (unit != NULL && of_item == NULL && event->sensor < unit->sensor_count)
        *sensor = unit->first_sensor + event->sensor;
}

/* ---- presence ---------------------------------------------------------------------------------------------------- */

/* Notes when the next thing comes that is not there yet. */
static void wait_for(struct subjects *subjects, uint32_t since, uint32_t seq)
{
    if (since > seq && since < subjects->next_since)
        subjects->next_since = since;
}

/* What comes with this event by its tag; before the first event everything that comes later is absent. */
static enum mbp_status follow_tags(struct mbp_analyser *analyser, uint32_t seq, bool is_first)
{
    struct subjects *subjects = &analyser->subjects;
    enum mbp_status status = MBP_OK;
    uint32_t due = subjects->next_since;
    if (!is_first && seq < due)
        return MBP_OK;
    subjects->next_since = UINT32_MAX;
    for (uint32_t m = 0; m < analyser->plant->machine_count && status == MBP_OK; m++) {
        uint32_t since = subjects->machine_since[m];
        bool absent = since > seq;
        wait_for(subjects, since, seq);
        if (is_first ? absent : since >= due && !absent)
            status = machines_presence(analyser, m, absent);
    }
    for (uint32_t s = 0; s < analyser->plant->sensor_count; s++) {
        uint32_t since = subjects->sensor_since[s];
        wait_for(subjects, since, seq);
        if (is_first && since > seq)
            alarms_presence(analyser, s);
    }
    return status;
}

enum mbp_status subjects_follow(struct mbp_analyser *analyser, const struct mbp_event *event, bool is_first)
{
    uint32_t machine;
    uint32_t sensor;
    enum mbp_status status = follow_tags(analyser, event->seq, is_first);
    if (event->code < MBP_EV_MACHINE_ADDED || event->code > MBP_EV_SENSOR_CHANGED)
        return status;
    subjects_find(analyser, event, &machine, &sensor);
    bool gone = event->code == MBP_EV_MACHINE_REMOVED || event->code == MBP_EV_SENSOR_REMOVED;
    bool of_machine = event->code == MBP_EV_MACHINE_ADDED || event->code == MBP_EV_MACHINE_REMOVED;
    bool of_sensor = event->code == MBP_EV_SENSOR_ADDED || event->code == MBP_EV_SENSOR_REMOVED;
    if (of_machine && machine != UINT32_MAX && status == MBP_OK)
        status = machines_presence(analyser, machine, gone);
    if (of_sensor && sensor != UINT32_MAX)
        alarms_presence(analyser, sensor);
    return status;
}
