/* shelve and unshelve, out-of-service and in-service: a sensor's alarms, or those of all sensors of a machine, hidden
 * from the operator and shown again. */
#include "operate/already.h"
#include "operate/one_alarm.h"
#include "slave/address.h"
#include "slave/effect.h"
#include "slave/point.h"
#include "slave/snapshot.h"
#include "verbs/write.h"

#define ELAPSED_S 3u /* may have passed of a shelf's time when it is read back */

/* The sensors that the verb's argument means. */
struct meant {
    const char *name;
    uint8_t unit;
    uint32_t first, count;             /* sensors */
    uint32_t first_alarm, alarm_count; /* of the machine: alarms of no sensor */
};

static enum ctl_exit find_meant(struct ctl *ctl, struct meant *meant)
{
    const struct mbp_plant *plant = ctl_plant(ctl);
    uint32_t machine;
    if (plant == NULL)
        return CTL_FAILED;
    meant->name = ctl_spelling(plant, ctl->options->argv[0]);
    if (mbp_plant_find_machine(plant, meant->name) == UINT32_MAX &&
        mbp_plant_find_sensor(plant, meant->name) == UINT32_MAX) {
        if (ctl_is_all(meant->name))
            ctl_error("%s takes a machine or a sensor, not all there are", ctl->options->verb->name);
        else
            ctl_unknown_name(plant, CTL_MACHINE_OR_SENSOR, meant->name);
        return CTL_USAGE;
    }
    if (!ctl_sensors_find(plant, meant->name, &meant->first, &meant->count, &machine))
        return CTL_USAGE;
    meant->first_alarm = machine != UINT32_MAX ? plant->machines[machine].first_alarm : 0;
    meant->alarm_count = machine != UINT32_MAX ? plant->machines[machine].alarm_count : 0;
    if (meant->count + meant->alarm_count == 0) {
        ctl_error("%s has no sensors", meant->name);
        return CTL_USAGE;
    }
    if (meant->count == 0) { /* its alarms are all that it has */
        meant->first = meant->first_alarm++;
        meant->count = 1;
        meant->alarm_count--;
    }
    meant->unit = ctl_sensor_unit(plant, meant->first);
    return CTL_OK;
}

static int32_t addr_of(const struct ctl *ctl, uint32_t sensor, enum mbp_write_kind write)
{
    const char *field;
    return ctl_sensor_addr(ctl->plant, sensor, write, &field);
}

/* A point tells no reason for its refusal. */
static enum ctl_exit refused(struct ctl *ctl, enum mbp_write_kind write, enum mbp_status status, const char *name)
{
    unsigned reason = write == MBP_WRITE_SERVICE ? MBP_REASON_REMOVE : MBP_REASON_SHELVE;
    bool wanted = (ctl->plant->policy.reasons >> reason & 1u) != 0 && ctl->options->said.why == NULL;
    if (status != MBP_EX_SERVER_DEVICE_FAILURE || !wanted)
        return ctl_fail(ctl, status, name);
    ctl_error("%s: refused with exception %02X: %s", name, (unsigned)status,
              ctl_tr(mbp_deed_result_what(MBP_RESULT_NO_REASON)));
    return CTL_FAILED;
}

/* To the machine's alarms of no sensor, one by one. */
static enum ctl_exit write_alarms(struct ctl *ctl, const struct meant *meant, enum mbp_table table,
                                  enum mbp_write_kind write, uint16_t word)
{
    for (uint32_t i = 0; i < meant->alarm_count; i++) {
        int32_t addr = addr_of(ctl, meant->first_alarm + i, write);
        enum mbp_status status = addr < 0 ? MBP_OK : ctl_write(ctl->link, meant->unit, table, (uint16_t)addr, 1, &word);
        if (status != MBP_OK)
            return refused(ctl, write, status, meant->name);
    }
    return CTL_OK;
}

