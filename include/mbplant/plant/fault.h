/* plant_fault: what goes wrong with sensors and in the process. */
#ifndef MBPLANT_PLANT_FAULT_H
#define MBPLANT_PLANT_FAULT_H

#include <stdbool.h>
#include <stdint.h>

/* The first six are of the sensor: the process is as it was, its instrument is not. Three are of the process. STUCK and
 * the last three are of an actuator: the process takes in where it stands, not where it was told to go. */
enum mbp_effect_kind {
    MBP_EFFECT_STUCK,   /* shows one value; an actuator stays where it is, or at `amount` */
    MBP_EFFECT_BIAS,    /* `amount` too much */
    MBP_EFFECT_DRIFT,   /* more and more too much: `amount` for each `over` */
    MBP_EFFECT_SPIKE,   /* `amount` too much for one scan, on average every `over` */
    MBP_EFFECT_DROPOUT, /* a failed signal at an end of the range, quality bad (NAMUR NE 43) */
    MBP_EFFECT_NOISE,   /* `amount` is the standard deviation of what is added */
    MBP_EFFECT_STEP,    /* `amount` is added to the signal's base */
    MBP_EFFECT_RAMP,    /* the same, rising from 0 within `over` */
    MBP_EFFECT_WEAR,    /* the same, while its machine runs: `amount` for each `over` of running since maintenance */
    MBP_EFFECT_SLOW,    /* takes `over` for the whole range */
    MBP_EFFECT_PASSING, /* shut, it lets through as much as when it is open by `amount` */
    MBP_EFFECT_OFFSET,  /* goes `amount` beyond its command */
    MBP_EFFECT_COUNT
};

/* What goes wrong, and for how long. */
struct mbp_effect {
    uint32_t subject; /* a sensor's plant-wide index, or sensor_count and an actuator's */
    uint8_t kind;     /* enum mbp_effect_kind */
    bool upscale;     /* DROPOUT: fails to the upper end of the range, else to the lower */
    double amount;    /* engineering units; STUCK: the value, NaN = where it stands */
    uint64_t over_ns;
    uint64_t after_ns;    /* WEAR: running time without any */
    uint64_t duration_ns; /* 0 = until it is ended */
};

struct mbp_plant;

/* Whether an effect makes sense for the plant: a sensor that shows a number, finite amounts, a time over which where
 * the kind needs one, a machine to wear. */
bool mbp_effect_possible(const struct mbp_plant *plant, const struct mbp_effect *effect);

/* And when: by hand, at a simulated time, or as chance has it. */
struct mbp_plant_fault {
    const char *name;
    struct mbp_effect effect;
    bool enabled; /* false: by hand only */
    bool has_start;
    uint64_t start_ns;
    uint64_t mttf_ns; /* mean time to the next; 0 = none */
    uint64_t mttr_ns; /* mean time until it ends; 0 = its duration */
};

#define MBP_EFFECT_BIT(kind) (1u << MBP_EFFECT_##kind)
#define MBP_EFFECTS_OF_ACTUATORS                                                                                       \
    (MBP_EFFECT_BIT(STUCK) | MBP_EFFECT_BIT(SLOW) | MBP_EFFECT_BIT(PASSING) | MBP_EFFECT_BIT(OFFSET))
#define MBP_EFFECTS_OF_SENSORS (((1u << MBP_EFFECT_COUNT) - 1u) & ~(MBP_EFFECTS_OF_ACTUATORS & ~MBP_EFFECT_BIT(STUCK)))
/* Those that last or grow over a time, and cannot do without it. */
#define MBP_EFFECTS_TIMED                                                                                              \
    (MBP_EFFECT_BIT(DRIFT) | MBP_EFFECT_BIT(SPIKE) | MBP_EFFECT_BIT(RAMP) | MBP_EFFECT_BIT(WEAR) | MBP_EFFECT_BIT(SLOW))

static inline bool mbp_effect_is(unsigned kind, unsigned kinds)
{
    return (1u << kind & kinds) != 0;
}

#define MBP_PLANT_FAULTS_MAX 900
#define MBP_AD_HOC_FAULTS    16 /* places for faults that no file has */

/* "stuck", ...; never NULL below COUNT. -1 when there is none of that name. Static storage. */
const char *mbp_effect_name(enum mbp_effect_kind kind);
int mbp_effect_find(const char *name);

#endif
