/* Waves. All but the steps start at 0 and rise. */
#include "wave.h"

#include <math.h>

#define HALF_PI 1.5707963267948966

/* sin(x) for |x| <= pi/2 by its series, to the last digit or two. The C library's takes different ways on different
 * processors, and a plant must make the same journal on each. */
static double sine(double x)
{
    static const double step[] = {1.0 / (23 * 22), 1.0 / (21 * 20), 1.0 / (19 * 18), 1.0 / (17 * 16),
                                  1.0 / (15 * 14), 1.0 / (13 * 12), 1.0 / (11 * 10), 1.0 / (9 * 8),
                                  1.0 / (7 * 6),   1.0 / (5 * 4),   1.0 / (3 * 2)};
    double square = x * x;
    double sum = 0.0;
    for (size_t n = 0; n < sizeof step / sizeof step[0]; n++)
        sum = -square * step[n] * (1.0 + sum);
    return x + x * sum;
}

/* A wave of amplitude 1 at `turns` periods from its start. */
static double shape(enum mbp_wave wave, double turns)
{
    double phase = turns - floor(turns);
    double triangle = phase < 0.25 ? 4 * phase : phase < 0.75 ? 2 - 4 * phase : 4 * phase - 4;
    switch (wave) {
    case MBP_WAVE_SINE:
        return sine(HALF_PI * triangle); /* the triangle is the angle, folded into the first and last quarter */
    case MBP_WAVE_SQUARE:
        return phase < 0.5 ? 1.0 : -1.0;
    case MBP_WAVE_TRIANGLE:
        return triangle;
    case MBP_WAVE_SAWTOOTH:
        return phase < 0.5 ? 2 * phase : 2 * phase - 2;
    case MBP_WAVE_STEPS: /* four levels, from the lowest up */
        return floor(4 * phase) * (2.0 / 3.0) - 1;
    case MBP_WAVE_NONE:
    case MBP_WAVE_COUNT:
        break;
    }
    return 0.0;
}

double process_wave(const struct mbp_signal *signal, uint64_t sim_ns)
{
    if (signal->wave == MBP_WAVE_NONE)
        return 0.0;
    double turns = (double)(sim_ns % signal->wave_period_ns) / (double)signal->wave_period_ns;
    return signal->wave_amplitude * shape(signal->wave, turns + signal->wave_phase);
}
