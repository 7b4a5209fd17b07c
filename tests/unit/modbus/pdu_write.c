/* FC 5, 6, 15, 16, 22, 23. */
#include "slave.h"

static void test_write_single_is_echoed_and_can_be_read(void **state)
{
    static const struct slave_case cases[] = {
        {"05 0001 FF00", "05 0001 FF00"}, {"01 0001 0001", "01 01 01"},     {"05 0001 0000", "05 0001 0000"},
        {"01 0001 0001", "01 01 00"},     {"06 0003 BEEF", "06 0003 BEEF"}, {"03 0003 0001", "03 02 BEEF"},
    };
    SLAVE_EXPECT_ALL(*state, cases);
}

static void test_write_single_coil_of_another_value_is_03_before_its_address(void **state)
{
    static const struct slave_case cases[] = {
        {"05 0001 0001", "85 03"}, {"05 0001 FF01", "85 03"}, {"05 0001 FFFF", "85 03"},    {"05 FFFF 0100", "85 03"},
        {"05 000A FF00", "85 02"}, {"05 0001 FF", "85 03"},   {"01 0001 0001", "01 01 00"},
    };
    SLAVE_EXPECT_ALL(*state, cases);
}

static void test_write_single_register_where_none_can_be_written_is_02(void **state)
{
    static const struct slave_case cases[] = {
        {"06 000A 0001", "86 02"},
        {"06 001E 0001", "86 02"},
        {"06 FFFF 0001", "86 02"},
        {"06 0001 00", "86 03"},
    };
    SLAVE_EXPECT_ALL(*state, cases);
}

static void test_write_beyond_a_blocks_bounds_is_04(void **state)
{
    static const struct slave_case cases[] = {
        {"06 0014 0009", "06 0014 0009"},  {"06 0014 000A", "86 04"},
        {"10 0014 0001 02 0000", "90 04"}, {"16 0014 FFFF 0000", "16 0014 FFFF 0000"}, /* unchanged: allowed */
        {"16 0014 0000 0010", "96 04"},    {"03 0014 0001", "03 02 0009"},
    };
    SLAVE_EXPECT_ALL(*state, cases);
}

static void test_write_multiple_is_answered_with_its_span(void **state)
{
    static const struct slave_case cases[] = {
        {"0F 0000 000A 02 AA FE", "0F 0000 000A"}, /* bits beyond the quantity count nothing */
        {"01 0000 000A", "01 02 AA 02"},
        {"0F 0003 0001 01 00", "0F 0003 0001"},
        {"01 0003 0001", "01 01 00"},
        {"10 0000 0002 04 0A0B 0C0D", "10 0000 0002"},
        {"03 0000 0003", "03 06 0A0B 0C0D 1002"},
    };
    SLAVE_EXPECT_ALL(*state, cases);
}

static void test_write_multiple_whose_quantity_or_bytes_do_not_fit_is_03_before_its_address(void **state)
{
    static const struct slave_case cases[] = {
        {"0F 0000 0000 00", "8F 03"},         {"0F 0000 0000 00 00", "8F 03"},   {"0F 0000 0009 01 FF", "8F 03"},
        {"0F 0000 0008 02 FF FF", "8F 03"},   {"0F 0000 0008 01", "8F 03"},      {"0F 0000 0008 01 FF FF", "8F 03"},
        {"0F FFFF 07B1 F7 00", "8F 03"},      {"0F FFFF 0008 02 FF", "8F 03"},   {"10 0000 0000 00", "90 03"},
        {"10 0000 0001 03 0000 00", "90 03"}, {"10 0000 0002 02 0000", "90 03"}, {"10 0000 0001 02 00", "90 03"},
        {"10 0000 0001 02 0000 00", "90 03"}, {"10 FFFF 007C F8 0000", "90 03"}, {"10 0000", "90 03"},
        {"03 0000 0001", "03 02 1000"},
    };
    SLAVE_EXPECT_ALL(*state, cases);
}

