"""conformance.stateful: hypothesis plays random sequences of valid and invalid requests over several connections, in
one piece, in many pieces, pipelined, with garbage between, and compares every byte with model.py beside it.

The same sequences each run (derandomize). One server serves all of them; each starts by writing the plant's initial
values back and restarting the serial-line counters, so a failing sequence shrinks and replays alone."""
import struct
import sys
import unittest

try:
    from hypothesis import HealthCheck, settings, strategies as st
    from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test
except ImportError:
    print('skipped: hypothesis is not installed (Debian: python3-hypothesis)')
    sys.exit(77)

import model
import plants
import server

CONNECTIONS = 4
EXAMPLES = 70
STEPS = 30
PLANT = plants.gaps()


# ---- what to send ---------------------------------------------------------------------------------------------------

def near(*numbers):
    """Mostly addresses around the plant's blocks, sometimes any 16-bit number."""
    close = sorted({n + d for n in numbers for d in (-1, 0, 1, 2) if 0 <= n + d <= 65535})
    return st.one_of(st.sampled_from(close), st.sampled_from(close), st.integers(0, 65535))


BIT_ADDR = near(0, 3, 5, 8, 16, 24, 100, 65528)
WORD_ADDR = near(0, 4, 6, 10, 139, 200, 339, 65535)
FEW = st.one_of(st.integers(0, 20), st.integers(0, 20), st.integers(0, 65535))
WORD = st.one_of(st.integers(0, 65535), st.sampled_from([0, 49, 50, 1000, 1001, 0xFF00]))
WORDS = st.lists(WORD, min_size=1, max_size=12).map(model.bytes_of)
BYTES = st.binary(min_size=1, max_size=12)
FILE = st.sampled_from([0, 1, 2, 3, 898, 899, 900, 901, 999])


def pdu(layout, *fields):
    return st.tuples(*fields).map(lambda values: struct.pack('>' + layout, *values))


