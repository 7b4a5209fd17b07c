/* Files and FIFO queues of a unit: declared ones, the names in events from file 700, the plant's own from file 900,
 * the journal from file 1000. */
#include <string.h>

#include "image_priv.h"
#include "mbplant/names.h"

static struct image_file *find_file(const struct mbp_image_unit *unit, uint16_t number)
{
    struct mbp_image *image = unit->image;
    struct image_index *index = &image->index[unit - image->units];
    for (uint32_t f = 0; f < index->file_count; f++) {
        if (index->files[f].number == number)
            return &index->files[f];
    }
    return NULL;
}

static void put_words(const uint16_t *words, uint16_t count, uint8_t *big_endian)
{
    for (uint16_t i = 0; i < count; i++) {
        big_endian[2 * i] = (uint8_t)(words[i] >> 8);
        big_endian[2 * i + 1] = (uint8_t)words[i];
    }
}

/* Students learn the plant from any unit, its faults from none; an instructor needs the whole. */
static enum mbp_status read_plant(const struct mbp_image_unit *unit, uint16_t file, uint16_t record, uint16_t count,
                                  uint8_t *big_endian)
{
    const struct mbp_plant *plant = unit->image->plant;
    struct mbp_text text = unit->unit->instructor ? plant->text : plant->public_text;
    uint32_t crc = unit->unit->instructor ? plant->text_crc : plant->public_crc;
    if (text.len > MBP_PLANT_WIRE_TEXT_MAX)
        return MBP_EX_ILLEGAL_DATA_ADDRESS; /* a master of a larger plant needs its own copy */
    size_t first = (size_t)(file - MBP_PLANT_FIRST_FILE) * FILE_WORDS + record;
    return image_text_read(text, crc, first, count, big_endian);
}

static bool is_of_names(uint16_t file)
{
    return file >= MBP_NAMES_INDEX_FILE && file < MBP_NAMES_END_FILE;
}

/* Whether the unit has files of its own where the names would be: then these are not there at all, for half of them
 * would be of no use. */
static bool declares_names(const struct mbp_image_unit *unit)
{
    const struct image_index *index = &unit->image->index[unit - unit->image->units];
    for (uint32_t f = 0; f < index->file_count; f++) {
        if (is_of_names(index->files[f].number))
            return true;
    }
    return false;
}

bool mbp_image_has_comments(const struct mbp_image_unit *unit)
{
    return unit->image->source.comment != NULL && !unit->unit->answer.no_files && !declares_names(unit);
}

enum mbp_status mbp_image_read_comment(const struct mbp_image_unit *unit, uint16_t file, uint16_t place,
                                       uint16_t record, uint16_t count, uint8_t *big_endian)
{
    const struct mbp_file_source *source = &unit->image->source;
    char text[MBP_COMMENT_MAX + 1] = "";
    if (!mbp_image_has_comments(unit) || record + (uint32_t)count > MBP_COMMENT_WORDS)
        return MBP_EX_ILLEGAL_DATA_ADDRESS;
    enum mbp_status status = source->comment(source->ctx, file, place, text);
    if (status == MBP_OK)
        mbp_comment_words(text, record, count, big_endian);
    return status;
}

enum mbp_status mbp_image_read_file(const struct mbp_image_unit *unit, uint16_t file, uint16_t record, uint16_t count,
                                    uint8_t *big_endian)
{
    const struct mbp_image *image = unit->image;
    if (file == 0 || (file < MBP_JOURNAL_FIRST_FILE && record + count > FILE_WORDS))
        return MBP_EX_ILLEGAL_DATA_ADDRESS;
    const struct image_file *own = find_file(unit, file);
    if (unit->unit->answer.no_files && own == NULL)
        return MBP_EX_ILLEGAL_DATA_ADDRESS;
    if (file >= MBP_PLANT_FIRST_FILE && file < MBP_JOURNAL_FIRST_FILE)
        return read_plant(unit, file, record, count, big_endian);
    if (image_named_shows(unit, file))
        return image_named_read(unit, file, record, count, big_endian);
    if (image_exercise_shows(unit, file))
        return image_exercise_read(unit, file, record, count, big_endian);
    if (image_staging_shows(unit, file))
        return image_staging_read(unit, file, record, count, big_endian);
    uint16_t words[MBP_EVENT_WORDS * 7];
    if (file >= MBP_JOURNAL_FIRST_FILE || (is_of_names(file) && !declares_names(unit))) {
        if (image->source.read == NULL || count > sizeof words / sizeof words[0])
            return MBP_EX_ILLEGAL_DATA_ADDRESS;
        enum mbp_status status = image->source.read(image->source.ctx, file, record, count, words);
        if (status == MBP_OK)
            put_words(words, count, big_endian);
        return status;
    }
    if (own == NULL || record + count > own->count)
        return MBP_EX_ILLEGAL_DATA_ADDRESS;
    put_words(own->words + record, count, big_endian);
    return MBP_OK;
}