static void test_write_multiple_over_a_gap_changes_nothing(void **state)
{
    static const struct slave_case cases[] = {
        {"0F 0009 0002 01 03", "8F 02"},        {"01 0009 0001", "01 01 00"},   {"10 0009 0002 04 0000 0000", "90 02"},
        {"10 FFFF 0002 04 0000 0000", "90 02"}, {"03 0009 0001", "03 02 1009"},
    };
    SLAVE_EXPECT_ALL(*state, cases);
}

/* 6.16's own example among them: current 0x12, AND 0xF2, OR 0x25 gives 0x17. */
static void test_mask_write_combines_as_the_clause_says(void **state)
{
    static const struct slave_case cases[] = {
        {"06 0004 0012", "06 0004 0012"}, {"16 0004 00F2 0025", "16 0004 00F2 0025"},
        {"03 0004 0001", "03 02 0017"},   {"16 0004 0000 ABCD", "16 0004 0000 ABCD"}, /* OR mask alone */
        {"03 0004 0001", "03 02 ABCD"},   {"16 0004 FFFF 1234", "16 0004 FFFF 1234"}, /* nothing */
        {"03 0004 0001", "03 02 ABCD"},
    };
    SLAVE_EXPECT_ALL(*state, cases);
}

static void test_mask_write_elsewhere_is_02_and_of_another_length_03(void **state)
{
    static const struct slave_case cases[] = {
        {"16 000A 0000 0000", "96 02"}, {"16 001E 0000 0000", "96 02"},    {"16 FFFF 0000 0000", "96 02"},
        {"16 0004 0000 00", "96 03"},   {"16 0004 0000 0000 00", "96 03"},
    };
    SLAVE_EXPECT_ALL(*state, cases);
}

static void test_read_write_writes_first_and_reads_what_it_wrote(void **state)
{
    static const struct slave_case cases[] = {
        {"17 0000 0003 0001 0002 04 AAAA BBBB", "17 06 1000 AAAA BBBB"},
        {"17 001E 0001 0000 0001 02 0001", "17 02 0007"}, /* what cannot be written can be read */
        {"03 0000 0001", "03 02 0001"},
    };
    SLAVE_EXPECT_ALL(*state, cases);
}

static void test_read_write_of_a_wrong_quantity_is_03_before_any_address(void **state)
{
    static const struct slave_case cases[] = {
        {"17 FFFF 0000 FFFF 0001 02 0000", "97 03"}, {"17 FFFF 007E 0000 0001 02 0000", "97 03"},
        {"17 0000 0001 0000 0000 00", "97 03"},      {"17 0000 0001 0000 0000 00 0000", "97 03"},
        {"17 0000 0001 0000 007A F4 0000", "97 03"}, {"17 0000 0001 0000 0001 03 0000", "97 03"},
        {"17 0000 0001 0000 0001 02 00", "97 03"},   {"17 0000 0001 0000 0001 02 0000 00", "97 03"},
    };
    SLAVE_EXPECT_ALL(*state, cases);
}

static void test_read_write_with_either_span_wrong_writes_nothing(void **state)
{
    static const struct slave_case cases[] = {
        {"17 000A 0001 0000 0001 02 FFFF", "97 02"},
        {"17 0000 0001 0009 0002 04 FFFF FFFF", "97 02"},
        {"17 0000 0001 001E 0001 02 FFFF", "97 02"},
        {"17 0000 0001 0014 0001 02 FFFF", "97 04"},
        {"03 0000 000A", "03 14 1000 1001 1002 1003 1004 1005 1006 1007 1008 1009"},
    };
    SLAVE_EXPECT_ALL(*state, cases);
}

