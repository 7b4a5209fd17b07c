/* Lists and texts that are wider than the screen: their columns move sideways, and the first one stays. */
#include <string.h>

#include "watch/watch_text.h"

#define TEXT_COLUMNS 1024u /* in which those of a text are looked for */
#define GAP          2u    /* spaces between them, in each line */

/* ---- how far ----------------------------------------------------------------------------------------------------- */

/* What stays: nothing where the rest would have no room. */
static unsigned kept(const struct watch_sides *sides)
{
    return sides->count > 1 && sides->starts[1] <= sides->width / 2 ? sides->starts[1] : 0;
}

unsigned watch_across_most(const struct watch_sides *sides)
{
    const unsigned most = sides->longest > sides->width ? sides->longest - sides->width : 0;
    const unsigned keep = kept(sides);
    for (unsigned c = 1; c < sides->count && most > 0; c++) {
        if (sides->starts[c] >= keep + most) /* at the beginning of one, though there be room for more */
            return sides->starts[c] - keep;
    }
    return most;
}

/* By columns; one that is wider than the screen by halves of it. */
unsigned watch_across_next(const struct watch_sides *sides, unsigned across, bool left)
{
    const unsigned most = watch_across_most(sides);
    const unsigned half = sides->width / 2;
    const unsigned keep = kept(sides);
    unsigned before = 0;
    unsigned behind = across + half;
    for (unsigned c = 1; c < sides->count; c++) {
        unsigned at = sides->starts[c] - (sides->starts[c] > keep ? keep : sides->starts[c]);
        before = at < across && at > before ? at : before;
        behind = at > across && at < behind ? at : behind;
    }
    if (!left)
        return behind < most ? behind : most;
    return across > half && across - half > before ? across - half : before;
}

/* ---- the columns of a text --------------------------------------------------------------------------------------- */

/* Marks what a line does not leave blank; returns how wide it is. */
static unsigned mark_line(const char *line, size_t len, uint8_t *used)
{
    unsigned at = 0;
    unsigned end = 0;
    for (size_t i = 0; i < len;) {
        unsigned columns;
        bool shown;
        const bool space = line[i] == ' ';
        i += watch_next(line + i, &columns, &shown);
        for (unsigned c = at; c < at + columns && c < TEXT_COLUMNS && !space; c++)
            used[c] = 1;
        at += columns;
        end = space ? end : at;
    }
    return end;
}

/* A sentence has none, and stands above or below those that have. */
static bool has_columns(const char *line, size_t len)
{
    const size_t indent = strspn(line, " ");
    return indent < len && memmem(line + indent, len - indent, "  ", GAP) != NULL;
}

void watch_sides_of_text(const char *text, size_t len, unsigned width, struct watch_sides *out)
{
    uint8_t used[TEXT_COLUMNS] = {0};
    uint8_t unused[TEXT_COLUMNS];
    unsigned blank = GAP;
    *out = (struct watch_sides){.width = width};
    for (const char *behind = text + len; text < behind;) {
        const char *line_end = memchr(text, '\n', (size_t)(behind - text));
        size_t line = (size_t)((line_end != NULL ? line_end : behind) - text);
        unsigned end = mark_line(text, line, has_columns(text, line) ? used : unused);
        out->longest = end > out->longest ? end : out->longest;
        text += line + 1;
    }
    for (unsigned c = 0; c < TEXT_COLUMNS && c < out->longest && out->count < WATCH_CELLS; c++) {
        if (used[c] != 0 && blank >= GAP)
            out->starts[out->count++] = c;
        blank = used[c] != 0 ? 0 : blank + 1;
    }
    out->starts[0] = 0; /* what stands before the first one is its */
}

unsigned watch_cells_of_line(char *line, const struct watch_sides *sides, char *cells[WATCH_CELLS])
{
    unsigned count = 0;
    unsigned at = 0;
    unsigned next = 0; /* column that begins */
    char *end = line;  /* of the cell that was begun, without its spaces */
    while (*line != '\0') {
        unsigned columns;
        bool shown;
        const bool space = *line == ' ';
        if (!space && next < sides->count && at >= sides->starts[next]) {
            if (count > 0)
                *end = '\0';
            cells[count++] = line;
            while (next < sides->count && at >= sides->starts[next])
                next++;
        }
        line += watch_next(line, &columns, &shown);
        end = space ? end : line;
        at += columns;
    }
    *end = '\0';
    return count;
}

void watch_sides_of_row(const struct watch_row *row, struct watch_sides *sides)
{
    unsigned at = 0;
    for (const char *text = row->text; *text != '\0';) {
        unsigned columns;
        bool shown;
        const bool space = *text == ' ';
        text += watch_next(text, &columns, &shown);
        at += columns;
        sides->longest = !space && at > sides->longest ? at : sides->longest;
    }
}

/* ---- what is seen of it ------------------------------------------------------------------------------------------ */

/* Characters of a line, as they come: those that are seen go into the row. */
struct view {
    unsigned keep, across, room;
    unsigned at; /* columns that have come */
};

static void add_seen(struct watch_row *row, enum mbp_paint paint, const char *text, size_t len, struct view *view)
{
    for (size_t i = 0; i < len;) {
        unsigned columns;
        bool shown;
        size_t bytes = watch_next(text + i, &columns, &shown);
        const unsigned end = view->at + columns;
        const unsigned from = view->keep + view->across;
        if (end <= view->keep || view->at >= from) {
            if (row->columns + columns > view->room)
                return;
            watch_add_bytes(row, paint, shown ? text + i : "?", shown ? bytes : 1, columns);
        } else if (end > from) { /* half of a wide one */
            watch_add_spaces(row, end - from);
        }
        view->at = end;
        i += bytes;
    }
}

/* One column less where the line goes on, for what is cut is seen to be. */
static struct view view_of(const struct watch_sides *sides, unsigned across, unsigned longest)
{
    const bool goes_on = longest > sides->width + across;
    return (struct view){.keep = kept(sides), .across = across, .room = sides->width - (goes_on ? 1 : 0)};
}

void watch_show_row(struct watch_row *row, const struct watch_sides *sides, unsigned across)
{
    const struct watch_row whole = *row;
    struct watch_sides own = {0};
    const char *text = whole.text;
    watch_sides_of_row(&whole, &own);
    struct view view = view_of(sides, across, own.longest);
    *row = (struct watch_row){.selected = whole.selected, .stale = whole.stale};
    for (unsigned r = 0; r < whole.run_count; r++) {
        add_seen(row, whole.runs[r].paint, text, whole.runs[r].bytes, &view);
        text += whole.runs[r].bytes;
    }
    if (view.room < sides->width)
        watch_add_text(row, MBP_PAINT_NONE, watch_cut_mark(), 1);
}

void watch_show_line(struct watch_row *row, const char *line, size_t len, const struct watch_sides *sides,
                     unsigned across)
{
    uint8_t used[TEXT_COLUMNS];
    struct view view = view_of(sides, across, mark_line(line, len, used));
    if (!has_columns(line, len))
        view.keep = 0;
    add_seen(row, MBP_PAINT_NONE, line, len, &view);
    if (view.room < sides->width)
        watch_add_text(row, MBP_PAINT_NONE, watch_cut_mark(), 1);
}
