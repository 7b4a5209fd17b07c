/* A grid: rows of text cells, written as an aligned table, Markdown, CSV or JSON. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "mbplant/json.h"
#include "mbplant/report/fit.h"
#include "writers.h"

#define CELL_MAX       1100u /* a comment fits */
#define COLUMN_GAP     2u
#define FIRST_CAPACITY 64u

struct cell {
    const char *text; /* owned, except in a row of titles */
    enum mbp_paint paint;
    enum { CELL_ANY, CELL_NONE, CELL_TEXT } is; /* there is nothing; it is no number, whatever it says */
};

struct mbp_grid {
    const struct mbp_grid_column *columns;
    size_t column_count;
    struct cell *cells;
    size_t count, capacity;
    bool incomplete; /* memory did not suffice for a cell */
    unsigned width;  /* of text; 0 = any */
    const uint8_t *ranks;
};

enum mbp_status mbp_grid_new(const struct mbp_grid_column *columns, size_t count, struct mbp_grid **out)
{
    struct mbp_grid *grid = calloc(1, sizeof *grid);
    if (grid == NULL)
        return MBP_ERR_MEMORY;
    grid->columns = columns;
    grid->column_count = count;
    *out = grid;
    return MBP_OK;
}

void mbp_grid_free(struct mbp_grid *grid)
{
    if (grid == NULL)
        return;
    for (size_t i = 0; i < grid->count; i++)
        free((char *)grid->cells[i].text);
    free(grid->cells);
    free(grid);
}

static bool has_room(struct mbp_grid *grid)
{
    if (grid->count < grid->capacity)
        return true;
    size_t capacity = grid->capacity == 0 ? FIRST_CAPACITY : 2 * grid->capacity;
    struct cell *cells = realloc(grid->cells, capacity * sizeof *cells);
    if (cells == NULL)
        return false;
    grid->cells = cells;
    grid->capacity = capacity;
    return true;
}

