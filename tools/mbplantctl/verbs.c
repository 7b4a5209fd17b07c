/* The verbs: name, handler, arguments, help, examples. */
#include <string.h>

#include "ctl.h"

#define ANY     CTL_ARGUMENTS_MAX
#define TEXT    (1u << MBP_FORMAT_TEXT)
#define TABLES  (TEXT | 1u << MBP_FORMAT_MARKDOWN | 1u << MBP_FORMAT_JSON | 1u << MBP_FORMAT_CSV)
#define REPORTS (TABLES | 1u << MBP_FORMAT_HTML)
#define LINES   (TEXT | 1u << MBP_FORMAT_CSV | 1u << MBP_FORMAT_JSONL)
#define CONFORM (TABLES | 1u << MBP_FORMAT_JUNIT)
#define READING (TEXT | 1u << MBP_FORMAT_JSON | 1u << MBP_FORMAT_CSV)

/* What each does: CTL_VERB(NAME) in its file. */
// clang-format off
#define VERBS(V) \
    V(ack) V(alarms) V(bypass) V(completion) V(conform) V(database) V(exercise) V(explain) V(export) V(force) \
    V(in_service) V(incidents) V(interlocks) V(journal) V(learn) V(machine) V(map) V(mqtt) V(note) V(open) \
    V(out_of_service) V(plant) V(read) V(release) V(report) V(reset) V(sensor) V(shelve) V(sim) V(status) \
    V(unbypass) V(unshelve) V(wait) V(watch) V(work) V(write)
// clang-format on
#define DECLARE(name) enum ctl_exit ctl_run_##name(struct ctl *ctl);
VERBS(DECLARE)

