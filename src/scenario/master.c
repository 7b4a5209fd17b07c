/* master: what is expected of a master: that it polls, comes back, writes nothing, asks by these functions or this unit
 * alone. It is judged by what the server heard of it, in the scenario's time. */
#include <string.h>

#include "mbplant/names.h"
#include "scenario_priv.h"

/* ---- what is wanted ---------------------------------------------------------------------------------------------- */

static bool master_is_judged(enum expectation_kind kind)
{
    return kind >= EXPECTED_POLLED && kind <= EXPECTED_ONE_UNIT;
}

bool mbp_scenario_judges_masters(const struct mbp_scenario *scenario)
{
    for (uint32_t i = 0; i < scenario->expectation_count; i++) {
        if (master_is_judged(scenario->expectations[i].kind))
            return true;
    }
    return false;
}

/* A whole scenario long where it has no time of its own. */
static void bind_span(struct mbp_scenario *scenario, const struct expect_def *def, uint64_t at_ns,
                      struct expectation *expectation)
{
    bool throughout = expectation->kind != EXPECTED_RECONNECTED;
    const char *key = expectation->when == WHEN_WITHIN ? "within" : expectation->when == WHEN_BEFORE ? "before" : "for";
    if (expectation->when == WHEN_NEXT && throughout) {
        expectation->when = WHEN_THROUGHOUT;
        expectation->span_ns = scenario->duration_ns > at_ns ? scenario->duration_ns - at_ns : 0;
    } else if (expectation->when == WHEN_NEXT) {
        mbp_reader_tell(
            &scenario->reader, mbp_def_node(&def->def, "reconnected"),
            "'reconnected' needs time: 'within 10s' (of this step) or 'before 1min' (since the scenario's begin)");
    } else if (throughout != (expectation->when == WHEN_THROUGHOUT)) {
        mbp_reader_tell(&scenario->reader, mbp_def_node(&def->def, key),
                        throughout
                            ? "this is expected all the time: 'for' a time, or without one until the scenario ends"
                            : "'reconnected' has 'within' or 'before'");
    }
}

static void bind_client(struct mbp_scenario *scenario, const struct expect_def *def, struct expectation *expectation)
{
    expectation->any_client = !mbp_def_has(&def->def, EXPECT_CLIENT) || strcmp(def->client, "any") == 0;
    if (!expectation->any_client && mbp_address_parse(def->client, expectation->client) != MBP_OK)
        mbp_reader_tell(&scenario->reader, mbp_def_node(&def->def, "client"),
                        "'client' is the address of a master, as in 192.168.1.20, or any");
}

/* The point whose registers are read or written. */
static void bind_point(struct mbp_scenario *scenario, const struct mbp_def *def, const char *key, const char *name,
                       struct expectation *expectation)
{
    struct mbp_point point;
    uint8_t unit;
    if (!look_up_point(scenario->plant, name, &point, &unit)) {
        mbp_reader_tell(&scenario->reader, mbp_def_node(def, key), "%s has no point %s; mbplantctl map lists them",
                        scenario->plant->name, name);
        return;
    }
    expectation->place = (struct place){unit, point.table, point.addr, point.count};
}

bool master_bind(struct mbp_scenario *scenario, const struct expect_def *def, uint64_t at_ns,
                 struct expectation *expectation)
{
    const struct mbp_def *keys = &def->def;
    const char *name = "";
    if (mbp_def_has(keys, EXPECT_POLLED)) {
        expectation->kind = EXPECTED_POLLED;
        bind_point(scenario, keys, "polled", name = def->polled, expectation);
        expectation->every_ns = def->every_ns;
        if (!mbp_def_has(keys, EXPECT_EVERY))
            mbp_reader_tell(&scenario->reader, mbp_def_node(keys, "polled"), "'polled' needs 'every', as in every: 2s");
    } else if (mbp_def_has(keys, EXPECT_NEVER_WROTE)) {
        expectation->kind = EXPECTED_NEVER_WROTE;
        bind_point(scenario, keys, "never_wrote", name = def->never_wrote, expectation);
    } else if (mbp_def_has(keys, EXPECT_RECONNECTED)) {
        expectation->kind = EXPECTED_RECONNECTED;
    } else if (mbp_def_has(keys, EXPECT_FUNCTIONS)) {
        expectation->kind = EXPECTED_FUNCTIONS;
        memcpy(expectation->functions, def->functions, sizeof expectation->functions);
    } else if (mbp_def_has(keys, EXPECT_UNIT)) {
        expectation->kind = EXPECTED_ONE_UNIT;
        expectation->place.unit = (uint8_t)def->unit;
    } else {
        if (mbp_def_has(keys, EXPECT_CLIENT))
            mbp_reader_tell(&scenario->reader, mbp_def_node(keys, "client"),
                            "'client' goes with polled, reconnected, never_wrote, functions or unit");
        return false;
    }
    if (expectation->kind != EXPECTED_POLLED && mbp_def_has(keys, EXPECT_EVERY))
        mbp_reader_tell(&scenario->reader, mbp_def_node(keys, "every"), "'every' goes with 'polled'");
    bind_client(scenario, def, expectation);
    bind_span(scenario, def, at_ns, expectation);
    expectation->name = name;
    return true;
}

