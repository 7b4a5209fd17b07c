/* Comments of masters on their way to the journal: a ring of bytes that the newest stand in. */
#include <string.h>

#include "image_priv.h"

static struct image_comment *slot_of(struct image_comments *comments, uint16_t number)
{
    return &comments->slot[number % IMAGE_COMMENTS];
}

/* The next len bytes that lie in one piece. */
static uint64_t take_bytes(struct image_comments *comments, size_t len)
{
    uint64_t at = comments->end;
    size_t left = sizeof comments->bytes - at % sizeof comments->bytes;
    if (len > left)
        at += left;
    comments->end = at + len;
    return at;
}

static void put(struct image_comments *comments, uint16_t number, struct mbp_text text)
{
    uint64_t at = take_bytes(comments, text.len);
    *slot_of(comments, number) = (struct image_comment){.at = at, .len = (uint16_t)text.len, .number = number};
    memcpy(comments->bytes + at % sizeof comments->bytes, text.bytes, text.len);
    comments->last = number;
}

uint16_t mbp_image_comment(struct mbp_image *image, struct mbp_text text)
{
    struct image_comments *comments = &image->comments;
    if (image->comments_since == IMAGE_COMMENTS_A_SCAN || text.len == 0 || text.len > MBP_COMMENT_MAX)
        return 0;
    image->comments_since++;
    uint16_t number = (uint16_t)(comments->last % MBP_COMMENT_NUMBERS + 1);
    put(comments, number, text);
    image_tail_note_comment(image, number, text);
    return number;
}

void image_comment_again(struct mbp_image *image, uint16_t number, struct mbp_text text)
{
    if (number != 0 && number <= MBP_COMMENT_NUMBERS && text.len <= MBP_COMMENT_MAX)
        put(&image->comments, number, text);
}

struct mbp_text mbp_image_comment_text(const struct mbp_image *image, uint16_t number)
{
    const struct image_comments *comments = &image->comments;
    const struct image_comment *slot = &comments->slot[number % IMAGE_COMMENTS];
    bool there = number != 0 && slot->number == number && comments->end - slot->at <= sizeof comments->bytes &&
                 slot->len <= MBP_COMMENT_MAX &&
                 slot->at % sizeof comments->bytes + slot->len <= sizeof comments->bytes;
    return there ? (struct mbp_text){comments->bytes + slot->at % sizeof comments->bytes, slot->len}
                 : (struct mbp_text){"", 0};
}

void image_comments_latched(struct mbp_image *image)
{
    image->comments_since = 0;
}
