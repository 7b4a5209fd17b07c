/* The request path: what masters write, whole or not at all. A request is runs of addresses: one, but where some of its
 * addresses are the same as others (alias.c). */
#include <assert.h>
#include <string.h>

#include "image_priv.h"
#include "mbplant/image/named.h"

/* ---- writing ---------------------------------------------------------------------------------------------------- */

static uint8_t access_of(const struct mbp_image_unit *unit, enum mbp_table table, uint16_t addr, uint16_t count)
{
    uint8_t bits = 0;
    for (uint32_t i = 0; i < count; i++)
        bits |= unit->access[table][addr + i];
    return bits;
}

/* Returns the span with all words of its points. */
static struct image_span log_span(struct mbp_image_unit *unit, enum mbp_table table, uint16_t addr, uint16_t count,
                                  struct mbp_peer peer)
{
    uint32_t first = addr;
    uint32_t end = (uint32_t)addr + count;
    for (uint32_t a = addr; a < (uint32_t)addr + count; a++) {
        if ((unit->access[table][a] & MBP_ACCESS_LATCHED) == 0)
            continue;
        struct image_point point = image_find_point(unit, table, (uint16_t)a);
        image_log_write(unit, table, point.addr, !image_point_covered(&point, addr, (uint32_t)addr + count), peer);
        a = (uint32_t)point.addr + point.words - 1;
        first = point.addr < first ? point.addr : first;
        end = a + 1 > end ? a + 1 : end;
    }
    return (struct image_span){(uint16_t)first, (uint16_t)(end - first), (uint8_t)(addr - first),
                               (uint8_t)(end - addr - count)};
}

/* What becomes of a command says more than its words. */
static bool is_record(const struct mbp_image_unit *unit, enum mbp_table table, uint32_t addr)
{
    return table == MBP_HOLDING_REGISTERS && addr >= unit->record && addr - unit->record < MBP_RECORD_WORDS;
}

/* Addresses that no latch tells the scan of. before: what stood there. */
static void note_run(struct mbp_image_unit *unit, enum mbp_table table, uint16_t addr, uint16_t count,
                     const uint16_t *before, struct mbp_peer peer)
{
    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = addr + i;
        uint16_t now = table == MBP_COILS ? unit->coils[at] : unit->holding[at];
        if (before[i] != now && (unit->access[table][at] & MBP_ACCESS_LATCHED) == 0 && !is_record(unit, table, at))
            image_note_written(unit, table, (uint16_t)at, before[i], now, peer);
    }
}

void mbp_image_observe(struct mbp_image *image, const struct mbp_image_observer *observer)
{
    image->observer = observer != NULL ? *observer : (struct mbp_image_observer){0};
}

static void tell_observer(const struct mbp_image_unit *unit, enum mbp_table table, uint16_t addr, uint16_t count)
{
    const struct mbp_image_observer *observer = &unit->image->observer;
    if (observer->written != NULL)
        observer->written(observer->ctx, unit, table, addr, count);
}

static void note_instructor(struct mbp_image_unit *unit, struct mbp_peer peer)
{
    if (!unit->unit->instructor)
        return;
    unit->image->instructor_writes++;
    unit->image->instructor_peer = peer;
}

/* A cycle in lock-step alone is nothing that the scan has to look at. */
static void note_instructor_run(struct mbp_image_unit *unit, const struct image_run *run, struct mbp_peer peer)
{
    bool lock = run->table == MBP_HOLDING_REGISTERS && run->addr == MBP_SIM_HR_LOCK && run->count == 1;
    if (!unit->unit->instructor)
        return;
    unit->image->lock_steps = unit->holding[MBP_SIM_HR_LOCK];
    unit->holding[MBP_SIM_HR_LOCK] = 0;
    if (!lock)
        note_instructor(unit, peer);
}

/* The first address of a run that cannot be written; the run's first when all can. */
static uint16_t first_closed(const struct mbp_image_unit *unit, const struct image_run *run)
{
    for (uint32_t a = run->addr; a < (uint32_t)run->addr + run->count; a++) {
        if (a >= unit->size[run->table] || (unit->access[run->table][a] & MBP_ACCESS_WRITABLE) == 0)
            return a < MBP_ADDRESSES ? (uint16_t)a : run->addr;
    }
    return run->addr;
}

/* ---- one run ------------------------------------------------------------------------------------------------------
 */

static uint16_t asked_at(const struct image_run *run, uint32_t i)
{
    if (run->table == MBP_COILS)
        return run->bytes[i / 8] >> (i % 8) & 1u;
    return (uint16_t)(run->bytes[2 * i] << 8 | run->bytes[2 * i + 1]);
}

