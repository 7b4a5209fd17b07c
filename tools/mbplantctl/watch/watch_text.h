/* watch_text: text in the rows of watch's screen: measured in columns, cut and wrapped. */
#ifndef MBP_CTL_WATCH_TEXT_H
#define MBP_CTL_WATCH_TEXT_H

#include "watch/watch.h"

/* Columns on a terminal that UTF-8 takes, in the locale that is set: 0 of a combining character, 2 of a wide one, 1 of
 * a byte that is none. */
unsigned watch_columns(const char *text);

/* One character: its bytes, and in *columns what it takes. What is no UTF-8, a control character, or none of the
 * locale's takes one, and is not shown as it is. */
size_t watch_next(const char *text, unsigned *columns, bool *shown);

/* What is cut must not read as if it were whole: an ellipsis, where the locale has it. */
const char *watch_cut_mark(void);

/* How many bytes of text make its first row of at most width columns: up to a line's end, or a space, or where it is
 * full. Spaces and the line's end that follow belong to no row: *skip. */
size_t watch_wrap(const char *text, unsigned width, size_t *skip);

void watch_add_bytes(struct watch_row *row, enum mbp_paint paint, const char *bytes, size_t count, unsigned columns);
void watch_add_spaces(struct watch_row *row, unsigned count);

/* As much of text as fits in so many columns. */
void watch_add_text(struct watch_row *row, enum mbp_paint paint, const char *text, unsigned room);

/* A cell of so many columns, and a space behind it; negative = aligned right, 0 = as wide as its text. What does not
 * fit ends in an ellipsis. */
void watch_put(const struct watch_screen *screen, struct watch_row *row, enum mbp_paint paint, int width,
               const char *format, ...) __attribute__((format(printf, 5, 6)));

/* ---- sideways (watch_sides.c) ------------------------------------------------------------------------------------ */

/* The columns of a text: where all of its lines that have any have two spaces before them. */
void watch_sides_of_text(const char *text, size_t len, unsigned width, struct watch_sides *out);

/* Takes a line of it apart: the cells that are not blank, without the spaces around them. How many. */
unsigned watch_cells_of_line(char *line, const struct watch_sides *sides, char *cells[WATCH_CELLS]);

/* A row of them: it may be longer than the others. */
void watch_sides_of_row(const struct watch_row *row, struct watch_sides *sides);

/* Leaves of a row what is seen of it: the first column, and others from `across` on behind it. */
void watch_show_row(struct watch_row *row, const struct watch_sides *sides, unsigned across);

/* The same of a line of text, in an empty row. */
void watch_show_line(struct watch_row *row, const char *line, size_t len, const struct watch_sides *sides,
                     unsigned across);

/* ---- the lists (watch_lists.c) ----------------------------------------------------------------------------------- */

/* The titles of a page's list, and one of its lines: the at-th, of events the newest first. */
void watch_lay_titles(const struct watch_model *model, enum watch_page page, const struct watch_screen *out,
                      struct watch_row *row);
void watch_lay_line(const struct watch_model *model, enum watch_page page, size_t at, const struct watch_screen *out,
                    struct watch_row *row);

/* The time in the header; in French it is that of where the screen stands, and so is that of events. */
const char *watch_clock_text(uint64_t wall_ms, char *buf, size_t size);

/* What the flags of sensors mean. */
void watch_lay_legend(const struct watch_screen *out, struct watch_row *row);

#endif
