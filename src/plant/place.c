/* place: where everything stands, and what cannot stand where the file puts it, told at its line. */
#include <stdio.h>

#include "load.h"
#include "mbplant/base/tr.h"
#include "mbplant/map.h"

struct placing {
    struct mbp_load *load;
    uint32_t unit;
    bool silent; /* the repeats of a unit have one map: its mistakes are told once */
};

static bool sensor_placed(void *ctx, uint32_t s)
{
    const struct placing *placing = ctx;
    const struct mbp_register_def *reg = &placing->load->origins[s].def->reg;
    return mbp_def_has(&reg->def, MBP_REGISTER_AT) && reg->point == NULL;
}

/* A register that a point shows, and that has no `at`, stands where the value would. */
static struct mbp_user_point *sensor_point(void *ctx, uint32_t s)
{
    const struct placing *placing = ctx;
    const struct mbp_sensor_origin *origin = &placing->load->origins[s];
    bool given = mbp_def_has(&origin->def->reg.def, MBP_REGISTER_AT);
    return given || origin->point == UINT32_MAX ? NULL : &placing->load->points[origin->point];
}

static bool actuator_placed(void *ctx, uint32_t a)
{
    const struct placing *placing = ctx;
    const struct mbp_register_def *reg = &placing->load->actuator_origins[a].def->reg;
    return !placing->load->actuators[a].on_off && mbp_def_has(&reg->def, MBP_REGISTER_AT) && reg->point == NULL;
}

/* Where the file puts what it places; the instances of a repeat stand one after another from its `at`. False (told)
 * when there is no such address. */
static bool set_given(struct placing *placing, const struct mbp_unit *unit)
{
    struct mbp_load *load = placing->load;
    for (uint32_t s = unit->first_sensor; s < unit->first_sensor + unit->sensor_count; s++) {
        struct mbp_register *reg = &load->sensors[s].reg;
        uint32_t addr = load->origins[s].def->reg.at.addr + load->origins[s].instance * reg->words;
        if (!sensor_placed(placing, s))
            continue;
        reg->addr = (uint16_t)addr;
        if (addr > UINT16_MAX) {
            mbp_reader_tell(&load->reader, mbp_def_node(&load->origins[s].def->reg.def, "at"),
                            "no room for the value of %s: it would end at holding register %u; allowed is up to 65535: "
                            "spread the sensors over more units, or take shorter types",
                            load->sensors[s].name, addr + reg->words - 1u);
            return false;
        }
    }
    for (uint32_t a = unit->first_actuator; a < unit->first_actuator + unit->actuator_count; a++) {
        struct mbp_register *reg = &load->actuators[a].reg;
        uint32_t addr = load->actuator_origins[a].def->reg.at.addr + load->actuator_origins[a].instance * reg->words;
        if (!actuator_placed(placing, a))
            continue;
        reg->addr = (uint16_t)addr;
        if (addr > UINT16_MAX) {
            mbp_reader_tell(&load->reader, mbp_def_node(&load->actuator_origins[a].def->reg.def, "at"),
                            "no room for the command of %s: it would end at address %u; allowed is up to 65535",
                            load->actuators[a].name, addr + reg->words - 1u);
            return false;
        }
    }
    return true;
}

/* ---- what is told -------------------------------------------------------------------------------------------------
 */

