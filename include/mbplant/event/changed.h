/* changed: what about a machine or sensor is different in a changed plant: the detail of events. */
#ifndef MBPLANT_EVENT_CHANGED_H
#define MBPLANT_EVENT_CHANGED_H

#include <stddef.h>
#include <stdint.h>

/* What about a machine or sensor is different in a changed plant. */
enum mbp_changed {
    MBP_CHANGED_ADDRESS = 1 << 0,  /* its value's register moved */
    MBP_CHANGED_NUMBER = 1 << 1,   /* other points of it moved: coils, bits, limits, copies */
    MBP_CHANGED_REGISTER = 1 << 2, /* type, order, scale */
    MBP_CHANGED_LABEL = 1 << 3,
    MBP_CHANGED_KIND = 1 << 4,
    MBP_CHANGED_UNIT = 1 << 5, /* of measurement */
    MBP_CHANGED_RANGE = 1 << 6,
    MBP_CHANGED_LIMITS = 1 << 7,
    MBP_CHANGED_ALARMS = 1 << 8, /* trip, deadband, delay, priority and the like */
    MBP_CHANGED_SIGNAL = 1 << 9,
    MBP_CHANGED_INJECT = 1 << 10,
    MBP_CHANGED_MACHINE = 1 << 11, /* belongs to another machine */
    MBP_CHANGED_CYCLE = 1 << 12,
    MBP_CHANGED_MAINTENANCE = 1 << 13,
    MBP_CHANGED_STATE = 1 << 14, /* the state it begins in */
    MBP_CHANGED_OTHER = 1 << 15
};

/* Their words, in order. */
struct mbp_changed_word {
    uint32_t bit;
    const char *name, *french;
};
extern const struct mbp_changed_word mbp_changed_words[];
extern const size_t mbp_changed_word_count;

#endif
