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
void web_serve_interlocks(struct web_call *call);
void web_serve_hiding(struct web_call *call);

/* The entry of the bypass of an alarm that trips. */
void web_put_bypass(const struct mbp_web *web, uint32_t sensor, unsigned alarm, FILE *out);

/* Of a sensor's alarms, or of one, what there is to tell, each with the entry of its bypass. any: there was one before.
 */
void web_put_alarms(const struct mbp_web *web, uint32_t sensor, unsigned alarm, bool *any, FILE *out);

/* The sensor and the alarm that trips, of "TT101.high_high.bypassed"; NOTHING: it is no name of such an entry. */
uint32_t web_bypass_named(const struct mbp_web *web, const char *name, unsigned *alarm);

extern const char *const web_event_types[];
const char *web_event_format_word(unsigned i);
void web_serve_events(struct web_call *call);
void web_serve_exercise(struct web_call *call);

/* Puts a comma where one is due. */
void web_separate(struct web_flow *flow, FILE *out);

/* `?machine=` of a list whose items belong to one: false after a problem, for the flow is gone with it. Then whether an
 * item of that machine (NOTHING = of none) is wanted. */
bool web_want_machine(struct web_call *call, struct web_flow *flow, const struct web_arg *arg);
bool web_machine_wanted(const struct web_flow *flow, uint32_t machine);

#endif
