/* loop: controllers alone, without a process: the test says what the sensors show. */
#ifndef MBPLANT_TEST_LOOP_H
#define MBPLANT_TEST_LOOP_H

#include "fixture.h"
#include "mbplant/control.h"

/* Scan 100 ms. LIC: level LT (0..100) on FV (0..100, starts at 40, closes in en_panne), setpoint 50, gain 2, integral
 * 10 s. TIC: temperature TT (0..200) on HV (0..100), direct, gain 1 alone. PIC gives the setpoint of FIC: pressure PT
 * (0..10) -> flow FT (0..40) on PV; PIC gain 4, integral 20 s; FIC gain 1, integral 5 s, feedforward 0.5 x FT2. */
enum { LT, TT, PT, FT, FT2 };
enum { FV, HV, PV };
enum { LIC, TIC, PIC, FIC };

#define LOOP_PEER 7u

struct loop {
    struct mbp_plant *plant;
    struct mbp_control *control;
    struct mbp_state *state;
    struct mbp_events events;
};

int loop_setup(void **state);
int loop_teardown(void **state);
#define LOOP_TEST(test) cmocka_unit_test_setup_teardown(test, loop_setup, loop_teardown)

void loop_scan(struct loop *loop, unsigned n);
void loop_set(struct loop *loop, uint32_t controller, enum mbp_setting setting, double value);
void loop_switch(struct loop *loop, uint32_t controller, bool automatic);
void loop_assert_near(double actual, double expected);

#endif
