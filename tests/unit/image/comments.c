/* Comments on their way to the journal: the newest are there, as they were said. */
#include "device.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mbplant/image/keep.h"

static void latch(struct device *device)
{
    const struct mbp_write *writes;
    mbp_image_latch(device->image, &writes);
}

static uint16_t say(struct device *device, unsigned n, size_t len)
{
    char text[MBP_COMMENT_MAX + 1];
    memset(text, 'a' + (int)(n % 26), sizeof text);
    snprintf(text, sizeof text, "%u", n);
    text[strlen(text)] = ' ';
    return mbp_image_comment(device->image, (struct mbp_text){text, len});
}

static bool is_there(const struct mbp_image *image, uint16_t number, unsigned n, size_t len)
{
    char begins[16];
    struct mbp_text text = mbp_image_comment_text(image, number);
    snprintf(begins, sizeof begins, "%u ", n);
    assert_true(text.len == 0 || (text.len == len && memcmp(text.bytes, begins, strlen(begins)) == 0));
    return text.len > 0;
}

static void test_comments_of_the_last_scans_are_there_whatever_came_before(void **state)
{
    struct device *device = *state;
    uint16_t number[2000];
    for (unsigned n = 0; n < 2000; n++) {
        if (n % 32 == 0)
            latch(device);
        number[n] = say(device, n, MBP_COMMENT_MAX - n % 7);
        assert_int_not_equal(number[n], 0);
        for (unsigned back = 0; back < 32 && back <= n; back++)
            assert_true(is_there(device->image, number[n - back], n - back, MBP_COMMENT_MAX - (n - back) % 7));
    }
    for (unsigned n = 0; n < 2000; n++)
        is_there(device->image, number[n], n, MBP_COMMENT_MAX - n % 7); /* or gone, but never another one */
}

static void test_comments_beyond_those_of_a_scan_are_not_taken(void **state)
{
    struct device *device = *state;
    unsigned taken = 0;
    while (taken < 1000 && say(device, taken, 20) != 0)
        taken++;
    assert_in_range(taken, 16, 256);
    latch(device);
    assert_int_not_equal(say(device, 1, 20), 0);
}

static void test_comments_are_kept_with_the_tables(void **state)
{
    struct device *device = *state;
    struct mbp_image *other = NULL;
    uint16_t number = say(device, 5, 100);
    uint8_t *bytes = malloc(mbp_image_kept_bytes(device->image));
    assert_non_null(bytes);
    mbp_image_keep(device->image, bytes);
    assert_int_equal(mbp_image_new(device->plant, &other), MBP_OK);
    assert_false(is_there(other, number, 5, 100));
    mbp_image_take(other, bytes);
    assert_true(is_there(other, number, 5, 100));
    assert_int_not_equal(mbp_image_comment(other, (struct mbp_text){"new", 3}), number);
    assert_true(is_there(other, number, 5, 100));
    mbp_image_free(other);
    free(bytes);
}

static void test_text_is_checked_with_its_place(void **state)
{
    (void)state;
    char why[MBP_COMMENT_WHY];
    static const struct {
        const char *text, *why;
    } cases[] = {
        {"", "1 to 1024 bytes"},
        {"a\nb", "byte 2 begins a control character, U+000A"},
        {"\xC3", "byte 1 is no UTF-8"},
        {"ab\xE2\x80\xAE", "byte 3 begins a control character, U+202E"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(mbp_comment_check(cases[i].text, strlen(cases[i].text), MBP_COMMENT_MAX, why, sizeof why),
                         MBP_ERR_FORMAT);
        assert_non_null(strstr(why, cases[i].why));
    }
    assert_int_equal(mbp_comment_check("Pompe réparée 🔧", strlen("Pompe réparée 🔧"), MBP_COMMENT_MAX, why, sizeof why),
                     MBP_OK);
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, device_setup, device_teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_comments_of_the_last_scans_are_there_whatever_came_before),
        TEST(test_comments_beyond_those_of_a_scan_are_not_taken),
        TEST(test_comments_are_kept_with_the_tables),
        TEST(test_text_is_checked_with_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
