/* Fuzzes what stands in a data directory: a journal of some events as a killed process left it, with changes that the
 * input says. It opens, restores and reads, or is refused with one line and is as it was to the byte; a write-ahead log
 * that lost what was shown is not taken for whole.
 *
 * Input: changes of 8 bytes each: what (0..6 as below), where (4 bytes), by what (3 bytes). */
#include <fcntl.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mbplant/journal.h"
#include "target.h"

#define CHANGE_LEN 8u
#define EVENTS     120u
#define ROOM       (1u << 20)

enum change { FLIP_DB, FLIP_LOG, PUT_DB, PUT_LOG, CUT_DB, CUT_LOG, DROP_MARK, CHANGES };
enum file { DB, LOG, MARK, FILES };

static const char *const names[FILES] = {"journal.db", "journal.db-wal", "journal.last"};

static const char yaml[] = "mbplant: 1\nname: Line\nunits:\n  - id: 1\n    machines:\n      - name: M1\n"
                           "        cycle: {time: 2s}\n        sensors: [{name: T1, kind: temperature, max: 85}]\n"
                           "        actuators: [{name: V1}]\nfaults: [{name: f1, kind: bias, sensor: T1, amount: 3}]\n";

struct bytes {
    uint8_t *at;
    size_t len;
};

/* Made once: the plant, and the files of a run that was killed. */
static struct mbp_plant *plant;
static char folder[] = "/tmp/mbplant-fuzz-XXXXXX";
static struct bytes left[FILES];

static uint64_t still(void *ctx)
{
    (void)ctx;
    return 1795543200000;
}

static const struct mbp_clock the_clock = {still, still, NULL};

static char *path_of(enum file file)
{
    static char path[sizeof folder + 32];
    snprintf(path, sizeof path, "%s/%s", folder, names[file]);
    return path;
}

static struct bytes read_file(enum file file)
{
    struct bytes bytes = {malloc(ROOM), 0};
    FILE *in = fopen(path_of(file), "rb");
    if (bytes.at == NULL)
        abort();
    if (in != NULL) {
        bytes.len = fread(bytes.at, 1, ROOM, in);
        fclose(in);
    }
    return bytes;
}

static void write_file(enum file file, const struct bytes *bytes)
{
    FILE *out = fopen(path_of(file), "wb");
    if (out == NULL || fwrite(bytes->at, 1, bytes->len, out) != bytes->len || fclose(out) != 0)
        abort();
}

static int remove_entry(const char *path, const struct stat *entry, int type, struct FTW *where)
{
    (void)entry;
    (void)type;
    return where->level == 0 ? 0 : remove(path);
}

