/* pattern: names with {n}, {m} and {u}, the counters of `repeat`. */
#ifndef MBP_YAML_PATTERN_H
#define MBP_YAML_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Each counts from 1; 0 = there is no such thing here, its placeholder stays as it is. */
struct mbp_counters {
    uint32_t own, machine, unit;
};

/* Whether text could be a name once its placeholders are filled in: [A-Za-z][A-Za-z0-9_.-]*, {n} {m} {u} after the
 * first letter. */
bool mbp_pattern_is_name(const char *text);

/* Whether text holds the placeholder of this letter. */
bool mbp_pattern_has(const char *text, char letter);

/* Fills in the counters. Returns the length, SIZE_MAX when it does not fit size bytes with its NUL. */
size_t mbp_pattern_fill(const char *text, const struct mbp_counters *counters, char *buf, size_t size);

#endif
