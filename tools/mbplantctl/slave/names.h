/* names: what the events of a slave are about and whose they are, as it tells it in files 700.. (mbplant/names.h). */
#ifndef MBP_CTL_SLAVE_NAMES_H
#define MBP_CTL_SLAVE_NAMES_H

#include "ctl.h"

/* Learns them into ctl->names: those of all events up to now. What has not changed since the last time is not read
 * again. A slave that does not tell them, for its plant file has files of its own there, leaves it empty. Errors: those
 * of ctl_read_file, MBP_ERR_MEMORY. */
enum mbp_status ctl_names_read(struct ctl *ctl, uint8_t unit);

void ctl_names_free(struct ctl *ctl);

/* How events are told: by the plant, by ctl->names, in the language of the options. */
struct mbp_telling ctl_telling(const struct ctl *ctl);

#endif
