/* The words of a case -> bytes. */
#include <stdlib.h>
#include <string.h>

#include "conform/conform.h"

struct writer {
    uint8_t *bytes;
    size_t size, len;
};

static bool put(struct writer *writer, unsigned byte)
{
    if (writer->len == writer->size)
        return false;
    writer->bytes[writer->len++] = (uint8_t)byte;
    return true;
}

static bool put_word(struct writer *writer, unsigned word)
{
    return put(writer, word >> 8) && put(writer, word & 0xFFu);
}

static bool put_hex(struct writer *writer, const char *word, size_t len)
{
    for (size_t i = 0; i < len; i += 2) {
        const char pair[3] = {word[i], word[i + 1], '\0'};
        if (!put(writer, (unsigned)strtoul(pair, NULL, 16)))
            return false;
    }
    return true;
}

/* "H0=", "H0^", "He=", "C0b" and the like: the value of an address, as it stood or turned over. */
static bool put_value(struct writer *writer, bool is_bit, uint16_t word, char form)
{
    bool turned = form == '^' || form == '!';
    word ^= turned;
    if (form == 'b' || form == '!')
        return put(writer, word & 1u);
    return put_word(writer, is_bit ? (word != 0 ? 0xFF00u : 0u) : word);
}

static bool put_address(struct writer *writer, const struct conform_ground *ground, const char *word, size_t len)
{
    enum mbp_table table = conform_table(word[0]);
    const struct conform_area *area = &ground->areas[table];
    uint16_t last = (uint16_t)(area->addr + area->count - 1);
    bool second = word[1] == '1';
    if (len == 3)
        return put_value(writer, mbp_table_is_bits(table), word[1] == 'e' ? area->last : area->words[second], word[2]);
    if (word[1] == 'x')
        return put_word(writer, area->absent);
    return put_word(writer, word[1] == 'e' ? last : (uint16_t)(area->addr + second));
}

static bool put_token(struct writer *writer, const struct conform_ground *ground, const char *word, size_t len)
{
    if (word[0] == 'U')
        return put(writer, ground->unit);
    if (word[0] == 'z') {
        unsigned long count = strtoul(word + 1, NULL, 10);
        while (count > 0 && put(writer, 0))
            count--;
        return count == 0;
    }
    if (strchr("CDHI", word[0]) != NULL)
        return put_address(writer, ground, word, len);
    return put_hex(writer, word, len);
}

bool conform_bytes(const struct conform_ground *ground, const char *text, uint8_t *bytes, size_t size, size_t *len)
{
    struct writer writer = {bytes, size, 0};
    while (*text != '\0' && *text != ';' && *text != '|') {
        size_t word = strcspn(text, " ;|");
        if (word > 0 && !put_token(&writer, ground, text, word))
            return false;
        text += word + (text[word] == ' ');
    }
    *len = writer.len;
    return true;
}
