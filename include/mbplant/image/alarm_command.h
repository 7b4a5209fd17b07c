/* alarm_command: the command record of a unit: what is done to one alarm, or to all of a sensor, by its number, and
 * what became of it. Written as a whole or word by word; it takes effect when the command word is written, which reads
 * 0 again at once, and so does the operator. */
#ifndef MBPLANT_IMAGE_ALARM_COMMAND_H
#define MBPLANT_IMAGE_ALARM_COMMAND_H

#include "mbplant/image.h"

/* Words from where the block `alarm_command` begins. */
enum mbp_alarm_record {
    MBP_RECORD_TAG,      /* id of the sensor, or of the alarm of none, as events have it (mbplant/names.h) */
    MBP_RECORD_ALARM,    /* enum mbp_limit, or MBP_RECORD_ALL */
    MBP_RECORD_ARGUMENT, /* of shelve and bypass: seconds; 0 = as long as may be; MBP_SHELVE_ONCE */
    MBP_RECORD_OPERATOR, /* number of who does it in the plant file's `operators`, from 1; 0 = whoever asks */
    MBP_RECORD_COMMAND,  /* enum mbp_alarm_deed */
    MBP_RECORD_WORDS
};

/* Words from where the block `alarm_answer` begins: of the last command. */
enum mbp_alarm_answer {
    MBP_ANSWER_TAKEN,   /* how many were taken, modulo 65536 */
    MBP_ANSWER_CARRIED, /* and carried out */
    MBP_ANSWER_RESULT,  /* enum mbp_deed_result */
    MBP_ANSWER_TAG,
    MBP_ANSWER_ALARM,
    MBP_ANSWER_COMMAND,
    MBP_ANSWER_WORDS
};

#define MBP_RECORD_ALL 0xFFFFu

/* Commands that can wait for one scan. Of a 16-bit count of them none is met twice. */
#define MBP_ALARM_COMMANDS_MAX 1024u

/* One that waits. */
struct mbp_alarm_asked {
    struct mbp_alarm_command command;
    uint32_t unit;      /* index, of the record */
    uint16_t tag;       /* as it was written */
    uint16_t operator_; /* its number; 0 = whoever asks */
    uint32_t behind;    /* how many of the writes that mbp_image_latch() handed over last came before it */
};

/* Hands over those that were taken since the last call, in their order; each is to be answered. To be called after
 * mbp_image_latch(), and carried out between its writes: who shelves by one way and unshelves by another has it so. */
size_t mbp_image_latch_alarm_commands(struct mbp_image *image, const struct mbp_alarm_asked **commands);
void mbp_image_answer_alarm_command(struct mbp_image *image, const struct mbp_alarm_asked *asked,
                                    enum mbp_deed_result result);

#endif
