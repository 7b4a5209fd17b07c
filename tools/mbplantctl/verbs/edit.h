/* Editing the slave's plant file from the command line. */
#ifndef MBP_CTL_EDIT_H
#define MBP_CTL_EDIT_H

#include "ctl.h"

/* Whether `machine WORD ...` is about the plant file. A machine may be called add, remove or set: alone, and with a
 * state behind it, the word is its name. */
bool ctl_edit_is_meant(const struct ctl_options *options);

enum ctl_exit ctl_edit_machine(struct ctl *ctl);

/* What makes another text of the slave's plant file; *out stays NULL where nothing changes. Ownership: free(*out). */
typedef enum ctl_exit ctl_text_editor(void *ctx, struct mbp_text text, char **out, size_t *out_len);

/* Learns the slave's plant file, has it edited, and puts it, or with --dry-run shows what would be different. */
enum ctl_exit ctl_edit_text(struct ctl *ctl, ctl_text_editor *editor, void *ctx);

/* The lines that are different in two texts, as `diff -u` shows them: from the first to the last. */
void ctl_diff_print(struct mbp_text was, struct mbp_text now, FILE *out);

#endif
