"""The capture of the whole integration run: `capture.py start` before the first test, `capture.py check` after it.

support.Plant serves on ports of one range. The check has Wireshark's Modbus dissector read all that went over these
ports, and fails when it calls a frame malformed. ctest runs both as one fixture, so that any choice of integration tests
is captured. Where capturing is not permitted the check is skipped and says so."""
import os
import re
import select
import shutil
import signal
import subprocess
import sys

import support

FOLDER = support.BUILD / "integration"
FILE = FOLDER / "capture.pcapng"
LOG = FOLDER / "dumpcap.log"
PID = FOLDER / "dumpcap.pid"
PORTS = f"{support.CAPTURED[0]}-{support.CAPTURED[-1]}"
LONGEST_S = 1800  # a capture that nobody ends, ends itself
BUFFER_MIB = 64


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
            [dumpcap, "-q", "-i", "lo", "-f", f"tcp portrange {PORTS}", "-B", str(BUFFER_MIB),
             "-a", f"duration:{LONGEST_S}", "-w", str(FILE)],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
    PID.write_text(str(capture.pid), encoding="ascii")
    # "File:" is said once the interface is open: no packet after it is missed.
    support.eventually(lambda: "File:" in said() or capture.poll() is not None, "dumpcap captures or gives up")
    print(said())


def said():
    """What dumpcap has said so far."""
    return LOG.read_text(encoding="utf-8") if LOG.exists() else ""


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
    os.kill(pid, signal.SIGINT)
    ended, _, _ = select.select([process], [], [], support.PATIENCE_S)
    os.close(process)
    return bool(ended)


def tshark(display_filter, *options):
    """What tshark prints about the frames of the filter, with all captured ports taken for Modbus TCP."""
    result = support.run(support.program("tshark"), "-r", FILE, "-o", f"mbtcp.tcp.port:{PORTS}", "-Y", display_filter,
                         *options, check=True)
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
    # One line a frame: "malformed" behind a tab where the dissector says so.
    frames = tshark("mbtcp || _ws.malformed", "-T", "fields", "-e", "frame.number", "-e", "_ws.malformed")
    malformed = [frame for frame in frames if frame.split("\t")[1]]
    print(f"{packets} packets on ports {PORTS}, {len(frames)} of them Modbus, malformed: {len(malformed)}")
    if malformed:
        print("\n".join(tshark("_ws.malformed", "-O", "tcp,mbtcp,modbus")[:200]))
    if malformed or not frames:
        sys.exit(1)


if __name__ == "__main__":
    {"start": start, "check": check}[sys.argv[1]]()