/* The same word to so many points that follow each other, in as few requests as it takes. */
static enum ctl_exit write_all(struct ctl *ctl, const struct meant *meant, enum mbp_table table,
                               enum mbp_write_kind write, uint16_t addr, uint16_t word)
{
    uint16_t words[CTL_WRITE_REGISTERS_MAX];
    struct ctl_link *link = ctl_link(ctl);
    if (link == NULL)
        return CTL_FAILED;
    for (uint32_t i = 0; i < CTL_WRITE_REGISTERS_MAX; i++)
        words[i] = word;
    for (uint32_t done = 0; done < meant->count;) {
        uint32_t left = meant->count - done;
        uint16_t n = (uint16_t)(left < CTL_WRITE_REGISTERS_MAX ? left : CTL_WRITE_REGISTERS_MAX);
        enum mbp_status status = ctl_write(link, meant->unit, table, (uint16_t)(addr + done), n, words);
        if (status != MBP_OK)
            return refused(ctl, write, status, meant->name);
        done += n;
    }
    enum ctl_exit code = write_alarms(ctl, meant, table, write, word);
    return code == CTL_OK ? ctl_await_effect(ctl, meant->name) : code;
}

/* Whether any of the coils is on; true also when they cannot be read, which the write that follows will tell. */
static bool any_on(struct ctl *ctl, const struct meant *meant, enum mbp_write_kind write, uint16_t coil)
{
    uint16_t words[MBP_SENSORS_PER_UNIT_MAX];
    struct ctl_link *link = ctl_link(ctl);
    if (link == NULL || ctl_read(link, meant->unit, MBP_COILS, coil, meant->count, words) != MBP_OK)
        return true;
    for (uint32_t i = 0; i < meant->count; i++) {
        if (words[i] != 0)
            return true;
    }
    for (uint32_t i = 0; i < meant->alarm_count; i++) {
        int32_t addr = addr_of(ctl, meant->first_alarm + i, write);
        if (addr >= 0 && (ctl_read(link, meant->unit, MBP_COILS, (uint16_t)addr, 1, words) != MBP_OK || words[0] != 0))
            return true;
    }
    return false;
}

/* How long it became: the plant file may allow less than was asked for. The shortest of all that are meant; where the
 * register has not been answered for yet, what was asked for. */
static uint32_t shelved_for(struct ctl *ctl, const struct meant *meant, uint16_t addr)
{
    uint16_t left[MBP_SENSORS_PER_UNIT_MAX];
    uint32_t shortest = ctl->options->shelf_s;
    if (ctl->pending || ctl->options->no_wait ||
        ctl_read(ctl->link, meant->unit, MBP_HOLDING_REGISTERS, addr, meant->count, left) != MBP_OK)
        return shortest;
    for (uint32_t i = 0; i < meant->count; i++) {
        if (left[i] != 0 && left[i] + ELAPSED_S < shortest)
            shortest = left[i];
    }
    return shortest;
}

static const char *place_of(enum mbp_table table, uint16_t addr, uint32_t count, char *buf, size_t size)
{
    return ctl_address_text(table, addr, count, buf, size);
}

/* False (told) where the unit's map has no place for it. */
static bool has_place(const struct ctl *ctl, const struct meant *meant, enum mbp_write_kind write)
{
    const char *field = "";
    int32_t addr = ctl_sensor_addr(ctl->plant, meant->first, write, &field);
    if (addr < 0)
        ctl_no_place(ctl->plant->sensors[meant->first].name, field,
                     write == MBP_WRITE_SHELVING ? MBP_HOLDING_REGISTERS : MBP_COILS);
    return addr >= 0;
}

/* ---- one alarm alone --------------------------------------------------------------------------------------------- */

/* Of one alarm; 0 = there is no longest, or it is not one. */
static uint64_t longest_shelf_s(struct ctl *ctl)
{
    struct ctl_one_alarm alarm;
    if (ctl_plant(ctl) == NULL || !ctl_one_alarm_find(ctl->plant, ctl->options->argv[0], &alarm))
        return 0;
    return mbp_longest_shelf_ns(ctl->plant, alarm.sensor, alarm.alarm) / MBP_NS_PER_S;
}

