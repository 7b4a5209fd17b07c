/* What libFuzzer calls, and replay.c without it; what several targets check. */
#ifndef MBPLANT_FUZZ_TARGET_H
#define MBPLANT_FUZZ_TARGET_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Aborts unless each line of messages is `fuzz.yaml:line:col: ...`, and there is at least one. */
void target_check_messages(const char *messages);

#endif
