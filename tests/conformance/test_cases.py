"""conformance.cases: every row of conformance.csv against the real mbplantd over TCP, each on a fresh server."""
import concurrent.futures
import struct
import unittest

import cases
import server

PROBE = struct.pack('>HHHBBHH', 0xFFFE, 0, 6, 1, 3, 0, 1)      # read holding register 0
PROBE_HEAD = struct.pack('>HHHBBB', 0xFFFE, 0, 5, 1, 3, 2)


def send_segments(running, client, segments):
    """Sends each group as a TCP segment. A request on a second connection between two of them has been answered only
    after the server's loop has gone round, so the server sees them apart."""
    with running.connect() as other:
        for i, segment in enumerate(segments):
            if i > 0:
                other.send(PROBE)
                if len(other.receive(11)) != 11:
                    raise AssertionError('a second connection got no answer')
            client.send(segment)


def run(case):
    """None, or what is wrong."""
    try:
        with server.Mbplantd(case.plant()) as running, running.connect() as client:
            send_segments(running, client, case.segments)
            if case.closes():
                got = client.receive(1)
                return f'expected a close, got {got.hex()}' if got else None
            got = client.receive(len(case.reply()))
            if got != case.reply():
                return f'expected {case.reply().hex()}, got {got.hex()}'
            client.send(PROBE)      # anything more, and any answer where silence is due, would come before this one's
            got = client.receive(11)
            return None if got[:9] == PROBE_HEAD else f'expected nothing more, got {got.hex()}'
    except (AssertionError, OSError) as error:
        return str(error)


class CasesTest(unittest.TestCase):

    def test_csv_case_fresh_server_expected_reply(self):
        loaded = cases.load()
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for case, wrong in zip(loaded, pool.map(run, loaded)):
                with self.subTest(case.name, clause=case.clause):
                    self.assertIsNone(wrong)
        print(f'{len(loaded)} cases')


if __name__ == '__main__':
    server.main()
