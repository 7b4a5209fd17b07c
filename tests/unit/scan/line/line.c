/* The line's making. */
#include "line.h"

#include <ftw.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

const char line_yaml[] =
    "mbplant: 1\n"
    "name: Line\n"
    "scan: 100ms\n"
    "seed: 7\n"
    "units:\n"
    "  - id: 1\n"
    "    machines:\n"
    "      - name: FILL1\n"
    "        cycle: {time: 250ms, reject: 10%}\n"
    "        sensors:\n"
    "          - {name: TT101, kind: temperature, range: [0, 150], max: 85, signal: {base: 65, noise: 0.2},\n"
    "             register: {type: int16, scale: 0.1}}\n"
    "          - {name: PT101, kind: pressure, range: [0, 10], signal: {base: 5},\n"
    "             limits: {low_low: 1, low: 2, high: 8, high_high: 9}, register: {type: float32}}\n"
    "      - name: CAP1\n"
    "        maintenance: {takes: 2s}\n"
    "        sensors:\n"
    "          - {name: ST201, kind: speed, range: [0, 100], max: 90, inject: once, signal: {base: 50},\n"
    "             register: {type: uint16}}\n";

static void run_plant(struct line *line)
{
    /* The journal waits for a disk by its own clock; the scan sees only the test's. */
    const struct mbp_clock system = mbp_clock_system();
    assert_int_equal(mbp_journal_open(line->dir, line->plant, &system, stderr, &line->journal), MBP_OK);
    assert_int_equal(mbp_image_new(line->plant, &line->image), MBP_OK);
    line->unit = mbp_image_unit(line->image, 1);
    const struct mbp_scan_config config = {
        line->plant, line->image, line->journal, fixture_clock(&line->time), 1.0, line->checkpoint_every_ns};
    assert_int_equal(mbp_scan_new(&config, &line->scan), MBP_OK);
}

void line_start(struct line *line, const char *yaml)
{
    line->plant = fixture_plant(yaml);
    run_plant(line);
}

void line_change_to(struct line *line, const char *yaml)
{
    struct mbp_plant *plant = fixture_plant(yaml);
    struct mbp_image *image;
    struct mbp_change *change;
    struct mbp_next_scan *next;
    assert_int_equal(mbp_change_find(line->plant, plant, &change), MBP_OK);
    assert_int_equal(mbp_image_new(plant, &image), MBP_OK);
    assert_int_equal(mbp_next_scan_new(plant, image, change, &next), MBP_OK);
    assert_int_equal(mbp_scan_change(line->scan, next, LINE_PEER), MBP_OK);
    mbp_change_free(change);
    mbp_image_free(line->image);
    assert_int_equal(mbp_journal_flush(line->journal), MBP_OK);
    mbp_journal_hand_over(line->journal); /* flush alone takes nothing back */
    mbp_plant_free(line->plant);
    line->plant = plant;
    line->image = image;
    line->unit = mbp_image_unit(image, 1);
}

void line_load(struct line *line, const char *path)
{
    assert_int_equal(mbp_plant_load(path, stderr, &line->plant), MBP_OK);
    run_plant(line);
}

