/* Access rules: the first network that holds the address counts. */
#include <string.h>

#include "fixture.h"
#include "mbplant/access.h"
#include "mbplant/instructor.h"

struct address {
    uint8_t bytes[MBP_ACTOR_ADDRESS];
};

static struct address of(const char *text)
{
    struct address address = {{0}};
    assert_int_equal(mbp_address_parse(text, address.bytes), MBP_OK);
    return address;
}

/* The rules of a plant file's `access` value. */
static struct mbp_plant *plant_with(const char *rules)
{
    char yaml[512];
    snprintf(yaml, sizeof yaml,
             "mbplant: 1\nserver: {access: %s}\nunits: [{id: 1, tables: {coils: [{at: 0, count: 1}]}}]\n", rules);
    return fixture_plant(yaml);
}

static void expect(const char *rules, struct address address, bool admitted, enum mbp_allow allow)
{
    struct mbp_plant *plant = plant_with(rules);
    struct mbp_permit permit = mbp_permit_of(plant, address.bytes, true);
    assert_int_equal(permit.admitted, admitted);
    if (admitted)
        assert_int_equal(permit.allow, allow);
    mbp_plant_free(plant);
}

static void test_first_fitting_rule_counts(void **state)
{
    (void)state;
    const char *rules =
        "[{from: 10.1.2.3, allow: all}, {from: 10.0.0.0/8, allow: operate}, {from: 0.0.0.0/0, allow: read}]";
    expect(rules, of("10.1.2.3"), true, MBP_ALLOW_ALL);
    expect(rules, of("10.1.2.4"), true, MBP_ALLOW_OPERATE);
    expect(rules, of("11.0.0.0"), true, MBP_ALLOW_READ);
}

static void test_network_of_odd_length_ends_at_its_bit(void **state)
{
    (void)state;
    const char *rules = "[{from: 192.168.4.0/22, allow: all}]";
    expect(rules, of("192.168.4.0"), true, MBP_ALLOW_ALL);
    expect(rules, of("192.168.7.255"), true, MBP_ALLOW_ALL);
    expect(rules, of("192.168.8.0"), false, MBP_ALLOW_READ);
    expect(rules, of("192.168.3.255"), false, MBP_ALLOW_READ);
}

/* A plant of the units 1, 2 and the instructor's; what a peer may do on each. */
static void expect_on_units(const char *rules, const char *peer, enum mbp_allow on_1, enum mbp_allow on_2,
                            enum mbp_allow on_instructor)
{
    char yaml[512];
    snprintf(yaml, sizeof yaml,
             "mbplant: 1\ninstructor: true\nserver: {access: %s}\n"
             "units: [{id: 1, tables: {coils: [{at: 0, count: 1}]}}, {id: 2}]\n",
             rules);
    struct mbp_plant *plant = fixture_plant(yaml);
    const struct address address = of(peer);
    struct mbp_permit permit = mbp_permit_of(plant, address.bytes, true);
    assert_true(permit.admitted);
    assert_int_equal(mbp_permit_allow(&permit, 1), on_1);
    assert_int_equal(mbp_permit_allow(&permit, 2), on_2);
    assert_int_equal(mbp_permit_allow(&permit, MBP_INSTRUCTOR_UNIT), on_instructor);
    mbp_plant_free(plant);
}

static void test_rule_that_names_units_counts_for_those_alone(void **state)
{
    (void)state;
    const char *rules = "[{from: 10.0.0.1, allow: all}, {from: 10.0.0.0/8, allow: all, units: [2]}, "
                        "{from: 10.1.0.0/16, allow: operate, units: [1, 2]}, {from: 0.0.0.0/0, allow: read}]";
    expect_on_units(rules, "10.0.0.1", MBP_ALLOW_ALL, MBP_ALLOW_ALL, MBP_ALLOW_ALL);
    expect_on_units(rules, "10.0.0.2", MBP_ALLOW_READ, MBP_ALLOW_ALL, MBP_ALLOW_READ);
    expect_on_units(rules, "10.1.0.2", MBP_ALLOW_OPERATE, MBP_ALLOW_ALL, MBP_ALLOW_READ);
    expect_on_units(rules, "11.0.0.1", MBP_ALLOW_READ, MBP_ALLOW_READ, MBP_ALLOW_READ);
}

