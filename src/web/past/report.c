/* The report: noted in the loop, made in libuv's pool of threads, so that scans and masters do not wait for it. One at
 * a time: what comes meanwhile waits for its turn. */
#include "past/report.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "mbplant/report/export.h"
#include "mbplant/report/own.h"
#include "mbplant/work.h"

#define REPORTS_MAX 8u /* that may wait */

struct web_report {
    struct mbp_work *work; /* while it is being made */
    struct mbp_web *web;
    struct web_call *call; /* NULL = nobody waits for it any more */
    struct web_report *next;
    const struct mbp_plant *plant; /* while it is being made */
    struct mbp_own_report *own;    /* likewise */
    struct mbp_report_wish wish;
    enum mbp_format format;
    char *text; /* the report */
    enum mbp_status status;
    /* an export, in the place of a report: NULL = it is none */
    const struct mbp_export_target *target;
    bool left_out; /* what is told beside it is asked for, not the file */
    uint16_t port;
    char host[256], select[256];
};

/* ---- words ------------------------------------------------------------------------------------------------------- */

/* Of what is not JSON, in the order of the formats. */
const char *const web_report_types[] = {"text/plain; charset=utf-8", "text/markdown; charset=utf-8",
                                        "text/html; charset=utf-8", "text/csv; charset=utf-8", NULL};

static const char *type_of(enum mbp_format format)
{
    return format == MBP_FORMAT_JSON ? NULL : web_report_types[format < MBP_FORMAT_JSON ? format : format - 1];
}

const char *web_format_word(unsigned i)
{
    return i < MBP_FORMAT_JSONL ? mbp_format_name((enum mbp_format)i) : NULL;
}

const char *web_lang_word(unsigned i)
{
    return i < MBP_LANG_COUNT ? mbp_lang_name((enum mbp_lang)i) : NULL;
}

static unsigned word_of(const struct web_arg *arg, const char *(*word)(unsigned i), unsigned unless)
{
    for (unsigned i = 0; arg->given && word(i) != NULL; i++) {
        if (strcasecmp(word(i), arg->text) == 0)
            return i;
    }
    return unless;
}

/* ---- one after another ------------------------------------------------------------------------------------------- */

static void make_export(struct web_report *report)
{
    struct mbp_export_wish wish = {
        .host = report->host, .port = report->port, .select = report->select[0] != '\0' ? report->select : NULL};
    struct mbp_buffer file = {0};
    struct mbp_buffer told = {0};
    report->status = MBP_ERR_MEMORY;
    if (mbp_buffer_open(&file) && mbp_buffer_open(&told))
        report->status = mbp_export_write(report->plant, &wish, report->target, file.out, told.out);
    char *written = mbp_buffer_close(&file);
    char *lines = mbp_buffer_close(&told);
    report->text = report->left_out ? lines : written;
    free(report->left_out ? written : lines);
    if (report->text == NULL && report->status == MBP_OK)
        report->status = MBP_ERR_MEMORY;
}

static void make(void *ctx)
{
    struct web_report *report = ctx;
    struct mbp_buffer text;
    if (report->target != NULL) {
        make_export(report);
        return;
    }
    report->status = MBP_ERR_MEMORY;
    if (!mbp_buffer_open(&text))
        return;
    report->status = mbp_own_report_write(report->own, &report->wish, report->format, text.out);
    report->text = mbp_buffer_close(&text);
    if (report->text == NULL && report->status == MBP_OK)
        report->status = MBP_ERR_MEMORY;
}

static void answer(struct web_call *call)
{
    struct web_report *report = call->report;
    enum mbp_status status = report != NULL ? report->status : MBP_ERR_BUSY;
    call->report = NULL;
    if (status == MBP_OK) {
        call->type = report->left_out         ? web_report_types[0]
                     : report->target != NULL ? report->target->type
                                              : type_of(report->format);
        call->response = MHD_create_response_from_buffer(strlen(report->text), report->text, MHD_RESPMEM_MUST_FREE);
        report->text = call->response != NULL ? NULL : report->text;
    } else if (status == MBP_ERR_MISSING) {
        web_problem(call, 404, "no point has a name that 'select' chooses");
    } else if (status == MBP_ERR_BUSY) {
        web_problem(call, 503, "mbplantd is stopping");
    } else if (status == MBP_ERR_IO) {
        web_problem(call, 503, "the journal cannot be read just now");
    } else {
        web_problem(call, 503, "not enough memory for the report");
    }
    web_report_free(report);
}

