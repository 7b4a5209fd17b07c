/* The file of values that wait: what went in comes out after a kill, the oldest give way, damage ends it. */
#include "store.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fixture.h"

#define ROOM     1000000u /* bytes */
#define CAPACITY 31248u   /* records in them: less a head of 64 bytes, 32 each */
#define BATCH    500u

static char folder[64], path[128];

static int set_up(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/mbplant-mqtt-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/%s", folder, MQTT_STORE_FILE);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

static struct mqtt_store *open_store(uint64_t bytes)
{
    struct mqtt_store *store = NULL;
    assert_int_equal(mqtt_store_open(folder, MQTT_STORE_FILE, bytes, &store), MBP_OK);
    return store;
}

static struct mqtt_record record_of(uint64_t number)
{
    return (struct mqtt_record){
        number + 1, ~number, number * 7, (uint32_t)(number % 100000), (uint8_t)(number % 11), number % 3 == 0};
}

/* Adds records number from .. from + count - 1; returns how many gave way. */
static uint64_t add(struct mqtt_store *store, uint64_t from, uint64_t count)
{
    uint64_t gone = 0;
    struct mqtt_record records[BATCH];
    for (uint64_t done = 0; done < count;) {
        uint32_t more = count - done < BATCH ? (uint32_t)(count - done) : BATCH;
        enum mbp_status status = MBP_ERR_IO;
        for (uint32_t i = 0; i < more; i++)
            records[i] = record_of(from + done + i);
        gone += mqtt_store_add(store, records, more, &status);
        assert_int_equal(status, MBP_OK);
        done += more;
    }
    return gone;
}

static void assert_holds(const struct mqtt_store *store, uint64_t number, uint64_t content)
{
    struct mqtt_record record, expected = record_of(content);
    assert_int_equal(mqtt_store_read(store, number, 1, &record), 1);
    assert_int_equal(record.time_ms, expected.time_ms);
    assert_int_equal(record.bits, expected.bits);
    assert_int_equal(record.hash, expected.hash);
    assert_int_equal(record.metric, expected.metric);
    assert_int_equal(record.type, expected.type);
    assert_int_equal(record.bad, expected.bad);
}

static void test_what_went_in_is_there_after_a_kill(void **state)
{
    (void)state;
    struct mqtt_store *store = open_store(ROOM);
    assert_int_equal(add(store, 0, 1234), 0);
    mqtt_store_confirm(store, 1000);
    mqtt_store_close(store); /* it writes nothing: as a kill */
    store = open_store(ROOM);
    assert_int_equal(mqtt_store_first(store), 1000);
    assert_int_equal(mqtt_store_next(store), 1234);
    for (uint64_t n = 1000; n < 1234; n++)
        assert_holds(store, n, n);
    mqtt_store_close(store);
}

static void test_full_file_gives_up_the_oldest_and_counts_them(void **state)
{
    (void)state;
    struct mqtt_store *store = open_store(ROOM);
    assert_int_equal(add(store, 0, CAPACITY), 0);
    assert_int_equal(add(store, CAPACITY, 777), 777);
    assert_int_equal(mqtt_store_first(store), 777);
    struct stat stat_of;
    assert_int_equal(stat(path, &stat_of), 0);
    assert_true((uint64_t)stat_of.st_size <= ROOM);
    mqtt_store_close(store);
    store = open_store(ROOM);
    assert_int_equal(mqtt_store_first(store), 777);
    assert_int_equal(mqtt_store_next(store), CAPACITY + 777);
    assert_holds(store, 777, 777);
    assert_holds(store, CAPACITY + 776, CAPACITY + 776);
    mqtt_store_close(store);
}

static void test_empty_file_gives_its_room_back_and_numbers_go_on(void **state)
{
    (void)state;
    struct mqtt_store *store = open_store(100 * ROOM);
    add(store, 0, 100000);
    mqtt_store_confirm(store, 100000);
    struct stat stat_of;
    assert_int_equal(stat(path, &stat_of), 0);
    assert_true(stat_of.st_size < 1000);
    add(store, 100000, 10);
    mqtt_store_close(store);
    store = open_store(100 * ROOM);
    assert_int_equal(mqtt_store_first(store), 100000);
    assert_int_equal(mqtt_store_next(store), 100010);
    mqtt_store_close(store);
}

static void test_another_size_keeps_the_newest_that_fit(void **state)
{
    (void)state;
    struct mqtt_store *store = open_store(2 * ROOM);
    add(store, 0, CAPACITY + 5000);
    mqtt_store_close(store);
    store = open_store(ROOM);
    assert_int_equal(mqtt_store_next(store) - mqtt_store_first(store), CAPACITY);
    assert_holds(store, mqtt_store_first(store), 5000);
    assert_holds(store, mqtt_store_next(store) - 1, CAPACITY + 4999);
    mqtt_store_close(store);
}

static void overwrite(off_t at, const char *bytes, size_t len)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, bytes, len, at), len);
    close(fd);
}

