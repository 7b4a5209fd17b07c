/* FC 7, 8, 11, 12 and 17, and what they count (6.7 to 6.10, 6.13). */
#include <stdio.h>
#include <string.h>

#include "model_priv.h"

static void note(struct model *model, unsigned event)
{
    memmove(model->log + 1, model->log, sizeof model->log - 1);
    model->log[0] = (uint8_t)event;
    if (model->log_len < sizeof model->log)
        model->log_len++;
}

static void clear(struct model *model)
{
    model->bus_messages = model->exceptions = model->server_messages = model->no_responses = model->events = 0;
}

bool model_is_restart(const uint8_t *request, size_t len)
{
    return len == 5 && request[0] == 8 && model_word(request + 1) == 1 &&
           (model_word(request + 3) == 0 || model_word(request + 3) == 0xFF00);
}

bool model_received(struct model *model)
{
    model->bus_messages++;
    note(model, model->listening ? 0xA0 : 0x80);
    if (!model->listening)
        model->server_messages++;
    return model->listening;
}

void model_sent(struct model *model, const uint8_t *response, size_t out)
{
    unsigned sent = model->listening ? 0x60 : 0x40;
    if (out == 0) {
        model->no_responses++;
    } else if (response[0] >= 0x80) {
        model->exceptions++;
        sent += response[1] == DEVICE_FAILURE ? 2 : 1;
    } else if (response[0] != 11) {
        model->events++;
    }
    note(model, sent);
}

static int counter_of(const struct model *model, unsigned sub)
{
    switch (sub) {
    case 2:
    case 12:
    case 16: /* nothing here answers 07, nor 06 */
    case 17:
    case 18:
        return 0;
    case 11:
        return model->bus_messages;
    case 13:
        return model->exceptions;
    case 14:
        return model->server_messages;
    case 15:
        return model->no_responses;
    default:
        return -1;
    }
}

static int diagnose(struct model *model, const uint8_t *request, size_t len, uint8_t *data, size_t *used)
{
    unsigned sub = model_word(request + 1);
    unsigned field = model_word(request + 3);
    int counter = counter_of(model, sub);
    if (len < 3)
        return ILLEGAL_VALUE;
    bool clears = sub == 1 || sub == 10 || sub == 20;
    if (sub != 0 && sub != 3 && sub != 4 && !clears && counter < 0)
        return ILLEGAL_FUNCTION;
    if ((clears || sub == 4) && !model->may_write_words) /* they change what others see */
        return ILLEGAL_FUNCTION;
    *used = len - 1;
    if (sub == 0)
        return len < 5 || len % 2 == 0 ? ILLEGAL_VALUE : 0;
    if (len != 5)
        return ILLEGAL_VALUE;
    if (sub == 3) /* the character stands in the high byte, and is echoed */
        return field % 256 == 0 ? 0 : ILLEGAL_VALUE;
    if (field != 0 && (sub != 1 || field != 0xFF00))
        return ILLEGAL_VALUE;
    if (counter >= 0)
        model_put_word(data + 2, (unsigned)counter);
    if (sub == 1 || sub == 10)
        clear(model);
    if (sub == 1) {
        model->listening = false;
        if (field == 0xFF00)
            model->log_len = 0;
        note(model, 0x00);
    }
    if (sub == 4) {
        model->listening = true;
        note(model, 0x04);
        *used = MODEL_SILENCE;
    }
    return 0;
}

static void put_log(const struct model *model, uint8_t *data, size_t *used)
{
    data[0] = (uint8_t)(6 + model->log_len);
    model_put_word(data + 1, 0);
    model_put_word(data + 3, model->events);
    model_put_word(data + 5, model->bus_messages);
    memcpy(data + 7, model->log, model->log_len);
    *used = 7 + model->log_len;
}

int model_serial(struct model *model, const uint8_t *request, size_t len, uint8_t *data, size_t *used)
{
    if (!model->serial_on)
        return ILLEGAL_FUNCTION;
    if (request[0] == 8)
        return diagnose(model, request, len, data, used);
    if (len != 1)
        return ILLEGAL_VALUE;
    if (request[0] == 7) { /* device specific; this one has no machine to tell of */
        data[0] = 0;
        *used = 1;
    } else if (request[0] == 11) {
        model_put_word(data, 0);
        model_put_word(data + 2, model->events);
        *used = 4;
    } else if (request[0] == 12) {
        put_log(model, data, used);
    } else {
        int text = snprintf((char *)data + 3, 249, "%s %s %s", model->object[0], model->object[1], model->object[2]);
        data[0] = (uint8_t)(2 + text);
        data[1] = model->unit_id;
        data[2] = 0xFF;
        *used = 3 + (size_t)text;
    }
    return 0;
}
