/* named: snapshots that have names, in files beside the journal: the part of the instructor's unit (247, with
 * `instructor: true` in the plant file) that takes, restores and removes them. Addresses are PDU addresses.
 *
 * holding registers 110..141  the name: UTF-8, two bytes a register, then 0
 * holding register 142        command: 1 = take a snapshot, 2 = restore it, 3 = remove it, 4 = look what there is. Code
 *                             06 while one is being worked on, and for steps while a restore is; 04 for what is no name
 * input registers 120..       what became of it
 * files 840..                 its words: length in bytes uint32, CRC-32 uint32, text: why it was refused
 * files 845..                 likewise all that there are, a line each: name, scan, simulated ms, ms since 1970, seed,
 *                             bytes, and what is wrong with it, with tabs between
 */
#ifndef MBPLANT_IMAGE_NAMED_H
#define MBPLANT_IMAGE_NAMED_H

#include "mbplant/base.h"

#define MBP_NAMED_HR_NAME    110
#define MBP_NAMED_WORDS      32
#define MBP_NAMED_HR_COMMAND 142
#define MBP_NAMED_HR_END     143

#define MBP_NAMED_MAX 60u /* bytes of a name */

enum mbp_named_command {
    MBP_NAMED_NONE,
    MBP_NAMED_TAKE,
    MBP_NAMED_RESTORE,
    MBP_NAMED_REMOVE,
    MBP_NAMED_LOOK,
    MBP_NAMED_COMMAND_COUNT
};

#define MBP_NAMED_IR_STATE   120 /* enum mbp_named_state */
#define MBP_NAMED_IR_COMMAND 121 /* enum mbp_named_command that it is about */
#define MBP_NAMED_IR_NUMBER  122 /* counts the commands that are over, modulo 65536 */
#define MBP_NAMED_IR_COUNT   123 /* how many snapshots there are */
#define MBP_NAMED_IR_END     124

enum mbp_named_state { MBP_NAMED_IDLE, MBP_NAMED_WORKING, MBP_NAMED_DONE, MBP_NAMED_REFUSED };

#define MBP_NAMED_SAID_FILE 840
#define MBP_NAMED_LIST_FILE 845
#define MBP_NAMED_END_FILE  850
#define MBP_NAMED_TEXT_MAX  65536u

#endif
