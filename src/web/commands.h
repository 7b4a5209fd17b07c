/* Commands. */
#ifndef MBP_WEB_COMMANDS_H
#define MBP_WEB_COMMANDS_H

#include "web_priv.h"

#define WRITE_VALUES_MAX 1968u /* bits of one write; of registers fewer */

enum web_alarm_command {
    WEB_ALARM_ACK,
    WEB_ALARM_RESET,
    WEB_ALARM_SHELVE,
    WEB_ALARM_UNSHELVE,
    WEB_ALARM_REMOVE,
    WEB_ALARM_RETURN
};

void web_command_point(struct web_call *call);
void web_settled_point(struct web_call *call);
void web_command_registers(struct web_call *call);
void web_settled_registers(struct web_call *call);
void web_command_state(struct web_call *call);
void web_settled_state(struct web_call *call);
void web_command_force(struct web_call *call);
void web_command_release(struct web_call *call);
void web_command_limits(struct web_call *call);
void web_settled_sensor(struct web_call *call);
void web_command_actuator(struct web_call *call);
void web_settled_actuator(struct web_call *call);
void web_command_setting(struct web_call *call);
void web_settled_controller(struct web_call *call);
void web_command_alarm(struct web_call *call);
void web_settled_alarm(struct web_call *call);
void web_command_sim(struct web_call *call);
void web_command_fault(struct web_call *call);
void web_settled_fault(struct web_call *call);

/* Why a machine did not do what it was asked last, as the journal says it. False: it was refused nothing. */
bool web_machine_refusal(const struct mbp_web *web, uint32_t machine, char *buf, size_t size);

#endif
