/* scan: a plant file of a real device, which is only read: what addresses there are, what stands there, how it moves.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "learn/areas.h"
#include "learn/guess.h"
#include "learn/learn.h"
#include "slave/address.h"

#define RATE_USUAL    50u
#define WATCH_S_USUAL 10u
#define SAME_MAX      4096u /* a run of one word that is longer is what the device says to any address */
#define SAME_MIN      4u
#define PROGRESS_NS   (200 * MBP_NS_PER_MS)
#define OBJECTS_MAX   64u

struct scan {
    struct probe probe;
    struct learn_device device;
    struct areas *tables[MBP_TABLE_COUNT]; /* NULL = not asked for */
    uint16_t (*sweeps[MBP_TABLE_COUNT])[AREAS_ADDRESSES];
    unsigned sweep_count;
    struct mbp_buffer answer; /* keys of the unit */
    char source[300];
    uint64_t next_progress_ns;
    bool terminal;
    uint32_t guessed, left_out;
    int gap; /* what stands where nothing is; -1 = nothing does */
};

/* ---- progress ---------------------------------------------------------------------------------------------------- */

/* The terminal's line, written over: numbers and words of our own alone. */
static void show_line(const char *text)
{
    fputs("\r", stderr);
    fputs(text, stderr);
    fputs("\033[K", stderr);
}

static void say_sweep(const struct scan *scan)
{
    char text[64];
    snprintf(text, sizeof text, ctl_tr("watching: sweep %u of %u"), scan->sweep_count, GUESS_SWEEPS_MAX);
    show_line(text);
}

static void show_progress(void *ctx, const struct areas *areas, uint32_t addr)
{
    struct scan *scan = ctx;
    uint64_t now = probe_now_ns();
    if (!scan->terminal || now < scan->next_progress_ns)
        return;
    scan->next_progress_ns = now + PROGRESS_NS;
    char text[128];
    snprintf(text, sizeof text, ctl_tr("%s %u of %u..%u: %u found, %u requests "), mbp_table_word(areas->table), addr,
             areas->first, areas->last, areas->found, scan->probe.requests);
    show_line(text);
}

static void clear_progress(const struct scan *scan)
{
    if (scan->terminal)
        fputs("\r\033[K", stderr);
}

/* ---- what there is ----------------------------------------------------------------------------------------------- */

static bool add_table(struct scan *scan, enum mbp_table table, uint32_t first, uint32_t last, bool thorough)
{
    struct areas *areas = scan->tables[table];
    if (areas == NULL) {
        areas = scan->tables[table] = calloc(1, sizeof *areas);
        if (areas == NULL)
            return false;
        *areas = (struct areas){.table = table, .first = first, .last = last};
    }
    areas->first = first < areas->first ? first : areas->first;
    areas->last = last > areas->last ? last : areas->last;
    areas->thorough = thorough;
    areas->progress = show_progress;
    areas->ctx = scan;
    return true;
}

/* hr:0-999, or all four tables. */
static enum ctl_exit choose_tables(struct scan *scan, const struct ctl_options *options)
{
    char why[256];
    for (int a = 1; a < options->argc; a++) {
        struct ctl_address address;
        if (ctl_address_parse(options->argv[a], &address, why, sizeof why) != MBP_OK) {
            ctl_error("%s: %s", options->argv[a], why);
            return CTL_USAGE;
        }
        if (!add_table(scan, address.table, address.addr, address.addr + address.count - 1, options->thorough))
            return CTL_FAILED;
    }
    static const enum mbp_table all[] = {MBP_HOLDING_REGISTERS, MBP_INPUT_REGISTERS, MBP_COILS, MBP_DISCRETE_INPUTS};
    for (size_t t = 0; t < MBP_TABLE_COUNT && options->argc == 1; t++) {
        if (!add_table(scan, all[t], 0, UINT16_MAX, options->thorough))
            return CTL_FAILED;
    }
    return CTL_OK;
}

static void find(struct scan *scan)
{
    static const enum mbp_table order[] = {MBP_HOLDING_REGISTERS, MBP_INPUT_REGISTERS, MBP_COILS, MBP_DISCRETE_INPUTS};
    for (size_t t = 0; t < MBP_TABLE_COUNT && !scan->probe.over; t++) {
        struct areas *areas = scan->tables[order[t]];
        if (areas == NULL)
            continue;
        areas_find(areas, &scan->probe);
        int gap = areas_find_gap(areas, &scan->probe);
        scan->gap = gap >= 0 ? gap : scan->gap;
        clear_progress(scan);
        if (areas->refused)
            mbp_text_print(stderr, ctl_tr("%s: the device does not have this function\n"),
                           mbp_table_name(areas->table));
        else
            mbp_text_print(stderr, ctl_tr("%s: %u addresses answer\n"), mbp_table_name(areas->table), areas->found);
    }
}

/* ---- how it moves ------------------------------------------------------------------------------------------------ */

