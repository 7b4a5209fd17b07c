/* Who may do what the slave refused, by the plant's own table. */
#include "slave/rights.h"

#include "mbplant/event/logbook.h"
#include "mbplant/map/rights.h"
#include "mbplant/report.h"
#include "slave/refusal.h"
#include "slave/transport.h"

static enum mbp_right right_of_file(uint16_t file)
{
    bool plant = file >= MBP_PLANT_FIRST_FILE && file < MBP_JOURNAL_FIRST_FILE;
    return file == MBP_LOGBOOK_FILE ? MBP_RIGHT_LOGBOOK : plant ? MBP_RIGHT_PLANT : MBP_RIGHT_COMMANDS;
}

static enum mbp_right right_at(const struct mbp_plant *plant, const struct mbp_unit *unit, enum mbp_table table,
                               uint16_t addr)
{
    struct mbp_point point;
    if (unit->instructor)
        return mbp_instructor_right(table, addr);
    if (mbp_map_point_at(plant, (uint32_t)(unit - plant->units), table, addr, &point))
        return mbp_point_right(&point);
    return MBP_RIGHT_COMMANDS;
}

const char *ctl_lacks(struct ctl *ctl, enum mbp_right right, char *buf, size_t size)
{
    const char *who = ctl->options->said.who;
    return ctl->plant == NULL
               ? NULL
               : mbp_report_no_right(MBP_LANG_EN, &ctl->plant->operators, who != NULL ? who : "", right, buf, size);
}

const char *ctl_no_right(struct ctl *ctl, enum mbp_status exception, char *buf, size_t size)
{
    const struct ctl_write *last = ctl->link != NULL ? ctl_link_last_write(ctl->link) : NULL;
    if (exception == MBP_EX_ILLEGAL_FUNCTION && last != NULL)
        ctl_plant_if_told(ctl); /* what writes by raw address needs it for nothing else */
    const struct mbp_unit *unit =
        ctl->plant != NULL && last != NULL ? mbp_plant_find_unit(ctl->plant, last->unit) : NULL;
    const char *why = NULL;
    if (exception == MBP_EX_ILLEGAL_FUNCTION && unit != NULL && last->table == MBP_FILES)
        why = ctl_lacks(ctl, right_of_file(last->addr), buf, size);
    else if (exception == MBP_EX_ILLEGAL_FUNCTION && unit != NULL) {
        for (uint32_t i = 0; i < last->count && why == NULL; i++)
            why = ctl_lacks(ctl, right_at(ctl->plant, unit, (enum mbp_table)last->table, (uint16_t)(last->addr + i)),
                            buf, size);
    }
    return why;
}

const char *ctl_why_not_written(struct ctl *ctl, enum mbp_status exception, char *buf, size_t size)
{
    if (ctl_no_right(ctl, exception, buf, size) == NULL)
        snprintf(buf, size, "%s", ctl_exception_reason(exception, true));
    return buf;
}
