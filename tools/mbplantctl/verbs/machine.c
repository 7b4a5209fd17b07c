/* machine NAME [STATE]: shows a machine, or asks it for a state and tells what became of it. */
#include "verbs/machine.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "slave/address.h"
#include "slave/effect.h"
#include "slave/events.h"
#include "slave/names.h"
#include "slave/snapshot.h"
#include "slave/wait.h"
#include "verbs/edit.h"
#include "verbs/logbook/logbook.h"

/* Where a block has the machine, behind a word about it. False: it has not. */
static bool print_place(const struct mbp_plant *plant, uint32_t machine, unsigned block, const char *what)
{
    char text[64];
    const struct mbp_unit *unit = &plant->units[plant->machines[machine].unit];
    int32_t addr = mbp_map_item_has(plant, unit, block, machine) ? ctl_addr(plant, block, machine) : -1;
    if (addr >= 0)
        ctl_say("  %s%s", what,
                ctl_address_text((enum mbp_table)mbp_map[block].table, (uint16_t)addr,
                                 mbp_map_item_count(plant, block, machine), text, sizeof text));
    return addr >= 0;
}

#define SHOWN(member) CTL_SHOWS(plant, MBP_PER_MACHINE, machine, mbp_machine_view, member)

/* As far as an address of its unit shows them. */
static void print_counts(const struct mbp_plant *plant, uint32_t machine, const struct mbp_machine_view *now)
{
    char span[32];
    if (SHOWN(active_alarms))
        ctl_say("  active alarms    %u%s\n", now->active_alarms,
                !now->trip_active         ? ""
                : now->active_alarms == 0 ? ctl_tr("; an interlock or a hidden one trips it")
                                          : ctl_tr(", of which some trip it"));
    if (SHOWN(good) && SHOWN(reject))
        ctl_say("  production       %u good, %u reject\n", now->good, now->reject);
    if (SHOWN(running_s))
        ctl_say("  en_service       %s of simulated time\n",
                mbp_span_text_in(ctl_spoken(), now->running_s, span, sizeof span));
    if (SHOWN(down_s) && SHOWN(failures))
        ctl_say("  en_panne         %s, %u time%s\n", mbp_span_text_in(ctl_spoken(), now->down_s, span, sizeof span),
                now->failures, now->failures == 1 ? "" : "s");
    if (SHOWN(maintenance_s))
        ctl_say("  maintenance      %s%s\n", mbp_span_text_in(ctl_spoken(), now->maintenance_s, span, sizeof span),
                now->maintenance_due ? ctl_tr(", due now") : "");
}

#undef SHOWN

static void print_machine(const struct ctl *ctl, uint32_t machine, const struct mbp_machine_view *now)
{
    const struct mbp_plant *plant = ctl->plant;
    const struct mbp_machine *of = &plant->machines[machine];
    uint32_t first_out = mbp_view_first_out(plant, machine, now);
    enum mbp_state_code state = (enum mbp_state_code)now->state;
    char text[64];
    char span[32];
    ctl_say("%s = ", of->name);
    ctl_say_painted(ctl, mbp_state_paint(state), ctl_tr(mbp_state_name(state)));
    ctl_say("  (%s%sunit %u)\n", of->label, of->label[0] != '\0' ? ", " : "", ctl_machine_unit(plant, machine));
    if (now->since_s != 0) {
        uint64_t now_s = (uint64_t)time(NULL);
        ctl_say("  since            %s, for %s of wall time\n",
                ctl_time_text(ctl_spoken(), (uint64_t)now->since_s * 1000, text, sizeof text),
                mbp_span_text_in(ctl_spoken(), now_s > now->since_s ? now_s - now->since_s : 0, span, sizeof span));
    }
    if (first_out != UINT32_MAX)
        ctl_say("  tripped by       %s\n", plant->sensors[first_out].name);
    print_counts(plant, machine, now);
    bool stands = print_place(plant, machine, MBP_MAP_MACHINES, ctl_tr("stands in        "));
    if (mbp_map_item_has(plant, &plant->units[of->unit], MBP_MAP_MACHINE_COILS, machine)) {
        uint16_t coil = (uint16_t)ctl_addr(plant, MBP_MAP_MACHINE_COILS, machine);
        ctl_say("%s%s ask for a state", stands ? "; " : ctl_tr("  stands in        "),
                ctl_address_text(MBP_COILS, coil, MBP_STATE_COUNT, text, sizeof text));
        stands = true;
    }
    ctl_say(stands ? "\n" : "");
}

