/* Recordings as CSV: time in seconds in the first column, the value in the second or in the one that the plant file
 * names. A header, comments (#) and blank lines are allowed; columns are parted by comma, semicolon or tab. */
#include "replay.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mbplant/base/tr.h"
#include "process_priv.h"

#define LONGEST_S    (100.0 * 365 * 86400)
#define LINE_MAX_LEN 65536u /* bytes: a table of thousands of columns */

struct reading {
    const struct mbp_plant *plant;
    const struct mbp_recording *recording;
    FILE *file;
    FILE *errors; /* NULL = none */
    char *line;   /* LINE_MAX_LEN of them */
    unsigned number;
    char separator;
    unsigned column; /* of the value, from 0 */
    double start_s;
    uint64_t rows_left; /* that there is memory for */
};

static enum mbp_status tell(const struct reading *reading, const char *what, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* One line to errors: which rule is broken, and what stands in the file instead, which is not for everybody to read.
 * Returns MBP_ERR_FORMAT. */
static enum mbp_status tell(const struct reading *reading, const char *what, const char *format, ...)
{
    char content[512];
    va_list args;
    if (reading->errors == NULL)
        return MBP_ERR_FORMAT;
    va_start(args, format);
    vsnprintf(content, sizeof content, mbp_tr(format), args);
    va_end(args);
    mbp_text_print(reading->errors, mbp_tr("%s:%u:%u: the recording %s, line %u: %s%s\n"), reading->plant->path,
                   reading->recording->line, reading->recording->line_column, reading->recording->file, reading->number,
                   mbp_tr(what), reading->plant->remote ? "" : content);
    return MBP_ERR_FORMAT;
}

/* ---- lines and columns ------------------------------------------------------------------------------------------- */

enum line { LINE_THERE, LINE_NONE, LINE_WRONG };

/* The next line that says something, without its end. */
static enum line next_line(struct reading *reading)
{
    static const char mark[] = "\xEF\xBB\xBF"; /* what spreadsheets put before UTF-8 */
    while (fgets(reading->line, LINE_MAX_LEN, reading->file) != NULL) {
        size_t len = strlen(reading->line);
        reading->number++;
        if ((len == 0 || reading->line[len - 1] != '\n') && feof(reading->file) == 0) {
            if (len + 1 == LINE_MAX_LEN)
                tell(reading, "it is longer than 65534 bytes; a row is a time in seconds and a value", "%s", "");
            else
                tell(reading, "it is no text", "%s", "");
            return LINE_WRONG;
        }
        if (reading->number == 1 && strncmp(reading->line, mark, 3) == 0)
            memmove(reading->line, reading->line + 3, len - 2);
        reading->line[strcspn(reading->line, "\r\n")] = '\0';
        size_t blank = strspn(reading->line, " \t");
        if (reading->line[blank] != '\0' && reading->line[blank] != '#')
            return LINE_THERE;
    }
    return LINE_NONE;
}

static struct mbp_text trimmed(const char *bytes, size_t len)
{
    static const char around[] = " \t\"";
    for (; len > 0 && strchr(around, bytes[0]) != NULL; len--)
        bytes++;
    while (len > 0 && strchr(around, bytes[len - 1]) != NULL)
        len--;
    return (struct mbp_text){bytes, len};
}

/* Column n of the line, without blanks and quotes around it; bytes NULL when there is none. */
static struct mbp_text column(const struct reading *reading, unsigned n)
{
    const char *begin = reading->line;
    for (; n > 0 && begin != NULL; n--) {
        begin = strchr(begin, reading->separator);
        begin = begin == NULL ? NULL : begin + 1;
    }
    if (begin == NULL)
        return (struct mbp_text){NULL, 0};
    const char *end = strchr(begin, reading->separator);
    return trimmed(begin, end == NULL ? strlen(begin) : (size_t)(end - begin));
}

static bool number(struct mbp_text text, double *out)
{
    char buf[64];
    char *end;
    if (text.len == 0 || text.len >= sizeof buf)
        return false;
    memcpy(buf, text.bytes, text.len);
    buf[text.len] = '\0';
    double value = strtod(buf, &end);
    if (*end != '\0' || !isfinite(value))
        return false;
    *out = value;
    return true;
}

/* ---- rows -------------------------------------------------------------------------------------------------------- */

/* Finds the value's column. Whether the line is a header is told by its first column: a header has no time there. */
static enum mbp_status read_header(struct reading *reading, const char *name, bool *is_header)
{
    double time_s;
    const char *separators = ";\t,";
    reading->separator = ',';
    for (const char *separator = separators; *separator != '\0'; separator++) {
        if (strchr(reading->line, *separator) != NULL) {
            reading->separator = *separator;
            break;
        }
    }
    *is_header = !number(column(reading, 0), &time_s);
    reading->column = 1;
    if (name == NULL)
        return MBP_OK;
    if (!*is_header)
        return tell(reading,
                    "a column is asked for by name, but there is no header; name the columns in the first line",
                    ": '%s'", name);
    for (struct mbp_text title = column(reading, 1); title.bytes != NULL; title = column(reading, ++reading->column)) {
        if (title.len == strlen(name) && memcmp(title.bytes, name, title.len) == 0)
            return MBP_OK;
    }
    return tell(reading, "there is no column of that name", ": '%s'; the columns are: %s", name, reading->line);
}

static enum mbp_status read_row(struct reading *reading, struct replay_series *series, uint32_t *count)
{
    double time_s;
    double value;
    struct mbp_text time = column(reading, 0);
    struct mbp_text text = column(reading, reading->column);
    if (!number(time, &time_s))
        return tell(reading, "the time is no number; the first column is seconds", ": '%.*s'", (int)time.len,
                    time.bytes);
    if (!number(text, &value))
        return tell(reading, "the value is no number", ": '%.*s' in column %u", (int)text.len,
                    text.bytes == NULL ? "" : text.bytes, reading->column + 1);
    if (*count == 0)
        reading->start_s = time_s;
    double since_s = time_s - reading->start_s;
    if (!(since_s <= LONGEST_S))
        return tell(reading, "the time is more than 100 years after the first; times are in seconds", ": %g", time_s);
    uint64_t time_ns = since_s > 0 ? (uint64_t)llround(since_s * 1e9) : 0;
    if (*count > 0 && time_ns <= series->time_ns[*count - 1])
        return tell(reading, "the time is not later than the line before's; sort the rows by time", ": %.*s",
                    (int)time.len, time.bytes);
    if (*count >= reading->rows_left)
        return tell(reading, "there is no memory for so many rows; leave out what is not needed", "%s", "");
    enum mbp_status status = process_room(&series->time_ns, *count, sizeof *series->time_ns);
    if (status == MBP_OK)
        status = process_room(&series->value, *count, sizeof *series->value);
    if (status != MBP_OK)
        return status;
    series->time_ns[*count] = time_ns;
    series->value[*count] = process_bounded(value);
    series->count = ++*count;
    return MBP_OK;
}

static enum mbp_status read_rows(struct reading *reading, struct replay_series *series)
{
    uint32_t count = 0;
    bool is_header = false;
    enum line line = next_line(reading);
    enum mbp_status status = line == LINE_THERE ? read_header(reading, reading->recording->column, &is_header) : MBP_OK;
    if (status == MBP_OK && is_header)
        line = next_line(reading);
    while (status == MBP_OK && line == LINE_THERE) {
        status = read_row(reading, series, &count);
        line = status == MBP_OK ? next_line(reading) : line;
    }
    if (status == MBP_OK && ferror(reading->file))
        return MBP_ERR_IO;
    if (status == MBP_OK && line == LINE_WRONG)
        return MBP_ERR_FORMAT;
    if (status == MBP_OK && count == 0)
        return tell(reading, "there is no row; a row is a time in seconds and a value: 0.5,21.7", "%s", "");
    return status;
}

/* ---- the file ---------------------------------------------------------------------------------------------------- */

/* Who sends a plant over a network may name what stands beside the plant file, and nothing else of this machine; what a
 * plant of this machine named stays as it is (mbp_process_check). */
static enum mbp_status open_file(const struct mbp_plant *plant, const char *name, FILE **out)
{
    char path[PATH_MAX];
    int fd;
    enum mbp_status status;
    if (plant->remote && mbp_file_is_below(name)) {
        status = mbp_file_open_below(plant->folder, name, &fd);
    } else if ((size_t)snprintf(path, sizeof path, "%s%s", name[0] == '/' ? "" : plant->folder, name) >= sizeof path) {
        errno = ENAMETOOLONG;
        return MBP_ERR_IO;
    } else {
        status = mbp_file_open(path, &fd);
    }
    if (status != MBP_OK)
        return status;
    *out = fdopen(fd, "r");
    if (*out != NULL)
        return MBP_OK;
    close(fd);
    return MBP_ERR_MEMORY;
}

static void tell_unread(const struct reading *reading, enum mbp_status status)
{
    if (reading->errors != NULL)
        mbp_text_print(reading->errors, mbp_tr("%s:%u:%u: the recording %s cannot be read: %s\n"), reading->plant->path,
                       reading->recording->line, reading->recording->line_column, reading->recording->file,
                       mbp_file_why(status));
}

/* What doubling took more than there is. */
static void shrink(struct replay_series *series)
{
    if (series->count == 0)
        return;
    uint64_t *time_ns = realloc(series->time_ns, series->count * sizeof *time_ns);
    double *value = realloc(series->value, series->count * sizeof *value);
    if (time_ns != NULL)
        series->time_ns = time_ns;
    if (value != NULL)
        series->value = value;
}

enum mbp_status replay_load(const struct mbp_plant *plant, uint32_t recording, uint64_t rows_left, FILE *errors,
                            struct replay_series *out)
{
    struct replay_series series = {0};
    struct reading reading = {
        .plant = plant, .recording = &plant->recordings[recording], .errors = errors, .rows_left = rows_left};
    enum mbp_status status = MBP_ERR_MEMORY;
    reading.line = malloc(LINE_MAX_LEN);
    if (reading.line == NULL)
        goto out;
    status = open_file(plant, reading.recording->file, &reading.file);
    if (status != MBP_OK) {
        tell_unread(&reading, status);
        goto out;
    }
    status = read_rows(&reading, &series);
    if (status == MBP_ERR_IO)
        tell_unread(&reading, status);
out:
    if (status == MBP_OK) {
        shrink(&series);
        *out = series;
    } else {
        replay_free(&series);
    }
    if (reading.file != NULL)
        fclose(reading.file);
    free(reading.line);
    return status;
}

void replay_free(struct replay_series *series)
{
    free(series->time_ns);
    free(series->value);
}

/* ---- values ------------------------------------------------------------------------------------------------------ */

/* The last row takes as long as the one before it. */
static uint64_t length_ns(const struct replay_series *series)
{
    uint64_t last_ns = series->time_ns[series->count - 1];
    return series->count == 1 ? 0 : mbp_time_add_sat(last_ns, last_ns - series->time_ns[series->count - 2]);
}

double replay_value(const struct replay_series *series, bool hold, uint64_t sim_ns)
{
    uint64_t turn_ns = hold ? 0 : length_ns(series);
    uint64_t at_ns = turn_ns == 0 ? sim_ns : sim_ns % turn_ns;
    size_t first = 0;
    size_t end = series->count; /* the row sought is in [first, end) */
    while (end - first > 1) {
        size_t middle = first + (end - first) / 2;
        if (series->time_ns[middle] <= at_ns)
            first = middle;
        else
            end = middle;
    }
    return series->value[first];
}
