/* plant: what the plant file says, checked and flattened. Read once, never changed; what moves is in state.h.
 * Arrays are in file order; repeats are already expanded. An index into machines[] or sensors[] is plant-wide; a
 * unit's own numbering (m and s of the register map) starts at its first_machine and first_sensor. */
#ifndef MBPLANT_PLANT_H
#define MBPLANT_PLANT_H

#include <stdio.h>

#include "mbplant/base.h"
#include "mbplant/instructor.h"
#include "mbplant/plant/fault.h"
#include "mbplant/plant/machine.h"
#include "mbplant/plant/mqtt.h"
#include "mbplant/plant/operators.h"
#include "mbplant/plant/policy.h"
#include "mbplant/plant/sensor.h"
#include "mbplant/plant/server.h"
#include "mbplant/plant/unit.h"
#include "mbplant/words.h"

#define MBP_PLANT_FILE_MAX           (256u << 20) /* bytes of YAML: a million sensors, each with a line of its own */
#define MBP_PLANT_WIRE_MAX           2000000u     /* bytes that fit files 900..999 */
#define MBP_PLANT_WIRE_TEXT_MAX      (MBP_PLANT_WIRE_MAX - 8) /* of text: its length and CRC-32 stand before it */
#define MBP_PLANT_FIRST_FILE         900
#define MBP_MACHINES_PER_UNIT_MAX    1000
#define MBP_SENSORS_PER_UNIT_MAX     4100 /* so that 247 units hold a million; beyond 4000 the alarm bits find no room */
#define MBP_ACTUATORS_PER_UNIT_MAX   1000
#define MBP_CONTROLLERS_PER_UNIT_MAX 500

struct mbp_plant {
    const char *name;
    const char *path; /* of the plant file, as it was named; for messages */
    bool remote;      /* it came over a network: what it names is not trusted, and no message tells what is in files */
    const char *folder; /* of the plant file, with its slash; "" = the current one: where relative paths in it begin */
    uint64_t scan_ns;
    uint64_t seed;
    struct mbp_server_options server;
    bool instructor;             /* unit 247 is the instructor's */
    const char *http_listen;     /* NULL = off */
    bool http_named;             /* the file says where, or that it is off */
    const char *http_token_file; /* NULL = none; from the plant file's folder when it is relative */
    struct mbp_mqtt_options mqtt;
    struct mbp_journal_options journal;
    struct mbp_alarm_policy policy;
    struct mbp_operators operators;
    uint64_t samples_max_bytes; /* of the file of values for trends; 0 = none is kept */
    struct mbp_identity identity;
    const struct mbp_unit *units;
    uint32_t unit_count;
    const struct mbp_machine *machines;
    uint32_t machine_count;
    const struct mbp_sensor *sensors;
    uint32_t sensor_count;
    uint32_t alarm_count; /* of those, so many are alarms of no sensor */
    const struct mbp_actuator *actuators;
    uint32_t actuator_count;
    const struct mbp_watchdog *watchdogs;
    uint32_t watchdog_count;
    const struct mbp_controller *controllers;
    uint32_t controller_count;
    const struct mbp_input *inputs;
    uint32_t input_count;
    const struct mbp_formula *formulas; /* mbplant/formula.h; those of signals by sensor, behind them logic by unit */
    uint32_t formula_count;
    uint32_t first_suppress, suppress_count; /* of them: those that suppress alarms */
    const struct mbp_alarm_duty *duties;
    uint32_t duty_count;
    uint32_t cell_count;                 /* of all of them */
    const struct mbp_expr_curve *curves; /* mbplant/expr.h */
    const char *const *curve_names;
    uint32_t curve_count;
    int64_t start_ns;                    /* what the simulated clock shows at 0, since 1970-01-01 */
    const struct mbp_user_point *points; /* mbplant/point.h */
    uint32_t point_count;
    const struct mbp_stored *stored; /* by unit, those with names first */
    uint32_t stored_count;
    const uint32_t *parameters; /* of them, those that stand at no address */
    uint32_t parameter_count;
    const uint32_t *computed; /* of them, those that formulas give, each behind those that it reads */
    uint32_t computed_count;
    const struct mbp_alias *aliases;
    uint32_t alias_count;
    const struct mbp_recording *recordings;
    uint32_t recording_count;
    uint64_t recording_bytes; /* of memory that all of them together may take */
    double memory_bytes;      /* about as many it takes while it runs, without recordings */
    double scan_cost_ns;      /* about as long a scan takes */
    const struct mbp_plant_fault *faults;
    uint32_t fault_count;
    struct mbp_text text; /* the file as it was read; mbp_plant_drop_text */
    uint32_t text_crc;
    const char *warnings;        /* of its lines, each "path:line:col: text\n": what is allowed and yet hardly meant */
    struct mbp_text public_text; /* without `faults:`: what all units but the instructor's show of it */
    uint32_t public_crc;
    void *memory; /* owns everything above */
};

