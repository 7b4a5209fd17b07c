/* A traced exchange names points, gives values in engineering units and says why an exception came. */
#include "mbplant/trace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"

static const char yaml[] = "mbplant: 1\n"
                           "units:\n"
                           "  - id: 1\n"
                           "    machines:\n"
                           "      - name: FILL1\n"
                           "        sensors:\n"
                           "          - {name: TT101, kind: temperature, unit: °C, range: [0, 150], max: 85,\n"
                           "             register: {type: int16, scale: 0.1}}\n"
                           "          - {name: PT101, kind: pressure, unit: bar, range: [0, 10], inject: reject,\n"
                           "             register: {type: float32, order: CDAB}}\n"
                           "    tables:\n"
                           "      holding_registers: [{at: 100, values: [7, 8]}]\n";

struct traced {
    struct mbp_plant *plant;
    struct mbp_trace *trace;
    FILE *out;
    char *text;
    size_t len;
};

/* In place: the stream keeps the addresses of text and len. */
static void open_trace(struct traced *traced)
{
    traced->plant = fixture_plant(yaml);
    traced->out = open_memstream(&traced->text, &traced->len);
    assert_non_null(traced->out);
    assert_int_equal(mbp_trace_new(traced->plant, traced->out, &traced->trace), MBP_OK);
}

static void close_trace(struct traced *traced)
{
    mbp_trace_free(traced->trace);
    fclose(traced->out);
    free(traced->text);
    mbp_plant_free(traced->plant);
}

static const uint8_t local[16] = {[10] = 0xFF, 0xFF, 127, 0, 0, 1};

/* Traces one exchange and checks the two lines, less the peer in front. */
static void expect(const uint8_t *request, size_t request_len, const uint8_t *response, size_t response_len,
                   const struct mbp_fault *fault, const char *lines)
{
    struct traced traced;
    open_trace(&traced);
    const struct mbp_exchange exchange = {.address = local,
                                          .peer_port = 4711,
                                          .transaction = 9,
                                          .unit = 1,
                                          .request = request,
                                          .request_len = request_len,
                                          .response = response,
                                          .response_len = response_len,
                                          .fault = fault};
    char expected[512];
    mbp_trace_exchange(traced.trace, &exchange);
    fflush(traced.out);
    snprintf(expected, sizeof expected, "127.0.0.1:4711 #9 unit 1 > %s\n", lines);
    assert_string_equal(traced.text, expected);
    close_trace(&traced);
}

static void test_read_of_named_points_gives_values_with_units(void **state)
{
    (void)state;
    /* 65.2 °C as int16 x 0.1, then 3.5 as float32 in the order CDAB. */
    const uint8_t request[] = {3, 0, 0, 0, 3};
    const uint8_t response[] = {3, 6, 0x02, 0x8C, 0x00, 0x00, 0x40, 0x60};
    expect(request, sizeof request, response, sizeof response, NULL,
           "FC 3 Read Holding Registers HR 0-2 (40001-40003)\n    < TT101 = 65.2 °C, PT101 = 3.5 bar");
}

static void test_half_of_a_point_is_shown_as_a_register(void **state)
{
    (void)state;
    const uint8_t request[] = {3, 0, 1, 0, 1};
    const uint8_t response[] = {3, 2, 0x01, 0x02};
    expect(request, sizeof request, response, sizeof response, NULL,
           "FC 3 Read Holding Registers HR 1 (40002)\n    < HR 1 = 258");
}

static void test_write_shows_the_value_in_the_request(void **state)
{
    (void)state;
    const uint8_t request[] = {6, 0, 0, 0x03, 0x98};
    expect(request, sizeof request, request, sizeof request, NULL,
           "FC 6 Write Single Register HR 0 (40001): TT101 = 92.0 °C\n    < done");
}

