/* --print-config: what it prints loads to the same plant, and prints the same again. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plant_fixture.h"

static void assert_same_signal(const struct mbp_signal *a, const struct mbp_signal *b)
{
    for (unsigned s = 0; s < MBP_STATE_COUNT; s++) {
        assert_same_number(a->base[s], b->base[s]);
    }
    assert_int_equal(a->wave, b->wave);
    assert_same_number(a->wave_amplitude, b->wave_amplitude);
    assert_int_equal(a->wave_period_ns, b->wave_period_ns);
    assert_same_number(a->wave_phase, b->wave_phase);
    assert_same_number(a->integrate_gain, b->integrate_gain);
    assert_same_number(a->integrate_initial, b->integrate_initial);
    assert_int_equal(a->lag_ns, b->lag_ns);
    assert_int_equal(a->dead_time_ns, b->dead_time_ns);
    assert_same_number(a->wander_sigma, b->wander_sigma);
    assert_int_equal(a->wander_tau_ns, b->wander_tau_ns);
    assert_same_number(a->noise, b->noise);
    assert_string_equal(a->replay != NULL ? a->replay : "(none)", b->replay != NULL ? b->replay : "(none)");
    assert_string_equal(a->text != NULL ? a->text : "(none)", b->text != NULL ? b->text : "(none)");
}

static void assert_same_alarm(const struct mbp_alarm *a, const struct mbp_alarm *b)
{
    assert_same_number(a->deadband, b->deadband);
    assert_int_equal(a->delay_ns, b->delay_ns);
    assert_int_equal(a->off_delay_ns, b->off_delay_ns);
    assert_int_equal(a->priority, b->priority);
    assert_int_equal(a->suppress, b->suppress);
    assert_int_equal(a->latch, b->latch);
}

static void assert_same_alarms(const struct mbp_alarms *a, const struct mbp_alarms *b)
{
    for (unsigned i = 0; i < MBP_ALARM_COUNT; i++) {
        assert_same_alarm(&a->of[i], &b->of[i]);
    }
    assert_same_alarm(&a->common, &b->common);
    assert_same_number(a->rate_max, b->rate_max);
    assert_int_equal(a->rate_per_ns, b->rate_per_ns);
    assert_int_equal(a->bad_quality, b->bad_quality);
}

static void assert_same_sensor(const struct mbp_sensor *a, const struct mbp_sensor *b)
{
    assert_string_equal(a->name, b->name);
    assert_string_equal(a->label, b->label);
    assert_string_equal(a->unit_text, b->unit_text);
    assert_same_signal(a->signal, b->signal);
    assert_same_number(a->range[0], b->range[0]);
    assert_same_number(a->range[1], b->range[1]);
    for (unsigned limit = 0; limit < MBP_LIMIT_COUNT; limit++) {
        assert_same_number(a->limits[limit], b->limits[limit]);
    }
    assert_same_alarms(mbp_sensor_alarms(a), mbp_sensor_alarms(b));
    assert_int_equal(a->machine, b->machine);
    assert_int_equal(a->unit, b->unit);
    assert_int_equal(a->first_input, b->first_input);
    assert_int_equal(a->input_count, b->input_count);
    assert_same_number(a->reg.scale, b->reg.scale);
    assert_int_equal(a->reg.addr, b->reg.addr);
    assert_int_equal(a->reg.limits_addr, b->reg.limits_addr);
    assert_int_equal(a->reg.words, b->reg.words);
    assert_int_equal(a->reg.type, b->reg.type);
    assert_int_equal(a->reg.order, b->reg.order);
    assert_int_equal(a->kind, b->kind);
    assert_int_equal(a->trip, b->trip);
    assert_int_equal(a->priority, b->priority);
    assert_int_equal(a->inject, b->inject);
}

static void assert_same_machine(const struct mbp_machine *a, const struct mbp_machine *b)
{
    assert_string_equal(a->name, b->name);
    assert_string_equal(a->label, b->label);
    assert_int_equal(a->unit, b->unit);
    assert_int_equal(a->first_sensor, b->first_sensor);
    assert_int_equal(a->sensor_count, b->sensor_count);
    assert_int_equal(a->initial, b->initial);
    assert_int_equal(a->cycle_ns, b->cycle_ns);
    assert_same_number(a->reject, b->reject);
    assert_int_equal(a->maintenance_every_ns, b->maintenance_every_ns);
    assert_int_equal(a->maintenance_takes_ns, b->maintenance_takes_ns);
    assert_int_equal(a->maintenance_cycles, b->maintenance_cycles);
}

static void assert_same_block(const struct mbp_block *a, const struct mbp_block *b)
{
    assert_int_equal(a->at, b->at);
    assert_int_equal(a->count, b->count);
    assert_memory_equal(a->values, b->values, a->count * sizeof *a->values);
    assert_int_equal(a->writable, b->writable);
    assert_int_equal(a->has_min, b->has_min);
    assert_int_equal(a->has_max, b->has_max);
    assert_int_equal(a->min, b->min);
    assert_int_equal(a->max, b->max);
}

static void assert_same_unit(const struct mbp_unit *a, const struct mbp_unit *b)
{
    assert_string_equal(a->name, b->name);
    assert_int_equal(a->id, b->id);
    assert_int_equal(a->gaps, b->gaps);
    assert_int_equal(a->first_machine, b->first_machine);
    assert_int_equal(a->machine_count, b->machine_count);
    assert_int_equal(a->first_sensor, b->first_sensor);
    assert_int_equal(a->sensor_count, b->sensor_count);
    assert_memory_equal(&a->layout, &b->layout, sizeof a->layout);
    for (unsigned table = 0; table < MBP_TABLE_COUNT; table++) {
        assert_int_equal(a->block_count[table], b->block_count[table]);
        for (uint32_t i = 0; i < a->block_count[table]; i++) {
            assert_same_block(&a->blocks[table][i], &b->blocks[table][i]);
        }
    }
    assert_int_equal(a->file_count, b->file_count);
    for (uint32_t i = 0; i < a->file_count; i++) {
        assert_int_equal(a->files[i].number, b->files[i].number);
        assert_int_equal(a->files[i].count, b->files[i].count);
        assert_memory_equal(a->files[i].values, b->files[i].values, a->files[i].count * sizeof(uint16_t));
    }
    assert_int_equal(a->fifo_count, b->fifo_count);
    for (uint32_t i = 0; i < a->fifo_count; i++) {
        assert_int_equal(a->fifos[i].at, b->fifos[i].at);
        assert_int_equal(a->fifos[i].count, b->fifos[i].count);
        assert_true(a->fifos[i].count == 0 ||
                    memcmp(a->fifos[i].values, b->fifos[i].values, a->fifos[i].count * sizeof(uint16_t)) == 0);
    }
}

static void assert_same_server(const struct mbp_server_options *a, const struct mbp_server_options *b)
{
    assert_true(mbp_listens_same(&a->listen, &b->listen));
    assert_int_equal(a->max_connections, b->max_connections);
    assert_int_equal(a->frame_timeout_ns, b->frame_timeout_ns);
    assert_int_equal(a->serial_functions, b->serial_functions);
    assert_int_equal(a->per_client, b->per_client);
    assert_int_equal(a->idle_timeout_ns, b->idle_timeout_ns);
    assert_int_equal(a->access_count, b->access_count);
    for (uint32_t i = 0; i < a->access_count; i++) {
        assert_memory_equal(a->access[i].network, b->access[i].network, sizeof a->access[i].network);
        assert_int_equal(a->access[i].prefix_bits, b->access[i].prefix_bits);
        assert_int_equal(a->access[i].allow, b->access[i].allow);
        assert_int_equal(a->access[i].keep, b->access[i].keep);
        assert_int_equal(a->access[i].some_units, b->access[i].some_units);
        assert_memory_equal(a->access[i].units, b->access[i].units, sizeof a->access[i].units);
    }
    assert_int_equal(a->fault_count, b->fault_count);
    for (uint32_t i = 0; i < a->fault_count; i++) {
        const struct mbp_fault *one = &a->faults[i], *other = &b->faults[i];
        assert_string_equal(one->name, other->name);
        assert_int_equal(one->kind, other->kind);
        assert_int_equal(one->enabled, other->enabled);
        assert_int_equal(one->unit, other->unit);
        assert_int_equal(one->function, other->function);
        assert_int_equal(one->addr_first, other->addr_first);
        assert_int_equal(one->addr_last, other->addr_last);
        assert_int_equal(one->delay_ns, other->delay_ns);
        assert_int_equal(one->amount, other->amount);
        assert_same_number(one->probability, other->probability);
        assert_int_equal(one->count, other->count);
    }
}

static void assert_same_actuator(const struct mbp_actuator *a, const struct mbp_actuator *b)
{
    assert_string_equal(a->name, b->name);
    assert_string_equal(a->label, b->label);
    assert_string_equal(a->unit_text, b->unit_text);
    assert_int_equal(a->kind, b->kind);
    assert_int_equal(a->on_off, b->on_off);
    assert_same_number(a->range[0], b->range[0]);
    assert_same_number(a->range[1], b->range[1]);
    assert_same_number(a->initial, b->initial);
    assert_int_equal(a->travel_ns, b->travel_ns);
    assert_int_equal(a->machine, b->machine);
    assert_int_equal(a->unit, b->unit);
    assert_int_equal(a->reg.addr, b->reg.addr);
    assert_int_equal(a->reg.type, b->reg.type);
    assert_int_equal(a->reg.order, b->reg.order);
    assert_same_number(a->reg.scale, b->reg.scale);
    for (unsigned state = 0; state < MBP_STATE_COUNT; state++) {
        assert_same_number(a->fail[state], b->fail[state]);
    }
}

static void assert_same_faults(const struct mbp_plant *a, const struct mbp_plant *b)
{
    assert_int_equal(a->fault_count, b->fault_count);
    for (uint32_t i = 0; i < a->fault_count; i++) {
        const struct mbp_plant_fault *one = &a->faults[i], *other = &b->faults[i];
        assert_string_equal(one->name, other->name);
        assert_int_equal(one->effect.subject, other->effect.subject);
        assert_int_equal(one->effect.kind, other->effect.kind);
        assert_int_equal(one->effect.upscale, other->effect.upscale);
        assert_same_number(one->effect.amount, other->effect.amount);
        assert_int_equal(one->effect.over_ns, other->effect.over_ns);
        assert_int_equal(one->effect.after_ns, other->effect.after_ns);
        assert_int_equal(one->effect.duration_ns, other->effect.duration_ns);
        assert_int_equal(one->enabled, other->enabled);
        assert_int_equal(one->has_start, other->has_start);
        assert_int_equal(one->start_ns, other->start_ns);
        assert_int_equal(one->mttf_ns, other->mttf_ns);
        assert_int_equal(one->mttr_ns, other->mttr_ns);
    }
}

static void assert_same_plant(const struct mbp_plant *a, const struct mbp_plant *b)
{
    assert_string_equal(a->name, b->name);
    assert_int_equal(a->scan_ns, b->scan_ns);
    assert_true(a->seed == b->seed);
    assert_same_server(&a->server, &b->server);
    assert_int_equal(a->instructor, b->instructor);
    assert_int_equal(a->journal.keep_ns, b->journal.keep_ns);
    assert_int_equal(a->journal.max_bytes, b->journal.max_bytes);
    assert_string_equal(a->http_listen != NULL ? a->http_listen : "off",
                        b->http_listen != NULL ? b->http_listen : "off");
    for (unsigned i = 0; i < 7; i++) {
        const char *one = a->identity.object[i], *other = b->identity.object[i];
        assert_string_equal(one != NULL ? one : "(absent)", other != NULL ? other : "(absent)");
    }
    assert_same_faults(a, b);
    assert_int_equal(a->unit_count, b->unit_count);
    for (uint32_t i = 0; i < a->unit_count; i++) {
        assert_same_unit(&a->units[i], &b->units[i]);
    }
    assert_int_equal(a->machine_count, b->machine_count);
    for (uint32_t i = 0; i < a->machine_count; i++) {
        assert_same_machine(&a->machines[i], &b->machines[i]);
    }
    assert_int_equal(a->sensor_count, b->sensor_count);
    for (uint32_t i = 0; i < a->sensor_count; i++) {
        assert_same_sensor(&a->sensors[i], &b->sensors[i]);
    }
    assert_int_equal(a->actuator_count, b->actuator_count);
    for (uint32_t i = 0; i < a->actuator_count; i++) {
        assert_same_actuator(&a->actuators[i], &b->actuators[i]);
    }
    assert_int_equal(a->input_count, b->input_count);
    for (uint32_t i = 0; i < a->input_count; i++) {
        assert_int_equal(a->inputs[i].from, b->inputs[i].from);
        assert_same_number(a->inputs[i].gain, b->inputs[i].gain);
        assert_int_equal(a->inputs[i].lag_ns, b->inputs[i].lag_ns);
        assert_int_equal(a->inputs[i].dead_time_ns, b->inputs[i].dead_time_ns);
    }
}

/* Takes the plant. */
static void assert_round_trip(struct mbp_plant *plant)
{
    char *once = config_of(plant);
    struct mbp_plant *back = plant_of_text(once);
    assert_same_plant(plant, back);
    char *twice = config_of(back);
    assert_string_equal(once, twice);
    free(twice);
    free(once);
    mbp_plant_free(back);
    mbp_plant_free(plant);
}

