/* The command record of a unit: what it asks for, whether that may be, and what became of it. */
#include "mbplant/image/alarm_command.h"

#include <string.h>

#include "image_priv.h"
#include "mbplant/event/comment.h"
#include "mbplant/plant/interlock.h"

#define BIT(n) (1u << (n))

/* ---- what is meant ----------------------------------------------------------------------------------------------- */

/* The sensor, or the alarm of none, that has that id; UINT32_MAX = none. Where nobody knows of ids they are numbers. */
static uint32_t sensor_of(const struct mbp_image_unit *unit, uint16_t tag)
{
    const struct mbp_file_source *source = &unit->image->source;
    const struct mbp_plant *plant = unit->image->plant;
    uint32_t u = (uint32_t)(unit - unit->image->units);
    uint32_t item = source->item != NULL ? source->item(source->ctx, plant, u, tag) : tag;
    return item < unit->unit->sensor_count ? unit->unit->first_sensor + item : UINT32_MAX;
}

/* words: of the record. */
static struct mbp_alarm_asked asked_by(const struct mbp_image_unit *unit, const uint16_t *words, struct mbp_peer peer)
{
    uint16_t alarm = words[MBP_RECORD_ALARM];
    return (struct mbp_alarm_asked){
        .command = {.sensor = sensor_of(unit, words[MBP_RECORD_TAG]),
                    .alarm = (uint8_t)(alarm < MBP_ALARM_COUNT   ? alarm
                                       : alarm == MBP_RECORD_ALL ? MBP_ALARM_COUNT
                                                                 : UINT8_MAX),
                    .deed = (uint8_t)(words[MBP_RECORD_COMMAND] < MBP_DEED_COUNT ? words[MBP_RECORD_COMMAND]
                                                                                 : MBP_DEED_COUNT),
                    .seconds = words[MBP_RECORD_ARGUMENT],
                    .peer = peer.actor},
        .unit = (uint32_t)(unit - unit->image->units),
        .tag = words[MBP_RECORD_TAG],
        .operator_ = words[MBP_RECORD_OPERATOR]};
}

static struct mbp_alarm_asked asked_of(const struct mbp_image_unit *unit, struct mbp_peer peer)
{
    return asked_by(unit, unit->holding + unit->record, peer);
}

/* ---- whether it may be ------------------------------------------------------------------------------------------- */

static bool is_of_interlock(const struct mbp_alarm_command *command)
{
    return command->deed == MBP_DEED_BYPASS || command->deed == MBP_DEED_RESTORE;
}

static bool has_alarm(const struct mbp_image *image, const struct mbp_alarm_command *command)
{
    const struct mbp_sensor *sensor = &image->plant->sensors[command->sensor];
    const double *limits =
        image->published != NULL ? image->published->limit + command->sensor * MBP_LIMIT_COUNT : sensor->limits;
    if (mbp_is_interlock(sensor)) /* it is no alarm: nothing but its bypass is asked of it */
        return is_of_interlock(command) && (command->alarm == MBP_ALARM_COUNT || command->alarm == MBP_CONDITION);
    return command->alarm == MBP_ALARM_COUNT ||
           (command->alarm < MBP_ALARM_COUNT && mbp_sensor_has_alarm(sensor, limits, command->alarm));
}

/* The alarm that announces it: of one of no sensor there is no other. */
static unsigned interlock_of(const struct mbp_image *image, const struct mbp_alarm_command *command)
{
    return image->plant->sensors[command->sensor].is_alarm ? MBP_CONDITION : command->alarm;
}

static bool is_interlock(const struct mbp_image *image, const struct mbp_alarm_command *command)
{
    uint8_t all = mbp_sensor_interlocks(&image->plant->sensors[command->sensor]);
    return (all >> interlock_of(image, command) & 1u) != 0;
}

static bool is_too_long(const struct mbp_image *image, const struct mbp_alarm_command *command)
{
    const uint64_t longest_bypass_ns = mbp_longest_bypass_ns(image->plant, command->sensor);
    const uint64_t ns = command->seconds * MBP_NS_PER_S;
    if (command->deed == MBP_DEED_BYPASS)
        return ns > longest_bypass_ns || longest_bypass_ns == 0;
    if (command->deed != MBP_DEED_SHELVE || command->seconds == MBP_SHELVE_ONCE)
        return false; /* without an end of its own it ends when it must */
    uint64_t longest = mbp_longest_shelf_ns(image->plant, command->sensor, command->alarm);
    return command->seconds == MBP_SHELVE_FOR_EVER || (longest != 0 && ns > longest);
}

