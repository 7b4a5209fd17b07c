/* The cases: requests that any slave may be asked, and what the specification says of their answers. The specification
 * is the MODBUS Application Protocol Specification V1.1b3; MG the Messaging on TCP/IP Implementation Guide V1.0b. */
#include "conform/conform.h"

/* Of each of the four functions that read: f, its letter, its word and the limits of one request. */
#define READS(f, name, T, is, few, most, beyond, clause, figure)                                                       \
    {name "_1", clause, T "1", f " " T "0 0001", is " 1", CONFORM_BASIC},                                              \
        {name "_several", clause, T few, f " " T "0 000a", is " 10", 0},                                               \
        {name "_last", clause, T "1", f " " T "e 0001", is " 1", 0},                                                   \
        {name "_most", clause, T most, f " " T "0 " beyond, is " " most, 0},                                           \
        {name "_none", figure, T "1", f " " T "0 0000", "x03", 0},                                                     \
        {name "_too_many", figure, T "1", f " " T "0 7fff", "x03", 0},                                                 \
        {name "_65535", figure, T "1", f " " T "0 ffff", "x03", 0},                                                    \
        {name "_beyond_the_end", figure, T "e", f " " T "e 0002", "x02", 0},                                           \
        {name "_most_beyond_the_end", figure, T "e", f " " T "e " beyond, "x02", 0},                                   \
        {name "_round_the_end", figure, T "1", f " ffff 0002", "x02", 0},                                              \
        {name "_not_there", figure, T "x", f " " T "x 0001", "x02", 0},                                                \
        {name "_function_alone", "7 code 03", T "1", f, "x03", CONFORM_CHOICE},                                        \
        {name "_a_byte_short", "7 code 03", T "1", f " " T "0 00", "x03", CONFORM_CHOICE},                             \
    {                                                                                                                  \
        name "_a_byte_long", "7 code 03", T "1", f " " T "0 0001 00", "x03", CONFORM_CHOICE                            \
    }

#define FOUR                                                                                                           \
    "0001 0000 0006 U 03 H0 0001 0002 0000 0006 U 03 H0 0001 0003 0000 0006 U 03 H0 0001 0004 0000 0006 U 03 H0 0001"
#define FOUR_ "0001 words 1 ; 0002 words 1 ; 0003 words 1 ; 0004 words 1"

#define W CONFORM_WRITE

