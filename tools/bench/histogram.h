/* histogram: latencies from 1 ns to minutes in fixed memory, each percentile within 1.6 %. */
#ifndef MBPLANT_BENCH_HISTOGRAM_H
#define MBPLANT_BENCH_HISTOGRAM_H

#include <stdint.h>
#include <stdio.h>

#define BENCH_SUB_BITS 6 /* 64 cells for each power of two */
#define BENCH_CELLS    (40u << BENCH_SUB_BITS)

/* Zero-initialise. */
struct bench_histogram {
    uint64_t cells[BENCH_CELLS];
    uint64_t count;
    uint64_t max_ns;
};

void bench_histogram_add(struct bench_histogram *histogram, uint64_t latency_ns);

/* The latency that `share` (0..1) of the samples do not exceed; 0 when there are none. */
uint64_t bench_histogram_at(const struct bench_histogram *histogram, double share);

/* Its percentiles in microseconds as members of a JSON object: "p50_us": 1.2, ..., without braces. */
void bench_histogram_print(const struct bench_histogram *histogram, FILE *out);

#endif
