/* A journal in a file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dump/dump.h"
#include "mbplant/report.h"
#include "opened_file.h"

static const char yaml[] = "mbplant: 1\nname: \"Line \\\"1\\\"\"\nunits:\n  - {id: 1, name: U, machines: [{name: M1, "
                           "sensors: [{name: T1, kind: temperature, max: 85}], actuators: [{name: V1}], "
                           "controllers: [{name: C1, input: T1, output: V1, setpoint: 1, gain: 1}]}]}\n";
static const char other_yaml[] = "mbplant: 1\nname: Other\nunits:\n  - {id: 1, name: U, machines: [{name: M2}]}\n";

#define MADE_MS UINT64_C(1795543200000)

static struct mbp_plant *plant;
static char folder[] = "/tmp/mbplant-dump-XXXXXX";
static char path[64];
static char why[CTL_DUMP_WHY];

static struct mbp_plant *parse(const char *text)
{
    struct mbp_plant *parsed = NULL;
    assert_int_equal(mbp_plant_parse("line.yaml", (struct mbp_text){text, strlen(text)}, stderr, &parsed), MBP_OK);
    return parsed;
}

static int load(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(path, sizeof path, "%s/dump", folder);
    plant = parse(yaml);
    return 0;
}

static int unload(void **state)
{
    (void)state;
    mbp_plant_free(plant);
    return rmdir(folder);
}

static int remove_dump(void **state)
{
    (void)state;
    unlink(path);
    return 0;
}

static void put_events(FILE *file, uint32_t first, uint32_t last)
{
    for (uint32_t seq = first; seq <= last; seq++) {
        struct mbp_event event = {
            .seq = seq, .code = MBP_EV_START, .unit = 1, .machine = MBP_NONE16, .sensor = MBP_NONE16};
        const struct mbp_telling by = {plant, NULL, MBP_LANG_EN};
        mbp_report_event(&by, &event, NULL, MBP_FORMAT_JSONL, file);
    }
}

/* A dump of so many events, and what follows them. */
static void close_file(FILE *file)
{
    int failed = fclose(file);
    assert_int_equal(failed, 0);
}

static void write_dump(uint32_t events, const char *tail)
{
    FILE *file = NULL;
    assert_int_equal(ctl_dump_create(path, plant, "host:5020", MADE_MS, &file, why), MBP_OK);
    put_events(file, 1, events);
    fputs(tail, file);
    close_file(file);
}

static void write_text(const char *text)
{
    FILE *file = opened_file(path, "w");
    fputs(text, file);
    close_file(file);
}

static bool count_event(void *ctx, const struct mbp_event *event)
{
    uint32_t *count = ctx;
    assert_int_equal(event->seq, *count + 1);
    ++*count;
    return true;
}

static uint32_t count_events(struct ctl_dump *dump)
{
    uint32_t count = 0;
    assert_int_equal(ctl_dump_events(dump, count_event, &count, why), MBP_OK);
    return count;
}

static struct ctl_dump opened(void)
{
    struct ctl_dump dump;
    if (ctl_dump_open(path, &dump, why) != MBP_OK)
        fail_msg("%s", why);
    return dump;
}

static void test_dump_written_loads_with_its_plant_and_events(void **state)
{
    (void)state;
    write_dump(3, "{\"end\":3,\"whole\":true,\"why\":\"\"}\n");
    struct ctl_dump dump = opened();
    assert_int_equal(count_events(&dump), 3);
    assert_int_equal(count_events(&dump), 3); /* as often as one likes */
    assert_string_equal(dump.plant->name, "Line \"1\"");
    assert_string_equal(dump.plant->machines[0].name, "M1");
    assert_string_equal(dump.source, "host:5020");
    assert_int_equal(dump.made_ms, MADE_MS);
    assert_int_equal(dump.first, 1);
    assert_int_equal(dump.events, 3);
    assert_int_equal(dump.last.seq, 3);
    assert_int_equal(dump.last.code, MBP_EV_START);
    assert_true(dump.whole);
    assert_false(dump.gap);
    assert_false(dump.has_snapshot);
    ctl_dump_close(&dump);
}

