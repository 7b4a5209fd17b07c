/* fields: all that is known of a point, each by a name: the columns of csv and markdown, the words of templates. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "export_priv.h"

#define PUT(...) snprintf(buf, EXPORT_FIELD_MAX, __VA_ARGS__)

static void put_number(bool known, double value, char *buf)
{
    char number[32];
    PUT("%s", known && isfinite(value) ? mbp_number_shortest(value, number) : "");
}

static bool is_number(const struct mbp_export_row *row)
{
    struct mbp_register reg = mbp_point_register(&row->point);
    return !export_is_bits(&row->point) && reg.type != MBP_STRING && reg.type != MBP_BOOL;
}

/* ---- names ------------------------------------------------------------------------------------------------------- */

static void get_point(const struct mbp_export_row *row, char *buf)
{
    PUT("%s", row->point.name);
}

static void get_name(const struct mbp_export_row *row, char *buf)
{
    PUT("%s", row->name);
}

static void get_id(const struct mbp_export_row *row, char *buf)
{
    PUT("%s", row->id);
}

static void get_owner(const struct mbp_export_row *row, char *buf)
{
    PUT("%s", row->owner);
}

static void get_label(const struct mbp_export_row *row, char *buf)
{
    PUT("%s", row->label);
}

static void get_title(const struct mbp_export_row *row, char *buf)
{
    mbp_export_title(row, buf, EXPORT_FIELD_MAX);
}

static void get_what(const struct mbp_export_row *row, char *buf)
{
    PUT("%s", row->point.what);
}

/* ---- addresses --------------------------------------------------------------------------------------------------- */

static void get_unit_id(const struct mbp_export_row *row, char *buf)
{
    PUT("%u", row->unit_id);
}

static void get_table(const struct mbp_export_row *row, char *buf)
{
    PUT("%s", mbp_table_name((enum mbp_table)row->point.table));
}

static void get_address(const struct mbp_export_row *row, char *buf)
{
    PUT("%u", row->point.addr);
}

static void get_address_from_1(const struct mbp_export_row *row, char *buf)
{
    PUT("%u", row->point.addr + 1u);
}

/* Six digits throughout: five do not name them all. */
static void get_reference(const struct mbp_export_row *row, char *buf)
{
    static const unsigned bases[MBP_TABLE_COUNT] = {[MBP_COILS] = 0,
                                                    [MBP_DISCRETE_INPUTS] = 100000,
                                                    [MBP_INPUT_REGISTERS] = 300000,
                                                    [MBP_HOLDING_REGISTERS] = 400000};
    PUT("%06u", bases[row->point.table] + row->point.addr + 1);
}

static void get_count(const struct mbp_export_row *row, char *buf)
{
    PUT("%u", row->point.count);
}

static void get_read_function(const struct mbp_export_row *row, char *buf)
{
    PUT("%u", export_function(&row->point));
}

static void get_write_function(const struct mbp_export_row *row, char *buf)
{
    const struct mbp_point *point = &row->point;
    buf[0] = '\0';
    if (point->writable)
        PUT("%u", point->table == MBP_COILS ? 5 : point->count == 1 ? 6 : 16);
}

/* ---- types ------------------------------------------------------------------------------------------------------- */

static void get_type(const struct mbp_export_row *row, char *buf)
{
    const struct mbp_point *point = &row->point;
    bool bits = export_is_bits(point);
    enum mbp_type type = (enum mbp_type)mbp_point_register(point).type;
    if (!bits && type == MBP_STRING)
        PUT("string(%u)", point->count);
    else if (!bits && point->own != NULL && point->own->mask != 0 && point->type == MBP_BOOL)
        PUT("bit %u", point->own->shift);
    else
        PUT("%s", mbp_type_name(bits ? MBP_BOOL : type));
}

static void get_order(const struct mbp_export_row *row, char *buf)
{
    bool bits = export_is_bits(&row->point);
    PUT("%s", bits ? "" : mbp_order_name((enum mbp_order)mbp_point_register(&row->point).order));
}

static void get_scale(const struct mbp_export_row *row, char *buf)
{
    put_number(is_number(row), mbp_point_register(&row->point).scale, buf);
}

