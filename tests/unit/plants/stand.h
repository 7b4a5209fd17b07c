/* stand: a sample plant of config/ with nothing around its scan: no master, no journal. What tests look at is what the
 * process is, not what instruments show of it. */
#ifndef MBPLANT_TEST_STAND_H
#define MBPLANT_TEST_STAND_H

#include "fixture.h"
#include "mbplant/scan.h"

struct stand {
    struct mbp_plant *plant;
    struct mbp_image *image;
    struct mbp_scan *scan;
    struct mbp_state *state; /* the scan's own */
    struct mbp_events events;
    struct fixture_time time;
    double scan_s;
};

/* The plant of a file of config/; of a text. The test fails when it does not load. Ownership: stand_end. */
void stand_begin(struct stand *stand, const char *file);
void stand_begin_text(struct stand *stand, const char *yaml);
void stand_end(struct stand *stand);

/* The file of config/ with each text of a pair replaced by the other, which must stand in it; the last pair is NULL.
 * Ownership: stand_end. */
void stand_begin_edited(struct stand *stand, const char *file, const char *const (*edits)[2]);

/* Runs so many seconds of simulated time; after each scan the check, if there is one. */
typedef void stand_check(struct stand *stand, void *ctx);
void stand_run(struct stand *stand, double seconds, stand_check *check, void *ctx);

/* The process value of a sensor, in engineering units, or the position of an actuator. */
double stand_value(const struct stand *stand, const char *name);

/* What a master writes: an actuator's command, a controller's mode, a sensor's forced value, a machine's state. */
void stand_command(struct stand *stand, const char *actuator, double command);
void stand_automatic(struct stand *stand, const char *controller, bool automatic);
void stand_setting(struct stand *stand, const char *controller, enum mbp_setting setting, double value);
void stand_force(struct stand *stand, const char *sensor, double value);
void stand_ask(struct stand *stand, const char *machine, enum mbp_state_code state);
enum mbp_state_code stand_state(const struct stand *stand, const char *machine);

/* Good and rejected products of a machine. */
uint32_t stand_good(const struct stand *stand, const char *machine);
uint32_t stand_reject(const struct stand *stand, const char *machine);

/* Fails, with the name, unless the value is within [low, high]. */
void stand_assert_within(const struct stand *stand, const char *name, double low, double high);

/* Fails when a sensor has no value, or there is less than nothing of a flow, a weight or a power, or more than its
 * instrument could show. */
void stand_assert_sane(struct stand *stand, void *ctx);

#endif
