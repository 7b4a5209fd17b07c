/* FC 43, of which only MEI type 14 is served (6.21). */
#include <string.h>

#include "model_priv.h"

static bool has(const struct model *model, unsigned object)
{
    return object < 7 && model->object[object] != NULL;
}

static size_t put(const struct model *model, unsigned object, uint8_t *data)
{
    size_t len = strlen(model->object[object]);
    data[0] = (uint8_t)object;
    data[1] = (uint8_t)len;
    memcpy(data + 2, model->object[object], len);
    return 2 + len;
}

/* The plants of the fuzzer have identities that fit one response, so nothing ever follows. */
int model_identify(const struct model *model, const uint8_t *request, size_t len, uint8_t *data, size_t *used)
{
    if (len < 2)
        return ILLEGAL_VALUE;
    if (request[1] != 14)
        return ILLEGAL_FUNCTION;
    if (len != 4)
        return ILLEGAL_VALUE;
    uint8_t code = request[2];
    unsigned first = request[3];
    bool stream = code >= 1 && code <= 3;
    if (!stream && !has(model, first))
        return ILLEGAL_ADDRESS;
    if (!stream && code != 4)
        return ILLEGAL_VALUE;
    bool regular = has(model, 3) || has(model, 4) || has(model, 5) || has(model, 6);
    unsigned last = code == 1 || !regular ? 2 : 6;
    if (!stream)
        last = first;
    else if (first > last || !has(model, first))
        first = 0;
    data[2] = regular ? 0x82 : 0x81;
    data[3] = 0;
    data[4] = 0;
    data[5] = 0;
    *used = 6;
    for (unsigned object = first; object <= last; object++) {
        if (!has(model, object))
            continue;
        *used += put(model, object, data + *used);
        data[5]++;
    }
    return 0;
}
