/* config/boiler.yaml: water and heat are neither made nor lost, nothing comes of nothing, and its burner is one that is
 * let near a furnace. */
#include "stand.h"

#include <math.h>

#define H 3600.0

/* The beginnings of a boiler that is cold, as the file's head makes them. */
static const char *const cold[][2] = {
    {"initial: 10}", "initial: 0}"},
    {"initial: 62.7}", "initial: 0}"},
    {"initial: 66.5}", "initial: 0}"},
    {"kind: output, on_off: true, initial: on}", "kind: output, on_off: true, initial: off}"},
    {"kind: pump, on_off: true, initial: on}", "kind: pump, on_off: true, initial: off}"},
    {"kind: fan, on_off: true, initial: on}", "kind: fan, on_off: true, initial: off}"},
    {"initial: 6.662}", "initial: 7.25}"},
    {"initial: 5944}", "initial: 694.8}"},
    {"initial: 100}     # cold: 0", "initial: 0}"},
    {"initial: 100}}", "initial: 10}}"},
    {NULL, NULL},
};

/* ---- balances ---------------------------------------------------------------------------------------------------- */

struct books {
    double water, heat;                       /* as they were at the begin */
    double in, out, fire, fed, carried, lost; /* since; t and MJ */
};

/* Heat of a tonne of steam, as the tables have it: between two of their lines a straight one. */
static double steam_heat(double celsius)
{
    static const double table[][2] = {{0, 2501},   {100, 2676}, {120, 2706}, {140, 2733},
                                      {160, 2757}, {180, 2777}, {200, 2792}, {220, 2801}};
    size_t i = 1;
    while (i + 1 < sizeof table / sizeof table[0] && celsius > table[i][0])
        i++;
    double share = (celsius - table[i - 1][0]) / (table[i][0] - table[i - 1][0]);
    return table[i - 1][1] + share * (table[i][1] - table[i - 1][1]);
}

static struct books opened(const struct stand *stand)
{
    return (struct books){.water = stand_value(stand, "LY101"), .heat = stand_value(stand, "JY101")};
}

/* The books are kept by what the flows are worth, not by the file's own sums. */
static void keep_books(struct stand *stand, void *ctx)
{
    struct books *books = ctx;
    double step = stand->scan_s / H;
    double celsius = stand_value(stand, "TY101");
    double steam = stand_value(stand, "FT102") + stand_value(stand, "FT104");
    double drained = stand_value(stand, "FT105");
    double fed = stand_value(stand, "FT101");
    books->in += fed * step;
    books->out += (steam + drained) * step;
    books->fire += stand_value(stand, "JT101") * stand->scan_s;
    books->fed += fed * 445 * step;
    books->carried += (steam * steam_heat(celsius) + drained * 4.24 * celsius) * step;
    books->lost += (celsius - 20) * 0.0004 * stand->scan_s;
    stand_assert_sane(stand, NULL);
}

static void assert_balanced(const struct stand *stand, const struct books *books)
{
    double water = books->water + books->in - books->out;
    double heat = books->heat + books->fire + books->fed - books->carried - books->lost;
    if (fabs(stand_value(stand, "LY101") - water) > 1e-9 || fabs(stand_value(stand, "JY101") - heat) > 1e-6)
        fail_msg("%g t by the books, %g in the drum; %g MJ, %g", water, stand_value(stand, "LY101"), heat,
                 stand_value(stand, "JY101"));
}

static void test_boiler_keeps_water_and_heat_whatever_is_done_to_it(void **state)
{
    (void)state;
    struct stand stand;
    stand_begin(&stand, "boiler.yaml");
    struct books books = opened(&stand);
    stand_run(&stand, 300, keep_books, &books);
    stand_command(&stand, "SD101", 16);
    stand_command(&stand, "BV101", 100);
    stand_run(&stand, 900, keep_books, &books);
    stand_command(&stand, "HS101", 0);
    stand_run(&stand, 900, keep_books, &books);
    stand_command(&stand, "HS101", 1);
    stand_command(&stand, "SD101", 0);
    stand_run(&stand, 1800, keep_books, &books);
    assert_balanced(&stand, &books);
    stand_end(&stand);
}

static void test_boiler_makes_the_steam_that_its_heat_is_worth(void **state)
{
    (void)state;
    struct stand stand;
    stand_begin(&stand, "boiler.yaml");
    stand_run(&stand, 1800, NULL, NULL);
    struct books books = opened(&stand);
    stand_run(&stand, 1800, keep_books, &books);
    double per_tonne = books.fire / books.out; /* from feedwater of 105 °C to steam of 10 bar */
    if (per_tonne < 2310 || per_tonne > 2390)
        fail_msg("a tonne of steam takes %g MJ", per_tonne);
    stand_assert_within(&stand, "PT101", 9.7, 10.3);
    stand_assert_within(&stand, "TY101", 183, 186);
    stand_end(&stand);
}

