/* Writing a dump and reading it through. */
#include "dump/dump.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl.h"
#include "dump/dump_names.h"
#include "dump/dump_snapshot.h"
#include "mbplant/json.h"
#include "mbplant/report.h"

#define DUMP_VERSION CTL_DUMP_VERSION

static enum mbp_status fail_io(char why[CTL_DUMP_WHY])
{
    snprintf(why, CTL_DUMP_WHY, "%s", mbp_system_why(errno));
    return MBP_ERR_IO;
}

/* ---- writing ---------------------------------------------------------------------------------------------------- */

static void put_line(void *ctx, json_t *line)
{
    FILE *file = ctx;
    if (!mbp_json_write(line, JSON_COMPACT | JSON_REAL_PRECISION(17), file))
        putc('\n', file);
    json_decref(line);
}

static json_t *first_line(const struct mbp_plant *plant, const char *source, uint64_t now_ms)
{
    char time[32];
    return json_pack("{s:i, s:s, s:s, s:s, s:I, s:s%}", "mbplant_journal", DUMP_VERSION, "plant", plant->name, "source",
                     source, "made", mbp_time_format(now_ms, time, sizeof time), "made_ms", (json_int_t)now_ms,
                     "plant_file", plant->text.bytes, plant->text.len);
}

/* The first line goes to a file beside, which then takes its name: there is no dump without a plant. */
enum mbp_status ctl_dump_create(const char *path, const struct mbp_plant *plant, const char *source, uint64_t now_ms,
                                FILE **out, char why[CTL_DUMP_WHY])
{
    json_t *line = first_line(plant, source, now_ms);
    if (line == NULL) {
        snprintf(why, CTL_DUMP_WHY, ctl_tr("the plant file is not UTF-8"));
        return MBP_ERR_IO;
    }
    char *beside = NULL;
    enum mbp_status status = MBP_ERR_IO;
    int descriptor = asprintf(&beside, "%s.XXXXXX", path) < 0 ? -1 : mkostemp(beside, O_CLOEXEC | O_APPEND);
    FILE *file = descriptor < 0 ? NULL : fdopen(descriptor, "a");
    if (file == NULL) {
        json_decref(line);
        fail_io(why);
        goto out;
    }
    put_line(file, line);
    mode_t mask = umask(0);
    umask(mask);
    if (fflush(file) == 0 && fchmod(descriptor, 0666 & ~mask) == 0 && link(beside, path) == 0)
        status = MBP_OK;
    else
        fail_io(why);
    int error = errno;
    unlink(beside);
    errno = error;
out:
    free(beside);
    if (status == MBP_OK)
        *out = file;
    else if (file != NULL)
        fclose(file);
    else if (descriptor >= 0)
        close(descriptor);
    return status;
}

void ctl_dump_put_plant(FILE *file, const struct mbp_plant *plant, const char *source, uint64_t now_ms)
{
    put_line(file, first_line(plant, source, now_ms));
}

void ctl_dump_put_snapshot(FILE *file, const struct mbp_plant *plant, const struct mbp_plant_view *snapshot,
                           uint64_t now_ms)
{
    put_line(file, ctl_snapshot_to_json(plant, snapshot, now_ms));
}

enum mbp_status ctl_dump_put_names(FILE *file, const struct mbp_names *names, struct mbp_names *told)
{
    return ctl_names_to_json(names, told, put_line, file);
}

void ctl_dump_put_end(FILE *file, uint32_t last, bool whole, const char *why)
{
    put_line(file, json_pack("{s:I, s:b, s:s}", "end", (json_int_t)last, "whole", (int)whole, "why", why));
}

enum mbp_status ctl_dump_resume(const char *path, const struct ctl_dump *dump, FILE **out, char why[CTL_DUMP_WHY])
{
    int descriptor = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
    FILE *file = descriptor < 0 ? NULL : fdopen(descriptor, "a");
    if (file != NULL && ftruncate(descriptor, dump->end) == 0) {
        *out = file;
        return MBP_OK;
    }
    enum mbp_status status = fail_io(why);
    if (file != NULL)
        fclose(file);
    else if (descriptor >= 0)
        close(descriptor);
    return status;
}

/* ---- reading ---------------------------------------------------------------------------------------------------- */

/* A dump line by line: whole ones only. */
struct lines {
    FILE *file;
    char *text;
    size_t room, number;
    ssize_t len;
    int error; /* not 0: they ended before the file did */
};

static bool next_line(struct lines *lines)
{
    errno = 0;
    lines->len = getline(&lines->text, &lines->room, lines->file);
    lines->error = lines->len < 0 && !feof(lines->file) ? errno : 0;
    lines->number++;
    return lines->len > 0 && lines->text[lines->len - 1] == '\n';
}