/* What the slave would refuse too, but not say how long it may be. */
static bool is_too_long(const struct ctl_options *options, uint64_t longest_s)
{
    char span[32], longest[32];
    if (options->once || longest_s == 0 || options->shelf_s <= longest_s)
        return false;
    ctl_error("%s: a shelf for %s is longer than the plant file allows, which is %s", options->argv[0],
              mbp_span_text_in(ctl_spoken(), options->shelf_s, span, sizeof span),
              mbp_span_text_in(ctl_spoken(), longest_s, longest, sizeof longest));
    return true;
}

/* How long one alarm is to be shelved, as the operator is told; without an end of its own as long as its plant file
 * says. */
static const char *shelved_text(const struct ctl_options *options, uint64_t longest_s, char *buf, size_t size)
{
    char span[32];
    if (options->once)
        snprintf(buf, size, ctl_tr("shelved until it returns to normal"));
    else if (options->shelf_s != 0)
        snprintf(buf, size, ctl_tr("shelved for %s"),
                 mbp_span_text_in(ctl_spoken(), options->shelf_s, span, sizeof span));
    else if (longest_s != 0)
        snprintf(buf, size, ctl_tr("shelved for %s, the longest that there is"),
                 mbp_span_text_in(ctl_spoken(), longest_s, span, sizeof span));
    else
        snprintf(buf, size, ctl_tr("shelved until mbplantctl unshelve"));
    return buf;
}

/* Whether the argument is one alarm's name; then *code is what became of the command. */
static bool did_alone(struct ctl *ctl, enum mbp_alarm_deed deed, uint32_t seconds, const char *done,
                      enum ctl_exit *code)
{
    struct ctl_one_alarm alarm;
    const struct mbp_plant *plant = ctl_plant(ctl);
    if (plant == NULL || !ctl_one_alarm_find(plant, ctl->options->argv[0], &alarm))
        return false;
    *code = ctl_one_alarm_do(ctl, &alarm, deed, seconds, done);
    return true;
}

/* ---- shelving ---------------------------------------------------------------------------------------------------- */

CTL_VERB(shelve)
{
    const struct ctl_options *options = ctl->options;
    struct meant meant;
    char place[48];
    char span[32];
    char done[96];
    if (options->once && options->shelf_s != 0) {
        ctl_error("shelve: --for and --once exclude each other");
        return CTL_USAGE;
    }
    enum ctl_exit code;
    const uint64_t longest_s = longest_shelf_s(ctl);
    if (is_too_long(options, longest_s))
        return CTL_FAILED;
    if (did_alone(ctl, MBP_DEED_SHELVE, options->once ? MBP_SHELVE_ONCE : options->shelf_s,
                  shelved_text(options, longest_s, done, sizeof done), &code))
        return code;
    code = find_meant(ctl, &meant);
    if (code != CTL_OK)
        return code;
    bool timed = options->once || options->shelf_s != 0;
    enum mbp_write_kind write = timed ? MBP_WRITE_SHELVING : MBP_WRITE_SHELVED;
    int32_t addr = addr_of(ctl, meant.first, write);
    if (!has_place(ctl, &meant, write))
        return CTL_FAILED;
    if (timed)
        code = write_all(ctl, &meant, MBP_HOLDING_REGISTERS, write, (uint16_t)addr,
                         options->once ? MBP_SHELVE_ONCE : (uint16_t)options->shelf_s);
    else
        code = write_all(ctl, &meant, MBP_COILS, write, (uint16_t)addr, 1);
    if (code != CTL_OK)
        return code;
    place_of(timed ? MBP_HOLDING_REGISTERS : MBP_COILS, (uint16_t)addr, meant.count, place, sizeof place);
    if (options->once)
        ctl_say("%s: alarms shelved until they return to normal  (%s)\n", meant.name, place);
    else if (options->shelf_s != 0)
        ctl_say("%s: alarms shelved for %s  (%s)\n", meant.name,
                mbp_span_text_in(ctl_spoken(), shelved_for(ctl, &meant, (uint16_t)addr), span, sizeof span), place);
    else
        ctl_say("%s: alarms shelved until mbplantctl unshelve %s  (%s)\n", meant.name, meant.name, place);
    return ctl_say_pending(ctl, meant.name);
}

/* ---- ending it ----------------------------------------------------------------------------------------------------
 */

