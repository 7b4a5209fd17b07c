"""conformance.garbage: bytes that no Modbus client sends. The reply or close that model.py says, no effect on another
connection, no socket and (under a sanitizer) no memory left behind."""
import os
import random
import struct
import unittest

import boundaries
import cases
import model
import plants
import server

READ = bytes.fromhex('000100000006010300000001')

FOREIGN = [
    b'GET / HTTP/1.1\r\nHost: plant\r\n\r\n',
    b'POST /api HTTP/1.1\r\nHost: plant\r\nContent-Length: 2\r\n\r\n{}',
    b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    b'SSH-2.0-OpenSSH_9.2p1\r\n',
    b'\r\n', b'\n' * 300, b'\0' * 6, b'\0' * 7, b'\0' * 300, b'\xff' * 300, b'{"jsonrpc":"2.0"}\n',
    bytes.fromhex('16030100a5010000a10303') + bytes(range(160)),                # TLS 1.2 client hello
    bytes.fromhex('1603010200010001fc0303') + bytes(507),                       # TLS 1.3
    bytes.fromhex('0300001300e00000123400c1020100c2020102c0010a'),              # S7 over ISO-on-TCP
    bytes.fromhex('6500040000000000000000000000000000000000000000000100000000'),  # EtherNet/IP
    bytes.fromhex('0564059c0100000000ffa1'),                                    # DNP3
    bytes.fromhex('68040b000000'),                                              # IEC 60870-5-104
    bytes.fromhex('010300000001840a'),                                          # Modbus RTU, with its CRC
    b':010300000001FB\r\n',                                                     # Modbus ASCII
    bytes.fromhex('00010000ffff0103') + bytes(65535),                           # the longest length that fits
]


class GarbageTest(unittest.TestCase):
    """Each stream goes over a connection of its own; a neighbour stays connected all the time."""

    def setUp(self):
        plant = plants.base(serial=True)
        self.running = self.enterContext(server.Mbplantd(plant))
        self.model = plant.model()
        self.neighbour = self.enterContext(self.running.connect())
        self.neighbour_model = model.Connection(self.model)
        self.ask_neighbour()
        self.sockets = self.count_sockets()
        self.played = 0

    def tearDown(self):
        self.ask_neighbour()
        self.ask_neighbour()        # the second answer comes after the loop has closed what the first one found closed
        self.assertEqual(self.count_sockets(), self.sockets)
        print(f'{self._testMethodName}: {self.played} streams')

    def count_sockets(self):
        """The server's open sockets. Its files come and go with the journal's thread."""
        folder, sockets = f'/proc/{self.running.process.pid}/fd', 0
        for descriptor in os.listdir(folder):
            try:
                sockets += os.readlink(os.path.join(folder, descriptor)).startswith('socket:')
            except FileNotFoundError:
                pass
        return sockets

    def ask_neighbour(self):
        for pdu in ('010000000a', '030000000a', '0f0000000a02ff03', '0600090042'):
            server.exchange(self.neighbour, self.neighbour_model, server.frame(7, 1, bytes.fromhex(pdu)))

    def play(self, stream):
        """Sends a whole stream; where the model does not close, the client ends it."""
        connection = model.Connection(self.model)
        expected = connection.feed(stream)
        with self.running.connect() as client:
            if connection.closed:
                try:
                    client.send(stream)
                except OSError:
                    pass            # closed before all of it was sent
                got = client.receive(1 << 30)
            else:
                got = client.finish(stream)
        self.assertEqual(got.hex(), expected.hex(), f'sent {stream[:600].hex()}')
        self.played += 1
        if self.played % 16 == 0:
            self.ask_neighbour()

    def valid_requests(self):
        """Frames of the csv that are answered, one each."""
        seen = set()
        for case in cases.load():
            stream = case.request()
            while len(stream) >= 8:
                end = 6 + struct.unpack('>H', stream[4:6])[0]
                request, stream = stream[:end], stream[end:]
                if not case.closes() and request not in seen:
                    seen.add(request)
                    yield request

    def test_garbage_foreign_protocols_model_reply_or_close(self):
        for stream in FOREIGN:
            self.play(stream)
            self.play(READ + stream)

    def test_header_length_edges_reply_or_close(self):
        for length in (0, 1, 2, 3, 5, 6, 7, 253, 254, 255, 256, 260, 0x0106, 0x0600, 0x7FFF, 0xFFFF):
            for protocol in (0, 1, 0x0100, 0xFFFF):
                for function in (3, 16, 43, 90):
                    body = (bytes([1, function, 0, 0, 0, 1]) + bytes(65536))[:length]
                    self.play(struct.pack('>HHH', 9, protocol, length) + body + READ)

    def test_garbage_random_bytes_model_reply_or_close(self):
        chance = random.Random(1)
        for _ in range(500):
            self.play(chance.randbytes(chance.randrange(1, 600)))
            # A sound header first, or nearly all would end at the length field.
            length = chance.randrange(2, 255)
            self.play(struct.pack('>HHH', 5, 0, length) + chance.randbytes(chance.randrange(1, 2 * length)))
            pdu = bytes([chance.choice(boundaries.SERIAL_FUNCTIONS + (1, 5, 15, 16, 20, 21, 22, 23, 24, 43))])
            self.play(server.frame(6, 1, pdu + chance.randbytes(chance.randrange(0, 40))) + READ)

    def test_truncation_every_prefix_of_valid_requests_no_reply(self):
        for request in self.valid_requests():
            for end in range(1, len(request)):
                self.play(request[:end])
                if end % 4 == 0:
                    self.play(READ + request[:end])

    def test_bit_flip_every_bit_of_short_requests_model_reply_or_close(self):
        chosen = {}
        for request in self.valid_requests():
            if len(request) <= 24:
                chosen.setdefault(request[7], request)      # one of each function code
        self.assertGreaterEqual(len(chosen), 15)
        for request in chosen.values():
            for bit in range(8 * len(request)):
                flipped = bytearray(request)
                flipped[bit // 8] ^= 1 << bit % 8
                self.play(bytes(flipped) + READ)

    def test_reset_in_the_middle_of_requests_others_unaffected(self):
        for request in self.valid_requests():
            client = self.running.connect()
            client.send(request[:len(request) // 2])
            client.reset()
            self.ask_neighbour()
            self.played += 1


if __name__ == '__main__':
    server.main()
