/* Fuzzes the plant file: any text gives a plant or messages, never anything else. A plant that loads prints a
 * configuration that loads again and prints the same. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mbplant/image.h"
#include "mbplant/map.h"
#include "target.h"

/* What --print-config writes; free it. */
static struct mbp_text print_config(const struct mbp_plant *plant)
{
    char *bytes = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&bytes, &len);
    if (out == NULL)
        abort();
    mbp_plant_print_config(plant, out);
    fclose(out);
    return (struct mbp_text){bytes, len};
}

static int count_point(const struct mbp_point *point, void *ctx)
{
    size_t *count = ctx;
    if (point->count == 0 || point->addr + point->count > 65536)
        abort();
    *count += point->count;
    return 0;
}

/* Everything that is done with a plant before it runs. */
static void use(const struct mbp_plant *plant)
{
    size_t points = 0;
    struct mbp_image *image = NULL;
    FILE *nowhere = fopen("/dev/null", "w");
    if (nowhere == NULL)
        abort();
    mbp_plant_print_summary(plant, nowhere);
    fclose(nowhere);
    for (uint32_t u = 0; u < plant->unit_count; u++)
        mbp_map_points(plant, u, count_point, &points);
    if (mbp_image_new(plant, &image) == MBP_OK)
        mbp_image_free(image);
}

static void check_config_round_trip(const struct mbp_plant *plant)
{
    struct mbp_plant *again = NULL;
    struct mbp_text first = print_config(plant);
    if (mbp_plant_parse("config.yaml", first, stderr, &again) != MBP_OK) {
        fprintf(stderr, "--print-config wrote what does not load:\n%.*s\n", (int)first.len, first.bytes);
        abort();
    }
    struct mbp_text second = print_config(again);
    if (first.len != second.len || memcmp(first.bytes, second.bytes, first.len) != 0) {
        fprintf(stderr, "--print-config is not the same plant:\n%.*s\n----\n%.*s\n", (int)first.len, first.bytes,
                (int)second.len, second.bytes);
        abort();
    }
    free((void *)first.bytes);
    free((void *)second.bytes);
    mbp_plant_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mbp_plant *plant = NULL;
    char *messages = NULL;
    size_t len = 0;
    FILE *errors = open_memstream(&messages, &len);
    if (errors == NULL)
        abort();
    enum mbp_status status = mbp_plant_parse("fuzz.yaml", (struct mbp_text){(const char *)data, size}, errors, &plant);
    fclose(errors);
    if (status == MBP_OK) {
        use(plant);
        check_config_round_trip(plant);
        mbp_plant_free(plant);
    } else {
        if (plant != NULL || (status != MBP_ERR_FORMAT && status != MBP_ERR_MEMORY))
            abort();
        target_check_messages(messages);
    }
    free(messages);
    return 0;
}
