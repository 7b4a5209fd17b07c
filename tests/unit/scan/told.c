/* Incidents and work of random sequences: trips, declared faults, repairs, what is said, plants that are changed and
 * runs that end and begin and clocks that are set between them. The journal's lists are what a simple model says
 * (told/model.h). */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "line.h"
#include "model.h"

#define SLOTS 4u
#define STEPS 80u

/* How a run ends before the next step. */
enum ending { NEVER, STOPPED, CUT_OFF, EITHER };

/* A machine of the plant file: where it stands and how it is spelt now. */
struct slot {
    bool there, second_sensor, other_name, other_unit;
};

struct walk {
    struct line line;
    struct model model;
    struct slot slots[SLOTS];
    uint64_t seed, draws;
    char yaml[4096];
    char when[96];
};

static uint32_t draw(struct walk *walk, uint32_t below)
{
    return (uint32_t)(mbp_rng_bits(walk->seed, 1, walk->draws++) >> 16) % below;
}

/* ---- the plant file ---------------------------------------------------------------------------------------------- */

static void write_machine(FILE *out, uint32_t s, const struct slot *slot)
{
    fprintf(out, "      - name: %c%u\n", slot->other_name ? 'N' : 'M', s);
    if (s == 0)
        fprintf(out, "        maintenance: {every: 4s, takes: 1s}\n");
    fprintf(out,
            "        sensors:\n          - {name: T%u, kind: temperature, range: [0, 150], max: 85, trip: [high], "
            "signal: {base: 20}, register: {type: uint16}}\n",
            s);
    if (slot->second_sensor)
        fprintf(out, "          - {name: P%u, kind: pressure, range: [0, 10], max: 8, signal: {base: 5}}\n", s);
}

static void write_plant(struct walk *walk)
{
    FILE *out = fmemopen(walk->yaml, sizeof walk->yaml, "w");
    assert_non_null(out);
    fprintf(out, "mbplant: 1\nname: Told\nscan: 100ms\nseed: 5\ninstructor: true\nunits:\n");
    for (unsigned unit = 1; unit <= 2; unit++) {
        fprintf(out, "  - id: %u\n    sensors: [{name: S%u, range: [0, 10]}]\n    machines:\n", unit, unit);
        fprintf(out, "      - {name: ALWAYS%u}\n", unit);
        for (uint32_t s = 0; s < SLOTS; s++) {
            if (walk->slots[s].there && (unit == 2) == walk->slots[s].other_unit)
                write_machine(out, s, &walk->slots[s]);
        }
    }
    assert_int_equal(fclose(out), 0);
}

/* ---- runs -------------------------------------------------------------------------------------------------------- */

static enum mbp_status no_comment(void *ctx, uint16_t file, uint16_t place, char text[MBP_COMMENT_MAX + 1])
{
    (void)ctx;
    (void)file;
    (void)place;
    text[0] = '\0';
    return MBP_OK;
}

/* An image takes what is said where comments can be read. */
static void serve_files(struct walk *walk)
{
    mbp_image_set_files(walk->line.image, (struct mbp_file_source){.comment = no_comment});
}

static void start_run(struct walk *walk)
{
    walk->line.checkpoint_every_ns = MBP_NS_PER_S;
    line_start(&walk->line, walk->yaml);
    serve_files(walk);
    assert_true(mbp_scan_sim(walk->line.scan).paused); /* as it was */
}

static void copy_file(const char *from, const char *to)
{
    static char bytes[1 << 16];
    FILE *in = fopen(from, "rb");
    FILE *out = fopen(to, "wb");
    assert_true(in != NULL && out != NULL);
    for (size_t len = 0; (len = fread(bytes, 1, sizeof bytes, in)) > 0;)
        assert_int_equal(fwrite(bytes, 1, len, out), len);
    fclose(in);
    assert_int_equal(fclose(out), 0);
}

