/* document: what a report says to people, in its order and language, apart from how it is set: parts of lines, a table
 * and a chart each. Text, Markdown and HTML are three ways to set it. */
#ifndef MBP_REPORT_DOCUMENT_H
#define MBP_REPORT_DOCUMENT_H

#include "messages.h"

#define DOCUMENT_LINES   12u
#define DOCUMENT_NOTES   3u
#define DOCUMENT_COLUMNS 14u
#define DOCUMENT_PARTS   20u
#define DOCUMENT_TEXT    512u

struct document_line {
    const char *title;
    char text[DOCUMENT_TEXT];
};

enum document_chart { CHART_NONE, CHART_AVAILABILITY, CHART_ALARMS, CHART_TIMELINE, CHART_CAUSES };

/* What machines were down for, the longest first: in the period. */
#define DOCUMENT_CAUSES 12u
struct document_cause {
    char text[DOCUMENT_TEXT];
    uint32_t count;
    double down_ms;
};
struct document_causes {
    struct document_cause items[DOCUMENT_CAUSES]; /* the last: all others */
    size_t count;
    double down_ms; /* for all of them */
};

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
    struct document_causes causes;
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

/* Of the period: incidents, what machines were down for, work. Errors: MBP_ERR_MEMORY. */
enum mbp_status mbp_document_add_incidents(struct document *document);

/* Why the machines of a list's incidents were down. Errors: MBP_ERR_MEMORY. */
struct mbp_history_list;
enum mbp_status mbp_document_causes(const struct mbp_history_list *list, struct document_causes *out);

enum mbp_status mbp_document_add_work(struct document *document);

/* Its alarms beside what they should be. Errors: MBP_ERR_MEMORY. */
enum mbp_status mbp_document_add_performance(struct document *document);

/* ---- alarms beside what ISA-18.2-2016 (table 6) and EEMUA 191 (appendix 12) ask for, for one operator ---- */

#define MBP_TARGETS (8u + MBP_PRIORITY_COUNT)

struct mbp_target {
    const char *key;        /* of JSON */
    enum mbp_message title; /* of a priority MSG_W_PRIORITY_OF */
    double value, target;   /* NaN = cannot be said */
    bool share;             /* 0..1, of all */
    bool most;              /* the target is the most that it may be, else about what it should be */
    bool judged;            /* else told alone: few alarms say nothing of it */
    enum mbp_priority priority;
};

/* All of them, in order. */
void mbp_targets_of(const struct mbp_analysis *analysis, struct mbp_target out[MBP_TARGETS]);

/* What a target is called. Returns buf. 128 bytes suffice. */
const char *mbp_target_title(enum mbp_lang lang, const struct mbp_target *target, char *buf, size_t size);

/* A number with its thousands apart where the language does that. Returns buf. 32 bytes suffice. */
const char *mbp_document_count(enum mbp_lang lang, uint64_t count, char *buf, size_t size);

/* The tables of actuators and of controllers, where there are such. Errors: MBP_ERR_MEMORY. */
enum mbp_status mbp_document_add_outputs(struct document *document);
enum mbp_status mbp_document_fill_actuators(struct document *document, struct document_part *part);
enum mbp_status mbp_document_fill_controllers(struct document *document, struct document_part *part);

/* The table of alarms that are active or wait. Errors: MBP_ERR_MEMORY. */
#define DOCUMENT_ALARM_COLUMNS 9u
enum mbp_status mbp_document_fill_alarms(struct document *document, struct document_part *part);

#endif
