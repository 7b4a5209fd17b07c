/* watchdog: what becomes of a value that a master has stopped writing: the keys, and who has them. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "load.h"
#include "mbplant/codec.h"
#include "scalar.h"

static const char *const words[] = {[MBP_LOSS_HOLD] = "hold", [MBP_LOSS_FAIL] = "fail", [MBP_LOSS_ZERO] = "zero"};

MBP_READER(mbp_read_on_loss)
{
    (void)reader, (void)field;
    struct mbp_loss_def *loss = at;
    const char *text = mbp_node_text(node);
    for (unsigned i = 0; text != NULL && i < MBP_COUNT_OF(words); i++) {
        if (strcmp(text, words[i]) == 0) {
            loss->to = (enum mbp_on_loss)i;
            return MBP_READING_OK;
        }
    }
    loss->to = MBP_LOSS_NUMBER;
    return text != NULL && mbp_scalar_number(text, &loss->number) ? MBP_READING_OK : MBP_READING_WRONG;
}

void mbp_print_on_loss(FILE *out, const void *at)
{
    const struct mbp_loss_def *loss = at;
    if (loss->to == MBP_LOSS_NUMBER)
        mbp_print_number(out, "", loss->number);
    else
        fputs(words[loss->to], out);
}

/* Whether the value that it becomes is within its ends. */
static void check_number(struct mbp_load *load, const struct mbp_def *def, const struct mbp_loss_def *loss, double low,
                         double high)
{
    double number = loss->to == MBP_LOSS_ZERO ? 0 : loss->number;
    char text[3][32];
    bool any = loss->to == MBP_LOSS_NUMBER || loss->to == MBP_LOSS_ZERO;
    if (any && !(number >= low && number <= high))
        mbp_reader_tell(&load->reader, mbp_def_node(def, "on_loss"), "'on_loss' is %s, outside the range %s..%s",
                        mbp_scalar_format(number, text[0], sizeof text[0]),
                        mbp_scalar_format(low, text[1], sizeof text[1]),
                        mbp_scalar_format(high, text[2], sizeof text[2]));
}

static struct mbp_watchdog watchdog_of(const struct mbp_watchdog_def *def, uint32_t actuator, uint32_t stored)
{
    return (struct mbp_watchdog){def->after_ns, def->on_loss.number, actuator, stored, (uint8_t)def->on_loss.to};
}

/* `on_loss` alone watches nothing. */
static bool is_wanted(struct mbp_load *load, const struct mbp_def *def, const struct mbp_watchdog_def *watchdog,
                      unsigned on_loss)
{
    if (watchdog->after_ns == 0 && mbp_def_has(def, on_loss))
        mbp_reader_tell(&load->reader, mbp_def_node(def, "on_loss"),
                        "'on_loss' needs a 'watchdog': the longest time between two writes of a master");
    return watchdog->after_ns != 0;
}

static void add_actuators(struct mbp_load *load, struct mbp_watchdog *watchdogs, uint32_t *count)
{
    for (uint32_t a = 0; a < load->plant->actuator_count; a++) {
        const struct mbp_actuator_def *def = load->actuator_origins[a].def;
        if (!is_wanted(load, &def->def, &def->watchdog, MBP_ACTUATOR_ON_LOSS))
            continue;
        watchdogs[(*count)++] = watchdog_of(&def->watchdog, a, UINT32_MAX);
        load->actuators[a].watchdog = *count;
        if (def->range_right)
            check_number(load, &def->def, &def->watchdog.on_loss, load->actuators[a].range[0],
                         load->actuators[a].range[1]);
    }
}

static void add_stored(struct mbp_load *load, struct mbp_watchdog *watchdogs, uint32_t *count)
{
    for (uint32_t s = 0; s < load->plant->stored_count; s++) {
        const struct mbp_point_def *def = load->stored_defs[s];
        double low = 0;
        double high = 1;
        if (def->watchdog.after_ns == 0)
            continue;
        watchdogs[(*count)++] = watchdog_of(&def->watchdog, UINT32_MAX, s);
        load->stored[s].watchdog = *count;
        if (load->stored[s].reg.type != MBP_BOOL)
            mbp_register_range(&load->stored[s].reg, &low, &high);
        check_number(load, &def->def, &def->watchdog.on_loss, low, high);
    }
}

/* A point that holds no value of its own has none to watch; one in a table that no master writes is never written. */
static void check_points(struct mbp_load *load)
{
    for (uint32_t p = 0; p < load->plant->point_count; p++) {
        const struct mbp_point_def *def = load->point_origins[p].def;
        if (!is_wanted(load, &def->def, &def->watchdog, MBP_POINT_ON_LOSS))
            continue;
        if (!mbp_def_has(&def->def, MBP_POINT_VALUE) || load->points[p].reg.type == MBP_STRING)
            mbp_reader_tell(&load->reader, mbp_def_node(&def->def, "watchdog"),
                            "'watchdog' is for a point with a number as its 'value', or for an actuator");
        else if (!load->points[p].writable)
            mbp_reader_tell(&load->reader, mbp_def_node(&def->def, "watchdog"),
                            "no master writes this point; remove 'watchdog'");
        if (def->watchdog.on_loss.to == MBP_LOSS_FAIL)
            mbp_reader_tell(&load->reader, mbp_def_node(&def->def, "on_loss"),
                            "a point has no fail position; allowed is hold, zero or a number");
    }
}

void mbp_resolve_watchdogs(struct mbp_load *load)
{
    struct mbp_plant *plant = load->plant;
    size_t room = (size_t)plant->actuator_count + plant->stored_count;
    struct mbp_watchdog *watchdogs = mbp_reader_array(&load->reader, load->reader.scratch, room, sizeof *watchdogs);
    if (watchdogs == NULL)
        return;
    check_points(load);
    add_actuators(load, watchdogs, &plant->watchdog_count);
    add_stored(load, watchdogs, &plant->watchdog_count);
    struct mbp_watchdog *kept = mbp_reader_array(&load->reader, load->reader.keep, plant->watchdog_count, sizeof *kept);
    if (kept != NULL && plant->watchdog_count > 0)
        memcpy(kept, watchdogs, plant->watchdog_count * sizeof *kept);
    plant->watchdogs = kept;
}
