/* The serial line's functions: FC 7, 8, 11, 12, 17, and listen only mode. */
#include "slave.h"

#include <string.h>

static void test_serial_functions_turned_off_are_01(void **state)
{
    struct slave *slave = *state;
    static const struct slave_case cases[] = {
        {"07", "87 01"}, {"08 0000 1234", "88 01"}, {"0B", "8B 01"},
        {"0C", "8C 01"}, {"11", "91 01"},           {"03 0000 0001", "03 02 1000"},
    };
    slave->context.serial = NULL;
    slave->context.listen_only = NULL;
    SLAVE_EXPECT_ALL(slave, cases);
}

static void test_serial_functions_of_another_length_are_03(void **state)
{
    static const struct slave_case cases[] = {
        {"07 00", "87 03"},   {"0B 00", "8B 03"},           {"0C 00", "8C 03"},   {"11 00", "91 03"},
        {"08", "88 03"},      {"08 00", "88 03"},           {"08 0000", "88 03"}, {"08 0000 00", "88 03"},
        {"08 000B", "88 03"}, {"08 000B 0000 00", "88 03"},
    };
    SLAVE_EXPECT_ALL(*state, cases);
}

static void test_exception_status_of_a_unit_tells_its_machines_and_alarms(void **state)
{
    struct slave *slave = *state;
    slave_expect(slave, "07", "07 00"); /* raw tables: nothing to tell, whatever input register 3 holds */
    slave->context.unit = mbp_image_unit(slave->image, 2);
    slave_expect(slave, "07", "07 00");
    static const struct {
        uint16_t addr;
        const char *response;
    } bits[] = {{3, "07 01"}, {4, "07 02"}, {6, "07 04"}, {7, "07 08"}};
    for (size_t i = 0; i < 4; i++) {
        slave->context.unit->input[bits[i].addr] = 2;
        slave_expect(slave, "07", bits[i].response);
        slave->context.unit->input[bits[i].addr] = 0;
    }
}

static void test_diagnostics_echo_comes_back_whatever_its_length(void **state)
{
    static const struct slave_case cases[] = {
        {"08 0000 A537", "08 0000 A537"},
        {"08 0000 A537 0102 0304", "08 0000 A537 0102 0304"},
    };
    SLAVE_EXPECT_ALL(*state, cases);
}

static void test_diagnostics_of_an_unknown_sub_function_is_01_and_of_wrong_data_03(void **state)
{
    static const struct slave_case cases[] = {
        {"08 0005 0000", "88 01"},        {"08 0013 0000", "88 01"},        {"08 0015 0000", "88 01"},
        {"08 FFFF 0000", "88 01"},        {"08 000B 0001", "88 03"},        {"08 0001 0001", "88 03"},
        {"08 000A FF00", "88 03"},        {"08 0004 FF00", "88 03"},        {"08 0002 0000", "08 0002 0000"},
        {"08 000C 0000", "08 000C 0000"}, {"08 0012 0000", "08 0012 0000"},
    };
    SLAVE_EXPECT_ALL(*state, cases);
}

static void test_delimiter_of_ascii_lines_is_echoed(void **state)
{
    static const struct slave_case cases[] = {
        {"08 0003 0D00", "08 0003 0D00"},
        {"08 0003 0000", "08 0003 0000"},
        {"08 0003 000D", "88 03"}, /* the character stands in front */
        {"08 0003 0D", "88 03"},
    };
    SLAVE_EXPECT_ALL(*state, cases);
}

static void test_busy_and_nak_answers_are_counted_each(void **state)
{
    struct slave *slave = *state;
    slave_expect(slave, "08 0010 0000", "08 0010 0000");
    slave_expect(slave, "08 0011 0000", "08 0011 0000");
    slave->context.instead = MBP_EX_SERVER_DEVICE_BUSY;
    slave_expect(slave, "03 0000 0001", "83 06");
    slave_expect(slave, "03 0000 0001", "83 06");
    slave->context.instead = MBP_EX_NEGATIVE_ACKNOWLEDGE;
    slave_expect(slave, "03 0000 0001", "83 07");
    slave->context.instead = 0;
    slave_expect(slave, "08 0010 0000", "08 0010 0001");
    slave_expect(slave, "08 0011 0000", "08 0011 0002");
    slave_expect(slave, "08 000A 0000", "08 000A 0000");
    slave_expect(slave, "08 0010 0000", "08 0010 0000");
    slave_expect(slave, "08 0011 0000", "08 0011 0000");
}

