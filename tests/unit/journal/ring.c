/* The ring: a scan is seen whole, room comes back only after storing, what is put comes out as it was. */
#include "ring.h"

#include <pthread.h>
#include <sched.h>
#include <string.h>

#include "journal_fixture.h"

#define SLOTS 8

static int ring_setup(void **state)
{
    static struct mbp_ring ring;
    assert_int_equal(mbp_ring_new(&ring, SLOTS), MBP_OK);
    *state = &ring;
    return 0;
}

static int ring_teardown(void **state)
{
    mbp_ring_free(*state);
    return 0;
}

static struct mbp_record event_record(uint32_t seq)
{
    struct mbp_record record = {.kind = MBP_RECORD_EVENT};
    record.of.event = fixture_event(seq);
    record.of.event.seq = seq;
    return record;
}

static struct mbp_record machine_record(uint32_t good)
{
    struct mbp_record record = {.kind = MBP_RECORD_MACHINE};
    record.of.machine = (struct mbp_retained_machine){
        .machine = CAP1, .state = {.since_ms = UINT64_MAX - good, .good = good, .refusal_told = true}};
    return record;
}

static void put(struct mbp_ring *ring, struct mbp_record record)
{
    assert_int_equal(mbp_ring_put(ring, &record), MBP_OK);
}

/* What a writer does after its commit. */
static void store_handed(struct mbp_ring *ring)
{
    atomic_store(&ring->stored, atomic_load(&ring->handed));
}

static void test_hand_over_before_it_the_consumer_sees_nothing(void **state)
{
    struct mbp_ring *ring = *state;
    put(ring, event_record(1));
    put(ring, event_record(2));
    assert_int_equal(atomic_load(&ring->handed), 0);
    assert_true(mbp_ring_hand_over(ring));
    assert_int_equal(atomic_load(&ring->handed), 2);
    assert_false(mbp_ring_hand_over(ring));
}

static void test_get_mixed_records_come_out_as_they_went_in(void **state)
{
    struct mbp_ring *ring = *state;
    struct mbp_record record;
    put(ring, event_record(1));
    put(ring, machine_record(77));
    put(ring, event_record(2));
    mbp_ring_hand_over(ring);
    uint64_t at = mbp_ring_get(ring, 0, &record);
    assert_int_equal(record.of.event.seq, 1);
    at = mbp_ring_get(ring, at, &record);
    assert_int_equal(record.kind, MBP_RECORD_MACHINE);
    assert_int_equal(record.of.machine.machine, CAP1);
    assert_int_equal(record.of.machine.state.good, 77);
    assert_int_equal(record.of.machine.state.since_ms, UINT64_MAX - 77);
    assert_true(record.of.machine.state.refusal_told);
    at = mbp_ring_get(ring, at, &record);
    assert_int_equal(record.of.event.seq, 2);
    assert_int_equal(at, atomic_load(&ring->handed));
}

static void test_put_without_room_is_refused_and_takes_nothing(void **state)
{
    struct mbp_ring *ring = *state;
    for (uint32_t n = 1; n < SLOTS; n++)
        put(ring, event_record(n));
    struct mbp_record two_slots = machine_record(1);
    assert_int_equal(mbp_ring_put(ring, &two_slots), MBP_ERR_FULL);
    assert_int_equal(mbp_ring_room(ring), 1);
    put(ring, event_record(SLOTS));
    struct mbp_record one_slot = event_record(SLOTS + 1);
    assert_int_equal(mbp_ring_put(ring, &one_slot), MBP_ERR_FULL);
}

static void test_take_back_before_storing_gives_nothing_and_no_room(void **state)
{
    struct mbp_ring *ring = *state;
    struct mbp_record record;
    put(ring, event_record(1));
    mbp_ring_hand_over(ring);
    assert_false(mbp_ring_take_back(ring, &record));
    store_handed(ring);
    assert_int_equal(mbp_ring_room(ring), SLOTS - 1);
    assert_true(mbp_ring_take_back(ring, &record));
    assert_int_equal(record.of.event.seq, 1);
    assert_int_equal(mbp_ring_room(ring), SLOTS);
    assert_false(mbp_ring_take_back(ring, &record));
}

