/* blocks: the register map, row by row. The order of the rows is the order in which blocks that must move are placed,
 * and in which a table's points are listed. */
#include "mbplant/image/alarm_command.h"
#include "mbplant/image/named.h"
#include "mbplant/image/staging.h"
#include "mbplant/instructor.h"
#include "mbplant/map.h"
#include "mbplant/view.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define FIELDS(rows)    .fields = (rows), .field_count = COUNT_OF(rows)

#define SUMMARY(m)    .member = MBP_MEMBER(mbp_summary_view, m)
#define MACHINE(m)    .member = MBP_MEMBER(mbp_machine_view, m)
#define SENSOR(m)     .member = MBP_MEMBER(mbp_sensor_view, m)
#define ACTUATOR(m)   .member = MBP_MEMBER(mbp_actuator_view, m)
#define CONTROLLER(m) .member = MBP_MEMBER(mbp_controller_view, m)
#define STORED(m)     .member = MBP_MEMBER(mbp_stored_view, m)
#define SIM(m)        .member = MBP_MEMBER(mbp_sim_view, m)

#define OF(n, w, u, t)  .name = (n), .what = (w), .unit_text = (u), .type = (t)
#define BIT(n, w)       OF(n, w, "", MBP_BOOL)
#define U16_IN(n, w, u) OF(n, w, u, MBP_UINT16)
#define U32_IN(n, w, u) OF(n, w, u, MBP_UINT32)
#define U64_IN(n, w, u) OF(n, w, u, MBP_UINT64)
#define U16(n, w)       OF(n, w, "", MBP_UINT16)
#define U32(n, w)       OF(n, w, "", MBP_UINT32)
#define U64(n, w)       OF(n, w, "", MBP_UINT64)
#define FLOAT(n, w)     OF(n, w, "", MBP_FLOAT32)

/* A row for each alarm of a sensor. */
#define EACH_ALARM(ROW)                                                                                                \
    ROW("low_low", MBP_LOW_LOW)                                                                                        \
    ROW("low", MBP_LOW)                                                                                                \
    ROW("high", MBP_HIGH)                                                                                              \
    ROW("high_high", MBP_HIGH_HIGH)                                                                                    \
    ROW("rate_of_change", MBP_RATE_OF_CHANGE)                                                                          \
    ROW("bad_quality", MBP_BAD_QUALITY)                                                                                \
    ROW("condition", MBP_CONDITION)

/* ---- coils ------------------------------------------------------------------------------------------------------- */

static const struct mbp_map_field machine_coils[] = {
    {BIT("en_service", "ask for this state"), .offset = 0, .write = MBP_WRITE_STATE, .sub = MBP_EN_SERVICE,
     MACHINE(in_state[MBP_EN_SERVICE])},
    {BIT("en_panne", "ask for this state"), .offset = 1, .write = MBP_WRITE_STATE, .sub = MBP_EN_PANNE,
     MACHINE(in_state[MBP_EN_PANNE])},
    {BIT("maintenance", "ask for this state"), .offset = 2, .write = MBP_WRITE_STATE, .sub = MBP_MAINTENANCE,
     MACHINE(in_state[MBP_MAINTENANCE])},
    {BIT("acknowledge", "acknowledge its alarms"), .offset = 3, .write = MBP_WRITE_ACKNOWLEDGE,
     .form = MBP_FORM_TRIGGER},
    {BIT("reset", "reset its latched alarms"), .offset = 4, .write = MBP_WRITE_RESET, .form = MBP_FORM_TRIGGER},
    {BIT("shelve", "all its sensors are shelved"), .offset = 5, .write = MBP_WRITE_SHELVE_ALL, MACHINE(shelved)},
};
static const struct mbp_map_field forced[] = {
    {BIT("forced", "value is forced; 0 releases"), .write = MBP_WRITE_FORCED, SENSOR(forced)},
};
static const struct mbp_map_field shelved[] = {
    {BIT("shelved", "alarms are shelved"), .write = MBP_WRITE_SHELVED, SENSOR(shelved)},
};
static const struct mbp_map_field acknowledge[] = {
    {BIT("acknowledge", "acknowledge its alarms"), .write = MBP_WRITE_ACKNOWLEDGE_SENSOR, .form = MBP_FORM_TRIGGER},
};
static const struct mbp_map_field reset[] = {
    {BIT("reset", "reset its latched alarms"), .write = MBP_WRITE_RESET_SENSOR, .form = MBP_FORM_TRIGGER},
};
static const struct mbp_map_field command_coils[] = {
    {BIT("", "on/off command"), .write = MBP_WRITE_COMMAND, ACTUATOR(on)},
};
static const struct mbp_map_field automatic[] = {
    {BIT("automatic", "1 automatic, 0 manual"), .write = MBP_WRITE_MODE, CONTROLLER(automatic)},
};
static const struct mbp_map_field service[] = {
    {BIT("out_of_service", "alarms are out of service, by hand"), .write = MBP_WRITE_SERVICE, SENSOR(removed)},
};

/* ---- discrete inputs --------------------------------------------------------------------------------------------- */

