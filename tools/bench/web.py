"""HTTP: one sensor beside libmicrohttpd's own ready answer; what open streams cost, and Modbus at full load beside them;
reports over a long journal."""

import http.client
import json
import socket
import subprocess
import threading
import time

from harness import DEFAULT_PLANT, BenchError, Server, free_port, median, result, spawn, table

PATH = "/api/v1/sensors/TT101"
CONNECTIONS = 16
STREAMS = 32
OF_CANNED, STREAMS_OF_CORE, MODBUS_OF_WITHOUT = 0.8, 0.03, 0.95
EVENTS, REPORT_S, INCIDENTS_S = 1_000_000, 1.0, 1.0


class Web(Server):
    """mbplantd with HTTP."""

    def __init__(self, settings, plant):
        self.web = free_port()
        super().__init__(settings, "mbplantd", ("--http", f"127.0.0.1:{self.web}"), plant)

    def answer(self):
        """The length of the one that is measured."""
        connection = http.client.HTTPConnection("127.0.0.1", self.web, timeout=10)
        connection.request("GET", PATH, headers={"Host": "localhost"})
        return len(connection.getresponse().read())


class Canned(Server):
    """The yardstick; it has no Modbus to be looked at by."""

    def __init__(self, settings, length):
        super().__init__(settings, "web_canned", (str(length),))

    def connect(self, patience=10.0):
        end = time.monotonic() + patience
        while True:
            try:
                return socket.create_connection(("127.0.0.1", self.port), 5)
            except ConnectionError as error:
                if time.monotonic() > end:
                    raise BenchError(f"web_canned does not answer: {error}") from error


class Streams:
    """Readers of all topics, which do nothing with what they get."""

    def __init__(self, port, count):
        self.sockets = []
        for _ in range(count):
            reader = socket.create_connection(("127.0.0.1", port), 10)
            reader.sendall(b"GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
            self.sockets.append(reader)
        self.got = 0
        self.over = False
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self):
        import select
        poller = select.epoll()
        of = {}
        for reader in self.sockets:
            reader.setblocking(False)
            of[reader.fileno()] = reader
            poller.register(reader.fileno(), select.EPOLLIN)
        while not self.over:
            for fd, _ in poller.poll(0.2):
                self.got += len(of[fd].recv(262144))

    def close(self):
        self.over = True
        self.thread.join()
        for reader in self.sockets:
            reader.close()


def rate(settings, port):
    """Requests a second."""
    return result(spawn(settings, "web_load", port, PATH, CONNECTIONS, settings.measure_ms))["rps"]


def gets(settings, verdicts):
    """One sensor, round after round beside the ready answer of the same length."""
    rounds = []
    for _ in range(settings.rounds):
        with Web(settings, DEFAULT_PLANT) as server:
            length, ours = server.answer(), rate(settings, server.web)
        with Canned(settings, length) as server:
            rounds.append((ours, rate(settings, server.port)))
    table(f"GET {PATH} on {CONNECTIONS} connections, medians of {settings.rounds} rounds",
          ["server", "requests/s", "of canned"],
          [["mbplantd", f"{median([ours for ours, _ in rounds]):,.0f}",
            verdicts.at_least(median([ours / theirs for ours, theirs in rounds]), OF_CANNED)],
           ["libmicrohttpd, canned", f"{median([theirs for _, theirs in rounds]):,.0f}", "1"]])


def idle_share(server, seconds):
    """Of a core."""
    cpu_ns, begin = server.cpu_ns(), time.monotonic()
    time.sleep(seconds)
    return (server.cpu_ns() - cpu_ns) / 1e9 / (time.monotonic() - begin)


def modbus_rate(settings, server):
    """FC 3 at full load on 50 connections."""
    load = spawn(settings, "load", "-p", server.port, "-c", 50, "-k", 1, "-t", settings.measure_ms)
    return result(load)["rps"]


