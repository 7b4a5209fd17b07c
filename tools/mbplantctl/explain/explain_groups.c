/* What comes in groups: the file records of FC 20 and 21, the objects of FC 43/14. */
#include "explain/explain.h"

#include "french/french.h"

static void say_reference_type(struct explain *e)
{
    unsigned type = e->bytes[e->at];
    explain_field(e, 1, "reference type %u%s", type, type == 6 ? ctl_tr(": the only one there is") : "");
    if (type != 6)
        explain_wrong(e, "it must be 6; a slave answers exception 02");
}

/* File, record and length of a group (V1.1b3 6.14, 6.15); the length. */
static unsigned say_file_group(struct explain *e)
{
    unsigned file = explain_peek16(e);
    explain_field(e, 2, "file %u", file);
    if (file == 0)
        explain_wrong(e, "files count from 1; a slave answers exception 02");
    unsigned record = explain_peek16(e);
    explain_field(e, 2, "record %u: the first register in the file", record);
    unsigned count = explain_peek16(e);
    explain_field(e, 2, "length %u registers", count);
    if (count == 0)
        explain_wrong(e, "no registers; a slave answers exception 03");
    else if (record + count > 10000)
        explain_wrong(e, "records are 0..9999; a slave answers exception 02");
    return count;
}

void explain_files(struct explain *e, enum explain_files which)
{
    const size_t head_len = which == EXPLAIN_FILES_READ ? 2 : 7;
    while (e->at < e->len) {
        if (e->len - e->at < head_len) {
            size_t left = e->len - e->at;
            explain_field(e, left, "%zu bytes of a group", left);
            explain_wrong(e, "the group ends here: %zu more bytes belong to it", head_len - left);
            return;
        }
        size_t data_len = 0;
        if (which == EXPLAIN_FILES_READ) {
            unsigned group_len = e->bytes[e->at];
            explain_field(e, 1, "length of this group: %u bytes follow", group_len);
            data_len = group_len > 0 ? group_len - 1 : 0;
        }
        say_reference_type(e);
        if (which != EXPLAIN_FILES_READ) {
            unsigned count = say_file_group(e);
            data_len = which == EXPLAIN_FILES_WRITTEN ? 2 * (size_t)count : 0;
        }
        if (data_len > e->len - e->at) {
            explain_wrong(e, "the group's data is cut off");
            data_len = e->len - e->at;
        }
        if (data_len > 0)
            explain_words(e, data_len);
    }
}

/* Objects of FC 43/14: number, length, text (V1.1b3 6.21). */
void explain_objects(struct explain *e)
{
    static const char *const names[] = {"vendor",       "product code", "revision",        "vendor's URL",
                                        "product name", "model",        "user application"};
    while (e->at + 2 <= e->len) {
        unsigned object = e->bytes[e->at];
        explain_field(e, 1, "object %u: %s", object, ctl_tr(object < 7 ? names[object] : "of the vendor's own"));
        size_t len = e->bytes[e->at];
        explain_field(e, 1, "length %zu", len);
        if (len > e->len - e->at) {
            explain_wrong(e, "the object is cut off");
            len = e->len - e->at;
        }
        char text[256];
        for (size_t i = 0; i < len; i++) {
            uint8_t byte = e->bytes[e->at + i];
            text[i] = (char)(byte >= 0x20 && byte < 0x7F ? byte : '.');
        }
        text[len] = '\0';
        explain_field(e, len, "\"%s\"", text);
    }
}
