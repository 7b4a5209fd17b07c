/* defs: the plant file as it is written, before `repeat` is expanded. Lives from reading to the end of the load. */
#ifndef MBP_PLANT_DEFS_H
#define MBP_PLANT_DEFS_H

#include "defs/alarm.h"
#include "defs/common.h"
#include "defs/output.h"
#include "defs/plant.h"
#include "defs/point.h"
#include "defs/sensor.h"
#include "defs/signal.h"
#include "defs/unit.h"

extern const struct mbp_schema mbp_plant_schema, mbp_unit_schema, mbp_machine_schema, mbp_server_schema,
    mbp_sensor_schema, mbp_tables_schema, mbp_actuator_schema, mbp_controller_schema, mbp_register_schema,
    mbp_limits_schema, mbp_rate_schema, mbp_bad_quality_schema, mbp_signal_schema, mbp_journal_schema,
    mbp_samples_schema, mbp_report_schema, mbp_plant_fault_schema, mbp_point_schema, mbp_answer_schema,
    mbp_own_alarm_schema, mbp_interlock_schema, mbp_mqtt_schema, mbp_operator_schema;

/* `bad_quality: true`. */
extern const struct mbp_field mbp_bad_quality_brief, mbp_samples_brief;

/* ---- what a unit answers ----------------------------------------------------------------------------------------- */

/* Whether sensors without a register of their own have one in a unit with these `blocks`. */
bool mbp_blocks_have_values(const struct mbp_node *blocks);

/* Readers of `gaps`, `blocks` and `identity`. */
enum mbp_reading mbp_read_gaps(struct mbp_reader *reader, const struct mbp_node *node, const struct mbp_field *field,
                               void *at);
enum mbp_reading mbp_read_blocks(struct mbp_reader *reader, const struct mbp_node *node, const struct mbp_field *field,
                                 void *at);
enum mbp_reading mbp_read_objects(struct mbp_reader *reader, const struct mbp_node *node, const struct mbp_field *field,
                                  void *at);

/* ---- rules of a sensor ------------------------------------------------------------------------------------------- */

/* Checks its alarms, their deadbands only when its range is right, and sets those of the sensor. */
void mbp_complete_alarms(struct mbp_reader *reader, struct mbp_sensor_def *sensor, bool range_right);

/* Likewise of a bool, which may have the alarm `condition`. */
void mbp_complete_condition(struct mbp_reader *reader, struct mbp_sensor_def *sensor, enum mbp_condition condition);

/* The rule that a `report` comes to; NULL = every change is kept. */
const struct mbp_report_rule *mbp_complete_report(struct mbp_reader *reader, const struct mbp_report_def *def);

/* What the plant is called at the broker, which may be its name. */
void mbp_mqtt_check_node(struct mbp_reader *reader, struct mbp_plant_def *plant);

/* The first `suppress` that the sensor or one of its alarms has; NULL = none. */
const struct mbp_node *mbp_suppressing_node(const struct mbp_sensor_def *sensor);

/* Checks its signal, and sets that of the sensor. */
void mbp_check_signal(struct mbp_reader *reader, const struct mbp_sensor_def *sensor);
void mbp_complete_signal(struct mbp_reader *reader, struct mbp_sensor_def *sensor);
void mbp_complete_own(struct mbp_reader *reader, struct mbp_sensor_def *row);

/* Warns of an address that looks like a register as people call it: 40001 for the first holding register. */
void mbp_check_reference(struct mbp_reader *reader, const struct mbp_node *node, enum mbp_table table, uint32_t at);

/* ---- formulas, curves and the clock's start (formula/) -------------------------------------------------
 */

/* Readers of CUSTOM rows, and what prints and compares them. */
#define MBP_READER(name)                                                                                               \
    enum mbp_reading name(struct mbp_reader *reader, const struct mbp_node *node, const struct mbp_field *field,       \
                          void *at)
MBP_READER(mbp_read_formula); /* into a struct mbp_formula_def */
/* Tells what is wrong in an expression, at its place in the file. */
void mbp_tell_formula(struct mbp_reader *reader, const struct mbp_formula_def *def, const struct mbp_expr_error *error);

