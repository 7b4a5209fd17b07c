"""Who may connect and do what, who must go, and faults on the wire: raw sockets from several loopback addresses."""
import json
import re
import signal
import socket
import struct
import time
import unittest

import support


class WirePlant(support.Plant):
    """Not in the capture: what is cut on purpose is malformed."""

    captured = False


def request(pdu, transaction=1, unit=1):
    return struct.pack(">HHHB", transaction, 0, len(pdu) + 1, unit) + pdu


def read(addr, transaction=1, unit=1):
    return request(struct.pack(">BHH", 3, addr, 1), transaction, unit)


def answer(addr, transaction=1):
    return request(struct.pack(">BBH", 3, 2, addr), transaction)


INSTRUCTOR = 247
WRITE_REFUSED, WRITES_AGGREGATED = 43, 45      # codes of events
WRITE_REGISTER = struct.pack(">BHH", 6, 9, 1234)
WRITE_COIL = struct.pack(">BHH", 5, 0, 0xFF00)


class Client:
    """A connection from a loopback address of our choice."""

    def __init__(self, port, source="127.0.0.1"):
        self.socket = socket.socket()
        self.socket.bind((source, 0))
        self.socket.settimeout(support.PATIENCE_S)
        self.socket.connect(("127.0.0.1", port))

    def send(self, data):
        self.socket.sendall(data)
        return self

    def receive(self, length):
        """That many bytes, or fewer when the server closed."""
        data = b""
        while len(data) < length:
            try:
                more = self.socket.recv(length - len(data))
            except ConnectionResetError:
                more = b""
            if not more:
                break
            data += more
        return data

    def ask(self, pdu, unit=1):
        """The response PDU to a request PDU; empty when the connection was closed instead."""
        self.send(request(pdu, 7, unit))
        header = self.receive(7)
        return self.receive(struct.unpack(">H", header[4:6])[0] - 1) if len(header) == 7 else b""

    def is_open(self):
        return self.ask(read(0)[7:]) != b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()


