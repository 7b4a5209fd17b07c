/* The simulation: its time, its seed and its snapshots, shown and commanded. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "instruct.h"
#include "mbplant/codec.h"
#include "mbplant/image/naming.h"

/* ---- shown ------------------------------------------------------------------------------------------------------- */

static const struct mbp_sim_figures *sim_of(const struct web_item *item)
{
    return item->view;
}

static void put_steps(const struct web_item *item)
{
    web_put_number(item->out, (double)sim_of(item)->steps);
}

static void put_snapshot_ms(const struct web_item *item)
{
    const struct mbp_sim_figures *sim = sim_of(item);
    uint64_t ms = sim->snapshot_ns / MBP_NS_PER_MS;
    web_put_number(item->out, sim->snapshot ? (double)ms : (double)NAN);
}

static void put_simulated_ms(const struct web_item *item)
{
    uint64_t ms = item->web->state->sim_ns / MBP_NS_PER_MS;
    web_put_number(item->out, (double)ms);
}

/* Of the instructor's unit: who may not read that sees neither (web_may_instruct). */
static void put_seed(const struct web_item *item)
{
    if (item->sub == 0) {
        fputs("null", item->out);
        return;
    }
    fprintf(item->out, "\"%llu\"", (unsigned long long)item->web->state->seed);
}

/* As files 845.. have them (mbplant/image/named.h). */
static void put_snapshots(const struct web_item *item)
{
    const char *line = item->sub == 0 ? "" : mbp_image_named_list(item->web->image);
    const char *between = "";
    putc('[', item->out);
    for (; *line != '\0'; line = strchr(line, '\n') + 1, between = ",") {
        char name[MBP_NAMED_MAX + 1];
        unsigned long long scan = 0, simulated_ms = 0, taken_ms = 0, seed = 0, bytes = 0;
        char wrong[128] = "";
        snprintf(name, sizeof name, "%.*s", (int)strcspn(line, "\t"), line);
        sscanf(strchr(line, '\t'), "%llu%llu%llu%llu%llu%*1[\t]%127[^\n]", &scan, &simulated_ms, &taken_ms, &seed,
               &bytes, wrong);
        fprintf(item->out, "%s{\"name\":", between);
        web_put_text(item->out, name);
        fprintf(item->out, ",\"simulated_ms\":%llu,\"taken_ms\":%llu,\"seed\":\"%llu\",\"wrong\":", simulated_ms,
                taken_ms, seed);
        if (wrong[0] != '\0')
            web_put_text(item->out, wrong);
        else
            fputs("null", item->out);
        putc('}', item->out);
    }
    putc(']', item->out);
}

static const struct web_field snapshot_fields[] = {
    {ROW("name", "of its file", WEB_TEXT)},
    {ROW("simulated_ms", "its simulated time", WEB_COUNT)},
    {ROW("taken_ms", "when, ms since 1970", WEB_COUNT)},
    {ROW("seed", "of what is random; a text, for it has 64 bits", WEB_TEXT)},
    {ROW("wrong", "why it cannot be restored here", WEB_TEXT), .nullable = true},
};
static const struct web_noun snapshot_noun = WEB_NOUN("Snapshot", snapshot_fields);

#define SIM(m) .member = MBP_MEMBER(mbp_sim_figures, m)
static const struct web_field sim_fields[] = {
    {ROW("paused", "no scan runs", WEB_FLAG), SIM(paused)},
    {ROW("speed", "scans per period of wall time, asked for", WEB_NUMBER), SIM(speed)},
    {ROW("speed_now", "reached", WEB_NUMBER), SIM(speed_now)},
    {ROW("steps_left", "scans that a step still has to run", WEB_COUNT), .put = put_steps},
    {ROW("simulated_ms", "since the start; a restore takes it back", WEB_COUNT), .put = put_simulated_ms},
    {ROW("snapshot", "there is one", WEB_FLAG), SIM(snapshot)},
    {ROW("snapshot_ms", "its simulated time", WEB_COUNT), .nullable = true, .put = put_snapshot_ms},
    {ROW("seed", "of what is random; a text, for it has 64 bits; null for who may not read the instructor's unit",
         WEB_TEXT),
     .nullable = true, .put = put_seed},
    {ROW("restored", "how many times", WEB_COUNT), SIM(restored)},
    {ROW("late_scans", "count", WEB_COUNT), SIM(late)},
    {ROW("snapshots", "with names, in files", WEB_OBJECTS), .put = put_snapshots, .noun = &snapshot_noun},
};
const struct web_noun web_sim_noun = WEB_NOUN("Simulation", sim_fields);

