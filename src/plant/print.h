/* print: the parts of --print-config. */
#ifndef MBP_PLANT_PRINT_H
#define MBP_PLANT_PRINT_H

#include <stdio.h>

#include "defs.h"
#include "mbplant/map.h"

/* "# forced: coil 1000, ...": where the map has an item beside its value or command. */
void mbp_print_places(FILE *out, const struct mbp_plant *plant, const struct mbp_unit *unit, enum mbp_map_per per,
                      uint32_t item, const char *indent);

/* A machine, without what it holds. */
void mbp_print_machine(FILE *out, const struct mbp_plant *plant, const struct mbp_unit *unit, uint32_t m);

/* `sensors:` with count of the plant's sensors from first, all of this unit. Nothing when count is 0. */
void mbp_print_sensors(FILE *out, const struct mbp_plant *plant, const struct mbp_unit *unit, uint32_t first,
                       uint32_t count, const char *indent);

/* `alarms:` of no sensor likewise. */
void mbp_print_alarms(FILE *out, const struct mbp_plant *plant, const struct mbp_unit *unit, uint32_t first,
                      uint32_t count, const char *indent);

/* `interlocks:` of a machine. */
void mbp_print_interlocks(FILE *out, const struct mbp_plant *plant, const struct mbp_unit *unit,
                          const struct mbp_machine *machine);

/* `actuators:` likewise. */
void mbp_print_actuators(FILE *out, const struct mbp_plant *plant, const struct mbp_unit *unit, uint32_t first,
                         uint32_t count, const char *indent);

/* `controllers:` likewise. */
void mbp_print_controllers(FILE *out, const struct mbp_plant *plant, const struct mbp_unit *unit, uint32_t first,
                           uint32_t count, const char *indent);

/* What a unit answers as the device that it stands for: gaps, blocks, answer, identity, files. */
void mbp_print_answer(FILE *out, const struct mbp_unit *unit);

/* `points:` of a unit. Nothing when it has none. */
void mbp_print_points(FILE *out, const struct mbp_plant *plant, const struct mbp_unit *unit);

void mbp_print_parameters(FILE *out, const struct mbp_plant *plant, const struct mbp_unit *unit);

#endif
