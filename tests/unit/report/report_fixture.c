/* What the tests of the report share. */
#include "report_fixture.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static const char yaml[] =
    "mbplant: 1\n"
    "name: Line\n"
    "units:\n"
    "  - id: 3\n"
    "    name: PLC\n"
    "    actuators:\n"
    "      - {name: P9, kind: pump, on_off: true}\n"
    "    sensors:\n"
    "      - {name: GS9, kind: generic, register: {type: bool}}\n"
    "    machines:\n"
    "      - name: FILL1\n"
    "        cycle: {time: 30s}\n"
    "        label: Filler\n"
    "        actuators:\n"
    "          - {name: FV101, label: Valve, kind: valve, travel: 20s}\n"
    "        controllers:\n"
    "          - {name: PIC101, input: PT101, setpoint: 5, gain: 1}\n"
    "          - {name: TIC101, label: Warmth, input: TT101, output: FV101, setpoint: 65, gain: 2,\n"
    "             cascade: PIC101}\n"
    "        sensors:\n"
    "          - {name: TT101, kind: temperature, unit: °C, range: [0, 150], min: 10, max: 85,\n"
    "             register: {type: int16, scale: 0.1}}\n"
    "          - {name: PT101, kind: pressure, unit: bar, range: [0, 10],\n"
    "             limits: {low_low: 1, low: 2, high: 8}, register: {type: float32}}\n"
    "      - name: PACK1\n"
    "        sensors:\n"
    "          - {name: ST401, kind: speed, unit: rpm, range: [0, 900], max: 800,\n"
    "             register: {type: uint16}}\n";

struct mbp_plant *report_plant(void)
{
    struct mbp_plant *plant = NULL;
    struct mbp_text text = {yaml, strlen(yaml)};
    enum mbp_status status = mbp_plant_parse("line.yaml", text, stderr, &plant);
    assert(status == MBP_OK && plant != NULL);
    (void)status;
    return plant;
}

#define TT101 0 /* machines' sensors come before those of the unit itself */

#define LOCAL 1

const struct mbp_names *report_names(void)
{
    static struct mbp_actor actors[] = {{.id = LOCAL, .kind = MBP_ACTOR_TCP}, {.id = 2, .kind = MBP_ACTOR_TCP}};
    static const struct mbp_names names = {.actors = actors, .actor_count = 2};
    mbp_address_parse("127.0.0.1", actors[0].address);
    mbp_address_parse("fd00::7f00:1", actors[1].address);
    return &names;
}

struct mbp_event report_event(enum mbp_event_code code, uint32_t detail)
{
    return (struct mbp_event){.wall_ms = 1764000000123,
                              .seq = 7,
                              .scan = 42,
                              .code = (uint16_t)code,
                              .unit = 3,
                              .machine = 0,
                              .sensor = TT101,
                              .value = 92.3f,
                              .limit = 85,
                              .actor = LOCAL,
                              .detail = detail};
}

struct mbp_report report_example(const struct mbp_plant *plant)
{
    static struct mbp_report_machine machines[2];
    static struct mbp_report_alarm alarms[1];
    static struct mbp_report_actuator actuators[2];
    static struct mbp_report_controller controllers[2];
    actuators[0] = (struct mbp_report_actuator){.actuator = &plant->actuators[0],
                                                .by = &plant->controllers[1],
                                                .machine = "FILL1",
                                                .command = 45.5,
                                                .position = 40};
    actuators[1] =
        (struct mbp_report_actuator){.actuator = &plant->actuators[1], .machine = "", .command = 1, .position = 1};
    controllers[0] = (struct mbp_report_controller){
        .controller = &plant->controllers[0], .setpoint = 5, .measurement = 4.25, .output = 65};
    controllers[1] = (struct mbp_report_controller){
        .controller = &plant->controllers[1], .automatic = true, .setpoint = 65, .measurement = 92.3, .output = 45.5};
    machines[0] = (struct mbp_report_machine){.name = "FILL1",
                                              .label = "Filler",
                                              .unit_name = "PLC",
                                              .unit = 3,
                                              .state = MBP_EN_PANNE,
                                              .since_ms = 1764000000000,
                                              .cause = "TT101 Overheating",
                                              .first_out = "TT101",
                                              .alarms = 1,
                                              .good = 98,
                                              .reject = 2,
                                              .running_s = 3660,
                                              .down_s = 60,
                                              .failures = 1,
                                              .due_by_time = true,
                                              .due_by_output = true,
                                              .due_s = 3 * 86400 + 7200,
                                              .due_products = 500};
    machines[1] = (struct mbp_report_machine){.name = "PACK1",
                                              .label = "",
                                              .unit_name = "PLC",
                                              .unit = 3,
                                              .cause = "",
                                              .first_out = "",
                                              .good = 100,
                                              .due = true};
    alarms[0] = (struct mbp_report_alarm){.machine = "FILL1",
                                          .sensor = &plant->sensors[TT101],
                                          .limit = MBP_HIGH,
                                          .value = 92.3,
                                          .limit_value = 85,
                                          .active = true,
                                          .unacknowledged = true};
    return (struct mbp_report){
        .plant = plant->name,
        .now_ms = 1764000090000,
        .sim_ms = 3720000,
        .scans = 37200,
        .late_scans = 3,
        .sensors = plant->sensor_count,
        .by_state = {1, 1, 0},
        .machines = machines,
        .machine_count = 2,
        .alarms = alarms,
        .alarm_count = 1,
        .actuators = actuators,
        .actuator_count = 2,
        .controllers = controllers,
        .controller_count = 2,
        .has_incident = true,
        .incident = report_event(
            MBP_EV_MACHINE_STATE,
            mbp_event_of_alarm(mbp_event_state_detail(MBP_EN_SERVICE, MBP_EN_PANNE, MBP_CAUSE_TRIP), MBP_HIGH))};
}

