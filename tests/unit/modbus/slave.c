/* The slave's making. */
#include "slave.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char yaml[] =
    "mbplant: 1\n"
    "name: Slave\n"
    "units:\n"
    "  - id: 1\n"
    "    tables:\n"
    "      coils: [{at: 0, values: [1, 0, 1, 0, 1, 0, 1, 0, 1, 0]}]\n"
    "      discrete_inputs: [{at: 0, values: [1, 0, 0, 1, 0, 0, 1, 0, 0, 1]}]\n"
    "      holding_registers:\n"
    "        - {at: 0, values: [4096, 4097, 4098, 4099, 4100, 4101, 4102, 4103, 4104, 4105]}\n"
    "        - {at: 20, values: [5], min: 1, max: 9}\n"
    "        - {at: 30, values: [7], access: read}\n"
    "      input_registers: [{at: 0, values: [8192, 8193, 8194, 8195, 8196, 8197, 8198, 8199, 8200, 8201]}]\n"
    "      files: [{number: 1, values: [12288, 12289, 12290, 12291, 12292, 12293, 12294, 12295, 12296, 12297]},\n"
    "              {number: 2, count: 500}]\n"
    "      fifos:\n"
    "        - {at: 5, values: [440, 4740]}\n"
    "        - {at: 6, values: []}\n"
    "        - {at: 7, values: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23,\n"
    "                           24, 25, 26, 27, 28, 29, 30, 31]}\n"
    "        - {at: 8, values: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23,\n"
    "                           24, 25, 26, 27, 28, 29, 30, 31, 32]}\n"
    "  - id: 2\n"
    "    machines: [{name: M1, sensors: [{name: T1, kind: temperature, register: {type: int16}}]}]\n";

int slave_setup(void **state)
{
    struct slave *slave = calloc(1, sizeof *slave);
    assert_non_null(slave);
    slave->plant = fixture_plant(yaml);
    assert_int_equal(mbp_image_new(slave->plant, &slave->image), MBP_OK);
    slave->identity = (struct mbp_identity){{"ACME", "P1", "V1.0", NULL, NULL, NULL, NULL}};
    slave->context = (struct mbp_pdu_context){.unit = mbp_image_unit(slave->image, 1),
                                              .identity = &slave->identity,
                                              .serial = &slave->serial,
                                              .listen_only = &slave->listen_only,
                                              .peer = {0x7F000001},
                                              .permit = &mbp_permits[MBP_ALLOW_ALL]};
    *state = slave;
    return 0;
}

int slave_teardown(void **state)
{
    struct slave *slave = *state;
    mbp_image_free(slave->image);
    mbp_plant_free(slave->plant);
    free(slave);
    return 0;
}

static size_t from_hex(const char *hex, uint8_t *bytes, size_t size)
{
    size_t len = 0;
    while (*hex != '\0') {
        unsigned byte;
        if (isspace((unsigned char)*hex)) {
            hex++;
            continue;
        }
        assert_int_equal(sscanf(hex, "%2x", &byte), 1);
        assert_true(len < size);
        bytes[len++] = (uint8_t)byte;
        hex += 2;
    }
    return len;
}

void slave_ask(struct slave *slave, const char *request)
{
    uint8_t bytes[MBP_PDU_MAX];
    size_t len = from_hex(request, bytes, sizeof bytes);
    /* Its own block: a handler that reads beyond the request is caught. */
    uint8_t *exact = malloc(len > 0 ? len : 1);
    assert_non_null(exact);
    memcpy(exact, bytes, len);
    memset(slave->response, 0xEE, sizeof slave->response);
    slave->response_len = mbp_pdu_respond(&slave->context, exact, len, slave->response);
    assert_true(slave->response_len <= MBP_PDU_MAX);
    free(exact);
}

void slave_expect(struct slave *slave, const char *request, const char *response)
{
    uint8_t expected[MBP_PDU_MAX];
    size_t len = from_hex(response, expected, sizeof expected);
    slave_ask(slave, request);
    if (slave->response_len == len && memcmp(slave->response, expected, len) == 0)
        return;
    char got[2 * MBP_PDU_MAX + 1] = "";
    for (size_t i = 0; i < slave->response_len; i++)
        snprintf(got + 2 * i, 3, "%02X", slave->response[i]);
    fail_msg("%s is answered by '%s', not '%s'", request, got, response);
}

void slave_expect_all(struct slave *slave, const struct slave_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++)
        slave_expect(slave, cases[i].request, cases[i].response);
}
