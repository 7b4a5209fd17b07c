/* instructor: the map of unit 247, which `instructor: true` adds: what an instructor does with the plant's time and its
 * faults, and sees of them. Addresses are PDU addresses; numbers of two registers stand high word first.
 *
 * coils              0 + i   wire fault i is switched on
 *                 1000 + f   fault f of the plant file is active: 1 = begin now, 0 = end
 *                 1900 + i   the same of the fault in ad hoc place i
 *                     2000   paused: no scan runs, requests are answered, what masters write waits
 *                     2001   take a snapshot (clears itself)
 *                     2002   restore it (clears itself)
 * holding registers      0   speed, float32: scans per period of wall time, 0.1 to 1000
 *                        2   scans to run at once while paused (clears itself)
 *                        4   the same, before the answer (clears itself)
 *                     5, 6   scans done: read behind it by one function 23, a cycle in lock-step
 *                   10..20   a fault that is in no file: MBP_SIM_HR_FAULT_..., below; 20 = 1 begins it (clears itself)
 *                   21..24   the seed of what is random, uint64: written as a whole
 *          1000 + 4 * i ..   parameter i of the plant, in the order of the file, float64: written as a whole
 *                   30..38   a point to hold at a number: MBP_SIM_HR_FORCE, below; 38 = 1 holds it, 2 lets it go, 3
 * all, 4 and 5 bits of it input registers     0..99  what of all this is so: MBP_SIM_IR_..., below 200 + 10 * i ..  the
 * fault in ad hoc place i, in the order of holding registers 10..19; kind 0 = none 1000 + 8 * i ..  point i that is
 * held, in the order of holding registers 30..37; 0 registers = none
 */
#ifndef MBPLANT_INSTRUCTOR_H
#define MBPLANT_INSTRUCTOR_H

#include "mbplant/base.h"

#define MBP_INSTRUCTOR_UNIT 247

#define MBP_SIM_COIL_FAULTS   1000
#define MBP_SIM_COIL_AD_HOC   1900
#define MBP_SIM_COIL_PAUSED   2000
#define MBP_SIM_COIL_SNAPSHOT 2001
#define MBP_SIM_COIL_RESTORE  2002

#define MBP_SIM_HR_SPEED 0
#define MBP_SIM_HR_STEPS 2
#define MBP_SIM_HR_LOCK  4 /* scans to run before the answer, MBP_SIM_LOCK_MAX at most */
#define MBP_SIM_HR_SCANS 5 /* uint32: scans done, as in input registers 8 and 9 */
#define MBP_SIM_LOCK_MAX 1000u

#define MBP_SIM_HR_SEED    21
#define MBP_SIM_SEED_WORDS 4

#define MBP_SIM_HR_PARAMETERS   1000
#define MBP_SIM_PARAMETER_WORDS 4
#define MBP_PARAMETERS_MAX      1000u /* of a plant */

/* The record of a fault. */
#define MBP_SIM_HR_FAULT       10
#define MBP_SIM_FAULT_KIND     0 /* 1 + enum mbp_effect_kind */
#define MBP_SIM_FAULT_UNIT     1 /* the unit id of the sensor or actuator */
#define MBP_SIM_FAULT_NUMBER   2 /* its number in that unit, in file order from 0 */
#define MBP_SIM_FAULT_FLAGS    3 /* bit 0: what is stuck stays where it is; 1: a dropout fails upscale; 2: an actuator */
#define MBP_SIM_FAULT_AMOUNT   4 /* float32, engineering units */
#define MBP_SIM_FAULT_OVER     6 /* float32, s: the time of drift, ramp, wear and slow, the mean one between spikes */
#define MBP_SIM_FAULT_DURATION 8 /* float32, s; 0 = until it is ended */
#define MBP_SIM_FAULT_WORDS    10
#define MBP_SIM_HR_FAULT_BEGIN 20
#define MBP_SIM_FAULT_STAYS    0x1u
#define MBP_SIM_FAULT_UPSCALE  0x2u
#define MBP_SIM_FAULT_ACTUATOR 0x4u
#define MBP_SIM_IR_AD_HOC      200

/* The record that holds a point of any table at a number, or lets it go. */
#define MBP_SIM_HR_FORCE         30
#define MBP_SIM_FORCE_UNIT       0 /* unit id */
#define MBP_SIM_FORCE_TABLE      1 /* 0 coils, 1 discrete inputs, 3 input registers, 4 holding registers */
#define MBP_SIM_FORCE_ADDRESS    2
#define MBP_SIM_FORCE_COUNT      3 /* registers of the value, 1 to 4; 0 = 1 */
#define MBP_SIM_FORCE_VALUE      4 /* as they are to be read there; of a coil or discrete input 0 or 1 */
#define MBP_SIM_FORCE_VALUES     4
#define MBP_SIM_FORCE_MASK       5 /* of bits: which ones of the register are meant; before it they are as they shall be */
#define MBP_SIM_FORCE_WORDS      8
#define MBP_SIM_HR_FORCE_COMMAND 38  /* enum mbp_force_command; clears itself */
#define MBP_SIM_FORCED_MAX       64u /* points at a time, without sensors */
#define MBP_SIM_IR_FORCED        1000

