/* SIGKILL at any moment of random sequences, also in the middle of a scan and of the start after another kill: what a
 * client was told is exact. Each life is a process of its own, which ends itself; what a client knows is in memory that
 * they share. */
#include "actor.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mbplant/fault.h"
#include "mbplant/image/alarm_command.h"
#include "mbplant/map.h"
#include "mbplant/state/hiding.h"
#include "scan_priv.h"

#define UNITS     3u
#define ADDRESSES 16384u
#define ITEMS     64u
#define LIVES     60u
#define STEPS     12u /* of a life, at most */

/* What a master read, or could have, with the last answer. */
struct told {
    uint64_t scan, tick;
    uint32_t last, newest; /* events: that can be read; that there are */
    uint16_t words[UNITS][MBP_TABLE_COUNT][ADDRESSES];
    uint8_t state[ITEMS], active[ITEMS], unack[ITEMS], latched[ITEMS], alarm_flags[ITEMS], flags[ITEMS];
    uint8_t shelved[ITEMS], once[ITEMS], removed[ITEMS], bypassed[ITEMS], chattering[ITEMS]; /* of single alarms */
    uint32_t raised_s[ITEMS][MBP_ALARM_COUNT];
    uint32_t first_out[ITEMS], refused_sensor[ITEMS], maintenances[ITEMS];
    double limit[ITEMS][MBP_LIMIT_COUNT], forced[ITEMS];
    uint64_t setting[ITEMS];
    bool fault[ITEMS], paused;
    double speed;
    uint64_t snapshot_scan, snapshot_ns, snapshot_sum; /* 0 = there is none */
    uint16_t file[8];
};

struct world {
    struct fixture_time time;
    uint64_t seed, draws;
    bool lives_on;               /* told holds something */
    bool flushed;                /* each scan of the last life was durable before the next */
    uint32_t refused, commanded; /* writes that were; snapshots that were taken */
    struct told told;
    struct mbp_event events[LINE_EVENTS]; /* by number */
    char comments[LINE_EVENTS][24];
};

static struct world *world;
static struct line line;
static struct actor actor;

/* ---- the end ---------------------------------------------------------------------------------------------------- */

static uint32_t calls_left; /* of the functions below; 0 = none of them is the end */
static bool armed;          /* in the middle of a start, or of a scan */
static bool scanning;       /* and what it publishes is not yet recorded */
static void note_told(void);

static void maybe_end(void)
{
    if (armed && calls_left > 0 && --calls_left == 0)
        raise(SIGKILL);
}

size_t __real_mbp_image_latch(struct mbp_image *image, const struct mbp_write **writes);        // NOLINT
size_t __wrap_mbp_image_latch(struct mbp_image *image, const struct mbp_write **writes);        // NOLINT
enum mbp_status __real_mbp_journal_push_event(struct mbp_journal *, struct mbp_event *);        // NOLINT
enum mbp_status __wrap_mbp_journal_push_event(struct mbp_journal *journal, struct mbp_event *); // NOLINT
struct mbp_tail;                                                                                // NOLINT
void __real_mbp_tail_commit(struct mbp_tail *tail, uint64_t handed);                            // NOLINT
void __wrap_mbp_tail_commit(struct mbp_tail *tail, uint64_t handed);                            // NOLINT

size_t __wrap_mbp_image_latch(struct mbp_image *image, const struct mbp_write **writes) // NOLINT
{
    size_t count = __real_mbp_image_latch(image, writes);
    scanning = true;
    maybe_end();
    return count;
}

enum mbp_status __wrap_mbp_journal_push_event(struct mbp_journal *journal, struct mbp_event *event) // NOLINT
{
    maybe_end();
    return __real_mbp_journal_push_event(journal, event);
}

/* Every fourth walk is as of a plant that is too large for a copy of its state with each scan: what is told is exact,
 * the process goes on from a checkpoint. */
static bool is_large(void)
{
    return world->seed % 4 == 0;
}

