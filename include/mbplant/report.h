/* report: what a person wants to know of a plant, as one struct, and its writers; events as sentences; numbers with as
 * many digits as their register shows. Where the numbers come from it does not know: mbplantctl fills them. */
#ifndef MBPLANT_REPORT_H
#define MBPLANT_REPORT_H

#include <stdio.h>

#include "mbplant/analysis.h"
#include "mbplant/event.h"
#include "mbplant/event/tag.h"
#include "mbplant/map.h"
#include "mbplant/plant.h"
#include "mbplant/view.h"

enum mbp_format {
    MBP_FORMAT_TEXT,
    MBP_FORMAT_MARKDOWN,
    MBP_FORMAT_HTML,
    MBP_FORMAT_JSON,
    MBP_FORMAT_CSV,
    MBP_FORMAT_JSONL,
    MBP_FORMAT_JUNIT,
    MBP_FORMAT_COUNT
};

/* "text", "markdown", ... Static storage. */
const char *mbp_format_name(enum mbp_format format);

/* The format of that name. Errors: MBP_ERR_MISSING. */
enum mbp_status mbp_format_find(const char *name, enum mbp_format *out);

/* ---- languages -------------------------------------------------------------------------------------------------- */

/* Of what is meant for people. Keys of JSON and CSV, names and the words of the plant file (en_service, high_high) are
 * the same in all. */
enum mbp_lang { MBP_LANG_EN, MBP_LANG_FR, MBP_LANG_COUNT };

/* "en", "fr". Static storage. */
const char *mbp_lang_name(enum mbp_lang lang);

/* Errors: MBP_ERR_MISSING. */
enum mbp_status mbp_lang_find(const char *name, enum mbp_lang *out);

/* What an alarm means, any of the six: "Overheating", "Surchauffe". sensor may be NULL: "limit" for the four. Static
 * storage; of the alarm of a bypass until this thread asks for another. */
const char *mbp_report_diagnosis(enum mbp_lang lang, const struct mbp_sensor *sensor, unsigned limit);

/* The same of a sensor's tag. */
const char *mbp_tag_diagnosis(enum mbp_lang lang, const struct mbp_event_tag *tag, unsigned limit);

/* ---- numbers ---------------------------------------------------------------------------------------------------- */

/* A sensor's value: fixed digits, with its unit ("65.0 °C"); bool is "on" or "off", NaN is "-". Returns buf. 64 bytes
 * suffice. */
const char *mbp_value_text(const struct mbp_sensor *sensor, double value, char *buf, size_t size);

/* A limit: the same without trailing zeros ("85 °C"), NaN is "off". Returns buf. 64 bytes suffice. */
const char *mbp_limit_text(const struct mbp_sensor *sensor, double limit, char *buf, size_t size);

/* The same by a tag: as many digits as that is worth, in its unit of measure. */
const char *mbp_tag_value_text(const struct mbp_event_tag *tag, double value, char *buf, size_t size);
const char *mbp_tag_limit_text(const struct mbp_event_tag *tag, double limit, char *buf, size_t size);

/* The shortest decimal text that reads back as the same float ("92.3"); NaN is "". Returns buf. 32 bytes suffice. */
const char *mbp_float_text(float number, char *buf, size_t size);

/* A command, a position, or what a controller gives the actuator, with its unit: an on/off one that stands at an end is
 * "on" or "off", NaN is "-". Returns buf. 64 bytes suffice. */
const char *mbp_actuator_text(const struct mbp_actuator *actuator, double position, char *buf, size_t size);

/* A time for people, without milliseconds: UTC, in French local: "2026-11-28 17:46:05Z", "28/11/2026 18:46:05". Returns
 * buf. 32 bytes suffice. */
const char *mbp_report_time(enum mbp_lang lang, uint64_t wall_ms, char *buf, size_t size);

/* How long, in the two largest units that matter: "3d 4h", "17h 3min", "12s"; in French "3j 4h". Returns buf. 32 bytes
 * suffice. */
