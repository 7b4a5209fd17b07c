/* `listen`: one place or a list of them, and which units are there. */
#include <stdlib.h>
#include <string.h>

#include "plant_fixture.h"

#define UNITS        "units: [{id: 1, tables: {coils: [{at: 0, count: 1}]}}, {id: 7, tables: {coils: [{at: 0, count: 1}]}}]\n"
#define LISTEN(what) "mbplant: 1\nserver: {listen: " what "}\n" UNITS

static void test_listen_is_one_place_or_a_list_of_them(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_text(LISTEN("[127.0.0.1:5020, \"rtu+tcp://[::1]:5021\", "
                                                   "{listen: \"udp://localhost:5020\"}, "
                                                   "\"rtu:///dev/ttyUSB0?baud=9600\"]"));
    const struct mbp_listens *listen = &plant->server.listen;
    assert_int_equal(listen->count, 4);
    assert_string_equal(listen->items[0].at, "127.0.0.1:5020");
    assert_string_equal(listen->items[1].at, "rtu+tcp://[::1]:5021");
    assert_string_equal(listen->items[2].at, "udp://localhost:5020");
    assert_string_equal(listen->items[3].at, "rtu:///dev/ttyUSB0?baud=9600");
    assert_string_equal(mbp_listens_tcp(listen), "127.0.0.1:5020");
    mbp_plant_free(plant);
    plant = plant_of_text(LISTEN("\"tcp://[::1]:1\""));
    assert_int_equal(plant->server.listen.count, 1);
    assert_string_equal(mbp_listens_tcp(&plant->server.listen), "[::1]:1");
    mbp_plant_free(plant);
    plant = plant_of_text(LISTEN("\"rtu+pty:///tmp/x\""));
    assert_null(mbp_listens_tcp(&plant->server.listen));
    mbp_plant_free(plant);
}

static void test_units_of_a_wire_are_some_or_have_other_ids(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_text(
        LISTEN("[{listen: 127.0.0.1:1, units: {1: 7, 0x20: 1}}, {listen: 127.0.0.1:2, units: [7]}, 127.0.0.1:3]"));
    const struct mbp_listen *items = plant->server.listen.items;
    assert_int_equal(items[0].units->of[1], 7);
    assert_int_equal(items[0].units->of[0x20], 1);
    assert_int_equal(items[0].units->of[7], MBP_NONE16);
    assert_int_equal(items[1].units->of[7], 7);
    assert_int_equal(items[1].units->of[1], MBP_NONE16);
    assert_null(items[2].units);
    mbp_plant_free(plant);
}

static void test_listeners_printed_read_back_alike(void **state)
{
    (void)state;
    static const char *const texts[] = {LISTEN("[{listen: 127.0.0.1:1, units: {1: 7}}, \"udp://[::]:2\"]"),
                                        LISTEN("{listen: 127.0.0.1:2, units: [7, 1]}"), LISTEN("127.0.0.1:3")};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct mbp_plant *plant = plant_of_text(texts[i]);
        char *text = NULL;
        size_t len = 0;
        FILE *out = open_memstream(&text, &len);
        assert_non_null(out);
        fputs("mbplant: 1\nserver: {listen: ", out);
        mbp_listens_print(out, &plant->server.listen);
        fputs("}\n" UNITS, out);
        fclose(out);
        struct mbp_plant *again = plant_of_text(text);
        assert_true(mbp_listens_same(&plant->server.listen, &again->server.listen));
        mbp_plant_free(again);
        mbp_plant_free(plant);
        free(text);
    }
}

static void test_listeners_that_differ_in_a_unit_are_not_the_same(void **state)
{
    (void)state;
    struct mbp_plant *a = plant_of_text(LISTEN("{listen: 127.0.0.1:1, units: {1: 7}}"));
    struct mbp_plant *b = plant_of_text(LISTEN("{listen: 127.0.0.1:1, units: {1: 1}}"));
    struct mbp_plant *c = plant_of_text(LISTEN("127.0.0.1:1"));
    assert_false(mbp_listens_same(&a->server.listen, &b->server.listen));
    assert_false(mbp_listens_same(&a->server.listen, &c->server.listen));
    assert_true(mbp_listens_same(&a->server.listen, &a->server.listen));
    mbp_plant_free(a);
    mbp_plant_free(b);
    mbp_plant_free(c);
}