static void test_print_of_a_file_with_every_key_loads_to_the_same_plant(void **state)
{
    (void)state;
    assert_round_trip(plant_of_file("all_keys.yaml"));
}

static void test_print_of_actuators_loads_to_the_same_plant(void **state)
{
    (void)state;
    assert_round_trip(plant_of_file("actuators.yaml"));
}

static void test_print_of_repeats_loads_to_the_same_plant(void **state)
{
    (void)state;
    assert_round_trip(plant_of_file("repeat.yaml"));
}

static void test_print_of_the_designs_example_loads_to_the_same_plant(void **state)
{
    (void)state;
    assert_round_trip(plant_of_file("design.yaml"));
}

static void test_print_of_the_plants_that_ship_loads_to_the_same_plant(void **state)
{
    (void)state;
    assert_round_trip(plant_of_config("hello.yaml"));
    assert_round_trip(plant_of_config("bottling.yaml"));
    assert_round_trip(plant_of_config("boiler.yaml"));
    assert_round_trip(plant_of_config("water.yaml"));
    assert_round_trip(plant_of_config("device.yaml"));
}

static void test_print_of_access_rules_faults_and_instructor_loads_to_the_same_plant(void **state)
{
    (void)state;
    assert_round_trip(plant_of_file("server.yaml"));
}

