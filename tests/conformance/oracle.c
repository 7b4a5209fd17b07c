/* conformance.libmodbus: thousands of random valid requests, answered by mbp_pdu_respond and by libmodbus's own
 * modbus_reply on equal tables. Reply and tables must be the same, byte for byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <modbus/modbus.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mbplant/modbus.h"

#define POINTS   3000u /* in each table: more than any request covers */
#define REQUESTS 20000u
#define SEED     2023u

static const char plant_text[] = "mbplant: 1\n"
                                 "name: Oracle\n"
                                 "units:\n"
                                 "  - id: 1\n"
                                 "    tables:\n"
                                 "      coils: [{at: 0, count: 3000}]\n"
                                 "      discrete_inputs: [{at: 0, count: 3000}]\n"
                                 "      holding_registers: [{at: 0, count: 3000}]\n"
                                 "      input_registers: [{at: 0, count: 3000}]\n";

struct both {
    struct mbp_plant *plant;
    struct mbp_image *image;
    struct mbp_pdu_context ours;
    modbus_t *libmodbus;
    modbus_mapping_t *theirs;
    int server, client; /* the two ends of libmodbus's connection */
    uint64_t drawn;
};

/* A number below limit, the same ones in each run. */
static uint16_t draw(struct both *both, uint32_t limit)
{
    return (uint16_t)(mbp_rng_bits(SEED, 0, both->drawn++) % limit);
}

/* Mostly small, so that requests overlap, sometimes anything up to the function's maximum. */
static uint16_t draw_count(struct both *both, uint16_t maximum)
{
    uint16_t most = draw(both, 4) == 0 ? maximum : 20;
    return (uint16_t)(1u + draw(both, most));
}

static uint16_t draw_addr(struct both *both, uint16_t count)
{
    return draw(both, POINTS - count + 1u);
}

/* ---- requests ---------------------------------------------------------------------------------------------------- */

static size_t put(uint8_t *pdu, size_t at, uint16_t word)
{
    pdu[at] = (uint8_t)(word >> 8);
    pdu[at + 1] = (uint8_t)word;
    return at + 2;
}

static size_t put_data(struct both *both, uint8_t *pdu, size_t at, size_t bytes)
{
    pdu[at++] = (uint8_t)bytes;
    for (size_t i = 0; i < bytes; i++)
        pdu[at++] = (uint8_t)draw(both, 256);
    return at;
}

static size_t make_read(struct both *both, uint8_t *pdu, uint16_t maximum)
{
    uint16_t count = draw_count(both, maximum);
    return put(pdu, put(pdu, 1, draw_addr(both, count)), count);
}

static size_t make_write(struct both *both, uint8_t *pdu, uint16_t maximum, bool bits)
{
    uint16_t count = draw_count(both, maximum);
    size_t len = put(pdu, put(pdu, 1, draw_addr(both, count)), count);
    return put_data(both, pdu, len, bits ? (count + 7u) / 8u : 2u * count);
}

static size_t make_read_write(struct both *both, uint8_t *pdu)
{
    uint16_t reads = draw_count(both, MODBUS_MAX_WR_READ_REGISTERS);
    uint16_t writes = draw_count(both, MODBUS_MAX_WR_WRITE_REGISTERS);
    size_t len = put(pdu, put(pdu, 1, draw_addr(both, reads)), reads);
    len = put(pdu, put(pdu, len, draw_addr(both, writes)), writes);
    return put_data(both, pdu, len, 2u * writes);
}

/* A valid request of the function. Returns its length. */
static size_t make_request(struct both *both, uint8_t function, uint8_t pdu[MBP_PDU_MAX])
{
    pdu[0] = function;
    switch (function) {
    case MODBUS_FC_READ_COILS:
    case MODBUS_FC_READ_DISCRETE_INPUTS:
        return make_read(both, pdu, MODBUS_MAX_READ_BITS);
    case MODBUS_FC_READ_HOLDING_REGISTERS:
    case MODBUS_FC_READ_INPUT_REGISTERS:
        return make_read(both, pdu, MODBUS_MAX_READ_REGISTERS);
    case MODBUS_FC_WRITE_SINGLE_COIL:
        return put(pdu, put(pdu, 1, draw_addr(both, 1)), draw(both, 2) == 0 ? 0 : 0xFF00);
    case MODBUS_FC_WRITE_SINGLE_REGISTER:
        return put(pdu, put(pdu, 1, draw_addr(both, 1)), draw(both, 65536));
    case MODBUS_FC_WRITE_MULTIPLE_COILS:
        return make_write(both, pdu, MODBUS_MAX_WRITE_BITS, true);
    case MODBUS_FC_WRITE_MULTIPLE_REGISTERS:
        return make_write(both, pdu, MODBUS_MAX_WRITE_REGISTERS, false);
    case MODBUS_FC_MASK_WRITE_REGISTER:
        return put(pdu, put(pdu, put(pdu, 1, draw_addr(both, 1)), draw(both, 65536)), draw(both, 65536));
    default:
        return make_read_write(both, pdu);
    }
}

