/* bdseq: the number of a session, which the next session must not have again, whatever ended this one. */
#ifndef MBP_MQTT_BDSEQ_H
#define MBP_MQTT_BDSEQ_H

#include <stdint.h>

#include "mbplant/base.h"

/* The file in the data's folder: "bdSeq 17\n", the number for the next session. */
#define MQTT_BDSEQ_FILE "mqtt.bdseq"

/* 0 where there is no such file, or it says no such number. */
uint8_t mqtt_bdseq_read(const char *folder);

/* On the disk when it returns. Errors: MBP_ERR_IO. */
enum mbp_status mqtt_bdseq_write(const char *folder, uint8_t next);

#endif