static void test_unit_that_no_rule_names_may_be_read_only(void **state)
{
    (void)state;
    expect_on_units("[{from: 10.0.0.0/8, allow: all, units: [1]}]", "10.0.0.1", MBP_ALLOW_ALL, MBP_ALLOW_READ,
                    MBP_ALLOW_READ);
    expect_on_units("[{from: 10.0.0.0/8, allow: all, units: [247]}]", "10.0.0.1", MBP_ALLOW_READ, MBP_ALLOW_READ,
                    MBP_ALLOW_ALL);
}

static void test_operate_does_not_reach_the_instructors_unit(void **state)
{
    (void)state;
    expect_on_units("[{from: 10.0.0.0/8, allow: operate}]", "10.0.0.1", MBP_ALLOW_OPERATE, MBP_ALLOW_OPERATE,
                    MBP_ALLOW_READ);
    expect_on_units("[{from: 10.0.0.0/8, allow: operate, units: [2, 247]}]", "10.0.0.1", MBP_ALLOW_READ,
                    MBP_ALLOW_OPERATE, MBP_ALLOW_READ);
    expect_on_units("[{from: 10.0.0.0/8, allow: all}]", "10.0.0.1", MBP_ALLOW_ALL, MBP_ALLOW_ALL, MBP_ALLOW_ALL);
}

static void test_keep_is_of_the_first_rule_that_fits_whatever_its_units(void **state)
{
    (void)state;
    struct mbp_plant *plant =
        plant_with("[{from: 10.0.0.0/8, allow: read, units: [1], keep: true}, {from: 10.0.0.0/8, allow: all}]");
    const struct address address = of("10.0.0.1");
    assert_true(mbp_permit_of(plant, address.bytes, true).keep);
    mbp_plant_free(plant);
}

/* Readers can be kept from what no rule names, the instructor's unit among it. */
static void test_none_keeps_a_peer_from_a_unit_or_from_all(void **state)
{
    (void)state;
    expect_on_units("[{from: 0.0.0.0/0, allow: none, units: [247]}, {from: 0.0.0.0/0, allow: all, units: [1]}]",
                    "10.0.0.1", MBP_ALLOW_ALL, MBP_ALLOW_READ, MBP_ALLOW_NONE);
    expect_on_units("[{from: 0.0.0.0/0, allow: all, units: [1]}, {from: 0.0.0.0/0, allow: none}]", "10.0.0.1",
                    MBP_ALLOW_ALL, MBP_ALLOW_NONE, MBP_ALLOW_NONE);
    expect_on_units("[{from: 0.0.0.0/0, allow: none, units: [1]}]", "10.0.0.1", MBP_ALLOW_NONE, MBP_ALLOW_READ,
                    MBP_ALLOW_READ);
    expect("[{from: 10.0.0.1, allow: none}, {from: 0.0.0.0/0, allow: read}]", of("10.0.0.1"), false, MBP_ALLOW_NONE);
    expect("[{from: 10.0.0.1, allow: none}, {from: 0.0.0.0/0, allow: read}]", of("10.0.0.2"), true, MBP_ALLOW_READ);
}

static void test_ipv6_network_holds_ipv6_only(void **state)
{
    (void)state;
    expect("[{from: fd00::/8, allow: all}]", of("fdff::1"), true, MBP_ALLOW_ALL);
    expect("[{from: fd00::/8, allow: all}]", of("fe00::1"), false, MBP_ALLOW_READ);
    expect("[{from: 0.0.0.0/0, allow: read}]", of("fd00::1"), false, MBP_ALLOW_READ);
    expect("[{from: 0.0.0.0/0, allow: read}]", of("::ffff:10.0.0.1"), true, MBP_ALLOW_READ);
}

