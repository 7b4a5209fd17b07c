#include "report_loaded.h"

struct mbp_plant *plant;
struct mbp_analysis *analysis;

int report_load(void **state)
{
    (void)state;
    plant = report_plant();
    analysis = report_analysis(plant);
    return 0;
}

int report_unload(void **state)
{
    (void)state;
    mbp_analysis_free(analysis);
    mbp_plant_free(plant);
    return 0;
}
