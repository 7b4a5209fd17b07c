/* Files of whatever name: only regular ones are opened, nothing is waited for, and nothing leads out of a folder. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "mbplant/base.h"

static char folder[64], outside[80];
static bool old_kernel; /* openat2 is not there */

long __real_syscall(long number, long a, long b, long c, long d);           // NOLINT: the linker gives the names
long __wrap_syscall(long number, long a, const char *b, void *c, size_t d); // NOLINT

long __wrap_syscall(long number, long a, const char *b, void *c, size_t d) // NOLINT
{
    if (number != SYS_openat2 || !old_kernel)
        return __real_syscall(number, a, (long)b, (long)c, (long)d);
    errno = ENOSYS;
    return -1;
}

/* Valid until the next call but three. */
static const char *in_folder(const char *name)
{
    static char paths[4][160];
    static unsigned next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static int setup(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/mbplant-file-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(outside, sizeof outside, "%s.secret", folder);
    write_file(outside, "secret");
    write_file(in_folder("a.csv"), "0,1\n");
    assert_int_equal(mkdir(in_folder("sub"), 0700), 0);
    write_file(in_folder("sub/b.csv"), "0,2\n");
    assert_int_equal(mkfifo(in_folder("fifo"), 0600), 0);
    assert_int_equal(symlink(outside, in_folder("out.csv")), 0);
    assert_int_equal(symlink("a.csv", in_folder("in.csv")), 0);
    assert_int_equal(symlink("/tmp", in_folder("away")), 0);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    static const char *const names[] = {"a.csv", "sub/b.csv", "fifo", "out.csv", "in.csv", "away"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        unlink(in_folder(names[i]));
    rmdir(in_folder("sub"));
    unlink(outside);
    return rmdir(folder);
}

static void assert_opened(enum mbp_status status, int fd, const char *expected)
{
    char text[32] = "";
    assert_int_equal(status, MBP_OK);
    assert_int_equal(read(fd, text, sizeof text - 1), strlen(expected));
    assert_string_equal(text, expected);
    close(fd);
}

static void test_file_that_is_none_is_refused_at_once(void **state)
{
    (void)state;
    int fd = -7;
    assert_int_equal(mbp_file_open(in_folder("fifo"), &fd), MBP_ERR_FORMAT);
    assert_int_equal(mbp_file_open("/dev/zero", &fd), MBP_ERR_FORMAT);
    assert_string_equal(mbp_file_why(MBP_ERR_FORMAT), "it is no regular file");
    assert_int_equal(mbp_file_open(folder, &fd), MBP_ERR_IO);
    assert_string_equal(mbp_file_why(MBP_ERR_IO), "Is a directory");
    assert_int_equal(mbp_file_open(in_folder("nowhere"), &fd), MBP_ERR_IO);
    assert_string_equal(mbp_file_why(MBP_ERR_IO), "No such file or directory");
    assert_int_equal(fd, -7);
}

static void test_file_is_opened_through_a_link_where_the_name_is_trusted(void **state)
{
    (void)state;
    int fd = -1;
    enum mbp_status status = mbp_file_open(in_folder("out.csv"), &fd);
    assert_opened(status, fd, "secret");
}

static void test_name_below_is_relative_without_two_dots(void **state)
{
    (void)state;
    static const char *const below[] = {"a", "a.csv", "sub/b.csv", "./a", "..a", "a..", "a/..b/c", "..."};
    static const char *const not_below[] = {"", "/", "/a", "..", "../a", "a/..", "a/../b", "./../a", "a//../../b"};
    for (size_t i = 0; i < sizeof below / sizeof below[0]; i++) {
        if (!mbp_file_is_below(below[i]))
            fail_msg("%s is below", below[i]);
    }
    for (size_t i = 0; i < sizeof not_below / sizeof not_below[0]; i++) {
        if (mbp_file_is_below(not_below[i]))
            fail_msg("%s is not below", not_below[i]);
    }
}

static void assert_below(const char *name, enum mbp_status expected)
{
    int fd = -7;
    enum mbp_status status = mbp_file_open_below(folder, name, &fd);
    if (status != expected)
        fail_msg("%s gives %d, not %d", name, status, expected);
    assert_int_equal(fd, -7);
}

/* By the kernel's means, then without them. */
static void test_name_that_leads_out_of_the_folder_is_refused(void **state)
{
    (void)state;
    for (int round = 0; round < 2; round++) {
        int fd = -1;
        old_kernel = round == 1;
        enum mbp_status status = mbp_file_open_below(folder, "a.csv", &fd);
        assert_opened(status, fd, "0,1\n");
        status = mbp_file_open_below(folder, "sub/b.csv", &fd);
        assert_opened(status, fd, "0,2\n");
        assert_below("out.csv", MBP_ERR_RANGE);
        assert_below("in.csv", MBP_ERR_RANGE); /* it stays inside, but a link may be another one tomorrow */
        assert_below("away/hostname", old_kernel ? MBP_ERR_IO : MBP_ERR_RANGE);
        assert_below(outside, MBP_ERR_RANGE);
        assert_below("../x", MBP_ERR_RANGE);
        assert_below("", MBP_ERR_RANGE);
        assert_below("fifo", MBP_ERR_FORMAT);
        assert_below("sub", MBP_ERR_IO);
        assert_below("nowhere", MBP_ERR_IO);
        assert_string_equal(mbp_file_why(MBP_ERR_IO), "No such file or directory");
    }
    old_kernel = false;
}

static void test_folder_without_a_name_is_the_current_one(void **state)
{
    (void)state;
    char before[4096];
    int fd = -1;
    assert_non_null(getcwd(before, sizeof before));
    assert_int_equal(chdir(folder), 0);
    enum mbp_status status = mbp_file_open_below("", "a.csv", &fd);
    assert_opened(status, fd, "0,1\n");
    assert_int_equal(chdir(before), 0);
}

static void assert_read(const char *path, size_t max, const char *expected)
{
    char *bytes = NULL;
    size_t len = 0;
    assert_int_equal(mbp_file_read(path, max, &bytes, &len), MBP_OK);
    assert_int_equal(len, strlen(expected));
    assert_memory_equal(bytes, expected, len);
    free(bytes);
}

static void test_file_is_read_whole_and_so_is_what_a_pipe_brings(void **state)
{
    (void)state;
    int ends[2];
    char path[64];
    assert_read(in_folder("a.csv"), 100, "0,1\n");
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "piped", 5), 5);
    close(ends[1]);
    snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
    assert_read(path, 100, "piped");
    close(ends[0]);
    assert_read(in_folder("fifo"), 100, ""); /* nobody writes to it */
}

static void test_file_beyond_the_largest_is_read_so_far_that_it_shows(void **state)
{
    (void)state;
    char *bytes = NULL;
    size_t len = 0;
    assert_int_equal(mbp_file_read(in_folder("a.csv"), 3, &bytes, &len), MBP_OK);
    assert_true(len > 3);
    free(bytes);
    assert_int_equal(mbp_file_read("/dev/zero", 3, &bytes, &len), MBP_ERR_FORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_file_that_is_none_is_refused_at_once),
        cmocka_unit_test(test_file_is_opened_through_a_link_where_the_name_is_trusted),
        cmocka_unit_test(test_name_below_is_relative_without_two_dots),
        cmocka_unit_test(test_name_that_leads_out_of_the_folder_is_refused),
        cmocka_unit_test(test_folder_without_a_name_is_the_current_one),
        cmocka_unit_test(test_file_is_read_whole_and_so_is_what_a_pipe_brings),
        cmocka_unit_test(test_file_beyond_the_largest_is_read_so_far_that_it_shows),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
