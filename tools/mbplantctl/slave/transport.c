/* The connection to a slave, by libmodbus. */
#include "slave/link.h"

#include "french/french.h"
#include "slave/comments.h"
#include "slave/gateway.h"

#include <assert.h>
#include <errno.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SPAN_S_MAX 1e9
#define GATEWAY_MS 50u

double ctl_float(const uint16_t *words)
{
    uint32_t bits = mbp_words_u32(words);
    float number;
    memcpy(&number, &bits, sizeof number);
    return (double)number;
}

uint64_t ctl_span_ns(const uint16_t *words)
{
    double seconds = ctl_float(words);
    return seconds > 0 && seconds <= SPAN_S_MAX ? (uint64_t)(seconds * (double)MBP_NS_PER_S) : 0;
}

void ctl_link_say(struct ctl_link *link, const struct ctl_said *said)
{
    link->said = *said;
    if (said->why == NULL && link->why_stands)
        link->said.why = ""; /* what was said of another command is not said of this one */
}

enum mbp_status ctl_link_speak(struct ctl_link *link, uint8_t unit)
{
    struct ctl_said said = link->said;
    link->said = (struct ctl_said){0};
    if (said.why == NULL && said.who == NULL)
        return MBP_OK;
    enum mbp_status status = ctl_say_first(link, unit, &said);
    if (status != MBP_OK)
        link->said = said;
    else if (said.why != NULL)
        link->why_stands = said.why[0] != '\0';
    return status;
}

void ctl_link_has_single(struct ctl_link *link)
{
    link->has_single = true;
}

const struct ctl_write *ctl_link_last_write(const struct ctl_link *link)
{
    return link->last.count > 0 ? &link->last : NULL;
}

void ctl_link_note_write(struct ctl_link *link, const struct ctl_write *write)
{
    link->last = *write;
}

const char *ctl_link_error(const struct ctl_link *link)
{
    return link->error;
}

enum mbp_status ctl_link_fail(struct ctl_link *link, const char *why)
{
    snprintf(link->error, sizeof link->error, "%s", ctl_tr(why));
    return MBP_ERR_IO;
}

int ctl_link_socket(const struct ctl_link *link)
{
    return modbus_get_socket(link->modbus);
}

bool ctl_link_answered(const struct ctl_link *link)
{
    return link->answered;
}

enum mbp_status ctl_link_fail_closed(struct ctl_link *link)
{
    if (link->answered)
        return ctl_link_fail(link, "the slave closed the connection");
    return ctl_link_fail(link, "the slave closed the connection before it answered anything: it does not serve this "
                               "host (server: access in its plant file), has no room for another master, or is no "
                               "Modbus slave");
}

enum mbp_status ctl_link_fail_timeout(struct ctl_link *link)
{
    char duration[32];
    mbp_duration_format(link->timeout_ms * MBP_NS_PER_MS, duration, sizeof duration);
    snprintf(link->error, sizeof link->error, ctl_tr("no answer within %s"), duration);
    return MBP_ERR_IO;
}

/* What libmodbus put into errno: an exception of the slave, or a failure. */
enum mbp_status ctl_link_fail_errno(struct ctl_link *link)
{
    int code = errno - MODBUS_ENOBASE;
    link->answered = link->answered || code > 0; /* those errors are of what has come */
    if (code >= MBP_EX_ILLEGAL_FUNCTION && code <= MBP_EX_GATEWAY_TARGET_FAILED)
        return (enum mbp_status)code;
    if (errno == ETIMEDOUT || errno == EINPROGRESS)
        return ctl_link_fail_timeout(link);
    if (errno == ECONNRESET || errno == EPIPE)
        return ctl_link_fail_closed(link);
    if (errno == EMBBADDATA || errno == EMBBADEXC || errno == EMBUNKEXC || errno == EMBBADCRC)
        return ctl_link_fail(link, "the reply does not fit the request");
    return ctl_link_fail(link, ctl_tr(modbus_strerror(errno)));
}