/* What a killed run leaves: all files as they are now. */
static void copy_folder(const char *from, const char *to)
{
    DIR *folder = opendir(from);
    assert_non_null(folder);
    for (const struct dirent *entry = NULL; (entry = readdir(folder)) != NULL;) { // NOLINT: one thread reads it
        char source[512];
        char target[512];
        if (entry->d_type != DT_REG)
            continue;
        snprintf(source, sizeof source, "%s/%s", from, entry->d_name);
        snprintf(target, sizeof target, "%s/%s", to, entry->d_name);
        copy_file(source, target);
    }
    closedir(folder);
}

static void end_run(struct walk *walk, enum ending ending)
{
    if (ending == EITHER)
        ending = draw(walk, 2) == 0 ? STOPPED : CUT_OFF;
    if (ending == NEVER)
        return;
    char left[sizeof walk->line.dir] = "";
    if (ending == CUT_OFF) {
        snprintf(left, sizeof left, "/tmp/mbplant-scan-XXXXXX");
        assert_non_null(mkdtemp(left));
        assert_int_equal(mbp_journal_flush(walk->line.journal), MBP_OK);
        copy_folder(walk->line.dir, left);
    }
    walk->line.time.wall_ms += UINT64_C(1000) * draw(walk, 5000);
    if (ending == CUT_OFF) {
        line_end(&walk->line);
        memcpy(walk->line.dir, left, sizeof left);
    } else {
        line_stop(&walk->line);
    }
    start_run(walk);
}

static void scan(struct walk *walk, uint32_t scans)
{
    for (uint32_t i = 0; i < scans; i++) {
        line_scan(&walk->line, 1);
        model_scan(&walk->model, &walk->line);
    }
}

/* ---- what happens to machines ------------------------------------------------------------------------------------ */

static void write_coil(struct walk *walk, uint32_t unit, uint32_t addr, bool on)
{
    const uint8_t packed = on;
    struct mbp_image_unit *image = mbp_image_unit(walk->line.image, walk->line.plant->units[unit].id);
    mbp_image_write_bits(image, (uint16_t)addr, 1, &packed, (struct mbp_peer){LINE_PEER});
}

static uint32_t draw_machine(struct walk *walk)
{
    return draw(walk, walk->line.plant->machine_count);
}

static void ask(struct walk *walk, uint32_t m)
{
    const struct mbp_machine *machine = &walk->line.plant->machines[m];
    uint32_t number = m - walk->line.plant->units[machine->unit].first_machine;
    write_coil(walk, machine->unit, 8 * number + draw(walk, MBP_STATE_COUNT), true);
}

/* Its first sensor, which trips it; UINT32_MAX = it has none. */
static uint32_t tripping_sensor(const struct walk *walk, uint32_t m)
{
    const struct mbp_machine *machine = &walk->line.plant->machines[m];
    return machine->sensor_count > 0 ? machine->first_sensor : UINT32_MAX;
}

static uint32_t number_of_sensor(const struct walk *walk, uint32_t s)
{
    return s - walk->line.plant->units[walk->line.plant->sensors[s].unit].first_sensor;
}

/* While it is in service: what trips it comes in a scan of its own. */
static void overheat(struct walk *walk, uint32_t m)
{
    static const uint8_t hot[2] = {0, 100};
    const uint32_t s = tripping_sensor(walk, m);
    if (s == UINT32_MAX || mbp_scan_state(walk->line.scan)->machine[m].state != MBP_EN_SERVICE)
        return;
    const struct mbp_sensor *sensor = &walk->line.plant->sensors[s];
    struct mbp_image_unit *image = mbp_image_unit(walk->line.image, walk->line.plant->units[sensor->unit].id);
    assert_int_equal(mbp_image_write_words(image, sensor->reg.addr, 1, hot, (struct mbp_peer){LINE_PEER}), MBP_OK);
}

/* Its sensor is let go, and its alarm acknowledged. */
static void calm(struct walk *walk, uint32_t m)
{
    const uint32_t s = tripping_sensor(walk, m);
    if (s == UINT32_MAX)
        return;
    const uint32_t unit = walk->line.plant->sensors[s].unit;
    write_coil(walk, unit, 1000 + number_of_sensor(walk, s), false);
    write_coil(walk, unit, 3000 + number_of_sensor(walk, s), true);
}

/* ---- what is said ------------------------------------------------------------------------------------------------ */

