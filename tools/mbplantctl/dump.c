/* Writing and reading a journal's dump. */
#include "dump.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mbplant/report.h"

#define DUMP_VERSION 1

static json_t *first_line(const struct mbp_plant *plant)
{
    return json_pack("{s:i, s:s, s:s%}", "mbplant_journal", DUMP_VERSION, "plant", plant->name, "plant_file",
                     plant->text.bytes, plant->text.len);
}

enum mbp_status ctl_dump_create(const char *path, const struct mbp_plant *plant, FILE **out, char *why, size_t size)
{
    json_t *line = first_line(plant);
    if (line == NULL) {
        snprintf(why, size, "the plant file is not UTF-8");
        return MBP_ERR_IO;
    }
    FILE *file = NULL;
    int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor >= 0)
        file = fdopen(descriptor, "w");
    if (file == NULL) {
        const char *advice = errno == EEXIST ? "; a dump never overwrites a file, choose another name" : "";
        snprintf(why, size, "%s%s", strerror(errno), advice);
        if (descriptor >= 0)
            close(descriptor);
        json_decref(line);
        return MBP_ERR_IO;
    }
    json_dumpf(line, file, JSON_COMPACT);
    putc('\n', file);
    json_decref(line);
    *out = file;
    return MBP_OK;
}

static enum mbp_status parse_first_line(const char *path, const char *bytes, size_t len, struct mbp_plant **plant,
                                        char *why, size_t size)
{
    json_t *line = json_loadb(bytes, len, 0, NULL);
    const json_t *version = json_object_get(line, "mbplant_journal");
    const json_t *text = json_object_get(line, "plant_file");
    enum mbp_status status = MBP_ERR_FORMAT;
    if (!json_is_integer(version) || !json_is_string(text)) {
        snprintf(why, size, "line 1: not a dump; mbplantctl journal --save FILE writes one");
    } else if (json_integer_value(version) != DUMP_VERSION) {
        snprintf(why, size, "line 1: a dump of version %lld, this mbplantctl reads %d",
                 (long long)json_integer_value(version), DUMP_VERSION);
    } else if (*plant != NULL) {
        status = MBP_OK;
    } else {
        struct mbp_text file = {json_string_value(text), json_string_length(text)};
        status = mbp_plant_parse(path, file, stderr, plant);
        if (status != MBP_OK)
            snprintf(why, size, "line 1: the plant file in it is wrong");
    }
    json_decref(line);
    return status;
}

enum mbp_status ctl_dump_load(const char *path, struct mbp_plant **plant,
                              bool (*got)(void *ctx, const struct mbp_event *event), void *ctx, char *why, size_t size)
{
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        snprintf(why, size, "%s", strerror(errno));
        return MBP_ERR_IO;
    }
    char *line = NULL;
    size_t room = 0;
    size_t number = 0;
    enum mbp_status status = MBP_OK;
    bool more = true;
    for (ssize_t len; more && status == MBP_OK && (len = getline(&line, &room, file)) > 0;) {
        struct mbp_event event;
        number++;
        if (line[len - 1] != '\n' && number > 1)
            break; /* cut off while it was written */
        if (number == 1) {
            status = parse_first_line(path, line, (size_t)len, plant, why, size);
            continue;
        }
        status = mbp_report_event_parse((struct mbp_text){line, (size_t)len}, &event);
        if (status == MBP_OK)
            more = got(ctx, &event);
        else
            snprintf(why, size, "line %zu: not an event", number);
    }
    if (number == 0) {
        snprintf(why, size, "the file is empty");
        status = MBP_ERR_FORMAT;
    }
    free(line);
    fclose(file);
    return status;
}
