/* Waiting for the scan that takes in what was written. */
#include "slave/effect.h"

#include "mbplant/base/registers.h"
#include "mbplant/instructor.h"
#include "slave/snapshot.h"
#include "slave/wait.h"

struct ctl_pace ctl_pace_of(struct ctl *ctl)
{
    uint16_t words[MBP_SIM_IR_STEPS + 2];
    if (ctl->plant != NULL && !ctl->plant->instructor) /* on a line nobody would answer */
        return (struct ctl_pace){.speed = 1};
    enum mbp_status status =
        ctl_read(ctl->link, MBP_INSTRUCTOR_UNIT, MBP_INPUT_REGISTERS, 0, MBP_SIM_IR_STEPS + 2, words);
    if (status != MBP_OK || words[MBP_SIM_IR_VERSION] != MBP_SIM_MAP_VERSION)
        return (struct ctl_pace){.speed = 1};
    double speed = ctl_float(words + MBP_SIM_IR_SPEED);
    return (struct ctl_pace){.paused = words[MBP_SIM_IR_PAUSED] != 0 && mbp_words_u32(words + MBP_SIM_IR_STEPS) == 0,
                             .speed = speed >= MBP_SPEED_MIN && speed <= MBP_SPEED_MAX ? speed : 1};
}

/* How many scans there were: by a unit's summary, or by the instructor's unit. */
static enum mbp_status read_scans(struct ctl *ctl, uint8_t unit, uint32_t *scans)
{
    uint16_t words[2];
    struct mbp_summary_view now;
    enum mbp_status status;
    if (unit == MBP_INSTRUCTOR_UNIT) {
        status = ctl_read(ctl->link, unit, MBP_INPUT_REGISTERS, MBP_SIM_IR_SCANS, 2, words);
        *scans = status == MBP_OK ? mbp_words_u32(words) : 0;
    } else {
        status = ctl_summary_read(ctl, unit, &now);
        *scans = status == MBP_OK ? now.scans : 0;
    }
    return status;
}

/* Whether a scan has ended since scans was read. It counts modulo 2^32, and a restored snapshot takes it back. */
static enum mbp_status has_scanned(struct ctl *ctl, uint8_t unit, uint32_t scans, bool *done)
{
    uint32_t now;
    enum mbp_status status = read_scans(ctl, unit, &now);
    if (status == MBP_OK)
        *done = now != scans;
    return status;
}

/* How much longer than at real time a scan takes to come: the instructor may have slowed the plant down. */
static double slowness(const struct ctl_pace *pace)
{
    return pace->speed < 1 ? 1 / pace->speed : 1;
}

static enum mbp_status wait_for_scan(struct ctl *ctl, uint8_t unit, bool *done)
{
    uint32_t before;
    enum mbp_status status = read_scans(ctl, unit, &before);
    struct ctl_pace pace = ctl_pace_of(ctl);
    struct ctl_wait wait = ctl_wait_begin(ctl->plant, slowness(&pace), ctl->options->target.timeout_ms);
    *done = false;
    while (status == MBP_OK) {
        status = has_scanned(ctl, unit, before, done);
        ctl->pending = status == MBP_OK && !*done && pace.paused;
        if (status != MBP_OK || *done || ctl->pending || !ctl_wait_more(&wait))
            break;
    }
    return status;
}

/* The unit that shows how many scans there were; -1 = none. */
static int scans_unit(const struct mbp_plant *plant)
{
    const int shows = ctl_map_unit(plant);
    return shows < 0 && plant != NULL && plant->instructor ? MBP_INSTRUCTOR_UNIT : shows;
}

bool ctl_shows_scans(const struct mbp_plant *plant)
{
    return scans_unit(plant) >= 0;
}

enum ctl_exit ctl_await_effect(struct ctl *ctl, const char *name)
{
    const int unit = scans_unit(ctl->plant);
    bool done = false;
    ctl->pending = false;
    if (ctl->options->no_wait || unit < 0)
        return CTL_OK;
    enum mbp_status status = wait_for_scan(ctl, (uint8_t)unit, &done);
    if (status != MBP_OK)
        return ctl_fail(ctl, status, name);
    if (done || ctl->pending)
        return CTL_OK;
    ctl_error("%s: the slave took it, but no scan has come since; mbplantctl status shows its scans", name);
    return CTL_FAILED;
}

enum ctl_exit ctl_say_pending(const struct ctl *ctl, const char *name)
{
    if (ctl->pending)
        ctl_say("%s: that waits for the next scan, for the plant is paused (mbplantctl sim resume, or step)\n", name);
    return CTL_OK;
}
