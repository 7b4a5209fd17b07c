/* The state in bytes that stand for themselves. */
#include "mbplant/scan/packed.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "mbplant/event/comment.h"
#include "scan_priv.h"

static const char magic[8] = "MBPSNAP";
#define VERSION 3u

static uint64_t sum_of_head(const struct mbp_packed *head)
{
    return mbp_checksum(VERSION, head, offsetof(struct mbp_packed, sum));
}

/* Of a text too long to be kept its CRC-32 has to do. */
static uint64_t sum_of_plant(const struct mbp_plant *plant)
{
    return plant->text.bytes != NULL ? mbp_hash(plant->text.bytes, plant->text.len) : plant->text_crc;
}

enum mbp_status mbp_scan_pack(const struct mbp_scan *scan, char **bytes, size_t *len)
{
    const struct mbp_state *state = scan->state;
    const struct mbp_plant *plant = scan->config.plant;
    struct mbp_packed head;
    memset(&head, 0, sizeof head);
    memcpy(head.magic, magic, sizeof magic);
    head.version = VERSION;
    head.layout = mbp_state_layout(state);
    head.plant_sum = sum_of_plant(plant);
    head.plant_len = plant->text.len;
    head.scan = state->scan;
    head.sim_ns = state->sim_ns;
    head.wall_ms = state->wall_ms;
    head.seed = state->seed;
    head.state_len = mbp_state_bytes(state);
    strncpy(head.plant, plant->name, sizeof head.plant - 1);
    char *made = malloc(sizeof head + head.state_len);
    if (made == NULL)
        return MBP_ERR_MEMORY;
    struct mbp_span spans[MBP_STATE_SPANS];
    size_t at = sizeof head;
    for (unsigned i = 0, count = mbp_state_spans(state, spans); i < count; i++) {
        if (spans[i].len > 0)
            memcpy(made + at, spans[i].bytes, spans[i].len);
        at += spans[i].len;
    }
    head.state_sum = mbp_checksum(VERSION, made + sizeof head, head.state_len);
    head.sum = sum_of_head(&head);
    memcpy(made, &head, sizeof head);
    *bytes = made;
    *len = at;
    return MBP_OK;
}

enum mbp_status mbp_packed_read(const char *bytes, size_t len, bool whole, struct mbp_packed *out)
{
    struct mbp_packed head;
    if (len < sizeof magic || memcmp(bytes, magic, sizeof magic) != 0)
        return MBP_ERR_FORMAT;
    if (len < sizeof head)
        return MBP_ERR_CORRUPT;
    memcpy(&head, bytes, sizeof head);
    if (head.version != VERSION)
        return MBP_ERR_NEWER;
    if (head.sum != sum_of_head(&head))
        return MBP_ERR_CORRUPT;
    bool is_all = head.state_len == len - sizeof head;
    if (whole && (!is_all || head.state_sum != mbp_checksum(VERSION, bytes + sizeof head, head.state_len)))
        return MBP_ERR_CORRUPT;
    *out = head;
    return MBP_OK;
}

bool mbp_packed_is_of(const struct mbp_packed *packed, const struct mbp_plant *plant)
{
    return packed->plant_len == plant->text.len && packed->plant_sum == sum_of_plant(plant);
}

enum mbp_status mbp_scan_unpack(struct mbp_scan *scan, const char *bytes, size_t len, uint32_t peer)
{
    struct mbp_packed head;
    struct mbp_state *then = NULL;
    enum mbp_status status = mbp_packed_read(bytes, len, true, &head);
    if (status != MBP_OK)
        return status;
    if (!mbp_packed_is_of(&head, scan->config.plant))
        return MBP_ERR_RANGE;
    if (head.layout != mbp_state_layout(scan->state))
        return MBP_ERR_NEWER;
    if (!scan_may_restore(scan))
        return MBP_ERR_BUSY;
    status = mbp_state_clone(scan->state, &then);
    if (status == MBP_OK)
        status = mbp_state_take(scan->config.plant, then, bytes + sizeof head, head.state_len);
    if (status == MBP_OK)
        scan_restore_to(scan, then, peer);
    scan->checkpoint_wanted = scan->checkpoint_wanted || status == MBP_OK;
    mbp_state_free(then);
    return status;
}

void mbp_scan_tell_snapshot(struct mbp_scan *scan, bool taken, uint32_t peer)
{
    struct mbp_event event = {.code = (uint16_t)(taken ? MBP_EV_SIM_SNAPSHOT : MBP_EV_SIM_REMOVED),
                              .machine = MBP_NONE16,
                              .sensor = MBP_NONE16,
                              .value = NAN,
                              .limit = NAN};
    mbp_event_by(&event, peer);
    scan_between_begin(scan);
    scan_emit_waiting_commands(scan);
    mbp_events_emit(&scan->events, event);
    scan_between_end(scan);
}
