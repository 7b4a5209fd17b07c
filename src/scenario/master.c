/* master: what is expected of a master: that it polls, comes back, writes nothing, asks by these functions or this unit
 * alone. It is judged by what the server heard of it, in the scenario's time. */
#include <string.h>

#include "mbplant/names.h"
#include "scenario_priv.h"

/* ---- what is wanted ---------------------------------------------------------------------------------------------- */

bool master_is_judged(enum wish_kind kind)
{
    return kind >= WISH_POLLED && kind <= WISH_ONE_UNIT;
}

bool mbp_scenario_judges_masters(const struct mbp_scenario *scenario)
{
    for (uint32_t i = 0; i < scenario->wish_count; i++) {
        if (master_is_judged(scenario->wishes[i].kind))
            return true;
    }
    return false;
}

/* A whole scenario long where it has no time of its own. */
static void bind_span(struct mbp_scenario *scenario, const struct expect_def *def, uint64_t at_ns, struct wish *wish)
{
    bool throughout = wish->kind != WISH_RECONNECTED;
    const char *key = wish->when == WHEN_WITHIN ? "within" : wish->when == WHEN_BEFORE ? "before" : "for";
    if (wish->when == WHEN_NEXT && throughout) {
        wish->when = WHEN_THROUGHOUT;
        wish->span_ns = scenario->duration_ns > at_ns ? scenario->duration_ns - at_ns : 0;
    } else if (wish->when == WHEN_NEXT) {
        mbp_reader_tell(&scenario->reader, mbp_def_node(&def->def, "reconnected"),
                        "'reconnected' needs time: 'within' (of this step) or 'before' (since the scenario's begin)");
    } else if (throughout != (wish->when == WHEN_THROUGHOUT)) {
        mbp_reader_tell(&scenario->reader, mbp_def_node(&def->def, key),
                        throughout
                            ? "this is expected all the time: 'for' a time, or without one until the scenario ends"
                            : "'reconnected' has 'within' or 'before'");
    }
}

static void bind_client(struct mbp_scenario *scenario, const struct expect_def *def, struct wish *wish)
{
    wish->any_client = !mbp_def_has(&def->def, EXPECT_CLIENT) || strcmp(def->client, "any") == 0;
    if (!wish->any_client && mbp_address_parse(def->client, wish->client) != MBP_OK)
        mbp_reader_tell(&scenario->reader, mbp_def_node(&def->def, "client"),
                        "'client' is the address of a master, as in 192.168.1.20, or any");
}

/* The point whose registers are read or written. */
static void bind_point(struct mbp_scenario *scenario, const struct mbp_def *def, const char *key, const char *name,
                       struct wish *wish)
{
    struct mbp_point point;
    uint8_t unit;
    if (!look_up_point(scenario->plant, name, &point, &unit)) {
        mbp_reader_tell(&scenario->reader, mbp_def_node(def, key), "%s has no point %s; mbplantctl map lists them",
                        scenario->plant->name, name);
        return;
    }
    wish->place = (struct place){unit, point.table, point.addr, point.count};
}

bool master_bind(struct mbp_scenario *scenario, const struct expect_def *def, uint64_t at_ns, struct wish *wish)
{
    const struct mbp_def *keys = &def->def;
    const char *name = "";
    if (mbp_def_has(keys, EXPECT_POLLED)) {
        wish->kind = WISH_POLLED;
        bind_point(scenario, keys, "polled", name = def->polled, wish);
        wish->every_ns = def->every_ns;
        if (!mbp_def_has(keys, EXPECT_EVERY))
            mbp_reader_tell(&scenario->reader, mbp_def_node(keys, "polled"), "'polled' needs 'every', as in every: 2s");
    } else if (mbp_def_has(keys, EXPECT_NEVER_WROTE)) {
        wish->kind = WISH_NEVER_WROTE;
        bind_point(scenario, keys, "never_wrote", name = def->never_wrote, wish);
    } else if (mbp_def_has(keys, EXPECT_RECONNECTED)) {
        wish->kind = WISH_RECONNECTED;
        if (!def->reconnected)
            mbp_reader_tell(&scenario->reader, mbp_def_node(keys, "reconnected"),
                            "'reconnected' can only be true: that a master connects anew is what is expected");
    } else if (mbp_def_has(keys, EXPECT_FUNCTIONS)) {
        wish->kind = WISH_FUNCTIONS;
        memcpy(wish->functions, def->functions, sizeof wish->functions);
    } else if (mbp_def_has(keys, EXPECT_UNIT)) {
        wish->kind = WISH_ONE_UNIT;
        wish->place.unit = (uint8_t)def->unit;
    } else {
        if (mbp_def_has(keys, EXPECT_CLIENT))
            mbp_reader_tell(&scenario->reader, mbp_def_node(keys, "client"),
                            "'client' goes with polled, reconnected, never_wrote, functions or unit");
        return false;
    }
    if (wish->kind != WISH_POLLED && mbp_def_has(keys, EXPECT_EVERY))
        mbp_reader_tell(&scenario->reader, mbp_def_node(keys, "every"), "'every' goes with 'polled'");
    bind_client(scenario, def, wish);
    bind_span(scenario, def, at_ns, wish);
    wish->name = name;
    return true;
}