static bool tell(struct walk *walk, uint32_t unit, struct mbp_logbook_record record)
{
    uint16_t words[MBP_LOGBOOK_WORDS];
    uint8_t bytes[2 * MBP_LOGBOOK_WORDS];
    mbp_logbook_encode(&record, words);
    for (size_t i = 0; i < MBP_LOGBOOK_WORDS; i++) {
        bytes[2 * i] = (uint8_t)(words[i] >> 8);
        bytes[2 * i + 1] = (uint8_t)words[i];
    }
    struct mbp_image_unit *image = mbp_image_unit(walk->line.image, walk->line.plant->units[unit].id);
    const struct mbp_peer peer = {LINE_PEER};
    bool told =
        mbp_image_write_file(image, MBP_LOGBOOK_FILE, 0, MBP_LOGBOOK_WORDS, bytes, peer) == MBP_OK; /* else: too many */
    mbp_scan_poll(walk->line.scan);
    return told;
}

static void open_work(struct walk *walk, uint32_t m)
{
    const struct mbp_machine *machine = &walk->line.plant->machines[m];
    const enum mbp_work_kind kind = MBP_WORK_CORRECTIVE + draw(walk, 2);
    const struct mbp_logbook_record record = {
        .command = MBP_LOGBOOK_WORK_OPENED,
        .machine = (uint16_t)(m - walk->line.plant->units[machine->unit].first_machine),
        .item = MBP_NONE16,
        .kind = (uint16_t)(kind | draw(walk, MBP_DUE_CONDITION) << 8),
        .due = draw(walk, 100),
    };
    if (tell(walk, machine->unit, record))
        model_open(&walk->model, model_track_of(&walk->model, &walk->line, m), kind, mbp_scan_told(walk->line.scan));
}

/* By the number that the journal gave it: any work there ever was. */
static void go_on(struct walk *walk)
{
    static const uint16_t commands[] = {MBP_LOGBOOK_WORK_STARTED, MBP_LOGBOOK_WORK_STARTED, MBP_LOGBOOK_WORK_DONE,
                                        MBP_LOGBOOK_WORK_CANCELLED};
    struct model *model = &walk->model;
    if (model->work_count == 0)
        return;
    const uint32_t w = model->work_count - 1 - draw(walk, model->work_count < 6 ? model->work_count : 6);
    const struct mbp_logbook_record record = {
        .command = commands[draw(walk, 4)], .machine = MBP_NONE16, .item = MBP_NONE16, .number = model->work[w].number};
    if (!tell(walk, draw(walk, 2), record))
        return;
    if (record.command == MBP_LOGBOOK_WORK_STARTED)
        model_start(model, w);
    else
        model_end(model, w, record.command == MBP_LOGBOOK_WORK_CANCELLED);
}

static void remark(struct walk *walk)
{
    struct model *model = &walk->model;
    if (model->incident_count == 0)
        return;
    struct model_incident *incident = &model->incidents[draw(walk, model->incident_count)];
    const bool cause = draw(walk, 2) == 0;
    const struct mbp_logbook_record record = {.command = cause ? MBP_LOGBOOK_CAUSE : MBP_LOGBOOK_NOTE,
                                              .machine = MBP_NONE16,
                                              .item = MBP_NONE16,
                                              .number = incident->number};
    if (!tell(walk, draw(walk, 2), record))
        return;
    incident->notes += !cause;
    incident->cause = cause ? mbp_scan_told(walk->line.scan) : incident->cause;
}

/* ---- what happens to the plant ----------------------------------------------------------------------------------- */

static void edit(struct walk *walk)
{
    struct slot *slot = &walk->slots[draw(walk, SLOTS)];
    switch (draw(walk, 5)) {
    case 0:
    case 1:
        slot->there = !slot->there;
        break;
    case 2:
        slot->other_name = !slot->other_name;
        break;
    case 3:
        slot->other_unit = !slot->other_unit;
        break;
    default:
        slot->second_sensor = !slot->second_sensor;
        break;
    }
    write_plant(walk);
}

