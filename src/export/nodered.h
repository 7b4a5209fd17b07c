/* The flow's own nodes, and its dashboard. */
#ifndef MBP_EXPORT_NODERED_H
#define MBP_EXPORT_NODERED_H

#include <jansson.h>

#include "export_priv.h"

#define NODERED_TAB    "mbplant_tab"
#define NODERED_CLIENT "mbplant_client"

void nodered_add_screen(const struct mbp_export *export, json_t *flow);

#endif