def write_words(addr, data):
    return struct.pack('>BHHB', 16, addr, len(data) // 2, len(data)) + data


def write_bits(addr, data, spare):
    return struct.pack('>BHHB', 15, addr, max(1, 8 * len(data) - spare), len(data)) + data


def read_write(read, count, addr, data):
    return struct.pack('>BHHHHB', 23, read, count, addr, len(data) // 2, len(data)) + data


def read_files(groups):
    return bytes([20, 7 * len(groups)]) + b''.join(struct.pack('>BHHH', 6, *group) for group in groups)


def write_file(file, record, data):
    return bytes([21, 7 + len(data)]) + struct.pack('>BHHH', 6, file, record, len(data) // 2) + data


SOUND = st.one_of(
    pdu('BHH', st.sampled_from([1, 2]), BIT_ADDR, FEW),
    pdu('BHH', st.sampled_from([3, 4]), WORD_ADDR, FEW),
    pdu('BHH', st.just(5), BIT_ADDR, st.sampled_from([0, 0xFF00, 1])),
    pdu('BHH', st.just(6), WORD_ADDR, WORD),
    st.builds(write_bits, BIT_ADDR, BYTES, st.integers(0, 7)),
    st.builds(write_words, WORD_ADDR, WORDS),
    pdu('BHHH', st.just(22), WORD_ADDR, WORD, WORD),
    st.builds(read_write, WORD_ADDR, FEW, WORD_ADDR, WORDS),
    st.builds(read_files, st.lists(st.tuples(FILE, FEW, st.integers(0, 40)), min_size=1, max_size=3)),
    st.builds(write_file, FILE, st.integers(0, 126), WORDS),
    pdu('BH', st.just(24), st.sampled_from([0, 1, 2, 1246, 40000, 65535])),
    pdu('BBBB', st.just(43), st.just(14), st.integers(0, 5), st.integers(0, 8)),
    pdu('BHH', st.just(8), st.sampled_from([0, 1, 2, 3, 4, 10, 11, 12, 13, 14, 15, 16, 18]),
        st.sampled_from([0, 0, 0, 0xFF00, 1])),
    st.sampled_from([b'\x07', b'\x0b', b'\x0c', b'\x11']),
)


@st.composite
def broken(draw):
    """A sound PDU, damaged: cut, longer, or with one byte changed."""
    damaged = bytearray(draw(SOUND))
    how = draw(st.integers(0, 2))
    at = draw(st.integers(0, len(damaged) - 1))
    if how == 0:
        del damaged[max(1, at):]
    elif how == 1:
        damaged += draw(BYTES)
    else:
        damaged[at] = draw(st.integers(0, 255))
    return bytes(damaged[:model.PDU_MAX])


PDU = st.one_of(SOUND, SOUND, SOUND, broken(), st.binary(min_size=1, max_size=20))
UNIT = st.sampled_from([0, 1, 1, 2, 2, 2, 255, 3])
FRAME = st.builds(server.frame, st.integers(0, 65535), UNIT, PDU)
FOREIGN = FRAME.map(lambda data: data[:2] + b'\x00\x01' + data[4:])     # another protocol id: no reply, in step
WHO = st.integers(0, CONNECTIONS - 1)


# ---- the machine -----------------------------------------------------------------------------------------------------

def restore(unit):
    """Requests that bring a unit of PLANT back to its initial values, then its counters to zero."""
    for name, maximum in (('coils', 1968), ('holding_registers', 120)):
        for block in unit.blocks[name]:
            for i in range(0, 0 if block.keys.get('access') == 'read' else len(block.values), maximum):
                part = block.values[i:i + maximum]
                if name == 'coils':
                    bits = model.pack_bits(part)
                    yield write_bits(block.at + i, bits, 8 * len(bits) - len(part))
                else:
                    yield write_words(block.at + i, model.bytes_of(part))
    for number, words in unit.files.items():
        for i in range(0, len(words), 100):
            yield write_file(number, i, model.bytes_of(words[i:i + 100]))
    yield bytes.fromhex('080001ff00')


class Masters(RuleBasedStateMachine):
    running = None          # set by the test
    steps = 0

    @initialize()
    def start_over(self):
        self.model = PLANT.model()
        self.links = [None] * CONNECTIONS
        self.neighbour = self.running.connect(), model.Connection(self.model)
        for unit in PLANT.units:
            for request in restore(unit):
                server.exchange(*self.neighbour, server.frame(1, unit.unit_id, request))

    def link(self, who):
        if self.links[who] is None:
            self.links[who] = self.running.connect(), model.Connection(self.model)
        return self.links[who]

    def send(self, who, data):
        Masters.steps += 1
        client, connection = self.link(who)
        server.exchange(client, connection, data)
        self.settle()
        if connection.closed:
            assert client.receive(1) == b'', 'expected a close'
            client.close()
            self.links[who] = None

    def settle(self):
        """Lets the server come to the end of what was sent, for not all of it is answered. The first of two answers to
        a neighbour may come before, out of the same round of the server's loop; the second comes after."""
        for _ in range(2):
            server.exchange(*self.neighbour, server.frame(4, 1, b'\x03\x00\x00\x00\x01'))

    @rule(who=WHO, data=FRAME)
    def request(self, who, data):
        self.send(who, data)

    @rule(who=WHO, data=st.lists(st.one_of(FRAME, FRAME, FRAME, FOREIGN), min_size=2, max_size=18).map(b''.join))
    def pipelined(self, who, data):
        self.send(who, data)

    @rule(who=WHO, data=st.lists(FRAME, min_size=1, max_size=2).map(b''.join),
          cuts=st.lists(st.integers(1, 40), min_size=1, max_size=4))
    def in_pieces(self, who, data, cuts):
        for cut in cuts:
            piece, data = data[:cut], data[cut:]
            self.send(who, piece)
            self.other_is_served(b'\x03\x00\x00\x00\x01')
        self.send(who, data)

    @rule(who=WHO, data=FRAME, keep=st.integers(1, 20))
    def part_of_a_request(self, who, data, keep):
        self.send(who, data[:keep])

    @rule(who=WHO, data=st.binary(min_size=1, max_size=40))
    def garbage(self, who, data):
        self.send(who, data)

    @rule(request=SOUND)
    def other_is_served(self, request):
        """The neighbour never enters listen only mode, so it is always answered."""
        if request[:3] != b'\x08\x00\x04':
            server.exchange(*self.neighbour, server.frame(2, 1, request))

    @precondition(lambda self: any(self.links))
    @rule(who=WHO, reset=st.booleans())
    def close(self, who, reset):
        if self.links[who] is not None:
            client = self.links[who][0]
            if reset:
                client.reset()
            else:
                assert client.finish() == b'', 'more came than was due'
                client.close()
            self.links[who] = None

    def teardown(self):
        for link in self.links:
            if link is not None:
                assert link[0].finish() == b'', 'more came than was due'
                link[0].close()
        for read in ('0100000010', '03000a007d', '0300000007', '14070600020000007c'):
            server.exchange(*self.neighbour, server.frame(3, 2, bytes.fromhex(read)))
        self.neighbour[0].close()


class StatefulTest(unittest.TestCase):

    def test_stateful_any_sequence_same_as_model(self):
        with server.Mbplantd(PLANT) as Masters.running:
            run_state_machine_as_test(Masters, settings=settings(
                derandomize=True, database=None, deadline=None, max_examples=EXAMPLES, stateful_step_count=STEPS,
                suppress_health_check=list(HealthCheck)))
        print(f'{EXAMPLES} sequences, {Masters.steps} steps')


if __name__ == '__main__':
    server.main()
