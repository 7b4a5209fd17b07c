/* FC 20 and 21 (6.14, 6.15), on file 1 and on the plant file in files 900... */
#include <string.h>

#include "model_priv.h"

#define GROUP 7u

/* CRC-32 of the plant file, bit by bit. */
static uint32_t crc_of(const char *text, size_t len)
{
    uint32_t crc = 0xFFFFFFFFu;
    for (size_t i = 0; i < len; i++) {
        crc ^= (uint8_t)text[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc & 1u ? crc >> 1 ^ 0xEDB88320u : crc >> 1;
    }
    return ~crc;
}

/* Byte i of the files 900..: length, CRC, text, zero padded to a whole register. */
static uint8_t text_byte(const struct model *model, size_t i)
{
    uint32_t head = i < 4 ? (uint32_t)model->text_len : crc_of(model->text, model->text_len);
    if (i < 8)
        return (uint8_t)(head >> (24 - 8 * (i % 4)));
    return i - 8 < model->text_len ? (uint8_t)model->text[i - 8] : 0;
}

static size_t records_of(const struct model *model, uint16_t file)
{
    if (file == 1)
        return MODEL_FILE_RECORDS;
    size_t words = (8 + model->text_len + 1) / 2;
    size_t before = file >= 900 && file < 1000 ? (file - 900u) * 10000u : words;
    return words - before > words ? 0 : words - before < 10000 ? words - before : 10000;
}

static int check_span(const struct model *model, const uint8_t *group, bool writing)
{
    uint16_t file = model_word(group + 1);
    uint32_t record = model_word(group + 3);
    uint32_t count = model_word(group + 5);
    if (group[0] != 6 || record > 9999 || (writing && file != 1))
        return ILLEGAL_ADDRESS;
    return record + count > records_of(model, file) ? ILLEGAL_ADDRESS : 0;
}

static void put_records(const struct model *model, const uint8_t *group, uint8_t *data)
{
    uint16_t file = model_word(group + 1);
    size_t record = model_word(group + 3);
    for (size_t i = 0; i < model_word(group + 5); i++, record++) {
        if (file == 1) {
            model_put_word(data + 2 * i, model->file[record]);
            continue;
        }
        size_t at = 2 * ((file - 900u) * 10000u + record);
        data[2 * i] = text_byte(model, at);
        data[2 * i + 1] = text_byte(model, at + 1);
    }
}

int model_read_files(const struct model *model, const uint8_t *request, size_t len, uint8_t *data, size_t *used)
{
    size_t out = 2;
    if (len < 2 || request[1] < 7 || request[1] > 0xF5 || request[1] % GROUP != 0 || len != 2u + request[1])
        return ILLEGAL_VALUE;
    for (size_t at = 2; at < len; at += GROUP) {
        uint16_t count = model_word(request + at + 5);
        out += 2 + 2u * count;
        if (count == 0 || out > 253)
            return ILLEGAL_VALUE;
    }
    for (size_t at = 2; at < len; at += GROUP) {
        int refused = check_span(model, request + at, false);
        if (refused != 0)
            return refused;
    }
    *used = 1;
    for (size_t at = 2; at < len; at += GROUP) {
        uint16_t count = model_word(request + at + 5);
        data[*used] = (uint8_t)(1 + 2 * count);
        data[*used + 1] = 6;
        put_records(model, request + at, data + *used + 2);
        *used += 2 + 2u * count;
    }
    data[0] = (uint8_t)(*used - 1);
    return 0;
}

int model_write_files(struct model *model, const uint8_t *request, size_t len, size_t *used)
{
    if (len < 2 || request[1] < 9 || request[1] > 0xFB || len != 2u + request[1])
        return ILLEGAL_VALUE;
    for (size_t at = 2; at < len;) {
        uint16_t count = model_word(request + at + 5);
        if (at + GROUP > len || count == 0 || at + GROUP + 2u * count > len)
            return ILLEGAL_VALUE;
        at += GROUP + 2u * count;
    }
    for (size_t at = 2; at < len; at += GROUP + 2u * model_word(request + at + 5)) {
        int refused = check_span(model, request + at, true);
        if (refused != 0)
            return refused;
    }
    for (size_t at = 2; at < len; at += GROUP + 2u * model_word(request + at + 5)) {
        for (size_t i = 0; i < model_word(request + at + 5); i++)
            model->file[model_word(request + at + 3) + i] = model_word(request + at + GROUP + 2 * i);
    }
    *used = len - 1;
    return 0;
}
