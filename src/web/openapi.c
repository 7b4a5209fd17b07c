/* The document of the interface: OpenAPI 3.1, from the table of routes. */
#include <stdlib.h>
#include <string.h>

#include "web_priv.h"

/* ---- schemas ----------------------------------------------------------------------------------------------------- */

static void put_words(FILE *out, const char *(*word)(unsigned i), bool nullable)
{
    fputs(",\"enum\":[", out);
    for (unsigned i = 0; word(i) != NULL; i++) {
        fputs(i == 0 ? "" : ",", out);
        web_put_text(out, word(i));
    }
    fputs(nullable ? ",null]" : "]", out);
}

static void put_type(FILE *out, enum web_kind kind, bool nullable)
{
    const char *null = nullable ? ",\"null\"" : "";
    switch (kind) {
    case WEB_NUMBER:
        fprintf(out, "\"type\":[\"number\"%s]", null);
        break;
    case WEB_COUNT:
        fprintf(out, "\"type\":[\"integer\"%s],\"minimum\":0", null);
        break;
    case WEB_WHOLE:
        fprintf(out, "\"type\":[\"integer\"%s]", null);
        break;
    case WEB_FLAG:
        fprintf(out, "\"type\":[\"boolean\"%s]", null);
        break;
    case WEB_VALUE:
        fprintf(out, "\"type\":[\"number\",\"boolean\",\"string\"%s]", null);
        break;
    case WEB_NUMBERS:
        fprintf(out, "\"type\":\"array\",\"items\":{\"type\":[\"integer\"%s]}", null);
        break;
    case WEB_TIME:
        fprintf(out, "\"type\":[\"string\"%s],\"format\":\"date-time\"", null);
        break;
    case WEB_OBJECT:
        fprintf(out, "\"type\":[\"object\"%s]", null);
        break;
    case WEB_TEXT:
    case WEB_OBJECTS:
        fprintf(out, "\"type\":[\"string\"%s]", null);
        break;
    }
}

static void put_field(FILE *out, const struct web_field *field)
{
    bool array = field->kind == WEB_OBJECTS;
    web_put_text(out, field->key);
    fputs(":{\"description\":", out);
    web_put_text(out, field->what);
    putc(',', out);
    fputs(array ? "\"type\":\"array\",\"items\":{" : "", out);
    if (field->noun != NULL)
        fprintf(out, "\"$ref\":\"#/components/schemas/%s\"", field->noun->name);
    else
        put_type(out,
                 !array                ? (enum web_kind)field->kind
                 : field->word != NULL ? WEB_TEXT
                                       : WEB_OBJECT,
                 field->nullable);
    if (field->word != NULL)
        put_words(out, field->word, field->nullable);
    fputs(array ? "}}" : "}", out);
}

static void put_noun(FILE *out, const struct web_noun *noun)
{
    fprintf(out, "\"%s\":{\"type\":\"object\",\"additionalProperties\":false,\"required\":[", noun->name);
    for (unsigned f = 0; f < noun->field_count; f++)
        fprintf(out, "%s\"%s\"", f == 0 ? "" : ",", noun->fields[f].key);
    fputs("],\"properties\":{", out);
    for (unsigned f = 0; f < noun->field_count; f++) {
        fputs(f == 0 ? "" : ",", out);
        put_field(out, &noun->fields[f]);
    }
    fputs("}}", out);
}

/* Each noun that some route answers, or that stands in one of those, once. */
#define NOUNS_MAX 64u

static unsigned add_noun(const struct web_noun **nouns, unsigned count, const struct web_noun *noun)
{
    for (unsigned i = 0; i < count; i++) {
        if (nouns[i] == noun)
            return count;
    }
    if (noun == NULL || count == NOUNS_MAX)
        return count;
    nouns[count++] = noun;
    for (unsigned f = 0; f < noun->field_count; f++)
        count = add_noun(nouns, count, noun->fields[f].noun);
    return count;
}

static const struct web_field problem_fields[] = {
    {ROW("type", "about:blank", WEB_TEXT)},
    {ROW("title", "of the status", WEB_TEXT)},
    {ROW("status", "of HTTP", WEB_COUNT)},
    {ROW("detail", "what is wrong, and what is allowed", WEB_TEXT)},
};
const struct web_noun web_problem_noun = WEB_NOUN("Problem", problem_fields);

static void put_schemas(FILE *out)
{
    const struct web_noun *nouns[NOUNS_MAX];
    unsigned count = add_noun(nouns, 0, &web_problem_noun);
    for (unsigned r = 0; r < web_route_count; r++)
        count = add_noun(nouns, count, web_routes[r].answer);
    fputs("\"schemas\":{", out);
    for (unsigned i = 0; i < count; i++) {
        fputs(i == 0 ? "" : ",\n", out);
        put_noun(out, nouns[i]);
    }
    putc('}', out);
}

/* ---- paths ------------------------------------------------------------------------------------------------------- */

static void put_param_schema(FILE *out, const struct web_param *param)
{
    bool bounded = param->low != 0 || param->high != 0;
    putc('{', out);
    put_type(out, (enum web_kind)param->kind, param->nullable);
    if (bounded && param->kind == WEB_NUMBER)
        fprintf(out, ",\"minimum\":%.15g", param->low);
    if (bounded)
        fprintf(out, ",\"maximum\":%.15g", param->high);
    if (param->word != NULL)
        put_words(out, param->word, param->nullable);
    if (param->kind == WEB_NUMBERS)
        fputs(",\"minItems\":1", out);
    if (param->kind == WEB_OBJECT)
        fputs(",\"additionalProperties\":{\"type\":\"string\"}", out);
    putc('}', out);
}

