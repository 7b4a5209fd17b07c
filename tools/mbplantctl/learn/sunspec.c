/* sunspec: models as sunspec/models publishes them, as a chain in a device: "SunS", the models, the end. */
#include <stdlib.h>
#include <string.h>

#include "learn/learn.h"
#include "mbplant/json.h"
#include "text/text_file.h"

#define BASE            40000u
#define ADDRESSES       65536u
#define END_WORDS       2u /* the model 0xFFFF without points */
#define DEPTH_MAX       8
#define POINT_WORDS_MAX 1024     /* registers of a point */
#define NOT_THERE       "-32768" /* 0x8000: what a pad shows */

/* A chain while it grows, and the model that is added. */
struct chain {
    struct learn_device *device;
    const char *file;
    uint32_t at;     /* the next address */
    uint32_t points; /* of the model, with those of its groups */
    size_t first;    /* of the model, in the device */
    long long id;
    char path[96]; /* of the groups around */
};

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text != NULL ? text : "";
}

/* How often a group stands there: a number says it; a point that counts says 1, as does 0, "for the rest". */
static uint32_t times_of(const json_t *group)
{
    const json_t *count = json_object_get(group, "count");
    json_int_t times = json_integer_value(count);
    return times >= 1 && times <= (json_int_t)ADDRESSES ? (uint32_t)times : 1;
}

/* Registers of a group with those in it; more than ADDRESSES = too many, or it makes no sense. */
static uint32_t length_of(const json_t *group, int depth, uint32_t *points)
{
    uint64_t length = 0;
    uint64_t named = 0;
    size_t i;
    const json_t *item;
    if (depth > DEPTH_MAX)
        return ADDRESSES + 1;
    json_array_foreach(json_object_get(group, "points"), i, item)
    {
        json_int_t size = json_integer_value(json_object_get(item, "size"));
        if (size < 1 || size > POINT_WORDS_MAX)
            return ADDRESSES + 1;
        length += (uint64_t)size;
        named++;
    }
    json_array_foreach(json_object_get(group, "groups"), i, item)
    {
        uint32_t inner = 0;
        length += (uint64_t)length_of(item, depth + 1, &inner) * times_of(item);
        named += (uint64_t)inner * times_of(item);
        if (length > ADDRESSES)
            return ADDRESSES + 1;
    }
    *points = (uint32_t)named;
    return (uint32_t)length;
}

/* ---- points ------------------------------------------------------------------------------------------------------ */

/* What it shows at first: what the model says, of an enum its first symbol, else 0. */
static void set_value(const json_t *point, struct learn_point *out)
{
    const json_t *value = json_object_get(point, "value");
    const json_t *symbol = json_array_get(json_object_get(point, "symbols"), 0);
    double low;
    double high;
    if (out->type == MBP_STRING)
        return;
    if (!json_is_number(value) && strncmp(text_of(point, "type"), "enum", 4) == 0)
        value = json_object_get(symbol, "value");
    mbp_type_range(out->type, 1, &low, &high);
    double number = json_number_value(value);
    if (strcmp(text_of(point, "type"), "pad") == 0)
        snprintf(out->value, sizeof out->value, "%s", NOT_THERE);
    else if (json_is_number(value) && number >= low && number <= high)
        mbp_number_shortest(number, out->value);
}

/* Its type, or as many plain registers where that is not one of so many. */
static void set_type(const json_t *point, uint32_t size, struct learn_point *out)
{
    char why[LEARN_WHY_MAX];
    const char *type = text_of(point, "type");
    if (learn_type(type, size, out, why) && out->words == size && out->type != MBP_BOOL)
        return;
    out->type = MBP_UINT16;
    out->words = (uint16_t)size;
    learn_note(out, type);
}

static void add_point(struct chain *chain, const json_t *point)
{
    char text[192];
    uint32_t size = (uint32_t)json_integer_value(json_object_get(point, "size"));
    const json_t *sf = json_object_get(point, "sf");
    struct learn_point out = learn_point_of(MBP_HOLDING_REGISTERS, (uint16_t)chain->at, MBP_UINT16);
    snprintf(text, sizeof text, "M%lld%s_%.64s", chain->id, chain->path, text_of(point, "name"));
    learn_name(text, out.name);
    set_type(point, size, &out);
    out.order = MBP_ABCD;
    out.writable = strcmp(text_of(point, "access"), "RW") == 0;
    set_value(point, &out);
    learn_note(&out, text_of(point, "label"));
    learn_note(&out, text_of(point, "units"));
    if (json_is_string(sf)) {
        snprintf(text, sizeof text, "x 10^%.32s", json_string_value(sf));
        learn_note(&out, text);
    }
    learn_add(chain->device, &out, chain->file);
    chain->at += size;
}

