/* The state's bytes once more: after each change those of the state, with a checksum that knows them. */
#include "mbplant/state/mirror.h"

#include <stdlib.h>
#include <string.h>

#include "fixture.h"

static const char yaml[] = "mbplant: 1\nname: Line\nunits:\n  - id: 1\n    machines:\n      - name: M1\n"
                           "        sensors:\n"
                           "          - {name: T1, kind: temperature, max: 85, rate_of_change: {max: 8, per: 5s}}\n"
                           "          - {name: T2, kind: temperature, max: 85}\n"
                           "        actuators: [{name: V1}]\n";

struct bed {
    struct mbp_plant *plant;
    struct mbp_state *state;
    struct mbp_state_mirror mirror;
};

static int setup(void **state)
{
    struct bed *bed = calloc(1, sizeof *bed);
    assert_non_null(bed);
    bed->plant = fixture_plant(yaml);
    assert_int_equal(mbp_state_new(bed->plant, 5, &bed->state), MBP_OK);
    bed->mirror.bytes = calloc(1, mbp_state_bytes(bed->state));
    assert_non_null(bed->mirror.bytes);
    *state = bed;
    return 0;
}

static int teardown(void **state)
{
    struct bed *bed = *state;
    free(bed->mirror.bytes);
    mbp_state_free(bed->state);
    mbp_plant_free(bed->plant);
    free(bed);
    return 0;
}

/* Where the mirror has what stands there in the state. */
static uint8_t *place_of(struct bed *bed, const void *in_state)
{
    struct mbp_span spans[MBP_STATE_SPANS];
    uint8_t *at = bed->mirror.bytes;
    for (unsigned i = 0, count = mbp_state_spans(bed->state, spans); i < count; at += spans[i++].len) {
        const uint8_t *first = spans[i].bytes;
        const uint8_t *wanted = in_state;
        if (spans[i].len > 0 && wanted >= first && wanted < first + spans[i].len)
            return at + (wanted - first);
    }
    fail_msg("no span has it");
    return NULL;
}

static void assert_mirrored(struct bed *bed)
{
    struct mbp_span spans[MBP_STATE_SPANS];
    const uint8_t *at = bed->mirror.bytes;
    const uint64_t sum = mbp_state_mirror(bed->state, &bed->mirror);
    for (unsigned i = 0, count = mbp_state_spans(bed->state, spans); i < count; at += spans[i++].len) {
        if (spans[i].len > 0)
            assert_memory_equal(at, spans[i].bytes, spans[i].len);
    }
    assert_true(sum != 0);
    assert_true(sum == mbp_state_mirrored(bed->state, bed->mirror.bytes));
}

static void test_mirror_follows_what_scans_change(void **state)
{
    struct bed *bed = *state;
    assert_mirrored(bed);
    for (uint64_t scan = 1; scan < 50; scan++) {
        bed->state->scan = scan;
        bed->state->value[scan % 2] = (double)scan;
        bed->state->active[0] = scan % 3 == 0;
        bed->state->raised_s[scan % 4] = (uint32_t)scan;
        bed->state->machine[0].good += scan % 5;
        assert_mirrored(bed);
    }
}

static void test_mirror_follows_limits_and_shelves_when_their_count_says_so(void **state)
{
    struct bed *bed = *state;
    assert_mirrored(bed);
    bed->state->limit[MBP_HIGH] = 70;
    mbp_state_limits_changed(bed->plant, bed->state, 0);
    assert_mirrored(bed);
    bed->state->alone[1].shelved = 4;
    bed->state->alarm_times[1].end_ms[MBP_HIGH] = 12345;
    bed->state->shelf_end_ns[0] = 77;
    bed->state->shelves_version++;
    assert_mirrored(bed);
}

/* Bytes that are another's there stay: nobody has written over them. */
static void test_mirror_does_not_copy_what_stands(void **state)
{
    struct bed *bed = *state;
    uint8_t *value = place_of(bed, &bed->state->value[1]);
    uint8_t *good = place_of(bed, &bed->state->machine[0].good);
    assert_mirrored(bed);
    *value ^= 0xFF;
    *good ^= 0xFF;
    bed->state->machine[0].good = 9;
    const uint64_t sum = mbp_state_mirror(bed->state, &bed->mirror);
    assert_memory_not_equal(value, &bed->state->value[1], sizeof(double));
    assert_memory_equal(good, &bed->state->machine[0].good, sizeof bed->state->machine[0].good);
    assert_true(sum != mbp_state_mirrored(bed->state, bed->mirror.bytes)); /* and whoever comes later sees it */
}

static void test_mirrored_with_another_byte_anywhere_is_another(void **state)
{
    struct bed *bed = *state;
    const uint64_t sum = mbp_state_mirror(bed->state, &bed->mirror);
    for (size_t at = 0, len = mbp_state_bytes(bed->state); at < len; at++) {
        bed->mirror.bytes[at] ^= 1;
        assert_true(mbp_state_mirrored(bed->state, bed->mirror.bytes) != sum);
        bed->mirror.bytes[at] ^= 1;
    }
    assert_true(mbp_state_mirrored(bed->state, bed->mirror.bytes) == sum);
}

/* Two in turn, as a scan fills them: each has what changed since it was filled itself. */
static void test_mirror_two_in_turn_have_all_of_it(void **state)
{
    struct bed *bed = *state;
    struct bed other = *bed;
    other.mirror = (struct mbp_state_mirror){.bytes = calloc(1, mbp_state_bytes(bed->state))};
    assert_non_null(other.mirror.bytes);
    for (uint32_t scan = 1; scan < 20; scan++) {
        bed->state->scan = scan;
        if (scan % 3 == 0) {
            bed->state->limit[MBP_LOW] = scan;
            mbp_state_limits_changed(bed->plant, bed->state, 0);
        }
        assert_mirrored(scan % 2 == 0 ? bed : &other);
    }
    free(other.mirror.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_mirror_follows_what_scans_change, setup, teardown),
        cmocka_unit_test_setup_teardown(test_mirror_follows_limits_and_shelves_when_their_count_says_so, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_mirror_does_not_copy_what_stands, setup, teardown),
        cmocka_unit_test_setup_teardown(test_mirrored_with_another_byte_anywhere_is_another, setup, teardown),
        cmocka_unit_test_setup_teardown(test_mirror_two_in_turn_have_all_of_it, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
