/* schema: what the database looks like, how a new one comes about, and whether an existing one can be trusted. */
#ifndef MBP_JOURNAL_SCHEMA_H
#define MBP_JOURNAL_SCHEMA_H

#include <sqlite3.h>
#include <stdio.h>

#include "mbplant/plant.h"

#define MBP_SCHEMA_APPLICATION 0x4D42504A /* "MBPJ" */
#define MBP_SCHEMA_VERSION     3

/* "what SQLite says (what the system says)" about the last failure of db; returns buf. */
const char *mbp_schema_error(sqlite3 *db, char *buf, size_t size);

/* One line about why the database at path cannot be used and what to do next; returns the status that rc stands for:
 * MBP_ERR_CORRUPT, MBP_ERR_BUSY, MBP_ERR_MEMORY or MBP_ERR_IO. */
enum mbp_status mbp_schema_refuse(sqlite3 *db, int rc, const char *path, FILE *errors);

/* Makes an empty journal at path, whole or not at all (it is built beside and renamed). One line on failure:
 * MBP_ERR_IO, MBP_ERR_CORRUPT (the write-ahead log of a vanished journal is in the way). */
enum mbp_status mbp_schema_create(const char *path, const struct mbp_plant *plant, FILE *errors);

/* Looks at the file's first 100 bytes, without SQLite, so that what is not ours stays as it is to the byte.
 * Errors, one line each: MBP_ERR_IO, MBP_ERR_CORRUPT, MBP_ERR_NEWER (of a later or an earlier version); MBP_ERR_MISSING
 * without a line: no such file. Source: sqlite.org/fileformat2.html, section 1.3. */
enum mbp_status mbp_schema_check_file(const char *path, FILE *errors);

/* The same for the open database, where the write-ahead log counts too; reads all of a small one for damage. */
enum mbp_status mbp_schema_check(sqlite3 *db, const char *path, FILE *errors);

#endif
