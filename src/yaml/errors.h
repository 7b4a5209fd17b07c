/* errors: what is wrong with a plant file, collected so that one run tells all of it, in the order of the lines. */
#ifndef MBP_YAML_ERRORS_H
#define MBP_YAML_ERRORS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define MBP_ERRORS_SHOWN 100   /* lines that are written; the others are counted */
#define MBP_ERRORS_STOP  1000u /* reading ends here: the file is something else altogether */
#define MBP_ERROR_LEN    400   /* bytes of one message */

struct mbp_error {
    uint32_t line, column; /* from 1; column counts characters */
    uint32_t order;
    char text[MBP_ERROR_LEN];
};

struct mbp_errors {
    uint32_t count;
    struct mbp_error shown[MBP_ERRORS_SHOWN];
};

void mbp_errors_add(struct mbp_errors *errors, uint32_t line, uint32_t column, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

bool mbp_errors_hopeless(const struct mbp_errors *errors);

/* `path:line:col: text` per line, sorted, then how many more there were. */
void mbp_errors_write(struct mbp_errors *errors, const char *path, FILE *out);

#endif