/* ---- extremes ---------------------------------------------------------------------------------------------------- */

static void test_boiler_that_is_shut_makes_no_steam_and_only_cools(void **state)
{
    (void)state;
    struct stand stand;
    stand_begin(&stand, "boiler.yaml");
    stand_command(&stand, "SD101", 0);
    stand_command(&stand, "HS101", 0);
    stand_command(&stand, "P101", 0);
    stand_run(&stand, 600, stand_assert_sane, NULL);
    double water = stand_value(&stand, "LY101");
    double heat = stand_value(&stand, "JY101");
    stand_run(&stand, 4 * H, stand_assert_sane, NULL);
    assert_true(fabs(stand_value(&stand, "LY101") - water) < 1e-6);
    assert_true(stand_value(&stand, "JY101") < heat - 100);
    stand_assert_within(&stand, "FT102", 0, 1e-9);
    stand_end(&stand);
}

static void test_boiler_without_fuel_loses_pressure_and_with_it_its_steam(void **state)
{
    (void)state;
    struct stand stand;
    stand_begin(&stand, "boiler.yaml");
    stand_command(&stand, "HS101", 0);
    stand_run(&stand, 300, stand_assert_sane, NULL);
    stand_assert_within(&stand, "PT101", 3, 7);
    stand_assert_within(&stand, "FT102", 3, 7);
    stand_run(&stand, H - 300, stand_assert_sane, NULL);
    stand_assert_within(&stand, "PT101", 0, 0.05);
    stand_assert_within(&stand, "FT102", 0, 0.1);
    stand_assert_within(&stand, "TY101", 90, 101);
    stand_end(&stand);
}

static void test_boiler_without_feedwater_trips_and_is_never_less_than_empty(void **state)
{
    (void)state;
    struct stand stand;
    stand_begin(&stand, "boiler.yaml");
    stand_command(&stand, "P101", 0);
    stand_run(&stand, 600, stand_assert_sane, NULL);
    assert_int_equal(stand_state(&stand, "BOILER1"), MBP_EN_PANNE);
    stand_command(&stand, "BV101", 100);
    struct books books = opened(&stand);
    stand_run(&stand, 6 * H, keep_books, &books);
    assert_balanced(&stand, &books);
    stand_assert_within(&stand, "LY101", 0, 6);
    stand_end(&stand);
}

static void test_boiler_with_all_open_gives_no_more_than_its_burner(void **state)
{
    (void)state;
    struct stand stand;
    stand_begin(&stand, "boiler.yaml");
    stand_command(&stand, "SD101", 16);
    stand_setting(&stand, "PIC101", MBP_SET_SETPOINT, 11);
    stand_run(&stand, 3600, stand_assert_sane, NULL);
    struct books books = opened(&stand);
    stand_run(&stand, 3600, keep_books, &books);
    assert_true(books.fire <= 11 * 0.99 * H);
    assert_true(books.out < 15.5 && books.out > 14);
    stand_end(&stand);
}

/* ---- what an engineer looks for ---------------------------------------------------------------------------------- */

struct span {
    const char *name;
    double low, high;
};

static void look(struct stand *stand, void *ctx)
{
    for (struct span *span = ctx; span->name != NULL; span++) {
        span->low = fmin(span->low, stand_value(stand, span->name));
        span->high = fmax(span->high, stand_value(stand, span->name));
    }
}

static void test_boiler_swells_with_more_steam_and_shrinks_with_less(void **state)
{
    (void)state;
    struct stand stand;
    stand_begin(&stand, "boiler.yaml");
    stand_run(&stand, 600, NULL, NULL);
    double level = stand_value(&stand, "LT101");
    double water = stand_value(&stand, "LY101");
    struct span span[] = {{"LT101", level, level}, {NULL, 0, 0}};
    stand_command(&stand, "SD101", 14);
    stand_run(&stand, 90, look, span);
    assert_true(span[0].high > level + 3 && span[0].high < level + 9);
    assert_true(stand_value(&stand, "LY101") < water); /* although there is less in it */
    stand_run(&stand, 1800, NULL, NULL);
    level = stand_value(&stand, "LT101");
    span[0] = (struct span){"LT101", level, level};
    stand_command(&stand, "SD101", 10);
    stand_run(&stand, 90, look, span);
    assert_true(span[0].low < level - 3 && span[0].low > level - 9);
    stand_end(&stand);
}

