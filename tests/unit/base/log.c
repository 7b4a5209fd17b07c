/* Log lines, caught from stderr. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "mbplant/base.h"

struct caught {
    int stderr_fd;
    int read_fd;
    char text[4096];
};

static void catch_begin(struct caught *caught)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    caught->stderr_fd = dup(STDERR_FILENO);
    caught->read_fd = ends[0];
    dup2(ends[1], STDERR_FILENO);
    close(ends[1]);
}

static const char *catch_end(struct caught *caught)
{
    dup2(caught->stderr_fd, STDERR_FILENO); /* closes the pipe's writing end: the read below ends */
    close(caught->stderr_fd);
    ssize_t len = read(caught->read_fd, caught->text, sizeof caught->text - 1);
    close(caught->read_fd);
    caught->text[len < 0 ? 0 : len] = '\0';
    return caught->text;
}

static void test_log_at_the_set_level_is_one_plain_line(void **state)
{
    (void)state;
    struct caught caught;
    catch_begin(&caught);
    mbp_log_set_level(MBP_LOG_DEBUG);
    mbp_log(MBP_LOG_ERROR, "lost %d events", 3);
    mbp_log(MBP_LOG_WARNING, "disk");
    mbp_log(MBP_LOG_INFO, "here");
    mbp_log(MBP_LOG_DEBUG, "detail");
    /* A pipe is no terminal: no colours. */
    assert_string_equal(catch_end(&caught), "mbplantd: error: lost 3 events\nmbplantd: warning: disk\n"
                                            "mbplantd: here\nmbplantd: detail\n");
}

static void test_log_above_the_set_level_is_dropped(void **state)
{
    (void)state;
    struct caught caught;
    catch_begin(&caught);
    mbp_log_set_level(MBP_LOG_WARNING);
    mbp_log(MBP_LOG_INFO, "not this");
    mbp_log(MBP_LOG_WARNING, "this");
    assert_string_equal(catch_end(&caught), "mbplantd: warning: this\n");
}

static void test_log_of_an_overlong_text_is_cut_but_stays_a_line(void **state)
{
    (void)state;
    struct caught caught;
    char text[3000];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    catch_begin(&caught);
    mbp_log_set_level(MBP_LOG_INFO);
    mbp_log(MBP_LOG_INFO, "%s", text);
    const char *line = catch_end(&caught);
    assert_in_range(strlen(line), 500, 1100);
    assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_log_at_the_set_level_is_one_plain_line),
        cmocka_unit_test(test_log_above_the_set_level_is_dropped),
        cmocka_unit_test(test_log_of_an_overlong_text_is_cut_but_stays_a_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