static bool keep_sweep(struct scan *scan)
{
    for (unsigned t = 0; t < MBP_TABLE_COUNT; t++) {
        if (scan->tables[t] == NULL || scan->tables[t]->found == 0)
            continue;
        if (scan->sweeps[t] == NULL)
            scan->sweeps[t] = calloc(GUESS_SWEEPS_MAX, sizeof *scan->sweeps[t]);
        if (scan->sweeps[t] == NULL)
            return false;
        memcpy(scan->sweeps[t][scan->sweep_count], scan->tables[t]->words, sizeof scan->tables[t]->words);
    }
    scan->sweep_count++;
    return true;
}

static void wait_until(uint64_t moment_ns)
{
    uint64_t now = probe_now_ns();
    uint64_t rest = moment_ns > now ? moment_ns - now : 0;
    struct timespec pause = {(time_t)(rest / MBP_NS_PER_S), (long)(rest % MBP_NS_PER_S)};
    if (rest > 0)
        nanosleep(&pause, NULL);
}

/* Sweeps over the time that was asked for, evenly; the last of them is what the plant file shows. */
static bool watch(struct scan *scan, uint64_t watch_ns)
{
    uint64_t start = probe_now_ns();
    if (!keep_sweep(scan))
        return false;
    while (scan->sweep_count < GUESS_SWEEPS_MAX && !scan->probe.over) {
        uint64_t due = start + watch_ns / (GUESS_SWEEPS_MAX - 1) * scan->sweep_count;
        if (probe_now_ns() >= start + watch_ns)
            break;
        wait_until(due);
        bool whole = true;
        for (unsigned t = 0; t < MBP_TABLE_COUNT && whole; t++)
            whole = scan->tables[t] == NULL || areas_read_again(scan->tables[t], &scan->probe);
        if (!keep_sweep(scan))
            return false;
        if (scan->terminal)
            say_sweep(scan);
    }
    clear_progress(scan);
    return true;
}

/* ---- the plant --------------------------------------------------------------------------------------------------- */

/* How many addresses from there on show the same still word. */
static uint32_t same_run(const struct sweeps *sweeps, uint32_t addr, uint32_t end)
{
    const uint16_t *words = sweeps->words[sweeps->count - 1];
    uint32_t at = addr;
    while (at < end && words[at] == words[addr] && guess_is_still(sweeps, at))
        at++;
    return at - addr;
}

static void add_run(struct scan *scan, enum mbp_table table, uint32_t addr, uint32_t end)
{
    struct sweeps sweeps = {scan->sweep_count, (const uint16_t(*)[AREAS_ADDRESSES])scan->sweeps[table]};
    while (addr < end) {
        uint32_t same = same_run(&sweeps, addr, end);
        uint16_t word = sweeps.words[sweeps.count - 1][addr];
        if (same > SAME_MAX) {
            mbp_text_print(stderr,
                           ctl_tr("%s %u..%u all show %u and are left out: the device says that of any address\n"),
                           mbp_table_word(table), addr, addr + same - 1, word);
            scan->left_out += same;
            scan->gap = word;
            addr += same;
            continue;
        }
        struct learn_point point = guess_at(&sweeps, table, addr, end);
        if (same >= SAME_MIN && point.words == 1)
            point.words = (uint16_t)same;
        scan->guessed += point.comment[0] != '\0';
        learn_add(&scan->device, &point, scan->source);
        addr += point.words;
    }
}

static void add_points(struct scan *scan)
{
    for (unsigned t = 0; t < MBP_TABLE_COUNT; t++) {
        const struct areas *areas = scan->tables[t];
        for (uint32_t at = 0; areas != NULL && areas->found > 0 && at < AREAS_ADDRESSES; at++) {
            uint32_t end = at;
            while (end < AREAS_ADDRESSES && areas->state[end] == AREA_THERE)
                end++;
            if (end > at)
                add_run(scan, (enum mbp_table)t, at, end);
            at = end > at ? end - 1 : at;
        }
    }
}

/* What a unit answers beside its points: functions that are not there, and who it is. */
static void print_functions(struct scan *scan, FILE *out)
{
    static const struct {
        uint8_t code;
        enum mbp_table table; /* MBP_TABLE_COUNT = of none */
    } all[] = {{1, MBP_COILS},
               {2, MBP_DISCRETE_INPUTS},
               {3, MBP_HOLDING_REGISTERS},
               {4, MBP_INPUT_REGISTERS},
               {5, MBP_COILS},
               {6, MBP_HOLDING_REGISTERS},
               {15, MBP_COILS},
               {16, MBP_HOLDING_REGISTERS},
               {20, MBP_TABLE_COUNT},
               {22, MBP_HOLDING_REGISTERS},
               {23, MBP_HOLDING_REGISTERS},
               {43, MBP_TABLE_COUNT}};
    bool some = false;
    for (unsigned t = 0; t < MBP_TABLE_COUNT; t++)
        some = some || (scan->tables[t] != NULL && scan->tables[t]->refused);
    if (!some)
        return;
    const char *comma = "";
    fputs("    answer: {functions: [", out);
    for (size_t f = 0; f < sizeof all / sizeof all[0]; f++) {
        const struct areas *areas = all[f].table < MBP_TABLE_COUNT ? scan->tables[all[f].table] : NULL;
        if (areas != NULL && areas->refused)
            continue;
        fprintf(out, "%s%u", comma, all[f].code);
        comma = ", ";
    }
    fputs("]}\n", out);
}

