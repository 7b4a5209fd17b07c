/* wave: a periodic part of a signal. */
#ifndef MBPLANT_PROCESS_WAVE_H
#define MBPLANT_PROCESS_WAVE_H

#include "mbplant/plant.h"

/* The signal's wave at a simulated time, in engineering units; 0 when it has none. */
double process_wave(const struct mbp_signal *signal, uint64_t sim_ns);

#endif