static void test_overrun_counter_is_cleared_by_echo(void **state)
{
    static const struct slave_case cases[] = {
        {"08 0014 0000", "08 0014 0000"}, {"08 0014 0001", "88 03"}, {"08 0012 0000", "08 0012 0000"}};
    SLAVE_EXPECT_ALL(*state, cases);
}

/* Who may only read cannot clear what all peers look at, nor silence what they talk to. */
static void test_clearing_counters_and_listen_only_need_the_right_to_write(void **state)
{
    static const struct slave_case cases[] = {
        {"08 0001 0000", "88 01"}, {"08 0001 FF00", "88 01"},        {"08 000A 0000", "88 01"},
        {"08 0014 0000", "88 01"}, {"08 0000 1234", "08 0000 1234"}, {"08 0003 0A00", "08 0003 0A00"},
        {"08 0004 0000", "88 01"}, {"08 000B 0000", "08 000B 0008"},
    };
    struct slave *slave = *state;
    const struct mbp_refusal *refusals;
    const struct mbp_written *written;
    struct mbp_written lost;
    for (enum mbp_allow allow = MBP_ALLOW_READ; allow <= MBP_ALLOW_OPERATE; allow++) {
        slave->serial = (struct mbp_serial){0};
        slave->context.permit = &mbp_permits[allow];
        SLAVE_EXPECT_ALL(slave, cases);
        assert_int_equal(mbp_image_latch_refusals(slave->image, &refusals), 4); /* by sub-function */
        assert_int_equal(refusals[0].table, MBP_DIAGNOSTICS);
        assert_int_equal(refusals[0].addr, 1);
        assert_int_equal(refusals[0].more, 1);
        assert_int_equal(mbp_image_latch_written(slave->image, &written, &lost), 0);
    }
    slave->context.permit = &mbp_permits[MBP_ALLOW_ALL];
    slave_expect(slave, "08 000A 0000", "08 000A 0000");
    slave_expect(slave, "08 0001 FF00", "08 0001 FF00");
    assert_int_equal(mbp_image_latch_written(slave->image, &written, &lost), 2);
    assert_int_equal(written[0].table, MBP_DIAGNOSTICS);
    assert_int_equal(written[0].addr, 10);
    assert_int_equal(written[0].before, 9); /* messages, with this one */
    assert_int_equal(written[0].peer, 0x7F000001);
    assert_int_equal(written[1].addr, 1);
    assert_int_equal(written[1].value, 0xFF00);
}

/* Each request is counted when it is received: the one that asks counts too. */
static void test_diagnostics_counters_count_messages_and_exceptions(void **state)
{
    static const struct slave_case cases[] = {
        {"03 0000 0001", "03 02 1000"},   {"03 FFFF 0001", "83 02"},        {"03 FFFF 0001", "83 02"},
        {"08 000B 0000", "08 000B 0004"}, {"08 000D 0000", "08 000D 0002"}, {"08 000E 0000", "08 000E 0006"},
        {"08 000F 0000", "08 000F 0000"}, {"08 000A 0000", "08 000A 0000"}, /* cleared */
        {"08 000D 0000", "08 000D 0000"}, {"08 000B 0000", "08 000B 0002"},
    };
    SLAVE_EXPECT_ALL(*state, cases);
}

static void test_event_counter_counts_what_succeeded_but_itself(void **state)
{
    static const struct slave_case cases[] = {
        {"0B", "0B 0000 0000"},    {"0B", "0B 0000 0000"},           {"03 0000 0001", "03 02 1000"},
        {"03 FFFF 0001", "83 02"}, {"06 0000 0001", "06 0000 0001"}, {"0B", "0B 0000 0002"},
    };
    SLAVE_EXPECT_ALL(*state, cases);
}

static void test_event_log_gives_its_bytes_newest_first(void **state)
{
    static const struct slave_case cases[] = {
        {"03 0000 0001", "03 02 1000"}, /* 80 received, 40 sent */
        {"03 FFFF 0001", "83 02"},      /* 80, 41 sent with exception 1..3 */
        {"06 0014 FFFF", "86 04"},      /* 80, 42 */
        /* status, events 1, messages 4, then: 80 received (this one), 42 80 41 80 40 80 */
        {"0C", "0C 0D 0000 0001 0004 80 42 80 41 80 40 80"},
    };
    SLAVE_EXPECT_ALL(*state, cases);
}

