/* What the actor does. */
#include "actor.h"

#include "mbplant/image/alarm_command.h"

uint32_t actor_draw(struct actor *actor, uint32_t below)
{
    return (uint32_t)(mbp_rng_bits(actor->seed, 1, actor->draws++) >> 16) % below;
}

/* ---- what is done ----------------------------------------------------------------------------------------------- */

struct mbp_image_unit *actor_unit(struct line *line, uint8_t id)
{
    return mbp_image_unit(line->image, id);
}

static bool writable(struct actor *actor, uint8_t id, enum mbp_table table, uint32_t addr)
{
    const struct mbp_image_unit *unit = actor_unit(actor->lines[0], id);
    return addr < unit->size[table] && (unit->access[table][addr] & MBP_ACCESS_WRITABLE) != 0;
}

/* Of the instructor's points only faults and the speed: the test itself says when scans run and snapshots are taken,
 * and a plant command is the daemon's. */
static bool may_be_drawn(uint8_t id, enum mbp_table table, uint32_t addr)
{
    if (id != MBP_INSTRUCTOR_UNIT)
        return true;
    return table == MBP_COILS ? addr < MBP_SIM_COIL_PAUSED : addr < MBP_SIM_HR_STEPS;
}

/* A writable point by chance; the last of them when chance finds none. */
static uint16_t draw_point(struct actor *actor, uint8_t id, enum mbp_table table)
{
    uint32_t size = actor_unit(actor->lines[0], id)->size[table];
    uint32_t at = actor_draw(actor, size);
    for (uint32_t i = 0; i < size; i++) {
        uint32_t addr = (at + i) % size;
        if (writable(actor, id, table, addr) && may_be_drawn(id, table, addr))
            return (uint16_t)addr;
    }
    fail_msg("unit %u has nothing to write", id);
    return 0;
}

static void write_words(struct actor *actor, uint8_t id, uint16_t addr, uint16_t count, const uint8_t *bytes)
{
    const struct mbp_peer peer = {LINE_PEER};
    enum mbp_status first = MBP_OK;
    for (unsigned i = 0; i < actor->count; i++) {
        enum mbp_status status = mbp_image_write_words(actor_unit(actor->lines[i], id), addr, count, bytes, peer);
        first = i == 0 ? status : first;
        assert_int_equal(status, first);
    }
    actor->refused += first != MBP_OK;
}

static void put_word(uint8_t *bytes, uint16_t word)
{
    bytes[0] = (uint8_t)(word >> 8);
    bytes[1] = (uint8_t)word;
}

/* Numbers that some sensor may take: in tenths, as a float in either order, or near what stands there; of a point of
 * several words often a part alone. */
static void write_some_words(struct actor *actor, uint8_t id)
{
    const struct mbp_image_unit *unit = actor_unit(actor->lines[0], id);
    uint16_t addr = draw_point(actor, id, MBP_HOLDING_REGISTERS);
    uint16_t count = (uint16_t)(1 + actor_draw(actor, 4));
    uint8_t bytes[8];
    uint16_t words[4];
    uint32_t how = actor_draw(actor, 4);
    while (count > 1 && (!writable(actor, id, MBP_HOLDING_REGISTERS, addr + count - 1u) ||
                         !may_be_drawn(id, MBP_HOLDING_REGISTERS, addr + count - 1u)))
        count--;
    mbp_codec_encode(count == 4 ? MBP_FLOAT64 : MBP_FLOAT32, how == 0 ? MBP_ABCD : MBP_CDAB, 1.0,
                     actor_draw(actor, 1000) / 10.0, words);
    for (uint16_t i = 0; i < count; i++) {
        uint16_t word = how < 2    ? words[i]
                        : how == 2 ? (uint16_t)actor_draw(actor, 1100)
                                   : (uint16_t)(unit->holding[addr + i] + actor_draw(actor, 9) - 4);
        put_word(bytes + 2 * (size_t)i, word);
    }
    write_words(actor, id, addr, count, bytes);
}

static void write_some_bits(struct actor *actor, uint8_t id)
{
    const struct mbp_peer peer = {LINE_PEER};
    uint16_t addr = draw_point(actor, id, MBP_COILS);
    const uint8_t packed = (uint8_t)actor_draw(actor, 2);
    enum mbp_status status = MBP_OK;
    for (unsigned i = 0; i < actor->count; i++)
        status = mbp_image_write_bits(actor_unit(actor->lines[i], id), addr, 1, &packed, peer);
    actor->refused += status != MBP_OK;
}