static const struct mbp_map_field sensor_bits[] = {
    {BIT("low_low", "alarm"), .offset = 0, SENSOR(active[MBP_LOW_LOW])},
    {BIT("low", "alarm"), .offset = 1, SENSOR(active[MBP_LOW])},
    {BIT("high", "alarm"), .offset = 2, SENSOR(active[MBP_HIGH])},
    {BIT("high_high", "alarm"), .offset = 3, SENSOR(active[MBP_HIGH_HIGH])},
    {BIT("unacknowledged", "an alarm waits"), .offset = 4, SENSOR(unacknowledged)},
    {BIT("is_shelved", "alarms are shelved"), .offset = 5, SENSOR(shelved)},
    {BIT("is_forced", "value is forced"), .offset = 6, SENSOR(forced)},
    {BIT("bad_quality", "out of its range"), .offset = 7, SENSOR(bad_quality)},
};
static const struct mbp_map_field machine_bits[] = {
    {BIT("running", "is in service"), .offset = 0, MACHINE(in_state[MBP_EN_SERVICE])},
    {BIT("trip_active", "an alarm trips it"), .offset = 1, MACHINE(trip_active)},
    {BIT("maintenance_due", "maintenance is due"), .offset = 2, MACHINE(maintenance_due)},
};
static const struct mbp_map_field alarm_bits[] = {
    {BIT("rate_of_change", "alarm"), .offset = 0, SENSOR(active[MBP_RATE_OF_CHANGE])},
    {BIT("bad_quality_alarm", "alarm"), .offset = 1, SENSOR(active[MBP_BAD_QUALITY])},
    {BIT("latched", "an alarm waits to be reset"), .offset = 2, SENSOR(latched)},
    {BIT("suppressed", "an alarm is suppressed by design"), .offset = 3, SENSOR(suppressed)},
    {BIT("is_out_of_service", "alarms are out of service"), .offset = 4, SENSOR(out_of_service)},
    {BIT(MBP_MAP_CONDITION, "alarm"), .offset = 5, SENSOR(active[MBP_CONDITION])},
};

/* ---- holding registers ------------------------------------------------------------------------------------------- */

#define OF_ITEM(n, w) .name = (n), .what = (w), .measure = MBP_MEASURE_ITEM
static const struct mbp_map_field values[] = {
    {OF_ITEM("", "value"), .write = MBP_WRITE_VALUE, SENSOR(value)},
};
static const struct mbp_map_field limits[] = {
    {OF_ITEM("low_low.limit", "limit"), .write = MBP_WRITE_LIMIT, .sub = MBP_LOW_LOW, SENSOR(limit[MBP_LOW_LOW])},
    {OF_ITEM("low.limit", "limit"), .write = MBP_WRITE_LIMIT, .sub = MBP_LOW, SENSOR(limit[MBP_LOW])},
    {OF_ITEM("high.limit", "limit"), .write = MBP_WRITE_LIMIT, .sub = MBP_HIGH, SENSOR(limit[MBP_HIGH])},
    {OF_ITEM("high_high.limit", "limit"), .write = MBP_WRITE_LIMIT, .sub = MBP_HIGH_HIGH, SENSOR(limit[MBP_HIGH_HIGH])},
};
static const struct mbp_map_field shelving[] = {
    {U16_IN("shelving", "left; 0 none, 65534 once, 65535 no end", "s"), .write = MBP_WRITE_SHELVING,
     SENSOR(shelving_s)},
};
static const struct mbp_map_field commands[] = {
    {OF_ITEM("", "command"), .write = MBP_WRITE_COMMAND, ACTUATOR(command)},
};
#define SET(n, w, i)                                                                                                   \
    .name = (n), .what = (w), .type = MBP_FLOAT32, .offset = 2 * (i), .write = MBP_WRITE_SETTING, .sub = (i),          \
    CONTROLLER(setting[i])
static const struct mbp_map_field settings[] = {
    {SET("setpoint", "what it holds its input at", MBP_SET_SETPOINT), .measure = MBP_MEASURE_INPUT},
    {SET("gain", "of its error", MBP_SET_GAIN), .unit_text = ""},
    {SET("integral", "time, 0 = none", MBP_SET_INTEGRAL), .unit_text = "s"},
    {SET("derivative", "time, 0 = none", MBP_SET_DERIVATIVE), .unit_text = "s"},
    {SET("output_low", "output's lower end", MBP_SET_LOW), .measure = MBP_MEASURE_OUTPUT},
    {SET("output_high", "output's upper end", MBP_SET_HIGH), .measure = MBP_MEASURE_OUTPUT},
    {SET("manual", "output while in manual", MBP_SET_MANUAL), .measure = MBP_MEASURE_OUTPUT},
};

/* Words: mbplant/image/alarm_command.h. */
#define ASKED(n, w, i)                                                                                                 \
    {                                                                                                                  \
        U16("alarm command " n, w), .offset = MBP_RECORD_##i, .write = MBP_WRITE_RECORD                                \
    }
static const struct mbp_map_field alarm_command[] = {
    ASKED("tag", "id of the sensor in events", TAG),
    ASKED("alarm", "0 low_low .. 6 condition, 65535 all", ALARM),
    ASKED("argument", "seconds; 0 as long as may be, 65534 once", ARGUMENT),
    ASKED("operator", "number in the plant file, 0 whoever asks", OPERATOR),
    ASKED("word", "1 acknowledge 2 reset 3 shelve 4 unshelve 5 remove 6 return 7 bypass 8 restore", COMMAND),
};
#undef ASKED

/* ---- input registers --------------------------------------------------------------------------------------------- */

