/* What a request says beside its path: arguments of a query or a JSON body, checked by the route's table; and how what
 * is wrong is answered. */
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "mbplant/json.h"
#include "web_priv.h"

/* ---- problems ---------------------------------------------------------------------------------------------------- */

static const char *reason(unsigned status)
{
    static const struct {
        unsigned status;
        const char *title;
    } reasons[] = {
        {400, "Bad Request"},         {401, "Unauthorized"},          {403, "Forbidden"},
        {404, "Not Found"},           {405, "Method Not Allowed"},    {409, "Conflict"},
        {411, "Length Required"},     {413, "Content Too Large"},     {415, "Unsupported Media Type"},
        {421, "Misdirected Request"}, {422, "Unprocessable Content"}, {500, "Internal Server Error"},
        {503, "Service Unavailable"},
    };
    for (size_t i = 0; i < COUNT_OF(reasons); i++) {
        if (reasons[i].status == status)
            return reasons[i].title;
    }
    return "";
}

void web_problem(struct web_call *call, unsigned status, const char *format, ...)
{
    char detail[512];
    va_list args;
    va_start(args, format);
    vsnprintf(detail, sizeof detail, web_tr(call, format), args);
    va_end(args);
    mbp_text_as_utf8(detail); /* it may be cut inside a character */
    if (call->flow != NULL)
        web_flow_free(call->flow);
    call->flow = NULL;
    call->status = status;
    call->type = "application/problem+json";
    FILE *out = web_scratch(call->web);
    fprintf(out, "{\"type\":\"about:blank\",\"title\":");
    web_put_text(out, reason(status));
    fprintf(out, ",\"status\":%u,\"detail\":", status);
    web_put_text(out, detail);
    fputs("}\n", out);
}

/* ---- one argument ------------------------------------------------------------------------------------------------ */

/* "low_low, low, high" into buf. */
static const char *words_of(const struct web_param *param, char *buf, size_t size)
{
    size_t len = 0;
    buf[0] = '\0';
    for (unsigned i = 0; param->word(i) != NULL && len < size; i++)
        len += (size_t)snprintf(buf + len, size - len, "%s%s", i == 0 ? "" : ", ", param->word(i));
    return buf;
}

static bool check_word(struct web_call *call, const struct web_param *param, const char *text)
{
    char words[256];
    for (unsigned i = 0; param->word != NULL && param->word(i) != NULL; i++) {
        if (web_word_is(param->word(i), text))
            return true;
    }
    if (param->word == NULL)
        return true;
    web_problem(call, 400, "'%s' cannot be '%.80s': it is one of %s", param->key, text,
                words_of(param, words, sizeof words));
    return false;
}

static bool check_number(struct web_call *call, const struct web_param *param, double number)
{
    bool whole = param->kind != WEB_COUNT || (number >= 0 && number <= 9007199254740991.0 && number == floor(number));
    bool within = (param->low == 0 && param->high == 0) || (number >= param->low && number <= param->high);
    if (isfinite(number) && whole && within)
        return true;
    if (param->low == 0 && param->high == 0)
        web_problem(call, 400, param->kind == WEB_COUNT ? "'%s' must be a whole number" : "'%s' must be a number",
                    param->key);
    else
        web_problem(call, 400,
                    param->kind == WEB_COUNT ? "'%s' must be a whole number from %.15g to %.15g"
                                             : "'%s' must be a number from %.15g to %.15g",
                    param->key, param->low, param->high);
    return false;
}

/* ---- a query ----------------------------------------------------------------------------------------------------- */

static bool take_text(struct web_call *call, const struct web_param *param, const char *text, struct web_arg *arg)
{
    char *end;
    arg->given = true;
    arg->text = text;
    switch ((enum web_kind)param->kind) {
    case WEB_NUMBER:
    case WEB_COUNT:
        arg->number = strtod(text, &end);
        if (text[0] == '\0' || *end != '\0' || strspn(text, "0123456789+-.eExXabcdefABCDEF") != strlen(text))
            arg->number = (double)NAN;
        return check_number(call, param, arg->number);
    case WEB_FLAG:
        arg->flag = strcmp(text, "true") == 0;
        if (arg->flag || strcmp(text, "false") == 0)
            return true;
        web_problem(call, 400, "'%s' must be true or false", param->key);
        return false;
    case WEB_TEXT:
    case WEB_WHOLE:
    case WEB_TIME:
    case WEB_VALUE:
    case WEB_NUMBERS:
    case WEB_OBJECT:
    case WEB_OBJECTS:
        break;
    }
    return check_word(call, param, text);
}

