"""Polite clients while others behave badly: every answer in time, no scan late, memory back where it was."""

import threading
import time

from harness import DEFAULT_PLANT, MIB, Disturbance, Server, result, spawn, table

P99_MS, GROWTH_MIB, LEFT_MIB = 10.0, 16.0, 2.0
SETTLE_S = 7  # a client that never reads is closed after 5 s

# what, program, its arguments (attack's own options follow)
ATTACKS = [
    ("nobody", None, ()),
    ("500 clients, one byte a second", "attack", ("trickle",)),
    ("100 clients that never read", "attack", ("deaf",)),
    ("10,000 bad requests a second", "attack", ("bad",)),
    ("connect and close", "attack", ("flood",)),
    ("one client, 16 in flight", "load", ("-c", 1, "-k", 16)),
]


class Watch(threading.Thread):
    """Follows a server's memory."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.server, self.peak, self.done = server, 0, threading.Event()

    def run(self):
        while not self.done.wait(0.02) and self.server.process.poll() is None:
            self.peak = max(self.peak, self.server.status_bytes("VmRSS"))

    def stop(self):
        self.done.set()
        self.join()


def describe(program, report):
    """What the attackers achieved, in a few words."""
    if program is None:
        return "-"
    if program == "load":
        return f"{report['rps']:,.0f} req/s"
    return f"{report['connects']:,} conn, {report['requests']:,} req, {report['closed_by_server']:,} closed"


def attacked(settings, program, arguments, seconds):
    """One attack on a fresh server: the polite clients' report, late scans, memory, how much the machine disturbed it,
    and the attackers' report."""
    with Server(settings, "mbplantd", plant=DEFAULT_PLANT) as server:
        time.sleep(1)
        late, before = server.late_scans(), server.status_bytes("VmRSS")
        disturbance, watch = Disturbance(server), Watch(server)
        watch.start()
        polite = spawn(settings, "polite", "-p", server.port, "-t", seconds + 1)
        time.sleep(0.5)
        attack = program and spawn(settings, program, "-p", server.port, "-t",
                                   seconds * 1000 if program == "load" else seconds, *arguments)
        attackers = attack and result(attack)
        report = result(polite)
        late, disturbed = server.late_scans() - late, disturbance.share()
        if program:
            time.sleep(2 if settings.quick else SETTLE_S)
        watch.stop()
        server.must_live()
        after = server.status_bytes("VmRSS")
    return report, late, (watch.peak - before) / MIB, (after - before) / MIB, disturbed, attackers


def run(settings, verdicts):
    """One row an attack."""
    seconds, rows = (4 if settings.quick else 12), []
    for name, program, arguments in ATTACKS:
        polite, late, growth, left, disturbed, attackers = attacked(settings, program, arguments, seconds)
        rows.append([name, verdicts.at_least(100 * polite["answered"] / polite["sent"], 100.0, "{:.1f}"),
                     verdicts.at_most(polite["p99_us"] / 1e3, P99_MS), f"{polite['max_us'] / 1e3:.2f}",
                     verdicts.at_most(late, 0, "{:d}"), verdicts.at_most(growth, GROWTH_MIB, "{:.1f}"),
                     verdicts.at_most(left, LEFT_MIB, "{:.1f}"), f"{disturbed:.0%}", describe(program, attackers)])
    table(f"Nine polite clients of 10 requests/s each, {seconds} s of attack",
          ["attack", "answered %", "p99 ms", "max ms", "late scans", "memory growth MiB", "left after MiB",
           "disturbed", "attackers"], rows)