static bool wants_reason(const struct mbp_image *image, const struct mbp_alarm_command *command)
{
    static const uint8_t reasons[MBP_DEED_COUNT] = {[MBP_DEED_SHELVE] = BIT(MBP_REASON_SHELVE),
                                                    [MBP_DEED_REMOVE] = BIT(MBP_REASON_REMOVE),
                                                    [MBP_DEED_BYPASS] = BIT(MBP_REASON_BYPASS)};
    return (image->plant->policy.reasons & reasons[command->deed]) != 0;
}

/* What a command comes to before it is carried out: MBP_RESULT_WAITS, or why it is refused. */
static enum mbp_deed_result image_judge_alarm_command(const struct mbp_image *image,
                                                      const struct mbp_alarm_asked *asked)
{
    const struct mbp_alarm_command *command = &asked->command;
    if (command->deed == MBP_DEED_NONE || command->deed >= MBP_DEED_COUNT)
        return MBP_RESULT_NO_DEED;
    if (command->sensor == UINT32_MAX)
        return MBP_RESULT_NO_TAG;
    if (!has_alarm(image, command))
        return MBP_RESULT_NO_ALARM;
    if (is_of_interlock(command) && interlock_of(image, command) == MBP_ALARM_COUNT)
        return MBP_RESULT_NO_ALARM; /* each is bypassed by its own name */
    if (command->deed == MBP_DEED_BYPASS && !is_interlock(image, command))
        return MBP_RESULT_NO_INTERLOCK;
    if (is_too_long(image, command))
        return MBP_RESULT_TOO_LONG;
    if (wants_reason(image, command) && MBP_PEER_COMMENT(command->peer) == 0)
        return MBP_RESULT_NO_REASON;
    if (asked->operator_ > image->plant->operators.count)
        return MBP_RESULT_NO_OPERATOR;
    return image->alarm_asked_count < MBP_ALARM_COMMANDS_MAX ? MBP_RESULT_WAITS : MBP_RESULT_TOO_MANY;
}

/* ---- the points that do the same to all alarms of a sensor ---- */

static bool hides(const struct mbp_image *image, const struct image_point *point, uint16_t word, unsigned *reason)
{
    const struct mbp_state *now = image->published;
    *reason = point->kind == MBP_WRITE_SERVICE  ? MBP_REASON_REMOVE
              : point->kind == MBP_WRITE_BYPASS ? MBP_REASON_BYPASS
                                                : MBP_REASON_SHELVE;
    if (word == 0)
        return false;
    if (point->kind == MBP_WRITE_SHELVED)
        return now == NULL || (now->flags[point->index] & MBP_SENSOR_SHELVED) == 0;
    if (point->kind == MBP_WRITE_SERVICE)
        return now == NULL || (now->alarm_flags[point->index] & MBP_ALARMS_REMOVED) == 0;
    return point->kind == MBP_WRITE_SHELVING || point->kind == MBP_WRITE_SHELVE_ALL || point->kind == MBP_WRITE_BYPASS;
}

bool image_reasons_given(const struct mbp_image_unit *unit, enum mbp_table table, struct image_range range,
                         struct mbp_peer peer, uint16_t *at)
{
    const uint8_t reasons = unit->image->plant->policy.reasons;
    if (reasons == 0 || MBP_PEER_COMMENT(peer.actor) != 0)
        return true;
    for (uint32_t a = range.addr; a < (uint32_t)range.addr + range.count; a++) {
        unsigned reason;
        if ((unit->access[table][a] & MBP_ACCESS_LATCHED) == 0)
            continue;
        struct image_point point = image_find_point(unit, table, (uint16_t)a);
        uint16_t word = table == MBP_COILS ? unit->coils[a] : unit->holding[a];
        *at = (uint16_t)a;
        if (hides(unit->image, &point, word, &reason) && (reasons & BIT(reason)) != 0)
            return false;
    }
    *at = range.addr;
    return true;
}

/* ---- the record -------------------------------------------------------------------------------------------------- */

