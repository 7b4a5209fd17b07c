/* Rows of tags and actors. */
#include "names_sql.h"

#include <string.h>

const char mbp_names_create_sql[] =
    "CREATE TABLE tag(unit INTEGER, item INTEGER, id INTEGER, since INTEGER NOT NULL, gone INTEGER, what "
    "TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, measure TEXT NOT NULL, decimals INTEGER NOT NULL, label "
    "TEXT NOT NULL, PRIMARY KEY(unit, item, id)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE actor(id INTEGER PRIMARY KEY, kind TEXT NOT NULL, address BLOB NOT NULL, role TEXT NOT "
    "NULL, name TEXT NOT NULL, since INTEGER NOT NULL, last INTEGER NOT NULL) STRICT;";

/* ---- out -------------------------------------------------------------------------------------------------------- */

int mbp_names_writer_open(struct mbp_names_writer *writer, sqlite3 *db)
{
    const struct {
        const char *sql;
        sqlite3_stmt **stmt;
    } statements[] = {
        {"INSERT OR REPLACE INTO tag(unit, item, id, since, gone, what, name, kind, measure, decimals, label) "
         "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
         &writer->tag},
        {"INSERT OR REPLACE INTO actor(id, kind, address, role, name, since, last) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?6)",
         &writer->actor},
        {"DELETE FROM tag WHERE gone < ?1", &writer->forget},
        {"UPDATE actor SET last = ?2 WHERE id = ?1", &writer->last},
    };
    int rc = SQLITE_OK;
    for (size_t i = 0; i < sizeof statements / sizeof statements[0] && rc == SQLITE_OK; i++)
        rc = sqlite3_prepare_v3(db, statements[i].sql, -1, SQLITE_PREPARE_PERSISTENT, statements[i].stmt, NULL);
    return rc;
}

void mbp_names_writer_close(struct mbp_names_writer *writer)
{
    sqlite3_finalize(writer->tag);
    sqlite3_finalize(writer->actor);
    sqlite3_finalize(writer->last);
    sqlite3_finalize(writer->forget);
    writer->tag = writer->actor = writer->last = writer->forget = NULL;
}

