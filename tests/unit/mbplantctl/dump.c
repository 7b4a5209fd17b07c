/* A journal in a file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dump.h"
#include "mbplant/report.h"

static const char yaml[] =
    "mbplant: 1\nname: \"Line \\\"1\\\"\"\nunits:\n  - {id: 1, name: U, machines: [{name: M1}]}\n";

static struct mbp_plant *plant;
static char folder[] = "/tmp/mbplant-dump-XXXXXX";
static char path[64];

static int load(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(path, sizeof path, "%s/dump", folder);
    return mbp_plant_parse("line.yaml", (struct mbp_text){yaml, strlen(yaml)}, stderr, &plant) == MBP_OK ? 0 : -1;
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

static void write_dump(uint32_t events, const char *tail)
{
    FILE *file = NULL;
    char why[160] = "";
    assert_int_equal(ctl_dump_create(path, plant, &file, why, sizeof why), MBP_OK);
    for (uint32_t seq = 1; seq <= events; seq++) {
        struct mbp_event event = {.seq = seq, .code = MBP_EV_START, .unit = 1, .sensor = MBP_NONE16};
        mbp_report_event(plant, &event, MBP_FORMAT_JSONL, file);
    }
    fputs(tail, file);
    assert_int_equal(fclose(file), 0);
}

static bool count_event(void *ctx, const struct mbp_event *event)
{
    uint32_t *count = ctx;
    assert_int_equal(event->seq, *count + 1);
    ++*count;
    return true;
}

static enum mbp_status load_dump(struct mbp_plant **from, uint32_t *count, char why[160])
{
    *count = 0;
    why[0] = '\0';
    return ctl_dump_load(path, from, count_event, count, why, 160);
}

static void test_dump_written_loads_with_its_plant_and_events(void **state)
{
    (void)state;
    struct mbp_plant *loaded = NULL;
    uint32_t count;
    char why[160];
    write_dump(3, "");
    assert_int_equal(load_dump(&loaded, &count, why), MBP_OK);
    assert_int_equal(count, 3);
    assert_string_equal(loaded->name, "Line \"1\"");
    assert_string_equal(loaded->machines[0].name, "M1");
    mbp_plant_free(loaded);
}

static void test_dump_cut_off_in_a_line_gives_all_lines_before(void **state)
{
    (void)state;
    struct mbp_plant *loaded = NULL;
    uint32_t count;
    char why[160];
    write_dump(2, "{\"seq\":3,\"code_nu");
    assert_int_equal(load_dump(&loaded, &count, why), MBP_OK);
    assert_int_equal(count, 2);
    mbp_plant_free(loaded);
}

static void test_dump_with_a_bad_line_says_which(void **state)
{
    (void)state;
    struct mbp_plant *loaded = NULL;
    uint32_t count;
    char why[160];
    write_dump(1, "nonsense\n");
    assert_int_equal(load_dump(&loaded, &count, why), MBP_ERR_FORMAT);
    assert_string_equal(why, "line 3: not an event");
    mbp_plant_free(loaded);
}

static void test_dump_never_overwrites_a_file(void **state)
{
    (void)state;
    FILE *file = NULL;
    char why[160] = "";
    write_dump(1, "");
    assert_int_equal(ctl_dump_create(path, plant, &file, why, sizeof why), MBP_ERR_IO);
    assert_null(file);
    assert_non_null(strstr(why, "never overwrites"));
}

static void test_file_that_is_no_dump_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "hello\n", "{}\n", "{\"mbplant_journal\":2,\"plant_file\":\"\"}\n",
                                        "{\"mbplant_journal\":1,\"plant_file\":7}\n"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct mbp_plant *loaded = NULL;
        uint32_t count;
        char why[160];
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        fputs(texts[i], file);
        fclose(file);
        assert_int_equal(load_dump(&loaded, &count, why), MBP_ERR_FORMAT);
        assert_null(loaded);
        assert_int_not_equal(why[0], '\0');
    }
    struct mbp_plant *loaded = NULL;
    uint32_t count;
    char why[160];
    unlink(path);
    assert_int_equal(load_dump(&loaded, &count, why), MBP_ERR_IO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_dump_written_loads_with_its_plant_and_events, remove_dump),
        cmocka_unit_test_teardown(test_dump_cut_off_in_a_line_gives_all_lines_before, remove_dump),
        cmocka_unit_test_teardown(test_dump_with_a_bad_line_says_which, remove_dump),
        cmocka_unit_test_teardown(test_dump_never_overwrites_a_file, remove_dump),
        cmocka_unit_test_teardown(test_file_that_is_no_dump_is_refused, remove_dump),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
