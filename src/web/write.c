/* Writing as a master does: a request like one from the wire, with the same rights, checks and refusals. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "mbplant/json.h"
#include "mbplant/report.h"
#include "people/who.h"
#include "web_priv.h"

#define WRITE_WORDS_MAX 123u  /* V1.1b3 6.12 */
#define WRITE_BITS_MAX  1968u /* 6.11 */

/* ---- refusals ---------------------------------------------------------------------------------------------------- */

/* In the words that mbplantctl has for it, where the plant file says why. */
static void refuse(struct web_call *call, enum mbp_status exception, const struct mbp_point *point, double value)
{
    static const struct {
        enum mbp_status exception;
        unsigned status;
        const char *why;
    } reasons[] = {
        {MBP_EX_ILLEGAL_FUNCTION, 403, "the access rules do not let this host write there"},
        {MBP_EX_ILLEGAL_DATA_ADDRESS, 409, "there is no such address, or it cannot be written"},
        {MBP_EX_ILLEGAL_DATA_VALUE, 422, "this quantity or value is not taken"},
        {MBP_EX_SERVER_DEVICE_FAILURE, 422, "this value is not allowed there"},
        {MBP_EX_SERVER_DEVICE_BUSY, 503, "the plant is busy; again in a moment"},
    };
    char words[160];
    const char *said = NULL;
    unsigned status = 409;
    const char *why = "the plant refused";
    for (size_t i = 0; i < COUNT_OF(reasons); i++) {
        if (reasons[i].exception == exception) {
            status = reasons[i].status;
            why = reasons[i].why;
        }
    }
    if (point != NULL && exception != MBP_EX_ILLEGAL_FUNCTION)
        said = mbp_report_refusal(call->lang, call->web->plant, point, value, exception, words, sizeof words);
    said = said != NULL ? said : web_tr(call, why);
    if (point != NULL)
        web_problem(call, status, "%s: %s", point->name, said);
    else
        web_problem(call, status, "%s", said);
}

/* ---- requests ---------------------------------------------------------------------------------------------------- */

static double decoded(const struct mbp_point *point, const uint16_t *words)
{
    const struct mbp_register reg = mbp_point_register(point);
    return point->own != NULL && point->own->mask != 0 ? (double)NAN : mbp_register_decode(&reg, words);
}

void web_not_his(struct web_call *call)
{
    web_problem(call, 403, "this token is %s's: nobody else speaks with it", call->token_of);
}

/* False: he is not who he says, or too many comments came since the last scan, which is answered. */
static bool take_who(struct web_call *call, struct mbp_image *image, struct mbp_permit *permit, struct mbp_peer *out,
                     const char **said)
{
    const struct mbp_web *web = call->web;
    const struct web_arg *why = &call->said_args[WEB_SAID_WHY];
    const struct web_arg *who = &call->said_args[WEB_SAID_AS];
    struct mbp_actor actor;
    if (!web_who_is(call, who->given ? who->text : NULL, permit, &actor, said)) {
        web_not_his(call);
        return false;
    }
    if (why->given && call->comment == 0)
        call->comment = mbp_image_comment(image, (struct mbp_text){why->text, strlen(why->text)});
    call->actor = mbp_journal_actor(web->config.journal, &actor);
    out->actor = call->actor | (uint32_t)call->comment << 16;
    if (!why->given || call->comment != 0)
        return true;
    web_problem(call, 503, "too many comments came since the last scan; again in a moment");
    return false;
}

