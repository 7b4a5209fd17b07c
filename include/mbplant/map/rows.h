/* map_rows: what a row of the register map says: a block, and a field of its items. map.h has what follows from rows.
 */
#ifndef MBPLANT_MAP_ROWS_H
#define MBPLANT_MAP_ROWS_H

#include <stddef.h>

#include "mbplant/codec.h"
#include "mbplant/plant.h"
#include "mbplant/point.h"

/* ---- rows -------------------------------------------------------------------------------------------------------- */

/* Of what a block has one item each. */
enum mbp_map_per {
    MBP_PER_UNIT,
    MBP_PER_MACHINE,
    MBP_PER_SENSOR,
    MBP_PER_ACTUATOR,
    MBP_PER_CONTROLLER,
    MBP_PER_ALARM,     /* alarm of no sensor: an index into sensors[] too */
    MBP_PER_INTERLOCK, /* one of `interlocks` of a machine: likewise */
    MBP_PER_STORED,    /* stored value (mbplant/point.h) */
    MBP_PER_FAULT,     /* of the plant file */
    MBP_PER_AD_HOC,    /* place of a fault that no file has */
    MBP_PER_LATENESS,  /* class of late scans */
    MBP_PER_FORCED,    /* place of a point that is held from outside */
    MBP_PER_PARAMETER, /* of the plant */
    MBP_PER_COUNT
};

/* Whose types, scales and addresses the fields of an item have. */
enum mbp_map_place {
    MBP_PLACE_STRIDE,  /* its rows', `stride` addresses apart */
    MBP_PLACE_VALUE,   /* the sensor's register */
    MBP_PLACE_LIMITS,  /* four of the sensor's type, one after another; texts and bools have none */
    MBP_PLACE_COMMAND, /* the analogue actuator's register */
    MBP_PLACE_ON_OFF,  /* `stride` apart; analogue actuators have none */
    MBP_PLACE_POINT    /* nowhere by itself: points of the user's own show them */
};

/* When a scan has to show a block anew. */
enum mbp_map_refresh {
    MBP_REFRESH_SCAN,
    MBP_REFRESH_LIMITS,  /* a limit has changed */
    MBP_REFRESH_ALARMS,  /* an alarm's state or a shelf has changed */
    MBP_REFRESH_SHELVES, /* likewise, and while a shelf's time runs */
    MBP_REFRESH_NEVER    /* shown by itself, or only written */
};

/* What a write of a field is. */
#define MBP_WRITE_KINDS(K)                                                                                             \
    K(NONE, COMMANDS) /* read only; the right is that of what no block has */                                          \
    K(VALUE, FORCE)                                                                                                    \
    K(LIMIT, LIMITS)                                                                                                   \
    K(STATE, STATES)                                                                                                   \
    K(ACKNOWLEDGE, ACKNOWLEDGE)                                                                                        \
    K(FORCED, FORCE)                                                                                                   \
    K(SHELVED, SHELVE)                                                                                                 \
    K(COMMAND, COMMANDS)                                                                                               \
    K(SETTING, TUNE) /* but a setpoint and an output by hand are commands */                                           \
    K(MODE, COMMANDS)                                                                                                  \
    K(RESET, ACKNOWLEDGE) /* a machine's latched alarms */                                                             \
    K(SHELVE_ALL, SHELVE) /* of a machine's sensors */                                                                 \
    K(ACKNOWLEDGE_SENSOR, ACKNOWLEDGE)                                                                                 \
    K(RESET_SENSOR, ACKNOWLEDGE)                                                                                       \
    K(SERVICE, SERVICE)                                                                                                \
    K(SHELVING, SHELVE)                                                                                                \
    K(BYPASS, BYPASS) /* of an interlock: seconds; 0 arms it */                                                        \
    K(STORED, COMMANDS)                                                                                                \
    K(RECORD, COUNT)          /* of a command that a word of it gives (mbplant/image/alarm_command.h), as its right */ \
    K(SIMULATION, SIMULATION) /* of the instructor's unit; takes effect between scans too */

enum mbp_write_kind {
#define MBP_WRITE_KIND(kind, right) MBP_WRITE_##kind,
    MBP_WRITE_KINDS(MBP_WRITE_KIND)
#undef MBP_WRITE_KIND
};

/* How a member stands in words. */
enum mbp_map_form {
    MBP_FORM_NUMBER,  /* in the field's type, held at its ends */
    MBP_FORM_INDEX,   /* MBP_VIEW_NONE is the largest number of its type */
    MBP_FORM_NIBBLES, /* four bits each of `nibbles` members one after another, the first in the lowest */
    MBP_FORM_TRIGGER  /* shows 0: what is written takes effect and clears itself */
};

