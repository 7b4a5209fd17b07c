"""Writes the seed inputs of a fuzz target, made from the tests' own traffic and plant files.

    seeds.py mbap|line|pdu|plant|scenario|dump|journal|tail|recording|sequence|reply|expr|web|sparkplug FOLDER      and FOLDER.dict: the words in them, for libFuzzer
"""
import hashlib
import json
import os
import random
import re
import struct
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, '..', '..')
sys.path.insert(0, os.path.join(HERE, '..', 'conformance'))

import boundaries   # noqa: E402
import cases        # noqa: E402
import plants       # noqa: E402
import server       # noqa: E402

sys.path.insert(0, os.path.join(HERE, '..', 'integration'))

import sparkplug as host   # noqa: E402


def pdus(stream):
    """The PDUs of a stream's whole frames."""
    while len(stream) >= 8:
        end = 6 + struct.unpack('>H', stream[4:6])[0]
        if end > len(stream):
            return
        yield stream[7:end]
        stream = stream[end:]


def records(flags, requests):
    """The input of targets/pdu.c."""
    return bytes([flags]) + b''.join(bytes([len(request)]) + request for request in requests)


def boundary_requests():
    """Every 23rd of the base plants' boundary requests: some of each function."""
    found = [pdu for plant in (plants.base(), plants.base(serial=True)) for _, pdu in boundaries.requests(plant)]
    return found[::23]


def mbap():
    for case in cases.load():
        yield case.request()
    found = boundary_requests()
    for i in range(0, len(found), 8):
        yield b''.join(server.frame(n, 1, pdu) for n, pdu in enumerate(found[i:i + 8]))


def crc(data):
    value = 0xFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0xA001 if value & 1 else 0)
    return struct.pack('<H', value)


def line():
    """The input of targets/line.c: both forms, frames in a row, and noise between."""
    found = boundary_requests()
    for i in range(0, len(found), 8):
        frames = [bytes([1]) + pdu for pdu in found[i:i + 8] if len(pdu) <= 253]
        rtu = [frame + crc(frame) for frame in frames]
        text = [b':' + (frame + bytes([-sum(frame) & 0xFF])).hex().encode() + b'\r\n' for frame in frames]
        for form, stream in ((0, b''.join(rtu)), (1, b'\x55'.join(rtu)), (2, b''.join(text)), (0x81, b'\x55'.join(rtu)),
                             (0x82, b''.join(rtu)), (0x80, b':'.join(text))):
            yield bytes([form]) + stream


