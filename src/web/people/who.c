/* Who asks: what the access rules let his address do on each unit, whom his token or his name makes him, and what that
 * operator's role may do. A page can so say what somebody may not do before he tries. */
#include "people/who.h"

#include <string.h>
#include <strings.h>

bool web_who_is(const struct web_call *call, const char *says, struct mbp_permit *permit, struct mbp_actor *actor,
                const char **name)
{
    const struct mbp_web *web = call->web;
    const union MHD_ConnectionInfo *info =
        mhd.get_connection_info(call->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    *actor = (struct mbp_actor){.kind = MBP_ACTOR_HTTP};
    mbp_server_address_of(info->client_addr, actor->address);
    *permit = mbp_permit_of(web->plant, actor->address, web->open_to_network);
    *name = says != NULL ? says : call->token_of != NULL ? call->token_of : "";
    if (call->token_of != NULL && strcasecmp(*name, call->token_of) != 0)
        return false;
    if (call->token_of != NULL)
        mbp_access_prove(web->plant, *name, permit, actor);
    else
        mbp_access_introduce(web->plant, *name, permit, actor);
    return true;
}

/* ---- what is answered -------------------------------------------------------------------------------------------- */

struct who {
    struct mbp_permit permit;
    struct mbp_actor actor;
    const char *name;
    enum web_token_state token;
    bool proven;
    enum mbp_lang lang;
};

static const struct who *who_of(const struct web_item *item)
{
    return item->view;
}

static const char *const token_words[] = {[WEB_TOKEN_NONE] = "none",
                                          [WEB_TOKEN_IMPOSSIBLE] = "impossible",
                                          [WEB_TOKEN_MISSING] = "missing",
                                          [WEB_TOKEN_WRONG] = "wrong",
                                          [WEB_TOKEN_GOOD] = "good"};

static const char *token_word(unsigned i)
{
    return i < COUNT_OF(token_words) ? token_words[i] : NULL;
}

static const char *role_word(unsigned i)
{
    return i < MBP_ROLE_COUNT ? mbp_role_name((enum mbp_role)i) : NULL;
}

static const char *right_word(unsigned i)
{
    return i < MBP_RIGHT_COUNT ? mbp_rights[i].word : NULL;
}

static void put_text_or_null(const struct web_item *item, const char *text)
{
    web_put_text(item->out, text[0] != '\0' ? text : NULL);
}

static void put_name(const struct web_item *item)
{
    put_text_or_null(item, who_of(item)->actor.name);
}

static void put_role(const struct web_item *item)
{
    put_text_or_null(item, who_of(item)->actor.role);
}

static void put_token(const struct web_item *item)
{
    web_put_text(item->out, token_words[who_of(item)->token]);
}

static void put_proven(const struct web_item *item)
{
    fputs(who_of(item)->proven ? "true" : "false", item->out);
}

static void put_operators(const struct web_item *item)
{
    fputs(who_of(item)->permit.by_role ? "true" : "false", item->out);
}

/* So many of a noun, each by its index. */
static void put_each(const struct web_item *item, const struct web_noun *noun, uint32_t count)
{
    struct web_item one = *item;
    putc('[', item->out);
    for (one.index = 0; one.index < count; one.index++) {
        fputs(one.index == 0 ? "" : ",", item->out);
        web_put_noun(noun, &one);
    }
    putc(']', item->out);
}

/* ---- rights ---- */

static void put_right(const struct web_item *item)
{
    web_put_text(item->out, mbp_rights[item->index].word);
}

static void put_what(const struct web_item *item)
{
    const struct mbp_right_row *right = &mbp_rights[item->index];
    web_put_text(item->out, who_of(item)->lang == MBP_LANG_FR ? right->french : right->name);
}

static bool may(const struct web_item *item)
{
    return (who_of(item)->permit.missing & MBP_RIGHT_BIT(item->index)) == 0;
}

static void put_may(const struct web_item *item)
{
    fputs(may(item) ? "true" : "false", item->out);
}

static void put_why(const struct web_item *item)
{
    char text[256];
    const struct who *who = who_of(item);
    const char *why = may(item) ? NULL
                                : mbp_report_no_right(who->lang, &item->web->plant->operators, who->name,
                                                      (enum mbp_right)item->index, text, sizeof text);
    web_put_text(item->out, why);
}

static const struct web_field right_fields[] = {
    {ROW("right", "its word", WEB_TEXT), .put = put_right, .word = right_word},
    {ROW("what", "somebody does with it, in the answer's language", WEB_TEXT), .put = put_what},
    {ROW("may", "he has it", WEB_FLAG), .put = put_may},
    {ROW("why", "he has it not, in the answer's language", WEB_TEXT), .nullable = true, .put = put_why},
};
static const struct web_noun right_noun = WEB_NOUN("Right", right_fields);

static void put_rights(const struct web_item *item)
{
    put_each(item, &right_noun, MBP_RIGHT_COUNT);
}

/* ---- units ---- */

static const char *allow_word(unsigned i)
{
    return i < MBP_ALLOW_COUNT ? mbp_allow_name((enum mbp_allow)i) : NULL;
}

static void put_unit(const struct web_item *item)
{
    fprintf(item->out, "%u", item->web->plant->units[item->index].id);
}

static void put_allow(const struct web_item *item)
{
    enum mbp_allow allow = mbp_permit_allow(&who_of(item)->permit, item->web->plant->units[item->index].id);
    web_put_text(item->out, allow_word(allow));
}

static const struct web_field unit_fields[] = {
    {ROW("id", "Modbus unit", WEB_COUNT), .put = put_unit},
    {ROW("allow", "what the access rules let his address do there", WEB_TEXT), .put = put_allow, .word = allow_word},
};
static const struct web_noun unit_noun = WEB_NOUN("UnitAccess", unit_fields);

static void put_units(const struct web_item *item)
{
    put_each(item, &unit_noun, item->web->plant->unit_count);
}

static const struct web_field who_fields[] = {
    {ROW("name", "of the operator that he is, or that he says", WEB_TEXT), .nullable = true, .put = put_name},
    {ROW("role", "of that operator", WEB_TEXT), .nullable = true, .put = put_role, .word = role_word},
    {ROW("proven", "by a token that is his alone", WEB_FLAG), .put = put_proven},
    {ROW("token", "none: commands take none; impossible: no command is taken over a network without http: token_file",
         WEB_TEXT),
     .put = put_token, .word = token_word},
    {ROW("operators", "the plant file has some, and their roles count", WEB_FLAG), .put = put_operators},
    {ROW("rights", "all that there are", WEB_OBJECTS), .put = put_rights, .noun = &right_noun},
    {ROW("units", "all of the plant", WEB_OBJECTS), .put = put_units, .noun = &unit_noun},
};
const struct web_noun web_who_noun = WEB_NOUN("Who", who_fields);

void web_serve_who(struct web_call *call)
{
    struct who who = {.token = web_token_of(call), .lang = call->lang};
    const struct web_arg *as = web_arg(call, 0);
    if (!web_who_is(call, as->given && as->text[0] != '\0' ? as->text : NULL, &who.permit, &who.actor, &who.name)) {
        web_not_his(call);
        return;
    }
    who.proven = call->token_of != NULL;
    const struct web_item item = {.web = call->web, .view = &who, .out = call->out};
    web_put_noun(&web_who_noun, &item);
    putc('\n', call->out);
}
