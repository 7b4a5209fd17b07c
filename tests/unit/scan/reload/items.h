/* items: a plant as --print-config prints it, a line a key, and that text with items taken out, put in, moved or
 * changed. What these give is freed with free(); NULL = the text has nothing to do that with. */
#ifndef MBPLANT_TEST_ITEMS_H
#define MBPLANT_TEST_ITEMS_H

#include <stdbool.h>

#include "mbplant/plant.h"

char *items_print(const struct mbp_plant *plant);

/* Without the item of this name, and without all that takes it in, moves it or is of it. */
char *items_without(const char *text, const char *name);

/* With an item of this name and one key before the first item of the nth list of that key ("sensors", ...). */
char *items_with_first(const char *text, const char *list, unsigned nth, const char *name, const char *key);

/* The first item of the nth list of that key becomes its last. */
char *items_rotated(const char *text, const char *list, unsigned nth);

/* The item's key, which stands in one line, gets another value. */
char *items_set(const char *text, const char *name, const char *key, const char *value);

#endif
