"""A broker that is played: it takes MQTT 3.1.1 apart packet by packet, keeps each as it came, and does what a test says: it
refuses, answers nothing, cuts in the middle of a packet, sends rubbish."""
import socket
import struct
import threading
import time

CONNECT, CONNACK, PUBLISH, PUBACK, SUBSCRIBE, SUBACK, PINGREQ, PINGRESP, DISCONNECT = 1, 2, 3, 4, 8, 9, 12, 13, 14


def text_at(data, at):
    size = struct.unpack_from(">H", data, at)[0]
    return data[at + 2:at + 2 + size], at + 2 + size


class Packet:
    """kind, flags, and what its kind has."""

    def __init__(self, head, body):
        self.kind, self.flags, self.body = head >> 4, head & 15, body
        if self.kind == CONNECT:
            self._connect()
        elif self.kind == PUBLISH:
            self.qos, self.retain, self.dup = self.flags >> 1 & 3, bool(self.flags & 1), bool(self.flags & 8)
            topic, at = text_at(body, 0)
            self.topic = topic.decode()
            self.mid = struct.unpack_from(">H", body, at)[0] if self.qos else None
            self.payload = body[at + (2 if self.qos else 0):]
        elif self.kind == SUBSCRIBE:
            self.mid, self.topics, at = struct.unpack_from(">H", body)[0], [], 2
            while at < len(body):
                topic, at = text_at(body, at)
                self.topics.append((topic.decode(), body[at]))
                at += 1

    def _connect(self):
        protocol, at = text_at(self.body, 0)
        self.protocol, self.level, flags = protocol.decode(), self.body[at], self.body[at + 1]
        self.keepalive = struct.unpack_from(">H", self.body, at + 2)[0]
        self.clean = bool(flags & 2)
        client, at = text_at(self.body, at + 4)
        self.client_id = client.decode()
        self.will_topic = self.will = self.username = self.password = None
        self.will_qos, self.will_retain = flags >> 3 & 3, bool(flags & 32)
        if flags & 4:
            topic, at = text_at(self.body, at)
            self.will_topic = topic.decode()
            self.will, at = text_at(self.body, at)
        if flags & 128:
            self.username, at = text_at(self.body, at)
        if flags & 64:
            self.password, at = text_at(self.body, at)


class FakeBroker:
    """with FakeBroker() as broker: ... `packets` has all that came, `sessions` counts connections. What it does with a
    packet is `answer`, which a test may replace: it returns bytes to send, or None to cut the connection."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.packets, self.sessions, self.connection = [], 0, None
        self.code, self.acknowledges, self.more = 0, True, threading.Condition()
        self.answer = self.usual

    def __enter__(self):
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.cut()

    def usual(self, packet):
        if packet.kind == CONNECT:
            return bytes([CONNACK << 4, 2, 0, self.code])
        if packet.kind == PUBLISH and packet.qos == 1 and self.acknowledges:
            return bytes([PUBACK << 4, 2]) + struct.pack(">H", packet.mid)
        if packet.kind == SUBSCRIBE:
            return bytes([SUBACK << 4, 2 + len(packet.topics)]) + struct.pack(">H", packet.mid) + bytes(qos for _, qos in packet.topics)
        if packet.kind == PINGREQ:
            return bytes([PINGRESP << 4, 0])
        return b""

    def cut(self):
        connection = self.connection
        if connection:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def send(self, data):
        self.connection.sendall(data)

    def publish(self, topic, payload):
        body = struct.pack(">H", len(topic)) + topic.encode() + payload
        size, left = b"", len(body)
        while True:
            size += bytes([left & 127 | (128 if left > 127 else 0)])
            left >>= 7
            if not left:
                break
        self.send(bytes([PUBLISH << 4]) + size + body)

    def wait_for(self, what, check, patience=60):
        """What check returns of all packets, as soon as that is true."""
        deadline = time.monotonic() + patience
        with self.more:
            while not (found := check(self.packets)):
                assert self.more.wait(max(0, deadline - time.monotonic())), f"no {what}; {len(self.packets)} packets came"
        return found

    def of(self, kind):
        with self.more:
            return [packet for packet in self.packets if packet.kind == kind]

    def _read(self, connection, size):
        data = b""
        while len(data) < size:
            more = connection.recv(size - len(data))
            if not more:
                raise OSError("it is over")
            data += more
        return data

    def _packet(self, connection):
        head, size, shift = self._read(connection, 1)[0], 0, 0
        while True:
            byte = self._read(connection, 1)[0]
            size, shift = size | (byte & 127) << shift, shift + 7
            if byte < 128:
                return Packet(head, self._read(connection, size))

    def _serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.connection = connection
            self.sessions += 1
            number = self.sessions
            try:
                while True:
                    packet = self._packet(connection)
                    packet.session = number
                    with self.more:
                        self.packets.append(packet)
                        self.more.notify_all()
                    answer = self.answer(packet)
                    if answer is None:
                        break
                    connection.sendall(answer)
            except OSError:
                pass
            connection.close()