/* Whether the lines ended because there are no more. */
static enum mbp_status ended(const struct lines *lines, char why[CTL_DUMP_WHY])
{
    errno = lines->error;
    return lines->error == 0 ? MBP_OK : fail_io(why);
}

static enum mbp_status no_memory(char why[CTL_DUMP_WHY])
{
    snprintf(why, CTL_DUMP_WHY, "%s", ctl_tr(mbp_status_text(MBP_ERR_MEMORY)));
    return MBP_ERR_MEMORY;
}

static bool is_event(const struct lines *lines)
{
    static const char begin[] = "{\"seq\":";
    return strncmp(lines->text, begin, sizeof begin - 1) == 0;
}

static enum mbp_status parse_event(const struct lines *lines, struct ctl_dump *dump, struct mbp_event *out,
                                   char why[CTL_DUMP_WHY])
{
    const struct mbp_text text = {lines->text, (size_t)lines->len};
    free(dump->comment);
    dump->comment = NULL;
    dump->beside = (struct mbp_event_beside){0};
    enum mbp_status status = mbp_report_event_parse(text, out, &dump->beside, &dump->comment);
    if (status == MBP_ERR_MEMORY)
        return no_memory(why);
    if (status != MBP_OK)
        snprintf(why, CTL_DUMP_WHY, ctl_tr("line %zu: not an event"), lines->number);
    return status;
}

static enum mbp_status take_plant(const char *path, const json_t *line, size_t number, struct ctl_dump *dump,
                                  char why[CTL_DUMP_WHY])
{
    const json_t *version = json_object_get(line, "mbplant_journal");
    const json_t *text = json_object_get(line, "plant_file");
    if (!json_is_integer(version) || !json_is_string(text)) {
        snprintf(why, CTL_DUMP_WHY, ctl_tr("line %zu: not a dump; mbplantctl journal --save FILE writes one"), number);
        return MBP_ERR_FORMAT;
    }
    if (json_integer_value(version) != DUMP_VERSION) {
        snprintf(why, CTL_DUMP_WHY,
                 ctl_tr("line %zu: a dump of version %lld, this mbplantctl reads %d: use the one that wrote it"),
                 number, (long long)json_integer_value(version), DUMP_VERSION);
        return MBP_ERR_NEWER;
    }
    struct mbp_plant *plant = NULL;
    struct mbp_text file = {json_string_value(text), json_string_length(text)};
    enum mbp_status status = mbp_plant_parse(path, file, stderr, &plant);
    if (status == MBP_ERR_MEMORY)
        return no_memory(why);
    if (status != MBP_OK) {
        snprintf(why, CTL_DUMP_WHY, ctl_tr("line %zu: the plant file in it is wrong"), number);
        return MBP_ERR_FORMAT;
    }
    if (dump->has_snapshot)
        mbp_plant_view_free(dump->plant, &dump->snapshot);
    dump->has_snapshot = false;
    mbp_plant_free(dump->plant);
    dump->plant = plant;
    const char *source = json_string_value(json_object_get(line, "source"));
    snprintf(dump->source, sizeof dump->source, "%s", source != NULL ? source : "");
    dump->made_ms = (uint64_t)json_integer_value(json_object_get(line, "made_ms"));
    return MBP_OK;
}

static enum mbp_status take_snapshot(const json_t *line, size_t number, struct ctl_dump *dump, char why[CTL_DUMP_WHY])
{
    struct mbp_plant_view snapshot;
    enum mbp_status status = ctl_snapshot_of_json(dump->plant, line, &snapshot, &dump->snapshot_ms);
    if (status == MBP_ERR_MEMORY)
        return no_memory(why);
    if (status != MBP_OK) {
        snprintf(why, CTL_DUMP_WHY, ctl_tr("line %zu: the state of the plant in it is damaged"), number);
        return status;
    }
    if (dump->has_snapshot)
        mbp_plant_view_free(dump->plant, &dump->snapshot);
    dump->snapshot = snapshot;
    dump->has_snapshot = true;
    dump->whole = false; /* until an end says so */
    return MBP_OK;
}

