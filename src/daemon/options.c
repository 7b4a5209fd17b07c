/* The command line of mbplantd: one table of options, help with examples. */
#include "options.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mbplant/base/wire.h"
#include "mbplant/report/period.h"
#include "mbplant/scenario.h"

enum { USAGE_ERROR = 2 };
enum long_only {
    OPT_HTTP = 256,
    OPT_SEED,
    OPT_SPEED,
    OPT_MEMORY,
    OPT_FAST_FORWARD,
    OPT_SCENARIO,
    OPT_FORMAT,
    OPT_REPORT,
    OPT_CHECK,
    OPT_PRINT_CONFIG,
    OPT_SCHEMA,
    OPT_TRACE,
    OPT_HEX,
    OPT_PAUSED,
    OPT_EXEC,
    OPT_READY_FD,
    OPT_END,
    OPT_VERSION
};

static const struct option long_options[] = {
    {"listen", required_argument, NULL, 'l'},
    {"http", required_argument, NULL, OPT_HTTP},
    {"data", required_argument, NULL, 'd'},
    {"seed", required_argument, NULL, OPT_SEED},
    {"speed", required_argument, NULL, OPT_SPEED},
    {"memory", required_argument, NULL, OPT_MEMORY},
    {"fast-forward", optional_argument, NULL, OPT_FAST_FORWARD},
    {"scenario", required_argument, NULL, OPT_SCENARIO},
    {"format", required_argument, NULL, OPT_FORMAT},
    {"report", required_argument, NULL, OPT_REPORT},
    {"check", no_argument, NULL, OPT_CHECK},
    {"print-config", no_argument, NULL, OPT_PRINT_CONFIG},
    {"schema", no_argument, NULL, OPT_SCHEMA},
    {"trace", no_argument, NULL, OPT_TRACE},
    {"hex", no_argument, NULL, OPT_HEX},
    {"paused", no_argument, NULL, OPT_PAUSED},
    {"exec", required_argument, NULL, OPT_EXEC},
    {"ready-fd", required_argument, NULL, OPT_READY_FD},
    {"end", required_argument, NULL, OPT_END},
    {"output", required_argument, NULL, 'o'},
    {"verbose", no_argument, NULL, 'v'},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, OPT_VERSION},
    {NULL, 0, NULL, 0},
};

