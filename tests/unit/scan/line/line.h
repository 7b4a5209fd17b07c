/* line: a small plant with everything around its scan: image, a real journal in a directory of its own, a clock that
 * the test turns. */
#ifndef MBPLANT_TEST_LINE_H
#define MBPLANT_TEST_LINE_H

#include "fixture.h"
#include "mbplant/scan.h"

/* Scan 100 ms, seed 7. Unit 1, machine FILL1 (a product every 250 ms, 10 % rejected): TT101 int16 0.1 0..150, max 85
 * (trips), 65 with noise; PT101 float32 0..10, limits 1, 2, 8, 9, 5. Machine CAP1 (maintenance takes 2 s): ST201 uint16
 * 0..100, max 90 (trips), inject once, 50. */
enum { TT101, PT101, ST201 };
enum { FILL1, CAP1 };

/* Where they stand. */
enum { HR_TT101 = 0, HR_PT101 = 1, HR_ST201 = 3, HR_TT101_LIMITS = 1000, COIL_FILL1 = 0, COIL_CAP1 = 8 };

#define LINE_PEER   7u
#define LINE_EVENTS 8192

struct line {
    struct mbp_plant *plant;
    struct mbp_image *image;
    struct mbp_image_unit *unit;
    struct mbp_journal *journal;
    struct mbp_scan *scan;
    struct fixture_time time;
    uint64_t checkpoint_every_ns; /* 0 = at the end alone */
    char dir[64];
    struct mbp_event events[LINE_EVENTS];
    size_t event_count;
};

int line_setup(void **state);
int line_teardown(void **state);
#define LINE_TEST(test) cmocka_unit_test_setup_teardown(test, line_setup, line_teardown)

extern const char line_yaml[];

/* Starts a plant on line->dir; stops it as a daemon does, the directory stays. */
void line_start(struct line *line, const char *yaml);
void line_stop(struct line *line);

/* What mbplantd does on SIGHUP. */
void line_change_to(struct line *line, const char *yaml);

/* The same with a plant file; and what a hand does in the database of a line that is stopped. */
void line_load(struct line *line, const char *path);
void line_sql(struct line *line, const char *sql);

/* The same on a new directory, so that nothing goes on; and its end, the directory's too. */
void line_begin(struct line *line, const char *yaml);
void line_end(struct line *line);

/* n scans, the clock going on by a period each. */
void line_scan(struct line *line, unsigned n);

/* A master's writes. */
enum mbp_status line_write(struct line *line, uint16_t addr, uint16_t count, const uint16_t *words);
enum mbp_status line_write_word(struct line *line, uint16_t addr, uint16_t word);
enum mbp_status line_write_coil(struct line *line, uint16_t addr, bool on);

/* The names of the machine and of the sensor, actuator or controller that an event is about; "" = none. */
const char *line_machine(const struct line *line, const struct mbp_event *event);
const char *line_item(const struct line *line, const struct mbp_event *event);

/* All that the journal holds, oldest first; and where in it the next event of a code is, from `from` on (the test fails
 * when there is none). */
void line_read(struct line *line);
size_t line_find(const struct line *line, size_t from, enum mbp_event_code code);
size_t line_count(const struct line *line, enum mbp_event_code code);

bool line_coil(const struct line *line, uint16_t addr);
bool line_discrete(const struct line *line, uint16_t addr);
uint16_t line_holding(const struct line *line, uint16_t addr);
uint16_t line_input(const struct line *line, uint16_t addr);

#endif