static void test_dump_without_events_is_one_too(void **state)
{
    (void)state;
    write_dump(0, "{\"end\":0,\"whole\":true,\"why\":\"\"}\n");
    struct ctl_dump dump = opened();
    assert_int_equal(dump.last.seq, 0);
    assert_int_equal(count_events(&dump), 0);
    assert_true(dump.whole);
    ctl_dump_close(&dump);
}

static void test_dump_of_another_version_is_refused_in_one_line(void **state)
{
    (void)state;
    static const char *const versions[] = {"1", "2", "3", "5"};
    for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++) {
        struct ctl_dump dump;
        char text[256];
        snprintf(text, sizeof text,
                 "{\"mbplant_journal\":%s,\"plant\":\"P\",\"plant_file\":\"mbplant: 1\\nname: P\\nunits:\\n  - {id: 1, "
                 "name: U, machines: [{name: M1}]}\\n\"}\n",
                 versions[i]);
        write_text(text);
        assert_int_equal(ctl_dump_open(path, &dump, why), MBP_ERR_NEWER);
        snprintf(text, sizeof text, "line 1: a dump of version %s, this mbplantctl reads 4: use the one that wrote it",
                 versions[i]);
        assert_string_equal(why, text);
    }
}

static void test_dump_cut_off_in_a_line_gives_all_lines_before_and_is_partial(void **state)
{
    (void)state;
    write_dump(2, "{\"seq\":3,\"code_nu");
    struct ctl_dump dump = opened();
    assert_int_equal(count_events(&dump), 2);
    assert_false(dump.whole);
    assert_string_equal(dump.why, "");
    ctl_dump_close(&dump);
}

static void test_dump_that_says_it_is_partial_tells_why(void **state)
{
    (void)state;
    write_dump(2, "{\"end\":2,\"whole\":false,\"why\":\"the slave closed\"}\n");
    struct ctl_dump dump = opened();
    assert_false(dump.whole);
    assert_string_equal(dump.why, "the slave closed");
    ctl_dump_close(&dump);
}

static void test_dump_gone_on_with_drops_its_half_line_only(void **state)
{
    (void)state;
    FILE *file = NULL;
    write_dump(2, "{\"seq\":3,\"code_nu");
    struct ctl_dump dump = opened();
    assert_int_equal(ctl_dump_resume(path, &dump, &file, why), MBP_OK);
    ctl_dump_close(&dump);
    put_events(file, 3, 5);
    ctl_dump_put_end(file, 5, true, "");
    fclose(file);
    dump = opened();
    assert_int_equal(count_events(&dump), 5);
    assert_true(dump.whole);
    assert_false(dump.gap);
    ctl_dump_close(&dump);
}

static void test_dump_with_events_missing_says_so(void **state)
{
    (void)state;
    write_dump(2, "{\"seq\":9,\"code_number\":1}\n{\"seq\":10,\"code_number\":1}\n");
    struct ctl_dump dump = opened();
    assert_true(dump.gap);
    assert_int_equal(dump.events, 4);
    ctl_dump_close(&dump);
}

static void test_dump_of_a_changed_plant_has_the_last_one(void **state)
{
    (void)state;
    FILE *file = NULL;
    struct mbp_plant *other = parse(other_yaml);
    write_dump(2, "");
    struct ctl_dump dump = opened();
    assert_int_equal(ctl_dump_resume(path, &dump, &file, why), MBP_OK);
    ctl_dump_close(&dump);
    ctl_dump_put_plant(file, other, "host:5021", MADE_MS + 1000);
    put_events(file, 3, 3);
    fclose(file);
    mbp_plant_free(other);
    dump = opened();
    assert_string_equal(dump.plant->name, "Other");
    assert_string_equal(dump.source, "host:5021");
    assert_int_equal(count_events(&dump), 3);
    ctl_dump_close(&dump);
}

