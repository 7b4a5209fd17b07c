/* sim pause, resume, step, speed, snapshot, restore. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mbplant/codec.h"
#include "verbs/sim/sim.h"

#define STEP_MAX     UINT16_MAX /* of one write */
#define SCANS_MAX    100000000u
#define LOOK_EACH_NS (20 * MBP_NS_PER_MS)
#define STUCK_LOOKS  250 /* so often without a scan: the plant does not step */

static enum ctl_exit set_coil(struct ctl *ctl, uint16_t coil, bool on, const char *hint)
{
    uint16_t word = on;
    return ctl_sim_write(ctl, MBP_COILS, coil, 1, &word, hint);
}

/* Tells where the plant stands after a command. */
static enum ctl_exit say(struct ctl *ctl, const char *what)
{
    struct ctl_sim sim = {0};
    char text[48];
    enum ctl_exit code = ctl_sim_read(ctl, &sim);
    if (code == CTL_OK)
        ctl_say("%s after scan %u, at %s of simulated time\n", ctl_tr(what), sim.scans,
                ctl_sim_time_text(sim.time_ms, text, sizeof text));
    return code;
}

enum ctl_exit ctl_sim_pause(struct ctl *ctl)
{
    enum ctl_exit code = set_coil(ctl, MBP_SIM_COIL_PAUSED, true, NULL);
    return code == CTL_OK ? say(ctl, "paused") : code;
}

enum ctl_exit ctl_sim_resume(struct ctl *ctl)
{
    enum ctl_exit code = set_coil(ctl, MBP_SIM_COIL_PAUSED, false, NULL);
    return code == CTL_OK ? say(ctl, "running") : code;
}

enum ctl_exit ctl_sim_snapshot_plain(struct ctl *ctl)
{
    enum ctl_exit code = set_coil(ctl, MBP_SIM_COIL_SNAPSHOT, true, NULL);
    return code == CTL_OK ? say(ctl, "snapshot taken") : code;
}

enum ctl_exit ctl_sim_restore_plain(struct ctl *ctl)
{
    static const char none[] = "there is no snapshot to restore; mbplantctl sim snapshot takes one";
    enum ctl_exit code = set_coil(ctl, MBP_SIM_COIL_RESTORE, true, none);
    return code == CTL_OK ? say(ctl, "snapshot restored") : code;
}

/* ---- seed -------------------------------------------------------------------------------------------------------- */

enum ctl_exit ctl_sim_say_seed(struct ctl *ctl)
{
    uint16_t words[MBP_SIM_SEED_WORDS];
    enum mbp_status status =
        ctl_read(ctl->link, MBP_INSTRUCTOR_UNIT, MBP_HOLDING_REGISTERS, MBP_SIM_HR_SEED, MBP_SIM_SEED_WORDS, words);
    if (status != MBP_OK)
        return ctl_fail(ctl, status, "the instructor's unit");
    ctl_say("seed %llu\n", (unsigned long long)mbp_codec_bits(MBP_UINT64, MBP_ABCD, words));
    return CTL_OK;
}

enum ctl_exit ctl_sim_seed(struct ctl *ctl)
{
    const struct ctl_options *options = ctl->options;
    struct ctl_sim sim = {0};
    uint16_t words[MBP_SIM_SEED_WORDS];
    if (options->argc == 1) {
        enum ctl_exit code = ctl_sim_read(ctl, &sim);
        return code == CTL_OK ? ctl_sim_say_seed(ctl) : code;
    }
    const char *text = options->argv[1];
    char *end;
    errno = 0;
    unsigned long long seed = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0) {
        ctl_error("sim seed: '%s' is no whole number from 0 to %llu", text, ULLONG_MAX);
        return CTL_USAGE;
    }
    mbp_codec_put_bits(MBP_UINT64, MBP_ABCD, seed, words);
    enum ctl_exit code = ctl_sim_write(ctl, MBP_HOLDING_REGISTERS, MBP_SIM_HR_SEED, MBP_SIM_SEED_WORDS, words, NULL);
    return code == CTL_OK ? ctl_sim_say_seed(ctl) : code;
}

/* ---- step ------------------------------------------------------------------------------------------------------- */

