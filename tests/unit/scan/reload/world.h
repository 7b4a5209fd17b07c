/* world: plants that chance makes, with everything that a plant file can say of signals, alarms, actuators, controllers
 * and faults. */
#ifndef MBPLANT_TEST_WORLD_H
#define MBPLANT_TEST_WORLD_H

#include <stdint.h>

/* The text of a plant file; the same for the same seed. recording: the path of a CSV file to replay. Ownership: free.
 */
char *world_text(uint64_t seed, const char *recording);

#endif
