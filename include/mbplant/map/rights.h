/* map_rights: which right (mbplant/plant/operators.h) it takes to write something; MBP_RIGHT_COUNT = none. */
#ifndef MBPLANT_MAP_RIGHTS_H
#define MBPLANT_MAP_RIGHTS_H

#include "mbplant/map.h"

/* By what a write is; of a command record: mbp_record_right. */
enum mbp_right mbp_write_right(enum mbp_write_kind kind, unsigned sub);

/* Of a word of a command record: of the command by what it asks for. A word beside it takes a right to any command, of
 * which the first is named. */
enum mbp_right mbp_record_right(unsigned word, double value);

/* In the instructor's unit by the address. */
enum mbp_right mbp_instructor_right(enum mbp_table table, uint32_t addr);

/* Of a point of the map. */
enum mbp_right mbp_point_right(const struct mbp_point *point);

#endif
