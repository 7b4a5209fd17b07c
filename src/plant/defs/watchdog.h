/* A watchdog of what a master writes, as it is written. */
#ifndef MBP_PLANT_DEFS_WATCHDOG_H
#define MBP_PLANT_DEFS_WATCHDOG_H

#include "defs/common.h"

/* `watchdog` and `on_loss`, of what a master writes. */
struct mbp_watchdog_def {
    uint64_t after_ns; /* 0 = none */
    struct mbp_loss_def {
        enum mbp_on_loss to;
        double number;
    } on_loss;
};

/* Keys of a watchdog: rows for a struct mbp_watchdog_def that is the member `watchdog` of type. */
#define MBP_WATCHDOG_KEYS(type_of, prefix)                                                                             \
    [prefix##WATCHDOG] = MBP_ROW(DURATION, MBP_AT(type_of, watchdog.after_ns), "watchdog",                             \
                                 "the longest time between two writes of a master", .low = MBP_MS, .high = MBP_YEAR),  \
    [prefix##ON_LOSS] = MBP_ROW(                                                                                       \
        CUSTOM, MBP_AT(type_of, watchdog.on_loss), "on_loss", "what becomes of it when that is over", .usual = "hold", \
        .read = mbp_read_on_loss, .print = mbp_print_on_loss, .allowed = "hold, fail, zero or a number",               \
        .json = "\"anyOf\": [{\"enum\": [\"hold\", \"fail\", \"zero\"]}, {\"type\": [\"number\"]}]")
enum mbp_reading mbp_read_on_loss(struct mbp_reader *reader, const struct mbp_node *node, const struct mbp_field *field,
                                  void *at);
void mbp_print_on_loss(FILE *out, const void *at);

#endif