static void test_snapshot_comes_back_as_it_was(void **state)
{
    (void)state;
    FILE *file = NULL;
    struct mbp_sensor_view sensors[1] = {
        {.value = 92.3, .limit = {NAN, NAN, 85, NAN}, .active[MBP_HIGH] = true, .unacknowledged = true}};
    char *texts[1] = {NULL};
    struct mbp_machine_view machines[1] = {{.state = MBP_EN_PANNE,
                                            .first_out_sensor = 0,
                                            .active_alarms = 1,
                                            .good = 98,
                                            .reject = 2,
                                            .running_s = 4000000000u,
                                            .failures = 3,
                                            .since_s = 1795543200,
                                            .until_due_s = MBP_VIEW_NONE,
                                            .until_due_cycles = 7,
                                            .maintenance_due = true}};
    struct mbp_actuator_view actuators[1] = {{.command = 40, .position = 38.5}};
    struct mbp_controller_view controllers[1] = {
        {.output = 40, .active_setpoint = 65, .measurement = 92.3, .automatic = true}};
    struct mbp_plant_view snapshot = {
        .summary = {.last_event = 2, .oldest_event = 1, .scans = 77, .simulated_ms = 7700},
        .sensors = sensors,
        .texts = texts,
        .actuators = actuators,
        .controllers = controllers,
        .machines = machines};
    assert_int_equal(ctl_dump_create(path, plant, "host:5020", MADE_MS, &file, why), MBP_OK);
    put_events(file, 1, 2);
    ctl_dump_put_snapshot(file, plant, &snapshot, MADE_MS + 5);
    ctl_dump_put_end(file, 2, true, "");
    fclose(file);
    struct ctl_dump dump = opened();
    assert_true(dump.has_snapshot);
    assert_int_equal(dump.snapshot_ms, MADE_MS + 5);
    assert_int_equal(dump.snapshot.summary.scans, 77);
    assert_int_equal(dump.snapshot.summary.simulated_ms, 7700);
    const struct mbp_machine_view *machine = &dump.snapshot.machines[0];
    assert_int_equal(machine->state, MBP_EN_PANNE);
    assert_int_equal(machine->first_out_sensor, 0);
    assert_int_equal(machine->running_s, 4000000000u);
    assert_int_equal(machine->good, 98);
    assert_int_equal(machine->since_s, 1795543200);
    assert_true(machine->maintenance_due);
    assert_int_equal(machine->until_due_s, MBP_VIEW_NONE);
    assert_int_equal(machine->until_due_cycles, 7);
    assert_false(machine->in_state[MBP_EN_SERVICE]);
    const struct mbp_sensor_view *sensor = &dump.snapshot.sensors[0];
    assert_true(sensor->value == 92.3);
    assert_true(isnan(sensor->limit[MBP_LOW]));
    assert_true(sensor->limit[MBP_HIGH] == 85);
    assert_int_equal(ctl_sensor_bits(sensor), 0x14);
    assert_true(dump.snapshot.actuators[0].command == 40);
    assert_true(dump.snapshot.actuators[0].position == 38.5);
    assert_true(dump.snapshot.controllers[0].automatic);
    assert_true(dump.snapshot.controllers[0].output == 40);
    assert_true(dump.snapshot.controllers[0].measurement == 92.3);
    ctl_dump_close(&dump);
}

static void test_snapshot_of_an_earlier_version_has_no_outputs(void **state)
{
    (void)state;
    write_dump(1, "{\"snapshot\":\"now\",\"time_ms\":5,\"summary\":{},\"machines\":[],\"sensors\":[]}\n");
    struct ctl_dump dump = opened();
    assert_true(dump.has_snapshot);
    assert_null(dump.snapshot.actuators);
    assert_null(dump.snapshot.controllers);
    ctl_dump_close(&dump);
    unlink(path);
}

static void test_damaged_line_is_named_by_its_number(void **state)
{
    (void)state;
    static const char *const tails[] = {"nonsense\n",
                                        "{}\n",
                                        "{\"snapshot\":\"now\",\"machines\":[{\"name\":\"M9\"}]}\n",
                                        "{\"snapshot\":\"now\",\"sensors\":[{\"name\":\"T1\",\"bits\":-1}]}\n",
                                        "{\"snapshot\":\"now\",\"actuators\":[{\"name\":\"V9\"}],\"controllers\":[]}\n",
                                        "{\"snapshot\":\"now\",\"actuators\":[],\"controllers\":[]}\n",
                                        "{\"mbplant_journal\":2}\n",
                                        "{\"seq\":2,\"code_number\":\"x\"}\n"};
    for (size_t i = 0; i < sizeof tails / sizeof tails[0]; i++) {
        struct ctl_dump dump;
        write_dump(1, tails[i]);
        assert_int_equal(ctl_dump_open(path, &dump, why), MBP_ERR_FORMAT);
        if (strncmp(why, "line 3: ", 8) != 0)
            fail_msg("%s: %s", tails[i], why);
        unlink(path);
    }
}

