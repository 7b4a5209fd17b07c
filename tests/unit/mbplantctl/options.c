/* The command line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"

static struct ctl_options options;
static char message[512];

/* Parses a line of words; what it complains about stays in message. */
static enum mbp_status parse(const char *line)
{
    static char words[512];
    char *argv[32] = {"mbplantctl"};
    int argc = 1;
    snprintf(words, sizeof words, "%s", line);
    for (char *word = strtok(words, " "); word != NULL && argc < 32; word = strtok(NULL, " "))
        argv[argc++] = word;
    FILE *errors = fmemopen(message, sizeof message, "w");
    assert_non_null(errors);
    enum mbp_status status = ctl_options_parse(argc, argv, errors, &options);
    fclose(errors);
    return status;
}

static void test_nothing_given_takes_the_defaults(void **state)
{
    (void)state;
    assert_int_equal(parse("status"), MBP_OK);
    assert_string_equal(options.verb->name, "status");
    assert_string_equal(options.target.host, "127.0.0.1");
    assert_int_equal(options.target.port, 5020);
    assert_int_equal(options.target.timeout_ms, 1000);
    assert_int_equal(options.unit, -1);
    assert_int_equal(options.since.kind, MBP_MOMENT_NONE);
    assert_int_equal(options.format, MBP_FORMAT_TEXT);
}

static void test_options_stand_before_and_after_the_verb_in_each_form(void **state)
{
    (void)state;
    static const char *const lines[] = {"-H plc -p 502 -u 7 --timeout 500ms read hr:0",
                                        "read hr:0 --host plc --port 502 --unit 7 --timeout 500ms",
                                        "-Hplc -p502 read --unit=7 hr:0 --timeout=500ms"};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        assert_int_equal(parse(lines[i]), MBP_OK);
        assert_string_equal(options.target.host, "plc");
        assert_int_equal(options.target.port, 502);
        assert_int_equal(options.unit, 7);
        assert_int_equal(options.target.timeout_ms, 500);
        assert_int_equal(options.argc, 1);
        assert_string_equal(options.argv[0], "hr:0");
    }
}

static void test_port_stands_behind_the_host_too(void **state)
{
    (void)state;
    assert_int_equal(parse("-H plc:502 status"), MBP_OK);
    assert_string_equal(options.target.host, "plc");
    assert_int_equal(options.target.port, 502);
    assert_int_equal(parse("-H [::1]:503 status"), MBP_OK);
    assert_string_equal(options.target.host, "::1");
    assert_int_equal(options.target.port, 503);
    assert_int_equal(parse("-H plc:0 status"), MBP_ERR_FORMAT);
    assert_int_equal(parse("-p 7 -H [::1] status"), MBP_OK);
    assert_string_equal(options.target.host, "::1");
    assert_int_equal(options.target.port, 7);
    static const char *const wrong[] = {"-H plc: status",     "-H plc:x status",     "-H plc:65536 status",
                                        "-H :502 status",     "-H plc/x status",     "-H [::1 status",
                                        "-H [::1]: status",   "-H plc:502/x status", "-H [] status",
                                        "-H plc:-502 status", "-H tcp://: status",   "-H rtu+pty:// status"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        if (parse(wrong[i]) == MBP_OK)
            fail_msg("%s", wrong[i]);
        assert_non_null(strstr(message, "--host"));
    }
}

