/* taught: the line with an instructor, and what one writes and reads at unit 247. */
#ifndef MBPLANT_TEST_TAUGHT_H
#define MBPLANT_TEST_TAUGHT_H

#include "line.h"

/* The line of line.h with `instructor: true`. more is appended to its file. */
void taught_start(struct line *line, const char *more);
int taught_setup(void **state);
#define TAUGHT_TEST(test) cmocka_unit_test_setup_teardown(test, taught_setup, line_teardown)

enum mbp_status taught_write_coil(struct line *line, uint16_t addr, bool on);
enum mbp_status taught_write(struct line *line, uint16_t addr, uint16_t count, const uint16_t *words);
enum mbp_status taught_write_speed(struct line *line, double speed);
enum mbp_status taught_step(struct line *line, uint16_t scans);

bool taught_coil(const struct line *line, uint16_t addr);
uint16_t taught_input(const struct line *line, uint16_t addr);
uint32_t taught_input_u32(const struct line *line, uint16_t addr);
double taught_input_float(const struct line *line, uint16_t addr);

/* The clock goes on by ns, in one go, and the scan is polled once. */
void taught_pass(struct line *line, uint64_t ns);

/* n scans by polling, each in time. */
void taught_scan(struct line *line, unsigned n);

#endif
