/* The analysis as JSON. */
#ifndef MBP_REPORT_JSON_ANALYSIS_H
#define MBP_REPORT_JSON_ANALYSIS_H

#include <jansson.h>

#include "document.h"

/* NULL = out of memory. Ownership: json_decref. */
json_t *mbp_analysis_json(const struct mbp_analysis *analysis, enum mbp_lang lang);

/* Down time by cause, the longest first. NULL = out of memory. Ownership: json_decref. */
json_t *mbp_causes_json(const struct document_causes *causes);

#endif
