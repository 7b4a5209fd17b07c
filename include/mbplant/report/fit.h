/* report_fit: tables for a terminal of so many columns. Into anything else they are whole. */
#ifndef MBPLANT_REPORT_FIT_H
#define MBPLANT_REPORT_FIT_H

#include "mbplant/report.h"

/* Text of the grid is at most width columns wide; 0 = as wide as it takes. Where it would be wider, columns that are
 * empty are left out first, then those with a rank, the highest first; then the widest columns of text are cut, which
 * is seen: "...". ranks: one a column, 0 = it stays; must outlive the grid. */
void mbp_grid_fit(struct mbp_grid *grid, unsigned width, const uint8_t *ranks);

/* How many columns that are not empty such a width leaves out. */
size_t mbp_grid_left_out(const struct mbp_grid *grid);

/* As mbp_report_write_alarms. *left_out: columns. */
enum mbp_status mbp_report_write_alarms_in(const struct mbp_report *report, enum mbp_format format, bool colour,
                                           unsigned width, size_t *left_out, FILE *out);

#endif
