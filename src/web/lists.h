/* Lists, and one of each. */
#ifndef MBP_WEB_LISTS_H
#define MBP_WEB_LISTS_H

#include "web_priv.h"

void web_serve_machines(struct web_call *call);
void web_serve_machine(struct web_call *call);
void web_serve_sensors(struct web_call *call);
void web_serve_sensor(struct web_call *call);
void web_serve_actuators(struct web_call *call);
void web_serve_actuator(struct web_call *call);
void web_serve_controllers(struct web_call *call);
void web_serve_controller(struct web_call *call);
void web_serve_alarms(struct web_call *call);
void web_serve_alarm(struct web_call *call);
extern const char *const web_event_types[];
const char *web_event_format_word(unsigned i);
void web_serve_events(struct web_call *call);
void web_serve_exercise(struct web_call *call);

#endif
