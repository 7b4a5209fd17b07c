/* What the files of scenario/ share: the file as it is written, then what it means for its plant. */
#ifndef MBPLANT_SCENARIO_PRIV_H
#define MBPLANT_SCENARIO_PRIV_H

#include "defs.h"
#include "faults.h"
#include "mbplant/map.h"
#include "mbplant/scenario.h"
#include "schema.h"

/* ---- as it is written ------------------------------------------------------------------------------------------- */

/* What a step does; its key is that of step_fields[2 + act]. */
enum act {
    ACT_INJECT,
    ACT_RELEASE,
    ACT_FAULT,
    ACT_WRITE,
    ACT_MACHINE,
    ACT_ACKNOWLEDGE,
    ACT_NOTE,
    ACT_EXPECT,
    ACT_STUDENT,
    ACT_COUNT
};
enum { STEP_AT, STEP_AFTER, STEP_ACT, STEP_WHEN = STEP_ACT + ACT_COUNT };

struct inject_def {
    struct mbp_def def;
    const char *sensor;
    double value;
};

struct write_def {
    struct mbp_def def;
    const char *point;
    double value;
    uint32_t unit;
};

struct ask_def {
    struct mbp_def def;
    const char *name;
    int ask; /* enum mbp_state_code */
};

/* `fault: NAME on`, or one of its own. */
struct fault_def {
    struct mbp_plant_fault_def own;
    const char *name; /* NULL: of its own */
    bool on;
};

struct value_def {
    struct mbp_def def;
    const char *sensor;
    double between[2];
};

/* When an expectation must hold. */
struct when_def {
    uint64_t within_ns, before_ns, for_ns;
    uint32_t points;
};

/* `reconnected: true`, with a key of its own for the time; or `within 10s`, `before 1min`. */
struct reconnected_def {
    uint64_t ns;
    bool timed, before;
};

struct expect_def {
    struct mbp_def def;
    const char *alarm, *no_alarm, *machine, *acknowledged;
    const char *polled, *never_wrote, *client; /* of a master */
    struct reconnected_def reconnected;
    uint8_t functions[16]; /* a bit each */
    uint32_t unit;
    uint64_t every_ns;
    struct value_def value, process;
    int state;
    struct when_def when;
};

struct student_def {
    struct mbp_def def;
    const char *acknowledge, *machine;
    struct write_def write;
    int ask;
    bool first, in_order;
    struct when_def when;
    uint64_t model_ns;
};

/* Which of its keys a schema's struct has: fields of expect_fields and student_fields. */
enum {
    EXPECT_ALARM,
    EXPECT_NO_ALARM,
    EXPECT_MACHINE,
    EXPECT_ACKNOWLEDGED,
    EXPECT_VALUE,
    EXPECT_PROCESS,
    EXPECT_POLLED,
    EXPECT_RECONNECTED,
    EXPECT_NEVER_WROTE,
    EXPECT_FUNCTIONS,
    EXPECT_UNIT,
    EXPECT_STATE,
    EXPECT_CLIENT,
    EXPECT_EVERY,
    EXPECT_TIMES
};
enum {
    STUDENT_ACKNOWLEDGE,
    STUDENT_MACHINE,
    STUDENT_WRITE,
    STUDENT_ASK,
    STUDENT_TIMES,
    STUDENT_MODEL = STUDENT_TIMES + 2
};
enum { TIMES_WITHIN, TIMES_BEFORE, TIMES_FOR };

struct step_def {
    struct mbp_def def;
    uint64_t at_ns, after_ns;
    struct inject_def inject;
    const char *release, *acknowledge, *note;
    struct fault_def fault;
    struct write_def write;
    struct ask_def machine;
    struct expect_def expect;
    struct student_def student;
    struct mbp_formula_def when;
};

struct scenario_def {
    struct mbp_def def;
    const char *name, *plant;
    uint64_t duration_ns, seed;
    int forcing;                  /* index into forcing_words */
    struct mbp_def_list timeline; /* of struct step_def */
};

