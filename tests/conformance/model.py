"""A model of a Modbus TCP server to compare mbplantd with.

Written from the MODBUS Application Protocol Specification V1.1b3, the Messaging on TCP/IP Implementation Guide V1.0b
and the README, and from nothing under src/: it must not share a mistake with the code that it checks. Where the
standard leaves a choice, README.md beside this file says what was chosen and why.

Server, Connection and Unit are the interface: Connection.feed() takes the bytes a client sends and gives the bytes
the server must send back; Unit.respond() does the same for one PDU.
"""
import struct
import zlib

ADDRESSES = 65536
PDU_MAX = 253
FILE_RECORDS = 10000            # 6.14: records 0..9999
FIFO_MAX = 31                   # 6.18
LOG_MAX = 64                    # 6.10
RESTART_DATA = (b'\x00\x00', b'\xff\x00')      # 6.8, sub-function 1: keep or clear the event log

ILLEGAL_FUNCTION, ILLEGAL_ADDRESS, ILLEGAL_VALUE, DEVICE_FAILURE, TARGET_FAILED = 1, 2, 3, 4, 11


class Refusal(Exception):
    """An exception response with this code."""

    def __init__(self, code):
        super().__init__(f'exception {code:02X}')
        self.code = code


def check(condition, code):
    if not condition:
        raise Refusal(code)


def words_of(data):
    return list(struct.unpack(f'>{len(data) // 2}H', data))


def bytes_of(words):
    return struct.pack(f'>{len(words)}H', *words)


