/* Which events incidents and work are made of. */
#include "history.h"

#include <stdio.h>
#include <stdlib.h>

#include "mbplant/event/logbook.h"
#include "mbplant/map.h"

#define INDEX_NAME "history"

/* The last row of the run of wanted events, code upon code, that begins with row first. */
static size_t end_of_run(size_t first)
{
    size_t last = first;
    while (last + 1 < mbp_event_type_count && mbp_event_types[last + 1].code == mbp_event_types[last].code + 1 &&
           mbp_history_wants(mbp_event_types[last + 1].code))
        last++;
    return last;
}

/* Runs of codes, not a list of them: of a list SQLite makes a table anew for each event that is stored. */
const char *mbp_history_condition(char buf[MBP_HISTORY_SQL_MAX])
{
    size_t len = 0;
    for (size_t i = 0; i < mbp_event_type_count; i++) {
        const unsigned first = mbp_event_types[i].code;
        if (!mbp_history_wants(mbp_event_types[i].code))
            continue;
        i = end_of_run(i);
        len += (size_t)snprintf(buf + len, MBP_HISTORY_SQL_MAX - len, "%scode BETWEEN %u AND %u",
                                len == 0 ? "(" : " OR ", first, mbp_event_types[i].code);
    }
    snprintf(buf + len, MBP_HISTORY_SQL_MAX - len, ")");
    return buf;
}

int mbp_history_create(sqlite3 *db)
{
    char condition[MBP_HISTORY_SQL_MAX];
    char sql[MBP_HISTORY_SQL_MAX + 128];
    snprintf(sql, sizeof sql, "CREATE INDEX " INDEX_NAME " ON event(seq) WHERE %s", mbp_history_condition(condition));
    return sqlite3_exec(db, sql, NULL, NULL, NULL);
}

/* The newest of them, but in their order. */
static int fill(struct mbp_history_index *index, sqlite3 *db)
{
    char condition[MBP_HISTORY_SQL_MAX];
    char sql[MBP_HISTORY_SQL_MAX + 128];
    sqlite3_stmt *rows = NULL;
    snprintf(sql, sizeof sql, "SELECT seq FROM event INDEXED BY " INDEX_NAME " WHERE %s ORDER BY seq DESC LIMIT %u",
             mbp_history_condition(condition), MBP_HISTORY_ENTRIES);
    int rc = sqlite3_prepare_v2(db, sql, -1, &rows, NULL);
    while (rc == SQLITE_OK && sqlite3_step(rows) == SQLITE_ROW)
        index->seqs[index->end++] = (uint32_t)sqlite3_column_int64(rows, 0);
    int end = sqlite3_finalize(rows);
    for (uint32_t i = 0; i < index->end / 2; i++) {
        uint32_t other = index->seqs[i];
        index->seqs[i] = index->seqs[index->end - 1 - i];
        index->seqs[index->end - 1 - i] = other;
    }
    return rc == SQLITE_OK ? end : rc;
}

int mbp_history_index_open(struct mbp_history_index *index, sqlite3 *db)
{
    *index = (struct mbp_history_index){.seqs = calloc(MBP_HISTORY_ENTRIES, sizeof *index->seqs)};
    if (index->seqs == NULL)
        return SQLITE_NOMEM;
    return db != NULL ? fill(index, db) : SQLITE_OK;
}

void mbp_history_index_free(struct mbp_history_index *index)
{
    free(index->seqs);
    *index = (struct mbp_history_index){.seqs = NULL};
}

void mbp_history_index_note(struct mbp_history_index *index, const struct mbp_event *event)
{
    if (mbp_history_wants(event->code))
        index->seqs[index->end++ % MBP_HISTORY_ENTRIES] = event->seq;
}

size_t mbp_history_newest(const struct mbp_history_index *index, size_t max, uint32_t *seqs)
{
    const uint32_t kept = index->end < MBP_HISTORY_ENTRIES ? index->end : MBP_HISTORY_ENTRIES;
    const uint32_t count = kept < max ? kept : (uint32_t)max;
    for (uint32_t i = 0; i < count; i++)
        seqs[i] = index->seqs[(index->end - count + i) % MBP_HISTORY_ENTRIES];
    return count;
}

enum mbp_status mbp_history_read_file(const struct mbp_history_index *index, uint16_t file, uint16_t record,
                                      uint16_t count, uint16_t *words)
{
    uint32_t end = (uint32_t)record + count;
    uint16_t head[2];
    if (count == 0 || end > (file == MBP_HISTORY_FILE ? 2u : 2 * MBP_HISTORY_PER_FILE))
        return MBP_EX_ILLEGAL_DATA_ADDRESS;
    for (uint32_t at = record; at < end; at++) {
        uint32_t entry = (file - (MBP_HISTORY_FILE + 1u)) * MBP_HISTORY_PER_FILE + at / 2;
        if (file == MBP_HISTORY_FILE)
            mbp_words_put_u32(head, index->end);
        else
            mbp_words_put_u32(head, index->seqs[entry]);
        *words++ = head[at % 2];
    }
    return MBP_OK;
}