static void test_write_by_a_peer_that_may_only_read_is_01_and_noted(void **state)
{
    struct slave *slave = *state;
    static const struct slave_case cases[] = {
        {"05 0001 FF00", "85 01"},
        {"06 0003 BEEF", "86 01"},
        {"0F 0000 0001 01 00", "8F 01"},
        {"10 0000 0001 02 0000", "90 01"},
        {"16 0004 0000 0000", "96 01"},
        {"17 0000 0001 0000 0001 02 0000", "97 01"},
        {"06", "86 01"},
        {"15 09 06 0001 0000 0001 0000", "95 01"},
        {"03 0003 0001", "03 02 1003"},
        {"14 07 06 0001 0000 0001", "14 04 03 06 3000"},
    };
    const struct mbp_refusal *refusals;
    slave->context.permit = &mbp_permits[MBP_ALLOW_READ];
    SLAVE_EXPECT_ALL(slave, cases);
    assert_int_equal(mbp_image_latch_refusals(slave->image, &refusals), 6); /* by address */
    assert_int_equal(refusals[0].exception, MBP_EX_ILLEGAL_FUNCTION);
    assert_int_equal(refusals[0].peer, 0x7F000001);
}

static void test_refused_write_notes_where_it_would_have_written_and_what(void **state)
{
    static const struct {
        const char *request;
        unsigned table, addr, value;
    } cases[] = {
        {"05 0001 FF00", MBP_COILS, 1, 1},
        {"06 0003 BEEF", MBP_HOLDING_REGISTERS, 3, 0xBEEF},
        {"0F 0002 0002 01 03", MBP_COILS, 2, 1},
        {"10 0004 0002 04 1234 5678", MBP_HOLDING_REGISTERS, 4, 0x1234},
        {"15 09 06 0001 0002 0001 0777", MBP_FILES, 1, 0x0777},
        {"16 0004 FF00 0012", MBP_HOLDING_REGISTERS, 4, 0x0012},
        {"17 0000 0005 0006 0001 02 4321", MBP_HOLDING_REGISTERS, 6, 0x4321}, /* not where it reads */
        {"17 0000", MBP_HOLDING_REGISTERS, 0, 0},                             /* too short to say */
    };
    struct slave *slave = *state;
    slave->context.permit = &mbp_permits[MBP_ALLOW_READ];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct mbp_refusal *refusals;
        slave_ask(slave, cases[i].request);
        assert_int_equal(mbp_image_latch_refusals(slave->image, &refusals), 1);
        assert_int_equal(refusals[0].table, cases[i].table);
        assert_int_equal(refusals[0].addr, cases[i].addr);
        assert_int_equal(refusals[0].value, cases[i].value);
    }
}

static void test_write_refused_for_its_address_is_noted(void **state)
{
    static const struct slave_case cases[] = {
        {"15 09 06 0007 0000 0001 0042", "95 02"},
        {"17 FFFF 0001 0006 0001 02 4321", "97 02"},
    };
    struct slave *slave = *state;
    const struct mbp_refusal *refusals;
    SLAVE_EXPECT_ALL(slave, cases);
    assert_int_equal(mbp_image_latch_refusals(slave->image, &refusals), 2);
    assert_int_equal(refusals[0].table, MBP_FILES);
    assert_int_equal(refusals[0].addr, 7);
    assert_int_equal(refusals[1].addr, 6);
    assert_int_equal(refusals[1].exception, MBP_EX_ILLEGAL_DATA_ADDRESS);
}

static void test_write_by_a_peer_that_may_operate_is_of_coils_alone(void **state)
{
    struct slave *slave = *state;
    static const struct slave_case cases[] = {
        {"05 0001 FF00", "05 0001 FF00"},
        {"0F 0000 0001 01 00", "0F 0000 0001"},
        {"06 0003 BEEF", "86 01"},
        {"10 0000 0001 02 0000", "90 01"},
    };
    slave->context.permit = &mbp_permits[MBP_ALLOW_OPERATE];
    SLAVE_EXPECT_ALL(slave, cases);
}