def pack_bits(bits):
    packed = bytearray((len(bits) + 7) // 8)
    for i, bit in enumerate(bits):
        packed[i // 8] |= bit << (i % 8)
    return bytes(packed)


def unpack_bits(packed, count):
    return [packed[i // 8] >> (i % 8) & 1 for i in range(count)]


class Table:
    """One of the four tables: 65,536 addresses, of which some are declared and some of those writable."""

    def __init__(self, gaps_zero=False):
        self.value = [None] * ADDRESSES
        self.writable = bytearray(ADDRESSES)
        self.bounds = {}
        self.gaps_zero = gaps_zero

    def declare(self, at, values, writable, minimum=None, maximum=None):
        self.value[at:at + len(values)] = values
        if writable:
            self.writable[at:at + len(values)] = b'\x01' * len(values)
        if minimum is not None or maximum is not None:
            for addr in range(at, at + len(values)):
                self.bounds[addr] = (minimum or 0, 65535 if maximum is None else maximum)

    def may_read(self, addr, count):
        check(addr + count <= ADDRESSES, ILLEGAL_ADDRESS)
        check(self.gaps_zero or None not in self.value[addr:addr + count], ILLEGAL_ADDRESS)

    def may_write(self, addr, count):
        check(addr + count <= ADDRESSES and all(self.writable[addr:addr + count]), ILLEGAL_ADDRESS)

    def read(self, addr, count):
        return [value or 0 for value in self.value[addr:addr + count]]

    def write(self, addr, values):
        """Whole or not at all; a value beyond the block's min or max is the application's refusal, code 04."""
        for i, value in enumerate(values):
            low, high = self.bounds.get(addr + i, (0, 65535))
            check(low <= value <= high, DEVICE_FAILURE)
        self.value[addr:addr + len(values)] = values


class Serial:
    """Counters and event log of 6.8 to 6.10."""

    def __init__(self):
        self.log = []               # newest first
        self.clear()

    def clear(self):
        self.bus_messages = self.exceptions = self.server_messages = self.no_response = 0
        self.naks = self.busy = 0
        self.event_count = 0

    def note(self, event):
        self.log = [event] + self.log[:LOG_MAX - 1]


class Unit:
    """One unit: its tables, files, FIFO queues and identity, and the answer to any request PDU."""

    def __init__(self, identity, serial_functions=False, gaps_zero=False, server_id=b'', text=None):
        self.coils, self.discrete, self.holding, self.input = (Table(gaps_zero) for _ in range(4))
        self.files = {}
        self.fifos = {}
        self.identity = identity    # object id -> bytes
        self.serial = Serial() if serial_functions else None
        self.server_id = server_id
        self.text_words = plant_words(text) if text is not None else []

    # ---- one request ------------------------------------------------------------------------------------------

    def respond(self, pdu, listener=None):
        """The response PDU, or None for no response. listener.listen_only is the connection's mode of 6.8."""
        if self.serial is None:
            return self.process(pdu, listener)
        serial, was_listening = self.serial, listener.listen_only
        serial.bus_messages = serial.bus_messages + 1 & 0xFFFF
        serial.note(0xA0 if was_listening else 0x80)
        if was_listening and not (pdu[:3] == b'\x08\x00\x01' and pdu[3:] in RESTART_DATA):
            response = None         # "monitored, but no actions will be taken": not a message processed either
        else:
            serial.server_messages = serial.server_messages + 1 & 0xFFFF
            response = self.process(pdu, listener)
        if was_listening:
            response = None
        self.account(pdu, response, listener)
        return response

    def account(self, pdu, response, listener):
        serial = self.serial
        sent = 0x60 if listener.listen_only else 0x40
        if response is None:
            serial.no_response = serial.no_response + 1 & 0xFFFF
        elif response[0] & 0x80:
            serial.exceptions = serial.exceptions + 1 & 0xFFFF
            serial.naks = serial.naks + (response[1] == 7) & 0xFFFF
            serial.busy = serial.busy + (response[1] == 6) & 0xFFFF
            sent |= 2 if response[1] == DEVICE_FAILURE else 1
        elif pdu[0] != 11:
            serial.event_count = serial.event_count + 1 & 0xFFFF
        serial.note(sent)

    def process(self, pdu, listener):
        function, data = pdu[0], pdu[1:]
        handler = self.HANDLERS.get(function)
        try:
            check(handler is not None, ILLEGAL_FUNCTION)
            check(function not in self.SERIAL_ONLY or self.serial is not None, ILLEGAL_FUNCTION)
            answer = handler(self, data, listener) if function == 8 else handler(self, data)
        except Refusal as refusal:
            return bytes([function | 0x80, refusal.code])
        return None if answer is None else bytes([function]) + answer

    # ---- bits and registers: 6.1 to 6.6, 6.11, 6.12, 6.16, 6.17 -------------------------------------------------

    def read_bits(self, table, data):
        check(len(data) == 4, ILLEGAL_VALUE)
        addr, count = words_of(data)
        check(1 <= count <= 2000, ILLEGAL_VALUE)
        table.may_read(addr, count)
        packed = pack_bits(table.read(addr, count))
        return bytes([len(packed)]) + packed

    def read_registers(self, table, data):
        check(len(data) == 4, ILLEGAL_VALUE)
        addr, count = words_of(data)
        check(1 <= count <= 125, ILLEGAL_VALUE)
        table.may_read(addr, count)
        return bytes([2 * count]) + bytes_of(table.read(addr, count))

    def write_single_coil(self, data):
        check(len(data) == 4, ILLEGAL_VALUE)
        addr, value = words_of(data)
        check(value in (0x0000, 0xFF00), ILLEGAL_VALUE)
        self.coils.may_write(addr, 1)
        self.coils.write(addr, [1 if value else 0])
        return data

    def write_single_register(self, data):
        check(len(data) == 4, ILLEGAL_VALUE)
        addr, value = words_of(data)
        self.holding.may_write(addr, 1)
        self.holding.write(addr, [value])
        return data

    def write_multiple_coils(self, data):
        check(len(data) >= 5, ILLEGAL_VALUE)
        addr, count = words_of(data[:4])
        check(1 <= count <= 1968, ILLEGAL_VALUE)
        check(data[4] == (count + 7) // 8 == len(data) - 5, ILLEGAL_VALUE)
        self.coils.may_write(addr, count)
        self.coils.write(addr, unpack_bits(data[5:], count))
        return data[:4]

    def write_multiple_registers(self, data):
        check(len(data) >= 5, ILLEGAL_VALUE)
        addr, count = words_of(data[:4])
        check(1 <= count <= 123, ILLEGAL_VALUE)
        check(data[4] == 2 * count == len(data) - 5, ILLEGAL_VALUE)
        self.holding.may_write(addr, count)
        self.holding.write(addr, words_of(data[5:]))
        return data[:4]

    def mask_write_register(self, data):
        check(len(data) == 6, ILLEGAL_VALUE)
        addr, and_mask, or_mask = words_of(data)
        self.holding.may_write(addr, 1)
        current = self.holding.read(addr, 1)[0]
        self.holding.write(addr, [current & and_mask | or_mask & ~and_mask & 0xFFFF])
        return data

    def read_write_registers(self, data):
        check(len(data) >= 9, ILLEGAL_VALUE)
        read_addr, read_count, write_addr, write_count = words_of(data[:8])
        check(1 <= read_count <= 125, ILLEGAL_VALUE)
        check(1 <= write_count <= 121, ILLEGAL_VALUE)
        check(data[8] == 2 * write_count == len(data) - 9, ILLEGAL_VALUE)
        self.holding.may_read(read_addr, read_count)
        self.holding.may_write(write_addr, write_count)
        self.holding.write(write_addr, words_of(data[9:]))
        return bytes([2 * read_count]) + bytes_of(self.holding.read(read_addr, read_count))

    # ---- files and queues: 6.14, 6.15, 6.18 -----------------------------------------------------------------------

    def file_span(self, file, record, count, writing):
        """The file's words, after the checks of figures 24 and 25."""
        check(record < FILE_RECORDS and record + count <= FILE_RECORDS, ILLEGAL_ADDRESS)
        if not writing and 900 <= file <= 999:
            first = (file - 900) * FILE_RECORDS
            words = self.text_words[first:first + FILE_RECORDS]
        else:
            check(file in self.files, ILLEGAL_ADDRESS)
            words = self.files[file]
        check(record + count <= len(words), ILLEGAL_ADDRESS)
        return words

    def read_file_record(self, data):
        check(len(data) >= 1 and len(data) == 1 + data[0], ILLEGAL_VALUE)
        check(0x07 <= data[0] <= 0xF5 and data[0] % 7 == 0, ILLEGAL_VALUE)
        groups = [struct.unpack('>BHHH', data[i:i + 7]) for i in range(1, len(data), 7)]
        check(all(count >= 1 for _, _, _, count in groups), ILLEGAL_VALUE)
        check(2 + sum(2 + 2 * count for _, _, _, count in groups) <= PDU_MAX, ILLEGAL_VALUE)
        answer = b''
        for reference, file, record, count in groups:
            check(reference == 6, ILLEGAL_ADDRESS)
            words = self.file_span(file, record, count, writing=False)
            answer += bytes([1 + 2 * count, 6]) + bytes_of(words[record:record + count])
        return bytes([len(answer)]) + answer

    def write_file_record(self, data):
        check(len(data) >= 1 and len(data) == 1 + data[0], ILLEGAL_VALUE)
        check(0x09 <= data[0] <= 0xFB, ILLEGAL_VALUE)
        groups, at = [], 1
        while at < len(data):
            check(len(data) - at >= 7, ILLEGAL_VALUE)
            reference, file, record, count = struct.unpack('>BHHH', data[at:at + 7])
            at += 7 + 2 * count
            check(count >= 1 and at <= len(data), ILLEGAL_VALUE)
            groups.append((reference, file, record, words_of(data[at - 2 * count:at])))
        for reference, file, record, words in groups:
            check(reference == 6, ILLEGAL_ADDRESS)
            self.file_span(file, record, len(words), writing=True)
        for _, file, record, words in groups:
            self.files[file][record:record + len(words)] = words
        return data

    def read_fifo_queue(self, data):
        check(len(data) == 2, ILLEGAL_VALUE)
        addr = words_of(data)[0]
        check(addr in self.fifos, ILLEGAL_ADDRESS)
        queue = self.fifos[addr]
        check(len(queue) <= FIFO_MAX, ILLEGAL_VALUE)
        return struct.pack('>HH', 2 + 2 * len(queue), len(queue)) + bytes_of(queue)

    # ---- identification: 6.21 ---------------------------------------------------------------------------------------

    def encapsulated(self, data):
        check(len(data) >= 1, ILLEGAL_VALUE)
        check(data[0] == 14, ILLEGAL_FUNCTION)
        check(len(data) == 3, ILLEGAL_VALUE)
        code, wanted = data[1], data[2]
        stream = code in (1, 2, 3)
        check(stream or wanted in self.identity, ILLEGAL_ADDRESS)      # figure 30: the object first
        check(stream or code == 4, ILLEGAL_VALUE)
        level = 2 if any(3 <= i <= 6 for i in self.identity) else 1
        head = bytes([14, code, 0x80 | level])
        if not stream:
            return head + bytes([0, 0, 1]) + self.object(wanted)
        last = 2 if code == 1 else 6
        ids = sorted(i for i in self.identity if i <= last)
        if wanted in ids:
            ids = ids[ids.index(wanted):]
        room, listed, count = PDU_MAX - 7, b'', 0
        for i in ids:
            if len(listed) + len(self.object(i)) > room:
                return head + bytes([0xFF, i, count]) + listed
            listed += self.object(i)
            count += 1
        return head + bytes([0, 0, count]) + listed

    def object(self, i):
        return bytes([i, len(self.identity[i])]) + self.identity[i]

    # ---- "serial line only": 6.7 to 6.10, 6.13 --------------------------------------------------------------------

    def read_exception_status(self, data):
        check(len(data) == 0, ILLEGAL_VALUE)
        return b'\x00'              # device specific: no machine here, nothing to tell

    def diagnostics(self, data, listener):
        check(len(data) >= 2, ILLEGAL_VALUE)
        sub, field = words_of(data[:2])[0], data[2:]
        serial = self.serial
        counters = {2: 0, 11: serial.bus_messages, 12: 0, 13: serial.exceptions, 14: serial.server_messages,
                    15: serial.no_response, 16: serial.naks, 17: serial.busy, 18: 0}
        check(sub in (0, 1, 3, 4, 10, 20) or sub in counters, ILLEGAL_FUNCTION)
        if sub == 0:
            check(len(field) >= 2 and len(field) % 2 == 0, ILLEGAL_VALUE)
            return data
        if sub == 3:                # the character stands in front; TCP has no frames that it would end
            check(len(field) == 2 and field[1] == 0, ILLEGAL_VALUE)
            return data
        check(field in RESTART_DATA if sub == 1 else field == b'\x00\x00', ILLEGAL_VALUE)
        if sub == 1:
            listener.listen_only = False
            serial.clear()
            if field == b'\xff\x00':
                serial.log = []
            serial.note(0x00)
        elif sub == 4:
            listener.listen_only = True
            serial.note(0x04)
            return None
        elif sub == 10:
            serial.clear()
        return data[:2] + (struct.pack('>H', counters[sub]) if sub in counters else field)

    def get_event_counter(self, data):
        check(len(data) == 0, ILLEGAL_VALUE)
        return struct.pack('>HH', 0, self.serial.event_count)

    def get_event_log(self, data):
        check(len(data) == 0, ILLEGAL_VALUE)
        serial = self.serial
        return (struct.pack('>BHHH', 6 + len(serial.log), 0, serial.event_count, serial.bus_messages)
                + bytes(serial.log))

    def report_server_id(self, data):
        check(len(data) == 0, ILLEGAL_VALUE)
        answer = self.server_id[:PDU_MAX - 2]
        return bytes([len(answer)]) + answer

    SERIAL_ONLY = (7, 8, 11, 12, 17)
    HANDLERS = {
        1: lambda self, data: self.read_bits(self.coils, data),
        2: lambda self, data: self.read_bits(self.discrete, data),
        3: lambda self, data: self.read_registers(self.holding, data),
        4: lambda self, data: self.read_registers(self.input, data),
        5: write_single_coil,
        6: write_single_register,
        7: read_exception_status,
        8: diagnostics,
        11: get_event_counter,
        12: get_event_log,
        15: write_multiple_coils,
        16: write_multiple_registers,
        17: report_server_id,
        20: read_file_record,
        21: write_file_record,
        22: mask_write_register,
        23: read_write_registers,
        24: read_fifo_queue,
        43: encapsulated,
    }


def plant_words(text):
    """The plant file as files 900.. show it: length, CRC-32, then two bytes a register, zero padded."""
    data = struct.pack('>II', len(text), zlib.crc32(text)) + text
    return words_of(data + b'\x00' * (len(data) % 2))


class Server:
    """Units by id, in file order; 0 and 255 are the first (Messaging Guide 4.4.1.2)."""

    def __init__(self, units):
        self.units = dict(units)
        first = next(iter(self.units.values()))
        self.units.setdefault(0, first)
        self.units.setdefault(255, first)

    def answer(self, unit_id, pdu, listener):
        unit = self.units.get(unit_id)
        if unit is None:
            return bytes([pdu[0] | 0x80, TARGET_FAILED])
        return unit.respond(pdu, listener)


class Connection:
    """One TCP connection's byte stream (Messaging Guide 3.1.3, 4.4.2.2)."""

    def __init__(self, server):
        self.server = server
        self.buffer = b''
        self.closed = False
        self.listen_only = False    # README.md: of the connection, so that no client can silence another's

    def feed(self, data):
        """The bytes that the server sends back for these; closed is set where it closes after them."""
        replies = b''
        self.buffer += data
        while not self.closed and len(self.buffer) >= 6:
            transaction, protocol, length = struct.unpack('>HHH', self.buffer[:6])
            if not 2 <= length <= 254:
                self.closed = True
                break
            if len(self.buffer) < 6 + length:
                break
            frame, self.buffer = self.buffer[:6 + length], self.buffer[6 + length:]
            response = self.server.answer(frame[6], frame[7:], self) if protocol == 0 else None
            if response is not None:
                replies += struct.pack('>HHHB', transaction, 0, 1 + len(response), frame[6]) + response
        return replies