static void test_drop_frees_all_slots_of_a_stored_record(void **state)
{
    struct mbp_ring *ring = *state;
    struct mbp_record record;
    put(ring, machine_record(7));
    put(ring, event_record(2));
    mbp_ring_hand_over(ring);
    assert_int_equal(mbp_ring_stored_kind(ring), MBP_RECORD_KINDS);
    assert_false(mbp_ring_drop(ring));
    store_handed(ring);
    assert_int_equal(mbp_ring_stored_kind(ring), MBP_RECORD_MACHINE);
    assert_true(mbp_ring_drop(ring));
    assert_int_equal(mbp_ring_room(ring), SLOTS - 1);
    assert_int_equal(mbp_ring_stored_kind(ring), MBP_RECORD_EVENT);
    assert_true(mbp_ring_take_back(ring, &record));
    assert_int_equal(record.of.event.seq, 2);
    assert_false(mbp_ring_drop(ring));
}

static void test_put_round_and_round_a_record_across_the_end_stays_whole(void **state)
{
    struct mbp_ring *ring = *state;
    struct mbp_record record;
    put(ring, event_record(1));
    mbp_ring_hand_over(ring);
    store_handed(ring);
    assert_true(mbp_ring_take_back(ring, &record));
    /* From an odd position on, every fourth of these has its two slots at both ends of the memory. */
    for (uint32_t n = 0; n < 5 * SLOTS; n++) {
        put(ring, machine_record(n));
        mbp_ring_hand_over(ring);
        store_handed(ring);
        assert_true(mbp_ring_take_back(ring, &record));
        assert_int_equal(record.of.machine.state.good, n);
        assert_int_equal(record.of.machine.state.since_ms, UINT64_MAX - n);
        assert_true(record.of.machine.state.refusal_told);
    }
}

#define STREAM 20000

struct stream {
    struct mbp_ring *ring;
    uint32_t in_order; /* events that came whole and in their turn */
};

/* A writer that stores at once. */
static void *consume(void *ctx)
{
    struct stream *stream = ctx;
    struct mbp_ring *ring = stream->ring;
    struct mbp_record record;
    for (uint64_t at = 0; at < STREAM; sched_yield()) {
        uint64_t to = atomic_load(&ring->handed);
        while (at != to) {
            at = mbp_ring_get(ring, at, &record);
            stream->in_order += record.of.event.seq == at && record.of.event.scan == 3 * at ? 1 : 0;
        }
        atomic_store(&ring->stored, at);
    }
    return NULL;
}

static void test_stream_between_two_threads_arrives_whole_and_in_order(void **state)
{
    struct stream stream = {.ring = *state};
    struct mbp_record back;
    pthread_t consumer;
    uint32_t taken_back = 0;
    assert_int_equal(pthread_create(&consumer, NULL, consume, &stream), 0);
    for (uint32_t n = 1; taken_back < STREAM;) {
        struct mbp_record record = event_record(n);
        if (n <= STREAM && mbp_ring_put(stream.ring, &record) == MBP_OK)
            n++;
        mbp_ring_hand_over(stream.ring);
        while (mbp_ring_take_back(stream.ring, &back))
            assert_int_equal(back.of.event.seq, ++taken_back);
    }
    assert_int_equal(pthread_join(consumer, NULL), 0);
    assert_int_equal(stream.in_order, STREAM);
}

/* Memory that is made real while records stand in it, across the ring's end too, still has them. */
static void test_prepare_leaves_what_stands_there(void **state)
{
    struct mbp_ring *ring = *state;
    struct mbp_record record;
    for (uint32_t n = 1; n <= SLOTS; n++)
        put(ring, event_record(n));
    mbp_ring_hand_over(ring);
    for (uint64_t position = 0; position < 2 * SLOTS; position++)
        mbp_ring_prepare(ring, position, SLOTS);
    for (uint64_t at = 0, n = 1; n <= SLOTS; n++) {
        at = mbp_ring_get(ring, at, &record);
        assert_int_equal(record.of.event.seq, n);
    }
}

