/* Fuzzes HTTP: bytes of a client go through libmicrohttpd, the guard, the table of routes, JSON and the commands to a
 * plant that runs. Input: what the client sends. Each answer has a status that there is, and JSON is JSON. The plant
 * goes on from input to input; its clock stands where the scans put it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "mbplant/json.h"
#include "target.h"
#include "web_priv.h"

#define SENT_MAX   65536u /* of an input */
#define ROUNDS_MAX 400u   /* of the loop, a scan each */
#define IDLE_MAX   8u     /* rounds without a byte: more does not come */
#define HEAD_END   "\r\n\r\n"

static const char plant_text[] =
    "mbplant: 1\n"
    "name: Web\n"
    "scan: 10ms\n"
    "instructor: true\n"
    "units:\n"
    "  - id: 1\n"
    "    machines:\n"
    "      - name: M1\n"
    "        cycle: {time: 1s}\n"
    "        sensors:\n"
    "          - {name: T1, kind: temperature, unit: °C, range: [0, 150], limits: {high: 85, low: 2}, trip: [high]}\n"
    "          - {name: N1, kind: generic, register: {type: string(8)}, signal: {text: Lot 7}}\n"
    "        actuators: [{name: V1, kind: valve}]\n"
    "        controllers: [{name: C1, input: T1, output: V1, setpoint: 60, gain: 2}]\n"
    "    points: [{at: holding 900, name: MODE, value: 1, access: read_write}]\n"
    "faults: [{name: hot, kind: step, sensor: T1, amount: 30}]\n";

static struct {
    struct mbp_plant *plant;
    struct mbp_image *image;
    struct mbp_scan *scan;
    struct mbp_journal *journal;
    struct mbp_server *server;
    struct mbp_web *web;
    uv_loop_t loop;
    uint64_t mono_ns;
    char folder[64];
} here;

static uint64_t mono_ns(void *ctx)
{
    (void)ctx;
    return here.mono_ns;
}

static uint64_t wall_ms(void *ctx)
{
    (void)ctx;
    return UINT64_C(1700000000000) + here.mono_ns / MBP_NS_PER_MS;
}

static void look(void *ctx)
{
    (void)ctx;
}

static void must(bool done)
{
    if (!done)
        abort();
}

static void remove_folder(void)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", here.folder);
    must(system(command) == 0); // NOLINT(cert-env33-c): a folder of our own
}

static void begin(void)
{
    const struct mbp_clock clock = {.mono_ns = mono_ns, .wall_ms = wall_ms};
    here.mono_ns = 5 * MBP_NS_PER_S;
    snprintf(here.folder, sizeof here.folder, "/tmp/mbplant-fuzz-XXXXXX");
    must(mkdtemp(here.folder) != NULL);
    atexit(remove_folder);
    must(mbp_plant_parse("fuzz.yaml", (struct mbp_text){plant_text, strlen(plant_text)}, stderr, &here.plant) ==
         MBP_OK);
    must(mbp_image_new(here.plant, &here.image) == MBP_OK);
    must(mbp_journal_open(here.folder, here.plant, &clock, stderr, &here.journal) == MBP_OK);
    const struct mbp_scan_config scan = {
        .plant = here.plant, .image = here.image, .journal = here.journal, .clock = clock, .speed = 1.0};
    must(mbp_scan_new(&scan, &here.scan) == MBP_OK && uv_loop_init(&here.loop) == 0);
    static const struct mbp_listen free_port = {.at = "127.0.0.1:0"};
    const struct mbp_server_config server = {
        .loop = &here.loop, .image = here.image, .plant = here.plant, .listen = {&free_port, 1}};
    must(mbp_server_open(&server, stderr, &here.server) == MBP_OK);
    const struct mbp_web_config web = {.loop = &here.loop,
                                       .plant = here.plant,
                                       .image = here.image,
                                       .scan = here.scan,
                                       .journal = here.journal,
                                       .server = here.server,
                                       .clock = clock,
                                       .listen = "127.0.0.1:0",
                                       .named = true,
                                       .look = look};
    must(mbp_web_open(&web, stderr, &here.web) == MBP_OK);
}