enum mbp_status web_request(struct web_call *call, struct mbp_image_unit *unit, const uint8_t *request, size_t len)
{
    struct mbp_web *web = call->web;
    uint8_t response[MBP_PDU_MAX];
    struct mbp_peer peer;
    struct mbp_permit permit;
    const char *who = "";
    if (!take_who(call, unit->image, &permit, &peer, &who))
        return MBP_EX_SERVER_DEVICE_BUSY;
    const struct mbp_pdu_context context = {
        .unit = unit,
        .identity = &web->plant->identity,
        .peer = peer,
        .permit = &permit,
    };
    mbp_pdu_respond(&context, request, len, response);
    enum mbp_status status = (response[0] & 0x80u) == 0 ? MBP_OK : (enum mbp_status)response[1];
    const char *why = NULL;
    char text[256];
    enum mbp_right lacks = MBP_RIGHT_COUNT;
    if (status == MBP_EX_ILLEGAL_FUNCTION)
        lacks = mbp_pdu_lacks(&context, request, len);
    if (lacks != MBP_RIGHT_COUNT)
        why = mbp_report_no_right(call->lang, &web->plant->operators, who, lacks, text, sizeof text);
    if (why != NULL)
        web_problem(call, 403, "%s", why);
    else if (lacks != MBP_RIGHT_COUNT && call->token_of != NULL) /* a command record names another operator */
        web_not_his(call);
    return status;
}

void web_refuse(struct web_call *call, enum mbp_status exception)
{
    refuse(call, exception, NULL, (double)NAN);
}

bool web_write_words(struct web_call *call, const struct mbp_unit *unit, enum mbp_table table, uint16_t addr,
                     uint16_t count, const uint16_t *words, const struct mbp_point *point)
{
    struct mbp_web *web = call->web;
    uint8_t request[MBP_PDU_MAX];
    if (table != MBP_COILS && table != MBP_HOLDING_REGISTERS) {
        web_problem(call, 409, "%s cannot be written; coils and holding_registers can", mbp_table_name(table));
        return false;
    }
    if (count > (table == MBP_COILS ? WRITE_BITS_MAX : WRITE_WORDS_MAX)) {
        web_problem(call, 422, "at most %u can be written at once",
                    table == MBP_COILS ? WRITE_BITS_MAX : WRITE_WORDS_MAX);
        return false;
    }
    size_t len = mbp_pdu_write(&unit->answer, table, addr, count, words, request);
    enum mbp_status status = web_request(call, web_image_unit(web, unit), request, len);
    if (status == MBP_OK || call->status != 0)
        return status == MBP_OK;
    double value = (double)NAN;
    if (point != NULL && point->table == MBP_COILS)
        value = words[0];
    else if (point != NULL && point->type != MBP_STRING && count == point->count)
        value = decoded(point, words);
    refuse(call, status, point, value);
    return false;
}

/* A number that the point's type cannot hold is no other number. */
static void tell_outside(struct web_call *call, const struct mbp_point *point, const char *number)
{
    char ends[2][MBP_WHOLE_TEXT];
    const struct mbp_register reg = mbp_point_register(point);
    mbp_register_ends(&reg, ends[0], ends[1]);
    web_problem(call, 422, "%s: %s is outside what %s can hold: %s..%s", point->name, number,
                mbp_type_name((enum mbp_type)point->type), ends[0], ends[1]);
}

static bool fits(struct web_call *call, const struct mbp_point *point, double value)
{
    char text[32];
    const struct mbp_register reg = mbp_point_register(point);
    if (isnan(value) || mbp_register_holds(&reg, value))
        return true;
    tell_outside(call, point, mbp_number_shortest(value, text));
    return false;
}

/* All digits of a whole number. */
static bool write_whole(struct web_call *call, const struct web_write *write, const struct mbp_whole *whole)
{
    const struct mbp_point *point = &write->point;
    const struct mbp_register reg = mbp_point_register(point);
    char text[MBP_WHOLE_TEXT];
    uint16_t words[4] = {0};
    if (!mbp_register_holds_whole(&reg, whole)) {
        tell_outside(call, point, mbp_whole_text(whole, text));
        return false;
    }
    uint16_t count = mbp_pdu_words_of_whole(point, whole, words);
    return web_write_words(call, write->unit, (enum mbp_table)point->table, point->addr, count, words, point);
}

