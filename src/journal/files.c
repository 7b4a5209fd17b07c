/* The journal as files: its events, their check values and comments, and the names in them. */
#include "mbplant/event/check.h"
#include "mbplant/event/logbook.h"
#include "mbplant/journal.h"
#include "mbplant/map.h"

#include <string.h>

#include "journal_priv.h"

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* An event that is gone but for what it hides yet. */
static enum mbp_status get_kept(struct mbp_journal *journal, uint32_t seq, struct mbp_event *out)
{
    struct mbp_hiding_reader *hiding = mbp_reader_hiding(&journal->reader);
    return hiding != NULL ? mbp_hiding_kept(hiding, seq, out) : MBP_ERR_IO;
}

/* count words from word `offset` of event `first`. */
static enum mbp_status copy_words(struct mbp_journal *journal, uint32_t first, size_t offset, size_t count,
                                  uint16_t *words)
{
    struct mbp_event events[8]; /* as many as a response can touch */
    while (count > 0) {
        size_t got = 0;
        size_t want = smaller(sizeof events / sizeof events[0], (offset + count - 1) / MBP_EVENT_WORDS + 1);
        enum mbp_status status = mbp_reader_get(&journal->reader, first, want, events, &got);
        if (status == MBP_OK && got == 0) {
            status = get_kept(journal, first, events);
            got = 1;
        }
        if (status != MBP_OK)
            return status == MBP_ERR_MISSING ? MBP_EX_ILLEGAL_DATA_ADDRESS : MBP_EX_SERVER_DEVICE_FAILURE;
        first += (uint32_t)got;
        for (size_t i = 0; i < got; i++) {
            uint16_t record[MBP_EVENT_WORDS];
            mbp_event_encode(&events[i], record);
            size_t n = smaller(MBP_EVENT_WORDS - offset, count);
            memcpy(words, record + offset, n * sizeof *words);
            words += n;
            count -= n;
            offset = 0;
        }
    }
    return MBP_OK;
}

/* The newest event at this place of the files, for they begin again (mbp_event_file); 0 when there is none yet. */
static uint64_t newest_at(const struct mbp_journal *journal, uint16_t file, uint32_t in_file)
{
    const uint64_t round = (uint64_t)MBP_JOURNAL_FILES * MBP_EVENTS_PER_FILE;
    uint64_t seq = (uint64_t)(file - MBP_JOURNAL_FIRST_FILE) * MBP_EVENTS_PER_FILE + in_file;
    uint64_t last = mbp_journal_last(journal);
    return seq > last ? 0 : seq + (last - seq) / round * round;
}

/* ---- comments --------------------------------------------------------------------------------------------------- */

uint32_t mbp_journal_item(const struct mbp_journal *journal, const struct mbp_plant *plant, uint32_t unit, uint16_t id)
{
    return mbp_plant_ids_item(&journal->names.now, plant, unit, id);
}

uint16_t mbp_journal_item_id(const struct mbp_journal *journal, const struct mbp_plant *plant, uint32_t unit,
                             uint32_t number)
{
    return mbp_plant_ids_of(&journal->names.now, plant, unit, number);
}

const char *mbp_journal_comment(struct mbp_journal *journal, const struct mbp_event *event,
                                char text[MBP_COMMENT_MAX + 1])
{
    text[0] = '\0';
    if ((event->flags & MBP_EVENT_COMMENT) != 0)
        mbp_reader_comment(&journal->reader, event->seq, text);
    return text;
}

enum mbp_status mbp_journal_comment_at(struct mbp_journal *journal, uint16_t file, uint16_t place,
                                       char text[MBP_COMMENT_MAX + 1])
{
    if (file < MBP_JOURNAL_FIRST_FILE || place % MBP_EVENT_WORDS != 0)
        return MBP_EX_ILLEGAL_DATA_ADDRESS;
    struct mbp_event kept;
    uint64_t seq = newest_at(journal, file, place / MBP_EVENT_WORDS);
    if (seq == 0 || seq > mbp_journal_last(journal))
        return MBP_EX_ILLEGAL_DATA_ADDRESS;
    if (seq < mbp_journal_oldest(journal) && get_kept(journal, (uint32_t)seq, &kept) == MBP_ERR_MISSING)
        return MBP_EX_ILLEGAL_DATA_ADDRESS;
    return mbp_reader_comment(&journal->reader, (uint32_t)seq, text) == MBP_OK ? MBP_OK : MBP_EX_SERVER_DEVICE_FAILURE;
}

/* ---- check values ----------------------------------------------------------------------------------------------- */

bool mbp_journal_check(struct mbp_journal *journal, const struct mbp_event *event, uint32_t *check)
{
    return mbp_reader_check(&journal->reader, event->seq, check) == MBP_OK;
}

/* What the files of names hold, and behind it the check values: one file, read in any pieces. */
static enum mbp_status read_index(const struct mbp_journal *journal, uint16_t record, uint16_t count, uint16_t *words)
{
    uint16_t all[MBP_SEAL_RECORD + MBP_SEAL_WORDS];
    if (count == 0 || record + (uint32_t)count > MBP_SEAL_RECORD + MBP_SEAL_WORDS)
        return MBP_EX_ILLEGAL_DATA_ADDRESS;
    enum mbp_status status =
        mbp_known_names_read_file(&journal->names, MBP_NAMES_INDEX_FILE, 0, MBP_NAMES_INDEX_WORDS, all);
    if (status != MBP_OK)
        return status;
    mbp_words_put_u64(all + MBP_SEAL_RECORD, atomic_load(&journal->writer.checked));
    mbp_words_put_u64(all + MBP_SEAL_RECORD + 4, atomic_load(&journal->writer.removed));
    memcpy(words, all + record, count * sizeof *words);
    return MBP_OK;
}

