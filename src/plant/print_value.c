/* print_value: one value as the loader reads it back. */
#include <string.h>

#include "print.h"
#include "scalar.h"

void mbp_print_text(FILE *out, const char *text)
{
    fputc('"', out);
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\') {
            fputc('\\', out);
        }
        fputc(*text, out);
    }
    fputc('"', out);
}

/* A name needs no quotes, but one of them has a meaning in YAML. */
void mbp_print_name(FILE *out, const char *name)
{
    if (strcmp(name, "null") == 0) {
        mbp_print_text(out, name);
    } else {
        fputs(name, out);
    }
}

void mbp_print_number(FILE *out, const char *before, double value)
{
    char buf[32];
    fprintf(out, "%s%s", before, mbp_scalar_format(value, buf, sizeof buf));
}

void mbp_print_size(FILE *out, const char *before, uint64_t bytes)
{
    char buf[32];
    fprintf(out, "%s%s", before, mbp_scalar_size_format(bytes, buf, sizeof buf));
}

void mbp_print_duration(FILE *out, const char *before, uint64_t ns)
{
    char buf[32];
    fprintf(out, "%s%s", before, mbp_duration_format(ns, buf, sizeof buf));
}
