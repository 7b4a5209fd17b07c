/* export: the plant's points as other programs want to be told of them: a file for each of them, from the map alone.
 *
 * The same plant gives the same bytes, and what identifies a point there stays the same as long as its name does. What
 * a target has no word for is left out and told. A target is a row of mbp_export_targets and a file of src/export. */
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
    uint8_t role;     /* enum mbp_export_role */
    uint8_t priority; /* enum mbp_priority, of an alarm */
    uint8_t decimals; /* that its scale gives */
    double range[2];  /* of a value, in its unit; NaN = it is not known */
    uint8_t kind;     /* enum mbp_kind, of a sensor's value; MBP_GENERIC of others */
};

/* Which points, and how they are reached. */
struct mbp_export_wish {
    const char *host;
    const char *select; /* patterns like "TT101*,FILL1.*", of names; NULL = those that are usually wanted */
    uint16_t port;
};

/* The rows that a wish means, in their order. Errors: MBP_ERR_MISSING, MBP_ERR_MEMORY. Ownership: free. */
enum mbp_status mbp_export_rows(const struct mbp_plant *plant, const struct mbp_export_wish *wish,
                                struct mbp_export_row **rows, size_t *count);

/* What Home Assistant calls what a sensor's value measures, in the unit that it has; NULL = it has no word for it. */
const char *mbp_export_device_class(const struct mbp_export_row *row);

/* What a person calls a row: "FILL1 Rotary filler: en_panne"; returns buf. 256 bytes suffice. */
const char *mbp_export_title(const struct mbp_export_row *row, char *buf, size_t size);

struct mbp_export {
    const struct mbp_plant *plant;
    const struct mbp_export_wish *wish;
    const struct mbp_export_row *rows; /* by unit, table and address */
    size_t row_count;
    struct mbp_map_index *const *indexes; /* by unit */
};

struct mbp_export_target {
    const char *name; /* "telegraf" */
    const char *what; /* one line: which program, which file */
    const char *type; /* MIME */
    void (*write)(const struct mbp_export *export, FILE *out, FILE *told);
};
extern const struct mbp_export_target mbp_export_targets[];
extern const size_t mbp_export_target_count;

/* NULL when there is none of that name. */
const struct mbp_export_target *mbp_export_find(const char *name);

/* Writes the file; a line to told for what is left out. Errors: MBP_ERR_MISSING (nothing is selected; nothing written),
 * MBP_ERR_MEMORY. */
enum mbp_status mbp_export_write(const struct mbp_plant *plant, const struct mbp_export_wish *wish,
                                 const struct mbp_export_target *target, FILE *out, FILE *told);

#endif