enum mbp_force_command {
    MBP_FORCE_NONE,
    MBP_FORCE_HOLD,
    MBP_FORCE_RELEASE,
    MBP_FORCE_RELEASE_ALL,
    MBP_FORCE_HOLD_BITS, /* bits of one register alone */
    MBP_FORCE_RELEASE_BITS,
    MBP_FORCE_COUNT
};

#define MBP_SIM_IR_VERSION       0  /* of this map */
#define MBP_SIM_IR_PAUSED        1  /* 0 or 1 */
#define MBP_SIM_IR_SPEED         2  /* float32: asked */
#define MBP_SIM_IR_SPEED_NOW     4  /* float32: reached, over about the last second of wall time; 0 while paused */
#define MBP_SIM_IR_STEPS         6  /* uint32: scans that a step still has to run */
#define MBP_SIM_IR_SCANS         8  /* uint32: scans since the start; never goes back */
#define MBP_SIM_IR_TIME          10 /* uint64: simulated time, ms; a restore takes it back */
#define MBP_SIM_IR_LATE          14 /* uint32: scans that began a period late or more, or took that long */
#define MBP_SIM_IR_LOST          16 /* uint32: scans that were due and never ran, because the pace was changed first */
#define MBP_SIM_IR_SNAPSHOT      18 /* 1 = there is a snapshot */
#define MBP_SIM_IR_SNAPSHOT_SCAN 19 /* uint32: the scan after which it was taken */
#define MBP_SIM_IR_SNAPSHOT_TIME 21 /* uint64: its simulated time, ms */
#define MBP_SIM_IR_RESTORED      25 /* uint16: how many times it was restored */
#define MBP_SIM_IR_WIRE_FAULTS   26 /* uint16: how many coils 0.. there are */
#define MBP_SIM_IR_FAULTS        27 /* uint16: how many coils 1000.. there are */
#define MBP_SIM_IR_FAULTS_ACTIVE 28 /* uint16: how many of those and of the ad hoc ones are active */
#define MBP_SIM_IR_FORCED_POINTS 29 /* uint16: how many points are held, sensors not counted */
#define MBP_SIM_IR_LATENESS_MAX  30 /* uint32: the latest begin of a scan, us after it was due */
#define MBP_SIM_IR_LATENESS      32 /* uint32 each: how many scans began how late, see below */
#define MBP_SIM_IR_SERVER        68 /* uint32 each, modulo 2^32: what the server counted, enum mbp_server_count */
#define MBP_SIM_IR_END           92

/* Since the start. Connections taken, open now, closed for a new one, turned away; requests, exceptions among their
 * answers, refused writes among those; frames of another protocol, connections closed for frames out of step, for a
 * deadline, for not reading; answers that a wire fault befell. */
enum mbp_server_count {
    MBP_COUNT_ACCEPTED,
    MBP_COUNT_OPEN,
    MBP_COUNT_EVICTED,
    MBP_COUNT_TURNED_AWAY,
    MBP_COUNT_REQUESTS,
    MBP_COUNT_EXCEPTIONS,
    MBP_COUNT_WRITES_REFUSED,
    MBP_COUNT_DISCARDED,
    MBP_COUNT_BAD_FRAMES,
    MBP_COUNT_TIMEOUTS,
    MBP_COUNT_SLOW_CLOSED,
    MBP_COUNT_FAULTS,
    MBP_SERVER_COUNTS
};

#define MBP_SIM_MAP_VERSION 1

/* Lateness is counted in classes: class i holds scans that began at most so many us after they were due (and more than
 * class i - 1 allows); the last one takes the rest. */
#define MBP_LATENESS_CLASSES 18
static inline uint32_t mbp_lateness_us(unsigned i)
{
    static const uint32_t most[MBP_LATENESS_CLASSES] = {
        1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000, 100000, 200000, UINT32_MAX,
    };
    return most[i];
}

#define MBP_SPEED_MIN 0.1
#define MBP_SPEED_MAX 1000.0

/* The coil of a fault, of which a plant file has so many; the ad hoc places' numbers follow those of the file. */
static inline uint16_t mbp_sim_fault_coil(uint32_t file_faults, uint32_t fault)
{
    return (uint16_t)(fault < file_faults ? MBP_SIM_COIL_FAULTS + fault : MBP_SIM_COIL_AD_HOC + (fault - file_faults));
}

#endif