void report_open(struct report_stream *stream)
{
    stream->text = NULL;
    stream->file = open_memstream(&stream->text, &stream->len);
    assert(stream->file != NULL);
}

char *report_text(struct report_stream *stream)
{
    fclose(stream->file);
    return stream->text;
}

#define PERIOD_MS UINT64_C(1764000000000) /* 2025-11-24T16:00:00Z */

static struct mbp_event at(uint32_t seq, uint32_t second, enum mbp_event_code code)
{
    return (struct mbp_event){.seq = seq,
                              .scan = second * 10,
                              .wall_ms = PERIOD_MS + second * UINT64_C(1000),
                              .code = (uint16_t)code,
                              .unit = 3,
                              .sensor = MBP_NONE16,
                              .value = NAN,
                              .limit = NAN};
}

struct mbp_analysis *report_analysis(const struct mbp_plant *plant)
{
    static const struct mbp_analysis_machine_now machines[2] = {
        {.state = MBP_EN_SERVICE, .since_ms = PERIOD_MS + 1800000, .good = 98, .reject = 2, .running_s = 3300},
        {.state = MBP_EN_SERVICE, .since_ms = PERIOD_MS, .due = true}};
    const struct mbp_analysis_now now = {.wall_ms = PERIOD_MS + 3600000, .scan = 36000, .machines = machines};
    const struct mbp_analysis_period period = {0, UINT64_MAX, 0, UINT64_MAX};
    struct mbp_analyser *analyser = NULL;
    struct mbp_analysis *analysis = NULL;
    struct mbp_event events[40];
    size_t count = 0;
    events[count++] = at(1, 0, MBP_EV_START);
    for (uint32_t i = 0; i < 12; i++) {
        events[count] = at((uint32_t)count + 1, 600 + 20 * i, MBP_EV_ALARM_RAISED);
        events[count].sensor = TT101;
        events[count++].detail = MBP_HIGH;
    }
    events[count] = at((uint32_t)count + 1, 900, MBP_EV_ALARM_ACKNOWLEDGED);
    events[count].sensor = TT101;
    events[count++].detail = MBP_HIGH;
    events[count] = at((uint32_t)count + 1, 1500, MBP_EV_MACHINE_STATE);
    events[count++].detail = mbp_event_state_detail(MBP_EN_SERVICE, MBP_EN_PANNE, MBP_CAUSE_TRIP);
    events[count] = at((uint32_t)count + 1, 1800, MBP_EV_MACHINE_STATE);
    events[count++].detail = mbp_event_state_detail(MBP_EN_PANNE, MBP_EN_SERVICE, MBP_CAUSE_COMMAND);
    enum mbp_status status = mbp_analyser_new(plant, NULL, &period, &now, &analyser);
    for (size_t i = 0; i < count && status == MBP_OK; i++)
        status = mbp_analyser_take(analyser, &events[i]);
    if (status == MBP_OK)
        status = mbp_analyser_finish(analyser, &analysis);
    assert(status == MBP_OK);
    (void)status;
    return analysis;
}