static void test_coil_write_names_the_command(void **state)
{
    (void)state;
    const uint8_t request[] = {5, 0, 2, 0xFF, 0x00};
    expect(request, sizeof request, request, sizeof request, NULL,
           "FC 5 Write Single Coil coil 2 (00003): FILL1.maintenance = on\n    < done");
}

/* The whole second line, from the request's bytes and the exception's code. */
static void reason(const char *hex, uint8_t code, const char *line)
{
    uint8_t request[64] = {0};
    size_t len = 0;
    for (unsigned byte = 0; sscanf(hex + 2 * len, "%2x", &byte) == 1; len++)
        request[len] = (uint8_t)byte;
    const uint8_t response[] = {request[0] | 0x80u, code};
    const struct mbp_exchange exchange = {.address = local,
                                          .unit = 1,
                                          .request = request,
                                          .request_len = len,
                                          .response = response,
                                          .response_len = sizeof response};
    struct traced traced;
    open_trace(&traced);
    mbp_trace_exchange(traced.trace, &exchange);
    fflush(traced.out);
    const char *told = strstr(traced.text, "< exception ");
    assert_non_null(told);
    if (strstr(told, line) == NULL)
        fail_msg("%s: '%s' is not in '%s'", hex, line, told);
    close_trace(&traced);
}

static void test_rule_that_a_request_breaks_is_the_reason_of_exceptions(void **state)
{
    (void)state;
    reason("0300000000", 3, "03 illegal data value: a quantity of 0, allowed are 1 to 125");
    reason("01000007D1", 3, "a quantity of 2001, allowed are 1 to 2000");
    reason("030000", 3, "the request has 3 bytes, function 3 has 5");
    reason("03", 3, "the request has 1 bytes, function 3 has 5");
    reason("0500000001", 3, "a coil is written FF00 or 0000, not 0001");
    reason("060000000000", 3, "the request has 6 bytes, function 6 has 5");
    reason("0F0000000302FF", 3, "a byte count of 2, a quantity of 3 has 1");
    reason("0F00000003", 3, "the request has 5 bytes, function 15 has more than 6");
    reason("1000000002040001", 3, "2 bytes of data, the byte count says 4");
    reason("170000007E00000001020000", 3, "a read quantity of 126, allowed are 1 to 125");
    reason("17000000010000007A020000", 3, "a write quantity of 122, allowed are 1 to 121");
    reason("0800020001", 3, "the sub-function does not take this data");
    reason("1406", 3, "byte count and groups do not fit each other");
    reason("180000", 3, "more than 31 values are in the queue");
    reason("2B0E0500", 3, "access 5, allowed are 1 to 4");
    reason("2B0E01", 3, "the request has 3 bytes, MEI type 14 has 4");
    reason("2B0D0000", 1, "01 illegal function: MEI type 13 is not served, only 14");
    reason("0800050000", 1, "sub-function 5 is not served");
    reason("07", 1, "function 7 is not served while serial_functions is off");
    reason("5A", 1, "function 90 is not served");
    reason("0600000001", 1, "function 6 is not served to this peer");
    reason("0300000001", 11, "0B gateway target device failed to respond: there is no unit 1 behind this port");
}

static void test_undeclared_address_is_the_reason_of_exception_02(void **state)
{
    (void)state;
    const uint8_t request[] = {3, 0, 101, 0, 2};
    const uint8_t response[] = {0x83, 2};
    expect(request, sizeof request, response, sizeof response, NULL,
           "FC 3 Read Holding Registers HR 101-102 (40102-40103)\n    < exception 02 illegal data address: nobody "
           "declared HR 102; mbplantctl map shows what is there");
}