bool web_write_value(struct web_call *call, const struct web_write *write)
{
    const struct mbp_point *point = &write->point;
    const struct mbp_register reg = mbp_point_register(point);
    struct mbp_whole whole;
    uint16_t words[4] = {0};
    bool bit = point->table == MBP_COILS || point->type == MBP_BOOL;
    if (point->type == MBP_STRING) {
        web_problem(call, 422, "%s takes a text", point->name);
        return false;
    }
    if (!bit && mbp_register_is_wide(&reg) && mbp_json_whole(write->said, &whole))
        return write_whole(call, write, &whole);
    if (!bit && !fits(call, point, write->value))
        return false;
    uint16_t count = mbp_pdu_words_of(web_image_unit(call->web, write->unit), point, write->value, words);
    return web_write_words(call, write->unit, (enum mbp_table)point->table, point->addr, count, words, point);
}

bool web_write_text(struct web_call *call, const struct web_write *write, const char *text)
{
    const struct mbp_point *point = &write->point;
    uint16_t words[MBP_STRING_WORDS_MAX] = {0};
    size_t len = strlen(text);
    if (point->type != MBP_STRING) {
        web_problem(call, 422, "%s takes a number", point->name);
        return false;
    }
    if (len > 2 * (size_t)point->count) {
        web_problem(call, 422, "%s: the text has %zu bytes, %u fit", point->name, len, 2 * point->count);
        return false;
    }
    mbp_codec_put_text((enum mbp_order)point->order, text, len, point->count, words);
    return web_write_words(call, write->unit, (enum mbp_table)point->table, point->addr, (uint16_t)point->count, words,
                           point);
}

/* ---- where ------------------------------------------------------------------------------------------------------- */

bool web_write_point(struct web_call *call, enum mbp_map_per per, uint32_t item, const struct mbp_unit *unit,
                     enum mbp_write_kind kind, unsigned sub, struct web_write *out)
{
    const struct mbp_plant *plant = call->web->plant;
    const char *missing = "";
    out->said = NULL;
    for (unsigned b = 0; b < mbp_map_count; b++) {
        if (mbp_map[b].per != per)
            continue;
        for (unsigned f = 0; f < mbp_map[b].field_count; f++) {
            if (mbp_map[b].fields[f].write != kind || mbp_map[b].fields[f].sub != sub)
                continue;
            missing = mbp_map[b].fields[f].name;
            if (!mbp_map_has(unit, b) || !mbp_map_item_has(plant, unit, b, item) ||
                !mbp_map_field_stands(plant, b, f, item))
                continue;
            mbp_map_field_point(plant, unit, b, item, f, &out->point);
            out->unit = unit;
            return true;
        }
    }
    for (uint32_t p = 0; p < unit->point_count; p++) {
        const struct mbp_user_point *own = &plant->points[unit->first_point + p];
        const struct mbp_map_field *field = mbp_map_tag_field(&own->tag);
        if (mbp_map[own->tag.block].per == per && own->tag.item == item && field->write == kind && field->sub == sub &&
            own->writable) {
            mbp_map_own_point(plant, own, &out->point);
            out->unit = unit;
            return true;
        }
    }
    web_problem(call, 409, "%s: the map of its unit has no point %s%s%s for that; mbplantd --check tells why",
                mbp_map_item_name(plant, per, item), mbp_map_item_name(plant, per, item), missing[0] != '\0' ? "." : "",
                missing);
    return false;
}

/* ---- and then ---------------------------------------------------------------------------------------------------- */

static void wait_in_line(struct web_call *call)
{
    call->stage = WEB_WAITS;
    call->then = call->route->settled;
    call->next_waiting = call->web->waiting;
    call->web->waiting = call;
}

void web_await_scan(struct web_call *call)
{
    struct mbp_web *web = call->web;
    call->scan = web->state->scan;
    call->since_ms = uv_now(web->config.loop);
    if (mbp_scan_sim(web->config.scan).paused) {
        call->pending = true;
        call->out = web_scratch(web);
        call->route->settled(call);
        return;
    }
    wait_in_line(call);
}

void web_await(struct web_call *call, bool (*over)(const struct web_call *call))
{
    call->over = over;
    call->since_ms = uv_now(call->web->config.loop);
    wait_in_line(call);
}
