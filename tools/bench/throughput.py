"""Requests a second beside two other servers: the least a server can do, and libmodbus's own loop."""

import tempfile
import time

from harness import Disturbance, Server, free_port, median, result, roomy_plant, spawn, table

FD_SETSIZE = 1024  # libmodbus's loop is one over select

# name, connections, in flight, of canned at least, of libmodbus at least
SHAPES = [("1x1", 1, 1, 0.95, None), ("50x1", 50, 1, 0.95, 1.3), ("500x1", 500, 1, 0.95, None),
          ("5000x1", 5000, 1, 0.95, None), ("50x16", 50, 16, 0.90, 20.0)]
P99_OF_CANNED = 1.2

# RTU over TCP: requests for the same processor time, of those of Modbus TCP at least.
RTU_SHAPES = [("rtu", 50, 1)]
RTU_OF_TCP = 0.90

# A round in which more than this of the processors went elsewhere counts only when there are not enough better ones.
DISTURBED = 0.05
ATTEMPTS = 3  # for each round wanted


def measure(settings, server, connections, in_flight, rtu_port=None):
    """One run of the load: its report, with the processor time that each request cost the server. The load says when it
    begins and ends to measure: before it connects, after it closes, which for thousands takes a good part of the time."""
    disturbance = Disturbance(server)
    load = spawn(settings, "load", "-p", rtu_port or server.port, "-c", connections, "-k", in_flight, "-t", settings.measure_ms,
                 *(["-r"] if rtu_port else []))
    load.stdout.readline()
    cpu_ns, begin = server.cpu_ns(), time.monotonic()
    said = load.stdout.readline()
    cpu_ns, took = server.cpu_ns() - cpu_ns, time.monotonic() - begin
    report = result(load, said)
    report["busy"] = cpu_ns / 1e9 / took
    report["cpu_ns"] = report["busy"] / report["rps"] * 1e9
    report["disturbed"] = disturbance.share()
    return report


def paired(settings, plant, connections, in_flight):
    """Every server in turn, round after round, each started afresh: a change of the machine's mood hits all alike.
    Returns the least disturbed rounds, each a report by server."""
    kinds = [("canned", (), None), ("mbplantd", (), plant)]
    if connections < FD_SETSIZE - 16:
        kinds.append(("libmodbus_loop", ("nagle",) if settings.nagle else (), None))
    rounds = []
    while len(rounds) < settings.rounds * ATTEMPTS:
        reports = {}
        for name, arguments, file in kinds:
            with Server(settings, name, arguments, file) as server:
                reports[name] = measure(settings, server, connections, in_flight)
        reports["disturbed"] = max(report["disturbed"] for report in reports.values())
        rounds.append(reports)
        if sum(kept["disturbed"] <= DISTURBED for kept in rounds) == settings.rounds:
            break
    return sorted(rounds, key=lambda kept: kept["disturbed"])[:settings.rounds]


def rtu_row(settings, plant, verdicts, connections, in_flight):
    """The same server over both, in turn."""
    rounds = []
    for _ in range(settings.rounds):
        port = free_port()
        with Server(settings, "mbplantd", ("-l", f"rtu+tcp://127.0.0.1:{port}"), plant) as server:
            rounds.append([measure(settings, server, connections, in_flight, at) for at in (None, port)])
    cpu = [median([pair[i]["cpu_ns"] for pair in rounds]) for i in (0, 1)]
    share = median([tcp["cpu_ns"] / rtu["cpu_ns"] for tcp, rtu in rounds])
    return [f"{connections}x{in_flight}", *(f"{ns:,.0f}" for ns in cpu), verdicts.at_least(share, RTU_OF_TCP),
            f"{max(report['disturbed'] for pair in rounds for report in pair):.0%}"]


def ratio(rounds, theirs, key):
    """Median over the rounds of ours to theirs."""
    return median([reports["mbplantd"][key] / reports[theirs][key] for reports in rounds])


def middle(rounds, name, key, form):
    """Median of one server's figure, as text."""
    return form.format(median([reports[name][key] for reports in rounds])) if name in rounds[0] else "-"


def speed_row(name, rounds, verdicts, of_canned, of_libmodbus):
    """Requests a second of all three, and ours to theirs."""
    times = "-"
    if "libmodbus_loop" in rounds[0]:
        times = ratio(rounds, "libmodbus_loop", "rps")
        times = verdicts.at_least(times, of_libmodbus, "{:.1f}") if of_libmodbus else f"{times:.1f}"
    return [name, *(middle(rounds, kind, "rps", "{:,.0f}") for kind in ("canned", "mbplantd", "libmodbus_loop")),
            verdicts.at_least(ratio(rounds, "canned", "rps"), of_canned), times,
            f"{max(reports['disturbed'] for reports in rounds):.0%}"]


def cost_row(name, rounds, verdicts):
    """Processor time of a request and latency."""
    return [name, *(middle(rounds, kind, "cpu_ns", "{:,.0f}") for kind in ("canned", "mbplantd", "libmodbus_loop")),
            f"{1 / ratio(rounds, 'canned', 'cpu_ns'):.2f}",
            *(middle(rounds, kind, "busy", "{:.0%}") for kind in ("canned", "mbplantd")),
            *(middle(rounds, kind, "p99_us", "{:,.0f}") for kind in ("canned", "mbplantd")),
            verdicts.at_most(ratio(rounds, "canned", "p99_us"), P99_OF_CANNED)]


def run(settings, verdicts):
    """One row a shape of load."""
    speeds, costs = [], []
    with tempfile.TemporaryDirectory(prefix="mbplant-bench-") as folder:
        plant = roomy_plant(folder, 12000)
        for name, connections, in_flight, of_canned, of_libmodbus in SHAPES:
            if settings.shapes and name not in settings.shapes:
                continue
            rounds = paired(settings, plant, connections, in_flight)
            speeds.append(speed_row(name, rounds, verdicts, of_canned, of_libmodbus))
            costs.append(cost_row(name, rounds, verdicts))
        lines = [rtu_row(settings, plant, verdicts, connections, in_flight) for name, connections, in_flight in RTU_SHAPES
                 if not settings.shapes or name in settings.shapes]
    if lines:
        table("RTU over TCP: server's processor time a request", ["connections x in flight", "TCP ns", "RTU ns", "of TCP", "disturbed"], lines)
    if not speeds:
        return
    table(f"Throughput, FC 3 of 10 registers, requests a second: median of {settings.rounds} paired runs of "
          f"{settings.measure_ms} ms" + (", libmodbus with Nagle's algorithm" if settings.nagle else ""),
          ["connections x in flight", "canned", "mbplantd", "libmodbus", "of canned", "times libmodbus", "disturbed"],
          speeds)
    table("The same runs: server's processor time a request, its share of a processor, the latency 99 % stay below",
          ["connections x in flight", "canned ns", "mbplantd ns", "libmodbus ns", "of canned", "canned busy", "mbplantd busy",
           "canned p99 µs", "mbplantd p99 µs", "of canned"], costs)
