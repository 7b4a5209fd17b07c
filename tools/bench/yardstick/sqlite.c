/* sqlite: the events of a journal written once more, by SQLite alone: what our writer's speed is measured against.
 *
 *   bench_sqlite JOURNAL.db NEW.db BATCH    BATCH: rows a transaction; prints rows and seconds as JSON
 *
 * Same table, same index, same pragmas (src/journal/schema.c, store.c); the rows are in memory before time begins. */
#include <inttypes.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define COLUMNS 13

struct row {
    sqlite3_int64 whole[COLUMNS];
    double real[COLUMNS];
    unsigned char type[COLUMNS];
};

struct rows {
    struct row *row;
    size_t count, room;
};

static int complain(sqlite3 *db, const char *what)
{
    fprintf(stderr, "bench_sqlite: %s: %s\n", what, sqlite3_errmsg(db));
    return 1;
}

static bool keep(struct rows *rows, sqlite3_stmt *stmt)
{
    if (rows->count == rows->room) {
        size_t room = rows->room == 0 ? 4096 : rows->room * 2;
        struct row *bigger = realloc(rows->row, room * sizeof *bigger);
        if (bigger == NULL)
            return false;
        rows->row = bigger;
        rows->room = room;
    }
    struct row *row = &rows->row[rows->count++];
    for (int c = 0; c < COLUMNS; c++) {
        row->type[c] = (unsigned char)sqlite3_column_type(stmt, c);
        row->whole[c] = sqlite3_column_int64(stmt, c);
        row->real[c] = sqlite3_column_double(stmt, c);
    }
    return true;
}

static int read_all(const char *path, struct rows *rows)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_prepare_v2(db, "SELECT * FROM event ORDER BY seq", -1, &stmt, NULL);
    while (rc == SQLITE_OK && (rc = sqlite3_step(stmt)) == SQLITE_ROW)
        rc = keep(rows, stmt) ? SQLITE_OK : SQLITE_NOMEM;
    int code = rc == SQLITE_DONE && rows->count > 0 ? 0 : complain(db, path);
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    return code;
}

static int put(sqlite3_stmt *stmt, const struct row *row)
{
    for (int c = 0; c < COLUMNS; c++) {
        if (row->type[c] == SQLITE_NULL)
            sqlite3_bind_null(stmt, c + 1);
        else if (row->type[c] == SQLITE_FLOAT)
            sqlite3_bind_double(stmt, c + 1, row->real[c]);
        else
            sqlite3_bind_int64(stmt, c + 1, row->whole[c]);
    }
    int rc = sqlite3_step(stmt);
    sqlite3_reset(stmt);
    return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int write_all(const char *path, const struct rows *rows, size_t batch)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_open(path, &db);
    if (rc == SQLITE_OK)
        rc =
            sqlite3_exec(db,
                         "PRAGMA auto_vacuum = INCREMENTAL;"
                         "CREATE TABLE event(seq INTEGER PRIMARY KEY, scan INTEGER NOT NULL, wall_ms INTEGER NOT NULL, "
                         "code INTEGER NOT NULL, unit INTEGER NOT NULL, machine INTEGER NOT NULL, sensor INTEGER NOT "
                         "NULL, value REAL, limit_or_old REAL, actor INTEGER NOT NULL, flags INTEGER NOT NULL, detail "
                         "INTEGER NOT NULL, \"check\" INTEGER NOT NULL) STRICT;"
                         "CREATE INDEX incident ON event(seq) WHERE code = 30 AND (detail & 255) = 1;"
                         "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;",
                         NULL, NULL, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_prepare_v2(db, "INSERT INTO event VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", -1, &stmt, NULL);
    double begin = now_s();
    for (size_t i = 0; rc == SQLITE_OK && i < rows->count; i++) {
        if (i % batch == 0)
            rc = sqlite3_exec(db, "BEGIN", NULL, NULL, NULL);
        if (rc == SQLITE_OK)
            rc = put(stmt, &rows->row[i]);
        if (rc == SQLITE_OK && (i % batch == batch - 1 || i == rows->count - 1))
            rc = sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
    }
    double took = now_s() - begin;
    int code = rc == SQLITE_OK ? 0 : complain(db, path);
    if (code == 0)
        printf("{\"rows\": %zu, \"seconds\": %.6f}\n", rows->count, took);
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    return code;
}

int main(int argc, char **argv)
{
    size_t batch = argc == 4 ? strtoull(argv[3], NULL, 10) : 0;
    if (batch == 0) {
        fprintf(stderr, "usage: bench_sqlite JOURNAL.db NEW.db BATCH\n");
        return 2;
    }
    struct rows rows = {0};
    int code = read_all(argv[1], &rows);
    if (code == 0)
        code = write_all(argv[2], &rows, batch);
    free(rows.row);
    return code;
}
