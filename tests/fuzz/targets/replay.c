/* Plays files through a fuzz target without libFuzzer, with whatever compiler and sanitizer the build has. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "target.h"

static unsigned played;

static int play_file(const char *path)
{
    uint8_t *bytes = NULL;
    size_t len = 0;
    size_t room = 0;
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        perror(path);
        return 1;
    }
    do {
        room += 65536;
        uint8_t *larger = realloc(bytes, room);
        if (larger == NULL)
            abort();
        bytes = larger;
        len += fread(bytes + len, 1, room - len, file);
    } while (len == room);
    fclose(file);
    LLVMFuzzerTestOneInput(bytes, len);
    free(bytes);
    played++;
    return 0;
}

static int play_folder(const char *path)
{
    struct dirent **entries;
    int count = scandir(path, &entries, NULL, alphasort);
    int failed = count < 0;
    if (failed)
        perror(path);
    for (int i = 0; i < count; i++) {
        char name[4096];
        if (entries[i]->d_name[0] != '.') {
            snprintf(name, sizeof name, "%s/%s", path, entries[i]->d_name);
            failed |= play_file(name);
        }
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
    return failed;
}

int main(int argc, char **argv)
{
    int failed = 0;
    for (int i = 1; i < argc; i++)
        failed |= play_folder(argv[i]);
    printf("%u inputs\n", played);
    return failed || played == 0;
}