static void put_query(FILE *out, const struct web_route *route)
{
    bool named = strchr(route->path, '{') != NULL;
    bool post = strcmp(route->method, "POST") == 0;
    fputs(",\"parameters\":[", out);
    if (named)
        fputs("{\"name\":\"name\",\"in\":\"path\",\"required\":true,\"schema\":{\"type\":\"string\"}}", out);
    for (unsigned i = 0; i < route->param_count && !post; i++) {
        fputs(named || i > 0 ? "," : "", out);
        fprintf(out, "{\"name\":\"%s\",\"in\":\"query\",\"required\":%s,\"description\":", route->params[i].key,
                route->params[i].required ? "true" : "false");
        web_put_text(out, route->params[i].what);
        fputs(",\"schema\":", out);
        put_param_schema(out, &route->params[i]);
        putc('}', out);
    }
    putc(']', out);
}

static void put_body(FILE *out, const struct web_route *route)
{
    bool any = false;
    fputs(",\"requestBody\":{\"required\":true,\"content\":{\"application/json\":{\"schema\":{\"type\":\"object\","
          "\"additionalProperties\":false,\"required\":[",
          out);
    for (unsigned i = 0; i < route->param_count; i++) {
        if (!route->params[i].required)
            continue;
        fprintf(out, "%s\"%s\"", any ? "," : "", route->params[i].key);
        any = true;
    }
    fputs("],\"properties\":{", out);
    for (unsigned i = 0; i < route->param_count; i++) {
        fprintf(out, "\"%s\":", route->params[i].key);
        put_param_schema(out, &route->params[i]);
        putc(',', out);
    }
    for (unsigned i = 0; i < WEB_SAID; i++) {
        fprintf(out, "%s\"%s\":", i == 0 ? "" : ",", web_said_params[i].key);
        put_param_schema(out, &web_said_params[i]);
    }
    fputs("}}}}}", out);
}

static void put_content(FILE *out, const struct web_route *route)
{
    const char *type = route->type != NULL ? route->type : "application/json";
    fputs("\"content\":{", out);
    web_put_text(out, type);
    fputs(":{\"schema\":{", out);
    if (route->answer != NULL)
        fprintf(out, "%s\"$ref\":\"#/components/schemas/%s\"%s", route->list ? "\"type\":\"array\",\"items\":{" : "",
                route->answer->name, route->list ? "}" : "");
    else
        fprintf(out, "\"type\":\"%s\"", route->type != NULL ? "string" : "object");
    fputs("}}", out);
    for (const char *const *other = route->types; other != NULL && *other != NULL; other++) {
        putc(',', out);
        web_put_text(out, *other);
        fputs(":{\"schema\":{\"type\":\"string\"}}", out);
    }
    putc('}', out);
}

static void put_answers(FILE *out, const struct web_route *route)
{
    fputs(",\"responses\":{\"200\":{\"description\":\"What is\",", out);
    put_content(out, route);
    putc('}', out);
    if (route->settled != NULL) {
        fputs(",\"202\":{\"description\":\"Taken; it waits for the next scan\",", out);
        put_content(out, route);
        putc('}', out);
    }
    fputs(",\"default\":{\"description\":\"What is wrong\",\"content\":{\"application/problem+json\":{\"schema\":"
          "{\"$ref\":\"#/components/schemas/Problem\"}}}}}",
          out);
}

static void put_operation(FILE *out, const struct web_route *route)
{
    bool post = strcmp(route->method, "POST") == 0;
    fprintf(out, "\"%s\":{\"summary\":", post ? "post" : "get");
    web_put_text(out, route->what);
    fprintf(out, ",\"operationId\":\"%s", post ? "post" : "get");
    for (const char *at = route->path; *at != '\0'; at++)
        putc(*at == '/' || *at == '{' || *at == '}' || *at == '.' ? '_' : *at, out);
    putc('"', out);
    put_query(out, route);
    if (post)
        put_body(out, route);
    if (post)
        fputs(",\"security\":[{},{\"token\":[]}]", out);
    put_answers(out, route);
    putc('}', out);
}

static bool is_first_of_path(unsigned r)
{
    for (unsigned i = 0; i < r; i++) {
        if (strcmp(web_routes[i].path, web_routes[r].path) == 0)
            return false;
    }
    return true;
}

static void put_paths(FILE *out)
{
    fputs("\"paths\":{", out);
    for (unsigned r = 0; r < web_route_count; r++) {
        if (!is_first_of_path(r))
            continue;
        fprintf(out, "%s\"%s\":{", r == 0 ? "" : ",\n", web_routes[r].path);
        put_operation(out, &web_routes[r]);
        for (unsigned i = r + 1; i < web_route_count; i++) {
            if (strcmp(web_routes[i].path, web_routes[r].path) != 0)
                continue;
            putc(',', out);
            put_operation(out, &web_routes[i]);
        }
        putc('}', out);
    }
    putc('}', out);
}

void web_serve_openapi(struct web_call *call)
{
    FILE *out = call->out;
    fputs(
        "{\"openapi\":\"3.1.0\",\"info\":{\"title\":\"mbplant\",\"version\":\"" MBP_VERSION
        "\",\"description\":\"A plant behind Modbus TCP, over HTTP. A command goes the way of a Modbus write: the same "
        "access rules, refusals and journal.\",\"license\":{\"name\":\"MIT\",\"identifier\":\"MIT\"}},"
        "\"servers\":[{\"url\":\"/\"}],\n",
        out);
    put_paths(out);
    fputs(",\n\"components\":{\"securitySchemes\":{\"token\":{\"type\":\"http\",\"scheme\":\"bearer\"}},", out);
    put_schemas(out);
    fputs("}}\n", out);
}