def streams(settings, verdicts):
    """With and without, in turns on the same server."""
    without, beside, alone, shared, late = [], [], [], [], 0
    with Web(settings, DEFAULT_PLANT) as server:
        for _ in range(settings.rounds):
            without.append(idle_share(server, 3))
            alone.append(modbus_rate(settings, server))
            readers = Streams(server.web, STREAMS)
            beside.append(idle_share(server, 3))
            shared.append(modbus_rate(settings, server))
            readers.close()
        late = server.late_scans()
    table(f"{STREAMS} streams of the default plant", ["what", "without", "with", "judged"],
          [["of a core", f"{median(without):.2%}", f"{median(beside):.2%}",
            verdicts.at_most(median([b - w for b, w in zip(beside, without)]), STREAMS_OF_CORE, "{:.2%}")],
           ["Modbus requests/s, 50x1", f"{median(alone):,.0f}", f"{median(shared):,.0f}",
            verdicts.at_least(median([s / a for s, a in zip(shared, alone)]), MODBUS_OF_WITHOUT)],
           ["late scans", "", str(late), ""]])


def report_s(server):
    """From the question to the last byte, of a report over the whole journal."""
    connection = http.client.HTTPConnection("127.0.0.1", server.web, timeout=60)
    begin = time.monotonic()
    connection.request("GET", "/api/v1/report?since=1")
    answer = connection.getresponse()
    report = json.loads(answer.read())
    took = time.monotonic() - begin
    if answer.status != 200 or report["analysis"]["events"] < EVENTS:
        raise BenchError(f"a report of {EVENTS:,} events: status {answer.status}")
    return took


def incidents_s(server):
    """The same of a list of all incidents."""
    connection = http.client.HTTPConnection("127.0.0.1", server.web, timeout=60)
    begin = time.monotonic()
    connection.request("GET", "/api/v1/incidents")
    answer = connection.getresponse()
    incidents = json.loads(answer.read())
    took = time.monotonic() - begin
    if answer.status != 200 or not incidents:
        raise BenchError(f"incidents of {EVENTS:,} events: status {answer.status}")
    return took


def listed_s(settings, server):
    """Likewise by mbplantctl, over Modbus alone."""
    begin = time.monotonic()
    subprocess.run([str(settings.build_dir / "tools" / "mbplantctl" / "mbplantctl"), "-p", str(server.port), "incidents", "--format", "csv"], check=True,
                   stdout=subprocess.DEVNULL)
    return time.monotonic() - begin


def reports(settings, verdicts):
    """One after another; the scan goes on meanwhile."""
    server = Web(settings, DEFAULT_PLANT)
    subprocess.run([settings.program("make_journal"), DEFAULT_PLANT, server.data.name, str(EVENTS), "100"], check=True,
                   stdout=subprocess.DEVNULL)
    with server:
        before, cpu_ns = server.late_scans(), server.cpu_ns()
        took = [report_s(server) for _ in range(2 * settings.rounds)]
        cpu_s = (server.cpu_ns() - cpu_ns) / 1e9 / len(took)
        late = server.late_scans() - before
        asked = [incidents_s(server) for _ in range(2 * settings.rounds)]
        listed = [listed_s(settings, server) for _ in range(2 * settings.rounds)]
    table(f"incidents of {EVENTS:,} events, medians of {len(asked)}", ["what", "measured"],
          [["GET /api/v1/incidents, s", verdicts.at_most(median(asked), INCIDENTS_S)],
           ["mbplantctl incidents, s", verdicts.at_most(median(listed), INCIDENTS_S)]])
    table(f"GET /api/v1/report over {EVENTS:,} events, medians of {len(took)}", ["what", "measured"],
          [["s", verdicts.at_most(median(took), REPORT_S)], ["the longest, s", f"{max(took):.2f}"],
           ["of a processor, s", f"{cpu_s:.2f}"], ["late scans meanwhile", str(late)]])


def run(settings, verdicts):
    """All three."""
    gets(settings, verdicts)
    streams(settings, verdicts)
    reports(settings, verdicts)