static enum mbp_status resolve(const struct ctl_target *target, const char *service, char *error, size_t size)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    int code = getaddrinfo(target->host, service, &hints, &found);
    if (code != 0) {
        snprintf(error, size, ctl_tr("the name cannot be resolved: %s; -H takes a host's name or its IP address"),
                 ctl_tr(gai_strerror(code)));
        return MBP_ERR_IO;
    }
    freeaddrinfo(found);
    return MBP_OK;
}

/* Why there is no connection: what libmodbus, and what the system said before it, left in errno. */
static void explain_no_connection(struct ctl_link *link, char *error, size_t size)
{
    bool nobody = errno == ECONNREFUSED;
    bool silent = errno == ETIMEDOUT || errno == EINPROGRESS;
    ctl_link_fail_errno(link);
    snprintf(error, size, "%s%s", link->error,
             nobody   ? ctl_tr(": nobody listens there; is mbplantd running? -H and -p name another slave")
             : silent ? ctl_tr("; is that host on, and may this one reach it? -H and -p name another slave")
                      : ctl_tr("; -H and -p name another slave"));
}

/* The socket of the connection made last; -1 = none. */
static volatile sig_atomic_t latest = -1;

void ctl_link_interrupt(void)
{
    int saved = errno;
    if (latest >= 0)
        shutdown((int)latest, SHUT_RDWR);
    errno = saved;
}

/* Not connected; NULL = no memory. */
static struct ctl_link *new_link(const char *host, const char *service, uint32_t timeout_ms)
{
    struct ctl_link *link = calloc(1, sizeof *link);
    if (link != NULL)
        link->modbus = modbus_new_tcp_pi(host, service);
    if (link == NULL || link->modbus == NULL) {
        free(link);
        return NULL;
    }
    link->timeout_ms = timeout_ms;
    uint32_t seconds = timeout_ms / 1000;
    uint32_t micros = timeout_ms % 1000 * 1000;
    modbus_set_response_timeout(link->modbus, seconds, micros);
    modbus_set_byte_timeout(link->modbus, seconds, micros);
    return link;
}

enum mbp_status ctl_link_adopt(int socket, uint32_t timeout_ms, struct ctl_link **out)
{
    struct ctl_link *link = new_link("adopted", "502", timeout_ms);
    if (link == NULL) {
        close(socket);
        return MBP_ERR_MEMORY;
    }
    modbus_set_socket(link->modbus, socket);
    *out = link;
    return MBP_OK;
}

const char *ctl_target_text(const struct ctl_target *target)
{
    static char text[MBP_WIRE_HOST_MAX + 16];
    if (target->wire != NULL && mbp_wire_is_line(target->wire))
        snprintf(text, sizeof text, "%s", target->wire->path);
    else
        snprintf(text, sizeof text, "%s:%u", target->host, target->port);
    return text;
}

/* A gateway answers later than its slave: the master waits for both. */
static enum mbp_status open_by_gateway(const struct ctl_target *target, char *error, size_t size, struct ctl_link **out)
{
    struct mbp_wire wire = *target->wire;
    struct ctl_gateway *gateway = NULL;
    int socket = -1;
    wire.port = target->port;
    enum mbp_status status = ctl_gateway_open(&wire, target->timeout_ms, error, size, &socket, &gateway);
    if (status != MBP_OK)
        return status;
    status = ctl_link_adopt(socket, target->timeout_ms + GATEWAY_MS, out);
    if (status != MBP_OK) {
        snprintf(error, size, "%s", ctl_tr(mbp_status_text(status)));
        ctl_gateway_close(gateway);
        return status;
    }
    (*out)->gateway = gateway;
    (*out)->timeout_ms = target->timeout_ms;
    latest = socket;
    return MBP_OK;
}

enum mbp_status ctl_link_open(const struct ctl_target *target, char *error, size_t size, struct ctl_link **out)
{
    if (target->wire != NULL)
        return open_by_gateway(target, error, size, out);
    char service[8];
    snprintf(service, sizeof service, "%u", target->port);
    enum mbp_status status = resolve(target, service, error, size);
    if (status != MBP_OK)
        return status;
    struct ctl_link *link = new_link(target->host, service, target->timeout_ms);
    if (link == NULL) {
        snprintf(error, size, "%s", mbp_system_why(errno));
        return MBP_ERR_IO;
    }
    if (modbus_connect(link->modbus) != 0) {
        explain_no_connection(link, error, size);
        ctl_link_close(link);
        return MBP_ERR_IO;
    }
    latest = modbus_get_socket(link->modbus);
    *out = link;
    return MBP_OK;
}

