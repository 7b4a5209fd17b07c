/* The unix VFS with three calls of its files replaced. */
#include "refusing_vfs.h"

#include <assert.h>
#include <errno.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stddef.h>

static sqlite3_vfs refusing;
static sqlite3_vfs *under;
/* Files that are locked have other methods than those that are not. Found at the first opening, by one thread. */
static struct kind {
    const sqlite3_io_methods *real;
    sqlite3_io_methods patched;
} kinds[4];
static atomic_int refused_what = -1;
static atomic_int refused_code;
static atomic_int refused_errno;
static atomic_int refused_count;

static int verdict(enum refusing what)
{
    if (atomic_load(&refused_what) != (int)what)
        return SQLITE_OK;
    atomic_fetch_add(&refused_count, 1);
    errno = atomic_load(&refused_errno);
    return atomic_load(&refused_code);
}

static const sqlite3_io_methods *real_of(const sqlite3_file *file)
{
    const struct kind *kind = kinds;
    while (&kind->patched != file->pMethods)
        kind++;
    return kind->real;
}

static int refuse_write(sqlite3_file *file, const void *bytes, int len, sqlite3_int64 at)
{
    int rc = verdict(REFUSE_WRITES);
    return rc != SQLITE_OK ? rc : real_of(file)->xWrite(file, bytes, len, at);
}

static int refuse_sync(sqlite3_file *file, int flags)
{
    int rc = verdict(REFUSE_SYNCS);
    return rc != SQLITE_OK ? rc : real_of(file)->xSync(file, flags);
}

static int refuse_shm_lock(sqlite3_file *file, int offset, int n, int flags)
{
    int rc = (flags & SQLITE_SHM_EXCLUSIVE) != 0 && (flags & SQLITE_SHM_LOCK) != 0 ? verdict(REFUSE_LOCKS) : SQLITE_OK;
    return rc != SQLITE_OK ? rc : real_of(file)->xShmLock(file, offset, n, flags);
}

static int open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
    (void)vfs;
    int rc = under->xOpen(under, name, file, flags, out_flags);
    if (rc != SQLITE_OK || file->pMethods == NULL)
        return rc;
    struct kind *kind = kinds;
    while (kind->real != NULL && kind->real != file->pMethods)
        kind++;
    assert(kind < kinds + sizeof kinds / sizeof kinds[0]);
    if (kind->real == NULL) {
        kind->patched = *file->pMethods;
        kind->patched.xWrite = refuse_write;
        kind->patched.xSync = refuse_sync;
        kind->patched.xShmLock = refuse_shm_lock;
        kind->real = file->pMethods;
    }
    file->pMethods = &kind->patched;
    return rc;
}

void refusing_vfs_install(void)
{
    under = sqlite3_vfs_find(NULL);
    assert(under != NULL && under != &refusing);
    refusing = *under;
    refusing.zName = "refusing";
    refusing.xOpen = open_file;
    sqlite3_vfs_register(&refusing, 1);
}

void refusing_vfs_refuse(enum refusing what, int code, int system_error)
{
    atomic_store(&refused_count, 0);
    atomic_store(&refused_code, code);
    atomic_store(&refused_errno, system_error);
    atomic_store(&refused_what, (int)what);
}

void refusing_vfs_relent(void)
{
    atomic_store(&refused_what, -1);
}

int refusing_vfs_count(void)
{
    return atomic_load(&refused_count);
}
