/* What all nouns of the plant file share. */
#ifndef MBP_PLANT_DEFS_COMMON_H
#define MBP_PLANT_DEFS_COMMON_H

#include "mbplant/event.h"
#include "mbplant/formula.h"
#include "mbplant/map/rows.h"
#include "names.h"
#include "schema.h"

#define MBP_MS             1e6 /* ns */
#define MBP_S              1e9
#define MBP_DAY            (86400 * MBP_S)
#define MBP_YEAR           (365 * MBP_DAY)
#define MBP_ANY_NUMBER     .low = -DBL_MAX, .high = DBL_MAX
#define MBP_COUNT_OF(rows) (sizeof(rows) / sizeof((rows)[0]))
#define MBP_VALUE_UNIT     "the sensor's unit"
#define MBP_INPUTS_MAX     64 /* of one signal */
#define MBP_FEEDS_MAX      16 /* of one controller */

/* What a reader of plant files has of its own. */
struct mbp_plant_own {
    const uint16_t *zeros;            /* 65536 of them, once they are needed */
    struct mbp_recording *recordings; /* MBP_RECORDINGS_MAX of them, once they are needed; the plant's */
    uint32_t recording_count;
    bool recordings_told; /* that there are too many */
    bool bare;            /* sensors of this unit have no register unless they say so */
};

#endif