/* ---- the two answers -------------------------------------------------------------------------------------------- */

static size_t libmodbus_respond(struct both *both, const uint8_t *pdu, size_t len, uint8_t *response)
{
    uint8_t adu[MBP_ADU_MAX] = {0, 1, 0, 0, (uint8_t)((len + 1) >> 8), (uint8_t)(len + 1), 1};
    uint8_t reply[MBP_ADU_MAX];
    memcpy(adu + MBP_MBAP_LEN, pdu, len);
    int sent = modbus_reply(both->libmodbus, adu, (int)(MBP_MBAP_LEN + len), both->theirs);
    assert_true(sent > (int)MBP_MBAP_LEN);
    assert_int_equal(recv(both->client, reply, sizeof reply, MSG_DONTWAIT), sent);
    size_t response_len = (size_t)sent - MBP_MBAP_LEN;
    memcpy(response, reply + MBP_MBAP_LEN, response_len);
    return response_len;
}

static void assert_tables_equal(const struct both *both)
{
    const struct mbp_image_unit *unit = both->ours.unit;
    assert_memory_equal(unit->coils, both->theirs->tab_bits, POINTS);
    assert_memory_equal(unit->discrete, both->theirs->tab_input_bits, POINTS);
    assert_memory_equal(unit->holding, both->theirs->tab_registers, POINTS * sizeof(uint16_t));
    assert_memory_equal(unit->input, both->theirs->tab_input_registers, POINTS * sizeof(uint16_t));
}

static void test_valid_request_random_same_reply_and_tables_as_libmodbus(void **state)
{
    static const uint8_t functions[] = {1, 2, 3, 4, 5, 6, 15, 16, 22, 23};
    struct both *both = *state;
    for (unsigned i = 0; i < REQUESTS; i++) {
        uint8_t request[MBP_PDU_MAX];
        uint8_t ours[MBP_PDU_MAX];
        uint8_t theirs[MBP_ADU_MAX];
        size_t len = make_request(both, functions[draw(both, sizeof functions)], request);
        size_t ours_len = mbp_pdu_respond(&both->ours, request, len, ours);
        size_t theirs_len = libmodbus_respond(both, request, len, theirs);
        if (ours_len != theirs_len || memcmp(ours, theirs, ours_len) != 0)
            print_error("request %u, function %u\n", i, request[0]);
        assert_int_equal(ours_len, theirs_len);
        assert_memory_equal(ours, theirs, ours_len);
        if (i % 50 == 0)
            assert_tables_equal(both);
    }
    assert_tables_equal(both);
}

/* ---- both sides with the same random tables ---------------------------------------------------------------------- */

static void fill(struct both *both)
{
    const struct mbp_image_unit *unit = both->ours.unit;
    for (unsigned i = 0; i < POINTS; i++) {
        unit->coils[i] = both->theirs->tab_bits[i] = (uint8_t)draw(both, 2);
        unit->discrete[i] = both->theirs->tab_input_bits[i] = (uint8_t)draw(both, 2);
        unit->holding[i] = both->theirs->tab_registers[i] = draw(both, 65536);
        unit->input[i] = both->theirs->tab_input_registers[i] = draw(both, 65536);
    }
}

static int set_up(void **state)
{
    static struct both both;
    int ends[2];
    const struct mbp_text text = {plant_text, sizeof plant_text - 1};
    if (mbp_plant_parse("oracle.yaml", text, stderr, &both.plant) != MBP_OK ||
        mbp_image_new(both.plant, &both.image) != MBP_OK || socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
        return -1;
    both.ours = (struct mbp_pdu_context){
        .unit = mbp_image_unit(both.image, 1),
        .identity = &both.plant->identity,
        .permit = &mbp_permits[MBP_ALLOW_ALL],
    };
    both.server = ends[0];
    both.client = ends[1];
    both.libmodbus = modbus_new_tcp("127.0.0.1", 0);
    both.theirs = modbus_mapping_new(POINTS, POINTS, POINTS, POINTS);
    if (both.libmodbus == NULL || both.theirs == NULL)
        return -1;
    modbus_set_socket(both.libmodbus, both.server);
    fill(&both);
    *state = &both;
    return 0;
}

static int tear_down(void **state)
{
    struct both *both = *state;
    modbus_mapping_free(both->theirs);
    modbus_free(both->libmodbus);
    close(both->server);
    close(both->client);
    mbp_image_free(both->image);
    mbp_plant_free(both->plant);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_valid_request_random_same_reply_and_tables_as_libmodbus, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
