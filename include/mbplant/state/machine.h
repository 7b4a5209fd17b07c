/* machine: what a machine is at this moment, and what is kept of it for its upkeep. Zero-initialised: it has just
 * begun, at rest.
 *
 * A row a member: how it is kept, its name, and the largest number that a BYTE may have. All of it survives a restart:
 * its column of the journal follows from its row here (src/journal/retained/columns.c), and
 * the journal's format gets a new number (src/journal/schema.h). */
#ifndef MBPLANT_STATE_MACHINE_H
#define MBPLANT_STATE_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

/* How a member is kept. SENSOR: a plant-wide index, UINT32_MAX = none; kept by the sensor's name, for after an edit of
 * the plant file the index may be another one's. */
#define MBP_KEPT_BYTE   uint8_t
#define MBP_KEPT_FLAG   bool
#define MBP_KEPT_U32    uint32_t
#define MBP_KEPT_U64    uint64_t
#define MBP_KEPT_SENSOR uint32_t

#define MBP_MACHINE_MEMBERS(M)                                                                                         \
    M(U64, since_ms, 0)    /* wall time of the last change of state */                                                 \
    M(U64, in_state_ns, 0) /* simulated time in this state */                                                          \
    M(U64, running_ns, 0)  /* totals, simulated time */                                                                \
    M(U64, down_ns, 0)                                                                                                 \
    M(U64, maintenance_ns, 0)                                                                                          \
    M(U64, since_maintenance_ns, 0) /* running time since the last maintenance */                                      \
    M(U64, cycle_ns, 0)             /* progress of the product in the machine */                                       \
    M(U32, good, 0)                 /* products */                                                                     \
    M(U32, reject, 0)                                                                                                  \
    M(U32, failures, 0)                                                                                                \
    M(SENSOR, first_out, 0)             /* that tripped it */                                                          \
    M(U32, alarms, 0)                   /* active alarms of its sensors */                                             \
    M(BYTE, state, MBP_STATE_COUNT - 1) /* enum mbp_state_code */                                                      \
    M(FLAG, trip, 0)                    /* an interlock that trips it acts */                                          \
    M(FLAG, barred, 0)                  /* that, or a permissive does: it does not start */                            \
    M(FLAG, due, 0)                     /* maintenance due */                                                          \
    M(FLAG, refusal_told, 0)            /* the end of a planned maintenance was refused and journaled already */

/* Beside its state: for its upkeep, and why it last was refused what a master asked. */
#define MBP_UPKEEP_MEMBERS(M)                                                                                          \
    M(U64, repair_ns, 0)                /* simulated time: from each failure to the return to service, summed up */    \
    M(U32, repairs, 0)                  /* how many returns those are */                                               \
    M(U32, maintenances, 0)             /* how many have ended: wear begins anew with each */                          \
    M(U32, cycles_since_maintenance, 0) /* products */                                                                 \
    M(SENSOR, refused_sensor, 0)        /* that stood against it */                                                    \
    M(BYTE, refused_state, MBP_STATE_COUNT) /* enum mbp_state_code; MBP_STATE_COUNT = none since its state changed */  \
    M(BYTE, refused_cause, UINT8_MAX)       /* enum mbp_cause; 0 = likewise */                                         \
    M(FLAG, in_repair, 0)                   /* it failed, or began so, and has not been in service since */

#define MBP_KEPT_MEMBER(kept, name, most) MBP_KEPT_##kept name;
struct mbp_machine_state {
    MBP_MACHINE_MEMBERS(MBP_KEPT_MEMBER)
};
struct mbp_upkeep {
    MBP_UPKEEP_MEMBERS(MBP_KEPT_MEMBER)
};
#undef MBP_KEPT_MEMBER

#endif
