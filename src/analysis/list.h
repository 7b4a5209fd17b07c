/* list: an array that grows. */
#ifndef MBP_ANALYSIS_LIST_H
#define MBP_ANALYSIS_LIST_H

#include "mbplant/base.h"

struct analysis_list {
    void *items;
    size_t count, capacity;
};

/* Appends a copy of an item of so many bytes. Errors: MBP_ERR_MEMORY. */
enum mbp_status analysis_list_add(struct analysis_list *list, const void *item, size_t size);

#endif
