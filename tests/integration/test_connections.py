"""Connections in numbers and in trouble: more than select() could hold, no descriptor left, dead and deaf peers."""
import ctypes
import os
import resource
import select
import signal
import socket
import tempfile
import unittest

import support
import test_trouble

READ = bytes.fromhex("00010000000601030000007d")
ANSWER = bytes.fromhex("0001000000fd0103fa") + bytes(250)
TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT, TCP_SYNCNT, TCP_USER_TIMEOUT = 4, 5, 6, 7, 18
PIDFD_OPEN, PIDFD_GETFD = 434, 438     # the same on every architecture
DEAD_PEER_S = 45
SELECT_MAX = 1024


class Plant(support.Plant):
    captured = False    # thousands of connections are no matter for Wireshark


def connect(plant):
    client = socket.create_connection(("127.0.0.1", plant.port), support.PATIENCE_S)
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return client


def ask(client):
    client.sendall(READ)
    received = b""
    while len(received) < len(ANSWER):
        more = client.recv(len(ANSWER) - len(received))
        if not more:
            break
        received += more
    return received


def is_closed(client):
    """Waits until the server says something: nothing but its end is due."""
    try:
        return client.recv(1) == b""
    except ConnectionResetError:
        return True


def descriptors(process):
    return [int(name) for name in os.listdir(f"/proc/{process.pid}/fd")]


def server_socket(process, client):
    """The server's end of a client's connection, as a socket of ours: two names of one thing."""
    libc = ctypes.CDLL(None, use_errno=True)
    pidfd = libc.syscall(PIDFD_OPEN, process.pid, 0)
    if pidfd < 0:
        raise unittest.SkipTest("this kernel has no pidfd_open")
    try:
        for number in descriptors(process):
            if not os.readlink(f"/proc/{process.pid}/fd/{number}").startswith("socket:"):
                continue
            copy = libc.syscall(PIDFD_GETFD, pidfd, number, 0)
            if copy < 0:
                raise unittest.SkipTest("not permitted to look into another process's sockets")
            found = socket.socket(fileno=copy)
            try:
                if found.getpeername() == client.getsockname():
                    return found
            except OSError:
                pass        # it listens, or is one of a pair
            found.close()
    finally:
        os.close(pidfd)
    raise AssertionError("the server has no such connection")


class Connections(unittest.TestCase):

    def start(self, file="connections.yaml"):
        return self.enterContext(Plant(file))

    def client(self, plant):
        return self.enterContext(connect(plant))

    def test_more_connections_than_select_holds_all_answered(self):
        wanted = SELECT_MAX + 200
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        if hard < 2 * wanted:
            self.skipTest(f"at most {hard} descriptors are allowed here")
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        plant = self.start()
        clients = [self.client(plant) for _ in range(wanted)]
        for client in clients + clients[::-1]:
            self.assertEqual(ask(client), ANSWER)
        self.assertGreater(max(descriptors(plant.process)), SELECT_MAX)

    def test_masters_coming_all_at_once_while_the_server_is_busy_need_no_second_try(self):
        """Who finds the listen queue full tries again after a second."""
        wanted = 2000
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        with open("/proc/sys/net/core/somaxconn", encoding="ascii") as file:
            if int(file.read()) < wanted or hard < 2 * wanted:
                self.skipTest("this system allows no such queue")
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        plant = self.start()
        support.stand_still(plant.process)
        self.addCleanup(plant.process.send_signal, signal.SIGCONT)
        clients = []
        for _ in range(wanted):
            client = self.enterContext(socket.socket())
            client.setsockopt(socket.IPPROTO_TCP, TCP_SYNCNT, 1)
            client.connect(("127.0.0.1", plant.port))
            clients.append(client)
        plant.process.send_signal(signal.SIGCONT)
        for client in clients:
            self.assertEqual(ask(client), ANSWER)

    def test_no_descriptor_left_the_connected_are_served_the_rest_closed(self):
        """What waits in the listen queue is taken and closed: were it left there, the loop would spin on it."""
        plant = self.start()
        neighbour = self.client(plant)
        self.assertEqual(ask(neighbour), ANSWER)
        most = max(descriptors(plant.process)) + 20
        resource.prlimit(plant.process.pid, resource.RLIMIT_NOFILE, (most, most))
        clients = [self.client(plant) for _ in range(most + 100)]
        self.assertEqual(ask(neighbour), ANSWER)
        served = []
        for client in clients:
            try:
                served.append(ask(client) == ANSWER)
            except (ConnectionResetError, BrokenPipeError):
                served.append(False)
        # not always the first ones, and numbers below the largest are free too: the journal needs a descriptor of its own
        # now and then, and who comes after it was given back has it
        self.assertIn(sum(served), range(1, most))
        for client in clients:
            client.close()
        support.eventually(lambda: self.answers(plant), "an answer to a new client when there is room again")
        self.assertEqual(ask(neighbour), ANSWER)

    def test_others_take_descriptors_that_are_given_up_and_who_has_no_room_is_closed_all_the_same(self):
        """Threads that store take three. Were the spare ones gone, those in the listen queue would wait for ever."""
        shim = test_trouble.Shim(self.enterContext(tempfile.TemporaryDirectory(prefix="mbplant-")))
        shim.be(steals=3)
        plant = self.enterContext(Plant("connections.yaml", environment=shim.environment))
        neighbour = self.client(plant)
        self.assertEqual(ask(neighbour), ANSWER)
        most = max(descriptors(plant.process)) + 2
        resource.prlimit(plant.process.pid, resource.RLIMIT_NOFILE, (most, most))
        clients = [self.client(plant) for _ in range(most + 20)]
        support.eventually(lambda: len(select.select(clients, [], [], 0)[0]) >= 20, "those without room to be closed")
        self.assertEqual(ask(neighbour), ANSWER)

    def answers(self, plant):
        with connect(plant) as client:
            try:
                return ask(client) == ANSWER
            except OSError:
                return False

    def test_idle_connection_is_closed_and_a_talking_one_stays(self):
        plant = self.start("idle.yaml")
        idle, talking = self.client(plant), self.client(plant)
        while not select.select([idle], [], [], 0)[0]:
            self.assertEqual(ask(talking), ANSWER)
        self.assertTrue(is_closed(idle))
        self.assertEqual(ask(talking), ANSWER)

    def test_deaf_client_is_closed_and_its_neighbour_served(self):
        plant = self.start()
        deaf, neighbour = socket.socket(), self.client(plant)
        self.enterContext(deaf)
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.connect(("127.0.0.1", plant.port))
        deaf.setblocking(False)
        gone = select.poll()
        gone.register(deaf, 0)      # POLLERR and POLLHUP always count
        while not gone.poll(0):
            try:
                deaf.send(READ * 1000)
            except BlockingIOError:
                pass
            except OSError:
                break
            self.assertEqual(ask(neighbour), ANSWER)

    def test_dead_peer_is_found_in_45_s_whether_or_not_an_answer_is_on_its_way(self):
        plant = self.start()
        client = self.client(plant)
        self.assertEqual(ask(client), ANSWER)
        with server_socket(plant.process, client) as end:
            self.assertTrue(end.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE))
            idle, interval, probes, unacknowledged_ms = (
                end.getsockopt(socket.IPPROTO_TCP, option)
                for option in (TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT, TCP_USER_TIMEOUT))
            self.assertEqual(idle + interval * probes, DEAD_PEER_S)
            self.assertEqual(unacknowledged_ms, 1000 * DEAD_PEER_S)
            self.assertTrue(end.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))


if __name__ == "__main__":
    support.main()
