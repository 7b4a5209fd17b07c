"""conformance.boundaries: requests at every edge, over TCP, byte for byte as model.py says. Each plant's state is
carried along from request to request, so a wrong effect shows in a later answer even where its own answer is right."""
import time
import unittest

import boundaries
import model
import plants
import server


class BoundariesTest(unittest.TestCase):
    total = 0
    exceptions = []         # seconds from sending a request to its exception response

    def check_plant(self, plant):
        with server.Mbplantd(plant) as running, running.connect() as client:
            connection = model.Connection(plant.model())
            for number, (unit_id, pdu) in enumerate(boundaries.requests(plant)):
                start = time.perf_counter()
                reply = server.exchange(client, connection, server.frame(number & 0xFFFF, unit_id, pdu))
                if len(reply) > 7 and reply[7] & 0x80:
                    self.exceptions.append(time.perf_counter() - start)
            BoundariesTest.total += number + 1

    def test_boundary_ten_points_same_as_model(self):
        self.check_plant(plants.base())

    def test_boundary_all_addresses_same_as_model(self):
        self.check_plant(plants.big())

    def test_boundary_gaps_bounds_queues_serial_same_as_model(self):
        self.check_plant(plants.gaps())

    @classmethod
    def tearDownClass(cls):
        times = sorted(cls.exceptions) or [0]
        print(f'{cls.total} requests, {len(cls.exceptions)} exceptions: '
              f'median {times[len(times) // 2] * 1e6:.0f} us, slowest {times[-1] * 1e3:.2f} ms')
        if cls.total < 3500:
            raise AssertionError(f'only {cls.total} requests: the generator is broken')


if __name__ == '__main__':
    server.main()