static void test_host_takes_each_form_that_a_plant_file_takes(void **state)
{
    (void)state;
    static const struct {
        const char *line, *host;
        uint16_t port;
        int medium, framing; /* -1 = a plain one */
    } cases[] = {
        {"-H tcp://127.0.0.1:503 status", "127.0.0.1", 503, -1, 0},
        {"-H tcp://[::1]:503 status", "::1", 503, -1, 0},
        {"-H tcp://plc status", "plc", 5020, -1, 0},
        {"-H rtu+tcp://plc:503 status", "plc", 503, MBP_MEDIUM_TCP, MBP_FRAMING_RTU},
        {"-H ascii+tcp://[::1]:503 status", "::1", 503, MBP_MEDIUM_TCP, MBP_FRAMING_ASCII},
        {"-H udp://plc:503 status", "plc", 503, MBP_MEDIUM_UDP, MBP_FRAMING_MBAP},
        {"-H rtu:///dev/ttyS0?baud=9600 status", "/dev/ttyS0", 5020, MBP_MEDIUM_SERIAL, MBP_FRAMING_RTU},
        {"-H ascii:///dev/ttyS0 status", "/dev/ttyS0", 5020, MBP_MEDIUM_SERIAL, MBP_FRAMING_ASCII},
        {"-H rtu+pty:///run/plc status", "/run/plc", 5020, MBP_MEDIUM_SERIAL, MBP_FRAMING_RTU},
        {"-H ascii+pty:///run/plc?baud=9600 status", "/run/plc", 5020, MBP_MEDIUM_SERIAL, MBP_FRAMING_ASCII},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (parse(cases[i].line) != MBP_OK)
            fail_msg("%s: %s", cases[i].line, message);
        assert_string_equal(options.target.host, cases[i].host);
        assert_int_equal(options.target.port, cases[i].port);
        const struct mbp_wire *wire = options.target.wire;
        assert_int_equal(wire != NULL ? wire->medium : -1, cases[i].medium);
        if (wire != NULL)
            assert_int_equal(wire->framing, cases[i].framing);
    }
}

static void test_environment_names_the_slave_where_no_option_does(void **state)
{
    (void)state;
    setenv("MBPLANT_HOST", "plc:502", 1);
    enum mbp_status taken = parse("status");
    uint16_t port = options.target.port;
    enum mbp_status overruled = parse("-H here status");
    bool is_here = strcmp(options.target.host, "here") == 0 && options.target.port == 5020;
    setenv("MBPLANT_HOST", "plc:0", 1);
    enum mbp_status refused = parse("status");
    unsetenv("MBPLANT_HOST");
    assert_int_equal(taken, MBP_OK);
    assert_int_equal(port, 502);
    assert_int_equal(overruled, MBP_OK);
    assert_true(is_here);
    assert_int_equal(refused, MBP_ERR_FORMAT);
    assert_non_null(strstr(message, "MBPLANT_HOST"));
}

static void test_port_of_the_environment_is_that_of_its_host_alone(void **state)
{
    (void)state;
    setenv("MBPLANT_PORT", "502", 1);
    assert_int_equal(parse("status"), MBP_OK);
    assert_int_equal(options.target.port, 502);
    assert_int_equal(parse("-H here status"), MBP_OK);
    assert_int_equal(options.target.port, 5020);
    assert_int_equal(parse("-p 7 -H here status"), MBP_OK);
    assert_int_equal(options.target.port, 7);
    assert_int_equal(parse("-H here -p 7 status"), MBP_OK);
    assert_int_equal(options.target.port, 7);
    setenv("MBPLANT_HOST", "plc:503", 1);
    assert_int_equal(parse("status"), MBP_OK);
    assert_int_equal(options.target.port, 503);
    unsetenv("MBPLANT_HOST");
    setenv("MBPLANT_PORT", "0", 1);
    enum mbp_status refused = parse("status");
    unsetenv("MBPLANT_PORT");
    assert_int_equal(refused, MBP_ERR_FORMAT);
    assert_non_null(strstr(message, "MBPLANT_PORT 0"));
}

static void test_help_is_a_word_too(void **state)
{
    (void)state;
    assert_int_equal(parse("help write"), MBP_OK);
    assert_true(options.help);
    assert_string_equal(options.verb->name, "write");
    assert_int_equal(parse("help"), MBP_OK);
    assert_true(options.help && options.verb == NULL);
}

static void test_negative_number_is_a_value_not_an_option(void **state)
{
    (void)state;
    assert_int_equal(parse("write TT101 -5"), MBP_OK);
    assert_string_equal(options.argv[1], "-5");
    assert_int_equal(parse("write TT101 -.5"), MBP_OK);
    assert_string_equal(options.argv[1], "-.5");
    assert_int_equal(parse("write TT101 -- -x"), MBP_OK);
    assert_string_equal(options.argv[1], "-x");
}

