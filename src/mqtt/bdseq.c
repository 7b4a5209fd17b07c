/* The file with the number of the next session. */
#include "bdseq.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool path_of(const char *folder, const char *tail, char path[PATH_MAX])
{
    int len = snprintf(path, PATH_MAX, "%s/%s%s", folder, MQTT_BDSEQ_FILE, tail);
    return len > 0 && len < PATH_MAX;
}

uint8_t mqtt_bdseq_read(const char *folder)
{
    char path[PATH_MAX], *bytes = NULL;
    size_t len = 0;
    unsigned number = 0;
    if (!path_of(folder, "", path) || mbp_file_read(path, 32, &bytes, &len) != MBP_OK)
        return 0;
    char text[64] = "", end = 0;
    memcpy(text, bytes, len < sizeof text ? len : 0);
    free(bytes);
    return sscanf(text, "bdSeq %9u%c", &number, &end) == 2 && end == '\n' && number <= UINT8_MAX ? (uint8_t)number : 0;
}

enum mbp_status mqtt_bdseq_write(const char *folder, uint8_t next)
{
    char path[PATH_MAX], fresh[PATH_MAX], text[32];
    if (!path_of(folder, "", path) || !path_of(folder, ".new", fresh))
        return MBP_ERR_IO;
    int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
    if (fd < 0)
        return MBP_ERR_IO;
    ssize_t len = snprintf(text, sizeof text, "bdSeq %u\n", next);
    bool good = write(fd, text, (size_t)len) == len && fsync(fd) == 0;
    good = close(fd) == 0 && good && rename(fresh, path) == 0;
    if (good)
        mbp_file_sync_folder(path);
    return good ? MBP_OK : MBP_ERR_IO;
}
