/* ctl: what the verbs of mbplantctl share: options, the verb table, the connection and the plant behind it. */
#ifndef MBP_CTL_H
#define MBP_CTL_H

#include "french/french.h"
#include "mbplant/plant.h"
#include "mbplant/report.h"
#include "mbplant/report/period.h"
#include "slave/transport.h"

enum ctl_exit {
    CTL_OK = 0,
    CTL_FAILED = 1, /* the slave refused or did not answer */
    CTL_USAGE = 2
};

#define CTL_DEFAULT_HOST       "127.0.0.1"
#define CTL_DEFAULT_PORT       5020
#define CTL_DEFAULT_TIMEOUT_MS 1000
#define CTL_KEYS_MAX           32
#define CTL_COLUMNS_MAX        16
#define CTL_ARGUMENTS_MAX      600

/* Which options a verb takes beside the ones that all take. */
#define CTL_OPT_COMMON  0x00u
#define CTL_OPT_FORMAT  0x01u
#define CTL_OPT_RAW     0x02u
#define CTL_OPT_JOURNAL 0x04u
#define CTL_OPT_ALL     0x08u
#define CTL_OPT_EXPLAIN 0x10u
#define CTL_OPT_PERIOD  0x20u  /* --since --until --load */
#define CTL_OPT_EDIT    0x80u  /* --dry-run, and --KEY VALUE of the plant file */
#define CTL_OPT_SHELF   0x100u /* --for, --once */
#define CTL_OPT_WATCH   0x200u /* --interval, --count */
#define CTL_OPT_EFFECT  0x400u /* --no-wait */
#define CTL_OPT_OUTPUT  0x800u /* --output */
#define CTL_OPT_LEARN   0x1000u
#define CTL_OPT_EXPORT  0x2000u  /* --select, --template, --target-version, --strict */
#define CTL_OPT_CONFORM 0x4000u  /* --write */
#define CTL_OPT_WAIT    0x8000u  /* --within */
#define CTL_OPT_WORK    0x10000u /* --kind, --due, --when, --takes */
#define CTL_OPT_LOAD    0x20000u /* --load */
#define CTL_OPT_HIDDEN  0x40000u /* --hidden */

struct ctl_verb;

/* How the addresses of a register list are written: as in frames, from 1, or 40001. */
enum learn_addresses { LEARN_ADDRESSES_AUTO, LEARN_FROM_0, LEARN_FROM_1, LEARN_REFERENCES };

enum ctl_colour { CTL_COLOUR_AUTO, CTL_COLOUR_ALWAYS, CTL_COLOUR_NEVER };

struct ctl_options {
    struct ctl_target target;
    char host[256];         /* of -H HOST:PORT */
    struct mbp_wire wire;   /* of -H SCHEME://..., that target points to */
    bool port_of_host;      /* the port was named with the host: another host has another */
    struct ctl_said said;   /* --why, --as */
    int unit;               /* -u; -1 = not given */
    const char *plant_path; /* --plant; NULL = learn it from the slave */
    enum mbp_format format;
    const char *format_said; /* --format, as it was given; NULL = it was not */
    enum mbp_lang lang;
    bool lang_given; /* by --lang; else it is the environment's, where people read */
    enum ctl_colour colour;
    bool thorough;  /* learn scan */
    uint32_t rate;  /* --rate; 0 = not given */
    bool may_write; /* --write, of conform */
    bool raw, follow, verify, all, request, response, help, version;
    struct mbp_moment since, until;
    const char *machine, *sensor, *code; /* which events; NULL = any */
    const char *load_path, *save_path;
    bool dry_run, once, no_wait, yes, hidden;
    uint32_t shelf_s;                                          /* --for; 0 = not given */
    uint32_t interval_ms, count;                               /* 0 = not given */
    uint32_t last;                                             /* --last; 0 = not given */
    uint32_t within_ms;                                        /* --within; likewise */
    const char *select_names;                                  /* --select */
    const char *template_path;                                 /* --template */
    const char *target_version;                                /* --target-version */
    bool strict;                                               /* --strict */
    const char *work_kind, *work_due, *work_takes, *work_when; /* NULL = not given */
    const char *output_path;                                   /* --output; NULL = standard output */
    enum mbp_table table;                                      /* --table; of what does not say it */
    enum mbp_order order;                                      /* --order; likewise */
    enum learn_addresses addresses;
    int column_count; /* --column, in their order */
    const char *columns[CTL_COLUMNS_MAX];
    int key_count; /* --KEY VALUE, in their order */
    struct ctl_key {
        const char *key, *value;
    } keys[CTL_KEYS_MAX];
    const struct ctl_verb *verb; /* NULL = none was named */
    int argc;
    const char *argv[CTL_ARGUMENTS_MAX];
};

struct ctl {
    const struct ctl_options *options;
    struct ctl_link *link;   /* NULL until something needs the slave: ctl_link() */
    struct mbp_plant *plant; /* NULL until something needs it: ctl_plant() */
    struct mbp_names names;  /* of the slave's events, as far as something needed them: ctl_names_read() */
    struct mbp_names_index names_index;
    bool colour;
    bool shelves;           /* snapshots have the shelves and bypasses of single alarms too */
    bool pending;           /* what was written last waits for a scan: the plant is paused (effect.h) */
    bool no_link, no_plant; /* it was told why */
    bool scrolls;           /* what is printed is read where it can be moved sideways: tables are whole */
    /* Whether points may move to other addresses, which `moves` tells, a line each; NULL = the terminal is asked. */
    bool (*may_move)(void *ctx, const char *moves);
    void *may_move_ctx;
    bool moves_told; /* it was, and they may */
};

