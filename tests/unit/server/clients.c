/* Who must go for a new connection: a table of connections without sockets, and a clock that the test turns. */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fixture.h"
#include "server_priv.h"

#define TABLE 1024u
#define CAP   256u

struct table {
    struct mbp_server server;
    struct mbp_server_options options;
    uint64_t now_ms, staying, evicted, refused;
};

static int set_up(void **state)
{
    struct table *table = calloc(1, sizeof *table);
    assert_non_null(table);
    table->options = (struct mbp_server_options){.per_client = CAP};
    table->server.most = TABLE;
    table->server.options = &table->options;
    table->now_ms = 1000;
    *state = table;
    return 0;
}

static void leave(struct table *table, struct connection *connection)
{
    server_forget(&table->server, connection);
    clients_leave(&table->server.clients, connection->client);
    free(connection);
    table->staying--;
}

static int tear_down(void **state)
{
    struct table *table = *state;
    while (table->server.oldest != NULL)
        leave(table, table->server.oldest);
    for (size_t i = 0; i < CLIENT_PLACES; i++)
        assert_null(table->server.clients.place[i]);
    free(table);
    return 0;
}

/* An address of the number. */
static struct access_address address(uint32_t number)
{
    struct access_address address = {.bytes = {[10] = 0xFF, [11] = 0xFF, [12] = 10}};
    memcpy(address.bytes + 13, (const uint8_t[]){(uint8_t)(number >> 16), (uint8_t)(number >> 8), (uint8_t)number}, 3);
    return address;
}

/* A connection of an address comes; NULL when it was turned away. `gone`: the one that went for it, or NULL. */
static struct connection *come(struct table *table, uint32_t from, struct connection **gone)
{
    const struct access_address of = address(from);
    struct client *client = clients_enter(&table->server.clients, &of);
    assert_non_null(client);
    struct clients_verdict verdict = clients_judge(&table->server, client, table->staying, table->now_ms);
    if (gone != NULL)
        *gone = verdict.victim;
    if (verdict.victim != NULL) {
        leave(table, verdict.victim);
        table->evicted++;
    }
    if (!verdict.admitted) {
        clients_leave(&table->server.clients, client);
        table->refused++;
        return NULL;
    }
    struct connection *connection = calloc(1, sizeof *connection);
    assert_non_null(connection);
    connection->client = client;
    connection->fd = -1;
    server_append(&table->server, connection);
    table->staying++;
    return connection;
}

/* A request of it was answered just now. */
static void use(struct table *table, struct connection *connection)
{
    server_forget(&table->server, connection);
    server_append(&table->server, connection);
}

static void send_half(struct table *table, struct connection *connection)
{
    use(table, connection);
    connection->partial_len = 5;
    connection->partial_since_ms = table->now_ms;
}

static bool is_there(const struct table *table, const struct connection *wanted)
{
    for (const struct connection *connection = table->server.oldest; connection != NULL;
         connection = connection->newer) {
        if (connection == wanted)
            return true;
    }
    return false;
}

/* Of how many addresses the attacks come: 4 fill the table with as many as one may have each. */
static const uint32_t crowds[] = {1, 4, 5, 40};

/* 1,024 and more connections, each always with half a request, completed every 1.2 s; new clients come meanwhile. */
static void half_requests(struct table *table, uint32_t addresses)
{
    enum { ATTACKERS = 1200, POLITE = 50 };
    struct connection *attacker[ATTACKERS] = {0};
    struct connection *before = come(table, 1000, NULL);
    uint64_t refused_polite = 0;
    for (uint32_t i = 0; i < ATTACKERS; i++) {
        attacker[i] = come(table, i % addresses, NULL);
        if (attacker[i] != NULL)
            send_half(table, attacker[i]);
    }
    struct connection *polite[POLITE];
    for (uint32_t i = 0; i < POLITE; i++) {
        for (unsigned turn = 0; turn < 12; turn++) { /* 1.2 s, in which each completes its request and begins another */
            table->now_ms += 100;
            for (uint32_t a = turn; a < ATTACKERS; a += 12) {
                if (attacker[a] != NULL && is_there(table, attacker[a]))
                    send_half(table, attacker[a]);
            }
        }
        use(table, before);
        polite[i] = come(table, 2000 + i, NULL);
        refused_polite += polite[i] == NULL;
    }
    assert_int_equal(refused_polite, 0);
    assert_true(is_there(table, before));
    for (uint32_t i = 0; i < POLITE; i++)
        assert_true(is_there(table, polite[i]));
}

static void test_half_requests_of_one_stranger_lock_nobody_out(void **state)
{
    for (size_t i = 0; i < sizeof crowds / sizeof crowds[0]; i++) {
        half_requests(*state, crowds[i]);
        tear_down(state);
        set_up(state);
    }
}

/* As fast as it can, somebody opens connections that do nothing; a client that speaks once a second has fourteen. */
static void test_plain_opening_of_connections_costs_a_quiet_client_none(void **state)
{
    struct table *table = *state;
    for (size_t k = 0; k < sizeof crowds / sizeof crowds[0]; k++) {
        struct connection *polite[14];
        for (size_t i = 0; i < 14; i++)
            polite[i] = come(table, 5000 + (uint32_t)k, NULL);
        for (uint32_t i = 0; i < 20000; i++) {
            table->now_ms += i % 10 == 0;
            assert_non_null(come(table, i % crowds[k], NULL));
            if (table->now_ms % 1000 == 0)
                use(table, polite[i % 14]);
        }
        for (size_t i = 0; i < 14; i++)
            assert_true(is_there(table, polite[i]));
    }
    assert_true(table->evicted > 0);
    assert_int_equal(table->refused, 0);
}

