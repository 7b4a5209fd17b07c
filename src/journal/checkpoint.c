/* The checkpoint's tables. */
#include "checkpoint.h"

#include <stdlib.h>
#include <string.h>

#include "mbplant/base/sqlite.h"

#define PIECE_BYTES 16384u
#define FORMAT      1 /* of what stands here; what the bytes mean, their layout says */

const char mbp_checkpoint_create_sql[] =
    "CREATE TABLE checkpoint(one INTEGER PRIMARY KEY CHECK(one = 1), format INTEGER NOT NULL, layout "
    "INTEGER NOT NULL, bytes INTEGER NOT NULL, hash INTEGER NOT NULL, plant_crc INTEGER NOT NULL, plant_length INTEGER "
    "NOT NULL, position INTEGER NOT NULL) STRICT;"
    "CREATE TABLE checkpoint_part(part INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;"
    "CREATE TABLE checkpoint_plant(one INTEGER PRIMARY KEY CHECK(one = 1), crc INTEGER NOT NULL, length "
    "INTEGER NOT NULL, text BLOB NOT NULL) STRICT;";

/* ---- the writer's side ------------------------------------------------------------------------------------------ */

int mbp_checkpoints_open(struct mbp_checkpoints *checkpoints, sqlite3 *db)
{
    *checkpoints = (struct mbp_checkpoints){.db = db};
    const struct {
        const char *sql;
        sqlite3_stmt **stmt;
    } statements[] = {
        {"INSERT OR REPLACE INTO checkpoint(one, format, layout, bytes, hash, plant_crc, plant_length, position) "
         "VALUES(1, ?, ?, ?, ?, ?, ?, ?)",
         &checkpoints->head},
        {"INSERT OR REPLACE INTO checkpoint_part(part, bytes) VALUES(?, ?)", &checkpoints->part},
        {"DELETE FROM checkpoint_part WHERE part >= ?", &checkpoints->cut},
        {"DELETE FROM checkpoint", &checkpoints->drop_head},
        {"SELECT 1 FROM checkpoint_plant WHERE crc = ? AND length = ?", &checkpoints->has_plant},
        {"INSERT OR REPLACE INTO checkpoint_plant(one, crc, length, text) VALUES(1, ?, ?, ?)", &checkpoints->plant},
    };
    int rc = SQLITE_OK;
    for (size_t i = 0; i < sizeof statements / sizeof statements[0] && rc == SQLITE_OK; i++)
        rc = sqlite3_prepare_v3(db, statements[i].sql, -1, SQLITE_PREPARE_PERSISTENT, statements[i].stmt, NULL);
    return rc;
}

void mbp_checkpoints_close(struct mbp_checkpoints *checkpoints)
{
    sqlite3_stmt *const all[] = {checkpoints->head,      checkpoints->part,  checkpoints->cut,
                                 checkpoints->drop_head, checkpoints->plant, checkpoints->has_plant};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        sqlite3_finalize(all[i]);
    free(checkpoints->hashes);
    *checkpoints = (struct mbp_checkpoints){0};
}

void mbp_checkpoints_forget(struct mbp_checkpoints *checkpoints)
{
    checkpoints->known = false;
}

