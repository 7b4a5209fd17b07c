/* The plant file to come, as masters write it to the instructor's unit (include/mbplant/image/staging.h), and what is
 * answered to it. */
#include <stdlib.h>
#include <string.h>

#include "image_priv.h"

#define HEADER_LEN 8u
#define STAGED_MAX (2u * FILE_WORDS * (MBP_JOURNAL_FIRST_FILE - MBP_PLANT_FIRST_FILE))

struct image_staging {
    struct mbp_image_unit *unit;
    struct mbp_staged_asked order;
    bool asked;   /* and not yet taken */
    bool working; /* taken and not yet answered */
    size_t text_len;
    uint8_t text[HEADER_LEN + MBP_STAGING_TEXT_MAX];
    size_t french_len;
    char french[MBP_STAGING_TEXT_MAX];
    uint8_t staged[STAGED_MAX]; /* pages that nobody writes take no memory */
};

uint8_t mbp_staging_byte(struct mbp_text text, uint32_t crc, size_t i)
{
    if (i < 4)
        return (uint8_t)((uint32_t)text.len >> (24 - 8 * i));
    if (i < HEADER_LEN)
        return (uint8_t)(crc >> (24 - 8 * (i - 4)));
    return i - HEADER_LEN < text.len ? (uint8_t)text.bytes[i - HEADER_LEN] : 0;
}

enum mbp_status image_text_read(struct mbp_text text, uint32_t crc, size_t word, uint16_t count, uint8_t *big_endian)
{
    if (word + count > (text.len + HEADER_LEN + 1) / 2)
        return MBP_EX_ILLEGAL_DATA_ADDRESS;
    for (size_t i = 0; i < 2 * (size_t)count; i++)
        big_endian[i] = mbp_staging_byte(text, crc, 2 * word + i);
    return MBP_OK;
}

static struct image_staging *staging_of(const struct mbp_image_unit *unit)
{
    return unit->unit->instructor ? unit->image->staging : NULL;
}

enum mbp_status image_staging_new(struct mbp_image *image)
{
    struct mbp_image_unit *unit = image->by_id[MBP_INSTRUCTOR_UNIT];
    if (unit == NULL || !unit->unit->instructor)
        return MBP_OK;
    image->staging = calloc(1, sizeof *image->staging);
    if (image->staging == NULL)
        return MBP_ERR_MEMORY;
    image->staging->unit = unit;
    return MBP_OK;
}

/* What was staged, asked and answered goes on in the new image, where that has an instructor too. */
void image_staging_carry(struct mbp_image *from, struct mbp_image *to)
{
    struct image_staging *kept = from->staging;
    struct image_staging *fresh = to->staging;
    if (kept == NULL || fresh == NULL)
        return;
    memcpy(fresh->unit->input + MBP_STAGING_IR_STATE, kept->unit->input + MBP_STAGING_IR_STATE,
           (MBP_STAGING_IR_END - MBP_STAGING_IR_STATE) * sizeof *fresh->unit->input);
    from->staging = fresh;
    to->staging = kept;
    kept->unit = fresh->unit;
}

/* ---- the request path ------------------------------------------------------------------------------------------- */

