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

/* ---- what is shown ----------------------------------------------------------------------------------------------- */

/* Whether a master reads a block for its views; shelves: those of each alarm alone too. */
bool ctl_block_is_read(const struct mbp_unit *unit, unsigned block, bool shelves);

/* Whether an address of its unit shows a member (offset) of an item's view. Where none does, the member says nothing
 * about the plant. */
bool ctl_shows(const struct mbp_plant *plant, enum mbp_map_per per, uint32_t item, size_t member);
#define CTL_SHOWS(plant, per, item, view, member) ctl_shows(plant, per, item, offsetof(struct view, member))

/* What no address shows of a machine, a sensor and a controller, into the view that has all else. */
void ctl_machine_untold(const struct mbp_plant *plant, uint32_t machine, struct mbp_machine_view *view);
void ctl_sensor_untold(const struct mbp_plant *plant, uint32_t sensor, struct mbp_sensor_view *view);
void ctl_controller_untold(const struct mbp_plant *plant, uint32_t controller, struct mbp_controller_view *view);

/* Whether an address tells of an alarm of a sensor, or of an interlock. */
bool ctl_alarm_is_told(const struct mbp_plant *plant, uint32_t sensor, unsigned alarm);

/* What no address tells of a sensor: a mask of its alarms, or of its interlocks. */
enum ctl_untold {
    CTL_UNTOLD_ALARMS,
    CTL_UNTOLD_HIDDEN, /* whether its alarms are */
    CTL_UNTOLD_INTERLOCKS,
    CTL_UNTOLD_BYPASSES
};
unsigned ctl_untold(const struct mbp_plant *plant, enum ctl_untold what, uint32_t sensor);

/* A line about all such of a machine (UINT32_MAX: of the plant), and the point that shows the first of them. False:
 * there are none, and nothing is said. */
bool ctl_say_untold(const struct mbp_plant *plant, enum ctl_untold what, uint32_t machine);

/* Says on stderr that no address tells of a sensor's alarms. */
void ctl_no_alarm_shown(const struct mbp_plant *plant, uint32_t sensor);

/* ---- flags ------------------------------------------------------------------------------------------------------- */

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
