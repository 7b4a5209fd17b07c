/* check: the check value that the journal keeps with an event (mbp_event_check), as a file of its unit. */
#ifndef MBPLANT_EVENT_CHECK_H
#define MBPLANT_EVENT_CHECK_H

#include "mbplant/event.h"

/* Read behind a group of the same request that reads an event from its first word on, this file is that event's check
 * value, high word first; of the last event that retention removed too. By itself it is not there. */
#define MBP_CHECK_FILE  829
#define MBP_CHECK_WORDS 2u

/* What answers for the journal finds the same behind the events of each of its files, where no request can name it:
 * two words of each, in their order. */
#define MBP_CHECK_RECORD 10000u

#endif
