/* An instructor at the line. */
#include "taught.h"

#include <stdio.h>
#include <string.h>

void taught_start(struct line *line, const char *more)
{
    char yaml[8192];
    line_stop(line);
    snprintf(yaml, sizeof yaml, "%sinstructor: true\n%s", line_yaml, more);
    line_start(line, yaml);
}

int taught_setup(void **state)
{
    line_setup(state);
    struct line *line = *state;
    taught_start(line, "");
    return 0;
}

static struct mbp_image_unit *unit(const struct line *line)
{
    return mbp_image_unit(line->image, MBP_INSTRUCTOR_UNIT);
}

enum mbp_status taught_write_coil(struct line *line, uint16_t addr, bool on)
{
    const uint8_t packed = on;
    return mbp_image_write_bits(unit(line), addr, 1, &packed, (struct mbp_peer){LINE_PEER});
}

enum mbp_status taught_write(struct line *line, uint16_t addr, uint16_t count, const uint16_t *words)
{
    uint8_t bytes[2 * MBP_IMAGE_WRITE_MAX] = {0};
    for (uint16_t i = 0; i < count; i++) {
        bytes[2 * i] = (uint8_t)(words[i] >> 8);
        bytes[2 * i + 1] = (uint8_t)words[i];
    }
    return mbp_image_write_words(unit(line), addr, count, bytes, (struct mbp_peer){LINE_PEER});
}

enum mbp_status taught_write_speed(struct line *line, double speed)
{
    uint16_t words[2];
    mbp_codec_encode(MBP_FLOAT32, MBP_ABCD, 1.0, speed, words);
    return taught_write(line, MBP_SIM_HR_SPEED, 2, words);
}

enum mbp_status taught_step(struct line *line, uint16_t scans)
{
    return taught_write(line, MBP_SIM_HR_STEPS, 1, &scans);
}

bool taught_coil(const struct line *line, uint16_t addr)
{
    uint8_t packed;
    assert_int_equal(mbp_image_may_read(unit(line), MBP_COILS, addr, 1), MBP_OK);
    mbp_image_read_bits(unit(line), MBP_COILS, addr, 1, &packed);
    return packed != 0;
}

uint16_t taught_input(const struct line *line, uint16_t addr)
{
    uint8_t bytes[16];
    assert_int_equal(mbp_image_may_read(unit(line), MBP_INPUT_REGISTERS, addr, 1), MBP_OK);
    mbp_image_read_words(unit(line), MBP_INPUT_REGISTERS, addr, 1, bytes);
    return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

uint32_t taught_input_u32(const struct line *line, uint16_t addr)
{
    return (uint32_t)taught_input(line, addr) << 16 | taught_input(line, (uint16_t)(addr + 1));
}

double taught_input_float(const struct line *line, uint16_t addr)
{
    const uint16_t words[2] = {taught_input(line, addr), taught_input(line, (uint16_t)(addr + 1))};
    return mbp_codec_decode(MBP_FLOAT32, MBP_ABCD, 1.0, words);
}

void taught_pass(struct line *line, uint64_t ns)
{
    line->time.mono_ns += ns;
    line->time.wall_ms += ns / MBP_NS_PER_MS;
    mbp_scan_poll(line->scan);
}

void taught_scan(struct line *line, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        taught_pass(line, line->plant->scan_ns);
}
