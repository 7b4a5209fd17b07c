/* The results as a table, as JSON, as JUnit's XML. */
#include <stdlib.h>
#include <string.h>

#include "conform/conform.h"

#define SHORT_BYTES 24u

static const struct mbp_grid_column columns[] = {
    {"VERDICT", "verdict", false}, {"CASE", "case", false},         {"CLAUSE", "clause", false},
    {"SENT", "sent", false},       {"RECEIVED", "received", false}, {"EXPECTED", "expected", false},
    {"WHY NOT", "why", false},
};

static const char *conform_verdict_name(enum conform_verdict verdict)
{
    static const char *const names[CONFORM_VERDICTS] = {"pass", "FAIL", "differs", "skipped"};
    return names[verdict];
}

static void put_bytes(const uint8_t *bytes, size_t len, bool all, FILE *out)
{
    size_t shown = all || len <= SHORT_BYTES ? len : SHORT_BYTES;
    for (size_t i = 0; i < shown; i++)
        fprintf(out, "%02X", bytes[i]);
    if (shown < len)
        fprintf(out, ".. (%zu)", len);
}

/* Frames apart by " ; ". Of long ones the first bytes where there is no room for all. */
static void put_frames(const struct conform_frames *frames, bool closed, bool all, FILE *out)
{
    size_t at = 0;
    const char *between = "";
    for (unsigned f = 0; f < frames->count; f++) {
        fputs(between, out);
        put_bytes(frames->bytes + at, frames->ends[f] - at, all, out);
        at = frames->ends[f];
        between = " ; ";
    }
    if (at < frames->len) {
        fputs(between, out);
        put_bytes(frames->bytes + at, frames->len - at, all, out);
        between = " ; ";
    }
    if (closed)
        fprintf(out, "%s%s", between, ctl_tr("closed"));
}

/* Ownership: free; NULL without memory. */
static char *frames_text(const struct conform_frames *frames, bool closed, bool all)
{
    struct mbp_buffer buffer;
    if (mbp_buffer_open(&buffer))
        put_frames(frames, closed, all, buffer.out);
    return mbp_buffer_close(&buffer);
}

static bool put_row(struct mbp_grid *grid, const struct conform_case *its, const struct conform_result *result,
                    bool all)
{
    static const enum mbp_paint paints[CONFORM_VERDICTS] = {MBP_PAINT_GOOD, MBP_PAINT_BAD, MBP_PAINT_CARE,
                                                            MBP_PAINT_NONE};
    char *sent = frames_text(&result->sent, false, all);
    char *received = frames_text(&result->received, result->closed, all);
    bool ok = sent != NULL && received != NULL;
    if (ok) {
        mbp_grid_cell(grid, paints[result->verdict], "%s", ctl_tr(conform_verdict_name(result->verdict)));
        mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", its->name);
        mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", its->clause);
        mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", sent);
        mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", received);
        mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", its->expect);
        mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", result->why);
    }
    free(sent);
    free(received);
    return ok;
}

static enum mbp_status write_grid(const struct conform_result *results, const struct ctl *ctl)
{
    enum mbp_format format = ctl->options->format;
    bool people = format == MBP_FORMAT_TEXT || format == MBP_FORMAT_MARKDOWN;
    struct mbp_grid *grid = NULL;
    enum mbp_status status = ctl_grid_new(columns, sizeof columns / sizeof columns[0], &grid);
    size_t shown = 0;
    for (size_t c = 0; c < conform_case_count && status == MBP_OK; c++) {
        bool quiet = results[c].verdict == CONFORM_PASS || results[c].verdict == CONFORM_SKIPPED;
        if (people && quiet && !ctl->options->all)
            continue;
        shown++;
        status = put_row(grid, &conform_cases[c], &results[c], !people) ? MBP_OK : MBP_ERR_MEMORY;
    }
    if (status == MBP_OK && (shown > 0 || !people))
        status = mbp_grid_write(grid, format, ctl->colour, stdout);
    mbp_grid_free(grid);
    return status;
}

static void write_junit(const struct conform_ground *ground, const struct conform_result *results,
                        const unsigned counts[], FILE *out)
{
    const struct ctl_target *target = &ground->ctl->options->target;
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"conform ", out);
    mbp_text_xml(target->host, out);
    fprintf(out, ":%u unit %u\" tests=\"%zu\" failures=\"%u\" errors=\"0\" skipped=\"%u\">\n", target->port,
            ground->unit, conform_case_count, counts[CONFORM_FAIL], counts[CONFORM_DIFFERS] + counts[CONFORM_SKIPPED]);
    for (size_t c = 0; c < conform_case_count; c++) {
        const struct conform_result *result = &results[c];
        fprintf(out, "  <testcase classname=\"%s\" name=\"%s\"", conform_cases[c].clause, conform_cases[c].name);
        if (result->verdict == CONFORM_PASS) {
            fputs("/>\n", out);
            continue;
        }
        fprintf(out, "><%s message=\"%s", result->verdict == CONFORM_FAIL ? "failure" : "skipped",
                result->verdict == CONFORM_DIFFERS ? "differs: " : "");
        mbp_text_xml(result->why, out);
        fputs("\">sent ", out);
        put_frames(&result->sent, false, true, out);
        fputs(" received ", out);
        put_frames(&result->received, result->closed, true, out);
        fprintf(out, "</%s></testcase>\n", result->verdict == CONFORM_FAIL ? "failure" : "skipped");
    }
    fputs("</testsuite>\n", out);
}

static void say_ground(const struct conform_ground *ground)
{
    static const enum mbp_table order[] = {MBP_COILS, MBP_DISCRETE_INPUTS, MBP_HOLDING_REGISTERS, MBP_INPUT_REGISTERS};
    ctl_say("%s:%u, unit %u:", ground->ctl->options->target.host, ground->ctl->options->target.port, ground->unit);
    for (unsigned t = 0; t < MBP_TABLE_COUNT; t++) {
        const struct conform_area *area = &ground->areas[order[t]];
        if (area->found)
            ctl_say("%s %s %u..%u", t > 0 ? "," : "", mbp_table_word(order[t]), area->addr,
                    area->addr + area->count - 1u);
        else
            ctl_say("%s no %s", t > 0 ? "," : "", mbp_table_word(order[t]));
    }
    ctl_say("\n");
}

static void say_sum(const unsigned counts[])
{
    ctl_say("%u passed, %u FAILED, %u differ%s where the specification leaves a choice, %u not asked\n",
            counts[CONFORM_PASS], counts[CONFORM_FAIL], counts[CONFORM_DIFFERS],
            counts[CONFORM_DIFFERS] == 1 ? "s" : "", counts[CONFORM_SKIPPED]);
}

enum mbp_status conform_write(const struct conform_ground *ground, const struct conform_result *results)
{
    unsigned counts[CONFORM_VERDICTS] = {0};
    enum mbp_format format = ground->ctl->options->format;
    for (size_t c = 0; c < conform_case_count; c++)
        counts[results[c].verdict]++;
    if (format == MBP_FORMAT_JUNIT) {
        write_junit(ground, results, counts, stdout);
        return MBP_OK;
    }
    if (format == MBP_FORMAT_TEXT)
        say_ground(ground);
    enum mbp_status status = write_grid(results, ground->ctl);
    if (format == MBP_FORMAT_TEXT && status == MBP_OK)
        say_sum(counts);
    return status;
}