void line_sql(struct line *line, const char *sql)
{
    char path[sizeof line->dir + 16];
    sqlite3 *db = NULL;
    snprintf(path, sizeof path, "%s/journal.db", line->dir);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

void line_stop(struct line *line)
{
    if (line->scan != NULL)
        mbp_scan_close(line->scan);
    mbp_journal_close(line->journal);
    mbp_scan_free(line->scan);
    mbp_image_free(line->image);
    mbp_plant_free(line->plant);
    line->scan = NULL;
    line->journal = NULL;
    line->image = NULL;
    line->plant = NULL;
}

static int remove_entry(const char *path, const struct stat *entry, int type, struct FTW *where)
{
    (void)entry;
    (void)type;
    (void)where;
    return remove(path);
}

void line_end(struct line *line)
{
    line_stop(line);
    if (line->dir[0] != '\0')
        nftw(line->dir, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    line->dir[0] = '\0';
}

static void make_dir(struct line *line)
{
    snprintf(line->dir, sizeof line->dir, "/tmp/mbplant-scan-XXXXXX");
    assert_non_null(mkdtemp(line->dir));
}

void line_begin(struct line *line, const char *yaml)
{
    line_end(line);
    make_dir(line);
    line_start(line, yaml);
}

int line_setup(void **state)
{
    struct line *line = calloc(1, sizeof *line);
    assert_non_null(line);
    line->time = (struct fixture_time){.mono_ns = 5 * MBP_NS_PER_S, .wall_ms = FIXTURE_WALL_MS};
    line_begin(line, line_yaml);
    *state = line;
    return 0;
}

int line_teardown(void **state)
{
    struct line *line = *state;
    line_end(line);
    free(line);
    return 0;
}

void line_scan(struct line *line, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        line->time.mono_ns += line->plant->scan_ns;
        line->time.wall_ms += line->plant->scan_ns / MBP_NS_PER_MS;
        mbp_scan_step(line->scan);
    }
}

enum mbp_status line_write(struct line *line, uint16_t addr, uint16_t count, const uint16_t *words)
{
    uint8_t bytes[2 * MBP_IMAGE_WRITE_MAX] = {0};
    for (uint16_t i = 0; i < count; i++) {
        bytes[2 * i] = (uint8_t)(words[i] >> 8);
        bytes[2 * i + 1] = (uint8_t)words[i];
    }
    return mbp_image_write_words(line->unit, addr, count, bytes, (struct mbp_peer){LINE_PEER});
}

enum mbp_status line_write_word(struct line *line, uint16_t addr, uint16_t word)
{
    return line_write(line, addr, 1, &word);
}

enum mbp_status line_write_coil(struct line *line, uint16_t addr, bool on)
{
    const uint8_t packed = on;
    return mbp_image_write_bits(line->unit, addr, 1, &packed, (struct mbp_peer){LINE_PEER});
}

void line_read(struct line *line)
{
    assert_int_equal(mbp_journal_flush(line->journal), MBP_OK);
    line->event_count = mbp_journal_read(line->journal, 1, LINE_EVENTS, line->events);
    assert_true(line->event_count < LINE_EVENTS);
    for (size_t i = 0; i < line->event_count; i++)
        assert_int_equal(line->events[i].seq, i + 1);
}

const char *line_machine(const struct line *line, const struct mbp_event *event)
{
    const struct mbp_event_tag *tag = mbp_names_machine(mbp_journal_names(line->journal), event);
    return tag != NULL ? tag->name : "";
}

const char *line_item(const struct line *line, const struct mbp_event *event)
{
    const struct mbp_event_tag *tag = mbp_names_item(mbp_journal_names(line->journal), event);
    return tag != NULL ? tag->name : "";
}

size_t line_find(const struct line *line, size_t from, enum mbp_event_code code)
{
    for (size_t i = from; i < line->event_count; i++) {
        if (line->events[i].code == code)
            return i;
    }
    fail_msg("no event '%s' from %zu on", mbp_event_code_name((uint16_t)code), from);
    return SIZE_MAX;
}

size_t line_count(const struct line *line, enum mbp_event_code code)
{
    size_t count = 0;
    for (size_t i = 0; i < line->event_count; i++)
        count += line->events[i].code == code ? 1 : 0;
    return count;
}

static bool bit(const struct line *line, enum mbp_table table, uint16_t addr)
{
    uint8_t packed;
    assert_int_equal(mbp_image_may_read(line->unit, table, addr, 1), MBP_OK);
    mbp_image_read_bits(line->unit, table, addr, 1, &packed);
    return packed != 0;
}

static uint16_t word(const struct line *line, enum mbp_table table, uint16_t addr)
{
    uint8_t bytes[16]; /* gcc 12 thinks of the loop that swaps eight at a time, and warns about less room */
    assert_int_equal(mbp_image_may_read(line->unit, table, addr, 1), MBP_OK);
    mbp_image_read_words(line->unit, table, addr, 1, bytes);
    return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

bool line_coil(const struct line *line, uint16_t addr)
{
    return bit(line, MBP_COILS, addr);
}

bool line_discrete(const struct line *line, uint16_t addr)
{
    return bit(line, MBP_DISCRETE_INPUTS, addr);
}

uint16_t line_holding(const struct line *line, uint16_t addr)
{
    return word(line, MBP_HOLDING_REGISTERS, addr);
}

uint16_t line_input(const struct line *line, uint16_t addr)
{
    return word(line, MBP_INPUT_REGISTERS, addr);
}