struct ctl_verb {
    const char *name;
    enum ctl_exit (*run)(struct ctl *ctl);
    int arguments_min, arguments_max;
    unsigned options; /* CTL_OPT_ bits */
    unsigned formats; /* bit per enum mbp_format it can write; the lowest is its default */
    const char *arguments;
    const char *help;     /* one line */
    const char *details;  /* "" or whole lines */
    const char *examples; /* whole lines */
};

/* ---- the command line ------------------------------------------------------------------------------------------- */

extern const struct ctl_verb ctl_verbs[];
extern const size_t ctl_verb_count;

/* NULL when there is none of that name. */
const struct ctl_verb *ctl_verb_find(const char *name);

/* Reads the command line; options may stand before and after the verb. One line to errors on failure: MBP_ERR_FORMAT.
 */
enum mbp_status ctl_options_parse(int argc, char **argv, FILE *errors, struct ctl_options *out);

/* Whether text can be a host without a port: a name or an address, IPv6 too. */
bool ctl_is_host(const char *text);

/* The options that a verb with these CTL_OPT_ bits takes, one line each. */
void ctl_options_print(unsigned mask, bool common, FILE *out);

/* All that it takes, as words: "--host", one a line on standard output. */
void ctl_options_words(unsigned mask);

void ctl_help(FILE *out);
void ctl_help_line(const char *head, const char *text, FILE *out);
void ctl_verb_help(const struct ctl_verb *verb, FILE *out);

/* "mbplantctl: ..." on stderr, one line. */
void ctl_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Text on stdout, for people: mbp_text_print. All that a verb prints by itself goes through here or through the writers
 * of report.h, so that no slave and no file reaches the terminal. */
void ctl_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The language of what is written: English in what machines read (CSV, JSON), whoever asks. */
enum mbp_lang ctl_lang_written(const struct ctl *ctl);

/* A time for people: in English the journal's, else as the language writes it. Returns buf. 32 bytes suffice. */
const char *ctl_time_text(enum mbp_lang lang, uint64_t wall_ms, char *buf, size_t size);

/* A number of so many digits at most, with the decimal sign of the language. Returns buf. 32 bytes suffice. */
const char *ctl_number(double number, int digits, char *buf, size_t size);

/* The same of a format, where no --lang was given. */
enum mbp_lang ctl_lang_of_format(enum mbp_format format, enum mbp_lang lang);

/* Columns of the terminal that standard output is; 0 = it is none, and gets all there is. */
unsigned ctl_terminal_width(const struct ctl *ctl);

/* A grid whose titles are in the language that is spoken. Columns, at most CTL_TITLES_MAX, must outlive it. Errors and
 * ownership as of mbp_grid_new; one at a time. */
#define CTL_TITLES_MAX 40u
enum mbp_status ctl_grid_new(const struct mbp_grid_column *columns, size_t count, struct mbp_grid **out);

/* One text, in that paint where colours are wanted. */
void ctl_say_painted(const struct ctl *ctl, enum mbp_paint paint, const char *text);

/* ---- the slave and its plant (session.c, learn.c) --------------------------------------------------------------- */

/* The connection, made on first use; NULL after saying why there is none. */
struct ctl_link *ctl_link(struct ctl *ctl);

/* The plant behind the slave, or of --plant, on first use; NULL after saying why it cannot be known. */
const struct mbp_plant *ctl_plant(struct ctl *ctl);

/* The same where the slave tells it; NULL without a word where it does not. */
const struct mbp_plant *ctl_plant_if_told(struct ctl *ctl);

/* The same, as a unit tells it: the instructor's tells the faults too. */
const struct mbp_plant *ctl_plant_of(struct ctl *ctl, uint8_t unit);

/* The unit id for what belongs to no point: -u, else 255, which every slave that is not a gateway answers and which a
 * mbplant takes as its first unit (Messaging Guide V1.0b, 4.4.1.2). */
uint8_t ctl_any_unit(const struct ctl *ctl);

/* The unit id for a raw address: -u, else 1. */
uint8_t ctl_raw_unit(const struct ctl *ctl);

/* Reads the plant file from files 900.. of the slave. Errors: those of ctl_file_read; MBP_ERR_CORRUPT when length or
 * CRC do not fit. Ownership: free(*text). */
enum mbp_status ctl_learn_text(struct ctl_link *link, uint8_t unit, char **text, size_t *len);

/* A plant of a slave's text, and no word about what is wrong with it. Errors: those of mbp_plant_parse. Ownership:
 * mbp_plant_free. */
enum mbp_status ctl_parse_quietly(struct mbp_text text, struct mbp_plant **out);

/* Says why a slave's plant cannot be known, and what works all the same. Returns CTL_FAILED. */
enum ctl_exit ctl_fail_to_learn(struct ctl *ctl, enum mbp_status status);

/* Says, on stderr, that a slave failed while doing something, and why. Returns CTL_FAILED. */
enum ctl_exit ctl_fail(struct ctl *ctl, enum mbp_status status, const char *doing);

/* Why it failed: "127.0.0.1:5020: the slave closed the connection". Returns buf. 256 bytes suffice. */
const char *ctl_why(struct ctl *ctl, enum mbp_status status, char *buf, size_t size);

void ctl_close(struct ctl *ctl);

/* ---- verbs ------------------------------------------------------------------------------------------------------- */

/* The head of a verb's function: `ctl` is its struct ctl *, what it returns an enum ctl_exit. verbs.c knows it by its
 * name. */
#define CTL_VERB(name)                                                                                                 \
    enum ctl_exit ctl_run_##name(struct ctl *ctl);                                                                     \
    enum ctl_exit ctl_run_##name(struct ctl *ctl)

#endif
