/* Work in a thread: it ends in the loop, or is left with the loop. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <unistd.h>
#include <uv.h>

#include "mbplant/work.h"

struct job {
    pthread_t loop, ran, ended;
    unsigned runs, ends;
    int gate[2]; /* run waits for a byte, where there is one */
};

static void run(void *ctx)
{
    struct job *job = ctx;
    char byte;
    job->ran = pthread_self();
    if (job->gate[0] > 0 && read(job->gate[0], &byte, 1) != 1)
        return;
    job->runs++;
}

static void done(void *ctx)
{
    struct job *job = ctx;
    job->ended = pthread_self();
    job->ends++;
}

static void test_work_runs_in_a_thread_and_ends_in_the_loops(void **state)
{
    (void)state;
    uv_loop_t loop;
    struct mbp_work *work;
    struct job job = {.loop = pthread_self()};
    assert_int_equal(uv_loop_init(&loop), 0);
    assert_int_equal(mbp_work_start(&loop, run, done, &job, &work), MBP_OK);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(job.runs, 1);
    assert_int_equal(job.ends, 1);
    assert_false(pthread_equal(job.ran, job.loop));
    assert_true(pthread_equal(job.ended, job.loop));
    assert_int_equal(uv_loop_close(&loop), 0);
}

static void test_work_that_is_left_ends_without_a_word_and_is_waited_for_a_second(void **state)
{
    (void)state;
    uv_loop_t loop;
    struct mbp_work *work;
    struct job job = {.runs = 0};
    assert_int_equal(pipe(job.gate), 0);
    assert_int_equal(uv_loop_init(&loop), 0);
    assert_int_equal(mbp_work_start(&loop, run, done, &job, &work), MBP_OK);
    mbp_work_leave(work);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
    assert_false(mbp_work_end(work));
    assert_int_equal(write(job.gate[1], "x", 1), 1);
    assert_true(mbp_work_end(work));
    assert_int_equal(job.runs, 1);
    assert_int_equal(job.ends, 0);
    close(job.gate[0]);
    close(job.gate[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_work_runs_in_a_thread_and_ends_in_the_loops),
        cmocka_unit_test(test_work_that_is_left_ends_without_a_word_and_is_waited_for_a_second),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
