/* view: what there is to see of a plant, as plain structs. The daemon fills them from its state, a master from the
 * words that it read; everything that shows a plant shows these. Units stand in the names; nothing points into the
 * state.
 *
 * A member that the map shows is named by a row of its block (mbplant/map.h, src/map/blocks.c). Kinds of members are
 * bool, uint8_t, uint16_t, uint32_t, uint64_t and double; NaN = there is no such value. */
#ifndef MBPLANT_VIEW_H
#define MBPLANT_VIEW_H

#include "mbplant/plant.h"

/* What a figure says that is of nothing: no sensor, never due. */
#define MBP_VIEW_NONE UINT32_MAX

/* The plant as one unit shows it. */
struct mbp_summary_view {
    uint32_t map_version;
    uint32_t machines, machines_in_state[MBP_STATE_COUNT];
    uint32_t sensors;
    uint32_t active_alarms, unacknowledged_alarms;
    uint32_t last_event, oldest_event, last_incident; /* numbers in the journal; 0 = none */
    uint32_t scans;
    uint32_t scan_last_us, scan_longest_us;
    uint32_t late_scans;
    uint64_t simulated_ms;
    bool journal_trouble; /* events wait in memory */
    double journal_memory_percent;
    uint32_t events_lost;
    uint32_t newest_event; /* also one that waits in memory */
    uint16_t http_port;    /* of the page; 0 = there is none */
    uint16_t mqtt;         /* enum mbp_link (mbplant/mqtt/link.h) */
    uint32_t mqtt_waiting, mqtt_lost, mqtt_refused;
};

/* Members that show what the state says as it stands, a row each: type, name, and what it is of the state. Only
 * src/view/view.c makes use of the third: `now` is the machine's state, `upkeep` what is kept beside it
 * (mbplant/state/machine.h); seconds() cuts down to whole ones. */
#define MBP_MACHINE_SHOWN(V)                                                                                           \
    V(uint8_t, state, now->state) /* enum mbp_state_code */                                                            \
    V(uint32_t, active_alarms, now->alarms)                                                                            \
    V(uint32_t, good, now->good) /* products */                                                                        \
    V(uint32_t, reject, now->reject)                                                                                   \
    V(uint32_t, running_s, seconds(now->running_ns))                                                                   \
    V(uint32_t, down_s, seconds(now->down_ns))                                                                         \
    V(uint32_t, maintenance_s, seconds(now->maintenance_ns))                                                           \
    V(uint32_t, failures, now->failures)                                                                               \
    V(uint32_t, since_s, (uint32_t)(now->since_ms / 1000)) /* Unix time */                                             \
    V(bool, trip_active, now->trip)                                                                                    \
    V(bool, maintenance_due, now->due)                                                                                 \
    V(uint32_t, running_since_maintenance_s, seconds(now->since_maintenance_ns))                                       \
    V(uint32_t, cycles_since_maintenance, upkeep->cycles_since_maintenance)                                            \
    V(uint32_t, repair_s, seconds(upkeep->repair_ns))                                                                  \
    V(uint32_t, repairs, upkeep->repairs)                                                                              \
    V(uint32_t, maintenances, upkeep->maintenances)

/* Of a sensor: `state` is the plant's, `s` its index; `seen` are the alarms that nothing hides, `flags` and
 * `alarm_flags` its bits of the state. */
#define MBP_SENSOR_SHOWN(V)                                                                                            \
    V(bool, unacknowledged, (state->unack[s] & seen) != 0)                                                             \
    V(bool, latched, (state->latched[s] & seen) != 0)                                                                  \
    V(bool, suppressed, state->suppressed[s] != 0)                                                                     \
    V(bool, out_of_service, (alarm_flags & (MBP_ALARMS_REMOVED | MBP_ALARMS_MAINTENANCE)) != 0)                        \
    V(bool, removed, (alarm_flags & MBP_ALARMS_REMOVED) != 0) /* out of service by hand */                             \
    V(bool, forced, (flags & MBP_SENSOR_FORCED) != 0)                                                                  \
    V(bool, shelved, (flags & MBP_SENSOR_SHELVED) != 0)                                                                \
    V(bool, bad_quality, (flags & MBP_SENSOR_BAD) != 0)                                                                \
    V(bool, condition,                                                                                                 \
      (state->beyond[s] >> MBP_CONDITION & 1u) != 0)    /* what alarm `condition` watches for is there */              \
    V(uint32_t, alarm_since_s, state->alarm_since_s[s]) /* Unix time of the last change of any alarm; 0 = none yet */  \
    V(uint32_t, shelving_s, mbp_view_shelving_s(state, s)) /* left; 0 none, MBP_SHELVE_ONCE, MBP_SHELVE_FOR_EVER */

