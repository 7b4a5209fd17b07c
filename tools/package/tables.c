/* Prints a table of the manual pages as scdoc, from the table that the program works with. */
#include <stdio.h>
#include <string.h>

#include "mbplant/event.h"
#include "mbplant/functions.h"
#include "mbplant/map.h"
#include "mbplant/report/export.h"
#if MBP_WITH_WEB
#include "web_priv.h"
#endif

/* What counts a block's items in its addresses. */
static const char *const letters[MBP_PER_COUNT] = {
    [MBP_PER_UNIT] = "",        [MBP_PER_MACHINE] = "m",   [MBP_PER_SENSOR] = "s", [MBP_PER_ACTUATOR] = "a",
    [MBP_PER_CONTROLLER] = "c", [MBP_PER_ALARM] = "a",     [MBP_PER_FAULT] = "f",  [MBP_PER_AD_HOC] = "i",
    [MBP_PER_LATENESS] = "i",   [MBP_PER_INTERLOCK] = "k", [MBP_PER_FORCED] = "i", [MBP_PER_PARAMETER] = "i",
};

/* scdoc takes an underscore at the edge of a word for the begin of underlined text. */
static void print_text(const char *text)
{
    for (const char *c = text; *c != '\0'; c++) {
        if (strchr("_*\\<>", *c) != NULL)
            putchar('\\');
        putchar(*c);
    }
}

static void print_address(const struct mbp_map_block *block, const struct mbp_map_field *field)
{
    const char *letter = letters[block->per];
    bool follows = block->place != MBP_PLACE_STRIDE && block->place != MBP_PLACE_ON_OFF;
    printf("%u", block->usual + field->offset);
    if (follows)
        printf(" and following");
    else if (*letter != '\0' && block->stride == 1)
        printf(" + %s", letter);
    else if (*letter != '\0')
        printf(" + %u·%s", block->stride, letter);
}

static void print_type(const struct mbp_map_block *block, const struct mbp_map_field *field)
{
    if (block->place == MBP_PLACE_STRIDE || block->place == MBP_PLACE_ON_OFF)
        print_text(mbp_type_name((enum mbp_type)field->type));
    else
        printf("its own");
}

static void print_field(const struct mbp_map_block *block, const struct mbp_map_field *field)
{
    bool is_input = block->table == MBP_DISCRETE_INPUTS || block->table == MBP_INPUT_REGISTERS;
    printf("|[ ");
    print_text(mbp_table_name((enum mbp_table)block->table));
    printf("\n:[ ");
    print_address(block, field);
    printf("\n:[ ");
    print_text(field->name);
    printf("\n:[ ");
    print_text(field->what);
    if (field->unit_text != NULL && *field->unit_text != '\0') {
        printf(", ");
        print_text(field->unit_text);
    }
    printf("\n:[ ");
    print_type(block, field);
    printf("\n:[ %s\n", field->write == MBP_WRITE_NONE ? "read" : is_input ? "read" : "read, write");
}

static void print_blocks(bool instructor)
{
    printf("[[ *table*\n:[ *address*\n:[ *name*\n:[ *what*\n:[ *type*\n:[ *access*\n");
    for (unsigned table = 0; table < MBP_TABLE_COUNT; table++) {
        for (unsigned b = 0; b < mbp_map_count; b++) {
            const struct mbp_map_block *block = &mbp_map[b];
            if (block->table != table || block->instructor != instructor || block->place == MBP_PLACE_POINT)
                continue;
            for (unsigned f = 0; f < block->field_count; f++)
                print_field(block, &block->fields[f]);
        }
    }
}

static void print_events(void)
{
    printf("[[ *code*\n:[ *event*\n:[ *value*\n:[ *limit or old value*\n:[ *detail*\n");
    for (size_t i = 0; i < mbp_event_type_count; i++) {
        const struct mbp_event_type *type = &mbp_event_types[i];
        printf("|[ %u\n:[ %s\n:[ ", type->code, type->name);
        print_text(mbp_event_number_what((enum mbp_event_number)type->value));
        printf("\n:[ ");
        print_text(mbp_event_number_what((enum mbp_event_number)type->limit));
        printf("\n:[ ");
        print_text(mbp_event_detail_what((enum mbp_event_detail)type->detail));
        printf("\n");
    }
}

