/* Retained topics, compared with those of the last birth. */
#include "told.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILE_MAX_BYTES (256u << 20)

struct topics {
    char *text; /* a line each; ends become NUL when they are taken apart */
    char **at;
    uint32_t count;
};

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Takes the lines apart, sorted. */
static bool sort_topics(struct topics *topics)
{
    for (const char *end = topics->text; (end = strchr(end, '\n')) != NULL; end++)
        topics->count++;
    topics->at = calloc(topics->count + 1u, sizeof *topics->at);
    if (topics->at == NULL)
        return false;
    char *line = topics->text;
    for (uint32_t t = 0; t < topics->count; t++) {
        char *end = strchr(line, '\n');
        *end = '\0';
        topics->at[t] = line;
        line = end + 1;
    }
    qsort(topics->at, topics->count, sizeof *topics->at, by_text);
    return true;
}

static char *topics_now(const struct mqtt_link *link, size_t *len)
{
    char *text = NULL, topic[MQTT_TOPIC_MAX];
    FILE *out = open_memstream(&text, len);
    if (out == NULL)
        return NULL;
    for (uint32_t m = 0; m < link->roster->count; m++) {
        const struct mqtt_metric *metric = &link->roster->metrics[m];
        fprintf(out, "%s/%s\n", link->base, metric->name);
        if (link->mqtt->options.discovery != NULL)
            fprintf(out, "%s\n", mqtt_discovery_topic(link, metric, topic));
    }
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}

static bool write_file(const char *path, const char *text, size_t len)
{
    char fresh[PATH_MAX + 8];
    snprintf(fresh, sizeof fresh, "%s.new", path);
    int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640);
    if (fd < 0)
        return false;
    bool good = write(fd, text, len) == (ssize_t)len;
    good = close(fd) == 0 && good && rename(fresh, path) == 0;
    if (!good)
        unlink(fresh);
    return good;
}

/* Both are sorted. What is as long as a topic may be, and of ours alone stands in the file. */
static void find_missing(struct mqtt_told *told, const struct topics *before, const struct topics *now)
{
    uint32_t n = 0;
    for (uint32_t b = 0; b < before->count; b++) {
        int order = -1;
        while (n < now->count && (order = strcmp(now->at[n], before->at[b])) < 0)
            n++;
        if (n < now->count && order == 0)
            continue;
        if (before->at[b][0] != '\0' && strlen(before->at[b]) < MQTT_TOPIC_MAX)
            before->at[told->count++] = before->at[b];
    }
}

void mqtt_told_begin(struct mqtt_told *told)
{
    free(told->now);
    free(told->lines);
    free(told->missing);
    told->now = told->lines = NULL;
    told->missing = NULL;
    told->count = told->at = 0;
}

void mqtt_told_free(struct mqtt_told *told)
{
    mqtt_told_begin(told);
    free(told->last);
    told->last = NULL;
}

static const char *path_of(const struct mqtt_link *link, char path[PATH_MAX])
{
    snprintf(path, PATH_MAX, "%s/%s", link->mqtt->folder, MQTT_TOLD_FILE);
    return path;
}

/* What there is, and what of the last birth is missing in it. False: there is nothing to do, or no memory for it. */
static bool compare(const struct mqtt_link *link, struct mqtt_told *told)
{
    char path[PATH_MAX];
    struct topics before = {0}, now = {0};
    if (told->last == NULL &&
        mbp_file_read(path_of(link, path), FILE_MAX_BYTES, &told->last, &told->last_len) != MBP_OK)
        told->last = NULL;
    told->now = topics_now(link, &told->now_len);
    bool whole = told->last != NULL && strlen(told->last) == told->last_len;
    if (told->now == NULL ||
        (whole && told->last_len == told->now_len && memcmp(told->last, told->now, told->now_len) == 0))
        return false;
    told->count = told->at = 0;
    before.text = whole ? strdup(told->last) : NULL;
    now.text = before.text != NULL ? strdup(told->now) : NULL;
    if (now.text != NULL && sort_topics(&before) && sort_topics(&now))
        find_missing(told, &before, &now);
    told->lines = before.text;
    told->missing = before.at;
    free(now.text);
    free(now.at);
    return true;
}

/* What there is now is what is known the next time. */
static void keep(struct mqtt_link *link, struct mqtt_told *told)
{
    char path[PATH_MAX];
    if (!write_file(path_of(link, path), told->now, told->now_len) && !link->told_trouble) {
        mbp_log(MBP_LOG_WARNING,
                "mqtt: %s cannot be written: topics of points that go while mbplantd is not there may stay", path);
        link->told_trouble = true;
    }
    free(told->last);
    told->last = told->now;
    told->last_len = told->now_len;
    told->now = NULL;
}

bool mqtt_told_clear(struct mqtt_link *link, struct mqtt_told *told)
{
    if (told->now == NULL && !compare(link, told)) {
        mqtt_told_begin(told);
        return true;
    }
    while (told->at < told->count) {
        if (!mqtt_link_may_send(link))
            return false;
        mqtt_publish(link, told->missing[told->at++], NULL, 0, 0, true, NULL);
    }
    if (link->broken)
        return false;
    keep(link, told);
    mqtt_told_begin(told);
    return true;
}
