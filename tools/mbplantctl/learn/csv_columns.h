/* csv_columns: which column of a register list says what, by its heading. */
#ifndef MBP_CTL_LEARN_CSV_COLUMNS_H
#define MBP_CTL_LEARN_CSV_COLUMNS_H

#include "learn/csv_rows.h"

enum csv_role {
    CSV_ADDRESS,
    CSV_NAME,
    CSV_LABEL,
    CSV_TYPE,
    CSV_COUNT,
    CSV_SCALE,
    CSV_GAIN, /* the raw number is the value times this */
    CSV_DECIMALS,
    CSV_OFFSET,
    CSV_ORDER,
    CSV_UNIT,
    CSV_ACCESS,
    CSV_TABLE,
    CSV_VALUE,
    CSV_BIT,
    CSV_ROLES
};

struct csv_columns {
    int of[CSV_ROLES];   /* -1 = there is none */
    bool hexadecimal;    /* the addresses are, without a 0x */
    unsigned word_bytes; /* of the count: 0 = it counts registers, 1 bytes, 8 bits */
};

/* A role by its word on the command line ("address"); -1. */
int csv_role_find(const char *word);
extern const char *const csv_role_names[CSV_ROLES];

/* Whether a row is the list's heading, and then which column is what. named: headings that the user gives for roles,
 * NULL = none. It needs an address, and something beside it. */
bool csv_columns_find(const struct csv_row *row, const char *const named[CSV_ROLES], struct csv_columns *out);

/* Whether a column is one of them; and what one that is not may be meant for: what its heading says, else what lists
 * often have and this one has not yet. */
bool csv_column_taken(const struct csv_columns *columns, unsigned column);
enum csv_role csv_column_like(const struct csv_columns *columns, const char *cell);

#endif
