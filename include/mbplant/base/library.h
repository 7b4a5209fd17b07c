/* library: a shared library that is linked when it is first needed, where most runs need it not. */
#ifndef MBPLANT_BASE_LIBRARY_H
#define MBPLANT_BASE_LIBRARY_H

#include <stddef.h>
#include <stdio.h>

#include "mbplant/base.h"

/* Finds functions of `file` by their count names; calls: an array of as many pointers to functions, or a struct of
 * nothing else, in that order. It stays until the program ends: such libraries have things to do then. what: for whom,
 * in the line to errors. Errors: MBP_ERR_MISSING: there is no such library, or not all of it; calls stay as they are.
 */
enum mbp_status mbp_library_open(const char *file, const char *const *names, size_t count, void *calls,
                                 const char *what, FILE *errors);

#endif