enum {
    SCENARIO_VERSION,
    SCENARIO_NAME,
    SCENARIO_PLANT,
    SCENARIO_DURATION,
    SCENARIO_SEED,
    SCENARIO_FORCING,
    SCENARIO_TIMELINE
};
enum { FORCING_ALLOWED, FORCING_REFUSED };
enum { WRITE_POINT, WRITE_VALUE, WRITE_UNIT };
enum { INJECT_SENSOR, INJECT_VALUE };
enum { ASK_NAME, ASK_ASK };
enum { VALUE_SENSOR, VALUE_BETWEEN };

extern const struct mbp_schema scenario_schema;

/* The one thing that a step does, ACT_COUNT when it is not one. */
enum act step_act(const struct step_def *step);

/* ---- what it means ---------------------------------------------------------------------------------------------- */

/* A write to one point. */
struct put {
    uint8_t unit;  /* id */
    uint8_t table; /* MBP_COILS or MBP_HOLDING_REGISTERS */
    uint16_t addr, count;
    uint8_t type, order;     /* of a register: enum mbp_type, enum mbp_order */
    struct mbp_register reg; /* how its words are a number */
    uint16_t words[4];       /* a coil's 0 or 1 in the first */
    uint16_t mask;           /* bits of its register that it is; 0 = all */
    uint8_t shift;
};

struct puts {
    const struct put *items;
    uint32_t count;
};

/* Whose alarms. */
enum target_kind { TARGET_ALL, TARGET_MACHINE, TARGET_SENSOR };
struct target {
    enum target_kind kind;
    uint32_t index;
    uint8_t alarms; /* mask of enum mbp_limit */
};

enum expectation_kind {
    EXPECTED_ALARM,
    EXPECTED_NO_ALARM,
    EXPECTED_STATE,
    EXPECTED_ACKNOWLEDGED,
    EXPECTED_VALUE,
    EXPECTED_ASKED,
    EXPECTED_WRITTEN,
    /* of a master: */ EXPECTED_POLLED,
    EXPECTED_RECONNECTED,
    EXPECTED_NEVER_WROTE,
    EXPECTED_FUNCTIONS,
    EXPECTED_ONE_UNIT
};

/* Where a point stands. */
struct place {
    uint8_t unit, table;
    uint16_t addr;
    uint32_t count;
};
enum when { WHEN_NEXT, WHEN_WITHIN, WHEN_BEFORE, WHEN_THROUGHOUT };

struct expectation {
    enum expectation_kind kind;
    enum when when;
    uint64_t span_ns; /* WITHIN, THROUGHOUT: from its step; BEFORE: from the scenario's begin */
    struct target target;
    uint32_t index; /* STATE, ASKED: machine; VALUE: sensor, or sensors + actuator */
    uint8_t state;  /* enum mbp_state_code */
    double low, high;
    struct puts puts; /* the student's: how the model student does it */
    uint64_t model_ns;
    uint32_t points;
    uint32_t after; /* the student's: not before this expectation is met; UINT32_MAX = whenever */
    bool student;
    bool first;   /* the student's: what he does first counts, and nothing later */
    bool process; /* VALUE: of the process, whatever the sensor shows */
    /* of a master: */
    bool any_client;
    uint8_t client[16]; /* as in mbplant/names.h */
    struct place place; /* POLLED, NEVER_WROTE; ONE_UNIT: its unit */
    uint64_t every_ns;
    uint8_t functions[16];
    const char *name;
    const char *what;
};

struct step {
    uint64_t at_ns;
    enum act act;
    struct puts puts;
    const char *note;
    const char *what;         /* in words, for who may know */
    uint32_t fault;           /* of the plant file; UINT32_MAX = of its own */
    uint32_t began;           /* the step that began the one that it ends; UINT32_MAX = itself, or the plant file */
    bool on;                  /* the fault begins */
    struct mbp_effect effect; /* of its own */
    uint32_t expectation;     /* EXPECT, STUDENT: index into expectations */
    struct mbp_expr *when;    /* what it waits for from at_ns on; NULL = nothing */
    uint32_t first_cell;      /* of mbp_play.cells */
};

