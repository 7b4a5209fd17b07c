"""The capture of the whole integration run: `capture.py start` before the first test, `capture.py check` after it.

support.Plant serves on ports of one range, and notes which and when. The check has Wireshark's Modbus dissector read all
that went over these ports then, and fails when it calls a frame malformed; all else is other programs' matter. ctest
runs both as one fixture, so that any choice of integration tests is captured. Where capturing is not permitted the check
is skipped and says so."""
import math
import os
import re
import secrets
import select
import shutil
import signal
import socket
import subprocess
import sys

import support

FOLDER = support.CAPTURE
FILE = FOLDER / "capture.pcapng"
LOG = FOLDER / "dumpcap.log"
PID = FOLDER / "dumpcap.pid"
RANGE = f"{support.CAPTURED[0]}-{support.CAPTURED[-1]}"
LONGEST_S = 1800  # a capture that nobody ends, ends itself
BUFFER_MIB = 64
READING_S = 900  # for some hundred megabytes on a busy machine


def start():
    """Starts dumpcap beside us. Never fails: without a capture the tests themselves are still worth running."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    dumpcap = shutil.which("dumpcap")
    if dumpcap is None:
        LOG.write_text("dumpcap is not here (tools/test installs it)\n", encoding="utf-8")
        return
    with open(LOG, "wb") as log:
        capture = subprocess.Popen(
            [dumpcap, "-q", "-i", "lo", "-f", f"tcp portrange {RANGE}", "-B", str(BUFFER_MIB),
             "-a", f"duration:{LONGEST_S}", "-w", str(FILE)],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
    PID.write_text(str(capture.pid), encoding="ascii")
    # "File:" is said once the interface is open: no packet after it is missed.
    support.eventually(lambda: "File:" in said() or capture.poll() is not None, "dumpcap captures or gives up")
    print(said())


def said():
    """What dumpcap has said so far."""
    return LOG.read_text(encoding="utf-8") if LOG.exists() else ""


def say_the_last():
    """Says a last word at a port of the range and waits until it stands in the file: then all before it does too.
    dumpcap forgets what it has not yet fetched when it is told to end."""
    word = b"the last of " + secrets.token_hex(16).encode()
    before = FILE.stat().st_size
    with socket.create_server(("127.0.0.1", support.free_port())) as server:
        with socket.create_connection(server.getsockname()) as client:
            client.sendall(word)

    def stands():
        with open(FILE, "rb") as file:
            file.seek(before)
            return word in file.read()
    support.eventually(stands, "dumpcap stores what it saw")


def end():
    """Ends dumpcap and waits until its file is complete. False when it is not there any more."""
    pid = int(PID.read_text(encoding="ascii"))
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as command:
            if str(FILE).encode() not in command.read():
                return False
        process = os.pidfd_open(pid)
    except (FileNotFoundError, ProcessLookupError):
        return False
    if FILE.exists():
        say_the_last()
    os.kill(pid, signal.SIGINT)
    ended, _, _ = select.select([process], [], [], support.PATIENCE_S)
    os.close(process)
    return bool(ended)


def served():
    """When mbplantd served on which port: {port: [(from, till), ..]}."""
    lines = support.SERVED.read_text(encoding="ascii").splitlines() if support.SERVED.exists() else []
    till = {}  # of a start; the line that has its end comes after the one that does not
    for line in lines:
        port, begin, *end = line.split()
        till[int(port), float(begin)] = float(end[0]) if end else math.inf
    spans = {}
    for (port, begin), end in sorted(till.items()):
        spans.setdefault(port, []).append((begin, end))
    return spans


def is_ours(frame, spans):
    """Whether one of the frame's ports was mbplantd's when it went over the wire."""
    time_s = float(frame[0])
    return any(begin <= time_s <= end for port in frame[1:3] for begin, end in spans.get(int(port), ()))


def tshark(ports, display_filter, *options):
    """What tshark prints about the frames of the filter at these ports, which it takes for Modbus TCP."""
    ours = "tcp.port in {" + ", ".join(map(str, ports)) + "}"
    result = support.run(support.program("tshark"), "-r", FILE, "-o", f"mbtcp.tcp.port:{','.join(map(str, ports))}",
                         "-Y", f"{ours} && ({display_filter})", *options, check=True, timeout=READING_S)
    return result.stdout.splitlines()


def skip(why):
    print(f"skipped: {why}")
    sys.exit(support.SKIPPED)


def check():
    if not PID.exists() or not end() or not FILE.exists():
        skip(f"capturing on lo is not permitted here:\n{said()}")
    received = re.search(r"received/dropped on interface.*?: (\d+)/(\d+)", said())
    packets, dropped = map(int, received.groups()) if received else (0, 0)
    if packets == 0 or dropped > 0:
        skip(f"the capture has {packets} packets and lost {dropped}, so it proves nothing")
    spans = served()
    if not spans:
        skip("no mbplantd served on a port that is captured")
    # One line a frame: when, its ports, its number, and "malformed" where the dissector says so.
    fields = ("frame.time_epoch", "tcp.srcport", "tcp.dstport", "frame.number", "_ws.malformed")
    lines = tshark(spans, "mbtcp || _ws.malformed", "-T", "fields", *(word for field in fields for word in ("-e", field)))
    frames = [frame for frame in (line.split("\t") for line in lines) if is_ours(frame, spans)]
    malformed = [frame for frame in frames if frame[4]]
    print(f"{packets} packets on ports {RANGE}; on the {len(spans)} of them where mbplantd served, {len(frames)} Modbus "
          f"frames, malformed: {len(malformed)}")
    if malformed:
        at = sorted({int(port) for frame in malformed for port in frame[1:3]} & set(spans))
        print(f"malformed at port {', '.join(map(str, at))}; the whole capture is {FILE}")
        numbers = ", ".join(frame[3] for frame in malformed[:20])
        print("\n".join(tshark(at, f"frame.number in {{{numbers}}}", "-O", "mbtcp,modbus")[:200]))
    if malformed or not frames:
        sys.exit(1)


if __name__ == "__main__":
    {"start": start, "check": check}[sys.argv[1]]()
