/* shop: two machines whose trips and time the test makes. */
#ifndef MBPLANT_TEST_SHOP_H
#define MBPLANT_TEST_SHOP_H

#include "fixture.h"
#include "mbplant/machine.h"

/* Scan 100 ms. M1: T1 0..150, max 85 (trips), P1 0..10, max 8 (trips); a product every 250 ms, 20 % rejected;
 * maintenance every 10 s of running, takes 2 s. M2: Q1; produces nothing, maintenance by command only. */
struct shop {
    struct mbp_plant *plant;
    struct mbp_state *state;
    struct mbp_events events;
};

enum { M1, M2 };
enum { T1, P1, Q1 };

#define SHOP_PEER 5u

int shop_setup(void **state);
int shop_teardown(void **state);

/* What the diagnosis would leave: the sensor's high alarm active and tripping its machine, or not. */
void shop_trip(struct shop *shop, uint32_t sensor, bool on);

/* A master's request; and n scans of operate. The events are those of this call alone. */
enum mbp_status shop_ask(struct shop *shop, uint32_t machine, enum mbp_state_code to);
void shop_operate(struct shop *shop, unsigned scans);

#endif
