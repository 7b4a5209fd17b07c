/* data_dir: where a plant's journal and retained state stand, and that no other plant's come there. */
#ifndef MBPLANT_DATA_DIR_H
#define MBPLANT_DATA_DIR_H

#include "mbplant/base.h"

/* Where it stands by default: below $XDG_STATE_HOME or ~/.local/state, named after the plant file and, so that files of
 * one name in two folders have two, after where that is. False, and told on stderr, where neither is set or the path
 * is too long. */
bool data_dir_find(const char *plant_path, char *buf, size_t size);

/* Whether the directory is free, or this plant file's: it remembers in DIR/plant for which it was made. A file is known
 * by its folder, links resolved, and its own name in it: what that is a link to may change. No, and told on stderr,
 * when it is another's. What is no regular file has no place, and is not asked for one. */
bool data_dir_is_of(const char *dir, const char *plant_path);

/* Makes it remember the file, when it does not yet. To be called by who holds the directory. */
void data_dir_remember(const char *dir, const char *plant_path);

#endif
