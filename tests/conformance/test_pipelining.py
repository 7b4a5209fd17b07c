"""conformance.pipelining: many requests at once, the largest responses, and clients that do not read them yet."""
import os
import signal
import struct
import unittest

import model
import plants
import server


def longest_reads(count):
    """FC 3 for 125 registers: 12 bytes ask for 259."""
    return b''.join(server.frame(i & 0xFFFF, 1, struct.pack('>BHH', 3, 125 * (i % 500), 125)) for i in range(count))


class PipeliningTest(unittest.TestCase):

    def setUp(self):
        plant = plants.big()
        self.running = self.enterContext(server.Mbplantd(plant))
        self.model = plant.model()

    def test_pipeline_largest_responses_any_number_in_order(self):
        with self.running.connect() as client:
            connection = model.Connection(self.model)
            for count in (1, 2, 15, 16, 17, 31, 32, 33, 64, 500):
                server.exchange(client, connection, longest_reads(count))

    def test_pipeline_largest_requests_any_number_in_order(self):
        writes = b''.join(
            server.frame(i, 1, struct.pack('>BHHB', 16, 123 * i, 123, 246) + bytes([i]) * 246) for i in range(100))
        with self.running.connect() as client:
            connection = model.Connection(self.model)
            server.exchange(client, connection, writes)
            server.exchange(client, connection, longest_reads(100))

    def test_pipeline_client_reads_late_all_answers_and_others_served(self):
        requests = longest_reads(3000)
        expected = model.Connection(self.model).feed(requests)
        with self.running.connect(receive_buffer=4096) as late, self.running.connect() as other:
            sent = 0
            late.socket.setblocking(False)
            try:
                while sent < len(requests):     # until both directions are full: the server has stopped reading
                    sent += late.socket.send(requests[sent:])
            except BlockingIOError:
                pass
            late.socket.settimeout(server.ANSWER_S)
            connection = model.Connection(self.model)
            for _ in range(100):
                server.exchange(other, connection, longest_reads(1))
            received = late.receive(min(len(expected), 259 * (sent // 12)))
            self.assertEqual(received, expected[:len(received)])
            server.exchange(other, connection, longest_reads(1))
            late.send(requests[sent:])
            self.assertEqual(late.receive(len(expected) - len(received)), expected[len(received):])

    def test_pipeline_greedy_client_neighbour_is_served_after_sixteen(self):
        """Both have asked when the server wakes up; what the neighbour reads tells how many writes came before."""
        writes = b''.join(server.frame(i, 1, struct.pack('>BHH', 6, 0, i)) for i in range(1, 3001))
        connection = model.Connection(self.model)
        with self.running.connect() as greedy, self.running.connect() as other:
            for client in (greedy, other):      # both are accepted
                server.exchange(client, model.Connection(self.model), longest_reads(1))
            self.running.process.send_signal(signal.SIGSTOP)
            os.waitid(os.P_PID, self.running.process.pid, os.WSTOPPED)      # the signal takes its time
            try:
                greedy.send(writes)
                other.send(server.frame(1, 1, bytes.fromhex('0300000001')))
            finally:
                self.running.process.send_signal(signal.SIGCONT)
            answer = other.receive(11)
            # 0x1000, where the register starts: epoll told of the neighbour first.
            self.assertIn(struct.unpack('>H', answer[9:])[0], [0x1000, *range(1, 17)])
            self.assertEqual(greedy.receive(len(writes)), connection.feed(writes))

    def test_pipeline_client_never_reads_and_leaves_others_served(self):
        with self.running.connect() as other:
            connection = model.Connection(self.model)
            for reset in (True, False):
                client = self.running.connect(receive_buffer=4096)
                client.send(longest_reads(2000))
                server.exchange(other, connection, longest_reads(1))
                client.reset() if reset else client.close()
                server.exchange(other, connection, longest_reads(1))


if __name__ == '__main__':
    server.main()