static void test_no_rules_beyond_loopback_reads_only(void **state)
{
    (void)state;
    const struct mbp_plant none = {0};
    const struct address local = of("127.0.0.1");
    const struct address local_v6 = of("::1");
    const struct address remote = of("192.168.1.9");
    assert_int_equal(mbp_permit_of(&none, local.bytes, true).allow, MBP_ALLOW_ALL);
    assert_int_equal(mbp_permit_of(&none, local_v6.bytes, true).allow, MBP_ALLOW_ALL);
    assert_int_equal(mbp_permit_of(&none, remote.bytes, true).allow, MBP_ALLOW_READ);
    assert_true(mbp_permit_of(&none, remote.bytes, true).admitted);
    assert_int_equal(mbp_permit_of(&none, remote.bytes, false).allow, MBP_ALLOW_ALL);
}

/* ---- operators --------------------------------------------------------------------------------------------------- */

#define PEOPLE                                                                                                         \
    "mbplant: 1\ninstructor: true\n"                                                                                   \
    "operators:\n"                                                                                                     \
    "  - {name: Olga, role: operator}\n"                                                                               \
    "  - {name: Otto, role: viewer}\n"                                                                                 \
    "  - {name: Mia, role: maintenance}\n"                                                                             \
    "  - {name: Emil, role: engineer}\n"                                                                               \
    "  - {name: Ines, role: instructor}\n"                                                                             \
    "server: {access: [{from: 10.0.0.1, allow: all, as: OLGA}, {from: 0.0.0.0/0, allow: all}]}\n"                      \
    "units:\n"                                                                                                         \
    "  - {id: 1, machines: [{name: M1, sensors: [{name: T1, range: [0, 100], limits: {high: 80}}]}],\n"                \
    "     tables: {holding_registers: [{at: 9000, count: 2}, {at: 9101, count: 1}]},\n"                                \
    "     points: [{at: holding 9100, same_as: holding 4903}, {at: holding 9102, same_as: holding 4904}]}\n"

struct house {
    struct mbp_plant *plant;
    struct mbp_image *image;
};

static int open_house(void **state)
{
    static struct house house;
    house.plant = fixture_plant(PEOPLE);
    assert_int_equal(mbp_image_new(house.plant, &house.image), MBP_OK);
    *state = &house;
    return 0;
}

static int close_house(void **state)
{
    struct house *house = *state;
    mbp_image_free(house->image);
    mbp_plant_free(house->plant);
    return 0;
}

struct wanted {
    const char *name;
    struct mbp_point *out;
};

static int look(const struct mbp_point *point, void *ctx)
{
    const struct wanted *wanted = ctx;
    bool writes = point->table == MBP_COILS || point->table == MBP_HOLDING_REGISTERS;
    if (!writes || strcmp(point->name, wanted->name) != 0)
        return 0;
    *wanted->out = *point;
    return 1;
}

/* Whether somebody may write there. */
static bool may(const struct house *house, const char *who, uint8_t unit, enum mbp_table table, uint16_t addr)
{
    const uint8_t words[4] = {0};
    const struct mbp_image_deed deed = {.bytes = words, .addr = addr, .count = 1, .table = (uint8_t)table};
    struct mbp_permit permit = mbp_permit_of(house->plant, of("10.0.0.9").bytes, true);
    struct mbp_actor actor = {.kind = MBP_ACTOR_TCP};
    uint16_t at = 0;
    mbp_access_introduce(house->plant, who, &permit, &actor);
    const struct mbp_access_ask ask = {
        .unit = mbp_image_unit(house->image, unit), .writes = true, .operates = table == MBP_COILS, .deed = &deed};
    enum mbp_status status = mbp_access_check(&permit, &ask, &at);
    assert_true(status == MBP_OK || (status == MBP_EX_ILLEGAL_FUNCTION && at == addr));
    return status == MBP_OK;
}