bool __wrap_scan_checkpoint_is_small(const struct mbp_state *state, uint64_t scan_ns); // NOLINT
bool __wrap_scan_checkpoint_is_small(const struct mbp_state *state, uint64_t scan_ns)  // NOLINT
{
    (void)state;
    (void)scan_ns;
    return !is_large();
}

/* Behind it the scan is one that counts, with what it published. */
void __wrap_mbp_tail_commit(struct mbp_tail *tail, uint64_t handed) // NOLINT
{
    bool is_scan = scanning && line.scan != NULL;
    maybe_end();
    __real_mbp_tail_commit(tail, handed);
    scanning = false;
    if (armed && calls_left == 1 && is_scan)
        note_told();
    maybe_end();
}

/* ---- what is known ---------------------------------------------------------------------------------------------- */

static uint16_t word_at(const struct mbp_image_unit *unit, enum mbp_table table, uint32_t addr)
{
    if (table == MBP_COILS)
        return unit->coils[addr];
    if (table == MBP_DISCRETE_INPUTS)
        return unit->discrete[addr];
    return table == MBP_INPUT_REGISTERS ? unit->input[addr] : unit->holding[addr];
}

static void read_tables(struct told *told)
{
    for (uint32_t u = 0; u < UNITS; u++) {
        const struct mbp_image_unit *unit = actor_unit(&line, line.plant->units[u].id);
        for (enum mbp_table t = 0; t < MBP_TABLE_COUNT; t++) {
            assert_true(unit->size[t] <= ADDRESSES);
            for (uint32_t a = 0; a < unit->size[t]; a++)
                told->words[u][t][a] = word_at(unit, t, a);
        }
    }
    uint8_t bytes[16];
    assert_int_equal(mbp_image_read_file(actor_unit(&line, 2), 4, 0, 8, bytes), MBP_OK);
    memcpy(told->file, bytes, sizeof bytes);
}

static uint64_t sum_of(const struct mbp_state *state)
{
    struct mbp_span spans[MBP_STATE_SPANS];
    uint64_t sum = 1;
    for (unsigned i = 0, count = mbp_state_spans(state, spans); i < count; i++)
        sum = mbp_checksum(sum, spans[i].bytes, spans[i].len);
    return sum;
}

static void read_alone(struct told *told, const struct mbp_state *state, uint32_t s)
{
    const struct mbp_alarms_alone *alone = &state->alone[s];
    told->shelved[s] = alone->shelved;
    told->once[s] = alone->once;
    told->removed[s] = alone->removed;
    told->bypassed[s] = alone->bypassed;
    told->chattering[s] = alone->chattering;
    memcpy(told->raised_s[s], state->raised_s + (size_t)s * MBP_ALARM_COUNT, sizeof told->raised_s[s]);
}

static void read_state(struct told *told)
{
    const struct mbp_state *state = mbp_scan_state(line.scan);
    told->scan = state->scan;
    told->tick = state->tick;
    assert_true(state->sensor_count <= ITEMS);
    for (uint32_t m = 0; m < state->machine_count; m++) {
        told->state[m] = state->machine[m].state;
        told->first_out[m] = state->machine[m].first_out;
        told->refused_sensor[m] = state->upkeep[m].refused_sensor;
        told->maintenances[m] = state->upkeep[m].maintenances;
    }
    for (uint32_t s = 0; s < state->sensor_count; s++) {
        read_alone(told, state, s);
        told->active[s] = state->active[s];
        told->unack[s] = state->unack[s];
        told->latched[s] = state->latched[s];
        told->alarm_flags[s] = state->alarm_flags[s];
        told->flags[s] = state->flags[s] & (MBP_SENSOR_FORCED | MBP_SENSOR_SHELVED);
        told->forced[s] = (told->flags[s] & MBP_SENSOR_FORCED) != 0 ? state->forced_value[s] : 0;
        memcpy(told->limit[s], state->limit + (size_t)s * MBP_LIMIT_COUNT, sizeof told->limit[s]);
    }
    for (uint32_t i = 0; i < mbp_setting_count(line.plant); i++)
        told->setting[i] = mbp_setting_now(line.plant, state, i);
    for (uint32_t f = 0; f < mbp_fault_total(line.plant); f++)
        told->fault[f] = state->fault[f].active;
    struct mbp_sim_figures sim = mbp_scan_sim(line.scan);
    told->paused = sim.paused;
    told->speed = sim.speed;
    told->snapshot_scan = sim.snapshot ? sim.snapshot_scan : 0;
    told->snapshot_ns = sim.snapshot ? sim.snapshot_ns : 0;
    told->snapshot_sum = sim.snapshot ? sum_of(line.scan->snapshot) : 0;
}

