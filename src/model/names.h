/* names: the words of a plant file for our enums, and what a master calls an address. */
#ifndef MBP_PLANT_NAMES_H
#define MBP_PLANT_NAMES_H

#include "mbplant/plant.h"
#include "words.h"

extern const struct mbp_words mbp_state_words, mbp_limit_words, mbp_alarm_words, mbp_type_words_list, mbp_order_words,
    mbp_inject_words, mbp_priority_words, mbp_kind_words, mbp_wave_words, mbp_input_function_words, mbp_table_words,
    mbp_access_words, mbp_gaps_words, mbp_allow_words, mbp_wire_fault_words, mbp_actuator_kind_words, mbp_action_words,
    mbp_mode_words, mbp_effect_words, mbp_shows_words, mbp_absent_words, mbp_refuse_words, mbp_overflow_words,
    mbp_byte_words, mbp_point_access_words, mbp_controller_type_words, mbp_role_words, mbp_interlock_action_words;

enum mbp_access { MBP_ACCESS_READ, MBP_ACCESS_READ_WRITE, MBP_ACCESS_WRITE };

#endif
