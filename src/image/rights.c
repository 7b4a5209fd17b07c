/* Which right a write needs: by what the point is that it goes to. */
#include "mbplant/image/rights.h"

#include "image_priv.h"

/* ---- points ------------------------------------------------------------------------------------------------------ */

enum mbp_right image_lacking(uint32_t missing, enum mbp_right right)
{
    return right != MBP_RIGHT_COUNT && (missing & MBP_RIGHT_BIT(right)) != 0 ? right : MBP_RIGHT_COUNT;
}

/* The first that is missing of the points that share a register. */
static enum mbp_right lacks_point(const struct mbp_image_unit *unit, const struct image_point *point, uint32_t missing)
{
    const struct mbp_user_point *own;
    unsigned siblings = image_siblings(unit, point, &own);
    for (unsigned s = 0; s < siblings; s++) {
        const struct image_point one = image_sibling(point, own != NULL ? own + s : NULL);
        enum mbp_right right = image_lacking(missing, mbp_write_right(one.kind, one.sub));
        if ((one.own == NULL || one.own->writable) && right != MBP_RIGHT_COUNT)
            return right;
    }
    return MBP_RIGHT_COUNT;
}

static enum mbp_right lacks_at(const struct mbp_image_unit *unit, enum mbp_table table, uint32_t addr, uint32_t missing)
{
    struct image_point point;
    enum mbp_right right = MBP_RIGHT_COMMANDS;
    if (addr >= MBP_ADDRESSES)
        return MBP_RIGHT_COUNT; /* refused, whoever asks */
    if (unit->unit->instructor)
        right = mbp_instructor_right(table, addr);
    else if (image_point_at(unit, table, (uint16_t)addr, &point))
        return lacks_point(unit, &point, missing);
    return image_lacking(missing, right);
}

/* ---- runs -------------------------------------------------------------------------------------------------------- */

static enum mbp_right lacks_run(struct mbp_image_unit *unit, const struct image_run *run, struct image_record *record,
                                uint16_t *at)
{
    enum mbp_right right = MBP_RIGHT_COUNT;
    for (uint32_t i = 0; i < run->count && right == MBP_RIGHT_COUNT; i++) {
        *at = (uint16_t)(run->addr + i);
        right = lacks_at(unit, (enum mbp_table)run->table, (uint32_t)run->addr + i, record->missing);
    }
    if (right == MBP_RIGHT_COUNT && run->table == MBP_HOLDING_REGISTERS)
        right = image_alarm_command_lacks(unit, run, record, at);
    return right;
}

static enum mbp_right lacks_file(const struct mbp_image_unit *unit, uint16_t file, uint32_t missing)
{
    enum mbp_right right = image_staging_takes(unit, file)   ? MBP_RIGHT_PLANT
                           : image_logbook_takes(unit, file) ? MBP_RIGHT_LOGBOOK
                                                             : MBP_RIGHT_COMMANDS;
    return image_lacking(missing, right);
}

enum mbp_right mbp_image_lacks(struct mbp_image_unit *unit, const struct mbp_image_deed *deed, uint32_t missing,
                               uint16_t *at)
{
    *at = deed->addr;
    if (deed->table == MBP_FILES)
        return lacks_file(unit, deed->addr, missing);
    if (deed->table == MBP_DIAGNOSTICS)
        return image_lacking(missing, MBP_RIGHT_TUNE);
    const struct image_run whole = {deed->bytes, deed->addr, deed->count, deed->table};
    size_t count = 1;
    const struct image_run *run = &whole;
    struct image_runs *runs = unit->unit->alias_count > 0 ? image_alias_runs(unit, &whole, &count) : NULL;
    enum mbp_right right = MBP_RIGHT_COUNT;
    struct image_record record = {.missing = missing, .only = deed->only};
    image_alarm_command_begin(unit, &record);
    if (runs != NULL)
        run = runs->items;
    else
        count = 1;
    for (size_t r = 0; r < count && right == MBP_RIGHT_COUNT; r++)
        right = lacks_run(unit, &run[r], &record, at);
    return right;
}

/* An address that is the same as another was written by a name of its own. */
void mbp_image_refuse_deed(struct mbp_image_unit *unit, const struct mbp_image_deed *deed, uint16_t at,
                           enum mbp_status why, struct mbp_peer peer)
{
    if (at < deed->addr || at - deed->addr >= deed->count)
        at = deed->addr;
    uint32_t i = (uint32_t)(at - deed->addr);
    if (deed->table == MBP_HOLDING_REGISTERS)
        image_refuse_words(unit, deed->addr, deed->count, deed->bytes, at, why, peer);
    else
        mbp_image_refuse(unit, (enum mbp_table)deed->table, at,
                         deed->table == MBP_COILS ? deed->bytes[i / 8] >> (i % 8) & 1u : 0, why, peer);
}