/* By name, whatever its case; who says none, or one that nobody has, may do nothing. */
static void test_role_of_the_name_decides(void **state)
{
    const struct house *house = *state;
    struct mbp_point point;
    static const struct {
        const char *point;
        const char *may[6];
    } rows[] = {
        {"M1.acknowledge", {"Olga", "olga", "Mia", "Emil", "Ines"}},
        {"M1.maintenance", {"Olga", "olga", "Mia", "Emil", "Ines"}},
        {"T1.shelved", {"Olga", "olga", "Mia", "Emil", "Ines"}},
        {"T1.out_of_service", {"Mia", "Emil", "Ines"}},
        {"T1", {"Mia", "Emil", "Ines"}},
        {"T1.forced", {"Mia", "Emil", "Ines"}},
        {"T1.high.limit", {"Emil", "Ines"}},
        {"holding 9000", {"Olga", "olga", "Mia", "Emil", "Ines"}},
    };
    static const char *const all[] = {"Olga", "olga", "Otto", "Mia", "Emil", "Ines", "Nemo", ""};
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        struct wanted wanted = {rows[r].point, &point};
        bool found = mbp_map_points(house->plant, 0, look, &wanted) == 1 ||
                     mbp_map_point_named_at(house->plant, 0, rows[r].point, &point);
        assert_true(found);
        for (size_t w = 0; w < sizeof all / sizeof all[0]; w++) {
            bool expected = false;
            for (size_t m = 0; m < 6 && rows[r].may[m] != NULL; m++)
                expected |= strcmp(rows[r].may[m], all[w]) == 0;
            assert_int_equal(may(house, all[w], 1, (enum mbp_table)point.table, point.addr), expected);
        }
    }
}

static void test_instructors_unit_tells_plant_force_and_simulation_apart(void **state)
{
    const struct house *house = *state;
    static const struct {
        const char *who;
        bool plant, force, simulation;
    } rows[] = {{"Olga", false, false, false},
                {"Mia", false, true, false},
                {"Emil", true, true, false},
                {"Ines", true, true, true}};
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        const char *who = rows[r].who;
        assert_int_equal(may(house, who, 247, MBP_HOLDING_REGISTERS, MBP_STAGING_HR_COMMAND), rows[r].plant);
        assert_int_equal(may(house, who, 247, MBP_HOLDING_REGISTERS, MBP_SIM_HR_FORCE_COMMAND), rows[r].force);
        assert_int_equal(may(house, who, 247, MBP_HOLDING_REGISTERS, MBP_SIM_HR_SPEED), rows[r].simulation);
        assert_int_equal(may(house, who, 247, MBP_COILS, MBP_SIM_COIL_PAUSED), rows[r].simulation);
    }
}

static void test_actor_has_the_name_of_the_file_and_the_role(void **state)
{
    const struct house *house = *state;
    struct mbp_permit permit = mbp_permit_of(house->plant, of("10.0.0.9").bytes, true);
    struct mbp_actor actor = {.kind = MBP_ACTOR_TCP};
    assert_non_null(mbp_access_introduce(house->plant, "EMIL", &permit, &actor));
    assert_string_equal(actor.name, "Emil");
    assert_string_equal(actor.role, "engineer");
    assert_int_equal(permit.missing, MBP_RIGHT_BIT(MBP_RIGHT_SIMULATION));
    assert_null(mbp_access_introduce(house->plant, "Nemo", &permit, &actor)); /* it is not kept from before */
    assert_string_equal(actor.name, "Nemo");
    assert_string_equal(actor.role, "");
    assert_int_equal(permit.missing, MBP_RIGHTS_ALL);
}

