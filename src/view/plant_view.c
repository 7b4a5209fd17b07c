/* The views of a whole plant. */
#include <stdlib.h>

#include "mbplant/view.h"

enum mbp_status mbp_plant_view_new(const struct mbp_plant *plant, struct mbp_plant_view *out)
{
    struct mbp_plant_view view = {
        .sensors = calloc(plant->sensor_count + (size_t)1, sizeof *view.sensors),
        .texts = calloc(plant->sensor_count + (size_t)1, sizeof *view.texts),
        .machines = calloc(plant->machine_count + (size_t)1, sizeof *view.machines),
        .actuators = calloc(plant->actuator_count + (size_t)1, sizeof *view.actuators),
        .controllers = calloc(plant->controller_count + (size_t)1, sizeof *view.controllers),
    };
    if (view.sensors == NULL || view.texts == NULL || view.machines == NULL || view.actuators == NULL ||
        view.controllers == NULL) {
        mbp_plant_view_free(plant, &view);
        return MBP_ERR_MEMORY;
    }
    *out = view;
    return MBP_OK;
}

void mbp_plant_view_free(const struct mbp_plant *plant, struct mbp_plant_view *view)
{
    for (uint32_t s = 0; view->texts != NULL && s < plant->sensor_count; s++)
        free(view->texts[s]);
    free(view->texts);
    free(view->sensors);
    free(view->machines);
    free(view->actuators);
    free(view->controllers);
}

uint32_t mbp_view_first_out(const struct mbp_plant *plant, uint32_t machine, const struct mbp_machine_view *view)
{
    const struct mbp_unit *unit = &plant->units[plant->machines[machine].unit];
    return view->first_out_sensor < unit->sensor_count ? unit->first_sensor + view->first_out_sensor : UINT32_MAX;
}