static void read_comment(const struct mbp_event *event, char comment[24])
{
    char text[MBP_COMMENT_MAX + 1];
    mbp_journal_comment(line.journal, event, text);
    snprintf(comment, 24, "%.23s", text);
    assert_int_equal(text[0] != '\0', (event->flags & MBP_EVENT_COMMENT) != 0);
}

/* Those that can be read now. */
static void read_events(void)
{
    uint32_t last = mbp_journal_last(line.journal);
    uint32_t first = world->told.last + 1;
    if (last >= first) {
        assert_true(last < LINE_EVENTS);
        assert_int_equal(mbp_journal_read(line.journal, first, last - first + 1, world->events + first),
                         last - first + 1);
        for (uint32_t seq = first; seq <= last; seq++)
            read_comment(&world->events[seq], world->comments[seq]);
    }
    world->told.last = last;
    world->told.newest = mbp_journal_health(line.journal).newest;
}

static void note_told(void)
{
    read_tables(&world->told);
    read_state(&world->told);
    read_events();
    world->lives_on = true;
    world->draws = actor.draws;
    world->time = line.time;
}

/* ---- what must be so -------------------------------------------------------------------------------------------- */

static void assert_events(void)
{
    static struct mbp_event now[LINE_EVENTS];
    assert_int_equal(mbp_journal_flush(line.journal), MBP_OK);
    assert_true(mbp_journal_last(line.journal) >= world->told.newest);
    size_t count = mbp_journal_read(line.journal, 1, LINE_EVENTS, now);
    assert_true(count >= world->told.newest);
    for (uint32_t seq = 1; seq <= count; seq++) {
        uint16_t was[MBP_EVENT_WORDS];
        uint16_t is[MBP_EVENT_WORDS];
        assert_int_equal(now[seq - 1].seq, seq);
        mbp_event_encode(&world->events[seq], was);
        mbp_event_encode(&now[seq - 1], is);
        char comment[24];
        read_comment(&now[seq - 1], comment);
        if (seq <= world->told.last) {
            assert_memory_equal(was, is, sizeof was);
            assert_string_equal(comment, world->comments[seq]);
        }
    }
}

/* ---- who hid what ------------------------------------------------------------------------------------------------ */

#define IDS      256u
#define AS_ONE   MBP_ALARM_COUNT
#define HIDERS   4096u
#define REMOVED  MBP_HIDING_REMOVED
#define IN_UNITS (UNITS - 1u) /* the instructor's has no alarms */

/* The event by which each alarm, or all of an item as one, is hidden; 0 = by none. A second opinion, by the events. */
static uint32_t hid[IN_UNITS][MBP_HIDING_COUNT][IDS][MBP_ALARM_COUNT + 1];

static void set_hid(const struct mbp_event *event, enum mbp_hiding by, bool on, unsigned alarm)
{
    uint16_t item = by == MBP_HIDING_MAINTENANCE ? event->machine : event->sensor;
    assert_true(event->unit - 1u < IN_UNITS && item < IDS);
    hid[event->unit - 1][by][item][alarm] = on ? event->seq : 0;
}