/* What a claim is of, and where the file says so; *at: its `at`, or NULL. */
static const struct mbp_node *describe(const struct placing *placing, const struct mbp_map_claim *claim, char *text,
                                       size_t size, const struct mbp_node **at)
{
    const struct mbp_load *load = placing->load;
    const struct mbp_def *def;
    *at = NULL;
    switch (claim->who) {
    case MBP_CLAIM_RAW:
        def = &((const struct mbp_block_def *)load->unit_defs[placing->unit]
                    ->tables.blocks[claim->table]
                    .items)[claim->index]
                   .def;
        snprintf(text, size, mbp_tr("the block at %u"), claim->first);
        *at = mbp_def_node(def, "at");
        return def->node;
    case MBP_CLAIM_BLOCK:
        snprintf(text, size, mbp_tr("block '%s'"), mbp_map[claim->index].key);
        *at = load->unit_defs[placing->unit]->def.node;
        *at = mbp_node_find(*at, "blocks") != NULL ? mbp_node_find(*at, "blocks") : *at;
        if ((*at)->kind == MBP_NODE_MAP && mbp_node_find(*at, mbp_map[claim->index].key) != NULL)
            *at = mbp_node_find(*at, mbp_map[claim->index].key);
        return *at;
    case MBP_CLAIM_POINT:
        def = &load->point_origins[claim->index].def->def;
        snprintf(text, size, mbp_tr("the point at %s %u"), mbp_table_word(claim->table), claim->first);
        *at = mbp_def_node(def, "at");
        return def->node;
    case MBP_CLAIM_ALIAS:
        def = &load->alias_defs[claim->index]->def;
        snprintf(text, size, mbp_tr("the point at %s %u"), mbp_table_word(claim->table), claim->first);
        *at = mbp_def_node(def, "at");
        return def->node;
    case MBP_CLAIM_COMMAND:
        def = &load->actuator_origins[claim->index].def->reg.def;
        snprintf(text, size, mbp_tr("actuator %s"), load->actuators[claim->index].name);
        *at = mbp_def_has(def, MBP_REGISTER_AT) ? mbp_def_node(def, "at") : NULL;
        return load->actuator_origins[claim->index].def->def.node;
    case MBP_CLAIM_VALUE:
        break;
    }
    def = &load->origins[claim->index].def->reg.def;
    snprintf(text, size, "%s", load->sensors[claim->index].name);
    *at = mbp_def_has(def, MBP_REGISTER_AT) ? mbp_def_node(def, "at") : NULL;
    return load->origins[claim->index].def->def.node;
}

static void tell_overlap(void *ctx, const struct mbp_map_claim *mine, const struct mbp_map_claim *other, uint32_t at)
{
    struct placing *placing = ctx;
    char me[96];
    char it[96];
    const struct mbp_node *my_at;
    const struct mbp_node *its_at;
    const struct mbp_node *my_node = describe(placing, mine, me, sizeof me, &my_at);
    const struct mbp_node *its_node = describe(placing, other, it, sizeof it, &its_at);
    if (placing->silent)
        return;
    mbp_reader_tell(&placing->load->reader, my_at != NULL ? my_at : my_node,
                    "%s (%s %u..%u) overlaps %s (line %u) at address %u; choose another 'at'", me,
                    mbp_table_name(mine->table), mine->first, mine->first + mine->count - 1, it, its_node->line, at);
}

static void tell_overflow(void *ctx, const struct mbp_map_claim *claim)
{
    struct placing *placing = ctx;
    struct mbp_load *load = placing->load;
    char me[96];
    const struct mbp_node *at;
    const struct mbp_node *node = describe(placing, claim, me, sizeof me, &at);
    if (placing->silent)
        return;
    if (claim->who == MBP_CLAIM_VALUE)
        mbp_reader_tell(&load->reader, at != NULL ? at : node,
                        "no room for the value of %s: it would end at holding register %u; allowed is up to 65535: "
                        "spread the sensors over more units, or take shorter types",
                        me, claim->first + claim->count - 1);
    else if (claim->who == MBP_CLAIM_POINT || claim->who == MBP_CLAIM_BLOCK || claim->who == MBP_CLAIM_ALIAS)
        mbp_reader_tell(&load->reader, at, "no room for %s: it would end at address %u; allowed is up to 65535", me,
                        claim->first + claim->count - 1);
    else
        mbp_reader_tell(&load->reader, at != NULL ? at : node,
                        "no room for the command of %s in the %s; spread the actuators over more units", me,
                        mbp_table_name(claim->table));
}

enum mbp_status mbp_layout(struct mbp_load *load)
{
    enum mbp_status status = MBP_OK;
    for (uint32_t u = 0; u < load->plant->unit_count && status == MBP_OK; u++) {
        bool repeated = u > 0 && load->unit_defs[u] == load->unit_defs[u - 1];
        struct placing placing = {load, u, repeated};
        const struct mbp_map_request request = {.plant = load->plant,
                                                .unit = &load->units[u],
                                                .sensors = load->sensors,
                                                .actuators = load->actuators,
                                                .sensor_placed = sensor_placed,
                                                .actuator_placed = actuator_placed,
                                                .sensor_point = sensor_point,
                                                .overlap = tell_overlap,
                                                .overflow = tell_overflow,
                                                .ctx = &placing};
        if (!load->unit_defs[u]->unsure && set_given(&placing, &load->units[u]))
            status = mbp_map_layout(&request);
        mbp_sort_points(load, &load->units[u]);
        if (status == MBP_OK && !load->unit_defs[u]->unsure && load->reader.errors->count == 0)
            mbp_resolve_aliases(load, &load->units[u], repeated);
        status = status == MBP_ERR_RANGE ? MBP_OK : status; /* told: the reader counts the errors */
    }
    return status;
}