const char *master_text(struct mbp_scenario *scenario, const struct wish *wish)
{
    char client[48] = "a master";
    char every[32];
    if (!wish->any_client)
        mbp_address_text(wish->client, client, sizeof client);
    switch ((unsigned)wish->kind) {
    case WISH_POLLED:
        return say(scenario, "%s reads %s every %s", client, wish->name,
                   mbp_duration_format(wish->every_ns, every, sizeof every));
    case WISH_RECONNECTED:
        return say(scenario, "%s connects anew", client);
    case WISH_NEVER_WROTE:
        return say(scenario, "%s never writes to %s", client, wish->name);
    case WISH_FUNCTIONS:
        return say(scenario, "%s asks by the allowed functions alone", client);
    default:
        return say(scenario, "%s asks unit %u alone", client, wish->place.unit);
    }
}

/* ---- what is heard ----------------------------------------------------------------------------------------------- */

/* 0 and 255 are the first unit while no unit has that id. */
static uint8_t unit_of(const struct mbp_plant *plant, uint8_t id)
{
    bool first = (id == 0 || id == 255) && mbp_plant_find_unit(plant, id) == NULL;
    return first ? plant->units[0].id : id;
}

/* Whether what was read or written reaches the place; a broadcast writes to all. */
static bool meets(const struct mbp_play *play, const struct place *place, const struct mbp_heard *heard, bool writes)
{
    uint8_t unit = heard->unit;
    const struct mbp_heard_span *span = writes ? &heard->write : &heard->read;
    const struct mbp_plant *plant = play->config.plant;
    bool all = unit == 0 && plant->server.broadcast && writes;
    return span->count > 0 && (all || unit_of(plant, unit) == place->unit) && span->table == place->table &&
           span->addr < place->addr + place->count && place->addr < span->addr + span->count;
}

/* When a connection was heard first; it is known from then on. The oldest makes room. */
static uint64_t first_heard(struct mbp_play *play, const struct mbp_heard *heard)
{
    struct known_connection *oldest = &play->known[0];
    for (uint32_t k = 0; k < KNOWN_CONNECTIONS; k++) {
        struct known_connection *known = &play->known[k];
        if (known->port != 0 && known->port == heard->port &&
            memcmp(known->address, heard->address, sizeof known->address) == 0) {
            known->last_ns = play->now_ns;
            return known->first_ns;
        }
        oldest = known->last_ns < oldest->last_ns || known->port == 0 ? known : oldest;
        if (known->port == 0)
            break;
    }
    oldest->port = heard->port;
    memcpy(oldest->address, heard->address, sizeof oldest->address);
    oldest->first_ns = oldest->last_ns = play->now_ns;
    return play->now_ns;
}

static void spoil(struct open_wish *open, const char *what, unsigned number)
{
    if (open->spoilt)
        return;
    open->spoilt = true;
    snprintf(open->found, sizeof open->found, what, number);
}

static void hear(struct mbp_play *play, uint32_t index, const struct mbp_heard *heard, uint64_t first_ns)
{
    const struct wish *wish = &play->config.scenario->wishes[index];
    struct open_wish *open = &play->wishes[index];
    if (!wish->any_client && memcmp(wish->client, heard->address, sizeof wish->client) != 0)
        return;
    open->heard = true;
    switch ((unsigned)wish->kind) {
    case WISH_POLLED:
        if (!heard->refused && meets(play, &wish->place, heard, false)) {
            open->seen = true;
            open->polled_ns = play->now_ns;
        }
        break;
    case WISH_RECONNECTED:
        open->seen = open->seen || first_ns >= open->begin_ns;
        break;
    case WISH_NEVER_WROTE:
        if (meets(play, &wish->place, heard, true))
            spoil(open, heard->refused ? "it tried to, with function %u" : "it did, with function %u", heard->function);
        break;
    case WISH_FUNCTIONS:
        if (heard->function > 127 || (wish->functions[heard->function / 8] >> heard->function % 8 & 1u) == 0)
            spoil(open, "it asked by function %u", heard->function);
        break;
    default:
        if (unit_of(play->config.plant, heard->unit) != wish->place.unit)
            spoil(open, "it asked unit %u", heard->unit);
        break;
    }
}

void mbp_play_heard(struct mbp_play *play, const struct mbp_heard *heard)
{
    uint64_t first_ns = first_heard(play, heard);
    for (uint32_t i = 0; i < play->config.scenario->wish_count; i++) {
        if (play->wishes[i].verdict == MBP_VERDICT_OPEN && master_is_judged(play->config.scenario->wishes[i].kind))
            hear(play, i, heard, first_ns);
    }
}

/* ---- whether it is so -------------------------------------------------------------------------------------------- */

bool master_judge(const struct mbp_play *play, uint32_t index)
{
    const struct wish *wish = &play->config.scenario->wishes[index];
    const struct open_wish *open = &play->wishes[index];
    uint64_t since_ns = open->seen && open->polled_ns > open->begin_ns ? open->polled_ns : open->begin_ns;
    if (wish->kind == WISH_POLLED) /* what a scan tells is a scan old at most */
        return play->now_ns <=
               mbp_time_add_sat(since_ns, mbp_time_add_sat(wish->every_ns, play->config.plant->scan_ns));
    return wish->kind == WISH_RECONNECTED ? open->seen : !open->spoilt;
}

void master_found(const struct mbp_play *play, uint32_t index, char *buf, size_t size)
{
    const struct wish *wish = &play->config.scenario->wishes[index];
    const struct open_wish *open = &play->wishes[index];
    char span[CLOCK_LEN];
    if (!open->heard)
        snprintf(buf, size, "no request of it came");
    else if (wish->kind == WISH_RECONNECTED)
        snprintf(buf, size, "it went on asking on a connection of before");
    else if (wish->kind == WISH_POLLED && !open->seen)
        snprintf(buf, size, "it asked, but not for that");
    else if (wish->kind == WISH_POLLED)
        snprintf(buf, size, "the last time was %s ago", span_text(play->now_ns - open->polled_ns, span));
}
