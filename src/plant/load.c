/* load: the file -> struct mbp_plant, step by step; all its errors in one run. */
#include <stdlib.h>
#include <string.h>

#include "budget.h"
#include "formula/formula.h"
#include "mbplant/base/tr.h"

/* Relative paths in the file begin where it stands. */
static const char *folder_of_file(struct mbp_load *load, const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? "" : mbp_reader_keep(&load->reader, path, (size_t)(slash - path) + 1);
}

static void set_plant(struct mbp_load *load, const char *path, struct mbp_text text)
{
    struct mbp_plant *plant = load->plant;
    const struct mbp_plant_def *def = &load->def;
    plant->name = def->name;
    plant->path = mbp_reader_keep(&load->reader, path, strlen(path));
    plant->folder = folder_of_file(load, path);
    plant->recordings = load->own.recordings;
    plant->recording_count = load->own.recording_count;
    plant->scan_ns = def->scan_ns;
    plant->seed = def->seed;
    plant->start_ns = def->start_ns;
    plant->server = def->server.options;
    plant->instructor = def->instructor;
    plant->http_listen = def->http.listen;
    plant->http_named = def->http.listen == NULL || mbp_def_has(&def->http.def, MBP_HTTP_LISTEN);
    plant->http_token_file = def->http.token_file;
    plant->mqtt = def->mqtt.options;
    plant->journal = def->journal.options;
    plant->samples_max_bytes = def->samples.max_bytes;
    plant->policy = def->policy.policy;
    plant->identity = def->identity.identity;
    struct mbp_plant_memory *memory = plant->memory;
    plant->text.bytes = mbp_arena_text(&memory->text, text.bytes, text.len);
    load->reader.out_of_memory = load->reader.out_of_memory || plant->text.bytes == NULL;
    plant->text.len = text.len;
    plant->text_crc = mbp_crc32(0, text.bytes, text.len);
}

/* In the order of the lines. */
static void keep_warnings(struct mbp_load *load, const char *path)
{
    struct mbp_buffer text;
    if (mbp_buffer_open(&text)) {
        mbp_errors_write(load->reader.warnings, path, text.out);
    }
    char *lines = mbp_buffer_close(&text);
    load->plant->warnings = lines != NULL ? mbp_reader_keep(&load->reader, lines, strlen(lines)) : "";
    load->reader.out_of_memory = load->reader.out_of_memory || lines == NULL;
    free(lines);
}

/* Each step works on what the one before could make of the file, so that later kinds of errors are found as well. */
static enum mbp_status build(struct mbp_load *load, const char *path, struct mbp_text text)
{
    struct mbp_errors *errors = load->reader.errors;
    const struct mbp_node *root = NULL;
    if (text.len > MBP_PLANT_FILE_MAX) {
        mbp_errors_add(errors, 1, 1, "the file is larger than %u MiB; let 'repeat' write what is alike",
                       MBP_PLANT_FILE_MAX >> 20);
        return MBP_ERR_FORMAT;
    }
    load->reader.text = text;
    enum mbp_status status = mbp_tree_parse(text, load->reader.scratch, errors, &root);
    if (status != MBP_OK) {
        return status;
    }
    if (!mbp_read_map(&load->reader, root, &mbp_plant_schema, &load->def)) {
        mbp_reader_tell(&load->reader, root,
                        "this is no plant file; a plant file is keys with values and starts with 'mbplant: 1'");
        return MBP_ERR_FORMAT;
    }
    if (load->reader.out_of_memory) {
        return MBP_ERR_MEMORY;
    }
    mbp_check_names(load);
    mbp_resolve_operators(&load->reader, &load->def, &load->plant->operators);
    status = mbp_check_budget(load);
    if (status == MBP_OK) {
        status = mbp_expand(load);
    }
    if (status == MBP_OK) {
        status = mbp_resolve(load);
    }
    if (status == MBP_OK) {
        status = mbp_compile_formulas(load);
    }
    if (status == MBP_OK) {
        mbp_list_duties(load);
    }
    if (status == MBP_OK) {
        status = mbp_layout(load);
    }
    if (status != MBP_OK) {
        return status;
    }
    set_plant(load, path, text);
    keep_warnings(load, path);
    if (!load->reader.out_of_memory) {
        mbp_set_public_text(load, root);
    }
    return load->reader.out_of_memory ? MBP_ERR_MEMORY : errors->count != 0 ? MBP_ERR_FORMAT : MBP_OK;
}

