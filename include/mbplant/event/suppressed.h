/* suppressed: why alarms are suppressed by design: in the detail of events. */
#ifndef MBPLANT_EVENT_SUPPRESSED_H
#define MBPLANT_EVENT_SUPPRESSED_H

/* Why alarms are suppressed by design, or were: in detail of ALARM_SUPPRESSED and ALARM_UNSUPPRESSED, above the alarms'
 * bits. Of UNSUPPRESSED after chattering value is how often the alarm came meanwhile. */
enum mbp_suppressed_by { MBP_BY_MACHINE, MBP_BY_EXPRESSION, MBP_BY_CHATTER, MBP_SUPPRESSED_BY_COUNT };
#define MBP_SUPPRESSED_BY_SHIFT 16u

#endif