/* Before anything is put into the tables. */
static enum mbp_status may_write_run(const struct mbp_image_unit *unit, const struct image_run *run, uint16_t *at)
{
    bool bits = run->table == MBP_COILS;
    enum mbp_status status = image_may_write(unit, (enum mbp_table)run->table, run->addr, run->count, run->bytes);
    *at = run->addr;
    if (status != MBP_OK)
        *at = first_closed(unit, run);
    else if (bits && unit->unit->instructor && !image_instructor_allows_bits(unit, run->addr, run->count, run->bytes))
        status = MBP_EX_SERVER_DEVICE_FAILURE;
    else if (!bits)
        status = image_staging_may_command(unit, run->addr, run->count, run->bytes);
    if (status == MBP_OK && !bits)
        status = image_named_may_command(unit, run->addr, run->count, run->bytes);
    return status;
}

/* The bits of a register that a master may write: all of them, but where points share it. */
static uint16_t writable_bits(const struct mbp_image_unit *unit, uint16_t addr)
{
    const struct mbp_user_point *own;
    struct image_point point;
    uint16_t bits = 0;
    if (unit->unit->point_count == 0 || (unit->access[MBP_HOLDING_REGISTERS][addr] & MBP_ACCESS_LATCHED) == 0)
        return UINT16_MAX;
    point = image_find_point(unit, MBP_HOLDING_REGISTERS, addr);
    if (point.own == NULL || point.own->mask == 0)
        return UINT16_MAX;
    unsigned siblings = image_siblings(unit, &point, &own);
    for (unsigned s = 0; s < siblings; s++)
        bits |= own[s].writable ? own[s].mask : 0;
    return bits;
}

static void swap_run(struct mbp_image_unit *unit, const struct image_run *run, uint16_t *before)
{
    for (uint32_t i = 0; i < run->count; i++) {
        uint32_t addr = run->addr + i;
        before[i] = run->table == MBP_COILS ? unit->coils[addr] : unit->holding[addr];
        if (run->table == MBP_COILS) {
            unit->coils[addr] = (uint8_t)asked_at(run, i);
        } else {
            uint16_t bits = writable_bits(unit, (uint16_t)addr);
            unit->holding[addr] = (uint16_t)((before[i] & ~bits) | (asked_at(run, i) & bits));
        }
    }
}

static void put_back(struct mbp_image_unit *unit, const struct image_run *run, const uint16_t *before)
{
    for (uint32_t i = 0; i < run->count; i++) {
        if (run->table == MBP_COILS)
            unit->coils[run->addr + i] = (uint8_t)before[i];
        else
            unit->holding[run->addr + i] = before[i];
    }
}

/* What stands in the tables now, before it counts. */
static enum mbp_status judge_run(struct mbp_image_unit *unit, const struct image_run *run, uint8_t access,
                                 struct mbp_peer peer, uint16_t *at)
{
    enum mbp_status status = MBP_OK;
    *at = run->addr;
    if (!image_reasons_given(unit, (enum mbp_table)run->table, (struct image_range){run->addr, run->count}, peer, at))
        return MBP_EX_SERVER_DEVICE_FAILURE;
    if (run->table == MBP_COILS)
        return image_coils_open(unit, run->addr, run->count, at) ? MBP_OK : MBP_EX_SERVER_DEVICE_FAILURE;
    if ((access & (MBP_ACCESS_LATCHED | MBP_ACCESS_CHECKED)) != 0)
        status = image_span_allowed(unit, run->addr, run->count, at);
    if (status == MBP_OK && unit->unit->instructor && !image_instructor_allows_words(unit, run->addr, run->count))
        status = MBP_EX_SERVER_DEVICE_FAILURE;
    if (status == MBP_OK)
        status = image_alarm_command_allowed(unit, run->addr, run->count, peer);
    return status;
}

static void commit_run(struct mbp_image_unit *unit, const struct image_run *run, const uint16_t *before, uint8_t access,
                       struct mbp_peer peer)
{
    enum mbp_table table = (enum mbp_table)run->table;
    struct image_span span = {run->addr, run->count, 0, 0};
    bool latched = (access & MBP_ACCESS_LATCHED) != 0;
    if (latched && table == MBP_COILS)
        log_span(unit, table, run->addr, run->count, peer);
    else if (latched)
        span = log_span(unit, table, run->addr, run->count, peer);
    note_run(unit, table, run->addr, run->count, before, peer);
    note_instructor_run(unit, run, peer);
    if (table == MBP_HOLDING_REGISTERS) /* first: it notes what is asked, so that the words beside it ask for nothing */
        image_alarm_command_written(unit, run->addr, run->count, peer);
    image_tail_note(unit, table, span, peer);
    image_force_written(unit, peer);
    if (table == MBP_HOLDING_REGISTERS) {
        image_staging_command(unit, run->addr, run->count, peer);
        image_named_command(unit, run->addr, run->count, peer);
    }
    image_texts_written(unit, table, run->addr, run->count);
    image_alias_written(unit, table, run->addr, run->count);
    tell_observer(unit, table, run->addr, run->count);
}

