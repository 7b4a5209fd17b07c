"""conformance.model: the model itself against conformance.csv, so that what the other tests compare with is right."""
import unittest

import cases
import model
import plants


class ModelTest(unittest.TestCase):

    def test_model_csv_case_same_bytes(self):
        loaded = cases.load()
        self.assertEqual(len(loaded), 109)
        for case in loaded:
            with self.subTest(case.name, clause=case.clause):
                connection = model.Connection(case.plant().model())
                replies = b''.join(connection.feed(segment) for segment in case.segments)
                self.assertEqual(replies.hex(), case.reply().hex())
                incomplete = len(case.request()) < 7        # only the frame timeout closes that one
                self.assertEqual(connection.closed, case.closes() and not incomplete)

    def test_model_byte_by_byte_same_as_at_once(self):
        stream = b''.join(case.request() for case in cases.load() if case.precondition == 'base' and not case.closes())
        whole = model.Connection(plants.base().model())
        pieces = model.Connection(plants.base().model())
        self.assertEqual(whole.feed(stream), b''.join(pieces.feed(stream[i:i + 1]) for i in range(len(stream))))

    def test_model_identity_too_long_for_one_response_continues(self):
        unit = plants.gaps().model().units[1]
        wanted, seen = 0, b''
        for _ in range(7):
            response = unit.process(bytes([43, 14, 3, wanted]), None)
            self.assertLessEqual(len(response), model.PDU_MAX)
            seen += response[7:]
            wanted = response[5]
            if response[4] == 0:
                break
        self.assertEqual(response[4:6], b'\x00\x00')
        self.assertEqual(seen, b''.join(unit.object(i) for i in sorted(unit.identity)))

    def test_model_mask_write_spec_example(self):
        unit = plants.base().model().units[1]
        unit.holding.value[4] = 0x12
        self.assertEqual(unit.process(bytes.fromhex('16000400f20025'), None).hex(), '16000400f20025')
        self.assertEqual(unit.holding.value[4], 0x17)

    def test_model_listen_only_until_restart_silent(self):
        server = plants.base(serial=True).model()
        connection = model.Connection(server)
        frame = bytes.fromhex('0001000000060103000000010002000000060108000400000003000000060103000000010004000000060108000'
                              '10000000500000006010300000001')
        self.assertEqual(connection.feed(frame).hex(), '00010000000501030210000005000000050103021000')


if __name__ == '__main__':
    unittest.main()
