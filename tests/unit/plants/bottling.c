/* config/bottling.yaml: no bottle appears or vanishes, each machine stands when its neighbours do, and what goes into
 * the bowl leaves in bottles. */
#include "stand.h"

#include <math.h>

#define H 3600.0

enum { RINSE1, FILL1, CAP1, LABEL1, PACK1, MACHINES };
static const char *const machines[MACHINES] = {"RINSE1", "FILL1", "CAP1", "LABEL1", "PACK1"};
static const int per_product[MACHINES] = {1, 1, 1, 1, 6};

/* Belt b is behind machine b. */
static const struct {
    const char *name;
    int begins, full;
} belts[] = {{"NB101", 20, 60}, {"NB102", 16, 40}, {"NB103", 100, 300}, {"NB104", 40, 120}};

static int64_t made(const struct stand *stand, int machine)
{
    return (int64_t)stand_good(stand, machines[machine]) + stand_reject(stand, machines[machine]);
}

static int64_t on_belt(const struct stand *stand, int belt)
{
    return belts[belt].begins + (int64_t)stand_good(stand, machines[belt]) -
           per_product[belt + 1] * made(stand, belt + 1);
}

static void check_bottles(struct stand *stand, void *ctx)
{
    (void)ctx;
    stand_assert_sane(stand, NULL);
    for (int b = 0; b < MACHINES - 1; b++) {
        int64_t bottles = on_belt(stand, b);
        if (bottles < 0 || bottles > belts[b].full)
            fail_msg("%d bottles on the belt of %s", (int)bottles, belts[b].name);
        /* Shown is what was there at the begin of the scan: no more than one product of either side ago. */
        double shown = stand_value(stand, belts[b].name);
        if (fabs(shown - (double)bottles) > per_product[b + 1])
            fail_msg("%s shows %g of %d bottles", belts[b].name, shown, (int)bottles);
    }
}

static void assert_makes(struct stand *stand, int machine, bool makes)
{
    int64_t before = made(stand, machine);
    stand_run(stand, 120, check_bottles, NULL);
    if ((made(stand, machine) > before) != makes)
        fail_msg("%s %s", machines[machine], makes ? "stands" : "runs on");
}

static void assert_all_make(struct stand *stand, bool makes)
{
    for (int m = 0; m < MACHINES; m++)
        assert_makes(stand, m, makes);
}

static void test_line_runs_at_its_speed_and_loses_no_bottle(void **state)
{
    (void)state;
    struct stand stand;
    stand_begin(&stand, "bottling.yaml");
    stand_run(&stand, 2 * H, check_bottles, NULL);
    assert_in_range(made(&stand, FILL1), 5900, 6000);
    /* All that the rinser took is in packs, on belts, or was rejected. */
    int64_t rejected = 0, standing = 0;
    for (int m = 0; m < MACHINES; m++)
        rejected += per_product[m] * (int64_t)stand_reject(&stand, machines[m]);
    for (int b = 0; b < MACHINES - 1; b++)
        standing += on_belt(&stand, b) - belts[b].begins;
    assert_int_equal(made(&stand, RINSE1), rejected + standing + 6 * (int64_t)stand_good(&stand, "PACK1"));
    stand_command(&stand, "SC101", 3600);
    stand_run(&stand, 600, check_bottles, NULL);
    int64_t before = made(&stand, FILL1);
    stand_run(&stand, H, check_bottles, NULL);
    assert_in_range(made(&stand, FILL1) - before, 3500, 3600);
    stand_end(&stand);
}

static void test_line_stands_when_one_of_its_machines_does(void **state)
{
    (void)state;
    for (int m = 0; m < MACHINES; m++) {
        struct stand stand;
        stand_begin(&stand, "bottling.yaml");
        stand_run(&stand, 300, check_bottles, NULL);
        stand_ask(&stand, machines[m], MBP_EN_PANNE);
        stand_run(&stand, 30 * 60, check_bottles, NULL);
        assert_all_make(&stand, false);
        for (int b = 0; b < MACHINES - 1; b++) /* full before it, empty behind it */
            stand_assert_within(&stand, belts[b].name, b < m ? belts[b].full - 1 : 0, b < m ? belts[b].full : 5);
        stand_assert_within(&stand, "ST301", 0, 1);
        stand_assert_within(&stand, "FT201", 0, 0.01);
        stand_ask(&stand, machines[m], MBP_EN_SERVICE);
        stand_run(&stand, 300, check_bottles, NULL);
        assert_all_make(&stand, true);
        stand_end(&stand);
    }
}

static void test_machine_says_what_it_waits_for(void **state)
{
    (void)state;
    struct stand stand;
    stand_begin(&stand, "bottling.yaml");
    stand_run(&stand, 60, NULL, NULL);
    stand_assert_within(&stand, "QS101", 1, 1);
    stand_ask(&stand, "CAP1", MBP_EN_PANNE);
    stand_run(&stand, 20 * 60, NULL, NULL);
    stand_assert_within(&stand, "QS201", 3, 3);
    stand_assert_within(&stand, "QS101", 3, 3);
    stand_assert_within(&stand, "QS301", 0, 0);
    stand_assert_within(&stand, "QS401", 2, 2);
    stand_assert_within(&stand, "QS501", 2, 2);
    stand_end(&stand);
}

/* ---- syrup ------------------------------------------------------------------------------------------------------- */

static void keep_syrup(struct stand *stand, void *ctx)
{
    *(double *)ctx += stand_value(stand, "FT101") * 1000 / H * stand->scan_s; /* litres */
    check_bottles(stand, NULL);
}

