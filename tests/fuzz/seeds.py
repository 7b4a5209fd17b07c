"""Writes the seed inputs of a fuzz target, made from the tests' own traffic and plant files.

    seeds.py mbap|pdu|plant|scenario FOLDER      and FOLDER.dict: the words in them, for libFuzzer
"""
import hashlib
import os
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


TARGETS = {'mbap': mbap, 'pdu': pdu, 'plant': plant, 'scenario': scenario}

if __name__ == '__main__':
    if len(sys.argv) != 3 or sys.argv[1] not in TARGETS:
        sys.exit(__doc__.strip())
    folder = sys.argv[2]
    os.makedirs(folder, exist_ok=True)
    words = set()
    for seed in TARGETS[sys.argv[1]]():
        with open(os.path.join(folder, hashlib.sha1(seed).hexdigest()), 'wb') as out:
            out.write(seed)
        if sys.argv[1] in ('plant', 'scenario'):
            words |= set(re.findall(rb'[a-z_]{3,20}:?|[0-9]{5}|[-+.0-9]+(?:ms|s|min|h)\b', seed))
    with open(folder + '.dict', 'wb') as out:
        out.write(b''.join(b'"%s"\n' % word for word in sorted(words)))