static void test_event_log_holds_the_newest_64(void **state)
{
    struct slave *slave = *state;
    for (int i = 0; i < 100; i++)
        slave_ask(slave, "03 0000 0001");
    slave_ask(slave, "0C");
    assert_int_equal(slave->response_len, 8 + 64);
    assert_int_equal(slave->response[1], 6 + 64);
    for (int i = 0; i < 64; i++)
        assert_int_equal(slave->response[8 + i], i % 2 == 0 ? 0x80 : 0x40);
}

static void test_report_server_id_is_the_unit_running_and_its_names(void **state)
{
    struct slave *slave = *state;
    slave_expect(slave, "11", "11 0E 01 FF 41434D45 20 5031 20 56312E30");
    slave->context.unit = mbp_image_unit(slave->image, 2);
    slave_expect(slave, "11", "11 0E 02 FF 41434D45 20 5031 20 56312E30");
}

static void test_report_server_id_of_long_names_is_cut_to_a_pdu(void **state)
{
    struct slave *slave = *state;
    char text[301];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    slave->identity.object[0] = text;
    slave_ask(slave, "11");
    assert_int_equal(slave->response_len, MBP_PDU_MAX);
    assert_int_equal(slave->response[1], MBP_PDU_MAX - 2);
}

static void test_listen_only_answers_and_does_nothing_until_the_restart(void **state)
{
    struct slave *slave = *state;
    static const struct slave_case cases[] = {
        {"08 0004 0000", ""}, /* enters, without an answer */
        {"03 0000 0001", ""},           {"06 0000 BEEF", ""}, {"08 0000 1234", ""}, {"08 000A 0000", ""},
        {"08 0004 0000", ""},           {"63", ""},           {"08 0001 0000", ""}, /* ends it, without an answer too */
        {"03 0000 0001", "03 02 1000"},                                             /* nothing was written */
    };
    SLAVE_EXPECT_ALL(slave, cases);
    assert_false(slave->listen_only);
}

static void test_listen_only_counts_what_it_does_not_answer(void **state)
{
    struct slave *slave = *state;
    slave_expect(slave, "08 0004 0000", "");
    for (int i = 0; i < 5; i++)
        slave_ask(slave, "03 0000 0001");
    assert_int_equal(slave->serial.bus_messages, 6);
    assert_int_equal(slave->serial.server_messages, 1); /* a listener processes none */
    assert_int_equal(slave->serial.no_responses, 6);
    assert_int_equal(slave->serial.event_count, 0);
}

static void test_restart_clears_the_counters_and_on_demand_the_log(void **state)
{
    struct slave *slave = *state;
    slave_ask(slave, "03 FFFF 0001");
    slave_expect(slave, "08 0001 0000", "08 0001 0000");
    assert_int_equal(slave->serial.exceptions, 0);
    assert_true(slave->serial.logged > 3); /* kept */
    slave_expect(slave, "08 0001 FF00", "08 0001 FF00");
    assert_int_equal(slave->serial.logged, 2); /* the restart (00), and its answer sent (40) */
    assert_int_equal(slave->serial.log[0], 0x00);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SLAVE_TEST(test_serial_functions_turned_off_are_01),
        SLAVE_TEST(test_serial_functions_of_another_length_are_03),
        SLAVE_TEST(test_exception_status_of_a_unit_tells_its_machines_and_alarms),
        SLAVE_TEST(test_diagnostics_echo_comes_back_whatever_its_length),
        SLAVE_TEST(test_diagnostics_of_an_unknown_sub_function_is_01_and_of_wrong_data_03),
        SLAVE_TEST(test_delimiter_of_ascii_lines_is_echoed),
        SLAVE_TEST(test_busy_and_nak_answers_are_counted_each),
        SLAVE_TEST(test_overrun_counter_is_cleared_by_echo),
        SLAVE_TEST(test_clearing_counters_and_listen_only_need_the_right_to_write),
        SLAVE_TEST(test_diagnostics_counters_count_messages_and_exceptions),
        SLAVE_TEST(test_event_counter_counts_what_succeeded_but_itself),
        SLAVE_TEST(test_event_log_gives_its_bytes_newest_first),
        SLAVE_TEST(test_event_log_holds_the_newest_64),
        SLAVE_TEST(test_report_server_id_is_the_unit_running_and_its_names),
        SLAVE_TEST(test_report_server_id_of_long_names_is_cut_to_a_pdu),
        SLAVE_TEST(test_listen_only_answers_and_does_nothing_until_the_restart),
        SLAVE_TEST(test_listen_only_counts_what_it_does_not_answer),
        SLAVE_TEST(test_restart_clears_the_counters_and_on_demand_the_log),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
