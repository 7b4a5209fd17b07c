/* Figures of machines of which a master is not shown all. */
#include "telling.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct mbp_analysis_now now;

/* A failure of five minutes and a repair of five, and running else; as it is after 70 minutes. */
static void tell(void)
{
    story_start(story, 0);
    story_state(story, 1200, FILL, MBP_EN_SERVICE, MBP_EN_PANNE);
    story_state(story, 1500, FILL, MBP_EN_PANNE, MBP_MAINTENANCE);
    story_state(story, 1800, FILL, MBP_MAINTENANCE, MBP_EN_SERVICE);
    now = (struct mbp_analysis_now){.wall_ms = story_wall(story, 4200), .scan = 42000, .machines = machines};
}

/* What a master finds at no address is 0 there, and says nothing. */
static void test_figures_that_no_address_shows_are_not_reckoned_with(void **state)
{
    (void)state;
    static const struct {
        uint8_t untold;
        double since_s; /* -1 = whole life */
        bool performance, quality;
    } cases[] = {{0, -1, true, true},
                 {1u << MBP_FIGURE_GOOD, -1, false, false},
                 {1u << MBP_FIGURE_REJECT, -1, false, false},
                 {1u << MBP_FIGURE_RUNNING, -1, true, true},
                 {1u << MBP_FIGURE_RUNNING, 100, false, false},
                 {1u << MBP_FIGURE_DUE, 100, true, true}};
    tell();
    machines[FILL].good = 1188;
    machines[FILL].running_s = 3600;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        machines[FILL].untold_figures = cases[i].untold;
        machines[FILL].running_s = cases[i].untold == 1u << MBP_FIGURE_RUNNING ? 0 : 3600;
        struct mbp_analysis *analysis = story_tell(story, plant, cases[i].since_s, -1, &now);
        const struct mbp_analysis_machine *fill = &analysis->machines[FILL];
        assert_int_equal(isfinite(fill->performance), cases[i].performance);
        assert_int_equal(isfinite(fill->quality), cases[i].quality);
        assert_int_equal(isfinite(fill->oee), cases[i].quality);
        assert_int_equal(fill->due_untold, cases[i].untold == 1u << MBP_FIGURE_DUE);
        mbp_analysis_free(analysis);
    }
}

static void test_state_that_no_address_shows_is_what_events_tell(void **state)
{
    (void)state;
    tell();
    machines[FILL].untold = machines[PACK].untold = true;
    struct mbp_analysis *analysis = story_tell(story, plant, -1, -1, &now);
    assert_int_equal(analysis->machines[FILL].running_ms, 3600000);
    assert_false(analysis->machines[PACK].known);
    assert_int_equal(analysis->machines[PACK].running_ms, 0);
    assert_true(isnan(analysis->machines[PACK].availability));
    mbp_analysis_free(analysis);
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, story_begin, story_end)
    const struct CMUnitTest tests[] = {
        TEST(test_figures_that_no_address_shows_are_not_reckoned_with),
        TEST(test_state_that_no_address_shows_is_what_events_tell),
    };
    return cmocka_run_group_tests(tests, story_load, story_unload);
}