/* What ends that alarms are hidden: of one alone, of a sensor, and what it is then. */
struct ending {
    enum mbp_alarm_deed deed;
    enum mbp_write_kind write;
    const char *done;
    const char *field; /* the coil, by its name */
};

/* What waits for a scan is not seen, where none is waited for: then the end of it waits behind it, seen or not. */
static bool is_unseen(struct ctl *ctl)
{
    return ctl->options->no_wait || ctl_pace_of(ctl).paused;
}

/* Whether its alarms are not ended by the command record of its unit either, and nothing shows that they need not be.
 */
static bool lacks_place(const struct mbp_plant *plant, uint32_t sensor, enum mbp_write_kind write)
{
    const struct mbp_sensor *of = &plant->sensors[sensor];
    const size_t member = write == MBP_WRITE_SHELVED ? offsetof(struct mbp_sensor_view, shelved)
                                                     : offsetof(struct mbp_sensor_view, out_of_service);
    return ctl_untold(plant, CTL_UNTOLD_HIDDEN, sensor) != 0 && ctl_addr(plant, MBP_MAP_ALARM_COMMAND, of->unit) < 0 &&
           !ctl_shows(plant, mbp_sensor_per(plant, sensor), sensor, member);
}

/* The coil of each sensor, and of each alarm of none, that is on: off. */
static enum ctl_exit end_all(struct ctl *ctl, const struct ending *ending)
{
    const struct mbp_plant *plant = ctl->plant;
    const uint16_t off = 0;
    uint32_t ended = 0;
    struct ctl_missing missing = {.field = ending->field};
    if (ctl_link(ctl) == NULL)
        return CTL_FAILED;
    const bool unseen = is_unseen(ctl);
    enum ctl_exit code = unseen ? ctl_one_alarm_end_unseen(ctl, 0, plant->sensor_count, ending->deed)
                                : ctl_await_effect(ctl, plant->name);
    if (code == CTL_OK && !unseen)
        code = ctl_one_alarm_end(ctl, 0, plant->sensor_count, ending->deed, &ended);
    if (code != CTL_OK && !unseen)
        return code;
    for (uint32_t s = 0; s < plant->sensor_count; s++) { /* of what is refused above, the coils are off all the same */
        uint16_t is_on = 0;
        int32_t addr = addr_of(ctl, s, ending->write);
        uint8_t unit = ctl_sensor_unit(plant, s);
        if (addr < 0 && lacks_place(plant, s, ending->write) && missing.count++ == 0)
            missing.name = plant->sensors[s].name;
        if (addr < 0)
            continue;
        enum mbp_status status = ctl_read(ctl->link, unit, MBP_COILS, (uint16_t)addr, 1, &is_on);
        if (status == MBP_OK && is_on != 0)
            status = ctl_write(ctl->link, unit, MBP_COILS, (uint16_t)addr, 1, &off);
        if (status != MBP_OK)
            return ctl_fail(ctl, status, plant->sensors[s].name);
        ended += is_on != 0;
    }
    if (code == CTL_OK && (ended > 0 || unseen))
        code = ctl_await_effect(ctl, plant->name);
    if (code == CTL_OK && unseen)
        ctl_say("%s: all alarms %s\n", plant->name, ctl_tr(ending->done));
    else if (code == CTL_OK)
        ctl_say("%s: alarms of %u sensor%s %s\n", plant->name, ended, ended == 1 ? "" : "s", ctl_tr(ending->done));
    if (code == CTL_OK)
        code = ctl_no_places(&missing);
    return code == CTL_OK ? ctl_say_pending(ctl, plant->name) : code;
}

static bool means_all(struct ctl *ctl)
{
    return ctl_is_all(ctl->options->argv[0]) && ctl_plant(ctl) != NULL &&
           mbp_plant_find_machine(ctl->plant, ctl->options->argv[0]) == UINT32_MAX;
}

/* Whether anything of what is meant is hidden; of what is hidden alone the end is written already. */
static enum ctl_exit end_hidden(struct ctl *ctl, const struct meant *meant, const struct ending *ending, uint16_t coil,
                                bool *any)
{
    uint32_t alone = 0;
    enum ctl_exit code = ctl_one_alarm_end(ctl, meant->first, meant->count, ending->deed, &alone);
    *any = code == CTL_OK && (alone > 0 || any_on(ctl, meant, ending->write, coil));
    return code;
}

