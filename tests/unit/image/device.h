/* device: the image of one plant that has all kinds of points, and short ways to write and read it as a master does. */
#ifndef MBPLANT_TEST_DEVICE_H
#define MBPLANT_TEST_DEVICE_H

#include "fixture.h"
#include "mbplant/image.h"

/* Unit 1 ("PLC"), machine M1 with T1 P1 C1 and machine M2 with B1 R1 L1:
 *   T1  HR 0      int16 0.1      0..150      low 10, high 85            limits 1000
 *   P1  HR 1      float32 CDAB   0..10       1, 2, 8, 9                 limits 1004
 *   C1  HR 3      int32          0..1000000  none                       limits 1012
 *   B1  HR 5      bool                                                  no limits
 *   R1  HR 6      uint16         inject: reject                         limits 1020
 *   L1  HR 50     int16 0.1      0..84.96    inject: once               limits 1024
 * and raw points: HR 3000 = 1 2 3, HR 3010 = 7 8 (read only), HR 3020 = 10 10 10 (10..20), coils 5000 = 1 0 1,
 * coils 5010 = 1 1 (read only), discrete inputs 6000 = 0 1 1 0 1 1 0 1 1, input registers 7000 = 100 200.
 * Unit 7: gaps read 0; HR 10 = 7 8, nothing else. Unit 9: machine M3 with T3. */
struct device {
    struct mbp_plant *plant;
    struct mbp_image *image;
    struct mbp_image_unit *plc;
    struct mbp_state *state; /* as the file says; for publishing */
    struct mbp_figures figures;
};

enum { T1, P1, C1, B1, R1, L1, T3 };
enum { M1, M2, M3 };

int device_setup(void **state);
int device_teardown(void **state);

void device_publish(struct device *device);

#define DEVICE_PEER 0x0A000001u

/* Writes words, or bits, from a peer. */
enum mbp_status device_write(struct mbp_image_unit *unit, uint16_t addr, uint16_t count, const uint16_t *words);
enum mbp_status device_write_word(struct mbp_image_unit *unit, uint16_t addr, uint16_t word);
enum mbp_status device_write_bit(struct mbp_image_unit *unit, uint16_t addr, bool bit);
enum mbp_status device_write_from(struct mbp_image_unit *unit, uint16_t addr, uint16_t word, uint32_t peer);

/* A sensor's value as its words. */
enum mbp_status device_write_value(struct device *device, uint32_t sensor, double value);

/* Reads one word of a register table. */
uint16_t device_word(const struct mbp_image_unit *unit, enum mbp_table table, uint16_t addr);
uint32_t device_u32(const struct mbp_image_unit *unit, enum mbp_table table, uint16_t addr);
bool device_bit(const struct mbp_image_unit *unit, enum mbp_table table, uint16_t addr);

#endif
