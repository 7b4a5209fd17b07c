/* config/hello.yaml, tank.yaml and device.yaml: what the small ones say of themselves holds. */
#include "stand.h"

#include <math.h>

#define H 3600.0

/* ---- hello ------------------------------------------------------------------------------------------------------- */

static void test_mixer_without_cooling_gets_too_hot_and_cools_when_it_stands(void **state)
{
    (void)state;
    struct stand stand;
    stand_begin(&stand, "hello.yaml");
    stand_run(&stand, 600, stand_assert_sane, NULL);
    stand_assert_within(&stand, "TEMP", 45, 45);
    stand_command(&stand, "COOL", 0);
    stand_run(&stand, 120, stand_assert_sane, NULL);
    stand_assert_within(&stand, "TEMP", 60, 70); /* time to see it come */
    assert_int_equal(stand_state(&stand, "MIX1"), MBP_EN_SERVICE);
    stand_run(&stand, 480, stand_assert_sane, NULL);
    assert_int_equal(stand_state(&stand, "MIX1"), MBP_EN_PANNE);
    stand_assert_within(&stand, "SPEED", 0, 1);
    stand_command(&stand, "COOL", 1);
    stand_run(&stand, 1800, stand_assert_sane, NULL);
    stand_assert_within(&stand, "TEMP", 20, 21); /* no colder than the room */
    stand_ask(&stand, "MIX1", MBP_EN_SERVICE);
    stand_run(&stand, 1800, stand_assert_sane, NULL);
    stand_assert_within(&stand, "TEMP", 44, 46);
    stand_end(&stand);
}

/* ---- tank -------------------------------------------------------------------------------------------------------- */

struct books {
    double tank, in, out, over; /* m³ */
};

static void keep_books(struct stand *stand, void *ctx)
{
    struct books *books = ctx;
    double step = stand->scan_s / H;
    books->in += stand_value(stand, "FT1") * step;
    books->out += stand_value(stand, "FT2") * step;
    books->over += stand_value(stand, "FT3") * step;
    stand_assert_sane(stand, NULL);
    stand_assert_within(stand, "LT1", 0, 100);
}

static void assert_balanced(const struct stand *stand, const struct books *books)
{
    double there = stand_value(stand, "LT1") / 10; /* 10 m³ are 100 % */
    double known = books->tank + books->in - books->out - books->over;
    if (fabs(there - known) > 1e-7)
        fail_msg("%.9g m³ by the books, %.9g in the tank", known, there);
}

static void test_tank_keeps_its_water_by_day_and_at_its_ends(void **state)
{
    (void)state;
    struct stand stand;
    stand_begin(&stand, "tank.yaml");
    struct books books = {.tank = stand_value(&stand, "LT1") / 10};
    stand_run(&stand, 24 * H, keep_books, &books);
    assert_balanced(&stand, &books);
    stand_assert_within(&stand, "LT1", 20, 85);
    assert_true(books.over < 1e-12);
    stand_force(&stand, "LSH", 1); /* the upper float sticks: no pump */
    stand_force(&stand, "LSL", 0);
    stand_run(&stand, 4 * H, keep_books, &books);
    assert_balanced(&stand, &books);
    stand_assert_within(&stand, "LT1", 0, 1);
    stand_force(&stand, "LSH", 0); /* and now the lower one */
    stand_force(&stand, "LSL", 1);
    stand_command(&stand, "QD1", 0);
    stand_ask(&stand, "PUMP1", MBP_MAINTENANCE);
    stand_run(&stand, 1, keep_books, &books);
    stand_force(&stand, "LT1", 50); /* its trip sees no empty tank any more */
    stand_run(&stand, 1, keep_books, &books);
    stand_ask(&stand, "PUMP1", MBP_EN_SERVICE);
    stand_run(&stand, 4 * H, keep_books, &books);
    assert_balanced(&stand, &books);
    stand_assert_within(&stand, "LT1", 97, 100);
    assert_true(books.over > 10);
    stand_end(&stand);
}

/* ---- the power meter --------------------------------------------------------------------------------------------- */

static void check_power(struct stand *stand, void *ctx)
{
    static const char *const names[3][3] = {{"U1N", "I1", "P1"}, {"U2N", "I2", "P2"}, {"U3N", "I3", "P3"}};
    double *energy = ctx;
    double pf = stand_value(stand, "PF");
    double p = 0, s = 0;
    for (int i = 0; i < 3; i++) {
        double ui = stand_value(stand, names[i][0]) * stand_value(stand, names[i][1]) / 1000;
        assert_true(fabs(stand_value(stand, names[i][2]) - ui * pf) < 1e-9);
        p += ui * pf;
        s += ui;
    }
    double q = stand_value(stand, "Q");
    assert_true(fabs(stand_value(stand, "P") - p) < 1e-9);
    assert_true(fabs(stand_value(stand, "S") - s) < 1e-9);
    assert_true(fabs(s * s - p * p - q * q) < 1e-6);
    *energy += p * stand->scan_s / H;
    stand_assert_sane(stand, NULL);
}

/* What a master reads, noise and all: class 0.5 says half a per cent. */
static void check_shown(struct stand *stand, void *ctx)
{
    static const char *const names[3][2] = {{"U1N", "I1"}, {"U2N", "I2"}, {"U3N", "I3"}};
    const double *value = stand->state->value;
    (void)ctx;
    double p = 0;
    for (int i = 0; i < 3; i++)
        p += value[mbp_plant_find_sensor(stand->plant, names[i][0])] *
             value[mbp_plant_find_sensor(stand->plant, names[i][1])] *
             value[mbp_plant_find_sensor(stand->plant, "PF")] / 1000;
    assert_true(fabs(value[mbp_plant_find_sensor(stand->plant, "P")] - p) < p * 0.005);
}

static void test_meter_shows_the_power_of_its_voltages_and_currents(void **state)
{
    (void)state;
    struct stand stand;
    stand_begin(&stand, "device.yaml");
    double before = stand_value(&stand, "E");
    double energy = 0;
    stand_run(&stand, 12 * H, check_power, &energy);
    stand_command(&stand, "LOAD1", 60);
    stand_run(&stand, 60, check_power, &energy);
    stand_assert_within(&stand, "I1", 80, 120);
    stand_assert_within(&stand, "U1N", 220, 228); /* it sags */
    stand_run(&stand, 12 * H, check_power, &energy);
    assert_true(fabs(stand_value(&stand, "E") - before - energy) < 1e-5);
    stand_run(&stand, H, check_shown, NULL);
    stand_end(&stand);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mixer_without_cooling_gets_too_hot_and_cools_when_it_stands),
        cmocka_unit_test(test_tank_keeps_its_water_by_day_and_at_its_ends),
        cmocka_unit_test(test_meter_shows_the_power_of_its_voltages_and_currents),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
