/* JSON, so that it may be shown on a terminal. */
#include "mbplant/json.h"

#include <stdlib.h>

#include "mbplant/base.h"

/* U+0000..FFFF: no control lies beyond. */
static void put_number(FILE *out, uint32_t code)
{
    fprintf(out, "\\u%04X", (unsigned)code);
}

bool mbp_json_write(const json_t *root, size_t flags, FILE *out)
{
    char *text = root == NULL ? NULL : json_dumps(root, flags);
    if (text == NULL)
        return false;
    for (const char *at = text; *at != '\0';) {
        uint32_t code = 0;
        size_t len = mbp_utf8_next(at, &code);
        /* jansson escapes what is below a space; a newline here is one of its indentation */
        if (code >= ' ' && mbp_utf8_is_control(code))
            put_number(out, code);
        else
            fwrite(at, 1, len > 0 ? len : 1, out);
        at += len > 0 ? len : 1;
    }
    putc('\n', out);
    free(text);
    return true;
}

void mbp_json_put_text(FILE *out, const char *text)
{
    while (*text != '\0') {
        unsigned char byte = (unsigned char)*text;
        uint32_t code = byte;
        size_t len = byte < 0x80 ? 1 : mbp_utf8_next(text, &code);
        if (len == 0) {
            putc('?', out);
            len = 1;
        } else if (mbp_utf8_is_control(code)) {
            put_number(out, code);
        } else {
            if (byte == '"' || byte == '\\')
                putc('\\', out);
            fwrite(text, 1, len, out);
        }
        text += len;
    }
}
