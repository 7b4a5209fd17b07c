/* report: how it went. Simulated times only, so that the same run gives the same report. */
#include <inttypes.h>
#include <string.h>

#include "scenario_priv.h"

static const char *const verdict_names[MBP_VERDICT_COUNT] = {"not begun", "not decided", "met", "missed"};
static const char *const format_names[MBP_PLAY_FORMAT_COUNT] = {"text", "json", "junit"};

const char *mbp_verdict_name(enum mbp_verdict verdict)
{
    return verdict_names[verdict];
}

int mbp_play_format_find(const char *name)
{
    for (int i = 0; i < MBP_PLAY_FORMAT_COUNT; i++) {
        if (strcmp(format_names[i], name) == 0)
            return i;
    }
    return -1;
}

/* ---- text ------------------------------------------------------------------------------------------------------- */

void report_line(const struct mbp_play *play, uint32_t i, FILE *out)
{
    static const char *const marks[MBP_VERDICT_COUNT] = {"-", "-", "ok", "MISSED"};
    struct mbp_expectation of = mbp_play_expectation(play, i);
    enum when when = play->config.scenario->expectations[i].when;
    bool decided = of.verdict >= MBP_VERDICT_MET;
    char now[CLOCK_LEN], took[CLOCK_LEN];
    fprintf(out, "%s  %-7s  %s", decided ? clock_text(of.decided_ns, now) : "            ", marks[of.verdict], of.what);
    bool waited = when == WHEN_WITHIN || when == WHEN_BEFORE;
    if (of.verdict == MBP_VERDICT_MET && waited)
        fprintf(out, " (%safter %s)", of.model ? "by the model student, " : "",
                span_text(of.decided_ns - of.begin_ns, took));
    else if (!decided)
        fprintf(out, " (%s)", mbp_verdict_name(of.verdict));
    if (of.points > 0)
        fprintf(out, " [%u of %u points]", of.verdict == MBP_VERDICT_MET ? of.points : 0, of.points);
    if (of.verdict == MBP_VERDICT_MISSED)
        fprintf(out, ": %s", of.found);
    fputc('\n', out);
}

/* What was met has been told when it was. */
static void report_text(const struct mbp_play *play, FILE *out)
{
    const struct mbp_play_sums sums = mbp_play_sums(play);
    char now[CLOCK_LEN];
    fprintf(out, "%s  %-7s  %s: %u of %u expectations met", clock_text(play->now_ns, now),
            mbp_play_passed(play) ? "PASSED" : "FAILED", play->config.scenario->def.name, sums.met,
            mbp_play_count(play));
    if (sums.points_all > 0)
        fprintf(out, ", %u of %u points", sums.points, sums.points_all);
    if (play->refused > 0)
        fprintf(out, "; %u step%s of the scenario could not be done", play->refused, play->refused == 1 ? "" : "s");
    fputc('\n', out);
    for (uint32_t i = 0; i < mbp_play_count(play); i++) {
        if (play->expectations[i].verdict != MBP_VERDICT_MET)
            report_line(play, i, out);
    }
}

/* ---- json ------------------------------------------------------------------------------------------------------- */

static void json_text(const char *text, FILE *out)
{
    fputc('"', out);
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            fputc('\\', out);
        if ((unsigned char)*text >= ' ')
            fputc(*text, out);
    }
    fputc('"', out);
}

static double seconds(uint64_t ns)
{
    return (double)ns / (double)MBP_NS_PER_S;
}