static void test_hole_in_a_block_is_the_reason_of_a_write_alone(void **state)
{
    (void)state;
    const uint8_t read[] = {1, 0, 6, 0, 3}; /* two holes, and behind them nothing */
    const uint8_t write[] = {5, 0, 6, 0xFF, 0};
    const uint8_t refused[][2] = {{0x81, 2}, {0x85, 2}};
    expect(read, sizeof read, refused[0], sizeof refused[0], NULL,
           "FC 1 Read Coils coil 6-8 (00007-00009)\n    < exception 02 illegal data address: nobody declared coil 8; "
           "mbplantctl map shows what is there");
    expect(
        write, sizeof write, refused[1], sizeof refused[1], NULL,
        "FC 5 Write Single Coil coil 6 (00007): coil 6 = on\n    < exception 02 illegal data address: coil 6 is a hole "
        "in a block: it reads 0, and cannot be written");
}

static void test_read_only_point_is_the_reason_of_exception_02(void **state)
{
    (void)state;
    const uint8_t request[] = {6, 0, 1, 0, 0};
    const uint8_t response[] = {0x86, 2};
    expect(
        request, sizeof request, response, sizeof response, NULL,
        "FC 6 Write Single Register HR 1 (40002): HR 1 = 0\n    < exception 02 illegal data address: PT101 (HR 1) is "
        "read-only");
}

static void test_wire_fault_is_named(void **state)
{
    (void)state;
    const struct mbp_fault fault = {.name = "slow"};
    const uint8_t request[] = {3, 0, 100, 0, 1};
    const uint8_t response[] = {3, 2, 0, 7};
    expect(request, sizeof request, response, sizeof response, &fault,
           "FC 3 Read Holding Registers HR 100 (40101)\n    < HR 100 = 7  [wire fault 'slow']");
}

static void test_wire_fault_that_stands_instead_of_the_request_is_said(void **state)
{
    (void)state;
    const struct mbp_fault fault = {.name = "no6", .kind = MBP_FAULT_EXCEPTION};
    const uint8_t request[] = {6, 0, 100, 0, 1};
    const uint8_t response[] = {0x86, 1};
    expect(request, sizeof request, response, sizeof response, &fault,
           "FC 6 Write Single Register HR 100 (40101): HR 100 = 1\n    < exception 01 illegal function: not executed  "
           "[wire fault 'no6']");
}

static void test_limit_that_is_unused_is_off(void **state)
{
    (void)state;
    const uint8_t request[] = {3, 0x03, 0xE8, 0, 4};
    const uint8_t response[] = {3, 8, 0x80, 0, 0x80, 0, 0x03, 0x52, 0x80, 0};
    expect(request, sizeof request, response, sizeof response, NULL,
           "FC 3 Read Holding Registers HR 1000-1003 (41001-41004)\n    < TT101.low_low.limit = off, TT101.low.limit = "
           "off, "
           "TT101.high.limit = 85.0 °C, TT101.high_high.limit = off");
}

static void test_functions_on_no_table_are_told_in_words(void **state)
{
    (void)state;
    const uint8_t read_file[] = {20, 14, 6, 0, 1, 0, 0, 0, 2, 6, 0, 2, 0, 9, 0, 1};
    const uint8_t records[] = {20, 10, 5, 6, 0, 7, 1, 0, 3, 6, 0, 9};
    expect(read_file, sizeof read_file, records, sizeof records, NULL,
           "FC 20 Read File Record file 1 records 0-1, file 2 records 9-9\n    < 7, 256; 9");
    const uint8_t read_plant[] = {20, 14, 6, 0x03, 0x84, 0, 0, 0, 2, 6, 0x03, 0xE8, 0, 20, 0, 1};
    expect(read_plant, sizeof read_plant, records, sizeof records, NULL,
           "FC 20 Read File Record file 900 records 0-1 of the plant file, file 1000 records 20-20 of the journal\n"
           "    < 2 registers; 1 register");
    const uint8_t write_file[] = {21, 9, 6, 0, 4, 0, 7, 0, 1, 0x12, 0x34};
    expect(write_file, sizeof write_file, write_file, sizeof write_file, NULL,
           "FC 21 Write File Record file 4 records 7-7 = 4660\n    < done");
    const uint8_t queue[] = {24, 0, 9};
    const uint8_t queued[] = {24, 0, 6, 0, 2, 0x01, 0xB8, 0x12, 0x84};
    expect(queue, sizeof queue, queued, sizeof queued, NULL,
           "FC 24 Read FIFO Queue queue at 9\n    < 2 values: 440, 4740");
    const uint8_t identify[] = {43, 14, 1, 0};
    const uint8_t identity[] = {43, 14, 1, 0x81, 0xFF, 1, 1, 0, 2, 'M', 'B'};
    expect(identify, sizeof identify, identity, sizeof identity, NULL,
           "FC 43 Encapsulated Interface Transport Read Device Identification, basic objects from 0\n"
           "    < 0 = \"MB\", more from object 1");
    const uint8_t diagnose[] = {8, 0, 11, 0, 0};
    const uint8_t count[] = {8, 0, 11, 0, 3};
    expect(diagnose, sizeof diagnose, count, sizeof count, NULL,
           "FC 8 Diagnostics 11 Return Bus Message Count 00 00\n    < 11 Return Bus Message Count 00 03");
}