static void follow(const struct mbp_event *event)
{
    unsigned one = event->detail >> 24;
    unsigned alarm = one == 0 ? AS_ONE : one - 1;
    uint32_t from = event->detail >> 8 & 0xFF;
    uint32_t to = event->detail & 0xFF;
    if (event->code == MBP_EV_ALARM_SHELVED || event->code == MBP_EV_ALARM_UNSHELVED)
        set_hid(event, MBP_HIDING_SHELVED, event->code == MBP_EV_ALARM_SHELVED, alarm);
    if (event->code == MBP_EV_ALARM_OUT_OF_SERVICE || event->code == MBP_EV_ALARM_IN_SERVICE)
        set_hid(event, REMOVED, event->code == MBP_EV_ALARM_OUT_OF_SERVICE, alarm);
    if (event->code == MBP_EV_INTERLOCK_BYPASSED || event->code == MBP_EV_INTERLOCK_RESTORED)
        set_hid(event, MBP_HIDING_BYPASSED, event->code == MBP_EV_INTERLOCK_BYPASSED, alarm);
    for (unsigned a = 0; a < MBP_ALARM_COUNT; a++) {
        bool suppressed = event->code == MBP_EV_ALARM_SUPPRESSED;
        if ((suppressed || event->code == MBP_EV_ALARM_UNSUPPRESSED) && (event->detail >> a & 1) != 0)
            set_hid(event, MBP_HIDING_SUPPRESSED, suppressed, a);
    }
    if (event->code == MBP_EV_MACHINE_STATE && from != to && (to == MBP_MAINTENANCE || from == MBP_MAINTENANCE))
        set_hid(event, MBP_HIDING_MAINTENANCE, to == MBP_MAINTENANCE, AS_ONE);
}

static int by_number(const void *a, const void *b)
{
    uint32_t one = *(const uint32_t *)a;
    uint32_t other = *(const uint32_t *)b;
    return one < other ? -1 : one > other;
}

static uint32_t hiders(uint32_t seqs[HIDERS])
{
    const uint32_t *all = &hid[0][0][0][0];
    uint32_t count = 0;
    for (size_t i = 0; i < sizeof hid / sizeof *all; i++) {
        if (all[i] != 0)
            seqs[count++] = all[i];
        assert_true(count < HIDERS);
    }
    qsort(seqs, count, sizeof *seqs, by_number);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (kept == 0 || seqs[kept - 1] != seqs[i])
            seqs[kept++] = seqs[i];
    }
    return kept;
}

static uint32_t listed(uint16_t file, uint32_t entry)
{
    uint16_t words[2];
    assert_int_equal(mbp_journal_read_file(line.journal, file, (uint16_t)(2 * entry), 2, words), MBP_OK);
    return (uint32_t)words[0] << 16 | words[1];
}

/* Of what a sensor hides now, somebody is known. */
static void assert_known(uint32_t sensor)
{
    const struct mbp_state *state = mbp_scan_state(line.scan);
    const uint32_t u = line.plant->sensors[sensor].unit;
    const uint32_t number = sensor - line.plant->units[u].first_sensor;
    const uint16_t id = mbp_journal_item_id(line.journal, line.plant, u, number);
    const struct mbp_alarms_alone *alone = &state->alone[sensor];
    const uint8_t masks[MBP_HIDING_COUNT] = {[MBP_HIDING_SHELVED] = alone->shelved,
                                             [MBP_HIDING_REMOVED] = alone->removed,
                                             [MBP_HIDING_BYPASSED] = alone->bypassed};
    assert_int_equal((state->flags[sensor] & MBP_SENSOR_SHELVED) != 0, hid[u][MBP_HIDING_SHELVED][id][AS_ONE] != 0);
    assert_int_equal((state->alarm_flags[sensor] & MBP_ALARMS_REMOVED) != 0, hid[u][REMOVED][id][AS_ONE] != 0);
    for (unsigned by = 0; by < MBP_HIDING_COUNT; by++) {
        for (unsigned a = 0; a < MBP_ALARM_COUNT && by != MBP_HIDING_SUPPRESSED; a++)
            assert_int_equal(masks[by] >> a & 1u, hid[u][by][id][a] != 0);
    }
}

static void assert_hiding(void)
{
    static struct mbp_event all[LINE_EVENTS];
    static uint32_t seqs[HIDERS];
    memset(hid, 0, sizeof hid);
    size_t count = mbp_journal_read(line.journal, 1, LINE_EVENTS, all);
    for (size_t i = 0; i < count; i++)
        follow(&all[i]);
    uint32_t expected = hiders(seqs);
    assert_int_equal(listed(MBP_HIDING_FILE, 0), expected);
    for (uint32_t i = 0; i <= expected; i++)
        assert_int_equal(listed(MBP_HIDING_FILE + 1, i), i < expected ? seqs[i] : 0);
    for (uint32_t s = 0; s < line.plant->sensor_count; s++)
        assert_known(s);
}

