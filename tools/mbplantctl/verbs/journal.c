/* journal: the plant's events, from the slave or from a saved dump. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"
#include "dump/dump.h"
#include "slave/events.h"
#include "slave/names.h"
#include "slave/snapshot.h"
#include "verbs/journal_read.h"
#include "verbs/logbook/logbook.h"
#include "verbs/verify.h"

/* The unit with the journal, or -1 (told). */
static int journal_unit(struct ctl *ctl)
{
    return ctl_link(ctl) != NULL ? ctl_summary_unit(ctl->plant) : -1;
}

/* On stderr: what is piped on stays what was asked for, nothing. */
static void say_none(const struct journal_reading *reading)
{
    struct mbp_summary_view summary;
    if (ctl_summary_read(reading->ctl, reading->unit, &summary) != MBP_OK)
        return;
    if (summary.last_event == 0)
        ctl_error("the journal has no event yet");
    else
        ctl_error("no such event among those of the journal, %u to %u", summary.oldest_event, summary.last_event);
}

/* The period, and with --follow what comes after it. */
static enum mbp_status read_on(struct journal_reading *reading)
{
    enum mbp_status status = journal_read_period(reading);
    if (status == MBP_OK && reading->ctl->options->follow && !ferror(reading->printing->out))
        status = journal_follow(reading);
    return status;
}

/* --last: what comes before those is counted, and then left out. Without a choice among events their numbers do. */
static enum mbp_status skip_to_last(struct journal_reading *reading)
{
    const struct ctl_options *options = reading->ctl->options;
    struct journal_printing *printing = reading->printing;
    struct mbp_summary_view summary;
    bool chosen = options->machine != NULL || options->sensor != NULL || options->code != NULL;
    if (options->last == 0)
        return MBP_OK;
    if (!chosen && options->since.kind == MBP_MOMENT_NONE && options->until.kind == MBP_MOMENT_NONE) {
        enum mbp_status status = ctl_summary_read(reading->ctl, reading->unit, &summary);
        if (status == MBP_OK && summary.last_event > options->last)
            reading->next = (uint64_t)summary.last_event - options->last + 1;
        if (status == MBP_OK && reading->next > 0 && reading->next < summary.oldest_event)
            reading->next = summary.oldest_event;
        return status;
    }
    struct journal_reading counting = *reading;
    printing->quiet = true;
    enum mbp_status status = journal_read_period(&counting);
    printing->quiet = false;
    printing->skip = printing->count > options->last ? printing->count - options->last : 0;
    printing->count = 0;
    return status;
}

static enum ctl_exit show(struct ctl *ctl, struct journal_printing *printing)
{
    int unit = journal_unit(ctl);
    if (unit < 0)
        return CTL_FAILED;
    struct journal_reading reading = {.ctl = ctl, .printing = printing, .unit = (uint8_t)unit};
    enum mbp_status status = skip_to_last(&reading);
    mbp_report_event_header(printing->format, stdout);
    printing->chain.on = printing->format == MBP_FORMAT_JSON || printing->format == MBP_FORMAT_JSONL;
    if (status == MBP_OK)
        status = read_on(&reading);
    if (status == MBP_OK && printing->count == 0 && printing->format == MBP_FORMAT_TEXT)
        say_none(&reading);
    if (status == MBP_OK)
        return CTL_OK;
    char kept[96] = "journal";
    if (printing->last > 0)
        snprintf(kept, sizeof kept, ctl_tr("journal ends after event %u (mbplantctl journal --since %u resumes)"),
                 printing->last, printing->last + 1);
    return ctl_fail(ctl, status, kept);
}

/* ---- saving ----------------------------------------------------------------------------------------------------- */

static bool same_event(const struct mbp_event *a, const struct mbp_event *b)
{
    uint16_t of_a[MBP_EVENT_WORDS];
    uint16_t of_b[MBP_EVENT_WORDS];
    mbp_event_encode(a, of_a);
    mbp_event_encode(b, of_b);
    /* value and limit (words 12..15): a NaN has many forms, and JSON knows one */
    return memcmp(of_a, of_b, 12 * sizeof *of_a) == 0 && memcmp(of_a + 16, of_b + 16, 4 * sizeof *of_a) == 0;
}

/* Whether the dump's last event is this slave's too: it is then the same journal, of the same plant. */
static bool is_continued_by(struct ctl *ctl, uint8_t unit, const struct ctl_dump *dump, const char *path)
{
    struct mbp_summary_view summary;
    struct mbp_event event;
    if (dump->last.seq == 0)
        return true;
    enum mbp_status status = ctl_summary_read(ctl, unit, &summary);
    if (status == MBP_OK && summary.oldest_event > dump->last.seq)
        return true; /* gone: what follows is told as a gap */
    if (status == MBP_OK && summary.last_event >= dump->last.seq) {
        status = ctl_event_read(ctl->link, unit, dump->last.seq, &event);
        if (status == MBP_OK && same_event(&event, &dump->last))
            return true;
    }
    if (status == MBP_OK)
        ctl_error("--save %s: its last event %u is not in the journal of %s: a dump of another plant, or the journal "
                  "was begun anew; choose another name",
                  path, dump->last.seq, ctl_target_text(&ctl->options->target));
    else
        ctl_fail(ctl, status, path);
    return false;
}