/* That of an event, or of the last one that retention removed. */
static enum mbp_status check_of(struct mbp_journal *journal, uint64_t seq, uint32_t *check)
{
    uint64_t removed = atomic_load(&journal->writer.removed);
    if (removed >> 32 == seq && removed != 0) {
        *check = (uint32_t)removed;
        return MBP_OK;
    }
    enum mbp_status status = mbp_reader_check(&journal->reader, (uint32_t)seq, check);
    if (status == MBP_ERR_MISSING)
        return MBP_EX_ILLEGAL_DATA_ADDRESS;
    return status == MBP_OK ? MBP_OK : MBP_EX_SERVER_DEVICE_FAILURE;
}

/* The check value before the first event of one of the journal's files. */
static enum mbp_status check_before(struct mbp_journal *journal, uint32_t nth, uint32_t *check)
{
    uint64_t first = newest_at(journal, (uint16_t)(MBP_JOURNAL_FIRST_FILE + nth), 0);
    if (first == 0 || first > mbp_journal_last(journal))
        return MBP_EX_ILLEGAL_DATA_ADDRESS;
    return check_of(journal, first - 1, check);
}

/* Words behind the events of a file of the journal. */
static enum mbp_status read_check(struct mbp_journal *journal, uint16_t file, uint32_t record, uint16_t count,
                                  uint16_t *words)
{
    uint32_t nth = (record - MBP_CHECK_RECORD) / MBP_CHECK_WORDS;
    uint64_t seq = newest_at(journal, file, nth);
    uint32_t check;
    if (nth >= MBP_EVENTS_PER_FILE || record % MBP_CHECK_WORDS + count > MBP_CHECK_WORDS || seq == 0 ||
        seq > mbp_journal_last(journal))
        return MBP_EX_ILLEGAL_DATA_ADDRESS;
    enum mbp_status status = check_of(journal, seq, &check);
    if (status != MBP_OK)
        return status;
    const uint16_t both[MBP_CHECK_WORDS] = {(uint16_t)(check >> 16), (uint16_t)check};
    memcpy(words, both + record % MBP_CHECK_WORDS, count * sizeof *words);
    return MBP_OK;
}

static enum mbp_status read_checks(struct mbp_journal *journal, uint16_t file, uint16_t record, uint16_t count,
                                   uint16_t *words)
{
    uint32_t at = (uint32_t)(file - MBP_CHECKS_FILE) * 2 * MBP_CHECKS_PER_FILE + record;
    if (count == 0 || record + (uint32_t)count > 2 * MBP_CHECKS_PER_FILE)
        return MBP_EX_ILLEGAL_DATA_ADDRESS;
    for (uint32_t end = at + count; at < end; at++) {
        uint32_t check;
        enum mbp_status status =
            at / 2 < MBP_JOURNAL_FILES ? check_before(journal, at / 2, &check) : MBP_EX_ILLEGAL_DATA_ADDRESS;
        if (status != MBP_OK)
            return status;
        *words++ = (uint16_t)(at % 2 == 0 ? check >> 16 : check);
    }
    return MBP_OK;
}

/* ---- files ------------------------------------------------------------------------------------------------------ */

enum mbp_status mbp_journal_read_file(struct mbp_journal *journal, uint16_t file, uint16_t record, uint16_t count,
                                      uint16_t *words)
{
    const uint32_t file_words = MBP_EVENTS_PER_FILE * MBP_EVENT_WORDS;
    uint32_t end = (uint32_t)record + count;
    if (file == MBP_NAMES_INDEX_FILE)
        return read_index(journal, record, count, words);
    if (file >= MBP_CHECKS_FILE && file < MBP_CHECKS_END_FILE)
        return read_checks(journal, file, record, count, words);
    if (file >= MBP_HISTORY_FILE && file < MBP_HISTORY_END_FILE) {
        journal_take_back(journal);
        return mbp_history_read_file(&journal->history, file, record, count, words);
    }
    if (file >= MBP_HIDING_FILE && file < MBP_HIDING_END_FILE) {
        struct mbp_hiding_reader *hiding = mbp_reader_hiding(&journal->reader);
        return hiding != NULL ? mbp_hiding_read_file(hiding, file, record, count, words) : MBP_EX_SERVER_DEVICE_FAILURE;
    }
    if (file >= MBP_NAMES_INDEX_FILE && file < MBP_NAMES_END_FILE)
        return mbp_known_names_read_file(&journal->names, file, record, count, words);
    if (file >= MBP_JOURNAL_FIRST_FILE && count > 0 && record >= MBP_CHECK_RECORD)
        return read_check(journal, file, record, count, words);
    if (file < MBP_JOURNAL_FIRST_FILE || count == 0 || end > file_words)
        return MBP_EX_ILLEGAL_DATA_ADDRESS;
    uint64_t first = newest_at(journal, file, record / MBP_EVENT_WORDS);
    uint64_t last = first + (end - 1) / MBP_EVENT_WORDS - record / MBP_EVENT_WORDS;
    if (first == 0 || last > mbp_journal_last(journal))
        return MBP_EX_ILLEGAL_DATA_ADDRESS;
    journal_take_back(journal);
    return copy_words(journal, (uint32_t)first, record % MBP_EVENT_WORDS, count, words);
}
