/* sim WORD: what an instructor does with the plant's time and its faults, by unit 247. */
#include "verbs/sim/sim.h"

#include <string.h>

#include "mbplant/report/words.h"

static const char no_instructor[] =
    "this slave has no instructor (unit 247 does not answer): add `instructor: true` to "
    "the plant file and start mbplantd again";

/* ---- the unit --------------------------------------------------------------------------------------------------- */

static enum ctl_exit fail(struct ctl *ctl, enum mbp_status status, const char *hint)
{
    if (status == MBP_EX_GATEWAY_TARGET_FAILED || status == MBP_EX_ILLEGAL_DATA_ADDRESS) {
        ctl_error("%s", ctl_tr(no_instructor));
        return CTL_FAILED;
    }
    if (status == MBP_EX_SERVER_DEVICE_FAILURE && hint != NULL) {
        ctl_error("%s", ctl_tr(hint));
        return CTL_FAILED;
    }
    return ctl_fail(ctl, status, "the instructor's unit");
}

/* Whoever answers unit 247 otherwise: a device that is no mbplant answers any. */
static enum ctl_exit another(const struct ctl *ctl)
{
    ctl_error("unit %d of %s is no mbplant's instructor: its input register 0 is not %d, the version of the map of one",
              MBP_INSTRUCTOR_UNIT, ctl_target_text(&ctl->options->target), MBP_SIM_MAP_VERSION);
    return CTL_FAILED;
}

static uint64_t u64(const uint16_t *words)
{
    return mbp_words_u64(words);
}

static void decode(const uint16_t *words, struct ctl_sim *out)
{
    *out = (struct ctl_sim){
        .paused = words[MBP_SIM_IR_PAUSED] != 0,
        .snapshot = words[MBP_SIM_IR_SNAPSHOT] != 0,
        .speed = ctl_float(words + MBP_SIM_IR_SPEED),
        .speed_now = ctl_float(words + MBP_SIM_IR_SPEED_NOW),
        .steps = mbp_words_u32(words + MBP_SIM_IR_STEPS),
        .scans = mbp_words_u32(words + MBP_SIM_IR_SCANS),
        .late = mbp_words_u32(words + MBP_SIM_IR_LATE),
        .lost = mbp_words_u32(words + MBP_SIM_IR_LOST),
        .snapshot_scan = mbp_words_u32(words + MBP_SIM_IR_SNAPSHOT_SCAN),
        .restored = words[MBP_SIM_IR_RESTORED],
        .wire_faults = words[MBP_SIM_IR_WIRE_FAULTS],
        .faults = words[MBP_SIM_IR_FAULTS],
        .faults_active = words[MBP_SIM_IR_FAULTS_ACTIVE],
        .time_ms = u64(words + MBP_SIM_IR_TIME),
        .snapshot_ms = u64(words + MBP_SIM_IR_SNAPSHOT_TIME),
        .lateness_max_us = mbp_words_u32(words + MBP_SIM_IR_LATENESS_MAX),
    };
    for (unsigned i = 0; i < MBP_LATENESS_CLASSES; i++)
        out->lateness[i] = mbp_words_u32(words + MBP_SIM_IR_LATENESS + 2 * i);
    for (unsigned i = 0; i < MBP_SERVER_COUNTS; i++)
        out->server[i] = mbp_words_u32(words + MBP_SIM_IR_SERVER + 2 * i);
}

/* The gaps of the map are not declared, so the blocks around them are read one by one. */
enum ctl_exit ctl_sim_read(struct ctl *ctl, struct ctl_sim *out)
{
    static const struct {
        uint16_t first, end;
    } blocks[] = {{MBP_SIM_IR_VERSION, MBP_SIM_IR_FAULTS_ACTIVE + 1}, {MBP_SIM_IR_LATENESS_MAX, MBP_SIM_IR_END}};
    uint16_t words[MBP_SIM_IR_END] = {0};
    if (ctl_link(ctl) == NULL)
        return CTL_FAILED;
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) {
        enum mbp_status status = ctl_read(ctl->link, MBP_INSTRUCTOR_UNIT, MBP_INPUT_REGISTERS, blocks[i].first,
                                          blocks[i].end - blocks[i].first, words + blocks[i].first);
        if (status != MBP_OK)
            return fail(ctl, status, NULL);
    }
    if (words[MBP_SIM_IR_VERSION] != MBP_SIM_MAP_VERSION)
        return another(ctl);
    decode(words, out);
    return CTL_OK;
}

