#!/usr/bin/python3
"""mbplantctl conform against three slaves side by side, as a table of Markdown: mbplantd, libmodbus's own loop
(tools/bench/yardstick/libmodbus_loop.c) and pymodbus's server.

    ninja -C build/release mbplantd mbplantctl bench_libmodbus_loop; tests/conformance/side_by_side.py build/release
"""
import collections
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
VERDICTS = ("pass", "FAIL", "differs", "skipped")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port):
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise SystemExit(f"nobody listens on {port}")


def slaves(build, folder):
    """{name: command} with PORT in the place of the port."""
    plant = folder / "plant.yaml"
    plant.write_text(subprocess.run([sys.executable, "-B", HERE / "plants.py", "base"], capture_output=True, text=True, check=True).stdout)
    return {
        "mbplantd": [build / "src/mbplantd", "-l", "127.0.0.1:PORT", "--http", "off", "-d", folder / "d", plant],
        "libmodbus": [build / "tools/bench/bench_libmodbus_loop", "PORT"],
        "pymodbus": ["/usr/bin/python3", HERE.parent / "integration/outside.py", "PORT", "100"],
    }


def conform(build, command):
    """The rows of one."""
    port = free_port()
    process = subprocess.Popen([str(word).replace("PORT", str(port)) for word in command], stdout=subprocess.DEVNULL,
                               env=dict(os.environ, MBP_BUILD=str(build)))
    try:
        wait_for(port)
        done = subprocess.run([build / "tools/mbplantctl/mbplantctl", "conform", f"127.0.0.1:{port}", "--write", "--format", "json"],
                              capture_output=True, text=True, check=False)
        if done.returncode > 1:
            raise SystemExit(done.stderr)
        return json.loads(done.stdout)
    finally:
        process.kill()
        process.wait()


def main():
    """Prints the sums, and each case that did not pass everywhere it was asked."""
    build = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as folder:
        found = {name: conform(build, command) for name, command in slaves(build, pathlib.Path(folder)).items()}
    print("| | " + " | ".join(found) + " |\n|" + "---|" * (len(found) + 1))
    for verdict in VERDICTS:
        counts = [collections.Counter(row["verdict"] for row in rows)[verdict] for rows in found.values()]
        print(f"| {verdict} | " + " | ".join(map(str, counts)) + " |")
    print("\n| case | clause | " + " | ".join(found) + " |\n|" + "---|" * (len(found) + 2))
    for rows in zip(*found.values()):
        if any(row["verdict"] in ("FAIL", "differs") for row in rows):
            print(f"| {rows[0]['case']} | {rows[0]['clause']} | " + " | ".join(row["verdict"] for row in rows) + " |")


if __name__ == "__main__":
    main()
