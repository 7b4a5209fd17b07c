/* export: the plant's points as other programs want to be told of them: a file for each of them, from the map alone.
 *
 * The same plant gives the same bytes, and what identifies a point there stays the same as long as its name does. What
 * a target has no word for is left out and told. A target is a row of mbp_export_targets and a file of src/export.
 * What none of them writes a template does: a text with the names of fields in it. */
#ifndef MBPLANT_EXPORT_H
#define MBPLANT_EXPORT_H

#include "mbplant/map.h"

/* What a point is to somebody who watches the plant. */
enum mbp_export_role {
    MBP_EXPORT_VALUE,
    MBP_EXPORT_LIMIT,
    MBP_EXPORT_ALARM,
    MBP_EXPORT_STATE,   /* a bit or a word that says how something stands */
    MBP_EXPORT_COMMAND, /* what is done by a write */
    MBP_EXPORT_COUNT,   /* it only rises */
    MBP_EXPORT_OTHER,
    MBP_EXPORT_ROLES
};

struct mbp_export_row {
    struct mbp_point point;
    char name[112];    /* the point's; TT101@4096 where its unit shows it at that address again */
    char id[128];      /* u1_TT101_high: letters, digits and _, a letter first; unique in the plant */
    const char *owner; /* the sensor, machine, actuator or controller that it is of; "" */
    const char *label; /* its label; "" */
    uint32_t unit;     /* index into units[] */
    uint8_t unit_id;
    bool numbered;    /* its id ends with a number, for another name gives the same */
    uint8_t role;     /* enum mbp_export_role */
    uint8_t priority; /* enum mbp_priority, of an alarm */
    uint8_t decimals; /* that its scale gives */
    double range[2];  /* of a value, in its unit; NaN = it is not known */
    uint8_t kind;     /* enum mbp_kind, of a sensor's value; MBP_GENERIC of others */
};

#define MBP_EXPORT_PATTERN_MAX 256 /* bytes, with the end */

/* Which points, and how they are reached. */
struct mbp_export_options {
    const char *host;
    const char *select; /* patterns like "TT101*,FILL1.*", of names; NULL = those that are usually wanted */
    uint16_t port;
};

/* The rows that such options mean, in their order. Errors: MBP_ERR_MISSING, MBP_ERR_MEMORY. Ownership: free. */
enum mbp_status mbp_export_rows(const struct mbp_plant *plant, const struct mbp_export_options *options,
                                struct mbp_export_row **rows, size_t *count);

/* The first of the patterns that no point's name fits, in out; false = each has some. */
bool mbp_export_unmatched(const struct mbp_plant *plant, const char *select, char out[MBP_EXPORT_PATTERN_MAX]);

/* What Home Assistant calls what a sensor's value measures, in the unit that it has; NULL = it has no word for it. */
const char *mbp_export_device_class(const struct mbp_export_row *row);

/* Whether a point is the state of a machine: interlocks and alarms have other words for theirs. */
bool mbp_export_is_machine_state(const struct mbp_point *point);

/* What a person calls a row: "FILL1 Rotary filler: en_panne"; returns buf. 256 bytes suffice. */
const char *mbp_export_title(const struct mbp_export_row *row, char *buf, size_t size);

struct mbp_export {
    const struct mbp_plant *plant;
    const struct mbp_export_options *options;
    const struct mbp_export_row *rows; /* by unit, table and address */
    size_t row_count;
    struct mbp_map_index *const *indexes; /* by unit */
};

/* What is said beside a file. */
struct mbp_export_told {
    FILE *out;   /* lines; NULL = nobody wants them */
    size_t lost; /* how many things are left out, or not as they are in the plant */
};

struct mbp_export_target {
    const char *name; /* "telegraf" */
    const char *what; /* one line: which program, which file */
    const char *type; /* MIME */
    const char *file; /* what it is usually called */
    /* What is done with it there, a line a step; {address} stands for host and port. */
    const char *steps;
    bool ids; /* points have their ids there */
    void (*write)(const struct mbp_export *export, FILE *out, struct mbp_export_told *told);
};
extern const struct mbp_export_target mbp_export_targets[];
extern const size_t mbp_export_target_count;

/* NULL when there is none of that name. */
const struct mbp_export_target *mbp_export_find(const char *name);

/* The target's form for a version of its program: "zabbix" and "7.0"; NULL when there is none. Prints which there are
 * into names (", " between), where there are any. */
const struct mbp_export_target *mbp_export_version(const struct mbp_export_target *target, const char *version,
                                                   char *names, size_t size);

/* Writes the file; a line to told for what is left out. Errors: MBP_ERR_MISSING (nothing is selected; nothing written),
 * MBP_ERR_MEMORY. */
enum mbp_status mbp_export_write(const struct mbp_plant *plant, const struct mbp_export_options *options,
                                 const struct mbp_export_target *target, FILE *out, struct mbp_export_told *told);

/* ---- templates: any other file over the same rows ---------------------------------------------------------------- */

struct mbp_export_template;

/* Where a template is wrong, from 1, and why. */
struct mbp_export_flaw {
    unsigned line, column;
    char why[512];
};

/* text must outlive the template. Errors: MBP_ERR_FORMAT (flaw says where), MBP_ERR_MEMORY.
 * Ownership: mbp_export_template_free. */
enum mbp_status mbp_export_template_new(const char *text, size_t len, struct mbp_export_template **out,
                                        struct mbp_export_flaw *flaw);
void mbp_export_template_free(struct mbp_export_template *template);

/* Errors: as mbp_export_write. */
enum mbp_status mbp_export_fill(const struct mbp_plant *plant, const struct mbp_export_options *options,
                                const struct mbp_export_template *template, FILE *out);

/* The n-th field that a template may name: its key, and what it is; NULL = there are no more. */
const char *mbp_export_field(size_t n, const char **what);

#endif
