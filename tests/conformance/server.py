"""Starts the real mbplantd on a plant and talks to it through raw sockets."""
import os
import re
import select
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import unittest

ANSWER_S = 30           # far beyond anything but a hang, on a busy machine too
AFTER_A_HANG_S = 0.5    # the test has failed by then; this keeps the search for its smallest example short
BINARY = None           # set by main()


class Mbplantd:
    """A running mbplantd in its own data directory, at a port of its own. Use it in a `with`.

    Leaving it asks the server to stop and fails when it did not stop cleanly: a crash, a sanitizer's finding and a
    leak all end in another exit code."""

    def __init__(self, plant):
        self.plant = plant
        self.output = []

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix='mbplant-conformance-')
        path = os.path.join(self.folder, 'plant.yaml')
        with open(path, 'w', encoding='utf-8') as file:
            file.write(self.plant.yaml())
        self.process = subprocess.Popen(
            [BINARY, '-l', '127.0.0.1:0', '--http', 'off', '-d', os.path.join(self.folder, 'data'), path],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors='replace')
        self.port = None
        for line in self.process.stdout:
            self.output.append(line)
            found = re.search(r'127\.0\.0\.1:(\d+)', line)
            if found:
                self.port = int(found.group(1))
                break
        if self.port is None:
            code = self.process.wait()
            shutil.rmtree(self.folder)
            raise AssertionError(f'mbplantd did not start (exit {code}):\n{"".join(self.output)}')
        self.reader = threading.Thread(target=self.output.extend, args=(self.process.stdout,), daemon=True)
        self.reader.start()
        return self

    def __exit__(self, kind, error, trace):
        self.process.terminate()
        try:
            code = self.process.wait(ANSWER_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            code = 'none: it did not stop when asked'
        self.reader.join()
        self.process.stdout.close()
        shutil.rmtree(self.folder)
        if code != 0:
            output = ''.join(self.output[-200:])
            raise AssertionError(f'mbplantd ended with exit code {code}:\n{output}') from error

    def connect(self, **options):
        return Client(self.port, **options)


class Hang(AssertionError):
    """The server neither sent what was due nor closed."""

    def __init__(self, received):
        super().__init__(f'the server fell silent after {received.hex() or "nothing"}')
        self.received = received


class Client:
    """One TCP connection. Use it in a `with`, or close it."""
    patience = ANSWER_S

    def __init__(self, port, receive_buffer=None):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.socket.settimeout(self.patience)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if receive_buffer is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.connect(('127.0.0.1', port))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def reset(self):
        """Closes with a RST instead of a FIN."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def receive(self, count):
        """count bytes, or fewer where the server closes before."""
        data = b''
        try:
            while len(data) < count:
                piece = self.socket.recv(count - len(data))
                if not piece:
                    break
                data += piece
        except ConnectionResetError:
            pass
        except TimeoutError:
            Client.patience = AFTER_A_HANG_S
            raise Hang(data) from None
        return data

    def finish(self, data=b''):
        """Sends the last bytes, closes this direction, and gives all that the server sends until it closes too."""
        try:
            if data:
                self.send(data)
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            pass            # it closed in the middle of what was sent; what it answered before is still to be read
        return self.receive(1 << 30)

    def quiet(self):
        """Whether nothing is waiting to be read."""
        return not select.select([self.socket], [], [], 0)[0]


def frame(transaction, unit, pdu):
    return struct.pack('>HHHB', transaction, 0, 1 + len(pdu), unit) + pdu


def exchange(client, connection, data):
    """Sends data and compares what comes with the model's Connection. Returns the reply."""
    expected = connection.feed(data)
    client.send(data)
    try:
        got = client.receive(len(expected))
    except Hang as hang:
        got = hang.received
    if got != expected:
        raise AssertionError(f'sent     {data.hex()}\nexpected {expected.hex()}\ngot      {got.hex()}')
    return got


def main():
    """unittest's main, after the path of mbplantd as the first argument."""
    global BINARY
    global BINARY
    if len(sys.argv) < 2 or not os.access(sys.argv[1], os.X_OK):
        sys.exit(f'usage: {sys.argv[0]} MBPLANTD [unittest arguments]')
    BINARY = os.path.abspath(sys.argv.pop(1))
    unittest.main(module='__main__')
