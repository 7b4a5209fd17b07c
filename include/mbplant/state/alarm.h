/* alarm: what an operator does to one alarm of a sensor, beside what he does to all of them as one. Each hides by
 * itself: the end of one leaves the other. Source: ISA-18.2-2016 clause 3, shelve and out of service: of an alarm. */
#ifndef MBPLANT_STATE_ALARM_H
#define MBPLANT_STATE_ALARM_H

#include "mbplant/event.h"
#include "mbplant/map/deeds.h"
#include "mbplant/plant.h"

/* Of a sensor; masks of a bit per enum mbp_limit. */
struct mbp_alarms_alone {
    uint8_t shelved;
    uint8_t timed;      /* of those: end_ms counts */
    uint8_t once;       /* likewise: until it has returned to normal */
    uint8_t shot;       /* of those: what it watches for has been there since */
    uint8_t bypassed;   /* interlocks that are held off: these alarms do not trip the machine */
    uint8_t removed;    /* out of service by hand */
    uint8_t excused;    /* suppressed by design: by an expression of the plant file */
    uint8_t chattering; /* likewise: because they came too often */
};

/* Simulated times of them, modulo 2^32: a shelf is never half of that long. Apart from the masks, which say whether
 * there is one, for each scan looks at the masks of all. */
struct mbp_alarm_times {
    uint32_t end_ms[MBP_ALARM_COUNT];    /* when each comes back from its shelf */
    uint32_t bypass_ms[MBP_ALARM_COUNT]; /* when each bypass ends */
    uint32_t acked_ms[MBP_ALARM_COUNT];  /* when each was acknowledged last */
};

/* How often an alarm has come: of each of the plant's duties. */
struct mbp_chatter_state {
    uint64_t came_ns[MBP_CHATTER_MAX]; /* simulated times of the last ones */
    uint64_t last_ns;                  /* 0: nothing is known yet */
    uint32_t held;                     /* how often it has come since it is suppressed */
    uint8_t filled, at;                /* how many times there are; where the newest stands */
    bool was;                          /* its condition held in the scan before */
};

/* The longest that an alarm of a sensor may be shelved, MBP_ALARM_COUNT: of all; 0 = no limit. */
uint64_t mbp_longest_shelf_ns(const struct mbp_plant *plant, uint32_t sensor, unsigned alarm);

/* One command, as it is passed on. */
struct mbp_alarm_command {
    uint32_t sensor;  /* plant-wide */
    uint8_t alarm;    /* enum mbp_limit; MBP_ALARM_COUNT = all of the sensor */
    uint8_t deed;     /* enum mbp_alarm_deed */
    uint16_t seconds; /* of SHELVE and BYPASS; 0 = as long as the plant file allows; MBP_SHELVE_ONCE */
    uint32_t peer;
};

#endif