static void source_text(const struct ctl *ctl, char *buf, size_t size)
{
    snprintf(buf, size, "%.60s", ctl_target_text(&ctl->options->target));
}

static uint64_t now_ms(void)
{
    struct mbp_clock clock = mbp_clock_system();
    return clock.wall_ms(clock.ctx);
}

/* An existing dump, to be gone on with. */
static FILE *resume(struct ctl *ctl, uint8_t unit, struct journal_reading *reading)
{
    const char *path = ctl->options->save_path;
    struct ctl_dump dump;
    char why[CTL_DUMP_WHY] = "";
    char source[80];
    FILE *file = NULL;
    if (ctl_dump_open(path, &dump, why) != MBP_OK) {
        ctl_error("--save %s: it exists and is no dump that could be gone on with (%s); choose another name", path,
                  why);
        return NULL;
    }
    const struct mbp_moment *since = &ctl->options->since;
    if (since->kind != MBP_MOMENT_NONE && !(since->kind == MBP_MOMENT_EVENT && since->seq == dump.last.seq + 1))
        ctl_error("--save %s: it exists and ends with event %u, so it is gone on with there and not from --since", path,
                  dump.last.seq);
    else if (!is_continued_by(ctl, unit, &dump, path))
        ;
    else if (ctl_dump_resume(path, &dump, &file, why) != MBP_OK)
        ctl_error("--save %s: %s", path, why);
    if (file != NULL &&
        (dump.plant->text_crc != ctl->plant->text_crc || dump.plant->text.len != ctl->plant->text.len)) {
        source_text(ctl, source, sizeof source);
        ctl_dump_put_plant(file, ctl->plant, source, now_ms());
    }
    reading->next = dump.last.seq > 0 ? (uint64_t)dump.last.seq + 1 : 0;
    reading->printing->chain = (struct journal_chain){true, true, dump.last.seq + 1, dump.beside.check, true};
    if (dump.last.seq == 0 || !dump.beside.has_check)
        reading->printing->chain.next = 0;
    reading->saved = dump.names;
    dump.names = (struct mbp_names){0};
    ctl_dump_close(&dump);
    return file;
}

static FILE *open_dump(struct ctl *ctl, uint8_t unit, struct journal_reading *reading)
{
    const char *path = ctl->options->save_path;
    char why[CTL_DUMP_WHY] = "";
    char source[80];
    FILE *file = NULL;
    source_text(ctl, source, sizeof source);
    if (ctl_dump_create(path, ctl->plant, source, now_ms(), &file, why) == MBP_OK)
        return file;
    if (errno == EEXIST)
        return resume(ctl, unit, reading);
    ctl_error("--save %s: %s", path, why);
    return NULL;
}

/* What the plant is like, then the events that led to it: a dump that breaks off has the former at least. */
static enum mbp_status save_all(struct journal_reading *reading, const struct mbp_plant_view *snapshot,
                                uint64_t taken_ms)
{
    struct journal_printing *printing = reading->printing;
    char why[256] = "";
    ctl_dump_put_snapshot(printing->out, printing->by.plant, snapshot, taken_ms);
    enum mbp_status status = read_on(reading);
    if (status != MBP_OK)
        ctl_why(reading->ctl, status, why, sizeof why);
    ctl_dump_put_end(printing->out, (uint32_t)(reading->next > 0 ? reading->next - 1 : 0), status == MBP_OK, why);
    return status;
}

static enum ctl_exit save(struct ctl *ctl, struct journal_printing *printing)
{
    const char *path = ctl->options->save_path;
    int unit = journal_unit(ctl);
    struct journal_reading reading = {.ctl = ctl, .printing = printing, .unit = (uint8_t)unit, .saving = true};
    struct mbp_plant_view snapshot;
    if (unit < 0 || ctl_snapshot_take(ctl, &snapshot) != CTL_OK)
        return CTL_FAILED;
    printing->chain.on = printing->chain.alone = true;
    printing->out = open_dump(ctl, reading.unit, &reading);
    enum mbp_status status = MBP_OK;
    bool written = true;
    if (printing->out != NULL) {
        status = save_all(&reading, &snapshot, now_ms());
        written = !ferror(printing->out);
        written = fclose(printing->out) == 0 && written;
    }
    mbp_plant_view_free(ctl->plant, &snapshot);
    mbp_names_free(&reading.saved);
    if (printing->out == NULL)
        return CTL_FAILED;
    char kept[CTL_DUMP_WHY];
    if (!written) {
        ctl_error("--save %s: cannot write it all; is the disk full? The same command again goes on where it ends",
                  path);
        return CTL_FAILED;
    }
    if (status != MBP_OK) {
        snprintf(kept, sizeof kept,
                 ctl_tr("%s is a partial dump, up to event %u; the same command again goes on there"), path,
                 (uint32_t)(reading.next > 0 ? reading.next - 1 : 0));
        return ctl_fail(ctl, status, kept);
    }
    ctl_say("%llu event%s saved in %s; mbplantctl journal --load %s shows them\n", (unsigned long long)printing->count,
            printing->count == 1 ? "" : "s", path, path);
    return CTL_OK;
}

