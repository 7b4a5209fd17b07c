/* Fuzzes mbplantctl as a slave does: transport, learning, snapshots, journal and reports in one process. Input: a byte
 * that picks the command line, then what becomes of each reply of an honest slave, one after another: an operation,
 * what it needs behind it, and, in its upper half, how many replies before it stay as they are. When the input is used
 * up the slave is honest. */
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ctl.h"
#include "mbplant/event.h"
#include "mbplant/modbus.h"
#include "target.h"
#include "watch/watch_slave.h"

#define TIMEOUT_MS 8u   /* of mbplantctl: what it waits for never comes later */
#define REPLIES    3000 /* then the slave is gone */
#define EVENTS     40u
#define WORDS_MAX  8

static const char plant_text[] =
    "mbplant: 1\n"
    "name: Reply\n"
    "scan: 1ms\n"
    "instructor: true\n"
    "units:\n"
    "  - id: 1\n"
    "    machines:\n"
    "      - name: M1\n"
    "        cycle: {time: 1s}\n"
    "        maintenance: {every: 10h}\n"
    "        sensors:\n"
    "          - {name: T1, kind: temperature, unit: °C, range: [0, 150], limits: {high: 85, low: 2}, trip: [high],\n"
    "             rate_of_change: {max: 5}, bad_quality: true, register: {type: int16, scale: 0.1}}\n"
    "          - {name: P1, kind: pressure, range: [0, 10], limits: {high: 8}, register: {type: float32, order: "
    "CDAB}}\n"
    "          - {name: N1, kind: generic, register: {type: string(8)}, signal: {text: Lot 7}}\n"
    "        actuators: [{name: V1, kind: valve}]\n"
    "        controllers: [{name: C1, input: T1, output: V1, setpoint: 60, gain: 2}]\n"
    "    sensors: [{name: G1, kind: generic, register: {type: uint64}}]\n"
    "    tables: {holding_registers: [{at: 4000, count: 20}]}\n"
    "faults: [{name: hot, kind: step, sensor: T1, amount: 30}]\n";

static const char *const commands[][WORDS_MAX] = {
    {"status"},
    {"alarms", "--all"},
    {"alarms", "--format", "json"},
    {"read", "T1", "T1.high", "P1", "N1", "M1", "G1"},
    {"read", "T1", "N1", "--format", "csv"},
    {"read", "hr:4000-4019", "ir:0-9", "coil:0-5"},
    {"write", "T1", "70"},
    {"write", "hr:4000", "1", "2"},
    {"force", "P1", "3.5"},
    {"release", "T1"},
    {"machine", "M1"},
    {"machine", "M1", "maintenance"},
    {"ack", "all"},
    {"reset", "M1"},
    {"shelve", "T1", "--for", "5s"},
    {"unshelve", "M1"},
    {"suppress", "T1"},
    {"report", "--since", "1"},
    {"report", "--format", "html"},
    {"report", "--format", "json"},
    {"report", "--format", "csv"},
    {"journal"},
    {"journal", "--format", "jsonl", "--since", "3"},
    {"journal", "--sensor", "T1", "--code", "alarm"},
    {"watch", "--count", "1"},
    {"plant", "get"},
    {"sensor", "set", "T1", "limits.high", "80", "--dry-run"},
    {"machine", "add", "M2", "--dry-run"},
    {"sim"},
    {"sim", "pause"},
    {"sim", "speed", "2"},
    {"sim", "fault"},
    {"sim", "fault", "T1", "bias", "5"},
    {"map", "T1"},
};

#define COMMANDS (sizeof commands / sizeof commands[0])

/* ---- the honest slave ------------------------------------------------------------------------------------------- */

static struct mbp_plant *plant;
static struct mbp_image *image;
static struct mbp_state *state;

/* A little of everything that happens, one event a second. */
static struct mbp_event event_of(uint32_t seq)
{
    static const uint16_t codes[] = {MBP_EV_START,         MBP_EV_ALARM_RAISED,  MBP_EV_MACHINE_STATE,
                                     MBP_EV_VALUE_FORCED,  MBP_EV_ALARM_CLEARED, MBP_EV_PRODUCTION,
                                     MBP_EV_POINT_WRITTEN, MBP_EV_WRITE_REFUSED};
    uint16_t code = codes[seq % (sizeof codes / sizeof codes[0])];
    uint32_t detail = code == MBP_EV_ALARM_RAISED || code == MBP_EV_ALARM_CLEARED ? MBP_HIGH : 0;
    if (code == MBP_EV_MACHINE_STATE)
        detail = mbp_event_state_detail(seq / 8 % 2, (seq / 8 + 1) % 2, MBP_CAUSE_TRIP);
    return (struct mbp_event){.wall_ms = UINT64_C(1790000000000) + UINT64_C(1000) * seq,
                              .seq = seq,
                              .scan = 1000 * seq,
                              .code = code,
                              .unit = 1,
                              .value = 90,
                              .limit = 85,
                              .actor = 1,
                              .detail = detail};
}

