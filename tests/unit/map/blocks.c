/* The rows of the register map: what must be true of each. */
#include "mbplant/map.h"

#include <string.h>

#include "mbplant/view.h"
#include "plant_fixture.h"

static bool is_bits(const struct mbp_map_block *block)
{
    return block->table == MBP_COILS || block->table == MBP_DISCRETE_INPUTS;
}

static bool is_output(const struct mbp_map_block *block)
{
    return block->table == MBP_COILS || block->table == MBP_HOLDING_REGISTERS;
}

static void test_fields_of_a_block_stand_one_behind_another_within_its_stride(void **state)
{
    (void)state;
    for (unsigned b = 0; b < mbp_map_count; b++) {
        const struct mbp_map_block *block = &mbp_map[b];
        unsigned next = 0;
        assert_true(block->field_count > 0);
        if (block->place != MBP_PLACE_STRIDE && block->place != MBP_PLACE_ON_OFF)
            continue; /* of the item's own register */
        for (unsigned f = 0; f < block->field_count; f++) {
            assert_true(block->fields[f].offset >= next);
            next = block->fields[f].offset + (unsigned)mbp_map_field_count(&block->fields[f], NULL);
        }
        assert_true(next <= block->stride);
    }
}

static void test_names_of_one_item_are_unique_in_each_table(void **state)
{
    (void)state;
    for (unsigned a = 0; a < mbp_map_count; a++) {
        for (unsigned b = a; b < mbp_map_count; b++) {
            if (mbp_map[a].per != mbp_map[b].per || mbp_map[a].table != mbp_map[b].table)
                continue;
            for (unsigned f = 0; f < mbp_map[a].field_count; f++) {
                for (unsigned g = a == b ? f + 1 : 0; g < mbp_map[b].field_count; g++)
                    assert_string_not_equal(mbp_map[a].fields[f].name, mbp_map[b].fields[g].name);
            }
        }
    }
}

static void test_fields_are_of_their_table(void **state)
{
    (void)state;
    for (unsigned b = 0; b < mbp_map_count; b++) {
        const struct mbp_map_block *block = &mbp_map[b];
        for (unsigned f = 0; f < block->field_count; f++) {
            const struct mbp_map_field *field = &block->fields[f];
            bool own = block->place == MBP_PLACE_VALUE || block->place == MBP_PLACE_LIMITS ||
                       block->place == MBP_PLACE_COMMAND;
            assert_true(own || is_bits(block) == (field->type == MBP_BOOL));
            assert_true(block->instructor || (field->write != MBP_WRITE_NONE) == is_output(block));
            assert_true(field->unit_text != NULL || field->measure != MBP_MEASURE_TEXT);
            assert_true(field->form != MBP_FORM_TRIGGER || field->member.kind == MBP_MEMBER_NONE);
            if (is_bits(block) && field->member.kind != MBP_MEMBER_NONE)
                assert_int_equal(field->member.kind, MBP_MEMBER_BOOL);
        }
    }
}

/* The words of limits, states and settings are those of the plant file. */
static void test_words_of_limits_states_and_settings_are_the_files(void **state)
{
    (void)state;
    static const char *const settings[MBP_SETTING_COUNT] = {
        [MBP_SET_SETPOINT] = "setpoint",     [MBP_SET_GAIN] = "gain",      [MBP_SET_INTEGRAL] = "integral",
        [MBP_SET_DERIVATIVE] = "derivative", [MBP_SET_LOW] = "output_low", [MBP_SET_HIGH] = "output_high",
        [MBP_SET_MANUAL] = "manual"};
    for (unsigned l = 0; l < MBP_LIMIT_COUNT; l++) {
        char name[32];
        snprintf(name, sizeof name, "%s.limit", mbp_limit_name((enum mbp_limit)l));
        assert_string_equal(mbp_map[MBP_MAP_LIMITS].fields[l].name, name);
        assert_string_equal(mbp_map[MBP_MAP_SENSOR_BITS].fields[l].name, mbp_limit_name((enum mbp_limit)l));
    }
    for (unsigned s = 0; s < MBP_STATE_COUNT; s++)
        assert_string_equal(mbp_map[MBP_MAP_MACHINE_COILS].fields[s].name, mbp_state_name((enum mbp_state_code)s));
    for (unsigned s = 0; s < MBP_SETTING_COUNT; s++)
        assert_string_equal(mbp_map[MBP_MAP_SETTINGS].fields[s].name, settings[s]);
}

/* What README promises of a small unit: nothing moves there, and nothing overlaps. */
static void test_usual_places_of_a_small_unit_do_not_overlap(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_config("water.yaml");
    for (unsigned b = 0; b < MBP_MAP_NAMED_COUNT; b++) {
        uint32_t base = plant->units[0].layout.base[b];
        assert_true(base == MBP_NO_BASE || base == mbp_map[b].usual);
    }
    mbp_plant_free(plant);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fields_of_a_block_stand_one_behind_another_within_its_stride),
        cmocka_unit_test(test_names_of_one_item_are_unique_in_each_table),
        cmocka_unit_test(test_fields_are_of_their_table),
        cmocka_unit_test(test_words_of_limits_states_and_settings_are_the_files),
        cmocka_unit_test(test_usual_places_of_a_small_unit_do_not_overlap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
