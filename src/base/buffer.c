/* Texts that are written by stdio into memory. */
#include <stdlib.h>

#include "mbplant/base.h"

bool mbp_buffer_open(struct mbp_buffer *buffer)
{
    *buffer = (struct mbp_buffer){0};
    buffer->out = open_memstream(&buffer->bytes, &buffer->len);
    return buffer->out != NULL;
}

/* The last write happens in fclose, which does not always say that there was no memory for it. */
char *mbp_buffer_close(struct mbp_buffer *buffer)
{
    if (buffer->out == NULL)
        return NULL;
    bool failed = ferror(buffer->out) != 0;
    failed = fclose(buffer->out) != 0 || failed;
    char *text = buffer->bytes;
    *buffer = (struct mbp_buffer){0};
    if (!failed)
        return text;
    free(text);
    return NULL;
}
