/* exercise: the exercise that plays on the plant (mbplant/scenario.h), as masters read it in files of the instructor's
 * unit (247, with `instructor: true` in the plant file). Where none plays they are not there (exception 02).
 *
 * files 850..  length in bytes uint32, CRC-32 uint32, text: lines of fields with tabs between. First
 *                exercise, name, simulated ms, duration ms, 1 = over, 1 = passed, expectations
 *                in all, met, missed, points of those that are met, of those that are missed, of all
 *              then those that there are, of each
 *                note, simulated ms when it was told, text
 *                expectation, what, verdict, ms when it began, ms when it was decided ("" = it is not), points, 1 = it
 * is the student's to do, what there was instead
 *
 * The text is made when record 0 of the first file is read, and stays until it is read again: whoever reads from there
 * on has a whole. Where another master began meanwhile, the CRC does not fit; then read again. */
#ifndef MBPLANT_IMAGE_EXERCISE_H
#define MBPLANT_IMAGE_EXERCISE_H

#include "mbplant/image.h"

#define MBP_EXERCISE_FILE     850
#define MBP_EXERCISE_END_FILE 854
#define MBP_EXERCISE_TEXT_MAX 65536u /* bytes; of a longer one stand there the first lines */

/* Writes the text, whole lines of at most size bytes, and returns its length. Called from the request path. */
typedef size_t mbp_exercise_tell(void *ctx, char *text, size_t size);

/* Who tells it; NULL = none plays any more. A plant without an instructor shows it to nobody. */
void mbp_image_set_exercise(struct mbp_image *image, mbp_exercise_tell *tell, void *ctx);

#endif
