"""Request PDUs at the edges of every function: {0, 1, n-1, n, n+1, max, max+1, 65535} of each address, quantity and
byte count, wrong lengths, and every function code that does not exist. What is right for them, model.py knows."""
import struct

import plants

PDU_MAX = 253
SERIAL_FUNCTIONS = (7, 8, 11, 12, 17)
READS = {1: ('coils', 2000), 2: ('discrete_inputs', 2000), 3: ('holding_registers', 125), 4: ('input_registers', 125)}


def edges(n, maximum, ceiling=65535):
    """The numbers around 0, n and the maximum that fit the field."""
    return sorted(x for x in {0, 1, n - 1, n, n + 1, maximum, maximum + 1, ceiling} if 0 <= x <= ceiling)


def spans(unit, table, maximum):
    """Address and quantity pairs around each block of a table."""
    pairs = set()
    for block in unit.blocks.get(table, [plants.Block(0, [])]):
        n, end = len(block.values), block.at + len(block.values)
        addresses = set(edges(n, 65534)) | {a for a in (block.at - 1, block.at, end - 1, end) if 0 <= a <= 65535}
        for addr in addresses:
            to_end = end - addr
            quantities = set(edges(n, maximum)) | {q for q in (to_end, to_end + 1) if 0 <= q <= 65535}
            pairs |= {(addr, quantity) for quantity in quantities}
    return sorted(pairs)


def values(count):
    """Bytes to write, different from one another and from what stands there."""
    return bytes((37 * i + count) & 0xFF for i in range(count))


def bodies(right, maximum):
    """Byte count and data around the right number of bytes: the data as long as the count says, or as is right."""
    pairs = set()
    for count in edges(right, maximum, 255):
        pairs |= {(count, count), (count, right)}
    return sorted(pairs)


def reads(unit):
    for function, (table, maximum) in READS.items():
        for addr, quantity in spans(unit, table, maximum):
            yield struct.pack('>BHH', function, addr, quantity)


def single_writes(unit):
    for addr in sorted({addr for addr, _ in spans(unit, 'coils', 1)}):
        for value in (0, 1, 0xFE00, 0xFEFF, 0xFF01, 0x00FF, 0xFFFF, 0xFF00):
            yield struct.pack('>BHH', 5, addr, value)
    for addr in sorted({addr for addr, _ in spans(unit, 'holding_registers', 1)}):
        for value in (0, 1, 49, 50, 999, 1000, 1001, 0x7FFF, 0x8000, 0xFFFF):
            yield struct.pack('>BHH', 6, addr, value)
        for and_mask, or_mask in ((0, 0), (0xFFFF, 0), (0, 0xFFFF), (0xFFFF, 0xFFFF), (0x00F2, 0x0025), (0, 100)):
            yield struct.pack('>BHHH', 22, addr, and_mask, or_mask)


