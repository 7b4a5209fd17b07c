/* Any request is the same one in each form of frame, and so is any answer. MBP_REQUESTS says how many are tried. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "slave.h"

#define USUAL 20000u

static uint64_t drawn;

static unsigned draw(unsigned below)
{
    return (unsigned)(mbp_rng_bits(7, 0, drawn++) % below);
}

static unsigned how_many(void)
{
    const char *text = getenv("MBP_REQUESTS");
    return text != NULL ? (unsigned)strtoul(text, NULL, 10) : USUAL;
}

/* Half of them well formed, half with a length or bytes of their own. */
static size_t draw_request(uint8_t *pdu)
{
    static const uint8_t functions[] = {1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 15, 16, 17, 20, 21, 22, 23, 24, 43, 65, 100};
    pdu[0] = functions[draw(sizeof functions)];
    for (size_t i = 1; i < MBP_PDU_MAX; i++)
        pdu[i] = (uint8_t)(draw(3) == 0 ? draw(256) : draw(2) * (i % 2 == 0) * draw(12));
    const struct mbp_function *function = mbp_function(pdu[0]);
    if (function->bytes_at != 0 && draw(2) == 0)
        pdu[function->bytes_at] = (uint8_t)mbp_function_data_len(function, pdu[function->write.count_at + 1]);
    size_t len = function->name != NULL ? mbp_function_length(function->request, pdu, MBP_PDU_MAX) : 3;
    return draw(2) == 0 && len <= MBP_PDU_MAX ? len : 1 + draw(MBP_PDU_MAX);
}

static void expect(const struct mbp_frame *frame, uint8_t unit, const uint8_t *pdu, size_t len)
{
    assert_int_equal(frame->kind, MBP_FRAME_REQUEST);
    assert_int_equal(frame->unit, unit);
    assert_int_equal(frame->pdu_len, len);
    assert_memory_equal(frame->pdu, pdu, len);
}

static void put_mbap(uint8_t *adu, uint8_t unit, const uint8_t *pdu, size_t len)
{
    const uint8_t header[MBP_MBAP_LEN] = {1, 2, 0, 0, 0, (uint8_t)(len + 1), unit};
    memcpy(adu, header, sizeof header);
    memcpy(adu + MBP_MBAP_LEN, pdu, len);
}

/* The PDU from each form; they are one and the same. */
static void check_forms(uint8_t unit, const uint8_t *pdu, size_t len, bool reply)
{
    struct mbp_frame (*parse_rtu)(const uint8_t *, size_t, bool) = reply ? mbp_rtu_parse_reply : mbp_rtu_parse;
    uint8_t mbap[MBP_ADU_MAX];
    uint8_t rtu[MBP_RTU_MAX];
    uint8_t ascii[MBP_ASCII_MAX];
    uint8_t adu[MBP_ADU_MAX];
    put_mbap(mbap, unit, pdu, len);
    struct mbp_frame frame = mbp_mbap_parse(mbap, MBP_MBAP_LEN + len);
    expect(&frame, unit, pdu, len);
    rtu[0] = unit;
    ascii[0] = unit;
    memcpy(rtu + 1, pdu, len);
    memcpy(ascii + 1, pdu, len);
    size_t rtu_len = mbp_rtu_seal(rtu, len);
    frame = parse_rtu(rtu, rtu_len, true);
    expect(&frame, unit, pdu, len);
    const struct mbp_function *function = mbp_function(pdu[0]);
    const uint8_t *fields = reply ? function->response : function->request;
    if (function->name != NULL && mbp_function_length(fields, pdu, len) == len) {
        frame = parse_rtu(rtu, rtu_len, false);
        expect(&frame, unit, pdu, len);
    }
    size_t ascii_len = mbp_ascii_seal(ascii, len);
    assert_int_equal(ascii_len, 7 + 2 * len);
    frame = mbp_ascii_parse(ascii, ascii_len, false, adu);
    expect(&frame, unit, pdu, len);
}

static void test_request_and_answer_are_the_same_in_every_form(void **state)
{
    struct slave *slave = *state;
    unsigned count = how_many();
    unsigned answered = 0;
    for (unsigned i = 0; i < count; i++) {
        uint8_t request[MBP_PDU_MAX];
        size_t len = draw_request(request);
        uint8_t unit = (uint8_t)draw(256);
        check_forms(unit, request, len, false);
        size_t response_len = mbp_pdu_respond(&slave->context, request, len, slave->response);
        if (response_len == 0)
            continue;
        check_forms(unit, slave->response, response_len, true);
        answered += slave->response[0] < 128;
    }
    assert_true(answered > count / 20); /* not exceptions alone */
}

int main(void)
{
    const struct CMUnitTest tests[] = {SLAVE_TEST(test_request_and_answer_are_the_same_in_every_form)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
