/* directory: the journal's place on disk, made when missing, held by one process at a time. */
#ifndef MBP_JOURNAL_DIRECTORY_H
#define MBP_JOURNAL_DIRECTORY_H

#include <stdio.h>

#include "mbplant/base.h"

/* Makes dir with its parents (0750) and takes the lock DIR/lock, which holds the owner's pid as text.
 * Errors, one line each: MBP_ERR_IO, MBP_ERR_BUSY (names the pid that has it).
 * Ownership: *lock_fd is closed by the caller; that, or the end of the process, releases the lock. */
enum mbp_status mbp_directory_hold(const char *dir, FILE *errors, int *lock_fd);

#endif