/* An alarm's record with numbers up to some place: the ring carries no more than those, and gives all. */
static void test_put_what_is_zero_at_a_records_end_takes_no_slot(void **state)
{
    static _Alignas(8) unsigned char memory[SLOTS * MBP_RING_SLOT_BYTES];
    struct mbp_ring *ring = *state;
    unsigned before = 0;
    mbp_ring_move(ring, memory);
    for (size_t len = 1; len <= sizeof(struct mbp_retained_alarms); len++) {
        struct mbp_record record;
        struct mbp_record back;
        const uint64_t position = ring->head;
        memset(&record, 0, sizeof record);
        record.kind = MBP_RECORD_ALARMS;
        memset(&record.of.alarms, 0x5A, len);
        assert_int_equal(mbp_ring_put(ring, &record), MBP_OK);
        assert_int_equal(ring->head - position, record.slots);
        assert_int_equal(record.slots, (offsetof(struct mbp_record, of) + len - 1) / MBP_RECORD_SLOT + 1);
        assert_true(record.slots >= before);
        before = record.slots;
        memset(&back, 0xFF, sizeof back);
        assert_int_equal(mbp_ring_left(memory, SLOTS, position, &back), ring->head);
        assert_memory_equal(&back.of.alarms, &record.of.alarms, sizeof back.of.alarms);
        memset(&back, 0xFF, sizeof back);
        assert_int_equal(mbp_ring_get(ring, position, &back), ring->head);
        assert_memory_equal(&back.of.alarms, &record.of.alarms, sizeof back.of.alarms);
        mbp_ring_hand_over(ring);
        store_handed(ring);
        assert_true(mbp_ring_drop(ring));
        assert_int_equal(ring->freed, ring->head);
    }
    assert_int_equal(before, mbp_ring_slots(MBP_RECORD_ALARMS));
}

/* What another process finds of a record of several slots: all of it as it was put there, or nothing. */
static void test_left_a_record_with_a_byte_of_another_is_not_taken(void **state)
{
    static _Alignas(8) unsigned char memory[SLOTS * MBP_RING_SLOT_BYTES];
    struct mbp_ring *ring = *state;
    struct mbp_record record = machine_record(7);
    struct mbp_record found;
    const unsigned slots = mbp_ring_slots(MBP_RECORD_MACHINE);
    mbp_ring_move(ring, memory);
    mbp_ring_begin_at(ring, 5); /* it goes over the end */
    put(ring, record);
    assert_true(slots > 1);
    assert_int_equal(mbp_ring_left(memory, SLOTS, 5, &found), 5 + slots);
    assert_memory_equal(&found.of.machine, &record.of.machine, sizeof found.of.machine);
    assert_int_equal(mbp_ring_left(memory, SLOTS, 5 + SLOTS, &found), 0);
    assert_int_equal(mbp_ring_left(memory, SLOTS, 6, &found), 0);
    for (unsigned i = 0; i < slots; i++) {
        unsigned char *bytes = memory + (5 + i) % SLOTS * MBP_RING_SLOT_BYTES + sizeof(uint64_t);
        for (unsigned at = 0; at < MBP_RECORD_SLOT; at++) {
            bytes[at] ^= 0x10;
            assert_int_equal(mbp_ring_left(memory, SLOTS, 5, &found), 0);
            bytes[at] ^= 0x10;
        }
    }
    assert_int_equal(mbp_ring_left(memory, SLOTS, 5, &found), 5 + slots);
}

int main(void)
{
#define RING_TEST(test) cmocka_unit_test_setup_teardown(test, ring_setup, ring_teardown)
    const struct CMUnitTest tests[] = {
        RING_TEST(test_hand_over_before_it_the_consumer_sees_nothing),
        RING_TEST(test_get_mixed_records_come_out_as_they_went_in),
        RING_TEST(test_put_without_room_is_refused_and_takes_nothing),
        RING_TEST(test_take_back_before_storing_gives_nothing_and_no_room),
        RING_TEST(test_prepare_leaves_what_stands_there),
        RING_TEST(test_put_what_is_zero_at_a_records_end_takes_no_slot),
        RING_TEST(test_drop_frees_all_slots_of_a_stored_record),
        RING_TEST(test_put_round_and_round_a_record_across_the_end_stays_whole),
        RING_TEST(test_left_a_record_with_a_byte_of_another_is_not_taken),
        RING_TEST(test_stream_between_two_threads_arrives_whole_and_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
