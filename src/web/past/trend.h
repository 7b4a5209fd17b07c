/* A sensor's values of the past: the ring in memory, and what is served of it and of the samples on disk. */
#ifndef MBP_WEB_TREND_H
#define MBP_WEB_TREND_H

#include "mbplant/samples.h"
#include "web_priv.h"

bool web_trend_is_there(const struct web_trend *trend);

/* What the ring knows of the last ten minutes: ms. */
uint32_t web_trend_grain(const struct web_trend *trend);

/* Since when there is something in the ring; UINT64_MAX = nothing is. */
uint64_t web_trend_begin(const struct web_trend *trend);

/* Adds what the ring has of a sensor. */
void web_trend_fill(const struct web_trend *trend, uint32_t sensor, struct mbp_sample_trend *out);

void web_serve_trend(struct web_call *call);

#endif
