/* FC 20 and 21, file records (V1.1b3 6.14, 6.15), and FC 24, FIFO queues (6.18). */
#include <string.h>

#include "mbplant/event/check.h"
#include "pdu_priv.h"

#define REFERENCE_TYPE  6u
#define GROUP_LEN       PDU_GROUP_LEN
#define READ_BYTES_MIN  0x07u /* figure 24 */
#define READ_BYTES_MAX  0xF5u
#define WRITE_BYTES_MIN 0x09u /* the table of 6.15; figure 25 repeats the numbers of figure 24 */
#define WRITE_BYTES_MAX 0xFBu
#define RECORD_MAX      0x270Fu
#define FIFO_MAX        31u

struct group {
    uint8_t reference_type;
    uint16_t file, record, count;
};

static struct group get_group(const uint8_t *bytes)
{
    return (struct group){bytes[0], pdu_u16(bytes + 1), pdu_u16(bytes + 3), pdu_u16(bytes + 5)};
}

static bool group_fits(const struct group *group)
{
    return group->reference_type == REFERENCE_TYPE && group->file != 0 && group->record <= RECORD_MAX &&
           group->record + (uint32_t)group->count <= RECORD_MAX + 1u;
}

/* What can be wrong with the request itself is told before what is wrong with an address. */
static enum mbp_status check_read_groups(const uint8_t *request, size_t len)
{
    size_t bytes = request[1];
    if (bytes < READ_BYTES_MIN || bytes > READ_BYTES_MAX || bytes % GROUP_LEN != 0 || len != 2 + bytes)
        return MBP_EX_ILLEGAL_DATA_VALUE;
    /* The response may fill a PDU: 6.14 says so in words; its 0xF5 for the response is the request's, repeated. */
    size_t response_len = 2;
    for (size_t at = 2; at < len; at += GROUP_LEN) {
        struct group group = get_group(request + at);
        response_len += 2 + 2 * (size_t)group.count;
        if (group.count == 0 || response_len > MBP_PDU_MAX)
            return MBP_EX_ILLEGAL_DATA_VALUE;
    }
    return MBP_OK;
}

unsigned mbp_pdu_file_reads(const uint8_t *request, size_t len)
{
    return request[0] == 20 && len > 2 ? (unsigned)((len - 2 + GROUP_LEN - 1) / GROUP_LEN) : 0;
}

/* The check value of the event whose record the group before begins at. */
static enum mbp_status read_check(const struct mbp_pdu_context *context, const struct group *group,
                                  const struct group *before, uint8_t *big_endian)
{
    uint32_t nth = before->record / MBP_EVENT_WORDS;
    if (before->record % MBP_EVENT_WORDS != 0 || group->record + (uint32_t)group->count > MBP_CHECK_WORDS)
        return MBP_EX_ILLEGAL_DATA_ADDRESS;
    return mbp_image_read_file(context->unit, before->file,
                               (uint16_t)(MBP_CHECK_RECORD + nth * MBP_CHECK_WORDS + group->record), group->count,
                               big_endian);
}

/* before: the group before it in the request; file 0 = there is none. */
static enum mbp_status read_group(const struct mbp_pdu_context *context, const struct group *group,
                                  const struct group *before, uint8_t *big_endian)
{
    if (group->file == MBP_COMMENT_FILE && before->file >= MBP_JOURNAL_FIRST_FILE)
        return mbp_image_read_comment(context->unit, before->file, before->record, group->record, group->count,
                                      big_endian);
    if (group->file == MBP_CHECK_FILE && before->file >= MBP_JOURNAL_FIRST_FILE &&
        mbp_image_has_comments(context->unit))
        return read_check(context, group, before, big_endian);
    if (pdu_is_of_visit(group->file) && pdu_hears(context))
        return pdu_read_visit(context, group->file, group->record, group->count, big_endian);
    return mbp_image_read_file(context->unit, group->file, group->record, group->count, big_endian);
}