/* The plant stands in the arena that it owns. */
static struct mbp_plant *plant_new(void)
{
    struct mbp_plant_memory *memory = calloc(1, sizeof *memory);
    if (memory == NULL) {
        return NULL;
    }
    struct mbp_plant *plant = mbp_arena_array(&memory->arena, 1, sizeof *plant);
    if (plant == NULL) {
        free(memory);
        return NULL;
    }
    plant->memory = memory;
    return plant;
}

static enum mbp_status parse(const char *path, struct mbp_text text, bool remote, FILE *errors, struct mbp_plant **out)
{
    enum mbp_status status = MBP_ERR_MEMORY;
    struct mbp_arena scratch = {0};
    struct mbp_load *load = calloc(1, sizeof *load);
    struct mbp_errors *list = calloc(1, sizeof *list);
    struct mbp_errors *warnings = calloc(1, sizeof *warnings);
    struct mbp_plant *plant = plant_new();
    if (load == NULL || list == NULL || warnings == NULL || plant == NULL) {
        goto out;
    }
    load->plant = plant;
    plant->remote = remote;
    load->reader = (struct mbp_reader){.keep = &((struct mbp_plant_memory *)plant->memory)->arena,
                                       .scratch = &scratch,
                                       .errors = list,
                                       .warnings = warnings,
                                       .own = &load->own};
    status = build(load, path, text);
    mbp_errors_write(list, path, errors);
    if (status == MBP_OK) {
        *out = plant;
        plant = NULL;
    }

out:
    if (status == MBP_ERR_MEMORY) {
        fprintf(errors, "%s: not enough memory for this plant\n", path);
    }
    mbp_plant_free(plant);
    free(list);
    free(warnings);
    free(load);
    mbp_arena_free(&scratch);
    return status;
}

enum mbp_status mbp_plant_parse(const char *path, struct mbp_text text, FILE *errors, struct mbp_plant **out)
{
    return parse(path, text, false, errors, out);
}

enum mbp_status mbp_plant_parse_remote(const char *path, struct mbp_text text, FILE *errors, struct mbp_plant **out)
{
    return parse(path, text, true, errors, out);
}

enum mbp_status mbp_plant_load(const char *path, FILE *errors, struct mbp_plant **out)
{
    char *bytes = NULL;
    size_t len = 0;
    enum mbp_status status = mbp_file_read(path, MBP_PLANT_FILE_MAX, &bytes, &len);
    if (status == MBP_ERR_MEMORY) {
        fprintf(errors, mbp_tr("%s: not enough memory to read it\n"), path);
        return status;
    }
    if (status != MBP_OK) {
        fprintf(errors, mbp_tr("%s: cannot be read: %s\n"), path, mbp_file_why(status));
        return MBP_ERR_IO;
    }
    status = mbp_plant_parse(path, (struct mbp_text){bytes, len}, errors, out);
    free(bytes);
    return status;
}

void mbp_plant_drop_text(struct mbp_plant *plant)
{
    struct mbp_plant_memory *memory = plant->memory;
    if (plant->text.len <= MBP_PLANT_WIRE_TEXT_MAX) {
        return;
    }
    if (plant->public_text.len > MBP_PLANT_WIRE_TEXT_MAX) {
        plant->public_text.bytes = NULL;
    }
    plant->text.bytes = NULL;
    mbp_arena_free(&memory->text);
}

void mbp_plant_free(struct mbp_plant *plant)
{
    if (plant == NULL) {
        return;
    }
    struct mbp_plant_memory *memory = plant->memory;
    mbp_free_formulas(plant);
    mbp_arena_free(&memory->arena);
    mbp_arena_free(&memory->text);
    free(memory);
}