class Wire(unittest.TestCase):
    def setUp(self):
        self.plant = self.enterContext(WirePlant("wire.yaml"))

    def client(self, source="127.0.0.1"):
        return self.enterContext(Client(self.plant.port, source))

    # ---- access ----

    def test_read_rule_refuses_every_write_with_01(self):
        client = self.client("127.0.0.2")
        self.assertEqual(client.ask(WRITE_REGISTER), b"\x86\x01")
        self.assertEqual(client.ask(WRITE_COIL), b"\x85\x01")
        self.assertEqual(client.ask(read(9)[7:]), b"\x03\x02\x00\x09")

    def test_operate_rule_lets_coils_through_only(self):
        client = self.client("127.0.0.3")
        self.assertEqual(client.ask(WRITE_COIL), WRITE_COIL)
        self.assertEqual(client.ask(WRITE_REGISTER), b"\x86\x01")

    def test_all_rule_lets_everything_through(self):
        self.assertEqual(self.client("127.0.0.5").ask(WRITE_REGISTER), WRITE_REGISTER)

    def test_rule_of_units_lets_write_to_those_only_and_read_all(self):
        student, both = self.client("127.0.0.32"), self.client("127.0.0.33")
        self.assertEqual(student.ask(WRITE_REGISTER), WRITE_REGISTER)
        self.assertEqual(student.ask(WRITE_COIL, INSTRUCTOR), b"\x85\x01")
        self.assertEqual(student.ask(struct.pack(">BHH", 4, 0, 1), INSTRUCTOR)[:2], b"\x04\x02")
        self.assertEqual(both.ask(WRITE_COIL, INSTRUCTOR), WRITE_COIL)
        self.assertEqual(both.ask(WRITE_REGISTER), WRITE_REGISTER)

    def test_operate_rule_does_not_reach_the_instructors_unit(self):
        self.assertEqual(self.client("127.0.0.3").ask(WRITE_COIL, INSTRUCTOR), b"\x85\x01")

    def test_address_without_rule_is_not_served(self):
        self.assertEqual(self.client("127.0.0.9").ask(WRITE_COIL), b"")

    def test_refused_write_is_journaled_with_its_peer(self):
        self.client("127.0.0.2").ask(WRITE_REGISTER)
        text = support.eventually(
            lambda: (lambda out: out if "127.0.0.2" in out else "")(self.plant.ctl("journal", "--format", "csv")),
            "a refused write in the journal")
        self.assertIn("write refused", text)

    def test_peer_whose_writes_are_refused_in_a_flood_hides_no_other(self):
        """Ten events a second of each: the one refusal of the other peer stands by itself, and none is forgotten."""
        flooding, other = self.client("127.0.0.2"), self.client("127.0.0.3")
        for turn in range(600):
            flooding.ask(WRITE_REGISTER)
            flooding.ask(WRITE_COIL)
            if turn == 300:
                other.ask(WRITE_REGISTER)
        support.eventually(lambda: self.refused_of("127.0.0.2")[0] == 1200, "every refused write counted")
        self.assertEqual(self.refused_of("127.0.0.3"), (1, 1))
        self.assertLess(self.refused_of("127.0.0.2")[1], 1200)

    def refused_of(self, peer):
        """How many refused writes of a peer the journal counts, and in how many events."""
        events = [json.loads(line) for line in self.plant.ctl("journal", "--format", "jsonl").splitlines()]
        of_peer = [event for event in events if event["peer"] == peer]
        refused = [event["detail"] >> 24 for event in of_peer if event["code_number"] == WRITE_REFUSED]
        more = [int(event["value"]) for event in of_peer if event["code_number"] == WRITES_AGGREGATED]
        return len(refused) + sum(refused) + sum(more), len(refused)

    def test_what_the_server_counted_stands_in_the_instructors_unit(self):
        reader, student = self.client("127.0.0.5"), self.client("127.0.0.2")
        student.ask(WRITE_REGISTER)         # refused: no right
        reader.ask(struct.pack(">BHH", 6, 60000, 1))    # refused: no such register
        reader.ask(struct.pack(">BHH", 3, 60000, 1))    # an exception, no write
        self.assertEqual(self.client("127.0.0.9").ask(WRITE_COIL), b"")     # turned away
        before = self.counts(reader)
        self.assertEqual(before["open"], 2)
        self.assertEqual(before["turned away"], 1)
        self.assertEqual(before["requests"], 4)     # with the one that asks
        self.assertEqual((before["exceptions"], before["writes refused"]), (3, 2))
        reader.send(request(read(0)[7:], 7)[:2] + bytes([0, 1]) + request(read(0)[7:], 7)[4:])
        self.assertEqual(reader.ask(read(0)[7:])[:1], b"\x03")
        after = self.counts(reader)
        self.assertEqual(after["discarded"], 1)
        self.assertEqual(after["requests"], before["requests"] + 2)
        said = self.plant.ctl("sim", "status")
        self.assertIn("3 exceptions, 2 of them refused writes; 1 frames of another protocol", said)
        self.assertIn("1 turned away", said)

    def counts(self, client):
        """Input registers 68.. of unit 247."""
        names = ["accepted", "open", "evicted", "turned away", "requests", "exceptions", "writes refused", "discarded",
                 "bad frames", "timeouts", "slow closed", "faults"]
        answer = client.ask(struct.pack(">BHH", 4, 68, 2 * len(names)), INSTRUCTOR)
        return dict(zip(names, struct.unpack(f">{len(names)}I", answer[2:])))

    # ---- connections ----

    def test_client_over_its_cap_loses_its_oldest_unused(self):
        first, second, third = (self.client("127.0.0.16") for _ in range(3))
        for client in (second, third, first):
            self.assertTrue(client.is_open())
        fourth = self.client("127.0.0.16")
        self.assertTrue(fourth.is_open())
        self.assertFalse(second.is_open())
        self.assertTrue(first.is_open() and third.is_open())

    def test_full_server_closes_the_oldest_unused_but_never_a_kept_one(self):
        kept = self.client("127.0.0.4")
        self.assertTrue(kept.is_open())
        others = []
        for host in range(17, 22):
            others.append(self.client(f"127.0.0.{host}"))
            self.assertTrue(others[-1].is_open())
        newest = self.client("127.0.0.22")
        self.assertTrue(newest.is_open())
        self.assertTrue(kept.is_open())
        self.assertEqual([client.is_open() for client in others], [False, True, True, True, True])

    def test_half_requests_of_one_stranger_do_not_lock_others_out(self):
        """As many as one address may have, each always with half a request: who was there stays, who comes is served."""
        polite = self.client("127.0.0.31")
        self.assertTrue(polite.is_open())
        strangers = []
        for turn in range(30):
            for host in (17, 18):
                strangers.append(self.client(f"127.0.0.{host}").send(read(0)[:5]))
            newcomer = self.client(f"127.0.0.{20 + turn % 10}")
            self.assertTrue(newcomer.is_open(), f"turned away in turn {turn}")
            newcomer.socket.close()
            self.assertTrue(polite.is_open(), f"closed in turn {turn}")

    def test_plain_opening_of_connections_costs_others_nothing_and_is_logged_with_the_peer(self):
        polite = [self.client("127.0.0.30") for _ in range(2)]
        for _ in range(100):
            self.client("127.0.0.16")
        self.assertEqual([client.is_open() for client in polite], [True, True])
        said = self.plant.err.wait_for(re.compile("127.0.0.16 has as many connections as one address may"))
        self.assertIsNotNone(said)
        self.assertEqual(len([line for line in self.plant.err.lines if "as one address may" in line]), 1)

    def test_host_that_the_rules_refuse_is_logged_once_in_a_while(self):
        for _ in range(5):
            self.assertEqual(self.client("127.0.0.9").ask(WRITE_COIL), b"")
        refusal = re.compile("connection from 127.0.0.9 refused by the access rules")
        self.assertIsNotNone(self.plant.err.wait_for(refusal))
        self.assertEqual(len([line for line in self.plant.err.lines if refusal.search(line)]), 1)

    def test_request_in_flight_is_not_evicted(self):
        busy = self.client("127.0.0.17").send(read(1))      # answered 150 ms later
        others = [self.client(f"127.0.0.{host}") for host in range(18, 24)]
        self.assertEqual(busy.receive(11), answer(1))
        self.assertTrue(others[-1].is_open())

    def test_incomplete_frame_is_closed_after_its_time(self):
        slow = self.client().send(read(0)[:5])
        quick = self.client()
        self.assertEqual(slow.receive(1), b"")
        self.assertTrue(quick.is_open())

    def order_of_turns(self, crowd, requests):
        """Who is answered when: each of a crowd has sent that many requests for 34 scattered records, and somebody one
        plain request, before mbplantd looks. The trace tells, a letter a request; '.' is the plain one."""
        groups = b"".join(struct.pack(">BHHH", 6, 900, 7 * n % 90, 1) for n in range(34))
        scattered = struct.pack(">BB", 20, len(groups)) + groups
        with WirePlant("records.yaml", "--trace", "-v") as plant:
            attackers = [self.enterContext(Client(plant.port)) for _ in range(crowd)]
            polite = self.enterContext(Client(plant.port))
            names = {client.socket.getsockname()[1]: chr(ord("a") + i) for i, client in enumerate(attackers)}
            names[polite.socket.getsockname()[1]] = "."
            for client in [*attackers, polite]:     # accepted, all of them
                self.assertTrue(client.is_open())
            support.stand_still(plant.process)
            for client in attackers:
                client.send(b"".join(request(scattered, n) for n in range(requests)))
            polite.send(read(0))
            plant.process.send_signal(signal.SIGCONT)
            self.assertEqual(polite.receive(11), answer(0))
            for client in attackers:
                self.assertEqual(len(client.receive(requests * (9 + 34 * 4))), requests * (9 + 34 * 4))
            plant.stop()
            seen = [names[int(port)] for port in re.findall(r"^\S+Z 127\.0\.0\.1:(\d+) #", plant.out.text(), re.M)]
            plant.start()
        return "".join(seen[crowd + 1:])

    def test_scattered_records_of_one_do_not_hold_up_the_others(self):
        """One request with many records is a turn: the other is served after the first of them at the latest."""
        order = self.order_of_turns(1, 16)
        self.assertEqual(sorted(order), sorted("." + 16 * "a"))
        self.assertLessEqual(order.index("."), 1)

    def test_scattered_records_of_many_take_turns_and_hold_up_nobody(self):
        order = self.order_of_turns(12, 6)
        self.assertEqual(len(order), 12 * 6 + 1)
        self.assertLessEqual(order.index("."), 5)       # as many as all together may read at once
        for name in "abcdefghijkl":                     # nobody is served a third time before all were once
            third = [at for at, who in enumerate(order) if who == name][2]
            self.assertEqual(set("abcdefghijkl") - set(order[:third]), set())

    # ---- faults ----

    def test_delay_holds_up_its_own_connection_only(self):
        other = self.client("127.0.0.16")
        slow = self.client().send(read(0, 1) + read(1, 2) + read(0, 3))
        self.assertEqual(slow.receive(11), answer(0, 1))
        self.assertTrue(other.is_open())
        self.assertEqual(slow.receive(22), answer(1, 2) + answer(0, 3))

    def test_delay_takes_its_time(self):
        client = self.client()
        begin = time.monotonic()
        self.assertEqual(client.send(read(1)).receive(11), answer(1))
        self.assertGreaterEqual(time.monotonic() - begin, 0.14)

    def test_drop_is_silent_once(self):
        client = self.client().send(read(2, 1) + read(2, 2))
        self.assertEqual(client.receive(11), answer(2, 2))

    def test_wrong_transaction_answers_another(self):
        self.assertEqual(self.client().send(read(4, 1)).receive(11), answer(4, 2))

    def test_truncate_cuts_the_frame(self):
        client = self.client().send(read(5, 1) + read(5, 2))
        self.assertEqual(client.receive(19), answer(5, 1)[:8] + answer(5, 2))

    def test_split_sends_two_segments(self):
        client = self.client().send(read(6))
        first = client.socket.recv(260)
        self.assertEqual(first, answer(6)[:3])
        self.assertEqual(first + client.receive(8), answer(6))

    def test_close_answers_what_came_before(self):
        client = self.client().send(read(0, 1) + read(7, 2) + read(0, 3))
        self.assertEqual(client.receive(100), answer(0, 1))

    def test_close_while_a_delayed_answer_waits_is_clean(self):
        self.client().send(read(1) + read(0)).socket.close()
        self.assertTrue(self.client().is_open())

    def test_instructor_switches_a_fault_at_run_time(self):
        client = self.client()
        self.assertEqual(client.ask(read(3)[7:]), b"\x03\x02\x00\x03")
        client.ask(struct.pack(">BHH", 5, 2, 0xFF00), unit=247)
        self.assertEqual(client.ask(read(3)[7:]), b"\x83\x06")
        client.ask(struct.pack(">BHH", 5, 2, 0), unit=247)
        self.assertEqual(client.ask(read(3)[7:]), b"\x03\x02\x00\x03")

    def test_exception_stands_instead_of_the_write(self):
        client = self.client()
        self.assertEqual(client.ask(struct.pack(">BHH", 6, 0, 5)), b"\x86\x01")
        self.assertEqual(client.ask(read(0)[7:]), b"\x03\x02\x00\x00")
        self.assertEqual(client.ask(struct.pack(">BHHBH", 16, 0, 1, 2, 5)), struct.pack(">BHH", 16, 0, 1))
        self.assertEqual(client.ask(read(0)[7:]), b"\x03\x02\x00\x05")
        support.eventually(lambda: self.refused_of("127.0.0.1") == (1, 1), "the refused write in the journal")

    def test_unit_that_is_not_there_suffers_the_fault_that_names_it(self):
        client = self.client()
        client.send(read(0, 1, unit=9) + read(0, 2))
        self.assertEqual(client.receive(11), answer(0, 2))
        self.assertEqual(client.ask(read(0)[7:], unit=8), b"\x83\x0b")

    def test_reader_clears_no_counters(self):
        reader, writer = self.client("127.0.0.2"), self.client("127.0.0.5")
        clear = struct.pack(">BHH", 8, 10, 0)
        self.assertEqual(reader.ask(clear), b"\x88\x01")
        self.assertEqual(writer.ask(clear), clear)
        support.eventually(lambda: "counters of function 8 of unit 1 cleared (sub-function 10) by 127.0.0.5"
                           in self.plant.ctl("journal"), "who cleared the counters, in the journal")
        self.assertIn("sub-function 10 of unit 1 refused: illegal function, by 127.0.0.2", self.plant.ctl("journal"))

    def test_reader_silences_no_unit(self):
        reader, writer = self.client("127.0.0.2"), self.client("127.0.0.5")
        silence = struct.pack(">BHH", 8, 4, 0)
        self.assertEqual(reader.ask(silence), b"\x88\x01")
        self.assertEqual(reader.ask(read(0, 1)[7:])[:1], b"\x03")
        self.assertEqual(writer.ask(struct.pack(">BHH", 8, 0, 7)), struct.pack(">BHH", 8, 0, 7))
        support.eventually(lambda: "sub-function 4 of unit 1 refused: illegal function, by 127.0.0.2" in self.plant.ctl("journal"),
                           "the refusal is journaled")

    def test_probability_is_seeded(self):
        def pattern(plant):
            with Client(plant.port) as client:
                client.send(b"".join(read(8, n) for n in range(1, 101)) + read(0, 101))
                got = []
                while not got or got[-1] != 101:
                    got.append(struct.unpack(">H", client.receive(11)[:2])[0])
                return got
        first = pattern(self.plant)
        self.assertTrue(30 < len(first) < 70, len(first))
        with WirePlant("wire.yaml") as again:
            self.assertEqual(pattern(again), first)


if __name__ == "__main__":
    support.main()