/* To who waits for it, if somebody does. */
static void settle(struct web_report *report)
{
    struct web_call *call = report->call;
    if (call == NULL) {
        web_report_free(report);
        return;
    }
    call->report = report;
    MHD_resume_connection(call->connection);
}

static enum mbp_status begin(struct web_report *report);

/* The next one that can be begun. */
static void begin_next(struct mbp_web *web)
{
    while (web->reports != NULL && !web->closing) {
        struct web_report *report = web->reports;
        report->status = begin(report);
        if (report->status == MBP_OK)
            return;
        web->reports = report->next;
        settle(report);
    }
}

static void on_made(void *ctx)
{
    struct web_report *report = ctx;
    struct mbp_web *web = report->web;
    web->reports = report->next;
    settle(report);
    begin_next(web);
    web_run(web);
    web_let_go(web);
}

static enum mbp_status begin(struct web_report *report)
{
    struct mbp_web *web = report->web;
    const struct mbp_clock *clock = &web->config.clock;
    enum mbp_status status = MBP_OK;
    if (report->target == NULL) /* an export goes by the plant file alone */
        status = mbp_own_report_new(web->plant, web->config.scan, web->config.journal, clock->wall_ms(clock->ctx),
                                    &report->own);
    if (status != MBP_OK)
        return status;
    report->plant = web->plant;
    status = mbp_work_start(web->config.loop, make, on_made, report, &report->work);
    if (status == MBP_OK)
        web->handles++;
    return status;
}

/* ---- asking ------------------------------------------------------------------------------------------------------ */

/* At the end of those that wait; NULL after a problem. */
static struct web_report *join(struct web_call *call)
{
    struct web_report **end = &call->web->reports;
    unsigned count = 0;
    for (; *end != NULL; end = &(*end)->next)
        count++;
    if (count == REPORTS_MAX) {
        web_problem(call, 503, "other reports are being made; again in a moment");
        return NULL;
    }
    *end = calloc(1, sizeof **end);
    if (*end == NULL) {
        web_problem(call, 503, "not enough memory for the report");
        return NULL;
    }
    **end = (struct web_report){.web = call->web, .call = call};
    return *end;
}

/* To be made when its turn comes, which may be now. */
static void queue(struct web_call *call, struct web_report *report)
{
    struct mbp_web *web = call->web;
    call->stage = WEB_WAITS;
    call->then = answer;
    if (web->reports != report)
        return;
    report->status = begin(report);
    if (report->status == MBP_OK)
        return;
    web->reports = NULL;
    call->stage = WEB_SERVED;
    call->report = report;
    answer(call);
}

void web_serve_report(struct web_call *call)
{
    struct mbp_report_wish wish = {.lang = (enum mbp_lang)word_of(web_arg(call, 3), web_lang_word, MBP_LANG_EN)};
    if (!web_moment(call, 1, false, &wish.since) || !web_moment(call, 2, true, &wish.until))
        return;
    if (mbp_moments_are_reversed(&wish.since, &wish.until)) {
        web_problem(call, 400, "'since' is not before 'until'");
        return;
    }
    struct web_report *report = join(call);
    if (report == NULL)
        return;
    report->wish = wish;
    report->format = (enum mbp_format)word_of(web_arg(call, 0), web_format_word, MBP_FORMAT_JSON);
    queue(call, report);
}

/* ---- exports -----------------------------------------------------------------------------------------------------
 */

const char *const web_export_types[] = {"text/markdown; charset=utf-8", "text/plain; charset=utf-8", "application/yaml",
                                        "application/json", NULL};

