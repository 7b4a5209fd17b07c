/* Former plants: two small tables, and how masters read them. */
#include "past.h"

#include <assert.h>
#include <string.h>

#define FILE_WORDS 10000u
#define PART_BYTES 4096u /* of a text in a row: a master reads it in small pieces */

const char mbp_past_create_sql[] =
    "CREATE TABLE IF NOT EXISTS plant_since(seq INTEGER PRIMARY KEY, crc INTEGER NOT NULL, length INTEGER NOT NULL) "
    "STRICT;"
    "CREATE TABLE IF NOT EXISTS plant_text(crc INTEGER, length INTEGER, part INTEGER, text BLOB NOT NULL, PRIMARY "
    "KEY(crc, length, part)) STRICT;";

static const char part_get_sql[] = "SELECT text FROM plant_text WHERE crc = ? AND length = ? AND part = ?";

static_assert(MBP_PAST_PLANTS == 256, "the LIMIT of the reader's statement");

struct statement {
    const char *sql;
    sqlite3_stmt **stmt;
};

static int prepare(sqlite3 *db, const struct statement *statements, size_t count)
{
    int rc = SQLITE_OK;
    for (size_t i = 0; i < count && rc == SQLITE_OK; i++)
        rc = sqlite3_prepare_v3(db, statements[i].sql, -1, SQLITE_PREPARE_PERSISTENT, statements[i].stmt, NULL);
    return rc;
}

/* ---- the writer's side ------------------------------------------------------------------------------------------ */

int mbp_past_open(struct mbp_past *past, sqlite3 *db)
{
    *past = (struct mbp_past){.db = db};
    const struct statement statements[] = {
        {"SELECT crc, length FROM plant_since ORDER BY seq DESC LIMIT 1", &past->newest},
        {"INSERT OR REPLACE INTO plant_since(seq, crc, length) VALUES(?, ?, ?)", &past->since},
        {"SELECT 1 FROM plant_text WHERE crc = ? AND length = ? LIMIT 1", &past->has_text},
        {"INSERT INTO plant_text(crc, length, part, text) VALUES(?, ?, ?, ?)", &past->part},
        {"SELECT count(*), sum((length + 1) / 2) FROM plant_since", &past->size},
        {"DELETE FROM plant_since WHERE seq = (SELECT min(seq) FROM plant_since)", &past->drop_first},
        {"DELETE FROM plant_since WHERE seq < (SELECT max(seq) FROM plant_since WHERE seq <= ?)", &past->drop_old},
        {"DELETE FROM plant_text WHERE NOT EXISTS(SELECT 1 FROM plant_since WHERE plant_since.crc = plant_text.crc "
         "AND plant_since.length = plant_text.length)",
         &past->drop_texts},
    };
    return prepare(db, statements, sizeof statements / sizeof statements[0]);
}

void mbp_past_close(struct mbp_past *past)
{
    sqlite3_stmt *const all[] = {past->newest, past->since,      past->has_text, past->part,
                                 past->size,   past->drop_first, past->drop_old, past->drop_texts};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        sqlite3_finalize(all[i]);
    *past = (struct mbp_past){0};
}

