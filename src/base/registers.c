/* Numbers of several registers, high word first. */
#include "mbplant/base/registers.h"

void mbp_words_put_u32(uint16_t *words, uint32_t number)
{
    words[0] = (uint16_t)(number >> 16);
    words[1] = (uint16_t)number;
}

uint32_t mbp_words_u32(const uint16_t *words)
{
    return (uint32_t)words[0] << 16 | words[1];
}

void mbp_words_put_u64(uint16_t *words, uint64_t number)
{
    mbp_words_put_u32(words, (uint32_t)(number >> 32));
    mbp_words_put_u32(words + 2, (uint32_t)number);
}

uint64_t mbp_words_u64(const uint16_t *words)
{
    return (uint64_t)mbp_words_u32(words) << 32 | mbp_words_u32(words + 2);
}