struct mbp_scenario {
    struct scenario_def def;
    struct mbp_arena arena;
    struct mbp_reader reader;
    struct mbp_errors *errors;
    const char *path;
    const char *plant_path; /* NULL = none */
    const struct mbp_plant *plant;
    uint64_t duration_ns;
    struct step *steps;
    uint32_t step_count;
    struct expectation *expectations;
    uint32_t expectation_count;
    uint32_t cell_count; /* of what conditions remember */
};

/* ---- find.c: names of the plant --------------------------------------------------------------------------------- */

/* Each tells an error at a key of def and returns UINT32_MAX, or false. */
uint32_t find_sensor(struct mbp_scenario *scenario, const struct mbp_def *def, const char *key, const char *name);
uint32_t find_actuator(struct mbp_scenario *scenario, const struct mbp_def *def, const char *key, const char *name);
uint32_t find_machine(struct mbp_scenario *scenario, const struct mbp_def *def, const char *key, const char *name);
bool find_target(struct mbp_scenario *scenario, const struct mbp_def *def, const char *key, const char *name,
                 struct target *out);

/* The point of the map that a name (or "holding_registers 900") is of; unit 0 = whichever has it. */
bool find_point(struct mbp_scenario *scenario, const struct write_def *def, struct mbp_point *point, uint8_t *unit);

/* The same of a name that need not be there; nothing is told. */
bool look_up_point(const struct mbp_plant *plant, const char *name, struct mbp_point *point, uint8_t *unit);

/* ---- put.c: writes ---------------------------------------------------------------------------------------------- */

/* Whether a point takes a value; told at node when not. */
bool put_fits(struct mbp_scenario *scenario, const struct mbp_node *node, const struct mbp_point *point, uint8_t unit,
              double value);

/* Each adds writes to puts; false when there is nothing to add (told, but for put_add and put_coil). */
bool put_add(struct mbp_scenario *scenario, struct puts *puts, const struct mbp_point *point, uint8_t unit,
             double value);
bool put_value(struct mbp_scenario *scenario, const struct write_def *def, struct puts *puts);
bool put_coil(struct mbp_scenario *scenario, const char *name, const char *suffix, bool on, struct puts *puts);
bool put_acknowledge(struct mbp_scenario *scenario, const struct mbp_node *node, const struct target *target,
                     struct puts *puts);

/* ---- condition.c: steps that wait -------------------------------------------------------------------------------- */

/* Compiles what a step waits for; what is wrong in it is told. */
void condition_bind(struct mbp_scenario *scenario, const struct step_def *def, struct step *step);

/* Carries out the steps whose time has come and that waited until now. */
void condition_act(struct mbp_play *play);

/* At the end: the steps that never came. */
void condition_tell_waiting(const struct mbp_play *play);

/* ---- bind_expect.c: expectations of a step at at_ns ---------------------------------------------------------------
 */

void bind_expect(struct mbp_scenario *scenario, const struct expect_def *def, uint64_t at_ns,
                 struct expectation *expectation);
void bind_student(struct mbp_scenario *scenario, const struct student_def *def, uint64_t at_ns,
                  struct expectation *expectation);

/* ---- words.c ---------------------------------------------------------------------------------------------------- */

#define CLOCK_LEN 32
/* "00:02:04.100"; returns buf. */
const char *clock_text(uint64_t ns, char buf[CLOCK_LEN]);

/* "37.8s", "2min 0.1s"; returns buf. */
const char *span_text(uint64_t ns, char buf[CLOCK_LEN]);

/* "TT101.high", "FILL1", "all". */
const char *target_text(const struct mbp_plant *plant, const struct target *target, char *buf, size_t size);

