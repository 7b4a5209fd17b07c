/* The table of an alarm's transitions: each cell as the diagram of the standard has it, written down a second time. */
#include "bench.h"

#include <string.h>

/* A state's letter in the diagram, then what is told: r raised, c cleared, a acknowledged, s reset, g again. "-" leads
 * back to what is without this suppression, "k" leaves the input to the state that was kept. */
static const char *const inputs[MBP_ALARM_INPUT_COUNT] = {"raise",    "clear",      "clear latch", "acknowledge",
                                                          "reset",    "again",      "shelve",      "unshelve",
                                                          "suppress", "unsuppress", "remove",      "return"};
static const char *const cells[MBP_ALARM_STATE_COUNT][MBP_ALARM_INPUT_COUNT] = {
    /*            raise clear latch ack   reset again shelve unsh  supp  unsup rem   ret */
    /* A */ {"Br", "A", "A", "A", "A", "A", "G", "A", "H", "A", "I", "A"},
    /* B */ {"B", "Dc", "Ec", "Ca", "B", "B", "G", "B", "H", "B", "I", "B"},
    /* C */ {"C", "Ac", "Fc", "C", "C", "Bg", "G", "C", "H", "C", "I", "C"},
    /* D */ {"Br", "D", "D", "Aa", "D", "D", "G", "D", "H", "D", "I", "D"},
    /* E */ {"Br", "E", "E", "Fa", "Ds", "E", "G", "E", "H", "E", "I", "E"},
    /* F */ {"Br", "F", "F", "F", "As", "F", "G", "F", "H", "F", "I", "F"},
    /* G */ {"G", "k", "k", "G", "G", "G", "G", "-", "H", "G", "I", "G"},
    /* H */ {"H", "k", "k", "H", "H", "H", "H", "H", "H", "-", "I", "H"},
    /* I */ {"I", "k", "k", "I", "I", "I", "I", "I", "I", "I", "I", "-"},
};

static const char *show(struct mbp_alarm_transition transition, char *buf)
{
    size_t len = 0;
    buf[len++] = transition.next == MBP_ALARM_BACK   ? '-'
                 : transition.next == MBP_ALARM_KEPT ? 'k'
                                                     : (char)('A' + transition.next);
    switch (transition.emits) {
    case 0:
        break;
    case MBP_EV_ALARM_RAISED:
        buf[len++] = 'r';
        break;
    case MBP_EV_ALARM_CLEARED:
        buf[len++] = 'c';
        break;
    case MBP_EV_ALARM_ACKNOWLEDGED:
        buf[len++] = 'a';
        break;
    case MBP_EV_ALARM_RESET:
        buf[len++] = 's';
        break;
    case MBP_EV_ALARM_AGAIN:
        buf[len++] = 'g';
        break;
    default:
        buf[len++] = '?';
    }
    buf[len] = '\0';
    return buf;
}

static void test_table_has_in_every_cell_what_the_diagram_has(void **state)
{
    (void)state;
    for (unsigned from = 0; from < MBP_ALARM_STATE_COUNT; from++) {
        for (unsigned input = 0; input < MBP_ALARM_INPUT_COUNT; input++) {
            char is[4];
            show(mbp_alarm_transition((enum mbp_alarm_state)from, (enum mbp_alarm_input)input), is);
            if (strcmp(is, cells[from][input]) != 0)
                fail_msg("%c on %s: %s, and should be %s", 'A' + from, inputs[input], is, cells[from][input]);
        }
    }
}

/* Whatever happens but an acknowledgement, who waits for one goes on to wait. */
static void test_table_loses_no_unacknowledged_alarm(void **state)
{
    (void)state;
    static const bool waits[MBP_ALARM_STATE_COUNT] = {
        [MBP_ALARM_UNACKNOWLEDGED] = true, [MBP_ALARM_RETURNED] = true, [MBP_ALARM_LATCHED_UNACKNOWLEDGED] = true};
    for (unsigned from = 0; from < MBP_ALARM_SHELVED; from++) {
        for (unsigned input = 0; input < MBP_ALARM_SHELVE; input++) {
            struct mbp_alarm_transition transition =
                mbp_alarm_transition((enum mbp_alarm_state)from, (enum mbp_alarm_input)input);
            assert_true(transition.next < MBP_ALARM_SHELVED);
            if (input != MBP_ALARM_ACKNOWLEDGE)
                assert_true(!waits[from] || waits[transition.next]);
            else
                assert_false(waits[transition.next]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table_has_in_every_cell_what_the_diagram_has),
        cmocka_unit_test(test_table_loses_no_unacknowledged_alarm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
