/* csv_rows: a text with separators as rows of cells, however it is quoted, encoded and separated. */
#ifndef MBP_CTL_LEARN_CSV_ROWS_H
#define MBP_CTL_LEARN_CSV_ROWS_H

#include "mbplant/base.h"

#define CSV_CELLS_MAX 256u

/* The bytes as UTF-8 with a NUL behind: UTF-16 by its mark, else what is no UTF-8 is taken for Latin-1. Ownership:
 * free. NULL without memory. */
char *csv_text(const char *bytes, size_t len);

/* The separator that cuts the first lines best: , ; tab or |. */
char csv_separator(const char *text);

struct csv_row {
    uint32_t line; /* where it begins, from 1 */
    unsigned count;
    char *cells[CSV_CELLS_MAX]; /* without spaces around */
};

/* Takes the next row out of *text, which it cuts into cells in place; false at the end. *line counts. A quote that
 * nobody closes ends with its line. Cells beyond CSV_CELLS_MAX are dropped. */
bool csv_next(char **text, uint32_t *line, char separator, struct csv_row *row);

#endif