static int run(sqlite3_stmt *stmt)
{
    int rc = sqlite3_step(stmt);
    sqlite3_reset(stmt);
    sqlite3_clear_bindings(stmt);
    return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

static void bind_text(sqlite3_stmt *stmt, int column, const char *text)
{
    sqlite3_bind_text(stmt, column, text, -1, SQLITE_STATIC);
}

int mbp_names_writer_put_tags(struct mbp_names_writer *writer, const struct mbp_names *names, uint32_t oldest)
{
    sqlite3_stmt *stmt = writer->tag;
    sqlite3_bind_int64(writer->forget, 1, oldest);
    int rc = run(writer->forget);
    for (size_t i = 0; i < names->tag_count && rc == SQLITE_OK; i++) {
        const struct mbp_event_tag *tag = &names->tags[i];
        sqlite3_bind_int(stmt, 1, tag->unit);
        sqlite3_bind_int(stmt, 2, tag->what != MBP_TAG_MACHINE);
        sqlite3_bind_int(stmt, 3, tag->id);
        sqlite3_bind_int64(stmt, 4, tag->since);
        if (tag->gone != MBP_TAG_STAYS)
            sqlite3_bind_int64(stmt, 5, tag->gone);
        bind_text(stmt, 6, mbp_tag_what_name((enum mbp_tag_what)tag->what));
        bind_text(stmt, 7, tag->name);
        bind_text(stmt, 8, tag->kind);
        bind_text(stmt, 9, tag->measure);
        sqlite3_bind_int(stmt, 10, tag->decimals);
        bind_text(stmt, 11, tag->label);
        rc = run(stmt);
    }
    return rc;
}

int mbp_names_writer_put_actor(struct mbp_names_writer *writer, const struct mbp_actor *actor)
{
    sqlite3_stmt *stmt = writer->actor;
    sqlite3_bind_int(stmt, 1, actor->id);
    bind_text(stmt, 2, mbp_actor_kind_name((enum mbp_actor_kind)actor->kind));
    sqlite3_bind_blob(stmt, 3, actor->address, sizeof actor->address, SQLITE_STATIC);
    bind_text(stmt, 4, actor->role);
    bind_text(stmt, 5, actor->name);
    sqlite3_bind_int64(stmt, 6, actor->since);
    return run(stmt);
}

void mbp_names_writer_note(struct mbp_names_writer *writer, const struct mbp_event *event)
{
    if (event->actor == MBP_ACTOR_THE_PLANT || event->actor > MBP_ACTORS_MAX)
        return;
    if (writer->last_of[event->actor] == 0)
        writer->seen[writer->seen_count++] = event->actor;
    writer->last_of[event->actor] = event->seq;
}

int mbp_names_writer_finish(struct mbp_names_writer *writer)
{
    int rc = SQLITE_OK;
    for (uint32_t i = 0; i < writer->seen_count && rc == SQLITE_OK; i++) {
        sqlite3_bind_int(writer->last, 1, writer->seen[i]);
        sqlite3_bind_int64(writer->last, 2, writer->last_of[writer->seen[i]]);
        rc = run(writer->last);
    }
    mbp_names_writer_forget(writer);
    return rc;
}

void mbp_names_writer_forget(struct mbp_names_writer *writer)
{
    for (uint32_t i = 0; i < writer->seen_count; i++)
        writer->last_of[writer->seen[i]] = 0;
    writer->seen_count = 0;
}

/* ---- in --------------------------------------------------------------------------------------------------------- */

static const char *text_of(sqlite3_stmt *row, int column)
{
    const char *text = (const char *)sqlite3_column_text(row, column);
    return text != NULL ? text : "";
}

static bool find_word(const char *word, const char *(*name_of)(unsigned), unsigned count, uint8_t *out)
{
    for (unsigned i = 0; i < count; i++) {
        if (strcmp(name_of(i), word) == 0) {
            *out = (uint8_t)i;
            return true;
        }
    }
    return false;
}

static const char *what_name(unsigned what)
{
    return mbp_tag_what_name((enum mbp_tag_what)what);
}

static const char *kind_name(unsigned kind)
{
    return mbp_actor_kind_name((enum mbp_actor_kind)kind);
}

static int take_tag(sqlite3_stmt *row, struct mbp_names *names)
{
    sqlite3_int64 id = sqlite3_column_int64(row, 1);
    bool stays = sqlite3_column_type(row, 3) == SQLITE_NULL;
    struct mbp_event_tag tag = {.unit = (uint8_t)sqlite3_column_int(row, 0),
                                .id = (uint16_t)id,
                                .since = (uint32_t)sqlite3_column_int64(row, 2),
                                .gone = stays ? MBP_TAG_STAYS : (uint32_t)sqlite3_column_int64(row, 3),
                                .name = text_of(row, 5),
                                .kind = text_of(row, 6),
                                .measure = text_of(row, 7),
                                .decimals = (uint8_t)sqlite3_column_int(row, 8),
                                .label = text_of(row, 9)};
    if (id < 0 || id >= MBP_NONE16 || tag.name[0] == '\0' ||
        !find_word(text_of(row, 4), what_name, MBP_TAG_COUNT, &tag.what))
        return SQLITE_CORRUPT;
    return mbp_names_append_tag(names, &tag) == MBP_OK ? SQLITE_OK : SQLITE_NOMEM;
}

static int take_actor(sqlite3_stmt *row, struct mbp_names *names)
{
    sqlite3_int64 id = sqlite3_column_int64(row, 0);
    const void *address = sqlite3_column_blob(row, 2);
    struct mbp_actor actor = {.id = (uint16_t)id, .since = (uint32_t)sqlite3_column_int64(row, 5)};
    if (id <= 0 || id > (sqlite3_int64)MBP_ACTORS_MAX || address == NULL ||
        sqlite3_column_bytes(row, 2) != (int)sizeof actor.address ||
        !find_word(text_of(row, 1), kind_name, MBP_ACTOR_KIND_COUNT, &actor.kind))
        return SQLITE_CORRUPT;
    memcpy(actor.address, address, sizeof actor.address);
    snprintf(actor.role, sizeof actor.role, "%s", text_of(row, 3));
    snprintf(actor.name, sizeof actor.name, "%s", text_of(row, 4));
    return mbp_names_put_actor(names, &actor) == MBP_OK ? SQLITE_OK : SQLITE_NOMEM;
}

/* Each row of a statement. */
static int each_row(sqlite3 *db, const char *sql, int (*take)(sqlite3_stmt *row, struct mbp_names *),
                    struct mbp_names *names)
{
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);
    if (rc != SQLITE_OK)
        return rc;
    rc = sqlite3_step(stmt);
    while (rc == SQLITE_ROW) {
        int taken = take(stmt, names);
        rc = taken == SQLITE_OK ? sqlite3_step(stmt) : taken;
    }
    sqlite3_finalize(stmt);
    return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

int mbp_names_load(sqlite3 *db, struct mbp_names *names)
{
    struct mbp_names found = {0};
    int rc = each_row(db,
                      "SELECT unit, id, since, gone, what, name, kind, measure, decimals, label FROM tag ORDER BY "
                      "unit, item, id",
                      take_tag, &found);
    if (rc == SQLITE_OK)
        rc = each_row(db, "SELECT id, kind, address, role, name, since FROM actor ORDER BY id", take_actor, &found);
    if (rc == SQLITE_OK)
        *names = found;
    else
        mbp_names_free(&found);
    return rc;
}

void mbp_names_tidy(sqlite3 *db)
{
    sqlite3_exec(
        db,
        "DELETE FROM actor WHERE last < (SELECT coalesce(min(seq), 0) FROM event) AND id NOT IN (SELECT actor FROM "
        "hider)",
        NULL, NULL, NULL);
}