static void test_wrong_command_line_is_told_in_one_line(void **state)
{
    (void)state;
    static const struct {
        const char *line, *wanted;
    } cases[] = {
        {"statsu", "did you mean status?"},
        {"xyzzy", "unknown verb xyzzy"},
        {"status --timout 1s", "did you mean --timeout?"},
        {"status -x", "unknown option -x"},
        {"status -p", "--port needs a value"},
        {"status -p 0", "--port 0: allowed is 1..65535"},
        {"status -p 65536", "allowed is"},
        {"status -p 5o20", "allowed is"},
        {"read -u 256 hr:0", "allowed is 0..255"},
        {"status --timeout 5", "allowed is a time"},
        {"status --timeout 0ms", "allowed is a time"},
        {"status --raw", "status does not take --raw"},
        {"journal --raw", "journal does not take --raw"},
        {"report --follow", "report does not take --follow"},
        {"report --format jsonl", "no format jsonl; it has text markdown html json csv"},
        {"journal --format html", "no format html; it has text csv jsonl"},
        {"report --lang de", "--lang de: allowed is en, fr"},
        {"report --until soon", "--until soon: allowed is an event number from 1, a time"},
        {"status --since 5", "status does not take --since"},
        {"report --format pdf", "report has no format pdf; it has text markdown html json csv"},
        {"--format pdf journal", "journal has no format pdf; it has text csv jsonl"},
        {"report --format", "--format needs a value; report has text markdown html json csv"},
        {"journal --since 0", "an event number"},
        {"read", "usage: mbplantctl read POINT.."},
        {"force TT101", "usage: mbplantctl force SENSOR|POINT|ADDRESS VALUE"},
        {"status now", "usage: mbplantctl status;"},
        {"status --raw=1", "unknown option --raw=1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(parse(cases[i].line), MBP_ERR_FORMAT);
        if (strstr(message, cases[i].wanted) == NULL)
            fail_msg("%s: '%s' is missing in: %s", cases[i].line, cases[i].wanted, message);
        const char *end = strchr(message, '\n');
        assert_non_null(end);
        assert_string_equal(end, "\n");
    }
}

static void test_help_is_given_whatever_else_is_missing(void **state)
{
    (void)state;
    assert_int_equal(parse("force --help"), MBP_OK);
    assert_true(options.help);
    assert_string_equal(options.verb->name, "force");
    assert_int_equal(parse("--version"), MBP_OK);
    assert_true(options.version);
    assert_null(options.verb);
}

static void test_format_not_given_is_the_verbs_first(void **state)
{
    (void)state;
    assert_int_equal(parse("journal"), MBP_OK);
    assert_int_equal(options.format, MBP_FORMAT_TEXT);
    assert_int_equal(parse("journal -f jsonl"), MBP_OK);
    assert_int_equal(options.format, MBP_FORMAT_JSONL);
}

static void test_every_verb_has_help_with_its_name_in_an_example(void **state)
{
    (void)state;
    for (size_t i = 0; i < ctl_verb_count; i++) {
        const struct ctl_verb *verb = &ctl_verbs[i];
        char *text = NULL;
        size_t len = 0;
        FILE *out = open_memstream(&text, &len);
        assert_non_null(out);
        ctl_verb_help(verb, out);
        fclose(out);
        char example[64];
        snprintf(example, sizeof example, " %s", verb->name);
        const char *examples = strstr(text, "Examples:");
        assert_non_null(examples);
        assert_non_null(strstr(examples, example));
        assert_ptr_equal(ctl_verb_find(verb->name), verb);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_given_takes_the_defaults),
        cmocka_unit_test(test_options_stand_before_and_after_the_verb_in_each_form),
        cmocka_unit_test(test_port_stands_behind_the_host_too),
        cmocka_unit_test(test_host_takes_each_form_that_a_plant_file_takes),
        cmocka_unit_test(test_environment_names_the_slave_where_no_option_does),
        cmocka_unit_test(test_port_of_the_environment_is_that_of_its_host_alone),
        cmocka_unit_test(test_help_is_a_word_too),
        cmocka_unit_test(test_negative_number_is_a_value_not_an_option),
        cmocka_unit_test(test_wrong_command_line_is_told_in_one_line),
        cmocka_unit_test(test_help_is_given_whatever_else_is_missing),
        cmocka_unit_test(test_format_not_given_is_the_verbs_first),
        cmocka_unit_test(test_every_verb_has_help_with_its_name_in_an_example),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
