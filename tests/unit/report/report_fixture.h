/* What the tests of the report share: a small plant, and a stream that becomes text. */
#ifndef MBP_TEST_REPORT_FIXTURE_H
#define MBP_TEST_REPORT_FIXTURE_H

#include "mbplant/report.h"

/* FILL1 with TT101 (int16 x 0.1, 10..85 °C) and PT101 (float32), PACK1 with ST401 (uint16); GS9 of the unit itself.
 * PIC101 (PT101, manual) sets TIC101 (TT101), which moves FV101; P9, on/off, of the unit itself.
 * Ownership: mbp_plant_free. */
struct mbp_plant *report_plant(void);

/* A report of it: FILL1 tripped by TT101 at 92.3 °C, PACK1 running. Static storage, but for plant. */
struct mbp_report report_example(const struct mbp_plant *plant);

/* An hour of that plant's life, all of it, from 2025-11-24T16:00Z: FILL1 runs 55 min and is down once for 5; TT101 is
 * raised 12 times, 20 s apart, acknowledged 5 min after the first, and still active. Ownership: mbp_analysis_free. */
struct mbp_analysis *report_analysis(const struct mbp_plant *plant);

/* An event of TT101 and FILL1 with value 92.3 and limit 85, from 127.0.0.1. */
/* Actor 1 is 127.0.0.1, 2 is fd00::7f00:1; machines and sensors are numbers in the plant. */
const struct mbp_names *report_names(void);

struct mbp_event report_event(enum mbp_event_code code, uint32_t detail);

/* A stream into memory. report_text ends it and returns what was written, to be freed with free(). */
struct report_stream {
    FILE *file;
    char *text;
    size_t len;
};
void report_open(struct report_stream *stream);
char *report_text(struct report_stream *stream);

#endif
