/* Log lines on stderr. */
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "mbplant/base.h"

static _Atomic int level_set = MBP_LOG_INFO;

void mbp_log_set_level(enum mbp_log_level level)
{
    atomic_store(&level_set, (int)level);
}

void mbp_log(enum mbp_log_level level, const char *format, ...)
{
    if ((int)level > atomic_load(&level_set))
        return;
    static const struct {
        const char *word, *colour;
    } levels[] = {{"error: ", "\033[31m"}, {"warning: ", "\033[33m"}, {"", ""}, {"", "\033[2m"}};
    bool colour = isatty(STDERR_FILENO) != 0 && getenv("NO_COLOR") == NULL && levels[level].colour[0] != '\0';
    char text[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args); // NOLINT(clang-analyzer-valist.Uninitialized): it is, by va_start
    va_end(args);
    /* One call, so that lines of two threads do not mix. */
    fprintf(stderr, "%smbplantd: %s%s%s\n", colour ? levels[level].colour : "", levels[level].word,
            mbp_text_harmless(text), colour ? "\033[0m" : "");
}
