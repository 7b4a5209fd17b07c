/* One run of mbplantctl: the connection and the plant, made when something needs them, and how their failures read. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"
#include "slave/names.h"
#include "slave/refusal.h"

#define UNIT_OF_NO_GATEWAY 255

void ctl_error(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("mbplantctl: ", stderr);
    mbp_text_vprint(stderr, format, args);
    putc('\n', stderr);
    va_end(args);
}

void ctl_say(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    mbp_text_vprint(stdout, format, args);
    va_end(args);
}

void ctl_say_painted(const struct ctl *ctl, enum mbp_paint paint, const char *text)
{
    fputs(ctl->colour ? mbp_paint_code(paint) : "", stdout);
    ctl_say("%s", text);
    fputs(ctl->colour ? "\033[0m" : "", stdout);
}

struct ctl_link *ctl_link(struct ctl *ctl)
{
    if (ctl->link != NULL)
        return ctl->link;
    const struct ctl_target *target = &ctl->options->target;
    char why[256];
    if (ctl_link_open(target, why, sizeof why, &ctl->link) != MBP_OK)
        ctl_error("cannot connect to %s: %s", ctl_target_text(target), why);
    if (ctl->link != NULL)
        ctl_link_say(ctl->link, &ctl->options->said);
    return ctl->link;
}

uint8_t ctl_any_unit(const struct ctl *ctl)
{
    const struct mbp_wire *wire = ctl->options->target.wire;
    bool line = wire != NULL && wire->framing != MBP_FRAMING_MBAP; /* which answers none but its own units */
    return ctl->options->unit >= 0 ? (uint8_t)ctl->options->unit : line ? 1 : UNIT_OF_NO_GATEWAY;
}

uint8_t ctl_raw_unit(const struct ctl *ctl)
{
    return ctl->options->unit >= 0 ? (uint8_t)ctl->options->unit : 1;
}

const char *ctl_why(struct ctl *ctl, enum mbp_status status, char *buf, size_t size)
{
    const struct ctl_target *target = &ctl->options->target;
    if (status == MBP_ERR_IO && ctl->link != NULL)
        snprintf(buf, size, "%s: %s", ctl_target_text(target), ctl_link_error(ctl->link));
    else if (status > 0)
        snprintf(buf, size, "refused with exception %02X: %s", (unsigned)status, ctl_exception_reason(status, false));
    else if (status == MBP_ERR_NEWER)
        snprintf(buf, size,
                 "%s is no mbplant, or one of another version: its input register 0 is not the version "
                 "of a register map that this mbplantctl (%s) knows",
                 ctl_target_text(target), MBP_VERSION);
    else
        snprintf(buf, size, "%s", mbp_status_text(status));
    return buf;
}

enum ctl_exit ctl_fail(struct ctl *ctl, enum mbp_status status, const char *doing)
{
    char why[512];
    ctl_error("%s: %s", doing, ctl_why(ctl, status, why, sizeof why));
    return CTL_FAILED;
}

enum ctl_exit ctl_fail_to_learn(struct ctl *ctl, enum mbp_status status)
{
    static const char advice[] = "read and write work by raw address (mbplantctl read hr:0), the rest needs the plant: "
                                 "--plant FILE";
    const struct ctl_target *target = &ctl->options->target;
    if (status > 0)
        ctl_error("%s does not tell its plant (file %d: exception %02X, %s): no mbplant, or one whose plant file "
                  "is too long for Modbus; %s",
                  ctl_target_text(target), MBP_PLANT_FIRST_FILE, (unsigned)status, mbp_status_text(status), advice);
    else if (status == MBP_ERR_CORRUPT)
        ctl_error("%s has a file %d, but it is no plant file (its length or CRC does not fit); %s",
                  ctl_target_text(target), MBP_PLANT_FIRST_FILE, advice);
    else if (status == MBP_ERR_IO && !ctl_link_answered(ctl->link))
        ctl_error("%s: %s", ctl_target_text(target), ctl_link_error(ctl->link));
    else if (status == MBP_ERR_IO)
        ctl_error("%s does not tell its plant: %s (is it a mbplant?); %s", ctl_target_text(target),
                  ctl_link_error(ctl->link), advice);
    else
        ctl_fail(ctl, status, "learning the plant");
    return CTL_FAILED;
}

/* Parses what the slave told; its messages name the slave instead of a file. */
static enum mbp_status parse_learned(struct ctl *ctl, char *bytes, size_t len)
{
    const struct ctl_target *target = &ctl->options->target;
    char name[128];
    snprintf(name, sizeof name, "%s/file %d", ctl_target_text(target), MBP_PLANT_FIRST_FILE);
    struct mbp_text text = {bytes, len};
    return mbp_plant_parse(name, text, stderr, &ctl->plant);
}

static void learn(struct ctl *ctl, uint8_t unit)
{
    if (ctl_link(ctl) == NULL)
        return;
    char *text = NULL;
    size_t len = 0;
    enum mbp_status status = ctl_learn_text(ctl->link, unit, &text, &len);
    if (status != MBP_OK) {
        ctl_fail_to_learn(ctl, status);
        return;
    }
    if (parse_learned(ctl, text, len) != MBP_OK)
        ctl_error("this mbplantctl (%s) does not understand the slave's plant file; is mbplantd of another version?",
                  MBP_VERSION);
    free(text);
}

const struct mbp_plant *ctl_plant(struct ctl *ctl)
{
    return ctl_plant_of(ctl, ctl_any_unit(ctl));
}

const struct mbp_plant *ctl_plant_of(struct ctl *ctl, uint8_t unit)
{
    if (ctl->plant != NULL)
        return ctl->plant;
    if (ctl->options->plant_path == NULL)
        learn(ctl, unit);
    else
        mbp_plant_load(ctl->options->plant_path, stderr, &ctl->plant); /* says itself what is wrong */
    return ctl->plant;
}

void ctl_close(struct ctl *ctl)
{
    ctl_link_close(ctl->link);
    mbp_plant_free(ctl->plant);
    ctl_names_free(ctl);
    ctl->link = NULL;
    ctl->plant = NULL;
}