static void test_print_of_parameters_and_short_alarms_loads_to_the_same_plant(void **state)
{
    (void)state;
    assert_round_trip(plant_of_text("mbplant: 1\nunits:\n  - id: 1\n    repeat: 2\n"
                                    "    parameters: {\"UA{u}\": 40, \"null{u}\": -1.5e-9}\n"
                                    "    sensors: [{name: \"T{u}\", signal: {expr: \"UA{u}\"}}]\n"
                                    "    actuators: [{name: \"V{u}\"}]\n"
                                    "    alarms: [{frozen: \"T{u}\", for: 3s}, {mismatch: \"V{u}\", more_than: 0.1},\n"
                                    "      {name: \"L{u}\", loss_of_master: 10s}]\n"));
}

static void test_print_of_alarm_texts_loads_to_the_same_plant(void **state)
{
    (void)state;
    assert_round_trip(plant_of_text(
        ONE_SENSOR "{name: S, limits: {low: {at: 1, cause: '', message: 'a \"b\" \\'}, high: 9}, cause: c, action: "
                   "\"d: {e}, [f] #g\", bad_quality: {message: h}}\n"
                   "       alarms: [{name: X, when: 'S > 1', message: m, consequence: n}]\n"));
}

static void test_print_of_default_ranges_of_every_type_loads_to_the_same_plant(void **state)
{
    (void)state;
    for (unsigned type = 0; type < MBP_BOOL; type++) {
        for (unsigned scale = 0; scale < 6; scale++) {
            static const char *const scales[] = {"1", "0.1", "0.01", "0.3", "7", "1e-12"};
            char text[512];
            snprintf(text, sizeof text, ONE_SENSOR "{name: S, register: {type: %s, scale: %s}}",
                     mbp_type_name((enum mbp_type)type), scales[scale]);
            assert_round_trip(plant_of_text(text));
        }
    }
}

