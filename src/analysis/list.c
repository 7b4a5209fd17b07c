/* An array that doubles. */
#include "list.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_CAPACITY 64u

enum mbp_status analysis_list_add(struct analysis_list *list, const void *item, size_t size)
{
    if (list->count == list->capacity) {
        size_t capacity = list->capacity == 0 ? FIRST_CAPACITY : 2 * list->capacity;
        void *items = reallocarray(list->items, capacity, size);
        if (items == NULL)
            return MBP_ERR_MEMORY;
        list->items = items;
        list->capacity = capacity;
    }
    memcpy((char *)list->items + list->count++ * size, item, size);
    return MBP_OK;
}
