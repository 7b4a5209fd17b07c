/* print_server: where to listen, who may do what, and faults on the wire. */
#include <arpa/inet.h>
#include <string.h>

#include "names.h"
#include "print.h"

#define MAPPED_BITS 96u /* an IPv4 address stands behind so many bits of ::ffff: */

static void print_network(FILE *out, const struct mbp_access_rule *rule)
{
    static const uint8_t mapped[12] = {[10] = 0xFF, [11] = 0xFF};
    char address[INET6_ADDRSTRLEN] = "";
    bool is_v4 = rule->prefix_bits >= MAPPED_BITS && memcmp(rule->network, mapped, sizeof mapped) == 0;
    if (is_v4) {
        inet_ntop(AF_INET, rule->network + sizeof mapped, address, sizeof address);
    } else {
        inet_ntop(AF_INET6, rule->network, address, sizeof address);
    }
    fprintf(out, "\"%s/%u\"", address, rule->prefix_bits - (is_v4 ? MAPPED_BITS : 0u));
}

static void print_units(FILE *out, const struct mbp_access_rule *rule)
{
    const char *before = ", units: [";
    for (unsigned id = 0; rule->some_units && id < 256; id++) {
        if (!mbp_access_names(rule, id)) {
            continue;
        }
        fprintf(out, "%s%u", before, id);
        before = ", ";
    }
    fputs(rule->some_units ? "]" : "", out);
}

static void print_access(FILE *out, const struct mbp_server_options *server)
{
    fputs(server->access_count > 0 ? "  access:\n" : "", out);
    for (uint32_t i = 0; i < server->access_count; i++) {
        const struct mbp_access_rule *rule = &server->access[i];
        fputs("    - {from: ", out);
        print_network(out, rule);
        fprintf(out, ", allow: %s, keep: %s", mbp_allow_words.names[rule->allow], rule->keep ? "true" : "false");
        print_units(out, rule);
        fputs("}\n", out);
    }
}

static void print_fault(FILE *out, const struct mbp_fault *fault)
{
    fprintf(out, "    - {kind: %s, name: ", mbp_wire_fault_words.names[fault->kind]);
    mbp_print_text(out, fault->name);
    fprintf(out, ", enabled: %s, addresses: [%u, %u]", fault->enabled ? "true" : "false", fault->addr_first,
            fault->addr_last);
    if (fault->unit != 0) {
        fprintf(out, ", unit: %u", fault->unit);
    }
    if (fault->function != 0) {
        fprintf(out, ", function: %u", fault->function);
    }
    if (fault->kind == MBP_FAULT_DELAY || fault->kind == MBP_FAULT_SPLIT) {
        mbp_print_duration(out, ", time: ", fault->delay_ns);
    }
    if (fault->kind == MBP_FAULT_EXCEPTION) {
        fprintf(out, ", code: %u", fault->amount);
    }
    if (fault->kind == MBP_FAULT_TRUNCATE || fault->kind == MBP_FAULT_SPLIT) {
        fprintf(out, ", bytes: %u", fault->amount);
    }
    mbp_print_number(out, ", probability: ", fault->probability);
    if (fault->count != 0) {
        fprintf(out, ", count: %u", fault->count);
    }
    fputs("}\n", out);
}

void mbp_print_server(FILE *out, const struct mbp_server_options *server)
{
    fputs("server:\n  listen: ", out);
    mbp_print_text(out, server->listen);
    fprintf(out, "\n  max_connections: %u\n  per_client: %u\n", server->max_connections, server->per_client);
    mbp_print_duration(out, "  frame_timeout: ", server->frame_timeout_ns);
    if (server->idle_timeout_ns != 0) {
        mbp_print_duration(out, "\n  idle_timeout: ", server->idle_timeout_ns);
    }
    fprintf(out, "\n  serial_functions: %s\n", server->serial_functions ? "true" : "false");
    print_access(out, server);
    fputs(server->fault_count > 0 ? "  faults:\n" : "", out);
    for (uint32_t i = 0; i < server->fault_count; i++) {
        print_fault(out, &server->faults[i]);
    }
}