static void no_target(struct web_call *call)
{
    char names[256];
    size_t len = 0;
    for (size_t t = 0; t < mbp_export_target_count && len < sizeof names; t++)
        len += (size_t)snprintf(names + len, sizeof names - len, "%s%s", t > 0 ? ", " : "", mbp_export_targets[t].name);
    web_problem(call, 404, "no target '%.40s'; there are %s", call->name, names);
}

/* Where masters reach the plant: what is asked for, else what its file says. */
static void set_place(struct web_call *call, struct web_report *report)
{
    const struct web_arg *host = web_arg(call, 1);
    const struct web_arg *port = web_arg(call, 2);
    const char *listen = mbp_listens_tcp(&call->web->plant->server.listen);
    if (listen == NULL || mbp_endpoint_parse(listen, report->host, sizeof report->host, &report->port) != MBP_OK)
        snprintf(report->host, sizeof report->host, "127.0.0.1");
    if (host->given)
        snprintf(report->host, sizeof report->host, "%s", host->text);
    if (port->given)
        report->port = (uint16_t)port->number;
}

void web_serve_export(struct web_call *call)
{
    const struct mbp_export_target *target = mbp_export_find(call->name);
    const struct web_arg *select = web_arg(call, 0);
    const struct web_arg *left_out = web_arg(call, 3);
    if (target == NULL) {
        no_target(call);
        return;
    }
    if (select->given && strlen(select->text) >= sizeof((struct web_report *)NULL)->select) {
        web_problem(call, 400, "'select' is longer than 255 bytes");
        return;
    }
    struct web_report *report = join(call);
    if (report == NULL)
        return;
    report->target = target;
    report->left_out = left_out->given && left_out->flag;
    if (select->given)
        snprintf(report->select, sizeof report->select, "%s", select->text);
    set_place(call, report);
    queue(call, report);
}

/* ---- those who leave --------------------------------------------------------------------------------------------- */

void web_report_free(struct web_report *report)
{
    if (report == NULL)
        return;
    mbp_own_report_free(report->own);
    free(report->text);
    free(report);
}

void web_report_leave(struct web_call *call)
{
    for (struct web_report *report = call->web->reports; report != NULL; report = report->next) {
        if (report->call == call)
            report->call = NULL;
    }
    web_report_free(call->report);
    call->report = NULL;
}

void web_reports_end(struct mbp_web *web)
{
    struct web_report *making = web->reports;
    if (making == NULL)
        return;
    if (making->own != NULL)
        mbp_own_report_stop(making->own);
    for (struct web_report *report = making; report != NULL; report = report->next) {
        if (report->call != NULL)
            MHD_resume_connection(report->call->connection);
        report->call = NULL;
    }
    while (making->next != NULL) {
        struct web_report *report = making->next;
        making->next = report->next;
        web_report_free(report);
    }
}

bool web_reports_use(const struct mbp_web *web, const struct mbp_plant *plant)
{
    return web->reports != NULL && web->reports->plant == plant;
}

/* The keys of `mbplantctl report --format json` (src/report/json.c). */
static const struct web_field report_fields[] = {
    {ROW("plant", "of the plant file", WEB_TEXT)},
    {ROW("made", "when", WEB_TIME)},
    {ROW("made_ms", "the same, since 1970", WEB_COUNT)},
    {ROW("summary", "counts of machines, alarms, products, scans and events", WEB_OBJECT)},
    {ROW("last_incident", "the event of the last machine that failed", WEB_OBJECT), .nullable = true},
    {ROW("machines", "as they are now, and since their first start", WEB_OBJECTS)},
    {ROW("alarms", "that are not normal", WEB_OBJECTS)},
    {ROW("actuators", "as they are now", WEB_OBJECTS)},
    {ROW("controllers", "as they are now", WEB_OBJECTS)},
    {ROW("analysis", "the period: figures of machines and alarms", WEB_OBJECT), .nullable = true},
};
const struct web_noun web_report_noun = WEB_NOUN("Report", report_fields);