static void reload(struct walk *walk)
{
    edit(walk);
    line_change_to(&walk->line, walk->yaml);
    serve_files(walk);
    model_change(&walk->model, &walk->line);
}

/* An instructor keeps the plant as it is, or puts it back to where it was. */
static void instruct(struct walk *walk)
{
    if (draw(walk, 3) > 0)
        mbp_scan_snapshot(walk->line.scan, LINE_PEER);
    else if (mbp_scan_restore(walk->line.scan, LINE_PEER) == MBP_OK)
        model_change(&walk->model, &walk->line);
}

/* By an hour, while what lasts lasts. */
static void set_clock(struct walk *walk)
{
    const uint64_t hour_ms = 3600000;
    walk->line.time.wall_ms =
        draw(walk, 2) == 0 ? walk->line.time.wall_ms + hour_ms : walk->line.time.wall_ms - hour_ms;
}

/* ---- the walk ---------------------------------------------------------------------------------------------------- */

static void act(struct walk *walk)
{
    const uint32_t m = draw_machine(walk);
    switch (draw(walk, 13)) {
    case 0:
    case 1:
        overheat(walk, m);
        break;
    case 2:
        calm(walk, m);
        break;
    case 3:
    case 4:
    case 5:
        ask(walk, m);
        break;
    case 6:
        open_work(walk, m);
        break;
    case 7:
    case 8:
        go_on(walk);
        break;
    case 9:
        remark(walk);
        break;
    case 10:
        instruct(walk);
        break;
    case 11:
        set_clock(walk);
        break;
    default:
        reload(walk);
        break;
    }
}

static void run(struct walk *walk, uint64_t seed, enum ending ending)
{
    *walk = (struct walk){.line.time = {.mono_ns = 5 * MBP_NS_PER_S, .wall_ms = FIXTURE_WALL_MS}, .seed = seed};
    for (uint32_t s = 0; s < SLOTS; s++)
        walk->slots[s] = (struct slot){.there = true, .second_sensor = s % 2 == 0, .other_unit = s == 3};
    write_plant(walk);
    walk->line.checkpoint_every_ns = MBP_NS_PER_S;
    line_begin(&walk->line, walk->yaml);
    serve_files(walk);
    mbp_scan_pause(walk->line.scan, 0); /* it runs the scans that the test asks for */
    model_begin(&walk->model, &walk->line);
    for (uint32_t step = 0; step < STEPS; step++) {
        act(walk);
        scan(walk, 1 + (draw(walk, 3) == 0 ? draw(walk, 20) : 0));
        end_run(walk, ending);
        snprintf(walk->when, sizeof walk->when, "seed %u step %u", (unsigned)seed, (unsigned)step);
        model_assert_told(&walk->model, &walk->line, walk->when);
    }
    line_end(&walk->line);
}

/* How many sequences: the first argument, or what takes a few seconds. */
static unsigned long seeds = 1;

static void run_all(enum ending ending)
{
    struct walk *walk = calloc(1, sizeof *walk);
    assert_non_null(walk);
    unsigned long incidents = 0;
    unsigned long work = 0;
    for (unsigned long seed = 1; seed <= seeds; seed++) {
        run(walk, seed, ending);
        incidents += walk->model.incident_count;
        work += walk->model.work_count;
    }
    assert_true(incidents > 3 * seeds && work > 6 * seeds); /* else it says nothing */
    free(walk);
}

static void test_incidents_and_work_outlive_changes_of_the_plant(void **state)
{
    (void)state;
    run_all(NEVER);
}

static void test_incidents_and_work_outlive_a_restart_at_every_step(void **state)
{
    (void)state;
    run_all(STOPPED);
}

static void test_incidents_and_work_outlive_a_run_that_is_cut_off_at_any_step(void **state)
{
    (void)state;
    run_all(EITHER);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_incidents_and_work_outlive_changes_of_the_plant),
        cmocka_unit_test(test_incidents_and_work_outlive_a_restart_at_every_step),
        cmocka_unit_test(test_incidents_and_work_outlive_a_run_that_is_cut_off_at_any_step),
    };
    if (argc > 1)
        seeds = strtoul(argv[1], NULL, 10);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