/* The point of the model that counts a group's repetitions says 1. */
static void count_one(struct chain *chain, const char *counter)
{
    char name[MBP_NAME_MAX + 1];
    char text[96];
    snprintf(text, sizeof text, "M%lld_%.64s", chain->id, counter);
    learn_name(text, name);
    for (size_t p = chain->first; p < chain->device->count; p++) {
        struct learn_point *point = &chain->device->points[p];
        if (strcmp(point->name, name) == 0 && point->type != MBP_STRING)
            snprintf(point->value, sizeof point->value, "1");
    }
}

static void add_group(struct chain *chain, const json_t *group, int depth)
{
    size_t i;
    const json_t *item;
    size_t path = strlen(chain->path);
    json_array_foreach(json_object_get(group, "points"), i, item)
    {
        add_point(chain, item);
    }
    json_array_foreach(json_object_get(group, "groups"), i, item)
    {
        const char *counter = json_string_value(json_object_get(item, "count"));
        if (counter != NULL)
            count_one(chain, counter);
        snprintf(chain->path + path, sizeof chain->path - path, "_%.16s", text_of(item, "name"));
        for (uint32_t n = times_of(item); n > 0 && depth < DEPTH_MAX; n--)
            add_group(chain, item, depth + 1);
        chain->path[path] = '\0';
    }
}

/* ---- models ------------------------------------------------------------------------------------------------------ */

/* The model's id: that of its point ID, which comes first. */
static bool is_model(const json_t *group, long long *id)
{
    const json_t *points = json_object_get(group, "points");
    const json_t *first = json_array_get(points, 0);
    const json_t *second = json_array_get(points, 1);
    *id = json_integer_value(json_object_get(first, "value"));
    return strcmp(text_of(first, "name"), "ID") == 0 && strcmp(text_of(second, "name"), "L") == 0 && *id > 0 &&
           *id < UINT16_MAX;
}

static void add_model(struct chain *chain, const json_t *root)
{
    const json_t *group = json_object_get(root, "group");
    struct learn_device *device = chain->device;
    if (!is_model(group, &chain->id)) {
        mbp_text_print(stderr, ctl_tr("%s: skipped: it is no model: there is no group with the points ID and L\n"),
                       chain->file);
        return;
    }
    uint32_t points = 0;
    uint32_t length = length_of(group, 0, &points);
    if (length > ADDRESSES - END_WORDS - chain->at) {
        mbp_text_print(stderr, ctl_tr("%s: skipped: model %lld with its %u registers does not fit behind address %u\n"),
                       chain->file, chain->id, length, chain->at);
        device->named += points;
        device->skipped += points;
        return;
    }
    chain->first = device->count;
    chain->path[0] = '\0';
    add_group(chain, group, 0);
    if (device->count > chain->first + 1) /* the length counts what is behind it */
        snprintf(device->points[chain->first + 1].value, sizeof device->points[0].value, "%u", length - 2);
}

/* What no model names: the mark before the first, the end behind the last. */
static void add_own(struct chain *chain, enum mbp_type type, uint16_t words, const char *value, const char *comment)
{
    struct learn_point own = learn_point_of(MBP_HOLDING_REGISTERS, (uint16_t)chain->at, type);
    own.words = words;
    own.writable = false;
    snprintf(own.value, sizeof own.value, "%s", value);
    learn_note(&own, comment);
    if (learn_add(chain->device, &own, chain->file))
        chain->device->named--;
    chain->at += words;
}

static enum ctl_exit add_file(struct chain *chain)
{
    char *bytes = NULL;
    size_t len = 0;
    json_t *root = NULL;
    enum ctl_exit code = ctl_text_read(chain->file, &bytes, &len);
    if (code != CTL_OK)
        return code;
    if (mbp_json_read((struct mbp_text){bytes, len}, 0, &root) == MBP_OK)
        add_model(chain, root);
    else
        mbp_text_print(stderr, ctl_tr("%s: skipped: it is no JSON\n"), chain->file);
    json_decref(root);
    free(bytes);
    return CTL_OK;
}

enum ctl_exit learn_sunspec(struct ctl *ctl)
{
    const struct ctl_options *options = ctl->options;
    struct learn_device device = {.source = options->argc == 2 ? options->argv[1] : "SunSpec models",
                                  .unit = ctl_raw_unit(ctl)};
    struct chain chain = {.device = &device, .file = options->argv[1], .at = BASE};
    enum ctl_exit code = CTL_OK;
    add_own(&chain, MBP_STRING, 2, "SunS", "a SunSpec device");
    for (int f = 1; f < options->argc && code == CTL_OK; f++) {
        chain.file = options->argv[f];
        code = add_file(&chain);
    }
    if (code == CTL_OK && device.named == 0) {
        ctl_error("%s: no model is left to write", device.source);
        code = CTL_FAILED;
    }
    if (code == CTL_OK) {
        add_own(&chain, MBP_UINT16, 1, "65535", "the end");
        add_own(&chain, MBP_UINT16, 1, "0", "");
        code = learn_write(options, &device);
    }
    learn_free(&device);
    return code;
}
