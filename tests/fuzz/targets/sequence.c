/* Fuzzes what happens to a plant in the course of a day: masters write, scans run, another plant takes over, a snapshot
 * is taken and restored. Input: a byte that chooses the first plant, then steps, each a byte of enum step and what
 * belongs to it (see play). No sockets, no threads; the clock stands where the steps put it. The plants are those of
 * world.h, and what edits of their text make of them. invariants.c looks after each step. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "invariants.h"
#include "mbplant/codec.h"
#include "mbplant/fault.h"
#include "mbplant/modbus.h"
#include "target.h"
#include "world.h"

/* No such file: where it would lie there is the recording that the worlds replay. */
#define PLANT_PATH MBP_CONFIG_DIR "/../tests/fuzz/targets/fuzz.yaml"

/* An input that takes long finds no more than one that does not. */
#define SCANS_MAX   300u
#define CHANGES_MAX 12u
#define STEPS_MAX   400u

enum step { WRITE, REQUEST, SCAN, OTHER_PLANT, EDIT, SNAPSHOT, RESTORE, FAULT, PAUSE, SPEED, STEP_COUNT };

struct sequence {
    struct mbp_plant *plant;
    struct mbp_image *image;
    struct mbp_scan *scan;
    char *text;
    uint64_t mono_ns;
    uint32_t scans, changes;
    bool shown; /* nobody wrote since the last scan */
};

/* What is left of the input. Behind its end there are zeros. */
struct input {
    const uint8_t *bytes;
    size_t len;
};

static uint8_t take(struct input *input)
{
    if (input->len == 0)
        return 0;
    input->len--;
    return *input->bytes++;
}

static uint16_t take_word(struct input *input)
{
    uint8_t high = take(input);
    return (uint16_t)(high << 8 | take(input));
}

static const uint8_t *take_bytes(struct input *input, size_t *len)
{
    const uint8_t *bytes = input->bytes;
    if (*len > input->len)
        *len = input->len;
    input->bytes += *len;
    input->len -= *len;
    return bytes;
}

/* ---- plants ----------------------------------------------------------------------------------------------------- */

static uint64_t mono_ns(void *ctx)
{
    return ((const struct sequence *)ctx)->mono_ns;
}

static uint64_t wall_ms(void *ctx)
{
    return UINT64_C(1700000000000) + ((const struct sequence *)ctx)->mono_ns / MBP_NS_PER_MS;
}

/* One of 256. Ownership: free. */
static char *text_of(uint8_t seed)
{
    static const char more[] = "instructor: true\n";
    char *text = world_text(seed, "sequence.csv");
    size_t len = text != NULL ? strlen(text) : 0;
    char *whole = text != NULL ? realloc(text, len + sizeof more) : NULL;
    if (whole == NULL)
        abort();
    if (seed % 4 != 0)
        memcpy(whole + len, more, sizeof more);
    return whole;
}

/* As mbplantd reads its file, or (remote) what a master has put; NULL = it is refused, with messages. */
static struct mbp_plant *read_plant(const char *text, bool remote, const struct mbp_plant *now)
{
    struct mbp_plant *plant = NULL;
    char *messages = NULL;
    size_t len = 0;
    bool kept;
    FILE *errors = open_memstream(&messages, &len);
    if (errors == NULL)
        abort();
    enum mbp_status status = (remote ? mbp_plant_parse_remote : mbp_plant_parse)(
        PLANT_PATH, (struct mbp_text){text, strlen(text)}, errors, &plant);
    if (plant != NULL)
        status = mbp_process_check(plant, now, errors);
    fclose(errors);
    if (status != MBP_OK) {
        if (len == 0 || messages[len - 1] != '\n')
            abort();
        mbp_plant_free(plant);
        plant = NULL;
    }
    free(messages);
    FILE *notes = fopen("/dev/null", "w");
    if (notes == NULL || (plant != NULL && remote && mbp_plant_keep_local(plant, now, notes, &kept) != MBP_OK))
        abort();
    fclose(notes);
    return plant;
}

static void start(struct sequence *sequence, uint8_t seed)
{
    sequence->text = text_of(seed);
    sequence->plant = read_plant(sequence->text, false, NULL);
    sequence->mono_ns = 5 * MBP_NS_PER_S;
    if (sequence->plant == NULL || mbp_image_new(sequence->plant, &sequence->image) != MBP_OK)
        abort();
    const struct mbp_scan_config config = {
        .plant = sequence->plant,
        .image = sequence->image,
        .clock = {.mono_ns = mono_ns, .wall_ms = wall_ms, .ctx = sequence},
        .speed = 1.0,
    };
    if (mbp_scan_new(&config, &sequence->scan) != MBP_OK)
        abort();
    sequence->shown = true;
}