struct query {
    struct web_call *call;
    bool wrong;
};

static int param_index(const struct web_route *route, const char *key)
{
    for (unsigned i = 0; i < route->param_count; i++) {
        if (strcmp(route->params[i].key, key) == 0)
            return (int)i;
    }
    return -1;
}

static void say_unknown(struct web_call *call, const char *key)
{
    char keys[256] = "";
    size_t len = 0;
    for (unsigned i = 0; i < call->route->param_count && len < sizeof keys; i++)
        len += (size_t)snprintf(keys + len, sizeof keys - len, "%s%s", i == 0 ? "" : ", ", call->route->params[i].key);
    if (call->route->param_count == 0)
        web_problem(call, 400, "'%.80s' is not known: this takes no arguments", key);
    else
        web_problem(call, 400, "'%.80s' is not known: this takes %s", key, keys);
}

static enum MHD_Result take_query(void *ctx, enum MHD_ValueKind kind, const char *key, const char *value)
{
    (void)kind;
    struct query *query = ctx;
    int i = param_index(query->call->route, key);
    query->wrong = true;
    if (i < 0)
        say_unknown(query->call, key);
    else if (query->call->args[i].given)
        web_problem(query->call, 400, "'%s' stands there twice", key);
    else if (value == NULL)
        web_problem(query->call, 400, "'%s' has no value", key);
    else
        query->wrong = !take_text(query->call, &query->call->route->params[i], value, &query->call->args[i]);
    return query->wrong ? MHD_NO : MHD_YES;
}

/* ---- a body ------------------------------------------------------------------------------------------------------ */

static bool is_numbers(const json_t *value)
{
    size_t i;
    const json_t *one;
    json_array_foreach(value, i, one)
    {
        if (!json_is_integer(one) || json_integer_value(one) < 0 || json_integer_value(one) > UINT16_MAX)
            return false;
    }
    return json_is_array(value) && json_array_size(value) > 0;
}

static bool is_texts(const json_t *value)
{
    const char *key;
    json_t *one;
    json_object_foreach((json_t *)(uintptr_t)value, key, one)
    {
        if (!json_is_string(one) || strlen(json_string_value(one)) != json_string_length(one))
            return false;
    }
    return json_is_object(value);
}

static bool take_json(struct web_call *call, const struct web_param *param, json_t *value, struct web_arg *arg)
{
    const char *must = NULL;
    arg->given = true;
    arg->json = value;
    arg->null = json_is_null(value);
    arg->text = json_string_value(value);
    arg->flag = json_is_true(value);
    arg->number = json_is_number(value) ? json_number_value(value) : (double)NAN;
    if (arg->null && param->nullable)
        return true;
    switch ((enum web_kind)param->kind) {
    case WEB_NUMBER:
    case WEB_COUNT:
        return check_number(call, param, arg->number);
    case WEB_FLAG:
        must = json_is_boolean(value) ? NULL : "true or false";
        break;
    case WEB_NUMBERS:
        must = is_numbers(value) ? NULL : "an array of whole numbers from 0 to 65535";
        break;
    case WEB_VALUE:
        must = json_is_number(value) || json_is_boolean(value) || json_is_string(value) ? NULL
                                                                                        : "a number, a text or a bool";
        break;
    case WEB_OBJECT:
        must = is_texts(value) ? NULL : "an object of texts, as in {\"max\": \"90\"}";
        break;
    case WEB_TEXT:
    case WEB_WHOLE:
    case WEB_TIME:
    case WEB_OBJECTS:
        if (arg->text != NULL && strlen(arg->text) == json_string_length(value))
            return check_word(call, param, arg->text);
        must = "a text";
        break;
    }
    if (must != NULL)
        web_problem(call, 400, "'%s' must be %s", param->key, web_tr(call, must));
    return must == NULL;
}

const struct web_param web_said_params[WEB_SAID] = {
    [WEB_SAID_WHY] = {ROW("why", "a comment that the journal keeps with it: UTF-8, at most 1024 bytes", WEB_TEXT)},
    [WEB_SAID_AS] = {ROW("as", "who says so, beside the address, in the journal: at most 31 bytes", WEB_TEXT)},
};

