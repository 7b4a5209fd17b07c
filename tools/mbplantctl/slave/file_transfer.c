/* Read and Write File Record (V1.1b3 6.14, 6.15), many requests under way. */
#include <stdlib.h>
#include <string.h>

#include "slave/transport.h"

#define FC_READ_FILE_RECORD  0x14
#define FC_WRITE_FILE_RECORD 0x15
#define FILE_REFERENCE_TYPE  6
#define WORDS_PER_FILE       10000u
#define GROUP_LEN            7u

static unsigned get16(const uint8_t *bytes)
{
    return (unsigned)bytes[0] << 8 | bytes[1];
}

static void put16(uint8_t *bytes, unsigned number)
{
    bytes[0] = (uint8_t)(number >> 8);
    bytes[1] = (uint8_t)number;
}

static uint32_t lesser(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static void put_group(uint8_t *bytes, const struct ctl_piece *piece)
{
    bytes[0] = FILE_REFERENCE_TYPE;
    put16(bytes + 1, piece->file);
    put16(bytes + 3, piece->record);
    put16(bytes + 5, piece->count);
}

/* ---- reading ---------------------------------------------------------------------------------------------------- */

/* The pieces that are asked for and not yet answered. */
struct reading {
    const struct ctl_piece_reader *reader;
    struct ctl_piece ring[CTL_IN_FLIGHT_MAX];
    size_t asked, answered;
};

static size_t request_piece(void *ctx, uint8_t *pdu)
{
    struct reading *reading = ctx;
    struct ctl_piece *piece = &reading->ring[reading->asked % CTL_IN_FLIGHT_MAX];
    if (!reading->reader->next(reading->reader->ctx, piece))
        return 0;
    reading->asked++;
    pdu[0] = FC_READ_FILE_RECORD;
    pdu[1] = GROUP_LEN;
    put_group(pdu + 2, piece);
    return 2 + GROUP_LEN;
}

static enum mbp_status take_piece(void *ctx, struct ctl_link *link, const uint8_t *pdu, size_t len, bool *more)
{
    struct reading *reading = ctx;
    const struct ctl_piece *piece = &reading->ring[reading->answered++ % CTL_IN_FLIGHT_MAX];
    uint16_t words[CTL_FILE_WORDS_MAX];
    size_t data_len = 2u * piece->count;
    if (len != 4 + data_len || pdu[0] != FC_READ_FILE_RECORD || pdu[1] != 2 + data_len || pdu[2] != 1 + data_len ||
        pdu[3] != FILE_REFERENCE_TYPE)
        return ctl_link_fail(link, "the reply to Read File Record does not fit the request");
    for (size_t i = 0; i < piece->count; i++)
        words[i] = (uint16_t)get16(pdu + 4 + 2 * i);
    *more = reading->reader->got(reading->reader->ctx, piece, words);
    return MBP_OK;
}

enum mbp_status ctl_read_pieces(struct ctl_link *link, uint8_t unit, const struct ctl_piece_reader *reader)
{
    struct reading reading = {.reader = reader};
    const struct ctl_dialogue dialogue = {request_piece, take_piece, &reading};
    return ctl_converse(link, unit, &dialogue);
}

/* A stretch of words across files. */
struct stretch {
    uint16_t first_file;
    uint32_t next, end, filled;
    uint16_t *words;
};

static bool stretch_next(void *ctx, struct ctl_piece *piece)
{
    struct stretch *stretch = ctx;
    if (stretch->next == stretch->end)
        return false;
    uint32_t record = stretch->next % WORDS_PER_FILE;
    uint32_t count = lesser(stretch->end - stretch->next, lesser(CTL_FILE_WORDS_MAX, WORDS_PER_FILE - record));
    *piece = (struct ctl_piece){(uint16_t)(stretch->first_file + stretch->next / WORDS_PER_FILE), (uint16_t)record,
                                (uint16_t)count};
    stretch->next += count;
    return true;
}

static bool stretch_got(void *ctx, const struct ctl_piece *piece, const uint16_t *words)
{
    struct stretch *stretch = ctx;
    memcpy(stretch->words + stretch->filled, words, piece->count * sizeof *words);
    stretch->filled += piece->count;
    return true;
}

enum mbp_status ctl_read_file(struct ctl_link *link, uint8_t unit, uint16_t first_file, uint32_t word, uint32_t count,
                              uint16_t *words)
{
    struct stretch stretch = {first_file, word, word + count, 0, words};
    struct ctl_piece_reader reader = {stretch_next, stretch_got, &stretch};
    return ctl_read_pieces(link, unit, &reader);
}

enum mbp_status ctl_read_text(struct ctl_link *link, uint8_t unit, uint16_t first_file, uint32_t word, uint32_t len,
                              char **out)
{
    uint32_t count = (len + 1) / 2;
    uint16_t *words = calloc(count + 1u, sizeof *words);
    char *text = calloc(2 * (size_t)count + 1, 1);
    enum mbp_status status = words == NULL || text == NULL ? MBP_ERR_MEMORY : MBP_OK;
    if (status == MBP_OK)
        status = ctl_read_file(link, unit, first_file, word, count, words);
    for (uint32_t i = 0; i < count && status == MBP_OK; i++) {
        text[2 * i] = (char)(words[i] >> 8);
        text[2 * i + 1] = (char)(words[i] & 0xFF);
    }
    free(words);
    if (status == MBP_OK)
        *out = text;
    else
        free(text);
    return status;
}

/* ---- writing ---------------------------------------------------------------------------------------------------- */

struct writing {
    uint16_t first_file;
    uint32_t next, end; /* words of those numbered from word 0 of first_file */
    uint32_t begin;
    const uint16_t *words;
    uint8_t sent[CTL_IN_FLIGHT_MAX][2 + GROUP_LEN + 2 * CTL_FILE_WRITE_WORDS_MAX]; /* the answer to each is itself */
    size_t asked, answered;
};

static size_t request_write(void *ctx, uint8_t *pdu)
{
    struct writing *writing = ctx;
    if (writing->next == writing->end)
        return 0;
    uint32_t record = writing->next % WORDS_PER_FILE;
    uint32_t count = lesser(writing->end - writing->next, lesser(CTL_FILE_WRITE_WORDS_MAX, WORDS_PER_FILE - record));
    const struct ctl_piece piece = {(uint16_t)(writing->first_file + writing->next / WORDS_PER_FILE), (uint16_t)record,
                                    (uint16_t)count};
    size_t len = 2 + GROUP_LEN + 2 * (size_t)count;
    pdu[0] = FC_WRITE_FILE_RECORD;
    pdu[1] = (uint8_t)(len - 2);
    put_group(pdu + 2, &piece);
    for (uint32_t i = 0; i < count; i++)
        put16(pdu + 2 + GROUP_LEN + 2 * (size_t)i, writing->words[writing->next - writing->begin + i]);
    memcpy(writing->sent[writing->asked++ % CTL_IN_FLIGHT_MAX], pdu, len);
    writing->next += count;
    return len;
}

static enum mbp_status take_echo(void *ctx, struct ctl_link *link, const uint8_t *pdu, size_t len, bool *more)
{
    struct writing *writing = ctx;
    const uint8_t *sent = writing->sent[writing->answered++ % CTL_IN_FLIGHT_MAX];
    (void)more;
    if (len != 2u + sent[1] || memcmp(pdu, sent, len) != 0)
        return ctl_link_fail(link, "the reply to Write File Record does not fit the request");
    return MBP_OK;
}

enum mbp_status ctl_write_file(struct ctl_link *link, uint8_t unit, uint16_t first_file, uint32_t word, uint32_t count,
                               const uint16_t *words)
{
    struct writing writing = {
        .first_file = first_file, .next = word, .end = word + count, .begin = word, .words = words};
    const struct ctl_dialogue dialogue = {request_write, take_echo, &writing};
    enum mbp_status status = ctl_link_speak(link, unit);
    if (status != MBP_OK)
        return status;
    ctl_link_note_write(link, &(const struct ctl_write){unit, MBP_FILES, first_file, 1});
    return ctl_converse(link, unit, &dialogue);
}