/* Of a controller: `now` is its state. */
#define MBP_CONTROLLER_SHOWN(V)                                                                                        \
    V(double, output, now->output)                                                                                     \
    V(double, error, now->error)                                                                                       \
    V(double, active_setpoint, now->setpoint)                                                                          \
    V(double, measurement, now->seen)                                                                                  \
    V(bool, automatic, now->automatic)

#define MBP_SHOWN_MEMBER(type, name, from) type name;

/* What a report has of a machine beside its state. */
enum mbp_machine_figure {
    MBP_FIGURE_ALARMS,
    MBP_FIGURE_GOOD,
    MBP_FIGURE_REJECT,
    MBP_FIGURE_RUNNING,
    MBP_FIGURE_DOWN,
    MBP_FIGURE_MAINTENANCE,
    MBP_FIGURE_FAILURES,
    MBP_FIGURE_DUE,
    MBP_FIGURE_COUNT
};

struct mbp_machine_view {
    MBP_MACHINE_SHOWN(MBP_SHOWN_MEMBER)
    bool in_state[MBP_STATE_COUNT];         /* its state, a flag each */
    bool untold;                            /* to a master: no address of its unit shows its state */
    uint8_t untold_figures;                 /* likewise of these: a mask of enum mbp_machine_figure */
    bool shelved;                           /* all its sensors are */
    uint32_t first_out_sensor;              /* number in its unit, or MBP_VIEW_NONE */
    uint32_t refused_state;                 /* that was asked last and refused, or MBP_VIEW_NONE */
    uint32_t refused_reason;                /* enum mbp_cause; 0 = none */
    uint32_t refused_sensor;                /* number in its unit, or MBP_VIEW_NONE */
    uint32_t until_due_s, until_due_cycles; /* MBP_VIEW_NONE = never */
    uint32_t maintenance_left_s;            /* MBP_VIEW_NONE = its end is not planned */
};

struct mbp_sensor_view {
    double value;                  /* engineering units, as the register shows it; NaN of a text */
    double limit[MBP_LIMIT_COUNT]; /* engineering units; NaN = unused */
    MBP_SENSOR_SHOWN(MBP_SHOWN_MEMBER)
    bool active[MBP_ALARM_COUNT];         /* what the operator sees: active or latched, and not hidden */
    uint8_t alarm_state[MBP_ALARM_COUNT]; /* enum mbp_alarm_state */
    uint32_t raised_s[MBP_ALARM_COUNT];   /* Unix time when each was raised last; 0 = never */
    uint32_t shelved_s[MBP_ALARM_COUNT];  /* left of the shelf of each alone; as shelving_s */
    uint32_t bypassed_s[MBP_ALARM_COUNT]; /* left of the bypass of the interlock of each; 0 = none */
    bool acting, first_out;               /* of an interlock, as the next */
    uint8_t interlock_state;              /* enum mbp_interlock_state */
    uint8_t untold_limits;                /* to a master: no address of its unit shows these: a mask */
    uint8_t untold_alarms, untold_acks;   /* likewise of alarms, whether they are active, and acknowledged */
};

struct mbp_actuator_view {
    double position, command; /* engineering units; of an on/off one the ends of its range */
    bool on;                  /* its command, of an on/off one */
};

/* Numbers in the units of its input and its output. */
struct mbp_controller_view {
    double setting[MBP_SETTING_COUNT];
    MBP_CONTROLLER_SHOWN(MBP_SHOWN_MEMBER)
    bool untold; /* to a master: no address of its unit shows its mode */
};
#undef MBP_SHOWN_MEMBER

/* A stored value (mbplant/point.h); of a string without a number. */
struct mbp_stored_view {
    double value;
    bool bad_quality; /* the expression that gives it has a fault */
};