/* Counters since the last maintenance, when the next is due, repairs, and the last refusal. */
static void print_upkeep(const struct mbp_plant *plant, uint32_t machine, const struct mbp_machine_view *now)
{
    const struct mbp_unit *unit = &plant->units[plant->machines[machine].unit];
    bool by_time = now->until_due_s != MBP_VIEW_NONE;
    char span[32];
    ctl_say("  since then       %s en_service, %u products",
            mbp_span_text_in(ctl_spoken(), now->running_since_maintenance_s, span, sizeof span),
            now->cycles_since_maintenance);
    if (by_time)
        ctl_say("; due after %s more", mbp_span_text_in(ctl_spoken(), now->until_due_s, span, sizeof span));
    if (now->until_due_cycles != MBP_VIEW_NONE)
        ctl_say("%s%u more products", ctl_tr(by_time ? " or " : "; due after "), now->until_due_cycles);
    ctl_say("\n  repairs          %u, %s in all\n", now->repairs,
            mbp_span_text_in(ctl_spoken(), now->repair_s, span, sizeof span));
    if (now->maintenance_left_s != MBP_VIEW_NONE)
        ctl_say("  planned end      in %s\n",
                mbp_span_text_in(ctl_spoken(), now->maintenance_left_s, span, sizeof span));
    if (now->refused_state < MBP_STATE_COUNT)
        ctl_say("  refused last     %s: %s of %s\n", ctl_tr(mbp_state_name((enum mbp_state_code)now->refused_state)),
                now->refused_reason == MBP_CAUSE_TRIP_LATCHED ? ctl_tr("a latched trip")
                : now->refused_reason == MBP_CAUSE_PERMISSIVE ? ctl_tr("no permission")
                                                              : ctl_tr("an active trip"),
                now->refused_sensor < unit->sensor_count ? plant->sensors[unit->first_sensor + now->refused_sensor].name
                                                         : ctl_tr("a sensor"));
    print_place(plant, machine, MBP_MAP_UPKEEP, ctl_tr("upkeep stands in "));
    ctl_say("\n");
}

enum ctl_exit ctl_machine_show(struct ctl *ctl, uint32_t machine)
{
    if (ctl_link(ctl) == NULL)
        return CTL_FAILED;
    struct mbp_machine_view now;
    enum mbp_status status = ctl_machine_read(ctl, machine, &now);
    if (status != MBP_OK)
        return ctl_fail(ctl, status, ctl->plant->machines[machine].name);
    if (now.untold) {
        ctl_no_place(ctl->plant->machines[machine].name, "state", MBP_INPUT_REGISTERS);
        return CTL_FAILED;
    }
    print_machine(ctl, machine, &now);
    if (ctl_addr(ctl->plant, MBP_MAP_UPKEEP, machine) >= 0)
        print_upkeep(ctl->plant, machine, &now);
    return CTL_OK;
}

/* A command to a machine, under way. */
struct command {
    struct ctl *ctl;
    uint32_t machine;
    enum mbp_state_code was, to;
    struct mbp_summary_view before;
    struct mbp_event outcome; /* the change of state, or its refusal; code 0 = none was found */
};

static bool note_outcome(void *ctx, const struct mbp_event *event)
{
    struct command *command = ctx;
    const struct mbp_telling by = ctl_telling(command->ctl);
    const char *name = by.plant->machines[command->machine].name;
    struct mbp_event_tag machine;
    if ((event->code == MBP_EV_MACHINE_REFUSED || event->code == MBP_EV_MACHINE_STATE) &&
        mbp_event_machine(&by, event, &machine) && strcmp(machine.name, name) == 0 &&
        mbp_event_state_to(event->detail) == (unsigned)command->to)
        command->outcome = *event;
    return true;
}

/* The journal's word on it: an event is shown when it is durable, so some time after the scan. Waited for where the
 * machine obeyed, too: who asks for the journal next finds there what this command said. */
static enum mbp_status look_for_outcome(struct command *command)
{
    struct ctl *ctl = command->ctl;
    uint8_t unit = ctl_machine_unit(ctl->plant, command->machine);
    struct ctl_wait wait = ctl_wait_begin(ctl->plant, 1, ctl->options->target.timeout_ms);
    uint32_t next = command->before.last_event + 1;
    for (;;) {
        struct mbp_summary_view now = {0};
        enum mbp_status status = ctl_summary_read(ctl, unit, &now);
        bool any = now.last_event >= next;
        if (status == MBP_OK && any)
            status = ctl_names_read(ctl, unit);
        if (status == MBP_OK && any)
            status = ctl_events_read(ctl->link, unit, next, now.last_event, note_outcome, command, &next);
        if (status != MBP_OK || command->outcome.code != 0 || !ctl_wait_more(&wait))
            return status;
    }
}