static const struct mbp_map_field summary[] = {
    {U16("map version", "of this register map"), .offset = 0, SUMMARY(map_version)},
    {U16("machines in all", "count"), .offset = 1, SUMMARY(machines)},
    {U16("machines en_service", "count"), .offset = 2, SUMMARY(machines_in_state[MBP_EN_SERVICE])},
    {U16("machines en_panne", "count"), .offset = 3, SUMMARY(machines_in_state[MBP_EN_PANNE])},
    {U16("machines in maintenance", "count"), .offset = 4, SUMMARY(machines_in_state[MBP_MAINTENANCE])},
    {U16("sensors in all", "count"), .offset = 5, SUMMARY(sensors)},
    {U16("active alarms", "count"), .offset = 6, SUMMARY(active_alarms)},
    {U16("unacknowledged alarms", "count"), .offset = 7, SUMMARY(unacknowledged_alarms)},
    {U32("last durable event", "number"), .offset = 8, SUMMARY(last_event)},
    {U32("oldest event", "number"), .offset = 10, SUMMARY(oldest_event)},
    {U32("last incident", "its event's number"), .offset = 12, SUMMARY(last_incident)},
    {U32("scan count", "scans done"), .offset = 14, SUMMARY(scans)},
    {U16_IN("scan time last", "of the last scan", "us"), .offset = 16, SUMMARY(scan_last_us)},
    {U16_IN("scan time max", "of all scans", "us"), .offset = 17, SUMMARY(scan_longest_us)},
    {U32("late scans", "count"), .offset = 18, SUMMARY(late_scans)},
    {U64_IN("simulated time", "since the start", "ms"), .offset = 20, SUMMARY(simulated_ms)},
};
static const struct mbp_map_field machine_words[] = {
    {U16("state", "0 en_service 1 en_panne 2 maintenance"), .offset = 0, MACHINE(state)},
    {U16("first_out", "sensor that tripped it, 65535 none"), .offset = 1, .form = MBP_FORM_INDEX,
     MACHINE(first_out_sensor)},
    {U16("alarms", "active alarms"), .offset = 2, MACHINE(active_alarms)},
    {U32("good", "good products"), .offset = 3, MACHINE(good)},
    {U32("reject", "rejected products"), .offset = 5, MACHINE(reject)},
    {U32_IN("running_time", "time en_service", "s"), .offset = 7, MACHINE(running_s)},
    {U32_IN("down_time", "time en_panne", "s"), .offset = 9, MACHINE(down_s)},
    {U32_IN("maintenance_time", "time in maintenance", "s"), .offset = 11, MACHINE(maintenance_s)},
    {U16("failures", "times en_panne"), .offset = 13, MACHINE(failures)},
    {U32_IN("since", "Unix time of its state's begin", "s"), .offset = 14, MACHINE(since_s)},
};
static const struct mbp_map_field floats[] = {
    {.name = "float32", .what = "value as float32", .measure = MBP_MEASURE_ITEM, .type = MBP_FLOAT32, SENSOR(value)},
};
static const struct mbp_map_field events[] = {
    {U16("recent events", "20 registers each, newest first"), .offset = 0, .count = MBP_RECENT_WORDS},
    {U16("journal trouble", "1 = cannot write, events wait in memory"), .offset = MBP_RECENT_WORDS,
     SUMMARY(journal_trouble)},
    {U16_IN("journal memory used", "by events that wait", "%"), .scale = 0.1, .offset = MBP_RECENT_WORDS + 1,
     SUMMARY(journal_memory_percent)},
    {U32("events lost", "since the start, for want of that memory"), .offset = MBP_RECENT_WORDS + 2,
     SUMMARY(events_lost)},
    {U32("newest event", "its number, also before it is stored"), .offset = MBP_RECENT_WORDS + 4,
     SUMMARY(newest_event)},
    {U16("HTTP port", "of the page; 0 = there is none"), .offset = MBP_RECENT_WORDS + 6, SUMMARY(http_port)},
    {U16("MQTT", "the broker: 0 none, 1 away, 2 connected"), .offset = MBP_RECENT_WORDS + 7, SUMMARY(mqtt)},
    {U32("MQTT waiting", "values that wait for the broker"), .offset = MBP_RECENT_WORDS + 8, SUMMARY(mqtt_waiting)},
    {U32("MQTT lost", "values that waited and were given up"), .offset = MBP_RECENT_WORDS + 10, SUMMARY(mqtt_lost)},
    {U32("MQTT refused", "commands from the broker"), .offset = MBP_RECENT_WORDS + 12, SUMMARY(mqtt_refused)},
};
#define FLOAT_OF(n, w, m) .name = (n), .what = (w), .measure = MBP_MEASURE_##m, .type = MBP_FLOAT32
static const struct mbp_map_field actuator_words[] = {
    {FLOAT_OF("position", "where it stands", ITEM), .offset = 0, ACTUATOR(position)},
    {FLOAT_OF("command", "where it is to go, as float32", ITEM), .offset = 2, ACTUATOR(command)},
};
static const struct mbp_map_field controller_words[] = {
    {FLOAT_OF("output", "what it gives", OUTPUT), .offset = 0, CONTROLLER(output)},
    {FLOAT_OF("error", "setpoint less measurement", INPUT), .offset = 2, CONTROLLER(error)},
    {FLOAT_OF("active_setpoint", "the one in effect", INPUT), .offset = 4, CONTROLLER(active_setpoint)},
    {FLOAT_OF("measurement", "its input as it saw it", INPUT), .offset = 6, CONTROLLER(measurement)},
};
static const struct mbp_map_field upkeep[] = {
    {U16("refused_state", "asked last and refused, 65535 none"), .offset = 0, .form = MBP_FORM_INDEX,
     MACHINE(refused_state)},
    {U16("refused_reason", "0 none 4 trip active 7 trip latched 8 permissive"), .offset = 1, MACHINE(refused_reason)},
    {U16("refused_sensor", "that stands against it, 65535 none"), .offset = 2, .form = MBP_FORM_INDEX,
     MACHINE(refused_sensor)},
    {U32_IN("running_since_maintenance", "time en_service", "s"), .offset = 3, MACHINE(running_since_maintenance_s)},
    {U32("cycles_since_maintenance", "products"), .offset = 5, MACHINE(cycles_since_maintenance)},
    {U32_IN("time_until_due", "4294967295 never", "s"), .offset = 7, .form = MBP_FORM_INDEX, MACHINE(until_due_s)},
    {U32("cycles_until_due", "4294967295 never"), .offset = 9, .form = MBP_FORM_INDEX, MACHINE(until_due_cycles)},
    {U32_IN("repair_time", "from failures to returns, summed up", "s"), .offset = 11, MACHINE(repair_s)},
    {U16("repairs", "returns to service after a failure"), .offset = 13, MACHINE(repairs)},
    {U16("maintenances", "ended"), .offset = 14, MACHINE(maintenances)},
    {U16_IN("maintenance_left", "of the planned time, 65535 none", "s"), .offset = 15, .form = MBP_FORM_INDEX,
     MACHINE(maintenance_left_s)},
};
#define TOLD(n, w, i)                                                                                                  \
    {                                                                                                                  \
        U16("alarm command " n, w), .offset = MBP_ANSWER_##i                                                           \
    }
