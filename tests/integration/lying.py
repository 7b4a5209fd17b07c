"""A slave that lies: between mbplantctl and a mbplantd, with a manner of its own for what comes back.

Everything it does comes of a seed, so that a run that failed is the same again."""
import random
import socket
import struct
import threading
import zlib

PLANT_FILES = range(900, 1000)
FLOATS = (0x7FC00000, 0x7F800000, 0xFF800000, 0x7F7FFFFF, 0x00000001)


def junk(dice, reply):
    return dice.randbytes(dice.randrange(1, 300))


def truncated(dice, reply):
    return reply[:dice.randrange(1, len(reply))]


def shorter(dice, reply):
    """A well-formed frame whose PDU ends too early."""
    pdu = reply[7:7 + dice.randrange(1, max(2, len(reply) - 7))]
    return reply[:4] + struct.pack(">H", len(pdu) + 1) + reply[6:7] + pdu


def longer(dice, reply):
    pdu = reply[7:] + dice.randbytes(dice.randrange(1, 200))
    return reply[:4] + struct.pack(">H", len(pdu) + 1) + reply[6:7] + pdu


def huge(dice, reply):
    """A length that no frame has, with as much behind it."""
    return reply[:4] + struct.pack(">H", 0xFFFF) + reply[6:] + dice.randbytes(70000)


def wrong_count(dice, reply):
    at = min(len(reply) - 1, 8)
    return reply[:at] + bytes([dice.randrange(256)]) + reply[at + 1:]


def wrong_transaction(dice, reply):
    return struct.pack(">H", dice.randrange(65536)) + reply[2:]


def wrong_function(dice, reply):
    return reply[:7] + bytes([dice.randrange(256)]) + reply[8:]


def exception(dice, reply):
    return reply[:4] + b"\0\3" + reply[6:7] + bytes([reply[7] | 0x80, dice.randrange(256)])


def flipped(dice, reply):
    """Some bits of what the frame carries; its form stays."""
    spoilt = bytearray(reply)
    for _ in range(dice.randrange(1, 8)):
        if len(spoilt) > 9:
            spoilt[dice.randrange(9, len(spoilt))] ^= 1 << dice.randrange(8)
    return bytes(spoilt)


def extreme(dice, reply):
    """Every word what a number is at its ends, or no number at all."""
    words = bytearray(reply)
    for at in range(9, len(words) - 3, 2):
        choice = dice.randrange(8)
        if choice == 0:
            words[at:at + 2] = struct.pack(">H", dice.choice((0, 1, 0x7FFF, 0x8000, 0xFFFF)))
        elif choice == 1:
            words[at:at + 4] = struct.pack(">I", dice.choice(FLOATS))
        elif choice == 2:
            words[at:at + 2] = dice.randbytes(2)
    return bytes(words)


def ends(dice, reply):
    """All of them at once: counters, numbers of events and times at their ends."""
    return reply[:9] + dice.choice((b"\xFF", b"\0", b"\x7F", b"\x80")) * (len(reply) - 9)


def silent(dice, reply):
    return b""


def closing(dice, reply):
    return None


MANNERS = {manner.__name__: manner for manner in (
    junk, truncated, shorter, longer, huge, wrong_count, wrong_transaction, wrong_function, exception, flipped, extreme,
    ends, silent, closing)}
HONEST = "honest"


class LyingSlave:
    """Serves on a port of its own. manner: of MANNERS, or HONEST; text: the plant that it tells, None = the real one.

    A plant of its own is told right, or nothing but that would ever be seen of the manner. share: of the other replies
    those that are spoilt. budget: so many replies, then it is gone, as any slave may be."""

    def __init__(self, port, seed, manner=HONEST, text=None, share=1.0, budget=4000):
        self.dice = random.Random(seed)
        self.manner = MANNERS.get(manner)
        self.text = text
        self.share, self.budget = share, budget
        self._upstream = ("127.0.0.1", port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _serve(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:  # closed
                return
            with client, socket.create_connection(self._upstream) as plant:
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                try:
                    self._talk(client, plant)
                except OSError:  # the one or the other has had enough
                    pass

    def _talk(self, client, plant):
        while (request := receive_frame(client)) is not None:
            self.budget -= 1
            told = self._tell_plant(request)
            if told is None:
                plant.sendall(request)
            reply = told or receive_frame(plant)
            if reply is None or self.budget <= 0:
                return
            if self.manner is not None and told is None and self.dice.random() < self.share:
                reply = self.manner(self.dice, reply)
            if reply is None:
                return
            client.sendall(reply)

    def _tell_plant(self, request):
        """The answer to a Read File Record of the plant file, where this slave tells one of its own."""
        if request[7] != 20 or len(request) != 16:
            return None
        file, record, count = struct.unpack(">HHH", request[10:16])
        if file not in PLANT_FILES or (self.text is None):
            return None
        whole = struct.pack(">II", len(self.text), zlib.crc32(self.text)) + self.text + b"\0"
        at = 2 * ((file - PLANT_FILES[0]) * 10000 + record)
        data = whole[at:at + 2 * count].ljust(2 * count, b"\0")
        pdu = bytes([20, 2 + len(data), 1 + len(data), 6]) + data
        return request[:4] + struct.pack(">H", len(pdu) + 1) + request[6:7] + pdu


def receive_frame(connection):
    """The next Modbus TCP frame; None when there is no more."""
    frame = receive(connection, 6)
    rest = receive(connection, struct.unpack(">H", frame[4:6])[0]) if frame else None
    return frame + rest if rest else None


def receive(connection, count):
    got = b""
    while len(got) < count:
        more = connection.recv(count - len(got))
        if not more:
            return None
        got += more
    return got