/* A number of scans, or a duration of simulated time, for which the plant's period must be known. */
static enum ctl_exit read_scans(struct ctl *ctl, const char *text, uint32_t *out)
{
    uint64_t ns = 0;
    char *end;
    errno = 0;
    unsigned long long number = strtoull(text, &end, 10);
    bool is_number = text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0;
    if (!is_number && mbp_duration_parse(text, &ns) == MBP_OK) {
        const struct mbp_plant *plant = ctl_plant(ctl);
        if (plant == NULL)
            return CTL_FAILED;
        number = (ns + plant->scan_ns - 1) / plant->scan_ns;
        is_number = true;
    }
    if (!is_number || number == 0 || number > SCANS_MAX) {
        ctl_error("sim step: '%s' is neither a number of scans, 1 to %u, nor a duration such as 30s", text, SCANS_MAX);
        return CTL_USAGE;
    }
    *out = (uint32_t)number;
    return CTL_OK;
}

/* Waits until the scans of a step have run; how long that takes is the plant's size. */
static enum ctl_exit wait_for_step(struct ctl *ctl)
{
    struct ctl_sim sim = {0};
    uint32_t scans = 0;
    for (unsigned looks = 0; looks < STUCK_LOOKS; looks++) {
        enum ctl_exit code = ctl_sim_read(ctl, &sim);
        if (code != CTL_OK || sim.steps == 0 || !sim.paused)
            return code;
        if (sim.scans != scans)
            looks = 0;
        scans = sim.scans;
        struct timespec pause = {0, LOOK_EACH_NS};
        nanosleep(&pause, NULL);
    }
    ctl_error("sim step: %u scans are left, and none has run for a while", sim.steps);
    return CTL_FAILED;
}

enum ctl_exit ctl_sim_step(struct ctl *ctl)
{
    static const char running[] = "the plant is running, and only a paused one steps; mbplantctl sim pause first";
    const struct ctl_options *options = ctl->options;
    uint32_t scans = 1;
    enum ctl_exit code = options->argc > 1 ? read_scans(ctl, options->argv[1], &scans) : CTL_OK;
    while (code == CTL_OK && scans > 0) {
        uint16_t some = scans > STEP_MAX ? STEP_MAX : (uint16_t)scans;
        scans -= some;
        code = ctl_sim_write(ctl, MBP_HOLDING_REGISTERS, MBP_SIM_HR_STEPS, 1, &some, running);
        if (code == CTL_OK)
            code = wait_for_step(ctl);
    }
    return code == CTL_OK ? say(ctl, "paused") : code;
}

/* ---- speed ------------------------------------------------------------------------------------------------------ */

enum ctl_exit ctl_sim_speed(struct ctl *ctl)
{
    const struct ctl_options *options = ctl->options;
    struct ctl_sim sim = {0};
    char text[32];
    char reached[32];
    if (options->argc > 1) {
        char *end;
        double speed = strtod(options->argv[1], &end);
        if (end == options->argv[1] || (*end != '\0' && strcmp(end, "x") != 0) || !(speed >= MBP_SPEED_MIN) ||
            !(speed <= MBP_SPEED_MAX)) {
            ctl_error("sim speed: '%s' is not a number from 0.1 to 1000", options->argv[1]);
            return CTL_USAGE;
        }
        float asked = (float)speed;
        uint32_t bits;
        memcpy(&bits, &asked, sizeof bits);
        const uint16_t words[2] = {(uint16_t)(bits >> 16), (uint16_t)bits};
        enum ctl_exit code = ctl_sim_write(ctl, MBP_HOLDING_REGISTERS, MBP_SIM_HR_SPEED, 2, words, NULL);
        if (code != CTL_OK)
            return code;
    }
    enum ctl_exit code = ctl_sim_read(ctl, &sim);
    if (code == CTL_OK && sim.paused)
        ctl_say("%s times real time, once it is resumed\n", ctl_number(sim.speed, 6, text, sizeof text));
    else if (code == CTL_OK)
        ctl_say("%s times real time; reached %s\n", ctl_number(sim.speed, 6, text, sizeof text),
                ctl_number(sim.speed_now, 4, reached, sizeof reached));
    return code;
}
