/* One alarm by its name: the words of its unit's command record, and the answer. */
#include "operate/one_alarm.h"

#include <string.h>
#include <strings.h>

#include "mbplant/image/alarm_command.h"
#include "mbplant/plant/interlock.h"
#include "operate/already.h"
#include "slave/effect.h"
#include "slave/names.h"
#include "slave/point.h"
#include "slave/rights.h"
#include "slave/snapshot.h"

bool ctl_one_alarm_find(const struct mbp_plant *plant, const char *name, struct ctl_one_alarm *out)
{
    char sensor[MBP_NAME_MAX + 2];
    const char *dot = strrchr(name, '.');
    if (dot == NULL || (size_t)(dot - name) >= sizeof sensor || mbp_plant_find_sensor(plant, name) != UINT32_MAX)
        return false;
    snprintf(sensor, sizeof sensor, "%.*s", (int)(dot - name), name);
    uint32_t s = mbp_plant_find_sensor(plant, ctl_spelling(plant, sensor));
    for (unsigned a = 0; a < MBP_ALARM_COUNT && s != UINT32_MAX; a++) {
        if (strcasecmp(dot + 1, mbp_limit_name((enum mbp_limit)a)) != 0)
            continue;
        *out = (struct ctl_one_alarm){s, a};
        return true;
    }
    return false;
}

const char *ctl_one_alarm_name(const struct mbp_plant *plant, const struct ctl_one_alarm *alarm, char *buf, size_t size)
{
    const struct mbp_sensor *sensor = &plant->sensors[alarm->sensor];
    if (sensor->is_alarm)
        snprintf(buf, size, "%s", sensor->name);
    else
        snprintf(buf, size, "%s.%s", sensor->name, mbp_limit_name((enum mbp_limit)alarm->alarm));
    return buf;
}

/* The id that events know the sensor by: its number in the unit where nobody tells another. */
static uint16_t tag_of(struct ctl *ctl, const struct mbp_unit *unit, uint32_t sensor)
{
    const char *name = ctl->plant->sensors[sensor].name;
    uint16_t number = (uint16_t)(sensor - unit->first_sensor);
    if (ctl_names_read(ctl, unit->id) != MBP_OK)
        return number;
    for (size_t i = 0; i < ctl->names.tag_count; i++) {
        const struct mbp_event_tag *tag = &ctl->names.tags[i];
        if (tag->unit == unit->id && tag->what != MBP_TAG_MACHINE && tag->gone == MBP_TAG_STAYS &&
            strcmp(tag->name, name) == 0)
            return tag->id;
    }
    return number;
}

/* Why the slave refused: as its record says. */
static enum ctl_exit say_refusal(struct ctl *ctl, uint8_t unit, int32_t addr, const char *name, enum mbp_status status,
                                 enum mbp_alarm_deed deed)
{
    char lacks[256];
    uint16_t words[MBP_ANSWER_WORDS];
    const char *why = NULL;
    if (addr >= 0 &&
        ctl_read(ctl->link, unit, MBP_INPUT_REGISTERS, (uint16_t)addr, MBP_ANSWER_WORDS, words) == MBP_OK &&
        words[MBP_ANSWER_RESULT] > MBP_RESULT_NOTHING_TO_DO)
        why = mbp_deed_result_what(words[MBP_ANSWER_RESULT]);
    if (status == MBP_EX_ILLEGAL_FUNCTION && ctl_lacks(ctl, mbp_deed_right(deed), lacks, sizeof lacks) != NULL)
        why = lacks;
    if (why == NULL)
        return ctl_fail(ctl, status, name);
    ctl_error("%s: refused with exception %02X: %s", name, (unsigned)status, ctl_tr(why));
    return CTL_FAILED;
}

/* What else does it, or which block is missing. */
static enum ctl_exit say_no_record(const struct mbp_plant *plant, const struct ctl_one_alarm *alarm,
                                   enum mbp_alarm_deed deed, const char *name)
{
    const char *field = "";
    const bool bypasses = deed == MBP_DEED_BYPASS || deed == MBP_DEED_RESTORE;
    const int32_t addr = bypasses ? ctl_sensor_addr(plant, alarm->sensor, MBP_WRITE_BYPASS, &field) : -1;
    if (addr >= 0)
        ctl_error("%s: its unit has no command record; mbplantctl write %s.%s SECONDS does it, 0 arms it", name, name,
                  field);
    else if (bypasses && mbp_is_interlock(&plant->sensors[alarm->sensor]))
        ctl_no_place(name, field, MBP_HOLDING_REGISTERS);
    else if (bypasses)
        ctl_error("%s: its unit has no command record, by which an alarm's interlock is bypassed; the plant file gives "
                  "it one: blocks: {default: none, %s: 60000}",
                  name, mbp_map[MBP_MAP_ALARM_COMMAND].key);
    else
        ctl_error("%s: its unit has no room for a command record; name the sensor: %s", name,
                  plant->sensors[alarm->sensor].name);
    return CTL_FAILED;
}