enum ctl_exit ctl_sim_write(struct ctl *ctl, enum mbp_table table, uint16_t addr, uint16_t count, const uint16_t *words,
                            const char *hint)
{
    if (ctl_link(ctl) == NULL)
        return CTL_FAILED;
    /* Nothing is written to a device of which it is not known what that would do. */
    uint16_t version = 0;
    enum mbp_status status =
        ctl_read(ctl->link, MBP_INSTRUCTOR_UNIT, MBP_INPUT_REGISTERS, MBP_SIM_IR_VERSION, 1, &version);
    if (status == MBP_OK && version != MBP_SIM_MAP_VERSION)
        return another(ctl);
    ctl_link_has_single(ctl->link);
    if (status == MBP_OK)
        status = ctl_write(ctl->link, MBP_INSTRUCTOR_UNIT, table, addr, count, words);
    return status == MBP_OK ? CTL_OK : fail(ctl, status, hint);
}

/* ---- status ----------------------------------------------------------------------------------------------------- */

const char *ctl_sim_time_text(uint64_t ms, char *buf, size_t size)
{
    uint64_t s = ms / 1000;
    char tenths[4] = "";
    if (ms % 1000 != 0)
        snprintf(tenths, sizeof tenths, ".%u", (unsigned)(ms % 1000 / 100));
    unsigned days = (unsigned)(s / 86400);
    unsigned hours = (unsigned)(s / 3600 % 24);
    unsigned minutes = (unsigned)(s / 60 % 60);
    unsigned seconds = (unsigned)(s % 60);
    if (days > 0)
        snprintf(buf, size, ctl_tr("%u d %u h %u min"), days, hours, minutes);
    else if (hours > 0)
        snprintf(buf, size, ctl_tr("%u h %u min %u s"), hours, minutes, seconds);
    else if (minutes > 0)
        snprintf(buf, size, ctl_tr("%u min %u%s s"), minutes, seconds, tenths);
    else
        snprintf(buf, size, ctl_tr("%u%s s"), seconds, tenths);
    return mbp_message_decimal(ctl_spoken(), buf);
}

/* The class of lateness that a share (0..1) of the scans does not exceed; its upper end in us. */
static uint32_t ctl_sim_lateness(const struct ctl_sim *sim, double share)
{
    uint64_t all = 0;
    uint64_t seen = 0;
    unsigned class = 0;
    for (unsigned i = 0; i < MBP_LATENESS_CLASSES; i++)
        all += sim->lateness[i];
    for (; class < MBP_LATENESS_CLASSES - 1; class ++) {
        seen += sim->lateness[class];
        if ((double)seen >= share * (double)all)
            break;
    }
    uint32_t us = mbp_lateness_us(class);
    return us < sim->lateness_max_us ? us : sim->lateness_max_us;
}

static void print_server(const uint32_t *count)
{
    ctl_say(
        "  connections     %u open of %u taken; %u turned away, %u closed for a new one, %u for a deadline, %u did not "
        "read\n",
        count[MBP_COUNT_OPEN], count[MBP_COUNT_ACCEPTED], count[MBP_COUNT_TURNED_AWAY], count[MBP_COUNT_EVICTED],
        count[MBP_COUNT_TIMEOUTS], count[MBP_COUNT_SLOW_CLOSED]);
    ctl_say("  requests        %u; %u exceptions, %u of them refused writes; %u frames of another protocol, %u out of "
            "step; "
            "%u met a wire fault\n",
            count[MBP_COUNT_REQUESTS], count[MBP_COUNT_EXCEPTIONS], count[MBP_COUNT_WRITES_REFUSED],
            count[MBP_COUNT_DISCARDED], count[MBP_COUNT_BAD_FRAMES], count[MBP_COUNT_FAULTS]);
}

