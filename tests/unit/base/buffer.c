/* Texts that are written by stdio into memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "mbplant/base.h"

FILE *__real_open_memstream(char **bytes, size_t *len); // NOLINT: the linker gives the names
FILE *__wrap_open_memstream(char **bytes, size_t *len); // NOLINT

static bool no_memory;

/* A stream that loses its text while fclose says that all is well, as glibc's does where its last realloc fails. */
static ssize_t take(void *cookie, const char *bytes, size_t len)
{
    (void)cookie, (void)bytes;
    return (ssize_t)len;
}

FILE *__wrap_open_memstream(char **bytes, size_t *len) // NOLINT
{
    if (!no_memory)
        return __real_open_memstream(bytes, len);
    *bytes = NULL;
    return fopencookie(NULL, "w", (cookie_io_functions_t){.write = take});
}

static void test_buffer_gives_what_was_written(void **state)
{
    (void)state;
    struct mbp_buffer buffer;
    assert_true(mbp_buffer_open(&buffer));
    fprintf(buffer.out, "%d lines", 3);
    char *text = mbp_buffer_close(&buffer);
    assert_string_equal(text, "3 lines");
    free(text);
    assert_null(mbp_buffer_close(&buffer)); /* it is closed */
}

static void test_buffer_without_a_word_is_an_empty_text(void **state)
{
    (void)state;
    struct mbp_buffer buffer;
    assert_true(mbp_buffer_open(&buffer));
    char *text = mbp_buffer_close(&buffer);
    assert_string_equal(text, "");
    free(text);
}

static void test_buffer_that_lost_its_text_says_so(void **state)
{
    (void)state;
    struct mbp_buffer buffer;
    no_memory = true;
    assert_true(mbp_buffer_open(&buffer));
    fputs("lost", buffer.out);
    assert_null(mbp_buffer_close(&buffer));
    no_memory = false;
}

static void test_buffer_of_which_a_part_could_not_be_written_is_none(void **state)
{
    (void)state;
    char room[4];
    struct mbp_buffer buffer = {.out = fmemopen(room, sizeof room, "w")};
    buffer.bytes = strdup("part");
    assert_non_null(buffer.out);
    setvbuf(buffer.out, NULL, _IONBF, 0);
    fputs("more than fits", buffer.out);
    assert_null(mbp_buffer_close(&buffer));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_buffer_gives_what_was_written),
        cmocka_unit_test(test_buffer_without_a_word_is_an_empty_text),
        cmocka_unit_test(test_buffer_that_lost_its_text_says_so),
        cmocka_unit_test(test_buffer_of_which_a_part_could_not_be_written_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