/* Any line that is no event. */
static enum mbp_status take_other(const char *path, const struct lines *lines, struct ctl_dump *dump,
                                  char why[CTL_DUMP_WHY])
{
    json_t *line = NULL;
    enum mbp_status status = mbp_json_read((struct mbp_text){lines->text, (size_t)lines->len}, 0, &line);
    if (status == MBP_ERR_MEMORY)
        return no_memory(why);
    status = MBP_ERR_FORMAT; /* until it is one of these; what is no JSON is none of them */
    if (lines->number == 1 || json_object_get(line, "mbplant_journal") != NULL) {
        status = take_plant(path, line, lines->number, dump, why);
    } else if (ctl_is_name(line)) {
        status = ctl_name_of_json(line, &dump->names);
        if (status == MBP_ERR_FORMAT)
            snprintf(why, CTL_DUMP_WHY, ctl_tr("line %zu: not a name in events"), lines->number);
        else if (status != MBP_OK)
            no_memory(why);
    } else if (json_object_get(line, "snapshot") != NULL) {
        status = take_snapshot(line, lines->number, dump, why);
    } else if (json_is_integer(json_object_get(line, "end"))) {
        const char *text = json_string_value(json_object_get(line, "why"));
        dump->whole = json_is_true(json_object_get(line, "whole"));
        snprintf(dump->why, sizeof dump->why, "%s", text != NULL ? text : "");
        status = MBP_OK;
    } else {
        snprintf(why, CTL_DUMP_WHY, ctl_tr("line %zu: not an event"), lines->number);
    }
    json_decref(line);
    return status;
}

/* The number that an event's line begins with: the whole event is looked at when its turn comes. */
static void count_event(const struct lines *lines, struct ctl_dump *dump)
{
    uint32_t seq = (uint32_t)strtoul(lines->text + 7, NULL, 10);
    if (dump->events == 0)
        dump->first = seq;
    else if (seq != dump->last.seq + 1)
        dump->gap = true;
    dump->last.seq = seq;
    dump->events++;
    dump->whole = false; /* until an end says so */
    dump->why[0] = '\0';
}

static enum mbp_status read_through(const char *path, struct lines *lines, struct ctl_dump *dump,
                                    char why[CTL_DUMP_WHY])
{
    long last_at = -1;
    size_t last_number = 0;
    while (next_line(lines)) {
        enum mbp_status status = MBP_OK;
        if (lines->number > 1 && is_event(lines)) {
            last_at = dump->end;
            last_number = lines->number;
            count_event(lines, dump);
        } else {
            status = take_other(path, lines, dump, why);
        }
        if (status != MBP_OK)
            return status;
        dump->end += lines->len;
    }
    if (ended(lines, why) != MBP_OK)
        return MBP_ERR_IO;
    if (dump->plant == NULL) {
        snprintf(why, CTL_DUMP_WHY, "%s",
                 lines->len > 0 ? ctl_tr("line 1: not a dump; mbplantctl journal --save FILE writes one")
                                : ctl_tr("the file is empty"));
        return MBP_ERR_FORMAT;
    }
    if (lines->len > 0)
        dump->whole = false; /* half a line follows */
    if (last_at < 0)
        return MBP_OK;
    lines->number = last_number - 1;
    if (fseek(lines->file, last_at, SEEK_SET) != 0 || !next_line(lines))
        return fail_io(why);
    return parse_event(lines, dump, &dump->last, why);
}

enum mbp_status ctl_dump_open(const char *path, struct ctl_dump *out, char why[CTL_DUMP_WHY])
{
    struct ctl_dump dump = {.file = fopen(path, "re")};
    if (dump.file == NULL)
        return fail_io(why);
    struct lines lines = {.file = dump.file};
    enum mbp_status status = read_through(path, &lines, &dump, why);
    free(lines.text);
    if (status == MBP_OK)
        *out = dump;
    else
        ctl_dump_close(&dump);
    return status;
}

void ctl_dump_close(struct ctl_dump *dump)
{
    if (dump->has_snapshot)
        mbp_plant_view_free(dump->plant, &dump->snapshot);
    mbp_plant_free(dump->plant);
    mbp_names_free(&dump->names);
    free(dump->comment);
    if (dump->file != NULL)
        fclose(dump->file);
    *dump = (struct ctl_dump){0};
}

enum mbp_status ctl_dump_events(struct ctl_dump *dump, bool (*got)(void *ctx, const struct mbp_event *event), void *ctx,
                                char why[CTL_DUMP_WHY])
{
    struct lines lines = {.file = dump->file};
    enum mbp_status status = MBP_OK;
    rewind(dump->file);
    while (status == MBP_OK && next_line(&lines)) {
        struct mbp_event event;
        if (lines.number == 1 || !is_event(&lines))
            continue;
        status = parse_event(&lines, dump, &event, why);
        if (status == MBP_OK && !got(ctx, &event))
            break;
    }
    if (status == MBP_OK)
        status = ended(&lines, why);
    free(lines.text);
    return status;
}

void ctl_dump_say_missing(const char *path, const struct ctl_dump *dump)
{
    if (!dump->whole && dump->made_ms > 0)
        ctl_error("%s is a partial dump: it ends after event %u%s%s", path, dump->last.seq,
                  dump->why[0] != '\0' ? ctl_tr(", for ") : "", dump->why);
    if (dump->gap)
        ctl_error("%s has gaps: events that the slave no longer kept when it was continued", path);
}
