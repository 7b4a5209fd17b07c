/* A whole file in memory. */
#ifndef MBP_CTL_TEXT_FILE_H
#define MBP_CTL_TEXT_FILE_H

#include "ctl.h"

/* "-" is standard input. Errors are told. Ownership: free(*text). */
enum ctl_exit ctl_text_read(const char *path, char **text, size_t *len);

/* A text from elsewhere: as it is, but on a terminal with each line made harmless. false = it could not be written. */
bool ctl_text_put(struct mbp_text text, FILE *out);

/* "-" is standard output. A file that is there already stays: told. */
enum ctl_exit ctl_text_write_new(const char *path, struct mbp_text text);

#endif
