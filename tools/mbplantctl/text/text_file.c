/* Reading and writing whole files. */
#include "text/text_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static enum mbp_status read_all(FILE *file, char **text, size_t *len)
{
    size_t room = 0;
    size_t used = 0;
    char *bytes = NULL;
    for (;;) {
        if (used == room) {
            room = room == 0 ? 65536 : 2 * room;
            char *bigger = realloc(bytes, room);
            if (bigger == NULL) {
                free(bytes);
                return MBP_ERR_MEMORY;
            }
            bytes = bigger;
        }
        size_t got = fread(bytes + used, 1, room - used, file);
        used += got;
        if (got == 0 || used > MBP_PLANT_FILE_MAX)
            break;
    }
    if (ferror(file) != 0) {
        free(bytes);
        return MBP_ERR_IO;
    }
    *text = bytes;
    *len = used;
    return MBP_OK;
}

enum ctl_exit ctl_text_read(const char *path, char **text, size_t *len)
{
    bool standard = strcmp(path, "-") == 0;
    FILE *file = standard ? stdin : fopen(path, "rbe");
    enum mbp_status status = file == NULL ? MBP_ERR_IO : read_all(file, text, len);
    if (status != MBP_OK)
        ctl_error("%s cannot be read: %s", path,
                  status == MBP_ERR_MEMORY ? ctl_tr("not enough memory") : mbp_system_why(errno));
    if (file != NULL && !standard)
        fclose(file);
    return status == MBP_OK ? CTL_OK : CTL_USAGE;
}

static bool is_layout(char byte)
{
    return byte == '\n' || byte == '\t';
}

static void show(struct mbp_text text, FILE *out)
{
    for (size_t at = 0; at < text.len;) {
        size_t end = at;
        while (end < text.len && text.bytes[end] != '\0' && !is_layout(text.bytes[end]))
            end++;
        mbp_text_print(out, "%.*s", (int)(end - at), text.bytes + at);
        if (end < text.len)
            putc(is_layout(text.bytes[end]) ? text.bytes[end] : '?', out);
        at = end + 1;
    }
}

bool ctl_text_put(struct mbp_text text, FILE *out)
{
    int descriptor = fileno(out); /* of a stream in memory there is none */
    if (descriptor >= 0 && isatty(descriptor))
        show(text, out);
    else
        fwrite(text.bytes, 1, text.len, out);
    return ferror(out) == 0;
}

enum ctl_exit ctl_text_write_new(const char *path, struct mbp_text text)
{
    if (strcmp(path, "-") == 0) {
        ctl_text_put(text, stdout);
        return CTL_OK; /* main looks whether all of it came out */
    }
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "wb");
    if (file == NULL) {
        ctl_error("%s: %s%s", path, mbp_system_why(errno),
                  errno == EEXIST ? ctl_tr("; a plant file is never overwritten, choose another name") : "");
        if (fd >= 0)
            close(fd);
        return CTL_USAGE;
    }
    bool written = fwrite(text.bytes, 1, text.len, file) == text.len;
    if (fclose(file) == 0 && written)
        return CTL_OK;
    ctl_error("%s cannot be written: %s", path, mbp_system_why(errno));
    unlink(path);
    return CTL_FAILED;
}
