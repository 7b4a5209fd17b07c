/* The fixture's making and its checks. */
#include "journal_fixture.h"

#include <ftw.h>
#include <math.h>
#include <poll.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "opened_file.h"

#ifdef __SANITIZE_THREAD__
/* SQLite is not instrumented, and its two connections share the index of the log by plain copies between barriers. */
const char *__tsan_default_suppressions(void);
const char *__tsan_default_suppressions(void)
{
    return "called_from_lib:libsqlite3.so";
}
#endif

static void describe_plant(struct fixture *f)
{
    f->units[0] = (struct mbp_unit){.name = "Filler PLC", .id = 1, .machine_count = 2, .sensor_count = 3};
    f->units[1] =
        (struct mbp_unit){.name = "Tank PLC", .id = 2, .first_machine = 2, .first_sensor = 3, .sensor_count = 1};
    f->machines[FILL1] = (struct mbp_machine){.name = "FILL1", .label = "", .sensor_count = 2};
    f->machines[CAP1] = (struct mbp_machine){.name = "CAP1", .label = "", .first_sensor = 2, .sensor_count = 1};
    static const char *const names[SENSORS] = {"TT101", "PT101", "ST201", "LT301"};
    static const uint32_t machine_of[SENSORS] = {FILL1, FILL1, CAP1, UINT32_MAX};
    for (uint32_t s = 0; s < SENSORS; s++) {
        memcpy(f->range[s], (const double[]){0, 150}, sizeof f->range[s]);
        memcpy(f->limits[s], (const double[]){NAN, 10, 85, NAN}, sizeof f->limits[s]);
        f->sensors[s] = (struct mbp_sensor){.name = names[s],
                                            .machine = machine_of[s],
                                            .unit = s == LT301 ? 1 : 0,
                                            .range = f->range[s],
                                            .reg = {.scale = 0.1, .words = 1, .type = MBP_INT16},
                                            .limits = f->limits[s]};
    }
    f->plant = (struct mbp_plant){.name = "test",
                                  .scan_ns = 100 * MBP_NS_PER_MS,
                                  .units = f->units,
                                  .unit_count = 2,
                                  .machines = f->machines,
                                  .machine_count = MACHINES,
                                  .sensors = f->sensors,
                                  .sensor_count = SENSORS};
}

int fixture_setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    snprintf(f->dir, sizeof f->dir, "/tmp/mbplant-journal-XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    snprintf(f->db, sizeof f->db, "%s/journal.db", f->dir);
    describe_plant(f);
    f->clock = mbp_clock_system();
    /* The warnings of a disk that refuses are what is wanted here, not news. */
    mbp_log_set_level(MBP_LOG_ERROR);
    *state = f;
    return 0;
}

static int remove_entry(const char *path, const struct stat *entry, int type, struct FTW *where)
{
    (void)entry;
    (void)type;
    (void)where;
    return remove(path);
}

int fixture_teardown(void **state)
{
    struct fixture *f = *state;
    fixture_close(f);
    nftw(f->dir, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    free(f->errors);
    free(f);
    return 0;
}

enum mbp_status fixture_try_open(struct fixture *f, const char *dir)
{
    free(f->errors);
    f->errors = NULL;
    FILE *errors = open_memstream(&f->errors, &f->errors_len);
    assert_non_null(errors);
    struct mbp_journal *journal = NULL;
    enum mbp_status status = mbp_journal_open(dir, &f->plant, &f->clock, errors, &journal);
    fclose(errors);
    if (status == MBP_OK) {
        assert_null(f->journal);
        f->journal = journal;
        assert_string_equal(f->errors, "");
    } else {
        /* One line, and it says what to do next. */
        assert_null(journal);
        assert_ptr_equal(strchr(f->errors, '\n'), f->errors + f->errors_len - 1);
        assert_non_null(strstr(f->errors, ": "));
    }
    return status;
}

void fixture_open(struct fixture *f)
{
    assert_int_equal(fixture_try_open(f, f->dir), MBP_OK);
}

void fixture_close(struct fixture *f)
{
    mbp_journal_close(f->journal);
    f->journal = NULL;
}

void fixture_await_trouble(const struct fixture *f)
{
    for (int ms = 0; !mbp_journal_in_trouble(f->journal); ms++) {
        assert_true(ms < 10000);
        poll(NULL, 0, 1);
    }
}

void fixture_await_oldest(const struct fixture *f, uint32_t oldest)
{
    for (int ms = 0; mbp_journal_oldest(f->journal) != oldest; ms++) {
        assert_true(ms < 10000);
        poll(NULL, 0, 1);
    }
}

struct mbp_event fixture_event(uint32_t n)
{
    return (struct mbp_event){
        .wall_ms = UINT64_C(1790000000000) + n,
        .scan = 3 * n,
        .code = MBP_EV_ALARM_RAISED,
        .unit = 1,
        .machine = (uint16_t)(n % 7),
        .sensor = n % 5 == 0 ? MBP_NONE16 : (uint16_t)(n % 5),
        .value = (float)n / 3.0F,
        .limit = n % 2 == 0 ? NAN : (float)n,
        .actor = (uint16_t)(n % 50),
        .detail = MBP_HIGH,
    };
}

void fixture_push(struct fixture *f, uint32_t first, uint32_t count)
{
    for (uint32_t n = first; n < first + count; n++) {
        struct mbp_event event = fixture_event(n);
        assert_int_equal(mbp_journal_push_event(f->journal, &event), MBP_OK);
    }
    mbp_journal_hand_over(f->journal);
}

void fixture_store(struct fixture *f, uint32_t first, uint32_t count)
{
    fixture_push(f, first, count);
    assert_int_equal(mbp_journal_flush(f->journal), MBP_OK);
}

void fixture_assert_event(const struct mbp_event *event, uint32_t seq, const struct mbp_event *expected)
{
    assert_int_equal(event->seq, seq);
    assert_int_equal(event->wall_ms, expected->wall_ms);
    assert_int_equal(event->scan, expected->scan);
    assert_int_equal(event->code, expected->code);
    assert_int_equal(event->unit, expected->unit);
    assert_int_equal(event->machine, expected->machine);
    assert_int_equal(event->sensor, expected->sensor);
    assert_int_equal(event->actor, expected->actor);
    assert_int_equal(event->detail, expected->detail);
    assert_true(event->value == expected->value || (isnan(event->value) && isnan(expected->value)));
    assert_true(event->limit == expected->limit || (isnan(event->limit) && isnan(expected->limit)));
}

char *fixture_read_file(const char *path, size_t *len)
{
    FILE *file = opened_file(path, "rb");
    fseek(file, 0, SEEK_END);
    *len = (size_t)ftell(file);
    rewind(file);
    char *bytes = malloc(*len + 1);
    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, *len, file), *len);
    bytes[*len] = '\0';
    fclose(file);
    return bytes;
}

void fixture_write_file(const char *path, const void *bytes, size_t len)
{
    FILE *file = opened_file(path, "wb");
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    int failed = fclose(file);
    assert_int_equal(failed, 0);
}

void fixture_sql(const char *path, const char *sql)
{
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}
