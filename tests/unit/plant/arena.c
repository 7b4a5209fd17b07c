/* Memory in small pieces. */
#include "arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#endif

#include <cmocka.h>

static void test_blocks_of_every_size_are_zeroed_aligned_and_apart(void **state)
{
    (void)state;
    struct mbp_arena arena = {0};
    unsigned char *before = NULL;
    for (size_t size = 1; size < 3000; size += 7) {
        unsigned char *block = mbp_arena_array(&arena, size, 1);
        assert_non_null(block);
        assert_int_equal((uintptr_t)block % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(block[i], 0);
        memset(block, 0xFF, size);
        if (before != NULL)
            assert_int_equal(before[size - 8], 0xFF);
        before = block;
    }
    assert_string_equal(mbp_arena_text(&arena, "text and more", 4), "text");
    mbp_arena_free(&arena);
}

static void test_block_ends_at_a_fence_to_the_byte(void **state)
{
    (void)state;
#if defined(__SANITIZE_ADDRESS__)
    struct mbp_arena arena = {0};
    for (size_t size = 1; size < 200000; size = size * 5 / 3 + 1) {
        char *block = mbp_arena_array(&arena, size, 1);
        char *text = mbp_arena_text(&arena, "abc", 3);
        assert_null(__asan_region_is_poisoned(block, size));
        assert_true(__asan_address_is_poisoned(block + size));
        assert_null(__asan_region_is_poisoned(text, 4));
        assert_true(__asan_address_is_poisoned(text + 4));
    }
    mbp_arena_free(&arena);
#else
    skip();
#endif
}

static void test_more_than_there_is_memory_for_is_null(void **state)
{
    (void)state;
    struct mbp_arena arena = {0};
    assert_null(mbp_arena_array(&arena, SIZE_MAX / 2, 3));
    assert_null(mbp_arena_array(&arena, SIZE_MAX, 1));
    mbp_arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocks_of_every_size_are_zeroed_aligned_and_apart),
        cmocka_unit_test(test_block_ends_at_a_fence_to_the_byte),
        cmocka_unit_test(test_more_than_there_is_memory_for_is_null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