MBP_READER(mbp_read_parameters); /* into a struct mbp_def_list of struct mbp_parameter_def */
MBP_READER(mbp_read_logic);      /* into a struct mbp_def_list of them */
MBP_READER(mbp_read_curves);     /* into a struct mbp_def_list of struct mbp_curve_def */
MBP_READER(mbp_read_start);      /* into an int64_t */
void mbp_print_formula(FILE *out, const void *at);
void mbp_print_logic(FILE *out, const void *at);
void mbp_print_curves(FILE *out, const void *at);
void mbp_print_start(FILE *out, const void *at);
bool mbp_same_formula(const void *at, const void *other);

/* ---- from the plant ---------------------------------------------------------------------------------------------- */

struct mbp_signal_view {
    struct mbp_signal_def def;
    struct mbp_input_def inputs[MBP_INPUTS_MAX];
};

struct mbp_sensor_view {
    struct mbp_sensor_def def;
    struct mbp_signal_view signal;
};

struct mbp_controller_view {
    struct mbp_controller_def def;
    struct mbp_feed_def feeds[MBP_FEEDS_MAX];
};

/* What a file would say that leaves nothing to a default: for printing and comparing. Lists are the arena's, and empty
 * when there is no memory. */
void mbp_plant_view(const struct mbp_plant *plant, struct mbp_arena *arena, struct mbp_plant_def *def);
/* Its units are printed apart, and behind them its faults: this shows those alone. */
void mbp_plant_view_faults(struct mbp_plant_def *def);
/* `listen` of a plant file. */
enum mbp_reading mbp_read_listen(struct mbp_reader *reader, const struct mbp_node *node, const struct mbp_field *field,
                                 void *at);
bool mbp_same_listen(const void *at, const void *other);

/* Those of the file, and whom access rules name of them. */
void mbp_resolve_operators(struct mbp_reader *reader, struct mbp_plant_def *def, struct mbp_operators *out);

void mbp_server_view(const struct mbp_plant *plant, struct mbp_arena *arena, struct mbp_server_def *def);
struct mbp_def_list mbp_operators_view(const struct mbp_operators *operators, struct mbp_arena *arena);
void mbp_mqtt_view(const struct mbp_mqtt_options *options, struct mbp_mqtt_def *def);
void mbp_unit_view(const struct mbp_unit *unit, struct mbp_arena *arena, struct mbp_unit_def *def);
void mbp_unit_view_logic(const struct mbp_plant *plant, const struct mbp_unit *unit, struct mbp_arena *arena,
                         struct mbp_unit_def *def); /* that alone */
struct mbp_def_list mbp_curves_view(const struct mbp_plant *plant, struct mbp_arena *arena);
void mbp_tables_view(const struct mbp_unit *unit, struct mbp_arena *arena, struct mbp_tables_def *def);
/* ... and into the plant: the blocks of a table; files and queues. */
void mbp_take_blocks(struct mbp_reader *reader, const struct mbp_def_list *list, enum mbp_table table,
                     struct mbp_unit *unit);
void mbp_take_files(struct mbp_reader *reader, const struct mbp_tables_def *tables, struct mbp_unit *unit);
/* point: that it is, where it has no place in the standard map */
void mbp_register_view(const struct mbp_register *reg, const struct mbp_user_point *point,
                       struct mbp_register_def *def);
void mbp_signal_view(const struct mbp_plant *plant, const struct mbp_sensor *sensor, struct mbp_signal_view *view);
void mbp_alarms_view(const struct mbp_sensor *sensor, struct mbp_sensor_def *def);

/* Whether it has to be looked after in each scan. */
static inline bool mbp_alarm_has_duty(const struct mbp_alarm *alarm)
{
    return alarm->re_alarm_ns != 0 || alarm->chatter.transitions != 0 || alarm->when != NULL;
}

/* What a sensor says for its alarms; returns which keys of those that most do not have. */
uint64_t mbp_alarm_common_view(const struct mbp_alarms *alarms, struct mbp_sensor_def *def);
void mbp_actuator_view(const struct mbp_plant *plant, uint32_t a, struct mbp_actuator_def *def);
void mbp_controller_view(const struct mbp_plant *plant, uint32_t c, struct mbp_controller_view *view);
void mbp_machine_view(const struct mbp_plant *plant, uint32_t m, struct mbp_machine_def *def);
void mbp_sensor_view(const struct mbp_plant *plant, uint32_t s, struct mbp_sensor_view *view);
void mbp_own_alarm_view(const struct mbp_plant *plant, uint32_t s, struct mbp_sensor_def *def);
void mbp_interlock_view(const struct mbp_plant *plant, uint32_t s, struct mbp_interlock_def *def);

#endif