/* ---- from a dump ------------------------------------------------------------------------------------------------ */

static enum ctl_exit load(struct ctl *ctl, struct journal_printing *printing)
{
    const char *path = ctl->options->load_path;
    char why[CTL_DUMP_WHY] = "";
    struct ctl_dump dump;
    if (ctl_dump_open(path, &dump, why) != MBP_OK) {
        ctl_error("--load %s: %s", path, why);
        return CTL_FAILED;
    }
    if (ctl->options->verify) {
        enum ctl_exit code = ctl_verify_dump(path, &dump);
        ctl_dump_close(&dump);
        return code;
    }
    // cppcheck-suppress autoVariables ; until the dump is closed
    printing->beside = &dump.beside;
    printing->by = (struct mbp_telling){dump.plant, &dump.names, ctl->options->lang};
    enum ctl_exit code = ctl_filter_make(ctl->options, &printing->by, &printing->filter);
    if (code == CTL_OK && ctl->options->last > 0) {
        printing->quiet = true;
        ctl_dump_events(&dump, journal_print_event, printing, why); /* what is wrong is told below */
        printing->quiet = false;
        printing->skip = printing->count > ctl->options->last ? printing->count - ctl->options->last : 0;
        printing->count = 0;
    }
    if (code == CTL_OK) {
        mbp_report_event_header(printing->format, stdout);
        if (ctl_dump_events(&dump, journal_print_event, printing, why) != MBP_OK) {
            ctl_error("--load %s: %s", path, why);
            code = CTL_FAILED;
        } else {
            ctl_dump_say_missing(path, &dump);
        }
    }
    printing->beside = NULL; /* both are the dump's */
    printing->by.names = NULL;
    ctl_dump_close(&dump);
    return code;
}

/* ---- the verb --------------------------------------------------------------------------------------------------- */

/* NULL, or why these options do not go together. */
static const char *conflict(const struct ctl_options *options)
{
    if (options->load_path != NULL && (options->save_path != NULL || options->follow))
        return ctl_tr("--load goes with neither --save nor --follow");
    if (options->verify && (options->save_path != NULL || options->follow || options->since.kind != MBP_MOMENT_NONE ||
                            options->until.kind != MBP_MOMENT_NONE || options->machine != NULL ||
                            options->sensor != NULL || options->code != NULL))
        return ctl_tr("--verify is of every event: it goes with --load alone");
    if (options->last > 0 && (options->save_path != NULL || options->verify))
        return ctl_tr("--last is for those who read: it goes with neither --save nor --verify");
    if (options->follow && options->until.kind != MBP_MOMENT_NONE)
        return ctl_tr("--follow has no end, so it does not go with --until");
    if (options->save_path != NULL && (options->until.kind != MBP_MOMENT_NONE || options->machine != NULL ||
                                       options->sensor != NULL || options->code != NULL))
        return ctl_tr(
            "--save takes every event; --until, --machine, --sensor and --code choose among them with --load");
    return NULL;
}

static enum ctl_exit of_slave(struct ctl *ctl, struct journal_printing *printing)
{
    const struct ctl_options *options = ctl->options;
    if (ctl_plant(ctl) == NULL)
        return CTL_FAILED;
    int unit = journal_unit(ctl);
    if (unit < 0)
        return CTL_FAILED;
    if (options->verify)
        return ctl_verify_slave(ctl, (uint8_t)unit);
    enum mbp_status status = ctl_names_read(ctl, (uint8_t)unit);
    if (status != MBP_OK)
        return ctl_fail(ctl, status, "reading the names in events");
    printing->by = ctl_telling(ctl);
    enum ctl_exit code = ctl_filter_make(options, &printing->by, &printing->filter);
    if (code != CTL_OK)
        return code;
    if (options->save_path == NULL)
        return show(ctl, printing);
    printing->format = MBP_FORMAT_JSONL;
    return save(ctl, printing);
}

CTL_VERB(journal)
{
    if (ctl->options->said.why != NULL)
        return ctl_note_plain(ctl, ctl->options->said.why);
    const struct ctl_options *options = ctl->options;
    struct journal_printing printing = {.format = options->format, .out = stdout};
    const char *why_not = conflict(options);
    if (why_not != NULL) {
        ctl_error("journal: %s", why_not);
        return CTL_USAGE;
    }
    if (options->load_path != NULL)
        return load(ctl, &printing);
    return of_slave(ctl, &printing);
}
