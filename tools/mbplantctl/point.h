/* point: what the user's words mean in a plant: points, machines, sensors, and the nearest of them. */
#ifndef MBP_CTL_POINT_H
#define MBP_CTL_POINT_H

#include "mbplant/map.h"

#define CTL_POINT_WORDS_MAX 125u
enum {
    MBP_MACHINE_WORDS = 16,
    MBP_SUMMARY_WORDS = 24,
    MBP_ACTUATOR_WORDS = 4,
    MBP_CONTROLLER_WORDS = 8,
    MBP_UPKEEP_WORDS = 16,
    MBP_ALARM_WORDS = 4,
    MBP_JOURNAL_WORDS = 6
};

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
 * a register and for a bit (TT101.high: the limit and whether it is exceeded), the holding register is meant. */
bool ctl_point_find(const struct mbp_plant *plant, int unit, const char *name, struct ctl_point *out);

/* A name as the plant spells it, where the user gave it in another case; else as it was given. Names that differ in
 * nothing else are told apart by it. */
const char *ctl_spelling(const struct mbp_plant *plant, const char *name);

/* "all", in any case: what stands for everything there is. */
bool ctl_is_all(const char *name);

/* Says on stderr that the plant has no such point, machine or sensor, and which name is nearest. */
enum ctl_what { CTL_ANY_POINT, CTL_MACHINE, CTL_SENSOR, CTL_MACHINE_OR_SENSOR };
void ctl_unknown_name(const struct mbp_plant *plant, enum ctl_what what, const char *name);

/* A machine's or sensor's plant-wide index; UINT32_MAX after saying that there is none. */
uint32_t ctl_machine_find(const struct mbp_plant *plant, const char *name);
uint32_t ctl_sensor_find(const struct mbp_plant *plant, const char *name);

/* The sensors that a word means: "all", a machine's, one, or the one of a point (TT101.high). False after saying that
 * there is none. *machine is the machine's index, else UINT32_MAX. */
bool ctl_sensors_find(const struct mbp_plant *plant, const char *name, uint32_t *first, uint32_t *count,
                      uint32_t *machine);

/* A state by its word: en_service, en_panne, maintenance; in_service and faulted are taken too. */
bool ctl_state_find(const char *word, enum mbp_state_code *out);

/* ---- addresses of the default map ------------------------------------------------------------------------------- */

uint16_t ctl_machine_coil(const struct mbp_plant *plant, uint32_t machine, unsigned offset);
uint16_t ctl_machine_block(const struct mbp_plant *plant, uint32_t machine); /* input register */
uint16_t ctl_machine_discrete(const struct mbp_plant *plant, uint32_t machine);
uint16_t ctl_sensor_discrete(const struct mbp_plant *plant, uint32_t sensor);
uint16_t ctl_forced_coil(const struct mbp_plant *plant, uint32_t sensor);
uint16_t ctl_shelved_coil(const struct mbp_plant *plant, uint32_t sensor);

/* Blocks for which a unit may have no room: 0 then. */
uint16_t ctl_acknowledge_coil(const struct mbp_plant *plant, uint32_t sensor);
uint16_t ctl_reset_coil(const struct mbp_plant *plant, uint32_t sensor);
uint16_t ctl_service_coil(const struct mbp_plant *plant, uint32_t sensor);
uint16_t ctl_shelving_register(const struct mbp_plant *plant, uint32_t sensor); /* holding */
uint16_t ctl_alarm_block(const struct mbp_plant *plant, uint32_t sensor);       /* input registers */
uint16_t ctl_upkeep_block(const struct mbp_plant *plant, uint32_t machine);     /* input registers */
uint8_t ctl_machine_unit(const struct mbp_plant *plant, uint32_t machine);
uint8_t ctl_sensor_unit(const struct mbp_plant *plant, uint32_t sensor);

/* Of a machine's eight. */
#define CTL_ACKNOWLEDGE_COIL 3u
#define CTL_RESET_COIL       4u

/* Bits of a sensor's eight discrete inputs; the first four are enum mbp_limit. */
enum ctl_sensor_bit { CTL_BIT_UNACKNOWLEDGED = 4, CTL_BIT_SHELVED, CTL_BIT_FORCED, CTL_BIT_BAD, CTL_SENSOR_BITS };

#endif