static void print_status(const struct ctl_sim *sim)
{
    char text[48];
    char reached[32];
    if (sim->paused && sim->steps > 0)
        ctl_say("stepping, %u scans left\n", sim->steps);
    else if (sim->paused)
        ctl_say("paused\n");
    else
        ctl_say("running at %s times real time; reached %s\n", ctl_number(sim->speed, 6, text, sizeof text),
                ctl_number(sim->speed_now, 4, reached, sizeof reached));
    ctl_say("  scans           %u; %u late, %u lost\n", sim->scans, sim->late, sim->lost);
    ctl_say("  simulated time  %s\n", ctl_sim_time_text(sim->time_ms, text, sizeof text));
    if (sim->snapshot)
        ctl_say("  snapshot        after scan %u, at %s; restored %u times\n", sim->snapshot_scan,
                ctl_sim_time_text(sim->snapshot_ms, text, sizeof text), sim->restored);
    else
        ctl_say("  snapshot        none\n");
    ctl_say("  faults          %u active; the plant file has %u, and %u of the wire\n", sim->faults_active, sim->faults,
            sim->wire_faults);
    ctl_say("  scans begin     half of them within %u us of their time, 99.9 %% within %u us, all within %u us\n",
            ctl_sim_lateness(sim, 0.5), ctl_sim_lateness(sim, 0.999), sim->lateness_max_us);
    print_server(sim->server);
}

static enum ctl_exit show_status(struct ctl *ctl)
{
    struct ctl_sim sim = {0};
    enum ctl_exit code = ctl_sim_read(ctl, &sim);
    if (code == CTL_OK)
        print_status(&sim);
    if (code == CTL_OK) {
        ctl_say("  ");
        code = ctl_sim_say_seed(ctl);
    }
    uint16_t forced = 0;
    if (code == CTL_OK &&
        ctl_read(ctl->link, MBP_INSTRUCTOR_UNIT, MBP_INPUT_REGISTERS, MBP_SIM_IR_FORCED_POINTS, 1, &forced) == MBP_OK)
        ctl_say("  points forced   %u beside sensors%s\n", forced,
                forced > 0 ? ctl_tr("; mbplantctl status lists them") : "");
    return code;
}

/* ---- words ------------------------------------------------------------------------------------------------------ */

static const struct {
    const char *word;
    enum ctl_exit (*run)(struct ctl *ctl);
    int arguments_min, arguments_max; /* behind the word */
    const char *usage;
} words[] = {
    {"status", show_status, 0, 0, "sim status"},
    {"pause", ctl_sim_pause, 0, 0, "sim pause"},
    {"resume", ctl_sim_resume, 0, 0, "sim resume"},
    {"step", ctl_sim_step, 0, 1, "sim step [SCANS|DURATION]"},
    {"speed", ctl_sim_speed, 0, 1, "sim speed [FACTOR]"},
    {"seed", ctl_sim_seed, 0, 1, "sim seed [NUMBER]"},
    {"snapshot", ctl_sim_snapshot, 0, 1, "sim snapshot [NAME]"},
    {"restore", ctl_sim_restore, 0, 1, "sim restore [NAME]"},
    {"snapshots", ctl_sim_snapshots, 0, 0, "sim snapshots"},
    {"remove", ctl_sim_remove, 1, 1, "sim remove NAME"},
    {"parameter", ctl_sim_parameter, 0, 2, "sim parameter [NAME [VALUE]]"},
    {"fault", ctl_sim_fault, 0, 8, "sim fault [NAME on|off | SENSOR KIND [AMOUNT] [over TIME] [for TIME]]"},
};

#define WORD_COUNT (sizeof words / sizeof words[0])

static enum ctl_exit unknown_word(const char *word)
{
    const char *all[WORD_COUNT];
    for (size_t i = 0; i < WORD_COUNT; i++)
        all[i] = words[i].word;
    const char *near = mbp_nearest(word, all, WORD_COUNT);
    if (near != NULL)
        ctl_error("sim: no word '%s'; did you mean '%s'?", word, near);
    else
        ctl_error("sim: no word '%s'; see mbplantctl sim --help", word);
    return CTL_USAGE;
}

CTL_VERB(sim)
{
    const struct ctl_options *options = ctl->options;
    if (options->argc == 0)
        return show_status(ctl);
    for (size_t i = 0; i < WORD_COUNT; i++) {
        if (strcmp(words[i].word, options->argv[0]) != 0)
            continue;
        int given = options->argc - 1;
        if (given >= words[i].arguments_min && given <= words[i].arguments_max)
            return words[i].run(ctl);
        ctl_error("usage: mbplantctl %s", ctl_tr(words[i].usage));
        return CTL_USAGE;
    }
    return unknown_word(options->argv[0]);
}