static void put_answer(struct mbp_image_unit *unit, const struct mbp_alarm_asked *asked, enum mbp_deed_result result,
                       bool by_scan)
{
    if (unit->answer >= MBP_ADDRESSES)
        return;
    uint16_t *words = unit->input + unit->answer;
    words[MBP_ANSWER_RESULT] = (uint16_t)result;
    words[MBP_ANSWER_TAG] = asked->tag;
    words[MBP_ANSWER_ALARM] = asked->command.alarm == MBP_ALARM_COUNT ? MBP_RECORD_ALL : asked->command.alarm;
    words[MBP_ANSWER_COMMAND] = asked->command.deed;
    words[MBP_ANSWER_TAKEN] = (uint16_t)(words[MBP_ANSWER_TAKEN] + (result == MBP_RESULT_WAITS ? 1 : 0));
    bool carried = result == MBP_RESULT_DONE || result == MBP_RESULT_NOTHING_TO_DO;
    words[MBP_ANSWER_CARRIED] = (uint16_t)(words[MBP_ANSWER_CARRIED] + (carried ? 1 : 0));
    image_tail_note_answer(unit, by_scan);
}

static void answer(struct mbp_image_unit *unit, const struct mbp_alarm_asked *asked, enum mbp_deed_result result)
{
    put_answer(unit, asked, result, false);
}

void image_alarm_command_begin(const struct mbp_image_unit *unit, struct image_record *record)
{
    for (uint32_t i = 0; unit->record < MBP_ADDRESSES && i < MBP_RECORD_WORDS; i++)
        record->words[i] = unit->holding[unit->record + i];
}

/* What a run would make of the record; *first: the first of its words that the run has. False: it has none. */
static bool record_with(const struct mbp_image_unit *unit, const struct image_run *run, uint16_t *words,
                        uint32_t *first)
{
    bool any = false;
    for (uint32_t i = 0; unit->record < MBP_ADDRESSES && i < MBP_RECORD_WORDS; i++) {
        uint32_t at = unit->record + i;
        const uint8_t *bytes = run->bytes + 2 * (size_t)(at >= run->addr ? at - run->addr : 0);
        if (at < run->addr || at - run->addr >= run->count)
            continue;
        words[i] = (uint16_t)(bytes[0] << 8 | bytes[1]);
        *first = any ? *first : i;
        any = true;
    }
    return any;
}

static bool asks_for(const struct mbp_image_unit *unit, const struct image_run *run, const uint16_t *words)
{
    uint32_t command = unit->record + MBP_RECORD_COMMAND;
    return command >= run->addr && command - run->addr < run->count && words[MBP_RECORD_COMMAND] != MBP_DEED_NONE;
}

/* The words beside the command are for those who may command something: another's record would be about another alarm.
 */
static enum mbp_right lacks_all(uint32_t missing)
{
    for (unsigned deed = MBP_DEED_NONE + 1; deed < MBP_DEED_COUNT; deed++) {
        if (image_lacking(missing, mbp_deed_right(deed)) == MBP_RIGHT_COUNT)
            return MBP_RIGHT_COUNT;
    }
    return mbp_deed_right(MBP_DEED_ACKNOWLEDGE);
}

enum mbp_right image_alarm_command_lacks(struct mbp_image_unit *unit, const struct image_run *run,
                                         struct image_record *record, uint16_t *at)
{
    const struct mbp_operators *operators = &unit->image->plant->operators;
    const uint16_t *words = record->words;
    uint32_t missing = record->missing;
    uint32_t first = 0;
    if (!record_with(unit, run, record->words, &first))
        return MBP_RIGHT_COUNT;
    const uint16_t number = words[MBP_RECORD_OPERATOR];
    const bool asked_for = asks_for(unit, run, words);
    const bool nobody = number > operators->count;
    if (asked_for && nobody)
        return MBP_RIGHT_COUNT; /* it is answered so */
    if (number != 0 && record->only != 0 && number != record->only)
        missing = asked_for ? MBP_RIGHTS_ALL : missing;
    else if (number != 0 && !nobody)
        missing = mbp_operator_missing(operators, &operators->items[number - 1]);
    enum mbp_right right =
        asked_for ? image_lacking(missing, mbp_deed_right(words[MBP_RECORD_COMMAND])) : lacks_all(missing);
    if (right == MBP_RIGHT_COUNT)
        return right;
    if (asked_for) {
        const struct mbp_alarm_asked asked = asked_by(unit, words, (struct mbp_peer){0});
        answer(unit, &asked, MBP_RESULT_NO_RIGHT);
    }
    *at = (uint16_t)(unit->record + (asked_for ? (uint32_t)MBP_RECORD_COMMAND : first));
    return right;
}

