/* What the parts of the HTML writer share. */
#ifndef MBP_REPORT_HTML_H
#define MBP_REPORT_HTML_H

#include "document.h"

/* A text where HTML stands: & < > " ' become references, control characters and what is no UTF-8 spaces. */
void mbp_html_put(FILE *out, const char *text);

/* Charts as inline SVG, in colours that a printer without them, and people who see them otherwise, can tell apart: each
 * has a lightness or a pattern of its own. Errors of out are its own. */
void mbp_svg_patterns(FILE *out); /* once a page, before the charts */
void mbp_svg_availability(const struct document *document, FILE *out);
void mbp_svg_timeline(const struct document *document, FILE *out);
void mbp_svg_alarms(const struct document *document, FILE *out);
void mbp_svg_causes(const struct document *document, FILE *out);

#endif