static void print_functions(void)
{
    printf("[[ *code*\n:[ *function*\n:[ *table*\n:[ *at most*\n:[ *access*\n");
    for (unsigned code = 0; code < 128; code++) {
        const struct mbp_function *function = &mbp_functions[code];
        if (function->name == NULL)
            continue;
        bool has_table = function->table < MBP_TABLE_COUNT;
        printf("|[ %u\n:[ %s\n:[ ", code, function->name);
        print_text(has_table ? mbp_table_name((enum mbp_table)function->table) : " ");
        if (function->read.count_max != 0 && function->write.count_max != 0)
            printf("\n:[ %u read, %u written", function->read.count_max, function->write.count_max);
        else if (function->read.count_max + function->write.count_max != 0)
            printf("\n:[ %d", function->read.count_max + function->write.count_max);
        else
            printf("\n:[  ");
        printf("\n:[ %s\n", (function->flags & MBP_FUNCTION_WRITES) != 0        ? "write"
                            : (function->flags & MBP_FUNCTION_SERIAL_LINE) != 0 ? "serial\\_functions"
                                                                                : "read");
    }
}

/* A target and the steps to it, a line a step. */
static void print_targets(void)
{
    printf("[[ *target*\n:[ *how it gets there*\n");
    for (size_t t = 0; t < mbp_export_target_count; t++) {
        const struct mbp_export_target *target = &mbp_export_targets[t];
        char steps[512];
        printf("|[ ");
        print_text(target->name);
        printf("\n:[ ");
        snprintf(steps, sizeof steps, "%s", target->steps);
        for (char *c = steps; *c != '\0'; c++)
            *c = *c == '\n' ? ' ' : *c;
        print_text(steps);
        printf("\n");
    }
}

static void print_template_fields(void)
{
    const char *what;
    printf("[[ *field*\n:[ *what*\n");
    for (size_t n = 0; mbp_export_field(n, &what) != NULL; n++) {
        printf("|[ *");
        print_text(mbp_export_field(n, &what));
        printf("*\n:[ ");
        print_text(what[0] != '\0' ? what : " ");
        printf("\n");
    }
}

/* What each role may do. */
static void print_roles(void)
{
    printf("[[ *may*\n");
    for (unsigned role = 0; role < MBP_ROLE_COUNT; role++) {
        printf(":[ *");
        print_text(mbp_role_name((enum mbp_role)role));
        printf("*\n");
    }
    for (unsigned right = 0; right < MBP_RIGHT_COUNT; right++) {
        printf("|[ ");
        print_text(mbp_rights[right].name);
        printf("\n");
        for (unsigned role = 0; role < MBP_ROLE_COUNT; role++)
            printf(":[ %s\n", (mbp_role_rights[role] & MBP_RIGHT_BIT(right)) != 0 ? "yes" : " ");
    }
}

#if MBP_WITH_WEB
static void print_routes(void)
{
    printf("[[ *method*\n:[ *path*\n:[ *what*\n:[ *takes*\n");
    for (unsigned r = 0; r < web_route_count; r++) {
        const struct web_route *route = &web_routes[r];
        printf("|[ %s\n:[ ", route->method);
        print_text(route->path);
        printf("\n:[ ");
        print_text(route->what);
        printf("\n:[ ");
        for (unsigned i = 0; i < route->param_count; i++) {
            printf("%s*", i == 0 ? "" : ", ");
            print_text(route->params[i].key);
            printf("*%s", route->params[i].required ? " (must be)" : "");
        }
        printf("\n");
    }
}
#endif

int main(int argc, char **argv)
{
    const char *name = argc == 2 ? argv[1] : "";
    if (strcmp(name, "blocks") == 0 || strcmp(name, "instructor") == 0) {
        print_blocks(*name == 'i');
    } else if (strcmp(name, "events") == 0) {
        print_events();
    } else if (strcmp(name, "functions") == 0) {
        print_functions();
    } else if (strcmp(name, "targets") == 0) {
        print_targets();
    } else if (strcmp(name, "template") == 0) {
        print_template_fields();
    } else if (strcmp(name, "roles") == 0) {
        print_roles();
#if MBP_WITH_WEB
    } else if (strcmp(name, "routes") == 0) {
        print_routes();
#endif
    } else {
        fprintf(stderr, "usage: mbp_tables blocks|instructor|events|functions|targets|template|roles|routes\n");
        return 2;
    }
    return 0;
}