/* Whether a setting or command is what a controller in automatic made of it. */
static bool is_moved(uint32_t index)
{
    const struct mbp_state *state = mbp_scan_state(line.scan);
    for (uint32_t c = 0; c < line.plant->controller_count; c++) {
        const struct mbp_controller *controller = &line.plant->controllers[c];
        uint32_t first = line.plant->actuator_count + MBP_SETTINGS_RETAINED * c;
        bool by_outer = controller->outer != UINT32_MAX && state->controller[controller->outer].automatic;
        if (state->controller[c].automatic && (index == controller->output || index == first + MBP_SET_MANUAL))
            return true;
        if (by_outer && index == first + MBP_SET_SETPOINT)
            return true;
    }
    return false;
}

/* Its register, where what is written does not wait there. */
static bool is_moved_register(const struct mbp_image_unit *unit, uint32_t addr)
{
    uint32_t settings = unit->unit->layout.base[MBP_MAP_SETTINGS];
    uint32_t at = addr - settings;
    for (uint32_t a = 0; a < unit->unit->actuator_count; a++) {
        const struct mbp_register *reg = &line.plant->actuators[unit->unit->first_actuator + a].reg;
        if (addr >= reg->addr && addr < (uint32_t)reg->addr + reg->words)
            return is_moved(unit->unit->first_actuator + a);
    }
    return addr >= settings && at < 16u * line.plant->controller_count && at % 16 < 2 * MBP_SETTING_COUNT &&
           is_moved(line.plant->actuator_count + MBP_SETTINGS_RETAINED * (at / 16) + at % 16 / 2);
}

/* The register of a shelf or of a bypass, which shows how long it lasts yet. */
static bool is_time_left(const struct mbp_image_unit *unit, uint32_t addr)
{
    for (unsigned b = 0; b < mbp_map_count; b++) {
        uint32_t base = unit->unit->layout.base[b];
        uint8_t write = mbp_map[b].fields[0].write;
        bool shows_time = write == MBP_WRITE_SHELVING || write == MBP_WRITE_BYPASS;
        if (shows_time && base < MBP_ADDRESSES && addr >= base &&
            addr < base + (uint32_t)mbp_map[b].stride * unit->unit->sensor_count)
            return true;
    }
    return false;
}

/* The register of a sensor that shows its process, of what a controller moves, or of the time that a shelf has left. */
static bool is_of_process(const struct mbp_image_unit *unit, uint32_t addr)
{
    for (uint32_t s = 0; s < unit->unit->sensor_count; s++) {
        uint32_t index = unit->unit->first_sensor + s;
        const struct mbp_register *reg = &line.plant->sensors[index].reg;
        if (addr >= reg->addr && addr < (uint32_t)reg->addr + reg->words && reg->type != MBP_STRING)
            return (world->told.flags[index] & MBP_SENSOR_FORCED) == 0 &&
                   (unit->access[MBP_HOLDING_REGISTERS][reg->addr] & MBP_ACCESS_DIRTY) == 0;
    }
    bool is_shelf = is_large() && is_time_left(unit, addr);
    return !unit->unit->instructor && (is_shelf || is_moved_register(unit, addr));
}

/* To the last command to an alarm, and how many there were. */
static void assert_answers(const struct told *now, uint32_t u, const struct mbp_image_unit *unit)
{
    for (uint32_t a = unit->answer; unit->answer < MBP_ADDRESSES && a < unit->answer + MBP_ANSWER_WORDS; a++) {
        const uint16_t told = world->told.words[u][MBP_INPUT_REGISTERS][a];
        if (now->words[u][MBP_INPUT_REGISTERS][a] != told)
            fail_msg("seed %u draw %u: unit %u word %u of the answer: told %u, and now %u", (unsigned)world->seed,
                     (unsigned)world->draws, unit->unit->id, a - unit->answer, told,
                     now->words[u][MBP_INPUT_REGISTERS][a]);
    }
}

