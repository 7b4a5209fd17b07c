"""The rows of conformance.csv: which plant each wants, what it sends, what must come back."""
import csv
import os
import struct

import plants

PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'conformance.csv')


class Case:
    def __init__(self, row):
        self.name, self.clause = row['name'], row['source_clause']
        self.precondition, self.expected = row['precondition'], row['expected']
        self.segments = [bytes.fromhex(group) for group in row['request_hex'].split()]

    def request(self):
        return b''.join(self.segments)

    def closes(self):
        return self.expected == 'close'

    def reply(self):
        """The exact bytes that must come back; none for `silence` and `close`."""
        if self.expected in ('silence', 'close'):
            return b''
        if self.expected.startswith('exception '):
            transaction, unit, function = struct.unpack('>H4xBB', self.request()[:8])
            return struct.pack('>HHHBBB', transaction, 0, 3, unit, function | 0x80, int(self.expected[10:], 16))
        return bytes.fromhex(self.expected)

    def plant(self, frame_timeout='60s'):
        kind, *wishes = (wish.strip() for wish in self.precondition.split(';'))
        options = {'frame_timeout': frame_timeout}
        for wish in wishes:
            if wish == 'serial_fc=on':
                options['serial'] = True
            elif wish == 'HR8 max=1000':
                options['holding_max'] = (8, 1000)
            elif wish == 'frame_timeout=2s':
                options['frame_timeout'] = '100ms'      # the same rule, without the wait
            elif wish != 'devid 00=MBP 01=P1 02=V1.0 conformity 81':
                raise ValueError(f'{self.name}: unknown precondition {wish!r}')
        return plants.PLANTS[kind](**options)


def load():
    with open(PATH, newline='') as file:
        return [Case(row) for row in csv.DictReader(file)]
