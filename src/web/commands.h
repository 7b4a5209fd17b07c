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
    WEB_ALARM_RETURN,
    WEB_ALARM_BYPASS,
    WEB_ALARM_RESTORE
};

/* Ends the answer to a command. 202: it waits, for the plant is paused. */
void web_end_command(struct web_call *call);

static inline const struct mbp_unit *web_unit_at(const struct web_call *call, uint32_t unit)
{
    return &call->web->plant->units[unit];
}

void web_command_point(struct web_call *call);
void web_answer_point(struct web_call *call);
void web_command_registers(struct web_call *call);
void web_answer_registers(struct web_call *call);
void web_command_state(struct web_call *call);
void web_answer_state(struct web_call *call);
void web_command_force(struct web_call *call);
void web_command_release(struct web_call *call);
void web_command_limits(struct web_call *call);
void web_answer_sensor(struct web_call *call);
void web_command_actuator(struct web_call *call);
void web_answer_actuator(struct web_call *call);
void web_command_setting(struct web_call *call);
void web_answer_controller(struct web_call *call);
void web_command_alarm(struct web_call *call);
void web_answer_alarm(struct web_call *call);

/* Why a machine did not do what it was asked last, as the journal says it. False: it was refused nothing. */
bool web_machine_refusal(const struct mbp_web *web, enum mbp_lang lang, uint32_t machine, char *buf, size_t size);

#endif