/* Where flags alone show the state, none may show this one: the journal tells it then. */
static enum ctl_exit tell(struct command *command, const struct mbp_machine_view *now)
{
    const struct mbp_plant *plant = command->ctl->plant;
    const char *name = plant->machines[command->machine].name;
    const char *asked = ctl_tr(mbp_state_name(command->to));
    enum mbp_status status = look_for_outcome(command);
    const bool obeyed =
        now->untold ? command->outcome.code == MBP_EV_MACHINE_STATE : now->state == (unsigned)command->to;
    if (obeyed) {
        ctl_say("%s: %s -> %s\n", name, ctl_tr(mbp_state_name(command->was)), asked);
        return CTL_OK;
    }
    if (status != MBP_OK && status != MBP_ERR_MISSING)
        return ctl_fail(command->ctl, status, "reading the journal for the reason");
    if (command->outcome.code != 0) {
        const struct mbp_telling by = ctl_telling(command->ctl);
        char sentence[256];
        ctl_error("%s", mbp_report_sentence(&by, &command->outcome, sentence, sizeof sentence));
    } else if (now->untold) {
        ctl_say("%s: asked for %s; no point of its unit shows its state\n", name, asked);
        return CTL_OK;
    } else if (status == MBP_ERR_MISSING) {
        ctl_error("%s stays %s: it was refused; its unit shows no journal that says why", name,
                  ctl_tr(mbp_state_name((enum mbp_state_code)now->state)));
    } else {
        ctl_error("%s stays %s, and the journal does not say why; mbplantctl journal shows it all", name,
                  ctl_tr(mbp_state_name((enum mbp_state_code)now->state)));
    }
    return CTL_FAILED;
}

/* How the machine is behind the scan that took the command in. Where no scan can be seen, until it is in another state:
 * as long as one may take to come. */
static enum mbp_status look_again(struct command *command, struct mbp_machine_view *now)
{
    const struct ctl *ctl = command->ctl;
    struct ctl_wait wait = ctl_wait_begin(ctl->plant, 1, ctl->options->target.timeout_ms);
    enum mbp_status status;
    do
        status = ctl_machine_read(command->ctl, command->machine, now);
    while (status == MBP_OK && !ctl_shows_scans(ctl->plant) && !now->untold && now->state == command->was &&
           ctl_wait_more(&wait));
    return status;
}

static enum ctl_exit ask(struct ctl *ctl, uint32_t machine, enum mbp_state_code to)
{
    const struct mbp_plant *plant = ctl->plant;
    const char *name = plant->machines[machine].name;
    struct ctl_link *link = ctl_link(ctl);
    if (link == NULL)
        return CTL_FAILED;
    uint8_t unit = ctl_machine_unit(plant, machine);
    struct command command = {.ctl = ctl, .machine = machine, .to = to};
    struct mbp_machine_view now;
    enum mbp_status status = ctl_summary_read(ctl, unit, &command.before);
    if (status == MBP_OK || status == MBP_ERR_MISSING) /* its unit may show no summary */
        status = ctl_machine_read(ctl, machine, &now);
    if (status != MBP_OK)
        return ctl_fail(ctl, status, name);
    command.was = (enum mbp_state_code)now.state;
    bool told = !now.untold;
    if (told && command.was == to) {
        ctl_say("%s is %s already\n", name, ctl_tr(mbp_state_name(to)));
        return CTL_OK;
    }
    uint16_t on = 1;
    int32_t coil = ctl_addr_of(plant, MBP_MAP_MACHINE_COILS, machine, MBP_WRITE_STATE, (unsigned)to);
    if (coil < 0) {
        ctl_no_place(name, ctl_tr(mbp_state_name(to)), MBP_COILS);
        return CTL_FAILED;
    }
    status = ctl_write(link, unit, MBP_COILS, (uint16_t)coil, 1, &on);
    if (status != MBP_OK)
        return ctl_fail(ctl, status, name);
    enum ctl_exit code = ctl_await_effect(ctl, name);
    if (code != CTL_OK)
        return code;
    if (ctl->pending || ctl->options->no_wait) {
        ctl_say("%s: asked for %s\n", name, ctl_tr(mbp_state_name(to)));
        return ctl_say_pending(ctl, name);
    }
    if (!told) {
        ctl_say("%s: asked for %s; no point of its unit shows its state\n", name, ctl_tr(mbp_state_name(to)));
        return CTL_OK;
    }
    status = look_again(&command, &now);
    return status == MBP_OK ? tell(&command, &now) : ctl_fail(ctl, status, name);
}

CTL_VERB(machine)
{
    const struct ctl_options *options = ctl->options;
    enum mbp_state_code state = MBP_EN_SERVICE;
    if (ctl_edit_is_meant(options))
        return ctl_edit_machine(ctl);
    if (options->argc > 2 || options->key_count > 0 || options->dry_run) {
        ctl_error("usage: mbplantctl machine NAME [STATE|history]; mbplantctl machine --help has more");
        return CTL_USAGE;
    }
    if (options->argc == 2 && strcasecmp(options->argv[1], "history") == 0)
        return ctl_history_print(ctl, MBP_WANT_MACHINE, options->argv[0]);
    if (options->argc == 2 && !ctl_state_find(options->argv[1], &state)) {
        ctl_error("machine: no state '%s'; it is en_service, en_panne or maintenance, or history", options->argv[1]);
        return CTL_USAGE;
    }
    const struct mbp_plant *plant = ctl_plant(ctl);
    if (plant == NULL)
        return CTL_FAILED;
    uint32_t machine = ctl_machine_find(plant, options->argv[0]);
    if (machine == UINT32_MAX)
        return CTL_USAGE;
    return options->argc == 2 ? ask(ctl, machine, state) : ctl_machine_show(ctl, machine);
}