static void refuse_run(struct mbp_image_unit *unit, const struct image_run *run, uint16_t at, enum mbp_status status,
                       struct mbp_peer peer)
{
    enum mbp_status why = status == MBP_ERR_BUSY ? MBP_EX_SERVER_DEVICE_FAILURE : status;
    if (run->table == MBP_COILS)
        mbp_image_refuse(unit, MBP_COILS, at, asked_at(run, (uint32_t)(at - run->addr)), why, peer);
    else
        image_refuse_words(unit, run->addr, run->count, run->bytes, at, why, peer);
}

/* ---- all of a request ---------------------------------------------------------------------------------------------
 */

/* What the request leaves stands in the tables. */
static enum mbp_status judge_request(struct mbp_image_unit *unit, struct mbp_peer peer, size_t *bad, uint16_t *at)
{
    const struct image_request *request = &unit->image->request;
    for (*bad = 0; *bad < request->count; ++*bad) {
        const struct image_run *run = &request->runs[*bad];
        uint8_t access = access_of(unit, (enum mbp_table)run->table, run->addr, run->count);
        enum mbp_status status = judge_run(unit, run, access, peer, at);
        if (status != MBP_OK)
            return status;
    }
    *bad = 0;
    return unit->accepts && !image_request_accepted(unit->image, bad, at) ? image_value_refused(unit) : MBP_OK;
}

/* before: room for the values of all runs. Output: the run that stands against it, and where. */
static enum mbp_status put_runs(struct mbp_image_unit *unit, const struct image_run *runs, size_t count,
                                uint16_t *before, struct mbp_peer peer, size_t *bad, uint16_t *at)
{
    enum mbp_status status = MBP_OK;
    size_t points = 0;
    for (*bad = 0; *bad < count; ++*bad) {
        const struct image_run *run = &runs[*bad];
        status = may_write_run(unit, run, at);
        if (status != MBP_OK)
            return status;
        points += (access_of(unit, (enum mbp_table)run->table, run->addr, run->count) & MBP_ACCESS_LATCHED) != 0
                      ? run->count
                      : 0u;
    }
    *bad = 0;
    if (points > 0 && !image_log_room(unit->image, points))
        return MBP_EX_SERVER_DEVICE_BUSY;
    uint16_t *place = before;
    for (size_t r = 0; r < count; place += runs[r].count, r++)
        swap_run(unit, &runs[r], place);
    unit->image->request = (struct image_request){unit, runs, count};
    status = judge_request(unit, peer, bad, at);
    unit->image->request = (struct image_request){.unit = NULL};
    if (status != MBP_OK) {
        for (size_t r = count; r-- > 0;) {
            place -= runs[r].count;
            put_back(unit, &runs[r], place);
        }
        return status;
    }
    place = before;
    for (size_t r = 0; r < count; place += runs[r].count, r++)
        commit_run(unit, &runs[r], place, access_of(unit, (enum mbp_table)runs[r].table, runs[r].addr, runs[r].count),
                   peer);
    return MBP_OK;
}

static enum mbp_status write_runs(struct mbp_image_unit *unit, const struct image_run *runs, size_t count,
                                  uint16_t *before, struct mbp_peer peer)
{
    size_t bad = 0;
    uint16_t at = runs[0].addr;
    enum mbp_status status = put_runs(unit, runs, count, before, peer, &bad, &at);
    if (status != MBP_OK)
        refuse_run(unit, &runs[bad], at, status, peer);
    return status == MBP_ERR_BUSY ? MBP_OK : status;
}

static enum mbp_status write_request(struct mbp_image_unit *unit, const struct image_run *run, uint16_t *before,
                                     struct mbp_peer peer)
{
    size_t count = 1;
    struct image_runs *runs = unit->unit->alias_count > 0 ? image_alias_runs(unit, run, &count) : NULL;
    return runs == NULL ? write_runs(unit, run, 1, before, peer)
                        : write_runs(unit, runs->items, count, runs->before, peer);
}

enum mbp_status mbp_image_write_bits(struct mbp_image_unit *unit, uint16_t addr, uint16_t count, const uint8_t *packed,
                                     struct mbp_peer peer)
{
    uint16_t before[MBP_IMAGE_WRITE_BITS_MAX];
    const struct image_run run = {packed, addr, count, MBP_COILS};
    assert(count <= MBP_IMAGE_WRITE_BITS_MAX);
    return write_request(unit, &run, before, peer);
}

