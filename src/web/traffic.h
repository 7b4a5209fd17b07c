/* The last exchanges with masters. */
#ifndef MBP_WEB_TRAFFIC_H
#define MBP_WEB_TRAFFIC_H

#include "web_priv.h"

void web_serve_traffic(struct web_call *call);

extern const char *const web_traffic_types[];
const char *web_traffic_format_word(unsigned i);

#endif
