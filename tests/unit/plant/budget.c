/* What a plant would take, told before it is taken. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "plant_fixture.h"

#define HEAD "mbplant: 1\n"

/* Texts of a few lines that ask for more than there is. */
struct bomb {
    const char *yaml;
    const char *here;   /* told of a plant of this machine; NULL = that may be */
    const char *remote; /* told of one that comes over a network; NULL = the same with that allowance */
};

static const struct bomb bombs[] = {
    /* 2.4 GB of dead times */
    {HEAD "scan: 1ms\nunits: [{id: 1, sensors: [{name: \"S{n}\", repeat: 300, signal: {dead_time: 999s}}]}]\n",
     "3:75: the plant would take about 2.4 GB of memory, and may take 1.0 GB (mbplantd --memory allows more); 2.4 GB "
     "of "
     "it for 299700000 values of dead times, most of them here: shorten them, or lengthen 'scan'\n",
     "3:75: the plant would take about 2.4 GB of memory, and may take 250 MB where it comes over the network; 2.4 GB "
     "of "
     "it for 299700000 values of dead times, most of them here: shorten them, or lengthen 'scan'\n"},
    /* the same behind an input */
    {HEAD "scan: 1ms\nunits: [{id: 1, sensors: [{name: A}, {name: \"S{n}\", repeat: 300, signal: {inputs: [{from: A, "
          "dead_time: 999s}]}}]}]\n",
     "3:105: the plant would take about 2.4 GB of memory, and may take 1.0 GB (mbplantd --memory allows more); 2.4 GB "
     "of it for 299700000 values of dead times, most of them here: shorten them, or lengthen 'scan'\n",
     NULL},
    /* 63 million inputs */
    {HEAD "units: [{id: 1, repeat: 246, sensors: [{name: \"S{u}.{n}\", repeat: 4000, signal: {inputs: [{from: S1.1}, "
          "{from: S1.1}, {from: S1.1}, {from: S1.1}, {from: S1.1}, {from: S1.1}, {from: S1.1}, {from: S1.1}]}}]}]\n",
     "2:90: the plant would take about 1.4 GB of memory, and may take 1.0 GB (mbplantd --memory allows more); 787 MB "
     "of "
     "it for 7872000 inputs, most of them here: have fewer of them\n",
     NULL},
    /* a million sensors, which a machine of its own bears */
    {HEAD "units: [{id: 1, repeat: 246, sensors: [{name: \"S{u}.{n}\", repeat: 4000}]}]\n", NULL,
     "2:40: the plant would take about 618 MB of memory, and may take 250 MB where it comes over the network; 596 MB "
     "of "
     "it for 984000 sensors, most of them here: have fewer of them\n"},
    /* that would be too long in taking over */
    {HEAD "units: [{id: 1, repeat: 50, sensors: [{name: \"S{u}.{n}\", repeat: 4000}]}]\n", NULL,
     "2:39: nothing would be answered for about 660 ms while this plant takes over, and 500 ms are allowed where it "
     "comes over the network: start mbplantd with the file instead; 660 ms of it for 200000 sensors, most of them "
     "here: have fewer of them\n"},
    /* windows and wander that cannot keep up with a scan of 1 ms */
    {HEAD "scan: 1ms\nunits: [{id: 1, repeat: 40, sensors: [{name: \"S{u}.{n}\", repeat: 1000, range: [0, 9], "
          "rate_of_change: {max: 1, per: 1ms}, signal: {wander: {sigma: 1, tau: 1s}}}]}]\n",
     NULL,
     "3:131: a scan would take about 2.5 ms, and one is due every 1.0 ms: lengthen 'scan'; 1.9 ms of it for 80000 "
     "sensors, most of them here: have fewer of them\n"},
    /* machines of little that make much together */
    {HEAD "scan: 1ms\nunits: [{id: 1, repeat: 246, machines: [{name: \"M{u}.{n}\", repeat: 1000, sensors: [{name: "
          "\"S{u}.{m}.{n}\", repeat: 4, range: [0, 9], rate_of_change: {max: 1}, signal: {wander: {sigma: 1, tau: "
          "1s}}}]}]}]\n",
     "3:149: the plant would take about 1.8 GB of memory, and may take 1.0 GB (mbplantd --memory allows more); 1.1 GB "
     "of it for 984000 windows of rates of change, most of them here: have fewer of them\n",
     NULL},
    /* tables that reach far in each unit */
    {HEAD
     "units: [{id: 1, repeat: 246, sensors: [{name: \"S{u}\", register: {at: 65000}}], tables: {coils: [{at: 65535, "
     "count: 1}], discrete_inputs: [{at: 0, count: 65536}], input_registers: [{at: 65535, count: 1}]}}]\n",
     NULL, NULL},
};

static const char *told_of(const char *yaml, bool remote)
{
    static char said[4096];
    struct mbp_plant *plant = NULL;
    memset(said, 0, sizeof said);
    FILE *errors = fmemopen(said, sizeof said, "w");
    assert_non_null(errors);
    const struct mbp_text text = {yaml, strlen(yaml)};
    enum mbp_status status =
        remote ? mbp_plant_parse_remote("p", text, errors, &plant) : mbp_plant_parse("p", text, errors, &plant);
    fclose(errors);
    assert_int_equal(status, said[0] == '\0' ? MBP_OK : MBP_ERR_FORMAT);
    mbp_plant_free(plant);
    return said[0] == '\0' ? said : said + strlen("p:");
}