static void test_damage_ends_what_is_found(void **state)
{
    (void)state;
    struct mqtt_store *store = open_store(ROOM);
    add(store, 0, 100);
    mqtt_store_close(store);
    overwrite(64 + 50 * 32 + 3, "x", 1);
    store = open_store(ROOM);
    assert_int_equal(mqtt_store_next(store), 50);
    mqtt_store_close(store);
}

static void test_head_older_than_the_records_loses_none_of_them(void **state)
{
    (void)state;
    char head[64];
    struct mqtt_store *store = open_store(ROOM);
    add(store, 0, CAPACITY);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_int_equal(pread(fd, head, sizeof head, 0), sizeof head);
    close(fd);
    assert_int_equal(add(store, CAPACITY, 777), 777);
    mqtt_store_close(store);
    overwrite(0, head, sizeof head); /* as after a power cut */
    store = open_store(ROOM);
    assert_int_equal(mqtt_store_first(store), 777);
    assert_int_equal(mqtt_store_next(store), CAPACITY + 777);
    assert_holds(store, 777, 777);
    mqtt_store_close(store);
}

/* Adds ten records while the file can be written up to a limit only. Returns how many gave way. */
static uint64_t add_up_to(struct mqtt_store *store, rlim_t limit, enum mbp_status *status)
{
    struct mqtt_record records[10];
    struct rlimit before, less;
    for (uint32_t i = 0; i < 10; i++)
        records[i] = record_of(mqtt_store_next(store) + i);
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    less = before;
    less.rlim_cur = limit;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &less), 0);
    uint64_t gone = mqtt_store_add(store, records, 10, status);
    setrlimit(RLIMIT_FSIZE, &before);
    return gone;
}

static void test_records_cut_short_over_the_oldest_cost_only_those(void **state)
{
    (void)state;
    enum mbp_status status = MBP_OK;
    struct mqtt_store *store = open_store(ROOM);
    add(store, 0, CAPACITY);
    assert_int_equal(add_up_to(store, 64 + 5 * 32 + 20, &status), 10);
    assert_int_equal(status, MBP_ERR_IO);
    mqtt_store_close(store);
    store = open_store(ROOM);
    assert_int_equal(mqtt_store_first(store), 10);
    assert_int_equal(mqtt_store_next(store), CAPACITY + 5);
    assert_holds(store, 10, 10);
    mqtt_store_close(store);
}

static void test_nothing_gives_way_to_what_cannot_be_written(void **state)
{
    (void)state;
    enum mbp_status status = MBP_OK;
    struct mqtt_store *store = open_store(ROOM);
    add(store, 0, CAPACITY);
    for (unsigned n = 0; n < 3; n++) {
        assert_int_equal(add_up_to(store, 64, &status), 0);
        assert_int_equal(status, MBP_ERR_IO);
    }
    assert_int_equal(mqtt_store_first(store), 0);
    mqtt_store_close(store);
    store = open_store(ROOM);
    assert_int_equal(mqtt_store_first(store), 0);
    assert_int_equal(mqtt_store_next(store), CAPACITY);
    assert_int_equal(add(store, CAPACITY, 3), 3);
    mqtt_store_close(store);
}

static void test_another_file_is_left_as_it_is(void **state)
{
    (void)state;
    struct mqtt_store *store = open_store(ROOM);
    mqtt_store_close(store);
    overwrite(0, "somebody's own words, and not ours", 34);
    assert_int_equal(mqtt_store_open(folder, MQTT_STORE_FILE, ROOM, &store), MBP_ERR_CORRUPT);
    char bytes[8] = "";
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_int_equal(pread(fd, bytes, 8, 0), 8);
    close(fd);
    assert_memory_equal(bytes, "somebody", 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_what_went_in_is_there_after_a_kill, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_full_file_gives_up_the_oldest_and_counts_them, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_empty_file_gives_its_room_back_and_numbers_go_on, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_another_size_keeps_the_newest_that_fit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_damage_ends_what_is_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_another_file_is_left_as_it_is, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_head_older_than_the_records_loses_none_of_them, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_records_cut_short_over_the_oldest_cost_only_those, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_nothing_gives_way_to_what_cannot_be_written, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
