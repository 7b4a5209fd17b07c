/* What a master says of itself and of what it is about to write: two files of its connection (mbplant/event/comment.h).
 */
#include <string.h>

#include "mbplant/event/logbook.h"
#include "pdu_priv.h"

bool pdu_is_of_visit(uint16_t file)
{
    return file == MBP_COMMENT_FILE || file == MBP_WHO_FILE;
}

/* A request that is about these files alone changes nothing of the plant. */
bool mbp_pdu_speaks(const uint8_t *request, size_t len)
{
    if (request[0] != 21 || len < 2 + PDU_GROUP_LEN)
        return false;
    for (size_t at = 2; at < len;) {
        if (len - at < PDU_GROUP_LEN || !pdu_is_of_visit(pdu_u16(request + at + 1)))
            return false;
        at += PDU_GROUP_LEN + 2 * (size_t)pdu_u16(request + at + 5);
    }
    return true;
}

/* Likewise of one that tells the journal something. */
bool pdu_tells(const uint8_t *request, size_t len)
{
    bool logbook = request[0] == 21 && len > 2;
    for (size_t at = 2; logbook && at < len;) {
        if (len - at < PDU_GROUP_LEN || pdu_u16(request + at + 1) != MBP_LOGBOOK_FILE)
            return false;
        at += PDU_GROUP_LEN + 2 * (size_t)pdu_u16(request + at + 5);
    }
    return logbook;
}

bool pdu_hears(const struct mbp_pdu_context *context)
{
    return context->visit != NULL && mbp_image_has_comments(context->unit);
}

/* ---- read ------------------------------------------------------------------------------------------------------- */

enum mbp_status pdu_read_visit(const struct mbp_pdu_context *context, uint16_t file, uint16_t record, uint16_t count,
                               uint8_t *big_endian)
{
    const struct mbp_visit *visit = context->visit;
    uint32_t words = file == MBP_WHO_FILE ? MBP_WHO_WORDS : MBP_COMMENT_WORDS;
    if (!pdu_hears(context) || record + (uint32_t)count > words)
        return MBP_EX_ILLEGAL_DATA_ADDRESS;
    bool whole = visit->taken == visit->announced;
    mbp_comment_words(file == MBP_WHO_FILE ? visit->who : whole ? visit->comment : "", record, count, big_endian);
    return MBP_OK;
}

/* ---- write ------------------------------------------------------------------------------------------------------ */

static void forget_comment(struct mbp_visit *visit)
{
    visit->announced = visit->taken = visit->number = 0;
    visit->comment[0] = '\0';
}

/* Bytes that follow on those before them; what is behind the announced length is filling. */
static enum mbp_status take_bytes(struct mbp_visit *visit, const uint8_t *bytes, size_t len)
{
    char why[MBP_COMMENT_WHY];
    size_t left = (size_t)visit->announced - visit->taken;
    size_t taken = len < left ? len : left;
    memcpy(visit->comment + visit->taken, bytes, taken);
    visit->taken = (uint16_t)(visit->taken + taken);
    visit->comment[visit->taken] = '\0';
    if (visit->taken < visit->announced ||
        mbp_comment_check(visit->comment, visit->taken, MBP_COMMENT_MAX, why, sizeof why) == MBP_OK)
        return MBP_OK;
    forget_comment(visit);
    return MBP_EX_SERVER_DEVICE_FAILURE;
}

static enum mbp_status write_comment(struct mbp_visit *visit, uint16_t record, uint16_t count, const uint8_t *bytes)
{
    if (record > 0) {
        bool follows = visit->taken < visit->announced && 2u * (record - 1u) == visit->taken;
        return follows ? take_bytes(visit, bytes, 2 * (size_t)count) : MBP_EX_ILLEGAL_DATA_ADDRESS;
    }
    forget_comment(visit);
    if (pdu_u16(bytes) > MBP_COMMENT_MAX)
        return MBP_EX_SERVER_DEVICE_FAILURE;
    visit->announced = pdu_u16(bytes);
    return visit->announced > 0 ? take_bytes(visit, bytes + 2, 2 * (count - 1u)) : MBP_OK;
}

static enum mbp_status write_who(struct mbp_visit *visit, uint16_t record, uint16_t count, const uint8_t *bytes)
{
    char why[MBP_COMMENT_WHY];
    char who[MBP_WHO_MAX + 1] = "";
    size_t len = pdu_u16(bytes);
    if (record != 0)
        return MBP_EX_ILLEGAL_DATA_ADDRESS;
    if (len > MBP_WHO_MAX || len > 2 * (count - 1u))
        return MBP_EX_SERVER_DEVICE_FAILURE;
    memcpy(who, bytes + 2, len);
    if (len > 0 && mbp_comment_check(who, len, MBP_WHO_MAX, why, sizeof why) != MBP_OK)
        return MBP_EX_SERVER_DEVICE_FAILURE;
    visit->renamed = visit->renamed || strcmp(visit->who, who) != 0;
    memcpy(visit->who, who, sizeof who);
    return MBP_OK;
}

enum mbp_status pdu_write_visit(const struct mbp_pdu_context *context, const uint8_t *request, size_t len)
{
    enum mbp_status status = pdu_hears(context) ? MBP_OK : MBP_EX_ILLEGAL_DATA_ADDRESS;
    for (size_t at = 2; at < len && status == MBP_OK;) {
        uint16_t record = pdu_u16(request + at + 3);
        uint16_t count = pdu_u16(request + at + 5);
        bool who = pdu_u16(request + at + 1) == MBP_WHO_FILE;
        status = (who ? write_who : write_comment)(context->visit, record, count, request + at + PDU_GROUP_LEN);
        at += PDU_GROUP_LEN + 2 * (size_t)count;
    }
    return status;
}

/* ---- with what is written --------------------------------------------------------------------------------------- */

/* The image keeps the newest comments alone: one that is used again may have to be put there again. */
enum mbp_status pdu_say(struct mbp_pdu_context *context)
{
    struct mbp_visit *visit = context->visit;
    if (visit->announced == 0 || visit->taken < visit->announced)
        return MBP_OK;
    struct mbp_image *image = context->unit->image;
    struct mbp_text there = mbp_image_comment_text(image, visit->number);
    if (there.len != visit->taken || memcmp(there.bytes, visit->comment, there.len) != 0)
        visit->number = mbp_image_comment(image, (struct mbp_text){visit->comment, visit->taken});
    context->peer.actor = MBP_PEER_ACTOR(context->peer.actor) | (uint32_t)visit->number << 16;
    return visit->number != 0 ? MBP_OK : MBP_EX_SERVER_DEVICE_BUSY;
}