/* Runs a statement that gives no rows. */
static int run(sqlite3_stmt *stmt)
{
    int rc = sqlite3_step(stmt);
    sqlite3_reset(stmt);
    sqlite3_clear_bindings(stmt);
    return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

static int put_plant(struct mbp_checkpoints *checkpoints, const struct mbp_plant *plant)
{
    sqlite3_bind_int64(checkpoints->has_plant, 1, plant->text_crc);
    sqlite3_bind_int64(checkpoints->has_plant, 2, (sqlite3_int64)plant->text.len);
    int rc = sqlite3_step(checkpoints->has_plant);
    sqlite3_reset(checkpoints->has_plant);
    if (rc != SQLITE_DONE || plant->text.bytes == NULL) /* too long a text is not kept */
        return rc == SQLITE_ROW || rc == SQLITE_DONE ? SQLITE_OK : rc;
    sqlite3_bind_int64(checkpoints->plant, 1, plant->text_crc);
    sqlite3_bind_int64(checkpoints->plant, 2, (sqlite3_int64)plant->text.len);
    sqlite3_bind_blob(checkpoints->plant, 3, plant->text.bytes, (int)plant->text.len, SQLITE_STATIC);
    return run(checkpoints->plant);
}

/* Where in the spans the writing has come to. */
struct reel {
    const struct mbp_checkpoint *of;
    unsigned span;
    size_t at;
};

/* The next bytes, up to max of them. */
static size_t unroll(struct reel *reel, uint8_t *bytes, size_t max)
{
    size_t count = 0;
    while (count < max && reel->span < reel->of->span_count) {
        const struct mbp_span *span = &reel->of->spans[reel->span];
        size_t left = span->len - reel->at;
        size_t n = left < max - count ? left : max - count;
        if (n > 0)
            memcpy(bytes + count, (const uint8_t *)span->bytes + reel->at, n);
        count += n;
        reel->at += n;
        if (reel->at == span->len) {
            reel->span++;
            reel->at = 0;
        }
    }
    return count;
}

static size_t bytes_of(const struct mbp_checkpoint *checkpoint)
{
    size_t bytes = 0;
    for (unsigned i = 0; i < checkpoint->span_count; i++)
        bytes += checkpoint->spans[i].len;
    return bytes;
}

static int make_room(struct mbp_checkpoints *checkpoints, size_t count)
{
    if (count <= checkpoints->count)
        return SQLITE_OK;
    uint64_t *hashes = realloc(checkpoints->hashes, count * sizeof *hashes);
    if (hashes == NULL)
        return SQLITE_NOMEM;
    checkpoints->hashes = hashes;
    checkpoints->count = count;
    checkpoints->known = false;
    return SQLITE_OK;
}

static int put_parts(struct mbp_checkpoints *checkpoints, const struct mbp_checkpoint *checkpoint, size_t count)
{
    uint8_t piece[PIECE_BYTES];
    struct reel reel = {.of = checkpoint};
    int rc = SQLITE_OK;
    for (size_t i = 0; i < count && rc == SQLITE_OK; i++) {
        size_t len = unroll(&reel, piece, sizeof piece);
        uint64_t hash = mbp_hash(piece, len);
        if (checkpoints->known && checkpoints->hashes[i] == hash)
            continue;
        checkpoints->hashes[i] = hash;
        sqlite3_bind_int64(checkpoints->part, 1, (sqlite3_int64)i);
        sqlite3_bind_blob(checkpoints->part, 2, piece, (int)len, SQLITE_STATIC);
        rc = run(checkpoints->part);
    }
    return rc;
}

static int put_head(struct mbp_checkpoints *checkpoints, const struct mbp_plant *plant, uint64_t layout, size_t bytes,
                    size_t count, uint64_t position)
{
    sqlite3_bind_int(checkpoints->head, 1, FORMAT);
    sqlite3_bind_int64(checkpoints->head, 2, (sqlite3_int64)layout);
    sqlite3_bind_int64(checkpoints->head, 3, (sqlite3_int64)bytes);
    sqlite3_bind_int64(checkpoints->head, 4,
                       (sqlite3_int64)mbp_hash(checkpoints->hashes, count * sizeof *checkpoints->hashes));
    sqlite3_bind_int64(checkpoints->head, 5, plant->text_crc);
    sqlite3_bind_int64(checkpoints->head, 6, (sqlite3_int64)plant->text.len);
    sqlite3_bind_int64(checkpoints->head, 7, (sqlite3_int64)position);
    return run(checkpoints->head);
}

static int cut_parts(struct mbp_checkpoints *checkpoints, size_t count)
{
    sqlite3_bind_int64(checkpoints->cut, 1, (sqlite3_int64)count);
    return run(checkpoints->cut);
}

static int drop(struct mbp_checkpoints *checkpoints)
{
    int rc = run(checkpoints->drop_head);
    checkpoints->known = false;
    checkpoints->bytes = 0;
    return rc == SQLITE_OK ? cut_parts(checkpoints, 0) : rc;
}

int mbp_checkpoints_put(struct mbp_checkpoints *checkpoints, const struct mbp_plant *plant,
                        const struct mbp_checkpoint *checkpoint, uint64_t position)
{
    if (checkpoint == NULL)
        return drop(checkpoints);
    size_t bytes = bytes_of(checkpoint);
    size_t count = (bytes + PIECE_BYTES - 1) / PIECE_BYTES;
    int rc = make_room(checkpoints, count);
    if (rc == SQLITE_OK && (!checkpoints->known || bytes != checkpoints->bytes)) {
        rc = cut_parts(checkpoints, count);
        checkpoints->known = false;
    }
    if (rc == SQLITE_OK)
        rc = put_parts(checkpoints, checkpoint, count);
    if (rc == SQLITE_OK)
        rc = put_head(checkpoints, plant, checkpoint->layout, bytes, count, position);
    if (rc == SQLITE_OK)
        rc = put_plant(checkpoints, plant);
    checkpoints->known = rc == SQLITE_OK;
    checkpoints->bytes = bytes;
    return rc;
}

/* ---- the reader's side ------------------------------------------------------------------------------------------ */

static int get_head(sqlite3 *db, struct mbp_stored_checkpoint *out, uint64_t *hash)
{
    static const char sql[] =
        "SELECT layout, bytes, hash, plant_crc, plant_length, (SELECT coalesce(sum(length(bytes)), "
        "0) FROM checkpoint_part), format, position FROM checkpoint";
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);
    if (rc != SQLITE_OK)
        return rc;
    rc = sqlite3_step(stmt);
    if (rc == SQLITE_ROW && sqlite3_column_int(stmt, 6) != FORMAT) {
        rc = SQLITE_FORMAT;
    } else if (rc == SQLITE_ROW) {
        out->layout = (uint64_t)sqlite3_column_int64(stmt, 0);
        out->len = (size_t)sqlite3_column_int64(stmt, 1);
        *hash = (uint64_t)sqlite3_column_int64(stmt, 2);
        out->plant_crc = (uint32_t)sqlite3_column_int64(stmt, 3);
        out->plant_len = (size_t)sqlite3_column_int64(stmt, 4);
        out->position = (uint64_t)sqlite3_column_int64(stmt, 7);
        if (sqlite3_column_int64(stmt, 1) != sqlite3_column_int64(stmt, 5))
            rc = SQLITE_CORRUPT;
    }
    sqlite3_finalize(stmt);
    return rc;
}

