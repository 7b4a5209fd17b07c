/* The report over HTTP, and exports: made in another thread. */
#ifndef MBP_WEB_REPORT_H
#define MBP_WEB_REPORT_H

#include "web_priv.h"

void web_serve_report(struct web_call *call);
void web_serve_export(struct web_call *call);
void web_serve_history(struct web_call *call); /* route.sub: enum mbp_report_what */
void web_serve_targets(struct web_call *call);
/* Where masters reach the plant: its first listener of plain Modbus TCP. */
void web_export_place(const struct web_call *call, char *host, size_t size, uint16_t *port);

/* Content types beside JSON, NULL ends them; words of its arguments. */
extern const char *const web_report_types[];
extern const char *const web_export_types[]; /* beside CSV */
extern const char *const web_table_types[];
const char *web_format_word(unsigned i);
const char *web_table_format_word(unsigned i); /* of tables */

#endif