/* A wire fault stands instead of the request: nothing of it is done, whatever the function. */
static void test_request_with_an_exception_instead_is_not_executed_and_noted(void **state)
{
    static const struct slave_case cases[] = {
        {"05 0001 FF00", "85 06"},
        {"06 0003 BEEF", "86 06"},
        {"0F 0000 0001 01 00", "8F 06"},
        {"10 0000 0001 02 0000", "90 06"},
        {"15 09 06 0001 0000 0001 0000", "95 06"},
        {"16 0004 0000 0000", "96 06"},
        {"17 0000 0001 0000 0001 02 0000", "97 06"},
        {"08 0004 0000", "88 06"}, /* nor does it become a listener */
        {"03 0000 0001", "83 06"},
        {"63", "E3 06"},
    };
    static const struct slave_case after[] = {
        {"01 0000 0002", "01 01 01"},
        {"03 0000 0005", "03 0A 1000 1001 1002 1003 1004"},
        {"14 07 06 0001 0000 0001", "14 04 03 06 3000"},
    };
    struct slave *slave = *state;
    const struct mbp_refusal *refusals;
    const struct mbp_written *written;
    struct mbp_written lost;
    slave->context.instead = MBP_EX_SERVER_DEVICE_BUSY;
    SLAVE_EXPECT_ALL(slave, cases);
    slave->context.instead = 128; /* any code that a file gives */
    slave_expect(slave, "06 0003 BEEF", "86 80");
    slave->context.instead = 0;
    SLAVE_EXPECT_ALL(slave, after);
    assert_int_equal(mbp_image_latch_written(slave->image, &written, &lost), 0);
    /* By address, who would listen only too; code 128. */
    assert_int_equal(mbp_image_latch_refusals(slave->image, &refusals), 8);
    assert_int_equal(refusals[0].exception, MBP_EX_SERVER_DEVICE_BUSY);
    assert_int_equal(refusals[7].exception, 128);
}

static void test_peer_that_may_do_nothing_is_refused_everything(void **state)
{
    struct slave *slave = *state;
    static const struct slave_case cases[] = {
        {"01 0000 0001", "81 01"}, {"03 0000 0001", "83 01"}, {"14 07 06 0001 0000 0001", "94 01"},
        {"18 0005", "98 01"},      {"2B 0E 01 00", "AB 01"},  {"08 0000 1234", "88 01"},
        {"06 0003 BEEF", "86 01"}, {"11", "91 01"},           {"05 0001 FF00", "85 01"},
    };
    slave->context.permit = &mbp_permits[MBP_ALLOW_NONE];
    SLAVE_EXPECT_ALL(slave, cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SLAVE_TEST(test_write_single_is_echoed_and_can_be_read),
        SLAVE_TEST(test_request_with_an_exception_instead_is_not_executed_and_noted),
        SLAVE_TEST(test_peer_that_may_do_nothing_is_refused_everything),
        SLAVE_TEST(test_write_single_coil_of_another_value_is_03_before_its_address),
        SLAVE_TEST(test_write_single_register_where_none_can_be_written_is_02),
        SLAVE_TEST(test_write_beyond_a_blocks_bounds_is_04),
        SLAVE_TEST(test_write_multiple_is_answered_with_its_span),
        SLAVE_TEST(test_write_multiple_whose_quantity_or_bytes_do_not_fit_is_03_before_its_address),
        SLAVE_TEST(test_write_multiple_over_a_gap_changes_nothing),
        SLAVE_TEST(test_mask_write_combines_as_the_clause_says),
        SLAVE_TEST(test_mask_write_elsewhere_is_02_and_of_another_length_03),
        SLAVE_TEST(test_read_write_writes_first_and_reads_what_it_wrote),
        SLAVE_TEST(test_read_write_of_a_wrong_quantity_is_03_before_any_address),
        SLAVE_TEST(test_read_write_with_either_span_wrong_writes_nothing),
        SLAVE_TEST(test_write_by_a_peer_that_may_only_read_is_01_and_noted),
        SLAVE_TEST(test_refused_write_notes_where_it_would_have_written_and_what),
        SLAVE_TEST(test_write_refused_for_its_address_is_noted),
        SLAVE_TEST(test_write_by_a_peer_that_may_operate_is_of_coils_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