static void test_bytes_that_are_no_request_are_shown_with_what_became_of_them(void **state)
{
    (void)state;
    struct traced traced;
    const uint8_t http[] = "GET /";
    open_trace(&traced);
    const struct mbp_exchange exchange = {
        .address = local, .peer_port = 4711, .request = http, .request_len = 5, .lost = "no length: closed"};
    mbp_trace_exchange(traced.trace, &exchange);
    fflush(traced.out);
    assert_string_equal(traced.text, "127.0.0.1:4711 > 47 45 54 20 2F\n    < no response: no length: closed\n");
    close_trace(&traced);
}

/* Requests that are cut anywhere must not be read beyond their end; the sanitizer is the judge. */
static void test_any_cut_of_any_request_is_traced(void **state)
{
    (void)state;
    struct traced traced;
    open_trace(&traced);
    const uint8_t whole[] = {0, 0, 0, 0, 4, 0, 0, 0, 2, 4, 1, 2, 3, 4};
    const uint8_t response[] = {0x83, 3};
    for (unsigned function = 0; function < 256; function++) {
        for (size_t len = 1; len <= sizeof whole; len++) {
            uint8_t *request = malloc(len);
            assert_non_null(request);
            memcpy(request, whole, len);
            request[0] = (uint8_t)function;
            struct mbp_exchange exchange = {.address = local,
                                            .unit = (uint8_t)len,
                                            .request = request,
                                            .request_len = len,
                                            .response = response,
                                            .response_len = function % 2 == 0 ? 0 : sizeof response};
            mbp_trace_exchange(traced.trace, &exchange);
            free(request);
        }
    }
    fflush(traced.out);
    assert_true(traced.len > 0);
    close_trace(&traced);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read_of_named_points_gives_values_with_units),
        cmocka_unit_test(test_half_of_a_point_is_shown_as_a_register),
        cmocka_unit_test(test_write_shows_the_value_in_the_request),
        cmocka_unit_test(test_coil_write_names_the_command),
        cmocka_unit_test(test_rule_that_a_request_breaks_is_the_reason_of_exceptions),
        cmocka_unit_test(test_undeclared_address_is_the_reason_of_exception_02),
        cmocka_unit_test(test_hole_in_a_block_is_the_reason_of_a_write_alone),
        cmocka_unit_test(test_read_only_point_is_the_reason_of_exception_02),
        cmocka_unit_test(test_wire_fault_is_named),
        cmocka_unit_test(test_wire_fault_that_stands_instead_of_the_request_is_said),
        cmocka_unit_test(test_limit_that_is_unused_is_off),
        cmocka_unit_test(test_functions_on_no_table_are_told_in_words),
        cmocka_unit_test(test_bytes_that_are_no_request_are_shown_with_what_became_of_them),
        cmocka_unit_test(test_any_cut_of_any_request_is_traced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