static const struct mbp_map_field alarm_answer[] = {
    TOLD("taken", "commands", TAKEN),
    TOLD("carried out", "commands", CARRIED),
    TOLD("result", "of the last: 1 waits 2 done 3 was so, else refused", RESULT),
    TOLD("of tag", "the last", TAG),
    TOLD("of alarm", "the last", ALARM),
    TOLD("of word", "the last", COMMAND),
};
#undef TOLD

#define SHELF(n, a)                                                                                                    \
    {U16_IN(n ".shelving", "left; 0 none, 65534 once, 65535 no end", "s"), .offset = (a), SENSOR(shelved_s[a])},
#define BYPASS(n, a)                                                                                                   \
    {U16_IN(n ".bypass", "of its interlock: left; 0 armed", "s"), .offset = 8 + (a), SENSOR(bypassed_s[a])},
static const struct mbp_map_field alarm_shelves[] = {EACH_ALARM(SHELF) EACH_ALARM(BYPASS)};

/* The states of a sensor's alarms in two words; `s` is how the block's names end. */
#define STATES(s)                                                                                                      \
    {U16("alarm_states" s, "low_low, low, high, high_high, 4 bits each"), .offset = 0, .form = MBP_FORM_NIBBLES,       \
     .nibbles = MBP_LIMIT_COUNT, SENSOR(alarm_state[MBP_LOW_LOW])},                                                    \
    {                                                                                                                  \
        U16("alarm_states_beside" s, "rate_of_change, bad_quality, condition, 4 bits each"),                           \
            .offset = 1, .form = MBP_FORM_NIBBLES, .nibbles = MBP_ALARM_COUNT - MBP_LIMIT_COUNT,                       \
            SENSOR(alarm_state[MBP_RATE_OF_CHANGE])                                                                    \
    }
static const struct mbp_map_field alarm_words[] = {
    STATES(""),
    {U32_IN("alarm_since", "Unix time of their last change", "s"), .offset = 2, SENSOR(alarm_since_s)},
};
#define RAISED(n, a)                                                                                                   \
    {U32_IN(n ".raised", "Unix time when the alarm was raised last", "s"), .offset = 2 + 2 * (a), SENSOR(raised_s[a])},
static const struct mbp_map_field alarm_times[] = {STATES("_now"), EACH_ALARM(RAISED)};

/* ---- alarms of no sensor ----------------------------------------------------------------------------------------- */

static const struct mbp_map_field own_coils[] = {
    {BIT("acknowledge", "acknowledge it"), .offset = 0, .write = MBP_WRITE_ACKNOWLEDGE_SENSOR,
     .form = MBP_FORM_TRIGGER},
    {BIT("reset", "reset it when it is latched"), .offset = 1, .write = MBP_WRITE_RESET_SENSOR,
     .form = MBP_FORM_TRIGGER},
    {BIT("shelved", "it is shelved"), .offset = 2, .write = MBP_WRITE_SHELVED, SENSOR(shelved)},
    {BIT("out_of_service", "it is out of service, by hand"), .offset = 3, .write = MBP_WRITE_SERVICE, SENSOR(removed)},
};
static const struct mbp_map_field own_bits[] = {
    {BIT("", "the alarm is active"), .offset = 0, SENSOR(active[MBP_CONDITION])},
    {BIT("unacknowledged", "it waits"), .offset = 1, SENSOR(unacknowledged)},
    {BIT("latched", "it waits to be reset"), .offset = 2, SENSOR(latched)},
    {BIT("condition", "what it watches for is there"), .offset = 3, SENSOR(condition)},
    {BIT("is_shelved", "it is shelved"), .offset = 4, SENSOR(shelved)},
    {BIT("suppressed", "it is suppressed by design"), .offset = 5, SENSOR(suppressed)},
    {BIT("is_out_of_service", "it is out of service"), .offset = 6, SENSOR(out_of_service)},
    {BIT("bad_quality", "its expression has a fault"), .offset = 7, SENSOR(bad_quality)},
};
static const struct mbp_map_field own_words[] = {
    {U16("state", "0 normal .. 8 out of service"), .offset = 0, SENSOR(alarm_state[MBP_CONDITION])},
    {U32_IN("since", "Unix time of its last change", "s"), .offset = 1, SENSOR(alarm_since_s)},
};

static const struct mbp_map_field own_times[] = {
    {U32_IN("raised", "Unix time when it was raised last", "s"), .offset = 0, SENSOR(raised_s[MBP_CONDITION])},
    {U16_IN("bypass", "of its interlock: left; 0 armed", "s"), .offset = 2, SENSOR(bypassed_s[MBP_CONDITION])},
};

/* ---- interlocks -------------------------------------------------------------------------------------------------- */

