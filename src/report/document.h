/* document: what a report says to people, in its order and language, apart from how it is set: parts of lines, a table
 * and a chart each. Text, Markdown and HTML are three ways to set it. */
#ifndef MBP_REPORT_DOCUMENT_H
#define MBP_REPORT_DOCUMENT_H

#include "messages.h"

#define DOCUMENT_LINES   10u
#define DOCUMENT_NOTES   3u
#define DOCUMENT_COLUMNS 14u
#define DOCUMENT_PARTS   12u
#define DOCUMENT_TEXT    512u

struct document_line {
    const char *title;
    char text[DOCUMENT_TEXT];
};

enum document_chart { CHART_NONE, CHART_AVAILABILITY, CHART_ALARMS, CHART_TIMELINE };

struct document_part {
    const char *title; /* "" = the head of the document, whose title is the plant */
    struct document_line lines[DOCUMENT_LINES];
    size_t line_count;
    struct mbp_grid_column columns[DOCUMENT_COLUMNS];
    struct mbp_grid *grid;                     /* NULL = none */
    const char *none;                          /* said instead of an empty table; NULL = the part then has no table */
    char notes[DOCUMENT_NOTES][DOCUMENT_TEXT]; /* below it; "" = none */
    enum document_chart chart;
};

struct document {
    const struct mbp_report *report;
    const struct mbp_plant *plant;
    enum mbp_lang lang;
    struct document_part parts[DOCUMENT_PARTS];
    size_t count;
};

/* Errors: MBP_ERR_MEMORY. Ownership: mbp_document_free (also after an error). */
enum mbp_status mbp_document_make(const struct mbp_report *report, const struct mbp_plant *plant, struct document *out);
void mbp_document_free(struct document *document);

/* ---- for the parts ----------------------------------------------------------------------------------------------- */

struct document_column {
    enum mbp_message title;
    const char *key;
    bool number;
};

/* The next part; title MSG_COUNT = the head. */
struct document_part *mbp_document_add(struct document *document, enum mbp_message title);

/* Its next line, to be filled: text of DOCUMENT_TEXT bytes. */
char *mbp_document_line(struct document *document, struct document_part *part, enum mbp_message title);

/* Gives it a table with these columns. Errors: MBP_ERR_MEMORY. */
enum mbp_status mbp_document_grid(struct document *document, struct document_part *part,
                                  const struct document_column *columns, size_t count);

/* A message with what it asks for into buf of DOCUMENT_TEXT bytes. Returns buf. */
const char *mbp_document_say(enum mbp_lang lang, char *buf, enum mbp_message id, ...);

/* "83.3 %"; NaN is "-". Returns buf. 32 bytes suffice. */
const char *mbp_document_percent(enum mbp_lang lang, double ratio, char *buf, size_t size);

/* A span in ms; NaN is "-". Returns buf. 32 bytes suffice. */
const char *mbp_document_span(enum mbp_lang lang, double ms, char *buf, size_t size);

/* The parts that the period's analysis gives. Errors: MBP_ERR_MEMORY. */
enum mbp_status mbp_document_add_period(struct document *document);

/* The tables of actuators and of controllers, where there are such. Errors: MBP_ERR_MEMORY. */
enum mbp_status mbp_document_add_outputs(struct document *document);
enum mbp_status mbp_document_fill_actuators(struct document *document, struct document_part *part);
enum mbp_status mbp_document_fill_controllers(struct document *document, struct document_part *part);

/* The table of alarms that are active or wait. Errors: MBP_ERR_MEMORY. */
enum mbp_status mbp_document_fill_alarms(struct document *document, struct document_part *part);

#endif
