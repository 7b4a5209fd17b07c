/* JSON, so that it may be shown on a terminal, and read back. */
#include "mbplant/json.h"
#include <math.h>

#include <stdlib.h>
#include <string.h>

#include "mbplant/base.h"

/* jansson does not tell a text that is no JSON from memory that it did not get. */
static _Thread_local bool refused;

static void *noting_malloc(size_t size)
{
    void *memory = malloc(size);
    refused = refused || memory == NULL;
    return memory;
}

enum mbp_status mbp_json_read(struct mbp_text text, size_t flags, json_t **out)
{
    json_set_alloc_funcs(noting_malloc, free);
    refused = false;
    json_error_t error;
    json_t *root = json_loadb(text.bytes, text.len, JSON_REJECT_DUPLICATES | flags, &error);
    if (root != NULL && !refused) {
        *out = root;
        return MBP_OK;
    }
    json_decref(root);
    if (refused)
        return MBP_ERR_MEMORY;
    return root == NULL && json_error_code(&error) == json_error_numeric_overflow ? MBP_ERR_RANGE : MBP_ERR_FORMAT;
}

bool mbp_json_whole(const json_t *value, struct mbp_whole *out)
{
    const char *text = json_string_value(value);
    if (text != NULL)
        return strlen(text) == json_string_length(value) && mbp_whole_read(text, out);
    if (!json_is_integer(value))
        return false;
    json_int_t number = json_integer_value(value);
    *out =
        (struct mbp_whole){.magnitude = number < 0 ? 0 - (uint64_t)number : (uint64_t)number, .negative = number < 0};
    return true;
}

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

void mbp_json_put_number(FILE *out, double number)
{
    if (number >= 0 && number < 1e9 && number == floor(number))
        fprintf(out, "%u", (unsigned)number); /* by far the most, and sooner done */
    else if (isfinite(number))
        fprintf(out, "%.15g", number);
    else
        fputs("null", out);
}