static const char help[] =
    "Usage: mbplantd [OPTION]... PLANT.yaml\n"
    "       mbplantd [OPTION]... --scenario SCENARIO.yaml [PLANT.yaml]\n"
    "A whole industrial plant behind one Modbus TCP port.\n"
    "\n"
    "  -l, --listen WHERE           where masters connect (default: the plant file's, 127.0.0.1:5020); may be given\n"
    "                               several times: ADDR:PORT, rtu+tcp://ADDR:PORT, ascii+tcp://ADDR:PORT,\n"
    "                               udp://ADDR:PORT, rtu:///dev/ttyUSB0?baud=19200&parity=even, rtu+pty:///tmp/plc\n"
    "      --http ADDR:PORT|off     where browsers find the plant: page, REST, metrics (default: the plant file's,\n"
    "                               127.0.0.1:8020, which yields where another program has that address)\n"
    "  -d, --data DIR               journal and retained state\n"
    "                               (default: $XDG_STATE_HOME/mbplant/PLANT-XXXXXXXX, or the same in\n"
    "                               ~/.local/state; XXXXXXXX tells plant files of one name apart by their folder)\n"
    "      --seed N                 another seed for noise and rejects than the plant file's\n"
    "      --speed X                X times as fast as real time, 0.1 to 1000\n"
    "      --paused                 begin paused, until the instructor's unit steps or resumes it (mbplantctl sim)\n"
    "      --memory SIZE            what a plant may take (default: 1GB; one that comes over Modbus a quarter of it)\n"
    "      --fast-forward DURATION  run that much simulated time as fast as possible, without network, and exit\n"
    "      --end WHEN               with --fast-forward: simulated time ends at this wall time, as in now; without it\n"
    "                               begins now\n"
    "      --scenario FILE          play a scenario and say how it went; with --fast-forward (then without DURATION)\n"
    "                               as fast as possible; begins with a new journal, kept only with -d\n"
    "      --format FORMAT          of a scenario's report: text, json or junit\n"
    "  -o, --output FILE            where that report goes (default: standard output)\n"
    "      --exec COMMAND           run COMMAND (of /bin/sh) beside the plant, with MBPLANT_HOST, MBPLANT_PORT and\n"
    "                               MBPLANT_HTTP in its environment, and end with its exit code; on free ports of\n"
    "                               this machine and with a new journal, unless -l, --http or -d say otherwise\n"
    "      --ready-fd N             write one line with the same to file descriptor N as soon as the plant answers\n"
    "      --report FORMAT          with --fast-forward DURATION: end with a report of the run on standard output, as\n"
    "                               mbplantctl report writes it: text, markdown, html, json or csv\n"
    "      --check                  check the plant file, print a summary, start nothing\n"
    "      --print-config           print the plant file with every default and address explicit\n"
    "      --schema                 print what a plant file may hold as a JSON Schema, for editors\n"
    "      --trace                  print each frame decoded: when, who, unit, function, points and values by name;\n"
    "                               but what a mbplantctl reads of the plant's own files only with -v\n"
    "      --hex                    with --trace: the bytes too, as mbplantctl explain takes them\n"
    "  -v, --verbose                print every event, and at the end what was served\n"
    "  -h, --help                   this text\n"
    "      --version                the version\n"
    "\n"
    "Examples:\n"
    "  mbplantd config/bottling.yaml\n"
    "  mbplantd -l 0.0.0.0:5020 -d /var/lib/mbplant config/bottling.yaml\n"
    "  mbplantd --check my-plant.yaml\n"
    "  mbplantd --fast-forward 8h -d /tmp/shift config/bottling.yaml\n"
    "  mbplantd --fast-forward 8h --report html -d /tmp/shift config/bottling.yaml > shift.html\n"
    "  mbplantd --scenario config/scenarios/overheat.yaml\n"
    "  mbplantd --scenario config/scenarios/overheat.yaml --fast-forward\n"
    "  mbplantd config/bottling.yaml --exec 'pytest -q'\n"
    "  mbplantd --scenario config/scenarios/overheat.yaml --format junit -o plant.xml --exec ./my-master\n"
    "\n"
    "Exit status: 0 stopped on request, 1 runtime failure, 2 usage or plant file;\n"
    "of a scenario: 0 passed, 1 not passed, 2 usage, plant file or scenario;\n"
    "of --exec: the command's, or 128 and the number of the signal that killed it; where that is 0, the scenario's.\n"
    "SIGINT and SIGTERM stop it; the journal is complete when it has ended.\n"
    "SIGHUP takes over the changed plant file.\n";

static int complain(const char *what, const char *value, const char *allowed)
{
    fprintf(stderr, "mbplantd: %s '%s': %s; see mbplantd --help\n", what, value, allowed);
    return USAGE_ERROR;
}

static bool read_u64(const char *text, uint64_t *out)
{
    char *end;
    errno = 0;
    unsigned long long number = strtoull(text, &end, 0);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0)
        return false;
    *out = number;
    return true;
}

static bool read_speed(const char *text, double *out)
{
    char *end;
    double number = strtod(text, &end);
    if (end == text || *end != '\0' || !(number >= 0.1 && number <= 1000.0))
        return false;
    *out = number;
    return true;
}

static bool read_end(const char *text, uint64_t *out)
{
    struct mbp_clock clock = mbp_clock_system();
    struct mbp_moment moment;
    bool is_time = mbp_moment_parse(text, clock.wall_ms(clock.ctx), true, &moment) == MBP_OK &&
                   moment.kind == MBP_MOMENT_TIME && moment.ms > 0;
    *out = is_time ? moment.ms : 0;
    return is_time;
}