enum mbp_status mbp_image_may_write_file(const struct mbp_image_unit *unit, uint16_t file, uint16_t record,
                                         uint16_t count)
{
    if (image_staging_takes(unit, file))
        return record + count > FILE_WORDS ? MBP_EX_ILLEGAL_DATA_ADDRESS : MBP_OK;
    if (image_logbook_takes(unit, file))
        return image_logbook_may_write(unit, record, count);
    const struct image_file *declared = find_file(unit, file);
    if (declared == NULL || record + count > declared->count)
        return MBP_EX_ILLEGAL_DATA_ADDRESS;
    return MBP_OK;
}

static void take_words(const uint8_t *big_endian, uint16_t count, uint16_t *words)
{
    for (uint16_t i = 0; i < count; i++)
        words[i] = (uint16_t)(big_endian[2 * i] << 8 | big_endian[2 * i + 1]);
}

enum mbp_status mbp_image_write_file(struct mbp_image_unit *unit, uint16_t file, uint16_t record, uint16_t count,
                                     const uint8_t *big_endian, struct mbp_peer peer)
{
    uint16_t before[MBP_IMAGE_WRITE_MAX];
    enum mbp_status status = mbp_image_may_write_file(unit, file, record, count);
    if (status != MBP_OK)
        return status;
    if (image_staging_takes(unit, file)) {
        image_staging_write(unit, file, record, count, big_endian);
        return MBP_OK;
    }
    if (image_logbook_takes(unit, file)) {
        uint16_t given[MBP_LOGBOOK_WORDS];
        take_words(big_endian, count, given);
        status = image_logbook_write(unit, given, count, peer);
        if (status == MBP_OK)
            image_tail_note_file(unit, file, record, count, given, peer);
        return status;
    }
    uint16_t *words = find_file(unit, file)->words + record;
    uint16_t told = count < MBP_IMAGE_WRITE_MAX ? count : MBP_IMAGE_WRITE_MAX; /* no request holds more */
    memcpy(before, words, told * sizeof before[0]);
    take_words(big_endian, count, words);
    image_note_file(unit, file, before, words, told, peer);
    image_tail_note_file(unit, file, record, count, words, peer);
    return MBP_OK;
}

void image_write_file_again(struct mbp_image_unit *unit, uint16_t file, uint16_t record, uint16_t count,
                            const uint16_t *words, struct mbp_peer peer)
{
    uint16_t before[MBP_IMAGE_WRITE_MAX];
    if (image_logbook_takes(unit, file)) {
        if (image_logbook_write(unit, words, count, peer) == MBP_OK)
            image_tail_note_file(unit, file, record, count, words, peer);
        return;
    }
    const struct image_file *declared = find_file(unit, file);
    if (declared == NULL || record + count > declared->count)
        return;
    uint16_t told = count < MBP_IMAGE_WRITE_MAX ? count : MBP_IMAGE_WRITE_MAX;
    memcpy(before, declared->words + record, told * sizeof before[0]);
    memcpy(declared->words + record, words, count * sizeof *words);
    image_note_file(unit, file, before, declared->words + record, told, peer);
    image_tail_note_file(unit, file, record, count, words, peer);
}

enum mbp_status mbp_image_read_fifo(const struct mbp_image_unit *unit, uint16_t addr, uint16_t *count,
                                    const uint16_t **words)
{
    for (uint32_t f = 0; f < unit->unit->fifo_count; f++) {
        if (unit->unit->fifos[f].at == addr) {
            *count = unit->unit->fifos[f].count;
            *words = unit->unit->fifos[f].values;
            return MBP_OK;
        }
    }
    return MBP_EX_ILLEGAL_DATA_ADDRESS;
}
