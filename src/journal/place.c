/* The row. */
#include "place.h"

#include <sys/random.h>

const char mbp_place_create_sql[] =
    "CREATE TABLE journal_place(one INTEGER PRIMARY KEY CHECK(one = 1), run INTEGER NOT NULL, position "
    "INTEGER NOT NULL, plant_crc INTEGER NOT NULL, plant_length INTEGER NOT NULL) STRICT";

static const char put_sql[] = "INSERT OR REPLACE INTO journal_place(one, run, position, plant_crc, plant_length) "
                              "VALUES(1, ?, ?, ?, ?)";

static uint64_t new_run(void)
{
    uint64_t run = 0;
    if (getrandom(&run, sizeof run, GRND_NONBLOCK) != (ssize_t)sizeof run) {
        struct mbp_clock clock = mbp_clock_system();
        run = clock.wall_ms(clock.ctx) << 20 ^ clock.mono_ns(clock.ctx);
    }
    return run;
}

static int get(struct mbp_place *place, sqlite3 *db, bool *known)
{
    sqlite3_stmt *stmt = NULL;
    int rc =
        sqlite3_prepare_v2(db, "SELECT run, position, plant_crc, plant_length FROM journal_place", -1, &stmt, NULL);
    if (rc != SQLITE_OK)
        return rc;
    rc = sqlite3_step(stmt);
    *known = rc == SQLITE_ROW;
    if (rc == SQLITE_ROW) {
        place->run = (uint64_t)sqlite3_column_int64(stmt, 0);
        place->position = (uint64_t)sqlite3_column_int64(stmt, 1) & INT64_MAX;
        place->plant_crc = (uint32_t)sqlite3_column_int64(stmt, 2);
        place->plant_len = (uint64_t)sqlite3_column_int64(stmt, 3);
    }
    sqlite3_finalize(stmt);
    return rc == SQLITE_ROW || rc == SQLITE_DONE ? SQLITE_OK : rc;
}

int mbp_place_open(struct mbp_place *place, sqlite3 *db, const struct mbp_plant *plant)
{
    *place = (struct mbp_place){.run = new_run()};
    bool known = false;
    int rc = get(place, db, &known);
    if (rc == SQLITE_OK)
        rc = sqlite3_prepare_v3(db, put_sql, -1, SQLITE_PREPARE_PERSISTENT, &place->put, NULL);
    if (rc == SQLITE_OK && !known) /* at once, for a run may end before its first transaction; a full disk can wait */
        mbp_place_put(place, 0, plant);
    return rc;
}

void mbp_place_close(struct mbp_place *place)
{
    sqlite3_finalize(place->put);
    *place = (struct mbp_place){0};
}

int mbp_place_put(struct mbp_place *place, uint64_t position, const struct mbp_plant *plant)
{
    sqlite3_bind_int64(place->put, 1, (sqlite3_int64)place->run);
    sqlite3_bind_int64(place->put, 2, (sqlite3_int64)position);
    sqlite3_bind_int64(place->put, 3, plant->text_crc);
    sqlite3_bind_int64(place->put, 4, (sqlite3_int64)plant->text.len);
    int rc = sqlite3_step(place->put);
    sqlite3_reset(place->put);
    return rc == SQLITE_DONE ? SQLITE_OK : rc;
}
