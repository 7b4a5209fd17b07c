/* The instructor's unit: what was asked there, and what is so. Unlike a plant's points these act between scans too, for
 * a paused plant has none. */
#include <math.h>

#include "image_priv.h"

static struct mbp_image_unit *instructor(const struct mbp_image *image)
{
    struct mbp_image_unit *unit = image->by_id[MBP_INSTRUCTOR_UNIT];
    return unit != NULL && unit->unit->instructor ? unit : NULL;
}

/* ---- the request path ------------------------------------------------------------------------------------------- */

static bool covers(uint32_t addr, uint32_t count, uint32_t point, uint32_t words)
{
    return addr <= point && addr + count >= point + words;
}

static bool touches(uint32_t addr, uint32_t count, uint32_t point)
{
    return addr <= point && addr + count > point;
}

static double speed_asked(const struct mbp_image_unit *unit)
{
    return mbp_codec_decode(MBP_FLOAT32, MBP_ABCD, 1.0, unit->holding + MBP_SIM_HR_SPEED);
}

/* A half of the speed alone makes no number yet: it counts when the other half has come. */
bool image_instructor_allows_words(const struct mbp_image_unit *unit, uint16_t addr, uint16_t count)
{
    if (covers(addr, count, MBP_SIM_HR_SPEED, 2)) {
        double speed = speed_asked(unit);
        if (!(speed >= MBP_SPEED_MIN - 1e-6 && speed <= MBP_SPEED_MAX))
            return false;
    }
    bool steps = touches(addr, count, MBP_SIM_HR_STEPS) && unit->holding[MBP_SIM_HR_STEPS] != 0;
    return !steps || unit->coils[MBP_SIM_COIL_PAUSED] != 0;
}

bool image_instructor_allows_bits(const struct mbp_image_unit *unit, uint16_t addr, uint16_t count,
                                  const uint8_t *packed)
{
    if (!touches(addr, count, MBP_SIM_COIL_RESTORE))
        return true;
    unsigned bit = MBP_SIM_COIL_RESTORE - addr;
    bool restore = (packed[bit / 8] >> (bit % 8) & 1u) != 0;
    bool taken = unit->input[MBP_SIM_IR_SNAPSHOT] != 0 || unit->coils[MBP_SIM_COIL_SNAPSHOT] != 0;
    return !restore || taken;
}

/* ---- the scan's side -------------------------------------------------------------------------------------------- */

bool mbp_image_instructor_asked(struct mbp_image *image, struct mbp_wishes *out)
{
    struct mbp_image_unit *unit = instructor(image);
    if (unit == NULL || image->instructor_writes == image->instructor_seen)
        return false;
    image->instructor_seen = image->instructor_writes;
    *out = (struct mbp_wishes){
        .speed = speed_asked(unit),
        .steps = unit->holding[MBP_SIM_HR_STEPS],
        .paused = unit->coils[MBP_SIM_COIL_PAUSED] != 0,
        .snapshot = unit->coils[MBP_SIM_COIL_SNAPSHOT] != 0,
        .restore = unit->coils[MBP_SIM_COIL_RESTORE] != 0,
        .peer = image->instructor_peer,
    };
    unit->holding[MBP_SIM_HR_STEPS] = 0;
    unit->coils[MBP_SIM_COIL_SNAPSHOT] = 0;
    unit->coils[MBP_SIM_COIL_RESTORE] = 0;
    return true;
}

static void put_u32(uint16_t *words, uint64_t number)
{
    uint32_t low = number > UINT32_MAX ? UINT32_MAX : (uint32_t)number;
    words[0] = (uint16_t)(low >> 16);
    words[1] = (uint16_t)low;
}

static void put_u64(uint16_t *words, uint64_t number)
{
    put_u32(words, number >> 32);
    put_u32(words + 2, (uint32_t)number);
}

static void put_float(uint16_t *words, double number)
{
    mbp_codec_encode(MBP_FLOAT32, MBP_ABCD, 1.0, number, words);
}

/* Half of a new speed may stand there: it must not be lost to the publishing of the old one. */
static void publish_speed(struct mbp_image *image, struct mbp_image_unit *unit, double speed)
{
    if (image->instructor_speed == speed)
        return;
    image->instructor_speed = speed;
    put_float(unit->holding + MBP_SIM_HR_SPEED, speed);
}

void mbp_image_publish_instructor(struct mbp_image *image, const struct mbp_state *state,
                                  const struct mbp_sim_figures *figures)
{
    struct mbp_image_unit *unit = instructor(image);
    if (unit == NULL)
        return;
    uint16_t *words = unit->input;
    unit->coils[MBP_SIM_COIL_PAUSED] = figures->paused;
    unit->holding[MBP_SIM_HR_STEPS] = figures->steps > UINT16_MAX ? UINT16_MAX : (uint16_t)figures->steps;
    publish_speed(image, unit, figures->speed);
    words[MBP_SIM_IR_VERSION] = MBP_SIM_MAP_VERSION;
    words[MBP_SIM_IR_PAUSED] = figures->paused;
    put_float(words + MBP_SIM_IR_SPEED, figures->speed);
    put_float(words + MBP_SIM_IR_SPEED_NOW, figures->speed_now);
    put_u32(words + MBP_SIM_IR_STEPS, figures->steps);
    put_u32(words + MBP_SIM_IR_SCANS, (uint32_t)state->scan);
    put_u64(words + MBP_SIM_IR_TIME, state->sim_ns / MBP_NS_PER_MS);
    put_u32(words + MBP_SIM_IR_LATE, figures->late);
    put_u32(words + MBP_SIM_IR_LOST, figures->lost);
    words[MBP_SIM_IR_SNAPSHOT] = figures->snapshot;
    put_u32(words + MBP_SIM_IR_SNAPSHOT_SCAN, (uint32_t)figures->snapshot_scan);
    put_u64(words + MBP_SIM_IR_SNAPSHOT_TIME, figures->snapshot_ns / MBP_NS_PER_MS);
    words[MBP_SIM_IR_RESTORED] = (uint16_t)figures->restored;
    words[MBP_SIM_IR_WIRE_FAULTS] = (uint16_t)image->plant->server.fault_count;
    put_u32(words + MBP_SIM_IR_LATENESS_MAX, figures->lateness_max_us);
    for (unsigned i = 0; i < MBP_LATENESS_CLASSES; i++)
        put_u32(words + MBP_SIM_IR_LATENESS + 2 * i, figures->lateness[i]);
}
