/* slave: a unit of ten points in each table and its PDU handler; requests and responses are written in hex. */
#ifndef MBPLANT_TEST_SLAVE_H
#define MBPLANT_TEST_SLAVE_H

#include "fixture.h"
#include "mbplant/modbus.h"

/* Unit 1: coil i = i even, discrete input i = i % 3 == 0, holding register i = 0x1000 + i, input register i = 0x2000 +
 * i (i < 10), holding register 20 = 5 (1..9 allowed), 30 = 7 (read only), file 1 = 0x3000 .. 0x3009, FIFO queues at 5
 * (440, 4740), 6 (empty), 7 (31 of 1 .. 31). Unit 2: machine M1 with T1, for FC 7. */
struct slave {
    struct mbp_plant *plant;
    struct mbp_image *image;
    struct mbp_identity identity;
    struct mbp_serial serial;
    bool listen_only;
    struct mbp_pdu_context context;
    uint8_t response[MBP_PDU_MAX];
    size_t response_len;
};

/* With serial_functions on. */
int slave_setup(void **state);
int slave_teardown(void **state);
#define SLAVE_TEST(test) cmocka_unit_test_setup_teardown(test, slave_setup, slave_teardown)

/* Answers a request; hex may contain spaces. */
void slave_ask(struct slave *slave, const char *request);

/* Asks, and fails unless this is answered ("" = nothing). */
void slave_expect(struct slave *slave, const char *request, const char *response);

struct slave_case {
    const char *request, *response;
};
void slave_expect_all(struct slave *slave, const struct slave_case *cases, size_t count);
#define SLAVE_EXPECT_ALL(slave, cases) slave_expect_all(slave, cases, sizeof(cases) / sizeof((cases)[0]))

#endif