void web_serve_sim(struct web_call *call)
{
    const struct mbp_sim_figures sim = mbp_scan_sim(call->web->config.scan);
    const struct web_item item = {.web = call->web, .view = &sim, .sub = web_may_instruct(call), .out = call->out};
    web_put_noun(&web_sim_noun, &item);
    putc('\n', call->out);
}

/* ---- commanded ----------------------------------------------------------------------------------------------------
 */

static bool write_sim_coil(struct web_call *call, uint16_t addr, const struct web_arg *arg)
{
    const uint16_t on = arg->flag;
    return !arg->given || web_instruct(call, MBP_COILS, addr, 1, &on);
}

enum { SIM_PAUSE, SIM_STEP, SIM_SPEED, SIM_SNAPSHOT, SIM_RESTORE, SIM_SEED, SIM_REMOVE };

static void act(const struct web_call *call)
{
    if (call->web->config.before_request != NULL)
        call->web->config.before_request(call->web->config.ctx);
}

/* A number has 53 bits, a text as many as a seed. False: a problem is answered. */
static bool take_seed(struct web_call *call, const struct web_arg *arg, uint64_t *seed)
{
    char *end = NULL;
    const json_int_t number = json_is_integer(arg->json) ? json_integer_value(arg->json) : -1;
    errno = 0;
    if (arg->text != NULL && arg->text[0] >= '0' && arg->text[0] <= '9')
        *seed = strtoull(arg->text, &end, 10);
    else if (number >= 0)
        *seed = (uint64_t)number;
    if (number >= 0 || (end != NULL && *end == '\0' && errno == 0))
        return true;
    web_problem(call, 422, "'seed' must be a whole number from 0 to 18446744073709551615; above 2^53 as a text");
    return false;
}

/* A snapshot brings its own seed, so what is asked comes behind it. */
static bool write_seed(struct web_call *call, uint64_t seed)
{
    uint16_t words[MBP_SIM_SEED_WORDS];
    if (web_arg(call, SIM_RESTORE)->given)
        act(call);
    mbp_codec_put_bits(MBP_UINT64, MBP_ABCD, seed, words);
    return web_instruct(call, MBP_HOLDING_REGISTERS, MBP_SIM_HR_SEED, MBP_SIM_SEED_WORDS, words);
}

/* ---- snapshots with names ---- */

static const struct {
    unsigned arg;
    uint16_t command;
} named[] = {{SIM_SNAPSHOT, MBP_NAMED_TAKE}, {SIM_RESTORE, MBP_NAMED_RESTORE}, {SIM_REMOVE, MBP_NAMED_REMOVE}};

static const struct web_arg *name_given(const struct web_call *call, uint16_t *command)
{
    for (size_t i = 0; i < sizeof named / sizeof named[0]; i++) {
        *command = named[i].command;
        if (web_arg(call, named[i].arg)->text != NULL)
            return web_arg(call, named[i].arg);
    }
    return NULL;
}

static bool is_plain_flag(struct web_call *call, unsigned arg, const char *key)
{
    const struct web_arg *value = web_arg(call, arg);
    if (!value->given || value->text != NULL || json_is_boolean(value->json))
        return true;
    web_problem(call, 422, "'%s' must be true, or a name in quotes", key);
    return false;
}

/* Alone in its request, for what else stood there would be done before it or after it. */
static bool may_name(struct web_call *call, const struct web_arg *name)
{
    unsigned given = 0;
    const char *why = mbp_file_name_check(name->text, MBP_NAMED_MAX);
    for (unsigned i = 0; i <= SIM_REMOVE; i++)
        given += web_arg(call, i)->given;
    if (given > 1)
        web_problem(call, 422, "a snapshot with a name is asked for alone");
    else if (why != NULL)
        web_problem(call, 422, "'%s' is no name for a snapshot: %s", name->text, why);
    return given <= 1 && why == NULL;
}

static const struct mbp_image_unit *instructor_unit(const struct mbp_web *web)
{
    const struct mbp_unit *unit = mbp_plant_find_unit(web->plant, MBP_INSTRUCTOR_UNIT);
    return unit != NULL ? web_image_unit(web, unit) : NULL;
}

static bool is_over(const struct web_call *call)
{
    const struct mbp_image_unit *unit = instructor_unit(call->web);
    return unit == NULL || unit->input[MBP_NAMED_IR_NUMBER] != (uint16_t)call->index;
}

