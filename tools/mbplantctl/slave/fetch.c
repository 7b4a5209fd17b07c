/* Reading many points of a unit with few requests. */
#include "slave/fetch.h"

#include <stdlib.h>
#include <string.h>

struct ctl_fetch *ctl_fetch_new(void)
{
    return calloc(1, sizeof(struct ctl_fetch));
}

void ctl_fetch_clear(struct ctl_fetch *fetch)
{
    memset(fetch->wanted, 0, sizeof fetch->wanted);
}

void ctl_fetch_want(struct ctl_fetch *fetch, enum mbp_table table, uint32_t addr, uint32_t count)
{
    for (uint32_t a = addr; a < addr + count && a < CTL_ADDRESSES; a++)
        fetch->wanted[table][a] = true;
}

enum mbp_status ctl_fetch_run(struct ctl_fetch *fetch, struct ctl_link *link, uint8_t unit)
{
    for (unsigned t = 0; t < MBP_TABLE_COUNT; t++) {
        const bool *wanted = fetch->wanted[t];
        for (uint32_t first = 0; first < CTL_ADDRESSES;) {
            if (!wanted[first]) {
                first++;
                continue;
            }
            uint32_t end = first;
            while (end < CTL_ADDRESSES && wanted[end])
                end++;
            enum mbp_status status =
                ctl_read(link, unit, (enum mbp_table)t, (uint16_t)first, end - first, &fetch->words[t][first]);
            if (status != MBP_OK)
                return status;
            first = end;
        }
    }
    return MBP_OK;
}
