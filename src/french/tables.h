/* tables: what a stage says, a file for what belongs together. */
#ifndef MBP_FRENCH_TABLES_H
#define MBP_FRENCH_TABLES_H

#include "mbplant/french.h"

struct french_table {
    const struct mbp_pair *pairs;
    size_t count;
};

#define FRENCH_TABLE(rows)                                                                                             \
    {                                                                                                                  \
        (rows), sizeof(rows) / sizeof(rows)[0]                                                                         \
    }

extern const struct french_table french_expr, french_plant, french_map, french_export, french_told, french_sent,
    french_system, french_yaml;

#endif