static enum mbp_status read_journal(void *ctx, uint16_t file, uint16_t record, uint16_t count, uint16_t *words)
{
    (void)ctx;
    for (uint32_t i = 0; i < count; i++) {
        uint16_t of_event[MBP_EVENT_WORDS];
        uint32_t place = record + i;
        uint32_t seq = (file - (uint32_t)MBP_JOURNAL_FIRST_FILE) * MBP_EVENTS_PER_FILE + place / MBP_EVENT_WORDS;
        if (file < MBP_JOURNAL_FIRST_FILE || seq == 0 || seq > EVENTS)
            return MBP_EX_ILLEGAL_DATA_ADDRESS;
        struct mbp_event event = event_of(seq);
        mbp_event_encode(&event, of_event);
        words[i] = of_event[place % MBP_EVENT_WORDS];
    }
    return MBP_OK;
}

/* What was written is taken in, and changes nothing; the scans count on. */
static void scan(void)
{
    const struct mbp_figures figures = {
        .last_event = EVENTS, .oldest_event = 1, .last_incident = 2, .newest_event = EVENTS};
    const struct mbp_sim_figures sim = {.speed = 1, .speed_now = 1};
    const struct mbp_write *writes;
    struct mbp_sim_commands options;
    mbp_image_latch(image, &writes);
    mbp_image_instructor_asked(image, true, &options);
    state->scan++;
    mbp_image_publish(image, state, &figures);
    mbp_image_publish_instructor(image, state, &sim);
}

static void make_slave(void)
{
    const struct mbp_text text = {plant_text, sizeof plant_text - 1};
    if (plant != NULL)
        return;
    if (mbp_plant_parse("fuzz.yaml", text, stderr, &plant) != MBP_OK || mbp_image_new(plant, &image) != MBP_OK ||
        mbp_state_new(plant, UINT64_C(1790000000000), &state) != MBP_OK)
        abort();
    mbp_image_set_files(image, (struct mbp_file_source){read_journal, NULL, NULL, NULL, NULL});
    for (uint32_t s = 0; s < plant->sensor_count; s++)
        state->value[s] = 5;
    scan();
}

/* The reply to a request, with its header; returns its length. */
static size_t honest_reply(const struct mbp_frame *request, uint8_t reply[MBP_ADU_MAX])
{
    struct mbp_image_unit *unit = mbp_image_unit(image, request->unit);
    const struct mbp_pdu_context context = {
        .unit = unit, .identity = &plant->identity, .permit = &mbp_permits[MBP_ALLOW_ALL]};
    size_t len = 2;
    if (unit != NULL) {
        len = mbp_pdu_respond(&context, request->pdu, request->pdu_len, reply + MBP_MBAP_LEN);
        scan();
    } else {
        reply[MBP_MBAP_LEN] = request->pdu[0] | 0x80u;
        reply[MBP_MBAP_LEN + 1] = MBP_EX_GATEWAY_TARGET_FAILED;
    }
    const uint8_t head[MBP_MBAP_LEN] = {(uint8_t)(request->transaction >> 8),
                                        (uint8_t)request->transaction,
                                        0,
                                        0,
                                        (uint8_t)((len + 1) >> 8),
                                        (uint8_t)(len + 1),
                                        request->unit};
    memcpy(reply, head, sizeof head);
    return MBP_MBAP_LEN + len;
}

/* ---- what becomes of its replies -------------------------------------------------------------------------------- */

struct liar {
    int socket;
    const uint8_t *data;
    size_t size;
    unsigned spared; /* replies that stay as they are, before the next operation */
    bool begun;      /* spared is of the operation at data */
};

static uint8_t next(struct liar *liar)
{
    if (liar->size == 0)
        return 0;
    liar->size--;
    return *liar->data++;
}

static void set_length(uint8_t *reply, size_t len)
{
    reply[4] = (uint8_t)((len - 6) >> 8);
    reply[5] = (uint8_t)(len - 6);
}