static void test_rule_says_who_it_is_that_says_no_name(void **state)
{
    const struct house *house = *state;
    struct mbp_permit permit = mbp_permit_of(house->plant, of("10.0.0.1").bytes, true);
    struct mbp_actor actor = {.kind = MBP_ACTOR_TCP};
    assert_non_null(mbp_access_introduce(house->plant, "", &permit, &actor));
    assert_string_equal(actor.name, "Olga");
    assert_null(mbp_access_introduce(house->plant, "Nemo", &permit, &actor)); /* who says another one is not she */
    assert_int_equal(permit.missing, MBP_RIGHTS_ALL);
}

/* A deed of the command record, in pieces that stand elsewhere too, after somebody left a number there. */
static enum mbp_status command_for(const struct house *house, uint16_t left, uint16_t operator_, bool proven)
{
    struct mbp_image_unit *unit = mbp_image_unit(house->image, 1);
    const uint8_t words[6] = {0, (uint8_t)operator_, 0, 0, 0, MBP_DEED_BYPASS};
    struct mbp_permit permit = mbp_permit_of(house->plant, of("10.0.0.9").bytes, true);
    struct mbp_actor actor = {.kind = MBP_ACTOR_HTTP};
    uint16_t at = 0;
    if (proven)
        assert_true(mbp_access_prove(house->plant, "Mia", &permit, &actor));
    else
        assert_non_null(mbp_access_introduce(house->plant, "Olga", &permit, &actor));
    const struct mbp_image_deed deed = {
        .bytes = words, .addr = 9100, .count = 3, .table = MBP_HOLDING_REGISTERS, .only = permit.only};
    const struct mbp_access_ask ask = {.unit = unit, .writes = true, .deed = &deed};
    unit->holding[4903] = left;
    enum mbp_status status = mbp_access_check(&permit, &ask, &at);
    unit->holding[4903] = 0;
    return status;
}

/* Words of the record without a command, by somebody, where some number was left. */
static bool may_write_beside(const struct house *house, const char *who, uint16_t at, uint16_t count, uint16_t left)
{
    struct mbp_image_unit *unit = mbp_image_unit(house->image, 1);
    const uint8_t words[10] = {0};
    const struct mbp_image_deed deed = {.bytes = words, .addr = at, .count = count, .table = MBP_HOLDING_REGISTERS};
    struct mbp_permit permit = mbp_permit_of(house->plant, of("10.0.0.9").bytes, true);
    struct mbp_actor actor = {.kind = MBP_ACTOR_TCP};
    uint16_t refused_at = 0;
    mbp_access_introduce(house->plant, who, &permit, &actor);
    const struct mbp_access_ask ask = {.unit = unit, .writes = true, .deed = &deed};
    unit->holding[4903] = left;
    enum mbp_status status = mbp_access_check(&permit, &ask, &refused_at);
    unit->holding[4903] = 0;
    assert_true(status == MBP_OK || refused_at == at || at > 9000);
    return status == MBP_OK;
}

/* Else another's command would be about another alarm, or for another time. */
static void test_words_beside_the_command_are_for_who_may_command(void **state)
{
    const struct house *house = *state;
    for (uint16_t at = 4900; at <= 4904; at++) {
        assert_false(may_write_beside(house, "Otto", at, 1, 0));
        assert_false(may_write_beside(house, "Nemo", at, 1, 0));
        assert_false(may_write_beside(house, "", at, 1, 0));
        assert_true(may_write_beside(house, "Olga", at, 1, 0));
        assert_true(may_write_beside(house, "Mia", at, 1, 0));
    }
    assert_false(may_write_beside(house, "Otto", 4900, 5, 1)); /* its number goes with it */
    assert_false(may_write_beside(house, "Otto", 9100, 3, 0)); /* where they are the same */
    assert_false(may_write_beside(house, "", 4900, 3, 2));     /* for an observer */
    assert_true(may_write_beside(house, "", 4900, 3, 1));      /* for an operator, who is named first */
}