static void test_damaged_event_in_the_middle_is_found_when_events_are_read(void **state)
{
    (void)state;
    uint32_t count = 0;
    write_dump(1, "{\"seq\":2,\"code_number\":{}}\n{\"seq\":3,\"code_number\":1}\n");
    struct ctl_dump dump = opened();
    assert_int_equal(ctl_dump_events(&dump, count_event, &count, why), MBP_ERR_FORMAT);
    assert_string_equal(why, "line 3: not an event");
    assert_int_equal(count, 1);
    ctl_dump_close(&dump);
}

static void test_dump_never_overwrites_a_file(void **state)
{
    (void)state;
    FILE *file = NULL;
    write_dump(1, "");
    assert_int_equal(ctl_dump_create(path, plant, "", MADE_MS, &file, why), MBP_ERR_IO);
    assert_int_equal(errno, EEXIST);
    assert_null(file);
    struct ctl_dump dump = opened();
    assert_int_equal(count_events(&dump), 1);
    ctl_dump_close(&dump);
}

static void test_file_that_is_no_dump_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        "hello",
                                        "hello\n",
                                        "{}\n",
                                        "[1]\n",
                                        "{\"seq\":1,\"code_number\":1}\n",
                                        "{\"mbplant_journal\":4,\"plant_file\":\"\"}\n",
                                        "{\"mbplant_journal\":4,\"plant_file\":7}\n",
                                        "{\"mbplant_journal\":4,\"plant_file\":\"mbplant: 1\\n\"}\n"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct ctl_dump dump = {0};
        write_text(texts[i]);
        why[0] = '\0';
        assert_int_equal(ctl_dump_open(path, &dump, why), MBP_ERR_FORMAT);
        assert_null(dump.plant);
        assert_int_not_equal(why[0], '\0');
    }
    struct ctl_dump dump;
    unlink(path);
    assert_int_equal(ctl_dump_open(path, &dump, why), MBP_ERR_IO);
}

static struct mbp_event_tag tag_of(uint16_t id, const char *name, uint32_t since, uint32_t gone)
{
    return (struct mbp_event_tag){.unit = 1,
                                  .what = MBP_TAG_SENSOR,
                                  .decimals = 1,
                                  .id = id,
                                  .since = since,
                                  .gone = gone,
                                  .name = name,
                                  .kind = "temperature",
                                  .measure = "°C",
                                  .label = "a \"label\""};
}

static const char *name_at(const struct ctl_dump *dump, uint16_t id, uint32_t seq)
{
    const struct mbp_event event = {.seq = seq, .unit = 1, .machine = MBP_NONE16, .sensor = id};
    const struct mbp_event_tag *tag = mbp_names_item(&dump->names, &event);
    return tag != NULL ? tag->name : "";
}