static void test_boiler_starts_cold_by_purge_and_ignition(void **state)
{
    (void)state;
    struct stand stand;
    stand_begin_edited(&stand, "boiler.yaml", cold);
    stand_run(&stand, 60, stand_assert_sane, NULL);
    stand_assert_within(&stand, "FT103", 0, 0);
    stand_command(&stand, "HS101", 1);
    stand_run(&stand, 29, stand_assert_sane, NULL); /* air alone */
    stand_assert_within(&stand, "BL101", 1, 1);
    stand_assert_within(&stand, "XV101", 0, 0);
    stand_run(&stand, 4, stand_assert_sane, NULL);
    stand_assert_within(&stand, "IG101", 1, 1);
    stand_assert_within(&stand, "BS101", 1, 1);
    stand_assert_within(&stand, "FT103", 0.5, 2); /* a small flame first */
    stand_run(&stand, 240, stand_assert_sane, NULL);
    stand_assert_within(&stand, "PT101", 0, 0.05); /* the water is not hot yet */
    struct span span[] = {{"PT101", 0, 0}, {NULL, 0, 0}};
    stand_run(&stand, 600, stand_assert_sane, NULL);
    stand_assert_within(&stand, "PT101", 8, 12);
    stand_run(&stand, 300, look, span);
    assert_true(span[0].high > 10.5 && span[0].high < 11.45); /* no overshoot that is an alarm */
    assert_int_equal(stand_state(&stand, "BOILER1"), MBP_EN_SERVICE);
    stand_command(&stand, "P101", 1);
    stand_command(&stand, "SD101", 5);
    stand_run(&stand, 3000, stand_assert_sane, NULL);
    stand_assert_within(&stand, "PT101", 9.7, 10.3);
    stand_assert_within(&stand, "LT101", 45, 55);
    stand_end(&stand);
}

static void test_boiler_whose_flame_fails_locks_out_until_somebody_comes(void **state)
{
    (void)state;
    struct stand stand;
    stand_begin(&stand, "boiler.yaml");
    stand_run(&stand, 10, NULL, NULL);
    stand_command(&stand, "XV102", 0);
    stand_run(&stand, 5, stand_assert_sane, NULL);
    assert_int_equal(stand_state(&stand, "BOILER1"), MBP_EN_PANNE);
    stand_assert_within(&stand, "XV101", 0, 0);
    stand_command(&stand, "XV102", 1);
    stand_run(&stand, 120, stand_assert_sane, NULL);
    assert_int_equal(stand_state(&stand, "BOILER1"), MBP_EN_PANNE);
    stand_ask(&stand, "BOILER1", MBP_EN_SERVICE);
    stand_run(&stand, 60, stand_assert_sane, NULL);
    stand_assert_within(&stand, "BS101", 1, 1);
    /* No fuel from the beginning: the igniter sparks for five seconds, and that is all. */
    stand_command(&stand, "HS101", 0);
    stand_run(&stand, 10, NULL, NULL);
    assert_int_equal(stand_state(&stand, "BOILER1"), MBP_EN_SERVICE);
    stand_command(&stand, "XV102", 0);
    stand_command(&stand, "HS101", 1);
    stand_run(&stand, 40, stand_assert_sane, NULL);
    assert_int_equal(stand_state(&stand, "BOILER1"), MBP_EN_PANNE);
    stand_end(&stand);
}

static void test_safety_valve_holds_the_pressure_of_a_boiler_that_is_blind(void **state)
{
    (void)state;
    struct stand stand;
    stand_begin(&stand, "boiler.yaml");
    stand_force(&stand, "PT101", 9);
    stand_command(&stand, "SD101", 0);
    struct span span[] = {{"PT101", 10, 10}, {"FT104", 0, 0}, {NULL, 0, 0}};
    stand_run(&stand, 1200, look, span);
    assert_true(span[0].high > 12.9 && span[0].high < 13.2);
    assert_true(span[1].high > 15);
    stand_end(&stand);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_boiler_keeps_water_and_heat_whatever_is_done_to_it),
        cmocka_unit_test(test_boiler_makes_the_steam_that_its_heat_is_worth),
        cmocka_unit_test(test_boiler_that_is_shut_makes_no_steam_and_only_cools),
        cmocka_unit_test(test_boiler_without_fuel_loses_pressure_and_with_it_its_steam),
        cmocka_unit_test(test_boiler_without_feedwater_trips_and_is_never_less_than_empty),
        cmocka_unit_test(test_boiler_with_all_open_gives_no_more_than_its_burner),
        cmocka_unit_test(test_boiler_swells_with_more_steam_and_shrinks_with_less),
        cmocka_unit_test(test_boiler_starts_cold_by_purge_and_ignition),
        cmocka_unit_test(test_boiler_whose_flame_fails_locks_out_until_somebody_comes),
        cmocka_unit_test(test_safety_valve_holds_the_pressure_of_a_boiler_that_is_blind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