/* The simulation, as the instructor's unit shows it. */
struct mbp_sim_view {
    uint32_t map_version;
    bool paused, has_snapshot;
    double speed, speed_reached;
    uint32_t steps_left, scans, late_scans, lost_scans, snapshot_scan, restored;
    uint64_t simulated_ms, snapshot_ms;
    uint32_t wire_faults, faults, faults_active, lateness_max_us;
};

/* The whole plant; arrays as the plant's. */
struct mbp_plant_view {
    struct mbp_summary_view summary; /* of the first unit that has one */
    struct mbp_sensor_view *sensors;
    char **texts; /* per sensor: what a string sensor shows, else NULL */
    struct mbp_machine_view *machines;
    struct mbp_actuator_view *actuators;
    struct mbp_controller_view *controllers;
};

/* Room for one, all 0. Errors: MBP_ERR_MEMORY (nothing to free). Ownership: mbp_plant_view_free. */
enum mbp_status mbp_plant_view_new(const struct mbp_plant *plant, struct mbp_plant_view *out);
void mbp_plant_view_free(const struct mbp_plant *plant, struct mbp_plant_view *view);

/* The sensor that tripped a machine: plant-wide index; UINT32_MAX = none. */
uint32_t mbp_view_first_out(const struct mbp_plant *plant, uint32_t machine, const struct mbp_machine_view *view);

/* ---- filling them from the state --------------------------------------------------------------------------------- */

struct mbp_state;

/* What the state says of one unit's plant. Journal and scan times are not in the state: those members are 0. */
void mbp_view_summary(const struct mbp_plant *plant, const struct mbp_unit *unit, const struct mbp_state *state,
                      struct mbp_summary_view *out);

/* One item each, by its plant-wide index. */
void mbp_view_machine(const struct mbp_plant *plant, const struct mbp_state *state, uint32_t machine,
                      struct mbp_machine_view *out);
void mbp_view_sensor(const struct mbp_plant *plant, const struct mbp_state *state, uint32_t sensor,
                     struct mbp_sensor_view *out);

/* Of a sensor what its alarms show, which its value and its limits do not: those members are 0, and an interlock's. */
void mbp_view_sensor_alarms(const struct mbp_state *state, uint32_t sensor, struct mbp_sensor_view *out);

/* The same, where *out has those of the sensor `before` (MBP_VIEW_NONE: of none), whose state is as it was then: mostly
 * those of many change alike. True: but for its times it has all from there. */
bool mbp_view_sensor_alarms_after(const struct mbp_state *state, uint32_t sensor, uint32_t before,
                                  struct mbp_sensor_view *out);

void mbp_view_actuator(const struct mbp_plant *plant, const struct mbp_state *state, uint32_t actuator,
                       struct mbp_actuator_view *out);
void mbp_view_controller(const struct mbp_plant *plant, const struct mbp_state *state, uint32_t controller,
                         struct mbp_controller_view *out);
void mbp_view_stored(const struct mbp_plant *plant, const struct mbp_state *state, uint32_t stored,
                     struct mbp_stored_view *out);

/* The whole plant into one that there is room in, each number as precise as masters get it; of the summary what a unit
 * with one shows. Texts stay as they are: they stand in registers alone. */
void mbp_view_plant(const struct mbp_plant *plant, const struct mbp_state *state, struct mbp_plant_view *out);

/* The same of the shelf of one of its alarms alone. */
uint32_t mbp_view_shelved_s(const struct mbp_state *state, uint32_t sensor, unsigned alarm);

/* What is left of the bypass of an alarm's interlock, likewise; 0 = it is armed. */
uint32_t mbp_view_bypassed_s(const struct mbp_state *state, uint32_t sensor, unsigned alarm);

/* The shelving register of a sensor: whole seconds that are left, rounded up, so that it is never 0 while it stands. */
uint32_t mbp_view_shelving_s(const struct mbp_state *state, uint32_t sensor);

/* The eight bits that every scan shows of each of `count` sensors from `first` on, in the order of the map: the first
 * in the lowest bit. */
void mbp_view_sensor_bits(const struct mbp_state *state, uint32_t first, uint32_t count, uint8_t *bits);

#endif
