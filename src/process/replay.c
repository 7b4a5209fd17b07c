/* Recordings as CSV: time in seconds in the first column, the value in the second or in the one that the plant file
 * names. A header, comments (#) and blank lines are allowed; columns are parted by comma, semicolon or tab. */
#include "replay.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "process_priv.h"

#define LONGEST_S (100.0 * 365 * 86400)

struct reading {
    FILE *file;
    const char *path;
    FILE *errors; /* NULL = none */
    char *line;
    size_t size; /* of line */
    unsigned number;
    char separator;
    unsigned column; /* of the value, from 0 */
    double start_s;
};

static enum mbp_status tell(const struct reading *reading, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* One line to errors. Returns MBP_ERR_FORMAT. */
static enum mbp_status tell(const struct reading *reading, const char *format, ...)
{
    va_list args;
    if (reading->errors == NULL)
        return MBP_ERR_FORMAT;
    va_start(args, format);
    mbp_text_print(reading->errors, "%s:%u: ", reading->path, reading->number);
    mbp_text_vprint(reading->errors, format, args);
    fputc('\n', reading->errors);
    va_end(args);
    return MBP_ERR_FORMAT;
}

/* ---- lines and columns ------------------------------------------------------------------------------------------- */

/* The next line that says something, without its end; false after the last. */
static bool next_line(struct reading *reading)
{
    static const char mark[] = "\xEF\xBB\xBF"; /* what spreadsheets put before UTF-8 */
    ssize_t len;
    while ((len = getline(&reading->line, &reading->size, reading->file)) >= 0) {
        reading->number++;
        if (reading->number == 1 && strncmp(reading->line, mark, 3) == 0)
            memmove(reading->line, reading->line + 3, (size_t)len - 2);
        reading->line[strcspn(reading->line, "\r\n")] = '\0';
        size_t blank = strspn(reading->line, " \t");
        if (reading->line[blank] != '\0' && reading->line[blank] != '#')
            return true;
    }
    return false;
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
        return tell(reading, "column '%s' is asked for, but there is no header; name the columns in the first line",
                    name);
    for (struct mbp_text title = column(reading, 1); title.bytes != NULL; title = column(reading, ++reading->column)) {
        if (title.len == strlen(name) && memcmp(title.bytes, name, title.len) == 0)
            return MBP_OK;
    }
    return tell(reading, "there is no column '%s'; the columns are: %s", name, reading->line);
}

static enum mbp_status read_row(struct reading *reading, struct replay_series *series, uint32_t *count)
{
    double time_s;
    double value;
    struct mbp_text text = column(reading, 0);
    if (!number(text, &time_s))
        return tell(reading, "the time '%.*s' is no number; the first column is seconds", (int)text.len, text.bytes);
    text = column(reading, reading->column);
    if (!number(text, &value))
        return tell(reading, "the value '%.*s' in column %u is no number", (int)text.len,
                    text.bytes == NULL ? "" : text.bytes, reading->column + 1);
    if (*count == 0)
        reading->start_s = time_s;
    double since_s = time_s - reading->start_s;
    if (!(since_s <= LONGEST_S))
        return tell(reading, "the time %g is more than 100 years after the first; times are in seconds", time_s);
    uint64_t time_ns = since_s > 0 ? (uint64_t)llround(since_s * 1e9) : 0;
    if (*count > 0 && time_ns <= series->time_ns[*count - 1])
        return tell(reading, "the time %.*s is not later than the line before's; sort the rows by time",
                    (int)column(reading, 0).len, column(reading, 0).bytes);
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

static enum mbp_status read_rows(struct reading *reading, const char *name, struct replay_series *series)
{
    uint32_t count = 0;
    bool is_header = false;
    bool has_row = next_line(reading);
    enum mbp_status status = has_row ? read_header(reading, name, &is_header) : MBP_OK;
    if (status == MBP_OK && is_header)
        has_row = next_line(reading);
    while (status == MBP_OK && has_row) {
        status = read_row(reading, series, &count);
        has_row = status == MBP_OK && next_line(reading);
    }
    if (status == MBP_OK && ferror(reading->file))
        return MBP_ERR_IO;
    if (status == MBP_OK && count == 0)
        return tell(reading, "there is no row; a row is a time in seconds and a value: 0.5,21.7");
    return status;
}

/* ---- all --------------------------------------------------------------------------------------------------------- */

enum mbp_status replay_load(const struct mbp_plant *plant, const struct mbp_signal *signal, FILE *errors,
                            struct replay_series *out)
{
    struct replay_series series = {0};
    char path[4096];
    bool absolute = signal->replay[0] == '/';
    int len = snprintf(path, sizeof path, "%s%s", absolute ? "" : plant->folder, signal->replay);
    struct reading reading = {.path = path, .errors = errors};
    enum mbp_status status = MBP_ERR_IO;
    errno = ENAMETOOLONG;
    if (len >= 0 && (size_t)len < sizeof path)
        reading.file = fopen(path, "re");
    if (reading.file != NULL)
        status = read_rows(&reading, signal->replay_column, &series);
    if (status == MBP_ERR_IO && errors != NULL)
        fprintf(errors, "%s: cannot be read: %s\n", path, strerror(errno)); // NOLINT(concurrency-mt-unsafe): at start
    if (status == MBP_OK && series.count > 1 && !signal->replay_hold) {
        uint64_t last_ns = series.time_ns[series.count - 1];
        series.length_ns = last_ns + (last_ns - series.time_ns[series.count - 2]);
    }
    if (status == MBP_OK)
        *out = series;
    else
        replay_free(&series);
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

double replay_value(const struct replay_series *series, uint64_t sim_ns)
{
    uint64_t at_ns = series->length_ns == 0 ? sim_ns : sim_ns % series->length_ns;
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
