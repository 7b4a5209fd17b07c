/* The plant file: read as a master of that host reads it, checked and put as one does, through the instructor's unit
 * (staging.h): the same rights, the same answers in the journal. */
#include <stdlib.h>
#include <string.h>

#include "instruct/instruct.h"
#include "mbplant/modbus.h"
#include "plant_file.h"

#define RECORDS_A_FILE 10000u
#define CHUNK          100u /* registers of one request */

/* Over Modbus it is no file either; and the text is not kept. */
bool web_refuses_long(struct web_call *call, struct mbp_text text)
{
    if (text.len > MBP_PLANT_WIRE_TEXT_MAX)
        web_problem(call, 413, "a plant file that goes over a wire has at most %u bytes",
                    (unsigned)MBP_PLANT_WIRE_TEXT_MAX);
    return text.len > MBP_PLANT_WIRE_TEXT_MAX;
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

void web_serve_plant_text(struct web_call *call)
{
    const struct mbp_plant *plant = call->web->plant;
    /* As over Modbus: the faults to come are the instructor's alone. */
    bool instructor = plant->instructor && web_may_instruct(call);
    struct mbp_text text = instructor ? plant->text : plant->public_text;
    if (web_refuses_long(call, text))
        return;
    fwrite(text.bytes, 1, text.len, call->out);
    call->status = 200;
}

/* ---- staging ----------------------------------------------------------------------------------------------------- */

static struct mbp_image_unit *instructor_unit(const struct mbp_web *web)
{
    for (uint32_t u = 0; u < web->plant->unit_count; u++) {
        if (web->plant->units[u].instructor)
            return web_image_unit(web, &web->plant->units[u]);
    }
    return NULL;
}

/* One request of FC 21 from a word on; how many words it wrote. */
static enum mbp_status stage_some(struct web_call *call, struct mbp_text text, uint32_t crc, size_t word, size_t *count)
{
    uint8_t request[MBP_PDU_MAX] = {21};
    size_t words = (text.len + 9) / 2;
    uint16_t file = (uint16_t)(MBP_PLANT_FIRST_FILE + word / RECORDS_A_FILE);
    uint16_t record = (uint16_t)(word % RECORDS_A_FILE);
    size_t n = words - word < CHUNK ? words - word : CHUNK;
    n = n < RECORDS_A_FILE - record ? n : RECORDS_A_FILE - record;
    const uint16_t head[] = {file, record, (uint16_t)n};
    request[1] = (uint8_t)(7 + 2 * n);
    request[2] = 6;
    for (size_t i = 0; i < 3; i++) {
        request[3 + 2 * i] = (uint8_t)(head[i] >> 8);
        request[4 + 2 * i] = (uint8_t)head[i];
    }
    for (size_t i = 0; i < 2 * n; i++)
        request[9 + i] = mbp_staging_byte(text, crc, 2 * word + i);
    *count = n;
    return web_request(call, instructor_unit(call->web), request, 9 + 2 * n);
}

static enum mbp_status stage(struct web_call *call, struct mbp_text text, uint32_t crc)
{
    enum mbp_status status = MBP_OK;
    size_t words = (text.len + 9) / 2;
    for (size_t word = 0, count = 0; status == MBP_OK && word < words; word += count)
        status = stage_some(call, text, crc, word, &count);
    return status;
}

/* How many commands about staged texts are over. */
static uint16_t finished(const struct mbp_web *web)
{
    const struct mbp_image_unit *unit = instructor_unit(web);
    return unit != NULL ? unit->input[MBP_STAGING_IR_NUMBER] : 0;
}

static bool is_over(const struct web_call *call)
{
    return instructor_unit(call->web) == NULL || finished(call->web) != (uint16_t)call->index;
}

void web_stage_plant(struct web_call *call, struct mbp_text text, enum mbp_staging_command command)
{
    uint32_t crc = mbp_crc32(0, text.bytes, text.len);
    if (web_refuses_long(call, text))
        return;
    const struct mbp_image_unit *unit = instructor_unit(call->web);
    if (unit->input[MBP_STAGING_IR_STATE] == MBP_STAGING_WORKING) {
        web_problem(call, 503, "another plant file is being looked at; again in a moment");
        return;
    }
    const uint16_t words[] = {(uint16_t)command, (uint16_t)(crc >> 16), (uint16_t)crc};
    call->index = finished(call->web);
    enum mbp_status status = stage(call, text, crc);
    if (status != MBP_OK && call->status == 0)
        web_refuse(call, status);
    else if (status == MBP_OK && web_write_words(call, unit->unit, MBP_HOLDING_REGISTERS, MBP_STAGING_HR_COMMAND,
                                                 COUNT_OF(words), words, NULL))
        web_await(call, is_over);
}

void web_command_plant(struct web_call *call)
{
    const char *text = web_arg(call, 0)->text;
    if (web_instructs(call))
        web_stage_plant(call, (struct mbp_text){text, strlen(text)}, (enum mbp_staging_command)call->route->sub);
}

/* ---- what was said ----------------------------------------------------------------------------------------------- */

struct verdict {
    bool ok, unchanged, saved;
    uint16_t added, removed, changed;
    struct mbp_text said;
    const struct web_call *call; /* whose language it is said in */
};

/* "FILE:LINE:COLUMN: words": where the words begin, and the two numbers; false: it says no place. */
static bool place_of(struct mbp_text line, unsigned *row, unsigned *column, size_t *words)
{
    char head[512];
    int end = 0;
    size_t len = line.len < sizeof head - 1 ? line.len : sizeof head - 1;
    memcpy(head, line.bytes, len);
    head[len] = '\0';
    for (const char *at = strchr(head, ':'); at != NULL; at = strchr(at + 1, ':')) {
        if (sscanf(at, ":%u:%u: %n", row, column, &end) == 2 && end > 0) {
            *words = (size_t)(at - head) + (size_t)end;
            return true;
        }
    }
    return false;
}

static void put_line(const struct verdict *verdict, FILE *out, struct mbp_text line, bool first)
{
    unsigned row = 0, column = 0;
    size_t words = 0;
    char said[1024];
    bool placed = place_of(line, &row, &column, &words);
    char *text = strndup(line.bytes + words, line.len - words);
    fprintf(out, "%s{\"line\":", first ? "" : ",");
    fprintf(out, placed ? "%u" : "null", row);
    fputs(",\"column\":", out);
    fprintf(out, placed ? "%u" : "null", column);
    fputs(",\"message\":", out);
    web_put_text(out, text == NULL ? "" : placed ? text : web_tr_made(verdict->call, text, said, sizeof said));
    putc('}', out);
    free(text);
}

static void put_messages(const struct web_item *item)
{
    const struct verdict *verdict = item->view;
    struct mbp_text left = verdict->said;
    putc('[', item->out);
    for (bool first = true; left.len > 0; first = false) {
        const char *end = memchr(left.bytes, '\n', left.len);
        size_t len = end != NULL ? (size_t)(end - left.bytes) : left.len;
        put_line(verdict, item->out, (struct mbp_text){left.bytes, len}, first);
        size_t used = end != NULL ? len + 1 : len;
        left = (struct mbp_text){left.bytes + used, left.len - used};
    }
    putc(']', item->out);
}

static const struct web_field message_fields[] = {
    {ROW("line", "of the text, from 1", WEB_COUNT), .nullable = true},
    {ROW("column", "in bytes, from 1", WEB_COUNT), .nullable = true},
    {ROW("message", "what is wrong, or what there is to know", WEB_TEXT)},
};
static const struct web_noun message_noun = WEB_NOUN("PlantMessage", message_fields);

static const struct web_field verdict_fields[] = {
    {ROW("ok", "it is a plant file that this plant can be", WEB_FLAG), .member = MBP_MEMBER(verdict, ok)},
    {ROW("unchanged", "it is the very text that runs", WEB_FLAG), .member = MBP_MEMBER(verdict, unchanged)},
    {ROW("saved", "the file on the plant's disk is the new one", WEB_FLAG), .member = MBP_MEMBER(verdict, saved)},
    {ROW("added", "machines and sensors", WEB_COUNT), .member = MBP_MEMBER(verdict, added)},
    {ROW("removed", "likewise", WEB_COUNT), .member = MBP_MEMBER(verdict, removed)},
    {ROW("changed", "likewise", WEB_COUNT), .member = MBP_MEMBER(verdict, changed)},
    {ROW("messages", "errors; where there are none, what there is to know", WEB_OBJECTS), .put = put_messages,
     .noun = &message_noun},
};
const struct web_noun web_verdict_noun = WEB_NOUN("PlantVerdict", verdict_fields);

static struct mbp_text said_in(const struct web_call *call)
{
    struct mbp_text french = mbp_image_staging_said_french(call->web->image);
    return call->lang == MBP_LANG_FR && french.len > 0 ? french : mbp_image_staging_said(call->web->image);
}

bool web_plant_is_put(struct web_call *call)
{
    const struct mbp_image_unit *unit = instructor_unit(call->web);
    const struct mbp_text said = said_in(call);
    unsigned row = 0, column = 0;
    size_t words = 0;
    if (unit == NULL)
        return true; /* the new plant has no instructor: it runs */
    if (!is_over(call)) {
        web_problem(call, 504, "it takes longer than expected; mbplantctl plant says what came of it");
        return false;
    }
    if (unit->input[MBP_STAGING_IR_STATE] != MBP_STAGING_REFUSED)
        return true;
    const char *end = memchr(said.bytes, '\n', said.len);
    struct mbp_text line = {said.bytes, end != NULL ? (size_t)(end - said.bytes) : said.len};
    if (place_of(line, &row, &column, &words)) {
        web_problem(call, 422, "so the plant file would be wrong: %.*s", (int)(line.len - words), line.bytes + words);
        return false;
    }
    char text[512];
    char spoken[1024];
    snprintf(text, sizeof text, "%.*s", (int)line.len, line.bytes);
    web_problem(call, 409, "%s", web_tr_made(call, text, spoken, sizeof spoken));
    return false;
}

void web_answer_plant(struct web_call *call)
{
    struct mbp_image_unit *unit = instructor_unit(call->web);
    if (unit == NULL) { /* the new plant has no instructor: it runs */
        const struct verdict plain = {.ok = true};
        const struct web_item item = {.web = call->web, .view = &plain, .out = call->out};
        web_put_noun(&web_verdict_noun, &item);
        call->status = 200;
        return;
    }
    if (!is_over(call)) {
        web_problem(call, 504, "it takes longer than expected; mbplantctl plant says what came of it");
        return;
    }
    const uint16_t *words = unit->input;
    const struct verdict verdict = {
        .ok = words[MBP_STAGING_IR_STATE] != MBP_STAGING_REFUSED,
        .unchanged = words[MBP_STAGING_IR_STATE] == MBP_STAGING_UNCHANGED,
        .saved = words[MBP_STAGING_IR_SAVED] != 0,
        .added = words[MBP_STAGING_IR_ADDED],
        .removed = words[MBP_STAGING_IR_REMOVED],
        .changed = words[MBP_STAGING_IR_CHANGED],
        .said = said_in(call),
        .call = call,
    };
    const struct web_item item = {.web = call->web, .view = &verdict, .out = call->out};
    web_put_noun(&web_verdict_noun, &item);
    call->status = 200;
}
