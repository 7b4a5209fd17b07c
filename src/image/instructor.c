/* The instructor's unit: what was asked there, and what is so. Unlike a plant's points these act between scans too, for
 * a paused plant has none. */
#include <math.h>
#include <string.h>

#include "image_priv.h"

static struct mbp_image_unit *instructor(const struct mbp_image *image)
{
    struct mbp_image_unit *unit = image->by_id[MBP_INSTRUCTOR_UNIT];
    return unit != NULL && unit->unit->instructor ? unit : NULL;
}

/* ---- numbers ---------------------------------------------------------------------------------------------------- */

static void put_float(uint16_t *words, double number)
{
    mbp_codec_encode(MBP_FLOAT32, MBP_ABCD, 1.0, number, words);
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

/* ---- a fault that no file has ----------------------------------------------------------------------------------- */

static double float_at(const uint16_t *words)
{
    return mbp_codec_decode(MBP_FLOAT32, MBP_ABCD, 1.0, words);
}

/* Seconds as ns; what is no time is so long that nobody takes it for one. */
static bool duration_at(const uint16_t *words, uint64_t *ns)
{
    double seconds = float_at(words);
    if (!(seconds >= 0 && seconds <= 1e9))
        return false;
    *ns = (uint64_t)(seconds * (double)MBP_NS_PER_S);
    return true;
}

/* The index of the sensor or actuator that has this number in the unit; UINT32_MAX when none has. */
static uint32_t subject_at(const struct mbp_plant *plant, const struct mbp_unit *unit, const uint16_t *words)
{
    uint16_t number = words[MBP_SIM_FAULT_NUMBER];
    if ((words[MBP_SIM_FAULT_FLAGS] & MBP_SIM_FAULT_ACTUATOR) != 0)
        return number < unit->actuator_count ? plant->sensor_count + unit->first_actuator + number : UINT32_MAX;
    return number < unit->sensor_count ? unit->first_sensor + number : UINT32_MAX;
}

/* The record in holding registers 10..19; false when it names no sensor or actuator or is otherwise none. */
static bool read_effect(const struct mbp_image_unit *unit, struct mbp_effect *out)
{
    const uint16_t *words = unit->holding + MBP_SIM_HR_FAULT;
    const struct mbp_image_unit *of = unit->image->by_id[words[MBP_SIM_FAULT_UNIT] & 0xFFu];
    uint16_t flags = words[MBP_SIM_FAULT_FLAGS];
    *out = (struct mbp_effect){.kind = (uint8_t)(words[MBP_SIM_FAULT_KIND] - 1u),
                               .upscale = (flags & MBP_SIM_FAULT_UPSCALE) != 0,
                               .amount = float_at(words + MBP_SIM_FAULT_AMOUNT)};
    if (of == NULL || words[MBP_SIM_FAULT_UNIT] > 255 || words[MBP_SIM_FAULT_KIND] == 0 ||
        words[MBP_SIM_FAULT_KIND] > MBP_EFFECT_COUNT)
        return false;
    out->subject = subject_at(unit->image->plant, of->unit, words);
    if (out->kind == MBP_EFFECT_STUCK && (flags & MBP_SIM_FAULT_STAYS) != 0)
        out->amount = NAN;
    return duration_at(words + MBP_SIM_FAULT_OVER, &out->over_ns) &&
           duration_at(words + MBP_SIM_FAULT_DURATION, &out->duration_ns) &&
           mbp_effect_possible(unit->image->plant, out);
}

static void write_effect(const struct mbp_plant *plant, const struct mbp_effect *effect, uint16_t *words)
{
    bool none = effect->subject == UINT32_MAX;
    bool stays = effect->kind == MBP_EFFECT_STUCK && isnan(effect->amount);
    memset(words, 0, MBP_SIM_FAULT_WORDS * sizeof *words);
    if (none)
        return;
    bool moves = effect->subject >= plant->sensor_count;
    uint32_t index = moves ? effect->subject - plant->sensor_count : effect->subject;
    const struct mbp_unit *unit = &plant->units[moves ? plant->actuators[index].unit : plant->sensors[index].unit];
    words[MBP_SIM_FAULT_KIND] = (uint16_t)(effect->kind + 1);
    words[MBP_SIM_FAULT_UNIT] = unit->id;
    words[MBP_SIM_FAULT_NUMBER] = (uint16_t)(index - (moves ? unit->first_actuator : unit->first_sensor));
    words[MBP_SIM_FAULT_FLAGS] =
        (uint16_t)((stays ? MBP_SIM_FAULT_STAYS : 0) | (effect->upscale ? MBP_SIM_FAULT_UPSCALE : 0) |
                   (moves ? MBP_SIM_FAULT_ACTUATOR : 0));
    put_float(words + MBP_SIM_FAULT_AMOUNT, stays ? 0.0 : effect->amount);
    put_float(words + MBP_SIM_FAULT_OVER, (double)effect->over_ns / (double)MBP_NS_PER_S);
    put_float(words + MBP_SIM_FAULT_DURATION, (double)effect->duration_ns / (double)MBP_NS_PER_S);
}

static bool has_free_place(const struct mbp_image_unit *unit)
{
    return memchr(unit->coils + MBP_SIM_COIL_AD_HOC, 0, MBP_AD_HOC_FAULTS) != NULL;
}

/* ---- what may be asked ------------------------------------------------------------------------------------------ */

/* Numbers, and each of them whole: a part of one would be another. */
static bool allows_parameters(const struct mbp_image_unit *unit, uint16_t addr, uint16_t count)
{
    for (uint32_t p = 0; p < unit->image->plant->parameter_count; p++) {
        uint32_t at = MBP_SIM_HR_PARAMETERS + MBP_SIM_PARAMETER_WORDS * p;
        bool some = addr < at + MBP_SIM_PARAMETER_WORDS && (uint32_t)addr + count > at;
        if (some && (!covers(addr, count, at, MBP_SIM_PARAMETER_WORDS) ||
                     !isfinite(mbp_codec_decode(MBP_FLOAT64, MBP_ABCD, 1.0, unit->holding + at))))
            return false;
    }
    return true;
}

static uint64_t seed_at(const struct mbp_image_unit *unit)
{
    return mbp_codec_bits(MBP_UINT64, MBP_ABCD, unit->holding + MBP_SIM_HR_SEED);
}

/* A half of the speed alone makes no number yet: it counts when the other half has come. */
bool image_instructor_allows_words(const struct mbp_image_unit *unit, uint16_t addr, uint16_t count)
{
    if (covers(addr, count, MBP_SIM_HR_SPEED, 2)) {
        double speed = speed_asked(unit);
        if (!(speed >= MBP_SPEED_MIN - 1e-6 && speed <= MBP_SPEED_MAX))
            return false;
    }
    if (touches(addr, count, MBP_SIM_HR_FAULT_BEGIN) && unit->holding[MBP_SIM_HR_FAULT_BEGIN] != 0) {
        struct mbp_effect effect;
        if (!read_effect(unit, &effect) || !has_free_place(unit))
            return false;
    }
    bool seed = addr < MBP_SIM_HR_SEED + MBP_SIM_SEED_WORDS && (uint32_t)addr + count > MBP_SIM_HR_SEED;
    if (!allows_parameters(unit, addr, count) || (seed && !covers(addr, count, MBP_SIM_HR_SEED, MBP_SIM_SEED_WORDS)))
        return false;
    if (touches(addr, count, MBP_SIM_HR_FORCE_COMMAND) && !image_force_allowed(unit))
        return false;
    bool steps = touches(addr, count, MBP_SIM_HR_STEPS) && unit->holding[MBP_SIM_HR_STEPS] != 0;
    uint16_t locked = touches(addr, count, MBP_SIM_HR_LOCK) ? unit->holding[MBP_SIM_HR_LOCK] : 0;
    return (!steps && locked == 0) || (unit->coils[MBP_SIM_COIL_PAUSED] != 0 && locked <= MBP_SIM_LOCK_MAX);
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

bool mbp_image_instructor_waits(const struct mbp_image *image)
{
    return image->instructor_writes != image->instructor_seen || image->restore_waits;
}

bool mbp_image_instructor_asked(struct mbp_image *image, bool may_restore, struct mbp_sim_commands *out)
{
    struct mbp_image_unit *unit = instructor(image);
    if (unit == NULL || (image->instructor_writes == image->instructor_seen && !may_restore))
        return false;
    bool restore = unit->coils[MBP_SIM_COIL_RESTORE] != 0;
    image->restore_waits = restore && !may_restore;
    image->instructor_seen = image->instructor_writes;
    image_comments_latched(image);
    *out = (struct mbp_sim_commands){
        .speed = speed_asked(unit),
        .steps = unit->holding[MBP_SIM_HR_STEPS],
        .paused = unit->coils[MBP_SIM_COIL_PAUSED] != 0,
        .snapshot = unit->coils[MBP_SIM_COIL_SNAPSHOT] != 0,
        .restore = restore && may_restore,
        .seed = seed_at(unit),
        .coils = unit->coils,
        .parameters = unit->holding + MBP_SIM_HR_PARAMETERS,
        .peer = image->instructor_peer,
    };
    if (out->speed >= MBP_SPEED_MIN && out->speed <= MBP_SPEED_MAX)
        image->instructor_speed = NAN; /* shown again as it is then: not each float is a speed */
    out->begin = unit->holding[MBP_SIM_HR_FAULT_BEGIN] != 0 && read_effect(unit, &out->effect);
    unit->holding[MBP_SIM_HR_FAULT_BEGIN] = 0;
    unit->holding[MBP_SIM_HR_STEPS] = 0;
    unit->coils[MBP_SIM_COIL_SNAPSHOT] = 0;
    unit->coils[MBP_SIM_COIL_RESTORE] = image->restore_waits;
    return true;
}

/* Half of a new speed may stand there: it must not be lost to the publishing of the old one. */
static void publish_speed(struct mbp_image *image, struct mbp_image_unit *unit, double speed)
{
    if (image->instructor_speed == speed)
        return;
    uint16_t *words = unit->holding + MBP_SIM_HR_SPEED;
    const uint16_t before[2] = {words[0], words[1]};
    image->instructor_speed = speed;
    put_float(words, speed);
    if (memcmp(words, before, sizeof before) != 0) /* half of the next speed may be written over it */
        image_tail_note(unit, MBP_HOLDING_REGISTERS, (struct image_span){MBP_SIM_HR_SPEED, 2, 0, 0},
                        image->instructor_peer);
}

void image_show_speed(struct mbp_image *image, double speed)
{
    struct mbp_image_unit *unit = instructor(image);
    if (unit != NULL)
        publish_speed(image, unit, speed);
}

static void publish_faults(const struct mbp_plant *plant, struct mbp_image_unit *unit, const struct mbp_state *state)
{
    for (uint32_t f = 0; f < mbp_fault_total(plant); f++)
        unit->coils[mbp_sim_fault_coil(plant->fault_count, f)] = state->fault[f].active;
    for (uint32_t i = 0; i < MBP_AD_HOC_FAULTS; i++)
        write_effect(plant, &state->fault[plant->fault_count + i].effect,
                     unit->input + MBP_SIM_IR_AD_HOC + (size_t)MBP_SIM_FAULT_WORDS * i);
}

static void publish_parameters(const struct mbp_plant *plant, struct mbp_image_unit *unit,
                               const struct mbp_state *state)
{
    for (uint32_t p = 0; p < plant->parameter_count; p++)
        mbp_codec_put_bits(MBP_FLOAT64, MBP_ABCD, state->stored[plant->parameters[p]],
                           unit->holding + MBP_SIM_HR_PARAMETERS + (size_t)MBP_SIM_PARAMETER_WORDS * p);
}

void mbp_image_publish_instructor(struct mbp_image *image, const struct mbp_state *state,
                                  const struct mbp_sim_figures *figures)
{
    struct mbp_image_unit *unit = instructor(image);
    if (unit == NULL)
        return;
    const struct mbp_sim_view view = {
        .map_version = MBP_SIM_MAP_VERSION,
        .paused = figures->paused,
        .has_snapshot = figures->snapshot,
        .speed = figures->speed,
        .speed_reached = figures->speed_now,
        .steps_left = (uint32_t)(figures->steps < UINT32_MAX ? figures->steps : UINT32_MAX),
        .scans = (uint32_t)state->scan,
        .late_scans = (uint32_t)(figures->late < UINT32_MAX ? figures->late : UINT32_MAX),
        .lost_scans = (uint32_t)(figures->lost < UINT32_MAX ? figures->lost : UINT32_MAX),
        .snapshot_scan = (uint32_t)figures->snapshot_scan,
        .restored = figures->restored,
        .simulated_ms = state->sim_ns / MBP_NS_PER_MS,
        .snapshot_ms = figures->snapshot_ns / MBP_NS_PER_MS,
        .wire_faults = image->plant->server.fault_count,
        .faults = image->plant->fault_count,
        .faults_active = state->fault_active_count,
        .lateness_max_us = (uint32_t)(figures->lateness_max_us < UINT32_MAX ? figures->lateness_max_us : UINT32_MAX),
    };
    image_show_instructor(unit, &view);
    publish_speed(image, unit, figures->speed);
    publish_faults(image->plant, unit, state);
    publish_parameters(image->plant, unit, state);
    mbp_codec_put_bits(MBP_UINT64, MBP_ABCD, state->seed, unit->holding + MBP_SIM_HR_SEED);
    image_publish_forced(unit, state);
    image_put_u32(unit->holding + MBP_SIM_HR_SCANS, state->scan);
    for (unsigned i = 0; i < MBP_LATENESS_CLASSES; i++)
        image_put_u32(unit->input + MBP_SIM_IR_LATENESS + 2 * i, figures->lateness[i]);
}

void mbp_image_show_server(struct mbp_image *image, const uint64_t *counts)
{
    struct mbp_image_unit *unit = instructor(image);
    for (unsigned i = 0; unit != NULL && i < MBP_SERVER_COUNTS; i++)
        image_put_u32(unit->input + MBP_SIM_IR_SERVER + 2 * i, counts[i]);
}