/* Reads a plant file or a text already in memory (path then only names it in messages).
 * Errors: all of the file go to `errors`, one `path:line:col: what is wrong, what is allowed` a line, and the result is
 * MBP_ERR_FORMAT; MBP_ERR_IO (one line too) when it cannot be read; MBP_ERR_MEMORY.
 * Ownership: free with mbp_plant_free. text is copied. */
enum mbp_status mbp_plant_load(const char *path, FILE *errors, struct mbp_plant **out);
enum mbp_status mbp_plant_parse(const char *path, struct mbp_text text, FILE *errors, struct mbp_plant **out);

/* The same of a text that came over a network, by whoever may send one: the plant is marked `remote`. */
enum mbp_status mbp_plant_parse_remote(const char *path, struct mbp_text text, FILE *errors, struct mbp_plant **out);
void mbp_plant_free(struct mbp_plant *plant);

/* How much memory a plant may take, as a size with its unit, "500MB" (at start: "1GB"); one that comes over a network a
 * quarter of it. More is an error of the plant file, told before any of it is taken. False: it is no size from 10MB to
 * 1000GB. Thread-safe. */
bool mbp_plant_set_memory(const char *size);

/* Gives back the memory of a text that is too long for files 900..999, so that no master ever reads it: its bytes are
 * then NULL, its length and CRC-32 stay. Likewise the public one's. Shorter texts stay. */
void mbp_plant_drop_text(struct mbp_plant *plant);

/* A plant that comes over the network has no say in who may do what and who is who, where mbplantd listens and how much
 * of the journal stays: these are as now's from here on, and one line to notes says so of each key that differs; kept:
 * one does. Errors: MBP_ERR_MEMORY, nothing changed. */
enum mbp_status mbp_plant_keep_local(struct mbp_plant *plant, const struct mbp_plant *now, FILE *notes, bool *kept);

/* --check: one screen about the plant. --print-config: YAML with every default and every address explicit, which
 * loads to the same plant. */
void mbp_plant_print_summary(const struct mbp_plant *plant, FILE *out);
void mbp_plant_print_config(const struct mbp_plant *plant, FILE *out);

/* --schema: what a plant file may hold, as a JSON Schema (draft 7) of the file read by the rules of YAML 1.2's core
 * schema. */
void mbp_plant_print_schema(FILE *out);

/* Which keys of a machine (but for what it holds) or sensor are different in another plant: bits of enum mbp_changed.
 * Addresses and names are not compared. */
uint32_t mbp_plant_machine_differs(const struct mbp_plant *was, uint32_t was_machine, const struct mbp_plant *now,
                                   uint32_t machine);
uint32_t mbp_plant_sensor_differs(const struct mbp_plant *was, uint32_t was_sensor, const struct mbp_plant *now,
                                  uint32_t sensor);

/* How many faults there are, ad hoc places too. */
static inline uint32_t mbp_fault_total(const struct mbp_plant *plant)
{
    return plant->fault_count + MBP_AD_HOC_FAULTS;
}

/* The unit that answers to an id; NULL when there is none. */
const struct mbp_unit *mbp_plant_find_unit(const struct mbp_plant *plant, uint16_t id);

