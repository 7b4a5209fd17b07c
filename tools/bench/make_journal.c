/* make_journal: a journal of any length, as a plant would have written it in many days of alarms, trips and repairs.
 *
 *   bench_make_journal PLANT.yaml DATA_DIR EVENTS DAYS    the last event is of now; prints events and seconds as JSON
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "mbplant/journal.h"

#define BATCH 30000u /* events between two flushes: half of the memory that the journal has for them */

struct maker {
    const struct mbp_plant *plant;
    struct mbp_journal *journal;
    uint64_t events, made;
    uint64_t begin_ms, span_ms;
};

/* One event at its place in time. */
static bool make(struct maker *maker, enum mbp_event_code code, uint32_t m, uint32_t s, double value, uint32_t detail)
{
    if (maker->made == maker->events)
        return true;
    const struct mbp_plant *plant = maker->plant;
    const struct mbp_unit *unit = &plant->units[plant->sensors[s].unit];
    struct mbp_event event = {
        .wall_ms = maker->begin_ms + (uint64_t)((double)maker->span_ms * (double)maker->made / (double)maker->events),
        .scan = (uint32_t)(maker->made + 1),
        .code = (uint16_t)code,
        .unit = unit->id,
        .machine = m < plant->machine_count ? (uint16_t)(m - unit->first_machine) : MBP_NONE16,
        .sensor = (uint16_t)(s - unit->first_sensor),
        .value = (float)value,
        .limit = NAN,
        .detail = detail,
    };
    maker->made++;
    if (mbp_journal_push_event(maker->journal, &event) != MBP_OK)
        return false;
    if (maker->made % 1000 == 0)
        mbp_journal_hand_over(maker->journal);
    return maker->made % BATCH != 0 || mbp_journal_flush(maker->journal) == MBP_OK;
}

/* An alarm comes, is acknowledged and goes; every tenth stops its machine until it is repaired. */
static bool make_alarm(struct maker *maker, uint64_t n)
{
    uint32_t s = (uint32_t)(mbp_rng_bits(7, 1, n) % maker->plant->sensor_count);
    uint32_t m = maker->plant->sensors[s].machine;
    double value = 90 + mbp_rng_uniform(mbp_rng_bits(7, 2, n));
    bool trips = n % 10 == 0 && m < maker->plant->machine_count;
    bool ok = make(maker, MBP_EV_ALARM_RAISED, m, s, value, MBP_HIGH);
    if (trips)
        ok = ok &&
             make(maker, MBP_EV_MACHINE_STATE, m, s, value,
                  mbp_event_of_alarm(mbp_event_state_detail(MBP_EN_SERVICE, MBP_EN_PANNE, MBP_CAUSE_TRIP), MBP_HIGH));
    ok = ok && make(maker, MBP_EV_ALARM_ACKNOWLEDGED, m, s, value, MBP_HIGH);
    ok = ok && make(maker, MBP_EV_ALARM_CLEARED, m, s, value - 20, MBP_HIGH);
    if (trips)
        ok = ok && make(maker, MBP_EV_MACHINE_STATE, m, s, NAN,
                        mbp_event_state_detail(MBP_EN_PANNE, MBP_EN_SERVICE, MBP_CAUSE_COMMAND));
    return ok;
}

static int fill(struct maker *maker, const struct mbp_clock *clock)
{
    uint64_t begin_ns = clock->mono_ns(clock->ctx);
    for (uint64_t n = 0; maker->made < maker->events; n++) {
        if (!make_alarm(maker, n)) {
            fprintf(stderr, "make_journal: only %" PRIu64 " events could be stored\n", maker->made);
            return 1;
        }
    }
    mbp_journal_hand_over(maker->journal);
    if (mbp_journal_flush(maker->journal) != MBP_OK)
        return 1;
    double took_s = (double)(clock->mono_ns(clock->ctx) - begin_ns) / (double)MBP_NS_PER_S;
    printf("{\"rows\": %" PRIu64 ", \"seconds\": %.6f}\n", maker->made, took_s);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc != 5) {
        fprintf(stderr, "usage: bench_make_journal PLANT.yaml DATA_DIR EVENTS DAYS\n");
        return 2;
    }
    const struct mbp_clock clock = mbp_clock_system();
    struct mbp_plant *plant = NULL;
    struct maker maker = {.events = strtoull(argv[3], NULL, 10), .span_ms = strtoull(argv[4], NULL, 10) * 86400000};
    if (mbp_plant_load(argv[1], stderr, &plant) != MBP_OK)
        return 2;
    uint64_t now_ms = clock.wall_ms(clock.ctx);
    if (plant->sensor_count == 0 || maker.span_ms > now_ms) {
        fprintf(stderr, "make_journal: a plant with sensors, and no more days than since 1970, are needed\n");
        return 2;
    }
    maker.plant = plant;
    maker.begin_ms = now_ms - maker.span_ms;
    int code = 1;
    if (mbp_journal_open(argv[2], plant, &clock, stderr, &maker.journal) == MBP_OK)
        code = fill(&maker, &clock);
    mbp_journal_close(maker.journal);
    mbp_plant_free(plant);
    return code;
}