static const struct mbp_map_field interlock_bits[] = {
    {BIT("", "what it acts on is there"), .offset = 0, SENSOR(condition)},
    {BIT("acting", "it stops its machine, or does not let it start"), .offset = 1, SENSOR(acting)},
    {BIT("first_out", "it tripped its machine first"), .offset = 2, SENSOR(first_out)},
    {BIT("bad_quality", "its expression has a fault"), .offset = 3, SENSOR(bad_quality)},
};
static const struct mbp_map_field interlock_bypass[] = {
    {U16_IN("bypass", "how long it is held off yet; 0 arms it", "s"), .write = MBP_WRITE_BYPASS,
     SENSOR(bypassed_s[MBP_CONDITION])},
};
static const struct mbp_map_field interlock_words[] = {
    {U16("state", "0 ready 1 acting 2 bypassed 3 defeated: it would act"), .offset = 0, SENSOR(interlock_state)},
    {U32_IN("since", "Unix time when it acted, or no longer did", "s"), .offset = 1, SENSOR(alarm_since_s)},
};

/* ---- alarms, where points of the user's own show them ------------------------------------------------------------ */

#define LIVES(n, a)                                                                                                    \
    {U16(n ".state", "of the alarm"), .offset = 3 * (a), SENSOR(alarm_state[a])},                                      \
        {U32_IN(n ".since", "Unix time of the last change of its sensor's alarms", "s"), .offset = 3 * (a) + 1,        \
         SENSOR(alarm_since_s)},
static const struct mbp_map_field alarm_lives[] = {EACH_ALARM(LIVES)};

/* ---- stored values ----------------------------------------------------------------------------------------------- */

static const struct mbp_map_field stored[] = {
    {.name = "", .what = "value", .unit_text = "", .write = MBP_WRITE_STORED, STORED(value)},
};
static const struct mbp_map_field stored_bits[] = {
    {BIT("bad_quality", "its expression has a fault"), STORED(bad_quality)},
};

/* ---- the instructor's unit (mbplant/instructor.h, mbplant/image/staging.h say what each does)
 * ---------------------------
 */

#define DOES .write = MBP_WRITE_SIMULATION
static const struct mbp_map_field fault_coils[] = {{BIT("fault", "1 begins the fault, 0 ends it"), DOES}};
static const struct mbp_map_field ad_hoc_coils[] = {{BIT("fault ad hoc", "1 begins the fault, 0 ends it"), DOES}};
static const struct mbp_map_field sim_coils[] = {
    {BIT("paused", "1 pauses the plant, 0 resumes"), .offset = 0, DOES, SIM(paused)},
    {BIT("take snapshot", "1 takes one; clears itself"), .offset = MBP_SIM_COIL_SNAPSHOT - MBP_SIM_COIL_PAUSED, DOES},
    {BIT("restore snapshot", "1 restores it; clears itself"), .offset = MBP_SIM_COIL_RESTORE - MBP_SIM_COIL_PAUSED,
     DOES},
};
static const struct mbp_map_field sim_settings[] = {
    {FLOAT("speed", "scans per period, 0.1..1000"), .offset = MBP_SIM_HR_SPEED, DOES},
    {U16("step", "scans to run while paused"), .offset = MBP_SIM_HR_STEPS, DOES, SIM(steps_left)},
    {U16("lock-step", "scans to run before the answer, while paused"), .offset = MBP_SIM_HR_LOCK, DOES},
    {U32("scans in lock-step", "scans done"), .offset = MBP_SIM_HR_SCANS},
    {U16("new fault", "record of a fault to begin"), .offset = MBP_SIM_HR_FAULT, .count = MBP_SIM_FAULT_WORDS, DOES},
    {U16("begin new fault", "1 begins it; clears itself"), .offset = MBP_SIM_HR_FAULT_BEGIN, DOES},
    {OF("seed", "of what is random", "", MBP_UINT64), .offset = MBP_SIM_HR_SEED, DOES},
    {U16("point to force", "record of a point to hold, or to let go"), .offset = MBP_SIM_HR_FORCE,
     .count = MBP_SIM_FORCE_WORDS, DOES},
    {U16("force command", "1 holds it, 2 lets it go, 3 all, 4 and 5 bits of it; clears itself"),
     .offset = MBP_SIM_HR_FORCE_COMMAND, DOES},
    {U16("plant command", "1 checks, 2 puts the staged plant file"), .offset = MBP_STAGING_HR_COMMAND, DOES},
    {U32("plant command crc", "CRC-32 of the text that is meant"), .offset = MBP_STAGING_HR_CRC, DOES},
    {U16("snapshot name", "UTF-8, then 0"), .offset = MBP_NAMED_HR_NAME, .count = MBP_NAMED_WORDS, DOES},
    {U16("snapshot command", "1 takes it, 2 restores it, 3 removes it, 4 looks what there is"),
     .offset = MBP_NAMED_HR_COMMAND, DOES},
};
static const struct mbp_map_field parameters[] = {{OF("parameter", "of the plant", "", MBP_FLOAT64), DOES}};
static const struct mbp_map_field sim_words[] = {
    {U16("simulation map version", "of this map"), .offset = MBP_SIM_IR_VERSION, SIM(map_version)},
    {U16("is paused", "no scan runs"), .offset = MBP_SIM_IR_PAUSED, SIM(paused)},
    {FLOAT("speed asked", "as in holding register 0"), .offset = MBP_SIM_IR_SPEED, SIM(speed)},
    {FLOAT("speed reached", "over the last second"), .offset = MBP_SIM_IR_SPEED_NOW, SIM(speed_reached)},
    {U32("steps left", "of the last step"), .offset = MBP_SIM_IR_STEPS, SIM(steps_left)},
    {U32("scans done", "since the start"), .offset = MBP_SIM_IR_SCANS, SIM(scans)},
    {U64_IN("process time", "simulated", "ms"), .offset = MBP_SIM_IR_TIME, SIM(simulated_ms)},
    {U32("scans late", "by a period or more"), .offset = MBP_SIM_IR_LATE, SIM(late_scans)},
    {U32("scans lost", "due, and never run"), .offset = MBP_SIM_IR_LOST, SIM(lost_scans)},
    {U16("has snapshot", "there is one"), .offset = MBP_SIM_IR_SNAPSHOT, SIM(has_snapshot)},
    {U32("snapshot scan", "after which it was taken"), .offset = MBP_SIM_IR_SNAPSHOT_SCAN, SIM(snapshot_scan)},
    {U64_IN("snapshot time", "simulated", "ms"), .offset = MBP_SIM_IR_SNAPSHOT_TIME, SIM(snapshot_ms)},
    {U16("times restored", "count"), .offset = MBP_SIM_IR_RESTORED, SIM(restored)},
    {U16("wire faults in all", "coils 0.."), .offset = MBP_SIM_IR_WIRE_FAULTS, SIM(wire_faults)},
    {U16("faults in all", "coils 1000.."), .offset = MBP_SIM_IR_FAULTS, SIM(faults)},
    {U16("faults active", "of those and ad hoc"), .offset = MBP_SIM_IR_FAULTS_ACTIVE, SIM(faults_active)},
    {U16("points forced", "from input register 1000 on"), .offset = MBP_SIM_IR_FORCED_POINTS},
    {U32_IN("lateness max", "begin of a scan", "us"), .offset = MBP_SIM_IR_LATENESS_MAX, SIM(lateness_max_us)},
};
static const struct mbp_map_field lateness[] = {{U32("late", "scans that began so late")}};
#define COUNTED(n, i)                                                                                                  \
    {                                                                                                                  \
        U32(n, "the server's count since the start"), .offset = 2 * (i)                                                \
    }
