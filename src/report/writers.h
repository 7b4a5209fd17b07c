/* What the writers of the report share. */
#ifndef MBP_REPORT_WRITERS_H
#define MBP_REPORT_WRITERS_H

#include "mbplant/report.h"

enum mbp_status mbp_report_text(const struct mbp_report *report, const struct mbp_plant *plant, bool colour, FILE *out);
enum mbp_status mbp_report_markdown(const struct mbp_report *report, const struct mbp_plant *plant, FILE *out);
enum mbp_status mbp_report_json(const struct mbp_report *report, const struct mbp_plant *plant, FILE *out);
enum mbp_status mbp_report_csv(const struct mbp_report *report, const struct mbp_plant *plant, FILE *out);
enum mbp_status mbp_report_alarms_json(const struct mbp_report *report, FILE *out);
enum mbp_status mbp_report_alarms_csv(const struct mbp_report *report, FILE *out);

/* The tables of machines and alarms that text and Markdown show. Ownership: mbp_grid_free. */
enum mbp_status mbp_report_machine_grid(const struct mbp_report *report, struct mbp_grid **out);
enum mbp_status mbp_report_alarm_grid(const struct mbp_report *report, struct mbp_grid **out);

/* "5 machines: 4 en_service, 1 en_panne, 0 maintenance" and the like: the lines of a summary, in their order. Each
 * returns buf. 512 bytes suffice. */
const char *mbp_report_machines_line(const struct mbp_report *report, char *buf, size_t size);
const char *mbp_report_alarms_line(const struct mbp_report *report, char *buf, size_t size);
const char *mbp_report_incident_line(const struct mbp_report *report, const struct mbp_plant *plant, char *buf,
                                     size_t size);
const char *mbp_report_production_line(const struct mbp_report *report, char *buf, size_t size);
const char *mbp_report_scan_line(const struct mbp_report *report, char *buf, size_t size);

/* One CSV field, quoted when RFC 4180 asks for it, after a comma unless it is the first of its row. */
void mbp_csv_field(FILE *out, const char *text, bool first);
#define MBP_CSV_END_OF_ROW "\r\n" /* RFC 4180, 2.1 */

#endif