static bool is_plain(const struct probe_object *object)
{
    for (unsigned i = 0; i < object->len; i++) {
        if (object->bytes[i] < ' ' || object->bytes[i] > '~' || strchr("\"\\", object->bytes[i]) != NULL)
            return false;
    }
    return true;
}

static void print_identity(struct scan *scan, FILE *out)
{
    static struct probe_object objects[OBJECTS_MAX];
    unsigned count = probe_identity(&scan->probe, objects, OBJECTS_MAX);
    for (unsigned o = 0; o < count; o++) {
        fprintf(out, o == 0 ? "    identity:\n      \"0x%02X\": " : "      \"0x%02X\": ", objects[o].id);
        if (is_plain(&objects[o])) {
            fprintf(out, "\"%.*s\"\n", objects[o].len, (const char *)objects[o].bytes);
            continue;
        }
        fputs("{hex: \"", out);
        for (unsigned i = 0; i < objects[o].len; i++)
            fprintf(out, "%02X", objects[o].bytes[i]);
        fputs("\"}\n", out);
    }
}

static enum ctl_exit write_plant(struct scan *scan, const struct ctl_options *options)
{
    add_points(scan);
    if (scan->device.count == 0)
        return CTL_FAILED;
    if (scan->gap >= 0)
        fprintf(scan->answer.out, "    gaps: %d\n", scan->gap);
    print_functions(scan, scan->answer.out);
    char *answer = mbp_buffer_close(&scan->answer);
    scan->device.answer = answer;
    scan->device.out_of_memory = scan->device.out_of_memory || answer == NULL;
    enum ctl_exit code = learn_write(options, &scan->device);
    if (code == CTL_OK)
        mbp_text_print(stderr, ctl_tr("%s: %u points of what answered in %u requests, %u of them with a guess\n"),
                       scan->source, scan->device.named, scan->probe.requests, scan->guessed);
    free(answer);
    return code;
}

/* ---- one run ----------------------------------------------------------------------------------------------------- */

static void stop(int number)
{
    (void)number;
    probe_interrupt();
}

static enum ctl_exit run(struct scan *scan, const struct ctl_options *options)
{
    enum ctl_exit code = choose_tables(scan, options);
    if (code != CTL_OK)
        return code;
    if (!mbp_buffer_open(&scan->answer)) {
        ctl_error("not enough memory");
        return CTL_FAILED;
    }
    print_identity(scan, scan->answer.out);
    find(scan);
    uint64_t watch_s = options->shelf_s > 0 ? options->shelf_s : WATCH_S_USUAL;
    if (!watch(scan, watch_s * MBP_NS_PER_S)) {
        ctl_error("not enough memory");
        return CTL_FAILED;
    }
    code = write_plant(scan, options);
    if (scan->probe.strange != 0)
        mbp_text_print(stderr,
                       ctl_tr("%s: it refuses with exception %02X, which the specification does not have: taken as "
                              "'there is nothing'\n"),
                       scan->source, scan->probe.strange);
    if (scan->probe.over) {
        ctl_error("%s%s", scan->probe.why,
                  scan->device.count > 0 ? ctl_tr("; what was learnt until then is written")
                                         : ctl_tr("; nothing is written"));
        return CTL_FAILED;
    }
    if (scan->device.count == 0)
        ctl_error("%s: no address of unit %u answers; -u names another unit, --thorough asks every address",
                  scan->source, scan->probe.unit);
    return code;
}

enum ctl_exit learn_scan(struct ctl *ctl)
{
    const struct ctl_options *options = ctl->options;
    struct scan scan = {.terminal = isatty(STDERR_FILENO) == 1, .gap = -1};
    if (ctl_link(ctl) == NULL)
        return CTL_FAILED;
    struct sigaction action = {.sa_handler = stop};
    struct sigaction old;
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, &old);
    snprintf(scan.source, sizeof scan.source, "%s", ctl_target_text(&options->target));
    scan.device = (struct learn_device){.source = scan.source, .unit = ctl_raw_unit(ctl), .scanned = true};
    probe_begin(&scan.probe, ctl, options->rate > 0 ? options->rate : RATE_USUAL);
    enum ctl_exit code = run(&scan, options);
    free(mbp_buffer_close(&scan.answer));
    for (unsigned t = 0; t < MBP_TABLE_COUNT; t++) {
        free(scan.tables[t]);
        free(scan.sweeps[t]);
    }
    learn_free(&scan.device);
    sigaction(SIGINT, &old, NULL);
    return code;
}
