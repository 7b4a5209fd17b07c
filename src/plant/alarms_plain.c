/* alarms_plain: the settings of a sensor that says nothing about its alarms; alone, for stages that need no more. */
#include "mbplant/plant.h"

const struct mbp_alarms mbp_alarms_plain = {
    .of = {[MBP_LOW_LOW] = {.priority = MBP_PRIORITY_MEDIUM},
           [MBP_LOW] = {.priority = MBP_PRIORITY_MEDIUM},
           [MBP_HIGH] = {.priority = MBP_PRIORITY_MEDIUM},
           [MBP_HIGH_HIGH] = {.priority = MBP_PRIORITY_MEDIUM},
           [MBP_RATE_OF_CHANGE] = {.priority = MBP_PRIORITY_MEDIUM},
           [MBP_BAD_QUALITY] = {.priority = MBP_PRIORITY_MEDIUM},
           [MBP_CONDITION] = {.priority = MBP_PRIORITY_MEDIUM}},
    .common = {.priority = MBP_PRIORITY_MEDIUM},
};
