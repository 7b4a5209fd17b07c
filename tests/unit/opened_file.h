/* opened_file: a file for a test. The test fails when it cannot be opened; it is never NULL. Ownership: fclose. */
#ifndef MBPLANT_TEST_OPENED_FILE_H
#define MBPLANT_TEST_OPENED_FILE_H

#include <stdio.h>
#include <stdlib.h>

/* cmocka.h wants these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static inline FILE *opened_file(const char *path, const char *mode)
{
    FILE *file = fopen(path, mode);
    if (file == NULL) {
        fail_msg("cannot open %s", path);
        abort(); /* not reached; a compiler and an analyser do not know that a failed test does not go on */
    }
    return file;
}

#endif
