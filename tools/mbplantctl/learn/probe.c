/* probe: one question after the other to a device that nobody knows. */
#include "learn/probe.h"

#include <signal.h>
#include <string.h>
#include <time.h>

#include "mbplant/functions.h"

#define ATTEMPTS      3
#define BUSY_ATTEMPTS 8
#define CODE_BASIC    1u /* of FC 43/14: basic, regular, extended (V1.1b3 6.21) */
#define CODE_EXTENDED 3u

static volatile sig_atomic_t interrupted;

void probe_interrupt(void)
{
    interrupted = 1;
    ctl_link_interrupt();
}

uint64_t probe_now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * MBP_NS_PER_S + (uint64_t)now.tv_nsec;
}

void probe_begin(struct probe *probe, struct ctl *ctl, uint32_t rate)
{
    *probe = (struct probe){.ctl = ctl, .unit = ctl_raw_unit(ctl), .pause_ns = MBP_NS_PER_S / rate};
    interrupted = 0;
}

static void wait_for_turn(struct probe *probe)
{
    uint64_t now = probe_now_ns();
    if (probe->next_ns > now) {
        uint64_t rest = probe->next_ns - now;
        struct timespec pause = {(time_t)(rest / MBP_NS_PER_S), (long)(rest % MBP_NS_PER_S)};
        nanosleep(&pause, NULL);
        now = probe->next_ns;
    }
    probe->next_ns = now + probe->pause_ns;
    probe->requests++;
}

static enum mbp_status give_up(struct probe *probe, const char *why)
{
    const struct ctl_target *target = &probe->ctl->options->target;
    probe->over = true;
    snprintf(probe->why, sizeof probe->why, ctl_tr("%s, unit %u: %.200s"), ctl_target_text(target), probe->unit,
             interrupted ? "interrupted" : why);
    return MBP_ERR_IO;
}

/* A connection that failed is of no use; the next question makes a new one. */
static void hang_up(struct probe *probe, char why[256])
{
    snprintf(why, 256, "%s", ctl_link_error(probe->ctl->link));
    probe->answered = probe->answered || ctl_link_answered(probe->ctl->link);
    ctl_link_close(probe->ctl->link);
    probe->ctl->link = NULL;
}

typedef enum mbp_status (*ask_fn)(struct probe *probe, void *question);

static enum mbp_status ask_once(struct probe *probe, ask_fn ask, void *question, char why[256])
{
    struct ctl *ctl = probe->ctl;
    wait_for_turn(probe);
    if (ctl->link == NULL && ctl_link_open(&ctl->options->target, why, 256, &ctl->link) != MBP_OK)
        return MBP_ERR_IO;
    enum mbp_status status = ask(probe, question);
    if (status < 0)
        hang_up(probe, why);
    else
        probe->answered = true;
    return status;
}

static bool is_busy(enum mbp_status status)
{
    return status == MBP_EX_ACKNOWLEDGE || status == MBP_EX_SERVER_DEVICE_BUSY;
}

static enum mbp_status ask_patiently(struct probe *probe, ask_fn ask, void *question, char why[256])
{
    enum mbp_status status = MBP_ERR_IO;
    unsigned failed = 0;
    unsigned busy = 0;
    while (!interrupted && failed < ATTEMPTS && busy < BUSY_ATTEMPTS) {
        status = ask_once(probe, ask, question, why);
        if (status >= 0 && !is_busy(status))
            return status;
        failed += status < 0;
        busy += status > 0;
        probe->next_ns += probe->pause_ns << busy;
    }
    if (status > 0)
        snprintf(why, 256, ctl_tr("it is busy again and again (exception %02X)"), (unsigned)status);
    return MBP_ERR_IO;
}

/* ---- tables ------------------------------------------------------------------------------------------------------ */

/* Not by libmodbus: of an exception that the specification does not have it would not say the code. */
struct table_question {
    uint8_t function;
    uint32_t addr, count;
    uint16_t *words;
    bool asked;
};

static uint8_t function_that_reads(enum mbp_table table)
{
    uint8_t code = 1;
    while (mbp_function(code)->table != table || mbp_function(code)->read.count_at == 0)
        code++;
    return code;
}

static size_t table_request(void *ctx, uint8_t *pdu)
{
    struct table_question *of = ctx;
    if (of->asked)
        return 0;
    of->asked = true;
    pdu[0] = of->function;
    pdu[1] = (uint8_t)(of->addr >> 8);
    pdu[2] = (uint8_t)of->addr;
    pdu[3] = (uint8_t)(of->count >> 8);
    pdu[4] = (uint8_t)of->count;
    return 5;
}

