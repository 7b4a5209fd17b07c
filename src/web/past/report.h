/* The report over HTTP, and exports: made in another thread. */
#ifndef MBP_WEB_REPORT_H
#define MBP_WEB_REPORT_H

#include "web_priv.h"

void web_serve_report(struct web_call *call);
void web_serve_export(struct web_call *call);

/* Content types beside JSON, NULL ends them; words of its arguments. */
extern const char *const web_report_types[];
extern const char *const web_export_types[]; /* beside CSV */
const char *web_format_word(unsigned i);
const char *web_lang_word(unsigned i);

#endif