/* Returns the new length; 0 = the slave closes. */
static size_t spoil(struct liar *liar, uint8_t *reply, size_t len)
{
    uint8_t operation = next(liar) & 0xFu;
    size_t at = 8 + next(liar) % (len > 8 ? len - 8 : 1u);
    switch (operation) {
    case 0: /* an exception */
        reply[7] |= 0x80u;
        reply[8] = next(liar);
        set_length(reply, 9);
        return 9;
    case 1: /* bytes of the data */
        for (unsigned n = 1 + next(liar) % 16u; n > 0 && at < len; n--)
            reply[at++] = next(liar);
        return len;
    case 2: /* a well-formed frame that is too short, or too long */
    case 3:
        len = operation == 2 ? at + 1 : len + 1 + next(liar) % 8u;
        len = len > MBP_ADU_MAX ? MBP_ADU_MAX : len;
        set_length(reply, len);
        return len;
    case 4: /* a piece of a frame */
        return at;
    case 5: /* the header */
        reply[next(liar) % 8u] = next(liar);
        return len;
    case 6: /* all words at their ends */
        memset(reply + 9, next(liar), len > 9 ? len - 9 : 0);
        return len;
    case 7:
        return 0;
    case 8: /* no number */
        for (; at + 4 <= len; at += 4) {
            memset(reply + at, 0, 4);
            reply[at] = 0x7F;
            reply[at + 1] = 0xC0;
        }
        return len;
    default: /* one bit */
        if (at < len)
            reply[at] ^= (uint8_t)(1u << operation % 8u);
        return len;
    }
}

static size_t turn(struct liar *liar, uint8_t *reply, size_t len)
{
    if (liar->size == 0)
        return len;
    if (!liar->begun) {
        liar->spared = liar->data[0] >> 4;
        liar->begun = true;
    }
    if (liar->spared > 0) {
        liar->spared--;
        return len;
    }
    liar->begun = false;
    return spoil(liar, reply, len);
}

static void *serve(void *ctx)
{
    struct liar *liar = ctx;
    uint8_t stream[4096];
    size_t have = 0;
    for (unsigned replies = 0; replies < REPLIES;) {
        ssize_t got = recv(liar->socket, stream + have, sizeof stream - have, 0);
        if (got <= 0)
            break;
        have += (size_t)got;
        for (struct mbp_frame frame = mbp_mbap_parse(stream, have); frame.kind == MBP_FRAME_REQUEST;
             frame = mbp_mbap_parse(stream, have)) {
            uint8_t reply[MBP_ADU_MAX + 8] = {0};
            size_t len = turn(liar, reply, honest_reply(&frame, reply));
            replies++;
            have -= frame.len;
            memmove(stream, stream + frame.len, have);
            if (len == 0 || send(liar->socket, reply, len, MSG_NOSIGNAL) < 0)
                goto out;
        }
    }
out:
    shutdown(liar->socket, SHUT_RDWR);
    return NULL;
}

/* ---- mbplantctl ------------------------------------------------------------------------------------------------- */

static enum ctl_exit run(struct ctl *ctl, void *ctx)
{
    (void)ctx;
    return ctl->options->verb->run(ctl);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct ctl_options options;
    static char said[65536];
    char *words[WORDS_MAX + 2] = {(char *)"mbplantctl"};
    int ends[2];
    pthread_t thread;
    int count = 0;
    if (size == 0)
        return 0;
    make_slave();
    const char *const *command = commands[data[0] % COMMANDS];
    while (count < WORDS_MAX && command[count] != NULL) {
        words[count + 1] = (char *)command[count];
        count++;
    }
    if (ctl_options_parse(count + 1, words, stderr, &options) != MBP_OK ||
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        abort();
    options.target = (struct ctl_target){
        .host = "no such host", .port = CTL_DEFAULT_PORT, .timeout_ms = TIMEOUT_MS}; /* a blank: nobody is asked */
    struct liar liar = {.socket = ends[0], .data = data + 1, .size = size - 1};
    struct ctl ctl = {.options = &options};
    if (ctl_link_adopt(ends[1], TIMEOUT_MS, &ctl.link) != MBP_OK || pthread_create(&thread, NULL, serve, &liar) != 0)
        abort();
    enum ctl_exit code = watch_quietly(&ctl, run, NULL, said, sizeof said);
    ctl_close(&ctl);
    pthread_join(thread, NULL);
    close(ends[0]);
    if (code != CTL_OK && said[0] == '\0') {
        fprintf(stderr, "%s ended with %d and says nothing\n", words[1], (int)code);
        abort();
    }
    return 0;
}
