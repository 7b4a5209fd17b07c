/* staging: how a plant file gets into a running mbplantd over Modbus: the part of the instructor's unit (247, with
 * `instructor: true` in the plant file) that check and put use. Addresses are PDU addresses; numbers of two registers
 * stand high word first.
 *
 * files 900..          written (FC 21): the new text as the running one is read there: length in bytes uint32, CRC-32
 *                      uint32, text, an odd last byte padded with 0. Any order, any pieces; nothing happens yet.
 * holding register 100 command about the staged text: 1 = check it, 2 = put it in the running one's place. Code 06
 * while one is being worked on. With registers 101 and 102 in the same request, the CRC-32 of the text that is meant:
 * another one is refused, whoever staged it. input registers 100.. what became of it files 890..          its words:
 * length in bytes uint32, CRC-32 uint32, text: the errors, one FILE:LINE:COLUMN: a line, or what is to be said of
 * points that moved and the like; at most MBP_STAGING_TEXT_MAX bytes
 */
#ifndef MBPLANT_IMAGE_STAGING_H
#define MBPLANT_IMAGE_STAGING_H

#include "mbplant/base.h"

#define MBP_STAGING_HR_COMMAND 100
#define MBP_STAGING_HR_CRC     101 /* uint32; 0 = not said */
#define MBP_STAGING_HR_END     103

enum mbp_staging_command { MBP_STAGING_NONE, MBP_STAGING_CHECK, MBP_STAGING_PUT, MBP_STAGING_COMMAND_COUNT };

#define MBP_STAGING_IR_STATE   100 /* enum mbp_staging_state */
#define MBP_STAGING_IR_COMMAND 101 /* enum mbp_staging_command that it is about */
#define MBP_STAGING_IR_NUMBER  102 /* counts the commands that are over, modulo 65536 */
#define MBP_STAGING_IR_ERRORS  103 /* lines of errors */
#define MBP_STAGING_IR_CRC     104 /* uint32: of the text that it was about */
#define MBP_STAGING_IR_ADDED   106 /* machines and sensors: added, */
#define MBP_STAGING_IR_REMOVED 107 /* removed, */
#define MBP_STAGING_IR_CHANGED 108 /* changed */
#define MBP_STAGING_IR_SAVED   109 /* 1 = the plant file on mbplantd's disk is the new one */
#define MBP_STAGING_IR_END     110

enum mbp_staging_state {
    MBP_STAGING_IDLE,
    MBP_STAGING_WORKING,
    MBP_STAGING_DONE,
    MBP_STAGING_REFUSED,
    MBP_STAGING_UNCHANGED /* done: it is the very text that runs */
};

/* Byte i of a plant file as files 900.. have it, read or staged: length u32, CRC-32 u32, text, then 0. */
uint8_t mbp_staging_byte(struct mbp_text text, uint32_t crc, size_t i);

#define MBP_STAGING_TEXT_FILE 890
#define MBP_STAGING_TEXT_MAX  65536u

#endif
