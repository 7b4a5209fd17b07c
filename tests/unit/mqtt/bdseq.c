/* The number of the next session: it is what was written last, and 0 of a file that says nothing. */
#include "bdseq.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fixture.h"

static void test_number_is_what_was_written_last(void **state)
{
    (void)state;
    char folder[] = "/tmp/mbplant-mqtt-XXXXXX", path[128];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/%s", folder, MQTT_BDSEQ_FILE);
    assert_int_equal(mqtt_bdseq_read(folder), 0);
    assert_int_equal(mqtt_bdseq_write(folder, 17), MBP_OK);
    assert_int_equal(mqtt_bdseq_read(folder), 17);
    assert_int_equal(mqtt_bdseq_write(folder, 255), MBP_OK);
    assert_int_equal(mqtt_bdseq_read(folder), 255);
    static const char *const wrong[] = {"", "bdSeq 256\n", "bdSeq x\n", "17\n",
                                        "bdSeq 1234567890123456789012345678901234567890\n"};
    for (size_t w = 0; w < sizeof wrong / sizeof wrong[0]; w++) {
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        fputs(wrong[w], file);
        fclose(file);
        assert_int_equal(mqtt_bdseq_read(folder), 0);
    }
    unlink(path);
    rmdir(folder);
    assert_int_equal(mqtt_bdseq_write(folder, 1), MBP_ERR_IO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_number_is_what_was_written_last)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
