/* option_rows: what each option of mbplantctl is: its words, who takes it, what it sets. */
#ifndef MBP_CTL_OPTION_ROWS_H
#define MBP_CTL_OPTION_ROWS_H

#include <stddef.h>

#include "ctl.h"

#define CTL_OPTIONS_MAX 64u

struct ctl_option {
    const char *name;
    char letter;          /* 0 = has none */
    const char *argument; /* NULL = takes none */
    unsigned mask;        /* CTL_OPT_ bits; CTL_OPT_COMMON = every verb takes it */
    const char *help;
    bool (*set)(struct ctl_options *options, const char *value); /* false = not allowed; NULL = a flag */
    size_t flag;                                                 /* of a flag: its offset in struct ctl_options */
    const char *allowed;
};

extern const struct ctl_option ctl_option_rows[];
extern const size_t ctl_option_count;

/* By its name, or its letter; NULL = there is none. */
const struct ctl_option *ctl_option_find(const char *name, size_t len);
const struct ctl_option *ctl_option_of_letter(char letter);

/* What the environment says too. False: not allowed. */
bool ctl_option_set_host(struct ctl_options *options, const char *value);
bool ctl_option_set_port(struct ctl_options *options, const char *value);

#endif
