"""pymodbus behind one set of calls. Debian 12 has its 3.0, Debian 13 its 3.8, and each wants other names and forms: a
test that talks through pymodbus does it through here. Calls: (address, count or values, slave=unit), as in 3.0.

    python3 outside.py PORT POINTS     serves POINTS points in each table, all of them 7, on 127.0.0.1:PORT
"""
import logging
import sys

import pymodbus
from pymodbus.client import AsyncModbusTcpClient, ModbusTcpClient
from pymodbus.constants import Endian
from pymodbus.payload import BinaryPayloadBuilder, BinaryPayloadDecoder

import support

NEW = tuple(map(int, pymodbus.__version__.split(".")[:2])) >= (3, 8)
if NEW:
    from pymodbus.framer import FramerType
    from pymodbus.pdu import ModbusPDU as Request
    RTU = FramerType.RTU
else:
    from pymodbus.pdu import ModbusRequest as Request
    from pymodbus.transaction import ModbusRtuFramer as RTU

logging.getLogger("pymodbus").setLevel(logging.CRITICAL)  # its warnings are about its own next versions
BIG, LITTLE = (Endian.BIG, Endian.LITTLE) if NEW else (Endian.Big, Endian.Little)
FIRST, BASIC = 0, 1  # device identification: the first object, the basic ones


class Plain(Request):
    """A request of any function with any bytes behind it; pymodbus itself would refuse what is beyond the standard."""

    def __init__(self, function, data, slave):
        self.function_code = function
        self._data = data
        super().__init__(**{"dev_id" if NEW else "unit": slave})

    def encode(self):
        return self._data


class Calls:
    """What differs between the two; write_coil, write_coils, write_register and write_registers do not."""

    def read_coils(self, address, count, slave):
        return super().read_coils(address, count=count, slave=slave)

    def read_discrete_inputs(self, address, count, slave):
        return super().read_discrete_inputs(address, count=count, slave=slave)

    def read_holding_registers(self, address, count, slave):
        return super().read_holding_registers(address, count=count, slave=slave)

    def read_input_registers(self, address, count, slave):
        return super().read_input_registers(address, count=count, slave=slave)

    def mask_write_register(self, address, and_mask, or_mask, slave):
        return super().mask_write_register(address=address, and_mask=and_mask, or_mask=or_mask,
                                           **{"slave" if NEW else "unit": slave})

    def readwrite_registers(self, read_address, read_count, write_address, values, slave):
        more = {"values": values, "slave": slave} if NEW else {"write_registers": values, "unit": slave}
        return super().readwrite_registers(read_address=read_address, read_count=read_count,
                                           write_address=write_address, **more)

    def read_device_information(self, read_code, object_id, slave):
        if NEW:
            return super().read_device_information(read_code=read_code, object_id=object_id, slave=slave)
        from pymodbus.mei_message import ReadDeviceInformationRequest
        return self.execute(ReadDeviceInformationRequest(read_code=read_code, object_id=object_id, unit=slave))

    def read_file_record(self, file, record, words, slave):
        """FC 20 with one group."""
        if NEW:
            from pymodbus.pdu import FileRecord
            wanted = FileRecord(file_number=file, record_number=record, record_length=2 * words)
            return super().read_file_record([wanted], slave=slave)
        from pymodbus.file_message import FileRecord, ReadFileRecordRequest
        wanted = FileRecord(file_number=file, record_number=record, record_length=words)
        return self.execute(ReadFileRecordRequest([wanted], unit=slave))

    def plain(self, function, data, slave):
        """Any function with any bytes."""
        request = Plain(function, data, slave)
        return self.execute(False, request) if NEW else self.execute(request)


class Client(Calls, ModbusTcpClient):
    """A master of the slave on 127.0.0.1:port; framer=RTU where that speaks RTU over TCP."""

    def __init__(self, port, **options):
        super().__init__("127.0.0.1", port=port, timeout=support.PATIENCE_S, **options)


class AsyncClient(Calls, AsyncModbusTcpClient):
    """The same in asyncio."""

    def __init__(self, port):
        super().__init__("127.0.0.1", port=port, timeout=support.PATIENCE_S)

    async def end(self):
        closing = self.close()
        if closing is not None:
            await closing


def decode(registers, kind, byte_order, word_order):
    """The value of registers; kind is pymodbus's name of a type, like 32bit_float."""
    decoder = BinaryPayloadDecoder.fromRegisters(registers, byteorder=byte_order, wordorder=word_order)
    return getattr(decoder, "decode_" + kind)()


def encode(value, kind, byte_order, word_order):
    builder = BinaryPayloadBuilder(byteorder=byte_order, wordorder=word_order)
    getattr(builder, "add_" + kind)(value)
    return builder.to_registers()


def serve(port, points):
    """pymodbus's own server, until it is killed."""
    from pymodbus.datastore import ModbusSequentialDataBlock, ModbusServerContext, ModbusSlaveContext
    from pymodbus.server import StartTcpServer
    # 3.8 counts points from 1 and has no zero_mode.
    blocks = {name: ModbusSequentialDataBlock(1 if NEW else 0, [7] * points) for name in ("di", "co", "hr", "ir")}
    slave = ModbusSlaveContext(**blocks, **({} if NEW else {"zero_mode": True}))
    StartTcpServer(context=ModbusServerContext(slaves=slave, single=True), address=("127.0.0.1", port))


if __name__ == "__main__":
    serve(int(sys.argv[1]), int(sys.argv[2]))