enum ctl_exit ctl_one_alarm_do(struct ctl *ctl, const struct ctl_one_alarm *alarm, enum mbp_alarm_deed deed,
                               uint32_t seconds, const char *done)
{
    const struct mbp_plant *plant = ctl->plant;
    const struct mbp_unit *unit = &plant->units[plant->sensors[alarm->sensor].unit];
    int32_t base = ctl_addr(plant, MBP_MAP_ALARM_COMMAND, plant->sensors[alarm->sensor].unit);
    int32_t answer = ctl_addr(plant, MBP_MAP_ALARM_ANSWER, plant->sensors[alarm->sensor].unit);
    uint16_t after[MBP_ANSWER_WORDS] = {0};
    char name[MBP_NAME_MAX + 32];
    ctl_one_alarm_name(plant, alarm, name, sizeof name);
    if (base < 0)
        return say_no_record(plant, alarm, deed, name);
    if (ctl_link(ctl) == NULL)
        return CTL_FAILED;
    const uint16_t words[MBP_RECORD_COMMAND + 1] = {
        tag_of(ctl, unit, alarm->sensor),
        plant->sensors[alarm->sensor].is_alarm ? MBP_RECORD_ALL : (uint16_t)alarm->alarm,
        (uint16_t)seconds,
        0,
        (uint16_t)deed,
    };
    enum mbp_status status =
        ctl_write(ctl->link, unit->id, MBP_HOLDING_REGISTERS, (uint16_t)base, MBP_RECORD_COMMAND + 1, words);
    if (status != MBP_OK)
        return status > 0 ? say_refusal(ctl, unit->id, answer, name, status, deed) : ctl_fail(ctl, status, name);
    enum ctl_exit code = ctl_await_effect(ctl, name);
    if (code != CTL_OK)
        return code;
    if (answer >= 0)
        status = ctl_read(ctl->link, unit->id, MBP_INPUT_REGISTERS, (uint16_t)answer, MBP_ANSWER_WORDS, after);
    if (status != MBP_OK)
        return ctl_fail(ctl, status, name);
    bool mine = after[MBP_ANSWER_TAG] == words[MBP_RECORD_TAG] && after[MBP_ANSWER_ALARM] == words[MBP_RECORD_ALARM] &&
                after[MBP_ANSWER_COMMAND] == (uint16_t)deed;
    if (mine && after[MBP_ANSWER_RESULT] > MBP_RESULT_NOTHING_TO_DO) {
        const char *why = mbp_deed_result_what(after[MBP_ANSWER_RESULT]);
        ctl_error("%s: not done: %s", name, ctl_tr(why != NULL ? why : "the slave does not say why"));
        return CTL_FAILED;
    }
    if (mine && after[MBP_ANSWER_RESULT] == MBP_RESULT_NOTHING_TO_DO) {
        ctl_say("%s: nothing to do, %s\n", name, ctl_tr(mbp_deed_result_what(MBP_RESULT_NOTHING_TO_DO)));
        ctl_say_who_did(ctl, alarm->sensor, alarm->alarm, deed);
    } else {
        ctl_say("%s: %s\n", name, ctl_tr(done));
    }
    return ctl_say_pending(ctl, name);
}

static enum mbp_status end_once(struct ctl *ctl, uint32_t sensor, unsigned alarm, enum mbp_alarm_deed deed)
{
    const struct mbp_plant *plant = ctl->plant;
    const struct mbp_unit *unit = &plant->units[plant->sensors[sensor].unit];
    int32_t base = ctl_addr(plant, MBP_MAP_ALARM_COMMAND, plant->sensors[sensor].unit);
    const uint16_t words[MBP_RECORD_COMMAND + 1] = {tag_of(ctl, unit, sensor), (uint16_t)alarm, 0, 0, (uint16_t)deed};
    return base < 0
               ? MBP_OK
               : ctl_write(ctl->link, unit->id, MBP_HOLDING_REGISTERS, (uint16_t)base, MBP_RECORD_COMMAND + 1, words);
}

