/* What the targets share. */
#ifndef MBP_EXPORT_PRIV_H
#define MBP_EXPORT_PRIV_H

#include "mbplant/report/export.h"

/* ---- what is told ------------------------------------------------------------------------------------------------ */

/* What is good to know. */
void export_note(struct mbp_export_told *told, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* What is not in the file, or not as it is: counted too. */
void export_lost(struct mbp_export_told *told, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* ---- what is known of a point (fields.c) ------------------------------------------------------------------------- */

#define EXPORT_FIELD_MAX 256 /* bytes of a text, with its end */

struct export_field {
    const char *key;   /* of csv and of templates */
    const char *title; /* of markdown */
    const char *what;  /* one line for who writes templates; "" where its name says it */
    bool number;
    bool column; /* of csv and markdown; false: templates alone */
    void (*get)(const struct mbp_export_row *row, char *buf);
};
extern const struct export_field export_fields[];
extern const size_t export_field_count;

/* ---- words of a target (words.c) --------------------------------------------------------------------------------- */

/* How a target calls types and orders; NULL = it has no such thing. */
struct export_words {
    const char *target;
    const char *type[MBP_TYPE_COUNT];                                                           /* of registers */
    const char *order_1[MBP_ORDER_COUNT], *order_2[MBP_ORDER_COUNT], *order_4[MBP_ORDER_COUNT]; /* by registers */
    bool bits;    /* coils and discrete inputs */
    bool parts;   /* a bit of a register */
    bool offset;  /* value = raw x scale + offset */
    bool no_copy; /* it reads whole blocks, and no copy elsewhere */
};

/* A row in a target's words. */
struct export_said {
    struct mbp_point
        point;         /* the row's; or its float32 copy, read only, where the target has no word for the row's own */
    const char *type;  /* NULL of bits */
    const char *order; /* likewise */
    double scale, offset;
    bool copied;
};

/* False, and a line to told, where the target cannot say it. */
bool export_say(const struct mbp_export *export, const struct mbp_export_row *row, const struct export_words *words,
                struct mbp_export_told *told, struct export_said *out);

/* "# TT101 is left out: no word for BADC" on told. */
void export_leave_out(struct mbp_export_told *told, const char *target, const struct mbp_export_row *row,
                      const char *why);

/* ---- templates (template.c) -------------------------------------------------------------------------------------- */

void export_template(const struct mbp_export *export, const struct mbp_export_template *template, FILE *out);

/* ---- addresses --------------------------------------------------------------------------------------------------- */

static inline bool export_is_bits(const struct mbp_point *point)
{
    return mbp_table_is_bits(point->table);
}

/* The function code that reads a table. */
static inline unsigned export_function(const struct mbp_point *point)
{
    static const unsigned codes[MBP_TABLE_COUNT] = {
        [MBP_COILS] = 1, [MBP_DISCRETE_INPUTS] = 2, [MBP_HOLDING_REGISTERS] = 3, [MBP_INPUT_REGISTERS] = 4};
    return codes[point->table];
}

/* A coil that asks for something. */
static inline bool export_is_command(const struct mbp_export_row *row)
{
    return row->role == MBP_EXPORT_COMMAND && row->point.table == MBP_COILS && row->point.writable;
}

/* The row that acknowledges the alarms of the sensor that a value is of; NULL = none of the rows does. */
const struct mbp_export_row *export_acknowledge_of(const struct mbp_export *export, const struct mbp_export_row *value);

/* Rows that one request reads: every address of it is there, or a hole that reads 0, and the unit gives as many. */
struct export_block {
    size_t first_row, row_count;
    uint32_t unit;
    uint8_t table;
    uint16_t addr;
    uint32_t count; /* addresses */
};

/* The block that begins at a row. max: registers or bits of a request that the target makes. */
struct export_block export_block_at(const struct mbp_export *export, size_t row, uint32_t max_registers,
                                    uint32_t max_bits);

/* ---- text -------------------------------------------------------------------------------------------------------- */

/* In double quotes, as YAML, TOML, JSON and Lua read it alike. */
void export_quoted(FILE *out, const char *text);

/* ---- targets ----------------------------------------------------------------------------------------------------- */

void export_csv(const struct mbp_export *export, FILE *out, struct mbp_export_told *told);
void export_markdown(const struct mbp_export *export, FILE *out, struct mbp_export_told *told);
void export_collectd(const struct mbp_export *export, FILE *out, struct mbp_export_told *told);
void export_telegraf(const struct mbp_export *export, FILE *out, struct mbp_export_told *told);
void export_homeassistant(const struct mbp_export *export, FILE *out, struct mbp_export_told *told);
void export_modbus_exporter(const struct mbp_export *export, FILE *out, struct mbp_export_told *told);
void export_wireshark(const struct mbp_export *export, FILE *out, struct mbp_export_told *told);
void export_fuxa(const struct mbp_export *export, FILE *out, struct mbp_export_told *told);
void export_nodered(const struct mbp_export *export, FILE *out, struct mbp_export_told *told);
void export_kepware(const struct mbp_export *export, FILE *out, struct mbp_export_told *told);
void export_ignition(const struct mbp_export *export, FILE *out, struct mbp_export_told *told);
void export_zabbix7(const struct mbp_export *export, FILE *out, struct mbp_export_told *told);
void export_scadalts(const struct mbp_export *export, FILE *out, struct mbp_export_told *told);
void export_zabbix(const struct mbp_export *export, FILE *out, struct mbp_export_told *told);

#endif