static void assert_tables(void)
{
    static struct told now;
    read_tables(&now);
    assert_memory_equal(now.file, world->told.file, sizeof now.file);
    for (uint32_t u = 0; u < UNITS; u++) {
        const struct mbp_image_unit *unit = actor_unit(&line, line.plant->units[u].id);
        assert_answers(&now, u, unit);
        for (enum mbp_table t = 0; t < MBP_TABLE_COUNT; t++) {
            if (t == MBP_DISCRETE_INPUTS && is_large())
                continue; /* bad quality, and what is suppressed by it, are of the process */
            for (uint32_t a = 0; t != MBP_INPUT_REGISTERS && a < unit->size[t]; a++) {
                if (now.words[u][t][a] != world->told.words[u][t][a] &&
                    !(t == MBP_HOLDING_REGISTERS && is_of_process(unit, a)))
                    fail_msg("seed %u draw %u: unit %u table %u at %u: told %u, and now %u", (unsigned)world->seed,
                             (unsigned)world->draws, unit->unit->id, (unsigned)t, a, world->told.words[u][t][a],
                             now.words[u][t][a]);
            }
        }
    }
}

static void assert_state(void)
{
    static struct told now;
    const struct told *told = &world->told;
    read_state(&now);
    assert_memory_equal(now.state, told->state, sizeof now.state);
    assert_memory_equal(now.active, told->active, sizeof now.active);
    assert_memory_equal(now.unack, told->unack, sizeof now.unack);
    assert_memory_equal(now.latched, told->latched, sizeof now.latched);
    assert_memory_equal(now.alarm_flags, told->alarm_flags, sizeof now.alarm_flags);
    assert_memory_equal(now.flags, told->flags, sizeof now.flags);
    assert_memory_equal(now.shelved, told->shelved, sizeof now.shelved);
    assert_memory_equal(now.once, told->once, sizeof now.once);
    assert_memory_equal(now.removed, told->removed, sizeof now.removed);
    assert_memory_equal(now.bypassed, told->bypassed, sizeof now.bypassed);
    assert_memory_equal(now.chattering, told->chattering, sizeof now.chattering);
    assert_memory_equal(now.raised_s, told->raised_s, sizeof now.raised_s);
    assert_memory_equal(now.first_out, told->first_out, sizeof now.first_out);
    assert_memory_equal(now.refused_sensor, told->refused_sensor, sizeof now.refused_sensor);
    assert_memory_equal(now.maintenances, told->maintenances, sizeof now.maintenances);
    assert_memory_equal(now.limit, told->limit, sizeof now.limit);
    assert_memory_equal(now.forced, told->forced, sizeof now.forced);
    for (uint32_t i = 0; i < mbp_setting_count(line.plant); i++) {
        if (!is_moved(i))
            assert_memory_equal(&now.setting[i], &told->setting[i], sizeof now.setting[i]);
    }
    assert_memory_equal(now.fault, told->fault, sizeof now.fault);
    assert_int_equal(now.paused, told->paused);
    assert_memory_equal(&now.speed, &told->speed, sizeof now.speed);
    assert_true(now.snapshot_scan == told->snapshot_scan);
    assert_true(now.snapshot_ns == told->snapshot_ns);
    assert_true(now.snapshot_sum == told->snapshot_sum);
    assert_true(now.scan >= told->scan);
    if (!is_large())
        assert_true(now.tick == told->tick);
    else if (world->flushed) /* checkpoints could be stored as they were taken: one second of 100 ms */
        assert_true(now.tick + 11 >= told->tick);
}

/* ---- what is told in sums ---------------------------------------------------------------------------------------- */

/* More than may be told one by one. */
static void be_refused(uint32_t times)
{
    static const uint8_t zero[2] = {0, 0};
    for (uint32_t i = 0; i < times; i++) {
        uint16_t addr = (uint16_t)(60000 + i % 12);
        assert_int_not_equal(
            mbp_image_write_words(actor_unit(&line, 1), addr, 1, zero, (struct mbp_peer){LINE_PEER + i % 3}), MBP_OK);
        world->refused++;
    }
}