/* A scan takes in so many of them; then there is room for more. */
static enum mbp_status end_one(struct ctl *ctl, uint32_t sensor, unsigned alarm, enum mbp_alarm_deed deed)
{
    enum mbp_status status = end_once(ctl, sensor, alarm, deed);
    if (status == MBP_EX_SERVER_DEVICE_BUSY && ctl_await_effect(ctl, ctl->plant->sensors[sensor].name) == CTL_OK &&
        !ctl->pending)
        status = end_once(ctl, sensor, alarm, deed);
    return status;
}

static bool has_alarms(const struct mbp_sensor *sensor)
{
    return !mbp_is_interlock(sensor) && sensor->interlock != MBP_INTERLOCK_BYPASS;
}

enum ctl_exit ctl_one_alarm_end_unseen(struct ctl *ctl, uint32_t first, uint32_t count, enum mbp_alarm_deed deed)
{
    enum mbp_status status = MBP_OK;
    for (uint32_t s = first; s < first + count && status == MBP_OK; s++) {
        if (has_alarms(&ctl->plant->sensors[s]))
            status = end_one(ctl, s, MBP_RECORD_ALL, deed);
    }
    if (status == MBP_EX_SERVER_DEVICE_BUSY) {
        ctl_error("too many commands wait for the next scan; mbplantctl sim step lets it take them in, then ask again");
        return CTL_FAILED;
    }
    return status == MBP_OK ? CTL_OK : ctl_fail(ctl, status, mbp_deed_name(deed));
}

/* Whether the alarms of a sensor are out of service as one, by its coil: then none of them is so alone as far as can be
 * told. */
static bool is_removed(struct ctl *ctl, uint32_t sensor)
{
    const char *field;
    uint16_t on = 0;
    int32_t addr = ctl_sensor_addr(ctl->plant, sensor, MBP_WRITE_SERVICE, &field);
    return addr >= 0 &&
           ctl_read(ctl->link, ctl_sensor_unit(ctl->plant, sensor), MBP_COILS, (uint16_t)addr, 1, &on) == MBP_OK &&
           on != 0;
}

/* The alarms of a sensor that a deed ends the hiding of, alone: a mask. */
static unsigned hidden_alone(struct ctl *ctl, const struct mbp_plant_view *view, uint32_t s, enum mbp_alarm_deed deed)
{
    const struct mbp_sensor *sensor = &ctl->plant->sensors[s];
    const struct mbp_sensor_view *now = &view->sensors[s];
    bool maintained = sensor->machine != UINT32_MAX && view->machines[sensor->machine].state == MBP_MAINTENANCE;
    unsigned mask = 0;
    for (unsigned a = 0; a < MBP_ALARM_COUNT && !sensor->is_alarm; a++) {
        bool out = now->alarm_state[a] == MBP_ALARM_OUT_OF_SERVICE && !maintained &&
                   mbp_sensor_has_alarm(sensor, now->limit, a);
        mask |= (deed == MBP_DEED_UNSHELVE ? now->shelved_s[a] != 0 : out) ? 1u << a : 0;
    }
    return mask != 0 && deed == MBP_DEED_RETURN && is_removed(ctl, s) ? 0 : mask;
}

enum ctl_exit ctl_one_alarm_end(struct ctl *ctl, uint32_t first, uint32_t count, enum mbp_alarm_deed deed,
                                uint32_t *ended)
{
    struct mbp_plant_view view;
    enum mbp_status status = MBP_OK;
    ctl->shelves = true;
    enum ctl_exit code = ctl_snapshot_take(ctl, &view);
    if (code != CTL_OK)
        return code;
    for (uint32_t s = first; s < first + count && status == MBP_OK; s++) {
        unsigned alone = hidden_alone(ctl, &view, s, deed);
        *ended += alone != 0 ? 1 : 0;
        for (; alone != 0 && status == MBP_OK; alone &= alone - 1) {
            status = end_one(ctl, s, (unsigned)__builtin_ctz(alone), deed);
        }
    }
    mbp_plant_view_free(ctl->plant, &view);
    return status == MBP_OK ? CTL_OK : ctl_fail(ctl, status, mbp_deed_name(deed));
}
