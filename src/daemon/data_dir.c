/* The data directory of a plant file. */
#include "data_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OWNER_MODE 0640

/* ---- which file it is ------------------------------------------------------------------------------------------- */

static const char *last_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

/* The folder, links resolved, and the file's name in it; false where there is no such place. */
static bool place_of(const char *path, char place[PATH_MAX])
{
    char given[PATH_MAX];
    char folder[PATH_MAX];
    struct stat file;
    const char *name = last_name(path);
    size_t len = (size_t)(name - path);
    if (stat(path, &file) != 0 || !S_ISREG(file.st_mode) || len >= sizeof given)
        return false;
    snprintf(given, sizeof given, "%.*s", (int)len, len > 0 ? path : "");
    if (realpath(len > 0 ? given : ".", folder) == NULL)
        return false;
    const char *slash = strcmp(folder, "/") == 0 ? "" : "/";
    return (size_t)snprintf(place, PATH_MAX, "%s%s%s", folder, slash, name) < PATH_MAX;
}

/* ---- the directory by default ----------------------------------------------------------------------------------- */

/* The plant file's name without folder and ending. */
static void put_stem(const char *path, char *stem, size_t size)
{
    snprintf(stem, size, "%s", last_name(path));
    char *dot = strrchr(stem, '.');
    if (dot != NULL && dot != stem)
        *dot = '\0';
}

bool data_dir_find(const char *plant_path, char *buf, size_t size)
{
    const char *state = getenv("XDG_STATE_HOME"); // NOLINT(concurrency-mt-unsafe): before any thread
    const char *home = getenv("HOME");            // NOLINT(concurrency-mt-unsafe)
    char stem[256];
    char place[PATH_MAX];
    put_stem(plant_path, stem, sizeof stem);
    uint64_t hash = mbp_name_hash(place_of(plant_path, place) ? place : plant_path);
    unsigned mark = (unsigned)(hash ^ hash >> 32);
    int len = -1;
    if (state != NULL && state[0] == '/')
        len = snprintf(buf, size, "%s/mbplant/%s-%08x", state, stem, mark);
    else if (home != NULL && home[0] == '/')
        len = snprintf(buf, size, "%s/.local/state/mbplant/%s-%08x", home, stem, mark);
    if (len >= 0 && (size_t)len < size)
        return true;
    fputs("mbplantd: no place for the journal: neither HOME nor XDG_STATE_HOME is set; give one with -d DIR\n", stderr);
    return false;
}

/* ---- whose it is ------------------------------------------------------------------------------------------------ */

static bool owner_file(const char *dir, char path[PATH_MAX])
{
    return (size_t)snprintf(path, PATH_MAX, "%s/plant", dir) < PATH_MAX;
}

/* What is written in DIR/plant; false where nothing is. */
static bool read_owner(const char *dir, char owner[PATH_MAX])
{
    char path[PATH_MAX];
    int fd = owner_file(dir, path) ? open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC) : -1;
    if (fd < 0)
        return false;
    ssize_t len = read(fd, owner, PATH_MAX - 1);
    close(fd);
    len -= len > 0 && owner[len - 1] == '\n' ? 1 : 0;
    owner[len > 0 ? len : 0] = '\0';
    return owner[0] != '\0';
}

bool data_dir_is_of(const char *dir, const char *plant_path)
{
    char owner[PATH_MAX];
    char place[PATH_MAX];
    if (!place_of(plant_path, place) || !read_owner(dir, owner) || strcmp(owner, place) == 0)
        return true;
    mbp_text_print(stderr,
                   "mbplantd: data directory %s has the journal of %s, not of %s: choose another directory with -d; "
                   "if that file was moved here, remove %s/plant\n",
                   dir, owner, place, dir);
    return false;
}

void data_dir_remember(const char *dir, const char *plant_path)
{
    char path[PATH_MAX];
    char owner[PATH_MAX];
    char place[PATH_MAX];
    if (!place_of(plant_path, place) || read_owner(dir, owner) || !owner_file(dir, path))
        return;
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, OWNER_MODE);
    bool written = fd >= 0 && dprintf(fd, "%s\n", place) > 0;
    if (!written)
        mbp_log(MBP_LOG_WARNING, "%s cannot be written (%s): the directory does not remember whose it is", path,
                strerrordesc_np(errno));
    if (fd >= 0)
        close(fd);
}
