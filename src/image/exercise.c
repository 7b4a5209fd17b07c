/* The exercise that plays on the plant, as masters read it at the instructor's unit (include/mbplant/image/exercise.h).
 * Who plays it is asked for it, so that it costs nothing while nobody looks. */
#include "mbplant/image/exercise.h"

#include <stdlib.h>

#include "image_priv.h"

struct image_exercise {
    mbp_exercise_tell *tell; /* NULL = none plays */
    void *ctx;
    uint32_t crc;
    size_t len;
    char text[MBP_EXERCISE_TEXT_MAX]; /* pages that nobody writes take no memory */
};

enum mbp_status image_exercise_new(struct mbp_image *image)
{
    const struct mbp_image_unit *unit = image->by_id[MBP_INSTRUCTOR_UNIT];
    if (unit == NULL || !unit->unit->instructor)
        return MBP_OK;
    image->exercise = calloc(1, sizeof *image->exercise);
    return image->exercise != NULL ? MBP_OK : MBP_ERR_MEMORY;
}

void mbp_image_set_exercise(struct mbp_image *image, mbp_exercise_tell *tell, void *ctx)
{
    if (image->exercise == NULL)
        return;
    image->exercise->tell = tell;
    image->exercise->ctx = ctx;
}

bool image_exercise_shows(const struct mbp_image_unit *unit, uint16_t file)
{
    return unit->unit->instructor && file >= MBP_EXERCISE_FILE && file < MBP_EXERCISE_END_FILE;
}

enum mbp_status image_exercise_read(const struct mbp_image_unit *unit, uint16_t file, uint16_t record, uint16_t count,
                                    uint8_t *big_endian)
{
    struct image_exercise *exercise = unit->image->exercise;
    size_t word = (size_t)(file - MBP_EXERCISE_FILE) * FILE_WORDS + record;
    if (exercise == NULL || exercise->tell == NULL)
        return MBP_EX_ILLEGAL_DATA_ADDRESS;
    if (word == 0) {
        exercise->len = exercise->tell(exercise->ctx, exercise->text, sizeof exercise->text);
        exercise->crc = mbp_crc32(0, exercise->text, exercise->len);
    }
    const struct mbp_text text = {exercise->text, exercise->len};
    return image_text_read(text, exercise->crc, word, count, big_endian);
}
