/* Telling a slave's journal something. */
#include "slave/logbook.h"

#include <string.h>

#include "mbplant/event/tag.h"
#include "slave/comments.h"
#include "slave/events.h"
#include "slave/names.h"
#include "slave/point.h"
#include "slave/snapshot.h"
#include "slave/wait.h"

/* ---- about what ------------------------------------------------------------------------------------------------- */

static uint16_t item_of(const struct mbp_plant *plant, const char *name, uint32_t *unit, uint32_t *machine)
{
    uint32_t sensor = mbp_plant_find_sensor(plant, name);
    uint32_t actuator = mbp_plant_find_actuator(plant, name);
    uint32_t controller = mbp_plant_find_controller(plant, name);
    if (sensor != UINT32_MAX) {
        *unit = plant->sensors[sensor].unit;
        *machine = plant->sensors[sensor].machine;
        return mbp_item_of_sensor(plant, sensor);
    }
    if (actuator != UINT32_MAX) {
        *unit = plant->actuators[actuator].unit;
        *machine = plant->actuators[actuator].machine;
        return mbp_item_of_actuator(plant, actuator);
    }
    if (controller == UINT32_MAX)
        return MBP_NONE16;
    *unit = plant->controllers[controller].unit;
    return mbp_item_of_controller(plant, controller);
}

bool ctl_logbook_about(const struct mbp_plant *plant, const char *name, struct mbp_logbook_record *record,
                       uint8_t *unit)
{
    const char *spelled = ctl_spelling(plant, name);
    uint32_t machine = mbp_plant_find_machine(plant, spelled);
    uint32_t of = machine != UINT32_MAX ? plant->machines[machine].unit : 0;
    record->item = MBP_NONE16;
    if (machine == UINT32_MAX)
        record->item = item_of(plant, spelled, &of, &machine);
    record->machine = mbp_number_of_machine(plant, machine < plant->machine_count ? machine : UINT32_MAX);
    *unit = plant->units[of].id;
    if (machine < plant->machine_count || record->item != MBP_NONE16)
        return true;
    ctl_unknown_name(plant, CTL_MACHINE_OR_SENSOR, name);
    return false;
}

uint8_t ctl_logbook_unit(const struct ctl *ctl)
{
    int unit = ctl_map_unit(ctl->plant);
    return unit >= 0 ? (uint8_t)unit : ctl_any_unit(ctl);
}

/* ---- told, and found again -------------------------------------------------------------------------------------- */

struct search {
    struct mbp_event wanted, found; /* found.code 0 = not yet */
    struct ctl *ctl;
    uint8_t unit;
    const char *text;
};

static bool is_it(void *ctx, const struct mbp_event *event, const char *comment)
{
    struct search *search = ctx;
    if (event->code != search->wanted.code || strcmp(comment, search->text) != 0)
        return true;
    if (event->code != MBP_EV_WORK_OPENED && event->detail != search->wanted.detail)
        return true;
    search->found = *event;
    return true;
}

/* An event is shown when it is durable. */
static enum mbp_status find(struct search *search, uint32_t after)
{
    struct ctl *ctl = search->ctl;
    struct ctl_wait wait = ctl_wait_begin(ctl->plant, 1, ctl->options->target.timeout_ms);
    uint32_t next = after + 1;
    for (;;) {
        struct mbp_summary_view now = {0};
        enum mbp_status status = ctl_summary_read(ctl, search->unit, &now);
        if (status == MBP_OK && now.last_event >= next)
            status = ctl_events_read_said(ctl->link, search->unit, next, now.last_event, is_it, search, &next);
        if (status != MBP_OK || search->found.code != 0 || !ctl_wait_more(&wait))
            return status;
    }
}

static bool is_text(const char *text)
{
    char why[MBP_COMMENT_WHY];
    if (text == NULL || mbp_comment_check(text, strlen(text), MBP_COMMENT_MAX, why, sizeof why) == MBP_OK)
        return true;
    ctl_error("the text: %s", why);
    return false;
}

enum ctl_exit ctl_logbook_tell(struct ctl *ctl, uint8_t unit, const struct mbp_logbook_record *record, const char *text,
                               struct mbp_event *told)
{
    const struct ctl_said *said = &ctl->options->said;
    const struct ctl_said saying = {.why = text != NULL ? text : said->why, .who = said->who};
    uint16_t words[MBP_LOGBOOK_WORDS];
    struct mbp_summary_view before = {0};
    *told = (struct mbp_event){0};
    if (!is_text(saying.why))
        return CTL_USAGE;
    if (ctl_link(ctl) == NULL)
        return CTL_FAILED;
    enum mbp_status status = ctl_summary_read(ctl, unit, &before);
    if (status != MBP_OK && status != MBP_ERR_MISSING)
        return ctl_fail(ctl, status, "reading the journal");
    bool shows = status == MBP_OK;
    ctl_link_say(ctl->link, &saying);
    mbp_logbook_encode(record, words);
    status = ctl_link_speak(ctl->link, unit);
    if (status == MBP_OK)
        status = ctl_write_file(ctl->link, unit, MBP_LOGBOOK_FILE, 0, MBP_LOGBOOK_WORDS, words);
    if (status != MBP_OK)
        return ctl_fail(ctl, status, "telling the journal");
    if (!shows || ctl->options->no_wait)
        return CTL_OK;
    struct search search = {
        .wanted = mbp_logbook_event(record), .ctl = ctl, .unit = unit, .text = saying.why != NULL ? saying.why : ""};
    status = find(&search, before.last_event);
    *told = search.found;
    if (status != MBP_OK)
        return ctl_fail(ctl, status, "reading the journal");
    if (search.found.code != 0)
        return CTL_OK;
    ctl_error("the slave took it, but the journal does not show it yet; mbplantctl status tells how it stands");
    return CTL_FAILED;
}
