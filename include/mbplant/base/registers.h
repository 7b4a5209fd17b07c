/* registers: numbers of several registers, high word first. */
#ifndef MBPLANT_BASE_REGISTERS_H
#define MBPLANT_BASE_REGISTERS_H

#include <stdint.h>

/* Of two and of four words. */
void mbp_words_put_u32(uint16_t *words, uint32_t number);
uint32_t mbp_words_u32(const uint16_t *words);
void mbp_words_put_u64(uint16_t *words, uint64_t number);
uint64_t mbp_words_u64(const uint16_t *words);

#endif
