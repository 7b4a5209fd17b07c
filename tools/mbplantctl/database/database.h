/* database: the alarms of a plant file as a table, a row each, out and in again (ISA-18.2-2016 clause 8: the master
 * alarm database). */
#ifndef MBP_CTL_DATABASE_H
#define MBP_CTL_DATABASE_H

#include <stdlib.h>
#include <strings.h>

#include "operate/one_alarm.h"

/* Those up to TRIPS tell which alarm it is, and are not changed by a table. */
enum database_column {
    DATABASE_ALARM,
    DATABASE_MACHINE,
    DATABASE_KIND,
    DATABASE_UNIT,
    DATABASE_TRIPS,
    DATABASE_LIMIT,
    DATABASE_PER,
    DATABASE_PRIORITY,
    DATABASE_DEADBAND,
    DATABASE_DELAY,
    DATABASE_OFF_DELAY,
    DATABASE_LATCH,
    DATABASE_SUPPRESS,
    DATABASE_WHEN,
    DATABASE_RE_ALARM,
    DATABASE_CHATTER,
    DATABASE_MESSAGE,
    DATABASE_CAUSE,
    DATABASE_CONSEQUENCE,
    DATABASE_ACTION,
    DATABASE_COLUMNS
};
#define DATABASE_CELL 4200u /* bytes of the longest: an expression */

extern const struct mbp_grid_column database_columns[DATABASE_COLUMNS];
bool database_is_fixed(enum database_column column);

/* What stands in a cell; of settings alone, which may be those of all alarms of a sensor. */
void database_cell(const struct mbp_plant *plant, const struct ctl_one_alarm *alarm, enum database_column column,
                   char *buf, size_t size);
void database_setting(const struct mbp_alarm *alarm, enum database_column column, char *buf, size_t size);

/* Whether two cells of a column say the same. */
bool database_same(enum database_column column, const char *a, const char *b);

/* A row that changes something: those cells alone that differ from the plant file, else NULL. */
struct database_row {
    struct ctl_one_alarm alarm;
    uint32_t line; /* of the table */
    const char *cells[DATABASE_COLUMNS];
};

/* The plant file's text with a row's cells in it. Ownership: free(*out). why: MBP_EDIT_WHY_LEN bytes. */
enum mbp_status database_edit(const struct mbp_plant *plant, struct mbp_text text, const struct database_row *row,
                              char **out, size_t *out_len, char *why);

/* Takes a table in: all of it, or nothing. */
enum ctl_exit database_take(struct ctl *ctl, const char *path);

#endif
