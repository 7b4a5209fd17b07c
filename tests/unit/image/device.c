/* The device's making, and how a master reaches it. */
#include "device.h"

#include <stdlib.h>

static const char yaml[] =
    "mbplant: 1\n"
    "name: Image test\n"
    "units:\n"
    "  - id: 1\n"
    "    name: PLC\n"
    "    machines:\n"
    "      - name: M1\n"
    "        sensors:\n"
    "          - {name: T1, kind: temperature, range: [0, 150], min: 10, max: 85,\n"
    "             register: {type: int16, scale: 0.1}}\n"
    "          - {name: P1, kind: pressure, range: [0, 10], limits: {low_low: 1, low: 2, high: 8, high_high: 9},\n"
    "             register: {type: float32, order: CDAB}}\n"
    "          - {name: C1, kind: flow, range: [0, 1000000], register: {type: int32}}\n"
    "      - name: M2\n"
    "        sensors:\n"
    "          - {name: B1, kind: generic, register: {type: bool}}\n"
    "          - {name: R1, kind: speed, inject: reject, register: {type: uint16}}\n"
    "          - {name: L1, kind: level, range: [0, 84.96], inject: once,\n"
    "             register: {at: 50, type: int16, scale: 0.1}}\n"
    "    tables:\n"
    "      holding_registers:\n"
    "        - {at: 3000, values: [1, 2, 3]}\n"
    "        - {at: 3010, values: [7, 8], access: read}\n"
    "        - {at: 3020, values: [10, 10, 10], min: 10, max: 20}\n"
    "      coils: [{at: 5000, values: [1, 0, 1]}, {at: 5010, values: [1, 1], access: read}]\n"
    "      discrete_inputs: [{at: 6000, values: [0, 1, 1, 0, 1, 1, 0, 1, 1]}]\n"
    "      input_registers: [{at: 7000, values: [100, 200]}]\n"
    "  - id: 7\n"
    "    name: Zeros\n"
    "    gaps: zero\n"
    "    tables: {holding_registers: [{at: 10, values: [7, 8]}]}\n"
    "  - id: 9\n"
    "    name: Other\n"
    "    machines:\n"
    "      - name: M3\n"
    "        sensors: [{name: T3, kind: temperature, range: [0, 150], register: {type: int16, scale: 0.1}}]\n";

int device_setup(void **state)
{
    struct device *device = calloc(1, sizeof *device);
    assert_non_null(device);
    device->plant = fixture_plant(yaml);
    assert_int_equal(mbp_image_new(device->plant, &device->image), MBP_OK);
    assert_int_equal(mbp_state_new(device->plant, FIXTURE_WALL_MS, &device->state), MBP_OK);
    device->plc = mbp_image_unit(device->image, 1);
    assert_non_null(device->plc);
    for (uint32_t s = 0; s < device->plant->sensor_count; s++)
        device->state->value[s] = 0;
    device_publish(device);
    *state = device;
    return 0;
}

int device_teardown(void **state)
{
    struct device *device = *state;
    mbp_state_free(device->state);
    mbp_image_free(device->image);
    mbp_plant_free(device->plant);
    free(device);
    return 0;
}

void device_publish(struct device *device)
{
    mbp_image_publish(device->image, device->state, &device->figures);
}

enum mbp_status device_write(struct mbp_image_unit *unit, uint16_t addr, uint16_t count, const uint16_t *words)
{
    uint8_t bytes[2 * MBP_IMAGE_WRITE_MAX] = {0};
    for (uint16_t i = 0; i < count; i++) {
        bytes[2 * i] = (uint8_t)(words[i] >> 8);
        bytes[2 * i + 1] = (uint8_t)words[i];
    }
    return mbp_image_write_words(unit, addr, count, bytes, (struct mbp_peer){DEVICE_PEER});
}

enum mbp_status device_write_word(struct mbp_image_unit *unit, uint16_t addr, uint16_t word)
{
    return device_write(unit, addr, 1, &word);
}

enum mbp_status device_write_bit(struct mbp_image_unit *unit, uint16_t addr, bool bit)
{
    const uint8_t packed = bit;
    return mbp_image_write_bits(unit, addr, 1, &packed, (struct mbp_peer){DEVICE_PEER});
}

enum mbp_status device_write_from(struct mbp_image_unit *unit, uint16_t addr, uint16_t word, uint32_t peer)
{
    const uint8_t bytes[2] = {(uint8_t)(word >> 8), (uint8_t)word};
    return mbp_image_write_words(unit, addr, 1, bytes, (struct mbp_peer){peer});
}

enum mbp_status device_write_value(struct device *device, uint32_t sensor, double value)
{
    const struct mbp_register *reg = &device->plant->sensors[sensor].reg;
    uint16_t words[4];
    mbp_codec_encode((enum mbp_type)reg->type, (enum mbp_order)reg->order, reg->scale, value, words);
    return device_write(device->plc, reg->addr, reg->words, words);
}

uint16_t device_word(const struct mbp_image_unit *unit, enum mbp_table table, uint16_t addr)
{
    uint8_t bytes[16]; /* gcc 12 thinks of the loop that swaps eight at a time, and warns about less room */
    assert_int_equal(mbp_image_may_read(unit, table, addr, 1), MBP_OK);
    mbp_image_read_words(unit, table, addr, 1, bytes);
    return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

uint32_t device_u32(const struct mbp_image_unit *unit, enum mbp_table table, uint16_t addr)
{
    return (uint32_t)device_word(unit, table, addr) << 16 | device_word(unit, table, (uint16_t)(addr + 1));
}

bool device_bit(const struct mbp_image_unit *unit, enum mbp_table table, uint16_t addr)
{
    uint8_t packed;
    assert_int_equal(mbp_image_may_read(unit, table, addr, 1), MBP_OK);
    mbp_image_read_bits(unit, table, addr, 1, &packed);
    return packed != 0;
}