/* The peer's word with a comment that says what is done with it. */
static uint32_t saying(const char *what)
{
    uint16_t number = mbp_image_comment(line.image, (struct mbp_text){what, strlen(what)});
    return LINE_PEER | (uint32_t)number << 16;
}

static void write_and_say_so(void)
{
    char what[16];
    const uint8_t bytes[2] = {3, (uint8_t)actor_draw(&actor, 200)};
    snprintf(what, sizeof what, "%u", 3u * 256u + bytes[1]);
    mbp_image_write_words(actor_unit(&line, 2), 9100, 1, bytes, (struct mbp_peer){saying(what)});
}

static void take_snapshot(void)
{
    static const uint8_t on = 1;
    assert_int_equal(mbp_image_write_bits(actor_unit(&line, MBP_INSTRUCTOR_UNIT), MBP_SIM_COIL_SNAPSHOT, 1, &on,
                                          (struct mbp_peer){saying("snapshot")}),
                     MBP_OK);
    world->commanded++;
    mbp_scan_poll(line.scan);
}

/* What was said with a write is of its value, and most of it is there. */
static void assert_said(void)
{
    size_t said = 0;
    for (size_t i = 0; i < line.event_count; i++) {
        char comment[24];
        const struct mbp_event *event = &line.events[i];
        read_comment(event, comment);
        if (event->code != MBP_EV_POINT_WRITTEN || comment[0] == '\0')
            continue;
        assert_int_equal(strtoul(comment, NULL, 10), (unsigned long)event->value);
        said++;
    }
    assert_true(said > 20);
}

/* How many times the journal says that it happened. */
static uint32_t count_of(enum mbp_event_code code)
{
    double sum = 0;
    for (size_t i = 0; i < line.event_count; i++) {
        const struct mbp_event *event = &line.events[i];
        if (event->code == code)
            sum += 1 + (code == MBP_EV_WRITE_REFUSED ? event->detail >> 24 : 0);
        if (event->code == MBP_EV_WRITES_AGGREGATED && event->detail == code)
            sum += (double)event->value;
    }
    return (uint32_t)sum;
}

/* ---- a life ----------------------------------------------------------------------------------------------------- */

static void live(const char *yaml)
{
    actor =
        (struct actor){.lines = {&line, NULL}, .count = 1, .seed = world->seed, .draws = world->draws, .records = true};
    line.time = world->time;
    line.checkpoint_every_ns = MBP_NS_PER_S;
    calls_left = actor_draw(&actor, 5) == 0 ? 1 + actor_draw(&actor, 12) : 0; /* in the middle of the start */
    world->draws = actor.draws;
    armed = true;
    line_start(&line, yaml);
    armed = false;
    calls_left = 0;
    if (world->lives_on) {
        assert_state();
        assert_tables();
        assert_events();
        assert_hiding();
    } else {
        mbp_scan_pause(line.scan, 0); /* the test says when scans run */
    }
    world->flushed = actor_draw(&actor, 2) == 0;
    note_told();
    for (uint32_t step = 0, steps = actor_draw(&actor, STEPS); step < steps; step++) {
        for (uint32_t acts = actor_draw(&actor, 5); acts > 0; acts--) {
            actor_act(&actor);
            world->refused += actor.refused;
            actor.refused = 0;
            note_told();
        }
        if (actor_draw(&actor, 2) == 0)
            write_and_say_so();
        note_told();
        if (actor_draw(&actor, 4) == 0)
            be_refused(actor_draw(&actor, 40));
        for (uint32_t times = actor_draw(&actor, 12) == 0 ? actor_draw(&actor, 6) : 0; times > 0; times--)
            take_snapshot();
        note_told();
        mbp_scan_poll(line.scan); /* what an instructor asks is done at once */
        note_told();
        if (actor_draw(&actor, 12) == 0)
            calls_left = 1 + actor_draw(&actor, 20);
        for (uint32_t scans = actor_draw(&actor, 8); scans > 0; scans--) {
            armed = true;
            line_scan(&line, 1);
            armed = false;
            if (world->flushed)
                assert_int_equal(mbp_journal_flush(line.journal), MBP_OK);
            note_told();
        }
    }
    raise(SIGKILL);
}

