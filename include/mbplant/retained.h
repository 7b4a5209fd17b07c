/* retained: what of the state survives a restart without a checkpoint, record by record: out of the state, and into
 * another one of the same plant or of an edited one. The journal keeps records as rows, keyed by unit id and name, so
 * that each follows its machine or sensor through edits of the file (columns: src/journal/retained/columns.c). */
#ifndef MBPLANT_RETAINED_H
#define MBPLANT_RETAINED_H

#include "mbplant/state.h"

struct mbp_retained_machine {
    uint32_t machine; /* plant-wide index */
    struct mbp_machine_state state;
};

struct mbp_retained_upkeep {
    uint32_t machine; /* plant-wide index */
    struct mbp_upkeep upkeep;
};

struct mbp_retained_sensor {
    uint32_t sensor; /* plant-wide index */
    double limit[MBP_LIMIT_COUNT];
    double file_limit[MBP_LIMIT_COUNT]; /* what the plant file said: when the file's limit changes, the file wins */
    double forced_value;
    bool forced;
};

/* Of a sensor's alarms, which change more often than its limits. */
struct mbp_retained_alarms {
    uint32_t sensor; /* plant-wide index */
    uint32_t since_s;
    uint8_t active, unack, beyond, latched, alarm_flags;
    struct mbp_alarms_alone alone; /* but what follows from times, and what an expression excuses */
    uint32_t raised_s[MBP_ALARM_COUNT];
    /* What is mostly zero comes last: the journal's ring does not carry it then. */
    int64_t shelf_ms; /* simulated time until a shelved sensor comes back; -1 = no end, 0 = not shelved */
    uint32_t acked_ms[MBP_ALARM_COUNT]; /* simulated time since each was acknowledged */
    int32_t alone_ms[MBP_ALARM_COUNT];  /* simulated time until each of these comes back; 0 = no end */
    int32_t bypass_ms[MBP_ALARM_COUNT]; /* until each of these interlocks comes back */
};

/* ---- out -------------------------------------------------------------------------------------------------------- */

struct mbp_retained_machine mbp_retain_machine(const struct mbp_state *state, uint32_t machine);
struct mbp_retained_upkeep mbp_retain_upkeep(const struct mbp_state *state, uint32_t machine);
struct mbp_retained_sensor mbp_retain_sensor(const struct mbp_plant *plant, const struct mbp_state *state,
                                             uint32_t sensor);
struct mbp_retained_alarms mbp_retain_alarms(const struct mbp_state *state, uint32_t sensor);

/* ---- in --------------------------------------------------------------------------------------------------------- */

/* The index in the record must be one of the plant's, and its numbers such as a state holds. A limit that the file now
 * gives otherwise than when the record was made is the file's; so are all four where the record's no longer go with it.
 */
void mbp_retake_machine(struct mbp_state *state, const struct mbp_retained_machine *record);
void mbp_retake_upkeep(struct mbp_state *state, const struct mbp_retained_upkeep *record);
void mbp_retake_sensor(const struct mbp_plant *plant, struct mbp_state *state,
                       const struct mbp_retained_sensor *record);
void mbp_retake_alarms(struct mbp_state *state, const struct mbp_retained_alarms *record);

#endif