static const struct mbp_map_field server_counts[] = {
    COUNTED("connections taken", MBP_COUNT_ACCEPTED),
    COUNTED("connections open", MBP_COUNT_OPEN),
    COUNTED("closed for a new one", MBP_COUNT_EVICTED),
    COUNTED("turned away", MBP_COUNT_TURNED_AWAY),
    COUNTED("requests", MBP_COUNT_REQUESTS),
    COUNTED("exceptions", MBP_COUNT_EXCEPTIONS),
    COUNTED("writes refused", MBP_COUNT_WRITES_REFUSED),
    COUNTED("frames discarded", MBP_COUNT_DISCARDED),
    COUNTED("closed, out of step", MBP_COUNT_BAD_FRAMES),
    COUNTED("closed, deadline", MBP_COUNT_TIMEOUTS),
    COUNTED("closed, not reading", MBP_COUNT_SLOW_CLOSED),
    COUNTED("wire faults befallen", MBP_COUNT_FAULTS),
};
_Static_assert(COUNT_OF(server_counts) == MBP_SERVER_COUNTS, "a row for each count of the server");
static const struct mbp_map_field staging_words[] = {
    {U16("plant command state", "0 none 1 working 2 done 3 refused 4 unchanged"), .offset = 0},
    {U16("plant command last", "which it was"), .offset = MBP_STAGING_IR_COMMAND - MBP_STAGING_IR_STATE},
    {U16("plant commands done", "count"), .offset = MBP_STAGING_IR_NUMBER - MBP_STAGING_IR_STATE},
    {U16("plant file errors", "lines; in words in file 890"), .offset = MBP_STAGING_IR_ERRORS - MBP_STAGING_IR_STATE},
    {U32("plant file crc", "CRC-32 of the text it was about"), .offset = MBP_STAGING_IR_CRC - MBP_STAGING_IR_STATE},
    {U16("plant things added", "machines and sensors"), .offset = MBP_STAGING_IR_ADDED - MBP_STAGING_IR_STATE},
    {U16("plant things removed", "machines and sensors"), .offset = MBP_STAGING_IR_REMOVED - MBP_STAGING_IR_STATE},
    {U16("plant things changed", "machines and sensors"), .offset = MBP_STAGING_IR_CHANGED - MBP_STAGING_IR_STATE},
    {U16("plant file saved", "1: on mbplantd's disk too"), .offset = MBP_STAGING_IR_SAVED - MBP_STAGING_IR_STATE},
};
static const struct mbp_map_field named_words[] = {
    {U16("snapshot command state", "0 none 1 working 2 done 3 refused"), .offset = 0},
    {U16("snapshot command last", "which it was"), .offset = MBP_NAMED_IR_COMMAND - MBP_NAMED_IR_STATE},
    {U16("snapshot commands done", "count"), .offset = MBP_NAMED_IR_NUMBER - MBP_NAMED_IR_STATE},
    {U16("snapshots in all", "with names; listed in file 845"), .offset = MBP_NAMED_IR_COUNT - MBP_NAMED_IR_STATE},
};
static const struct mbp_map_field forced_records[] = {{U16("forced", "its record"), .count = MBP_SIM_FORCE_WORDS}};
static const struct mbp_map_field ad_hoc_records[] = {{U16("ad hoc", "its record"), .count = MBP_SIM_FAULT_WORDS}};

/* ---- blocks ------------------------------------------------------------------------------------------------------ */

/* Its key in a plant file (NULL: none moves it), what it is, its fields, their table, of what it has an item each,
 * where it begins when nothing is in the way, and addresses from item to item. */
