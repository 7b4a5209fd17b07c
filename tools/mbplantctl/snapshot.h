/* snapshot: the whole plant as a master sees it at one moment: every sensor, every machine, the figures of the scan. */
#ifndef MBP_CTL_SNAPSHOT_H
#define MBP_CTL_SNAPSHOT_H

#include "ctl.h"
#include "point.h"

struct ctl_sensor_now {
    double value;                  /* engineering units; NaN for a string */
    char *text;                    /* of a string, else NULL */
    double limit[MBP_LIMIT_COUNT]; /* NaN = unused */
    uint8_t bits;                  /* bit per enum ctl_sensor_bit; the lowest four per enum mbp_limit */
    enum mbp_alarm_state alarm[MBP_ALARM_COUNT];
    uint64_t alarm_since_s; /* Unix time; 0 = unknown */
    uint16_t shelf_left;    /* as the shelving register holds it */
};

struct ctl_actuator_now {
    double position, command; /* engineering units */
};

struct ctl_controller_now {
    double output, error, setpoint, measurement;
    bool automatic;
};

struct ctl_machine_now {
    enum mbp_state_code state;
    uint32_t first_out; /* plant-wide sensor index; UINT32_MAX = none */
    uint32_t alarms, good, reject, running_s, down_s, maintenance_s, failures;
    uint64_t since_s;             /* Unix time; 0 = unknown */
    uint32_t due_s, due_products; /* until maintenance is due; UINT32_MAX = not by this, or not known */
    bool running, trip, due;
};

/* The summary block of the input registers. */
struct ctl_summary {
    uint32_t last_event, oldest_event, last_incident;
    uint32_t scans, scan_us_last, scan_us_max, late_scans;
    uint64_t sim_ms;
};

/* How it stands with the journal: the words behind the recent events. */
struct ctl_journal_now {
    bool trouble;           /* cannot be written: events wait in memory */
    unsigned used_permille; /* of that memory */
    uint32_t lost;          /* events, since the start */
    uint32_t newest;        /* event that has happened, stored or not */
};

struct ctl_snapshot {
    struct ctl_summary summary; /* of the first unit that has one */
    struct ctl_journal_now journal;
    struct ctl_sensor_now *sensors;
    struct ctl_machine_now *machines;
    struct ctl_actuator_now *actuators;
    struct ctl_controller_now *controllers;
};

/* Errors are told. Ownership: ctl_snapshot_free. */
enum ctl_exit ctl_snapshot_take(struct ctl *ctl, struct ctl_snapshot *out);
void ctl_snapshot_free(const struct mbp_plant *plant, struct ctl_snapshot *snapshot);

/* One machine alone. */
enum mbp_status ctl_machine_read(struct ctl_link *link, const struct mbp_plant *plant, uint32_t machine,
                                 struct ctl_machine_now *out);

/* The eight discrete inputs of one sensor, a bit each. */
enum mbp_status ctl_sensor_bits_read(struct ctl_link *link, const struct mbp_plant *plant, uint32_t sensor,
                                     uint8_t *out);

/* The first unit with a default map, which has the summary block and the journal: its id, or -1 (told). */
int ctl_summary_unit(const struct mbp_plant *plant);

/* The same, and nothing is told. */
int ctl_map_unit(const struct mbp_plant *plant);
enum mbp_status ctl_summary_read(struct ctl_link *link, uint8_t unit, struct ctl_summary *out);

/* How it stands with the journal now; unit is that of ctl_summary_unit. */
enum mbp_status ctl_journal_now_read(struct ctl_link *link, const struct mbp_plant *plant, uint8_t unit,
                                     struct ctl_journal_now *out);

/* What a sensor's eight bits tell of one of its alarms. */
enum mbp_alarm_state ctl_alarm_by_bits(uint8_t bits, unsigned alarm);

/* "forced, high" and the like; "" when all is normal. Returns buf. 96 bytes suffice. */
const char *ctl_bits_text(uint8_t bits, char *buf, size_t size);

#endif