static bool asks(const struct mbp_image_unit *unit, uint32_t addr, uint32_t count)
{
    uint32_t at = unit->record + MBP_RECORD_COMMAND;
    return unit->record < MBP_ADDRESSES && addr <= at && at < addr + count && unit->holding[at] != MBP_DEED_NONE;
}

enum mbp_status image_alarm_command_allowed(struct mbp_image_unit *unit, uint16_t addr, uint16_t count,
                                            struct mbp_peer peer)
{
    if (!asks(unit, addr, count))
        return MBP_OK;
    const struct mbp_alarm_asked asked = asked_of(unit, peer);
    enum mbp_deed_result result = image_judge_alarm_command(unit->image, &asked);
    if (result == MBP_RESULT_WAITS)
        return MBP_OK;
    answer(unit, &asked, result);
    return result == MBP_RESULT_TOO_MANY ? MBP_EX_SERVER_DEVICE_BUSY : MBP_EX_SERVER_DEVICE_FAILURE;
}

/* Who writes, or for whom he does. */
static struct mbp_peer as_operator(const struct mbp_image_unit *unit, struct mbp_peer peer)
{
    const struct mbp_file_source *source = &unit->image->source;
    const struct mbp_operators *operators = &unit->image->plant->operators;
    uint16_t number = unit->holding[unit->record + MBP_RECORD_OPERATOR];
    if (number == 0 || number > operators->count || source->operator_ == NULL)
        return peer;
    uint16_t actor = source->operator_(source->ctx, MBP_PEER_ACTOR(peer.actor), &operators->items[number - 1]);
    return (struct mbp_peer){(peer.actor & ~(uint32_t)UINT16_MAX) | actor};
}

void image_alarm_command_written(struct mbp_image_unit *unit, uint16_t addr, uint16_t count, struct mbp_peer peer)
{
    struct mbp_image *image = unit->image;
    if (!asks(unit, addr, count))
        return;
    struct mbp_alarm_asked asked = asked_of(unit, as_operator(unit, peer));
    asked.behind = (uint32_t)image->log_count;
    unit->holding[unit->record + MBP_RECORD_COMMAND] = MBP_DEED_NONE;
    unit->holding[unit->record + MBP_RECORD_OPERATOR] = 0; /* else the next one would speak for whoever did this */
    if (image_judge_alarm_command(image, &asked) != MBP_RESULT_WAITS)
        return; /* of a run before: what it was about is no longer there */
    image->alarm_asked[image->alarm_asked_count++] = asked;
    image_tail_note_alarm_command(image, &asked);
    answer(unit, &asked, MBP_RESULT_WAITS); /* behind it: what is noted counts it */
}

void image_alarm_command_words(const struct mbp_alarm_asked *asked, uint16_t words[MBP_RECORD_WORDS])
{
    const struct mbp_alarm_command *command = &asked->command;
    words[MBP_RECORD_TAG] = asked->tag;
    words[MBP_RECORD_ALARM] = command->alarm == MBP_ALARM_COUNT ? MBP_RECORD_ALL : command->alarm;
    words[MBP_RECORD_ARGUMENT] = command->seconds;
    words[MBP_RECORD_OPERATOR] = asked->operator_;
    words[MBP_RECORD_COMMAND] = command->deed;
}

void image_alarm_commands_place(struct mbp_image *image, size_t *next, size_t entry, size_t behind)
{
    while (*next < image->alarm_asked_count && image->alarm_asked[*next].behind <= entry)
        image->alarm_asked[(*next)++].behind = (uint32_t)behind;
}

size_t mbp_image_latch_alarm_commands(struct mbp_image *image, const struct mbp_alarm_asked **commands)
{
    size_t count = image->alarm_asked_count;
    *commands = image->alarm_asked;
    image->alarm_asked_count = 0;
    return count;
}

void mbp_image_answer_alarm_command(struct mbp_image *image, const struct mbp_alarm_asked *asked,
                                    enum mbp_deed_result result)
{
    put_answer(&image->units[asked->unit], asked, result, true);
}
