/* snapshot: the whole plant as a master sees it at one moment, as views (mbplant/view.h): what the words of its map
 * say, by the map's own rows. */
#ifndef MBP_CTL_SNAPSHOT_H
#define MBP_CTL_SNAPSHOT_H

#include "ctl.h"
#include "mbplant/view.h"
#include "slave/point.h"

/* Errors are told. Ownership: mbp_plant_view_free. */
enum ctl_exit ctl_snapshot_take(struct ctl *ctl, struct mbp_plant_view *out);

/* One machine alone. Members of blocks that its unit has no room for say that they know nothing. */
enum mbp_status ctl_machine_read(struct ctl *ctl, uint32_t machine, struct mbp_machine_view *out);

/* The flags of one sensor that its eight discrete inputs show; the other members are 0. */
enum mbp_status ctl_sensor_flags_read(struct ctl *ctl, uint32_t sensor, struct mbp_sensor_view *out);

/* The first unit with a default map, which has the summary block and the journal: its id, or -1; ctl_summary_unit tells
 * that there is none. */
int ctl_map_unit(const struct mbp_plant *plant);
int ctl_summary_unit(const struct mbp_plant *plant);

/* A unit's summary block; how it stands with the journal, into the members of the same view that say so. */
enum mbp_status ctl_summary_read(struct ctl *ctl, uint8_t unit, struct mbp_summary_view *out);
enum mbp_status ctl_journal_state_read(struct ctl *ctl, uint8_t unit, struct mbp_summary_view *summary);

/* Whether one of a sensor's four limits is passed, as the operator sees it. */
bool ctl_limit_passed(const struct mbp_sensor_view *view);

/* The eight flags of a sensor in the order of the map, the first in the lowest bit; and back. */
uint8_t ctl_sensor_bits(const struct mbp_sensor_view *view);
void ctl_sensor_set_bits(struct mbp_sensor_view *view, uint8_t bits);

/* What those flags tell of an alarm, where nothing tells more. */
enum mbp_alarm_state ctl_alarm_by_flags(const struct mbp_sensor_view *view, unsigned alarm);

/* "forced, high" and the like; "" when all is normal. Returns buf. 96 bytes suffice. */
const char *ctl_flags_text(const struct mbp_sensor_view *view, char *buf, size_t size);

#endif