/* False: a problem is answered. */
static bool take_said(struct web_call *call, unsigned which, json_t *value)
{
    const struct web_param *param = &web_said_params[which];
    struct web_arg *arg = &call->said_args[which];
    char why[MBP_COMMENT_WHY];
    size_t most = which == WEB_SAID_WHY ? MBP_COMMENT_MAX : MBP_WHO_MAX;
    if (!take_json(call, param, value, arg))
        return false;
    if (mbp_comment_check(arg->text, strlen(arg->text), most, why, sizeof why) == MBP_OK)
        return true;
    web_problem(call, 422, "'%s': %s", param->key, why);
    return false;
}

static unsigned said_index(const char *key)
{
    unsigned which = 0;
    while (which < WEB_SAID && strcmp(web_said_params[which].key, key) != 0)
        which++;
    return which;
}

/* What is wrong with a body that is no JSON object. */
static const char *body_fault(const struct web_call *call)
{
    uint32_t code;
    const char *at = call->body != NULL ? call->body : "";
    const char *end = at + call->body_len;
    for (size_t len; at < end; at += len) {
        len = *at != '\0' ? mbp_utf8_next(at, &code) : 1;
        if (len == 0)
            return "the body must be UTF-8, and has bytes that are none: another character set such as Latin-1?";
        if (*at == '\0' || strncmp(at, "\\u0000", 6) == 0)
            return "the body has a NUL (\\u0000), which no text may have";
    }
    return "the body must be one JSON object, no key twice, as in {\"value\": 1}";
}

static bool take_body(struct web_call *call)
{
    const char *key;
    json_t *value;
    enum mbp_status status =
        mbp_json_read((struct mbp_text){call->body != NULL ? call->body : "", call->body_len}, 0, &call->json);
    if (status == MBP_ERR_RANGE) {
        web_problem(call, 422,
                    "a number of the JSON is too large: a whole one above 9223372036854775807 is said as a "
                    "text of its digits, to a float with a point or an exponent: 1e19");
        return false;
    }
    if (status != MBP_OK || !json_is_object(call->json)) {
        web_problem(call, status == MBP_ERR_MEMORY ? 503 : 400, "%s", web_tr(call, body_fault(call)));
        return false;
    }
    json_object_foreach(call->json, key, value)
    {
        int i = param_index(call->route, key);
        unsigned said = said_index(key);
        if (i < 0 && said < WEB_SAID) {
            if (!take_said(call, said, value))
                return false;
            continue;
        }
        if (i < 0) {
            say_unknown(call, key);
            return false;
        }
        if (!take_json(call, &call->route->params[i], value, &call->args[i]))
            return false;
    }
    return true;
}

bool web_args_take(struct web_call *call)
{
    const struct web_route *route = call->route;
    struct query query = {.call = call};
    if (route->serve == web_serve_asset)
        return true; /* the page: what links and bookmarks append is for its scripts, or nobody */
    if (strcmp(route->method, "POST") == 0)
        query.wrong = !take_body(call);
    else
        mhd.get_connection_values(call->connection, MHD_GET_ARGUMENT_KIND, take_query, &query);
    for (unsigned i = 0; i < route->param_count && !query.wrong; i++) {
        query.wrong = route->params[i].required && !call->args[i].given;
        if (query.wrong)
            web_problem(call, 400, "'%s' is missing: %s", route->params[i].key, route->params[i].what);
    }
    int lang = param_index(route, "lang");
    if (lang >= 0 && call->args[lang].given)
        call->lang = web_lang_of(&call->args[lang]);
    web_speak(call);
    return !query.wrong;
}

bool web_moment(struct web_call *call, unsigned i, bool is_end, struct mbp_moment *out)
{
    const struct mbp_clock *clock = &call->web->config.clock;
    const struct web_arg *arg = web_arg(call, i);
    if (!arg->given || mbp_moment_parse(arg->text, clock->wall_ms(clock->ctx), is_end, out) == MBP_OK)
        return true;
    web_problem(call, 400, "'%s' cannot be '%.60s': it is %s", call->route->params[i].key, arg->text,
                web_tr(call, MBP_MOMENT_ALLOWED));
    return false;
}