/* Of a raw register each event says what it was before: what the one before it said that it became. */
static void assert_chain(uint16_t addr, float value)
{
    for (size_t i = 0; i < line.event_count; i++) {
        const struct mbp_event *event = &line.events[i];
        if (event->code != MBP_EV_POINT_WRITTEN || event->unit != 2 ||
            (event->detail & 0xFFFFFu) != ((uint32_t)MBP_HOLDING_REGISTERS << 16 | addr))
            continue;
        if (event->limit < value || event->limit > value)
            fail_msg("seed %u event %u: register %u was %.0f before, and the event before says %.0f",
                     (unsigned)world->seed, event->seq, addr, (double)event->limit, (double)value);
        value = event->value;
    }
    assert_int_equal((int)value, actor_unit(&line, 2)->holding[addr]);
}

/* All is told once. */
static void live_to_the_end(const char *yaml)
{
    line.time = world->time;
    line.checkpoint_every_ns = MBP_NS_PER_S;
    line_start(&line, yaml);
    assert_state();
    assert_tables();
    assert_events();
    assert_hiding();
    line_scan(&line, 30);
    line_read(&line);
    for (uint16_t i = 0; i < 5; i++)
        assert_chain((uint16_t)(9000 + i), (float)(i + 1));
    assert_chain(9100, 250);
    assert_said();
    assert_int_equal(count_of(MBP_EV_WRITE_REFUSED), world->refused);
    assert_int_equal(count_of(MBP_EV_SIM_SNAPSHOT), world->commanded);
    char tail[sizeof line.dir + 16];
    snprintf(tail, sizeof tail, "%s/journal.tail", line.dir);
    assert_int_equal(access(tail, F_OK), 0);
    line_stop(&line);
    assert_int_not_equal(access(tail, F_OK), 0);
    fflush(NULL);
    _exit(0);
}

/* What all lives see. */
static void share_world(void)
{
    world = mmap(NULL, sizeof *world, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(world != MAP_FAILED);
}

static void begin_world(uint64_t seed)
{
    *world = (struct world){.time = {.mono_ns = 5 * MBP_NS_PER_S, .wall_ms = FIXTURE_WALL_MS}, .seed = seed};
    snprintf(line.dir, sizeof line.dir, "/tmp/mbplant-kill-XXXXXX");
    assert_non_null(mkdtemp(line.dir));
}

static int run_life(void (*life)(const char *yaml), const char *yaml)
{
    int status = 0;
    fflush(NULL);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        life(yaml);
        _exit(1);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

static void walk(uint64_t seed, const char *yaml)
{
    begin_world(seed);
    for (unsigned i = 0; i < LIVES; i++) {
        int status = run_life(live, yaml);
        if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
            fail_msg("seed %u life %u ended otherwise: %d", (unsigned)seed, i, status);
    }
    int status = run_life(live_to_the_end, yaml);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        fail_msg("seed %u: the last life ended otherwise: %d", (unsigned)seed, status);
    line_end(&line);
}

static void test_kill_at_any_moment_what_was_told_is_exact(void **state)
{
    static char yaml[1 << 14];
    (void)state;
    const char *seeds = getenv("MBP_KILL_SEEDS"); // NOLINT(concurrency-mt-unsafe): the test is one thread here
    uint64_t last = seeds != NULL ? strtoull(seeds, NULL, 10) : 4;
    FILE *file = fopen(MBP_TEST_DATA "/restart/everything.yaml", "r");
    assert_non_null(file);
    yaml[fread(yaml, 1, sizeof yaml - 1, file)] = '\0';
    fclose(file);
    mbp_log_set_level(MBP_LOG_WARNING);
    share_world();
    for (uint64_t seed = 1; seed <= last; seed++)
        walk(seed, yaml);
    munmap(world, sizeof *world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kill_at_any_moment_what_was_told_is_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