static void test_dump_tells_the_names_in_its_events_also_when_gone_on_with(void **state)
{
    (void)state;
    FILE *file = NULL;
    struct mbp_names names = {0};
    struct mbp_names told = {0};
    struct mbp_event_tag tags[] = {tag_of(0, "T1", 1, MBP_TAG_STAYS), tag_of(7, "T7", 1, MBP_TAG_STAYS)};
    const struct mbp_actor actor = {.id = 3, .kind = MBP_ACTOR_TCP, .address = {0xFD, [15] = 1}, .since = 2};
    assert_int_equal(mbp_names_put_tag(&names, &tags[0]), MBP_OK);
    assert_int_equal(mbp_names_put_tag(&names, &tags[1]), MBP_OK);
    assert_int_equal(mbp_names_put_actor(&names, &actor), MBP_OK);
    assert_int_equal(ctl_dump_create(path, plant, "host:5020", MADE_MS, &file, why), MBP_OK);
    assert_int_equal(ctl_dump_put_names(file, &names, &told), MBP_OK);
    long once = ftell(file);
    assert_int_equal(ctl_dump_put_names(file, &names, &told), MBP_OK); /* nothing is told twice */
    assert_int_equal(ftell(file), once);
    put_events(file, 1, 5);
    tags[1].gone = 4; /* T7 goes, and its id is another name's after that */
    assert_int_equal(mbp_names_put_tag(&names, &tags[1]), MBP_OK);
    tags[1] = tag_of(7, "T8", 6, MBP_TAG_STAYS);
    assert_int_equal(mbp_names_put_tag(&names, &tags[1]), MBP_OK);
    assert_int_equal(ctl_dump_put_names(file, &names, &told), MBP_OK);
    put_events(file, 6, 9);
    close_file(file);
    mbp_names_free(&names);
    mbp_names_free(&told);
    struct ctl_dump dump = opened();
    assert_int_equal(dump.names.tag_count, 3);
    assert_string_equal(name_at(&dump, 0, 9), "T1");
    assert_string_equal(name_at(&dump, 7, 3), "T7");
    assert_string_equal(name_at(&dump, 7, 6), "T8");
    assert_string_equal(dump.names.tags[1].measure, "°C");
    assert_string_equal(dump.names.tags[1].label, "a \"label\"");
    assert_int_equal(dump.names.tags[1].gone, 4);
    assert_int_equal(dump.names.actor_count, 1);
    assert_memory_equal(dump.names.actors[0].address, actor.address, sizeof actor.address);
    ctl_dump_close(&dump);
}

static void test_name_that_is_none_names_the_line(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "{\"tag\":3}\n",
        "{\"tag\":65535,\"unit\":1,\"what\":\"sensor\",\"name\":\"T1\"}\n",
        "{\"tag\":3,\"unit\":1,\"what\":\"thing\",\"name\":\"T1\"}\n",
        "{\"tag\":3,\"unit\":-1,\"what\":\"sensor\",\"name\":\"T1\"}\n",
        "{\"actor\":3,\"kind\":\"tcp\",\"address\":\"nobody\"}\n",
        "{\"actor\":0,\"kind\":\"tcp\",\"address\":\"::1\"}\n",
        "{\"actor\":3,\"kind\":\"x\",\"address\":\"::1\"}\n",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct ctl_dump dump;
        write_dump(1, wrong[i]);
        assert_int_equal(ctl_dump_open(path, &dump, why), MBP_ERR_FORMAT);
        assert_string_equal(why, "line 3: not a name in events");
        unlink(path);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_dump_written_loads_with_its_plant_and_events, remove_dump),
        cmocka_unit_test_teardown(test_dump_without_events_is_one_too, remove_dump),
        cmocka_unit_test_teardown(test_dump_of_another_version_is_refused_in_one_line, remove_dump),
        cmocka_unit_test_teardown(test_dump_cut_off_in_a_line_gives_all_lines_before_and_is_partial, remove_dump),
        cmocka_unit_test_teardown(test_dump_that_says_it_is_partial_tells_why, remove_dump),
        cmocka_unit_test_teardown(test_dump_gone_on_with_drops_its_half_line_only, remove_dump),
        cmocka_unit_test_teardown(test_dump_with_events_missing_says_so, remove_dump),
        cmocka_unit_test_teardown(test_dump_of_a_changed_plant_has_the_last_one, remove_dump),
        cmocka_unit_test_teardown(test_snapshot_comes_back_as_it_was, remove_dump),
        cmocka_unit_test_teardown(test_snapshot_of_an_earlier_version_has_no_outputs, remove_dump),
        cmocka_unit_test_teardown(test_damaged_line_is_named_by_its_number, remove_dump),
        cmocka_unit_test_teardown(test_damaged_event_in_the_middle_is_found_when_events_are_read, remove_dump),
        cmocka_unit_test_teardown(test_dump_tells_the_names_in_its_events_also_when_gone_on_with, remove_dump),
        cmocka_unit_test_teardown(test_name_that_is_none_names_the_line, remove_dump),
        cmocka_unit_test_teardown(test_dump_never_overwrites_a_file, remove_dump),
        cmocka_unit_test_teardown(test_file_that_is_no_dump_is_refused, remove_dump),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
