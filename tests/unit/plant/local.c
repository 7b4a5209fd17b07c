/* What a plant from the network does not decide. */
#include "plant_fixture.h"

#include <stdlib.h>
#include <string.h>

#define HEAD "mbplant: 1\nname: P\n"
#define TAIL "units: [{id: 1, name: U, machines: [{name: M1}]}]\n"

static const char of_now[] =
    HEAD "journal: {keep: 90d, max_size: 200MB}\n"
         "server: {listen: 127.0.0.1:5021, max_connections: 100,\n"
         "  access: [{from: 10.0.0.0/8, allow: read}, {from: 127.0.0.1, allow: all, units: [1]}]}\n" TAIL;

/* The notes about text, whose plant then has what the running one has. */
static char *keep(const char *text, bool *kept)
{
    char *said = NULL;
    size_t len = 0;
    FILE *notes = open_memstream(&said, &len);
    struct mbp_plant *now = plant_of_text(of_now);
    struct mbp_plant *plant = plant_of_text(text);
    assert_non_null(notes);
    assert_int_equal(mbp_plant_keep_local(plant, now, notes, kept), MBP_OK);
    fclose(notes);
    mbp_plant_free(now); /* as the running one goes when the new one has its place */
    assert_int_equal(plant->journal.keep_ns, 90 * 86400 * MBP_NS_PER_S);
    assert_int_equal(plant->journal.max_bytes, 200000000);
    assert_string_equal(plant->server.listen.items[0].at, "127.0.0.1:5021");
    assert_int_equal(plant->server.access_count, 2);
    assert_int_equal(plant->server.access[0].allow, MBP_ALLOW_READ);
    assert_true(mbp_access_names(&plant->server.access[1], 1));
    assert_false(mbp_access_names(&plant->server.access[1], 2));
    mbp_plant_free(plant);
    return said;
}

static void test_same_keys_are_no_word_worth(void **state)
{
    (void)state;
    bool kept = true;
    char *said = keep(of_now, &kept);
    assert_false(kept);
    assert_string_equal(said, "");
    free(said);
}

static void test_each_key_that_differs_is_told_and_none_is_taken_over(void **state)
{
    (void)state;
    static const char *const keys[] = {"'journal'", "'server: listen'", "'server: access'"};
    static const char *const texts[] = {
        HEAD "journal: {keep: 1h, max_size: 200MB}\n"
             "server: {listen: 127.0.0.1:5021, access: [{from: 10.0.0.0/8, allow: read}, "
             "{from: 127.0.0.1, allow: all, units: [1]}]}\n" TAIL,
        HEAD "journal: {keep: 90d, max_size: 200MB}\n"
             "server: {listen: 0.0.0.0:5021, access: [{from: 10.0.0.0/8, allow: read}, "
             "{from: 127.0.0.1, allow: all, units: [1]}]}\n" TAIL,
        HEAD "journal: {keep: 90d, max_size: 200MB}\n"
             "server: {listen: 127.0.0.1:5021, access: [{from: 10.0.0.0/8, allow: all}, "
             "{from: 127.0.0.1, allow: all, units: [1]}]}\n" TAIL,
        HEAD TAIL,
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        bool kept = false;
        char *said = keep(texts[i], &kept);
        assert_true(kept);
        for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++) {
            if ((strstr(said, keys[k]) != NULL) != (k == i || i == 3))
                fail_msg("%zu: %s", i, said);
        }
        free(said);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_keys_are_no_word_worth),
        cmocka_unit_test(test_each_key_that_differs_is_told_and_none_is_taken_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