static void command_named(struct web_call *call, const struct web_arg *name, uint16_t command)
{
    uint16_t words[MBP_NAMED_HR_END - MBP_NAMED_HR_NAME] = {0};
    if (!may_name(call, name))
        return;
    const struct mbp_image_unit *unit = instructor_unit(call->web);
    if (unit->input[MBP_NAMED_IR_STATE] == MBP_NAMED_WORKING) {
        web_problem(call, 503, "another snapshot is being worked on; again in a moment");
        return;
    }
    for (size_t i = 0; name->text[i] != '\0'; i++)
        words[i / 2] |= (uint16_t)((uint8_t)name->text[i] << (i % 2 == 0 ? 8 : 0));
    words[MBP_NAMED_HR_COMMAND - MBP_NAMED_HR_NAME] = command;
    call->index = unit->input[MBP_NAMED_IR_NUMBER];
    if (web_instruct(call, MBP_HOLDING_REGISTERS, MBP_NAMED_HR_NAME, sizeof words / sizeof words[0], words))
        web_await(call, is_over);
}

void web_answer_sim(struct web_call *call)
{
    char said[512];
    const struct mbp_image_unit *unit = instructor_unit(call->web);
    if (!is_over(call)) {
        web_problem(call, 504, "it takes longer than expected; GET %s/sim says what came of it", WEB_API);
    } else if (unit != NULL && unit->input[MBP_NAMED_IR_STATE] == MBP_NAMED_REFUSED) {
        web_problem(call, 409, "%s", web_tr_made(call, mbp_image_named_said(call->web->image), said, sizeof said));
    } else {
        web_serve_sim(call);
        call->status = 200;
    }
}

/* ---- all ---- */

/* A refusal says why: a plant that runs takes no step. */
static bool write_steps(struct web_call *call, uint16_t scans)
{
    uint8_t request[MBP_PDU_MAX];
    const struct mbp_unit *unit = mbp_plant_find_unit(call->web->plant, MBP_INSTRUCTOR_UNIT);
    struct mbp_image_unit *image = web_image_unit(call->web, unit);
    size_t len = mbp_pdu_write(&unit->answer, MBP_HOLDING_REGISTERS, MBP_SIM_HR_STEPS, 1, &scans, request);
    enum mbp_status status = web_request(call, image, request, len);
    if (status == MBP_OK || call->status != 0)
        return status == MBP_OK;
    if (status == MBP_EX_SERVER_DEVICE_FAILURE && image->coils[MBP_SIM_COIL_PAUSED] == 0)
        web_problem(call, 409, "the plant is running, and only a paused one steps");
    else
        web_refuse(call, status);
    return false;
}

/* Acts at once, between two scans; with a file, when the disk has answered. */
void web_command_sim(struct web_call *call)
{
    uint16_t words[2];
    uint16_t command;
    uint64_t seed = 0;
    bool seeds = web_arg(call, SIM_SEED)->given;
    const struct web_arg *name = name_given(call, &command);
    if (!web_instructs(call))
        return;
    if (name != NULL) {
        command_named(call, name, command);
        return;
    }
    if ((seeds && !take_seed(call, web_arg(call, SIM_SEED), &seed)) || !is_plain_flag(call, SIM_SNAPSHOT, "snapshot") ||
        !is_plain_flag(call, SIM_RESTORE, "restore") ||
        !write_sim_coil(call, MBP_SIM_COIL_PAUSED, web_arg(call, SIM_PAUSE)) ||
        !write_sim_coil(call, MBP_SIM_COIL_SNAPSHOT, web_arg(call, SIM_SNAPSHOT)) ||
        !write_sim_coil(call, MBP_SIM_COIL_RESTORE, web_arg(call, SIM_RESTORE)) || (seeds && !write_seed(call, seed)))
        return;
    if (web_arg(call, SIM_SPEED)->given) {
        mbp_codec_encode(MBP_FLOAT32, MBP_ABCD, 1, web_arg(call, SIM_SPEED)->number, words);
        if (!web_instruct(call, MBP_HOLDING_REGISTERS, MBP_SIM_HR_SPEED, 2, words))
            return;
    }
    if (web_arg(call, SIM_STEP)->given && !write_steps(call, (uint16_t)web_arg(call, SIM_STEP)->number))
        return;
    act(call);
    call->out = web_scratch(call->web);
    web_serve_sim(call);
}
