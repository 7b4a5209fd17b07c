/* sim parameter: the plant's parameters, which expressions know by name: listed, and changed. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mbplant/codec.h"
#include "mbplant/point.h"
#include "slave/effect.h"
#include "verbs/sim/sim.h"

#define WORDS MBP_SIM_PARAMETER_WORDS
#define EACH  30u /* parameters of one read */

/* Those from first on; words has room for count of them. */
static enum mbp_status read_some(struct ctl_link *link, uint32_t first, uint32_t count, uint16_t *words)
{
    enum mbp_status status = MBP_OK;
    for (uint32_t p = 0; p < count && status == MBP_OK; p += EACH) {
        uint32_t some = count - p < EACH ? count - p : EACH;
        status = ctl_read(link, MBP_INSTRUCTOR_UNIT, MBP_HOLDING_REGISTERS,
                          (uint16_t)(MBP_SIM_HR_PARAMETERS + WORDS * (first + p)), (uint16_t)(WORDS * some),
                          words + (size_t)WORDS * p);
    }
    return status;
}

static double number_of(const uint16_t *words)
{
    return mbp_codec_decode(MBP_FLOAT64, MBP_ABCD, 1.0, words);
}

static void print_one(const struct mbp_plant *plant, uint32_t parameter, const uint16_t *words)
{
    const struct mbp_stored *stored = &plant->stored[plant->parameters[parameter]];
    double in_file = mbp_register_of_bits(&stored->reg, stored->initial);
    double now = number_of(words);
    char text[32];
    ctl_say("%s = %s", stored->name, ctl_number(now, 15, text, sizeof text));
    if (now < in_file || now > in_file)
        ctl_say("  (%s in the plant file)", ctl_number(in_file, 15, text, sizeof text));
    ctl_say("\n");
}

static enum ctl_exit list(struct ctl *ctl, const struct mbp_plant *plant, uint32_t first, uint32_t count)
{
    uint16_t *words = calloc((size_t)count + 1, WORDS * sizeof *words);
    if (words == NULL)
        return ctl_fail(ctl, MBP_ERR_MEMORY, "sim parameter");
    enum mbp_status status = read_some(ctl->link, first, count, words);
    for (uint32_t p = 0; p < count && status == MBP_OK; p++)
        print_one(plant, first + p, words + (size_t)WORDS * p);
    free(words);
    if (status == MBP_OK && count == 0)
        ctl_say("the plant file has no parameters; a unit's `parameters: {UA: 40}` makes some\n");
    return status == MBP_OK ? CTL_OK : ctl_fail(ctl, status, "the instructor's unit");
}

/* UINT32_MAX, told: there is none of that name. */
static uint32_t find(const struct mbp_plant *plant, const char *name)
{
    const char *names[MBP_PARAMETERS_MAX];
    uint32_t stored = mbp_plant_find_stored(plant, name);
    for (uint32_t p = 0; p < plant->parameter_count; p++) {
        names[p] = plant->stored[plant->parameters[p]].name;
        if (plant->parameters[p] == stored)
            return p;
    }
    const char *near = mbp_nearest(name, names, plant->parameter_count);
    if (near != NULL)
        ctl_error("the plant has no parameter '%s'; did you mean '%s'?", name, near);
    else
        ctl_error("the plant has no parameter '%s'; mbplantctl sim parameter lists them", name);
    return UINT32_MAX;
}

static enum ctl_exit change(struct ctl *ctl, const struct mbp_plant *plant, uint32_t parameter, const char *text)
{
    static const char refused[] = "the slave refused that value";
    char *end;
    double value = strtod(text, &end);
    uint16_t words[WORDS];
    if (end == text || *end != '\0' || !isfinite(value)) {
        ctl_error("sim parameter: '%s' is no number", text);
        return CTL_USAGE;
    }
    mbp_codec_encode(MBP_FLOAT64, MBP_ABCD, 1.0, value, words);
    enum ctl_exit code = ctl_sim_write(ctl, MBP_HOLDING_REGISTERS,
                                       (uint16_t)(MBP_SIM_HR_PARAMETERS + WORDS * parameter), WORDS, words, refused);
    return code == CTL_OK ? list(ctl, plant, parameter, 1) : code;
}

/* Parameters are numbered in the file's order: those of another file (--plant) would be others. A plant that is too
 * large to be told is taken at its word. */
static bool is_of_slave(struct ctl *ctl, const struct mbp_plant *plant)
{
    uint16_t header[4];
    enum mbp_status status =
        ctl_read_file(ctl->link, MBP_INSTRUCTOR_UNIT, MBP_PLANT_FIRST_FILE, 0, sizeof header / sizeof *header, header);
    if (ctl->options->plant_path == NULL || status == MBP_EX_ILLEGAL_DATA_ADDRESS)
        return true;
    if (status != MBP_OK) {
        ctl_fail(ctl, status, "the slave's plant file");
        return false;
    }
    if (mbp_words_u32(header) == plant->text.len && mbp_words_u32(header + 2) == plant->text_crc)
        return true;
    ctl_error("sim parameter: %s is not the plant file that the slave runs; leave --plant out, and the slave tells it",
              ctl->options->plant_path);
    return false;
}

enum ctl_exit ctl_sim_parameter(struct ctl *ctl)
{
    const struct ctl_options *options = ctl->options;
    struct ctl_sim sim = {0};
    enum ctl_exit code = ctl_sim_read(ctl, &sim);
    const struct mbp_plant *plant = code == CTL_OK ? ctl_plant_of(ctl, MBP_INSTRUCTOR_UNIT) : NULL;
    if (plant == NULL)
        return code == CTL_OK ? CTL_FAILED : code;
    if (!is_of_slave(ctl, plant))
        return CTL_FAILED;
    if (options->argc == 1)
        return list(ctl, plant, 0, plant->parameter_count);
    uint32_t parameter = find(plant, options->argv[1]);
    if (parameter == UINT32_MAX)
        return CTL_USAGE;
    return options->argc == 2 ? list(ctl, plant, parameter, 1) : change(ctl, plant, parameter, options->argv[2]);
}
