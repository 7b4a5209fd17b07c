/* actuator: where one is, apart from what flows through it. */
#ifndef MBPLANT_STATE_ACTUATOR_H
#define MBPLANT_STATE_ACTUATOR_H

#include "mbplant/state.h"

#endif
