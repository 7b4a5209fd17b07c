/* sqlite: what SQLite's codes are to us. Only stages that link SQLite include it. */
#ifndef MBPLANT_BASE_SQLITE_H
#define MBPLANT_BASE_SQLITE_H

#include <sqlite3.h>

#include "mbplant/base.h"

static inline enum mbp_status mbp_sqlite_status(int rc)
{
    switch (rc & 0xFF) {
    case SQLITE_OK:
        return MBP_OK;
    case SQLITE_NOMEM:
        return MBP_ERR_MEMORY;
    case SQLITE_ERROR: /* a table or column that must be there is not */
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return MBP_ERR_CORRUPT;
    case SQLITE_BUSY: /* another program holds it */
    case SQLITE_LOCKED:
        return MBP_ERR_BUSY;
    case SQLITE_FORMAT: /* ours: SQLite gives it no more */
        return MBP_ERR_NEWER;
    default:
        return MBP_ERR_IO;
    }
}

#endif