/* The table is full of clients that do not read their answers: one of them goes, whatever waits for it. */
static void test_client_that_does_not_read_is_not_spared(void **state)
{
    struct table *table = *state;
    static char held;
    for (uint32_t i = 0; i < TABLE; i++) {
        struct connection *connection = come(table, i % 4, NULL);
        connection->held = (struct held *)(void *)&held;
        connection->blocked_since_ms = table->now_ms;
    }
    assert_non_null(come(table, 100, NULL));
    assert_int_equal(table->evicted, 1);
}

static void test_request_at_work_is_cut_off_only_of_an_address_with_more_connections(void **state)
{
    struct table *table = *state;
    static char held;
    struct connection *gone;
    table->server.most = 4;
    struct connection *of[4];
    for (uint32_t i = 0; i < 4; i++) {
        of[i] = come(table, i, NULL);
        of[i]->held = (struct held *)(void *)&held; /* waits for its turn */
    }
    assert_null(come(table, 10, &gone));
    assert_null(gone);
    leave(table, of[3]);
    of[3] = come(table, 2, NULL);
    of[3]->held = (struct held *)(void *)&held;
    assert_non_null(come(table, 10, &gone));
    assert_ptr_equal(gone, of[2]);
}

static void test_bytes_not_read_yet_are_a_request_at_work(void **state)
{
    struct table *table = *state;
    struct connection *gone;
    int ends[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    table->server.most = 2;
    struct connection *busy = come(table, 1, NULL);
    struct connection *idle = come(table, 2, NULL);
    busy->fd = ends[0];
    assert_int_equal(write(ends[1], "x", 1), 1);
    assert_non_null(come(table, 3, &gone));
    assert_ptr_equal(gone, idle);
    assert_true(is_there(table, busy));
    close(ends[0]);
    close(ends[1]);
}

static void test_one_over_its_cap_loses_its_oldest_but_never_a_kept_one(void **state)
{
    struct table *table = *state;
    struct connection *gone;
    table->options.per_client = 3;
    struct connection *other = come(table, 9, NULL);
    struct connection *mine[3];
    for (size_t i = 0; i < 3; i++)
        mine[i] = come(table, 1, NULL);
    mine[0]->permit.keep = true;
    send_half(table, mine[1]);
    assert_non_null(come(table, 1, &gone));
    assert_ptr_equal(gone, mine[2]);
    table->now_ms += HALF_REQUEST_MS - 1;
    struct connection *fourth = table->server.newest;
    use(table, mine[1]);
    assert_non_null(come(table, 1, &gone));
    assert_ptr_equal(gone, fourth);
    send_half(table, table->server.newest);
    table->now_ms += 1; /* only one of the halves is fresh, and one is kept */
    assert_non_null(come(table, 1, &gone));
    assert_ptr_equal(gone, mine[1]);
    assert_true(is_there(table, mine[0]) && is_there(table, other));
}

static void test_full_table_of_kept_connections_turns_away(void **state)
{
    struct table *table = *state;
    table->server.most = 2;
    come(table, 1, NULL)->permit.keep = true;
    come(table, 1, NULL)->permit.keep = true;
    assert_null(come(table, 2, NULL));
    assert_int_equal(table->refused, 1);
}

static void test_line_is_due_at_once_and_then_once_in_a_while_with_a_count(void **state)
{
    (void)state;
    struct turned_away turned_away = {0};
    uint64_t untold = 99;
    assert_true(turned_away_is_due(&turned_away, EVICTED_OF_ALL, 5000, &untold));
    assert_int_equal(untold, 0);
    for (uint64_t i = 0; i < 3; i++)
        assert_false(turned_away_is_due(&turned_away, EVICTED_OF_ALL, 5001 + i, &untold));
    assert_true(turned_away_is_due(&turned_away, TURNED_AWAY_BY_RULE, 5004, &untold)); /* another kind */
    assert_int_equal(untold, 0);
    assert_false(turned_away_is_due(&turned_away, EVICTED_OF_ALL, 5000 + TURNED_AWAY_EVERY_MS - 1, &untold));
    assert_true(turned_away_is_due(&turned_away, EVICTED_OF_ALL, 5000 + TURNED_AWAY_EVERY_MS, &untold));
    assert_int_equal(untold, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_half_requests_of_one_stranger_lock_nobody_out, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_plain_opening_of_connections_costs_a_quiet_client_none, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_client_that_does_not_read_is_not_spared, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_request_at_work_is_cut_off_only_of_an_address_with_more_connections,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_bytes_not_read_yet_are_a_request_at_work, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_one_over_its_cap_loses_its_oldest_but_never_a_kept_one, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_full_table_of_kept_connections_turns_away, set_up, tear_down),
        cmocka_unit_test(test_line_is_due_at_once_and_then_once_in_a_while_with_a_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
