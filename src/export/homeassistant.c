/* homeassistant: the integration modbus of Home Assistant: sensors, binary sensors, switches. */
#include <string.h>

#include "export_priv.h"

#define SWAPS                                                                                                          \
    {                                                                                                                  \
        [MBP_ABCD] = "", [MBP_CDAB] = "word", [MBP_BADC] = "byte", [MBP_DCBA] = "word_byte"                            \
    }

/* `swap` is an error on types of one register. */
static const struct export_words words = {
    .target = "homeassistant",
    .type = {[MBP_INT16] = "int16",
             [MBP_UINT16] = "uint16",
             [MBP_BOOL] = "uint16",
             [MBP_UINT8] = "uint16",
             [MBP_INT32] = "int32",
             [MBP_UINT32] = "uint32",
             [MBP_INT64] = "int64",
             [MBP_UINT64] = "uint64",
             [MBP_FLOAT32] = "float32",
             [MBP_FLOAT64] = "float64",
             [MBP_STRING] = "string"},
    .order_1 = {[MBP_ABCD] = "", [MBP_CDAB] = ""},
    .order_2 = SWAPS,
    .order_4 = SWAPS,
    .bits = true,
    .offset = true,
};

/* Classes that Home Assistant has for what a sensor measures, with the units that they allow. */
static const struct {
    uint8_t kind;
    const char *unit, *device_class;
} classes[] = {
    {MBP_TEMPERATURE, "°C", "temperature"}, {MBP_PRESSURE, "bar", "pressure"}, {MBP_CURRENT, "A", "current"},
    {MBP_VOLTAGE, "V", "voltage"},          {MBP_POWER, "W", "power"},         {MBP_POWER, "kW", "power"},
    {MBP_FREQUENCY, "Hz", "frequency"},     {MBP_HUMIDITY, "%", "humidity"},   {MBP_WEIGHT, "kg", "weight"},
};

const char *mbp_export_device_class(const struct mbp_export_row *row)
{
    for (size_t c = 0; c < sizeof classes / sizeof classes[0]; c++) {
        if (row->role == MBP_EXPORT_VALUE && classes[c].kind == row->kind &&
            strcmp(classes[c].unit, row->point.unit_text) == 0)
            return classes[c].device_class;
    }
    return NULL;
}

static void write_head(const struct mbp_export_row *row, const struct export_said *said, FILE *out)
{
    char title[256];
    fputs("      - name: ", out);
    export_quoted(out, mbp_export_title(row, title, sizeof title));
    fprintf(out, "\n        unique_id: mbplant_%s\n        slave: %u\n        address: %u\n", row->id, row->unit_id,
            said->point.addr);
}

static void write_sensor(const struct mbp_export_row *row, const struct export_said *said, FILE *out)
{
    char number[32];
    write_head(row, said, out);
    fprintf(out, "        input_type: %s\n        data_type: %s\n        scan_interval: 5\n",
            said->point.table == MBP_INPUT_REGISTERS ? "input" : "holding", said->type);
    if (said->point.type == MBP_STRING) {
        fprintf(out, "        count: %u\n", said->point.count);
        return;
    }
    if (said->order[0] != '\0')
        fprintf(out, "        swap: %s\n", said->order);
    fprintf(out, "        scale: %s\n", mbp_number_shortest(said->scale, number));
    if (said->offset < 0 || said->offset > 0)
        fprintf(out, "        offset: %s\n", mbp_number_shortest(said->offset, number));
    fprintf(out, "        precision: %u\n", row->decimals);
    if (row->point.unit_text[0] != '\0') {
        fputs("        unit_of_measurement: ", out);
        export_quoted(out, row->point.unit_text);
        putc('\n', out);
    }
    if (mbp_export_device_class(row) != NULL)
        fprintf(out, "        device_class: %s\n", mbp_export_device_class(row));
    fprintf(out, "        state_class: %s\n", row->role == MBP_EXPORT_COUNT ? "total_increasing" : "measurement");
}

static void write_binary(const struct mbp_export_row *row, const struct export_said *said, FILE *out)
{
    write_head(row, said, out);
    fprintf(out, "        input_type: %s\n        scan_interval: 5\n",
            said->point.table == MBP_COILS ? "coil" : "discrete_input");
    if (row->role == MBP_EXPORT_ALARM)
        fputs("        device_class: problem\n", out);
}

static void write_switch(const struct mbp_export_row *row, const struct export_said *said, FILE *out)
{
    write_head(row, said, out);
    fputs("        write_type: coil\n        command_on: 1\n        command_off: 0\n        scan_interval: 5\n        "
          "verify: {}\n",
          out);
}

/* 0 sensor, 1 binary sensor, 2 switch. */
static unsigned list_of(const struct export_said *said)
{
    if (!export_is_bits(&said->point))
        return 0;
    return said->point.table == MBP_COILS && said->point.writable ? 2 : 1;
}

void export_homeassistant(const struct mbp_export *export, FILE *out, struct mbp_export_told *told)
{
    static void (*const writers[])(const struct mbp_export_row *, const struct export_said *,
                                   FILE *) = {write_sensor, write_binary, write_switch};
    static const char *const keys[] = {"sensors", "binary_sensors", "switches"};
    struct mbp_export_told again = {0}; /* each list looks at all rows; what is left out is told once */
    uint32_t only_read = 0;
    fputs("modbus:\n  - name: ", out);
    export_quoted(out, export->plant->name);
    fputs("\n    type: tcp\n    host: ", out);
    export_quoted(out, export->options->host);
    fprintf(out, "\n    port: %u\n    timeout: 2\n", export->options->port);
    for (unsigned list = 0; list < 3; list++) {
        bool begun = false;
        for (size_t r = 0; r < export->row_count; r++) {
            struct export_said said;
            if (!export_say(export, &export->rows[r], &words, list == 0 ? told : &again, &said) ||
                list_of(&said) != list)
                continue;
            if (!begun)
                fprintf(out, "    %s:\n", keys[list]);
            begun = true;
            only_read += list == 0 && export->rows[r].point.writable;
            writers[list](&export->rows[r], &said, out);
        }
    }
    if (only_read > 0)
        export_lost(told,
                    "homeassistant: %u registers that may be written are only read there: it writes them by its "
                    "action modbus.write_register alone\n",
                    only_read);
}
