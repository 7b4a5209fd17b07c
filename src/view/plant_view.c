/* The views of a whole plant. */
#include <stdlib.h>

#include "mbplant/map.h"
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

void mbp_plant_view_take(const struct mbp_plant *plant, const struct mbp_state *state, struct mbp_plant_view *out)
{
    for (uint32_t u = 0; u < plant->unit_count; u++) {
        if (mbp_unit_has_map(&plant->units[u])) {
            mbp_view_summary(plant, &plant->units[u], state, &out->summary);
            break;
        }
    }
    for (uint32_t s = 0; s < plant->sensor_count; s++)
        mbp_view_sensor(plant, state, s, &out->sensors[s]);
    for (uint32_t m = 0; m < plant->machine_count; m++)
        mbp_view_machine(plant, state, m, &out->machines[m]);
    for (uint32_t a = 0; a < plant->actuator_count; a++)
        mbp_view_actuator(plant, state, a, &out->actuators[a]);
    for (uint32_t c = 0; c < plant->controller_count; c++)
        mbp_view_controller(plant, state, c, &out->controllers[c]);
}

uint32_t mbp_view_first_out(const struct mbp_plant *plant, uint32_t machine, const struct mbp_machine_view *view)
{
    const struct mbp_unit *unit = &plant->units[plant->machines[machine].unit];
    return view->first_out_sensor < unit->sensor_count ? unit->first_sensor + view->first_out_sensor : UINT32_MAX;
}