/* A member of a view: where it stands and of which type it is. `kind` 0 = the map alone knows the field. */
enum mbp_member_kind {
    MBP_MEMBER_NONE,
    MBP_MEMBER_BOOL,
    MBP_MEMBER_U8,
    MBP_MEMBER_U16,
    MBP_MEMBER_U32,
    MBP_MEMBER_U64,
    MBP_MEMBER_DOUBLE
};
struct mbp_member {
    uint16_t at; /* offset in the view of the block's item */
    uint8_t kind;
};
#define MBP_MEMBER(view, member)                                                                                       \
    {                                                                                                                  \
        offsetof(struct view, member), _Generic(((struct view *)0)->member, bool                                       \
                                                : MBP_MEMBER_BOOL, uint8_t                                             \
                                                : MBP_MEMBER_U8, uint16_t                                              \
                                                : MBP_MEMBER_U16, uint32_t                                             \
                                                : MBP_MEMBER_U32, uint64_t                                             \
                                                : MBP_MEMBER_U64, double                                               \
                                                : MBP_MEMBER_DOUBLE)                                                   \
    }

/* Whose unit of measure a field has. */
enum mbp_map_measure {
    MBP_MEASURE_TEXT,   /* the row's */
    MBP_MEASURE_ITEM,   /* the sensor's or actuator's */
    MBP_MEASURE_INPUT,  /* of what the controller holds */
    MBP_MEASURE_OUTPUT, /* of what the controller moves */
};

struct mbp_map_field {
    const char *name; /* behind the item's name and a point; "" = the item's own; of a unit's block the whole name */
    const char *what; /* a few words */
    const char *unit_text;
    double scale;    /* 0 = 1 */
    uint16_t offset; /* addresses from where the item begins */
    uint16_t count;  /* addresses; 0 = as many as the type takes */
    uint8_t type;    /* enum mbp_type; of bit tables MBP_BOOL */
    uint8_t measure; /* enum mbp_map_measure */
    uint8_t write;   /* enum mbp_write_kind */
    uint8_t sub;     /* of the write: which limit, state or setting */
    uint8_t form;    /* enum mbp_map_form */
    uint8_t nibbles;
    struct mbp_member member;
};

struct mbp_map_block {
    const char *what; /* "the alarm bits": in messages */
    const char *key;  /* its name in `blocks` of the plant file; NULL of those that no file moves */
    const struct mbp_map_field *fields;
    uint8_t field_count;
    uint8_t table;   /* enum mbp_table */
    uint8_t per;     /* enum mbp_map_per */
    uint8_t place;   /* enum mbp_map_place */
    uint8_t refresh; /* enum mbp_map_refresh */
    bool instructor; /* of the instructor's unit alone, and always at its usual place */
    bool yields;     /* to all that do not: it came to the map later, and moves none of them */
    uint16_t usual;  /* address where it begins when nothing is in the way */
    uint16_t stride; /* addresses from item to item */
};

/* Blocks that code names. The others stand behind them and are known by their rows alone. */
enum mbp_map_named {
    MBP_MAP_MACHINE_COILS,
    MBP_MAP_FORCED,
    MBP_MAP_SHELVED,
    MBP_MAP_ACKNOWLEDGE,
    MBP_MAP_RESET,
    MBP_MAP_COMMAND_COILS,
    MBP_MAP_AUTOMATIC,
    MBP_MAP_SERVICE,
    MBP_MAP_SENSOR_BITS,
    MBP_MAP_MACHINE_BITS,
    MBP_MAP_ALARM_BITS,
    MBP_MAP_VALUES,
    MBP_MAP_LIMITS,
    MBP_MAP_SHELVING,
    MBP_MAP_COMMANDS,
    MBP_MAP_SETTINGS,
    MBP_MAP_SUMMARY,
    MBP_MAP_MACHINES,
    MBP_MAP_FLOATS,
    MBP_MAP_EVENTS,
    MBP_MAP_ACTUATORS,
    MBP_MAP_CONTROLLERS,
    MBP_MAP_UPKEEP,
    MBP_MAP_ALARMS,
    MBP_MAP_OWN_COILS, /* of alarms of no sensor */
    MBP_MAP_OWN_BITS,
    MBP_MAP_OWN_SHELVING,
    MBP_MAP_OWN_WORDS,
    MBP_MAP_STORED,
    MBP_MAP_ALARM_LIVES,
    MBP_MAP_ALARM_COMMAND,
    MBP_MAP_ALARM_ANSWER,
    MBP_MAP_ALARM_SHELVES,
    MBP_MAP_NAMED_COUNT
};

extern const struct mbp_map_block mbp_map[];
extern const unsigned mbp_map_count; /* of mbp_map; at most MBP_MAP_BLOCKS_MAX */

#endif
