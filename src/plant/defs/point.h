/* A register, a point and a parameter as they are written. */
#ifndef MBP_PLANT_DEFS_POINT_H
#define MBP_PLANT_DEFS_POINT_H

#include "defs/common.h"
#include "defs/signal.h"
#include "defs/watchdog.h"

/* Where a value stands: `input 0`. */
struct mbp_place_def {
    enum mbp_table table;
    uint32_t addr;
};

enum mbp_register_field {
    MBP_REGISTER_AT,
    MBP_REGISTER_TYPE,
    MBP_REGISTER_SCALE,
    MBP_REGISTER_OFFSET,
    MBP_REGISTER_ORDER,
    MBP_REGISTER_OVERFLOW,
    MBP_REGISTER_NO_VALUE,
    MBP_REGISTER_BIT,
    MBP_REGISTER_BYTE,
    MBP_REGISTER_ACCESS
};

/* A raw number, to the last of 64 bits. */
struct mbp_no_value_def {
    double number; /* as it is written: of a float the number itself */
    uint64_t bits;
    bool whole;   /* a fraction has no bits */
    bool is_bits; /* 0x7FC00000: of a float its bits */
};

struct mbp_register_def {
    struct mbp_def def;
    struct mbp_place_def at;
    struct mbp_register reg; /* the members that keys fill themselves */
    int overflow;            /* these as a point has them */
    struct mbp_no_value_def no_value;
    uint32_t bit;
    int byte, access;
    const struct mbp_point_def *point; /* that shows it, where it is more than a value in the holding registers */
};

enum mbp_point_field {
    MBP_POINT_AT,
    MBP_POINT_TAG,
    MBP_POINT_TYPE,
    MBP_POINT_SCALE,
    MBP_POINT_OFFSET,
    MBP_POINT_ORDER,
    MBP_POINT_OVERFLOW,
    MBP_POINT_NO_VALUE,
    MBP_POINT_BIT,
    MBP_POINT_BYTE,
    MBP_POINT_BITS,
    MBP_POINT_REPEAT,
    MBP_POINT_NAME,
    MBP_POINT_VALUE,
    MBP_POINT_ACCESS,
    MBP_POINT_RETAIN,
    MBP_POINT_COUNT,
    MBP_POINT_SAME_AS,
    MBP_POINT_EXPR,
    MBP_POINT_ACCEPT,
    MBP_POINT_WATCHDOG,
    MBP_POINT_ON_LOSS,
    MBP_POINT_FIELDS
};

struct mbp_point_def {
    struct mbp_def def;
    struct mbp_place_def at;
    const char *tag;         /* may hold placeholders */
    struct mbp_register reg; /* the members that keys fill themselves */
    int overflow;            /* 1 = wrap */
    struct mbp_no_value_def no_value;
    uint32_t bit;
    int byte; /* 1 = high */
    struct mbp_bits_def {
        const struct mbp_node *tag[16]; /* NULL = none */
        uint32_t count;
    } bits;
    uint32_t repeat;
    const char *name; /* may hold placeholders; NULL = none */
    struct mbp_value_def {
        const struct mbp_node *node; /* NULL = none */
    } value;
    int access; /* enum mbp_access */
    bool retain;
    uint32_t count;
    struct mbp_place_def same_as;
    struct mbp_formula_def expr, accept;
    struct mbp_watchdog_def watchdog;
};

/* Whether a point holds a value of its own: a stored or a computed one. */
static inline bool mbp_point_holds(const struct mbp_point_def *point)
{
    return mbp_def_has(&point->def, MBP_POINT_VALUE) || mbp_def_has(&point->def, MBP_POINT_EXPR);
}

/* How many points, one behind the other, a definition makes. */
uint32_t mbp_point_times(const struct mbp_point_def *point);

/* A number that expressions know by a name, at no address; kept as a stored value whose point has no place. */
struct mbp_parameter_def {
    struct mbp_point_def point;
    double value;
};

/* The type of a register, into a struct mbp_register. */
#define MBP_TYPE_JSON                                                                                                  \
    "\"type\": \"string\", \"pattern\": \"^(u?int(8|16|24|32|48|64)|bcd(16|32)|mod10k[(][1-4][)]|float(32|64)|bool|"   \
    "string[(](0*[1-9][0-9]?|0*100)[)])$\""
enum mbp_reading mbp_read_type(struct mbp_reader *reader, const struct mbp_node *node, const struct mbp_field *field,
                               void *at);
void mbp_print_type(FILE *out, const void *at);

/* `input 0`, into a struct mbp_place_def. */
enum mbp_reading mbp_read_place(struct mbp_reader *reader, const struct mbp_node *node, const struct mbp_field *field,
                                void *at);
#define MBP_PLACE_ALLOWED "a table and an address 0..65535: coil 0, discrete 3, input 0x10 or holding 40"

/* The value of a raw step: a number, but not 0. */
#define MBP_NO_VALUE_ALLOWED "a whole number such as 0x80000000; of a float a number or nan, or its bits in hexadecimal"
#define MBP_NO_VALUE_JSON    "\"type\": [\"number\", \"string\"]"
enum mbp_reading mbp_read_no_value(struct mbp_reader *reader, const struct mbp_node *node,
                                   const struct mbp_field *field, void *at);

/* As it stands in so many bits of a register; false: it does not fit. */
bool mbp_no_value_bits(const struct mbp_no_value_def *raw, const struct mbp_register *reg, unsigned width,
                       uint64_t *out);
#define MBP_SCALE_JSON "\"type\": \"number\", \"anyOf\": [{\"minimum\": 1e-12}, {\"maximum\": -1e-12}]"
enum mbp_reading mbp_read_scale(struct mbp_reader *reader, const struct mbp_node *node, const struct mbp_field *field,
                                void *at);

/* Rules of a point beside its keys' own. */
void mbp_check_point(struct mbp_reader *reader, void *point_def);

/* Whether a register is more than a value in the holding registers: it gets a point then. */
void mbp_complete_register(struct mbp_reader *reader, struct mbp_register_def *reg);

#endif