static void get_offset(const struct mbp_export_row *row, char *buf)
{
    put_number(is_number(row), mbp_point_register(&row->point).offset, buf);
}

/* ---- meaning ----------------------------------------------------------------------------------------------------- */

static void get_unit(const struct mbp_export_row *row, char *buf)
{
    PUT("%s", row->point.unit_text);
}

static void get_low(const struct mbp_export_row *row, char *buf)
{
    put_number(true, row->range[0], buf);
}

static void get_high(const struct mbp_export_row *row, char *buf)
{
    put_number(true, row->range[1], buf);
}

static void get_decimals(const struct mbp_export_row *row, char *buf)
{
    buf[0] = '\0';
    if (!export_is_bits(&row->point))
        PUT("%u", row->decimals);
}

static void get_role(const struct mbp_export_row *row, char *buf)
{
    static const char *const roles[MBP_EXPORT_ROLES] = {
        [MBP_EXPORT_VALUE] = "value",     [MBP_EXPORT_LIMIT] = "limit",     [MBP_EXPORT_ALARM] = "alarm",
        [MBP_EXPORT_STATE] = "state",     [MBP_EXPORT_COMMAND] = "command", [MBP_EXPORT_COUNT] = "count",
        [MBP_EXPORT_OTHER] = "registers",
    };
    PUT("%s", roles[row->role]);
}

static void get_priority(const struct mbp_export_row *row, char *buf)
{
    PUT("%s", row->role == MBP_EXPORT_ALARM ? mbp_priority_name((enum mbp_priority)row->priority) : "");
}

static void get_access(const struct mbp_export_row *row, char *buf)
{
    bool write_only = row->point.own != NULL && row->point.own->write_only;
    PUT("%s", write_only ? "write" : row->point.writable ? "read, write" : "read");
}

const struct export_field export_fields[] = {
    {"point", "POINT", "the name, as mbplantctl reads it", false, true, get_point},
    {"label", "LABEL", "of what it belongs to", false, true, get_label},
    {"unit_id", "UNIT ID", "", true, true, get_unit_id},
    {"table", "TABLE", "coils, discrete_inputs, input_registers, holding_registers", false, true, get_table},
    {"address", "ADDRESS", "from 0, as in frames", true, true, get_address},
    {"address_from_1", "FROM 1", "", true, true, get_address_from_1},
    {"reference", "REFERENCE", "400001, of six digits", true, true, get_reference},
    {"count", "REGISTERS", "registers or bits", true, true, get_count},
    {"read_function", "READ", "the function code that reads it", true, true, get_read_function},
    {"write_function", "WRITE", "the one that writes it; empty: it is only read", true, true, get_write_function},
    {"type", "TYPE", "bool, int16 ..", false, true, get_type},
    {"order", "ORDER", "ABCD, CDAB, BADC, DCBA; of bits empty", false, true, get_order},
    {"scale", "SCALE", "value = raw x scale + offset; empty: no number", true, true, get_scale},
    {"offset", "OFFSET", "", true, true, get_offset},
    {"unit", "UNIT", "of measurement", false, true, get_unit},
    {"range_low", "LOW", "of the instrument", true, true, get_low},
    {"range_high", "HIGH", "", true, true, get_high},
    {"decimals", "DECIMALS", "that the scale gives", true, true, get_decimals},
    {"role", "ROLE", "value, limit, alarm, state, command, count, registers", false, true, get_role},
    {"priority", "PRIORITY", "of an alarm: low, medium, high, critical", false, true, get_priority},
    {"access", "ACCESS", "read; read, write; write", false, true, get_access},
    {"what", "WHAT", "the field of the register map", false, true, get_what},
    {"name", "", "the name; with @ADDRESS where a unit has it again", false, false, get_name},
    {"id", "", "u1_TT101_high: unique, of letters, digits and _", false, false, get_id},
    {"owner", "", "the sensor, machine, actuator or controller", false, false, get_owner},
    {"title", "", "what a person calls it", false, false, get_title},
};

const size_t export_field_count = sizeof export_fields / sizeof export_fields[0];
