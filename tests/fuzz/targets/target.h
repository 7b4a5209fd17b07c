/* What libFuzzer calls, and replay.c without it. */
#ifndef MBPLANT_FUZZ_TARGET_H
#define MBPLANT_FUZZ_TARGET_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
