/* The functions that work on no table: files, queues, identification, diagnostics. */
#include <ctype.h>

#include "trace_priv.h"

#define GROUP_LEN    7u
#define VALUES_MAX   16u
#define BYTES_MAX    32u
#define ID_READ_CODE 2u

static unsigned get_u16(const uint8_t *bytes)
{
    return (unsigned)bytes[0] << 8 | bytes[1];
}

static void put_bytes(FILE *out, const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len && i < BYTES_MAX; i++)
        fprintf(out, " %02X", bytes[i]);
    if (len > BYTES_MAX)
        fprintf(out, " ... (%zu bytes)", len);
}

/* " 1, 2, 3 and 4 more" */
static void put_numbers(FILE *out, const uint8_t *bytes, size_t count)
{
    for (size_t i = 0; i < count && i < VALUES_MAX; i++)
        fprintf(out, "%s %u", i == 0 ? "" : ",", get_u16(bytes + 2 * i));
    if (count > VALUES_MAX)
        fprintf(out, " and %zu more", count - VALUES_MAX);
}

static void put_text(FILE *out, const uint8_t *bytes, size_t len)
{
    fputs(" \"", out);
    for (size_t i = 0; i < len; i++)
        fputc(isprint(bytes[i]) ? bytes[i] : '.', out);
    fputc('"', out);
}

/* What stands in a file of every unit, which as numbers says nothing; NULL = the plant's own numbers. */
static const char *name_of_file(unsigned file)
{
    if (file >= MBP_JOURNAL_FIRST_FILE)
        return "the journal";
    return file >= MBP_PLANT_FIRST_FILE ? "the plant file" : NULL;
}

/* " file 1 records 0-9 = 5, 6, ..": the groups of 6.14 and 6.15. False when they do not fill the request. */
static bool put_groups(FILE *out, const uint8_t *request, size_t len)
{
    const bool writes = request[0] == 21;
    size_t at = 2;
    for (; at + GROUP_LEN <= len; at += GROUP_LEN) {
        unsigned count = get_u16(request + at + 5);
        unsigned first = get_u16(request + at + 3);
        size_t data = writes ? 2 * (size_t)count : 0;
        if (count == 0 || at + GROUP_LEN + data > len)
            break;
        unsigned file = get_u16(request + at + 1);
        const char *name = name_of_file(file);
        fprintf(out, "%s file %u records %u-%u%s%s", at == 2 ? "" : ",", file, first, first + count - 1,
                name != NULL ? " of " : "", name != NULL ? name : "");
        if (writes && name != NULL)
            at += data;
        else if (writes) {
            fputs(" =", out);
            put_numbers(out, request + at + GROUP_LEN, count);
            at += data;
        }
    }
    return len > 2 && at == len;
}

static void put_diagnostic(FILE *out, const uint8_t *request, size_t len)
{
    unsigned sub = get_u16(request + 1);
    fprintf(out, " %u %s", sub, mbp_diagnostic_name((uint16_t)sub));
    if (len > 3)
        put_bytes(out, request + 3, len - 3);
}

void trace_put_other_request(FILE *out, const uint8_t *request, size_t len)
{
    static const char *const accesses[] = {"", "basic objects", "regular objects", "all objects", "one object"};
    uint8_t function = request[0];
    bool said = false;
    if (function == 20 || function == 21) {
        said = put_groups(out, request, len);
    } else if (function == 24 && len == 3) {
        said = fprintf(out, " queue at %u", get_u16(request + 1)) > 0;
    } else if (function == 8 && len >= 3) {
        put_diagnostic(out, request, len);
        said = true;
    } else if (function == 43 && len == 4 && request[1] == 14 && request[ID_READ_CODE] >= 1 &&
               request[ID_READ_CODE] <= 4) {
        said = fprintf(out, " Read Device Identification, %s from %u", accesses[request[ID_READ_CODE]], request[3]) > 0;
    }
    if (!said && len > 1)
        put_bytes(out, request + 1, len - 1);
}

/* ---- responses: ours, so their lengths are right ---------------------------------------------------------------- */

/* The groups of the answer stand in the order of those of the request. */
static void put_records(FILE *out, const uint8_t *request, const uint8_t *response, size_t len)
{
    size_t group = 2;
    for (size_t at = 2; at < len; at += 1u + response[at], group += GROUP_LEN) {
        unsigned count = (response[at] - 1u) / 2u;
        fputs(at == 2 ? "" : ";", out);
        if (name_of_file(get_u16(request + group + 1)) != NULL)
            fprintf(out, " %u register%s", count, count == 1 ? "" : "s");
        else
            put_numbers(out, response + at + 2, count);
    }
}

static void put_objects(FILE *out, const uint8_t *response, size_t len)
{
    for (size_t at = 7; at + 2 <= len; at += 2u + response[at + 1]) {
        fprintf(out, "%s %u =", at == 7 ? "" : ",", response[at]);
        put_text(out, response + at + 2, response[at + 1]);
    }
    if (response[4] == 0xFF)
        fprintf(out, ", more from object %u", response[5]);
}

void trace_put_other_response(FILE *out, const uint8_t *request, const uint8_t *response, size_t len)
{
    switch (response[0]) {
    case 8:
        put_diagnostic(out, response, len);
        break;
    case 11:
        fprintf(out, " %u events", get_u16(response + 3));
        break;
    case 17:
        fprintf(out, " server %u, %s,", response[2], response[3] == 0xFF ? "running" : "stopped");
        put_text(out, response + 4, len - 4);
        break;
    case 20:
        put_records(out, request, response, len);
        break;
    case 21:
        fputs(" done", out);
        break;
    case 24:
        fprintf(out, " %u values:", get_u16(response + 3));
        put_numbers(out, response + 5, get_u16(response + 3));
        break;
    case 43:
        put_objects(out, response, len);
        break;
    default:
        put_bytes(out, response + 1, len - 1);
        break;
    }
}