enum mbp_status pdu_read_file_record(const struct mbp_pdu_context *context, const uint8_t *request, size_t len,
                                     uint8_t *response, size_t *out_len)
{
    enum mbp_status status = check_read_groups(request, len);
    if (status != MBP_OK)
        return status;
    size_t used = 2;
    struct group before = {0};
    for (size_t at = 2; at < len; at += GROUP_LEN) {
        struct group group = get_group(request + at);
        if (!group_fits(&group))
            return MBP_EX_ILLEGAL_DATA_ADDRESS;
        status = read_group(context, &group, &before, response + used + 2);
        before = group;
        if (status != MBP_OK)
            return status;
        response[used] = (uint8_t)(1 + 2 * group.count);
        response[used + 1] = REFERENCE_TYPE;
        used += 2 + 2 * (size_t)group.count;
    }
    response[1] = (uint8_t)(used - 2);
    *out_len = used;
    return MBP_OK;
}

/* Every group must lie inside the request before any is written. */
static enum mbp_status check_write_groups(const struct mbp_pdu_context *context, const uint8_t *request, size_t len)
{
    size_t at = 2;
    while (at < len) {
        if (len - at < GROUP_LEN)
            return MBP_EX_ILLEGAL_DATA_VALUE;
        struct group group = get_group(request + at);
        at += GROUP_LEN + 2 * (size_t)group.count;
        if (group.count == 0 || at > len)
            return MBP_EX_ILLEGAL_DATA_VALUE;
    }
    for (at = 2; at < len;) {
        struct group group = get_group(request + at);
        if (!group_fits(&group))
            return MBP_EX_ILLEGAL_DATA_ADDRESS;
        enum mbp_status status = mbp_image_may_write_file(context->unit, group.file, group.record, group.count);
        if (mbp_pdu_speaks(request, len) && pdu_hears(context))
            status = MBP_OK;
        if (status != MBP_OK)
            return status;
        at += GROUP_LEN + 2 * (size_t)group.count;
    }
    return MBP_OK;
}

enum mbp_status pdu_write_file_record(const struct mbp_pdu_context *context, const uint8_t *request, size_t len,
                                      uint8_t *response, size_t *out_len)
{
    size_t bytes = request[1];
    if (bytes < WRITE_BYTES_MIN || bytes > WRITE_BYTES_MAX || len != 2 + bytes)
        return MBP_EX_ILLEGAL_DATA_VALUE;
    enum mbp_status status = check_write_groups(context, request, len);
    if (status == MBP_EX_ILLEGAL_DATA_ADDRESS)
        pdu_refuse(context, request, len, status);
    if (status != MBP_OK)
        return status;
    if (mbp_pdu_speaks(request, len) && pdu_hears(context)) {
        status = pdu_write_visit(context, request, len);
        if (status != MBP_OK)
            return status;
        memcpy(response + 1, request + 1, len - 1);
        *out_len = len;
        return MBP_OK;
    }
    for (size_t at = 2; at < len;) {
        struct group group = get_group(request + at);
        status = mbp_image_write_file(context->unit, group.file, group.record, group.count, request + at + GROUP_LEN,
                                      context->peer);
        if (status == MBP_EX_SERVER_DEVICE_FAILURE)
            pdu_refuse(context, request, len, status);
        if (status != MBP_OK)
            return status;
        at += GROUP_LEN + 2 * (size_t)group.count;
    }
    memcpy(response + 1, request + 1, len - 1);
    *out_len = len;
    return MBP_OK;
}

enum mbp_status pdu_read_fifo_queue(const struct mbp_pdu_context *context, const uint8_t *request, size_t len,
                                    uint8_t *response, size_t *out_len)
{
    (void)len;
    uint16_t count;
    const uint16_t *words;
    enum mbp_status status = mbp_image_read_fifo(context->unit, pdu_u16(request + 1), &count, &words);
    if (status != MBP_OK)
        return status;
    if (count > FIFO_MAX)
        return MBP_EX_ILLEGAL_DATA_VALUE;
    pdu_put_u16(response + 1, 2u + 2u * count);
    pdu_put_u16(response + 3, count);
    for (uint16_t i = 0; i < count; i++)
        pdu_put_u16(response + 5 + 2 * i, words[i]);
    *out_len = 5 + 2 * (size_t)count;
    return MBP_OK;
}
