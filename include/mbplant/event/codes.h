/* codes: kinds of events as people name them, wherever events are chosen. */
#ifndef MBPLANT_EVENT_CODES_H
#define MBPLANT_EVENT_CODES_H

#include <stdbool.h>

#include "mbplant/base.h"

#define MBP_EVENT_CODES     256u /* codes lie below */
#define MBP_EVENT_CODE_WORD 64u

/* A list with commas: of each a code's name ("alarm raised", "alarm_raised"), the beginning of some ("alarm",
 * "machine"), or its number. Sets them in codes. Errors: MBP_ERR_MISSING; then word is the one that is none, *nearest
 * the nearest name or NULL. */
enum mbp_status mbp_event_codes_find(const char *list, bool codes[MBP_EVENT_CODES], char word[MBP_EVENT_CODE_WORD],
                                     const char **nearest);

#endif