static void write_some_file(struct actor *actor)
{
    uint8_t bytes[4];
    uint16_t record = (uint16_t)actor_draw(actor, 7);
    put_word(bytes, (uint16_t)actor_draw(actor, 65536));
    put_word(bytes + 2, (uint16_t)actor_draw(actor, 65536));
    for (unsigned i = 0; i < actor->count; i++)
        assert_int_equal(
            mbp_image_write_file(actor_unit(actor->lines[i], 2), 4, record, 2, bytes, (struct mbp_peer){LINE_PEER}),
            MBP_OK);
}

static void begin_some_fault(struct actor *actor)
{
    uint8_t bytes[2 * (MBP_SIM_FAULT_WORDS + 1)] = {0};
    uint16_t floats[6];
    mbp_codec_encode(MBP_FLOAT32, MBP_ABCD, 1.0, actor_draw(actor, 200) / 10.0 - 5.0, floats);
    mbp_codec_encode(MBP_FLOAT32, MBP_ABCD, 1.0, 0.5 + actor_draw(actor, 50) / 10.0, floats + 2);
    mbp_codec_encode(MBP_FLOAT32, MBP_ABCD, 1.0, actor_draw(actor, 40) / 10.0, floats + 4);
    put_word(bytes, (uint16_t)(1 + actor_draw(actor, MBP_EFFECT_COUNT)));
    put_word(bytes + 2, 1);
    put_word(bytes + 4, (uint16_t)actor_draw(actor, 7));
    put_word(bytes + 6, (uint16_t)actor_draw(actor, 4));
    for (size_t i = 0; i < 6; i++)
        put_word(bytes + 2 * (MBP_SIM_FAULT_AMOUNT + i), floats[i]);
    put_word(bytes + 2 * (size_t)MBP_SIM_FAULT_WORDS, 1);
    write_words(actor, MBP_INSTRUCTOR_UNIT, MBP_SIM_HR_FAULT, MBP_SIM_FAULT_WORDS + 1, bytes);
}

/* Something to one alarm or to all of a sensor, which mostly is there, through its unit's command record. */
static void command_some_alarm(struct actor *actor, uint8_t id)
{
    const struct mbp_image_unit *unit = actor_unit(actor->lines[0], id);
    static const uint16_t arguments[] = {0, 1, 2, 7, MBP_SHELVE_ONCE};
    uint8_t bytes[2 * (MBP_RECORD_COMMAND + 1)] = {0};
    uint16_t alarm = (uint16_t)actor_draw(actor, MBP_ALARM_COUNT + 1);
    put_word(bytes + 2 * (size_t)MBP_RECORD_TAG, (uint16_t)actor_draw(actor, unit->unit->sensor_count + 1));
    put_word(bytes + 2 * (size_t)MBP_RECORD_ALARM, alarm < MBP_ALARM_COUNT ? alarm : MBP_RECORD_ALL);
    put_word(bytes + 2 * (size_t)MBP_RECORD_ARGUMENT,
             arguments[actor_draw(actor, sizeof arguments / sizeof arguments[0])]);
    put_word(bytes + 2 * (size_t)MBP_RECORD_COMMAND, (uint16_t)(1 + actor_draw(actor, MBP_DEED_COUNT - 1)));
    if (unit->record >= MBP_ADDRESSES || !actor->records)
        return;
    write_words(actor, id, (uint16_t)unit->record, MBP_RECORD_COMMAND + 1, bytes);
    actor->commanded = true;
}

void actor_act(struct actor *actor)
{
    static const uint8_t units[] = {1, 1, 1, 1, 2, MBP_INSTRUCTOR_UNIT};
    uint8_t id = units[actor_draw(actor, sizeof units)];
    switch (actor_draw(actor, 8)) {
    case 0:
        write_some_file(actor);
        break;
    case 1:
        begin_some_fault(actor);
        break;
    case 2:
    case 3:
    case 4:
        write_some_bits(actor, id);
        break;
    case 5:
        command_some_alarm(actor, id);
        break;
    default:
        write_some_words(actor, id);
        break;
    }
}