static void test_syrup_that_comes_into_the_bowl_leaves_in_bottles(void **state)
{
    (void)state;
    struct stand stand;
    stand_begin(&stand, "bottling.yaml");
    stand_run(&stand, 60, NULL, NULL);
    double in = 0;
    double bowl = stand_value(&stand, "LT101") * 0.6;
    int64_t bottles = made(&stand, FILL1);
    stand_run(&stand, H, keep_syrup, &in);
    double out = in - (stand_value(&stand, "LT101") * 0.6 - bowl);
    assert_true(fabs(out - 0.33 * (double)(made(&stand, FILL1) - bottles)) < 0.34); /* one may be half full */
    stand_assert_within(&stand, "LT101", 54, 56);
    stand_assert_within(&stand, "FT101", 0.9, 1.05); /* 3,000 of 330 ml */
    stand_command(&stand, "SV101", 500);
    stand_run(&stand, H, keep_syrup, &in);
    stand_assert_within(&stand, "FT101", 1.4, 1.6);
    stand_assert_within(&stand, "LT101", 54, 56);
    stand_end(&stand);
}

static void test_filler_without_syrup_fills_nothing(void **state)
{
    (void)state;
    struct stand stand;
    stand_begin(&stand, "bottling.yaml");
    stand_automatic(&stand, "LIC101", false);
    stand_setting(&stand, "LIC101", MBP_SET_MANUAL, 0);
    stand_run(&stand, 30, NULL, NULL);
    double in = 0;
    double bowl = stand_value(&stand, "LT101") * 0.6;
    int64_t bottles = made(&stand, FILL1);
    stand_run(&stand, 30 * 60, keep_syrup, &in);
    assert_true(in < 1e-3);
    assert_true((double)(made(&stand, FILL1) - bottles) * 0.33 < bowl + 0.34);
    assert_int_equal(stand_state(&stand, "FILL1"), MBP_EN_PANNE); /* its level is low low */
    assert_all_make(&stand, false);
    stand_end(&stand);
}

static void test_line_at_its_ends_holds(void **state)
{
    (void)state;
    struct stand stand;
    stand_begin(&stand, "bottling.yaml");
    stand_command(&stand, "SC101", 3600);
    stand_command(&stand, "SV101", 1500);
    stand_run(&stand, H, check_bottles, NULL); /* more than the syrup valve gives */
    stand_assert_within(&stand, "LT101", 0, 100);
    stand_command(&stand, "SC101", 0);
    stand_run(&stand, 300, check_bottles, NULL);
    assert_all_make(&stand, false);
    stand_automatic(&stand, "LIC101", false);
    stand_setting(&stand, "LIC101", MBP_SET_MANUAL, 100);
    stand_run(&stand, H, check_bottles, NULL); /* a full bowl takes no more */
    stand_assert_within(&stand, "LT101", 0, 100);
    stand_end(&stand);
}

/* ---- glue and power ---------------------------------------------------------------------------------------------- */

static void check_glue(struct stand *stand, void *ctx)
{
    double *before = ctx;
    double now = stand_value(stand, "LT401");
    bool pumps = stand_value(stand, "P401") > 0;
    if (now > *before && !pumps)
        fail_msg("glue rises by itself from %g to %g", *before, now);
    assert_true(fabs(now - *before) < 0.1);
    *before = now;
    stand_assert_within(stand, "LT401", 40, 90);
}

static void test_glue_goes_with_the_labels_and_is_pumped_up(void **state)
{
    (void)state;
    struct stand stand;
    stand_begin(&stand, "bottling.yaml");
    double level = stand_value(&stand, "LT401");
    int64_t labels = made(&stand, LABEL1);
    stand_run(&stand, 20 * 60, check_glue, &level);
    double used = 70 - stand_value(&stand, "LT401");
    assert_true(fabs(used - (double)(made(&stand, LABEL1) - labels) * 40 / 2250) < 0.1);
    stand_run(&stand, 3 * H, check_glue, &level);
    stand_ask(&stand, "LABEL1", MBP_EN_PANNE);
    stand_run(&stand, 10, NULL, NULL);
    level = stand_value(&stand, "LT401");
    stand_run(&stand, 600, NULL, NULL);
    stand_assert_within(&stand, "LT401", level, level);
    stand_end(&stand);
}

static void check_power(struct stand *stand, void *ctx)
{
    (void)ctx;
    double watts = 400 * sqrt(3) * stand_value(stand, "IT501") * 0.82;
    assert_true(fabs(stand_value(stand, "JT501") * 1000 - watts) < 1e-6);
}

static void test_power_of_the_packer_is_that_of_its_current(void **state)
{
    (void)state;
    struct stand stand;
    stand_begin(&stand, "bottling.yaml");
    stand_run(&stand, 600, check_power, NULL);
    stand_ask(&stand, "PACK1", MBP_EN_PANNE);
    stand_run(&stand, 60, check_power, NULL);
    stand_assert_within(&stand, "JT501", 0, 0.01);
    stand_end(&stand);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_line_runs_at_its_speed_and_loses_no_bottle),
        cmocka_unit_test(test_line_stands_when_one_of_its_machines_does),
        cmocka_unit_test(test_machine_says_what_it_waits_for),
        cmocka_unit_test(test_syrup_that_comes_into_the_bowl_leaves_in_bottles),
        cmocka_unit_test(test_filler_without_syrup_fills_nothing),
        cmocka_unit_test(test_line_at_its_ends_holds),
        cmocka_unit_test(test_glue_goes_with_the_labels_and_is_pumped_up),
        cmocka_unit_test(test_power_of_the_packer_is_that_of_its_current),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