/* A sentence in the scenario's memory. */
const char *say(struct mbp_scenario *scenario, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* " within 30s" and the like, as the expectation has it. */
const char *when_text(const struct expectation *expectation, char *buf, size_t size);

/* ---- playing ---------------------------------------------------------------------------------------------------- */

#define FOUND_LEN 160

struct open_expectation {
    enum mbp_verdict verdict;
    uint64_t begin_ns, deadline_ns, decided_ns;
    bool seen;             /* ACKNOWLEDGED, WRITTEN: somebody did, since its step */
    bool done;             /* by the model student */
    bool touched;          /* WRITTEN: some of the point's words were written since the scan before */
    double written;        /* WRITTEN: what stood there after the last write; NaN = nobody wrote */
    bool spoilt;           /* it cannot be met any more: `found` says why */
    bool heard;            /* of a master: something came from it since the step */
    uint64_t polled_ns;    /* POLLED, if seen: the last time */
    char found[FOUND_LEN]; /* what there was instead, when it is missed */
};

#define KNOWN_CONNECTIONS 256u

struct known_connection {
    uint8_t address[16];
    uint16_t port; /* 0 = none */
    uint64_t first_ns, last_ns;
};

struct mbp_play {
    struct mbp_play_config config;
    struct known_connection known[KNOWN_CONNECTIONS]; /* masters' */
    uint64_t now_ns; /* the boundary before the coming scan; while it is judged, the one behind it */
    uint32_t next;   /* step */
    struct open_expectation *expectations;
    uint64_t *asked_ns; /* per machine: when a student asked for the state that it is in; 0 = nobody did */
    uint32_t *fault;    /* per step: the one it began; UINT32_MAX = none */
    uint32_t refused;
    uint64_t *cells;    /* what conditions remember */
    uint32_t *notes;    /* steps whose notes were told, in that order */
    uint64_t *noted_ns; /* when, of each of these */
    uint32_t note_count;
    bool *came;       /* per step with a condition: it was so */
    uint32_t waiting; /* steps whose time has come, and whose condition not yet */
    bool acted;       /* a step wrote something, before the coming scan */
    bool acting;      /* ... and is writing now */
    bool over;
};

/* act.c: carries out a step, or the student's part of an expectation. */
void act_step(struct mbp_play *play, uint32_t step);
void act_puts(struct mbp_play *play, const struct puts *puts);

/* answer.c: what the student does: his writes, as they come and when the scan has taken them in; what a scan's events
 * tell about who did what. */
void answer_written(void *play, const struct mbp_image_unit *unit, enum mbp_table table, uint16_t addr, uint16_t count);
void answer_scan(struct mbp_play *play, const struct mbp_event *events, size_t count);

/* Whether what is so now was not done before its turn; else `found` says so. */
bool answer_in_order(struct mbp_play *play, uint32_t expectation);

/* judge.c: whether an expectation is so now. */
bool judge_expectation(const struct mbp_play *play, uint32_t expectation);
bool judge_any_alarm(const struct mbp_plant *plant, const struct target *target, const uint8_t *mask,
                     const uint8_t *without, uint32_t *sensor);
uint32_t judge_count(const struct mbp_plant *plant, const struct target *target);
uint32_t judge_nth(const struct mbp_plant *plant, const struct target *target, uint32_t i);
double judge_value(const struct mbp_play *play, const struct expectation *expectation);

/* master.c, expectations of masters: binds one (false: it is about something else); what it says; whether it is so now;
 * what there was instead. */
bool master_bind(struct mbp_scenario *scenario, const struct expect_def *def, uint64_t at_ns,
                 struct expectation *expectation);
const char *master_text(struct mbp_scenario *scenario, const struct expectation *expectation);
bool master_judge(const struct mbp_play *play, uint32_t expectation);
void master_found(const struct mbp_play *play, uint32_t expectation, char *buf, size_t size);

/* found.c: what there is instead of what an expectation is about, into its `found`. */
void found_note(struct mbp_play *play, uint32_t expectation);

/* report.c: one line about an expectation that is decided. */
void report_line(const struct mbp_play *play, uint32_t expectation, FILE *out);

/* tell.c: the exercise as files of the instructor's unit tell it (mbplant/image/exercise.h); play: a struct mbp_play.
 */
size_t tell_exercise(void *play, char *text, size_t size);

#endif
