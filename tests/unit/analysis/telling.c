#include "telling.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct mbp_plant *plant;
struct story *story;
struct mbp_analysis_machine_now machines[2];

int story_load(void **state)
{
    (void)state;
    plant = story_plant();
    return 0;
}

int story_unload(void **state)
{
    (void)state;
    mbp_plant_free(plant);
    return 0;
}

int story_begin(void **state)
{
    (void)state;
    story = story_new();
    machines[FILL] = machines[PACK] = (struct mbp_analysis_machine_now){.state = MBP_EN_SERVICE, .since_ms = BIRTH_MS};
    return 0;
}

int story_end(void **state)
{
    (void)state;
    test_free(story);
    return 0;
}
