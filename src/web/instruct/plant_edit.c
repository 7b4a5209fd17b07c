/* One edit of the running plant file, as `mbplantctl machine|sensor add|set|remove` makes it: comments, order and form
 * of all that is not concerned stay. The edited text then goes the way of any other (plant_file.c). */
#include <stdlib.h>
#include <string.h>

#include "instruct/instruct.h"
#include "mbplant/edit.h"
#include "plant_file.h"

#define KEYS_MAX 32u

enum { EDIT_DO, EDIT_THING, EDIT_NAME, EDIT_WHERE, EDIT_KEYS, EDIT_CHECK };
enum { DO_ADD, DO_SET, DO_REMOVE };

static const char *const edits[] = {[DO_ADD] = "add", [DO_SET] = "set", [DO_REMOVE] = "remove", NULL};
static const char *const things[] = {[MBP_EDIT_MACHINE] = "machine", [MBP_EDIT_SENSOR] = "sensor", NULL};

const char *web_edit_word(unsigned i)
{
    return edits[i];
}

const char *web_thing_word(unsigned i)
{
    return things[i];
}

static unsigned word_index(const struct web_arg *arg, const char *const *words)
{
    unsigned i = 0;
    while (words[i + 1] != NULL && !web_word_is(words[i], arg->text))
        i++; /* the route has looked: one of them it is */
    return i;
}

/* A text under edit. */
struct edited {
    struct web_call *call;
    struct mbp_text text;
    char *made; /* what holds it; NULL = nothing is edited yet */
};

/* Takes over what a step made, or says why there is nothing. */
static bool take(struct edited *edited, enum mbp_status status, char *made, size_t len, const char *why)
{
    if (status != MBP_OK) {
        web_problem(edited->call, status == MBP_ERR_MEMORY ? 503 : 422, "%s", why);
        return false;
    }
    free(edited->made);
    edited->made = made;
    edited->text = (struct mbp_text){made, len};
    return true;
}

static bool set_keys(struct edited *edited, enum mbp_edit_thing thing, const char *name)
{
    json_t *keys = (json_t *)(uintptr_t)web_arg(edited->call, EDIT_KEYS)->json; /* it is only read */
    const char *key;
    json_t *value;
    if (json_object_size(keys) > KEYS_MAX) {
        web_problem(edited->call, 422, "'keys' has more than %u keys", KEYS_MAX);
        return false;
    }
    json_object_foreach(keys, key, value)
    {
        char why[MBP_EDIT_WHY_LEN];
        char *made = NULL;
        size_t len = 0;
        enum mbp_status status =
            mbp_edit_set(edited->text, thing, name, key, json_string_value(value), &made, &len, why);
        if (!take(edited, status, made, len, why))
            return false;
    }
    return true;
}

static bool add_or_remove(struct edited *edited, unsigned deed, enum mbp_edit_thing thing, const char *name)
{
    const struct web_arg *where = web_arg(edited->call, EDIT_WHERE);
    char why[MBP_EDIT_WHY_LEN];
    char *made = NULL;
    size_t len = 0;
    if (deed == DO_ADD && !where->given) {
        web_problem(edited->call, 400,
                    "'where' is missing: the unit's id, of a sensor the machine's name or the unit's id");
        return false;
    }
    enum mbp_status status = deed == DO_ADD ? mbp_edit_add(edited->text, thing, where->text, name, &made, &len, why)
                                            : mbp_edit_remove(edited->text, thing, name, &made, &len, why);
    return take(edited, status, made, len, why);
}

void web_command_edit(struct web_call *call)
{
    unsigned deed = word_index(web_arg(call, EDIT_DO), edits);
    enum mbp_edit_thing thing = (enum mbp_edit_thing)word_index(web_arg(call, EDIT_THING), things);
    const char *name = web_arg(call, EDIT_NAME)->text;
    const struct web_arg *check = web_arg(call, EDIT_CHECK);
    struct edited edited = {.call = call, .text = call->web->plant->text};
    if (!web_instructs(call) || web_refuses_long(call, edited.text))
        return;
    if (web_arg(call, EDIT_KEYS)->given ? deed == DO_REMOVE : deed == DO_SET) {
        web_problem(call, 400, deed == DO_SET ? "'keys' is missing: what is to be set" : "remove takes no 'keys'");
        return;
    }
    if ((deed == DO_SET || add_or_remove(&edited, deed, thing, name)) && set_keys(&edited, thing, name))
        web_stage_plant(call, edited.text, check->given && check->flag ? MBP_STAGING_CHECK : MBP_STAGING_PUT);
    free(edited.made);
}
