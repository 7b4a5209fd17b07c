/* What a reader of files tells of one that is wrong. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "target.h"

/* "fuzz.yaml: and at least 7 more errors", only ever the last of several. */
static bool is_count_of_more(const char *line, const char *end)
{
    static const char begin[] = "fuzz.yaml: and ";
    return end[1] == '\0' && strncmp(line, begin, sizeof begin - 1) == 0 && strstr(line, " more error") != NULL;
}

void target_check_messages(const char *messages)
{
    if (*messages == '\0')
        abort();
    for (const char *line = messages; *line != '\0';) {
        unsigned row;
        unsigned column;
        const char *end = strchr(line, '\n');
        if (end == NULL || (sscanf(line, "fuzz.yaml:%u:%u: ", &row, &column) != 2 &&
                            (line == messages || !is_count_of_more(line, end)))) {
            fprintf(stderr, "not a message: %s\n", line);
            abort();
        }
        line = end + 1;
    }
}