static enum mbp_status table_reply(void *ctx, struct ctl_link *link, const uint8_t *pdu, size_t len, bool *more)
{
    struct table_question *of = ctx;
    const struct mbp_function *function = mbp_function(of->function);
    size_t bytes = mbp_function_data_len(function, of->count);
    if (len != 2 + bytes || pdu[0] != of->function || pdu[1] != bytes)
        return ctl_link_fail(link, "the reply does not fit the request");
    const uint8_t *data = pdu + 2;
    for (uint32_t i = 0; i < of->count; i++)
        of->words[i] = mbp_table_is_bits(function->table) ? data[i / 8] >> i % 8 & 1
                                                          : (uint16_t)(data[2 * i] << 8 | data[2 * i + 1]);
    *more = false;
    return MBP_OK;
}

static enum mbp_status ask_table(struct probe *probe, void *question)
{
    struct table_question *of = question;
    struct ctl_dialogue dialogue = {table_request, table_reply, of};
    of->asked = false;
    return ctl_converse(probe->ctl->link, probe->unit, &dialogue);
}

enum mbp_status probe_read(struct probe *probe, enum mbp_table table, uint32_t addr, uint32_t count, uint16_t *words)
{
    char why[256] = "";
    struct table_question question = {function_that_reads(table), addr, count, words, false};
    if (probe->over)
        return MBP_ERR_IO;
    enum mbp_status status = ask_patiently(probe, ask_table, &question, why);
    if (status < 0)
        return give_up(probe, why);
    if (status == MBP_EX_GATEWAY_PATH_UNAVAILABLE || status == MBP_EX_GATEWAY_TARGET_FAILED) {
        snprintf(why, sizeof why,
                 ctl_tr("a gateway says that there is no such unit (exception %02X); -u names another"),
                 (unsigned)status);
        return give_up(probe, why);
    }
    if (status != MBP_OK && !mbp_exception_known((uint8_t)status))
        probe->strange = (uint8_t)status;
    return status;
}

/* ---- identity ---------------------------------------------------------------------------------------------------- */

struct identity {
    struct probe_object *objects;
    unsigned count, max;
    uint8_t code, next;
    bool asked, more;
};

static size_t identity_request(void *ctx, uint8_t *pdu)
{
    struct identity *identity = ctx;
    if (identity->asked)
        return 0;
    identity->asked = true;
    pdu[0] = 0x2B;
    pdu[1] = 0x0E;
    pdu[2] = identity->code;
    pdu[3] = identity->next;
    return 4;
}

static void take_object(struct identity *identity, const uint8_t *bytes)
{
    struct probe_object *object = &identity->objects[identity->count];
    for (unsigned o = 0; o < identity->count; o++) {
        if (identity->objects[o].id == bytes[0])
            return;
    }
    if (identity->count == identity->max || bytes[1] > sizeof object->bytes)
        return;
    object->id = bytes[0];
    object->len = bytes[1];
    memcpy(object->bytes, bytes + 2, bytes[1]);
    identity->count++;
}

static enum mbp_status identity_reply(void *ctx, struct ctl_link *link, const uint8_t *pdu, size_t len, bool *more)
{
    struct identity *identity = ctx;
    if (len < 7 || pdu[0] != 0x2B || pdu[1] != 0x0E)
        return ctl_link_fail(link, "the reply does not fit the request");
    size_t at = 7;
    for (unsigned o = 0; o < pdu[6]; o++) {
        if (at + 2 > len || at + 2 + pdu[at + 1] > len)
            return ctl_link_fail(link, "an object of the identification ends behind the reply");
        take_object(identity, pdu + at);
        at += 2u + pdu[at + 1];
    }
    identity->more = pdu[4] == 0xFF && pdu[5] > identity->next;
    identity->next = pdu[5];
    *more = false;
    return MBP_OK;
}

static enum mbp_status ask_identity(struct probe *probe, void *question)
{
    struct identity *identity = question;
    struct ctl_dialogue dialogue = {identity_request, identity_reply, identity};
    identity->asked = false;
    return ctl_converse(probe->ctl->link, probe->unit, &dialogue);
}

/* A device may not know the function, or fall silent at it: then it has no identity, and nothing is over. */
unsigned probe_identity(struct probe *probe, struct probe_object *objects, unsigned max)
{
    struct identity identity = {.objects = objects, .max = max};
    for (unsigned code = CODE_BASIC; code <= CODE_EXTENDED && !probe->over; code++) {
        char why[256];
        identity.code = (uint8_t)code;
        identity.next = code == CODE_EXTENDED ? 0x80 : 0;
        identity.more = true;
        while (identity.more && !interrupted) {
            identity.more = false;
            if (ask_once(probe, ask_identity, &identity, why) != MBP_OK)
                return identity.count;
        }
    }
    return identity.count;
}