/* Looked for once more where nothing is seen: it may have been asked for just before. */
static enum ctl_exit end_what_is_there(struct ctl *ctl, const struct meant *meant, const struct ending *ending,
                                       uint16_t coil, bool *any)
{
    if (ctl_link(ctl) == NULL)
        return CTL_FAILED;
    *any = is_unseen(ctl);
    if (*any) {
        enum ctl_exit code = ctl_one_alarm_end_unseen(ctl, meant->first, meant->count, ending->deed);
        return code == CTL_OK ? ctl_one_alarm_end_unseen(ctl, meant->first_alarm, meant->alarm_count, ending->deed)
                              : code;
    }
    enum ctl_exit code = end_hidden(ctl, meant, ending, coil, any);
    if (code == CTL_OK && !*any)
        code = ctl_await_effect(ctl, meant->name);
    return code == CTL_OK && !*any ? end_hidden(ctl, meant, ending, coil, any) : code;
}

static enum ctl_exit end(struct ctl *ctl, const struct ending *ending)
{
    const bool shelved = ending->write == MBP_WRITE_SHELVED;
    struct meant meant;
    char place[48];
    bool any = false;
    enum ctl_exit code;
    if (means_all(ctl))
        return end_all(ctl, ending);
    if (did_alone(ctl, ending->deed, 0, ending->done, &code))
        return code;
    code = find_meant(ctl, &meant);
    if (code != CTL_OK)
        return code;
    uint16_t coil = (uint16_t)addr_of(ctl, meant.first, ending->write);
    if (!has_place(ctl, &meant, ending->write))
        return CTL_FAILED;
    code = end_what_is_there(ctl, &meant, ending, coil, &any);
    if (code != CTL_OK)
        return code;
    if (!any) {
        ctl_say(shelved ? "%s is not shelved: nothing to do\n"
                        : "%s is in service, as far as a command goes: nothing to do\n",
                meant.name);
        if (meant.count == 1)
            ctl_say_who_did(ctl, meant.first, MBP_ALARM_COUNT, ending->deed);
        return CTL_OK;
    }
    code = write_all(ctl, &meant, MBP_COILS, ending->write, coil, 0);
    if (code == CTL_OK)
        ctl_say(shelved ? "%s: alarms no longer shelved  (%s)\n" : "%s: alarms in service  (%s)\n", meant.name,
                place_of(MBP_COILS, coil, meant.count, place, sizeof place));
    return code == CTL_OK ? ctl_say_pending(ctl, meant.name) : code;
}

CTL_VERB(unshelve)
{
    static const struct ending unshelving = {MBP_DEED_UNSHELVE, MBP_WRITE_SHELVED, "no longer shelved", "shelved"};
    return end(ctl, &unshelving);
}

/* ---- out of service ---------------------------------------------------------------------------------------------- */

CTL_VERB(out_of_service)
{
    struct meant meant;
    char place[48];
    enum ctl_exit code;
    if (did_alone(ctl, MBP_DEED_REMOVE, 0, "out of service", &code))
        return code;
    code = find_meant(ctl, &meant);
    if (code != CTL_OK)
        return code;
    uint16_t coil = (uint16_t)addr_of(ctl, meant.first, MBP_WRITE_SERVICE);
    if (!has_place(ctl, &meant, MBP_WRITE_SERVICE))
        return CTL_FAILED;
    code = write_all(ctl, &meant, MBP_COILS, MBP_WRITE_SERVICE, coil, 1);
    if (code != CTL_OK)
        return code;
    ctl_say("%s: alarms out of service until mbplantctl in-service %s  (%s)\n", meant.name, meant.name,
            place_of(MBP_COILS, coil, meant.count, place, sizeof place));
    return ctl_say_pending(ctl, meant.name);
}

CTL_VERB(in_service)
{
    static const struct ending returning = {MBP_DEED_RETURN, MBP_WRITE_SERVICE, "in service", "out_of_service"};
    return end(ctl, &returning);
}
