/* The report: noted in the loop, made in a thread. One at a time: what comes meanwhile waits for its turn. */
#include "past/report.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "mbplant/report/export.h"
#include "mbplant/report/own.h"
#include "past/job.h"
#include "people/logbook.h"

struct web_report {
    struct web_job job;
    const struct mbp_plant *plant; /* while it is being made */
    struct mbp_own_report *own;    /* likewise */
    struct mbp_report_options options;
    enum mbp_format format;
    char *text; /* the report */
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

static const enum mbp_format table_formats[] = {MBP_FORMAT_JSON, MBP_FORMAT_TEXT, MBP_FORMAT_MARKDOWN, MBP_FORMAT_CSV};
const char *const web_table_types[] = {"text/plain; charset=utf-8", "text/markdown; charset=utf-8",
                                       "text/csv; charset=utf-8", NULL};

const char *web_table_format_word(unsigned i)
{
    return i < COUNT_OF(table_formats) ? mbp_format_name(table_formats[i]) : NULL;
}

enum mbp_lang web_lang_of(const struct web_arg *arg)
{
    for (unsigned i = 0; arg->given && i < MBP_LANG_COUNT; i++) {
        if (strcasecmp(mbp_lang_name((enum mbp_lang)i), arg->text) == 0)
            return (enum mbp_lang)i;
    }
    return MBP_LANG_EN;
}

static unsigned word_of(const struct web_arg *arg, const char *(*word)(unsigned i), unsigned unless)
{
    for (unsigned i = 0; arg->given && word(i) != NULL; i++) {
        if (strcasecmp(word(i), arg->text) == 0)
            return i;
    }
    return unless;
}

/* ---- making it ------------------------------------------------------------------------------------------------ */

static void free_report(struct web_job *job)
{
    struct web_report *report = (struct web_report *)job;
    mbp_own_report_free(report->own);
    free(report->text);
    free(report);
}

static void make_export(struct web_report *report)
{
    struct mbp_export_options options = {
        .host = report->host, .port = report->port, .select = report->select[0] != '\0' ? report->select : NULL};
    struct mbp_buffer file = {0};
    struct mbp_buffer told = {0};
    report->job.status = MBP_ERR_MEMORY;
    if (mbp_buffer_open(&file) && mbp_buffer_open(&told)) {
        struct mbp_export_told lines = {.out = told.out};
        report->job.status = mbp_export_write(report->plant, &options, report->target, file.out, &lines);
    }
    char *written = mbp_buffer_close(&file);
    char *left_out = mbp_buffer_close(&told);
    report->text = report->left_out ? left_out : written;
    free(report->left_out ? written : left_out);
    if (report->text == NULL && report->job.status == MBP_OK)
        report->job.status = MBP_ERR_MEMORY;
}

static void make(void *ctx)
{
    struct web_report *report = ctx;
    struct mbp_buffer text;
    if (report->target != NULL) {
        make_export(report);
        return;
    }
    report->job.status = MBP_ERR_MEMORY;
    if (!mbp_buffer_open(&text))
        return;
    report->job.status = mbp_own_report_write(report->own, &report->options, report->format, text.out);
    report->text = mbp_buffer_close(&text);
    if (report->text == NULL && report->job.status == MBP_OK)
        report->job.status = MBP_ERR_MEMORY;
}

static void answer(struct web_call *call)
{
    struct web_report *report = (struct web_report *)call->job;
    enum mbp_status status = report != NULL ? report->job.status : MBP_ERR_BUSY;
    call->job = NULL;
    if (status == MBP_OK) {
        call->type = report->left_out         ? web_report_types[0]
                     : report->target != NULL ? report->target->type
                                              : type_of(report->format);
        call->response = mhd.create_response_from_buffer(strlen(report->text), report->text, MHD_RESPMEM_MUST_FREE);
        report->text = call->response != NULL ? NULL : report->text;
    } else if (status == MBP_ERR_MISSING && report->target == NULL) {
        web_problem(call, 404, "there is no incident %u", report->options.number);
    } else if (status == MBP_ERR_MISSING) {
        web_problem(call, 404, "no point has a name that 'select' chooses");
    } else if (status == MBP_ERR_BUSY) {
        web_problem(call, 503, "mbplantd is stopping");
    } else if (status == MBP_ERR_IO) {
        web_problem(call, 503, "the journal cannot be read just now");
    } else {
        web_problem(call, 503, "not enough memory for the report");
    }
    if (report != NULL)
        free_report(&report->job);
}

/* An export goes by the plant file alone. */
static enum mbp_status prepare(struct web_job *job)
{
    struct web_report *report = (struct web_report *)job;
    const struct mbp_web *web = job->web;
    const struct mbp_clock *clock = &web->config.clock;
    report->plant = web->plant;
    return report->target != NULL ? MBP_OK
                                  : mbp_own_report_new(web->plant, web->config.scan, web->config.journal,
                                                       clock->wall_ms(clock->ctx), &report->own);
}

static void stop(struct web_job *job)
{
    const struct web_report *report = (const struct web_report *)job;
    if (report->own != NULL)
        mbp_own_report_stop(report->own);
}

static const struct web_job_kind kind = {
    .most = 8, .in_turn = true, .prepare = prepare, .make = make, .stop = stop, .answer = answer, .free = free_report};

/* ---- asking ------------------------------------------------------------------------------------------------------ */

/* NULL after a problem. */
static struct web_report *new_report(struct web_call *call)
{
    struct web_report *report = NULL;
    if (web_jobs_are_many(call->web, &kind)) {
        web_problem(call, 503, "other reports are being made; again in a moment");
        return NULL;
    }
    report = calloc(1, sizeof *report);
    if (report != NULL)
        report->job = (struct web_job){.kind = &kind, .web = call->web, .call = call};
    else
        web_problem(call, 503, "not enough memory for the report");
    return report;
}

void web_serve_report(struct web_call *call)
{
    struct mbp_report_options options = {.lang = web_lang_of(web_arg(call, 3))};
    if (!web_moment(call, 1, false, &options.since) || !web_moment(call, 2, true, &options.until))
        return;
    if (mbp_moments_are_reversed(&options.since, &options.until)) {
        web_problem(call, 400, "'since' is not before 'until'");
        return;
    }
    struct web_report *report = new_report(call);
    if (report == NULL)
        return;
    report->options = options;
    report->format = (enum mbp_format)word_of(web_arg(call, 0), web_format_word, MBP_FORMAT_JSON);
    web_job_begin(&report->job);
}

/* ---- incidents and work ------------------------------------------------------------------------------------------ */

/* One of the plant's, or of those that it had: the journal's names have these as long as events tell of them. */
static bool is_machine(const struct web_call *call, const char *name)
{
    const struct mbp_names *names = mbp_journal_names(call->web->config.journal);
    bool found = web_find_machine(call->web->plant, name) != NOTHING || names->left_out;
    for (size_t t = 0; t < names->tag_count && !found; t++)
        found = names->tags[t].what == MBP_TAG_MACHINE && strcasecmp(names->tags[t].name, name) == 0;
    return found;
}

void web_serve_history(struct web_call *call)
{
    struct mbp_report_options options = {.what = (enum mbp_report_what)call->route->sub};
    bool one = options.what == MBP_WANT_INCIDENT;
    char *end = NULL;
    if (one) {
        unsigned long long number = strtoull(call->name, &end, 10);
        options.number = number <= UINT32_MAX ? (uint32_t)number : 0;
    }
    if (one && (call->name[0] < '0' || call->name[0] > '9' || *end != '\0' || options.number == 0)) {
        web_problem(call, 404, "there is no incident '%.40s'", call->name);
        return;
    }
    if (!one && web_arg(call, 4)->given && !is_machine(call, web_arg(call, 4)->text)) {
        web_unknown(call, WEB_MACHINES, web_arg(call, 4)->text, "");
        return;
    }
    if (!one && (!web_moment(call, 1, false, &options.since) || !web_moment(call, 2, true, &options.until)))
        return;
    struct web_report *report = new_report(call);
    if (report == NULL)
        return;
    report->format = MBP_FORMAT_JSON;
    options.lang = web_lang_of(web_arg(call, one ? 0 : 3));
    if (!one) {
        options.all = options.what == MBP_WANT_WORK && web_arg(call, 5)->given && web_arg(call, 5)->flag;
        report->format = table_formats[word_of(web_arg(call, 0), web_table_format_word, 0)];
    }
    const struct web_arg *limit = web_arg(call, options.what == MBP_WANT_WORK ? 6 : 5);
    if (!one && limit->given)
        options.most = (uint32_t)limit->number;
    if (!one && web_arg(call, 4)->given) {
        snprintf(report->select, sizeof report->select, "%s", web_arg(call, 4)->text);
        options.machine = report->select;
    }
    report->options = options;
    web_job_begin(&report->job);
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

/* Where masters reach the plant: what is asked for, else where it listens. */
static void set_place(struct web_call *call, struct web_report *report)
{
    const struct web_arg *host = web_arg(call, 1);
    const struct web_arg *port = web_arg(call, 2);
    web_export_place(call, report->host, sizeof report->host, &report->port);
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
    char pattern[MBP_EXPORT_PATTERN_MAX];
    if (select->given && mbp_export_unmatched(call->web->plant, select->text, pattern)) {
        web_problem(call, 404, "no point has a name that '%.80s' of 'select' chooses", pattern);
        return;
    }
    struct web_report *report = new_report(call);
    if (report == NULL)
        return;
    report->target = target;
    report->left_out = left_out->given && left_out->flag;
    if (select->given)
        snprintf(report->select, sizeof report->select, "%s", select->text);
    set_place(call, report);
    web_job_begin(&report->job);
}

bool web_reports_use(const struct mbp_web *web, const struct mbp_plant *plant)
{
    const struct web_report *report = (const struct web_report *)web_job_first(web, &kind);
    return report != NULL && report->plant == plant;
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
    {ROW("downtime_by_cause", "of the period, the longest first", WEB_OBJECTS)},
    {ROW("incidents", "of the period, the newest 200", WEB_OBJECTS), .noun = &web_incident_noun},
    {ROW("work", "of the period, and what is open, the newest 200", WEB_OBJECTS), .noun = &web_work_noun},
};
const struct web_noun web_report_noun = WEB_NOUN("Report", report_fields);