/* It must be open before this program opens anything, and no command gets it. */
static bool read_fd(const char *text, int *out)
{
    uint64_t number;
    if (!read_u64(text, &number) || number == 0 || number > INT_MAX || fcntl((int)number, F_GETFD) < 0)
        return false;
    *out = (int)number;
    return number <= STDERR_FILENO || fcntl(*out, F_SETFD, FD_CLOEXEC) == 0;
}

/* An option with a number, and a command beside the plant; -1 to go on, else the exit code. */
static int take_number(int option, const char *argument, struct options *options)
{
    switch (option) {
    case OPT_SEED:
        options->has_seed = true;
        return read_u64(argument, &options->seed) ? -1 : complain("--seed", argument, "write a whole number from 0 up");
    case OPT_SPEED:
        return read_speed(argument, &options->speed) ? -1
                                                     : complain("--speed", argument, "write a number from 0.1 to 1000");
    case OPT_FAST_FORWARD:
        options->mode = MODE_FAST_FORWARD;
        if (argument == NULL)
            return -1; /* to the end of a scenario */
        return mbp_duration_parse(argument, &options->fast_forward_ns) == MBP_OK
                   ? -1
                   : complain("--fast-forward", argument, "write a duration with its unit, as in 30min or 8h");
    case OPT_MEMORY:
        return mbp_plant_set_memory(argument)
                   ? -1
                   : complain("--memory", argument, "write a size from 10MB to 1000GB with its unit, as in 500MB");
    case OPT_EXEC:
        options->command = argument;
        return argument[0] != '\0' ? -1 : complain("--exec", argument, "write a command of the shell");
    case OPT_READY_FD:
        return read_fd(argument, &options->ready_fd)
                   ? -1
                   : complain("--ready-fd", argument, "write the number of a file descriptor that is open, from 1");
    case OPT_END:
        return read_end(argument, &options->end_ms)
                   ? -1
                   : complain("--end", argument, "write now, or a time, as in 2026-11-24T08:00");
    default:
        return -1; /* told by the caller, who knows the word */
    }
}

static int take_listen(const char *argument, struct options *options)
{
    struct mbp_wire wire;
    char why[MBP_WIRE_WHY];
    if (options->listen_count == MBP_LISTEN_MAX)
        return complain("--listen", argument, "it is one too many");
    if (mbp_wire_parse(argument, &wire, why, sizeof why) != MBP_OK)
        return complain("--listen", argument, why);
    if (!mbp_wire_is_line(&wire) && !wire.has_port)
        return complain("--listen", argument, "write ADDR:PORT, as in 127.0.0.1:5020");
    options->listen[options->listen_count++] = (struct mbp_listen){.at = argument};
    return -1;
}

/* One option; -1 to go on, else the exit code. */
static int take(int option, const char *argument, struct options *options)
{
    switch (option) {
    case 'l':
        return take_listen(argument, options);
    case OPT_HTTP:
        options->http = argument;
        return strcmp(argument, "off") == 0 || mbp_endpoint_is_address(argument)
                   ? -1
                   : complain("--http", argument, "write ADDR:PORT or off");
    case 'd':
        options->data_dir = argument;
        return -1;
    case OPT_SCENARIO:
        options->scenario_path = argument;
        return -1;
    case OPT_FORMAT:
        options->report = mbp_play_format_find(argument);
        return options->report >= 0 ? -1 : complain("--format", argument, "write text, json or junit");
    case OPT_REPORT:
        options->has_run_report = mbp_format_find(argument, &options->run_report) == MBP_OK;
        return options->has_run_report && options->run_report < MBP_FORMAT_JSONL
                   ? -1
                   : complain("--report", argument, "write text, markdown, html, json or csv");
    case 'o':
        options->output_path = argument;
        return -1;
    case OPT_CHECK:
        options->mode = MODE_CHECK;
        return -1;
    case OPT_PRINT_CONFIG:
        options->mode = MODE_PRINT_CONFIG;
        return -1;
    case OPT_SCHEMA:
        mbp_plant_print_schema(stdout);
        return 0;
    case OPT_TRACE:
    case OPT_HEX:
        options->trace = options->trace || option == OPT_TRACE;
        options->hex = options->hex || option == OPT_HEX;
        return -1;
    case OPT_PAUSED:
        options->paused = true;
        return -1;
    case 'v':
        options->verbose = true;
        return -1;
    case 'h':
        fputs(help, stdout);
        return 0;
    case OPT_VERSION:
        puts("mbplantd " MBP_VERSION);
        return 0;
    default:
        return take_number(option, argument, options);
    }
}