static void stop(struct sequence *sequence)
{
    mbp_scan_close(sequence->scan);
    mbp_scan_free(sequence->scan);
    mbp_image_free(sequence->image);
    mbp_plant_free(sequence->plant);
    free(sequence->text);
}

/* Takes text over, which is this function's from here on. */
static void change_to(struct sequence *sequence, char *text, bool remote)
{
    struct mbp_plant *plant = sequence->changes < CHANGES_MAX ? read_plant(text, remote, sequence->plant) : NULL;
    struct mbp_image *image = NULL;
    struct mbp_change *change = NULL;
    struct mbp_next_scan *next = NULL;
    if (plant == NULL) {
        free(text);
        return;
    }
    if (mbp_change_find(sequence->plant, plant, &change) != MBP_OK || mbp_image_new(plant, &image) != MBP_OK ||
        mbp_next_scan_new(plant, image, change, &next) != MBP_OK || mbp_scan_change(sequence->scan, next, 1) != MBP_OK)
        abort();
    mbp_change_free(change);
    mbp_image_free(sequence->image);
    mbp_plant_free(sequence->plant);
    free(sequence->text);
    sequence->plant = plant;
    sequence->image = image;
    sequence->text = text;
    sequence->changes++;
    sequence->shown = true;
}

/* The running text with some bytes of it taken out and others put in. */
static void edit(struct sequence *sequence, struct input *input)
{
    size_t len = strlen(sequence->text);
    size_t at = take_word(input) % (len + 1);
    size_t gone = take(input);
    size_t more = take(input);
    const uint8_t *bytes = take_bytes(input, &more);
    if (gone > len - at)
        gone = len - at;
    char *text = malloc(len - gone + more + 1);
    if (text == NULL)
        abort();
    memcpy(text, sequence->text, at);
    if (more > 0)
        memcpy(text + at, bytes, more);
    memcpy(text + at + more, sequence->text + at + gone, len - at - gone + 1);
    change_to(sequence, text, true);
}

/* ---- masters ---------------------------------------------------------------------------------------------------- */

static void request(struct sequence *sequence, uint8_t unit, const uint8_t *pdu, size_t len)
{
    uint8_t response[MBP_PDU_MAX];
    uint8_t *exact = malloc(len); /* of its own, so that reading behind the request is found */
    const struct mbp_pdu_context context = {.unit = mbp_image_unit(sequence->image, unit),
                                            .identity = &sequence->plant->identity,
                                            .peer = {0x0A000001u},
                                            .permit = &mbp_permits[MBP_ALLOW_ALL]};
    if (exact == NULL)
        abort();
    memcpy(exact, pdu, len);
    if (context.unit != NULL && mbp_pdu_respond(&context, exact, len, response) > MBP_PDU_MAX)
        abort();
    free(exact);
    sequence->shown = false;
}

struct search {
    uint32_t left; /* before the one that is meant */
    struct mbp_point found;
};

static int look_at(const struct mbp_point *point, void *ctx)
{
    struct search *search = ctx;
    if (!point->writable || point->field == NULL || search->left-- != 0)
        return 0;
    search->found = *point;
    return 1;
}

/* A share of what the point may be, and a little more. */
static double value_of(const struct mbp_plant *plant, const struct mbp_point *point, uint8_t share)
{
    static const double few[2] = {0, 5};
    const double *range = point->sensor != UINT32_MAX     ? plant->sensors[point->sensor].range
                          : point->actuator != UINT32_MAX ? plant->actuators[point->actuator].range
                                                          : few;
    return range[0] + (range[1] - range[0]) * share / 250;
}

static void write_point(struct sequence *sequence, struct input *input)
{
    const struct mbp_unit *unit = &sequence->plant->units[take(input) % sequence->plant->unit_count];
    struct search search = {.left = take_word(input) % 512};
    uint8_t share = take(input);
    uint8_t pdu[6 + 8] = {0x05};
    uint16_t words[4];
    if (mbp_map_points(sequence->plant, (uint32_t)(unit - sequence->plant->units), look_at, &search) == 0)
        return;
    const struct mbp_point *point = &search.found;
    unsigned count = point->type == MBP_STRING ? 0 : mbp_type_words((enum mbp_type)point->type);
    pdu[1] = (uint8_t)(point->addr >> 8);
    pdu[2] = (uint8_t)point->addr;
    if (point->table == MBP_COILS) {
        pdu[3] = share % 2 == 0 ? 0xFF : 0;
        request(sequence, unit->id, pdu, 5);
        return;
    }
    if (count == 0)
        return;
    pdu[0] = 0x10;
    pdu[4] = (uint8_t)count;
    pdu[5] = (uint8_t)(2 * count);
    mbp_codec_encode((enum mbp_type)point->type, (enum mbp_order)point->order, point->scale,
                     value_of(sequence->plant, point, share), words);
    for (unsigned i = 0; i < count; i++) {
        pdu[6 + 2 * i] = (uint8_t)(words[i] >> 8);
        pdu[7 + 2 * i] = (uint8_t)words[i];
    }
    request(sequence, unit->id, pdu, 6 + 2 * (size_t)count);
}