/* The hash over the pieces' hashes, as put_head makes it, while they are copied one behind the other. */
static int get_parts(sqlite3 *db, struct mbp_stored_checkpoint *out, uint64_t hash)
{
    size_t count = (out->len + PIECE_BYTES - 1) / PIECE_BYTES;
    uint64_t *hashes = malloc(count * sizeof *hashes + 1);
    sqlite3_stmt *stmt = NULL;
    size_t at = 0;
    size_t i = 0;
    out->bytes = malloc(out->len + 1);
    int rc = hashes == NULL || out->bytes == NULL ? SQLITE_NOMEM : SQLITE_OK;
    if (rc == SQLITE_OK)
        rc = sqlite3_prepare_v2(db, "SELECT bytes FROM checkpoint_part ORDER BY part", -1, &stmt, NULL);
    for (rc = rc == SQLITE_OK ? sqlite3_step(stmt) : rc; rc == SQLITE_ROW && i < count; i++) {
        size_t len = (size_t)sqlite3_column_bytes(stmt, 0);
        const void *bytes = sqlite3_column_blob(stmt, 0);
        if (bytes == NULL || len > out->len - at)
            break;
        memcpy(out->bytes + at, bytes, len);
        hashes[i] = mbp_hash(bytes, len);
        at += len;
        rc = sqlite3_step(stmt);
    }
    if (rc == SQLITE_ROW || rc == SQLITE_DONE)
        rc = rc == SQLITE_DONE && i == count && at == out->len && mbp_hash(hashes, count * sizeof *hashes) == hash
                 ? SQLITE_OK
                 : SQLITE_CORRUPT;
    sqlite3_finalize(stmt);
    free(hashes);
    return rc;
}

/* None, where the file was too long to be kept. */
static int get_plant(sqlite3 *db, struct mbp_stored_checkpoint *out)
{
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(db, "SELECT text FROM checkpoint_plant WHERE crc = ? AND length = ?", -1, &stmt, NULL);
    if (rc != SQLITE_OK)
        return rc;
    sqlite3_bind_int64(stmt, 1, out->plant_crc);
    sqlite3_bind_int64(stmt, 2, (sqlite3_int64)out->plant_len);
    rc = sqlite3_step(stmt);
    if (rc == SQLITE_ROW) {
        const void *text = sqlite3_column_blob(stmt, 0);
        size_t len = (size_t)sqlite3_column_bytes(stmt, 0);
        if (text != NULL && len > 0 && len == out->plant_len && mbp_crc32(0, text, len) == out->plant_crc) {
            out->plant_text = malloc(len);
            if (out->plant_text != NULL)
                memcpy(out->plant_text, text, len);
        }
    }
    sqlite3_finalize(stmt);
    return rc == SQLITE_ROW || rc == SQLITE_DONE ? SQLITE_OK : rc;
}

enum mbp_status mbp_checkpoints_get(sqlite3 *db, struct mbp_stored_checkpoint *out)
{
    struct mbp_stored_checkpoint found = {0};
    uint64_t hash = 0;
    int rc = get_head(db, &found, &hash);
    if (rc == SQLITE_DONE)
        return MBP_ERR_MISSING;
    if (rc == SQLITE_ROW)
        rc = get_parts(db, &found, hash);
    if (rc == SQLITE_OK)
        rc = get_plant(db, &found);
    if (rc == SQLITE_OK)
        *out = found;
    else
        mbp_stored_checkpoint_free(&found);
    return mbp_sqlite_status(rc);
}

void mbp_stored_checkpoint_free(struct mbp_stored_checkpoint *checkpoint)
{
    free(checkpoint->bytes);
    free(checkpoint->plant_text);
    *checkpoint = (struct mbp_stored_checkpoint){0};
}