/* ---- a client ---------------------------------------------------------------------------------------------------- */

struct told {
    char bytes[1 << 20];
    size_t len;
};

static bool hear(int client, struct told *told)
{
    ssize_t got = recv(client, told->bytes + told->len, sizeof told->bytes - 1 - told->len, MSG_DONTWAIT);
    told->len += got > 0 ? (size_t)got : 0;
    return got > 0;
}

static void talk(const uint8_t *data, size_t size, struct told *told)
{
    int pair[2];
    struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    size_t sent = 0;
    unsigned idle = 0;
    must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) == 0);
    must(mhd.add_connection(here.web->daemon, pair[1], (struct sockaddr *)&from, sizeof from) == MHD_YES);
    web_run(here.web);
    for (unsigned round = 0; round < ROUNDS_MAX && idle < IDLE_MAX; round++) {
        ssize_t more = sent < size ? send(pair[0], data + sent, size - sent, MSG_NOSIGNAL) : 0;
        sent += more > 0 ? (size_t)more : 0;
        uv_run(&here.loop, UV_RUN_NOWAIT);
        here.mono_ns += here.plant->scan_ns;
        mbp_scan_poll(here.scan);
        mbp_web_scanned(here.web);
        bool heard = hear(pair[0], told);
        idle = heard || more > 0 ? 0 : idle + 1;
    }
    close(pair[0]);
    for (unsigned i = 0; i < 4; i++)
        uv_run(&here.loop, UV_RUN_NOWAIT);
}

/* ---- its answers ------------------------------------------------------------------------------------------------- */

static const char *header(const char *head, const char *name)
{
    const char *at = strcasestr(head, name);
    return at != NULL ? at + strlen(name) : NULL;
}

/* The first of them; what follows has no begin that could be told without it. NULL: it is not whole. */
static const char *check_one(char *answer, const char *end)
{
    char *body = memmem(answer, (size_t)(end - answer), HEAD_END, strlen(HEAD_END));
    unsigned status = 0;
    if (body == NULL)
        return NULL;
    *body = '\0';
    body += strlen(HEAD_END);
    must(sscanf(answer, "HTTP/1.%*c %3u", &status) == 1 && status >= 100 && status < 600 && status != 500);
    if (header(answer, "Content-Security-Policy: ") == NULL)
        return NULL; /* libmicrohttpd's own, of bytes that are no request; it says some heads twice, then it closes */
    const char *length = header(answer, "Content-Length: ");
    const char *type = header(answer, "Content-Type: ");
    size_t len = length != NULL ? strtoul(length, NULL, 10) : 0;
    if (length == NULL || len > (size_t)(end - body))
        return NULL;
    bool json = type != NULL && (strncmp(type, "application/json", 16) == 0 || strstr(type, "problem+json") != NULL);
    if (json && len > 0 && status != 304) {
        json_t *value = NULL;
        must(mbp_json_read((struct mbp_text){body, len}, JSON_DECODE_ANY, &value) == MBP_OK);
        json_decref(value);
    }
    return body + len;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct told told;
    if (here.web == NULL)
        begin();
    if (size > SENT_MAX)
        return 0;
    told.len = 0;
    talk(data, size, &told);
    told.bytes[told.len] = '\0';
    const char *end = told.bytes + told.len;
    bool head = size > 4 && memcmp(data, "HEAD", 4) == 0; /* its answer has a length and no body */
    for (char *at = told.bytes; at != NULL && at < end && !head;) {
        must((size_t)(end - at) < 5 || memcmp(at, "HTTP/", 5) == 0);
        at = (char *)check_one(at, end);
        head = memmem(data, size, "HEAD", 4) != NULL;
    }
    return 0;
}