const struct conform_case conform_cases[] = {
    /* ---- reading ---- */
    READS("01", "read_coils", "C", "bits", "10", "2000", "07d0", "6.1", "Fig.11"),
    {"read_coils_2001", "Fig.11", "C1", "01 C0 07d1", "x03", 0},
    READS("02", "read_discrete_inputs", "D", "bits", "10", "2000", "07d0", "6.2", "Fig.12"),
    {"read_discrete_inputs_2001", "Fig.12", "D1", "02 D0 07d1", "x03", 0},
    READS("03", "read_holding_registers", "H", "words", "10", "125", "007d", "6.3", "Fig.13"),
    {"read_holding_registers_126", "Fig.13", "H1", "03 H0 007e", "x03", 0},
    READS("04", "read_input_registers", "I", "words", "10", "125", "007d", "6.4", "Fig.14"),
    {"read_input_registers_126", "Fig.14", "I1", "04 I0 007e", "x03", 0},

    /* ---- writing ---- */
    {"write_coil", "6.5", "C1", "05 C0 C0^ ; 01 C0 0001 ; 05 C0 C0=", "echo ; = 01 01 C0! ; echo", W | CONFORM_BASIC},
    {"write_coil_value_0001", "Fig.15", "C1", "05 C0 0001", "x03", W},
    {"write_coil_value_ff01_changes_nothing", "6.5", "C1", "05 C0 ff01 ; 01 C0 0001", "x03 ; = 01 01 C0b", W},
    {"write_coil_not_there", "Fig.15", "Cx", "05 Cx ff00", "x02", W},
    {"write_coil_a_byte_short", "7 code 03", "C1", "05 C0 ff", "x03", W | CONFORM_CHOICE},
    {"write_register", "6.6", "H1", "06 H0 H0^ ; 03 H0 0001 ; 06 H0 H0=", "echo ; = 03 02 H0^ ; echo",
     W | CONFORM_BASIC},
    {"write_register_not_there", "Fig.16", "Hx", "06 Hx 0001", "x02", W},
    {"write_register_two_bytes_long", "7 code 03", "H1", "06 H0 H0= 0000", "x03", W | CONFORM_CHOICE},
    {"write_coils_1", "6.11", "C1", "0f C0 0001 01 C0! ; 01 C0 0001 ; 0f C0 0001 01 C0b", "head ; = 01 01 C0! ; head",
     W | CONFORM_BASIC},
    {"write_coils_none", "Fig.21", "C1", "0f C0 0000 00", "x03", W},
    {"write_coils_1969", "Fig.21", "C1", "0f C0 07b1 f7 z247", "x03", W},
    {"write_coils_too_few_bytes", "Fig.21", "C10", "0f C0 000a 01 ff", "x03", W},
    {"write_coils_beyond_the_end", "Fig.21", "Ce", "0f Ce 0002 01 03", "x02", W},
    {"write_coils_round_the_end", "Fig.21", "C1", "0f ffff 0002 01 03", "x02", W},
    {"write_registers", "6.12", "H2",
     "10 H0 0002 04 H0^ H1^ ; 03 H0 0002 ; 10 H0 0002 04 H0= H1=", "head ; = 03 04 H0^ H1^ ; head", W | CONFORM_BASIC},
    {"write_registers_none", "Fig.22", "H1", "10 H0 0000 00", "x03", W},
    {"write_registers_too_few_bytes", "Fig.22", "H2", "10 H0 0002 02 H0=", "x03", W},
    {"write_registers_fewer_bytes_than_said", "Fig.22", "H1", "10 H0 0001 ff H0=", "x03", W},
    {"write_registers_beyond_the_end_changes_nothing", "Fig.22", "He", "10 He 0002 04 0001 0002 ; 03 He 0001",
     "x02 ; = 03 02 He=", W},
    {"mask_write_changes_nothing", "6.16", "H1", "16 H0 ffff 0000 ; 03 H0 0001",
     "echo ; = 03 02 H0=", W | CONFORM_BASIC},
    {"mask_write_takes_the_other_mask", "6.16", "H1",
     "16 H0 0000 H0^ ; 03 H0 0001 ; 16 H0 0000 H0=", "echo ; = 03 02 H0^ ; echo", W},
    {"mask_write_not_there", "Fig.26", "Hx", "16 Hx ffff 0000", "x02", W},
    {"mask_write_a_byte_long", "7 code 03", "H1", "16 H0 ffff 0000 00", "x03", W | CONFORM_CHOICE},
    {"read_write_writes_first", "6.17", "H1",
     "17 H0 0001 H0 0001 02 H0^ ; 17 H0 0001 H0 0001 02 H0=", "= 17 02 H0^ ; = 17 02 H0=", W | CONFORM_BASIC},
    {"read_write_reads_none", "Fig.27", "H1", "17 H0 0000 H0 0001 02 H0=", "x03", W},
    {"read_write_reads_126", "Fig.27", "H1", "17 H0 007e H0 0001 02 H0=", "x03", W},
    {"read_write_writes_122", "Fig.27", "H1", "17 H0 0001 H0 007a 02 H0=", "x03", W},
    {"read_write_too_few_bytes", "Fig.27", "H2", "17 H0 0001 H0 0002 02 H0=", "x03", W},
    {"read_write_reads_not_there", "Fig.27", "H1 Hx", "17 Hx 0001 H0 0001 02 H0=", "x02", W},
    {"read_write_writes_not_there", "Fig.27", "H1 Hx", "17 H0 0001 Hx 0001 02 0001", "x02", W},
    {"write_file_byte_count_8", "6.15", "", "15 08 06 0001 0000 0001 11", "x03", W | CONFORM_BASIC},
    {"write_file_fewer_words_than_said", "6.15", "", "15 09 06 0001 0000 0002 1111", "x03", W},

    /* ---- files, queues, identification, diagnostics ---- */
    {"read_file", "6.14", "", "14 07 06 0001 0000 0001", "any", CONFORM_BASIC},
    {"read_file_byte_count_6", "Fig.24", "", "14 06 06 0001 0000 00", "x03", 0},
    {"read_file_byte_count_246", "Fig.24", "", "14 f6 06 0001 0000 0001 z239", "x03", 0},
    {"read_file_record_10000", "Fig.24", "", "14 07 06 0001 2710 0001", "x02", 0},
    {"read_queue", "6.18", "H1", "18 H0", "any", CONFORM_BASIC},
    {"read_queue_a_byte_short", "7 code 03", "H1", "18 00", "x03", CONFORM_CHOICE},
    {"identification_basic", "6.21", "", "2b 0e 01 00", "id", CONFORM_BASIC},
    {"identification_basic_continued_from_unknown", "6.21", "", "2b 0e 01 55", "id", 0},
    {"identification_extended_at_its_own_level", "6.21", "", "2b 0e 03 00", "id", 0},
    {"identification_object_unknown", "Fig.30", "", "2b 0e 04 7f", "x02", 0},
    {"identification_code_00", "Fig.30", "", "2b 0e 00 00", "x03", 0},
    {"identification_code_05", "Fig.30", "", "2b 0e 05 00", "x03", 0},
    {"identification_a_byte_short", "7 code 03", "", "2b 0e 01", "x03", CONFORM_CHOICE},
    {"mei_type_15", "Annex A", "", "2b 0f 00 00", "x01", 0},
    {"exception_status", "6.7", "", "07", "any", CONFORM_BASIC},
    {"diagnostics_returns_the_query", "6.8", "", "08 0000 a537", "echo", CONFORM_BASIC},
    {"diagnostics_subfunction_reserved", "6.8", "", "08 0016 0000", "x01 x03", 0},
    {"event_counter", "6.9", "", "0b", "any", CONFORM_BASIC},
    {"event_log", "6.10", "", "0c", "any", CONFORM_BASIC},
    {"server_id", "6.13", "", "11", "any", CONFORM_BASIC},

    /* ---- functions that are none ---- */
    {"function_0", "4.1", "", "00 0000 0001", "x01", 0},
    {"function_9", "7 code 01", "", "09 0000 0001", "x01", 0},
    {"function_19", "7 code 01", "", "13 0000 0001", "x01", 0},
    {"function_42", "7 code 01", "", "2a 0000 0001", "x01", 0},
    {"function_90", "7 code 01", "", "5a 0000 0001", "x01", 0},
    {"function_127", "7 code 01", "", "7f 0000 0001", "x01", 0},
    {"function_128", "4.1", "", "80 0000 0001", "x01", CONFORM_CHOICE},
    {"function_131", "4.1", "", "83 0000 0001", "x01", CONFORM_CHOICE},

    /* ---- frames ---- */
    {"transaction_0000_comes_back", "MG 4.4.2.5", "H1", "0000 0000 0006 U 03 H0 0001", "0000 words 1", CONFORM_RAW},
    {"transaction_ffff_comes_back", "MG 4.4.2.5", "H1", "ffff 0000 0006 U 03 H0 0001", "ffff words 1", CONFORM_RAW},
    {"transaction_used_twice", "MG 4.4.2.5", "H1", "0007 0000 0006 U 03 H0 0001 | 0007 0000 0006 U 03 H0 0001",
     "0007 words 1 ; 0007 words 1", CONFORM_RAW},
    {"two_requests_in_one_segment", "MG 4.4.2.1", "H1", "0001 0000 0006 U 03 H0 0001 0002 0000 0006 U 03 H0 0001",
     "0001 words 1 ; 0002 words 1", CONFORM_RAW},
    {"four_requests_in_one_segment", "MG 4.4.2.1", "H1", FOUR, FOUR_, CONFORM_RAW},
    {"header_in_two_segments", "MG 3.1.2", "H1", "0001 00 | 00 0006 U 03 H0 0001", "0001 words 1", CONFORM_RAW},
    {"each_byte_by_itself", "MG 3.1.2", "H1", "00 | 01 | 00 | 00 | 00 | 06 | U | 03 H0 00 | 01", "0001 words 1",
     CONFORM_RAW},
    {"request_and_a_half_in_one_segment", "MG 3.1.2", "H1",
     "0001 0000 0006 U 03 H0 0001 0002 0000 00 | 06 U 03 H0 0001", "0001 words 1 ; 0002 words 1", CONFORM_RAW},
    {"request_after_an_exception", "MG 4.4.2.5", "H1", "0001 0000 0006 U 03 H0 0000 | 0002 0000 0006 U 03 H0 0001",
     "0001 x03 ; 0002 words 1", CONFORM_RAW},
    {"request_after_an_unknown_function", "7 code 01", "H1",
     "0001 0000 0009 U 2c 0102 0304 0506 07 | 0002 0000 0006 U 03 H0 0001", "0001 x01 ; 0002 words 1", CONFORM_RAW},
    {"other_protocol_is_discarded", "MG 4.4.2.2", "H1", "0001 0001 0006 U 03 H0 0001 | 0002 0000 0006 U 03 H0 0001",
     "0002 words 1", CONFORM_RAW},
    {"unit_255_is_answered", "MG 4.4.1.2", "H1", "0001 0000 0006 ff 03 H0 0001", "0001 words 1",
     CONFORM_RAW | CONFORM_CHOICE},
    {"length_255_ends_the_connection", "4.1", "", "0001 0000 00ff U 03 0000 0001", "closed",
     CONFORM_RAW | CONFORM_CHOICE},
    {"length_1_ends_the_connection", "MG 3.1.3", "", "0001 0000 0001 U | 0002 0000 0006 U 03 0000 0001", "closed",
     CONFORM_RAW | CONFORM_CHOICE},
    {"http_gets_no_answer", "MG 3.1.3", "", "474554202f20485454502f312e310d0a486f73743a20780d0a0d0a", "silent",
     CONFORM_RAW | CONFORM_CHOICE},
    {"tls_gets_no_answer", "MG 3.1.3", "", "1603010200010001fc0303", "silent", CONFORM_RAW | CONFORM_CHOICE},
    {"slave_still_answers", "MG 3.1.3", "H1", "0001 0000 0006 U 03 H0 0001", "0001 words 1", CONFORM_RAW},
};

const size_t conform_case_count = sizeof conform_cases / sizeof conform_cases[0];
