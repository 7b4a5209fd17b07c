/* wal: whether a write-ahead log holds committed transactions that SQLite would leave out without a word, because it
 * stops at the first page whose checksum is wrong. Source: sqlite.org/fileformat2.html, section 4. */
#ifndef MBP_JOURNAL_WAL_H
#define MBP_JOURNAL_WAL_H

#include <stdio.h>

#include "mark.h"

/* Looks at the log of the database at path, without SQLite, so that it stays as it is to the byte. A transaction that a
 * kill or a power cut broke off is no damage: nobody was told of it. Errors, one line each: MBP_ERR_CORRUPT,
 * MBP_ERR_IO; MBP_ERR_MEMORY. */
enum mbp_status mbp_wal_check(const char *path, const struct mbp_mark *mark, FILE *errors);

#endif