const struct ctl_verb ctl_verbs[] = {
    {"map", ctl_run_map, 0, 1, CTL_OPT_FORMAT | CTL_OPT_ALL, TABLES, "[NAME]",
     "the register map, with the mbpoll command of each point",
     "Values and states of machines; --all lists every point there is. A terminal gets the columns that it has room "
     "for.\n"
     "NAME shows one machine with its sensors, one sensor, one point, or one table (holding_registers, ...).\n"
     "ADDRESS is what stands in the frame, from 0; REFERENCE is how handbooks write it, from 1 with the table in "
     "front.\n"
     "CSV and JSON have labels, offsets, ranges, limits in use, files and queues too.\n",
     "  mbplantctl map\n"
     "  mbplantctl map TT101\n"
     "  mbplantctl map --all\n"
     "  mbplantctl --plant config/bottling.yaml map --format csv     without a slave\n"},
    {"status", ctl_run_status, 0, 0, CTL_OPT_ALL | CTL_OPT_FORMAT, TEXT | 1u << MBP_FORMAT_JSON, "",
     "the plant on one screen",
     "FOR (WALL) is the machine's own time here; what runs faster or slower is simulated time. Of many sensors only "
     "those in alarm, forced, shelved or of bad quality; --all shows every one.\n",
     "  mbplantctl status\n"
     "  mbplantctl status --format json | jq '.sensors[] | select(.forced)'\n"
     "  mbplantctl -H 192.168.1.20 status\n"},
    {"watch", ctl_run_watch, 0, 0, CTL_OPT_WATCH, TEXT, "", "the plant live, on the whole terminal",
     "Machines, sensors with a bar of their value, alarms and events. Enter opens a menu of all that can be done: add "
     "and\n"
     "remove machines and sensors, limits, alarms and interlocks, maintenance work, incidents, notes, journal and "
     "report;\n"
     "each line is a verb of mbplantctl and shows it. ? lists the keys for who does it often. Where the output is no "
     "terminal (or TERM=dumb): what status prints, once,\n"
     "and then a line for each machine, alarm and event that changes. A slave that goes away is waited for.\n",
     "  mbplantctl watch\n"
     "  mbplantctl watch --interval 500ms\n"
     "  mbplantctl watch | tee -a shift.log\n"},
    {"open", ctl_run_open, 0, 0, 0, TEXT, "", "the plant's page in the browser",
     "Prints the page's address, and opens it with $BROWSER or xdg-open where there is a desktop.\n",
     "  mbplantctl open\n"
     "  mbplantctl -H 192.168.1.20 open\n"},
    {"mqtt", ctl_run_mqtt, 1, 1, 0, TEXT, "test", "why no data comes from the broker",
     "Tells which broker the plant file names, what mbplantd says of it, and whether the plant's data comes from there "
     "to\n"
     "this machine. A broker that wants TLS or a user is not tried from here.\n",
     "  mbplantctl mqtt test\n"},
    {"read", ctl_run_read, 1, ANY, CTL_OPT_FORMAT | CTL_OPT_RAW, READING, "POINT..", "what stands in points",
     "POINT is a sensor (TT101), an alarm of it (TT101.high) and that one's limit (TT101.high.limit), a machine "
     "(FILL1)\n"
     "or a part of it (FILL1.good), any other name of the map, or a raw address of unit -u:\n"
     "TABLE:ADDRESS[-LAST][:TYPE[:ORDER]] with the table hr, ir, coil or di and the address from 0 (0x10 is\n"
     "hexadecimal), or a reference from 1: 40001, 30001, 10001, 1.\n",
     "  mbplantctl read TT101 TT101.high.limit FILL1\n"
     "  mbplantctl read hr:0-9\n"
     "  mbplantctl -u 2 read hr:4:float32:CDAB 40005:float32:CDAB     the same twice\n"
     "  mbplantctl read TT101 --format json\n"},
    {"write", ctl_run_write, 2, ANY, CTL_OPT_EFFECT, TEXT, "POINT VALUE", "a value, a limit or a coil",
     "A sensor's value is an injection: it is held until it is released. A limit takes off too, a coil on and off.\n"
     "A raw address of the form of read takes several values, which go out in one request.\n",
     "  mbplantctl write TT101 92.3\n"
     "  mbplantctl write TT101.high.limit 80\n"
     "  mbplantctl write TT101.high_high.limit off\n"
     "  mbplantctl write hr:100 1 2 3\n"
     "  mbplantctl write coil:1000 off\n"},
    {"force", ctl_run_force, 2, 2, CTL_OPT_EFFECT, TEXT, "SENSOR|POINT|ADDRESS VALUE",
     "hold a sensor or any point at a value",
     "A sensor is written, as any master does it. What no master writes is held by the instructor's unit, which needs\n"
     "`instructor: true` in the plant file: an actuator goes there, a named point is so for all who read it, any "
     "other\n"
     "address (TABLE:ADDRESS as of read) as masters read it. What is written there meanwhile counts beneath.\n",
     "  mbplantctl force TT101 92.3\n"
     "  mbplantctl force LT102 -5\n"
     "  mbplantctl force input:7 42\n"
     "  mbplantctl force discrete:3 1\n"},
    {"release", ctl_run_release, 1, 1, CTL_OPT_EFFECT, TEXT, "SENSOR|MACHINE|POINT|ADDRESS|all",
     "let what is held show the process again", "",
     "  mbplantctl release TT101\n"
     "  mbplantctl release input:0\n"
     "  mbplantctl release all\n"},
    {"machine", ctl_run_machine, 1, ANY, CTL_OPT_EDIT | CTL_OPT_EFFECT, TEXT,
     "NAME [STATE|history] | add|remove|set NAME ..", "show a machine, ask it for a state; add, remove or change one",
     "STATE is en_service, en_panne or maintenance. The answer is what the machine did; where it refused, why. history "
     "is\n"
     "its incidents and its work, done and to be done.\n"
     "add NAME --unit ID [--KEY VALUE..], remove NAME and set NAME KEY VALUE.. edit the slave's plant file, comments "
     "kept,\n"
     "and put it (see plant --help). An empty VALUE takes the key away.\n",
     "  mbplantctl machine FILL1\n"
     "  mbplantctl machine FILL1 maintenance\n"
     "  mbplantctl machine add PACK1 --unit 1 --label 'Case packer' --cycle '{time: 9s, reject: 1%}'\n"
     "  mbplantctl machine set PACK1 cycle.time 8s\n"
     "  mbplantctl machine remove PACK1 --dry-run\n"},
    {"sensor", ctl_run_sensor, 2, ANY, CTL_OPT_EDIT, TEXT, "add|remove|set NAME ..", "add, remove or change a sensor",
     "add MACHINE|UNIT NAME [--KEY VALUE..], remove NAME and set NAME KEY VALUE.. edit the slave's plant file, "
     "comments "
     "kept,\n"
     "and put it (see plant --help). KEY is one of the plant file, with dots into groups: max, limits.high, "
     "signal.noise. "
     "An\n"
     "empty VALUE takes the key away.\n",
     "  mbplantctl sensor add FILL1 TT109 --kind temperature --unit °C --range '[0, 150]' --max 80 --signal.base 40\n"
     "  mbplantctl sensor set TT109 max 85 signal.noise 0.5\n"
     "  mbplantctl sensor set TT109 max 85 --dry-run\n"
     "  mbplantctl sensor remove TT109\n"},
    {"wait", ctl_run_wait, 1, 4, CTL_OPT_WAIT, TEXT, "POINT|ADDRESS|MACHINE [=|<|>|..] [VALUE]",
     "until a value or a machine is as wanted, for scripts",
     "Without VALUE until the point is on. VALUE is a number, on, off, active or normal; of a machine its state; of a\n"
     "text the text. Looks four times a scan. Exit code 1 when it is not so within the time (wall time, 30s).\n",
     "  mbplantctl wait TT101.high\n"
     "  mbplantctl wait 'TT101 > 80' --within 2min\n"
     "  mbplantctl wait FILL1 en_panne --within 10s && echo it has tripped\n"
     "  mbplantctl -H 192.168.1.30 wait 'hr:100 >= 5'     # of any slave\n"},
    {"alarms", ctl_run_alarms, 0, 1, CTL_OPT_FORMAT | CTL_OPT_ALL | CTL_OPT_HIDDEN, TABLES, "[ALARM|SENSOR|MACHINE]",
     "active alarms and those that wait; or all of one",
     "Of alarms that are shelved, suppressed by design or out of service those whose value is beyond; --all lists "
     "every\n"
     "alarm there is with its state; --hidden those that are hidden, with the time that is left, who hid them and why. "
     "By\n"
     "priority, then the newest; SINCE is when it was raised last. Of a name every alarm, with the likely cause, the\n"
     "consequence and what to do as the plant file says.\n",
     "  mbplantctl alarms\n"
     "  mbplantctl alarms TT101.high\n"
     "  mbplantctl alarms --all\n"
     "  mbplantctl alarms --hidden\n"
     "  mbplantctl alarms --format json\n"},
    {"database", ctl_run_database, 0, 1, CTL_OPT_EDIT, 1u << MBP_FORMAT_CSV, "[FILE]",
     "the alarm database as CSV; or FILE back into the plant file",
     "A row an alarm of the plant file: limit, priority, delays, suppression, and what people are told of it. FILE (- "
     "is "
     "standard\n"
     "input) may have fewer rows and columns, but `alarm`; what is different is edited in the slave's plant file, all "
     "or\n"
     "nothing, and put (see plant --help). Columns alarm to trips say which alarm it is and are not changed by it. "
     "--dry-run\n"
     "says what would change. Cells that programs for tables would take for formulas begin with an apostrophe.\n",
     "  mbplantctl database > alarms.csv\n"
     "  mbplantctl --plant config/bottling.yaml database     without a slave\n"
     "  mbplantctl database alarms.csv --dry-run\n"
     "  mbplantctl database alarms.csv\n"},
    {"ack", ctl_run_ack, 1, 1, CTL_OPT_EFFECT, TEXT, "ALARM|SENSOR|MACHINE|all", "acknowledge alarms",
     "Of a sensor, of all sensors of a machine, or all there are. What is hidden is not acknowledged: it waits until "
     "it "
     "is\n"
     "shown again. TT101.high is that alarm alone.\n",
     "  mbplantctl ack TT101\n"
     "  mbplantctl ack TT101.high\n"
     "  mbplantctl ack FILL1\n"
     "  mbplantctl ack all\n"},
    {"reset", ctl_run_reset, 1, 1, CTL_OPT_EFFECT, TEXT, "ALARM|SENSOR|MACHINE|all", "reset latched alarms",
     "An alarm with `latch: true` is shown, and keeps its machine from working if it tripped it, until it is reset "
     "after\n"
     "its value has returned to normal.\n",
     "  mbplantctl reset TT101\n"
     "  mbplantctl reset all\n"},
    {"shelve", ctl_run_shelve, 1, 1, CTL_OPT_SHELF | CTL_OPT_EFFECT, TEXT, "ALARM|SENSOR|MACHINE",
     "hide a sensor's alarms for a while; what trips its machine does so all the same",
     "Without --for and --once until unshelve. Simulated time counts; while the slave is off, it stands still.\n",
     "  mbplantctl shelve TT101.high --for 10min --why 'probe is being changed'\n"
     "  mbplantctl shelve TT101 --for 10min\n"
     "  mbplantctl shelve TT101 --once\n"
     "  mbplantctl shelve FILL1\n"},
    {"unshelve", ctl_run_unshelve, 1, 1, CTL_OPT_EFFECT, TEXT, "ALARM|SENSOR|MACHINE|all", "end that", "",
     "  mbplantctl unshelve TT101\n"
     "  mbplantctl unshelve all\n"},
    {"out-of-service", ctl_run_out_of_service, 1, 1, CTL_OPT_EFFECT, TEXT, "ALARM|SENSOR|MACHINE",
     "take alarms out of service, until in-service",
     "For maintenance of the alarm itself: nobody sees it, whatever its value is (ISA-18.2, state I). Suppressed by\n"
     "design is another state: the plant file's `suppress` says when.\n",
     "  mbplantctl out-of-service TT101 --why 'sensor is being replaced'\n"},
    {"in-service", ctl_run_in_service, 1, 1, CTL_OPT_EFFECT, TEXT, "ALARM|SENSOR|MACHINE|all",
     "put them back in service", "",
     "  mbplantctl in-service TT101\n"
     "  mbplantctl in-service all\n"},
    {"suppress", ctl_run_out_of_service, 1, 1, CTL_OPT_EFFECT, TEXT, "ALARM|SENSOR|MACHINE",
     "the older word for out-of-service", "", "  mbplantctl suppress TT101     the same as out-of-service TT101\n"},
    {"unsuppress", ctl_run_in_service, 1, 1, CTL_OPT_EFFECT, TEXT, "ALARM|SENSOR|MACHINE|all",
     "the older word for in-service", "", "  mbplantctl unsuppress TT101     the same as in-service TT101\n"},
    {"bypass", ctl_run_bypass, 0, 1, CTL_OPT_SHELF | CTL_OPT_EFFECT | CTL_OPT_FORMAT, TABLES, "[INTERLOCK]",
     "hold off an interlock for a while; or list those that are held off, with who and why",
     "What hides an alarm disarms nothing: an interlock has a bypass of its own. It ends by itself after --for, at "
     "most\n"
     "after the time that the plant file allows, which counts without --for; a machine that it would stop then stops.\n"
     "While it stands it is an alarm by itself.\n",
     "  mbplantctl bypass M1.LOW_LEVEL --for 10min --why 'level probe is being cleaned'\n"
     "  mbplantctl bypass TT101.high_high --for 10min --why 'calibration'\n"
     "  mbplantctl bypass\n"},
    {"unbypass", ctl_run_unbypass, 1, 1, CTL_OPT_EFFECT, TEXT, "INTERLOCK", "arm that interlock again", "",
     "  mbplantctl unbypass M1.LOW_LEVEL\n"
     "  mbplantctl unbypass TT101.high_high\n"},
    {"interlocks", ctl_run_interlocks, 0, 1, CTL_OPT_FORMAT, TABLES, "[MACHINE]",
     "what stops machines or does not let them start, and what it is now",
     "Those of `interlocks` in the plant file, and each alarm that trips its machine. ready; acting: what it acts on "
     "is\n"
     "there; bypassed; defeated: bypassed, and it would act. FIRST OUT: it tripped its machine first.\n",
     "  mbplantctl interlocks\n"
     "  mbplantctl interlocks M1\n"
     "  mbplantctl interlocks --format json\n"},
    {"report", ctl_run_report, 0, 0, CTL_OPT_FORMAT | CTL_OPT_PERIOD, REPORTS, "",
     "a period of the plant's life, and the plant now",
     "Of the last 24 hours or the period that --since and --until give (see\n"
     "mbplantctl journal --help; --since 1 is all of it), availability, MTBF, MTTR, OEE and production of each "
     "machine,\n"
     "how many alarms there were, in which floods, which were the worst, and what maintenance was done and is due;\n"
     "then what the plant is like now.\n",
     "  mbplantctl report\n"
     "  mbplantctl report --since today --format html > today.html\n"
     "  mbplantctl report --since 2026-11-23 --until 2026-11-23 --lang fr\n"
     "  mbplantctl report --format json | jq .analysis.alarms\n"
     "  mbplantctl report --load monday.dump --since 1\n"},
    {"journal", ctl_run_journal, 0, 0, CTL_OPT_FORMAT | CTL_OPT_PERIOD | CTL_OPT_JOURNAL, LINES, "",
     "every event, oldest first",
     "WHEN is an event's number, a time of ISO 8601 (2026-11-24, 2026-11-24T08:00, 08:00; local, or with Z or "
     "+01:00),\n"
     "a time ago (2h, 30min), today, yesterday or now. A day that --until names is whole.\n"
     "A dump that broke off ends with exit code 1; the same --save again goes on where it ended.\n"
     "--verify computes the check value of every event anew, of the slave's journal or of a dump; one that was "
     "changed\n"
     "is told, with exit code 1.\n",
     "  mbplantctl journal\n"
     "  mbplantctl journal -n 20\n"
     "  mbplantctl journal --since 2h --machine FILL1 --code alarm\n"
     "  mbplantctl journal --since yesterday --until yesterday --format csv > events.csv\n"
     "  mbplantctl journal --follow --code \"machine state\"\n"
     "  mbplantctl journal --save monday.dump\n"
     "  mbplantctl journal --load monday.dump --verify\n"
     "  mbplantctl journal --load monday.dump --since 1200 --format jsonl\n"},
    {"note", ctl_run_note, 1, 3, CTL_OPT_EFFECT, TEXT, "[MACHINE|SENSOR|incident N] TEXT",
     "a line of yours in the journal",
     "About a machine, a sensor, an incident (mbplantctl incidents has their numbers) or, without a name, the plant.\n"
     "At most 1,024 bytes. --as says who you are. It goes into the journal, the report and the page.\n",
     "  mbplantctl note 'shift handed over'\n"
     "  mbplantctl note FILL1 'seal replaced' --as anna\n"
     "  mbplantctl note incident 1204 'the electrician is on his way'\n"},
    {"incidents", ctl_run_incidents, 0, 3, CTL_OPT_FORMAT | CTL_OPT_PERIOD | CTL_OPT_EFFECT, TABLES,
     "[N|MACHINE] | N cause TEXT", "failures of machines, from the trip to the return to service",
     "An incident begins when a machine goes to en_panne and ends when it is back in service. Its number is that of "
     "its\n"
     "first event. N shows one: what tripped the machine, what followed, who acknowledged, how long it was down, how\n"
     "much of that in maintenance, and what people said. cause says why it happened; note incident N adds a line.\n",
     "  mbplantctl incidents\n"
     "  mbplantctl incidents FILL1 --since yesterday\n"
     "  mbplantctl incidents 1204\n"
     "  mbplantctl incidents 1204 cause 'worn seal' --as anna\n"
     "  mbplantctl incidents --load monday.dump --format csv\n"},
    {"work", ctl_run_work, 0, 3, CTL_OPT_FORMAT | CTL_OPT_LOAD | CTL_OPT_ALL | CTL_OPT_EFFECT | CTL_OPT_WORK, TABLES,
     "[list [MACHINE] | open MACHINE [WHAT] | start N [TEXT] | done N [TEXT] | cancel N WHY]",
     "maintenance: what is to be done, goes on, was done",
     "list shows what is open, with --all what was done too. open adds work to a machine, due after a time, a time of\n"
     "running or so many products (simulated time). start and done say when it was worked on, and with a text what "
     "came\n"
     "out; cancel says that it will not be done, and why. What `maintenance` in the plant file makes due is opened by "
     "itself, and the machine's stay in maintenance "
     "is\n"
     "that work; a stay that belongs to none is listed as work of its own. open with --when gives `maintenance` of "
     "the\n"
     "machine a condition, for the plant file keeps it (needs `instructor: true`): the work is opened when it comes.\n",
     "  mbplantctl work\n"
     "  mbplantctl work open FILL1 'replace the seal' --due 3d --takes 2h --as anna\n"
     "  mbplantctl work open FILL1 'grease' --kind preventive --due '200h running'\n"
     "  mbplantctl work open FILL1 'balance it' --when 'VT101 > 7'\n"
     "  mbplantctl work start 1310 --as bert\n"
     "  mbplantctl work done 1310 'seal replaced, 2 bolts too'\n"
     "  mbplantctl work cancel 1311 'the machine is to be replaced'\n"
     "  mbplantctl work list FILL1 --all\n"},
    {"sim", ctl_run_sim, 0, ANY, CTL_OPT_EFFECT, TEXT, "[WORD ..]", "the plant's time and faults, for an instructor",
     "Needs `instructor: true` in the plant file; unit 247 is where all this stands.\n"
     "  status                 running or paused, speed asked and reached, scans late and lost (without a word: this)\n"
     "  pause, resume          no scan runs; what masters write waits for the next one\n"
     "  step [N|DURATION]      so many scans (1), or so much simulated time, as fast as it can; paused only\n"
     "  speed [X]              X times real time, 0.1 to 1000\n"
     "  seed [N]               of what is random: the same from the same state is the same run. A snapshot holds it\n"
     "  snapshot, restore      keep the plant as it is; put it back to that: process, machines, alarms, limits\n"
     "  snapshot NAME, restore NAME, remove NAME, snapshots  the same in files beside the journal, over restarts\n"
     "  parameter [NAME [VALUE]]  lists the parameters of the plant file, or changes one\n"
     "  fault                  lists the faults of the plant file, those made up, and those on the wire\n"
     "  fault NAME on|off      begins or ends one of them; `all off` ends every one of the plant\n"
     "  fault NAME KIND ..     makes one up. Of a sensor: stuck [VALUE], bias AMOUNT, drift AMOUNT over TIME,\n"
     "                         spike AMOUNT every TIME, dropout [low|high], noise DEVIATION. Of the process: step\n"
     "                         AMOUNT, ramp AMOUNT over TIME, wear AMOUNT over TIME. Of an actuator: stuck "
     "[POSITION],\n"
     "                         slow over TIME, passing AMOUNT, offset AMOUNT. `for TIME` ends it by itself.\n"
     "Faults are not journaled and stand in no other unit: an operator sees only what they do.\n",
     "  mbplantctl sim pause\n"
     "  mbplantctl sim step 10\n"
     "  mbplantctl sim step 5min\n"
     "  mbplantctl sim speed 100\n"
     "  mbplantctl sim seed 7\n"
     "  mbplantctl sim snapshot\n"
     "  mbplantctl sim restore\n"
     "  mbplantctl sim snapshot \"cold start\"\n"
     "  mbplantctl sim restore \"cold start\"\n"
     "  mbplantctl sim parameter UA 35\n"
     "  mbplantctl sim fault TT101 drift 5 over 10min\n"
     "  mbplantctl sim fault PT101 dropout for 30s\n"
     "  mbplantctl sim fault FV101 stuck 30\n"
     "  mbplantctl sim fault adhoc1 off\n"},
    {"exercise", ctl_run_exercise, 0, 0, CTL_OPT_FORMAT, TEXT | 1u << MBP_FORMAT_JSON, "",
     "the exercise that plays on the plant: what was told, what is expected, what came of it",
     "A scenario that mbplantd plays live (--scenario FILE). Needs `instructor: true` in the plant file; what comes "
     "later is\n"
     "not told. RESULT is met, missed or not decided, AT when it was, FOUND what there was instead. Times are "
     "simulated\n"
     "ones, from its begin. Exit code 1 as long as it is not passed.\n",
     "  mbplantctl exercise\n"
     "  mbplantctl exercise --format json | jq '.expectations[] | select(.student)'\n"
     "  until mbplantctl exercise > now.txt; do sleep 5; done\n"},
    {"plant", ctl_run_plant, 1, 2, CTL_OPT_COMMON, TEXT, "get|check|put FILE",
     "the slave's plant file: read, try or replace it",
     "get writes it to FILE, which must be new, or to the terminal. check and put need the instructor's unit\n"
     "(`instructor: true` in the slave's plant file). check lets the slave read FILE and changes nothing. put makes "
     "it\n"
     "the plant that runs, between two scans: what has the same name goes on from where it is. A bad file changes "
     "nothing.\n",
     "  mbplantctl plant get line.yaml\n"
     "  mbplantctl plant check line.yaml\n"
     "  mbplantctl plant put line.yaml\n"},
    {"conform", ctl_run_conform, 0, 1 + MBP_TABLE_COUNT, CTL_OPT_FORMAT | CTL_OPT_ALL | CTL_OPT_CONFORM, CONFORM,
     "[HOST[:PORT]] [TABLE:A-B ..]", "how a slave, of anybody, follows the Modbus specification",
     "Looks for what can be read in its four tables (or takes the areas that are named, as of read), then asks about "
     "a\n"
     "hundred requests, each on a connection of its own: good ones, ones at the edges and wrong ones, whole and in\n"
     "pieces. Each is judged by a clause of the specification (V1.1b3; MG: Messaging Guide V1.0b). FAIL is against "
     "it,\n"
     "differs is where it leaves a choice or only recommends. Nothing is written without --write: then values of the\n"
     "first addresses change and are put back, and a slave that takes wrong requests may change more.\n"
     "Of those that passed text shows only how many there are; --all lists them. Exit code 1 with a FAIL.\n",
     "  mbplantctl conform\n"
     "  mbplantctl conform 192.168.1.30\n"
     "  mbplantctl -u 3 conform plc:502 hr:1000-1009 --write --all\n"
     "  mbplantctl conform plc --format junit > conform.xml\n"},
    {"learn", ctl_run_learn, 1, ANY, CTL_OPT_OUTPUT | CTL_OPT_LEARN, TEXT, "csv|sunspec|evcc FILE | scan",
     "a plant file from what describes a device, or from one",
     "  csv FILE               a register list as vendors publish it\n"
     "  sunspec FILE.json..    models as sunspec/models has them, as a device with that chain of models\n"
     "  evcc FILE.yaml         the registers that a Modbus template of evcc names\n"
     "  scan [TABLE:A-B..]     a real device: what answers in its four tables, who it says it is, how its values move\n"
     "A list's columns are found by their headings (address, name, type, length, scale, gain, unit, access, function\n"
     "code ..) or named: --column address=Reg. Addresses may be decimal, hexadecimal, ranges, or references like "
     "40001.\n"
     "What cannot be said is told with its line, and the rest is written. Unit -u (1) has the points.\n"
     "scan only reads. It asks for samples and looks around what answers; --thorough asks for every address. Then it\n"
     "watches for --for (10s), and says in comments what the registers may be and how sure that is.\n",
     "  mbplantctl learn csv registers.csv -o device.yaml\n"
     "  mbplantctl learn csv registers.csv --order CDAB --addresses 1 --column type=Fmt -o device.yaml\n"
     "  mbplantctl learn sunspec model_1.json model_103.json -o inverter.yaml\n"
     "  mbplantctl learn evcc sungrow-hybrid.yaml -o inverter.yaml\n"
     "  mbplantctl learn scan -H 192.168.1.30 -u 1 --rate 20 -o meter.yaml\n"
     "  mbplantctl learn scan hr:40000-40999 -H 192.168.1.30 --thorough --for 1min -o meter.yaml\n"},
    {"export", ctl_run_export, 0, 1, CTL_OPT_OUTPUT | CTL_OPT_EXPORT, TEXT, "[TARGET]",
     "the plant's points as another program's configuration",
     "Without TARGET it lists the targets. The file has values, limits and alarms in use, states and commands; "
     "--select\n"
     "chooses others. What a target has no word for is told on stderr and left out; a value in an order that it does "
     "not\n"
     "know is read from its copy as float32. The file names the address that -H and -p give; with --plant nothing is\n"
     "connected to. The same plant gives the same file.\n",
     "  mbplantctl export\n"
     "  mbplantctl export telegraf -o mbplant.conf\n"
     "  mbplantctl --plant config/bottling.yaml -H 192.168.1.20 export zabbix -o template.yaml\n"
     "  mbplantctl export csv --select 'TT101*,FILL1.*'\n"
     "  mbplantctl export --template tags.tpl --strict -o tags.xml\n"},
    {"explain", ctl_run_explain, 1, ANY, CTL_OPT_EXPLAIN, TEXT, "HEX..", "a Modbus frame, field by field",
     "A Modbus TCP frame, an RTU or ASCII frame or a bare PDU, as Wireshark, mbpoll -v or a log shows it: spaces, "
     "colons, "
     "commas,\n"
     "brackets and 0x are passed over; lines of a dump (offset, bytes, characters) and a whole packet work too, in "
     "one\n"
     "word. Exit code 1 when something in it breaks the specification.\n",
     "  mbplantctl explain 00 01 00 00 00 06 01 03 00 00 00 0A\n"
     "  mbplantctl explain 000100000007010304428433 33\n"
     "  mbplantctl explain --response 01 03 05 00 01\n"
     "  mbplantctl explain :010300000001FB\n"
     "  mbplantctl explain '[00][01][00][00][00][06][01][03][00][00][00][01]'\n"},
    {"completion", ctl_run_completion, 1, 3, CTL_OPT_COMMON, TEXT, "bash|zsh|fish",
     "a script that completes verbs, options and names",
     "Names are those of the plant that runs, at -H and -p where the command line has them.\n",
     "  source <(mbplantctl completion bash)\n"
     "  source <(mbplantctl completion zsh)     after compinit\n"
     "  mbplantctl completion fish | source\n"
     "  mbplantctl completion bash | sudo tee /etc/bash_completion.d/mbplantctl\n"},
};

const size_t ctl_verb_count = sizeof ctl_verbs / sizeof ctl_verbs[0];

const struct ctl_verb *ctl_verb_find(const char *name)
{
    for (size_t i = 0; i < ctl_verb_count; i++) {
        if (strcmp(ctl_verbs[i].name, name) == 0)
            return &ctl_verbs[i];
    }
    return NULL;
}
