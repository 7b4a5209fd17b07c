/* Access rules: the first network that holds the address counts. */
#include "access.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "fixture.h"
#include "mbplant/instructor.h"

static struct access_address v4(const char *text)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    assert_int_equal(inet_pton(AF_INET, text, &address.sin_addr), 1);
    return access_address_of((const struct sockaddr *)&address);
}

static struct access_address v6(const char *text)
{
    struct sockaddr_in6 address = {.sin6_family = AF_INET6};
    assert_int_equal(inet_pton(AF_INET6, text, &address.sin6_addr), 1);
    return access_address_of((const struct sockaddr *)&address);
}

/* The rules of a plant file's `access` value. */
static struct mbp_plant *plant_with(const char *rules)
{
    char yaml[512];
    snprintf(yaml, sizeof yaml,
             "mbplant: 1\nserver: {access: %s}\nunits: [{id: 1, tables: {coils: [{at: 0, count: 1}]}}]\n", rules);
    return fixture_plant(yaml);
}

static void expect(const char *rules, struct access_address address, bool admitted, enum mbp_allow allow)
{
    struct mbp_plant *plant = plant_with(rules);
    struct access_right right = access_right_of(plant, &address, true);
    assert_int_equal(right.admitted, admitted);
    if (admitted)
        assert_int_equal(right.allow, allow);
    mbp_plant_free(plant);
}

static void test_first_fitting_rule_counts(void **state)
{
    (void)state;
    const char *rules =
        "[{from: 10.1.2.3, allow: all}, {from: 10.0.0.0/8, allow: operate}, {from: 0.0.0.0/0, allow: read}]";
    expect(rules, v4("10.1.2.3"), true, MBP_ALLOW_ALL);
    expect(rules, v4("10.1.2.4"), true, MBP_ALLOW_OPERATE);
    expect(rules, v4("11.0.0.0"), true, MBP_ALLOW_READ);
}

static void test_network_of_odd_length_ends_at_its_bit(void **state)
{
    (void)state;
    const char *rules = "[{from: 192.168.4.0/22, allow: all}]";
    expect(rules, v4("192.168.4.0"), true, MBP_ALLOW_ALL);
    expect(rules, v4("192.168.7.255"), true, MBP_ALLOW_ALL);
    expect(rules, v4("192.168.8.0"), false, MBP_ALLOW_READ);
    expect(rules, v4("192.168.3.255"), false, MBP_ALLOW_READ);
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
    const struct access_address address = v4(peer);
    struct access_right right = access_right_of(plant, &address, true);
    assert_true(right.admitted);
    assert_int_equal(access_allow_on(&right, 1), on_1);
    assert_int_equal(access_allow_on(&right, 2), on_2);
    assert_int_equal(access_allow_on(&right, MBP_INSTRUCTOR_UNIT), on_instructor);
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
    const struct access_address address = v4("10.0.0.1");
    assert_true(access_right_of(plant, &address, true).keep);
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
    expect("[{from: 10.0.0.1, allow: none}, {from: 0.0.0.0/0, allow: read}]", v4("10.0.0.1"), false, MBP_ALLOW_NONE);
    expect("[{from: 10.0.0.1, allow: none}, {from: 0.0.0.0/0, allow: read}]", v4("10.0.0.2"), true, MBP_ALLOW_READ);
}

static void test_ipv6_network_holds_ipv6_only(void **state)
{
    (void)state;
    expect("[{from: fd00::/8, allow: all}]", v6("fdff::1"), true, MBP_ALLOW_ALL);
    expect("[{from: fd00::/8, allow: all}]", v6("fe00::1"), false, MBP_ALLOW_READ);
    expect("[{from: 0.0.0.0/0, allow: read}]", v6("fd00::1"), false, MBP_ALLOW_READ);
    expect("[{from: 0.0.0.0/0, allow: read}]", v6("::ffff:10.0.0.1"), true, MBP_ALLOW_READ);
}

static void test_no_rules_beyond_loopback_reads_only(void **state)
{
    (void)state;
    const struct mbp_plant none = {0};
    const struct access_address local = v4("127.0.0.1");
    const struct access_address local_v6 = v6("::1");
    const struct access_address remote = v4("192.168.1.9");
    assert_int_equal(access_right_of(&none, &local, true).allow, MBP_ALLOW_ALL);
    assert_int_equal(access_right_of(&none, &local_v6, true).allow, MBP_ALLOW_ALL);
    assert_int_equal(access_right_of(&none, &remote, true).allow, MBP_ALLOW_READ);
    assert_true(access_right_of(&none, &remote, true).admitted);
    assert_int_equal(access_right_of(&none, &remote, false).allow, MBP_ALLOW_ALL);
}

static void test_address_is_the_same_by_either_family_and_no_other(void **state)
{
    (void)state;
    const struct access_address peer = v4("10.1.2.3");
    const struct access_address mapped = v6("::ffff:10.1.2.3");
    const struct access_address local = v6("::1");
    const struct access_address local_v4 = v4("127.0.0.1");
    const struct access_address other = v6("fd00::1:2:a0b:c0d");
    assert_true(access_same(&peer, &mapped));
    assert_false(access_same(&peer, &local));
    assert_false(access_same(&local_v4, &local));
    assert_false(access_same(&other, &local));
}

static void test_address_in_words_is_the_family_it_came_by(void **state)
{
    (void)state;
    char text[INET6_ADDRSTRLEN];
    const struct access_address mapped = v6("::ffff:10.1.2.3");
    const struct access_address other = v6("fd00::7f00:1");
    assert_string_equal(access_text(&mapped, text), "10.1.2.3");
    assert_string_equal(access_text(&other, text), "fd00::7f00:1");
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
        cmocka_unit_test(test_address_is_the_same_by_either_family_and_no_other),
        cmocka_unit_test(test_address_in_words_is_the_family_it_came_by),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
