/* Chunks: what is put in comes out to the bit, and damaged bytes come to an end. */
#include <math.h>
#include <string.h>

#include "fixture.h"
#include "mbplant/base.h"
#include "samples_priv.h"

static struct samples_reading reading_of(const struct samples_chunk *chunk)
{
    return (struct samples_reading){.bytes = chunk->bytes, .len = chunk->len, .time_ms = chunk->begin_ms};
}

static void test_changes_come_back_to_the_bit(void **state)
{
    (void)state;
    static const double values[] = {0, -0.0, 1.5, 0.1, 1e300, -1e-300, 123456789, 16777217, 85.25};
    struct samples_chunk chunk = {.len = 0};
    uint64_t time_ms = 1000 * SAMPLES_HOUR_MS;
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        assert_true(samples_chunk_add(&chunk, time_ms + i * i * i * 1000, values[i]));
    struct samples_reading reading = reading_of(&chunk);
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        assert_true(samples_reading_next(&reading));
        assert_int_equal(reading.time_ms, time_ms + i * i * i * 1000);
        assert_memory_equal(&reading.value, &values[i], sizeof values[i]);
    }
    assert_false(samples_reading_next(&reading));
}

static void test_chunk_ends_with_its_hour_with_its_room_and_where_time_goes_back(void **state)
{
    (void)state;
    struct samples_chunk chunk = {.len = 0};
    uint64_t hour_ms = 500000 * SAMPLES_HOUR_MS;
    assert_true(samples_chunk_add(&chunk, hour_ms + SAMPLES_HOUR_MS - 1, 1));
    assert_false(samples_chunk_add(&chunk, hour_ms + SAMPLES_HOUR_MS, 1));
    assert_false(samples_chunk_add(&chunk, hour_ms + SAMPLES_HOUR_MS - 2, 1));
    assert_true(samples_chunk_add(&chunk, hour_ms + SAMPLES_HOUR_MS - 1, 2));
    chunk.len = 0;
    unsigned count = 0;
    while (samples_chunk_add(&chunk, hour_ms + count, 0.1 * count))
        count++;
    assert_true(count > SAMPLES_CHUNK_MAX / SAMPLES_ENTRY_MAX && chunk.len <= SAMPLES_CHUNK_MAX);
    struct samples_reading reading = reading_of(&chunk);
    unsigned read = 0;
    while (samples_reading_next(&reading))
        read++;
    assert_int_equal(read, count);
}

static void test_damaged_bytes_come_to_an_end(void **state)
{
    (void)state;
    uint8_t bytes[64];
    memset(bytes, 0xFF, sizeof bytes);
    for (uint32_t len = 0; len < sizeof bytes; len++) {
        struct samples_reading reading = {.bytes = bytes, .len = len, .time_ms = UINT64_MAX};
        assert_false(samples_reading_next(&reading));
    }
    static const uint8_t cut[][3] = {{0x02, 0, 0}, {0x03, 0, 0}, {0x80, 0x80, 0x80}};
    for (size_t i = 0; i < sizeof cut / sizeof cut[0]; i++) {
        struct samples_reading reading = {.bytes = cut[i], .len = sizeof cut[i], .time_ms = 1};
        assert_false(samples_reading_next(&reading));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_changes_come_back_to_the_bit),
        cmocka_unit_test(test_chunk_ends_with_its_hour_with_its_room_and_where_time_goes_back),
        cmocka_unit_test(test_damaged_bytes_come_to_an_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