static void test_plant_that_asks_for_too_much_is_told_where_most_of_it_comes_from(void **state)
{
    (void)state;
    unsigned wrong = 0;
    for (size_t i = 0; i < sizeof bombs / sizeof bombs[0]; i++) {
        for (int remote = 0; remote < 2; remote++) {
            const char *expected = remote == 0 ? bombs[i].here : bombs[i].remote;
            if (remote == 1 && expected == NULL)
                continue;
            if (remote == 0 && expected == NULL)
                continue; /* it would be built, which takes its time */
            const char *told = told_of(bombs[i].yaml, remote == 1);
            if (strcmp(told, expected) != 0) {
                print_error("%s\nis told\n%snot\n%s\n", bombs[i].yaml, told, expected);
                wrong++;
            }
        }
    }
    assert_int_equal(wrong, 0);
}

/* 699 files of 10,000 records in 246 units. */
static void test_files_that_ask_for_too_much_are_added_up(void **state)
{
    (void)state;
    struct mbp_buffer buffer;
    assert_true(mbp_buffer_open(&buffer));
    fputs(HEAD "units:\n  - id: 1\n    repeat: 246\n    tables: {files: [", buffer.out);
    for (int i = 1; i < 700; i++)
        fprintf(buffer.out, "%s{number: %d, count: 10000}", i > 1 ? ", " : "", i);
    fputs("]}\n", buffer.out);
    char *yaml = mbp_buffer_close(&buffer);
    assert_string_equal(told_of(yaml, false),
                        "5:22: the plant would take about 3.5 GB of memory, and may take 1.0 GB (mbplantd --memory "
                        "allows more); 3.4 GB of it for 1719540000 records of files, most of them here: have fewer of "
                        "them\n");
    free(yaml);
}

static void test_budget_is_told_beside_the_other_mistakes_of_the_file(void **state)
{
    (void)state;
    const char *told = told_of(HEAD "nmae: x\nscan: 1ms\nunits: [{id: 1, sensors: [{name: \"S{n}\", repeat: 300, "
                                    "signal: {dead_time: 999s}}]}]\n",
                               false);
    assert_non_null(strstr(told, "2:1: 'nmae' is not a key of a plant; did you mean 'name'?\np:4:75: the plant would"));
}

static void test_budget_is_told_before_anything_is_made(void **state)
{
    (void)state;
    clock_t begin = clock();
    for (int i = 0; i < 20; i++)
        told_of(bombs[0].yaml, false);
    assert_true((double)(clock() - begin) / CLOCKS_PER_SEC < 2.0); /* one alone would take 8 s to make */
}

static void test_memory_that_is_allowed_is_a_size_with_its_unit(void **state)
{
    (void)state;
    static const char *const wrong[] = {"", "5", "5 apples", "9MB", "1001GB", "-1GB", "1e9"};
    const char *plant = HEAD "scan: 1ms\nunits: [{id: 1, sensors: [{name: A, signal: {dead_time: 999s}}, {name: B, "
                             "signal: {dead_time: 999s}}]}]\n";
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_false(mbp_plant_set_memory(wrong[i]));
    assert_true(mbp_plant_set_memory("10MB"));
    assert_non_null(strstr(told_of(plant, false), "16 MB of memory, and may take 10 MB (mbplantd"));
    assert_true(mbp_plant_set_memory("20MB"));
    assert_string_equal(told_of(plant, false), "");
    assert_non_null(strstr(told_of(plant, true), "16 MB of memory, and may take 5.0 MB where it comes"));
    assert_true(mbp_plant_set_memory("1GB"));
}

static void test_recordings_may_take_what_the_plant_leaves(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_text(HEAD "units: [{id: 1, sensors: [{name: A, signal: {replay: a.csv}}]}]\n");
    assert_true(plant->recording_bytes > 990000000 && plant->recording_bytes < 1000000000);
    assert_true(plant->memory_bytes > 1000 && (double)plant->recording_bytes + plant->memory_bytes <= 1e9);
    mbp_plant_free(plant);
}

static void test_scan_that_takes_more_than_half_of_its_period_is_warned_of(void **state)
{
    (void)state;
    struct mbp_plant *plant =
        plant_of_text(HEAD "scan: 1ms\nunits: [{id: 1, repeat: 9, sensors: [{name: \"S{u}.{n}\", repeat: 4000}]}]\n");
    char *told = summary_of(plant);
    assert_non_null(strstr(told,
                           "  warning: a scan takes about 0.6 ms, and one is due every 1.0 ms: have fewer things, "
                           "or lengthen 'scan'\n"));
    free(told);
    mbp_plant_free(plant);
    plant = plant_of_text(HEAD "units: [{id: 1, repeat: 9, sensors: [{name: \"S{u}.{n}\", repeat: 4000}]}]\n");
    told = summary_of(plant);
    assert_null(strstr(told, "warning"));
    free(told);
    mbp_plant_free(plant);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plant_that_asks_for_too_much_is_told_where_most_of_it_comes_from),
        cmocka_unit_test(test_files_that_ask_for_too_much_are_added_up),
        cmocka_unit_test(test_budget_is_told_beside_the_other_mistakes_of_the_file),
        cmocka_unit_test(test_budget_is_told_before_anything_is_made),
        cmocka_unit_test(test_memory_that_is_allowed_is_a_size_with_its_unit),
        cmocka_unit_test(test_recordings_may_take_what_the_plant_leaves),
        cmocka_unit_test(test_scan_that_takes_more_than_half_of_its_period_is_warned_of),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