void ctl_link_close(struct ctl_link *link)
{
    if (link == NULL)
        return;
    if (latest == modbus_get_socket(link->modbus))
        latest = -1;
    modbus_close(link->modbus);
    modbus_free(link->modbus);
    ctl_gateway_close(link->gateway);
    free(link);
}

/* ---- what libmodbus does ---------------------------------------------------------------------------------------- */

static uint32_t lesser(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* One request's worth; returns what libmodbus does: how many were read, or -1. */
static int read_some(struct ctl_link *link, enum mbp_table table, int addr, int count, uint16_t *words)
{
    if (table == MBP_HOLDING_REGISTERS)
        return modbus_read_registers(link->modbus, addr, count, words);
    if (table == MBP_INPUT_REGISTERS)
        return modbus_read_input_registers(link->modbus, addr, count, words);
    uint8_t bits[MODBUS_MAX_READ_BITS];
    int got = table == MBP_COILS ? modbus_read_bits(link->modbus, addr, count, bits)
                                 : modbus_read_input_bits(link->modbus, addr, count, bits);
    for (int i = 0; i < got; i++)
        words[i] = bits[i] != 0;
    return got;
}

enum mbp_status ctl_read(struct ctl_link *link, uint8_t unit, enum mbp_table table, uint16_t addr, uint32_t count,
                         uint16_t *words)
{
    uint32_t max = mbp_table_is_bits(table) ? MODBUS_MAX_READ_BITS : MODBUS_MAX_READ_REGISTERS;
    modbus_set_slave(link->modbus, unit);
    for (uint32_t done = 0; done < count;) {
        int n = (int)lesser(count - done, max);
        if (read_some(link, table, (int)(addr + done), n, words + done) != n)
            return ctl_link_fail_errno(link);
        link->answered = true;
        done += (uint32_t)n;
    }
    return MBP_OK;
}

static int write_coils(struct ctl_link *link, uint16_t addr, uint16_t count, const uint16_t *words)
{
    uint8_t bits[CTL_WRITE_COILS_MAX];
    assert(count <= CTL_WRITE_COILS_MAX);
    for (uint16_t i = 0; i < count; i++)
        bits[i] = words[i] != 0;
    return modbus_write_bits(link->modbus, addr, count, bits);
}

/* With the functions that write several, or (alone) with those that write one. */
static enum mbp_status write_with(struct ctl_link *link, enum mbp_table table, uint16_t addr, uint16_t count,
                                  const uint16_t *words, bool alone)
{
    int done;
    if (table == MBP_COILS)
        done = alone ? modbus_write_bit(link->modbus, addr, words[0] != 0) : write_coils(link, addr, count, words);
    else if (alone)
        done = modbus_write_register(link->modbus, addr, words[0]);
    else
        done = modbus_write_registers(link->modbus, addr, count, words);
    if (done != count)
        return ctl_link_fail_errno(link);
    link->answered = true;
    return MBP_OK;
}

/* Some slaves know only the functions that write several. */
enum mbp_status ctl_write(struct ctl_link *link, uint8_t unit, enum mbp_table table, uint16_t addr, uint16_t count,
                          const uint16_t *words)
{
    enum mbp_status status = ctl_link_speak(link, unit);
    if (status != MBP_OK)
        return status;
    modbus_set_slave(link->modbus, unit);
    link->last = (struct ctl_write){unit, (uint8_t)table, addr, count};
    if (count == 1)
        status = write_with(link, table, addr, count, words, true);
    if (count != 1 || (status == MBP_EX_ILLEGAL_FUNCTION && !link->has_single))
        status = write_with(link, table, addr, count, words, false);
    return status;
}