static uint32_t get_u32(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static void put_u32(uint8_t *bytes, uint32_t number)
{
    for (int i = 0; i < 4; i++)
        bytes[i] = (uint8_t)(number >> (24 - 8 * i));
}

static bool is_staged_file(uint16_t file)
{
    return file >= MBP_PLANT_FIRST_FILE && file < MBP_JOURNAL_FIRST_FILE;
}

bool image_staging_takes(const struct mbp_image_unit *unit, uint16_t file)
{
    return staging_of(unit) != NULL && is_staged_file(file);
}

void image_staging_write(struct mbp_image_unit *unit, uint16_t file, uint16_t record, uint16_t count,
                         const uint8_t *big_endian)
{
    size_t at = 2 * ((size_t)(file - MBP_PLANT_FIRST_FILE) * FILE_WORDS + record);
    struct image_staging *staging = staging_of(unit);
    if (staging != NULL) /* image_staging_takes said so */
        memcpy(staging->staged + at, big_endian, 2 * (size_t)count);
}

bool image_staging_shows(const struct mbp_image_unit *unit, uint16_t file)
{
    return staging_of(unit) != NULL && file >= MBP_STAGING_TEXT_FILE && file < MBP_PLANT_FIRST_FILE;
}

enum mbp_status image_staging_read(const struct mbp_image_unit *unit, uint16_t file, uint16_t record, uint16_t count,
                                   uint8_t *big_endian)
{
    const struct image_staging *staging = staging_of(unit);
    size_t at = 2 * ((size_t)(file - MBP_STAGING_TEXT_FILE) * FILE_WORDS + record);
    size_t len = HEADER_LEN + (staging->text_len + 1) / 2 * 2;
    if (at + 2 * (size_t)count > len)
        return MBP_EX_ILLEGAL_DATA_ADDRESS;
    memcpy(big_endian, staging->text + at, 2 * (size_t)count);
    return MBP_OK;
}

enum mbp_status image_staging_may_command(const struct mbp_image_unit *unit, uint16_t addr, uint16_t count,
                                          const uint8_t *big_endian)
{
    const struct image_staging *staging = staging_of(unit);
    if (staging == NULL || addr > MBP_STAGING_HR_COMMAND || addr + count <= MBP_STAGING_HR_COMMAND)
        return MBP_OK;
    const uint8_t *command = big_endian + 2 * (size_t)(MBP_STAGING_HR_COMMAND - addr);
    if (command[0] != 0 || command[1] >= MBP_STAGING_COMMAND_COUNT)
        return MBP_EX_SERVER_DEVICE_FAILURE;
    return command[1] != MBP_STAGING_NONE && (staging->asked || staging->working) ? MBP_EX_SERVER_DEVICE_BUSY : MBP_OK;
}

void image_staging_command(struct mbp_image_unit *unit, uint16_t addr, uint16_t count, struct mbp_peer peer)
{
    struct image_staging *staging = staging_of(unit);
    if (staging == NULL || addr > MBP_STAGING_HR_COMMAND || addr + count <= MBP_STAGING_HR_COMMAND)
        return;
    uint16_t *words = unit->holding + MBP_STAGING_HR_COMMAND;
    if (words[0] == MBP_STAGING_NONE)
        return;
    bool said = addr + count >= MBP_STAGING_HR_END;
    staging->order = (struct mbp_staged_asked){(enum mbp_staging_command)words[0],
                                               said ? (uint32_t)words[1] << 16 | words[2] : 0, peer};
    staging->asked = true;
    unit->input[MBP_STAGING_IR_STATE] = MBP_STAGING_WORKING;
    unit->input[MBP_STAGING_IR_COMMAND] = words[0];
    memset(words, 0, (MBP_STAGING_HR_END - MBP_STAGING_HR_COMMAND) * sizeof *words);
}

/* ---- who carries it out ----------------------------------------------------------------------------------------- */

bool mbp_image_staging_asked(struct mbp_image *image, struct mbp_staged_asked *out)
{
    struct image_staging *staging = image->staging;
    if (staging == NULL || !staging->asked)
        return false;
    staging->asked = false;
    staging->working = true;
    *out = staging->order;
    return true;
}

enum mbp_status mbp_image_staged(const struct mbp_image *image, struct mbp_text *text, uint32_t *crc)
{
    const struct image_staging *staging = image->staging;
    uint32_t len = get_u32(staging->staged);
    *crc = get_u32(staging->staged + 4);
    *text = (struct mbp_text){(const char *)staging->staged + HEADER_LEN, len};
    if (len == 0 && *crc == 0)
        return MBP_ERR_MISSING;
    if (len > MBP_PLANT_WIRE_TEXT_MAX)
        return MBP_ERR_RANGE;
    return mbp_crc32(0, text->bytes, len) == *crc ? MBP_OK : MBP_ERR_CORRUPT;
}

static uint16_t cap_u16(uint32_t number)
{
    return number > UINT16_MAX ? UINT16_MAX : (uint16_t)number;
}

/* The longest beginning of whole lines that has room. */
static size_t whole_lines(const char *text)
{
    size_t len = strlen(text);
    if (len <= MBP_STAGING_TEXT_MAX)
        return len;
    len = MBP_STAGING_TEXT_MAX;
    while (len > 0 && text[len - 1] != '\n')
        len--;
    return len;
}

void mbp_image_staging_answer(struct mbp_image *image, const struct mbp_staged_answer *answer)
{
    struct image_staging *staging = image->staging;
    if (staging == NULL)
        return; /* the new plant has no instructor */
    size_t len = whole_lines(answer->text);
    memset(staging->text + HEADER_LEN, 0, (len + 1) / 2 * 2);
    memcpy(staging->text + HEADER_LEN, answer->text, len);
    put_u32(staging->text, (uint32_t)len);
    put_u32(staging->text + 4, mbp_crc32(0, answer->text, len));
    staging->text_len = len;
    staging->french_len = answer->french != NULL ? whole_lines(answer->french) : 0;
    memcpy(staging->french, answer->french != NULL ? answer->french : "", staging->french_len);
    staging->working = false;
    uint16_t *words = staging->unit->input;
    words[MBP_STAGING_IR_ERRORS] = cap_u16(answer->errors);
    words[MBP_STAGING_IR_CRC] = (uint16_t)(answer->crc >> 16);
    words[MBP_STAGING_IR_CRC + 1] = (uint16_t)answer->crc;
    words[MBP_STAGING_IR_ADDED] = cap_u16(answer->added);
    words[MBP_STAGING_IR_REMOVED] = cap_u16(answer->removed);
    words[MBP_STAGING_IR_CHANGED] = cap_u16(answer->changed);
    words[MBP_STAGING_IR_SAVED] = answer->saved;
    words[MBP_STAGING_IR_NUMBER]++;
    words[MBP_STAGING_IR_STATE] = (uint16_t)answer->state;
}

struct mbp_text mbp_image_staging_said(const struct mbp_image *image)
{
    const struct image_staging *staging = image->staging;
    if (staging == NULL)
        return (struct mbp_text){"", 0};
    return (struct mbp_text){(const char *)staging->text + HEADER_LEN, staging->text_len};
}

struct mbp_text mbp_image_staging_said_french(const struct mbp_image *image)
{
    const struct image_staging *staging = image->staging;
    if (staging == NULL)
        return (struct mbp_text){"", 0};
    return (struct mbp_text){staging->french, staging->french_len};
}
