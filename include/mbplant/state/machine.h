/* machine: what a machine is at this moment. Zero-initialised: it has just begun, at rest. */
#ifndef MBPLANT_STATE_MACHINE_H
#define MBPLANT_STATE_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

struct mbp_machine_state {
    uint64_t since_ms;    /* wall time of the last change of state */
    uint64_t in_state_ns; /* simulated time in this state */
    uint64_t running_ns;  /* totals, simulated time */
    uint64_t down_ns;
    uint64_t maintenance_ns;
    uint64_t since_maintenance_ns; /* running time since the last maintenance */
    uint64_t cycle_ns;             /* progress of the product in the machine */
    uint32_t good;
    uint32_t reject;
    uint32_t failures;
    uint32_t first_out; /* plant-wide index of the sensor that tripped it; UINT32_MAX = none */
    uint32_t alarms;    /* active alarms of its sensors */
    uint8_t state;      /* enum mbp_state_code */
    bool trip;          /* an interlock that trips it acts */
    bool barred;        /* that, or a permissive does: it does not start */
    bool due;           /* maintenance due */
    bool refusal_told;  /* the end of a planned maintenance was refused and journaled already */
};

#endif