static void test_tcp_and_udp_of_one_port_and_free_ports_are_not_the_same_place(void **state)
{
    (void)state;
    struct mbp_plant *plant =
        plant_of_text(LISTEN("[127.0.0.1:1, \"udp://127.0.0.1:1\", 127.0.0.1:0, 127.0.0.1:0, \"tcp://127.0.0.2:1\"]"));
    assert_int_equal(plant->server.listen.count, 5);
    mbp_plant_free(plant);
}

static void test_what_is_no_listener_is_told_where_it_stands(void **state)
{
    (void)state;
    static const struct {
        const char *text, *told;
    } cases[] = {
        {LISTEN("[]"), "2:18: 'listen' names 0 listeners; allowed are 1..64\n"},
        {LISTEN("[127.0.0.1:1, \"http://x:1\"]"),
         "2:32: 'listen' is 'http://x:1': it begins with none of tcp, rtu+tcp, ascii+tcp, udp, rtu, ascii, rtu+pty, "
         "ascii+pty\n"},
        {LISTEN("\"tcp://localhost\""), "2:18: 'listen' is 'tcp://localhost': it has no port, as in 127.0.0.1:5020\n"},
        {LISTEN("[[1]]"), "2:19: 'listen' is no text such as 127.0.0.1:5020\n"},
        {LISTEN("{units: [1]}"),
         "2:18: a listener is a text such as 127.0.0.1:5020, or a group of keys: listen, units\n"},
        {LISTEN("{listen: 127.0.0.1:1, unit: [1]}"),
         "2:18: a listener is a text such as 127.0.0.1:5020, or a group of keys: listen, units\n"},
        {LISTEN("{listen: 127.0.0.1:1, units: {1: 300}}"),
         "2:51: 'units' of a listener are ids 0..255: [1, 2], or {1: 7} where unit 1 of the wire is unit 7\n"},
        {LISTEN("{listen: 127.0.0.1:1, units: []}"),
         "2:47: 'units' of a listener are ids 0..255: [1, 2], or {1: 7} where unit 1 of the wire is unit 7\n"},
        {LISTEN("{listen: 127.0.0.1:1, units: 1}"),
         "2:47: 'units' of a listener are ids 0..255: [1, 2], or {1: 7} where unit 1 of the wire is unit 7\n"},
        {LISTEN("{listen: 127.0.0.1:1, units: [3]}"),
         "2:18: there is no unit 3 in the plant, which 'listen' has a way to\n"},
        {LISTEN("{listen: 127.0.0.1:1, units: {1: 7, 0x1: 1}}"),
         "2:54: unit 1 of this listener is given twice; keep one\n"},
        {LISTEN("{listen: 127.0.0.1:1, units: [1, 7, 1]}"), "2:54: unit 1 of this listener is given twice; keep one\n"},
        {LISTEN("[127.0.0.1:1, 127.0.0.1:2, {listen: \"rtu+tcp://127.0.0.1:1\"}]"),
         "2:45: 'listen' has 127.0.0.1:1 and rtu+tcp://127.0.0.1:1, at the same place; keep one\n"},
        {LISTEN("[\"rtu:///dev/x\", \"udp://127.0.0.1:1\", \"ascii:///dev/x?baud=9600\"]"),
         "2:56: 'listen' has rtu:///dev/x and ascii:///dev/x?baud=9600, at the same place; keep one\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_string_equal(errors_of_text(cases[i].text), cases[i].told);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_listen_is_one_place_or_a_list_of_them),
        cmocka_unit_test(test_units_of_a_wire_are_some_or_have_other_ids),
        cmocka_unit_test(test_listeners_printed_read_back_alike),
        cmocka_unit_test(test_listeners_that_differ_in_a_unit_are_not_the_same),
        cmocka_unit_test(test_tcp_and_udp_of_one_port_and_free_ports_are_not_the_same_place),
        cmocka_unit_test(test_what_is_no_listener_is_told_where_it_stands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