/* A machine, sensor (or alarm of none), actuator, controller or stored value by name, in any case. UINT32_MAX when
 * there is none. */
uint32_t mbp_plant_find_machine(const struct mbp_plant *plant, const char *name);
uint32_t mbp_plant_find_sensor(const struct mbp_plant *plant, const char *name);
uint32_t mbp_plant_find_actuator(const struct mbp_plant *plant, const char *name);
uint32_t mbp_plant_find_controller(const struct mbp_plant *plant, const char *name);
uint32_t mbp_plant_find_stored(const struct mbp_plant *plant, const char *name);

/* Of a unit: how many sensors it has, and the first of its alarms of no sensor, which stand behind them. */
static inline uint32_t mbp_unit_sensors(const struct mbp_unit *unit)
{
    return unit->sensor_count - unit->alarm_count;
}

static inline uint32_t mbp_unit_first_alarm(const struct mbp_unit *unit)
{
    return unit->first_sensor + mbp_unit_sensors(unit);
}

/* The n-th sensor of the plant, alarms of none not counted; n is less than their number. */
static inline uint32_t mbp_plant_nth_sensor(const struct mbp_plant *plant, uint32_t n)
{
    uint32_t u = 0;
    while (n >= mbp_unit_sensors(&plant->units[u]))
        n -= mbp_unit_sensors(&plant->units[u++]);
    return plant->units[u].first_sensor + n;
}

/* Behind those the alarms of bypasses, then the interlocks themselves, in the same order. */
static inline uint32_t mbp_unit_first_interlock(const struct mbp_unit *unit)
{
    return unit->first_sensor + unit->sensor_count - unit->interlock_count;
}

/* All that have alarms of a machine, one by one: its sensors, its alarms of no sensor, the alarms of bypasses. */
static inline uint32_t mbp_machine_watches(const struct mbp_machine *machine)
{
    return machine->sensor_count + machine->alarm_count + machine->interlock_count;
}

/* Of these, from 0, those that shelving the machine hides: who bypasses is to be reminded all the same. */
static inline uint32_t mbp_machine_shelves(const struct mbp_machine *machine)
{
    return machine->sensor_count + machine->alarm_count;
}

static inline uint32_t mbp_machine_watch(const struct mbp_machine *machine, uint32_t i)
{
    const uint32_t behind = i - machine->sensor_count;
    if (i < machine->sensor_count)
        return machine->first_sensor + i;
    return behind < machine->alarm_count ? machine->first_alarm + behind
                                         : machine->first_bypass + behind - machine->alarm_count;
}

/* Likewise all that may stop a machine or not let it start: the same, then its interlocks. How many, and which the
 * i-th is: a plant-wide index into sensors[]. */
static inline uint32_t mbp_machine_guards(const struct mbp_machine *machine)
{
    return mbp_machine_watches(machine) + machine->interlock_count;
}

static inline uint32_t mbp_machine_guard(const struct mbp_machine *machine, uint32_t i)
{
    uint32_t watches = mbp_machine_watches(machine);
    return i < watches ? mbp_machine_watch(machine, i) : machine->first_interlock + i - watches;
}

/* The name of what an input takes in: a sensor's or an actuator's. */
static inline const char *mbp_input_source(const struct mbp_plant *plant, uint32_t from)
{
    return from < plant->sensor_count ? plant->sensors[from].name : plant->actuators[from - plant->sensor_count].name;
}

/* Likewise of what a fault is of; and the index that a name has there, UINT32_MAX when there is none. */
static inline const char *mbp_effect_of(const struct mbp_plant *plant, const struct mbp_effect *effect)
{
    return mbp_input_source(plant, effect->subject);
}
static inline uint32_t mbp_effect_find_subject(const struct mbp_plant *plant, const char *name)
{
    uint32_t sensor = mbp_plant_find_sensor(plant, name);
    uint32_t actuator = sensor == UINT32_MAX ? mbp_plant_find_actuator(plant, name) : UINT32_MAX;
    return actuator != UINT32_MAX ? plant->sensor_count + actuator : sensor;
}

#endif