#define BLOCK(k, w, rows, t, p, at, step)                                                                              \
    .key = (k), .what = (w), FIELDS(rows), .table = MBP_##t, .per = MBP_PER_##p, .usual = (at), .stride = (step)
#define PLACED(p)   .place = MBP_PLACE_##p
#define SHOWN(when) .refresh = MBP_REFRESH_##when
#define YIELDS      .yields = true
#define INSTRUCTOR  .instructor = true

const struct mbp_map_block mbp_map[] = {
    [MBP_MAP_MACHINE_COILS] = {BLOCK("machine_coils", "the coils of machines", machine_coils, COILS, MACHINE, 0, 8)},
    [MBP_MAP_FORCED] = {BLOCK("forced", "the forced coils", forced, COILS, SENSOR, 1000, 1)},
    [MBP_MAP_SHELVED] = {BLOCK("shelved", "the shelved coils", shelved, COILS, SENSOR, 2000, 1)},
    [MBP_MAP_ACKNOWLEDGE] = {BLOCK("acknowledge", "the acknowledge coils", acknowledge, COILS, SENSOR, 3000, 1),
                             SHOWN(NEVER)},
    [MBP_MAP_RESET] = {BLOCK("reset", "the reset coils", reset, COILS, SENSOR, 4000, 1), SHOWN(NEVER)},
    [MBP_MAP_COMMAND_COILS] = {BLOCK("on_off_commands", "the on/off commands", command_coils, COILS, ACTUATOR, 5000, 1),
                               PLACED(ON_OFF)},
    [MBP_MAP_AUTOMATIC] = {BLOCK("automatic", "the automatic coils", automatic, COILS, CONTROLLER, 6000, 1)},
    [MBP_MAP_SERVICE] = {BLOCK("out_of_service", "the out-of-service coils", service, COILS, SENSOR, 7000, 1)},
    [MBP_MAP_SENSOR_BITS] = {BLOCK("sensor_bits", "the bits of sensors", sensor_bits, DISCRETE_INPUTS, SENSOR, 0, 8)},
    [MBP_MAP_MACHINE_BITS] = {BLOCK("machine_bits", "the bits of machines", machine_bits, DISCRETE_INPUTS, MACHINE,
                                    4000, 8)},
    [MBP_MAP_ALARM_BITS] = {BLOCK("alarm_bits", "the alarm bits", alarm_bits, DISCRETE_INPUTS, SENSOR, 6000, 8),
                            SHOWN(ALARMS)},
    [MBP_MAP_VALUES] = {BLOCK("values", "the values", values, HOLDING_REGISTERS, SENSOR, 0, 0), PLACED(VALUE)},
    [MBP_MAP_LIMITS] = {BLOCK("limits", "the limits", limits, HOLDING_REGISTERS, SENSOR, 1000, 0), PLACED(LIMITS),
                        SHOWN(LIMITS)},
    [MBP_MAP_SHELVING] = {BLOCK("shelving", "the shelving times", shelving, HOLDING_REGISTERS, SENSOR, 5000, 1),
                          SHOWN(SHELVES)},
    [MBP_MAP_COMMANDS] = {BLOCK("commands", "the commands", commands, HOLDING_REGISTERS, ACTUATOR, 7000, 0),
                          PLACED(COMMAND)},
    [MBP_MAP_SETTINGS] = {BLOCK("settings", "the settings of controllers", settings, HOLDING_REGISTERS, CONTROLLER,
                                8000, 16)},
    [MBP_MAP_SUMMARY] = {BLOCK("summary", "the plant's summary", summary, INPUT_REGISTERS, UNIT, 0, 24)},
    [MBP_MAP_MACHINES] = {BLOCK("machines", "the words of machines", machine_words, INPUT_REGISTERS, MACHINE, 100, 16)},
    [MBP_MAP_FLOATS] = {BLOCK("floats", "the float32 copies", floats, INPUT_REGISTERS, SENSOR, 1000, 2)},
    [MBP_MAP_EVENTS] = {BLOCK("events", "the recent events", events, INPUT_REGISTERS, UNIT, 5000,
                              MBP_RECENT_WORDS + 14)},
    [MBP_MAP_ACTUATORS] = {BLOCK("actuators", "the positions of actuators", actuator_words, INPUT_REGISTERS, ACTUATOR,
                                 7000, 4)},
    [MBP_MAP_CONTROLLERS] = {BLOCK("controllers", "the outputs of controllers", controller_words, INPUT_REGISTERS,
                                   CONTROLLER, 8000, 8)},
    [MBP_MAP_UPKEEP] = {BLOCK("upkeep", "the upkeep of machines", upkeep, INPUT_REGISTERS, MACHINE, 9000, 16)},
    [MBP_MAP_ALARMS] = {BLOCK("alarms", "the states of alarms", alarm_words, INPUT_REGISTERS, SENSOR, 10000, 4),
                        SHOWN(ALARMS)},
    [MBP_MAP_OWN_COILS] = {BLOCK("own_alarm_coils", "the coils of alarms of no sensor", own_coils, COILS, ALARM, 8000,
                                 8),
                           SHOWN(SCAN)},
    [MBP_MAP_OWN_BITS] = {BLOCK("own_alarm_bits", "the bits of alarms of no sensor", own_bits, DISCRETE_INPUTS, ALARM,
                                5000, 8),
                          SHOWN(SCAN)},
    [MBP_MAP_OWN_SHELVING] = {BLOCK("own_alarm_shelving", "the shelving times of alarms of no sensor", shelving,
                                    HOLDING_REGISTERS, ALARM, 9000, 1),
                              SHOWN(SCAN)},
    [MBP_MAP_OWN_WORDS] = {BLOCK("own_alarm_words", "the states of alarms of no sensor", own_words, INPUT_REGISTERS,
                                 ALARM, 15000, 4),
                           SHOWN(SCAN)},
    [MBP_MAP_STORED] = {BLOCK(NULL, "the stored values", stored, HOLDING_REGISTERS, STORED, 0, 0), PLACED(POINT),
                        SHOWN(NEVER)},
    [MBP_MAP_ALARM_LIVES] = {BLOCK(NULL, "how alarms live", alarm_lives, INPUT_REGISTERS, SENSOR, 0,
                                   3 * MBP_ALARM_COUNT),
                             PLACED(POINT), SHOWN(NEVER)},
    [MBP_MAP_ALARM_COMMAND] = {BLOCK("alarm_command", "the command record of alarms", alarm_command, HOLDING_REGISTERS,
                                     UNIT, 4900, MBP_RECORD_WORDS),
                               SHOWN(NEVER), YIELDS},
    [MBP_MAP_ALARM_ANSWER] = {BLOCK("alarm_answer", "what became of the last command", alarm_answer, INPUT_REGISTERS,
                                    UNIT, 6800, MBP_ANSWER_WORDS),
                              SHOWN(NEVER), YIELDS},
    [MBP_MAP_ALARM_SHELVES] = {BLOCK("alarm_shelves", "the shelves and bypasses of single alarms", alarm_shelves,
                                     INPUT_REGISTERS, SENSOR, 11000, 16),
                               SHOWN(SHELVES), YIELDS},
    {BLOCK("alarm_times", "the states of alarms and when they were raised", alarm_times, INPUT_REGISTERS, SENSOR, 12000,
           16),
     SHOWN(ALARMS), YIELDS},
    {BLOCK("own_alarm_times", "the times when alarms of no sensor were raised", own_times, INPUT_REGISTERS, ALARM,
           14500, 4),
     SHOWN(SCAN), YIELDS},
    {BLOCK("interlock_bits", "the bits of interlocks", interlock_bits, DISCRETE_INPUTS, INTERLOCK, 6500, 4),
     SHOWN(SCAN), YIELDS},
    {BLOCK("interlock_bypasses", "the bypasses of interlocks", interlock_bypass, HOLDING_REGISTERS, INTERLOCK, 9500, 1),
     SHOWN(SCAN), YIELDS},
    {BLOCK("interlock_words", "the states of interlocks", interlock_words, INPUT_REGISTERS, INTERLOCK, 16000, 4),
     SHOWN(SCAN), YIELDS},
    {BLOCK(NULL, "the bits of stored values", stored_bits, DISCRETE_INPUTS, STORED, 0, 1), PLACED(POINT), SHOWN(NEVER)},
    {BLOCK(NULL, "faults", fault_coils, COILS, FAULT, MBP_SIM_COIL_FAULTS, 1), SHOWN(NEVER), INSTRUCTOR},
    {BLOCK(NULL, "ad hoc faults", ad_hoc_coils, COILS, AD_HOC, MBP_SIM_COIL_AD_HOC, 1), SHOWN(NEVER), INSTRUCTOR},
    {BLOCK(NULL, "the simulation's coils", sim_coils, COILS, UNIT, MBP_SIM_COIL_PAUSED, 3), INSTRUCTOR},
    {BLOCK(NULL, "the simulation's settings", sim_settings, HOLDING_REGISTERS, UNIT, MBP_SIM_HR_SPEED,
           MBP_NAMED_HR_END),
     INSTRUCTOR},
    {BLOCK(NULL, "parameters", parameters, HOLDING_REGISTERS, PARAMETER, MBP_SIM_HR_PARAMETERS,
           MBP_SIM_PARAMETER_WORDS),
     SHOWN(NEVER), INSTRUCTOR},
    {BLOCK(NULL, "the simulation", sim_words, INPUT_REGISTERS, UNIT, MBP_SIM_IR_VERSION, MBP_SIM_IR_LATENESS),
     INSTRUCTOR},
    {BLOCK(NULL, "late scans", lateness, INPUT_REGISTERS, LATENESS, MBP_SIM_IR_LATENESS, 2), SHOWN(NEVER), INSTRUCTOR},
    {BLOCK(NULL, "the server's counts", server_counts, INPUT_REGISTERS, UNIT, MBP_SIM_IR_SERVER, 2 * MBP_SERVER_COUNTS),
     SHOWN(NEVER), INSTRUCTOR},
    {BLOCK(NULL, "the staged plant file", staging_words, INPUT_REGISTERS, UNIT, MBP_STAGING_IR_STATE,
           MBP_STAGING_IR_END - MBP_STAGING_IR_STATE),
     SHOWN(NEVER), INSTRUCTOR},
    {BLOCK(NULL, "snapshots with names", named_words, INPUT_REGISTERS, UNIT, MBP_NAMED_IR_STATE,
           MBP_NAMED_IR_END - MBP_NAMED_IR_STATE),
     SHOWN(NEVER), INSTRUCTOR},
    {BLOCK(NULL, "records of ad hoc faults", ad_hoc_records, INPUT_REGISTERS, AD_HOC, MBP_SIM_IR_AD_HOC,
           MBP_SIM_FAULT_WORDS),
     SHOWN(NEVER), INSTRUCTOR},
    {BLOCK(NULL, "points that are forced", forced_records, INPUT_REGISTERS, FORCED, MBP_SIM_IR_FORCED,
           MBP_SIM_FORCE_WORDS),
     SHOWN(NEVER), INSTRUCTOR},
};
const unsigned mbp_map_count = COUNT_OF(mbp_map);
_Static_assert(COUNT_OF(mbp_map) <= MBP_MAP_BLOCKS_MAX, "a base for each block in mbp_layout");