void mbp_image_set_stepper(struct mbp_image *image, struct mbp_image_stepper stepper)
{
    image->stepper = stepper;
}

static void lock_step(struct mbp_image *image, struct mbp_peer peer)
{
    uint32_t scans = image->lock_steps;
    image->lock_steps = 0;
    if (scans > 0 && image->stepper.step != NULL)
        image->stepper.step(image->stepper.ctx, scans, peer.actor);
}

enum mbp_status mbp_image_write_words(struct mbp_image_unit *unit, uint16_t addr, uint16_t count,
                                      const uint8_t *big_endian, struct mbp_peer peer)
{
    uint16_t before[MBP_IMAGE_WRITE_MAX];
    const struct image_run run = {big_endian, addr, count, MBP_HOLDING_REGISTERS};
    assert(count <= MBP_IMAGE_WRITE_MAX);
    enum mbp_status status = write_request(unit, &run, before, peer);
    if (status == MBP_OK && unit->unit->instructor)
        lock_step(unit->image, peer);
    return status;
}

/* ---- once more -------------------------------------------------------------------------------------------------- */

/* Words of the points at its ends that the request did not write stood in the tables then. */
static void put_words_again(struct mbp_image_unit *unit, struct image_span span, const uint16_t *words,
                            struct mbp_peer peer)
{
    uint16_t before[MBP_IMAGE_WRITE_MAX];
    uint16_t addr = (uint16_t)(span.addr + span.before);
    uint16_t count = (uint16_t)(span.count - span.before - span.behind);
    memcpy(before, unit->holding + addr, count * sizeof before[0]);
    memcpy(unit->holding + span.addr, words, span.count * sizeof *words);
    if ((access_of(unit, MBP_HOLDING_REGISTERS, addr, count) & MBP_ACCESS_LATCHED) != 0)
        log_span(unit, MBP_HOLDING_REGISTERS, addr, count, peer);
    note_run(unit, MBP_HOLDING_REGISTERS, addr, count, before, peer);
    image_alarm_command_written(unit, addr, count, peer);
    image_texts_written(unit, MBP_HOLDING_REGISTERS, addr, count);
    image_alias_written(unit, MBP_HOLDING_REGISTERS, span.addr, span.count);
}

static void put_bits_again(struct mbp_image_unit *unit, struct image_span span, const uint16_t *packed,
                           struct mbp_peer peer)
{
    for (uint32_t i = 0; i < span.count; i++) {
        uint8_t now = packed[i / 16] >> (i % 16) & 1u;
        uint32_t addr = span.addr + i;
        if ((unit->access[MBP_COILS][addr] & MBP_ACCESS_LATCHED) == 0)
            image_note_written(unit, MBP_COILS, (uint16_t)addr, unit->coils[addr], now, peer);
        unit->coils[addr] = now;
    }
    log_span(unit, MBP_COILS, span.addr, span.count, peer);
    image_alias_written(unit, MBP_COILS, span.addr, span.count);
}

/* A plant command is not carried out again: whoever asked for it was not told that it was. */
static bool is_plant_command(const struct mbp_image_unit *unit, enum mbp_table table, struct image_span span)
{
    return unit->unit->instructor && table == MBP_HOLDING_REGISTERS && span.addr < MBP_NAMED_HR_END &&
           span.addr + span.count > MBP_STAGING_HR_COMMAND;
}

bool image_write_again(struct mbp_image_unit *unit, enum mbp_table table, struct image_span span, const uint16_t *words,
                       struct mbp_peer peer)
{
    uint32_t asked = (uint32_t)span.count - span.before - span.behind;
    if ((table != MBP_COILS && table != MBP_HOLDING_REGISTERS) || span.before + span.behind >= span.count ||
        (table == MBP_HOLDING_REGISTERS && asked > MBP_IMAGE_WRITE_MAX) ||
        mbp_image_may_write(unit, table, span.addr, span.count) != MBP_OK || is_plant_command(unit, table, span) ||
        !image_log_room(unit->image, span.count))
        return false;
    if (table == MBP_COILS)
        put_bits_again(unit, span, words, peer);
    else
        put_words_again(unit, span, words, peer);
    note_instructor(unit, peer);
    image_tail_note(unit, table, span, peer);
    image_force_written(unit, peer);
    if (unit->unit->instructor)
        unit->holding[MBP_SIM_HR_LOCK] = 0; /* whoever asked for these was not answered */
    return true;
}