static void test_print_of_a_name_that_yaml_takes_for_nothing_is_quoted(void **state)
{
    (void)state;
    assert_round_trip(plant_of_text(ONE_SENSOR "{name: 'null', label: '~', signal: {inputs: [{from: 'null'}]}}"));
}

static void test_print_makes_defaults_and_addresses_explicit(void **state)
{
    (void)state;
    struct mbp_plant *plant = plant_of_text(ONE_SENSOR "{name: S, max: 85}");
    char *config = config_of(plant);
    const char *machine_map = "# coils of machines: coils 0..5, bits of machines: discrete inputs 4000..4002, words of "
                              "machines: input registers 100..115, upkeep of machines: input registers 9000..9015\n";
    const char *sensor_map =
        "# forced: coil 1000, shelved: coil 2000, acknowledge: coil 3000, reset: coil 4000, out_of_service: coil 7000, "
        "bits of sensors: discrete inputs 0..7, alarm bits: discrete inputs 6000..6005, limits: holding registers "
        "1000..1003, shelving: holding register 5000, float32: input registers 1000..1001, states of alarms: input "
        "registers 10000..10003";
    const char *lines[] = {"scan: 100ms\n",
                           "seed: 1\n",
                           "    gaps: error\n",
                           "        state: en_service\n",
                           "            kind: generic\n",
                           "            range: [-32768, 32767]\n",
                           "            limits: {high: 85}\n",
                           "            trip: [high]\n",
                           "            priority: medium\n",
                           "            register: {at: 0, type: int16, scale: 1, order: ABCD}\n",
                           "            inject: hold\n",
                           machine_map,
                           sensor_map};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        assert_non_null(strstr(config, lines[i]));
    }
    free(config);
    mbp_plant_free(plant);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_print_of_alarm_texts_loads_to_the_same_plant),
        cmocka_unit_test(test_print_of_a_file_with_every_key_loads_to_the_same_plant),
        cmocka_unit_test(test_print_of_actuators_loads_to_the_same_plant),
        cmocka_unit_test(test_print_of_repeats_loads_to_the_same_plant),
        cmocka_unit_test(test_print_of_the_designs_example_loads_to_the_same_plant),
        cmocka_unit_test(test_print_of_the_plants_that_ship_loads_to_the_same_plant),
        cmocka_unit_test(test_print_of_parameters_and_short_alarms_loads_to_the_same_plant),
        cmocka_unit_test(test_print_of_access_rules_faults_and_instructor_loads_to_the_same_plant),
        cmocka_unit_test(test_print_of_default_ranges_of_every_type_loads_to_the_same_plant),
        cmocka_unit_test(test_print_of_a_name_that_yaml_takes_for_nothing_is_quoted),
        cmocka_unit_test(test_print_makes_defaults_and_addresses_explicit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