static void test_record_in_pieces_is_looked_at_as_it_will_stand(void **state)
{
    const struct house *house = *state;
    assert_int_equal(mbp_image_unit(house->image, 1)->record, 4900);
    assert_int_equal(command_for(house, 0, 0, false), MBP_EX_ILLEGAL_FUNCTION);
    assert_int_equal(command_for(house, 5, 0, false), MBP_EX_ILLEGAL_FUNCTION); /* Ines's number goes with it */
    assert_int_equal(command_for(house, 0, 5, false), MBP_OK);
    assert_int_equal(command_for(house, 5, 1, false), MBP_EX_ILLEGAL_FUNCTION);
}

static void test_whom_a_token_proves_does_nothing_for_another(void **state)
{
    const struct house *house = *state;
    struct mbp_permit permit = mbp_permit_of(house->plant, of("10.0.0.9").bytes, true);
    struct mbp_actor actor = {.kind = MBP_ACTOR_HTTP};
    assert_int_equal(command_for(house, 0, 0, true), MBP_OK);
    assert_int_equal(command_for(house, 0, 3, true), MBP_OK);
    assert_int_equal(command_for(house, 0, 5, true), MBP_EX_ILLEGAL_FUNCTION);
    assert_false(mbp_access_prove(house->plant, "Nemo", &permit, &actor)); /* he was one, before a reload */
    assert_int_equal(permit.only, UINT16_MAX);
    assert_int_equal(permit.missing, MBP_RIGHTS_ALL);
}

static void test_no_operators_take_nothing_from_anybody(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_with("[{from: 0.0.0.0/0, allow: all}]");
    struct mbp_permit permit = mbp_permit_of(plant, of("10.0.0.1").bytes, true);
    struct mbp_actor actor = {.kind = MBP_ACTOR_TCP};
    assert_true(permit.unlimited);
    assert_null(mbp_access_introduce(plant, "Nemo", &permit, &actor));
    assert_true(permit.unlimited);
    assert_int_equal(permit.missing, 0);
    assert_string_equal(actor.name, "Nemo");
    mbp_plant_free(plant);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first_fitting_rule_counts),
        cmocka_unit_test(test_network_of_odd_length_ends_at_its_bit),
        cmocka_unit_test(test_rule_that_names_units_counts_for_those_alone),
        cmocka_unit_test(test_unit_that_no_rule_names_may_be_read_only),
        cmocka_unit_test(test_operate_does_not_reach_the_instructors_unit),
        cmocka_unit_test(test_keep_is_of_the_first_rule_that_fits_whatever_its_units),
        cmocka_unit_test(test_none_keeps_a_peer_from_a_unit_or_from_all),
        cmocka_unit_test(test_ipv6_network_holds_ipv6_only),
        cmocka_unit_test(test_no_rules_beyond_loopback_reads_only),
        cmocka_unit_test_setup_teardown(test_role_of_the_name_decides, open_house, close_house),
        cmocka_unit_test_setup_teardown(test_instructors_unit_tells_plant_force_and_simulation_apart, open_house,
                                        close_house),
        cmocka_unit_test_setup_teardown(test_actor_has_the_name_of_the_file_and_the_role, open_house, close_house),
        cmocka_unit_test_setup_teardown(test_rule_says_who_it_is_that_says_no_name, open_house, close_house),
        cmocka_unit_test_setup_teardown(test_words_beside_the_command_are_for_who_may_command, open_house, close_house),
        cmocka_unit_test_setup_teardown(test_record_in_pieces_is_looked_at_as_it_will_stand, open_house, close_house),
        cmocka_unit_test_setup_teardown(test_whom_a_token_proves_does_nothing_for_another, open_house, close_house),
        cmocka_unit_test(test_no_operators_take_nothing_from_anybody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