static void report_json(const struct mbp_play *play, FILE *out)
{
    const struct mbp_play_sums sums = mbp_play_sums(play);
    const char *passed = mbp_play_passed(play) ? "true" : "false";
    fputs("{\n  \"scenario\": ", out);
    json_text(play->config.scenario->def.name, out);
    fputs(",\n  \"plant\": ", out);
    json_text(play->config.plant->name, out);
    fprintf(out, ",\n  \"seed\": %" PRIu64 ",\n  \"simulated_s\": %.3f,\n  \"passed\": %s,\n", play->config.plant->seed,
            seconds(play->now_ns), passed);
    fprintf(out, "  \"met\": %u,\n  \"points\": %u,\n  \"points_max\": %u,\n  \"steps_refused\": %u,\n", sums.met,
            sums.points, sums.points_all, play->refused);
    fputs("  \"expectations\": [", out);
    for (uint32_t i = 0; i < mbp_play_count(play); i++) {
        struct mbp_expectation of = mbp_play_expectation(play, i);
        fputs(i == 0 ? "\n    {\"what\": " : ",\n    {\"what\": ", out);
        json_text(of.what, out);
        fprintf(out, ", \"verdict\": \"%s\"", mbp_verdict_name(of.verdict));
        if (of.verdict >= MBP_VERDICT_OPEN)
            fprintf(out, ", \"begin_s\": %.3f", seconds(of.begin_ns));
        if (of.verdict >= MBP_VERDICT_MET)
            fprintf(out, ", \"decided_s\": %.3f", seconds(of.decided_ns));
        if (of.verdict == MBP_VERDICT_MISSED) {
            fputs(", \"found\": ", out);
            json_text(of.found, out);
        }
        fprintf(out, ", \"points\": %u, \"student\": %s, \"model\": %s}", of.points, of.student ? "true" : "false",
                of.model ? "true" : "false");
    }
    fputs("\n  ]\n}\n", out);
}

/* ---- junit ------------------------------------------------------------------------------------------------------ */

static void junit_failure(const char *failure, const char *found, FILE *out)
{
    fprintf(out, "><failure message=\"%s%s", failure, found[0] != '\0' ? ": " : "");
    mbp_text_xml(found, out);
    fputs("\"/></testcase>\n", out);
}

/* A case of the suite's; failure NULL = none; found: what there was instead. Times are simulated ones. */
static void junit_case(const char *suite, const char *name, double time_s, const char *failure, const char *found,
                       FILE *out)
{
    fputs("  <testcase classname=\"", out);
    mbp_text_xml(suite, out);
    fputs("\" name=\"", out);
    mbp_text_xml(name, out);
    fprintf(out, "\" time=\"%.3f\"", time_s);
    if (failure == NULL)
        fputs("/>\n", out);
    else
        junit_failure(failure, found, out);
}

static void report_junit(const struct mbp_play *play, FILE *out)
{
    const struct mbp_play_sums sums = mbp_play_sums(play);
    uint32_t count = mbp_play_count(play);
    const char *suite = play->config.scenario->def.name;
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"", out);
    mbp_text_xml(suite, out);
    fprintf(out, "\" tests=\"%u\" failures=\"%u\" errors=\"0\" time=\"%.3f\">\n", count + 1,
            count - sums.met + (play->refused > 0 ? 1u : 0u), seconds(play->now_ns));
    for (uint32_t i = 0; i < count; i++) {
        struct mbp_expectation of = mbp_play_expectation(play, i);
        double time_s = of.verdict >= MBP_VERDICT_MET ? seconds(of.decided_ns - of.begin_ns) : 0;
        const char *failure = of.verdict == MBP_VERDICT_MET ? NULL : mbp_verdict_name(of.verdict);
        junit_case(suite, of.what, time_s, failure, of.found, out);
    }
    junit_case(suite, "every step could be done", 0, play->refused > 0 ? "refused by the plant" : NULL, "", out);
    fputs("</testsuite>\n", out);
}

void mbp_play_report(const struct mbp_play *play, enum mbp_play_format format, FILE *out)
{
    switch (format) {
    case MBP_PLAY_TEXT:
        report_text(play, out);
        break;
    case MBP_PLAY_JSON:
        report_json(play, out);
        break;
    case MBP_PLAY_JUNIT:
        report_junit(play, out);
        break;
    case MBP_PLAY_FORMAT_COUNT:
        break;
    }
    fflush(out);
}
