/* Fuzzes DIR/journal.tail, what a killed run leaves beside its journal: the bytes of such a file with changes that the
 * input says. It is read as far as it is whole, and no record comes out that was not put; where the change gives a slot
 * its right checksum again, as chance does not, the journal takes what it is told of or leaves it out.
 *
 * Input: changes of 8 bytes each: what (0..2 as below), where (4 bytes), by what (3 bytes). */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tail.h"
#include "target.h"

#define CHANGE_LEN 8u
#define EVENTS     60u
#define PAGE       4096u
#define USED       (PAGE + (4 * EVENTS + 8) * MBP_RING_SLOT_BYTES)

enum change { FLIP, PUT, PUT_RIGHT, CHANGES };

static const char yaml[] = "mbplant: 1\nname: Line\nunits:\n  - id: 1\n    machines:\n      - name: M1\n"
                           "        cycle: {time: 2s}\n        sensors: [{name: T1, kind: temperature, max: 85}]\n";

static struct mbp_plant *plant;
static char folder[] = "/tmp/mbplant-fuzz-XXXXXX";
static uint8_t *whole, *now;
static size_t len;
static uint64_t run;

static uint64_t still(void *ctx)
{
    (void)ctx;
    return 1795543200000;
}

static const struct mbp_clock the_clock = {still, still, NULL};

static int remove_entry(const char *path, const struct stat *entry, int type, struct FTW *where)
{
    (void)entry;
    (void)type;
    (void)where;
    return remove(path);
}

static void remove_folder(void)
{
    nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

static struct mbp_event event_of(uint32_t n)
{
    return (struct mbp_event){
        .wall_ms = 1795543200000 + n, .scan = n, .code = MBP_EV_ALARM_RAISED, .unit = 1, .value = 1};
}

static void push(struct mbp_journal *journal, uint32_t n)
{
    struct mbp_event event = event_of(n);
    const struct mbp_retained_machine machine = {.machine = 0, .state = {.good = n, .first_out = UINT32_MAX}};
    mbp_journal_push_event(journal, &event);
    mbp_journal_push_machine(journal, &machine);
    mbp_journal_hand_over(journal);
}

static void read_tail(void)
{
    char path[sizeof folder + 32];
    snprintf(path, sizeof path, "%s/journal.tail", folder);
    FILE *in = fopen(path, "rb");
    if (in == NULL || fseek(in, 0, SEEK_END) != 0)
        abort();
    len = (size_t)ftell(in);
    whole = malloc(len);
    now = malloc(len);
    rewind(in);
    if (whole == NULL || now == NULL || fread(whole, 1, len, in) != len)
        abort();
    fclose(in);
    memcpy(now, whole, len);
    memcpy(&run, whole + 16, sizeof run);
}

static void prepare(void)
{
    struct mbp_journal *journal = NULL;
    if (plant != NULL)
        return;
    mbp_log_set_level(MBP_LOG_ERROR);
    if (mkdtemp(folder) == NULL ||
        mbp_plant_parse("line.yaml", (struct mbp_text){yaml, sizeof yaml - 1}, stderr, &plant) != MBP_OK ||
        mbp_journal_open(folder, plant, &the_clock, stderr, &journal) != MBP_OK)
        abort();
    atexit(remove_folder);
    mbp_journal_keep_tail(journal);
    if (mbp_journal_tail_room(journal, PAGE) == NULL)
        abort();
    for (uint32_t n = 1; n <= EVENTS; n++)
        push(journal, n);
    read_tail();
    mbp_journal_close(journal);
}

/* Returns whether the slot there has its right checksum again. */
static bool change(const uint8_t *change)
{
    enum change what = (enum change)(change[0] % CHANGES);
    size_t at = ((size_t)change[1] << 24 | (size_t)change[2] << 16 | (size_t)change[3] << 8 | change[4]) % USED;
    if (what == FLIP)
        now[at] ^= (uint8_t)(1u << change[5] % 8);
    else
        memcpy(now + at, change + 5, 3);
    if (what != PUT_RIGHT || at < PAGE)
        return false;
    uint64_t position = (at - PAGE) / MBP_RING_SLOT_BYTES;
    uint8_t *slot = now + PAGE + position * MBP_RING_SLOT_BYTES;
    uint64_t sum = mbp_checksum(position, slot + sizeof sum, MBP_RING_SLOT_BYTES - sizeof sum);
    memcpy(slot, &sum, sizeof sum);
    return true;
}

static void check_event(const struct mbp_event *event)
{
    const struct mbp_event put = event_of(event->seq);
    if (event->seq == 0 || event->seq > EVENTS || event->scan != put.scan || event->wall_ms != put.wall_ms ||
        event->code != put.code || event->unit != put.unit)
        abort();
}

static void read_on(bool made_up)
{
    struct mbp_tail_left left;
    struct mbp_record record;
    for (uint64_t position = 0; position < 8; position++) {
        if (mbp_tail_parse(now, len, run, position, &left) != MBP_OK)
            continue;
        while (mbp_tail_next(&left, &record)) {
            if (record.kind == MBP_RECORD_EVENT && !made_up)
                check_event(&record.of.event);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    bool made_up = false;
    prepare();
    for (size_t at = 0; at + CHANGE_LEN <= size; at += CHANGE_LEN)
        made_up = change(data + at) || made_up;
    read_on(made_up);
    memcpy(now, whole, USED + MBP_RING_SLOT_BYTES);
    return 0;
}
