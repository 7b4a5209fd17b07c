/* histogram: logarithmic cells, each power of two cut into 64 equal ones. */
#include "histogram.h"

#define SUB_COUNT (1u << BENCH_SUB_BITS)

static unsigned cell_of(uint64_t ns)
{
    unsigned shift;

    if (ns < SUB_COUNT)
        return (unsigned)ns;
    shift = 63u - (unsigned)__builtin_clzll(ns) - BENCH_SUB_BITS;
    return ((shift + 1) << BENCH_SUB_BITS) + (unsigned)((ns >> shift) & (SUB_COUNT - 1));
}

static uint64_t top_of(unsigned cell)
{
    unsigned power = cell >> BENCH_SUB_BITS, sub = cell & (SUB_COUNT - 1);

    if (power == 0)
        return cell;
    return ((uint64_t)(SUB_COUNT + sub + 1) << (power - 1)) - 1;
}

void bench_histogram_add(struct bench_histogram *histogram, uint64_t latency_ns)
{
    unsigned cell = cell_of(latency_ns);

    histogram->cells[cell < BENCH_CELLS ? cell : BENCH_CELLS - 1]++;
    histogram->count++;
    if (latency_ns > histogram->max_ns)
        histogram->max_ns = latency_ns;
}

uint64_t bench_histogram_at(const struct bench_histogram *histogram, double share)
{
    uint64_t seen = 0;

    for (unsigned cell = 0; cell < BENCH_CELLS; cell++) {
        seen += histogram->cells[cell];
        if (seen > 0 && (double)seen >= share * (double)histogram->count)
            return top_of(cell) < histogram->max_ns ? top_of(cell) : histogram->max_ns;
    }
    return histogram->max_ns;
}

void bench_histogram_print(const struct bench_histogram *histogram, FILE *out)
{
    fprintf(out, "\"p50_us\": %.1f, \"p99_us\": %.1f, \"p999_us\": %.1f, \"max_us\": %.1f",
            (double)bench_histogram_at(histogram, 0.5) / 1e3, (double)bench_histogram_at(histogram, 0.99) / 1e3,
            (double)bench_histogram_at(histogram, 0.999) / 1e3, (double)histogram->max_ns / 1e3);
}