const char *master_text(struct mbp_scenario *scenario, const struct expectation *expectation)
{
    char client[48] = "a master";
    char every[32];
    if (!expectation->any_client)
        mbp_address_text(expectation->client, client, sizeof client);
    switch ((unsigned)expectation->kind) {
    case EXPECTED_POLLED:
        return say(scenario, "%s reads %s every %s", client, expectation->name,
                   mbp_duration_format(expectation->every_ns, every, sizeof every));
    case EXPECTED_RECONNECTED:
        return say(scenario, "%s connects anew", client);
    case EXPECTED_NEVER_WROTE:
        return say(scenario, "%s never writes to %s", client, expectation->name);
    case EXPECTED_FUNCTIONS:
        return say(scenario, "%s asks by the allowed functions alone", client);
    default:
        return say(scenario, "%s asks unit %u alone", client, expectation->place.unit);
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

static void spoil(struct open_expectation *open, const char *what, unsigned number)
{
    if (open->spoilt)
        return;
    open->spoilt = true;
    snprintf(open->found, sizeof open->found, what, number);
}

static void hear(struct mbp_play *play, uint32_t index, const struct mbp_heard *heard, uint64_t first_ns)
{
    const struct expectation *expectation = &play->config.scenario->expectations[index];
    struct open_expectation *open = &play->expectations[index];
    if (!expectation->any_client && memcmp(expectation->client, heard->address, sizeof expectation->client) != 0)
        return;
    open->heard = true;
    switch ((unsigned)expectation->kind) {
    case EXPECTED_POLLED:
        if (!heard->refused && meets(play, &expectation->place, heard, false)) {
            open->seen = true;
            open->polled_ns = play->now_ns;
        }
        break;
    case EXPECTED_RECONNECTED:
        open->seen = open->seen || first_ns >= open->begin_ns;
        break;
    case EXPECTED_NEVER_WROTE:
        if (meets(play, &expectation->place, heard, true))
            spoil(open, heard->refused ? "it tried to, with function %u" : "it did, with function %u", heard->function);
        break;
    case EXPECTED_FUNCTIONS:
        if (heard->function > 127 || (expectation->functions[heard->function / 8] >> heard->function % 8 & 1u) == 0)
            spoil(open, "it asked by function %u", heard->function);
        break;
    default:
        if (unit_of(play->config.plant, heard->unit) != expectation->place.unit)
            spoil(open, "it asked unit %u", heard->unit);
        break;
    }
}

void mbp_play_heard(struct mbp_play *play, const struct mbp_heard *heard)
{
    uint64_t first_ns = first_heard(play, heard);
    for (uint32_t i = 0; i < play->config.scenario->expectation_count; i++) {
        if (play->expectations[i].verdict == MBP_VERDICT_OPEN &&
            master_is_judged(play->config.scenario->expectations[i].kind))
            hear(play, i, heard, first_ns);
    }
}

/* ---- whether it is so -------------------------------------------------------------------------------------------- */

bool master_judge(const struct mbp_play *play, uint32_t index)
{
    const struct expectation *expectation = &play->config.scenario->expectations[index];
    const struct open_expectation *open = &play->expectations[index];
    uint64_t since_ns = open->seen && open->polled_ns > open->begin_ns ? open->polled_ns : open->begin_ns;
    if (expectation->kind == EXPECTED_POLLED) /* what a scan tells is a scan old at most */
        return play->now_ns <=
               mbp_time_add_sat(since_ns, mbp_time_add_sat(expectation->every_ns, play->config.plant->scan_ns));
    return expectation->kind == EXPECTED_RECONNECTED ? open->seen : !open->spoilt;
}

void master_found(const struct mbp_play *play, uint32_t index, char *buf, size_t size)
{
    const struct expectation *expectation = &play->config.scenario->expectations[index];
    const struct open_expectation *open = &play->expectations[index];
    char span[CLOCK_LEN];
    if (!open->heard)
        snprintf(buf, size, "no request of it came");
    else if (expectation->kind == EXPECTED_RECONNECTED)
        snprintf(buf, size, "it went on asking on a connection of before");
    else if (expectation->kind == EXPECTED_POLLED && !open->seen)
        snprintf(buf, size, "it asked, but not for that");
    else if (expectation->kind == EXPECTED_POLLED)
        snprintf(buf, size, "the last time was %s ago", span_text(play->now_ns - open->polled_ns, span));
}