def multiple_writes(unit):
    for function, table, maximum, right_of in ((15, 'coils', 1968, lambda n: (n + 7) // 8),
                                               (16, 'holding_registers', 123, lambda n: 2 * n)):
        for addr, quantity in spans(unit, table, maximum):
            right = right_of(quantity)
            for count, length in bodies(right, 246):
                if 6 + length <= PDU_MAX:
                    yield struct.pack('>BHHB', function, addr, quantity, count) + values(length)


def read_writes(unit):
    table = 'holding_registers'
    first = unit.blocks[table][0]
    sound = (first.at, 1)

    def request(read, write, count, length):
        return struct.pack('>BHHHHB', 23, *read, *write, count) + values(length)

    for read in spans(unit, table, 125):
        yield request(read, sound, 2, 2)
        yield request(read, (first.at, 122), 244, 2)        # both wrong: the quantity is told first
        yield request(read, (65535, 2), 4, 4)
    for write in spans(unit, table, 121):
        for count, length in bodies(2 * write[1], 242):
            if 10 + length <= PDU_MAX:
                yield request(sound, write, count, length)


def file_reads(unit):
    def group(file, record, count, reference=6):
        return struct.pack('>BHHH', reference, file, record, count)

    def request(*groups, count=None):
        body = b''.join(groups)
        return bytes([20, len(body) if count is None else count]) + body

    files = {0: [], **unit.files, 900: [0] * 30, 901: [], 998: [], 65535: []}
    for file, words in files.items():
        n = len(words)
        for record in sorted(set(edges(n, 9999)) | {10000}):
            for length in sorted(set(edges(n, 124)) | {121, 122, 9999, 10000}):
                yield request(group(file, record, length))
    file = next(iter(unit.files), 900)
    sound = group(file, 0, 1)
    for count in edges(7, 0xF5, 255):
        yield request(sound, count=count)
        yield bytes([20, count]) + (sound * 36)[:min(count, PDU_MAX - 2)]
    for groups in (1, 2, 34, 35):
        yield request(*[sound] * groups)
    for reference in (0, 5, 7, 255):
        yield request(group(file, 0, 1, reference))
        yield request(sound, group(file, 0, 0, reference))
    for lengths in ((61, 62), (62, 62), (41, 41, 41), (40, 40, 42), (120, 2), (120, 3), (124, 1)):
        yield request(*[group(900, 0, length) for length in lengths])
    yield request(group(0, 0, 1), group(file, 0, 65535))    # address and length wrong: the length is told first
    yield request(sound, group(0, 0, 1))


def file_writes(unit):
    def group(file, record, count, length=None, reference=6):
        return struct.pack('>BHHH', reference, file, record, count) + values(2 * count if length is None else length)

    def request(*groups, count=None):
        body = b''.join(groups)
        return bytes([21, min(len(body), 255) if count is None else count]) + body

    for file, words in {0: [], **unit.files, 900: [], 1000: [], 65535: []}.items():
        n = len(words)
        for record in sorted(set(edges(n, 9999)) | {10000}):
            for length in edges(n, 122):
                yield request(group(file, record, length, min(2 * length, 244)))
    file = next(iter(unit.files), 1)
    for count in edges(9, 0xFB, 255):
        yield request(group(file, 0, 1), count=count)
        yield bytes([21, count]) + (group(file, 0, 1) * 30)[:min(count, PDU_MAX - 2)]
    for reference in (0, 5, 7, 255):
        yield request(group(file, 0, 1, reference=reference))
    yield request(*[group(file, 0, 1)] * 27)
    yield request(group(file, 0, 1), group(0, 0, 1))        # nothing of it may be written
    yield request(group(file, 0, 1), group(file, 0, 0))
    yield request(group(file, 0, 1), group(file, 0, 2, 2))
    yield request(group(0, 0, 1), group(file, 0, 2, 2))
    yield request(group(file, 0, 1), b'\x06\x00')
    yield request(group(file, 0, 1)) + b'\x00'
    for number in unit.files:
        yield bytes([20, 7]) + struct.pack('>BHHH', 6, number, 0, min(len(unit.files[number]), 124))


def queues(unit):
    addresses = {0, 1, 9, 65535} | {a + d for a in unit.fifos for d in (-1, 0, 1)}
    for addr in sorted(a for a in addresses if 0 <= a <= 65535):
        yield struct.pack('>BH', 24, addr)


def identification(_unit):
    for code in (0, 1, 2, 3, 4, 5, 255):
        for wanted in (0, 1, 2, 3, 4, 5, 6, 7, 0x7F, 0x80, 255):
            yield bytes([43, 14, code, wanted])
    for mei in (0, 1, 12, 13, 15, 255):
        yield bytes([43, mei])
        yield bytes([43, mei, 1, 0])


def diagnostics(_unit):
    for function in (7, 11, 12, 17):
        yield bytes([function])
        yield bytes([function, 0])
    for sub in [*range(0, 24), 255, 256, 65535]:
        for field in (b'', b'\x00', b'\x00\x00', b'\xff\x00', b'\x00\x01', b'\x0d\x00', b'\xa5\x37', b'\x00' * 3, b'\x00' * 4):
            if sub != 4 or field != b'\x00\x00':
                yield struct.pack('>BH', 8, sub) + field
        yield bytes([11])
    yield struct.pack('>BH', 8, 0) + values(250)
    yield struct.pack('>BH', 8, 0) + values(249)
    counters = [struct.pack('>BHH', 8, sub, 0) for sub in (2, 11, 12, 13, 14, 15, 16, 17, 18)] + [b'\x0b', b'\x0c']
    for restart in (b'\x00\x00', b'\xff\x00'):
        yield from counters
        yield bytes.fromhex('0800040000')                   # from here: silence
        yield bytes.fromhex('0300000001')
        yield bytes.fromhex('08000a0000')
        yield bytes.fromhex('080001ffff')
        yield bytes.fromhex('08000100')
        yield bytes([43])
        yield bytes([8, 0, 1]) + restart                    # to here
        yield from counters
    for _ in range(40):                                     # the log's 64 bytes turn over
        yield bytes.fromhex('0300000000')
        yield b'\x0c'


def lengths(unit):
    """Each function's shortest sound request, too short and too long by every number of bytes that matters."""
    holding = unit.blocks['holding_registers'][0].at
    coil = unit.blocks['coils'][0].at
    file = next(iter(unit.files), 1)
    sound = [struct.pack('>BHH', f, unit.blocks[table][0].at, 1) for f, (table, _) in READS.items()]
    sound += [struct.pack('>BHH', 5, coil, 0xFF00), struct.pack('>BHH', 6, holding, 1)]
    sound += [struct.pack('>BHHBB', 15, coil, 1, 1, 1), struct.pack('>BHHBH', 16, holding, 1, 2, 2)]
    sound += [struct.pack('>BBBHHH', 20, 7, 6, file, 0, 1), struct.pack('>BBBHHHH', 21, 9, 6, file, 0, 1, 5)]
    sound += [struct.pack('>BHHH', 22, holding, 0, 3), struct.pack('>BHHHHBH', 23, holding, 1, holding, 1, 2, 4)]
    sound += [struct.pack('>BH', 24, next(iter(unit.fifos), 0)), bytes([43, 14, 1, 0])]
    for pdu in sound:
        for length in [*range(1, len(pdu) + 5), 252, 253]:
            yield (pdu + bytes(PDU_MAX))[:length]


def unsupported(_unit):
    known = set(READS) | {5, 6, 15, 16, 20, 21, 22, 23, 24, 43} | set(SERIAL_FUNCTIONS)
    for function in set(range(256)) - known:
        for length in (1, 2, 5, 253):
            yield (bytes([function, 0, 0, 0, 1]) + bytes(PDU_MAX))[:length]


def without_serial(_unit):
    for function in SERIAL_FUNCTIONS:
        for length in (1, 2, 5, 6, 253):
            yield (bytes([function]) + bytes(PDU_MAX))[:length]


def requests(plant):
    """(unit id, PDU) for every edge of a plant."""
    for unit in plant.units:
        makers = [reads, single_writes, multiple_writes, reads, read_writes, file_reads, file_writes, file_reads, queues,
                  identification, lengths, unsupported, diagnostics if plant.serial else without_serial, reads]
        for make in makers:
            for pdu in make(unit):
                yield unit.unit_id, pdu
    for unit_id in range(256):
        yield unit_id, bytes.fromhex('0300000001')
        yield unit_id, bytes.fromhex('830000')
