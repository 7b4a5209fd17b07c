/* Which right it takes to write a point: by what it is. */
#include "mbplant/map/rights.h"

#include "mbplant/image/alarm_command.h"
#include "mbplant/image/staging.h"
#include "mbplant/instructor.h"
#include "mbplant/map/deeds.h"

enum mbp_right mbp_write_right(enum mbp_write_kind kind, unsigned sub)
{
    static const uint8_t rights[] = {
#define RIGHT_OF(kind, right) MBP_RIGHT_##right,
        MBP_WRITE_KINDS(RIGHT_OF)
#undef RIGHT_OF
    };
    if (kind == MBP_WRITE_SETTING && (sub == MBP_SET_SETPOINT || sub == MBP_SET_MANUAL))
        return MBP_RIGHT_COMMANDS;
    return (enum mbp_right)rights[kind];
}

enum mbp_right mbp_record_right(unsigned word, double value)
{
    bool asks = word == MBP_RECORD_COMMAND && value > MBP_DEED_NONE && value <= UINT16_MAX;
    return mbp_deed_right(asks ? (unsigned)value : MBP_DEED_ACKNOWLEDGE);
}

enum mbp_right mbp_instructor_right(enum mbp_table table, uint32_t addr)
{
    if (table == MBP_HOLDING_REGISTERS && addr >= MBP_STAGING_HR_COMMAND && addr < MBP_STAGING_HR_END)
        return MBP_RIGHT_PLANT;
    if (table == MBP_HOLDING_REGISTERS && addr >= MBP_SIM_HR_FORCE && addr <= MBP_SIM_HR_FORCE_COMMAND)
        return MBP_RIGHT_FORCE;
    return MBP_RIGHT_SIMULATION;
}

enum mbp_right mbp_point_right(const struct mbp_point *point)
{
    if (point->field == NULL)
        return MBP_RIGHT_COMMANDS; /* raw */
    if (mbp_map[point->block].instructor)
        return mbp_instructor_right((enum mbp_table)point->table, point->addr);
    return mbp_write_right((enum mbp_write_kind)point->field->write, point->field->sub);
}
