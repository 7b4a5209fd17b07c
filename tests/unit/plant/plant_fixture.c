/* The fixture's making. */
#include "plant_fixture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ERRORS_MAX (64 << 10)

static struct mbp_plant *load(const char *dir, const char *name)
{
    char path[512], said[2048] = "";
    struct mbp_plant *plant = NULL;
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *errors = fmemopen(said, sizeof said, "w");
    assert_non_null(errors);
    enum mbp_status status = mbp_plant_load(path, errors, &plant);
    fclose(errors);
    if (status != MBP_OK) {
        fail_msg("%s does not load:\n%s", path, said);
    }
    assert_string_equal(said, "");
    return plant;
}

struct mbp_plant *plant_of_file(const char *name)
{
    return load(MBP_TEST_DATA "/plant", name);
}

struct mbp_plant *plant_of_config(const char *name)
{
    return load(MBP_CONFIG_DIR, name);
}

struct mbp_plant *plant_of_text(const char *yaml)
{
    char said[2048] = "";
    struct mbp_plant *plant = NULL;
    FILE *errors = fmemopen(said, sizeof said, "w");
    assert_non_null(errors);
    enum mbp_status status = mbp_plant_parse("test.yaml", (struct mbp_text){yaml, strlen(yaml)}, errors, &plant);
    fclose(errors);
    if (status != MBP_OK) {
        fail_msg("the text does not load:\n%s", said);
    }
    return plant;
}

/* Takes `PATH:` from the start of each line. */
static void strip(char *text, const char *path)
{
    size_t len = strlen(path);
    char *from = text, *to = text;
    while (*from != '\0') {
        if (strncmp(from, path, len) != 0 || from[len] != ':') {
            fail_msg("a line does not start with the path %s: %s", path, from);
        }
        from += len + 1;
        size_t line = strcspn(from, "\n") + 1;
        memmove(to, from, line);
        from += line;
        to += line;
    }
    *to = '\0';
}

static const char *errors_of(const char *path, struct mbp_text text)
{
    static char said[ERRORS_MAX];
    struct mbp_plant *const untouched = (struct mbp_plant *)&said;
    struct mbp_plant *plant = untouched;
    memset(said, 0, sizeof said);
    FILE *errors = fmemopen(said, sizeof said, "w");
    assert_non_null(errors);
    enum mbp_status status =
        text.bytes != NULL ? mbp_plant_parse(path, text, errors, &plant) : mbp_plant_load(path, errors, &plant);
    fclose(errors);
    assert_int_equal(status, MBP_ERR_FORMAT);
    assert_ptr_equal(plant, untouched);
    strip(said, path);
    return said;
}

const char *errors_of_text(const char *yaml)
{
    return errors_of("test.yaml", (struct mbp_text){yaml, strlen(yaml)});
}

const char *errors_of_bytes(const char *bytes, size_t len)
{
    return errors_of("test.yaml", (struct mbp_text){bytes, len});
}

const char *errors_of_file(const char *name)
{
    char path[512];
    snprintf(path, sizeof path, "%s/plant/%s", MBP_TEST_DATA, name);
    return errors_of(path, (struct mbp_text){NULL, 0});
}

static char *printed(const struct mbp_plant *plant, void (*print)(const struct mbp_plant *plant, FILE *out))
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    assert_non_null(out);
    print(plant, out);
    fclose(out);
    return text;
}

char *config_of(const struct mbp_plant *plant)
{
    return printed(plant, mbp_plant_print_config);
}

char *summary_of(const struct mbp_plant *plant)
{
    return printed(plant, mbp_plant_print_summary);
}

const struct mbp_sensor *sensor_of(const struct mbp_plant *plant, const char *name)
{
    uint32_t s = mbp_plant_find_sensor(plant, name);
    assert_int_not_equal(s, UINT32_MAX);
    return &plant->sensors[s];
}

void assert_same_number(double actual, double expected)
{
    if (isnan(expected)) {
        assert_true(isnan(actual));
        return;
    }
    if (actual < expected || actual > expected || isnan(actual)) {
        fail_msg("%.17g is not %.17g", actual, expected);
    }
}