/* Runs a statement that gives no rows. */
static int run(sqlite3_stmt *stmt)
{
    int rc = sqlite3_step(stmt);
    sqlite3_reset(stmt);
    return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

/* A text's key: a length of 0 says that it is too long for masters to read, and not kept. */
struct key {
    uint32_t crc;
    size_t length;
};

static struct key key_of(const struct mbp_plant *plant)
{
    size_t length = plant->public_text.len;
    bool kept = length <= MBP_PLANT_WIRE_TEXT_MAX && plant->public_text.bytes != NULL;
    return (struct key){plant->public_crc, kept ? length : 0};
}

/* SQLITE_ROW: the newest plant is this one; SQLITE_DONE: it is not. */
static int is_newest(struct mbp_past *past, struct key key)
{
    int rc = sqlite3_step(past->newest);
    if (rc == SQLITE_ROW && (sqlite3_column_int64(past->newest, 0) != (sqlite3_int64)key.crc ||
                             sqlite3_column_int64(past->newest, 1) != (sqlite3_int64)key.length))
        rc = SQLITE_DONE;
    sqlite3_reset(past->newest);
    return rc;
}

static int put_text(struct mbp_past *past, struct key key, const char *text)
{
    int rc;
    sqlite3_bind_int64(past->has_text, 1, key.crc);
    sqlite3_bind_int64(past->has_text, 2, (sqlite3_int64)key.length);
    rc = sqlite3_step(past->has_text);
    sqlite3_reset(past->has_text);
    if (rc != SQLITE_DONE)
        return rc == SQLITE_ROW ? SQLITE_OK : rc;
    rc = SQLITE_OK;
    for (size_t at = 0; at < key.length && rc == SQLITE_OK; at += PART_BYTES) {
        size_t left = key.length - at;
        sqlite3_bind_int64(past->part, 1, key.crc);
        sqlite3_bind_int64(past->part, 2, (sqlite3_int64)key.length);
        sqlite3_bind_int64(past->part, 3, (sqlite3_int64)(at / PART_BYTES));
        sqlite3_bind_blob(past->part, 4, text + at, (int)(left < PART_BYTES ? left : PART_BYTES), SQLITE_STATIC);
        rc = run(past->part);
    }
    sqlite3_clear_bindings(past->part);
    return rc;
}

/* Whether there are more than masters can be told of. */
static int is_too_much(struct mbp_past *past, bool *too_much)
{
    int rc = sqlite3_step(past->size);
    *too_much = rc == SQLITE_ROW && (sqlite3_column_int64(past->size, 0) > (sqlite3_int64)MBP_PAST_PLANTS ||
                                     sqlite3_column_int64(past->size, 1) > (sqlite3_int64)MBP_PAST_WORDS);
    sqlite3_reset(past->size);
    return rc == SQLITE_ROW ? SQLITE_OK : rc;
}

static int trim(struct mbp_past *past)
{
    bool too_much = false;
    int rc = is_too_much(past, &too_much);
    if (rc != SQLITE_OK || !too_much)
        return rc;
    while (rc == SQLITE_OK && too_much) {
        rc = run(past->drop_first);
        if (rc == SQLITE_OK)
            rc = is_too_much(past, &too_much);
    }
    return rc == SQLITE_OK ? run(past->drop_texts) : rc;
}

static int put(struct mbp_past *past, uint32_t seq, struct key key, const char *text)
{
    int rc = is_newest(past, key);
    if (rc != SQLITE_DONE)
        return rc == SQLITE_ROW ? SQLITE_OK : rc;
    sqlite3_bind_int64(past->since, 1, seq);
    sqlite3_bind_int64(past->since, 2, key.crc);
    sqlite3_bind_int64(past->since, 3, (sqlite3_int64)key.length);
    rc = run(past->since);
    if (rc == SQLITE_OK)
        rc = put_text(past, key, text);
    return rc == SQLITE_OK ? trim(past) : rc;
}

/* What no later attempt can do otherwise, for the database does not take these values. */
static bool is_refused(int rc)
{
    switch (rc & 0xFF) {
    case SQLITE_CONSTRAINT:
    case SQLITE_TOOBIG:
    case SQLITE_MISMATCH:
    case SQLITE_RANGE:
    case SQLITE_ERROR:
        return true;
    default:
        return false;
    }
}

int mbp_past_put(struct mbp_past *past, uint32_t seq, const struct mbp_plant *plant)
{
    struct key key = key_of(plant);
    if (plant->text.len == 0) /* made by hand, not from a file */
        return SQLITE_OK;
    int rc = sqlite3_exec(past->db, "SAVEPOINT plant", NULL, NULL, NULL);
    if (rc != SQLITE_OK)
        return rc;
    rc = put(past, seq, key, plant->public_text.bytes);
    if (is_refused(rc)) {
        mbp_log(MBP_LOG_WARNING, "journal: the plant's text cannot be kept beside its events: %s",
                sqlite3_errmsg(past->db));
        rc = sqlite3_exec(past->db, "ROLLBACK TO plant", NULL, NULL, NULL);
        if (rc == SQLITE_OK)
            rc = put(past, seq, (struct key){key.crc, 0}, NULL);
    }
    return rc == SQLITE_OK ? sqlite3_exec(past->db, "RELEASE plant", NULL, NULL, NULL) : rc;
}

int mbp_past_drop(struct mbp_past *past, uint32_t oldest)
{
    sqlite3_bind_int64(past->drop_old, 1, oldest);
    int rc = run(past->drop_old);
    return rc == SQLITE_OK && sqlite3_changes(past->db) > 0 ? run(past->drop_texts) : rc;
}

/* ---- the reader's side ------------------------------------------------------------------------------------------ */

int mbp_past_reader_open(struct mbp_past_reader *reader, sqlite3 *db)
{
    const struct statement statements[] = {
        {"SELECT seq, crc, length FROM plant_since ORDER BY seq LIMIT 256", &reader->plants},
        {part_get_sql, &reader->part},
    };
    return prepare(db, statements, sizeof statements / sizeof statements[0]);
}

void mbp_past_reader_close(struct mbp_past_reader *reader)
{
    sqlite3_finalize(reader->plants);
    sqlite3_finalize(reader->part);
    *reader = (struct mbp_past_reader){0};
}

struct entry {
    uint32_t since, crc, length, at;
};

/* The next row; SQLITE_ROW while there is one. */
static int next_entry(struct mbp_past_reader *reader, struct entry *entry)
{
    uint32_t at = entry->at + (entry->length + 1) / 2;
    int rc = sqlite3_step(reader->plants);
    if (rc == SQLITE_ROW)
        *entry = (struct entry){.since = (uint32_t)sqlite3_column_int64(reader->plants, 0),
                                .crc = (uint32_t)sqlite3_column_int64(reader->plants, 1),
                                .length = (uint32_t)sqlite3_column_int64(reader->plants, 2),
                                .at = at};
    return rc;
}

static void put_u32(uint16_t *words, uint32_t number)
{
    words[0] = (uint16_t)(number >> 16);
    words[1] = (uint16_t)number;
}

static enum mbp_status read_index(struct mbp_past_reader *reader, uint32_t first, uint32_t count, uint16_t *words)
{
    uint16_t index[MBP_PAST_HEADER_WORDS + MBP_PAST_PLANTS * MBP_PAST_ENTRY_WORDS];
    struct entry entry = {0};
    uint16_t entries = 0;
    int rc = next_entry(reader, &entry);
    for (; rc == SQLITE_ROW && entries < MBP_PAST_PLANTS; rc = next_entry(reader, &entry)) {
        uint16_t *row = index + MBP_PAST_HEADER_WORDS + (size_t)MBP_PAST_ENTRY_WORDS * entries++;
        put_u32(row, entry.since);
        put_u32(row + 2, entry.length);
        put_u32(row + 4, entry.crc);
        put_u32(row + 6, entry.at);
    }
    sqlite3_reset(reader->plants);
    if (rc != SQLITE_DONE && rc != SQLITE_ROW)
        return MBP_EX_SERVER_DEVICE_FAILURE;
    put_u32(index, MBP_PAST_MAGIC);
    index[2] = MBP_PAST_VERSION;
    index[3] = entries;
    if (first + count > MBP_PAST_HEADER_WORDS + (uint32_t)MBP_PAST_ENTRY_WORDS * entries)
        return MBP_EX_ILLEGAL_DATA_ADDRESS;
    memcpy(words, index + first, count * sizeof *words);
    return MBP_OK;
}

/* Bytes of a text from `at` on, as many as there are in its part of it. */
static enum mbp_status read_part(struct mbp_past_reader *reader, const struct entry *entry, uint32_t at, uint8_t *bytes,
                                 uint32_t *len)
{
    sqlite3_bind_int64(reader->part, 1, entry->crc);
    sqlite3_bind_int64(reader->part, 2, entry->length);
    sqlite3_bind_int64(reader->part, 3, at / PART_BYTES);
    enum mbp_status status = MBP_EX_SERVER_DEVICE_FAILURE;
    if (sqlite3_step(reader->part) == SQLITE_ROW) {
        const uint8_t *part = sqlite3_column_blob(reader->part, 0);
        uint32_t part_len = (uint32_t)sqlite3_column_bytes(reader->part, 0);
        uint32_t skip = at % PART_BYTES;
        if (part != NULL && skip < part_len) {
            *len = *len < part_len - skip ? *len : part_len - skip;
            memcpy(bytes, part + skip, *len);
            status = MBP_OK;
        }
    }
    sqlite3_reset(reader->part);
    return status;
}

/* Words of one text, from its word `first` on. */
static enum mbp_status read_words(struct mbp_past_reader *reader, const struct entry *entry, uint32_t first,
                                  uint32_t count, uint16_t *words)
{
    uint8_t bytes[PART_BYTES];
    enum mbp_status status = MBP_OK;
    for (uint32_t done = 0; done < count && status == MBP_OK;) {
        uint32_t at = 2 * (first + done);
        uint32_t left = entry->length - at;
        uint32_t len = 2 * (count - done);
        len = len < left ? len : left;
        status = read_part(reader, entry, at, bytes, &len);
        if (status == MBP_OK && len % 2 != 0) /* the last byte of a text; parts are even */
            bytes[len++] = 0;
        for (uint32_t i = 0; i < len / 2 && status == MBP_OK; i++)
            words[done + i] = (uint16_t)(bytes[2 * i] << 8 | bytes[2 * i + 1]);
        done += len / 2;
    }
    return status;
}

static enum mbp_status read_texts(struct mbp_past_reader *reader, uint32_t first, uint32_t count, uint16_t *words)
{
    struct entry entry = {0};
    enum mbp_status status = MBP_OK;
    int rc = next_entry(reader, &entry);
    for (; rc == SQLITE_ROW && count > 0 && status == MBP_OK; rc = next_entry(reader, &entry)) {
        uint32_t length = (entry.length + 1) / 2;
        if (first < entry.at || first >= entry.at + length)
            continue;
        uint32_t here = entry.at + length - first;
        here = here < count ? here : count;
        status = read_words(reader, &entry, first - entry.at, here, words);
        first += here;
        words += here;
        count -= here;
    }
    sqlite3_reset(reader->plants);
    if (status == MBP_OK && count > 0)
        return rc == SQLITE_DONE ? MBP_EX_ILLEGAL_DATA_ADDRESS : MBP_EX_SERVER_DEVICE_FAILURE;
    return status;
}

enum mbp_status mbp_past_read_file(struct mbp_past_reader *reader, uint16_t file, uint16_t record, uint16_t count,
                                   uint16_t *words)
{
    if (count == 0 || record + (uint32_t)count > FILE_WORDS)
        return MBP_EX_ILLEGAL_DATA_ADDRESS;
    if (file == MBP_PAST_INDEX_FILE)
        return read_index(reader, record, count, words);
    return read_texts(reader, (file - MBP_PAST_FIRST_FILE) * FILE_WORDS + record, count, words);
}