const char *mbp_span_text_in(enum mbp_lang lang, uint64_t seconds, char *buf, size_t size);

/* What stands in a point's count words (at most so many), as JSON; null of a limit that is off, and of what is no
 * number. words may be changed. */
#define MBP_REPORT_POINT_WORDS 125u
void mbp_report_point_value(const struct mbp_point *point, uint16_t *words, uint32_t count, FILE *out);

/* ---- grids: one table, written as aligned text, Markdown, CSV or JSON ------------------------------------------- */

struct mbp_grid_column {
    const char *title; /* of text and Markdown */
    const char *key;   /* of CSV and JSON */
    bool number;       /* right-aligned; a JSON number, or null when the cell is empty or "-" */
};

enum mbp_paint { MBP_PAINT_NONE, MBP_PAINT_TITLE, MBP_PAINT_GOOD, MBP_PAINT_BAD, MBP_PAINT_CARE };

struct mbp_grid;

/* columns must outlive the grid. Errors: MBP_ERR_MEMORY. Ownership: mbp_grid_free. */
enum mbp_status mbp_grid_new(const struct mbp_grid_column *columns, size_t count, struct mbp_grid **out);
void mbp_grid_free(struct mbp_grid *grid);

/* Appends the next cell, row by row. A cell that memory did not suffice for fails mbp_grid_write, not this call. */
void mbp_grid_cell(struct mbp_grid *grid, enum mbp_paint paint, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same of what there is not, or is not known: "-", in JSON null, in CSV nothing. */
void mbp_grid_none(struct mbp_grid *grid);

/* The same of a text that is no number, whatever it says: in JSON a text in a column of numbers, too. */
void mbp_grid_text_cell(struct mbp_grid *grid, enum mbp_paint paint, const char *text);

/* Writes all rows. colour concerns text only. Errors: MBP_ERR_MEMORY (nothing written), MBP_ERR_MISSING (no table). */
enum mbp_status mbp_grid_write(const struct mbp_grid *grid, enum mbp_format format, bool colour, FILE *out);

/* The colour of a state of a machine. */
enum mbp_paint mbp_state_paint(enum mbp_state_code state);

/* What switches a paint on in a terminal; "\033[0m" switches it off. Static storage. */
const char *mbp_paint_code(enum mbp_paint paint);

/* ---- the report ------------------------------------------------------------------------------------------------- */

struct mbp_history;
struct mbp_sayings;

struct mbp_report_machine {
    const char *name, *label, *unit_name;
    uint8_t unit; /* Modbus unit id */
    enum mbp_state_code state;
    bool untold;                               /* of a report by a master: no address shows its state */
    uint8_t untold_figures;                    /* likewise of these: a mask of enum mbp_machine_figure */
    uint64_t since_ms;                         /* wall time; 0 = unknown */
    const char *cause;                         /* of the present state, "" = unknown */
    const char *first_out;                     /* sensor that tripped it, "" = none */
    uint32_t alarms;                           /* active ones of its sensors */
    uint32_t good, reject;                     /* products */
    uint32_t running_s, down_s, maintenance_s; /* simulated time in each state */
    uint32_t failures;
    bool due;                        /* maintenance */
    bool due_by_time, due_by_output; /* whether these say when it will be, counted from now: */
    uint32_t due_s;                  /* of running time */
    uint32_t due_products;
};

static inline bool mbp_report_tells(const struct mbp_report_machine *machine, enum mbp_machine_figure figure)
{
    return (machine->untold_figures >> figure & 1u) == 0;
}

/* When maintenance is due: "now", "8d 7h", "500 products", "8d 7h or 500 products"; "-" = never. Returns buf. 64 bytes
 * suffice. */
const char *mbp_report_due_text(enum mbp_lang lang, const struct mbp_report_machine *machine, char *buf, size_t size);

struct mbp_report_alarm {
    const char *machine; /* "" = a sensor of the unit itself */
    const struct mbp_sensor *sensor;
    enum mbp_limit limit;
    double value, limit_value; /* engineering units, as read when the report was made */
    bool active, unacknowledged, shelved;
    bool limit_untold;          /* of a report by a master: no address shows its limit */
    bool ack_untold;            /* likewise whether it is acknowledged */
    bool bypass;                /* not the alarm itself: an entry for the bypass of the interlock that it is */
    enum mbp_alarm_state state; /* NORMAL = what the three above say */
    uint64_t since_ms;          /* wall time when it was raised last, else of the last change of the sensor's alarms;
                                   0 = unknown */
};

struct mbp_report_actuator {
    const struct mbp_actuator *actuator;
    const struct mbp_controller *by; /* moves it, in automatic; NULL = its unit's logic, or nobody but masters */
    const char *machine;             /* "" = an actuator of the unit itself */
    double command, position;        /* engineering units */
};

/* Who moves it, by name; "" = nobody but masters. */
static inline const char *mbp_report_mover(const struct mbp_report_actuator *row)
{
    return row->by != NULL ? row->by->name : row->actuator->logic != 0 ? "logic" : "";
}

struct mbp_report_controller {
    const struct mbp_controller *controller;
    bool automatic;
    bool mode_untold;             /* as a machine's state */
    double setpoint, measurement; /* in the unit of its input */
    double output;                /* in the unit of what it moves */
};

struct mbp_report {
    const char *plant;
    enum mbp_lang lang;
    const struct mbp_analysis *analysis; /* of a period; NULL = none was asked for */
    const struct mbp_history *history;   /* with what people said in it; NULL = none was asked for */
    const struct mbp_sayings *sayings;
    uint64_t now_ms; /* wall time when it was made */
    uint64_t sim_ms; /* the plant's simulated time */
    uint32_t scans, late_scans, sensors;
    bool journal_refused;                 /* it cannot be written */
    uint32_t events_waiting, events_lost; /* to be stored; for want of memory to wait in */
    uint32_t by_state[MBP_STATE_COUNT];   /* machines */
    const struct mbp_report_machine *machines;
    size_t machine_count;
    const struct mbp_report_alarm *alarms; /* active or waiting for acknowledgement */
    size_t alarm_count;
    bool alarms_untold, acks_untold; /* to a master: no address shows any that there is; which are acknowledged */
    const struct mbp_report_actuator *actuators;
    size_t actuator_count;
    const struct mbp_report_controller *controllers;
    size_t controller_count;
    bool has_incident; /* the last machine that went to en_panne */
    struct mbp_event incident;
    const struct mbp_names *names; /* of what it is about; NULL = numbers in the plant */
};

/* Totals over the machines and alarms of a report, as every writer shows them. */
struct mbp_report_totals {
    uint64_t good, reject;
    bool good_untold, reject_untold; /* to a master: no address shows that of each machine */
    uint32_t active, unacknowledged; /* alarms */
};
struct mbp_report_totals mbp_report_total(const struct mbp_report *report);

/* Writes it whole: text (coloured if asked), markdown, html (one file that needs no other, with charts), json, csv
 * (section, subject, field, value, unit). Errors: MBP_ERR_MISSING (jsonl: nothing written), MBP_ERR_MEMORY. */
enum mbp_status mbp_report_write(const struct mbp_report *report, const struct mbp_plant *plant, enum mbp_format format,
                                 bool colour, FILE *out);

/* "active, unacknowledged", "latched, acknowledged", "shelved", "out of service", ... Static storage. */
const char *mbp_report_alarm_state(const struct mbp_report_alarm *alarm);

/* What an alarm's limit is: "85 °C", of a rate of change "20 °C per 1min", of bad quality "-". Returns buf. 128 bytes
 * suffice. */
const char *mbp_report_alarm_limit(enum mbp_lang lang, const struct mbp_report_alarm *alarm, char *buf, size_t size);

/* The alarms alone, as a table: text, markdown, csv, json (an array). Errors: as above, html is missing too. */
enum mbp_status mbp_report_write_alarms(const struct mbp_report *report, enum mbp_format format, bool colour,
                                        FILE *out);

/* Actuators or controllers alone, as a table: text, markdown, csv, json. Errors: as above. */
enum mbp_status mbp_report_write_actuators(const struct mbp_report *report, const struct mbp_plant *plant,
                                           enum mbp_format format, bool colour, FILE *out);
enum mbp_status mbp_report_write_controllers(const struct mbp_report *report, const struct mbp_plant *plant,
                                             enum mbp_format format, bool colour, FILE *out);

/* ---- events ----------------------------------------------------------------------------------------------------- */

/* What events are told by. */
struct mbp_telling {
    const struct mbp_plant *plant; /* of now: whose points are where */
    const struct mbp_names *names; /* NULL, or without tags: machine and sensor are numbers in the plant */
    enum mbp_lang lang;            /* of sentences */
};

/* What is kept beside an event. */
struct mbp_event_beside {
    const char *comment; /* NULL or "" = none */
    uint32_t check;      /* mbp_event_check */
    bool has_check;
    uint32_t before; /* the check value of the event before, where that is not there */
    bool has_before;
    bool local; /* a text line has local time in English too: it stands beside other local times */
};

/* One event: text line, CSV row (RFC 4180) or JSON object on a line. header writes what comes before the first (CSV).
 * Any other format is written as text. beside: NULL = nothing is. */
void mbp_report_event_header(enum mbp_format format, FILE *out);
void mbp_report_event(const struct mbp_telling *by, const struct mbp_event *event,
                      const struct mbp_event_beside *beside, enum mbp_format format, FILE *out);

/* An event from a JSON line that mbp_report_event wrote, with its check value and its comment. Errors: MBP_ERR_FORMAT,
 * MBP_ERR_MEMORY. Ownership: *comment (NULL = there is none), free. */
enum mbp_status mbp_report_event_parse(struct mbp_text line, struct mbp_event *out, struct mbp_event_beside *beside,
                                       char **comment);

/* The event as a sentence without its time: "FILL1 en_service -> en_panne: TT101 Overheating 92.3 °C (limit 85 °C)".
 * Names that nobody knows become "machine 3 of unit 1". Returns buf. 256 bytes suffice. */
const char *mbp_report_sentence(const struct mbp_telling *by, const struct mbp_event *event, char *buf, size_t size);

/* Why a machine changed its state: what follows the colon in the sentence. Returns buf. 256 bytes suffice. */
const char *mbp_report_cause_text(const struct mbp_telling *by, const struct mbp_event *event, char *buf, size_t size);

/* The machine, and the sensor, actuator or controller, that an event is about. False: none, or nobody knows it. */
bool mbp_event_machine(const struct mbp_telling *by, const struct mbp_event *event, struct mbp_event_tag *out);
bool mbp_event_item(const struct mbp_telling *by, const struct mbp_event *event, struct mbp_event_tag *out);

/* The point that an event is about which says where something was written or refused (POINT_WRITTEN, WRITE_REFUSED).
 * False for others, for files, and where the plant has no point there or, by now, somebody else's. */
bool mbp_event_point(const struct mbp_telling *by, const struct mbp_event *event, struct mbp_point *out);

/* Why a point refused a value: "LIC201 in automatic moves it", "outside its range 0..150 °C". value in the
 * point's unit, NaN = not known, or of a limit that it is to be unused. Returns buf (160 bytes suffice), or NULL where
 * nothing that the plant file says stands against it: the exception alone tells. */
const char *mbp_report_refusal(enum mbp_lang lang, const struct mbp_plant *plant, const struct mbp_point *point,
                               double value, enum mbp_status exception, char *buf, size_t size);

/* Why somebody may not do what takes a right: "anna is operator; it takes engineer or instructor to change alarm
 * limits". who: the name he says; "" = none. Returns buf (256 bytes suffice), or NULL where he may: then access rules
 * stand against it. */
const char *mbp_report_no_right(enum mbp_lang lang, const struct mbp_operators *operators, const char *who,
                                enum mbp_right right, char *buf, size_t size);

#endif
