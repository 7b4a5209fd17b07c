/* point: what the user's words mean in a plant: points, machines, sensors, and the nearest of them. */
#ifndef MBP_CTL_POINT_H
#define MBP_CTL_POINT_H

#include "mbplant/map.h"

#define CTL_POINT_WORDS_MAX 125u

struct ctl_point {
    struct mbp_point map;
    uint8_t unit;                        /* Modbus unit id */
    const struct mbp_sensor *sensor;     /* that the point belongs to, or NULL */
    const struct mbp_actuator *actuator; /* likewise */
    bool is_setting;                     /* of a controller */
    bool is_value;                       /* the sensor's own register */
    int limit;                           /* enum mbp_limit when the point is a sensor's limit, else -1 */
};

/* A point of the map by name, in any case, of any unit or of the one with that id (unit >= 0). Where a name stands for
 * several, the holding register is meant. */
bool ctl_point_find(const struct mbp_plant *plant, int unit, const char *name, struct ctl_point *out);

/* The same of one that is to be written: an alarm's name stands for its limit. */
bool ctl_point_find_to_write(const struct mbp_plant *plant, int unit, const char *name, struct ctl_point *out);

/* A name as the plant spells it, where the user gave it in another case; else as it was given. */
const char *ctl_spelling(const struct mbp_plant *plant, const char *name);

/* "all", in any case: what stands for everything there is. */
bool ctl_is_all(const char *name);

/* Says on stderr that the plant has no such point, machine, sensor or interlock, and which name is nearest. */
enum ctl_what { CTL_ANY_POINT, CTL_MACHINE, CTL_SENSOR, CTL_MACHINE_OR_SENSOR, CTL_INTERLOCK };
void ctl_unknown_name(const struct mbp_plant *plant, enum ctl_what what, const char *name);

/* Whether the plant has something of that name or a field of it, at an address or not. */
bool ctl_is_known(const struct mbp_plant *plant, const char *name);

/* A machine's or sensor's plant-wide index; UINT32_MAX after saying that there is none. */
uint32_t ctl_machine_find(const struct mbp_plant *plant, const char *name);
uint32_t ctl_sensor_find(const struct mbp_plant *plant, const char *name);

/* The sensors that a word means: "all", a machine's (without its alarms of no sensor), one, or the one of a point
 * (TT101.high). False after saying that
 * there is none. *machine is the machine's index, else UINT32_MAX. */
bool ctl_sensors_find(const struct mbp_plant *plant, const char *name, uint32_t *first, uint32_t *count,
                      uint32_t *machine);

/* A state by its word: en_service, en_panne, maintenance; in_service and faulted are taken too. */
bool ctl_state_find(const char *word, enum mbp_state_code *out);

/* ---- addresses of the map ---------------------------------------------------------------------------------------- */

/* Where a block of the map has a machine, sensor or whatever else the block is of (plant-wide index): its first
 * address, or -1 where the unit has no room for the block, or the block nothing for the item. */
int32_t ctl_addr(const struct mbp_plant *plant, unsigned block, uint32_t item);

/* Where a block has the field whose write is that; -1 likewise, and where no field is. */
int32_t ctl_addr_of(const struct mbp_plant *plant, unsigned block, uint32_t item, enum mbp_write_kind write,
                    unsigned sub);

/* Where a sensor, or an alarm of none, has its field of that write; *field: its name. -1 likewise. */
int32_t ctl_sensor_addr(const struct mbp_plant *plant, uint32_t sensor, enum mbp_write_kind write, const char **field);

/* Says on stderr that NAME.FIELD stands at no address, and how the plant file gives it one. */
void ctl_no_place(const char *name, const char *field, enum mbp_table table);

/* Sensors that a verb could not reach, for their coil stands nowhere: the first of them, and how many. Says so. */
struct ctl_missing {
    const char *name, *field;
    uint32_t count;
};
enum ctl_exit ctl_no_places(const struct ctl_missing *missing);

/* Whose an item is (plant-wide index). */
const struct mbp_unit *ctl_item_unit(const struct mbp_plant *plant, enum mbp_map_per per, uint32_t item);

uint8_t ctl_machine_unit(const struct mbp_plant *plant, uint32_t machine);
uint8_t ctl_sensor_unit(const struct mbp_plant *plant, uint32_t sensor);

#endif