static bool is_duration(const char *word)
{
    uint64_t ns;
    return mbp_duration_parse(word, &ns) == MBP_OK;
}

/* Without a scenario --fast-forward takes the next word, whatever it is. With one the duration may be left out, so only
 * what is one is taken: the next word may be the plant file. */
static const char *fast_forward_word(int argc, char **argv, bool scenario)
{
    if (optind >= argc || (scenario && !is_duration(argv[optind])))
        return NULL;
    return argv[optind++];
}

/* Options may be abbreviated. */
static bool has_scenario(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], "--sce", strlen("--sce")) == 0)
            return true;
    }
    return false;
}

/* Options that have no place beside others, or without them. */
static int check_together(const struct options *options, int words)
{
    const bool scenario = options->scenario_path != NULL;
    const bool forward = options->mode == MODE_FAST_FORWARD;
    const struct {
        bool broken;
        const char *text;
    } rules[] = {
        {options->has_run_report && (!forward || scenario),
         "--report needs --fast-forward DURATION and no scenario; a running mbplantd is asked with mbplantctl report"},
        {options->paused && (forward || scenario),
         "--paused has no place beside --fast-forward and --scenario, which let time pass themselves"},
        {forward && (options->command != NULL || options->ready_fd >= 0),
         "--exec and --ready-fd have no place beside --fast-forward, which answers no master"},
        {options->hex && !options->trace, "--hex needs --trace, whose frames it shows"},
        {options->end_ms != 0 && !forward, "--end needs --fast-forward"},
        {options->output_path != NULL && !scenario, "--output needs --scenario, whose report it takes"},
    };
    for (size_t r = 0; r < sizeof rules / sizeof rules[0]; r++) {
        if (rules[r].broken) {
            fprintf(stderr, "mbplantd: %s; see mbplantd --help\n", rules[r].text);
            return USAGE_ERROR;
        }
    }
    if (words == 0 && scenario)
        return -1;
    if (words != 1) {
        fprintf(stderr, "mbplantd: %s; usage: mbplantd [OPTION]... PLANT.yaml (see mbplantd --help)\n",
                words == 0 ? "no plant file given" : "more than one plant file given");
        return USAGE_ERROR;
    }
    return -1;
}

int options_read(int argc, char **argv, struct options *options)
{
    *options = (struct options){.speed = 1.0, .ready_fd = -1};
    bool scenario = has_scenario(argc, argv);
    int option;
    opterr = 0; /* one line, and ours */
    /* One thread: getopt's globals are nobody else's. */
    while ((option = getopt_long(argc, argv, ":l:d:o:vh", long_options, NULL)) != -1) { // NOLINT(concurrency-mt-unsafe)
        const char *argument = optarg;
        if (option == OPT_FAST_FORWARD && argument == NULL)
            argument = fast_forward_word(argc, argv, scenario);
        if (option == '?' || option == ':' || (option == OPT_FAST_FORWARD && argument == NULL && !scenario)) {
            const char *word = argv[optind - 1];
            return complain(option == '?' ? "unknown option" : "option", word,
                            option == '?' ? "it is not one of mbplantd's" : "it needs a value");
        }
        int code = take(option, argument, options);
        if (code >= 0)
            return code;
    }
    int code = check_together(options, argc - optind);
    options->plant_path = code < 0 && optind < argc ? argv[optind] : NULL;
    return code;
}
