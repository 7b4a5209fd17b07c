"""The plants that the conformance tests serve, each as a plant file for mbplantd and as the same thing for model.py.

    plants.py base|big|gaps      prints the plant file, to run it by hand
"""
import sys

import model

TABLES = ('coils', 'discrete_inputs', 'holding_registers', 'input_registers')
SHORT_IDENTITY = ('MBP', 'P1', 'V1.0')
IDENTITY_KEYS = ('vendor', 'product', 'revision', 'url', 'product_name', 'model', 'application')


class Block:
    def __init__(self, at, values, **keys):
        self.at, self.values, self.keys = at, values, keys      # keys: access, min, max

    def yaml(self):
        extra = ''.join(f', {key}: {value}' for key, value in self.keys.items())
        return f'{{at: {self.at}, values: {self.values}{extra}}}'


class UnitSpec:
    def __init__(self, unit_id, blocks, files=None, fifos=None, gaps_zero=False):
        self.unit_id, self.blocks = unit_id, blocks             # blocks: table name -> [Block]
        self.files, self.fifos, self.gaps_zero = files or {}, fifos or {}, gaps_zero

    def yaml(self):
        lines = [f'  - id: {self.unit_id}']
        if self.gaps_zero:
            lines.append('    gaps: zero')
        lines.append('    tables:')
        for table, blocks in self.blocks.items():
            lines.append(f'      {table}:')
            lines += [f'        - {block.yaml()}' for block in blocks]
        if self.files:
            lines.append('      files:')
            lines += [f'        - {{number: {n}, values: {v}}}' for n, v in self.files.items()]
        if self.fifos:
            lines.append('      fifos:')
            lines += [f'        - {{at: {at}, values: {v}}}' for at, v in self.fifos.items()]
        return lines

    def model(self, plant, text):
        identity = {i: value.encode() for i, value in enumerate(plant.identity) if value is not None}
        server_id = bytes([self.unit_id, 0xFF]) + b' '.join(identity[i] for i in (0, 1, 2))
        unit = model.Unit(identity, plant.serial, self.gaps_zero, server_id, text)
        tables = dict(zip(TABLES, (unit.coils, unit.discrete, unit.holding, unit.input)))
        for name, blocks in self.blocks.items():
            for block in blocks:
                writable = name in ('coils', 'holding_registers') and block.keys.get('access') != 'read'
                tables[name].declare(block.at, block.values, writable, block.keys.get('min'), block.keys.get('max'))
        unit.files = {number: list(values) for number, values in self.files.items()}
        unit.fifos = dict(self.fifos)
        return unit


class Plant:
    def __init__(self, name, units, identity=SHORT_IDENTITY, serial=False, frame_timeout='60s'):
        self.name, self.units, self.identity = name, units, identity
        self.serial, self.frame_timeout = serial, frame_timeout

    def yaml(self):
        identity = ', '.join(f'{key}: "{value}"' for key, value in zip(IDENTITY_KEYS, self.identity)
                             if value is not None)
        return '\n'.join([
            'mbplant: 1',
            f'name: Conformance {self.name}',
            f'server: {{frame_timeout: {self.frame_timeout}, serial_functions: {str(self.serial).lower()}}}',
            f'identity: {{{identity}}}',
            'units:',
        ] + [line for unit in self.units for line in unit.yaml()]) + '\n'

    def model(self):
        text = self.yaml().encode()
        return model.Server([(unit.unit_id, unit.model(self, text)) for unit in self.units])


def filled(count):
    """The values that conformance.csv presumes, `count` of them in each table."""
    return {
        'coils': [1 - i % 2 for i in range(count)],
        'discrete_inputs': [int(i % 3 == 0) for i in range(count)],
        'holding_registers': [0x1000 + i & 0xFFFF for i in range(count)],
        'input_registers': [0x2000 + i & 0xFFFF for i in range(count)],
    }


def base(holding_max=None, **options):
    """Ten points in each table; holding_max = (address, maximum) puts that one register in a block of its own."""
    blocks = {table: [Block(0, values)] for table, values in filled(10).items()}
    if holding_max is not None:
        addr, maximum = holding_max
        values = blocks['holding_registers'][0].values
        blocks['holding_registers'] = [Block(0, values[:addr]), Block(addr, values[addr:addr + 1], max=maximum),
                                       Block(addr + 1, values[addr + 1:])]
    return Plant('base', [UnitSpec(1, blocks, {1: [0x3000 + i for i in range(10)]})], **options)


def big(**options):
    blocks = {table: [Block(0, values)] for table, values in filled(65536).items()}
    return Plant('big', [UnitSpec(1, blocks, {1: [0x3000 + i for i in range(10000)]})], **options)


def gaps(**options):
    """Two units with holes: in the first they read as zero, in the second they are refused; read-only blocks, blocks
    that touch, bounds, files, queues of every size that matters, and an identity that takes several responses."""
    zero = {
        'coils': [Block(3, [1, 0, 1]), Block(100, [1] * 20, access='read')],
        'discrete_inputs': [Block(5, [1, 1, 1, 1])],
        'holding_registers': [Block(4, [7, 8, 9]), Block(200, list(range(500, 640)))],
        'input_registers': [Block(65535, [0xBEEF])],
    }
    strict = {
        'coils': [Block(0, [1, 0] * 8), Block(16, [1] * 8, access='read'), Block(24, [0] * 8), Block(65528, [1] * 8)],
        'discrete_inputs': [Block(0, [1] * 7), Block(8, [1] * 7)],
        'holding_registers': [Block(0, [10, 11, 12]), Block(3, [13], access='read'),
                              Block(4, [100, 101], min=50, max=1000), Block(6, [16]), Block(10, list(range(130))),
                              Block(65535, [0x55AA])],
        'input_registers': [Block(1, [21, 22]), Block(4, [24])],
    }
    files = {1: [1], 2: list(range(125)), 899: [0xFFFF] * 3}
    fifos = {0: [], 1: [440], 1246: [440, 4740], 40000: list(range(31)), 50000: list(range(32)),
             65535: [1] * 30}
    options.setdefault('identity', ('V' * 100, 'P' * 100, '1' * 40, 'U' * 120, None, 'M' * 60, 'A' * 100))
    options.setdefault('serial', True)
    return Plant('gaps', [UnitSpec(1, zero, gaps_zero=True), UnitSpec(2, strict, files, fifos)], **options)


PLANTS = {'base': base, 'big': big, 'gaps': gaps}

if __name__ == '__main__':
    if len(sys.argv) != 2 or sys.argv[1] not in PLANTS:
        sys.exit(__doc__.strip())
    print(PLANTS[sys.argv[1]]().yaml(), end='')