def pdu():
    for case in cases.load():
        for flags in (0, 1, 3, 7):
            yield records(flags, pdus(case.request()))
    found = boundary_requests()
    for i in range(0, len(found), 8):
        yield records(i // 8 % 2, found[i:i + 8])


def plant():
    for folder in ('config', 'tests/data'):
        for parent, _, names in os.walk(os.path.join(ROOT, folder)):
            for name in names:
                if name.endswith('.yaml'):
                    with open(os.path.join(parent, name), 'rb') as file:
                        yield file.read()
    yield plants.base(serial=True).yaml().encode()


def scenario():
    """Those that ship, the tests' wrong ones, and one step of each kind on the plant of those."""
    for folder in ('config/scenarios', 'tests/data/scenario'):
        for name in sorted(os.listdir(os.path.join(ROOT, folder))):
            with open(os.path.join(ROOT, folder, name), 'rb') as file:
                yield file.read()
    head = 'mbplant_scenario: 1\nname: Seed\nduration: 3s\nseed: 4\ntimeline:\n'
    yield (head + """  - {inject: {sensor: TT101, value: 90}}
  - {after: 100ms, expect: {alarm: TT101.high, within: 1s, points: 3}}
  - {at: 200ms, release: TT101}
  - {write: {point: VALVE1, value: 30}}
  - {write: {point: holding_registers 901, value: 7, unit: 1}}
  - {fault: {name: own, sensor: PT101, kind: drift, amount: -4, over: 1s, for: 2s}}
  - {fault: blocked on}
  - {at: 300ms, machine: {name: CAP1, ask: maintenance}}
  - {acknowledge: all}
  - {note: Look}
  - {expect: {machine: CAP1, state: maintenance}}
  - {expect: {value: {sensor: VALVE1, between: [0, 40]}, before: 2s}}
  - {expect: {no_alarm: PT101, for: 500ms}}
  - {student: {acknowledge: FILL1, within: 1s, model: 500ms, points: 2}}
  - {student: {machine: CAP1, ask: en_service, within: 2s}}
  - {student: {write: {point: VALVE1, value: 10}, before: 2500ms}}
  - {at: 1s, fault: own off}
  - {fault: blocked off}
""").encode()


DUMPED = """mbplant: 1
name: Line
scan: 10s
units:
  - id: 1
    machines:
      - {name: M1, cycle: {time: 2s}, sensors: [{name: T1, kind: temperature, max: 85}], actuators: [{name: V1}]}
      - {name: M2, state: en_panne}
"""


def dumped_event(seq, code, **members):
    event = dict({'seq': seq, 'time': '', 'time_ms': 1795543200000 + 60000 * seq, 'scan': 6 * seq, 'code': '', 'code_number': code,
                  'unit': 1, 'machine': '', 'machine_index': None, 'sensor': '', 'sensor_index': None, 'value': None, 'limit': None,
                  'unit_text': '', 'peer': '', 'actor': 0, 'alarm': '', 'detail': 0, 'text': '', 'comment': '',
                  'check': seq}, **members)
    return json.dumps(event, separators=(',', ':'))


def dump():
    """The first two bytes choose the period (targets/dump.c); what follows is a dump, or one that an enemy wrote."""
    snapshot = {'snapshot': 'now', 'time_ms': 1795543200000 + 60000 * 200,
                'summary': {'last_event': 90, 'oldest_event': 1, 'last_incident': 3, 'scans': 1200, 'late_scans': 0, 'sim_ms': 1},
                'machines': [{'name': 'M1', 'state': 'en_service', 'good': 9, 'reject': 1, 'running_s': 20, 'since_s': 1795543200}],
                'sensors': [{'name': 'T1', 'value': 4.5, 'limits': [None, None, 85, None], 'bits': 4, 'alarms': [0, 0, 1, 0, 0, 0]}],
                'actuators': [{'name': 'V1', 'command': 1, 'position': 1}], 'controllers': []}
    first = {'mbplant_journal': 4, 'plant': 'Line', 'source': 'x', 'made': '', 'made_ms': 1795543200000, 'plant_file': DUMPED}
    events = [dumped_event(1, 1), dumped_event(2, 35, machine_index=0, value=5.0, limit=1.0, detail=5),
              dumped_event(3, 30, machine_index=0, detail=1), dumped_event(4, 30, machine_index=0, detail=0x10102),
              dumped_event(5, 30, machine_index=0, detail=0x10200), dumped_event(6, 30, machine_index=1, detail=0x10102)]
    for seq in range(7, 89):
        events.append(dumped_event(seq, (20, 21, 22)[seq % 3], machine_index=0, sensor_index=0, detail=2, value=90.0, limit=85.0,
                                   scan=6 * seq if seq < 40 else (seq % 2) * 0xFFFFFFFF))
    events += [dumped_event(89, 4, detail=7, value=1.0), dumped_event(90, 1, scan=0, time_ms=1)]
    def tag(number, what, name, **members):
        return json.dumps({'tag': number, 'unit': 1, 'what': what, 'name': name, 'kind': '', 'measure': '', 'label': '',
                           'decimals': 0, 'since': 1, 'gone': None, **members})
    past = [tag(0, 'machine', 'M1'), tag(1, 'machine', 'M3', gone=50), tag(1, 'machine', 'M2', since=51),
            tag(0, 'sensor', 'T1', kind='temperature', measure='°C', decimals=1), tag(1, 'actuator', 'V1', decimals=255),
            json.dumps({'actor': 1, 'kind': 'tcp', 'address': 'fd00::1', 'role': '', 'name': '', 'since': 1})]
    for end in ([json.dumps({'end': 90, 'whole': True, 'why': ''})], []):
        lines = [json.dumps(first), json.dumps(snapshot), *past, *events, *end]
        for kind in range(8):
            yield bytes([kind | 3 << 4, 4]) + '\n'.join(lines).encode() + b'\n'
    yield bytes(2) + ('\n'.join([json.dumps(first)] + events[:4]) + '\n').encode()


def journal():
    """Changes of what a killed process left (targets/journal.c): each kind, here and there."""
    yield bytes(1)
    for what in range(7):
        for where in (0, 18, 24, 4096, 33000, 70000, 200000, 4_000_000_000):
            yield struct.pack('>BI3s', what, where, b'\x05\xff\x00')
    for first, second in ((6, 5), (6, 1), (6, 4), (2, 3)):
        yield struct.pack('>BI3sBI3s', first, 9000, b'abc', second, 50000, b'\x00\x01\x02')


def tail():
    """Changes of what a killed process left beside its journal (targets/tail.c): the head, the commits, records."""
    yield bytes(1)
    for what in range(3):
        for where in (0, 9, 20, 30, 260, 300, 520, 4096, 4104, 4110, 4120, 4160, 4216, 7000, 4_000_000_000):
            yield struct.pack('>BI3s', what, where, b'\x05\xff\x00')
    for where in range(4096, 4096 + 6 * 56, 4):
        yield struct.pack('>BI3sBI3s', 2, where, b'\x01\x00\x00', 2, where + 9, b'\xff\xff\xff')


RECORDINGS = ('0,1\n1,2\n2,3\n', 'time;T1;a b\r\n0;1;5\r\n0.5;2;6\r\n', '\ufefft\t"T1"\n# why\n\n1e3\t-5.5\n1e4\t7\n',
              '0,1\n0,2\n', '0\n', 'a,b\n1,x\n', '0,1\n1e300,2\n', '0,1\n9e9,2\n', 'x', '', '0,nan\n', ',,,\n', '-5,1\n-4,1e308\n',
              '0,1\0\n1,2\n', 't,T1\n' + ','.join('9' * 90 for _ in range(9)) + '\n', '0,1\n' * 3)


def recording():
    """The first byte says which column is asked for (targets/recording.c)."""
    for text in RECORDINGS:
        for kind in range(4):
            yield bytes([kind]) + text.encode()
    yield bytes([0]) + b'0,1' + b' ' * 70000 + b'\n'


# The steps of targets/sequence.c.
WRITE, REQUEST, SCAN, OTHER_PLANT, EDIT, SNAPSHOT, RESTORE, FAULT, PAUSE, SPEED = range(10)


def step(draw):
    """One step of a sequence: masters and scans more often than the rest."""
    which = draw.choice([WRITE] * 8 + [SCAN] * 6 + [REQUEST, OTHER_PLANT, EDIT, SNAPSHOT, RESTORE, FAULT, FAULT, PAUSE,
                                                    SPEED])
    if which == REQUEST:
        request = draw.choice([struct.pack('>BHH', draw.randint(1, 4), draw.choice((0, 100, 1000)), draw.randint(1, 60)),
                               struct.pack('>BHH', 5, draw.randrange(3000), draw.choice((0, 0xFF00))),
                               struct.pack('>BHH', 6, draw.randrange(2000), draw.randrange(1000))])
        return bytes([which, draw.choice((1, 2, 247)), len(request)]) + request
    if which == EDIT:
        at, gone, word = draw.randrange(3000), draw.randrange(3), draw.choice((b'', b'9', b'7', b'1', b'#', b' # '))
        return struct.pack('>BHBB', which, at, gone, len(word)) + word
    if which == WRITE:
        return struct.pack('>BBHB', which, draw.randrange(3), draw.randrange(300), draw.randrange(256))
    return bytes([which] if which in (SNAPSHOT, RESTORE) else [which, draw.randrange(256)])


def sequence():
    draw = random.Random(5)
    for first in range(40):
        yield bytes([first]) + b''.join(step(draw) for _ in range(60))
    # Each plant that the first bytes choose takes over from the one before, is put back, and changed once more.
    for first in range(0, 240, 6):
        scans, snapshot, restore = bytes([SCAN, 13]), bytes([SNAPSHOT]), bytes([RESTORE])
        yield bytes([first]) + b''.join(scans + snapshot + step(draw) + scans + restore + bytes([OTHER_PLANT, to]) + restore
                                        for to in (first + 1, first + 2, first, first + 3))


def reply():
    # each command with an honest slave, and with each operation on one of its first replies
    for command in range(34):
        yield bytes([command])
        for operation in range(10):
            yield bytes([command, (3 * operation + command) % 16 << 4 | operation, 5, 2, 0xFF, 0x7F, 0x80])


EXPRESSIONS = """v0_LREAL > 80 AND NOT v0_BOOL
SEL(v1_BOOL, 0, v0_LREAL * 0.3) + LIMIT(MN := 0, IN := v1_LREAL, MX := 1.0e3)
SR(v0_BOOL, v1_BOOL) OR TON(IN := v2_BOOL, PT := T#1s500ms).Q OR TOF(v0_BOOL, v0_TIME).ET > T#200ms
CTU(R_TRIG(v0_BOOL), FALSE, 3).CV + INT#16#7F * -v0_SINT MOD 7
SHL(v0_WORD, 3) XOR NOT 16#FF00 AND ROL(BYTE_TO_WORD(v0_BYTE), v0_USINT)
MUX(v0_USINT, v0_DINT, 70000, TRUNC(v0_REAL ** 2)) / v1_INT
HYSTERESIS(v0_LREAL, 20, 80) = PULSE(T#1s) & CLOCK.TOD >= TOD#08:00:00 (* daytime *)
DT_TO_TOD(DT#2026-06-13-08:00:00) - v0_TOD < T#-1d2h // and so on
SQRT(ABS(LN(EXP(v0_LREAL)))) + RANDOM() * MIN(v0_REAL, v1_REAL, 2#101)
LREAL_TO_UINT(v1_LREAL) >= 65535 XOR "v0_BOOL" <> TRUE
"""


def expr():
    """Texts, whole and cut; and choices of which targets/expr.c makes an expression."""
    draw = random.Random(3)
    for line in EXPRESSIONS.encode().splitlines():
        yield b'\0' + line
        yield b'\0' + line[:draw.randrange(len(line))]
    yield b'\0' + b'(' * 5000 + b'1' + b')' * 5000
    for _ in range(300):
        yield b'\1' + bytes(draw.randrange(256) for _ in range(60))


def web():
    """A request of each route, with bodies and arguments of each kind, some of them wrong; two in one connection."""
    with open(os.path.join(ROOT, 'src', 'web', 'routes.c'), encoding='utf-8') as file:
        table = file.read().replace('WEB_API "', '"/api/v1')
    routes = re.findall(r'\b(GET|POST)\("(/[^"]*)"(?: (word))?', table)
    routes += [('POST', '/api/v1/alarms/{name}/' + verb) for verb in ('ack', 'reset', 'unshelve', 'remove', 'return')]
    names = ('T1', 'M1', 'V1', 'C1', 'N1', 'MODE', 'hot', 'T1.high', 'csv', 'zabbix', 'nobody')
    bodies = ('{"value": 42}', '{"value": null}', '{"value": "text", "why": "because", "as": "me"}', '{"state": "maintenance"}',
              '{"high": 90, "low": null}', '{"setpoint": 50, "automatic": false}', '{"for": "10min"}', '{"on": true}',
              '{"table": "hr", "at": 900, "values": [1, 2]}', '{"pause": true, "step": 2}', '{"text": "mbplant: 1\\n"}', '{}', '[', '{"value": 1e999}')
    queries = ('', '?machine=M1', '?since=1&limit=3&format=csv', '?table=hr&at=0&count=9', '?points=2&from=1', '?lang=fr&format=html', '?x', '?unit=%31')
    def request(method, where, body=''):
        return (f'{method} {where} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n'
                f'Content-Length: {len(body)}\r\n\r\n{body}').encode()
    for i, (method, path, *_) in enumerate(routes):
        for n, name in enumerate(names if '{name}' in path else ('',)):
            where = path.replace('{name}', name)
            if method == 'GET':
                yield request('GET', where)
                yield request('HEAD', where) + request('GET', where + queries[(i + n) % len(queries)])
            else:
                for body in bodies if n == 0 else (bodies[(i + n) % len(bodies)],):
                    yield request('POST', where, body) + request('GET', where.rsplit('/', 1)[0])


def sparkplug():
    """Commands as the integration tests' host sends them, whole and cut."""
    metrics = [host.command(name='Node Control/Rebirth', datatype=11, boolean=True), host.command(alias=3, double=1.5),
               host.command(name='LOT', datatype=12, text='A 1'), host.command(name='T', datatype=3, whole=2**32 - 1),
               host.command(alias=2**40, real=0.5), host.command(name='T', null=True), b'']
    for metric in metrics:
        yield host.payload(metric)
    whole = host.payload(*metrics)
    for end in range(0, len(whole) + 1, 3):
        yield whole[:end]
    yield host.payload(*[metrics[1]] * 300)


TARGETS = {'mbap': mbap, 'line': line, 'pdu': pdu, 'plant': plant, 'scenario': scenario, 'dump': dump, 'journal': journal,
           'tail': tail, 'recording': recording,
           'sequence': sequence, 'reply': reply, 'expr': expr, 'web': web, 'sparkplug': sparkplug}

if __name__ == '__main__':
    if len(sys.argv) != 3 or sys.argv[1] not in TARGETS:
        sys.exit(__doc__.strip())
    folder = sys.argv[2]
    os.makedirs(folder, exist_ok=True)
    words = set()
    for seed in TARGETS[sys.argv[1]]():
        with open(os.path.join(folder, hashlib.sha1(seed).hexdigest()), 'wb') as out:
            out.write(seed)
        if sys.argv[1] in ('plant', 'scenario', 'dump', 'expr', 'web'):
            words |= set(re.findall(rb'[a-zA-Z_]{3,20}:?|[0-9]{5}|[-+.0-9]+(?:ms|s|min|h)\b', seed))
    with open(folder + '.dict', 'wb') as out:
        out.write(b''.join(b'"%s"\n' % word for word in sorted(words)))
