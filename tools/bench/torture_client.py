"""The torture's client: it operates the plant with many requests in flight and remembers what it was shown."""

import socket
import struct

from journal_model import FIRST_FILE, LIMITS, PER_FILE, WORDS, Broken

MACHINES, SENSORS_A_MACHINE = 6, 2
DRIVEN = 1  # unit id of what the client operates
LIMITS_AT, COIL_FORCED, COIL_SHELVED = 1000, 1000, 2000
RAW_AT, RAW = 9000, 64  # registers that no scan takes in
PATIENCE_S = 60.0  # for a sanitized program on a busy machine; never waited for when all is well


class Client:
    """A master that keeps many requests in flight and remembers what it was shown."""

    def __init__(self, port, rng):
        self.rng = rng
        self.socket = socket.create_connection(("127.0.0.1", port), PATIENCE_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.asked = []
        self.buffer = b""
        self.last = 0    # the highest event number it was shown
        self.oldest = 0  # the oldest that was kept when it looked last
        self.events = {}  # number -> record
        self.raw = {}  # address -> words that it may hold: the confirmed one, then those that were not answered

    def close(self):
        self.socket.close()

    def send(self, pdus):
        """Requests, answered in this order."""
        frames = b"".join(struct.pack(">HHHB", index, 0, len(pdu) + 1, DRIVEN) + pdu for index, pdu in enumerate(pdus))
        self.asked += pdus
        self.socket.sendall(frames)

    def receive(self):
        """The answers to all that was asked, or to what was answered before the end: [(request, answer or None)]."""
        answers = []
        while self.asked and (answer := self._frame()) is not None:
            answers.append((self.asked.pop(0), answer))
        for request, answer in answers:
            self._note(request, answer)
        return answers

    def _frame(self):
        while len(self.buffer) < 7 or len(self.buffer) < 6 + int.from_bytes(self.buffer[4:6], "big"):
            try:
                more = self.socket.recv(1 << 16)
            except ConnectionError:
                more = b""
            if not more:
                return None
            self.buffer += more
        end = 6 + int.from_bytes(self.buffer[4:6], "big")
        pdu, self.buffer = self.buffer[7:end], self.buffer[end:]
        return pdu

    def _note(self, request, answer):
        if request[0] == 6 and answer == request:
            addr, word = struct.unpack(">HH", request[1:])
            held = self.raw[addr]
            del held[:held.index(word)]
        if request == SUMMARY and answer[0] == 4:
            self.last = max(self.last, int.from_bytes(answer[18:22], "big"))
            self.oldest = int.from_bytes(answer[22:26], "big")
        elif request[0] == 20 and answer[0] == 20:
            self._keep(answer[4:])
        elif request[0] == 4 and answer[0] == 4 and request != SUMMARY and request[1:3] == b"\x13\x88":
            self._keep(answer[2:])

    def _keep(self, records):
        for at in range(0, len(records), 2 * WORDS):
            record = records[at:at + 2 * WORDS]
            seq = int.from_bytes(record[:4], "big")
            if seq == 0:
                continue
            if self.events.setdefault(seq, record) != record:
                raise Broken(f"event {seq} was shown in two versions")
            self.last = max(self.last, seq)

    def ask(self, pdu):
        """One request and its answer."""
        self.send([pdu])
        answers = self.receive()
        if not answers:
            raise Broken("mbplantd closed the connection")
        return answers[0][1]

    def load(self):
        """A batch of writes and reads."""
        reads = [SUMMARY, struct.pack(">BHH", 4, 5000, 6 * WORDS)]
        if self.last > 12:
            reads.append(read_events(self.rng.randint(max(1, self.last - 3000), self.last), 6))
        raw = [self._write_raw() for _ in range(self.rng.randint(0, 6))]
        self.send([self._write() for _ in range(self.rng.randint(0, 10))] + raw + reads)

    def _write_raw(self):
        addr, word = RAW_AT + self.rng.randrange(RAW), self.rng.randrange(1, 1 << 16)
        while word in self.raw.setdefault(addr, [0]):
            word = self.rng.randrange(1, 1 << 16)
        self.raw[addr].append(word)
        return struct.pack(">BHH", 6, addr, word)

    def _write(self):
        rng = self.rng
        sensor, machine = rng.randrange(MACHINES * SENSORS_A_MACHINE), rng.randrange(MACHINES)
        number = struct.pack(">f", rng.uniform(0, 100))
        kind = rng.random()
        if kind < 0.35:
            return struct.pack(">BHHB", 16, 2 * sensor, 2, 4) + number
        if kind < 0.5:
            return struct.pack(">BHH", 5, COIL_FORCED + sensor, 0)
        if kind < 0.65:
            limit = rng.choice(((1, rng.uniform(0, 40)), (2, rng.uniform(60, 100))))
            return (struct.pack(">BHHB", 16, LIMITS_AT + 2 * (LIMITS * sensor + limit[0]), 2, 4)
                    + struct.pack(">f", limit[1]))
        if kind < 0.85:
            return struct.pack(">BHH", 5, 8 * machine + rng.choice((0, 0, 0, 1, 2)), 0xFF00)
        if kind < 0.95:
            return struct.pack(">BHH", 5, 8 * machine + 3, 0xFF00)
        return struct.pack(">BHH", 5, COIL_SHELVED + sensor, rng.choice((0, 0xFF00)))


SUMMARY = struct.pack(">BHH", 4, 0, 24)
REMOVED = b"\x94\x02"


def read_events(first, count):
    """FC 20 of events, as many as stand in one file."""
    place = first % PER_FILE
    words = WORDS * min(count, PER_FILE - place)
    return struct.pack(">BBBHHH", 20, 7, 6, FIRST_FILE + first // PER_FILE, WORDS * place, words)
