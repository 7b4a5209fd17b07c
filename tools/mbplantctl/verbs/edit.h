/* Editing the slave's plant file from the command line. */
#ifndef MBP_CTL_EDIT_H
#define MBP_CTL_EDIT_H

#include "ctl.h"

/* Whether `machine WORD ...` is about the plant file. A machine may be called add, remove or set: alone, and with a
 * state behind it, the word is its name. */
bool ctl_edit_is_meant(const struct ctl_options *options);

enum ctl_exit ctl_edit_machine(struct ctl *ctl);

/* The lines that are different in two texts, as `diff -u` shows them: from the first to the last. */
void ctl_diff_print(struct mbp_text was, struct mbp_text now, FILE *out);

#endif
