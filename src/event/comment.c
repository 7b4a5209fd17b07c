/* What a comment may be. */
#include "mbplant/event/comment.h"

#include <stdio.h>
#include <string.h>

#include "mbplant/base/tr.h"

enum mbp_status mbp_comment_check(const char *text, size_t len, size_t max, char *why, size_t why_size)
{
    if (len == 0 || len > max) {
        snprintf(why, why_size, mbp_tr("it must have 1 to %zu bytes, and has %zu"), max, len);
        return MBP_ERR_FORMAT;
    }
    for (size_t at = 0; at < len;) {
        uint32_t code = 0;
        size_t bytes = text[at] != '\0' ? mbp_utf8_next(text + at, &code) : 1;
        if (bytes == 0 || bytes > len - at) {
            snprintf(why, why_size, mbp_tr("byte %zu is no UTF-8"), at + 1);
            return MBP_ERR_FORMAT;
        }
        if (mbp_utf8_is_control(code)) {
            snprintf(why, why_size, mbp_tr("byte %zu begins a control character, U+%04X"), at + 1, code);
            return MBP_ERR_FORMAT;
        }
        at += bytes;
    }
    return MBP_OK;
}

void mbp_comment_words(const char *text, uint16_t record, uint16_t count, uint8_t *big_endian)
{
    size_t len = strlen(text);
    for (size_t i = 0; i < 2 * (size_t)count; i++) {
        size_t at = 2 * (size_t)record + i; /* in the file */
        big_endian[i] = at == 0        ? (uint8_t)(len >> 8)
                        : at == 1      ? (uint8_t)len
                        : at - 2 < len ? (uint8_t)text[at - 2]
                                       : 0;
    }
}
