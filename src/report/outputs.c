/* Outputs that act: the tables of actuators and of the controllers that move them. */
#include "document.h"

#include <math.h>

#include "writers.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- words ------------------------------------------------------------------------------------------------------- */

/* A controller's output, in the unit of what it moves. Returns buf. 64 bytes suffice. */
static const char *output_text(const struct mbp_plant *plant, const struct mbp_controller *controller, double output,
                               char *buf, size_t size)
{
    if (controller->output < plant->actuator_count)
        return mbp_actuator_text(&plant->actuators[controller->output], output, buf, size);
    return mbp_value_text(&plant->sensors[plant->controllers[controller->inner].input], output, buf, size);
}

const char *mbp_output_moves(const struct mbp_plant *plant, const struct mbp_controller *controller)
{
    return controller->output < plant->actuator_count ? plant->actuators[controller->output].name
                                                      : plant->controllers[controller->inner].name;
}

const char *mbp_output_unit(const struct mbp_plant *plant, const struct mbp_controller *controller)
{
    return controller->output < plant->actuator_count
               ? plant->actuators[controller->output].unit_text
               : plant->sensors[plant->controllers[controller->inner].input].unit_text;
}

const char *mbp_output_mode(bool automatic)
{
    return automatic ? "auto" : "manual"; /* the plant file's words */
}

/* ---- tables ------------------------------------------------------------------------------------------------------ */

static void actuator_row(enum mbp_lang lang, const struct mbp_report_actuator *row, struct mbp_grid *grid)
{
    const struct mbp_actuator *actuator = row->actuator;
    bool on_its_way = fabs(row->command - row->position) > 0;
    char text[64];
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", actuator->name);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", row->machine);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", mbp_message_actuator_kind(lang, (enum mbp_actuator_kind)actuator->kind));
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", mbp_message_actuator(lang, actuator, row->command, text, sizeof text));
    mbp_grid_cell(grid, on_its_way ? MBP_PAINT_CARE : MBP_PAINT_NONE, "%s",
                  mbp_message_actuator(lang, actuator, row->position, text, sizeof text));
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", mbp_report_mover(row));
}

enum mbp_status mbp_document_fill_actuators(struct document *document, struct document_part *part)
{
    static const struct document_column columns[] = {
        {MSG_C_ACTUATOR, "actuator", false}, {MSG_C_MACHINE, "machine", false},  {MSG_C_KIND, "kind", false},
        {MSG_C_COMMAND, "command", true},    {MSG_C_POSITION, "position", true}, {MSG_C_MOVED_BY, "moved_by", false}};
    enum mbp_status status = mbp_document_grid(document, part, columns, COUNT(columns));
    for (size_t i = 0; i < document->report->actuator_count && status == MBP_OK; i++)
        actuator_row(document->lang, &document->report->actuators[i], part->grid);
    return status;
}

static void controller_row(const struct document *document, const struct mbp_report_controller *row,
                           struct mbp_grid *grid)
{
    const struct mbp_plant *plant = document->plant;
    const struct mbp_controller *controller = row->controller;
    const struct mbp_sensor *input = &plant->sensors[controller->input];
    char text[64];
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", controller->name);
    mbp_grid_cell(grid, row->automatic || row->mode_untold ? MBP_PAINT_NONE : MBP_PAINT_CARE, "%s",
                  row->mode_untold ? "-" : mbp_output_mode(row->automatic));
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", input->name);
    mbp_value_text(input, row->setpoint, text, sizeof text);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", mbp_message_decimal(document->lang, text));
    mbp_value_text(input, row->measurement, text, sizeof text);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", mbp_message_decimal(document->lang, text));
    output_text(plant, controller, row->output, text, sizeof text);
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", mbp_message_decimal(document->lang, text));
    mbp_grid_cell(grid, MBP_PAINT_NONE, "%s", mbp_output_moves(plant, controller));
}

enum mbp_status mbp_document_fill_controllers(struct document *document, struct document_part *part)
{
    static const struct document_column columns[] = {{MSG_C_CONTROLLER, "controller", false},
                                                     {MSG_C_MODE, "mode", false},
                                                     {MSG_C_INPUT, "input", false},
                                                     {MSG_C_SETPOINT, "setpoint", true},
                                                     {MSG_C_VALUE, "value", true},
                                                     {MSG_C_OUTPUT, "output", true},
                                                     {MSG_C_MOVES, "moves", false}};
    enum mbp_status status = mbp_document_grid(document, part, columns, COUNT(columns));
    for (size_t i = 0; i < document->report->controller_count && status == MBP_OK; i++)
        controller_row(document, &document->report->controllers[i], part->grid);
    return status;
}

enum mbp_status mbp_document_add_outputs(struct document *document)
{
    enum mbp_status status = MBP_OK;
    if (document->report->actuator_count > 0)
        status = mbp_document_fill_actuators(document, mbp_document_add(document, MSG_T_ACTUATORS));
    if (status == MBP_OK && document->report->controller_count > 0)
        status = mbp_document_fill_controllers(document, mbp_document_add(document, MSG_T_CONTROLLERS));
    return status;
}
