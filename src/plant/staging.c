/* The points of the instructor's unit by which a plant file is checked and put (include/mbplant/staging.h). */
#include "mbplant/staging.h"

#include <stdio.h>

#include "points.h"

static const struct {
    const char *name, *what;
    uint16_t addr;
    uint8_t table, type, count;
} points[] = {
    {"plant command", "1 checks, 2 puts the staged plant file", MBP_STAGING_HR_COMMAND, MBP_HOLDING_REGISTERS,
     MBP_UINT16, 1},
    {"plant command crc", "CRC-32 of the text that is meant", MBP_STAGING_HR_CRC, MBP_HOLDING_REGISTERS, MBP_UINT32, 2},
    {"plant command state", "0 none 1 working 2 done 3 refused 4 unchanged", MBP_STAGING_IR_STATE, MBP_INPUT_REGISTERS,
     MBP_UINT16, 1},
    {"plant command last", "which it was", MBP_STAGING_IR_COMMAND, MBP_INPUT_REGISTERS, MBP_UINT16, 1},
    {"plant commands done", "count", MBP_STAGING_IR_NUMBER, MBP_INPUT_REGISTERS, MBP_UINT16, 1},
    {"plant file errors", "lines; in words in file 890", MBP_STAGING_IR_ERRORS, MBP_INPUT_REGISTERS, MBP_UINT16, 1},
    {"plant file crc", "CRC-32 of the text it was about", MBP_STAGING_IR_CRC, MBP_INPUT_REGISTERS, MBP_UINT32, 2},
    {"plant things added", "machines and sensors", MBP_STAGING_IR_ADDED, MBP_INPUT_REGISTERS, MBP_UINT16, 1},
    {"plant things removed", "machines and sensors", MBP_STAGING_IR_REMOVED, MBP_INPUT_REGISTERS, MBP_UINT16, 1},
    {"plant things changed", "machines and sensors", MBP_STAGING_IR_CHANGED, MBP_INPUT_REGISTERS, MBP_UINT16, 1},
    {"plant file saved", "1: on mbplantd's disk too", MBP_STAGING_IR_SAVED, MBP_INPUT_REGISTERS, MBP_UINT16, 1},
};

int mbp_staging_points(enum mbp_table table, int (*visit)(const struct mbp_point *point, void *ctx), void *ctx)
{
    int stop = 0;
    for (size_t i = 0; i < sizeof points / sizeof points[0] && stop == 0; i++) {
        if (points[i].table != table)
            continue;
        struct mbp_point point = {.what = points[i].what,
                                  .unit_text = "",
                                  .scale = 1,
                                  .count = points[i].count,
                                  .sensor = UINT32_MAX,
                                  .machine = UINT32_MAX,
                                  .actuator = UINT32_MAX,
                                  .controller = UINT32_MAX,
                                  .addr = points[i].addr,
                                  .table = points[i].table,
                                  .type = points[i].type,
                                  .order = MBP_ABCD,
                                  .writable = table == MBP_HOLDING_REGISTERS};
        snprintf(point.name, sizeof point.name, "%s", points[i].name);
        stop = visit(&point, ctx);
    }
    return stop;
}
