/* A whole file in memory. */
#ifndef MBP_CTL_TEXT_FILE_H
#define MBP_CTL_TEXT_FILE_H

#include "ctl.h"

/* "-" is standard input. Errors are told. Ownership: free(*text). */
enum ctl_exit ctl_text_read(const char *path, char **text, size_t *len);

/* "-" is standard output. A file that is there already stays: told. */
enum ctl_exit ctl_text_write_new(const char *path, struct mbp_text text);

#endif
