/* An alarm as it is written: the keys that a sensor and each of its alarms have. */
#ifndef MBP_PLANT_DEFS_ALARM_H
#define MBP_PLANT_DEFS_ALARM_H

#include "defs/common.h"
#include "defs/signal.h"

/* Keys of an alarm; of a bad-quality alarm those from PRIORITY on without DEADBAND. */
enum mbp_alarm_field {
    MBP_ALARM_AT,  /* of a rate of change: max */
    MBP_ALARM_PER, /* of a rate of change alone */
    MBP_ALARM_PRIORITY,
    MBP_ALARM_DEADBAND,
    MBP_ALARM_DELAY,
    MBP_ALARM_OFF_DELAY,
    MBP_ALARM_LATCH,
    MBP_ALARM_SUPPRESS,
    MBP_ALARM_RE_ALARM,
    MBP_ALARM_CHATTER,
    MBP_ALARM_MESSAGE,
    MBP_ALARM_CAUSE,
    MBP_ALARM_CONSEQUENCE,
    MBP_ALARM_ACTION,
    MBP_ALARM_FIELDS
};

struct mbp_chatter_def {
    struct mbp_def def;
    struct mbp_chatter chatter;
};

/* `suppress: [STATE..]` is the short form of `suppress: {states: [STATE..]}`. */
struct mbp_suppress_def {
    struct mbp_def def;
    uint8_t states; /* bit per enum mbp_state_code */
    struct mbp_formula_def when;
};

struct mbp_alarm_def {
    struct mbp_def def;
    struct mbp_alarm alarm;
    struct mbp_chatter_def chatter;
    struct mbp_suppress_def suppress;
    double at;
    uint64_t per_ns;
    bool on; /* false: `bad_quality: false` */
};

struct mbp_limits_def {
    struct mbp_def def;
    struct mbp_alarm_def of[MBP_LIMIT_COUNT];
};

extern const struct mbp_schema mbp_suppress_schema, mbp_chatter_schema;
extern const struct mbp_field mbp_suppress_brief;

/* Keys of an alarm, which a sensor and each of its alarms have: rows for a struct mbp_alarm that is the member `alarm`
 * of type, in places that begin with prefix; MBP_OWN: it has defaults, MBP_INHERITED: it has what the sensor has. */
#define MBP_OWN(text)       text
#define MBP_INHERITED(text) NULL
#define MBP_DEADBAND_KEY(type_of, member, prefix, usual_of)                                                            \
    [prefix##DEADBAND] = MBP_ROW(NUMBER, MBP_AT(type_of, member.deadband), "deadband",                                 \
                                 "how far back it must be to have returned to normal", .unit = MBP_VALUE_UNIT,         \
                                 .usual = usual_of("0"), .low = 0, .high = DBL_MAX, .change = MBP_CHANGED_ALARMS)
#define MBP_ALARM_KEYS(type_of, member, prefix, usual_of)                                                              \
    [prefix##PRIORITY] =                                                                                               \
        MBP_ROW(CHOICE, MBP_AT(type_of, member.priority), "priority", "how urgent an alarm is",                        \
                .usual = usual_of("medium"), .words = &mbp_priority_words, .change = MBP_CHANGED_ALARMS),              \
    [prefix##DELAY] = MBP_ROW(DURATION, MBP_AT(type_of, member.delay_ns), "delay",                                     \
                              "its condition must hold so long before the alarm is raised", .usual = usual_of("0s"),   \
                              .high = MBP_YEAR, .change = MBP_CHANGED_ALARMS),                                         \
    [prefix##OFF_DELAY] = MBP_ROW(DURATION, MBP_AT(type_of, member.off_delay_ns), "off_delay",                         \
                                  "its condition must be gone so long before it has returned to normal",               \
                                  .usual = usual_of("0s"), .high = MBP_YEAR, .change = MBP_CHANGED_ALARMS),            \
    [prefix##LATCH] =                                                                                                  \
        MBP_ROW(BOOL, MBP_AT(type_of, member.latch), "latch", "shown after its return to normal until it is reset",    \
                .usual = usual_of("false"), .change = MBP_CHANGED_ALARMS),                                             \
    [prefix##SUPPRESS] =                                                                                               \
        MBP_ROW(MAP, MBP_AT(type_of, suppress), "suppress",                                                            \
                "when an alarm is not shown, by design: states of the machine, or an expression",                      \
                .schema = &mbp_suppress_schema, .brief = &mbp_suppress_brief, .change = MBP_CHANGED_ALARMS),           \
    [prefix##RE_ALARM] = MBP_ROW(DURATION, MBP_AT(type_of, member.re_alarm_ns), "re_alarm",                            \
                                 "acknowledged for so long and still there, it waits for acknowledgement again",       \
                                 .usual = usual_of("0s"), .high = 30 * MBP_DAY, .change = MBP_CHANGED_ALARMS),         \
    [prefix##CHATTER] = MBP_ROW(MAP, MBP_AT(type_of, chatter), "chatter",                                              \
                                "an alarm that comes too often is suppressed until it has calmed down",                \
                                .schema = &mbp_chatter_schema, .change = MBP_CHANGED_ALARMS),                          \
    [prefix##CAUSE] = MBP_ALARM_TEXT_ROW(type_of, member, cause, "what makes an alarm come, as a rule"),               \
    [prefix##CONSEQUENCE] = MBP_ALARM_TEXT_ROW(type_of, member, consequence, "what follows when nobody acts"),         \
    [prefix##ACTION] = MBP_ALARM_TEXT_ROW(type_of, member, action, "what the operator is to do")
#define MBP_ALARM_TEXT_ROW(type_of, member, which, line)                                                               \
    MBP_ROW(TEXT, MBP_AT(type_of, member.texts.which), #which, line, .high = MBP_ALARM_TEXT_MAX,                       \
            .change = MBP_CHANGED_ALARMS)
/* An alarm of no sensor has it in its label. */
#define MBP_MESSAGE_KEY(type_of, member, prefix)                                                                       \
    [prefix##MESSAGE] =                                                                                                \
        MBP_ROW(TEXT, MBP_AT(type_of, member.texts.message), "message", "what an alarm says to people",                \
                .high = MBP_ALARM_MESSAGE_MAX, .change = MBP_CHANGED_ALARMS)

#endif