void mbp_grid_cell(struct mbp_grid *grid, enum mbp_paint paint, const char *format, ...)
{
    char text[CELL_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    char *copy = grid->incomplete || !has_room(grid) ? NULL : strdup(text);
    if (copy == NULL) {
        grid->incomplete = true;
        return;
    }
    grid->cells[grid->count++] = (struct cell){copy, paint, CELL_ANY};
}

void mbp_grid_none(struct mbp_grid *grid)
{
    mbp_grid_cell(grid, MBP_PAINT_NONE, "-");
    if (!grid->incomplete)
        grid->cells[grid->count - 1].is = CELL_NONE;
}

void mbp_grid_text_cell(struct mbp_grid *grid, enum mbp_paint paint, const char *text)
{
    mbp_grid_cell(grid, paint, "%s", text);
    if (!grid->incomplete)
        grid->cells[grid->count - 1].is = CELL_TEXT;
}

/* Columns on a terminal that a UTF-8 text takes: continuation bytes take none. */
static size_t text_width(const char *text)
{
    size_t width = 0;
    for (; *text != '\0'; text++)
        width += ((unsigned char)*text & 0xC0u) != 0x80u;
    return width;
}

size_t mbp_text_extra(const char *text)
{
    return strlen(text) - text_width(text);
}

size_t mbp_grid_rows(const struct mbp_grid *grid)
{
    return grid->count / grid->column_count;
}

const char *mbp_grid_text(const struct mbp_grid *grid, size_t row, size_t column, enum mbp_paint *paint)
{
    const struct cell *cell = &grid->cells[row * grid->column_count + column];
    *paint = cell->paint;
    return cell->text;
}

const struct mbp_grid_column *mbp_grid_columns(const struct mbp_grid *grid, size_t *count)
{
    *count = grid->column_count;
    return grid->columns;
}

bool mbp_grid_is_whole(const struct mbp_grid *grid)
{
    return !grid->incomplete;
}

static void measure(const struct mbp_grid *grid, size_t *widths)
{
    for (size_t c = 0; c < grid->column_count; c++)
        widths[c] = text_width(grid->columns[c].title);
    for (size_t i = 0; i < grid->count; i++) {
        size_t width = text_width(grid->cells[i].text);
        size_t *widest = &widths[i % grid->column_count];
        if (width > *widest)
            *widest = width;
    }
}

static void put_spaces(FILE *out, size_t count)
{
    while (count-- > 0)
        putc(' ', out);
}

/* ---- fitting ----------------------------------------------------------------------------------------------------- */

#define LEFT_OUT SIZE_MAX /* for a width: the column is not there */
#define CUT_MIN  12u      /* a column of text that is cut is at least as wide */
#define CUT_SOON 30u      /* rather than that another column goes, one of text is cut to this */
#define CUT_MARK "..."

void mbp_grid_fit(struct mbp_grid *grid, unsigned width, const uint8_t *ranks)
{
    grid->width = width;
    grid->ranks = ranks;
}

/* most: that a column of text counts for. */
static size_t width_of(const struct mbp_grid *grid, const size_t *widths, size_t most)
{
    size_t sum = 0;
    for (size_t c = 0; c < grid->column_count; c++) {
        bool shorter = !grid->columns[c].number && widths[c] > most;
        sum += widths[c] != LEFT_OUT ? (shorter ? most : widths[c]) + COLUMN_GAP : 0;
    }
    return sum > 0 ? sum - COLUMN_GAP : 0;
}

static bool is_empty(const struct mbp_grid *grid, size_t column)
{
    for (size_t i = column; i < grid->count; i += grid->column_count) {
        if (grid->cells[i].text[0] != '\0')
            return false;
    }
    return true;
}

/* The column that is missed least: one that is empty, else by rank; column_count = none may go. */
static size_t next_to_go(const struct mbp_grid *grid, const size_t *widths)
{
    size_t found = grid->column_count;
    for (size_t c = 0; c < grid->column_count; c++) {
        if (widths[c] == LEFT_OUT || grid->ranks[c] == 0)
            continue;
        if (is_empty(grid, c))
            return c;
        bool before = found == grid->column_count || grid->ranks[c] > grid->ranks[found];
        if (before && width_of(grid, widths, CUT_SOON) > grid->width)
            found = c;
    }
    return found;
}

/* The widest column of text gives what is too much, as far as it has it, then the next one. */
static void cut(const struct mbp_grid *grid, size_t *widths)
{
    for (size_t left = grid->column_count; left > 0 && width_of(grid, widths, SIZE_MAX) > grid->width; left--) {
        size_t widest = grid->column_count;
        for (size_t c = 0; c < grid->column_count; c++) {
            bool may = widths[c] != LEFT_OUT && !grid->columns[c].number && widths[c] > CUT_MIN;
            if (may && (widest == grid->column_count || widths[c] > widths[widest]))
                widest = c;
        }
        if (widest == grid->column_count)
            return; /* narrower it cannot be */
        size_t excess = width_of(grid, widths, SIZE_MAX) - grid->width;
        widths[widest] = widths[widest] > excess + CUT_MIN ? widths[widest] - excess : CUT_MIN;
    }
}

static void fit(const struct mbp_grid *grid, size_t *widths)
{
    if (grid->width == 0)
        return;
    while (width_of(grid, widths, SIZE_MAX) > grid->width) {
        size_t c = next_to_go(grid, widths);
        if (c == grid->column_count)
            break;
        widths[c] = LEFT_OUT;
    }
    cut(grid, widths);
}

size_t mbp_grid_left_out(const struct mbp_grid *grid)
{
    size_t *widths = calloc(grid->column_count, sizeof *widths);
    size_t count = 0;
    if (widths == NULL)
        return 0;
    measure(grid, widths);
    fit(grid, widths);
    for (size_t c = 0; c < grid->column_count; c++)
        count += widths[c] == LEFT_OUT && !is_empty(grid, c);
    free(widths);
    return count;
}

/* The bytes of the first so many characters. */
static size_t bytes_of(const char *text, size_t characters)
{
    size_t at = 0;
    while (text[at] != '\0' && characters > 0) {
        at++;
        while (((unsigned char)text[at] & 0xC0u) == 0x80u)
            at++;
        characters--;
    }
    return at;
}

/* ---- text -------------------------------------------------------------------------------------------------------- */

static void put_text(const char *text, size_t width, FILE *out)
{
    if (text_width(text) <= width)
        mbp_text_print(out, "%s", text);
    else
        mbp_text_print(out, "%.*s" CUT_MARK, (int)bytes_of(text, width - sizeof CUT_MARK + 1), text);
}

/* One row. Spaces are held back until something follows them: no line ends in one. */
static void put_row(const struct mbp_grid *grid, const size_t *widths, const struct cell *cells, bool colour, FILE *out)
{
    size_t pending = 0;
    for (size_t c = 0; c < grid->column_count; c++) {
        const char *text = cells[c].text;
        if (widths[c] == LEFT_OUT)
            continue;
        size_t used = text_width(text);
        size_t pad = used < widths[c] ? widths[c] - used : 0;
        bool right = grid->columns[c].number;
        if (text[0] != '\0') {
            put_spaces(out, pending + (right ? pad : 0));
            pending = right ? 0 : pad;
            const char *paint = colour ? mbp_paint_code(cells[c].paint) : "";
            fputs(paint, out);
            put_text(text, widths[c], out);
            fputs(paint[0] == '\0' ? "" : "\033[0m", out);
        } else {
            pending += pad;
        }
        pending += COLUMN_GAP;
    }
    putc('\n', out);
}

static enum mbp_status write_text(const struct mbp_grid *grid, const size_t *widths, bool colour, FILE *out)
{
    size_t n = grid->column_count;
    struct cell *titles = calloc(n, sizeof *titles);
    if (titles == NULL)
        return MBP_ERR_MEMORY;
    for (size_t c = 0; c < n; c++)
        titles[c] = (struct cell){grid->columns[c].title, MBP_PAINT_TITLE, CELL_TEXT};
    put_row(grid, widths, titles, colour, out);
    for (size_t i = 0; i + n <= grid->count; i += n)
        put_row(grid, widths, &grid->cells[i], colour, out);
    free(titles);
    return MBP_OK;
}

/* Where a tag of HTML could begin, which Markdown lets through (CommonMark 0.31, 6.6). */
static bool begins_tag(const char *text)
{
    char next = text[0] == '<' ? text[1] : '\0';
    return next == '/' || next == '!' || next == '?' || (next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z');
}

/* A bar would end the cell. */
static void put_markdown_cell(FILE *out, const char *text, size_t width)
{
    fputs("| ", out);
    for (const char *p = text; *p != '\0';) {
        size_t len = strcspn(p, "|<");
        mbp_text_print(out, "%.*s", (int)len, p);
        p += len;
        if (*p == '|' || begins_tag(p))
            putc('\\', out);
        if (*p != '\0')
            putc(*p++, out);
    }
    size_t used = text_width(text);
    put_spaces(out, (used < width ? width - used : 0) + 1);
}

static void write_markdown(const struct mbp_grid *grid, const size_t *widths, FILE *out)
{
    size_t n = grid->column_count;
    for (size_t c = 0; c < n; c++)
        put_markdown_cell(out, grid->columns[c].title, widths[c]);
    fputs("|\n", out);
    for (size_t c = 0; c < n; c++)
        fputs(grid->columns[c].number ? "| ---: " : "| --- ", out);
    fputs("|\n", out);
    for (size_t i = 0; i < grid->count; i++) {
        put_markdown_cell(out, grid->cells[i].text, widths[i % n]);
        if (i % n + 1 == n)
            fputs("|\n", out);
    }
}

void mbp_csv_field(FILE *out, const char *text, bool first)
{
    const char *before = mbp_text_is_formula(text) ? "'" : "";
    if (!first)
        putc(',', out);
    if (strpbrk(text, ",\"") == NULL) {
        mbp_text_print(out, "%s%s", before, text);
        return;
    }
    fprintf(out, "\"%s", before);
    while (*text != '\0') {
        size_t len = strcspn(text, "\"");
        mbp_text_print(out, "%.*s", (int)len, text);
        if (text[len] == '"')
            fputs("\"\"", out);
        text += text[len] == '"' ? len + 1 : len;
    }
    putc('"', out);
}

static void write_csv(const struct mbp_grid *grid, FILE *out)
{
    size_t n = grid->column_count;
    for (size_t c = 0; c < n; c++)
        mbp_csv_field(out, grid->columns[c].key, c == 0);
    fputs(MBP_CSV_END_OF_ROW, out);
    for (size_t i = 0; i < grid->count; i++) {
        mbp_csv_field(out, grid->cells[i].is == CELL_NONE ? "" : grid->cells[i].text, i % n == 0);
        if (i % n + 1 == n)
            fputs(MBP_CSV_END_OF_ROW, out);
    }
}

static void put_json_text(FILE *out, const char *text)
{
    putc('"', out);
    mbp_json_put_text(out, text);
    putc('"', out);
}

/* Digits, at least one. */
static const char *skip_digits(const char *text, bool *good)
{
    const size_t len = strspn(text, "0123456789");
    *good = *good && len > 0;
    return text + len;
}

/* A number as JSON has it (RFC 8259, 6): no "+5", no "007", which would be another text. */
static bool is_json_number(const char *text)
{
    bool good = true;
    text += *text == '-';
    const bool zero = *text == '0';
    const char *end = skip_digits(text, &good);
    if (zero && end != text + 1)
        return false;
    if (*end == '.')
        end = skip_digits(end + 1, &good);
    if (*end == 'e' || *end == 'E') {
        end += end[1] == '-' || end[1] == '+' ? 2 : 1;
        end = skip_digits(end, &good);
    }
    return good && *end == '\0';
}

/* A number column's cell as a JSON number with its own digits, where it is one; null where there is nothing. */
static void put_json_cell(FILE *out, const struct cell *cell, bool number)
{
    const char *text = cell->text;
    number = number && cell->is != CELL_TEXT;
    if (cell->is == CELL_NONE || (number && (text[0] == '\0' || strcmp(text, "-") == 0)))
        fputs("null", out);
    else if (number && is_json_number(text))
        fputs(text, out);
    else
        put_json_text(out, text);
}

static void write_json(const struct mbp_grid *grid, FILE *out)
{
    const size_t n = grid->column_count;
    putc('[', out);
    for (size_t i = 0; i < grid->count; i++) {
        const struct mbp_grid_column *column = &grid->columns[i % n];
        if (i % n == 0)
            fputs(i == 0 ? "\n  {\n    " : ",\n  {\n    ", out);
        else
            fputs(",\n    ", out);
        put_json_text(out, column->key);
        fputs(": ", out);
        put_json_cell(out, &grid->cells[i], column->number);
        if (i % n == n - 1)
            fputs("\n  }", out);
    }
    fputs(grid->count > 0 ? "\n]\n" : "]\n", out);
}

enum mbp_status mbp_grid_write(const struct mbp_grid *grid, enum mbp_format format, bool colour, FILE *out)
{
    if (grid->incomplete)
        return MBP_ERR_MEMORY;
    if (format == MBP_FORMAT_HTML || format >= MBP_FORMAT_JSONL)
        return MBP_ERR_MISSING;
    if (format == MBP_FORMAT_JSON) {
        write_json(grid, out);
        return MBP_OK;
    }
    size_t *widths = calloc(grid->column_count, sizeof *widths);
    if (widths == NULL)
        return MBP_ERR_MEMORY;
    measure(grid, widths);
    enum mbp_status status = MBP_OK;
    if (format == MBP_FORMAT_CSV)
        write_csv(grid, out);
    else if (format == MBP_FORMAT_MARKDOWN)
        write_markdown(grid, widths, out);
    else {
        fit(grid, widths);
        status = write_text(grid, widths, colour, out);
    }
    free(widths);
    return status;
}