static void clear_folder(void)
{
    nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

static void remove_folder(void)
{
    clear_folder();
    rmdir(folder);
}

static void push(struct mbp_journal *journal, uint32_t n)
{
    struct mbp_event event = {
        .wall_ms = 1795543200000 + n, .scan = n, .code = MBP_EV_ALARM_RAISED, .unit = 1, .value = 1};
    const struct mbp_retained_machine machine = {.machine = 0, .state = {.good = n, .first_out = UINT32_MAX}};
    mbp_journal_push_event(journal, &event);
    mbp_journal_push_machine(journal, &machine);
    mbp_journal_hand_over(journal);
    if (n % 3 == 0)
        mbp_journal_flush(journal);
}

/* In a child, which ends without a word as a killed one does. */
static void make_left(void)
{
    struct mbp_journal *journal = NULL;
    if (mbp_journal_open(folder, plant, &the_clock, stderr, &journal) != MBP_OK)
        abort();
    for (uint32_t n = 1; n <= EVENTS; n++)
        push(journal, n);
    if (mbp_journal_flush(journal) != MBP_OK)
        abort();
    for (unsigned f = 0; f < FILES; f++)
        left[f] = read_file((enum file)f);
    mbp_journal_close(journal);
}

static void prepare(void)
{
    if (plant != NULL)
        return;
    mbp_log_set_level(MBP_LOG_ERROR);
    if (mkdtemp(folder) == NULL ||
        mbp_plant_parse("line.yaml", (struct mbp_text){yaml, sizeof yaml - 1}, stderr, &plant) != MBP_OK)
        abort();
    atexit(remove_folder);
    make_left();
}

/* ---- the changes ------------------------------------------------------------------------------------------------ */

static void change(struct bytes now[FILES], const uint8_t *change)
{
    enum change what = (enum change)(change[0] % CHANGES);
    struct bytes *bytes = what == FLIP_DB || what == PUT_DB || what == CUT_DB ? &now[DB] : &now[LOG];
    size_t at = (size_t)change[1] << 24 | (size_t)change[2] << 16 | (size_t)change[3] << 8 | change[4];
    if (what == DROP_MARK)
        now[MARK].len = 0;
    if (what == DROP_MARK || bytes->len == 0)
        return;
    at %= bytes->len;
    if (what == FLIP_DB || what == FLIP_LOG)
        bytes->at[at] ^= (uint8_t)(1u << change[5] % 8);
    else if (what == CUT_DB || what == CUT_LOG)
        bytes->len = at;
    else
        memcpy(bytes->at + at, change + 5, at + 3 <= bytes->len ? 3 : bytes->len - at);
}

/* ---- what is done with it --------------------------------------------------------------------------------------- */

static void take_fault(void *ctx, const struct mbp_retained_fault *fault)
{
    (void)fault;
    ++*(unsigned *)ctx;
}

static void use(struct mbp_journal *journal)
{
    struct mbp_state *state = NULL;
    struct mbp_event events[64];
    uint16_t words[MBP_EVENT_WORDS * 6];
    unsigned faults = 0;
    if (mbp_state_new(plant, 1, &state) != MBP_OK)
        abort();
    mbp_journal_restore(journal, false, state, NULL, NULL);
    mbp_journal_faults(journal, false, take_fault, &faults);
    uint32_t oldest = mbp_journal_oldest(journal);
    uint32_t last = mbp_journal_last(journal);
    for (uint64_t n = oldest; n != 0 && n <= last && n < oldest + 4 * (uint64_t)EVENTS; n += 64) {
        size_t count = mbp_journal_read(journal, (uint32_t)n, 64, events);
        for (size_t i = 0; i < count; i++) {
            if (events[i].seq != n + i)
                abort();
        }
    }
    mbp_journal_read_file(journal, MBP_JOURNAL_FIRST_FILE, MBP_EVENT_WORDS, MBP_EVENT_WORDS * 6, words);
    mbp_journal_read_file(journal, MBP_NAMES_INDEX_FILE, 0, MBP_NAMES_INDEX_WORDS, words);
    mbp_journal_recent(journal, 64, events);
    push(journal, 3);
    mbp_state_free(state);
}

static bool same(enum file file, const struct bytes *bytes)
{
    struct bytes now = read_file(file);
    bool is_same = now.len == bytes->len && memcmp(now.at, bytes->at, now.len) == 0;
    free(now.at);
    return is_same;
}

static void check_refusal(const char *errors, const struct bytes now[FILES])
{
    const char *end = strchr(errors, '\n');
    if (end == NULL || end[1] != '\0' || !same(DB, &now[DB]) || !same(LOG, &now[LOG])) {
        fprintf(stderr, "not refused as it should be: %s\n", errors);
        abort();
    }
}

static void open_and_use(const struct bytes now[FILES])
{
    struct mbp_journal *journal = NULL;
    char *errors = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&errors, &len);
    if (out == NULL)
        abort();
    enum mbp_status status = mbp_journal_open(folder, plant, &the_clock, out, &journal);
    fclose(out);
    if (status == MBP_OK) {
        bool short_of = mbp_journal_last(journal) < EVENTS && now[MARK].len > 0;
        use(journal);
        mbp_journal_close(journal);
        if (short_of || len > 0)
            abort();
    } else {
        check_refusal(errors, now);
    }
    free(errors);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes now[FILES];
    prepare();
    for (unsigned f = 0; f < FILES; f++) {
        now[f] = (struct bytes){malloc(left[f].len + 1), left[f].len};
        if (now[f].at == NULL)
            abort();
        memcpy(now[f].at, left[f].at, left[f].len);
    }
    for (size_t at = 0; at + CHANGE_LEN <= size; at += CHANGE_LEN)
        change(now, data + at);
    clear_folder();
    for (unsigned f = 0; f < FILES; f++) {
        if (f != MARK || now[f].len > 0)
            write_file((enum file)f, &now[f]);
    }
    open_and_use(now);
    for (unsigned f = 0; f < FILES; f++)
        free(now[f].at);
    return 0;
}
