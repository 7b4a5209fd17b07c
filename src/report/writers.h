/* What the writers of the report share. */
#ifndef MBP_REPORT_WRITERS_H
#define MBP_REPORT_WRITERS_H

#include <time.h>

#include "mbplant/report.h"

struct document;

enum mbp_status mbp_report_text(const struct document *document, bool colour, FILE *out);
enum mbp_status mbp_report_markdown(const struct document *document, FILE *out);
enum mbp_status mbp_report_html(const struct document *document, FILE *out);
enum mbp_status mbp_report_json(const struct mbp_report *report, const struct mbp_plant *plant, FILE *out);
enum mbp_status mbp_report_csv(const struct mbp_report *report, const struct mbp_plant *plant, FILE *out);
enum mbp_status mbp_report_alarms_json(const struct mbp_report *report, FILE *out);
enum mbp_status mbp_report_alarms_csv(const struct mbp_report *report, FILE *out);

/* The day and time of day that a text tells: UTC, in French local. False: there is none. */
bool mbp_report_moment(enum mbp_lang lang, uint64_t wall_ms, struct tm *out);

/* What a controller moves: an actuator, or the setpoint of another controller; the unit of that; its mode in a word. */
const char *mbp_output_moves(const struct mbp_plant *plant, const struct mbp_controller *controller);
const char *mbp_output_unit(const struct mbp_plant *plant, const struct mbp_controller *controller);
const char *mbp_output_mode(bool automatic);

/* Rows of a grid; a cell of it. */
size_t mbp_grid_rows(const struct mbp_grid *grid);
const char *mbp_grid_text(const struct mbp_grid *grid, size_t row, size_t column, enum mbp_paint *paint);
const struct mbp_grid_column *mbp_grid_columns(const struct mbp_grid *grid, size_t *count);

/* false = memory did not suffice for a cell. */
bool mbp_grid_is_whole(const struct mbp_grid *grid);

/* Bytes of a UTF-8 text that take no column of their own. */
size_t mbp_text_extra(const char *text);

/* One CSV field, quoted when RFC 4180 asks for it, after a comma unless it is the first of its row. */
void mbp_csv_field(FILE *out, const char *text, bool first);
#define MBP_CSV_END_OF_ROW "\r\n" /* RFC 4180, 2.1 */

#endif
