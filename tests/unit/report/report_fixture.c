/* What the tests of the report share. */
#include "report_fixture.h"

#include <assert.h>
#include <string.h>

static const char yaml[] = "mbplant: 1\n"
                           "name: Line\n"
                           "units:\n"
                           "  - id: 3\n"
                           "    name: PLC\n"
                           "    sensors:\n"
                           "      - {name: GS9, kind: generic, register: {type: bool}}\n"
                           "    machines:\n"
                           "      - name: FILL1\n"
                           "        label: Filler\n"
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
                              .peer = 0x7F000001,
                              .detail = detail};
}

struct mbp_report report_example(const struct mbp_plant *plant)
{
    static struct mbp_report_machine machines[2];
    static struct mbp_report_alarm alarms[1];
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
                                              .failures = 1};
    machines[1] = (struct mbp_report_machine){
        .name = "PACK1", .label = "", .unit_name = "PLC", .unit = 3, .cause = "", .first_out = "", .good = 100};
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
        .has_incident = true,
        .incident =
            report_event(MBP_EV_MACHINE_STATE, mbp_event_state_detail(MBP_EN_SERVICE, MBP_EN_PANNE, MBP_CAUSE_TRIP))};
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