static void raw_request(struct sequence *sequence, struct input *input)
{
    uint8_t unit = take(input);
    size_t len = take(input);
    if (len > MBP_PDU_MAX)
        len = MBP_PDU_MAX;
    const uint8_t *pdu = take_bytes(input, &len);
    if (len > 0)
        request(sequence, unit, pdu, len);
}

/* ---- time ------------------------------------------------------------------------------------------------------- */

/* The clock goes on by ten periods at most; what is due runs. Even without that one scan is made. */
static void scan(struct sequence *sequence, uint8_t how)
{
    if (how % 4 == 0) {
        sequence->mono_ns += sequence->plant->scan_ns * (how / 4 % 10);
        mbp_scan_poll(sequence->scan);
    }
    for (unsigned i = 0; i <= how % 16u; i++) {
        sequence->mono_ns += sequence->plant->scan_ns;
        mbp_scan_step(sequence->scan);
        sequence->scans++;
        sequence->shown = true;
        invariants_check(sequence->plant, sequence->image, mbp_scan_state(sequence->scan), true);
    }
}

static void restore(struct sequence *sequence)
{
    if (mbp_scan_sim(sequence->scan).snapshot != (mbp_scan_restore(sequence->scan, 1) == MBP_OK))
        abort();
    sequence->shown = false; /* what masters wrote waits on */
}

static void fault(struct sequence *sequence, uint8_t which)
{
    uint32_t total = mbp_fault_total(sequence->plant);
    bool there = which % 32u < total && which % 32u < sequence->plant->fault_count;
    enum mbp_status status = mbp_scan_fault_set(sequence->scan, which % 32u, which >= 128);
    if (there != (status == MBP_OK) && which % 32u < sequence->plant->fault_count)
        abort();
}

static void pause_or_go_on(struct sequence *sequence, uint8_t how)
{
    if (how % 3 == 0)
        mbp_scan_resume(sequence->scan, 1);
    else
        mbp_scan_pause(sequence->scan, 1);
    if (how % 3 == 2 && mbp_scan_step_by(sequence->scan, how / 16u, 1) != MBP_OK)
        abort();
}

static void set_speed(struct sequence *sequence, uint8_t tenths)
{
    if ((tenths >= 1) != (mbp_scan_set_speed(sequence->scan, tenths / 10.0, 1) == MBP_OK))
        abort();
}

/* ---- the input --------------------------------------------------------------------------------------------------- */

static void play(struct sequence *sequence, struct input *input)
{
    switch ((enum step)(take(input) % STEP_COUNT)) {
    case WRITE: /* unit, point (2), share */
        write_point(sequence, input);
        break;
    case REQUEST: /* unit id, length, PDU */
        raw_request(sequence, input);
        break;
    case SCAN: /* how often */
        scan(sequence, take(input));
        break;
    case OTHER_PLANT: /* which */
        change_to(sequence, text_of(take(input)), false);
        break;
    case EDIT: /* where (2), how many bytes go, how many come, those */
        edit(sequence, input);
        break;
    case SNAPSHOT:
        if (mbp_scan_snapshot(sequence->scan, 1) != MBP_OK)
            abort();
        break;
    case RESTORE:
        restore(sequence);
        break;
    case FAULT: /* which and 128 for on */
        fault(sequence, take(input));
        break;
    case PAUSE: /* how */
        pause_or_go_on(sequence, take(input));
        break;
    case SPEED: /* tenths */
        set_speed(sequence, take(input));
        break;
    case STEP_COUNT:
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sequence sequence = {0};
    struct input input = {data, size};
    if (size == 0)
        return 0;
    mbp_log_set_level(MBP_LOG_ERROR);
    start(&sequence, take(&input));
    for (unsigned steps = 0; input.len > 0 && steps < STEPS_MAX && sequence.scans < SCANS_MAX; steps++) {
        play(&sequence, &input);
        invariants_check(sequence.plant, sequence.image, mbp_scan_state(sequence.scan), sequence.shown);
    }
    stop(&sequence);
    return 0;
}
